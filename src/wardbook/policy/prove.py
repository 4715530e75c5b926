"""Proof of a rulebook: where it says nothing, where it contradicts itself, and which rules can never decide.

For every possible use, with every fact known or not known, on every day:

- a *gap* is a use of which no rule speaks: every rule is false. All gaps are listed as the missing rows.
- a *conflict* is a use for which two rules stand and say different things, whatever is still unknown.
- a *dead* rule is never true, or never stands because others always override it.
- a rule is *not exercised* if it decides no example.

Each case that is found is replayed through the slow twin (`ask.evaluate`); one that does not replay is a
fault of the program. What the solver cannot settle in time is "not proved", never a pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from wardbook.policy.ask import evaluate
from wardbook.policy.boxes import Boxes, boxes, show_classes
from wardbook.policy.cells import show_value
from wardbook.policy.determine import Docket, docket
from wardbook.policy.formulas import Formulas, words_of_texts
from wardbook.policy.model import FactValue, Rulebook
from wardbook.policy.resolve import Deck, Kind, members
from wardbook.policy.standing import Standing, saying, standing

MOST_GAPS = 200
MOST_CONFLICTS = 100


@dataclass(frozen=True)
class Case:
    """One possible use: its known facts, in words, and its day."""

    facts: tuple[tuple[str, str], ...]
    day: date

    def __str__(self) -> str:
        told = "; ".join(f"{name} {value}" for name, value in self.facts) or "nothing known"
        return f"{told}; on {self.day}"


@dataclass(frozen=True)
class Gap:
    """A missing row: the classes of each fact, in words. ``unknown_only``: only as a fact is not known."""

    question: str
    row: tuple[tuple[str, str], ...]
    unknown_only: bool
    case: Case

    def __str__(self) -> str:
        return "MISSING ROW: " + ("; ".join(f"{name} {words}" for name, words in self.row) or "any use")


@dataclass(frozen=True)
class Conflict:
    """Two rules that stand together and say different things, and a case of it."""

    question: str
    first: str
    second: str
    sections: tuple[str, str]
    case: Case

    def __str__(self) -> str:
        return f"{self.first} and {self.second} contradict each other: {self.case}"


@dataclass(frozen=True)
class Dead:
    """A rule that never decides; ``shadows`` always override it (none: it is never true)."""

    question: str
    rule: str
    shadows: tuple[str, ...]

    def __str__(self) -> str:
        why = f"always overridden by {' or '.join(self.shadows)}" if self.shadows else "never true"
        return f"{self.rule} never decides: {why}"


@dataclass(frozen=True)
class Proof:
    """What was proved of a rulebook.

    ``not_proved`` says what the solver could not settle; ``gaps_complete`` is False where the list was cut.
    """

    sha256: str
    title: str
    version: str
    gaps: tuple[Gap, ...]
    conflicts: tuple[Conflict, ...]
    dead: tuple[Dead, ...]
    not_exercised: tuple[str, ...]
    not_proved: tuple[str, ...]
    gaps_complete: bool
    rules: int

    @property
    def sound(self) -> bool:
        """No conflict, no dead rule, and nothing left unproved."""
        return not (self.conflicts or self.dead or self.not_proved)


@dataclass
class _Bench:
    """One solver with the assumptions of a rulebook, and what it could not settle."""

    formulas: Formulas
    ready: Docket
    timeout_ms: int
    not_proved: list[str] = field(default_factory=list)
    solver: Any = None

    def ask(self, what: str, *formulas: Any) -> Any:
        """A model of the formulas, None if there is none or if it was not settled (then it is noted)."""
        z3 = self.formulas.z3
        if self.solver is None:
            self.solver = self.formulas.make_solver(self.timeout_ms)
        self.solver.push()
        self.solver.add(*formulas)
        answer = self.solver.check()
        model = self.solver.model() if answer == z3.sat else None
        self.solver.pop()
        if answer == z3.unknown:
            self.not_proved.append(f"{what}: {self.solver.reason_unknown()}")
        return model


def prove(rulebook: Rulebook, timeout_s: float = 10.0) -> Proof:
    """Prove a rulebook. ``timeout_s`` is for each single question put to the solver.

    Raises `WrongUseError` if the solver is not installed.
    """
    ready = docket(rulebook)
    formulas = Formulas(rulebook.facts, words_of_texts(rulebook.rules, rulebook.facts))
    formulas.assume(rulebook)
    made = [(standing(formulas, deck), boxes(formulas, deck)) for deck in ready.decks]
    bench = _Bench(formulas, ready, int(timeout_s * 1000))
    gaps: list[Gap] = []
    conflicts: list[Conflict] = []
    dead: list[Dead] = []
    complete = True
    for at, (stand, room) in enumerate(made):
        found, all_of_them = _gaps(bench, at, stand, room)
        gaps.extend(found)
        complete = complete and all_of_them
        conflicts.extend(_conflicts(bench, at, stand, room))
        dead.extend(_dead(bench, stand))
    return Proof(
        rulebook.sha256,
        rulebook.title,
        rulebook.version,
        tuple(gaps),
        tuple(conflicts),
        tuple(dead),
        _not_exercised(ready),
        tuple(bench.not_proved),
        complete,
        len(rulebook.rules),
    )


def conflicts(rulebook: Rulebook, timeout_s: float = 10.0) -> tuple[tuple[Conflict, ...], tuple[str, ...]]:
    """The conflicts of a rulebook alone, and what was not settled. Raises `WrongUseError` as `prove` does."""
    ready = docket(rulebook)
    formulas = Formulas(rulebook.facts, words_of_texts(rulebook.rules, rulebook.facts))
    formulas.assume(rulebook)
    made = [(standing(formulas, deck), boxes(formulas, deck)) for deck in ready.decks]
    bench = _Bench(formulas, ready, int(timeout_s * 1000))
    found = [one for at, (stand, room) in enumerate(made) for one in _conflicts(bench, at, stand, room)]
    return tuple(found), tuple(bench.not_proved)


def _replayed(bench: _Bench, model: Any, question: int, kind: Kind) -> tuple[Case, dict[str, FactValue]]:
    """The case of a model, once the twin has come to the same."""
    values, day = bench.formulas.case(model)
    found = evaluate(bench.ready, values, day)
    if found.verdicts[question].kind is not kind:
        raise AssertionError(
            f"the solver's case {values} on {day} is {found.verdicts[question].kind}, not {kind}"
        )
    told = tuple((name, show_value(value)) for name, value in values.items())
    return Case(told, day), values


# ---------------------------------------------------------------- conflicts


def _conflicts(bench: _Bench, question: int, stand: Standing, room: Boxes) -> Iterator[Conflict]:
    """The pairs of rules that can stand together for certain and say different things."""
    deck = stand.deck
    says = [saying(deck, at) for at in range(len(deck.rules))]
    alike: dict[Any, int] = {}
    for at, said in enumerate(says):
        alike[said] = alike.get(said, 0) | 1 << at
    settled = _settled(deck)
    told = 0
    for at in range(len(deck.rules)):
        later = ~((1 << (at + 1)) - 1)
        for other in members(room.meets(at) & later & ~alike[says[at]] & ~settled[at]):
            names = f"{deck.rules[at].name} and {deck.rules[other].name}"
            model = bench.ask(f"whether {names} contradict", stand.certain[at], stand.certain[other])
            if model is None:
                continue
            case, _ = _replayed(bench, model, question, Kind.CONFLICT)
            first, second = deck.rules[at], deck.rules[other]
            yield Conflict(deck.question, first.name, second.name, (first.section, second.section), case)
            told += 1
            if told == MOST_CONFLICTS:
                bench.not_proved.append(f"more conflicts of {deck.question}: the first {told} are listed")
                return


def _settled(deck: Deck) -> list[int]:
    """For each rule, those that override it or that it overrides, where nothing can stop the overrider."""
    settled = [0] * len(deck.rules)
    for at, above in enumerate(deck.overridden_by):
        for other in members(above):
            if not deck.overridden_by[other]:
                settled[at] |= 1 << other
                settled[other] |= 1 << at
    return settled


# ---------------------------------------------------------------- dead rules


def _dead(bench: _Bench, stand: Standing) -> Iterator[Dead]:
    deck = stand.deck
    for at, rule in enumerate(deck.rules):
        told = len(bench.not_proved)
        if bench.ask(f"whether {rule.name} ever decides", stand.stands[at]) is not None:
            continue
        if len(bench.not_proved) > told:
            continue
        yield Dead(deck.question, rule.name, _shadows(bench, stand, at))


def _shadows(bench: _Bench, stand: Standing, at: int) -> tuple[str, ...]:
    """A smallest set, found step by step, of rules of which one always overrides rule ``at``."""
    z3, deck = bench.formulas.z3, stand.deck
    held = stand.holds[at].true
    if bench.ask(f"whether {deck.rules[at].name} is ever true", bench.formulas.both(held)) is None:
        return ()
    needed = list(members(deck.overridden_by[at]))
    for other in list(needed):
        fewer = [one for one in needed if one != other]
        unstopped = bench.formulas.both(held, *(z3.Not(stand.stands[one]) for one in fewer))
        if bench.ask("shadows", unstopped) is None:
            needed = fewer
    return tuple(deck.rules[one].name for one in needed)


# ---------------------------------------------------------------- gaps


def _gaps(bench: _Bench, question: int, stand: Standing, room: Boxes) -> tuple[list[Gap], bool]:
    """The rows that are missing, widest first found; and whether they are all."""
    z3, deck = bench.formulas.z3, stand.deck
    silent = bench.formulas.both(*(pair.false for pair in stand.holds))
    found: list[Gap] = []
    covered: list[Any] = []
    while len(found) < MOST_GAPS:
        told = len(bench.not_proved)
        model = bench.ask(f"gaps of {deck.question}", silent, *covered)
        if model is None:
            return found, len(bench.not_proved) == told
        case, _values = _replayed(bench, model, question, Kind.NO_RULE)
        chosen = _widened(room, _place(bench, room, model))
        found.append(_gap(deck, room, chosen, case))
        covered.append(z3.Not(_box(room, chosen, bench, model)))
    return found, False


def _place(bench: _Bench, room: Boxes, model: Any) -> list[list[int]]:
    """For each fact the class that a model lies in."""
    z3 = bench.formulas.z3
    return [
        [
            next(
                at
                for at, one in enumerate(classes)
                if z3.is_true(model.eval(one.formula, model_completion=True))
            )
        ]
        for classes in room.classes
    ]


def _widened(room: Boxes, chosen: list[list[int]]) -> list[list[int]]:
    """The box made as wide as no rule can be true or open in it; rules that tie facts hold it where it is."""
    falsified = [_false_in(room, at, chosen[at]) for at in range(len(chosen))]
    if _union(falsified) != room.all_rules:
        return chosen
    # a box is silent if each rule is made false by one fact over the whole of the box
    for at, classes in enumerate(room.classes):
        others = _union(falsified[:at] + falsified[at + 1 :])
        must = room.all_rules & ~others
        chosen[at] = [one for one in range(len(classes)) if classes[one].false & must == must]
        falsified[at] = _false_in(room, at, chosen[at])
    return chosen


def _false_in(room: Boxes, at: int, chosen: Sequence[int]) -> int:
    bits = room.all_rules
    for one in chosen:
        bits &= room.classes[at][one].false
    return bits


def _union(sets: Sequence[int]) -> int:
    bits = 0
    for one in sets:
        bits |= one
    return bits


def _box(room: Boxes, chosen: Sequence[Sequence[int]], bench: _Bench, model: Any) -> Any:
    """The formula of a box; where rules tie facts together, of its one point."""
    falsified = [_false_in(room, at, chosen[at]) for at in range(len(chosen))]
    parts = [
        bench.formulas.either(*(classes[one].formula for one in picked))
        for classes, picked in zip(room.classes, chosen, strict=True)
        if len(picked) < len(classes)
    ]
    if _union(falsified) != room.all_rules:
        values = bench.formulas.value.values()
        parts.extend(value == model.eval(value, model_completion=True) for value in values)
    return bench.formulas.both(*parts)


def _gap(deck: Deck, room: Boxes, chosen: Sequence[Sequence[int]], case: Case) -> Gap:
    row: list[tuple[str, str]] = []
    unknown_only = False
    for name, classes, picked in zip(room.names, room.classes, chosen, strict=True):
        if len(picked) == len(classes):
            continue
        row.append((name, show_classes(classes, picked)))
        unknown_only = unknown_only or all(classes[one].words == "not known" for one in picked)
    return Gap(deck.question, tuple(row), unknown_only, case)


# ---------------------------------------------------------------- examples


def _not_exercised(ready: Docket) -> tuple[str, ...]:
    """The rules that decide no example."""
    met: set[str] = set()
    for example in ready.rulebook.examples:
        found = evaluate(ready, example.facts, example.day)
        for deck, verdict in zip(ready.decks, found.verdicts, strict=True):
            met.update(rule.name for rule in deck.pick(verdict.standing))
    return tuple(rule.name for rule in ready.rulebook.rules if rule.name not in met)


# ---------------------------------------------------------------- words


def proof_lines(proof: Proof) -> Iterator[str]:
    """A proof for a person to read."""
    yield f"{proof.title}, version {proof.version}: {proof.rules} rules"
    yield f"sha256 {proof.sha256}"
    yield from _listed(
        "conflict", proof.conflicts, "none: no two rules that stand ever contradict each other"
    )
    for first, second in dict.fromkeys(c.sections for c in proof.conflicts if any(c.sections)):
        yield f'  between "{first}" and "{second}": an "overrides" on one side would settle it'
    yield from _listed("dead rule", proof.dead, "none: every rule decides some possible use")
    silence = "none: of every possible use some rule speaks, or waits for a fact"
    yield from _listed("gap", proof.gaps, silence)
    if not proof.gaps_complete:
        yield f"  not all gaps are listed; the first {len(proof.gaps)} are"
    yield from _listed("rule that no example exercises", proof.not_exercised, "none")
    yield from (f"NOT PROVED: {one}" for one in proof.not_proved)


def _listed(what: str, found: Sequence[object], none: str) -> Iterator[str]:
    first, _, rest = what.partition(" that ")
    plural = f"{first}s that {rest}" if rest else f"{what}s"
    yield f"{plural}: {len(found) or none}"
    for one in found:
        suffix = (
            " (only because a fact can be not known)" if isinstance(one, Gap) and one.unknown_only else ""
        )
        yield f"  {one}{suffix}"
