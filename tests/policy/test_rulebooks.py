"""The rulebooks that ship: they load, their examples hold, their quotations are real."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardbook.policy.ask import ask, evaluate
from wardbook.policy.check import run_examples
from wardbook.policy.decide import decide
from wardbook.policy.determine import docket
from wardbook.policy.meaning import all_of, in_force_on, met, true_of
from wardbook.policy.model import (
    Compare,
    Condition,
    Expression,
    Fact,
    FactType,
    FactValue,
    Not,
    Rule,
    Rulebook,
)
from wardbook.policy.read import load
from wardbook.policy.resolve import Kind, decks, resolve
from wardbook.records.engine import Engine
from wardbook.records.schema import FACTS

NEW_YORK = "new-york-city/security-detail.md"
PENALTIES = "new-york-city/penalties.md"
WEST_VIRGINIA = "west-virginia/state-aircraft.md"
NEW_YORK_STATE = "new-york-state/travel-time-share.md"
HOUSE = "us-house/primary-purpose.md"
EXECUTIVE = "us-executive/time-share-1982.md"
ELECTIONS = "us-federal-elections/campaign-stop.md"
BOOKS = (NEW_YORK, PENALTIES, WEST_VIRGINIA, NEW_YORK_STATE, HOUSE, EXECUTIVE, ELECTIONS)


@pytest.mark.parametrize("name", BOOKS)
def test_the_examples_hold(root: Path, name: str) -> None:
    book = load(root / "rulebooks" / name)
    assert len(book.examples) >= 12
    assert [str(failure) for failure in run_examples(book)] == []


@pytest.mark.parametrize("name", BOOKS)
def test_every_rule_is_met_by_an_example(root: Path, name: str) -> None:
    book = load(root / "rulebooks" / name)
    ready = docket(book)
    met = {rule.name for e in book.examples for rule in evaluate(ready, e.facts, e.day).standing}
    assert {rule.name for rule in book.rules} - met == set()


@pytest.mark.parametrize("name", BOOKS)
def test_every_book_says_what_it_rests_on_and_what_could_not_be_checked(root: Path, name: str) -> None:
    book = load(root / "rulebooks" / name)
    assert "## What could not be checked" in book.text
    assert book.editions[-1].version == book.version
    assert book.invariants
    assert all(fact.question and fact.settled_by for fact in book.facts)
    assert set(book.law) - _cited(book) <= {
        "charter-2604-b-2",
        "charter-2606-b",
        "charter-2606-d",
        "mixed-purpose",
    }


def _cited(book: Rulebook) -> set[str]:
    named = {anchor for rule in book.rules for anchor in rule.anchors}
    return named | {anchor for cost in book.cost_rules for anchor in cost.anchors}


@pytest.mark.parametrize("name", [NEW_YORK, WEST_VIRGINIA])
def test_the_examples_hold_in_sql_too(root: Path, name: str) -> None:
    book = load(root / "rulebooks" / name)
    reads = {fact.name: fact.reads for fact in book.facts}
    in_book = [e for e in book.examples if all(reads[fact] for fact in e.facts)]
    with Engine() as engine:
        rows = (
            {"use_id": f"{at:04}", "date": e.day, **{reads[fact]: v for fact, v in e.facts.items()}}
            for at, e in enumerate(in_book)
        )
        engine.load(FACTS, rows)
        decide(engine, book)
        found = engine.dicts("SELECT * FROM determinations ORDER BY use_id")
    for example, row in zip(in_book, found, strict=True):
        for outcome, expected in example.expected.items():
            is_open = expected.startswith("undetermined") or expected == "cannot be determined"
            words = "cannot be determined" if outcome in {"security_reason", "permitted"} else None
            assert row[outcome] == (words if is_open else expected), (example.name, outcome)
        if "cannot be determined" in row.values() or None in row.values():
            assert row["missing"], example.name


def test_no_decided_pair_of_facts_is_a_contradiction(root: Path) -> None:
    """Every combination of known facts of the New York rulebook: no two rules contradict each other."""
    book = load(root / "rulebooks" / NEW_YORK)
    purposes = next(fact.values for fact in book.facts if fact.name == "purpose")
    columns: dict[str, tuple[FactValue, ...]] = {
        "purpose": (None, *purposes),
        "task": (None, "movement", "post", "errand", "advance"),
        "outside_jurisdiction": (None, True, False),
        "protectee_aboard": (None, True, False),
        "declined": (None, True, False),
        "assessment_in_force": (None, True, False),
        "date": (date(2019, 5, 14), date(2020, 1, 1)),
    }
    assert contradictions(book, columns) == []


def contradictions(book: Rulebook, columns: Mapping[str, tuple[FactValue, ...]]) -> list[str]:
    """The reasons that name a contradiction, over every combination of the columns' values."""
    grid: list[dict[str, FactValue]] = [{}]
    for column, values in columns.items():
        grid = [{**facts, column: value} for facts in grid for value in values]
    with Engine() as engine:
        engine.load(FACTS, ({"use_id": str(at), **facts} for at, facts in enumerate(grid)))
        decide(engine, book)
        reasons = engine.rows("SELECT reason FROM determinations WHERE reason LIKE '%rules contradict%'")
    return [str(reason) for (reason,) in reasons]


def test_no_contradiction_in_west_virginia(root: Path) -> None:
    book = load(root / "rulebooks" / WEST_VIRGINIA)
    purposes = next(fact.values for fact in book.facts if fact.name == "purpose")
    columns: dict[str, tuple[FactValue, ...]] = {
        "purpose": (None, *purposes),
        "purpose_stated": (None, True, False),
        "principal_aboard": (None, True, False),
        "from_residence": (None, True, False),
        "assessment_in_force": (None, True, False),
        "date": (date(2020, 3, 4), date(2020, 3, 5)),
    }
    assert contradictions(book, columns) == []


def test_the_campaign_trip_is_answered_without_further_facts(root: Path) -> None:
    book = load(root / "rulebooks" / NEW_YORK)
    costs = ["airfare", "car rental", "lodging", "meals", "incidentals", "salary", "overtime"]
    facts: dict[str, FactValue] = {"purpose": "campaign", "outside-city": "yes"}
    answer = ask(book, facts, date(2019, 6, 8), costs)
    assert answer.outcomes["permitted"] == "yes"
    methods = {payment.cost_class: (payment.payer, payment.method) for payment in answer.payments}
    assert {name for name, how in methods.items() if how == ("campaign", "full")} == set(costs[:5])
    assert {name for name, how in methods.items() if how == ("campaign", "none")} == {"salary", "overtime"}
    assert "advice-2019" in {cited.anchor for cited in answer.cites}
    assert answer.write_down


def test_the_quoted_charter_and_rules_are_the_published_words(root: Path, shared: Path) -> None:
    book = load(root / "rulebooks" / NEW_YORK)
    folder = shared / "data" / "nyc_rules"
    published = " ".join(" ".join(path.read_text("utf-8").split()) for path in sorted(folder.glob("*.rst")))
    quoted = [anchor for anchor in book.law if anchor.startswith(("charter", "rule"))]
    assert len(quoted) == 6
    law = {**{anchor: book.law[anchor] for anchor in quoted}}
    penalties = load(root / "rulebooks" / PENALTIES).law
    law |= {anchor: penalties[anchor] for anchor in penalties if anchor.startswith(("charter", "rule"))}
    assert len(law) == 8
    for anchor, text in law.items():
        assert " ".join(text.split()) in published, anchor


def test_what_is_not_quoted_says_that_it_is_a_paraphrase(root: Path) -> None:
    quoted = {"charter-2604-b-2", "charter-2604-b-3", "rule-1-13-b", "charter-2606-b", "charter-2606-b-1"}
    quoted |= {"charter-2606-d", "ao-2020-04-question", "rule-1-13-d", "rule-1-13-f"}
    for name in BOOKS:
        book = load(root / "rulebooks" / name)
        for anchor in set(book.law) - quoted:
            assert book.law[anchor].startswith("Paraphrase of "), anchor


def test_the_rates_are_those_of_the_aircraft_table(root: Path, shared: Path) -> None:
    book = load(root / "rulebooks" / WEST_VIRGINIA)
    lines = (shared / "data" / "west_virginia" / "aircraft.csv").read_text("utf-8").splitlines()[1:]
    assert len(lines) == 7
    for line in lines:
        tail, kind = line.split(",")[0], line.split(",")[3]
        amount = float(line.split(",")[4])
        assert f"{tail}, {kind}: {amount:,.2f}." in book.law["rates"]


FEW_FACTS: dict[str, tuple[dict[str, FactValue], str, str, str | None]] = {
    "a campaign trip out of the City": (
        {"purpose": "campaign", "outside city": "yes"},
        "yes",
        "cannot be determined",
        "campaign travel",
    ),
    "the son driven to another state alone": (
        {"purpose": "personal", "outside city": "yes", "protectee aboard": "no"},
        "no",
        "no",
        "private benefit",
    ),
    "furniture": ({"purpose": "personal", "task": "errand"}, "no", "no", "private benefit"),
    "a relative driven to another state": (
        {"purpose": "personal", "protectee aboard": "no"},
        "no",
        "no",
        "private benefit",
    ),
    "campaign staff along with the protectee": (
        {
            "purpose": "campaign",
            "outside city": "yes",
            "protectee aboard": "yes",
            "campaign staff aboard": "yes",
        },
        "cannot be determined",
        "cannot be determined",
        "campaign travel",
    ),
    "a house where nobody lives": (
        {"purpose": "protective", "task": "post", "place lived in": "no"},
        "cannot be determined",
        "cannot be determined",
        None,
    ),
    "the protectee to the gym": (
        {"purpose": "personal", "outside city": "no", "protectee aboard": "yes", "declined": "no"},
        "yes",
        "cannot be determined",
        "City pays",
    ),
}


@pytest.mark.parametrize("name", FEW_FACTS)
def test_questions_with_few_facts(root: Path, name: str) -> None:
    facts, permitted, security, costs = FEW_FACTS[name]
    answer = ask(load(root / "rulebooks" / NEW_YORK), facts, date(2019, 6, 8))
    assert (answer.outcomes["permitted"], answer.outcomes["security_reason"]) == (permitted, security)
    assert answer.outcomes["costs"] == costs


# ---------------------------------------------------------------- neither gaps nor contradictions

MEANT_GAPS = {WEST_VIRGINIA: date(2020, 3, 4)}
"""A book that does not judge some uses up to a day, and says so."""


@pytest.mark.parametrize("name", BOOKS)
def test_every_use_that_can_be_is_decided_by_one_rule(root: Path, name: str) -> None:
    """Each combination of known values, on each side of each day in force: a rule, and no contradiction."""
    book = load(root / "rulebooks" / name)
    checked = 0
    for deck in decks(book):
        for values, day in every_use(book, deck.rules):
            found = resolve(deck, _true(deck.rules, values, day), 0)
            checked += 1
            assert found.kind is not Kind.CONFLICT, (values, day, found)
            if found.kind is Kind.NO_RULE:
                assert day <= MEANT_GAPS.get(name, date.min), (values, day)
    assert checked > 20


@pytest.mark.parametrize("name", BOOKS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_contradiction_where_facts_are_not_known(root: Path, name: str, data: st.DataObject) -> None:
    book = load(root / "rulebooks" / name)
    values = {f.name: data.draw(st.sampled_from([None, *grid_values(f)]), f.name) for f in book.facts}
    day = data.draw(st.sampled_from(days_of(book.rules)), "day")
    if not sound(book, values, day):
        return
    found = evaluate(docket(book), values, day)
    assert Kind.CONFLICT not in {verdict.kind for verdict in found.verdicts}


def every_use(book: Rulebook, rules: Sequence[Rule]) -> Iterator[tuple[dict[str, FactValue], date]]:
    """Every combination of values that these rules read and no invariant forbids, on each day of note."""
    read = {name for rule in rules for name in _reads(rule)}
    facts = [fact for fact in book.facts if fact.name in read]
    for day in days_of(rules):
        for row in product(*(grid_values(fact) for fact in facts)):
            values = dict(zip((fact.name for fact in facts), row, strict=True))
            if sound(book, values, day):
                yield values, day


def grid_values(fact: Fact) -> list[FactValue]:
    """All values of a fact that has few, and three of note of one that has many."""
    if fact.type is FactType.ENUM:
        return list(fact.values)
    if fact.type is FactType.YES_NO:
        return [True, False]
    return [0, 1, 2] if fact.type is FactType.WHOLE else [Decimal(0), Decimal("0.01"), Decimal(3)]


def days_of(rules: Sequence[Rule]) -> list[date]:
    """Each first and last day in force, with the day before and the day after."""
    ends = [end for rule in rules for end in (rule.in_force_from, rule.in_force_to) if end]
    return sorted({end + timedelta(days=by) for end in ends for by in (-1, 0, 1)} | {date(2021, 1, 1)})


def sound(book: Rulebook, values: Mapping[str, FactValue], day: date) -> bool:
    """Whether no invariant of the book is certainly broken."""
    return not any(
        (rule.given is None or true_of(rule.given, values, day) is True)
        and true_of(rule.then, values, day) is False
        for rule in book.invariants
    )


def _true(rules: Sequence[Rule], values: Mapping[str, FactValue], day: date) -> int:
    held = (all_of((met(rule, values, day), in_force_on(rule, day))) is True for rule in rules)
    return sum(1 << at for at, holds in enumerate(held) if holds)


def _reads(rule: Rule) -> set[str]:
    return {condition.fact for condition in rule.conditions} | _names(rule.when)


def _names(expression: Expression | None) -> set[str]:
    match expression:
        case None:
            return set()
        case Condition():
            return {expression.fact}
        case Compare():
            return {expression.left, expression.right}
        case Not():
            return _names(expression.part)
        case _:
            return {name for part in expression.parts for name in _names(part)}


def test_the_two_provisions_of_new_york_in_time(root: Path) -> None:
    book = load(root / "rulebooks" / NEW_YORK)
    times = {(r.in_force_from, r.in_force_to) for r in book.rules if r.provision == "campaign travel"}
    advice, opinion = (date(2019, 5, 15), None), (date(2010, 1, 1), date(2019, 5, 14))
    assert times == {advice, opinion, (None, date(2009, 12, 31))}


def test_only_what_could_lawfully_be_otherwise_is_changeable(root: Path) -> None:
    changeable = {
        name: {fact.name for fact in load(root / "rulebooks" / name).facts if fact.changeable}
        for name in (NEW_YORK, PENALTIES, WEST_VIRGINIA)
    }
    assert changeable[NEW_YORK] == {"campaign staff aboard"}
    assert changeable[PENALTIES] == set()
    assert changeable[WEST_VIRGINIA] == {"purpose stated", "from residence", "campaign leg"}
