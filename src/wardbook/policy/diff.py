"""Two rulebooks compared: what was added, taken away and changed, and whether any use is decided otherwise.

The comparison of words is row by row. The comparison of meaning is a proof: for each outcome that both
decide, either a possible use that they decide differently (replayed through the slow twin), or the proof that
there is none, so that a pure re-wording is shown to be one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from wardbook.policy.ask import evaluate
from wardbook.policy.cells import show_value
from wardbook.policy.determine import Docket, docket
from wardbook.policy.formulas import Formulas, words_of_texts
from wardbook.policy.model import CostRule, Fact, Rule, Rulebook
from wardbook.policy.resolve import Deck
from wardbook.policy.standing import Saying, Standing, standing


@dataclass(frozen=True)
class Changed:
    """One thing that was added, taken away or changed: ``what`` it is, and each change in words."""

    what: str
    name: str
    changes: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.what} {self.name}: {'; '.join(self.changes)}"


@dataclass(frozen=True)
class Otherwise:
    """A possible use that two rulebooks decide differently."""

    outcomes: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    day: date
    before: str
    after: str

    def __str__(self) -> str:
        told = "; ".join(f"{name} {value}" for name, value in self.facts) or "nothing known"
        return f"{told}; on {self.day}: {self.before}; now {self.after}"


@dataclass(frozen=True)
class Difference:
    """How two rulebooks differ: in their rows, and in what they decide.

    ``alike`` names the outcomes proved to be decided alike for every possible use, ``not_compared`` says what
    could not be compared, and why.
    """

    changed: tuple[Changed, ...]
    otherwise: tuple[Otherwise, ...]
    alike: tuple[str, ...]
    not_compared: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Every possible use is proved to be decided alike."""
        return not (self.otherwise or self.not_compared)


def diff(before: Rulebook, after: Rulebook, timeout_s: float = 10.0) -> Difference:
    """Compare two rulebooks. Raises `WrongUseError` if the solver is not installed."""
    changed = tuple(_changed(before, after))
    shared, not_compared = _shared_facts(before, after)
    formulas = Formulas(shared, words_of_texts((*before.rules, *after.rules), shared))
    formulas.assume(before)
    formulas.assume(after)
    otherwise: list[Otherwise] = []
    alike: list[str] = []
    old, new = docket(before), docket(after)
    for first, second in _pairs(old, new, not_compared):
        found = _compare(formulas, (old, first), (new, second), int(timeout_s * 1000))
        names = ", ".join(sorted(first.rules[0].outcomes))
        if isinstance(found, Otherwise):
            otherwise.append(found)
        elif found:
            not_compared.append(f"{names}: not proved ({found})")
        else:
            alike.append(names)
    return Difference(changed, tuple(otherwise), tuple(alike), tuple(not_compared))


# ---------------------------------------------------------------- meaning


def _shared_facts(before: Rulebook, after: Rulebook) -> tuple[list[Fact], list[str]]:
    """The facts of both, with the values and bounds that either admits; and what cannot be compared."""
    facts = {fact.name: fact for fact in before.facts}
    told: list[str] = []
    for fact in after.facts:
        old = facts.get(fact.name)
        if old is None:
            facts[fact.name] = fact
        elif (old.type, old.unit) != (fact.type, fact.unit):
            told.append(
                f"fact {fact.name}: {old.type.value} {old.unit} against {fact.type.value} {fact.unit}"
            )
        else:
            values = tuple(dict.fromkeys((*old.values, *fact.values)))
            unknown = old.may_be_unknown or fact.may_be_unknown
            wide = replace(old, values=values, may_be_unknown=unknown)
            same = (old.low, old.high) == (fact.low, fact.high)
            facts[fact.name] = wide if same else replace(wide, low=None, high=None)
    return list(facts.values()), told


def _pairs(old: Docket, new: Docket, not_compared: list[str]) -> Iterator[tuple[Deck, Deck]]:
    decks = {frozenset(deck.rules[0].outcomes): deck for deck in new.decks if deck.rules}
    for deck in old.decks:
        outcomes = frozenset(deck.rules[0].outcomes)
        other = decks.pop(outcomes, None)
        if other is None:
            not_compared.append(f"{', '.join(sorted(outcomes))}: not decided by one question in both")
        elif not not_compared or not any(line.startswith("fact ") for line in not_compared):
            yield deck, other
    not_compared.extend(f"{', '.join(sorted(names))}: decided by one question only now" for names in decks)


def _compare(
    formulas: Formulas, before: tuple[Docket, Deck], after: tuple[Docket, Deck], timeout_ms: int
) -> Otherwise | str:
    """A use decided otherwise; an empty text where there is none; the reason where it was not settled."""
    z3 = formulas.z3
    kept = len(formulas.assumptions)
    one, two = standing(formulas, before[1]), standing(formulas, after[1])
    says_one = _sayings(before[0].rulebook, one)
    says_two = _sayings(after[0].rulebook, two)
    solver = formulas.make_solver(timeout_ms)
    del formulas.assumptions[kept:]
    differs = [
        one.decided(formulas, says_one, said) != two.decided(formulas, says_two, said)
        for said in dict.fromkeys((*says_one.values(), *says_two.values()))
    ]
    solver.add(formulas.either(*differs))
    answer = solver.check()
    if answer == z3.unsat:
        return ""
    if answer != z3.sat:
        return str(solver.reason_unknown())
    values, day = formulas.case(solver.model())
    outcomes = tuple(sorted(before[1].rules[0].outcomes))
    told = [_decision(ready, deck, values, day) for ready, deck in (before, after)]
    facts = tuple((name, show_value(value)) for name, value in values.items())
    return Otherwise(outcomes, facts, day, told[0], told[1])


def _sayings(rulebook: Rulebook, stand: Standing) -> dict[int, Saying]:
    """What each rule says; an arrangement of costs is what its cost rules come to, whatever its name."""
    return {at: _said(rulebook, rule) for at, rule in enumerate(stand.deck.rules)}


def _said(rulebook: Rulebook, rule: Rule) -> Saying:
    priced = {
        cost: "; ".join(
            sorted(_terms(one) for one in rulebook.cost_rules if one.arrangement == rule.outcomes["costs"])
        )
        or rule.outcomes["costs"]
        for cost in ("costs",)
        if cost in rule.outcomes
    }
    return tuple(sorted({**rule.outcomes, **priced}.items()))


def _terms(cost: CostRule) -> str:
    terms = (cost.cost_class, cost.payer, cost.method, cost.part, cost.base, cost.loading, cost.rounding)
    return repr(terms)


def _decision(ready: Docket, deck: Deck, values: Mapping[str, Any], day: date) -> str:
    found = evaluate(ready, values, day)
    at = ready.decks.index(deck)
    verdict = found.verdicts[at]
    if not verdict.outcomes:
        return f"{verdict.kind.value}"
    rules = ", ".join(rule.name for rule in deck.pick(verdict.standing))
    told = ", ".join(
        f"{outcome.replace('_', ' ')} {value}" for outcome, value in sorted(verdict.outcomes.items())
    )
    return f"{told} ({rules})"


# ---------------------------------------------------------------- rows


def _changed(before: Rulebook, after: Rulebook) -> Iterator[Changed]:
    yield from _rows(
        "rule", {r.name: _rule(r) for r in before.rules}, {r.name: _rule(r) for r in after.rules}
    )
    yield from _rows("cost", _costs(before), _costs(after))
    yield from _rows(
        "fact", {f.name: _fact(f) for f in before.facts}, {f.name: _fact(f) for f in after.facts}
    )
    yield from _rows("law", _law(before), _law(after))
    invariants = (
        {one.name: {"text": one.text, "source": one.source} for one in b.invariants} for b in (before, after)
    )
    yield from _rows("invariant", *invariants)


def _rows(
    what: str, before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]]
) -> Iterator[Changed]:
    for name in dict.fromkeys((*before, *after)):
        if name not in after:
            yield Changed(what, name, ("taken away",))
        elif name not in before:
            yield Changed(what, name, ("added",))
        elif before[name] != after[name]:
            yield Changed(what, name, tuple(_fields(before[name], after[name])))


def _fields(before: Mapping[str, str], after: Mapping[str, str]) -> Sequence[str]:
    return [
        f'{key} was "{before.get(key, "")}", is "{after.get(key, "")}"'
        for key in dict.fromkeys((*before, *after))
        if before.get(key, "") != after.get(key, "")
    ]


def _rule(rule: Rule) -> dict[str, str]:
    days = f"{rule.in_force_from or ''}..{rule.in_force_to or ''}"
    return {
        **{condition.fact: condition.text for condition in rule.conditions},
        **{f"=> {outcome}": value for outcome, value in rule.outcomes.items()},
        "when": rule.when_text,
        "in force": "always" if days == ".." else days,
        "overrides": ", ".join(rule.overrides),
        "cites": rule.cites,
        "note": rule.note,
        "settled by": rule.settled_by,
    }


def _costs(rulebook: Rulebook) -> dict[str, dict[str, str]]:
    return {
        f"{cost.arrangement} / {cost.cost_class} / {cost.payer}": {
            "method": cost.method,
            "part": "" if cost.part is None else f"{cost.part.top} / {cost.part.bottom}",
            "base": "" if cost.base is None else f"{cost.base.amount} x {cost.base.times}",
            "loading": str(cost.loading),
            "rounding": cost.rounding,
            "cites": cost.cites,
            "write down": cost.write_down,
        }
        for cost in rulebook.cost_rules
    }


def _fact(fact: Fact) -> dict[str, str]:
    return {
        "type": fact.type.value,
        "unit": fact.unit,
        "values": ", ".join(fact.values),
        "bounds": f"{fact.low}..{fact.high}",
        "reads": fact.reads,
        "may be unknown": str(fact.may_be_unknown),
        "changeable": str(fact.changeable),
        "question": fact.question,
        "settled by": fact.settled_by,
    }


def _law(rulebook: Rulebook) -> dict[str, dict[str, str]]:
    return {
        anchor: {"title": rulebook.law_titles[anchor], "text": text} for anchor, text in rulebook.law.items()
    }


def difference_lines(found: Difference) -> Iterator[str]:
    """A comparison for a person to read."""
    yield f"changed rows: {len(found.changed) or 'none'}"
    yield from (f"  {one}" for one in found.changed)
    for outcomes in found.alike:
        yield f"{outcomes}: every possible use is decided alike (proved)"
    for one in found.otherwise:
        yield f"{', '.join(one.outcomes)}: decided otherwise, for example: {one}"
    yield from (f"NOT COMPARED: {line}" for line in found.not_compared)
