from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from tests.report.day_case import NEW_YORK, engine_of, entry, instant, leg, second, the_day, written
from wardbook.records.engine import Engine
from wardbook.report.day_json import as_dict
from wardbook.report.day_text import axis_lines, day_lines, headline
from wardbook.report.vehicle_day import Bounds, VehicleDay, day_seconds, vehicle_key
from wardbook.report.vehicle_day_read import vehicle_days

DAY = date(2024, 3, 12)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with engine_of(the_day()) as opened:
        yield opened


@pytest.fixture(scope="module")
def day(engine: Engine) -> VehicleDay:
    (found,) = vehicle_days(engine, NEW_YORK, [("CAR7", DAY)])
    return found


def test_everything_of_the_day_stands_on_it_in_order_of_time(day: VehicleDay) -> None:
    assert [(row.lane, row.row_id) for row in day.rows] == [
        ("log", "log-3"),
        ("toll", "toll-2"),
        ("log", "log-1"),
        ("tracker", "A"),
        ("calendar", "event-1"),
        ("tracker", "B"),
        ("toll", "toll-1"),
        ("fuel", "fuel-1"),
        ("log", "log-2"),
    ]
    assert (day.vehicle, day.hours) == ("Car 7", 24)


def test_a_movement_has_its_bounds_and_its_number(day: VehicleDay) -> None:
    a, b = (row for row in day.rows if row.lane == "tracker")
    at = second("2024-03-12 07:42")
    assert a.start == Bounds(at - 60, at, at + 60)
    assert (a.number, b.number) == (1, 2)
    assert b.words == "City Hall to NJ"
    assert b.detail == "15.2 km; NY to NJ, crossed; outside the jurisdiction"


def test_links_are_told_at_both_ends_with_score_and_reason(day: VehicleDay) -> None:
    rows = {row.row_id: row for row in day.rows}
    (told,) = rows["log-1"].links
    assert (told.row_id, told.score, told.reason) == ("A", 96, "same vehicle; ends within bounds")
    assert [link.row_id for link in rows["A"].links] == ["log-1", "event-1"]
    assert [link.row_id for link in rows["toll-1"].links] == ["B"]


def test_what_is_not_linked_says_why(day: VehicleDay) -> None:
    assert {row.row_id: row.unlinked for row in day.rows if row.unlinked} == {
        "B": "no entry is near",
        "log-2": "contradicted: the vehicle did not move",
        "log-3": "only the day is written",
        "toll-2": "its time is not known",
        "fuel-1": "stood: it did not move",
    }


def test_the_silences_are_the_rest_of_the_day(day: VehicleDay) -> None:
    assert day.silences == ((second("2024-03-12 18:25"), second("2024-03-12 21:00")),)


def test_a_path_is_of_the_fixes_of_its_time_without_those_taken_out(day: VehicleDay) -> None:
    a, b = day.paths
    assert [(p.lat_e6, p.lon_e6) for p in a.points] == [
        (40_776_100, -73_943_000),
        (40_740_000, -73_975_000),
        (40_712_800, -74_006_000),
    ]
    assert (a.logged, b.logged) == (True, False)
    assert [p.lon_e6 for p in b.points] == [-74_006_000, -74_172_400]  # no fix: its two ends


def test_a_toll_lies_where_the_register_has_its_plaza(day: VehicleDay) -> None:
    toll = next(row for row in day.rows if row.row_id == "toll-1")
    assert (toll.lat_e6, toll.lon_e6) == (40_727_000, -74_021_000)


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        ("2024-03-10", "America/New_York", 23),
        ("2024-11-03", "America/New_York", 25),
        ("2024-11-04", "America/New_York", 24),
        ("2018-11-04", "America/Sao_Paulo", 23),  # the clock went from 00:00 to 01:00
        ("2024-04-07", "Australia/Lord_Howe", 24.5),
    ],
)
def test_a_day_is_as_long_as_its_clock_makes_it(day: str, zone: str, hours: float) -> None:
    first, last = day_seconds(date.fromisoformat(day), ZoneInfo(zone))
    assert (last - first) / 3600 == hours


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    start, end = "2024-11-03 00:50", "2024-11-03 01:20"
    row = leg("N", start, end, (1, 1), (2, 2)) | {"end_at": instant(end, 3600), "end_hi": instant(end, 3660)}
    with engine_of({"traced_legs": [row]}) as engine:
        (day,) = vehicle_days(engine, NEW_YORK, [("CAR7", date(2024, 11, 3))])
    (line, *_) = day_lines(day)
    assert line.startswith(
        "00:50 EDT (00:49 EDT to 00:51 EDT) – 01:20 EST (01:19 EDT to 01:21 EST)  movement 1"
    )
    assert "a day of 25 hours: the clock changes" in headline(day)
    hours, *_ = axis_lines(day)
    assert hours.text.split() == ["00", "02", "05", "08", "11", "14", "17", "20", "23"]


def test_what_passes_midnight_stands_on_both_days() -> None:
    late = entry(9, "2024-03-12 23:40", "2024-03-13 00:30", "2024-03-12")
    moved = leg("M", "2024-03-12 23:45", "2024-03-13 00:25", (1, 1), (2, 2))
    relations = {"traced_legs": [moved], "log_entries": [late], "written": [written(late)]}
    with engine_of(relations) as engine:
        days = vehicle_days(engine, NEW_YORK, [("CAR7", date(2024, 3, n)) for n in (11, 12, 13, 14)])
    assert [len(day.rows) for day in days] == [0, 2, 2, 0]
    assert "2024-03-12 23:45" in next(line for line in day_lines(days[2]) if "movement" in line)


def test_the_axis_is_made_of_blocks_of_twenty_minutes(day: VehicleDay) -> None:
    lines = {line.lane: line.text for line in axis_lines(day)}
    assert lines["log"] == "Log       " + " " * 23 + "██" + " " * 20 + "███"
    # 07:41-08:15 and 11:01-11:46, silent from 18:25 to 21:00
    assert lines["tracker"] == "Tracker   " + "·" * 23 + "██" + "·" * 8 + "███" + "·" * 20 + " " * 7 + "·" * 9
    assert lines["toll"] == "Toll      " + " " * 34 + "▲"
    assert "parking" not in lines


def test_the_lines_say_when_what_and_why(day: VehicleDay) -> None:
    lines = list(day_lines(day))
    start = lines.index("07:40 – 08:15  log entry: Mansion-City Hall; purpose: To office")
    assert lines[start + 1] == "    movement 1: one to one, score 96 (same vehicle; ends within bounds)"
    assert "11:20  toll: Holland Tunnel; PANYNJ; (no currency) 15.38" in lines
    assert "    not logged: no entry is near" in lines
    assert lines[-1] == "The device did not report: 18:25 – 21:00."


def test_json_has_moments_with_their_offset(day: VehicleDay) -> None:
    told = as_dict(day)
    row = next(row for row in told["rows"] if row["id"] == "A")
    assert row["start"] == {
        "lo": "2024-03-12T07:41:00-04:00",
        "at": "2024-03-12T07:42:00-04:00",
        "hi": "2024-03-12T07:43:00-04:00",
    }
    assert (told["zone"], told["hours"]) == ("America/New_York", 24)
    assert row["unlinked"] is None
    assert row["sources"] == ["A-fix"]


def test_a_vehicle_is_found_as_any_record_writes_it() -> None:
    assert vehicle_key(" car-7 ") == vehicle_key("Car 7") == "CAR7"
