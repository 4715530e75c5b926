"""The rulebooks that ship: they load, their examples hold, their quotations are real."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from wardbook.policy.ask import ask
from wardbook.policy.check import run_examples
from wardbook.policy.decide import decide
from wardbook.policy.model import FactValue, Rulebook
from wardbook.policy.read import load
from wardbook.records.engine import Engine
from wardbook.records.schema import FACTS

NEW_YORK = "new-york-city/security-detail.md"
WEST_VIRGINIA = "west-virginia/state-aircraft.md"


@pytest.mark.parametrize("name", [NEW_YORK, WEST_VIRGINIA])
def test_the_examples_hold(root: Path, name: str) -> None:
    book = load(root / "rulebooks" / name)
    assert len(book.examples) >= 20
    assert [str(failure) for failure in run_examples(book)] == []


@pytest.mark.parametrize("name", [NEW_YORK, WEST_VIRGINIA])
def test_every_rule_is_met_by_an_example(root: Path, name: str) -> None:
    book = load(root / "rulebooks" / name)
    met = {rule for example in book.examples for rule in _rules(root, name, example.facts, example.day)}
    assert {rule.name for rule in book.rules} - met == set()


def _rules(root: Path, name: str, facts: object, day: date | None) -> set[str]:
    from wardbook.policy.ask import evaluate
    from wardbook.policy.determine import docket

    found = evaluate(docket(load(root / "rulebooks" / name)), facts, day)  # type: ignore[arg-type]
    return {rule.name for rule in found.standing}


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
        reasons = engine.rows("SELECT reason FROM determinations WHERE reason LIKE '%contradict%'")
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
    for anchor in quoted:
        assert " ".join(book.law[anchor].split()) in published, anchor


def test_what_is_not_quoted_says_that_it_is_a_paraphrase(root: Path) -> None:
    quoted = {"charter-2604-b-2", "charter-2604-b-3", "rule-1-13-b", "charter-2606-b", "charter-2606-b-1"}
    quoted |= {"charter-2606-d", "ao-2020-04-question"}
    for name in (NEW_YORK, WEST_VIRGINIA):
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
