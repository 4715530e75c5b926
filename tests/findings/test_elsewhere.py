"""INT-18: a person whom the log has aboard, and whom another record has elsewhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.accounts.small_book import rulebook
from tests.link.books import SETTINGS, linked
from tests.link.car_day import (
    ATHENS_OHIO,
    DAY,
    HOME,
    OFFICE,
    PLACES,
    car_and_phone,
    drive_entry,
    driven,
    hours,
)
from wardbook.findings.elsewhere import ELSEWHERE
from wardbook.findings.procedure import Observation
from wardbook.records.macros import define_macros


def seen(log: list[dict[str, Any]], **tables: Any) -> list[Observation]:
    with linked(log, **({"places": PLACES} | tables)) as engine:
        define_macros(engine, SETTINGS)
        return list(ELSEWHERE.run(engine, rulebook()))


RIDER = {"riders_text": "Governor Jim Justice"}


def test_one_person_aboard_two_vehicles_at_once_as_written() -> None:
    one, other = drive_entry("e1", 0, 1, **RIDER), drive_entry("e2", 0.5, 2, **RIDER)
    other["vehicle"] = "C3"
    (found,) = seen([one, other])
    assert found.title == "jim justice aboard two vehicles at once, 2021-05: 1 time"
    assert "2021-05-03 08:30 to 09:00: C2 and C3, both as written" in found.condition
    assert found.evidence == ("e1", "e2")
    assert len(found.uses) == 2


def test_one_vehicle_or_two_persons_or_times_that_touch_are_no_contradiction() -> None:
    twice = drive_entry("e1", 0, 1, **RIDER), drive_entry("e2", 0.5, 2, **RIDER)
    assert seen(list(twice)) == []
    other = drive_entry("e2", 0.5, 2, riders_text="Cathy Justice")
    other["vehicle"] = "C3"
    assert seen([twice[0], other]) == []
    later = drive_entry("e2", 0.95, 2, **RIDER)
    later["vehicle"] = "C3"
    assert seen([twice[0], later]) == []


def phone(*points: Any) -> dict[str, Any]:
    """The car's drive from home to the office, and a phone."""
    return car_and_phone(*points) | {
        "assignments": [{"device": "PIXEL 7", "kind": "phone", "person": "Jim Justice"}]
    }


LOG = [drive_entry("e1", 0, 0.34, **RIDER)]


def test_a_phone_far_from_the_vehicle() -> None:
    away = [(DAY + timedelta(minutes=5 * n), ATHENS_OHIO) for n in range(5)]
    (found,) = seen(LOG, **phone(*away))
    assert found.title == "The phone of jim justice was not where C2 was, 2021-05-03 08:00 to 08:20"
    assert "All 3 positions of the phone" in found.condition
    assert {"e1", "phone-t1"} <= set(found.evidence)


def test_a_phone_beside_the_vehicle_once_says_nothing() -> None:
    away = [(DAY + timedelta(minutes=5 * n), ATHENS_OHIO) for n in range(4)]
    near = [(DAY + timedelta(minutes=17), OFFICE)]
    assert seen(LOG, **phone(*away, *near)) == []


def test_a_phone_is_traced_as_no_vehicle() -> None:
    with linked(LOG, **phone(*driven(HOME, OFFICE, DAY + hours(3), 20))) as engine:
        assert engine.rows("SELECT DISTINCT vehicle_key FROM traced_legs") == [("C2",)]
