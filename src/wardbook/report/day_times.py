"""Moments of a vehicle-day as people read them: local time, with the zone's name where the clock changes."""

from __future__ import annotations

from datetime import UTC, datetime

from wardbook.report.vehicle_day import Bounds, Row, VehicleDay


def local(day: VehicleDay, second: int) -> datetime:
    """A moment in the zone of the book."""
    return datetime.fromtimestamp(second, UTC).astimezone(day.zone)


def clock(day: VehicleDay, second: int) -> str:
    """``07:51``; ``01:30 EDT`` on a day on which the clock changes; the date in front on another day."""
    moment = local(day, second)
    text = f"{moment:%H:%M}"
    if day.hours != 24:
        text += f" {moment:%Z}"
    return text if moment.date() == day.day else f"{moment:%Y-%m-%d} {text}"


def moment_words(day: VehicleDay, bounds: Bounds) -> str:
    """``07:51``, or ``07:51 (07:49 to 07:52)`` where its minute is not sure."""
    at, lo, hi = (clock(day, second) for second in (bounds.at, bounds.lo, bounds.hi))
    return at if lo == at == hi else f"{at} ({lo} to {hi})"


def time_words(day: VehicleDay, row: Row) -> str:
    """When a row was: both ends with their bounds, one of them, or only the day."""
    if row.start is not None and row.end is not None:
        return f"{moment_words(day, row.start)} – {moment_words(day, row.end)}"
    if row.start is not None:
        return f"from {clock(day, row.start.at)}" if _open(row) else moment_words(day, row.start)
    if row.end is not None:
        return f"until {clock(day, row.end.at)}"
    return "no time written"


def _open(row: Row) -> bool:
    """Whether the end of a row is not on record, where such a row has one."""
    return row.lane not in ("toll", "fuel")


def stretch_words(day: VehicleDay, first: int, last: int) -> str:
    """``00:00 – 06:45``: a span of the day; its end may be the end of the day."""
    return f"{clock(day, first)} – {'24:00' if last == day.last else clock(day, last)}"


def instant(day: VehicleDay, second: int) -> str:
    """A moment in ISO 8601 with its offset, as JSON has it."""
    return local(day, second).isoformat()
