"""One vehicle on one local day: what its log, its device, tolls, fuel and calendar say, on one axis of time.

The values that text, JSON and drawing are made from; `vehicle_day_read` makes them, and decides nothing.
Times are whole seconds since 1970 in UTC; bounds are those of the movements: the earliest and the latest that
a start or an end can have been.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

LANES = ("log", "tracker", "toll", "fuel", "parking", "calendar", "in force")
"""The lanes of a day, from top to bottom; each row stands in one."""


@dataclass(frozen=True)
class Bounds:
    """A moment as far as it is known: the earliest, the most likely and the latest second."""

    lo: int
    at: int
    hi: int


@dataclass(frozen=True)
class Link:
    """A link of a row to a row of another lane: the other's id, how, a score up to 100, and why in words."""

    row_id: str
    relation: str
    score: int
    reason: str


@dataclass(frozen=True)
class Row:
    """One thing of the day.

    ``start`` and ``end`` are None where not on record; a toll or a fill has only a start, and a row with
    neither is of the day as a whole. ``number`` counts the movements of the day from 1. ``unlinked`` says why
    nothing is linked, and is empty where something is. Positions are millionths of a degree.
    """

    row_id: str
    lane: str
    kind: str
    words: str
    detail: str
    start: Bounds | None
    end: Bounds | None
    sources: tuple[str, ...]
    unlinked: str = ""
    number: int | None = None
    metres: int | None = None
    lat_e6: int | None = None
    lon_e6: int | None = None
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Point:
    """One position on a path: second, and millionths of a degree."""

    at: int
    lat_e6: int
    lon_e6: int


@dataclass(frozen=True)
class Path:
    """The way of one movement: the positions of its fixes, or of an unobserved one its two ends."""

    row_id: str
    number: int
    kind: str
    logged: bool
    points: tuple[Point, ...]


@dataclass(frozen=True)
class NamedPlace:
    """A place of the register with its position; ``touched`` where a movement of the day ends there."""

    name: str
    kind: str
    lat_e6: int
    lon_e6: int
    radius_m: int | None
    touched: bool


@dataclass(frozen=True)
class VehicleDay:
    """One vehicle on one day of the book's zone, from ``first`` up to ``last`` (seconds).

    ``watched`` are the spans in which its device reported, ``silences`` the rest of the day. A day on which
    the clock changes has 23 or 25 hours.
    """

    vehicle: str
    vehicle_key: str
    day: date
    zone: ZoneInfo
    first: int
    last: int
    rows: tuple[Row, ...]
    watched: tuple[tuple[int, int], ...]
    silences: tuple[tuple[int, int], ...]
    paths: tuple[Path, ...]
    places: tuple[NamedPlace, ...]

    @property
    def hours(self) -> float:
        """The length of the day in hours."""
        return (self.last - self.first) / 3600


def vehicle_key(text: str) -> str:
    """A vehicle as movements key it: letters and digits in capitals."""
    return re.sub(r"[^A-Za-z0-9]", "", text).upper()


def day_seconds(day: date, zone: ZoneInfo) -> tuple[int, int]:
    """The first second of a local day and the first of the next."""

    def midnight(of: date) -> int:
        return int(datetime(of.year, of.month, of.day, tzinfo=zone).timestamp())

    return midnight(day), midnight(day + timedelta(days=1))
