"""Proof of a rulebook: where it says nothing, where it contradicts itself, and which rules can never decide.

For every possible use, with every fact known or not known, on every day:

- a *gap* is a use of which no rule speaks: every rule is false. All gaps are listed as the missing rows.
- a *conflict* is a use for which two rules stand and say different things, whatever is still unknown.
- a *dead* rule is never true, or never decides because others override it wherever it is true, or wait for a
  fact by which they may.
- a rule is *not exercised* if it decides no example.

The lists are found by an exact search over classes of values (`ways`, `gaps`), and by the solver where rules
tie facts together. Each case in them is replayed through the slow twin. Then the solver, which knows the
values and not the classes, is asked once for each question whether any use speaks against the lists: a silent
use in no row, a row in which another rule could speak, another conflict, a dead rule that stands. What it
cannot settle in time is "not proved", never a pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from wardbook.policy.ask import evaluate
from wardbook.policy.boxes import NOT_KNOWN, show_classes
from wardbook.policy.cells import show_value
from wardbook.policy.determine import Docket, docket
from wardbook.policy.formulas import NotSettledError, both, either, fresh_context, negated
from wardbook.policy.gaps import Row, missing_rows
from wardbook.policy.inquiry import Inquiry, Use
from wardbook.policy.model import Rulebook
from wardbook.policy.proof import Case, Conflict, Dead, Gap, Proof, proof_lines
from wardbook.policy.resolve import Deck, Kind, members
from wardbook.policy.standing import saying
from wardbook.policy.ways import Goal, Way

__all__ = [
    "Case",
    "Conflict",
    "Dead",
    "Gap",
    "Proof",
    "conflicts",
    "dead_rules",
    "proof_lines",
    "prove",
    "silent_cases",
]

MOST_GAPS = 200
MOST_CONFLICTS = 100


@dataclass(frozen=True)
class _Silent:
    """The missing rows of a question."""

    rows: tuple[Row, ...]
    gaps: tuple[Gap, ...]
    complete: bool


def prove(rulebook: Rulebook, timeout_s: float = 10.0) -> Proof:
    """Prove a rulebook. ``timeout_s`` is for each single question put to the solver.

    Raises `WrongUseError` if the solver is not installed.
    """
    ready = docket(rulebook)
    gaps: list[Gap] = []
    found: list[Conflict] = []
    dead: list[Dead] = []
    not_proved: list[str] = []
    complete = True
    for asked in _inquiries(ready, timeout_s):
        silent = _gaps(asked)
        contradictions, claims = _conflicts(asked)
        never = list(_dead(asked))
        claims += [*_gap_claims(asked, silent), *_dead_claims(asked, never)]
        complete = _holds(asked, claims) and silent.complete and complete
        gaps.extend(silent.gaps)
        found.extend(contradictions)
        dead.extend(never)
        not_proved.extend(asked.not_settled)
    return Proof(
        rulebook.sha256,
        rulebook.title,
        rulebook.version,
        tuple(gaps),
        tuple(found),
        tuple(dead),
        _not_exercised(ready),
        tuple(not_proved),
        complete,
        len(rulebook.rules),
    )


def conflicts(rulebook: Rulebook, timeout_s: float = 10.0) -> tuple[tuple[Conflict, ...], tuple[str, ...]]:
    """The conflicts of a rulebook alone, and what was not settled. Raises `WrongUseError` as `prove` does."""
    found: list[Conflict] = []
    not_proved: list[str] = []
    for asked in _inquiries(docket(rulebook), timeout_s):
        contradictions, claims = _conflicts(asked)
        _holds(asked, claims)
        found.extend(contradictions)
        not_proved.extend(asked.not_settled)
    return tuple(found), tuple(not_proved)


def dead_rules(rulebook: Rulebook, timeout_s: float = 10.0) -> tuple[tuple[Dead, ...], tuple[str, ...]]:
    """The dead rules of a rulebook alone, and what was not settled. Raises as `prove` does."""
    found: list[Dead] = []
    not_proved: list[str] = []
    for asked in _inquiries(docket(rulebook), timeout_s):
        never = list(_dead(asked))
        _holds(asked, _dead_claims(asked, never))
        found.extend(never)
        not_proved.extend(asked.not_settled)
    return tuple(found), tuple(not_proved)


def silent_cases(rulebook: Rulebook, timeout_s: float = 10.0) -> tuple[tuple[Case, ...], tuple[str, ...]]:
    """One use for each question that has a gap, and what was not settled. Raises as `prove` does."""
    found: list[Case] = []
    not_proved: list[str] = []
    for asked in _inquiries(docket(rulebook), timeout_s):
        with suppress(NotSettledError):
            use = asked.find(f"gaps of {asked.deck.question}", asked.quiet.goals, asked.silence_formula)
            if use is None:
                _holds(asked, [asked.silence_formula])
            else:
                found.append(_case(asked.replayed(use, Kind.NO_RULE)))
        not_proved.extend(asked.not_settled)
    return tuple(found), tuple(not_proved)


def _inquiries(ready: Docket, timeout_s: float) -> Iterator[Inquiry]:
    context = fresh_context()
    for deck in ready.decks:
        yield Inquiry(ready.rulebook, deck, int(timeout_s * 1000), context)


def _holds(asked: Inquiry, claims: Sequence[str]) -> bool:
    """Whether the solver finds no use that speaks against the lists; such a use is a fault of the program."""
    try:
        found = asked.judged(
            f"that nothing is missing from the lists of {asked.deck.question}", either(*claims)
        )
    except NotSettledError:
        return False
    if found is not None:
        raise AssertionError(
            f"the lists of {asked.deck.question!r} are wrong for {found.values} on {found.day}"
        )
    return True


def _case(use: Use) -> Case:
    return Case(tuple((name, show_value(value)) for name, value in use.values.items()), use.day)


# ---------------------------------------------------------------- conflicts


def _conflicts(asked: Inquiry) -> tuple[list[Conflict], list[str]]:
    """The pairs that can stand together and say different things, and what would speak against the list."""
    deck, certain = asked.deck, asked.standing.certain
    left = _differing(deck)
    settled, meeting = _settled(deck), _meeting(asked)
    told: list[Conflict] = []
    for at, first in enumerate(deck.rules):
        for other in members(left[at] & meeting[at] & ~settled[at]):
            second = deck.rules[other]
            goals = [*asked.ways.certain(at), *asked.ways.certain(other)]
            what = f"whether {first.name} and {second.name} contradict"
            try:
                use = asked.find(what, goals, both(certain[at], certain[other]))
            except NotSettledError:
                left[at] &= ~(1 << other)
                continue
            if use is None:
                continue
            left[at] &= ~(1 << other)
            told.append(_conflict(asked, at, other, use))
            if len(told) == MOST_CONFLICTS:
                asked.not_settled.append(
                    f"more conflicts of {deck.question}: the first {len(told)} are listed"
                )
                return told, []
    others = (either(*(certain[one] for one in members(bits))) for bits in left)
    return told, [both(certain[at], formula) for at, formula in enumerate(others)]


def _conflict(asked: Inquiry, at: int, other: int, use: Use) -> Conflict:
    deck = asked.deck
    first, second = deck.rules[at], deck.rules[other]
    case = _case(asked.replayed(use, Kind.CONFLICT))
    sections = (first.section, second.section)
    says = (_said(deck, at), _said(deck, other))
    return Conflict(deck.question, first.name, second.name, sections, says, case)


def _differing(deck: Deck) -> list[int]:
    """For each rule, the later rules that say something else."""
    says = [saying(deck, at) for at in range(len(deck.rules))]
    alike: dict[object, int] = {}
    for at, said in enumerate(says):
        alike[said] = alike.get(said, 0) | 1 << at
    whole = (1 << len(says)) - 1
    return [whole & ~alike[said] & ~((1 << (at + 1)) - 1) for at, said in enumerate(says)]


def _settled(deck: Deck) -> list[int]:
    """For each rule, those that override it or that it overrides, where nothing can stop the overrider."""
    settled = [0] * len(deck.rules)
    for at, above in enumerate(deck.overridden_by):
        for other in members(above):
            if not deck.overridden_by[other]:
                settled[at] |= 1 << other
                settled[other] |= 1 << at
    return settled


def _meeting(asked: Inquiry) -> list[int]:
    """For each rule, those that may be true together with it, as far as the axes one by one can tell."""
    limits = [dict(goals[0][0].limits) for goals in asked.ways.true]
    whole = (1 << len(limits)) - 1
    met = [whole] * len(limits)
    for axis in range(len(asked.ways.axes)):
        reading = [at for at, own in enumerate(limits) if axis in own]
        free = whole & ~sum(1 << at for at in reading)
        holding = [
            sum(1 << at for at in reading if limits[at][axis] >> bit & 1)
            for bit in range(len(asked.ways.axes[axis].classes))
        ]
        for at in reading:
            here = free
            for bit in members(limits[at][axis]):
                here |= holding[bit]
            met[at] &= here
    return met


def _said(deck: Deck, at: int) -> str:
    return ", ".join(
        f"{outcome.replace('_', ' ')} {value}" for outcome, value in deck.rules[at].outcomes.items()
    )


# ---------------------------------------------------------------- dead rules


def _dead(asked: Inquiry) -> Iterator[Dead]:
    for at in range(len(asked.deck.rules)):
        try:
            if not _decides(asked, at):
                yield _never(asked, at)
        except NotSettledError:
            continue


def _decides(asked: Inquiry, at: int) -> bool:
    """Whether a rule ever stands for certain, or stands where all that may stand says the same."""
    what = f"whether {asked.deck.rules[at].name} ever decides"
    use = asked.find(what, asked.ways.certain(at), asked.standing.certain[at])
    if use is not None:
        asked.replayed_standing(use, at)
        return True
    goals = [*asked.ways.stands(at), *(asked.ways.impossible(one) for one in _others(asked.deck, at))]
    use = asked.find(what, goals, _agreed(asked, at))
    if use is not None:
        asked.replayed(use, Kind.DECIDED)
        asked.replayed_standing(use, at)
    return use is not None


def _agreed(asked: Inquiry, at: int) -> str:
    """The formula under which a rule stands and no rule that says something else may."""
    others = (asked.standing.possible[one] for one in _others(asked.deck, at))
    return both(asked.standing.stands[at], negated(either(*others)))


def _others(deck: Deck, at: int) -> list[int]:
    """The rules that say something else than a rule."""
    own = saying(deck, at)
    return [one for one in range(len(deck.rules)) if saying(deck, one) != own]


def _never(asked: Inquiry, at: int) -> Dead:
    deck, held = asked.deck, asked.standing.holds[at].true
    name = deck.rules[at].name
    if asked.find(f"whether {name} is ever true", asked.ways.true[at], held) is None:
        return Dead(deck.question, name, (), _barred_by(asked, at))
    what = f"what shadows {name}"
    above = list(members(deck.overridden_by[at]))
    waits = _unstopped(asked, at, above, asked.ways.not_standing, asked.standing.stands, what)
    if waits:
        shadows = _shadows(asked, at, asked.ways.impossible, asked.standing.possible, what)
    else:
        shadows = _shadows(asked, at, asked.ways.not_standing, asked.standing.stands, what)
    return Dead(deck.question, name, shadows, waits=waits)


def _shadows(
    asked: Inquiry, at: int, stopped: Callable[[int], Goal], stands: Sequence[str], what: str
) -> tuple[str, ...]:
    """A smallest set, found step by step, of rules of which one always overrides rule ``at``, or may."""
    needed = list(members(asked.deck.overridden_by[at]))
    for other in list(needed):
        fewer = [one for one in needed if one != other]
        if not _unstopped(asked, at, fewer, stopped, stands, what):
            needed = fewer
    return tuple(asked.deck.rules[one].name for one in needed)


def _unstopped(
    asked: Inquiry,
    at: int,
    above: Sequence[int],
    stopped: Callable[[int], Goal],
    stands: Sequence[str],
    what: str,
) -> bool:
    """Whether rule ``at`` is true in some use in which none of the rules ``above`` stands."""
    goals: list[Goal] = [*asked.ways.true[at], *(stopped(one) for one in above)]
    formula = both(asked.standing.holds[at].true, *(negated(stands[one]) for one in above))
    return asked.find(what, goals, formula) is not None


def _barred_by(asked: Inquiry, at: int) -> tuple[str, ...]:
    """A smallest set, found step by step, of invariants that keep a rule from being true; none: itself."""
    needed = list(asked.ways.invariants)
    try:
        for one in list(needed):
            fewer = [other for other in needed if other is not one]
            if not asked.may_be_true(at, fewer):
                needed = fewer
    except NotSettledError:
        return ()
    return tuple(one.name for one in needed)


def _dead_claims(asked: Inquiry, dead: Sequence[Dead]) -> list[str]:
    """What would speak against the list of dead rules: that one of them decides."""
    names = {one.rule for one in dead}
    places = [at for at, rule in enumerate(asked.deck.rules) if rule.name in names]
    return [either(asked.standing.certain[at], _agreed(asked, at)) for at in places]


# ---------------------------------------------------------------- gaps


def _gaps(asked: Inquiry) -> _Silent:
    """The rows that are missing, widest first; and whether they are all."""
    try:
        rows, complete = missing_rows(asked.quiet, asked.silent, MOST_GAPS)
        gaps = [_gap(asked, row) for row in rows]
    except NotSettledError:
        return _Silent((), (), False)
    kept = [(row, gap) for row, gap in zip(rows, gaps, strict=True) if gap is not None]
    return _Silent(tuple(row for row, _ in kept), tuple(gap for _, gap in kept), complete)


def _gap(asked: Inquiry, row: Row) -> Gap | None:
    """A missing row in words; None where a row that others replaced holds no possible use."""
    axes, deck = asked.ways.axes, asked.deck
    formula = both(asked.silence_formula, asked.row_formula(row))
    use = asked.find(f"gaps of {deck.question}", [*asked.quiet.goals, (Way(row.columns),)], formula)
    if use is None:
        return None
    words = [(axes[axis].name, show_classes(axes[axis], mask)) for axis, mask in row.columns]
    unless = tuple(rule.name for rule in deck.pick(row.unless))
    unknown_only = any(told == NOT_KNOWN for _, told in words)
    case = _case(asked.replayed(use, Kind.NO_RULE))
    return Gap(deck.question, tuple(words), unless, unknown_only, case)


def _gap_claims(asked: Inquiry, silent: _Silent) -> list[str]:
    """What would speak against the list: a silent use in no row, or in a row a rule it does not name."""
    rows = [asked.row_formula(row) for row in silent.rows]
    claims = [both(asked.silence_formula, *map(negated, rows))] if silent.complete else []
    for row, formula in zip(silent.rows, rows, strict=True):
        false = (pair.false for at, pair in enumerate(asked.standing.holds) if not row.unless >> at & 1)
        claims.append(both(formula, negated(both(*false))))
    return claims


# ---------------------------------------------------------------- examples


def _not_exercised(ready: Docket) -> tuple[str, ...]:
    """The rules that decide no example."""
    met: set[str] = set()
    for example in ready.rulebook.examples:
        found = evaluate(ready, example.facts, example.day)
        for deck, verdict in zip(ready.decks, found.verdicts, strict=True):
            met.update(rule.name for rule in deck.pick(verdict.standing))
    return tuple(rule.name for rule in ready.rulebook.rules if rule.name not in met)
