"""Health and Human Services, 2017: charters without comparison; the own seat repaid, not the aircraft."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.precedents.case import borne, decided, published, written_for_the_case

RECORDS = """
| case | compared | authorized | within the allowance | cost travel | cost excess |
|---|---|---|---|---|---|
| charters | no |  |  | 333014 |  |
| trips that began or ended elsewhere | yes | no |  | 4926 |  |
| in excess of the allowances | yes | yes | no |  | 2960 |
"""


def test_the_sum_to_be_recovered_is_reached() -> None:
    records = decided(written_for_the_case("charter-flights.md"), RECORDS)
    assert borne(records, "traveler") == Decimal(340900)
    assert {record.outcomes["permitted"] for record in records} == {"no"}


def test_the_parts_are_those_of_the_published_claim(shared: Path) -> None:
    records = decided(written_for_the_case("charter-flights.md"), RECORDS)
    parts = [int(borne([record], "traveler")) for record in records]
    assert (
        "{} charter + {} start/end elsewhere + {} excess".format(*parts)
        in (published(shared)["X06"]["components_or_scope"])
    )


def test_the_own_seat_repaid_leaves_most_of_it_open(shared: Path) -> None:
    """His seats and his wife's were repaid, not the aircraft; the claim says how much of it was hers."""
    owed = borne(decided(written_for_the_case("charter-flights.md"), RECORDS), "traveler")
    claim = published(shared)["X08"]
    assert owed - Decimal(claim["value"]) == Decimal(281510)
    assert "7,503 for spouse" in claim["components_or_scope"]


def test_a_rental_car_above_the_allowance(shared: Path) -> None:
    table = """
    | case | compared | authorized | within the allowance | allowance | cost car rental |
    |---|---|---|---|---|---|
    | a day | yes | yes | no | 126 USD | 345 |
    """
    records = decided(written_for_the_case("charter-flights.md"), table)
    assert borne(records, "traveler") == Decimal(published(shared)["X09"]["value"]) == 219
    assert borne(records, "public body") == 0


def test_the_press_says_at_least_341_000_which_is_the_sum_rounded_up() -> None:
    owed = borne(decided(written_for_the_case("charter-flights.md"), RECORDS), "traveler")
    assert round(owed, -3) == Decimal(341000)
    assert owed < Decimal(341000)
