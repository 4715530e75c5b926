"""The rows of a grid under a mapping: each becomes a record, is set aside, or is no record.

One row is one record (with its parts), or nothing: a cell that cannot be read sets the whole row aside,
naming the column, what was expected, what was found and what to do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fnmatch import fnmatchcase
from zoneinfo import ZoneInfo

from wardbook.errors import InputRefusedError
from wardbook.intake.cells import (
    BadCellError,
    read_exact,
    read_hours,
    read_money,
    read_whole,
    read_yes_no,
    shown,
)
from wardbook.intake.dates import dates_in, find_order, join_instant, read_clock, read_day, read_instant
from wardbook.intake.grid import Grid, GridRow, Sheet, headings_of, normalized
from wardbook.intake.mapping import ColumnMap, PartMap, TableMapping
from wardbook.intake.measures import measure_reader
from wardbook.intake.positions import Clock, moment_of
from wardbook.records.schema import DAY, HOURS, INSTANT, MONEY, TEXT, WHOLE, YESNO
from wardbook.records.source import NotARecord, Part, Reading, Record, Row, SetAside, UnreadColumn, Value

REQUIRED: Mapping[str, str] = {
    "log_entries": "day",
    "vehicles": "vehicle",
    "people": "name",
    "places": "name",
    "assessments": "person",
    "declined": "person",
}
"""The field without which a row of the table says nothing about anything."""

LONGEST_CELL = 32_767
"""Characters a cell of a spreadsheet can hold; a longer one is several rows run together."""

_SPANS = (("start_at", "end_at"), ("starts_at", "ends_at"), ("day", "day_to"), ("valid_from", "valid_to"))
_TOTAL = re.compile(r"(?:grand |sub[- ]?)?totals?\s*:?", re.IGNORECASE)
_TOTAL_OF = re.compile(r"(?:grand |sub[- ]?)?totals?\b.+", re.IGNORECASE | re.DOTALL)

Cells = Sequence[str]
ReadCells = Callable[[Cells], Value]


@dataclass(frozen=True)
class _Plan:
    """A mapping, bound to the columns of one sheet."""

    mapping: TableMapping
    header: tuple[str, ...]
    index: Mapping[str, int]
    zone: ZoneInfo
    order: str | None


@dataclass(frozen=True)
class _Field:
    """One field, ready to be read from a row's cells."""

    name: str
    headings: str
    read: ReadCells
    next_day: bool


def read_grid(
    grid: Grid, mapping: TableMapping, zone: ZoneInfo, date_order: str | None, where: str
) -> Reading:
    """A grid as a `Reading` under a mapping.

    ``zone`` and ``date_order`` are the book's answers where the mapping has none of its own; ``where`` names
    the file. Raises `InputRefusedError` when no sheet bears the headings, when a heading that is read stands
    twice, or when the dates leave their order open.
    """
    rows: list[Row] = []
    unread: list[UnreadColumn] = []
    headers = {id(sheet): _header(sheet, mapping) for sheet in grid.sheets}
    if all(header is None for header in headers.values()):
        raise InputRefusedError(
            where,
            f"a line with the headings of {mapping.name}: {', '.join(sorted(mapping.headings))}",
            "no such line near the top",
            "Check the headings, the header_row, the delimiter and the sheet in the mapping.",
        )
    order = _order(grid, headers, mapping, date_order, where)
    for sheet in grid.sheets:
        header = headers[id(sheet)]
        if header is None:
            rows.extend(
                NotARecord(r.at, r.raw, f"a row of sheet {sheet.name}, which is not read") for r in sheet.rows
            )
            continue
        plan = _plan(sheet, header, mapping, zone, order, where)
        rows.extend(_read_sheet(sheet, header, plan))
        unread.extend(_unread(sheet, header, plan))
    return Reading(tuple(rows), grid.held, tuple(unread))


def _header(sheet: Sheet, mapping: TableMapping) -> int | None:
    """Index in ``sheet.rows`` of the heading line; None if the sheet is not to be read."""
    if (
        mapping.sheet is not None
        and sheet.name is not None
        and normalized(mapping.sheet) != normalized(sheet.name)
    ):
        return None
    return mapping.header_index([row.cells for row in sheet.rows[:20]])


def _order(
    grid: Grid, headers: Mapping[int, int | None], mapping: TableMapping, given: str | None, where: str
) -> str | None:
    stated = mapping.date_order or given
    if stated is not None:
        return stated
    texts: list[str] = []
    for sheet in grid.sheets:
        header = headers[id(sheet)]
        if header is not None:
            index = _index(sheet.rows[header].cells)
            columns = sorted({index[normalized(h)] for h in _dated_headings(mapping)})
            texts.extend(dates_in((row.cells for row in sheet.rows[header + 1 :]), columns))
    order, examples = find_order(texts)
    if examples:
        raise InputRefusedError(
            where,
            "dates that say which number is the month",
            " and ".join(shown(e) for e in examples)
            + (
                ", which contradict each other" if len(examples) > 1 else ", and none that reads only one way"
            ),
            'State it: date_order = "mdy" or "dmy" in the mapping, or --date-order.',
        )
    return order


def _dated_headings(mapping: TableMapping) -> Iterable[str]:
    for part in (mapping.main, *mapping.parts):
        for column in part.columns:
            if column.field.type in (DAY, INSTANT):
                yield column.headings[0]


def _index(header: Cells) -> dict[str, int]:
    index: dict[str, int] = {}
    for number, heading in enumerate(header):
        index.setdefault(normalized(heading), number)
    return index


def _plan(
    sheet: Sheet, header: int, mapping: TableMapping, zone: ZoneInfo, order: str | None, where: str
) -> _Plan:
    row = sheet.rows[header]
    headings = headings_of(row.cells)
    for heading in sorted(mapping.headings):
        if headings.count(heading) > 1:
            raise InputRefusedError(
                f"{where}, {row.at}",
                f"the heading '{heading}' once",
                f"it {headings.count(heading)} times",
                "Rename one of the columns, so that it is plain which one is read.",
            )
    return _Plan(mapping, row.cells, _index(row.cells), mapping.zone or zone, order)


# ---------------------------------------------------------------- rows


def _read_sheet(sheet: Sheet, header: int, plan: _Plan) -> Iterable[Row]:
    for row in sheet.rows[:header]:
        yield NotARecord(row.at, row.raw, "a line above the headings")
    if not sheet.keyed:
        yield NotARecord(sheet.rows[header].at, sheet.rows[header].raw, "the heading line")
    headings = headings_of(plan.header)
    main = _fields(plan.mapping.main, plan)
    parts = tuple((part, _fields(part, plan)) for part in plan.mapping.parts)
    for row in sheet.rows[header + 1 :]:
        yield (
            _not_a_record(row, headings, plan)
            or _damaged(row, sheet, plan)
            or _record(row, main, parts, plan)
        )


def _not_a_record(row: GridRow, headings: tuple[str, ...], plan: _Plan) -> NotARecord | None:
    if row.damage is None and (not row.raw.strip() or not any(cell.strip() for cell in row.cells)):
        return NotARecord(row.at, row.raw, "a blank line")
    if normalized(row.cells[0]) == headings[0] and headings_of(row.cells) == headings:
        return NotARecord(row.at, row.raw, "a repeated heading line")
    first = _first_cell(row)
    if _TOTAL.fullmatch(first) or (
        plan.mapping.totals and any(fnmatchcase(first.casefold(), t.casefold()) for t in plan.mapping.totals)
    ):
        return NotARecord(row.at, row.raw, "a total line")
    return None


def _first_cell(row: GridRow) -> str:
    return next((text for cell in row.cells if (text := cell.strip())), "")


def _damaged(row: GridRow, sheet: Sheet, plan: _Plan) -> SetAside | None:
    if row.damage is not None:
        return SetAside(row.at, row.raw, row.damage.expected, row.damage.found, row.damage.advice)
    width, found = len(plan.header), len(row.cells)
    if (found < width and not sheet.padded) or (found > width and any(c.strip() for c in row.cells[width:])):
        lines = row.raw.count("\n") + 1
        return SetAside(
            row.at,
            row.raw,
            f"{width} cells, as many as headings",
            f"{found} cells" + (f" on {lines} lines, joined by a quotation mark" if lines > 1 else ""),
            "Look for a delimiter or quotation mark inside a cell, or for a line broken in two.",
        )
    first = _first_cell(row)
    if plan.mapping.totals is None and _TOTAL_OF.fullmatch(first):
        return SetAside(
            row.at,
            row.raw,
            "a record",
            f"a line that begins {shown(first, 40)}, perhaps a total",
            'Say in the mapping which lines are totals: totals = ["Total *"], or totals = [] if none is.',
        )
    return None


def _record(
    row: GridRow, main: Sequence[_Field], parts: Sequence[tuple[PartMap, Sequence[_Field]]], plan: _Plan
) -> Record | SetAside:
    cells = row.cells
    if len(cells) < len(plan.header):
        cells = (*cells, *([""] * (len(plan.header) - len(cells))))
    part_of = plan.mapping.main
    try:
        values = _values(main, part_of, cells, plan)
        further = tuple(_parts(parts, cells, plan))
    except BadCellError as bad:
        return SetAside(row.at, row.raw, bad.expected, bad.found, bad.advice)
    return Record(part_of.table.name, row.at, row.raw, values, further)


def _parts(parts: Sequence[tuple[PartMap, Sequence[_Field]]], cells: Cells, plan: _Plan) -> Iterable[Part]:
    """The further records of a row; a part none of whose own columns is filled is no record."""
    shared = {h for column in plan.mapping.main.columns for h in column.headings}
    for part, fields in parts:
        own = [h for column in part.columns for h in column.headings if h not in shared]
        if any(cells[plan.index[normalized(h)]].strip() for h in own):
            yield Part(part.table.name, _values(fields, part, cells, plan))


def _values(fields: Sequence[_Field], part: PartMap, cells: Cells, plan: _Plan) -> dict[str, Value]:
    values: dict[str, Value] = dict(part.constants)
    for field in fields:
        try:
            values[field.name] = field.read(cells)
        except BadCellError as bad:
            expected = f"in column {field.headings} ({field.name}): {bad.expected}"
            raise BadCellError(expected, bad.found, bad.advice) from None
    _add_day(values, part, plan)
    _check_spans(values, fields, plan)
    required = REQUIRED.get(part.table.name)
    undated = required == "day" and all(field.name != "day" for field in fields)  # a table that gives no days
    if required is not None and values.get(required) is None and not undated:
        named = ", ".join(field.headings for field in fields if field.name == required) or "no column"
        raise BadCellError(
            f"in column {named} ({required}): a value",
            "an empty cell",
            "Fill it at the source, if it is on record.",
        )
    return values


def _add_day(values: dict[str, Value], part: PartMap, plan: _Plan) -> None:
    """The day of an entry that has a start and no day of its own: the local day of the start."""
    start = values.get("start_at", values.get("starts_at"))
    if isinstance(start, datetime) and values.get("day") is None and "day" in part.table.names:
        values["day"] = start.astimezone(plan.zone).date()


def _check_spans(values: dict[str, Value], fields: Sequence[_Field], plan: _Plan) -> None:
    """Refuse an end before its start, unless the mapping says that it is on the next day."""
    for first, last in _SPANS:
        begin, end = values.get(first), values.get(last)
        if not isinstance(begin, date) or not isinstance(end, date) or begin <= end:
            continue
        field = next((f for f in fields if f.name == last), None)
        if field is not None and field.next_day and isinstance(end, datetime):
            local = end.astimezone(plan.zone)
            values[last] = join_instant(local.date() + timedelta(days=1), local.time(), None, plan.zone)
            continue
        raise BadCellError(
            f"{last} not before {first}",
            f"{begin} to {end}",
            "Correct it at the source; if the end is after midnight write next_day = true in the mapping.",
        )


# ---------------------------------------------------------------- fields


def _fields(part: PartMap, plan: _Plan) -> tuple[_Field, ...]:
    return tuple(
        _Field(
            column.field.name,
            " and ".join(f"'{h}'" for h in column.headings),
            _reader(column, plan),
            column.next_day,
        )
        for column in part.columns
    )


def _reader(column: ColumnMap, plan: _Plan) -> ReadCells:
    places = [plan.index[normalized(h)] for h in column.headings]
    empty = {word.casefold() for word in plan.mapping.empty}
    if column.date_and_time:
        return _join_reader(places[0], places[1], empty, plan)
    if len(places) > 1:
        return lambda cells: column.join.join(t for p in places if (t := _own_text(cells, p))) or None
    place, read = places[0], _text_reader(column, plan)

    def read_cell(cells: Cells) -> Value:
        text = _own_text(cells, place)
        return read(text) if text and text.casefold() not in empty else None

    return read_cell


def _own_text(cells: Cells, place: int) -> str:
    text = cells[place].strip()
    if len(text) > LONGEST_CELL:
        raise BadCellError(
            f"a cell of at most {LONGEST_CELL:,} characters",
            f"one of {len(text):,}, which begins {shown(text, 40)}",
            "Look for a quotation mark that runs over many lines, and correct it at the source.",
        )
    return text


def _join_reader(day_at: int, time_at: int, empty: set[str], plan: _Plan) -> ReadCells:
    def read_cells(cells: Cells) -> Value:
        day, clock = cells[day_at].strip(), cells[time_at].strip()
        if not clock or clock.casefold() in empty:
            return None
        if not day:
            raise BadCellError("a date beside the time", "an empty cell", "Fill it at the source.")
        return join_instant(read_day(day, plan.order, plan.zone), *read_clock(clock), plan.zone)

    return read_cells


def _text_reader(column: ColumnMap, plan: _Plan) -> Callable[[str], Value]:
    sign, kind = plan.mapping.decimal, column.field.type
    measure = measure_reader(column.field, column.unit, sign)
    if measure is not None:
        return measure
    readers: dict[str, Callable[[str], Value]] = {
        TEXT: lambda text: text,
        DAY: lambda text: read_day(text, plan.order, plan.zone),
        INSTANT: _instant_reader(plan),
        MONEY: lambda text: read_money(text, sign),
        HOURS: lambda text: read_hours(text, column.unit or "h", sign),
        WHOLE: lambda text: read_whole(text, sign),
        YESNO: lambda text: read_yes_no(text, column.yes, column.no),
    }
    return readers.get(kind, lambda text: read_exact(text, kind, sign))


def _instant_reader(plan: _Plan) -> Callable[[str], Value]:
    """Reads the usual form of a machine by `Clock`, and whatever else a person may have written."""
    clock = Clock(plan.zone)

    def read(text: str) -> Value:
        if len(text) >= 19 and text[4] == "-":
            try:
                return moment_of(clock.read(text))
            except BadCellError:
                pass
        return read_instant(text, plan.order, plan.zone)

    return read


# ---------------------------------------------------------------- columns no one read


def _unread(sheet: Sheet, header: int, plan: _Plan) -> Iterable[UnreadColumn]:
    used = plan.mapping.headings | {normalized(h) for h in plan.mapping.ignore}
    data = [row.cells for row in sheet.rows[header + 1 :]]
    width = max((len(plan.header), *(len(cells) for cells in data if sheet.padded)))
    for number in range(width):
        heading = plan.header[number].strip() if number < len(plan.header) else ""
        if normalized(heading) in used:
            continue
        filled = [text for cells in data if number < len(cells) and (text := cells[number].strip())]
        if heading or filled:
            yield UnreadColumn(
                heading or f"(column {number + 1}, no heading)", len(filled), filled[0] if filled else ""
            )
