"""From the tables and summaries of an Australian expenditure report to expenses and stated totals.

Each row becomes an expense whose ``source_key`` names report, category, part and section; each printed total
becomes an assertion that the audit recomputes from those expenses, or from the totals it is the sum of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from wardbook.intake.au_expenditure_summaries import TOTAL, Printed, PrintedRow
from wardbook.intake.au_expenditure_tables import OVERSEAS, Table, TableRow
from wardbook.intake.au_expenditure_text import Line, cells, days_of, is_amount, read_dollars
from wardbook.intake.au_expenditure_trips import Trip, overview_trip, table_trip
from wardbook.intake.cells import BadCellError
from wardbook.records.source import NotARecord, Part, Place, Record, Row, SetAside, Value

CURRENCY = "AUD"
_OFFICE = "office"
_CLASSES: Mapping[str, str] = {
    "Parliamentary Travelling Allowance": "lodging",
    "Daily Expense Allowance": "meals",
    "Travelling Allowance": "lodging",
    "Domestic Scheduled Fares": "airfare",
    "Charter": "charter",
    "Car Costs": "vehicle",
    "COMCAR": "vehicle",
    "Cabcharge": "vehicle",
    "Parking": "vehicle",
    "Private-Plated Vehicle": "vehicle",
    "Private Vehicle Allowance": "vehicle",
    "Other Car Costs": "vehicle",
    "Family Travel Costs": "travel",
    "Overseas Travel": "travel",
}
"""Cost class by part, else by category; what is in neither is a cost of the office."""
_OVERSEAS_CLASSES: Mapping[str, str] = {
    "Fares": "airfare",
    "Accommodation and meals": "lodging",
    "Ground transport": "vehicle",
}
_CITY = ("COMCAR",)
"""Parts whose rows name the city a car was driven in."""


@dataclass(frozen=True)
class Report:
    """What the title page says: member, the member with the capacity, what period was paid, by whom."""

    person: str
    member: str
    period: str
    publisher: str

    @property
    def base(self) -> str:
        """The name of the report, with which every key begins."""
        return f"{self.member}, {self.period}"


@dataclass(frozen=True)
class Keyed:
    """A table with the path it is counted under, the key of its rows, and its trip if it has one.

    ``missing`` are the places of its rows that are set aside and so in no sum.
    """

    table: Table
    path: tuple[str, ...]
    key: str
    trip: Trip | None = None
    trip_key: str | None = None
    missing: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Book:
    """The tables of one report by path and window, and the trips of its overviews."""

    report: Report
    tables: tuple[Keyed, ...]
    trips: tuple[tuple[TableRow, Trip], ...]

    def of(self, path: tuple[str, ...], window: str | None) -> list[Keyed]:
        """The tables that a figure of that path and window totals."""
        return [one for one in self.tables if one.path == path and one.table.window == window]


def keyed(report: Report, tables: Sequence[Table]) -> Book:
    """Give every table its path and key. Several tables of one path are told apart if each has a total."""
    overviews = [table for table in tables if table.is_overview]
    trips = tuple((row, overview_trip(table.window, row)) for table in overviews for row in table.rows)
    left = [trip for _, trip in trips]
    by_path: dict[tuple[tuple[str, ...], str], list[tuple[Table, Trip | None]]] = defaultdict(list)
    for table in tables:
        if not table.is_overview:
            trip = table_trip(table, left) if table.titles == (OVERSEAS,) else None
            if trip in left:
                left.remove(trip)
            by_path[trip.path if trip else table.titles, table.window].append((table, trip))
    found = (
        one
        for (path, window), group in by_path.items()
        for one in _keyed_group(report, path, window, group)
    )
    return Book(report, tuple(found), trips)


def _keyed_group(
    report: Report, path: tuple[str, ...], window: str, group: Sequence[tuple[Table, Trip | None]]
) -> Iterator[Keyed]:
    key = "/".join((report.base, *path, window))
    apart = len(group) > 1 and all(trip is None and table.total is not None for table, trip in group)
    for number, (table, trip) in enumerate(group, 1):
        trip_key = None if trip is None else f"{key}/{trip.name}"
        one = Keyed(table, path, f"{key}/table {number}" if apart else key, trip, trip_key)
        yield replace(one, missing=tuple(_missing(report, one)))


def _missing(report: Report, one: Keyed) -> Iterator[Place]:
    yield from (line.at for line in one.table.aside)
    for row in one.table.rows:
        try:
            _expense(report, one, row)
        except BadCellError:
            yield row.first.at


def expense_rows(book: Book) -> Iterator[Row]:
    """Every row of the tables as an expense, or set aside where its amount is cut or damaged."""
    for one in book.tables:
        for row in one.table.rows:
            try:
                values = _expense(book.report, one, row)
            except BadCellError as bad:
                yield SetAside(row.first.at, row.raw, bad.expected, bad.found, bad.advice)
            else:
                yield Record("expenses", row.first.at, row.raw, values)


def _expense(report: Report, one: Keyed, row: TableRow) -> dict[str, Value]:
    common: dict[str, Value] = {
        "source_key": one.key,
        "person": report.person if one.table.traveler is None else f"{one.table.traveler} of {report.person}",
        "amount": read_dollars(row.amount.text),
        "currency": CURRENCY,
        "citation": _citation(report, row.first),
    }
    if one.trip is not None:
        return {**common, **_overseas(one.trip, one.trip_key, row)}
    if row.columns.start("Nights") >= 0:
        return {**common, "cost_class": _class(one.path), **_allowance(one, row)}
    return {**common, "cost_class": _class(one.path), **_detail(one, row)}


def _class(path: tuple[str, ...]) -> str:
    if path[0] == "Office Facilities" or not path:
        return _OFFICE
    return next((_CLASSES[name] for name in (path[-1], path[0]) if name in _CLASSES), _OFFICE)


def _overseas(trip: Trip, trip_key: str | None, row: TableRow) -> dict[str, Value]:
    words = " ".join(_texts(row))
    days = trip.days
    return {
        "trip": trip_key,
        "day": days.first,
        "day_to": days.last,
        "cost_class": _OVERSEAS_CLASSES.get(words.rpartition(" - ")[2], "travel"),
        "description": words,
        "stated_purpose": trip.reason,
        "place": trip.places,
    }


def _allowance(one: Keyed, row: TableRow) -> dict[str, Value]:
    """A row of travelling allowance: Date From, Date To, Location, Details, Nights, Rate, Spouse, Amount."""
    columns, text = row.columns, row.first.text
    location, details, nights = (columns.start(name) for name in ("Location", "Details", "Nights"))
    to = columns.start("Date To")
    first, last = days_of(text[:to]), days_of(text[to:location])
    numbers = [part.text for part in cells(text[: row.amount.start]) if part.start >= nights - 2]
    count = int(numbers.pop(0)) if numbers and numbers[0].lstrip("-").isdecimal() else None
    if first.first is None or last.first is None or not (numbers or count is not None):
        raise BadCellError(
            "a first day, a last day, and nights or a rate",
            f"'{row.first.words}'",
            "Look at the printed page and enter the row by mapping.",
        )
    lines = row.lines
    purpose = " ".join(part for line in lines if (part := _between(line.text, details, nights)))
    place = " ".join(part for line in lines if (part := _between(line.text, location, details)))
    told = "nights not printed" if count is None else f"{count} night{'' if count == 1 else 's'}"
    rate = f"{told} at {numbers[0]}" if numbers else told
    spouse = f", spouse {numbers[1]}" if len(numbers) > 1 else ""
    return {
        "day": first.first,
        "day_to": last.first if last.first != first.first else None,
        "place": place or None,
        "nights": count,
        "description": f"{rate}{spouse}{_told(one.table, row)}",
        "stated_purpose": purpose or None,
    }


def _between(text: str, start: int, end: int) -> str:
    """The words of a line whose pieces begin between two columns."""
    return " ".join(part.text for part in cells(text) if start - 1 <= part.start < end - 1)


def _detail(one: Keyed, row: TableRow) -> dict[str, Value]:
    pieces = _pieces(one, row)
    named = [words for words, _first, _last in pieces if words]
    days = [day for _words, *both in pieces for day in both if day is not None]
    first, last = (min(days), max(days)) if days else (None, None)
    in_city = one.path[-1] in _CITY and len(named) == 1
    what = one.path[-1] if in_city or not named else "; ".join(named)
    return {
        "day": first,
        "day_to": last if last != first else None,
        "place": named[0] if in_city else None,
        "description": f"{what}{_told(one.table, row)}",
    }


def _pieces(one: Keyed, row: TableRow) -> list[tuple[str, Value, Value]]:
    """The legs of a row, or its one text: words, first day, last day. Wrapped lines are put together."""
    pieces: list[tuple[str, Value, Value]] = []
    waiting = ""
    for text in _texts(row):
        waiting = f"{waiting} {text}".strip()
        found = days_of(waiting)
        if one.table.has_legs and found.first is not None:
            pieces.append((found.rest, found.first, found.last))
            waiting = ""
    if waiting or not pieces:
        found = days_of(waiting)
        pieces.append((found.rest, found.first, found.last))
    return pieces


def _texts(row: TableRow) -> Iterator[str]:
    """The words of each line of a row, without its amount and marks."""
    yield " ".join(row.first.text[: row.amount.start].split())
    yield from (more.words for more in row.more)


def _told(table: Table, row: TableRow) -> str:
    """The notes to a row in brackets: the words below the table for a mark, or the word itself."""
    notes = [table.notes.get(mark, f"note {mark}") if mark in table.notes else mark for mark in row.marks]
    return "".join(f" [{note}]" for note in notes)


def _citation(report: Report, line: Line) -> str:
    return f"{report.publisher}: {report.base}, page {line.page}"


def total_rows(book: Book, summaries: Sequence[PrintedRow]) -> Iterator[Row]:
    """Every printed total as an assertion, or set aside; printed zeros that nothing stands under are none."""
    for one in book.tables:
        if one.table.total is not None:
            yield _table_total(book.report, one, one.table.total)
    yield from _overview_rows(book)
    for row in summaries:
        yield _summary_row(book, row)


def _table_total(report: Report, one: Keyed, total: TableRow) -> Row:
    tail = one.key.removeprefix(f"{report.base}/")
    name = f"{report.base}/details/{tail}"
    group = one.key
    if one.trip_key is not None:
        group = one.trip_key
        name = f"{report.base}/details/{group.removeprefix(f'{report.base}/')}"
    what = f"{', '.join(one.path)}, {one.table.window}: total of the table"
    return _stated(report, total, name, what, f"expenses:{group}", one.table.window, [one])


def _overview_rows(book: Book) -> Iterator[Row]:
    base = book.report.base
    for row, trip in book.trips:
        group = "/".join((base, *trip.path, trip.window, trip.name))
        tables = [one for one in book.tables if one.trip_key == group]
        name = f"{base}/overseas trips/{trip.window}/{trip.name}"
        what = f"Overseas travel, {trip.name}: total in the overview of trips"
        if not tables and is_amount(row.amount.text) and read_dollars(row.amount.text) == 0:
            yield NotARecord(row.first.at, row.raw, "printed zero of a trip without costs")
        else:
            yield _stated(book.report, row, name, what, f"expenses:{group}", trip.window, tables)


def overview_totals(report: Report, tables: Sequence[Table]) -> Iterator[Row]:
    """The totals printed below the overviews of trips: each is the sum of the trips above it."""
    for table in tables:
        if table.is_overview and table.total is not None:
            parts = f"assertions:{report.base}/overseas trips/{table.window}/"
            name = f"{report.base}/overseas total/{table.window}"
            what = f"Overseas travel, {table.window}: total of the overview of trips"
            yield _stated(report, table.total, name, what, parts, table.window)


def _stated(
    report: Report,
    row: TableRow,
    name: str,
    what: str,
    test: str,
    window: str,
    tables: Sequence[Keyed] = (),
) -> Row:
    try:
        value = read_dollars(row.amount.text)
    except BadCellError as bad:
        return SetAside(row.first.at, row.raw, bad.expected, bad.found, bad.advice)
    values = _assertion(report, row.first.at, name, what, value, test, window, tables)
    return Record("assertions", row.first.at, row.raw, values)


def _assertion(
    report: Report,
    at: Place,
    name: str,
    what: str,
    value: Value,
    test: str | None,
    window: str | None,
    tables: Sequence[Keyed] = (),
) -> dict[str, Value]:
    """A printed total; rows of its ``tables`` that could not be read are named beside its scope."""
    scope = f"{report.member}; paid {report.period}" + (f"; use {window}" if window else "")
    missing = ", ".join(f"page {place.page} line {place.line}" for one in tables for place in one.missing)
    scope += f" [rows set aside by the reader, in no sum: {missing}]" if missing else ""
    return {
        "assertion_id": name,
        "stated_by": report.publisher,
        "speaker": "agency",
        "quantity": f"{report.member}: {what}",
        "value": value,
        "unit": CURRENCY,
        "scope": scope,
        "tested_by": test,
        "citation": f"{report.publisher}: {report.base}, page {at.page}",
    }


def _summary_row(book: Book, row: PrintedRow) -> Row:
    stated = [values for figure in row.figures if (values := _summary_figure(book, row, figure)) is not None]
    if not stated:
        return NotARecord(row.line.at, row.line.text, "printed zeros that nothing stands under")
    parts = tuple(Part("assertions", values) for values in stated[1:])
    return Record("assertions", row.line.at, row.line.text, stated[0], parts)


def _summary_figure(book: Book, row: PrintedRow, figure: Printed) -> dict[str, Value] | None:
    """One figure of a summary as an assertion; None for a zero that nothing stands under."""
    base, path = book.report.base, "/".join(figure.path)
    tables = book.of(figure.path, figure.window)
    if figure.page_kind == "elsewhere":
        what = f"{figure.path[0]}: {figure.note}"
        name = f"{base}/by period/{path}/{figure.note}"
        return _assertion(book.report, row.line.at, name, what, figure.value, None, None)
    if figure.page_kind == "summary":
        name, test = f"{base}/summary/{path}", f"assertions:{base}/by period/{path}/"
        nothing = not any(one.path[0] == figure.path[0] for one in book.tables)
        what = f"{figure.path[0]}: total of the category"
    elif figure.path == (TOTAL,):
        name, test = f"{base}/total/{figure.window}", f"assertions:{base}/section/{figure.window}/"
        nothing = not any(one.table.window == figure.window for one in book.tables)
        what = f"{TOTAL}, {figure.window}"
    else:
        tail = f"{path}/{figure.window}"
        kind = f"section/{figure.window}/{path}" if figure.page_kind == "section" else f"by period/{tail}"
        keys = {one.key for one in tables}
        name = f"{base}/{kind}"
        test = f"expenses:{keys.pop()}" if len(keys) == 1 else f"assertions:{base}/details/{tail}/"
        if not tables:
            test = f"expenses:{base}/{tail}"
        nothing = not tables
        where = "summary of the section" if figure.page_kind == "section" else "summary by period"
        what = f"{', '.join(figure.path)}, {figure.window}: {where}"
    if nothing and figure.value == 0:
        return None
    if figure.note:
        what = f"{what} ({figure.note})"
    return _assertion(book.report, row.line.at, name, what, figure.value, test, figure.window, tables)
