"""INT-14 and INT-15: odometers that go back, and more fuel than the tank holds."""

from __future__ import annotations

from typing import Any

import pytest

from tests.accounts.small_book import rulebook, small_book
from wardbook.findings.fuel import FUEL_BEYOND_TANK, ODOMETER_BACK
from wardbook.findings.procedure import Observation, Procedure
from wardbook.records.macros import define_macros
from wardbook.records.settings import Settings

KM = 1_000


def seen(procedure: Procedure, **tables: Any) -> list[Observation]:
    with small_book(**tables) as engine:
        define_macros(engine, Settings(time_zone="America/Chicago"))
        return list(procedure.run(engine, rulebook()))


def pump(day: int, km: int | None, **values: Any) -> dict[str, Any]:
    """A purchase at noon in Chicago on a day of May 2021."""
    row = {"record_id": f"p{day}", "vehicle": "PD-12", "purchased_at": f"2021-05-{day:02}T17:00:00Z"}
    return {**row, "day": f"2021-05-{day:02}", "odometer_m": None if km is None else km * KM, **values}


@pytest.mark.parametrize(
    ("readings", "told"),
    [
        ((100, 210, 300), None),
        ((100, 99, 300), None),  # a mile less is rounding
        ((100, 210, 21, 300), "only this reading is out of line"),
        ((100, 2100, 210, 300), "only the reading before is out of line"),
        ((100, 210, 30, 60), "it stays lower"),
        ((100, 210, 30), "no reading follows"),
    ],
)
def test_a_reading_below_the_one_before(readings: tuple[int, ...], told: str | None) -> None:
    found = seen(ODOMETER_BACK, fuel_purchases=[pump(n, km) for n, km in enumerate(readings, start=1)])
    assert len(found) == (told is not None)
    if told is not None:
        assert found[0].condition.endswith(f", {told}.")


def test_a_lasting_drop_names_both_readings_and_their_records() -> None:
    (found,) = seen(ODOMETER_BACK, fuel_purchases=[pump(1, 100), pump(2, 210), pump(3, 30), pump(4, 60)])
    assert found.title == "The odometer of PD-12 goes back at the pump, 1 time"
    assert found.condition == (
        "1 time, 1 of them lasting: 2021-05-03 12:00: 30 km after 210 km on 2021-05-02 12:00, it stays lower."
    )
    assert found.evidence == ("p2", "p3")


def test_odometers_of_pump_and_log_are_not_compared_with_each_other() -> None:
    log = [
        {"record_id": "e", "vehicle": "PD 12", "start_at": "2021-05-02T10:00:00Z", "start_odometer_m": 5_000}
    ]
    assert seen(ODOMETER_BACK, fuel_purchases=[pump(1, 100), pump(3, 210)], log_entries=log) == []


def test_one_fill_beyond_the_tank() -> None:
    given = [
        pump(1, None, volume_ml=61_800, tank_ml=60_000),
        pump(2, None, volume_ml=61_801, tank_ml=60_000, merchant="Depot"),
    ]
    (found,) = seen(FUEL_BEYOND_TANK, fuel_purchases=given)
    assert found.title == "More fuel bought for PD-12 than its tank holds, 1 time"
    assert found.condition == "2021-05-02 12:00 at Depot: 61.8 l into a tank of 60.0 l."
    assert found.evidence == ("p2",)


def test_two_lines_of_one_transaction_are_one_fill() -> None:
    lines = [
        pump(1, None, volume_ml=40_000, tank_ml=60_000, source_key="77", record_id=f"line {item}")
        for item in (1, 2)
    ]
    (found,) = seen(FUEL_BEYOND_TANK, fuel_purchases=lines)
    assert "80.0 l into a tank of 60.0 l" in found.condition
    assert found.evidence == ("line 1", "line 2")


def two_fills(minutes: int) -> list[dict[str, Any]]:
    second = f"2021-05-01T{17 + minutes // 60:02}:{minutes % 60:02}:00Z"
    return [
        pump(1, None, volume_ml=40_000, tank_ml=60_000, record_id="one", source_key="1"),
        pump(1, None, volume_ml=30_000, tank_ml=60_000, record_id="two", source_key="2", purchased_at=second),
    ]


def test_two_fills_within_two_hours_and_no_movement_between() -> None:
    (found,) = seen(FUEL_BEYOND_TANK, fuel_purchases=two_fills(90))
    assert found.condition == "2021-05-01 12:00 and 13:30: together 70.0 l into a tank of 60.0 l."
    assert seen(FUEL_BEYOND_TANK, fuel_purchases=two_fills(121)) == []


def test_two_fills_with_a_drive_between_are_none() -> None:
    drive = {
        "leg_id": "PD12/x", "vehicle_key": "PD12",
        "start_hi": "2021-05-01T17:10:00Z", "end_lo": "2021-05-01T18:20:00Z",
    }  # fmt: skip
    assert seen(FUEL_BEYOND_TANK, fuel_purchases=two_fills(90), traced_legs=[drive]) == []


def test_without_a_registered_tank_nothing_is_judged() -> None:
    assert seen(FUEL_BEYOND_TANK, fuel_purchases=[pump(1, None, volume_ml=900_000)]) == []
