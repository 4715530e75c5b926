"""The amounts that rulebooks expect in their examples, reached by the account from costs on record.

Each example with an amount is a use of a trip of its own: its facts are put on record, its costs are the
use's own cost or expenses of the trip, and each share must be the one a lawyer reads in the rulebook.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.accounts.small_book import accounted, decided, rate, relation, use
from wardbook.policy.ask import evaluate
from wardbook.policy.check import run_examples
from wardbook.policy.costs import PUBLIC_BODY, USE_COSTS
from wardbook.policy.determine import docket
from wardbook.policy.model import Example, Fact, FactType, Rulebook
from wardbook.policy.read import load

ROOT = Path(__file__).parents[2]
WITH_AMOUNTS = sorted(
    path
    for folder in ("rulebooks", "tests/precedents/ways", "tests/precedents/rulebooks")
    for path in (ROOT / folder).rglob("*.md")
    if "| cost " in path.read_text("utf-8")
)
MEASURED = frozenset({FactType.WHOLE, FactType.DECIMAL, FactType.MONEY, FactType.DURATION, FactType.SHARE})
AGENCY, BODY = "The Agency", "The Public"
VEHICLES = {"flight hours": "plane", "vehicle": "car", "mileage": "van"}


def on_record(rulebook: Rulebook) -> Rulebook:
    """The rulebook with each fact that it computes with read from a column of its own."""
    facts = tuple(_read(fact, at) for at, fact in enumerate(rulebook.facts))
    return replace(rulebook, facts=facts, jurisdiction=BODY)


def _read(fact: Fact, at: int) -> Fact:
    return replace(fact, reads=f"measured_{at}") if fact.type in MEASURED else fact


def tables(rulebook: Rulebook, examples: Mapping[str, Example]) -> dict[str, Any]:
    """The rows of a book in which each example happened."""
    ready = docket(rulebook)
    uses, facts, determinations, expenses = [], [], [], []
    for name, example in examples.items():
        own = [cost_class for cost_class in example.costs if cost_class in USE_COSTS][:1]
        row = use(name, date="2025-01-01", trip=name, agency=AGENCY)
        for cost_class in own:
            row |= {"vehicle": VEHICLES[cost_class], "invoiced": example.costs[cost_class], "currency": "USD"}
        uses.append(row)
        values = {
            fact.reads: example.facts.get(fact.name) for fact in rulebook.facts if fact.type in MEASURED
        }
        facts.append({"use_id": name, **values})
        arrangement = evaluate(ready, example.facts, example.day).outcomes["costs"]
        determinations.append(decided(name, arrangement, missing="see the example"))
        expenses += [
            {"record_id": f"{name}: {cost_class}", "trip": name, "cost_class": cost_class, "amount": amount}
            for cost_class, amount in example.costs.items()
            if cost_class not in own
        ]
    return {
        "uses": uses,
        "facts": facts,
        "determinations": determinations,
        "expenses": expenses,
        "vehicles": [{"vehicle": "plane", "kind": "airplane"}, {"vehicle": "car", "kind": "car"}],
        "rates": [rate("van", "0.67", unit="mile")],
    }


def expected(example: Example) -> Iterator[tuple[str, str, str]]:
    """Cost class, name to bill and amount (or ``undetermined``), as the example expects them."""
    names = {"{agency}": AGENCY, PUBLIC_BODY: BODY}
    for (cost_class, payer), amount in example.payments.items():
        yield cost_class, names.get(payer, payer), amount


@pytest.mark.parametrize("path", WITH_AMOUNTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_account_gives_the_amounts_of_the_examples(path: Path) -> None:
    rulebook = on_record(load(path))
    examples = {f"case {at}": example for at, example in enumerate(rulebook.examples) if example.payments}
    rows = relation(accounted(rulebook, **tables(rulebook, examples)), "allocations")
    compared = 0
    for name, example in examples.items():
        for cost_class, payer, amount in expected(example):
            mine = [row for row in rows if row["use_id"] == name and row["cost_class"] == cost_class]
            shares = {row["payer"]: row["amount"] for row in mine}
            found = "undetermined" if "undetermined" in shares else f"{shares.get(payer, Decimal(0)):.2f}"
            assert found == amount, (example.name, cost_class, payer, mine)
            compared += 1
    assert compared > 0
    assert run_examples(rulebook) == []


def test_many_rulebooks_expect_amounts() -> None:
    assert len(WITH_AMOUNTS) >= 20
