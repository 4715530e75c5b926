"""The tables of transaction details in an Australian expenditure report, put together over page breaks.

A table has titles (category, perhaps the traveler, part), a line of column headings, rows, a printed total
and notes. It runs on over a page break, where titles and headings are printed again. A row is a line with an
amount in the column Amount; lines below it without one belong to it: wrapped words, or further legs that the
one amount covers. Columns are found by their headings on each page, because each page sets them anew.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from wardbook.intake.au_expenditure_text import Amount, Line, amounts, cells, days_of, is_mark, note_of
from wardbook.records.source import NotARecord, Row, SetAside

_HEADINGS = re.compile(r"\S.*\s{2,}Amount(?:\s+Notes)?")
_DETAILS = re.compile(r"Transaction Details - (From|Before) (.+)")
_FOOT = re.compile(r"Page [0-9]+ of [0-9]+", re.ASCII)
_NIGHTS = re.compile(r"-?[0-9]+", re.ASCII)
_DATED = re.compile(r"[0-9]{1,2} [A-Z][a-z]{2} [0-9]{2}( - .*)?", re.ASCII)
_MARGIN = 2
_NIGHTS_ABOVE = "No. of"
"""The first line of the heading 'No. of Nights'."""

OVERSEAS = "Overseas Travel"
OVERVIEW = "Overseas Travel Summary"
WITH_LEGS = ("Domestic Scheduled Fares", "Fares", "Charter")
"""Titles of tables in which one amount covers the legs below it."""


@dataclass(frozen=True)
class Columns:
    """A line of column headings; ``text`` as printed."""

    text: str

    @property
    def of_trips(self) -> bool:
        """Whether they head what one overseas trip cost."""
        return self.text.startswith(("Entitlement", "Type"))

    @property
    def amount(self) -> int:
        """Where the heading Amount begins."""
        return self.text.rindex("Amount")

    def start(self, name: str) -> int:
        """Where a heading begins; -1 where the line has no such heading."""
        return self.text.find(name)


@dataclass(frozen=True)
class More:
    """A further line of a row: the line, its words, and the footnote marks behind them."""

    line: Line
    words: str
    marks: tuple[str, ...] = ()


@dataclass
class TableRow:
    """A row: the line with its amount, the amount, the lines below that belong to it, the part it is in."""

    first: Line
    columns: Columns
    amount: Amount
    part: str | None = None
    more: list[More] = field(default_factory=list)

    @property
    def raw(self) -> str:
        """All its lines as they stand."""
        return "\n".join(line.text for line in self.lines)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Its line with the amount, and the further ones."""
        return (self.first, *(more.line for more in self.more))

    @property
    def marks(self) -> tuple[str, ...]:
        """What stands behind the amount: footnote marks, or words of the column Notes."""
        own = self.first.text[self.amount.end :].split()
        return (*own, *(mark for more in self.more for mark in more.marks))


@dataclass
class Table:
    """One table: ``titles`` (category, part), who traveled, its trip, rows, total and notes by mark.

    ``aside`` are lines that stand in it and are neither rows nor parts of rows.
    """

    window: str
    titles: tuple[str, ...]
    traveler: str | None
    trip: tuple[Line, ...]
    columns: Columns
    rows: list[TableRow] = field(default_factory=list)
    total: TableRow | None = None
    notes: dict[str, str] = field(default_factory=dict)
    aside: list[Line] = field(default_factory=list)
    part: str | None = None

    @property
    def is_overview(self) -> bool:
        """Whether its rows are the totals of trips, which other tables tell in full."""
        return self.titles[0] == OVERVIEW

    @property
    def has_legs(self) -> bool:
        """Whether one amount covers the legs below it."""
        return any(title in WITH_LEGS for title in self.titles)

    def same_titles(self, other: Table) -> bool:
        """Whether another table is headed in the same words."""
        mine = (self.window, self.titles, self.traveler, [line.words for line in self.trip])
        return mine == (other.window, other.titles, other.traveler, [line.words for line in other.trip])


@dataclass
class Tables:
    """The tables of a report in the making, and the fates of lines that are no rows.

    ``paths`` are the categories with their parts that the report's own summary lists.
    """

    paths: Collection[tuple[str, ...]]
    done: list[Table] = field(default_factory=list)
    fates: list[Row] = field(default_factory=list)
    open: Table | None = None
    category: str | None = None
    traveler: str | None = None
    in_note: bool = False

    @property
    def categories(self) -> frozenset[str]:
        """The categories of the summary."""
        return frozenset(path[0] for path in self.paths)

    @property
    def visits(self) -> frozenset[str]:
        """The parts of overseas travel in the summary."""
        return frozenset(path[1] for path in self.paths if path[0] == OVERSEAS and len(path) > 1)


def is_details(page: Sequence[Line]) -> bool:
    """Whether a page holds tables of transaction details."""
    return any(_DETAILS.search(line.text) for line in page[:5])


def is_foot(line: Line) -> bool:
    """Whether a line is the page number at the foot of a page."""
    return _FOOT.fullmatch(line.words) is not None


def take_details(tables: Tables, page: Sequence[Line]) -> None:
    """Read one page of transaction details into ``tables``: every line gets its fate or joins a row."""
    top = next(number for number, line in enumerate(page) if _DETAILS.search(line.text))
    found = _DETAILS.search(page[top].text)
    if found is None:
        raise AssertionError("the page has no heading of transaction details")
    window = f"{found[1].lower()} {' '.join(found[2].split())}"
    if page[top].text[: found.start()].count("(") > page[top].text[: found.start()].count(")"):
        top += 1  # a long name in two lines
    _plain(tables, page[: top + 1], "heading of the page")
    _plain(tables, [line for line in page[top + 1 :] if is_foot(line)], "foot of the page")
    body = [line for line in page[top + 1 :] if not is_foot(line)]
    tables.in_note = False
    done = 0
    for number, line in enumerate(body):
        if _is_headings(line):
            start = _titles_above(body, number, done)
            _take_lines(tables, body[done:start])
            _open_table(tables, window, body[start:number], line)
            done = number + 1
    _take_lines(tables, body[done:])


def _is_headings(line: Line) -> bool:
    return _HEADINGS.fullmatch(line.text) is not None and not amounts(line.text)


def _titles_above(body: Sequence[Line], headings: int, stop: int) -> int:
    """Where the titles begin of the table whose column headings stand at that line of the page."""
    start = headings
    while start > stop and _may_be_title(body[start - 1]):
        start -= 1
    return start


def _may_be_title(line: Line) -> bool:
    at_margin = line.indent <= _MARGIN and not amounts(line.text)
    return at_margin or line.words == _NIGHTS_ABOVE


def _open_table(tables: Tables, window: str, titles: Sequence[Line], headings: Line) -> None:
    _plain(tables, titles, "title of a table")
    _plain(tables, [headings], "headings of the columns")
    named = [line for line in titles if line.words != _NIGHTS_ABOVE]
    table = _table(tables, window, named, Columns(headings.text))
    tables.in_note = False
    if tables.open is None or tables.open.total is not None or not tables.open.same_titles(table):
        tables.open = table
        tables.done.append(table)
    tables.open.columns = table.columns


def _table(tables: Tables, window: str, titles: Sequence[Line], columns: Columns) -> Table:
    """A new table. A category that is not printed again (its part begins inside a page) is the last one."""
    first = titles[0].words if titles else ""
    joined = " ".join(line.words for line in titles)
    whole = next((path for path in tables.paths if " ".join(path) == joined), None)
    if whole is not None:
        tables.category, tables.traveler = whole[0], None
        return Table(window, whole, None, (), columns)
    if first in (OVERVIEW, tables.category, *tables.categories) or tables.category is None:
        tables.category = OVERSEAS if first == OVERVIEW else first
        tables.traveler = None
        titles = titles[1:]
    else:
        first = tables.category
    if first == OVERSEAS and columns.of_trips:
        return Table(window, (OVERSEAS,), None, tuple(titles), columns)
    part, traveler = _part_and_traveler(tables.paths, first, [line.words for line in titles])
    tables.traveler = traveler or tables.traveler
    return Table(window, (first, *part), tables.traveler, (), columns)


def _part_and_traveler(
    paths: Collection[tuple[str, ...]], category: str, titles: Sequence[str]
) -> tuple[tuple[str, ...], str | None]:
    """The part that the last titles name (put together if it takes two lines), and who traveled."""
    sizes = (size for size in range(1, len(titles) + 1) if (category, " ".join(titles[-size:])) in paths)
    whole = (category,) in paths
    size = next(sizes, 0 if whole else min(1, len(titles)))
    above = titles[: len(titles) - size]
    return ((" ".join(titles[-size:]),) if size else ()), (above[-1] if above else None)


def _take_lines(tables: Tables, lines: Sequence[Line]) -> None:
    for line in lines:
        if tables.open is None:
            tables.fates.append(_stray(line, "a line above the first table"))
        else:
            _take_line(tables, tables.open, line)


def _take_line(tables: Tables, table: Table, line: Line) -> None:
    note = note_of(line.text) or (note_of(f"   {line.text}") if table.total is not None else None)
    found = [one for one in amounts(line.text) if one.end > table.columns.amount]
    if note is not None and not _is_wrapped(table, line):
        table.notes[note[0]] = note[1]
        tables.in_note = True
        _plain(tables, [line], "note below a table")
    elif found and table.total is None:
        tables.in_note = False
        _take_amount(table, line, found[-1])
    elif tables.in_note and line.indent > _MARGIN:
        _plain(tables, [line], "note below a table")
    else:
        _take_words(tables, table, line)


def _is_wrapped(table: Table, line: Line) -> bool:
    """Whether a line that is set in stands under a column of words, in a table that still runs."""
    starts = (table.columns.start(name) for name in ("Details", "Location", "Reason"))
    return table.total is None and any(start > 0 and abs(line.indent - start) <= 1 for start in starts)


def _take_amount(table: Table, line: Line, amount: Amount) -> None:
    before = line.text[: amount.start].strip()
    row = TableRow(line, table.columns, amount, table.part)
    if before in ("", "Total") or (table.columns.start("Nights") >= 0 and _NIGHTS.fullmatch(before)):
        table.total = row
    else:
        table.rows.append(row)


def _take_words(tables: Tables, table: Table, line: Line) -> None:
    """A line without an amount: the title of a part, more of the row above, or a line out of place."""
    more = _more(table, line) if table.rows else None
    if line.words in tables.categories:
        tables.category = line.words
        _plain(tables, [line], "title of a table")
    elif table.is_overview and (line.words in tables.visits or (not table.rows and table.part is None)):
        table.part = line.words
        _plain(tables, [line], "title of a table")
    elif table.total is not None or not table.rows:
        tables.fates.append(_stray(line, "text that belongs to no row"))
    elif more is None:
        table.aside.append(line)
        tables.fates.append(_stray(line, "a row without an amount that can be read"))
    else:
        row = table.rows[-1]
        row.more.append(more)
        _plain(tables, [line], f"further line of the row at {row.first.at}")


def _more(table: Table, line: Line) -> More | None:
    """A line as the further line of the last row; None for one that must be a row without its amount."""
    *pieces, last = cells(line.text)
    if last.end <= table.columns.amount + len("Amount"):
        return None if _is_row(table, line) else More(line, line.words)
    noted = is_mark(last.text) or (table.columns.start("Notes") >= 0 and last.text.isalpha())
    if table.has_legs and pieces and noted and pieces[-1].end <= table.columns.amount:
        return More(line, " ".join(piece.text for piece in pieces), (last.text,))
    return None


def _is_row(table: Table, line: Line) -> bool:
    """Whether a line without an amount begins as rows do: with a day, where the row above has its own."""
    row = table.rows[-1]
    above = " ".join((row.first.text[: row.amount.start], *(more.words for more in row.more)))
    is_dated = _DATED.fullmatch(line.words) is not None and days_of(above).first is not None
    return is_dated and not table.has_legs


def _plain(tables: Tables, lines: Sequence[Line], why: str) -> None:
    tables.fates.extend(NotARecord(line.at, line.text, why) for line in lines)


def _stray(line: Line, found: str) -> SetAside:
    return SetAside(
        line.at,
        line.text,
        "a row of the table with its amount, such as $1,094.00",
        found,
        "Look at the printed page; if it is a row, enter it by mapping with the amount printed there.",
    )
