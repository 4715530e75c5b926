"""Washington State, 2019: protected by statute on every occasion, and nothing repaid."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

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


@pytest.mark.parametrize(("month", "hours"), [(0, "1065.98"), (1, "696.25")])
def test_no_single_rate_in_whole_cents_makes_the_hours_of_a_month_its_overtime(
    root: Path, month: int, hours: str
) -> None:
    """The hours are published beside the sum; to reach it one needs the hours at each officer's rate."""
    overtime = decided(shipped(root, BOOK), RECORDS)[month].amount("overtime", "public body")
    assert overtime is not None
    cents = range(7600, 7800)
    made = {(Decimal(hours) * rate / 100).quantize(Decimal("0.01")) for rate in cents}
    assert min(made) < overtime < max(made)
    assert overtime not in made


def test_no_occasion_makes_a_difference(root: Path) -> None:
    book = shipped(root, BOOK)
    purposes = next(fact.values for fact in book.facts if fact.name == "purpose")
    rows = "\n".join(f"| {p} | 2019-03-10 | yes | governor | {p} | 71.99 |" for p in purposes)
    head = RECORDS.strip().splitlines()[:2]
    records = decided(book, "\n".join([*head, rows]))
    assert len(records) == len(purposes)
    assert borne(records, "public body") == Decimal("71.99") * len(purposes)
