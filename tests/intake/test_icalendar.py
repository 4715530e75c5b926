from __future__ import annotations

import re
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.table_exhibits import (
    NEW_YORK,
    conserved,
    corruptions,
    exhibit,
    records,
    set_aside,
    shared_exhibit,
    told,
)
from wardbook.errors import InputRefusedError
from wardbook.intake import icalendar_events
from wardbook.intake.icalendar_text import count_rows, cut
from wardbook.records.source import Reading

CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VTIMEZONE
TZID:Depot
BEGIN:STANDARD
DTSTART:20000101T000000
RRULE:FREQ=YEARLY
TZOFFSETFROM:+0300
TZOFFSETTO:+0300
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:1
SUMMARY:Dedication of the bridge\\, with a
  long title
DTSTART;TZID=America/New_York:20240701T120000
DTEND;TZID=America/New_York:20240701T133000
LOCATION:Millbrook\\, north bank
ORGANIZER;CN=Office of Events:mailto:events@town.example
CATEGORIES:official,outdoor
CATEGORIES:press
CREATED:20240601T080000Z
LAST-MODIFIED:20240702T080000Z
DESCRIPTION:Bring the scissors
BEGIN:VALARM
TRIGGER:-PT15M
END:VALARM
END:VEVENT
BEGIN:VEVENT
UID:2
SUMMARY:Floating time
DTSTART:20240101T120000
DURATION:PT90M
END:VEVENT
BEGIN:VEVENT
UID:3
SUMMARY:All day
DTSTART;VALUE=DATE:20240105
END:VEVENT
BEGIN:VEVENT
UID:4
SUMMARY:Weekly
DTSTART;TZID=Depot:20240106T030000
RRULE:FREQ=WEEKLY;COUNT=3
EXDATE;TZID=Depot:20240113T030000
END:VEVENT
BEGIN:VEVENT
UID:5
SUMMARY:Nowhere
DTSTART;TZID=Mars/Phobos:20240106T030000
END:VEVENT
BEGIN:VEVENT
UID:6
STATUS:CANCELLED
DTSTART:20240106T030000Z
END:VEVENT
BEGIN:VTODO
UID:7
END:VTODO
BEGIN:VEVENT
UID:8
DTSTART:20240106T030000Z
DTEND:20240105T030000Z
END:VEVENT
BEGIN:VEVENT
UID:9
DTSTART;TZID=Eastern Standard Time:20240310T023000
END:VEVENT
END:VCALENDAR
"""


def read(folder: Path, data: bytes | str, name: str = "events.ics") -> Reading:
    source = exhibit(folder, name, data)
    assert icalendar_events.recognizes(source, NEW_YORK)
    reading = icalendar_events.read(source, NEW_YORK)
    assert conserved(reading)
    return reading


def test_a_calendar(tmp_path: Path) -> None:
    reading = read(tmp_path, CALENDAR)
    assert told(reading.rows) == (
        "line 3: not a record: a VTIMEZONE, not an event\n"
        "line 12: events: uid 1, starts_at 2024-07-01T16:00:00+00:00, ends_at 2024-07-01T17:30:00+00:00, "
        "day 2024-07-01, title Dedication of the bridge, with a long title, place Millbrook, north bank, "
        "organizer Office of Events, categories official, outdoor, press, "
        "created_at 2024-06-01T08:00:00+00:00, modified_at 2024-07-02T08:00:00+00:00\n"
        "line 29: events: uid 2, starts_at 2024-01-01T17:00:00+00:00, ends_at 2024-01-01T18:30:00+00:00, "
        "day 2024-01-01, title Floating time\n"
        "line 35: events: uid 3, starts_at 2024-01-05T05:00:00+00:00, ends_at 2024-01-06T05:00:00+00:00, "
        "day 2024-01-05, title All day\n"
        "line 40: events: uid 4, starts_at 2024-01-06T00:00:00+00:00, day 2024-01-05, title Weekly\n"
        "line 44: not a record: recurring: first occurrence only\n"
        "line 47: set aside: expected a time zone for DTSTART that the calendar or the IANA data base defines"
        "; found 'Mars/Phobos'\n"
        "line 52: not a record: a canceled event\n"
        "line 57: not a record: a VTODO, not an event\n"
        "line 60: set aside: expected an end not before the start; "
        "found 2024-01-06 03:00:00+00:00 to 2024-01-05 03:00:00+00:00\n"
        "line 65: events: uid 9, starts_at 2024-03-10T07:30:00+00:00, day 2024-03-10"
    )
    assert [(c.name, c.filled, c.sample) for c in reading.unread] == [
        ("DESCRIPTION", 1, "Bring the scissors"),
        ("EXDATE", 1, "20240113T030000"),
        ("TRIGGER", 1, "-PT15M"),
    ]


def test_a_zone_of_one_calendar_is_unknown_in_the_next(tmp_path: Path) -> None:
    event = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;TZID=Depot:20240106T030000\nEND:VEVENT\nEND:VCALENDAR\n"
    assert len(records(read(tmp_path, CALENDAR))) == 5
    assert [row.found for row in set_aside(read(tmp_path, event))] == ["'Depot'"]


def test_one_bad_event_costs_one_event(tmp_path: Path) -> None:
    good = "BEGIN:VEVENT\nUID:{}\nDTSTART:20240106T030000Z\nEND:VEVENT\n"
    reading = read(
        tmp_path,
        "BEGIN:VCALENDAR\n"
        + good.format("a")
        + "BEGIN:VEVENT\nDTSTART;;X:20240106\nEND:VEVENT\n"
        + "BEGIN:VEVENT\nUID:no end\nDTSTART:20240106T030000Z\n"
        + good.format("b")
        + "UID:no begin\nEND:VEVENT\n"
        + "BEGIN:VEVENT\nDTSTART:99990106T030000Z\nEND:VEVENT\n"
        + "BEGIN:VEVENT\nDTSTART:20240106T030000Z\nDTSTART:20240107T030000Z\nEND:VEVENT\n"
        + good.format("c"),
    )
    assert [row.values["uid"] for row in records(reading)] == ["a", "b", "c"]
    assert [(row.at.line, row.expected) for row in set_aside(reading)] == [
        (6, "a line as RFC 5545 writes it"),
        (9, "END:VEVENT"),
        (18, "a year from 1900 to 2100 in DTSTART"),
        (21, "DTSTART once"),
        (17, "a BEGIN line before this END line"),
        (30, "END:VCALENDAR at the end of the calendar"),
    ]


def test_an_event_in_another_encoding_is_set_aside(tmp_path: Path) -> None:
    event = "BEGIN:VEVENT\nUID:{}\nDTSTART:20240106T030000Z\nSUMMARY:Café\nEND:VEVENT\n"
    data = b"BEGIN:VCALENDAR\n" + event.format(1).encode() + event.format(2).encode("cp1252")
    reading = read(tmp_path, data + b"END:VCALENDAR\n")
    assert [row.values["title"] for row in records(reading)] == ["Café"]
    assert [row.found for row in set_aside(reading)] == ["bytes of another encoding or NUL"]


@pytest.mark.parametrize(
    "name", ["america_new_york", "issue_218_bad_tzid", "timezoned", "multiple_calendar_components"]
)
def test_shared_calendars_lose_no_event(shared: Path, name: str) -> None:
    source = shared_exhibit(shared / "data" / "calendars" / f"{name}.ics")
    reading = icalendar_events.read(source, NEW_YORK)
    begun = source.path.read_text("utf-8").count("BEGIN:VEVENT")
    assert conserved(reading)
    assert len(records(reading)) == begun


def test_every_shared_calendar_as_recorded(shared: Path, root: Path) -> None:
    found = ""
    for path in sorted((shared / "data" / "calendars").glob("*.ics")):
        source = shared_exhibit(path)
        assert icalendar_events.recognizes(source, NEW_YORK)
        reading = icalendar_events.read(source, NEW_YORK)
        assert conserved(reading)
        found += f"== {path.name}\n{told(reading.rows)}\n"
    found = re.sub("found 'Content line .*", "found (what the library says)", found)
    assert found == (root / "tests" / "intake" / "golden" / "calendars.txt").read_text("utf-8")


def test_another_file_is_refused(tmp_path: Path) -> None:
    source = exhibit(tmp_path, "x.ics", "Dear all,\n")
    assert not icalendar_events.recognizes(source, NEW_YORK)
    with pytest.raises(InputRefusedError, match="a calendar"):
        icalendar_events.read(source, NEW_YORK)


@given(st.lists(st.sampled_from([*set(CALENDAR.splitlines()), "", " x", "\t", "begin : vevent "])))
def test_rows_are_counted_as_the_pieces_are_cut(lines: list[str]) -> None:
    text = "\n".join(lines)
    pieces = cut(text)
    rows = (
        len(pieces.components) + sum(len(c.recurrences) for c in pieces.components) + len(pieces.stray_ends)
    )
    assert count_rows(text) == rows + (1 if pieces.unclosed_calendars else 0)


@settings(deadline=None)
@given(corruptions(CALENDAR.encode()))
def test_a_corrupted_calendar_loses_no_event(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = exhibit(Path(folder), "events.ics", data)
        icalendar_events.recognizes(source, NEW_YORK)
        with suppress(InputRefusedError):
            assert conserved(icalendar_events.read(source, NEW_YORK))
