"""The geojson reader: lines and timed points as GeoJSON (RFC 7946).

A row is a position; its place is its number in the file. A line has times where the feature's properties
list one for each position (``coordTimes``, ``times`` or ``timestamps``, also under ``coordinateProperties``);
a point has one where they say ``time`` or a like word. Times are ISO 8601, in UTC where they bear no offset,
or seconds or milliseconds since 1970. The vehicle is the property ``vehicle`` or a like word, else what the
file is named after. Points without a time are places, and corners of areas are no positions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wardbook.errors import InputRefusedError
from wardbook.intake.cells import BadCellError, shown
from wardbook.intake.fix_columns import FixColumns, Track, Unread, agree, cut, vehicle_in_name
from wardbook.intake.json_text import json_head, member, take_json, text_of, written
from wardbook.intake.positions import Clock, read_metres
from wardbook.intake.reader import Context, Exhibit, Reader
from wardbook.records.source import Reading

_KINDS = (
    "FeatureCollection", "Feature", "GeometryCollection", "Point", "MultiPoint", "LineString",
    "MultiLineString", "Polygon", "MultiPolygon",
)  # fmt: skip
_HEAD = re.compile(rf'\{{\s*(?:"type"\s*:\s*"(?:{"|".join(_KINDS)})"|"coordinates"\s*:)')
_FEATURE = re.compile(r'"type"\s*:\s*"Feature(?:Collection)?"')
_DEPTH = {
    "Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3,
}  # fmt: skip
_VEHICLE = ("vehicle", "device", "deviceName", "unit", "plate", "name")
_TIME = ("time", "timestamp", "datetime", "dateTime", "date_time", "fixTime", "at")
_TIMES = ("coordTimes", "times", "timestamps")
_CRS84 = re.compile(
    r"urn:ogc:def:crs:(?:OGC:[\d.]*:CRS84|EPSG:[\d.]*:4326)|EPSG:4326|OGC:CRS84", re.IGNORECASE
)


def is_geojson(exhibit: Exhibit) -> bool:
    """Whether the exhibit begins like an object of GeoJSON."""
    head = json_head(exhibit)
    return head.startswith("{") and (_HEAD.match(head) or _FEATURE.search(head)) is not None


def recognizes(exhibit: Exhibit, _context: Context) -> bool:
    """Whether the exhibit is GeoJSON."""
    return is_geojson(exhibit)


def read(exhibit: Exhibit, context: Context) -> Reading:
    """The positions of a GeoJSON file. Raises `InputRefusedError` for JSON that is damaged or no GeoJSON."""
    data = take_json(exhibit)
    geojson = _GeoJson(exhibit, context)
    geojson.check_reference(data)
    geojson.read(data)
    held = agree(exhibit.name, _positions(data), geojson.seen)
    if held == 0:
        raise InputRefusedError(exhibit.name, "positions", "none", "Ask for the track itself.")
    return geojson.fixes.reading(held, geojson.unread.columns())


READER = Reader(
    name="geojson",
    reads="lines and timed points as GeoJSON (RFC 7946)",
    recognizes=recognizes,
    read=read,
)


def _positions(value: object) -> int:
    """How many positions a value holds, counted without knowing what it means."""
    if isinstance(value, Mapping):
        return sum(
            _leaves(v)
            if k == "coordinates"
            else _positions(v)
            if k in ("features", "geometry", "geometries")
            else 0
            for k, v in value.items()
        )
    return sum(map(_positions, value)) if isinstance(value, list) else 0


def _leaves(value: object) -> int:
    if not isinstance(value, list) or not value or not isinstance(value[0], list):
        return 0 if value == [] or value is None else 1
    return sum(map(_leaves, value))


class _GeoJson:
    """Goes through the features of one file, in order."""

    def __init__(self, exhibit: Exhibit, context: Context) -> None:
        self.fixes = FixColumns(context.zone, ("altitude_m",))
        self.unread = Unread()
        self._where = exhibit.name
        self._clock = Clock(None)
        self._file_vehicle = vehicle_in_name(exhibit)
        self.seen = 0
        self._number = 0

    def check_reference(self, data: object) -> None:
        """Refuse positions of another reference system than WGS 84, which GeoJSON of 2008 allowed."""
        crs = data.get("crs") if isinstance(data, Mapping) else None
        if crs is None:
            return
        properties = crs.get("properties") if isinstance(crs, Mapping) else None
        name = member(properties, "name")
        if _CRS84.fullmatch(name) is None:
            raise InputRefusedError(
                self._where, "positions in WGS 84", f"the reference system {name or written(crs)[:80]}",
                "Convert it to WGS 84 (EPSG:4326) with a mapping program.",
            )  # fmt: skip

    def read(self, value: object) -> None:
        kind = member(value, "type")
        if (
            isinstance(value, Mapping)
            and kind == "FeatureCollection"
            and isinstance(value.get("features"), list)
        ):
            for feature in value["features"]:
                self._feature(feature)
        elif kind == "Feature":
            self._feature(value)
        else:
            self._geometry(value, {})

    def _feature(self, feature: object) -> None:
        if not isinstance(feature, Mapping):
            raise InputRefusedError(self._where, "features", shown(written(feature)), "Save the file again.")
        given = feature.get("properties")
        properties = given if isinstance(given, Mapping) else {}
        if feature.get("geometry") is not None:
            self._geometry(feature["geometry"], properties)
        for name, value in properties.items():
            if name not in (*_VEHICLE, *_TIME, *_TIMES, "coordinateProperties"):
                self.unread.see(name, text_of(value))

    def _geometry(self, geometry: object, properties: Mapping[str, Any]) -> None:
        kind = member(geometry, "type")
        if (
            isinstance(geometry, Mapping)
            and kind == "GeometryCollection"
            and isinstance(geometry.get("geometries"), list)
        ):
            for one in geometry["geometries"]:
                if member(one, "type") == "GeometryCollection":
                    raise InputRefusedError(
                        self._where, "geometries", "collections of collections", "Save the file again."
                    )
                self._geometry(one, {})
            return
        if not isinstance(geometry, Mapping) or kind not in _DEPTH:
            raise InputRefusedError(
                self._where, f"a geometry, one of {', '.join(_DEPTH)}", shown(kind), "Save the file again."
            )
        self._lines(kind, geometry.get("coordinates"), properties)

    def _lines(self, kind: str, coordinates: object, properties: Mapping[str, Any]) -> None:
        vehicle = member(properties, *_VEHICLE) or self._file_vehicle
        key = member(properties, "id", "name") or None
        times = _times(properties)
        for number, line in enumerate(_flat(coordinates, _DEPTH[kind] - 1)):
            spots = list(_flat(line, 1)) if _DEPTH[kind] else [line]
            if "Polygon" in kind:
                self._leave(spots, "a corner of an area")
            elif "Point" in kind:
                self._points(spots, Track(vehicle), member(properties, *_TIME))
            else:
                self._number += 1
                self._line(spots, Track(vehicle, key, self._number), _times_of(times, number, kind))

    def _leave(self, spots: Sequence[object], why: str) -> None:
        for spot in spots:
            self.seen += 1
            self.fixes.leave(self.seen, written(spot), why)

    def _points(self, spots: Sequence[object], track: Track, time: str) -> None:
        if not time:
            self._leave(spots, "a place without a time")
            return
        for spot in spots:
            self._add(track, spot, time)

    def _line(self, spots: Sequence[object], track: Track, times: Sequence[object] | None) -> None:
        if times is None:
            for spot in spots:
                self._add(track, spot, None)
        elif len(times) != len(spots):
            bad = BadCellError(
                "as many times as positions in a line",
                f"{len(times)} and {len(spots)}",
                "Which time belongs to which position is not known: ask for the track again.",
            )
            for spot in spots:
                self.seen += 1
                self.fixes.set_aside(self.seen, written(spot), bad)
        else:
            for spot, time in zip(spots, times, strict=True):
                self._add(track, spot, text_of(time))

    def _add(self, track: Track, spot: object, time: str | None) -> None:
        self.seen += 1
        try:
            if not isinstance(spot, list) or not 2 <= len(spot) <= 4 or any(map(_no_number, spot)):
                raise BadCellError(
                    "a position [longitude, latitude]", shown(written(spot)), "Correct it at the source."
                )
            lon, lat, *more = map(str, spot)
            place = self.fixes.position(lat, lon)
            at = None if time is None else self._clock.read(time)
            height = read_metres(more[0]) if more else None
            self.fixes.add(track, self.seen, f"[{','.join((lon, lat, *more))}]", at, *place, (height,))
        except BadCellError as bad:
            self.fixes.set_aside(self.seen, cut(written(spot)), bad)


def _no_number(value: object) -> bool:
    return isinstance(value, bool) or not isinstance(value, int | str)


def _flat(value: object, depth: int) -> Iterator[object]:
    """What lies ``depth`` lists deep; what is nested less is given as it is."""
    if depth <= 0 or not isinstance(value, list) or not value:
        if value not in (None, []):
            yield value
        return
    for one in value:
        yield from _flat(one, depth - 1) if depth > 1 else (one,)


def _times(properties: Mapping[str, Any]) -> object:
    nested = properties.get("coordinateProperties")
    for holder in (properties, nested if isinstance(nested, Mapping) else {}):
        for name in _TIMES:
            if isinstance(holder.get(name), list):
                return holder[name]
    return None


def _times_of(times: object, number: int, kind: str) -> Sequence[object] | None:
    """The times of one line; of a MultiLineString they are a list for each of its lines."""
    if not isinstance(times, list):
        return None
    if kind == "LineString":
        return times
    return times[number] if number < len(times) and isinstance(times[number], list) else []
