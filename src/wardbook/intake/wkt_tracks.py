"""The wkt-tracks reader: tracks written as WKT lines in a column of a CSV (plain or gzipped).

WKT is the text form of OGC 06-103r4 (Simple Features, part 1, 7.2): ``LINESTRING(lon lat, lon lat, ...)`` in
degrees. A row becomes a record of ``tracks`` with one part of ``fixes`` for each point, in the order written
and without times; take-in gives each fix the record_id of its track. The raw text of a record is cut after
500 characters; the full line stays in the exhibit, at the line the record names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from wardbook.errors import InputRefusedError
from wardbook.intake.cells import BadCellError, shown
from wardbook.intake.dates import find_order, read_day
from wardbook.intake.grid import Damage, GridRow, headings_of
from wardbook.intake.reader import Context, Exhibit, Reader
from wardbook.intake.table_text import read_text
from wardbook.intake.tables import Peek, peek
from wardbook.records.source import NotARecord, Part, Reading, Record, Row, SetAside, UnreadColumn, Value

RAW_LENGTH = 500

_WKT = re.compile(r"\s*(?:SRID\s*=\s*\d+\s*;)?\s*(?:MULTI)?LINESTRING\b", re.IGNORECASE)
_LINE = re.compile(
    r"\s*(?:SRID\s*=\s*4326\s*;)?\s*(MULTI)?LINESTRING\s*(Z|M|ZM)?\s*(EMPTY|\(.*\))\s*",
    re.IGNORECASE | re.DOTALL,
)
_NUMBER = r"[+-]?[0-9]{1,4}(?:\.[0-9]{0,20})?"
_POINT = re.compile(rf"\s*({_NUMBER})\s+({_NUMBER})(?:\s+[-+0-9.eE]{{1,24}}){{0,2}}\s*")
_ONE_LINE = re.compile(r"\s*\(([^()]*)\)\s*(,|\Z)")
_E6 = Decimal(1_000_000)

_KEY = ("trip_id", "track_id", "flight_id", "source_key", "id")
_DAY = ("date", "day", "flight_date", "trip_date")
_VEHICLE = ("vehicle", "tail_no", "tail", "tail_number", "registration", "aircraft", "plate")


@dataclass(frozen=True)
class _Columns:
    """Where the columns of a track table stand; only the WKT column must be there."""

    width: int
    wkt: int
    key: int | None
    day: int | None
    vehicle: int | None


def _columns(rows: Sequence[Sequence[str]]) -> _Columns | None:
    """The columns of a table whose first line is its headings, or None if no column holds WKT lines."""
    if len(rows) < 2:
        return None
    headings = [heading.replace(" ", "_") for heading in headings_of(rows[0])]
    for number in range(len(headings)):
        cells = [row[number] for row in rows[1:] if number < len(row) and row[number].strip()]
        if any(_WKT.match(cell) for cell in cells) and not _WKT.match(rows[0][number]):
            return _Columns(
                len(headings),
                number,
                _place(headings, _KEY),
                _place(headings, _DAY),
                _place(headings, _VEHICLE),
            )
    return None


def _place(headings: Sequence[str], names: Iterable[str]) -> int | None:
    return next((headings.index(name) for name in names if headings.count(name) == 1), None)


def _find(exhibit: Exhibit) -> tuple[Peek, _Columns] | None:
    for table in peek(exhibit):
        columns = _columns(table.rows) if table.delimiter is not None else None
        if columns is not None:
            return table, columns
    return None


def has_wkt_column(exhibit: Exhibit) -> bool:
    """Whether the exhibit is a delimited text with a column of WKT lines."""
    return _find(exhibit) is not None


def recognizes(exhibit: Exhibit, _context: Context) -> bool:
    """Whether the exhibit is a delimited text with a column of WKT lines."""
    return has_wkt_column(exhibit)


def read(exhibit: Exhibit, context: Context) -> Reading:
    """The tracks of a table. Raises `InputRefusedError` when its dates leave their order open."""
    found = _find(exhibit)
    if found is None:
        raise InputRefusedError(
            exhibit.name,
            "a CSV with a column of WKT lines",
            "no value that begins with LINESTRING",
            "Name another reader with --reader.",
        )
    table, columns = found
    grid = read_text(exhibit, table.delimiter or ",")
    rows = grid.sheets[0].rows
    order = _order([row.cells for row in rows[1:]], columns, context.date_order, exhibit.name)
    read_rows: list[Row] = [NotARecord(row.at, row.raw, "the heading line") for row in rows[:1]]
    read_rows.extend(_row(row, rows[0], columns, order, context) for row in rows[1:])
    return Reading(tuple(read_rows), grid.held, tuple(_unread(rows, columns)))


READER = Reader(
    name="wkt-tracks",
    reads="CSV tables (also gzipped) with a column of WKT lines, LINESTRING(lon lat, ...)",
    recognizes=recognizes,
    read=read,
)


def _order(rows: Sequence[Sequence[str]], columns: _Columns, given: str | None, where: str) -> str | None:
    if given is not None or columns.day is None:
        return given
    day = columns.day
    order, examples = find_order(row[day].strip() for row in rows if day < len(row))
    if examples:
        raise InputRefusedError(
            where,
            "dates that say which number is the month",
            " and ".join(shown(example) for example in examples),
            'State it with --date-order ("mdy" or "dmy").',
        )
    return order


def _row(row: GridRow, header: GridRow, columns: _Columns, order: str | None, context: Context) -> Row:
    raw = row.raw if len(row.raw) <= RAW_LENGTH else row.raw[:RAW_LENGTH] + "…"
    if not any(cell.strip() for cell in row.cells):
        return NotARecord(row.at, raw, "a blank line")
    if headings_of(row.cells) == headings_of(header.cells):
        return NotARecord(row.at, raw, "a repeated heading line")
    damage = row.damage or _ragged(row, columns)
    if damage is not None:
        return SetAside(row.at, raw, damage.expected, damage.found, damage.advice)
    try:
        points = read_line(row.cells[columns.wkt].strip())
        day_text = _cell(row, columns.day)
        day = read_day(day_text, order, context.zone) if day_text else None
    except BadCellError as bad:
        return SetAside(row.at, raw, bad.expected, bad.found, bad.advice)
    vehicle = _cell(row, columns.vehicle)
    values: dict[str, Value] = {
        "source_key": _cell(row, columns.key),
        "day": day,
        "vehicle": vehicle,
        "fixes": len(points),
    }
    fixes = tuple(
        Part("fixes", {"vehicle": vehicle, "position": position, "at": None, "lat_e6": lat, "lon_e6": lon})
        for position, (lat, lon) in enumerate(points, 1)
    )
    return Record("tracks", row.at, raw, values, fixes)


def _ragged(row: GridRow, columns: _Columns) -> Damage | None:
    if len(row.cells) == columns.width:
        return None
    return Damage(
        f"{columns.width} cells, as many as headings",
        f"{len(row.cells)} cells",
        "Put the WKT line, which holds commas, in quotation marks; the line may also be cut short.",
    )


def _cell(row: GridRow, number: int | None) -> str | None:
    return (row.cells[number].strip() or None) if number is not None else None


def read_line(text: str) -> list[tuple[int, int]]:
    """The points of a WKT LINESTRING or MULTILINESTRING as (latitude, longitude), millionths of a degree.

    The lines of a MULTILINESTRING follow one another. Raises `BadCellError` for other geometry, an empty
    line, fewer than two points, or a coordinate out of range.
    """
    match = _LINE.fullmatch(text)
    if match is None:
        raise BadCellError(
            "a WKT line, LINESTRING(lon lat, lon lat), in degrees",
            shown(text),
            "Look whether the line is cut short.",
        )
    if match[3].upper() == "EMPTY":
        raise BadCellError("a line with points", "an empty line", "Ask for the track, or leave the row out.")
    body = match[3][1:-1]
    lines = _lines(body) if match[1] else [body]
    points = [_point(point) for line in lines for point in line.split(",")]
    if len(points) < 2:
        raise BadCellError("a line of two points or more", f"{len(points)} point", "Ask for the whole track.")
    return points


def _lines(body: str) -> list[str]:
    lines, at = [], 0
    while at < len(body):
        match = _ONE_LINE.match(body, at)
        if match is None:
            raise BadCellError(
                "lines in parentheses, with commas between", shown(body[at:]), "Correct the line."
            )
        lines.append(match[1])
        at = match.end()
    return lines


def _point(text: str) -> tuple[int, int]:
    match = _POINT.fullmatch(text)
    if match is None:
        raise BadCellError(
            "a point as longitude and latitude", shown(text), "Look whether the line is cut short."
        )
    lon, lat = (_millionths(match[1]), _millionths(match[2]))
    if abs(lat) > 90_000_000 or abs(lon) > 180_000_000:
        raise BadCellError(
            "longitude -180 to 180 and latitude -90 to 90",
            shown(text),
            "Check whether the two are swapped, or the coordinates are not in degrees.",
        )
    return lat, lon


def _millionths(text: str) -> int:
    return int((Decimal(text) * _E6).to_integral_value(ROUND_HALF_EVEN))


def _unread(rows: Sequence[GridRow], columns: _Columns) -> Iterable[UnreadColumn]:
    used = {columns.wkt, columns.key, columns.day, columns.vehicle}
    for number, heading in enumerate(rows[0].cells):
        if number not in used:
            filled = [
                row.cells[number] for row in rows[1:] if number < len(row.cells) and row.cells[number].strip()
            ]
            yield UnreadColumn(
                heading or f"(column {number + 1}, no heading)", len(filled), filled[0][:80] if filled else ""
            )
