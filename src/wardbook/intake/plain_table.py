"""The plain-table reader: a CSV or XLSX named after a table of the book, with the book's own column names.

``log_entries.csv``, ``log_entries-2024.csv`` and ``2024_expenses.xlsx`` are such files. Days are ISO dates
(or in one stated order), times local in the book's zone or with an offset. A heading that is no column of
the table is listed as unread, as are the columns take-in fills itself (`mapping.SOURCE_COLUMNS`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from wardbook.errors import InputRefusedError
from wardbook.intake import mapped_table
from wardbook.intake.grid import normalized
from wardbook.intake.mapping import TableMapping, fields_of, identity_mapping
from wardbook.intake.reader import Context, Exhibit, Reader
from wardbook.intake.table_rows import read_grid
from wardbook.intake.tables import Peek, base_name, is_table_name, load, peek
from wardbook.intake.wkt_tracks import has_wkt_column
from wardbook.records.schema import RECORD_TABLES, Table
from wardbook.records.source import Reading


@dataclass(frozen=True)
class _Match:
    table: Table
    peek: Peek
    mapping: TableMapping


def named_tables(exhibit: Exhibit) -> tuple[Table, ...]:
    """The tables of the book the file is named after, by its name without suffix."""
    if not is_table_name(exhibit):
        return ()
    stem = base_name(exhibit).rsplit(".", 1)[0]
    return tuple(
        table
        for table in RECORD_TABLES
        if re.fullmatch(rf"(?:.+[-_. ])?{re.escape(table.name)}(?:[-_. ].+)?", stem, re.DOTALL) is not None
    )


def _find(exhibit: Exhibit) -> _Match | None:
    """The one table whose column names most headings of the file are, more than half of them."""
    found: list[tuple[int, _Match]] = []
    tables = named_tables(exhibit)
    for sheet in peek(exhibit) if tables else ():
        headings = next((row for row in sheet.rows if any(cell.strip() for cell in row)), ())
        for table in tables:
            known = _known(table, headings)
            if 2 * known > sum(1 for cell in headings if cell.strip()):
                found.append((known, _Match(table, sheet, identity_mapping(table, headings))))
    most = max((known for known, _ in found), default=0)
    best = [match for known, match in found if known == most]
    return best[0] if len({match.table.name for match in best}) == 1 else None


def _known(table: Table, headings: Sequence[str]) -> int:
    return len({normalized(cell) for cell in headings} & set(fields_of(table)))


def recognizes(exhibit: Exhibit, context: Context) -> bool:
    """Whether the file is named after a table and bears its columns, and no mapping was written for it."""
    return (
        _find(exhibit) is not None
        and not mapped_table.recognizes(exhibit, context)
        and not has_wkt_column(exhibit)
    )


def read(exhibit: Exhibit, context: Context) -> Reading:
    """The records of a table with the book's own headings."""
    match = _find(exhibit)
    if match is None:
        raise InputRefusedError(
            exhibit.name,
            "a file named after a table of the book, with its column names as headings",
            ", ".join(table.name for table in named_tables(exhibit)) or "another name",
            "See docs/reference/schema.md for the columns, or map the table: docs/how-to/map-a-table.md.",
        )
    grid = load(exhibit, match.peek.delimiter)
    return read_grid(grid, match.mapping, context.zone, context.date_order, exhibit.name)


READER = Reader(
    name="plain-table",
    reads="CSV and XLSX files named after a table of the book, with its column names as headings",
    recognizes=recognizes,
    read=read,
)
