"""From what holds to what is determined: outcomes, reasons in words, citations, and what is missing.

The same function serves one question asked beforehand and a million uses: it sees only which rules are true
and unknown (`Masks`) and which facts are not known. Values of facts are put into the words by the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wardbook.policy.cells import OneOf
from wardbook.policy.model import OUTCOMES, Condition, Rule, Rulebook
from wardbook.policy.read_rules import UNDETERMINED
from wardbook.policy.resolve import Deck, Kind, Verdict, decks, members, resolve

DAY = "date"
"""The name under which the day of a use is missing."""

DAY_SETTLED_BY = "the day of the use"

ANSWERED = ("security_reason", "permitted")
"""The outcomes that say in words that they cannot be determined; the others are then None."""


@dataclass(frozen=True)
class Masks:
    """One question: rules that are true, unknown, or would be true were they in force on the day."""

    true: int
    unknown: int
    out_of_force: int = 0


@dataclass(frozen=True)
class Part:
    """The reason for one question: words, and the facts (bits) whose values belong behind them."""

    words: str
    shown: int


@dataclass(frozen=True)
class Determined:
    """A determination, without the values of the facts.

    ``missing_facts`` are indexes of facts; the index after the last is the day of the use.
    """

    verdicts: tuple[Verdict, ...]
    outcomes: dict[str, str | None]
    rules: tuple[str, ...]
    standing: tuple[Rule, ...]
    parts: tuple[Part, ...]
    facts_used: int
    missing_facts: tuple[tuple[int, ...], ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Docket:
    """A rulebook made ready: its decks, and for each rule the facts it reads and those it can wait for."""

    rulebook: Rulebook
    decks: tuple[Deck, ...]
    reads: tuple[tuple[int, ...], ...]
    waits_for: tuple[tuple[int, ...], ...]

    @property
    def day_bit(self) -> int:
        """The bit of the day of the use, after those of the facts."""
        return 1 << len(self.rulebook.facts)


def docket(rulebook: Rulebook) -> Docket:
    """Make a rulebook ready to determine uses."""
    ready = decks(rulebook)
    bit = {fact.name: 1 << at for at, fact in enumerate(rulebook.facts)}
    day = 1 << len(rulebook.facts)
    reads = tuple(tuple(_facts(rule.conditions, bit) for rule in deck.rules) for deck in ready)
    waits = tuple(tuple(_waits_for(rule, bit, day) for rule in deck.rules) for deck in ready)
    return Docket(rulebook, ready, reads, waits)


def _facts(conditions: Sequence[Condition], bit: dict[str, int]) -> int:
    bits = 0
    for condition in conditions:
        bits |= bit[condition.fact]
    return bits


def _waits_for(rule: Rule, bit: dict[str, int], day: int) -> int:
    """The facts that leave the rule open while not known: all it reads, but those it reads with ``?``."""
    waiting = [c for c in rule.conditions if not (isinstance(c.cell, OneOf) and c.cell.unknown)]
    dated = rule.in_force_from is not None or rule.in_force_to is not None
    return _facts(waiting, bit) | (day if dated else 0)


def determine(ready: Docket, masks: Sequence[Masks], not_known: int) -> Determined:
    """Determine a use. ``not_known`` has the bits of facts (and the day) that are not known."""
    verdicts = tuple(
        resolve(deck, mask.true, mask.unknown) for deck, mask in zip(ready.decks, masks, strict=True)
    )
    outcomes: dict[str, str | None] = dict.fromkeys(OUTCOMES)
    missing: list[str] = []
    missing_facts: list[tuple[int, ...]] = []
    parts: list[Part] = []
    standing: list[Rule] = []
    names: list[str] = []
    used = 0
    for at, (deck, verdict, mask) in enumerate(zip(ready.decks, verdicts, masks, strict=True)):
        outcomes.update(verdict.outcomes)
        waiting = [ready.waits_for[at][rule] & not_known for rule in members(verdict.pending)]
        wanted = fewest(waiting)
        missing_facts.append(wanted)
        read = _read(ready, at, verdict)
        used |= read
        shown = read & ~not_known if verdict.kind is Kind.OPEN else read
        parts.append(Part(_words(ready, deck, verdict, mask, wanted), shown))
        missing.extend(_missing(ready, deck, verdict, wanted))
        if verdict.kind is Kind.DECIDED:
            standing.extend(deck.pick(verdict.standing))
            names.append(", ".join(rule.name for rule in deck.pick(verdict.standing)))
    for outcome in OUTCOMES:
        if outcomes[outcome] in {None, UNDETERMINED}:
            outcomes[outcome] = UNDETERMINED if outcome in ANSWERED else None
    missing.extend(_never_asked(ready))
    return Determined(
        verdicts,
        outcomes,
        tuple(names),
        tuple(standing),
        tuple(parts),
        used,
        tuple(missing_facts),
        tuple(dict.fromkeys(missing)),
    )


def fewest(waiting: Sequence[int]) -> tuple[int, ...]:
    """A few facts of which each open rule waits for one: the fact most rules wait for first (greedy cover).

    ``waiting`` has a bit set of facts for each open rule. Gives indexes of facts in their declared order.
    """
    left = [bits for bits in waiting if bits]
    chosen: list[int] = []
    while left:
        counts = {at: sum(bits >> at & 1 for bits in left) for bits in left for at in members(bits)}
        best = min(counts, key=lambda at: (-counts[at], at))
        chosen.append(best)
        left = [bits for bits in left if not bits >> best & 1]
    return tuple(sorted(chosen))


def _read(ready: Docket, at: int, verdict: Verdict) -> int:
    """The facts its rules read; where no rule decides, all that the question reads."""
    rules = verdict.standing | verdict.pending or (1 << len(ready.decks[at].rules)) - 1
    bits = 0
    for rule in members(rules):
        bits |= ready.reads[at][rule]
    return bits


# ---------------------------------------------------------------- words


def fact_name(ready: Docket, at: int) -> str:
    """The name of a fact by its index; the day of the use comes after the last."""
    facts = ready.rulebook.facts
    return facts[at].name if at < len(facts) else DAY


def _words(ready: Docket, deck: Deck, verdict: Verdict, mask: Masks, wanted: Sequence[int]) -> str:
    rules = deck.pick(verdict.standing)
    match verdict.kind:
        case Kind.DECIDED:
            notes = "; ".join(dict.fromkeys(rule.note for rule in rules if rule.note))
            names = ", ".join(rule.name for rule in rules)
            return f"{names}: {notes}" if notes else names
        case Kind.CONFLICT:
            sayings = "; ".join(f"{rule.name} says {_saying(rule)}" for rule in rules)
            return f"{deck.question} Cannot be determined: rules contradict each other: {sayings}"
        case Kind.NO_RULE:
            return f"{deck.question} Cannot be determined: no rule decides{_out_of_force(deck, mask)}"
        case Kind.OPEN:
            facts = ", ".join(fact_name(ready, at) for at in wanted)
            return f"{deck.question} Cannot be determined: not known: {facts}"


def _saying(rule: Rule) -> str:
    return ", ".join(f"{outcome.replace('_', ' ')} {value}" for outcome, value in rule.outcomes.items())


def _out_of_force(deck: Deck, mask: Masks) -> str:
    told = [f"rule {rule.name} is in force only {in_force(rule)}" for rule in deck.pick(mask.out_of_force)]
    return "; " + "; ".join(told) if told else ""


def in_force(rule: Rule) -> str:
    """When a rule is in force, in words."""
    first = f"from {rule.in_force_from}" if rule.in_force_from else ""
    last = f"to {rule.in_force_to}" if rule.in_force_to else ""
    return " ".join(part for part in (first, last) if part) or "always"


def _missing(ready: Docket, deck: Deck, verdict: Verdict, wanted: Sequence[int]) -> list[str]:
    facts = ready.rulebook.facts
    match verdict.kind:
        case Kind.DECIDED:
            open_ends = UNDETERMINED in verdict.outcomes.values()
            return [rule.settled_by for rule in deck.pick(verdict.standing) if open_ends]
        case Kind.CONFLICT:
            names = " and ".join(rule.name for rule in deck.pick(verdict.standing))
            return [f"a ruling on which of {names} prevails: the rulebook does not say"]
        case Kind.NO_RULE:
            return [f"a rule in force on the day of the use that answers: {deck.question}"]
        case Kind.OPEN:
            return [facts[at].settled_by if at < len(facts) else DAY_SETTLED_BY for at in wanted]


def _never_asked(ready: Docket) -> list[str]:
    asked = {outcome for rule in ready.rulebook.rules for outcome in rule.outcomes}
    return [
        f"a rulebook that decides {outcome.replace('_', ' ')}: this one does not"
        for outcome in ANSWERED
        if outcome not in asked
    ]
