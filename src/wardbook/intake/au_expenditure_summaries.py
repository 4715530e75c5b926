"""The summary pages of an Australian expenditure report: the totals that its tables must add up to.

Three kinds of page: one line of totals by category; a list of parts with what was spent from a day on and
before it; and, before each section of the details, the list of that section. Each figure becomes a `Printed`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise

from wardbook.intake.au_expenditure_tables import is_foot
from wardbook.intake.au_expenditure_text import Amount, Line, amounts, is_mark, note_of, read_dollars
from wardbook.intake.cells import BadCellError
from wardbook.records.source import NotARecord, Row, SetAside

TITLE = re.compile(r"Summary of (?:Parliamentary )?Expenditure( by Period)?")
TOTAL = "Total Expenditure"
_WINDOW = re.compile(r"Expenses (from|before) (.+)", re.IGNORECASE)
_ELSEWHERE = re.compile(r"(-?\$[0-9,]+\.[0-9]{2}) paid by [^$]*", re.ASCII)
_LETTERS = re.compile(r"[a-z]{1,2}")
"""A footnote mark of the one line of totals, on a line of its own."""
_UNREAD = "Look the figures up in the printed report; the totals that can be read are still tested."


@dataclass(frozen=True)
class Printed:
    """One figure of a summary: its ``page_kind``, what it totals, value.

    The kinds are "summary", "by period", "section", and "elsewhere" for a part of a total that others paid.
    ``path`` is the category and its part, ``window`` "from 1 July 2014" or "before ..." (None in the one
    line of totals by category); ``note`` is the footnote to the figure, as printed.
    """

    page_kind: str
    path: tuple[str, ...]
    window: str | None
    value: Decimal
    note: str | None = None


@dataclass(frozen=True)
class PrintedRow:
    """A line of a summary with its figures."""

    line: Line
    figures: tuple[Printed, ...]


@dataclass
class Summaries:
    """What the summary pages give: lines with figures, and the fates of the other lines."""

    rows: list[PrintedRow] = field(default_factory=list)
    fates: list[Row] = field(default_factory=list)
    columns: dict[str, int] = field(default_factory=dict)

    @property
    def paths(self) -> tuple[tuple[str, ...], ...]:
        """Every category and part that the list by period names, in its order."""
        figures = (figure for row in self.rows for figure in row.figures)
        return tuple(dict.fromkeys(one.path for one in figures if one.page_kind == "by period"))

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories, in the order of the list by period."""
        return tuple(dict.fromkeys(path[0] for path in self.paths if path[0] != TOTAL))


@dataclass
class _List:
    """A list of parts in the making: what kind of page, the window of each column, category and notes."""

    page_kind: str
    windows: tuple[str, ...]
    category: tuple[int, str] | None = None
    marks: list[tuple[int, int, str]] = field(default_factory=list)


def is_summary(page: Sequence[Line]) -> bool:
    """Whether a page is one of the three kinds of summary."""
    return _title(page) is not None


def _title(page: Sequence[Line]) -> re.Match[str] | None:
    return next((found for line in page[:6] if (found := TITLE.fullmatch(line.words))), None)


def take_summary(summaries: Summaries, page: Sequence[Line]) -> None:
    """Read a summary page: each line has figures, or is a heading, note or foot, or is set aside."""
    title = _title(page)
    window = next((found for line in page[:8] if (found := _WINDOW.fullmatch(line.words))), None)
    if title is not None and title[1]:
        _take_list(summaries, page, "by period", _windows_by_period(page))
    elif window is not None:
        _take_list(summaries, page, "section", (f"{window[1].lower()} {window[2]}",))
    else:
        _take_one_line(summaries, page)


def _windows_by_period(page: Sequence[Line]) -> tuple[str, ...]:
    """The windows of the two columns: 'Expenses From' and 'Expenses Before' above '1 July 2014' twice."""
    for above, below in pairwise(page):
        kinds = re.findall(r"Expenses (From|Before)", above.text)
        days = re.findall(r"[0-9]{1,2} [A-Z][a-z]+ [0-9]{4}", below.text)
        if kinds and len(kinds) == len(days):
            return tuple(f"{kind.lower()} {day}" for kind, day in zip(kinds, days, strict=True))
    return ()


def _take_list(
    summaries: Summaries, page: Sequence[Line], page_kind: str, windows: tuple[str, ...]
) -> None:
    work = _List(page_kind, windows)
    started = len(summaries.rows)
    in_notes = False
    for line in page:
        found = amounts(line.text)
        note = note_of(line.text)
        if note is not None and len(summaries.rows) > started:
            in_notes = True
            _note(summaries, work, note, started)
            summaries.fates.append(NotARecord(line.at, line.text, "note below a summary"))
        elif is_foot(line) or in_notes:
            why = "foot of the page" if is_foot(line) else "note below a summary"
            summaries.fates.append(NotARecord(line.at, line.text, why))
        elif is_mark(line.words) or len(line.words) == 1:
            summaries.fates.append(NotARecord(line.at, line.text, "mark of a note"))
        elif found:
            _take_figures(summaries, work, line, found)
        else:
            work.category = (line.indent, line.words)
            summaries.fates.append(NotARecord(line.at, line.text, "heading of a summary"))


def _take_figures(summaries: Summaries, work: _List, line: Line, found: Sequence[Amount]) -> None:
    name = " ".join(line.text[: found[0].start].split())
    if len(found) != len(work.windows) or not name:
        summaries.fates.append(_unread(line, f"{len(work.windows)} amounts", f"{len(found)}"))
        return
    path: tuple[str, ...] = (name,)
    if work.category is not None and line.indent > work.category[0] and name != TOTAL:
        path = (work.category[1], name)
    else:
        work.category = (line.indent, name)
    try:
        values = [read_dollars(one.text) for one in found]
    except BadCellError as bad:
        summaries.fates.append(SetAside(line.at, line.text, bad.expected, bad.found, bad.advice))
        return
    ends = [*(one.start for one in found[1:]), len(line.text)]
    for column, (one, end) in enumerate(zip(found, ends, strict=True)):
        work.marks.extend((len(summaries.rows), column, mark) for mark in line.text[one.end : end].split())
    figures = (
        Printed(work.page_kind, path, window, value)
        for window, value in zip(work.windows, values, strict=True)
    )
    summaries.rows.append(PrintedRow(line, tuple(figures)))


def _note(summaries: Summaries, work: _List, note: tuple[str, str], started: int) -> None:
    """Give a footnote to the figures of this page that carry its mark."""
    for number, column, mark in work.marks:
        if mark == note[0] and number >= started:
            row = summaries.rows[number]
            figures = list(row.figures)
            figures[column] = replace(figures[column], note=note[1])
            summaries.rows[number] = PrintedRow(row.line, tuple(figures))


def _take_one_line(summaries: Summaries, page: Sequence[Line]) -> None:
    """The page with one line of totals; which columns it has is settled when the list by period is read."""
    mark: Line | None = None
    totals: Sequence[Amount] = ()
    for line in page:
        found = amounts(line.text)
        elsewhere = _ELSEWHERE.fullmatch(line.words)
        if elsewhere is not None:
            _take_elsewhere(summaries, line, elsewhere, _column_of(mark, totals))
        elif found:
            totals = found
            summaries.columns = _first_columns([one for one in page if one.number < line.number])
            _take_totals(summaries, line, found)
        else:
            mark = line if mark is None and _LETTERS.fullmatch(line.words) else mark
            why = "foot of the page" if is_foot(line) else "heading of a summary"
            summaries.fates.append(NotARecord(line.at, line.text, why))


def _first_columns(above: Sequence[Line]) -> dict[str, int]:
    """Where each word of the headings begins, counted from the left; a word that is twice there, first."""
    found = ((word[0], word.start()) for line in above for word in re.finditer(r"\S+", line.text))
    starts: dict[str, int] = {}
    for word, start in sorted(found, key=lambda one: one[1]):
        starts.setdefault(word, start)
    return starts


def _take_totals(summaries: Summaries, line: Line, found: Sequence[Amount]) -> None:
    try:
        figures = [Printed("summary", (), None, read_dollars(one.text)) for one in found]
    except BadCellError as bad:
        summaries.fates.append(SetAside(line.at, line.text, bad.expected, bad.found, bad.advice))
    else:
        summaries.rows.append(PrintedRow(line, tuple(figures)))


def _column_of(mark: Line | None, totals: Sequence[Amount]) -> int | None:
    """Which of the totals a mark belongs to that stands on a line of its own, to the right of it."""
    before = [number for number, one in enumerate(totals) if mark is not None and one.end <= mark.indent + 1]
    return before[-1] if before else None


def _take_elsewhere(summaries: Summaries, line: Line, found: re.Match[str], column: int | None) -> None:
    """A note that part of a total was paid by another: a figure of its own, or, without a column, a note."""
    if column is None:
        summaries.fates.append(NotARecord(line.at, line.text, "note below a summary"))
        return
    figure = Printed("elsewhere", (str(column),), None, read_dollars(found[1]), line.words)
    summaries.rows.append(PrintedRow(line, (figure,)))


def settle_columns(summaries: Summaries) -> None:
    """Name the columns of the one line of totals by the headings above them, else set the line aside.

    The headings wrap and crowd each other, so a category is found by a word that no other one has.
    """
    names = _column_names(summaries)
    rows: list[PrintedRow] = []
    for row in summaries.rows:
        kind = row.figures[0].page_kind
        if kind == "summary" and len(names) != len(row.figures):
            expected = "a heading above each amount, with a category of the list by period"
            found = f"{len(row.figures)} amounts and {len(summaries.categories)} categories"
            summaries.fates.append(_unread(row.line, expected, found))
        elif kind == "summary":
            figures = (replace(one, path=(name,)) for one, name in zip(row.figures, names, strict=True))
            rows.append(PrintedRow(row.line, tuple(figures)))
        elif kind == "elsewhere":
            rows.extend(_named_elsewhere(summaries, row, names))
        else:
            rows.append(row)
    summaries.rows = rows


def _column_names(summaries: Summaries) -> tuple[str, ...]:
    """The categories from left to right, each where the word stands that it alone has; else none."""
    names = summaries.categories
    places: dict[str, int] = {}
    for name in names:
        others = {word for other in names if other != name for word in other.split()}
        own = [word for word in name.split() if word not in others and word in summaries.columns]
        if own:
            places[name] = min(summaries.columns[word] for word in own)
    return tuple(sorted(names, key=places.__getitem__)) if len(places) == len(names) else ()


def _named_elsewhere(summaries: Summaries, row: PrintedRow, names: Sequence[str]) -> Iterator[PrintedRow]:
    figure = row.figures[0]
    if int(figure.path[0]) < len(names):
        yield PrintedRow(row.line, (replace(figure, path=(names[int(figure.path[0])],)),))
    else:
        summaries.fates.append(_unread(row.line, "a note to one of the categories", "another column"))


def _unread(line: Line, expected: str, found: str) -> SetAside:
    return SetAside(line.at, line.text, expected, found, _UNREAD)
