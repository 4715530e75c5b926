"""One file of a reconciliation as a relation of text cells: delimited text, a workbook, or Parquet.

Delimited text and workbooks are read as take-in reads them (encoding, delimiter, the heading line below a
title); Parquet by the engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from wardbook.custody.store import sha256_file
from wardbook.errors import InputRefusedError
from wardbook.intake.grid import HEADER_SEARCH, Grid, GridRow, Sheet, normalized
from wardbook.intake.reader import Exhibit
from wardbook.intake.tables import load, peek
from wardbook.records.engine import Engine, file_literal
from wardbook.records.schema import TEXT, Column, Table

_HEAD = 1 << 16


@dataclass(frozen=True)
class Side:
    """One file as it was asked for: path, name, key columns, amount column (None: rows are counted).

    ``stated`` is the total as published, where the rows need not add up to it. ``count_by`` are the columns
    of which each distinct value is one; none: each row is one. ``scope`` are words (`parse_scope`).
    """

    path: Path
    name: str
    key: tuple[str, ...]
    amount: str | None
    scope: str = ""
    count_by: tuple[str, ...] = ()
    stated: Decimal | None = None
    unit: str = ""

    @property
    def wanted(self) -> tuple[str, ...]:
        """The headings that are read, normalized."""
        named = (*self.key, *((self.amount,) if self.amount else ()), *self.count_by)
        return tuple(dict.fromkeys(normalized(column) for column in named))

    @property
    def counted(self) -> bool:
        """Whether rows are counted."""
        return self.amount is None


@dataclass(frozen=True)
class Opened:
    """A file as relation ``name``: ``place``, ``damage`` ('' for none) and text cells ``c0``, ``c1``, ...

    ``columns`` says which of these stands under which normalized heading.
    """

    name: str
    columns: Mapping[str, str]

    def cell(self, heading: str) -> str:
        """SQL for the cell under a heading, without spaces around it."""
        return f"trim({self.columns[normalized(heading)]})"


def open_side(engine: Engine, side: Side, name: str) -> Opened:
    """Make relation ``name`` of a file. Raises `InputRefusedError` if it cannot be read or lacks a column."""
    path = side.path
    if not path.is_file():
        raise InputRefusedError(str(path), "a table (.csv, .xlsx or .parquet)", "no file", "Check the path.")
    parquet = path.suffix.lower() == ".parquet"
    headings = _open_parquet(engine, path, name) if parquet else _open_grid(engine, side, name)
    twice = [column for column in side.wanted if headings.count(column) > 1]
    if twice:
        raise InputRefusedError(str(path), f"the heading '{twice[0]}' once", "it twice", "Rename one.")
    missing = [column for column in side.wanted if column not in headings]
    if missing:
        there = ", ".join(heading for heading in headings if heading)[:300]
        expected = f"the columns {', '.join(side.wanted)}"
        raise InputRefusedError(str(path), expected, there, "Name the columns as they are headed.")
    return Opened(name, {heading: f"c{number}" for number, heading in enumerate(headings) if heading})


def _open_parquet(engine: Engine, path: Path, name: str) -> list[str]:
    """Hold the file's columns as text; gives its normalized headings."""
    source = f"read_parquet([{file_literal(path)}], file_row_number = true)"
    try:
        query = f"DESCRIBE SELECT * EXCLUDE (file_row_number) FROM {source}"  # noqa: S608
        described = [row[0] for row in engine.rows(query)]
        cells = ", ".join(f"CAST({_quoted(column)} AS VARCHAR) AS c{n}" for n, column in enumerate(described))
        place = "'row ' || (file_row_number + 1) AS place, '' AS damage"
        engine.hold(name, f"SELECT {place}, {cells} FROM {source}")  # noqa: S608
    except duckdb.IOException:
        raise
    except duckdb.Error as error:
        reason = " ".join(str(error).split("\n")[0].split())
        raise InputRefusedError(str(path), "a Parquet file", reason, "Write it again.") from error
    return [normalized(column) for column in described]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _open_grid(engine: Engine, side: Side, name: str) -> list[str]:
    """Load the table that bears the headings; gives its normalized headings."""
    path, wanted = side.path, {*side.wanted}
    with path.open("rb") as stream:
        exhibit = Exhibit(path, path.name, sha256_file(path), stream.read(_HEAD))
    peeks = peek(exhibit)
    fitting = (p.delimiter for p in peeks if any(wanted <= _headings(row) for row in p.rows))
    grid = load(exhibit, next(fitting, peeks[0].delimiter if peeks else None))
    sheet, at = _heading_line(grid, wanted, path)
    headings = [normalized(cell) for cell in sheet.rows[at].cells]
    cells = (Column(f"c{number}", TEXT, heading) for number, heading in enumerate(headings))
    columns = (Column("place", TEXT, "where it stands"), Column("damage", TEXT, "why it is no row"), *cells)
    engine.load(Table(name, "one row of a file", columns), _grid_rows(sheet, at, len(headings)))
    return headings


def _headings(row: Sequence[str]) -> set[str]:
    return {normalized(cell) for cell in row}


def _heading_line(grid: Grid, wanted: set[str], path: Path) -> tuple[Sheet, int]:
    """The sheet and line whose cells hold all headings wanted; else the first line that is filled."""
    lines = [(sheet, at) for sheet in grid.sheets for at in range(min(len(sheet.rows), HEADER_SEARCH))]
    for sheet, at in lines:
        if wanted <= _headings(sheet.rows[at].cells):
            return sheet, at
    for sheet, at in lines:
        if any(cell.strip() for cell in sheet.rows[at].cells):
            return sheet, at
    raise InputRefusedError(str(path), "a table with headings", "an empty one", "Check the file.")


def _grid_rows(sheet: Sheet, at: int, width: int) -> Iterator[dict[str, Any]]:
    for row in sheet.rows[at + 1 :]:
        if row.damage is None and not any(cell.strip() for cell in row.cells):
            continue
        cells = {f"c{number}": cell for number, cell in enumerate(row.cells[:width])}
        yield {"place": str(row.at), "damage": _damage(row, sheet, width)} | cells


def _damage(row: GridRow, sheet: Sheet, width: int) -> str:
    if row.damage is not None:
        return row.damage.found
    found = len(row.cells)
    ragged = (found < width and not sheet.padded) or any(cell.strip() for cell in row.cells[width:])
    return f"{found} cells under {width} headings" if ragged else ""
