"""The adsb reader: positions of aircraft as JSON of readsb and tar1090.

Two forms. ``trace_full_<hex>.json``: one aircraft and day; ``timestamp`` plus the seconds of each point is
its time. ``aircraft.json`` (also ``history_n.json`` and the v2 form with ``ac``): all aircraft in view;
``now`` less ``seen_pos`` is the time of each. Altitudes are in feet or "ground", speeds in knots. The
vehicle is the registration where the file has it, else the 24-bit address. A row is a point or an aircraft;
its place is its number in the file. Source: readsb, README-json.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from wardbook.errors import InputRefusedError
from wardbook.intake.cells import BadCellError, shown
from wardbook.intake.fix_columns import FixColumns, Track, Unread, cut
from wardbook.intake.geojson_tracks import is_geojson
from wardbook.intake.json_text import json_head, member, take_json, text_of, written
from wardbook.intake.positions import (
    FOOT,
    check_moment,
    read_course,
    read_decimal,
    read_epoch,
    read_metres,
    read_speed,
)
from wardbook.intake.reader import Context, Exhibit, Reader
from wardbook.records.source import Reading

_MORE = ("speed_mm_s", "course_cdeg", "altitude_m")
_AIRCRAFT = re.compile(r'"(?:aircraft|ac)"\s*:\s*\[')
_POINT = ("seconds", "lat", "lon", "altitude", "ground speed", "track")
_POINT_REST = (
    "flags", "vertical rate", "aircraft", "type", "geometric altitude", "geometric rate",
    "indicated airspeed", "roll",
)  # fmt: skip
_AIRCRAFT_READ = frozenset({"hex", "r", "lat", "lon", "seen_pos", "alt_baro", "gs", "track"})


def _form(head: str) -> str | None:
    if not head.startswith("{"):
        return None
    if '"icao"' in head and '"trace"' in head and '"timestamp"' in head:
        return "trace"
    return "aircraft" if '"now"' in head and _AIRCRAFT.search(head) else None


def is_adsb(exhibit: Exhibit) -> bool:
    """Whether the exhibit begins like a trace or a list of aircraft."""
    return _form(json_head(exhibit)) is not None and not is_geojson(exhibit)


def recognizes(exhibit: Exhibit, _context: Context) -> bool:
    """Whether the exhibit begins like a trace or a list of aircraft."""
    return is_adsb(exhibit)


def read(exhibit: Exhibit, context: Context) -> Reading:
    """The positions of a file. Raises `InputRefusedError` for JSON that is damaged or of another form."""
    data = take_json(exhibit)
    adsb = _Adsb(exhibit.name, context)
    if isinstance(data, Mapping) and isinstance(data.get("trace"), list):
        return adsb.trace(data, data["trace"])
    aircraft = (data.get("aircraft") or data.get("ac")) if isinstance(data, Mapping) else None
    if isinstance(data, Mapping) and isinstance(aircraft, list):
        return adsb.aircraft(data, aircraft)
    raise InputRefusedError(
        exhibit.name,
        "a list trace, aircraft or ac of positions",
        "none, or an empty one",
        "Ask for the whole file.",
    )


READER = Reader(
    name="adsb",
    reads="positions of aircraft as JSON of readsb and tar1090: trace_full_*.json, aircraft.json",
    recognizes=recognizes,
    read=read,
)


class _Adsb:
    """Reads the points of one file, in order."""

    def __init__(self, where: str, context: Context) -> None:
        self._where = where
        self._fixes = FixColumns(context.zone, _MORE)
        self._unread = Unread()

    def trace(self, data: Mapping[str, Any], points: list[Any]) -> Reading:
        """One aircraft: its points, each with seconds after ``timestamp``."""
        start = self._start(data, "timestamp")
        track = Track(member(data, "r") or member(data, "icao").upper() or None, member(data, "icao") or None)
        for name, value in data.items():
            if name not in ("r", "icao", "timestamp", "trace"):
                self._unread.see(name, text_of(value))
        for number, point in enumerate(points, 1):
            try:
                self._point(track, number, point, start)
            except BadCellError as bad:
                self._fixes.set_aside(number, cut(written(point)), bad)
        if not points:
            raise InputRefusedError(
                self._where, "a trace with points", "an empty one", "Ask for the whole file."
            )
        return self._fixes.reading(len(data["trace"]), self._unread.columns())

    def _start(self, data: Mapping[str, Any], name: str) -> int:
        try:
            return read_epoch(member(data, name))
        except BadCellError as bad:
            raise InputRefusedError(f"{self._where}, {name}", bad.expected, bad.found, bad.advice) from bad

    def _point(self, track: Track, number: int, point: object, start: int) -> None:
        if not isinstance(point, list) or len(point) < 3 or any(p is None for p in point[:3]):
            raise BadCellError(
                "a point [seconds, lat, lon, ...]", shown(written(point)), "Correct it at the source."
            )
        seconds, lat, lon, height, speed, course = (text_of(p) for p in (*point, "", "", "")[:6])
        at = start + int((read_decimal(seconds, "seconds") * 1_000_000).to_integral_value())
        more = _movement(height, speed, course)
        raw = f"[{','.join(map(text_of, point[:8]))}]" if len(point) > 6 else written(point)
        place = self._fixes.position(lat, lon)
        self._fixes.add(track, number, cut(raw), check_moment(at, seconds), *place, more)
        for name, value in zip(_POINT_REST, point[6:], strict=False):
            if value is not None:
                self._unread.see(f"trace: {name}", text_of(value))

    def aircraft(self, data: Mapping[str, Any], aircraft: list[Any]) -> Reading:
        """All aircraft in view at ``now``."""
        now = self._start(data, "now")
        for number, one in enumerate(aircraft, 1):
            raw = cut(written(one))
            if isinstance(one, Mapping) and one.get("lat") is None and one.get("lon") is None:
                self._fixes.leave(number, raw, "an aircraft without a position")
                continue
            try:
                self._one(number, one, now, raw)
            except BadCellError as bad:
                self._fixes.set_aside(number, raw, bad)
        return self._fixes.reading(len(aircraft), self._unread.columns())

    def _one(self, number: int, one: object, now: int, raw: str) -> None:
        if not isinstance(one, Mapping):
            raise BadCellError("an aircraft {...}", shown(raw), "Correct it at the source.")
        age = read_decimal(member(one, "seen_pos") or "0", "seconds since the position")
        if not 0 <= age <= 86_400:
            raise BadCellError(
                "a position seen up to a day before", shown(str(age)), "Correct it at the source."
            )
        vehicle = member(one, "r") or member(one, "hex").upper() or None
        place = self._fixes.position(member(one, "lat"), member(one, "lon"))
        more = _movement(member(one, "alt_baro"), member(one, "gs"), member(one, "track"))
        at = now - int((age * 1_000_000).to_integral_value())
        self._fixes.add(Track(vehicle, member(one, "hex") or None), number, raw, at, *place, more)
        for name, value in one.items():
            if name not in _AIRCRAFT_READ:
                self._unread.see(name, text_of(value))


def _movement(height: str, speed: str, course: str) -> tuple[int | None, int | None, int | None]:
    """Speed from knots, course, and altitude from feet; "ground" is no altitude."""
    return (
        read_speed(speed, "kn") if speed else None,
        read_course(course) if course else None,
        read_metres(height, FOOT) if height and height != "ground" else None,
    )
