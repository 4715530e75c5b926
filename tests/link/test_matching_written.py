"""The book's log entries as they are matched: seconds, days, midnight, the change of the clock, places."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from wardbook.link.matching import step_text
from wardbook.link.places import RESOLVED_PLACES
from wardbook.records.engine import Engine
from wardbook.records.schema import LOG_ENTRIES, STOPS

NEW_YORK = ZoneInfo("America/New_York")


def local(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK, fold=fold)


def seconds(text: str, fold: int = 0) -> int:
    return int(local(text, fold).timestamp())


def written(entries: list[dict[str, Any]], stops: tuple[Any, ...] = (), places: tuple[Any, ...] = ()) -> Any:
    source = {"exhibit": "x", "raw_text": ""}
    with Engine() as engine:
        engine.load(LOG_ENTRIES, [source | {"record_id": "A", "vehicle": "E-1"} | row for row in entries])
        engine.load(STOPS, [source | row for row in stops])
        engine.load(RESOLVED_PLACES, places)
        engine.run("written", step_text("matching_written", zone="'America/New_York'"))
        return engine.dicts("SELECT * FROM written ORDER BY entry_id")


def one(**values: Any) -> dict[str, Any]:
    (row,) = written([values])
    return dict(row)


def test_times_day_vehicle_and_distance() -> None:
    row = one(
        day="2021-05-03", start_at=local("2021-05-03 09:00"), end_at=local("2021-05-03 09:30"), distance_m=9
    )
    assert row["vehicle_key"] == "E1"
    assert (row["start_s"], row["end_s"]) == (seconds("2021-05-03 09:00"), seconds("2021-05-03 09:30"))
    assert (row["day_lo"], row["day_hi"]) == (seconds("2021-05-03 00:00"), seconds("2021-05-04 00:00") - 1)
    assert (row["shift_s"], row["metres"], row["source_ids"]) == (None, 9, ["A"])


@pytest.mark.parametrize(("day", "hours"), [("2021-03-14", 23), ("2021-05-03", 24), ("2021-11-07", 25)])
def test_a_day_is_as_long_as_the_clock_makes_it(day: str, hours: int) -> None:
    row = one(day=day)
    assert row["day_hi"] - row["day_lo"] + 1 == hours * 3600
    assert (row["start_s"], row["end_s"], row["shift_s"]) == (None, None, None)


@pytest.mark.parametrize(
    ("start", "end", "next_end"),
    [
        ("2021-05-03 23:30", "2021-05-03 00:20", "2021-05-04 00:20"),
        ("2021-03-13 23:30", "2021-03-13 07:00", "2021-03-14 07:00"),
        ("2021-11-06 23:30", "2021-11-06 07:00", "2021-11-07 07:00"),
    ],
)
def test_an_end_before_its_start_is_of_the_next_local_day(start: str, end: str, next_end: str) -> None:
    row = one(day=start[:10], start_at=local(start), end_at=local(end))
    assert row["end_s"] == seconds(next_end)


def test_times_that_the_clock_shows_twice_have_another_reading() -> None:
    first = one(start_at=local("2021-11-07 01:10"), end_at=local("2021-11-07 01:40"))
    assert (first["start_s"], first["shift_s"]) == (seconds("2021-11-07 01:10"), 3600)
    second = one(start_at=local("2021-11-07 01:10", 1), end_at=local("2021-11-07 01:40", 1))
    assert (second["start_s"], second["shift_s"]) == (seconds("2021-11-07 01:10", 1), -3600)
    assert second["start_s"] + second["shift_s"] == first["start_s"]
    lone = one(end_at=local("2021-11-07 01:40"))
    assert (lone["start_s"], lone["end_s"], lone["shift_s"]) == (None, seconds("2021-11-07 01:40"), 3600)


def test_of_two_times_of_which_one_is_shown_twice_only_the_other_is_read() -> None:
    row = one(start_at=local("2021-11-07 01:40"), end_at=local("2021-11-07 02:30"))
    assert (row["start_s"], row["end_s"], row["shift_s"]) == (None, seconds("2021-11-07 02:30"), None)
    row = one(start_at=local("2021-11-07 00:40"), end_at=local("2021-11-07 01:30"))
    assert (row["start_s"], row["end_s"], row["shift_s"]) == (seconds("2021-11-07 00:40"), None, None)


def test_the_places_are_those_of_the_first_and_the_last_stop() -> None:
    def stop(position: int, key: str) -> dict[str, Any]:
        return {
            "record_id": f"s{position}",
            "entry_id": "A",
            "position": position,
            "place_text": key,
            "place_key": key,
        }

    place = {"place_key": "court", "lat_e6": 1, "lon_e6": 2}
    stops = (stop(1, "city hall"), stop(2, "elm"), stop(3, "court"))
    (row,) = written([{}], stops, (place,))
    assert (row["from_place"], row["to_place"]) == ("city hall", "court")
    assert (row["from_lat_e6"], row["to_lat_e6"], row["to_lon_e6"]) == (None, 1, 2)
