"""New York State, 2007 to 2008: a share by time at charter rate, as published; no figure of a case is."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from tests.precedents.case import decided, shipped
from wardbook.policy.costs import PUBLIC_BODY as PUBLIC

BOOK = "new-york-state/travel-time-share.md"

HEADING = (
    "| case | date | trip | traveler | bona fide State purpose | primary reason | other hours "
    "| counted hours | charter cost | cost flight hours |\n|---|---|---|---|---|---|---|---|---|---|\n"
)


@pytest.mark.parametrize("other", ["0", "0.1", "1", "2.35", "7"])
@pytest.mark.parametrize("charter", ["0.01", "9000.00", "10000.01"])
def test_the_official_owes_the_share_of_a_charter_and_not_of_the_flight(
    root: Path, other: str, charter: str
) -> None:
    row = f"| trip | 2008-03-03 | mixed | official | yes | State | {other} | 7 | {charter} | 4200.00 |"
    (record,) = decided(shipped(root, BOOK), HEADING + row)
    share = (Decimal(charter) * Decimal(other) / 7).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert record.amount("flight hours", "official") == share
    assert record.amount("flight hours", PUBLIC) == 4200 - share


def test_a_trip_that_was_not_primarily_the_states_is_not_allowed(root: Path) -> None:
    row = "| trip | 2008-03-03 | mixed | official | yes | other | 3 | 8 | 9000.00 | 4200.00 |"
    (record,) = decided(shipped(root, BOOK), HEADING + row)
    assert (record.outcomes["permitted"], record.outcomes["costs"]) == ("no", None)
    assert record.missing


def test_more_hours_of_other_business_than_hours_is_a_mistake_in_the_record(root: Path) -> None:
    row = "| trip | 2008-03-03 | mixed | official | yes | State | 9 | 8 | 9000.00 | 4200.00 |"
    (record,) = decided(shipped(root, BOOK), HEADING + row)
    assert record.outcomes["permitted"] == "cannot be determined"
    assert record.outcomes["costs"] is None


def test_security_personnel_are_not_charged_for_from_the_day_of_the_second_opinion(root: Path) -> None:
    days = ("2008-01-03", "2008-01-04")
    rows = "".join(f"| t | {day} | mixed | security | yes | State | 3 | 8 | 9000 | 4200 |\n" for day in days)
    before, after = decided(shipped(root, BOOK), HEADING + rows)
    assert (before.outcomes["costs"], after.outcomes["costs"]) == (None, "State pays")
