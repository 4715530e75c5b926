"""From what holds to what is determined: outcomes, reasons in words, citations, and what is missing.

The same function serves one question asked beforehand and a million uses: it sees only which rules are true
and unknown (`Masks`) and what is not known (`Known`). Values of facts are put into the words by the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from wardbook.policy.cells import OneOf
from wardbook.policy.classes import invariant_parts, names_read, rule_parts, sole_fact, tests
from wardbook.policy.meaning import true_of
from wardbook.policy.model import DAY, OUTCOMES, Compare, Expression, Invariant, Rule, Rulebook, known_on
from wardbook.policy.read_rules import UNDETERMINED
from wardbook.policy.resolve import Deck, Kind, Verdict, decks, members, resolve

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
class Known:
    """What is not known of a use, and what ties facts together, as bit sets.

    ``missing`` are the facts (and the day) without a value that the rulebook understands, ``strange`` those
    of them with another value on record; ``open_terms`` the terms (`Docket.terms`) that are neither true nor
    false; ``broken`` the invariants that are certainly false.
    """

    missing: int = 0
    strange: int = 0
    open_terms: int = 0
    broken: int = 0


@dataclass(frozen=True)
class Determined:
    """A determination, without the values of the facts.

    ``missing_facts`` are indexes of facts; the index after the last is the day of the use. ``broken`` are the
    invariants that the known facts break; then nothing is decided.
    """

    verdicts: tuple[Verdict, ...]
    outcomes: dict[str, str | None]
    rules: tuple[str, ...]
    standing: tuple[Rule, ...]
    parts: tuple[Part, ...]
    facts_used: int
    missing_facts: tuple[tuple[int, ...], ...]
    missing: tuple[str, ...]
    broken: tuple[Invariant, ...] = ()


@dataclass(frozen=True)
class Waits:
    """What may leave a rule open: facts while not known, facts with a strange value, and terms."""

    missing: int
    strange: int
    terms: int


@dataclass(frozen=True)
class Docket:
    """A rulebook made ready: its decks, and for each rule the facts it reads and those it can wait for.

    ``terms`` are the parts of rules that tie several facts together; ``term_waits`` what each waits for.
    """

    rulebook: Rulebook
    decks: tuple[Deck, ...]
    reads: tuple[tuple[int, ...], ...]
    waits: tuple[tuple[Waits, ...], ...]
    terms: tuple[Expression, ...]
    term_waits: tuple[Waits, ...]

    @property
    def day_bit(self) -> int:
        """The bit of the day of the use, after those of the facts."""
        return 1 << len(self.rulebook.facts)


def docket(rulebook: Rulebook, known: date | None = None) -> Docket:
    """Make a rulebook ready to determine uses, with the rules known on day ``known`` (None: known last)."""
    rulebook = known_on(rulebook, known or date.max)
    ready = decks(rulebook)
    bit = {fact.name: 1 << at for at, fact in enumerate(rulebook.facts)}
    bit[DAY] = 1 << len(rulebook.facts)
    parts = [[rule_parts(rule) for rule in deck.rules] for deck in ready]
    tied = (part for deck in parts for rule in deck for part in rule if sole_fact(part) is None)
    terms = tuple(dict.fromkeys(tied))
    at_term = {term: at for at, term in enumerate(terms)}
    reads = tuple(
        tuple(_bits((name for part in rule for name in names_read(part)), bit) for rule in deck)
        for deck in parts
    )
    waits = tuple(
        tuple(_waits(rule, found, bit, at_term) for rule, found in zip(deck.rules, deck_parts, strict=True))
        for deck, deck_parts in zip(ready, parts, strict=True)
    )
    return Docket(rulebook, ready, reads, waits, terms, tuple(_term_waits(term, bit) for term in terms))


def _bits(names: Iterable[str], bit: Mapping[str, int]) -> int:
    bits = 0
    for name in names:
        bits |= bit[name]
    return bits


def _waits(
    rule: Rule, parts: Sequence[Expression], bit: Mapping[str, int], at_term: Mapping[Expression, int]
) -> Waits:
    """A part that says ``?`` does not wait for its fact while that is not known."""
    missing = bit[DAY] if rule.in_force_from is not None or rule.in_force_to is not None else 0
    strange = terms = 0
    for part in parts:
        if part in at_term:
            terms |= 1 << at_term[part]
            continue
        strange |= _bits(names_read(part), bit)
        if true_of(part, {}, None) is None:
            missing |= _bits(names_read(part), bit)
    return Waits(missing, strange, terms)


def _term_waits(term: Expression, bit: Mapping[str, int]) -> Waits:
    asked = (
        name
        for test in tests(term)
        if isinstance(test, Compare) or not (isinstance(test.cell, OneOf) and test.cell.unknown)
        for name in names_read(test)
    )
    return Waits(_bits(asked, bit), _bits(names_read(term), bit), 0)


def _waiting(ready: Docket, question: int, rule: int, known: Known) -> int:
    """The facts that leave an open rule open."""
    waits = ready.waits[question][rule]
    open_ones = [ready.term_waits[at] for at in members(waits.terms & known.open_terms)]
    bits = 0
    for one in (waits, *open_ones):
        bits |= one.missing & known.missing | one.strange & known.strange
    return bits


def determine(ready: Docket, masks: Sequence[Masks], known: Known) -> Determined:
    """Determine a use, given which rules are true and unknown for each question, and what is not known."""
    if known.broken:
        return _contradicted(ready, known.broken)
    verdicts = tuple(
        resolve(deck, mask.true, mask.unknown) for deck, mask in zip(ready.decks, masks, strict=True)
    )
    outcomes: dict[str, str | None] = dict.fromkeys(outcome_names(ready.rulebook))
    missing: list[str] = []
    missing_facts: list[tuple[int, ...]] = []
    parts: list[Part] = []
    standing: list[Rule] = []
    names: list[str] = []
    used = 0
    for at, (deck, verdict, mask) in enumerate(zip(ready.decks, verdicts, masks, strict=True)):
        outcomes.update(verdict.outcomes)
        wanted = fewest([_waiting(ready, at, rule, known) for rule in members(verdict.pending)])
        missing_facts.append(wanted)
        read = _read(ready, at, verdict)
        used |= read
        shown = read & ~known.missing if verdict.kind is Kind.OPEN else read
        parts.append(Part(_words(ready, deck, verdict, mask, wanted), shown & ~ready.day_bit))
        missing.extend(_missing(ready, deck, verdict, wanted))
        if verdict.kind is Kind.DECIDED:
            standing.extend(deck.pick(verdict.standing))
            names.append(", ".join(rule.name for rule in deck.pick(verdict.standing)))
    missing.extend(_never_asked(ready))
    return Determined(
        verdicts,
        _said(outcomes),
        tuple(names),
        tuple(standing),
        tuple(parts),
        used & ~ready.day_bit,
        tuple(missing_facts),
        tuple(dict.fromkeys(missing)),
    )


def outcome_names(rulebook: Rulebook) -> tuple[str, ...]:
    """The outcomes every audit knows, then those the rulebook declares."""
    return (*OUTCOMES, *(outcome.name for outcome in rulebook.outcomes))


def _said(outcomes: dict[str, str | None]) -> dict[str, str | None]:
    """The outcomes, with what is not determined said in words or as None."""
    wordless = set(OUTCOMES) - set(ANSWERED)
    return {
        outcome: (None if outcome in wordless else UNDETERMINED) if value in {None, UNDETERMINED} else value
        for outcome, value in outcomes.items()
    }


def _contradicted(ready: Docket, bits: int) -> Determined:
    """Nothing is decided where the facts contradict each other."""
    broken = tuple(ready.rulebook.invariants[at] for at in members(bits))
    names = "; ".join(invariant.name for invariant in broken)
    read = _invariant_reads(ready, broken)
    words = f"Cannot be determined: the facts contradict: {names}"
    missing = [f"a correction of the record: {one.name} ({one.source})" for one in broken]
    return Determined(
        tuple(Verdict(Kind.CONTRADICTION, {}, 0) for _ in ready.decks),
        _said(dict.fromkeys(outcome_names(ready.rulebook))),
        (),
        (),
        tuple(Part(f"{deck.question} {words}", read) for deck in ready.decks),
        read,
        tuple(() for _ in ready.decks),
        tuple(dict.fromkeys([*missing, *_never_asked(ready)])),
        broken,
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


def broken_reads(ready: Docket) -> int:
    """The facts that the invariants read."""
    return _invariant_reads(ready, ready.rulebook.invariants)


def _invariant_reads(ready: Docket, invariants: Iterable[Invariant]) -> int:
    bit = {fact.name: 1 << at for at, fact in enumerate(ready.rulebook.facts)} | {DAY: 0}
    parts = (part for one in invariants for part in invariant_parts(one))
    return _bits((name for part in parts for name in names_read(part)), bit)


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
        case Kind.CONTRADICTION:
            raise ValueError("a contradiction of the facts is told before the rules are asked")


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
        case Kind.CONTRADICTION:
            return []


def _never_asked(ready: Docket) -> list[str]:
    asked = {outcome for rule in ready.rulebook.rules for outcome in rule.outcomes}
    return [
        f"a rulebook that decides {outcome.replace('_', ' ')}: this one does not"
        for outcome in ANSWERED
        if outcome not in asked
    ]
