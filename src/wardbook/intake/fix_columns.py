"""Fixes gathered by track and local day while a reader goes through its file.

A reader adds each fix, sets aside what is none, and asks at the end for rows and tracks. Here are the traps
that only a whole file shows: a clock that fell back 1,024 weeks in the midst of a track.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import PurePosixPath
from typing import NamedTuple
from zoneinfo import ZoneInfo

from wardbook.errors import InputRefusedError
from wardbook.intake.cells import BadCellError
from wardbook.intake.grid import displayable
from wardbook.intake.positions import Whereabouts, read_degrees, zone_position
from wardbook.intake.reader import Exhibit
from wardbook.records.source import (
    NOTHING,
    Fixes,
    NotARecord,
    Place,
    Reading,
    Row,
    SetAside,
    UnreadColumn,
)

RAW_LENGTH = 500
"""Characters of a row that the book repeats; the exhibit keeps it whole."""

_QUARTER_HOUR_US = 900_000_000
_ROLLOVER = timedelta(weeks=1024)
_DAY_IN_NAME = re.compile(
    r"[-_ .(]*(?:19|20)[0-9]{2}[-_.]?(?:0[1-9]|1[0-2])(?:[-_.]?(?:0[1-9]|[12][0-9]|3[01]))?(?![0-9]).*"
)


class Track(NamedTuple):
    """Which track a fix belongs to: vehicle, the track's own key in its source, and number in the file."""

    vehicle: str | None
    key: str | None = None
    number: int = 0


@dataclass
class _Gathered:
    lines: array[int] = field(default_factory=lambda: array("q"))
    raws: list[str] = field(default_factory=list)
    at: array[int] = field(default_factory=lambda: array("q"))
    lat: array[int] = field(default_factory=lambda: array("q"))
    lon: array[int] = field(default_factory=lambda: array("q"))
    more: list[array[int]] = field(default_factory=list)


def vehicle_in_name(exhibit: Exhibit) -> str | None:
    """The vehicle a file is named after: its name up to its suffix, or to a date in it."""
    name = PurePosixPath(exhibit.name).name
    stem = name.removesuffix(".gz").rsplit(".", 1)[0]
    return _DAY_IN_NAME.sub("", stem).strip() or None


def cut(raw: str) -> str:
    """The text of a row as the book repeats it."""
    return displayable(raw if len(raw) <= RAW_LENGTH else raw[:RAW_LENGTH] + "…")


def agree(where: str, held: int, read: int) -> int:
    """The number of rows held, or a refusal if reading the file gave another number of them."""
    if held != read:
        raise InputRefusedError(
            where,
            "as many positions by reading the file as by counting them",
            f"{read} and {held}",
            "Some lie where none belong, as within one another: save the file again from a mapping program.",
        )
    return held


class FixColumns:
    """Gathers the fixes of one file; ``more`` names the further columns of ``fixes`` a reader fills."""

    def __init__(self, zone: ZoneInfo, more: Sequence[str] = ()) -> None:
        self._zone = zone
        self._more = tuple(more)
        self._whereabouts = Whereabouts(zone_position(zone))
        self._tracks: dict[tuple[Track, date | None], _Gathered] = {}
        self._days: dict[int, date] = {}
        self._last_track: Track | None = None
        self._last_day: date | None = None
        self._last = _Gathered()
        self.rows: list[Row] = []

    def position(self, lat: str, lon: str) -> tuple[int, int]:
        """Latitude and longitude in decimal degrees as millionths, checked. Raises `BadCellError`."""
        place = read_degrees(lat), read_degrees(lon)
        self._whereabouts.check(*place)
        return place

    def check(self, lat: int, lon: int) -> None:
        """Refuse a position in millionths that no vehicle was at. Raises `BadCellError`."""
        self._whereabouts.check(lat, lon)

    def add(
        self,
        track: Track,
        line: int,
        raw: str,
        at: int | None,
        lat: int,
        lon: int,
        more: Sequence[int | None] = (),
    ) -> None:
        """Add a fix. ``at`` is microseconds since 1970, None where the source has no times."""
        if at is None:
            day = None
        else:
            quarter = at // _QUARTER_HOUR_US
            day = self._days.get(quarter) or self._day(quarter)
        if track is self._last_track and day is self._last_day:
            gathered = self._last
        else:
            gathered = self._gathered(track, day)
        gathered.lines.append(line)
        gathered.raws.append(raw)
        gathered.at.append(NOTHING if at is None else at)
        gathered.lat.append(lat)
        gathered.lon.append(lon)
        for column, cell in zip(gathered.more, more, strict=True):
            column.append(NOTHING if cell is None else cell)

    def _gathered(self, track: Track, day: date | None) -> _Gathered:
        gathered = self._tracks.get((track, day))
        if gathered is None:
            gathered = self._tracks[track, day] = _Gathered(more=[array("q") for _ in self._more])
        self._last_track, self._last_day, self._last = track, day, gathered
        return gathered

    def _day(self, quarter: int) -> date:
        moment = datetime.fromtimestamp(quarter * 900, UTC)
        day = self._days[quarter] = moment.astimezone(self._zone).date()
        return day

    def set_aside(self, line: int, raw: str, bad: BadCellError) -> None:
        """Set a row aside that should be a fix."""
        self.rows.append(SetAside(Place(None, line), cut(raw), bad.expected, bad.found, bad.advice))

    def leave(self, line: int, raw: str, why: str) -> None:
        """Leave a row that is no fix by design."""
        self.rows.append(NotARecord(Place(None, line), cut(raw), why))

    def reading(self, held: int, unread: Sequence[UnreadColumn] = ()) -> Reading:
        """All rows, in order of their lines, and the tracks."""
        fallen = self._fallen_back()
        for key in fallen:
            self._set_track_aside(self._tracks.pop(key), key[1])
        rows = sorted(self.rows, key=lambda row: row.at.line or 0)
        return Reading(tuple(rows), held, tuple(unread), tuple(self._fixes()))

    def _fallen_back(self) -> list[tuple[Track, date | None]]:
        """Tracks whose day is that of another of the vehicle, less 1,024 weeks."""
        days = {(track.vehicle, day) for track, day in self._tracks if day is not None}
        return [
            (track, day)
            for track, day in self._tracks
            if day is not None
            and any((track.vehicle, day + _ROLLOVER + timedelta(days=d)) in days for d in (-1, 0, 1))
        ]

    def _set_track_aside(self, fallen: _Gathered, day: date | None) -> None:
        bad = BadCellError(
            "a day near those of the fixes beside it",
            f"{day}, which is 1,024 weeks before them",
            "A receiver whose count of weeks ran over wrote it; add 1,024 weeks at the source, if sure.",
        )
        for line, raw in zip(fallen.lines, fallen.raws, strict=True):
            self.set_aside(line, raw, bad)

    def _fixes(self) -> list[Fixes]:
        return [
            Fixes(
                {"source_key": track.key, "day": day, "vehicle": track.vehicle},
                one.lines,
                one.raws,
                {
                    "at": one.at,
                    "lat_e6": one.lat,
                    "lon_e6": one.lon,
                    **dict(zip(self._more, one.more, strict=True)),
                },
            )
            for (track, day), one in self._tracks.items()
        ]


class Unread:
    """Counts what a reader saw and did not use: name, how often it was filled, and the first value."""

    def __init__(self) -> None:
        self._filled: dict[str, int] = {}
        self._sample: dict[str, str] = {}

    def see(self, name: str, value: str) -> None:
        """Note a value that no one reads; an empty one counts as a name only."""
        self._filled[name] = self._filled.get(name, 0) + bool(value)
        if value and name not in self._sample:
            self._sample[name] = displayable(" ".join(value.split())[:80])

    def columns(self) -> tuple[UnreadColumn, ...]:
        """The columns, by name."""
        return tuple(
            UnreadColumn(displayable(name), filled, self._sample.get(name, ""))
            for name, filled in sorted(self._filled.items())
        )
