"""Government Accountability Office, 2019: four trips; operation and temporary duty, pay excluded, rounded."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

from tests.precedents.case import borne, decided, published
from wardbook.policy.read import load

WAY = Path(__file__).parent / "ways" / "gao.md"

ROUNDED_TO = 1000
"""The published table is in whole thousands: a sum of two such numbers may be off by one of them."""

HEAD = """
| case | trip of the principal | cost operating | cost temporary duty | cost salary |
|---|---|---|---|---|
"""


def counted(operating: str, duty: str) -> Decimal:
    """What the method counts of a row of the published table, beside pay of our own choice."""
    row = f"| a row | yes | {operating}000 | {duty}000 | 1234567 |"
    return borne(decided(load(WAY), HEAD + row), "trip account")


def test_the_method_gives_the_published_rows_within_their_rounding(shared: Path) -> None:
    rows = re.findall(r"(\d+)\+(\d+)=(\d+)", published(shared)["X10"]["components_or_scope"])
    assert len(rows) == 3
    off = sorted(abs(counted(a, b) - 1000 * Decimal(total)) for a, b, total in rows)
    assert off == [0, ROUNDED_TO, ROUNDED_TO]


def test_the_total_of_the_four_trips_is_reached(shared: Path) -> None:
    claim = published(shared)["X10"]
    whole = re.search(r"total (\d+)\+(\d+)", claim["components_or_scope"])
    assert whole is not None
    assert counted(whole[1], whole[2]) == 1000 * Decimal(claim["value"]) == 13568000


def test_pay_is_left_out_by_the_method(shared: Path) -> None:
    assert "salaries excluded" in published(shared)["X10"]["note"]
    (record,) = decided(load(WAY), HEAD + "| the agents | yes | | | 1234567 |")
    assert record.amount("salary", "trip account") == 0
    assert record.amount("salary", "public body") == 1234567
