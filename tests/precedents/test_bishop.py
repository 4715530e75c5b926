"""Australia, November 2014: a helicopter charter of the Department's report, and full cost plus 25 %."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

from tests.precedents.case import borne, decided, shipped

BOOK = "australia/full-cost-plus.md"


def charter(shared: Path) -> Decimal:
    """The amount of the charter as the Department printed it."""
    text = (shared / "data" / "australia" / "P35_BISHOP_Bronwyn.txt").read_text("utf-8")
    printed = re.search(r"Melbourne to Geelong 5 Nov 14\s+\$([\d,]+\.\d\d)", text)
    assert printed is not None
    return Decimal(printed[1].replace(",", ""))


def table(day: str, amount: Decimal) -> str:
    return f"""
    | case | date | dominant purpose | value for money | conditions met | repaid in full | cost travel |
    |---|---|---|---|---|---|---|
    | the charter | {day} | party | yes | yes | no | {amount} |
    """


def test_the_act_did_not_stand_on_the_day_of_the_flight(root: Path, shared: Path) -> None:
    (flight,) = decided(shipped(root, BOOK), table("2014-11-05", charter(shared)))
    assert flight.outcomes["costs"] is None
    assert "the law of entitlements in force on that day" in flight.missing


def test_the_same_flight_under_the_act_costs_a_quarter_more(root: Path, shared: Path) -> None:
    assert charter(shared) == Decimal("5227.27")
    (flight,) = decided(shipped(root, BOOK), table("2019-11-05", charter(shared)))
    assert borne([flight], "parliamentarian") == Decimal("6534.09")
    assert borne([flight], "public body") == Decimal("-1306.82")
