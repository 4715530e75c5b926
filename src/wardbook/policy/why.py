"""Why a case comes out as it does: for each question the rules that stand, and what became of every other.

A rule is in one of these states:

===================  ==================================================================================
standing             true, and no standing rule overrides it
overridden           true, but a rule that stands (or may stand) overrides it
false                some fact on record is not as the rule asks
open                 facts that are not known leave it neither true nor false
not in force         the day of the use lies outside its days
not known then       on the day as of which the rulebook is read, the rule was not known to stand in it
===================  ==================================================================================

`Explainer` holds what depends on the rulebook alone; `why` of one case then takes some tens of microseconds.
The states are found by `meaning`, the slow twin of the SQL, so an explanation also checks the SQL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from wardbook.policy.cells import show_value
from wardbook.policy.classes import understood
from wardbook.policy.determine import in_force
from wardbook.policy.meaning import in_force_on, true_of
from wardbook.policy.model import (
    DAY,
    Compare,
    Condition,
    Expression,
    FactValue,
    Invariant,
    Not,
    Rule,
    Rulebook,
    known_on,
)
from wardbook.policy.resolve import Deck, Verdict, decks, members, resolve


class State(StrEnum):
    """What became of a rule."""

    STANDING = "standing"
    OVERRIDDEN = "overridden"
    FALSE = "false"
    OPEN = "open"
    NOT_IN_FORCE = "not in force"
    NOT_KNOWN_THEN = "not known then"


CONTRADICTION = "the facts contradict each other"
"""How a question comes out where the facts on record break an invariant."""


@dataclass(frozen=True)
class Reading:
    """One condition of a rule: the facts it reads, each with its value in words, and whether it holds."""

    asks: str
    facts: tuple[tuple[str, str], ...]
    holds: bool | None


@dataclass(frozen=True)
class RuleWhy:
    """A rule and what became of it; ``overridden_by`` names the rules that defeat it.

    ``holds`` says of each condition (its cells in order, then its free condition) whether it holds.
    """

    rule: Rule
    state: State
    holds: tuple[bool | None, ...] = ()
    overridden_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class QuestionWhy:
    """One question: how it came out (a `resolve.Kind` or `CONTRADICTION`), and what became of every rule."""

    question: str
    kind: str
    outcomes: Mapping[str, str]
    rules: tuple[RuleWhy, ...]

    @property
    def standing(self) -> tuple[RuleWhy, ...]:
        """The rules that stand: those that decide, where the question is decided."""
        return tuple(rule for rule in self.rules if rule.state is State.STANDING)

    @property
    def others(self) -> tuple[RuleWhy, ...]:
        """Every other rule."""
        return tuple(rule for rule in self.rules if rule.state is not State.STANDING)


@dataclass(frozen=True)
class Why:
    """The answer for one case. ``broken`` are the invariants that its known facts break."""

    rulebook: Rulebook
    values: Mapping[str, FactValue]
    day: date | None
    questions: tuple[QuestionWhy, ...]
    broken: tuple[Invariant, ...] = ()

    def readings(self, found: RuleWhy) -> tuple[Reading, ...]:
        """The conditions of a rule with the facts' values; none for a rule that was not looked at."""
        return tuple(
            _reading(part, text, self.values, self.day, held)
            for (part, text), held in zip(conditions_of(found.rule), found.holds, strict=False)
        )

    def because(self, found: RuleWhy) -> tuple[Reading, ...]:
        """The conditions that make a rule false, or leave it open."""
        wanted = False if found.state is State.FALSE else None
        return tuple(reading for reading in self.readings(found) if reading.holds is wanted)

    def law(self, found: RuleWhy) -> tuple[tuple[str, str], ...]:
        """What a rule cites: the title and the quoted words of each provision."""
        book = self.rulebook
        return tuple((book.law_titles.get(anchor, anchor), book.law[anchor]) for anchor in found.rule.anchors)


def conditions_of(rule: Rule) -> tuple[tuple[Expression, str], ...]:
    """All that a rule asks of the facts, each part with its words as written."""
    cells = tuple((condition, condition.text) for condition in rule.conditions)
    return cells if rule.when is None else (*cells, (rule.when, rule.when_text))


def facts_read(expression: Expression) -> tuple[str, ...]:
    """The names of the facts that a condition reads (`DAY` for the day of the use), each once."""
    match expression:
        case Condition(fact):
            return (fact,)
        case Compare(left, _, right):
            return (left, right)
        case Not(part):
            return facts_read(part)
        case _:
            return tuple(dict.fromkeys(name for part in expression.parts for name in facts_read(part)))


def _reading(
    part: Expression, text: str, values: Mapping[str, FactValue], day: date | None, held: bool | None
) -> Reading:
    words = tuple(
        (name, show_value(day if name == DAY else values.get(name))) for name in sorted(facts_read(part))
    )
    asks = f"{part.fact} {text}" if isinstance(part, Condition) else text
    return Reading(asks, words, held)


class Explainer:
    """A rulebook made ready to explain cases, as it was known on day ``known`` (None: known last)."""

    def __init__(self, rulebook: Rulebook, known: date | None = None) -> None:
        self.rulebook = rulebook
        applied = known_on(rulebook, known or date.max)
        kept = {rule.name for rule in applied.rules}
        self._decks = decks(applied)
        self._parts = tuple(tuple(conditions_of(rule) for rule in deck.rules) for deck in self._decks)
        self._unknown_then = {
            deck.question: tuple(
                RuleWhy(rule, State.NOT_KNOWN_THEN)
                for rule in rulebook.rules
                if rule.question == deck.question and rule.name not in kept
            )
            for deck in self._decks
        }

    def why(self, values: Mapping[str, FactValue], day: date | None, as_of: date | None = None) -> Why:
        """Explain a case: ``values`` by the facts' names (absent: not known); the law is that of ``as_of``.

        Without ``as_of`` the law is that of ``day``, the day of the use.
        """
        broken = broken_invariants(self.rulebook, values, day)
        law_day = day if as_of is None else as_of
        questions = tuple(
            self._question(deck, parts, (values, day, law_day), bool(broken))
            for deck, parts in zip(self._decks, self._parts, strict=True)
        )
        return Why(self.rulebook, values, day, questions, broken)

    def outcomes(self, values: Mapping[str, FactValue], day: date | None) -> dict[str, str]:
        """The outcomes that `why` finds decided, without the reasons: faster."""
        decided: dict[str, str] = {}
        if broken_invariants(self.rulebook, values, day):
            return decided
        for deck, parts in zip(self._decks, self._parts, strict=True):
            true = unknown = 0
            for at, (rule, asked) in enumerate(zip(deck.rules, parts, strict=True)):
                held = in_force_on(rule, day)
                if held is not False:
                    held = _all_hold(asked, values, day, held)
                true |= (held is True) << at
                unknown |= (held is None) << at
            decided.update(resolve(deck, true, unknown).outcomes)
        return decided

    def _question(
        self,
        deck: Deck,
        parts: Sequence[tuple[tuple[Expression, str], ...]],
        case: tuple[Mapping[str, FactValue], date | None, date | None],
        contradicts: bool,
    ) -> QuestionWhy:
        values, day, law_day = case
        true = unknown = 0
        held: list[tuple[bool | None, ...]] = []
        valid: list[bool | None] = []
        for at, (rule, asked) in enumerate(zip(deck.rules, parts, strict=True)):
            holds = tuple(true_of(part, values, day) for part, _ in asked)
            in_days = in_force_on(rule, law_day)
            held.append(holds)
            valid.append(in_days)
            if False in holds or in_days is False:
                continue
            if None in holds or in_days is None:
                unknown |= 1 << at
            else:
                true |= 1 << at
        verdict = resolve(deck, true, unknown)
        rules = tuple(
            _rule_why(deck, at, verdict, true, unknown, held[at], valid[at]) for at in range(len(deck.rules))
        )
        kind = CONTRADICTION if contradicts else verdict.kind.value
        outcomes = {} if contradicts else verdict.outcomes
        return QuestionWhy(deck.question, kind, outcomes, rules + self._unknown_then[deck.question])


def _all_hold(
    asked: Sequence[tuple[Expression, str]],
    values: Mapping[str, FactValue],
    day: date | None,
    held: bool | None,
) -> bool | None:
    """Whether ``held`` and all parts of a rule hold; the first that does not ends the search."""
    for part, _ in asked:
        one = true_of(part, values, day)
        if one is False:
            return False
        held = None if one is None else held
    return held


def _rule_why(
    deck: Deck,
    at: int,
    verdict: Verdict,
    true: int,
    unknown: int,
    held: tuple[bool | None, ...],
    valid: bool | None,
) -> RuleWhy:
    rule = deck.rules[at]
    if valid is False:
        return RuleWhy(rule, State.NOT_IN_FORCE, held)
    if not (true | unknown) >> at & 1:
        return RuleWhy(rule, State.FALSE, held)
    over = deck.overridden_by[at]
    defeated_by = over & verdict.standing or over & (true | unknown)
    names = tuple(deck.rules[index].name for index in members(defeated_by))
    if not true >> at & 1:
        return RuleWhy(rule, State.OPEN, held, names)
    if verdict.standing >> at & 1:
        return RuleWhy(rule, State.STANDING, held)
    return RuleWhy(rule, State.OVERRIDDEN, held, names)


def broken_invariants(
    rulebook: Rulebook, values: Mapping[str, FactValue], day: date | None
) -> tuple[Invariant, ...]:
    """The invariants that the known facts break: what is given holds, and what must then hold does not."""
    return tuple(
        one
        for one in rulebook.invariants
        if true_of(one.then, values, day) is False
        and (one.given is None or true_of(one.given, values, day) is True)
    )


def values_on_record(rulebook: Rulebook, row: Mapping[str, Any]) -> dict[str, FactValue]:
    """What the rulebook understands of one row of the book's facts (column to cell), by the facts' names."""
    return {fact.name: understood(fact, row.get(fact.reads)) for fact in rulebook.facts}


def why(rulebook: Rulebook, values: Mapping[str, FactValue], day: date | None) -> Why:
    """Explain one case; for many cases under one rulebook make an `Explainer` once."""
    return Explainer(rulebook).why(values, day)


# ---------------------------------------------------------------- for a program


def as_dict(found: Why) -> dict[str, Any]:
    """The explanation as plain values, for JSON."""
    return {
        "rulebook": {"title": found.rulebook.title, "version": found.rulebook.version},
        "date": None if found.day is None else found.day.isoformat(),
        "facts": {name: show_value(value) for name, value in found.values.items() if value is not None},
        "contradictions": [{"invariant": one.name, "source": one.source} for one in found.broken],
        "questions": [_question_dict(found, question) for question in found.questions],
    }


def _question_dict(found: Why, question: QuestionWhy) -> dict[str, Any]:
    return {
        "question": question.question,
        "kind": question.kind,
        "outcomes": dict(question.outcomes),
        "rules": [_rule_dict(found, rule) for rule in question.rules],
    }


def _rule_dict(found: Why, rule: RuleWhy) -> dict[str, Any]:
    said: dict[str, Any] = {
        "rule": rule.rule.name,
        "state": rule.state.value,
        "cites": rule.rule.cites,
        "in_force": in_force(rule.rule),
        "outcomes": dict(rule.rule.outcomes),
        "note": rule.rule.note,
        "overridden_by": list(rule.overridden_by),
        "conditions": [
            {"asks": reading.asks, "facts": dict(reading.facts), "holds": reading.holds}
            for reading in found.readings(rule)
        ],
    }
    if rule.state is State.STANDING:
        said["law"] = [{"title": title, "text": text} for title, text in found.law(rule)]
    return said
