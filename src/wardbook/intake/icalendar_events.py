"""The icalendar reader: calendars (RFC 5545) as events.

An event with a recurrence rule is kept as its first occurrence, and each rule stands among the rows that are
no record, "recurring: first occurrence only". Canceled events, to-dos, journals and time zones are no
records. Times without a zone are of the book's zone; where clocks skip or repeat an hour RFC 5545 (3.3.5)
says which instant is meant, so these are read and not set aside. A zone that neither the calendar nor the
IANA data base defines sets the event aside.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

from wardbook.errors import InputRefusedError
from wardbook.intake.cells import BadCellError, shown
from wardbook.intake.dates import FIRST_YEAR, LAST_YEAR
from wardbook.intake.grid import displayable, has_unsafe
from wardbook.intake.icalendar_text import Component, count_rows, cut
from wardbook.intake.reader import Context, Exhibit, Reader
from wardbook.intake.table_text import decode, load_bytes, plain_head
from wardbook.records.source import NotARecord, Place, Reading, Record, Row, SetAside, UnreadColumn, Value

RAW_LENGTH = 10_000

_STARTS = re.compile(rb"(?:\xef\xbb\xbf)?\s*BEGIN\s*:\s*VCALENDAR", re.IGNORECASE)
_EVENT = re.compile(rb"^BEGIN:(?:VEVENT|VCALENDAR)", re.IGNORECASE | re.MULTILINE)
_SUFFIXES = (".ics", ".ical", ".icalendar", ".ifb")
_USED = frozenset(
    {"UID", "DTSTART", "DTEND", "DURATION", "SUMMARY", "LOCATION", "ORGANIZER", "CATEGORIES", "CREATED"}
    | {"LAST-MODIFIED", "STATUS"}
)
_NOT_LISTED = frozenset({"BEGIN", "END", "RRULE", "RDATE"})
_PROPERTY = re.compile(r"([A-Za-z0-9-]+)(?:;[^:]*)?:(.*)", re.DOTALL)
_REPAIR = "Correct the event at the source, or enter it by hand in events.csv."


def recognizes(exhibit: Exhibit, _context: Context) -> bool:
    """Whether the file begins as a calendar, or is named as one and holds an event."""
    head = plain_head(exhibit).replace(b"\x00", b"")
    head = head.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    if _STARTS.match(head):
        return True
    name = exhibit.name.lower().removesuffix(".gz")
    return name.endswith(_SUFFIXES) and _EVENT.search(head) is not None


def read(exhibit: Exhibit, context: Context) -> Reading:
    """The events of a calendar, one row a component (and one a recurrence rule)."""
    text = decode(load_bytes(exhibit), None, exhibit.name)
    if not re.search(r"^BEGIN\s*:\s*V", text.removeprefix("\ufeff"), re.IGNORECASE | re.MULTILINE):
        raise InputRefusedError(
            exhibit.name,
            "a calendar (iCalendar, RFC 5545)",
            "no BEGIN line of a calendar or component",
            "Export the calendar again as .ics.",
        )
    text = text.removeprefix("\ufeff")
    pieces = cut(text)
    rows: list[Row] = []
    for component, event in zip(pieces.components, _parse(pieces.components), strict=True):
        row = _row(component, event, context.zone)
        why = (
            "recurring: first occurrence only"
            if isinstance(row, Record)
            else "a rule of an event not entered"
        )
        rows.append(row)
        rows.extend(
            NotARecord(Place(None, line.line), _raw(line.text), why) for line in component.recurrences
        )
    rows.extend(_stray(line.line, line.text) for line in pieces.stray_ends)
    if pieces.unclosed_calendars:
        rows.append(_unclosed(pieces.lines))
    return Reading(tuple(rows), count_rows(text), tuple(_unread(pieces.components)))


READER = Reader(
    name="icalendar", reads="calendars as .ics files (iCalendar, RFC 5545)", recognizes=recognizes, read=read
)


def _raw(text: str) -> str:
    text = displayable(text).replace("\r\n", "\n")
    return text if len(text) <= RAW_LENGTH else text[:RAW_LENGTH] + "…"


def _stray(line: int, text: str) -> SetAside:
    return SetAside(
        Place(None, line),
        _raw(text),
        "a BEGIN line before this END line",
        "none",
        "Look at the lines above it: an event there may have lost its first line.",
    )


def _unclosed(lines: int) -> SetAside:
    return SetAside(
        Place(None, lines + 1),
        "",
        "END:VCALENDAR at the end of the calendar",
        "the end of the file",
        "The file is cut short; events may be missing. Export the calendar again.",
    )


# ---------------------------------------------------------------- the library, one event or all at once


def _parse(components: Sequence[Component]) -> list[Any]:
    """The parsed event of each component, or the error it raised; None for what is no event."""
    zones = "".join(c.text for c in components if c.kind == "VTIMEZONE" and c.closed)
    events = [c for c in components if _is_whole_event(c)]
    parsed = _parse_all(zones, events)
    if parsed is None:
        zones = zones if isinstance(_parse_texts(zones, []), list) else ""
        parsed = [_parse_one(zones, event) for event in events]
    found = iter(parsed)
    return [next(found) if _is_whole_event(c) else None for c in components]


def _is_whole_event(component: Component) -> bool:
    return component.kind == "VEVENT" and component.closed and not has_unsafe(component.text)


def _parse_all(zones: str, events: Sequence[Component]) -> list[Any] | None:
    """All events in one go; None if the library does not give back as many as there are."""
    parsed = _parse_texts(zones, [event.text for event in events])
    return parsed if isinstance(parsed, list) and len(parsed) == len(events) else None


def _parse_one(zones: str, event: Component) -> Any:
    parsed = _parse_texts(zones, [event.text])
    if isinstance(parsed, list):
        return parsed[0] if len(parsed) == 1 else ValueError("lines that do not make one event")
    return parsed


def _parse_texts(zones: str, events: Iterable[str]) -> list[Any] | Exception:
    text = "BEGIN:VCALENDAR\r\n" + zones + "".join(events) + "END:VCALENDAR\r\n"
    # Forget the zones that other calendars defined under the same names.
    icalendar.use_zoneinfo()  # type: ignore[no-untyped-call]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            (calendar,) = icalendar.Calendar.from_ical(text, multiple=True)
        except Exception as error:  # noqa: BLE001  a broken calendar breaks the library in many ways
            return error
    return [part for part in calendar.subcomponents if part.name == "VEVENT"]


# ---------------------------------------------------------------- rows


def _row(component: Component, event: Any, zone: ZoneInfo) -> Row:
    at, raw = Place(None, component.line), _raw(component.text.rstrip("\r\n"))
    if component.kind != "VEVENT":
        return NotARecord(at, raw, f"a {component.kind}, not an event")
    try:
        if not component.closed:
            raise BadCellError("END:VEVENT", "the next component or the end of the file", _REPAIR)
        if event is None:
            raise BadCellError("text in one encoding", "bytes of another encoding or NUL", _REPAIR)
        if isinstance(event, Exception):
            raise BadCellError("an event as RFC 5545 writes it", shown(str(event), 200), _REPAIR)
        _check(event)
        if (_text(event, "STATUS") or "").upper() in ("CANCELLED", "CANCELED"):
            return NotARecord(at, raw, "a canceled event")
        return Record("events", at, raw, _values(event, zone))
    except BadCellError as bad:
        return SetAside(at, raw, bad.expected, bad.found, bad.advice)


def _check(event: Any) -> None:
    """Refuse an event in which the library found a fault in a line that is read, or cannot say in which."""
    for name, problem in event.errors:
        if name is None or name.upper() in _USED:
            raise BadCellError(f"a {name or 'line'} as RFC 5545 writes it", shown(str(problem), 200), _REPAIR)


def _values(event: Any, zone: ZoneInfo) -> Mapping[str, Value]:
    start = _when(event, "DTSTART")
    if start is None:
        raise BadCellError("DTSTART, the start of the event", "none", _REPAIR)
    starts_at = _instant(start, zone, "DTSTART")
    ends_at = _end(event, start, starts_at, zone)
    if ends_at is not None and ends_at < starts_at:
        raise BadCellError("an end not before the start", f"{starts_at} to {ends_at}", _REPAIR)
    return {
        "uid": _text(event, "UID"),
        "starts_at": starts_at,
        "ends_at": ends_at,
        "day": starts_at.astimezone(zone).date(),
        "title": _text(event, "SUMMARY"),
        "place": _text(event, "LOCATION"),
        "organizer": _organizer(event),
        "categories": _categories(event),
        "created_at": _stamp(event, "CREATED", zone),
        "modified_at": _stamp(event, "LAST-MODIFIED", zone),
    }


def _when(event: Any, name: str) -> date | datetime | None:
    """The date or time of a property, with its zone; a TZID that nobody defines is refused."""
    value = event.get(name)
    if value is None:
        return None
    if isinstance(value, list):
        raise BadCellError(f"{name} once", f"{name} {len(value)} times", _REPAIR)
    when = getattr(value, "dt", None)
    if not isinstance(when, date):
        raise BadCellError(f"{name} as a date or a time", shown(str(value)), _REPAIR)
    named = value.params.get("TZID")
    if isinstance(when, datetime) and when.tzinfo is None and named is not None:
        raise BadCellError(
            f"a time zone for {name} that the calendar or the IANA data base defines",
            shown(str(named)),
            "Export the calendar with its VTIMEZONE, or enter the event by hand in events.csv.",
        )
    return when


def _instant(when: date | datetime, zone: ZoneInfo, name: str) -> datetime:
    """The instant in UTC; a date is its first moment, and a time without zone local, of ``zone``."""
    if not isinstance(when, datetime):
        when = datetime.combine(when, time(0))
    if not FIRST_YEAR <= when.year <= LAST_YEAR:
        raise BadCellError(f"a year from {FIRST_YEAR} to {LAST_YEAR} in {name}", str(when), _REPAIR)
    return (when if when.tzinfo is not None else when.replace(tzinfo=zone)).astimezone(UTC)


def _end(event: Any, start: date | datetime, starts_at: datetime, zone: ZoneInfo) -> datetime | None:
    """The end: DTEND, or start and DURATION, or for whole days the next midnight; None if not on record.

    A whole-day event whose DTEND is its DTSTART, which RFC 5545 forbids and many programs write, is one day.
    """
    whole_day = not isinstance(start, datetime)
    end = _when(event, "DTEND")
    if end is not None and not (whole_day and end == start):
        return _instant(end, zone, "DTEND")
    duration = getattr(event.get("DURATION"), "dt", None)
    if isinstance(duration, timedelta) and end is None:
        if abs(duration) > timedelta(days=366):
            raise BadCellError("a DURATION of at most a year", str(duration), _REPAIR)
        return _instant(start + duration, zone, "DURATION") if whole_day else starts_at + duration
    return _instant(start + timedelta(days=1), zone, "DTSTART") if whole_day else None


def _stamp(event: Any, name: str, zone: ZoneInfo) -> datetime | None:
    when = _when(event, name)
    return None if when is None else _instant(when, zone, name)


def _text(event: Any, name: str) -> str | None:
    value = event.get(name)
    values = value if isinstance(value, list) else [value]
    return "; ".join(text for v in values if v is not None and (text := str(v).strip())) or None


def _organizer(event: Any) -> str | None:
    value = event.get("ORGANIZER")
    value = value[0] if isinstance(value, list) else value
    if value is None:
        return None
    name = str(getattr(value, "params", {}).get("CN", "")).strip()
    return name or re.sub(r"^mailto:", "", str(value), flags=re.IGNORECASE).strip() or None


def _categories(event: Any) -> str | None:
    value = event.get("CATEGORIES")
    values = value if isinstance(value, list) else [value]
    words = [str(word).strip() for v in values if v is not None for word in getattr(v, "cats", [v])]
    return ", ".join(word for word in words if word) or None


# ---------------------------------------------------------------- properties no one read


def _unread(components: Iterable[Component]) -> Iterable[UnreadColumn]:
    filled: Counter[str] = Counter()
    samples: dict[str, str] = {}
    for component in components:
        if component.kind != "VEVENT":
            continue
        seen = set()
        for line in component.lines:
            match = _PROPERTY.fullmatch(line.text)
            name = match[1].upper() if match else ""
            if match and name not in _USED | _NOT_LISTED and match[2].strip() and name not in seen:
                seen.add(name)
                filled[name] += 1
                samples.setdefault(name, displayable(match[2].strip())[:80])
    for name, count in sorted(filled.items()):
        yield UnreadColumn(name, count, samples[name])
