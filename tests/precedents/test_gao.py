"""Government Accountability Office, 2019: four trips; operation and temporary duty, pay excluded, rounded."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

from tests.precedents.case import published

ROUNDED_TO = 1
"""The table is in whole thousands: a sum of two such numbers may be off by one."""


def test_the_published_table_adds_up_within_its_rounding(shared: Path) -> None:
    claim = published(shared)["X10"]
    rows = re.findall(r"(\d+)\+(\d+)=(\d+)", claim["components_or_scope"])
    assert len(rows) == 3
    off = [abs(int(a) + int(b) - int(total)) for a, b, total in rows]
    assert max(off) == ROUNDED_TO
    assert sorted(off) == [0, 1, 1]
    whole = re.search(r"total (\d+)\+(\d+)", claim["components_or_scope"])
    assert whole is not None
    assert Decimal(whole[1]) + Decimal(whole[2]) == Decimal(claim["value"]) == 13568


def test_pay_is_left_out_by_the_method(shared: Path) -> None:
    assert "salaries excluded" in published(shared)["X10"]["note"]
