"""Decisions against brute force: every way in which the unknown facts, and the day, may turn out.

A cell that says ``?`` is about the record, so for a fact without a value it stays as the record has it. A
strange value may stand for any value, or for none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policy.random_rulebooks import DAYS, POOLS, random_rulebook
from wardbook.policy.ask import evaluate
from wardbook.policy.cells import OneOf, holds
from wardbook.policy.classes import rule_parts, understood
from wardbook.policy.determine import Determined, docket, fact_name
from wardbook.policy.meaning import all_of, any_of, in_force_on, true_of
from wardbook.policy.model import (
    DAY,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Expression,
    Fact,
    FactValue,
    Not,
    Rule,
    Rulebook,
    Strange,
)
from wardbook.policy.resolve import Kind

Record = Mapping[str, FactValue]


@dataclass(frozen=True)
class Drawn:
    """A rulebook, and a record of one use: its facts by name, and the day (None: not known)."""

    rulebook: Rulebook
    record: Record
    day: date | None


def drawn(seed: int) -> Drawn:
    random = Random(seed)
    rulebook = docket(random_rulebook(random, rules=5, facts=3)).rulebook
    record: dict[str, FactValue] = {}
    for fact in rulebook.facts:
        known = [None, None, Strange("odd"), *domain(fact)]
        record[fact.name] = random.choice(known) if random.random() < 0.6 else None
    return Drawn(rulebook, record, random.choice((None, *DAYS)))


def domain(fact: Fact) -> list[FactValue]:
    """Values that the fact admits, on both sides of every value that a random rulebook names."""
    values = dict.fromkeys(understood(fact, value) for value in POOLS[fact.type])
    return [value for value in values if not isinstance(value, Strange)]


def completions(case: Drawn) -> Iterator[tuple[Record, date]]:
    """The record with every value that its unknown facts, and the day, may have."""
    open_facts = [f for f in case.rulebook.facts if isinstance(case.record[f.name], Strange | None)]
    values = [
        [*domain(fact), None] if isinstance(case.record[fact.name], Strange) else domain(fact)
        for fact in open_facts
    ]
    for chosen in product(*values, DAYS if case.day is None else [case.day]):
        *found, day = chosen
        named = {fact.name: value for fact, value in zip(open_facts, found, strict=True)}
        yield {**case.record, **named}, day  # type: ignore[misc]


def holds_of(test: Expression, case: Drawn, full: Record, day: date) -> bool | None:
    match test:
        case Condition(fact, cell):
            recorded = case.day if fact == DAY else case.record[fact]
            if isinstance(cell, OneOf) and cell.unknown and recorded is None:
                return holds(cell, None)
            return true_of(test, full, day)
        case Compare():
            return true_of(test, full, day)
        case AllOf(parts):
            return all_of(holds_of(part, case, full, day) for part in parts)
        case AnyOf(parts):
            return any_of(holds_of(part, case, full, day) for part in parts)
        case Not(part):
            held = holds_of(part, case, full, day)
            return None if held is None else not held


def outcome(rules: Sequence[Rule], case: Drawn, full: Record, day: date) -> str:
    """What the rules say where all is known: of the true ones, those that no standing one overrides."""
    true = {
        rule.name: rule
        for rule in rules
        if in_force_on(rule, day) and holds_of(AllOf(rule_parts(rule)), case, full, day)
    }

    def stands(name: str) -> bool:
        return not any(name in rule.overrides and stands(rule.name) for rule in true.values())

    said = {word for name, rule in true.items() if stands(name) for word in rule.outcomes.values()}
    return said.pop() if len(said) == 1 else "nothing"


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_what_is_decided_holds_however_the_unknown_facts_turn_out(seed: int) -> None:
    check(seed)


def check(seed: int) -> None:
    case = drawn(seed)
    if not all(domain(fact) for fact in case.rulebook.facts):
        return
    ready = docket(case.rulebook)
    found = evaluate(ready, case.record, case.day)
    if found.broken:
        return
    for deck, verdict in zip(ready.decks, found.verdicts, strict=True):
        outcomes = {outcome(deck.rules, case, full, day) for full, day in completions(case)}
        if verdict.kind is Kind.DECIDED:
            assert outcomes == set(verdict.outcomes.values())
        elif verdict.kind is not Kind.OPEN:
            assert outcomes == {"nothing"}
    refuse_known_facts_as_missing(case, found)


def refuse_known_facts_as_missing(case: Drawn, found: Determined) -> None:
    """Where a question is open, at least one fact is named as missing, and each of them is not known."""
    ready = docket(case.rulebook)
    for verdict, missing in zip(found.verdicts, found.missing_facts, strict=True):
        names = [fact_name(ready, at) for at in missing]
        values = [case.day if name == DAY else case.record[name] for name in names]
        assert all(isinstance(value, Strange | None) for value in values)
        assert (verdict.kind is Kind.OPEN) == bool(names)
