"""Washington State, 2019: protected by statute on every occasion, and nothing repaid."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.precedents.case import borne, decided, shipped

BOOK = "washington-state/executive-protection.md"

RECORDS = """
| case       | date       | protectee aboard | protected person | purpose  | cost overtime |
|------------|------------|------------------|------------------|----------|---------------|
| March 2019 | 2019-03-31 | yes              | governor         | campaign | 81979.82      |
| April 2019 | 2019-04-30 | yes              | governor         | campaign | 53198.40      |
"""


def test_nothing_is_repaid_for_security(root: Path) -> None:
    records = decided(shipped(root, BOOK), RECORDS)
    assert borne(records, "campaign") == 0
    assert borne(records, "public body") == Decimal("81979.82") + Decimal("53198.40")
    assert {record.outcomes["security_reason"] for record in records} == {"yes"}


def test_the_overtime_of_march_is_the_published_hours_at_a_rate_that_is_not_round() -> None:
    hours, amount = Decimal("1065.98"), Decimal("81979.82")
    assert (amount / hours).quantize(Decimal("0.01")) == Decimal("76.91")
    assert (hours * Decimal("76.91")).quantize(Decimal("0.01")) != amount


def test_no_occasion_makes_a_difference(root: Path) -> None:
    book = shipped(root, BOOK)
    purposes = next(fact.values for fact in book.facts if fact.name == "purpose")
    rows = "\n".join(f"| {p} | 2019-03-10 | yes | governor | {p} | 71.99 |" for p in purposes)
    head = RECORDS.strip().splitlines()[:2]
    records = decided(book, "\n".join([*head, rows]))
    assert len(records) == len(purposes)
    assert borne(records, "public body") == Decimal("71.99") * len(purposes)
