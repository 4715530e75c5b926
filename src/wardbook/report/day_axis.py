"""A vehicle-day on an axis of time: lanes of bars and marks, measured here and only printed later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wardbook.report.day_labels import Box, DayLabel, width_of
from wardbook.report.day_text import row_title, unlinked_words
from wardbook.report.day_times import clock, local, stretch_words, time_words
from wardbook.report.vehicle_day import LANES, Row, VehicleDay

WIDTH = 960
LEFT, RIGHT = 78, 948
_TOP = 36
_ROW, _BAR, _PAD = 19, 11, 5
_MOST_ROWS = 7
_LONGEST = 34
_ALWAYS = ("log", "tracker", "toll", "fuel", "calendar")


@dataclass(frozen=True)
class Bar:
    """A rectangle with a style class and a title."""

    x: float
    y: float
    width: float
    height: float
    style: str
    title: str


@dataclass(frozen=True)
class Mark:
    """A moment: its shape as SVG path text, a style class and a title."""

    path: str
    style: str
    title: str


@dataclass(frozen=True)
class LaneBand:
    """One lane: its name and where it lies."""

    name: str
    top: float
    height: float


@dataclass(frozen=True)
class Tick:
    """An hour of the axis; ``text`` is empty for those without a number."""

    x: float
    text: str


@dataclass(frozen=True)
class Join:
    """A link between two rows, as SVG path text."""

    path: str
    title: str


@dataclass(frozen=True)
class DayAxis:
    """The axis, ready to print. ``change`` is the place and the words of a change of the clock."""

    height: float
    lanes: tuple[LaneBand, ...]
    ticks: tuple[Tick, ...]
    silences: tuple[Bar, ...]
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    joins: tuple[Join, ...]
    labels: tuple[DayLabel, ...]
    change: DayLabel | None
    without_label: int


@dataclass(frozen=True)
class _Placed:
    """A row on the axis: the span it fills, the line of its lane, and its text, if there is room."""

    row: Row
    left: float
    right: float
    line: int
    label: tuple[float, str] | None


def day_axis(day: VehicleDay) -> DayAxis:
    """Lay out a day: no text covers another; what finds no room keeps its bar and its title."""
    lanes: list[LaneBand] = []
    placed: dict[str, tuple[_Placed, float]] = {}
    top = float(_TOP)
    for lane in LANES:
        rows = [row for row in day.rows if row.lane == lane]
        if not rows and lane not in _ALWAYS:
            continue
        found = _placed(day, rows)
        height = max((item.line for item in found), default=0) * _ROW + _ROW + 2 * _PAD
        lanes.append(LaneBand(lane.capitalize(), top, height))
        for item in found:
            placed[item.row.row_id] = (item, top + _PAD + item.line * _ROW)
        top += height
    everything = list(placed.values())
    tracker = next(band for band in lanes if band.name == "Tracker")
    return DayAxis(
        height=top + 4,
        lanes=tuple(lanes),
        ticks=tuple(_ticks(day)),
        silences=tuple(_silences(day, tracker)),
        bars=tuple(bar for item, y in everything for bar in _bars(day, item, y)),
        marks=tuple(mark for item, y in everything for mark in _marks(day, item, y)),
        joins=tuple(_joins(placed)),
        labels=tuple(label for item, y in everything for label in _label(item, y)),
        change=_change(day),
        without_label=sum(1 for item, _ in everything if item.label is None),
    )


def x_of(day: VehicleDay, second: int) -> float:
    """Where a second stands; before and after the day at its ends."""
    share = (min(max(second, day.first), day.last) - day.first) / (day.last - day.first)
    return LEFT + share * (RIGHT - LEFT)


# ---------------------------------------------------------------- placing


def _placed(day: VehicleDay, rows: Sequence[Row]) -> list[_Placed]:
    """Each row in the first line of the lane where its bar and text cover nothing."""
    lines: list[list[Box]] = []
    found = []
    for row in sorted(rows, key=lambda row: (_span(day, row)[0], row.row_id)):
        left, right = _span(day, row)
        choices = [*_texts(row, left, right), None]
        found.append(_seated(lines, row, left, right, choices))
    return found


def _seated(
    lines: list[list[Box]],
    row: Row,
    left: float,
    right: float,
    choices: Sequence[tuple[float, str] | None],
) -> _Placed:
    for choice in choices:
        box = _box(left, right, choice)
        for number in range(min(len(lines) + 1, _MOST_ROWS)):
            if number == len(lines):
                lines.append([])
            if not any(box.covers(other) for other in lines[number]):
                lines[number].append(box)
                return _Placed(row, left, right, number, choice)
    lines[-1].append(_box(left, right, None))
    return _Placed(row, left, right, len(lines) - 1, None)


def _box(left: float, right: float, text: tuple[float, str] | None) -> Box:
    if text is None:
        return Box(left - 2, 0, right + 2, 1)
    return Box(min(left, text[0]) - 3, 0, max(right, text[0] + width_of(text[1])) + 3, 1)


def _span(day: VehicleDay, row: Row) -> tuple[float, float]:
    """The pixels a row fills, at least as wide as can be seen."""
    first = row.start or row.end
    last = row.end or row.start
    if first is None or last is None:
        return LEFT, RIGHT
    left, right = x_of(day, first.lo), x_of(day, max(last.hi, first.lo))
    if row.start is None or row.end is None:
        return left - 5, left + 5
    return left, max(right, left + 2)


def _texts(row: Row, left: float, right: float) -> Iterator[tuple[float, str]]:
    """The words beside a bar: to its right, to its left, or on it."""
    text = _words(row)
    wide = width_of(text)
    if right + 4 + wide <= RIGHT:
        yield right + 4, text
    elif left - 4 - wide >= LEFT:
        yield left - 4 - wide, text
    if right - left >= wide + 8:
        yield left + 4, text


def _words(row: Row) -> str:
    if row.number is not None:
        return f"{row.number} not logged" if row.unlinked else str(row.number)
    text = row.words if len(row.words) <= _LONGEST else row.words[: _LONGEST - 1].rstrip() + "…"
    return f"{text} (no time written)" if row.start is None and row.end is None else text


# ---------------------------------------------------------------- shapes


def _title(day: VehicleDay, row: Row) -> str:
    parts = (f"{time_words(day, row)}: {row_title(row)}", row.detail, unlinked_words(row))
    return "; ".join(part for part in parts if part)


def _bars(day: VehicleDay, item: _Placed, y: float) -> Iterator[Bar]:
    row, title = item.row, _title(day, item.row)
    style = row.lane.replace(" ", "-") + (" loose" if row.unlinked else "")
    if row.start is None and row.end is None:
        yield _bar(LEFT + 1, RIGHT - 1, y, f"{style} whole", title)
    elif row.start is None or row.end is None:
        return
    elif row.kind == "unobserved":
        yield _bar(item.left, item.right, y, f"{style} unobserved", title)
    else:
        if row.lane == "tracker":
            yield _bar(item.left, item.right, y, f"{style} bounds", title)
        if row.start.hi <= row.end.lo:
            left, right = x_of(day, row.start.hi), x_of(day, row.end.lo)
            yield _bar(left, max(right, left + 1), y, f"{style} sure", title)


def _bar(left: float, right: float, y: float, style: str, title: str) -> Bar:
    return Bar(round(left, 1), y, round(right - left, 1), _BAR, style, title)


def _marks(day: VehicleDay, item: _Placed, y: float) -> Iterator[Mark]:
    row = item.row
    if (row.start is None) == (row.end is None):
        return
    style = row.lane.replace(" ", "-") + (" loose" if row.unlinked else "")
    yield Mark(mark_path((item.left + item.right) / 2, y + _BAR / 2, row.lane), style, _title(day, row))


def mark_path(x: float, y: float, lane: str) -> str:
    """The shape of a moment around a point: a triangle for a toll, a diamond for fuel, else a post."""
    if lane == "toll":
        return f"M{x:.1f} {y - 5:.1f}l5 10h-10z"
    if lane == "fuel":
        return f"M{x:.1f} {y - 6:.1f}l5 6l-5 6l-5 -6z"
    return f"M{x - 1.5:.1f} {y - 5.5:.1f}h3v11h-3z"


def _label(item: _Placed, y: float) -> Iterator[DayLabel]:
    if item.label is not None:
        x, text = item.label
        yield DayLabel(round(x, 1), round(y + _BAR - 1.5, 1), "start", text, "words")


def _silences(day: VehicleDay, tracker: LaneBand) -> Iterator[Bar]:
    for first, last in day.silences:
        left, right = x_of(day, first), x_of(day, last)
        title = f"{stretch_words(day, first, last)}: the device did not report"
        yield Bar(round(left, 1), tracker.top, round(right - left, 1), tracker.height, "silence", title)


def _joins(placed: dict[str, tuple[_Placed, float]]) -> Iterator[Join]:
    """A line from each movement to each row it is linked to."""
    for item, y in placed.values():
        if item.row.number is None:
            continue
        for link in item.row.links:
            if link.row_id in placed:
                other, other_y = placed[link.row_id]
                x1, x2 = _middle(item), _middle(other)
                above = other_y < y
                y1, y2 = (y, other_y + _BAR) if above else (y + _BAR, other_y)
                bend = (y1 + y2) / 2
                path = f"M{x1:.1f} {y1:g}C{x1:.1f} {bend:g} {x2:.1f} {bend:g} {x2:.1f} {y2:g}"
                words = f"{row_title(item.row)} and {row_title(other.row)}"
                yield Join(path, f"{words}: {link.relation}, score {link.score} ({link.reason})")


def _middle(item: _Placed) -> float:
    if item.row.start is None and item.row.end is None:
        return LEFT + 8
    return (item.left + item.right) / 2


# ---------------------------------------------------------------- hours


def _ticks(day: VehicleDay) -> Iterator[Tick]:
    """Every hour that passes; every third has the hour of the local clock, and the end of the day 24."""
    for number, second in enumerate(range(day.first, day.last, 3600)):
        text = f"{local(day, second):%H:%M}" if number % 3 == 0 else ""
        near_end = day.last - second < 2 * 3600
        yield Tick(round(x_of(day, second), 1), "" if near_end else text)
    yield Tick(RIGHT, "24:00")


def _change(day: VehicleDay) -> DayLabel | None:
    """Where the clock changes in the day, and how."""
    if day.hours == 24:
        return None
    low, high = day.first, day.last - 1
    before = local(day, low).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if local(day, middle).utcoffset() == before else (low, middle)
    way = "back" if day.hours > 24 else "forward"
    x = round(x_of(day, high), 1)
    return DayLabel(x, 11, "middle", f"clock put {way} to {clock(day, high)}", "change")
