"""Fixes that a mapping reads row by row, gathered into tracks like those of the formats for positions.

A phone's locations or a vendor's points come as a table; a mapping says which column is the latitude. Then
the same holds as for a track file: 0/0 is no position, swapped coordinates are found out, and the fixes of
one vehicle and local day are a track. A vehicle that no column names is the one the file is named after.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from wardbook.intake.cells import BadCellError
from wardbook.intake.fix_columns import FixColumns, Track, cut, vehicle_in_name
from wardbook.intake.positions import check_moment, microseconds
from wardbook.intake.reader import Exhibit
from wardbook.records.schema import FIXES, TEXT
from wardbook.records.source import Fixes, Reading, Record, Row, SetAside, Value

_APART = ("at", "lat_e6", "lon_e6", "position")
_MORE = tuple(
    column.name for column in FIXES.columns[5:] if column.type != TEXT and column.name not in _APART
)


def gather_fixes(reading: Reading, exhibit: Exhibit, zone: ZoneInfo) -> Reading:
    """The reading with its records of ``fixes`` gathered into tracks; other rows stay as they are.

    A record that has further records made from its row stays a record.
    """
    by_page: dict[int | None, FixColumns] = {}
    rows: list[Row] = []
    vehicle = vehicle_in_name(exhibit)
    for row in reading.rows:
        if not isinstance(row, Record) or row.table != FIXES.name or row.parts:
            rows.append(row)
            continue
        fixes = by_page.setdefault(row.at.page, FixColumns(zone, _MORE))
        try:
            _add(fixes, row, vehicle)
        except BadCellError as bad:
            rows.append(SetAside(row.at, row.raw, bad.expected, bad.found, bad.advice))
    tracks: list[Fixes] = []
    for page, fixes in by_page.items():
        gathered = fixes.reading(0)
        tracks.extend(replace(track, page=page) for track in gathered.fixes)
        rows.extend(replace(row, at=replace(row.at, page=page)) for row in gathered.rows)
    rows.sort(key=lambda row: (row.at.page or 0, row.at.line or 0))
    return replace(reading, rows=tuple(rows), fixes=tuple(tracks))


def _add(fixes: FixColumns, row: Record, vehicle: str | None) -> None:
    values = row.values
    lat, lon, at = values.get("lat_e6"), values.get("lon_e6"), values.get("at")
    if not isinstance(lat, int) or not isinstance(lon, int):
        raise BadCellError("a latitude and a longitude", "an empty cell", "Without both it is no position.")
    fixes.check(lat, lon)
    moment = check_moment(microseconds(at), str(at)) if isinstance(at, datetime) else None
    key = values.get("track_id")
    named = values.get("vehicle")
    track = Track(str(named) if named is not None else vehicle, None if key is None else str(key))
    more = [_cell(values[name]) if name in values else None for name in _MORE]
    fixes.add(track, row.at.line or 0, cut(row.raw), moment, lat, lon, more)


def _cell(value: Value) -> int | None:
    if isinstance(value, datetime):
        return microseconds(value)
    return int(value) if isinstance(value, int) else None
