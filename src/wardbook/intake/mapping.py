"""Mapping files: which column of an agency's table is which field of the book, in a small TOML file.

The file is documented with a complete example in docs/how-to/map-a-table.md. `parse_mapping` reads one and
refuses anything it does not know, so that a misspelt key is a message and not a column left out.
"""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from functools import lru_cache
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from wardbook.errors import InputRefusedError
from wardbook.intake.cells import HOUR_UNITS, NO, YES, BadCellError, read_number, read_whole
from wardbook.intake.dates import ORDERS, read_day
from wardbook.intake.grid import HEADER_SEARCH, normalized
from wardbook.intake.measures import units_of
from wardbook.records.schema import DAY, HOURS, INSTANT, RECORD_TABLES, TEXT, WHOLE, YESNO, Column, Table
from wardbook.records.source import Value

SOURCE_COLUMNS = ("record_id", "exhibit", "page", "line", "raw_text")
"""Columns take-in fills itself; no table may bring them."""

_KEYS = {
    "name", "table", "files", "time_zone", "date_order", "header_row", "sheet", "delimiter", "decimal",
    "encoding", "empty", "totals", "ignore", "columns", "constants", "parts",
}  # fmt: skip
_PART_KEYS = {"table", "columns", "constants"}
_COLUMN_KEYS = {"column", "columns", "join", "unit", "yes", "no", "date", "time", "next_day"}
_DOCS = "See docs/how-to/map-a-table.md."


@dataclass(frozen=True)
class ColumnMap:
    """Where one field comes from.

    ``headings`` are the columns read: one, several joined by ``join`` (text only), or for an instant a date
    and a time (``date_and_time``). ``unit`` is of hours or length. ``next_day`` says that an end before its
    start is on the day after.
    """

    field: Column
    headings: tuple[str, ...]
    join: str = " "
    unit: str | None = None
    yes: tuple[str, ...] = YES
    no: tuple[str, ...] = NO
    date_and_time: bool = False
    next_day: bool = False


@dataclass(frozen=True)
class PartMap:
    """One record made from a row: its table, where its fields come from, and its constants."""

    table: Table
    columns: tuple[ColumnMap, ...]
    constants: Mapping[str, Value]


@dataclass(frozen=True)
class TableMapping:
    """A whole mapping file; see docs/how-to/map-a-table.md for each key."""

    name: str
    main: PartMap
    parts: tuple[PartMap, ...] = ()
    files: tuple[str, ...] = ()
    zone: ZoneInfo | None = None
    date_order: str | None = None
    header_row: int | None = None
    sheet: str | None = None
    delimiter: str | None = None
    decimal: str = "."
    encoding: str | None = None
    empty: tuple[str, ...] = ()
    totals: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()

    @property
    def headings(self) -> frozenset[str]:
        """Every heading the mapping reads, normalized."""
        parts = (self.main, *self.parts)
        return frozenset(normalized(h) for part in parts for column in part.columns for h in column.headings)

    def header_index(self, rows: Sequence[Sequence[str]]) -> int | None:
        """The number (from 0) of the row that bears every heading the mapping reads, or None."""
        wanted = self.headings
        first = 0 if self.header_row is None else self.header_row - 1
        last = HEADER_SEARCH if self.header_row is None else self.header_row
        for index, row in enumerate(rows[first:last], first):
            if wanted <= {normalized(cell) for cell in row}:
                return index
        return None


class Refusal:
    """Makes the refusals of one mapping file."""

    def __init__(self, name: str) -> None:
        self.where = f"mapping {name}"

    def __call__(self, expected: str, found: object) -> NoReturn:
        """Raise the refusal."""
        raise InputRefusedError(self.where, expected, str(found), _DOCS)


@lru_cache(maxsize=256)
def parse_mapping(name: str, toml: str) -> TableMapping:
    """Read a mapping file. ``name`` stands in messages. Raises `InputRefusedError` for anything unknown."""
    refuse = Refusal(name)
    try:
        data = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        refuse("a TOML file", f"a mistake in its writing: {error}")
    return mapping_of(data, refuse)


def mapping_of(data: Mapping[str, Any], refuse: Refusal) -> TableMapping:
    """The mapping that a TOML file holds, or a reader has for a layout of its own."""
    _known(data, _KEYS, "the mapping", refuse)
    if not isinstance(data.get("name"), str):
        refuse('a name = "..."', data.get("name", "none"))
    parts = data.get("parts", [])
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        refuse("[[parts]] tables", parts)
    for part in parts:
        _known(part, _PART_KEYS, "[[parts]]", refuse)
    return TableMapping(
        name=data["name"],
        main=_part(data, refuse),
        parts=tuple(_part(part, refuse) for part in parts),
        files=_texts(data, "files", refuse) or (),
        zone=_zone(data.get("time_zone"), refuse),
        date_order=_one_of(data, "date_order", ORDERS, refuse),
        header_row=_header_row(data, refuse),
        sheet=_text(data, "sheet", refuse),
        delimiter=_delimiter(data, refuse),
        decimal=_one_of(data, "decimal", (".", ","), refuse) or ".",
        encoding=_encoding(data, refuse),
        empty=_texts(data, "empty", refuse) or (),
        totals=_texts(data, "totals", refuse),
        ignore=_texts(data, "ignore", refuse) or (),
    )


def identity_mapping(table: Table, headings: Iterable[str]) -> TableMapping:
    """The mapping of a table whose headings are the book's own column names; other headings stay unread."""
    fields = fields_of(table)
    named = {normalized(heading): heading for heading in headings}
    columns = tuple(ColumnMap(fields[key], (heading,)) for key, heading in named.items() if key in fields)
    return TableMapping(name=f"the columns of {table.name}", main=PartMap(table, columns, {}))


def fields_of(table: Table) -> dict[str, Column]:
    """The columns of a table that a source may bring, by name."""
    return {column.name: column for column in table.columns if column.name not in SOURCE_COLUMNS}


# ---------------------------------------------------------------- keys of the file


def _known(data: Mapping[str, Any], keys: set[str], where: str, refuse: Refusal) -> None:
    unknown = sorted(set(data) - keys)
    if unknown:
        refuse(f"in {where} only {', '.join(sorted(keys))}", ", ".join(unknown))


def _text(data: Mapping[str, Any], key: str, refuse: Refusal) -> str | None:
    value = data.get(key)
    if value is not None and not isinstance(value, str):
        refuse(f"text for {key}", repr(value))
    return value


def _texts(data: Mapping[str, Any], key: str, refuse: Refusal) -> tuple[str, ...] | None:
    value = data.get(key)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        refuse(f"a list of texts for {key}", repr(value))
    return tuple(value)


def _one_of(data: Mapping[str, Any], key: str, words: Sequence[str], refuse: Refusal) -> str | None:
    value = _text(data, key, refuse)
    if value is not None and value not in words:
        refuse(f"{key} = one of {', '.join(words)}", repr(value))
    return value


def _zone(value: object, refuse: Refusal) -> ZoneInfo | None:
    if value is None:
        return None
    try:
        return ZoneInfo(value)  # type: ignore[arg-type]
    except (KeyError, ValueError, TypeError, OSError):
        refuse("time_zone as in the IANA data base, such as America/New_York", repr(value))


def _header_row(data: Mapping[str, Any], refuse: Refusal) -> int | None:
    value = data.get("header_row")
    if value is not None and (
        not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= HEADER_SEARCH
    ):
        refuse(f"header_row as a number from 1 to {HEADER_SEARCH}", repr(value))
    return value


def _delimiter(data: Mapping[str, Any], refuse: Refusal) -> str | None:
    return _one_of(data, "delimiter", (",", ";", "\t", "|"), refuse)


def _encoding(data: Mapping[str, Any], refuse: Refusal) -> str | None:
    value = _text(data, "encoding", refuse)
    if value is None:
        return None
    try:
        return codecs.lookup(value).name
    except LookupError:
        refuse("an encoding such as utf-8 or cp1252", repr(value))


# ---------------------------------------------------------------- columns and constants


def _part(data: Mapping[str, Any], refuse: Refusal) -> PartMap:
    table = next((t for t in RECORD_TABLES if t.name == data.get("table")), None)
    if table is None:
        refuse(f"table = one of {', '.join(t.name for t in RECORD_TABLES)}", repr(data.get("table")))
    columns = data.get("columns", {})
    if not isinstance(columns, dict) or not columns:
        refuse('[columns] with at least one field = "Heading"', repr(columns))
    fields = fields_of(table)
    maps = tuple(_column(_field(fields, table, name, refuse), spec, refuse) for name, spec in columns.items())
    constants = data.get("constants", {})
    if not isinstance(constants, dict):
        refuse("[constants] as a table", repr(constants))
    both = sorted(set(columns) & set(constants))
    if both:
        refuse("each field once, as a column or as a constant", ", ".join(both))
    values = {
        name: _constant(_field(fields, table, name, refuse), value, refuse)
        for name, value in constants.items()
    }
    return PartMap(table, maps, values)


def _field(fields: Mapping[str, Column], table: Table, name: str, refuse: Refusal) -> Column:
    if name not in fields:
        refuse(f"fields of {table.name}: {', '.join(fields)}", name)
    return fields[name]


def _column(field: Column, spec: object, refuse: Refusal) -> ColumnMap:
    if isinstance(spec, str):
        return ColumnMap(field, (spec,))
    if not isinstance(spec, dict):
        refuse(f'{field.name} = "Heading" or a table', repr(spec))
    _known(spec, _COLUMN_KEYS, field.name, refuse)
    headings, date_and_time = _headings(field, spec, refuse)
    unit = _text(spec, "unit", refuse)
    units = _units(field)
    if unit is not None and unit not in units:
        refuse(f"unit of {field.name} = one of {', '.join(units) or 'none'}", repr(unit))
    if ("yes" in spec or "no" in spec) and field.type != YESNO:
        refuse(f"yes and no only for a field that is yes or no, which {field.name} is not", repr(spec))
    if spec.get("next_day", False) not in (True, False) or ("next_day" in spec and field.type != INSTANT):
        refuse("next_day = true for an end that may be after midnight", repr(spec))
    return ColumnMap(
        field,
        headings,
        join=_text(spec, "join", refuse) or " ",
        unit=unit,
        yes=_texts(spec, "yes", refuse) or YES,
        no=_texts(spec, "no", refuse) or NO,
        date_and_time=date_and_time,
        next_day=bool(spec.get("next_day", False)),
    )


def _headings(field: Column, spec: Mapping[str, Any], refuse: Refusal) -> tuple[tuple[str, ...], bool]:
    named = [key for key in ("column", "columns", "date") if key in spec]
    if len(named) != 1 or (("date" in spec) != ("time" in spec)):
        refuse(
            f"for {field.name} one of column, columns, or date and time", ", ".join(sorted(spec)) or "nothing"
        )
    if "date" in spec:
        if field.type != INSTANT:
            refuse(f"date and time only for an instant, which {field.name} is not", repr(dict(spec)))
        return (str(_text(spec, "date", refuse)), str(_text(spec, "time", refuse))), True
    if "columns" in spec:
        several = _texts(spec, "columns", refuse) or ()
        if field.type != TEXT or not several:
            refuse(f"columns (to be joined) only for text, which {field.name} is not", repr(dict(spec)))
        return several, False
    return (str(_text(spec, "column", refuse)),), False


def _units(field: Column) -> tuple[str, ...]:
    return (*HOUR_UNITS, "h:mm") if field.type == HOURS else units_of(field)


def _constant(field: Column, value: object, refuse: Refusal) -> Value:
    if field.type in (TEXT, YESNO) and isinstance(value, bool if field.type == YESNO else str):
        return value
    if isinstance(value, str | int | date) and not isinstance(value, bool):
        try:
            if field.type == DAY:
                return read_day(str(value), None, UTC)
            if field.type == WHOLE:
                return read_whole(str(value))
            if field.type.startswith("DECIMAL"):
                return read_number(str(value))
        except BadCellError as bad:
            refuse(f"{field.name} = {bad.expected}", bad.found)
    return refuse(f"a constant for {field.name}: {field.meaning} (decimals in quotation marks)", repr(value))
