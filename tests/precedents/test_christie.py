"""New Jersey, 2011: each leg of a helicopter trip by its purpose, and the odd cent to the governor."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.precedents.case import borne, decided, shipped

BOOK = "voluntary/new-jersey-2011.md"

LEGS = """
| case                         | date       | purpose  | cost flight charge |
|------------------------------|------------|----------|--------------------|
| to the game of 27 May        | 2011-05-27 | personal | 919.20             |
| to the game of 31 May        | 2011-05-31 | personal | 1232.30            |
| from the game to the donors  | 2011-05-31 | party    | 1232.29            |
"""

TRIPS = """
| case | date | purpose | mixed of | cost flight charge |
|---|---|---|---|---|
| the trip of 27 May | 2011-05-27 | personal |  | 919.20 |
| both legs of 31 May | 2011-05-31 | mixed | private and party legs | 2464.59 |
"""


def test_leg_by_leg_the_published_sums_are_reached(root: Path) -> None:
    records = decided(shipped(root, BOOK), LEGS)
    assert borne(records, "governor") == Decimal("2151.50") == Decimal("1232.30") + Decimal("919.20")
    assert borne(records, "party") == Decimal("1232.29")
    assert borne(records, "governor") + borne(records, "party") == Decimal("3383.79")


def test_half_of_the_whole_trip_gives_the_same_with_the_odd_cent_at_the_governor(root: Path) -> None:
    records = decided(shipped(root, BOOK), TRIPS)
    assert records[1].amount("flight charge", "governor") == Decimal("1232.30")
    assert records[1].amount("flight charge", "party") == Decimal("1232.29")
    assert borne(records, "governor") + borne(records, "party") == Decimal("3383.79")
    assert borne(records, "public body") == 0


def test_the_price_of_an_hour_needs_the_hours_which_no_source_gives(root: Path) -> None:
    table = """
    | case              | date       | purpose  | cost flight hours |
    |-------------------|------------|----------|-------------------|
    | the trip of 27 May | 2011-05-27 | personal | 919.20           |
    """
    (record,) = decided(shipped(root, BOOK), table)
    assert record.payments["flight hours", "governor"] is None
    assert any("the flight log of the State Police" in missing for missing in record.missing)
