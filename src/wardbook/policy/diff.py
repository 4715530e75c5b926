"""Two rulebooks compared: what was added, taken away and changed, and whether any use is decided otherwise.

The comparison of words is row by row. The comparison of meaning is a proof: for each outcome that both
decide, either a possible use that they decide differently (replayed through the slow twin), or the proof that
there is none, so that a pure re-wording is shown to be one. A use is possible if either rulebook admits its
values; to a rulebook that does not admit one, it is strange.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from wardbook.policy.ask import evaluate
from wardbook.policy.cells import show_value
from wardbook.policy.classes import understood
from wardbook.policy.cost_words import show_base
from wardbook.policy.determine import Docket, docket
from wardbook.policy.formulas import (
    Formulas,
    Judge,
    NotSettledError,
    both,
    domain,
    either,
    fresh_context,
    same_domain,
    words_of_texts,
)
from wardbook.policy.model import CostRule, Fact, Invariant, Rule, Rulebook
from wardbook.policy.resolve import Deck, Kind, members
from wardbook.policy.standing import Saying, standing
from wardbook.policy.ways import Ways


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


@dataclass(frozen=True)
class _Side:
    """One question of one of the two rulebooks; ``says`` is what each rule says."""

    ready: Docket
    deck: Deck
    says: Mapping[int, Saying]

    @property
    def invariants(self) -> tuple[Invariant, ...]:
        """What the rulebook does not let be otherwise."""
        return self.ready.rulebook.invariants


def diff(before: Rulebook, after: Rulebook, timeout_s: float = 10.0) -> Difference:
    """Compare two rulebooks. Raises `WrongUseError` if the solver is needed and not installed."""
    changed = tuple(_changed(before, after))
    shared, not_compared = _shared_facts(before, after)
    otherwise: list[Otherwise] = []
    alike: list[str] = []
    old, new = docket(before), docket(after)
    for first, second in _pairs(old, new, not_compared):
        found = _compare(shared, _side(old, first), _side(new, second), int(timeout_s * 1000))
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
    """The facts of both, with the words and bounds that either admits; and what cannot be compared."""
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
            facts[fact.name] = replace(
                old if same_domain(old, fact) else _wide(old, fact),
                may_be_unknown=old.may_be_unknown or fact.may_be_unknown,
            )
    return list(facts.values()), told


def _wide(old: Fact, new: Fact) -> Fact:
    """A fact of which every word and number that either fact admits is a value."""
    words = tuple(dict.fromkeys((*domain(old)[0], *domain(new)[0])))
    same = (old.low, old.high) == (new.low, new.high)
    low, high = (old.low, old.high) if same else (None, None)
    return replace(old, values=words, aliases={}, low=low, high=high)


def _pairs(old: Docket, new: Docket, not_compared: list[str]) -> Iterator[tuple[Deck, Deck]]:
    decks = {frozenset(deck.rules[0].outcomes): deck for deck in new.decks if deck.rules}
    for deck in (deck for deck in old.decks if deck.rules):
        outcomes = frozenset(deck.rules[0].outcomes)
        other = decks.pop(outcomes, None)
        if other is None:
            not_compared.append(f"{', '.join(sorted(outcomes))}: not decided by one question in both")
        elif not not_compared or not any(line.startswith("fact ") for line in not_compared):
            yield deck, other
    not_compared.extend(f"{', '.join(sorted(names))}: decided by one question only now" for names in decks)


def _side(ready: Docket, deck: Deck) -> _Side:
    """What each rule says; an arrangement of costs is what its cost rules come to, whatever its name."""
    return _Side(ready, deck, {at: _said(ready.rulebook, rule) for at, rule in enumerate(deck.rules)})


def _compare(facts: Sequence[Fact], before: _Side, after: _Side, timeout_ms: int) -> Otherwise | str:
    """A use decided otherwise; an empty text where there is none; the reason where it was not settled."""
    if _same_tables(facts, before, after):
        return ""
    invariants = (*before.invariants, *after.invariants)
    texts = words_of_texts((*before.deck.rules, *after.deck.rules), invariants, facts)
    formulas = Formulas(facts, (), texts)
    decided = [_decided(formulas, side, prefix) for side, prefix in ((before, "a"), (after, "b"))]
    said = dict.fromkeys((*before.says.values(), *after.says.values()))
    differs = (f"(xor {decided[0].get(one, 'false')} {decided[1].get(one, 'false')})" for one in said)
    try:
        found = Judge(formulas, timeout_ms, fresh_context()).find(either(*differs))
    except NotSettledError as error:
        return str(error)
    if found is None:
        return ""
    values, day = found
    told = [_decision(side, values, day) for side in (before, after)]
    if told[0][0] == told[1][0]:
        raise AssertionError(f"the solver's case {values} on {day} is decided alike: {told[0][1]}")
    outcomes = tuple(sorted(before.deck.rules[0].outcomes))
    facts_told = tuple((name, show_value(value)) for name, value in values.items())
    return Otherwise(outcomes, facts_told, day, told[0][1], told[1][1])


def _decided(formulas: Formulas, side: _Side, prefix: str) -> dict[Saying, str]:
    """For each thing a table says, the formula under which the question is decided so."""
    reading = formulas.as_read_by(side.ready.rulebook.facts)
    stand = standing(reading, side.deck, prefix)
    sound = reading.define(f"{prefix}i", both(*(reading.unbroken(one) for one in side.invariants)))
    return {said: both(sound, stand.decided(side.says, said)) for said in dict.fromkeys(side.says.values())}


def _same_tables(facts: Sequence[Fact], before: _Side, after: _Side) -> bool:
    """Whether two tables have the same rules but for their names, their order and the way they are written.

    Two rules are the same if every class of every fact makes the same of them, they say the same, and the
    same rules override them. What stands follows from that alone, so such tables decide alike.
    """
    bars = [{(one.given, one.then) for one in side.invariants} for side in (before, after)]
    if bars[0] != bars[1]:
        return False
    own = {fact.name: fact for fact in before.ready.rulebook.facts}
    if not all(same_domain(own.get(fact.name, fact), fact) for fact in after.ready.rulebook.facts):
        return False
    rules = (*before.deck.rules, *after.deck.rules)
    ways = Ways(facts, Deck("", rules, (0,) * len(rules), ()), ())
    first = len(before.deck.rules)
    marks = [ways.mark(at) for at in range(len(rules))]
    numbers: dict[Hashable, int] = {}
    return _kinds(before, marks[:first], numbers) == _kinds(after, marks[first:], numbers)


def _kinds(side: _Side, marks: Sequence[Hashable], numbers: dict[Hashable, int]) -> set[int]:
    """The rules of a table, the same rule under the same number; ``numbers`` are those given so far."""
    kinds: dict[int, int] = {}
    for at in side.deck.order:
        above = frozenset(kinds[one] for one in members(side.deck.overridden_by[at]))
        kinds[at] = numbers.setdefault((marks[at], side.says[at], above), len(numbers))
    return set(kinds.values())


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


def _decision(side: _Side, values: Mapping[str, Any], day: date) -> tuple[Saying | Kind, str]:
    """What a question comes to by the twin: what it says (else how it came out), and the same in words."""
    facts = side.ready.rulebook.facts
    read = {fact.name: understood(fact, values.get(fact.name)) for fact in facts}
    verdict = evaluate(side.ready, read, day).verdicts[side.ready.decks.index(side.deck)]
    if not verdict.outcomes:
        return verdict.kind, verdict.kind.value
    rules = side.deck.pick(verdict.standing)
    told = ", ".join(
        f"{outcome.replace('_', ' ')} {value}" for outcome, value in sorted(verdict.outcomes.items())
    )
    return _said(side.ready.rulebook, rules[0]), f"{told} ({', '.join(rule.name for rule in rules)})"


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
            "base": "" if cost.base is None else show_base(cost.base),
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
        "values": ", ".join(_words(fact, value) for value in fact.values),
        "bounds": f"{fact.low}..{fact.high}",
        "reads": fact.reads,
        "may be unknown": str(fact.may_be_unknown),
        "changeable": str(fact.changeable),
        "question": fact.question,
        "settled by": fact.settled_by,
    }


def _words(fact: Fact, value: str) -> str:
    """A value with the other words for it: ``political (campaign)``."""
    others = ", ".join(word for word, meant in fact.aliases.items() if meant == value)
    return f"{value} ({others})" if others else value


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
