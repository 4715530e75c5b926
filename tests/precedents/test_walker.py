"""Wisconsin, 2015: a campaign pays the travel of the detail, not its pay; a total a dollar short."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.precedents.case import borne, decided, shipped

BOOK = "voluntary/wisconsin-2015.md"

RECORDS = """
| case                             | date       | purpose  | cost travel | cost salary |
|----------------------------------|------------|----------|-------------|-------------|
| invoices paid by September       | 2015-06-27 | campaign | 57864       |             |
| invoices sent late, still owed   | 2015-06-27 | campaign | 67281       |             |
| the pay of the unit (ours)       | 2015-06-27 | campaign |             | 1440        |
"""

PUBLISHED_TOTAL = Decimal(125144)


def test_the_parts_come_to_a_dollar_more_than_the_published_total(root: Path) -> None:
    records = decided(shipped(root, BOOK), RECORDS)
    assert borne(records, "campaign") == Decimal(125145)
    assert borne(records, "campaign") - PUBLISHED_TOTAL == 1
    said = "Why the published total is a dollar less than its two published parts."
    assert said in shipped(root, BOOK).text


def test_the_pay_of_the_unit_stays_with_the_state(root: Path) -> None:
    pay = decided(shipped(root, BOOK), RECORDS)[2]
    assert pay.amount("salary", "campaign") == 0
    assert pay.amount("salary", "public body") == 1440


def test_a_trip_without_a_label_is_left_open(root: Path) -> None:
    table = "| case | date | cost travel |\n|---|---|---|\n| no label | 2015-06-27 | 100 |"
    (record,) = decided(shipped(root, BOOK), table)
    assert record.outcomes["costs"] is None
    assert "the unit's travel records and the campaign's schedule" in record.missing
