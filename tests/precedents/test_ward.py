"""Africa Command, 2012: eleven days with less than three official; a meeting added to a private trip."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.precedents.case import borne, decided, written_for_the_case

BOOK = "general-trip.md"

HEAD = """
| case | meeting added to a private trip | official days | other days | trip days | cost travel |
|---|---|---|---|---|---|
"""


def test_a_meeting_added_to_a_private_trip_does_not_make_it_official() -> None:
    (trip,) = decided(written_for_the_case(BOOK), HEAD + "| private (ours) | yes | | | | 1000 |")
    assert trip.outcomes["permitted"] == "no"
    assert borne([trip], "general") == Decimal(1000)


def test_the_share_of_the_long_trip_is_bounded_and_not_known() -> None:
    """Less than three of eleven days: at least 8/11 of the sum, and the exact share needs the itinerary."""
    book = written_for_the_case(BOOK)
    bound, unknown = decided(
        book,
        HEAD + "| three days | no | 3 | 8 | 11 | 129000 |\n" + "| as known | no | | | 11 | 129000 |",
    )
    assert borne([bound], "general") == Decimal("93818.18")
    assert borne([bound], "public body") == Decimal("35181.82")
    assert set(unknown.payments.values()) == {None}
    assert "the itinerary, day by day" in unknown.missing


@pytest.mark.parametrize(("official", "permitted"), [("5", "no"), ("5.5", "yes"), ("6", "yes")])
def test_the_greater_part_of_the_days_decides(official: str, permitted: str) -> None:
    other = 11 - Decimal(official)
    row = f"| a trip (ours) | no | {official} | {other} | 11 | 100 |"
    (trip,) = decided(written_for_the_case(BOOK), HEAD + row)
    assert trip.outcomes["permitted"] == permitted
