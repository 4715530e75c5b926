"""INT-12 and INT-13: a vendor's trips, in themselves and beside the legs of the fixes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.accounts.small_book import rulebook, small_book
from tests.link.books import SETTINGS, linked
from tests.link.car_day import DAY, HOME, OFFICE, driven, hours, parked, tracked
from wardbook.findings.procedure import Observation
from wardbook.findings.vendors import VENDOR_CONTRADICTIONS, VENDOR_DIFFERENCES
from wardbook.records.macros import define_macros
from wardbook.trace.distance import define_metres


def trip(first: float, last: float, **values: Any) -> dict[str, Any]:
    row = {"vendor": "geotab", "vehicle": "C2", "record_id": f"trip {first}"}
    times = {"started_at": (DAY + hours(first)).isoformat(), "ended_at": (DAY + hours(last)).isoformat()}
    return {**row, **times, **values}


def contradictions(*trips: dict[str, Any]) -> list[Observation]:
    with small_book(vendor_trips=trips) as engine:
        define_macros(engine, SETTINGS)
        define_metres(engine)
        return list(VENDOR_CONTRADICTIONS.run(engine, rulebook()))


ENDS = {"from_lat_e6": HOME[0], "from_lon_e6": HOME[1], "to_lat_e6": OFFICE[0], "to_lon_e6": OFFICE[1]}
"""2,404 m apart."""


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (trip(0, 0.5, claimed_distance_m=2_500, **ENDS), None),
        (trip(0.5, 0), "ends before it starts, by 30 min"),
        (trip(0, 0.5, claimed_distance_m=0, **ENDS), "distance 0, but its ends lie 2404 m apart"),
        (
            trip(0, 0.5, claimed_distance_m=1_000, **ENDS),
            "distance 1000 m, but its ends lie 2404 m apart",
        ),
        (
            trip(0, 0.5, claimed_distance_m=5_000, start_odometer_m=10_000, end_odometer_m=30_000),
            "distance 5000 m, odometer 20000 m",
        ),
        (trip(0, 0.1, claimed_distance_m=90_000), "distance 90000 m in 360 s"),
    ],
)
def test_a_trip_that_cannot_be(row: dict[str, Any], told: str | None) -> None:
    found = contradictions(row)
    assert [one.title for one in found] == (
        [] if told is None else ["1 trip of C2 that cannot be as Geotab gives it, 2021-05"]
    )
    if told is not None:
        assert found[0].condition.endswith(f": {told}.")


def test_a_trip_that_begins_before_the_one_before_ended() -> None:
    (found,) = contradictions(trip(0, 1), trip(0.5, 2))
    assert "starts before the trip before it ended, by 30 min" in found.condition
    assert found.evidence == ("trip 0.5",)


def differences(*trips: dict[str, Any]) -> tuple[list[str], list[Observation]]:
    """The difference of each row, and the findings; the car drives at 0 h and at 3 h for twenty minutes."""
    track = [
        *parked(HOME, DAY - hours(1), DAY - hours(0.1)),
        *driven(HOME, OFFICE, DAY, 20),
        *parked(OFFICE, DAY + hours(0.4), DAY + hours(2.9)),
        *driven(OFFICE, HOME, DAY + hours(3), 20),
        *parked(HOME, DAY + hours(3.4), DAY + hours(5)),
    ]
    with linked([], vendor_trips=trips, **tracked(iter(track))) as engine:
        define_macros(engine, SETTINGS)
        found = list(VENDOR_DIFFERENCES.run(engine, rulebook()))
        rows = engine.rows("SELECT difference FROM vendor_differences ORDER BY started_at")
        return [row[0] for row in rows], found


BOTH = (trip(0, 0.33, claimed_distance_m=2_450), trip(3, 3.33, claimed_distance_m=2_450))


def test_trips_that_agree_are_not_told() -> None:
    assert differences(*BOTH) == ([], [])


def test_each_kind_of_difference() -> None:
    assert differences(trip(0, 0.5), BOTH[1])[0] == ["end 9 min apart"]
    assert differences(trip(-0.2, 0.33), BOTH[1])[0] == ["start 11 min apart"]
    assert differences(trip(0, 0.33, claimed_distance_m=4_000), BOTH[1])[0] == [
        "distance 4000 m, path 2400 m"
    ]
    assert differences(trip(0, 3.33))[0][0].startswith("2 legs")
    assert differences(*BOTH, trip(4, 4.2))[0] == ["no leg"]
    assert differences(trip(-1, -0.9), BOTH[0], trip(4, 4.2))[0] == ["no leg", "no trip", "no leg"]


def test_a_stop_of_traccar_may_be_three_minutes_late() -> None:
    late = trip(0, 0.40, vendor="traccar")
    assert differences(late, trip(3, 3.33, vendor="traccar"))[0] == []
    assert differences(trip(0, 0.40), BOTH[1])[0] == ["end 3 min apart"]


def test_the_finding_sums_up_and_names_the_stop_rule() -> None:
    _, (found,) = differences(trip(-1, -0.9), BOTH[0], trip(4, 4.2))
    assert found.condition.startswith(
        "3 differences from the legs under the stop rule house 2026-11-25, among them 2 trips without a leg "
        "and 1 leg without a trip: "
    )
