"""INT-08 to INT-11 and INT-16: a car with a tracker for a day, against its log and its tolls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.accounts.small_book import rulebook
from tests.link.books import SETTINGS, linked
from tests.link.car_day import (
    ATHENS_OHIO,
    DAY,
    HOME,
    LOG,
    OFFICE,
    PLACES,
    drive_entry,
    driven,
    hours,
    parked,
    the_day,
    tracked,
)
from wardbook.findings.movements import (
    LOG_AGAINST_TRACK,
    NOT_DRIVEN,
    PAID_WHERE_IT_STOOD,
    UNLOGGED_MOVEMENTS,
)
from wardbook.findings.procedure import Observation, Procedure
from wardbook.findings.silences import SILENCES
from wardbook.records.macros import define_macros

TOLLS = [
    {"vehicle": "T-1", "passed_at": (DAY + hours(1)).isoformat(), "exit_plaza": "Chelyan"},
    {"vehicle": "T-1", "passed_at": (DAY + hours(9.2)).isoformat(), "exit_plaza": "Chelyan"},
]
ASSIGNED = [{"device": "T-1", "kind": "transponder", "vehicle": "C2"}]


def seen(procedure: Procedure, log: list[dict[str, Any]], **tables: Any) -> list[Observation]:
    given: dict[str, Any] = {"places": PLACES, "toll_passes": TOLLS, "assignments": ASSIGNED}
    with linked(log, **(given | tables)) as engine:
        define_macros(engine, SETTINGS)
        return list(procedure.run(engine, rulebook()))


@pytest.fixture(scope="module")
def day() -> dict[str, Any]:
    return tracked(the_day())


def test_a_movement_without_an_entry_is_told_with_places_times_and_tolls(day: dict[str, Any]) -> None:
    (found,) = seen(UNLOGGED_MOVEMENTS, LOG, **day)
    assert found.title == "C2 moved without a log entry, 2021-05: 1 movement"
    assert found.condition == (
        "1 movement on 1 day, 2 km in all; no entry of the log, which runs from 2021-05-03 to 2021-05-03, "
        "fits "
        "them: 2021-05-03 17:00 to 17:20, 2 km, Capitol to Residence, toll chelyan 17:12. Cut by the stop "
        "rule "
        "house 2026-11-25."
    )
    assert {"t1", "toll_passes-1"} <= set(found.evidence)


def test_movements_of_a_vehicle_without_a_log_are_told_apart(day: dict[str, Any]) -> None:
    (found,) = seen(UNLOGGED_MOVEMENTS, [], **day)
    assert found.title == "C2 moved outside any log in the book, 2021-05: 4 movements"
    assert "no log of it is in the book" in found.condition
    assert found.effect.startswith("These movements cannot be compared with a log")


def test_an_entry_is_contradicted_where_the_car_stood_and_reported(day: dict[str, Any]) -> None:
    (found,) = seen(NOT_DRIVEN, LOG, **day)
    assert found.title == "C2 stood while its log has it drive, 2021-05: 1 entry"
    assert "2021-05-03, 15:12 to 15:48, Capitol-Airport-Capitol" in found.condition
    assert found.evidence == ("e3",)
    assert len(found.uses) == 1


def test_an_entry_in_a_silence_is_not_contradicted() -> None:
    quiet = [*parked(OFFICE, DAY, DAY + hours(3)), *parked(OFFICE, DAY + hours(4), DAY + hours(6))]
    log = [drive_entry("e1", 3.2, 3.6)]
    assert seen(NOT_DRIVEN, log, **tracked(iter(quiet))) == []


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ({"distance_m": 40_000}, "distance written 40000 m, recorded 2400 m"),
        ({"route_text": "Capitol-Yeager Airport"}, None),
        (
            {"start_odometer_m": 50_000_000, "end_odometer_m": 50_030_000},
            "odometer written 30000 m, path 2400 m",
        ),
        ({"start_odometer_m": 50_000_000, "end_odometer_m": 50_003_000}, None),
    ],
)
def test_log_and_track_disagree(written: dict[str, Any], told: str | None) -> None:
    track = tracked(iter([*parked(HOME, DAY - hours(1), DAY), *driven(HOME, OFFICE, DAY, 20)]))
    found = seen(LOG_AGAINST_TRACK, [drive_entry("e1", 0, 0.33, **written)], **track)
    if told is None:
        assert found == []
    else:
        assert [one.title for one in found] == ["Log and tracker of C2 disagree, 2021-05: 1 entry"]
        assert told in found[0].condition


def test_times_are_told_where_they_are_off_by_more_than_a_quarter_of_an_hour() -> None:
    track = tracked(iter([*parked(HOME, DAY - hours(1), DAY), *driven(HOME, OFFICE, DAY, 20)]))
    (found,) = seen(LOG_AGAINST_TRACK, [drive_entry("e1", 0.35, 0.7)], **track)
    assert "start written 20 min off; end written 21 min off" in found.condition
    assert seen(LOG_AGAINST_TRACK, [drive_entry("e1", 0.1, 0.45)], **track) == []


def test_a_toll_paid_while_the_car_stood(day: dict[str, Any]) -> None:
    (found,) = seen(PAID_WHERE_IT_STOOD, LOG, **day)
    assert found.title == "Toll or fuel of C2 while it stood, 2021-05: 1 time"
    assert found.condition.startswith("toll chelyan 2021-05-03 09:00, 39 min after it last moved.")
    assert found.evidence == ("toll_passes-0",)


def silent_day() -> Iterator[tuple[Any, Any]]:
    """Two days of a parked car that reports throughout, but for two hours in which it went to Ohio."""
    yield from parked(OFFICE, DAY, DAY + hours(24))
    yield from parked(ATHENS_OHIO, DAY + hours(26.5), DAY + hours(27))
    yield from parked(ATHENS_OHIO, DAY + hours(27), DAY + hours(48))


def test_a_silence_in_which_the_car_moved_is_told_with_what_was_logged() -> None:
    entry = drive_entry("e1", 24.2, 26, officers_text="Officer Oake")
    entry["day"] = "2021-05-04"
    (found,) = seen(SILENCES, [entry], **tracked(silent_day()))
    assert found.title == "The tracker of C2 fell silent around uses, 2021-05: 1 silence"
    assert (
        "2021-05-04 08:00 to 10:30, logged 08:12 to 10:00 (Officer Oake), moved at least 116 km in it"
        in found.condition
    )
    assert "e1" in found.evidence


def test_a_silence_of_a_device_that_sleeps_while_parked_is_not_told() -> None:
    sleepy = [
        *driven(HOME, OFFICE, DAY, 20),
        *driven(OFFICE, HOME, DAY + hours(30), 20),
        *driven(HOME, OFFICE, DAY + hours(40), 20),
    ]
    log = [drive_entry("e1", 5, 6)]
    assert seen(SILENCES, log, **tracked(iter(sleepy))) == []


def test_other_devices_silent_at_the_same_time_are_counted() -> None:
    one, two = tracked(silent_day()), tracked(silent_day(), "C3")
    for row in (*two["tracks"], *two["fixes"]):
        row["record_id"] = "second-" + row["record_id"]
    for row in two["fixes"]:
        row["track_id"] = "second-t1"
    both = {name: [*one[name], *two[name]] for name in one}
    found = seen(SILENCES, [], **both)
    assert [note.title[:16] for note in found] == ["The tracker of C", "The tracker of C"]
    assert all("other devices silent as well: 1" in note.condition for note in found)


def test_nothing_is_found_where_nothing_was_recorded() -> None:
    for procedure in (UNLOGGED_MOVEMENTS, NOT_DRIVEN, LOG_AGAINST_TRACK, PAID_WHERE_IT_STOOD, SILENCES):
        assert seen(procedure, LOG) == []
