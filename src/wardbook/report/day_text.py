"""A vehicle-day as text: its sum in a line, an axis of block characters, and a line for each thing in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wardbook.report.day_times import local, stretch_words, time_words
from wardbook.report.vehicle_day import LANES, Link, Row, VehicleDay
from wardbook.report.wording import plural

SLOT_S = 1_200
"""Seconds that one character of the axis stands for."""

SURE, BOUND, WATCHED, MARK, UNSEEN = "█", "░", "·", "▲", "╌"
"""What the axis is made of: surely under way, within the bounds, watched, a moment, moved unobserved."""

_GUTTER = 10
_ALWAYS = ("log", "tracker")


@dataclass(frozen=True)
class AxisLine:
    """One line of the axis: the lane it is of, and its text."""

    lane: str
    text: str


def headline(day: VehicleDay) -> str:
    """Vehicle, day, zone, and how many of each kind; a day of another length than 24 hours says so."""
    weekday = f"{day.day:%A} {day.day.isoformat()}"
    odd = "" if day.hours == 24 else f", a day of {day.hours:g} hours: the clock changes"
    return f"{day.vehicle}, {weekday} ({day.zone.key}{odd}): {counts(day)}"


def counts(day: VehicleDay) -> str:
    """How many things of each kind the day has, and how many movements no log entry has."""
    moved = [row for row in day.rows if row.lane == "tracker"]
    unlogged = sum(1 for row in moved if row.unlinked)
    parts = [plural(len(moved), "movement") + (f" ({unlogged:,d} not logged)" if unlogged else "")]
    names = {
        "log": ("log entry", "log entries"),
        "toll": ("toll", "tolls"),
        "fuel": ("purchase of fuel", "purchases of fuel"),
        "parking": ("parking", "parkings"),
        "calendar": ("event", "events"),
    }
    for lane, words in names.items():
        number = sum(1 for row in day.rows if row.lane == lane)
        if number:
            parts.append(plural(number, *words))
    return ", ".join(parts)


# ---------------------------------------------------------------- the axis


def axis_lines(day: VehicleDay) -> tuple[AxisLine, ...]:
    """The axis: hours, then a line for each lane that has something; 20 minutes a character."""
    slots = -(-(day.last - day.first) // SLOT_S)
    lines = [AxisLine("", " " * _GUTTER + _hours(day, slots))]
    for lane in LANES:
        rows = [row for row in day.rows if row.lane == lane]
        if rows or lane in _ALWAYS:
            lines.append(AxisLine(lane, lane.capitalize().ljust(_GUTTER) + _lane(day, lane, rows, slots)))
    return tuple(lines)


def _hours(day: VehicleDay, slots: int) -> str:
    """The hours of the local clock, every third hour of the day that passes."""
    cells = [" "] * (slots + 2)
    for second in range(day.first, day.last, 3 * 3600):
        at = (second - day.first) // SLOT_S
        cells[at : at + 2] = f"{local(day, second):%H}"
    return "".join(cells).rstrip()


def _lane(day: VehicleDay, lane: str, rows: Iterable[Row], slots: int) -> str:
    cells = [" "] * slots
    if lane == "tracker":
        for lo, hi in day.watched:
            _fill(cells, day, lo, hi, WATCHED)
    for row in rows:
        if row.start is None or row.end is None:
            moment = row.start or row.end
            if moment is not None:
                _fill(cells, day, moment.lo, moment.lo, MARK)
        elif row.kind == "unobserved":
            _fill(cells, day, row.start.lo, row.end.hi, UNSEEN)
        else:
            _fill(cells, day, row.start.lo, row.end.hi, BOUND)
            _fill(cells, day, row.start.hi, row.end.lo, SURE)
    return "".join(cells).rstrip()


def _fill(cells: list[str], day: VehicleDay, first: int, last: int, sign: str) -> None:
    """Mark the slots that a span touches, if it touches the day."""
    if first >= day.last or last < day.first or last < first:
        return
    low = max(first - day.first, 0) // SLOT_S
    high = min(max(last - day.first, 0) // SLOT_S, len(cells) - 1)
    cells[low : high + 1] = sign * (high - low + 1)


# ---------------------------------------------------------------- the lines


def row_title(row: Row) -> str:
    """What a row is: ``movement 2: Town Hall to Mayor's House``."""
    if row.kind == "unobserved":
        return f"movement {row.number} (not observed): {row.words}"
    return f"movement {row.number}: {row.words}" if row.number is not None else f"{row.kind}: {row.words}"


def link_words(day: VehicleDay, link: Link) -> str:
    """One link in words: to what, how, score and reason."""
    other = next((row for row in day.rows if row.row_id == link.row_id), None)
    if other is None:
        name = f"{link.row_id} (not of this vehicle and day)"
    elif other.number is not None:
        name = f"movement {other.number}"
    else:
        name = f"{other.kind} “{other.words}”"
    return f"{name}: {link.relation}, score {link.score} ({link.reason})"


def unlinked_words(row: Row) -> str:
    """Why a row has no link, or of a movement why no log entry has it; empty where it has."""
    if not row.unlinked:
        return ""
    return f"{'not logged' if row.lane == 'tracker' else 'not linked'}: {row.unlinked}"


def day_lines(day: VehicleDay) -> Iterator[str]:
    """Each thing of the day in order of time with its bounds, then its links or why it has none."""
    for row in day.rows:
        yield f"{time_words(day, row)}  {row_title(row)}" + (f"; {row.detail}" if row.detail else "")
        for link in row.links:
            yield f"    {link_words(day, link)}"
        if row.unlinked:
            yield f"    {unlinked_words(row)}"
    yield silence_words(day)


def silence_words(day: VehicleDay) -> str:
    """When the device of the vehicle did not report."""
    if not day.silences:
        return "The device reported throughout."
    spans = ", ".join(stretch_words(day, *span) for span in day.silences)
    return f"The device did not report: {spans}."
