"""Tables of known programs: layouts that need no mapping file, and what each row still needs afterwards.

A layout says which headings tell it and, like a mapping file, which column is which field; a column that an
export leaves out is left out. What a mapping cannot say (which lines are payments, what sign a toll bears)
a function does with each record and with all of them together. A mapping that names the headings of the
same file is the user's own word and goes first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from wardbook.errors import InputRefusedError
from wardbook.intake import mapped_table
from wardbook.intake.cells import BadCellError
from wardbook.intake.fix_columns import vehicle_in_name
from wardbook.intake.grid import HEADER_SEARCH, normalized
from wardbook.intake.mapping import Refusal, TableMapping, mapping_of
from wardbook.intake.reader import Context, Exhibit, Reader
from wardbook.intake.table_rows import read_grid
from wardbook.intake.tables import Peek, load, peek
from wardbook.records.source import NotARecord, Reading, Record, Row, SetAside, Value

Values = dict[str, Value]


@dataclass(frozen=True)
class About:
    """What the rows of a file are finished with: the zone of its local times, and the vehicle of its name."""

    zone: ZoneInfo
    vehicle: str | None


Finish = Callable[[Values, About], str | None]
"""Finishes a record's values in place; a text says why it is no record. May raise `BadCellError`."""


@dataclass(frozen=True)
class Layout:
    """One layout of one program.

    ``tells`` are headings that stand in every file of it and together in no other; ``columns`` maps each
    field to a column as in a mapping file, or to several in order of preference; ``settings`` are other keys
    of a mapping file. ``finish`` is done with each record, ``all_rows`` with the finished rows.
    """

    name: str
    table: str
    tells: tuple[str, ...]
    columns: Mapping[str, Any]
    constants: Mapping[str, Any]
    settings: Mapping[str, Any]
    finish: Finish = lambda _values, _about: None
    all_rows: Callable[[Sequence[Row]], Sequence[Row]] = tuple

    def header(self, table: Peek) -> frozenset[str] | None:
        """The headings of a table, if they tell this layout."""
        wanted = {normalized(heading) for heading in self.tells}
        for row in table.rows[:HEADER_SEARCH]:
            found = frozenset(normalized(cell) for cell in row)
            if wanted <= found:
                return found
        return None

    def mapping(self, header: frozenset[str]) -> TableMapping:
        """The layout as a mapping of the columns that this file has."""
        columns = {field: spec for field, given in self.columns.items() if (spec := _present(given, header))}
        constants = {field: value for field, value in self.constants.items() if field not in columns}
        data = {"name": self.name, "table": self.table, "columns": columns, "constants": constants}
        return mapping_of({**data, **self.settings}, Refusal(f"layout {self.name}"))


def _present(given: Any, header: frozenset[str]) -> Any:
    """The first of the columns given whose headings all stand in the header, or None."""
    for spec in given if isinstance(given, list) else [given]:
        headings = [spec] if isinstance(spec, str) else _named(spec)
        if all(normalized(heading) in header for heading in headings):
            return spec
    return None


def _named(spec: Mapping[str, Any]) -> list[str]:
    if "columns" in spec:
        return list(spec["columns"])
    return [spec[key] for key in ("column", "date", "time") if key in spec]


def _matches(exhibit: Exhibit, layouts: Sequence[Layout]) -> list[tuple[Layout, Peek, TableMapping]]:
    found = []
    tables = peek(exhibit)
    for layout in layouts:
        for table in tables:
            header = layout.header(table)
            if header is not None:
                found.append((layout, table, layout.mapping(header)))
                break
    return found


def layout_reader(name: str, reads: str, layouts: Sequence[Layout]) -> Reader:
    """A reader of several layouts of one kind of table."""

    def recognizes(exhibit: Exhibit, context: Context) -> bool:
        return len(_matches(exhibit, layouts)) == 1 and not mapped_table.recognizes(exhibit, context)

    def read(exhibit: Exhibit, context: Context) -> Reading:
        found = _matches(exhibit, layouts)
        if len(found) != 1:
            raise InputRefusedError(
                exhibit.name,
                f"the headings of one of {', '.join(layout.name for layout in layouts)}",
                f"those of {', '.join(layout.name for layout, _, _ in found)}" if found else "others",
                "Map the table: docs/how-to/map-a-table.md.",
            )
        layout, table, mapping = found[0]
        grid = load(exhibit, table.delimiter)
        reading = read_grid(grid, mapping, context.zone, context.date_order, exhibit.name)
        about = About(mapping.zone or context.zone, vehicle_in_name(exhibit))
        rows = [_finished(row, layout, about) for row in reading.rows]
        return replace(reading, rows=tuple(layout.all_rows(rows)))

    return Reader(name, reads, recognizes, read)


def _finished(row: Row, layout: Layout, about: About) -> Row:
    if not isinstance(row, Record):
        return row
    values = dict(row.values)
    try:
        why = layout.finish(values, about)
    except BadCellError as bad:
        return SetAside(row.at, row.raw, bad.expected, bad.found, bad.advice)
    return NotARecord(row.at, row.raw, why) if why is not None else replace(row, values=values)
