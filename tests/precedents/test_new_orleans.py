"""New Orleans, 2022 to 2023: 16 h 35 min of pay in 24 hours, timesheets against video, no assessment ever."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.precedents.case import borne, decided, written_for_the_case

HEAD = """
| case | paid time | seen elsewhere | assessment in force | cost overtime |
|------|-----------|----------------|---------------------|---------------|
"""


@pytest.mark.parametrize(("paid", "permitted"), [("995", "yes"), ("16 h 35 min", "yes"), ("996", "no")])
def test_sixteen_hours_and_thirty_five_minutes_are_the_most(paid: str, permitted: str) -> None:
    (day,) = decided(
        written_for_the_case("detail-hours.md"), HEAD + f"| a day (ours) | {paid} | no | no | 600 |"
    )
    assert day.outcomes["permitted"] == permitted


def test_hours_seen_elsewhere_are_owed_back() -> None:
    (day,) = decided(
        written_for_the_case("detail-hours.md"), HEAD + "| at home (ours) | 480 | yes | no | 295.36 |"
    )
    assert borne([day], "officer") == Decimal("295.36")
    assert day.outcomes["security_reason"] == "cannot be determined"


def test_the_sum_of_a_year_cannot_be_reached_where_the_video_is_missing() -> None:
    (day,) = decided(
        written_for_the_case("detail-hours.md"), HEAD + "| no video (ours) | 480 | | no | 295.36 |"
    )
    assert set(day.payments.values()) == {None}
    assert "the camera video of those hours" in day.missing
    assert "a written threat assessment made before the day" in day.missing
