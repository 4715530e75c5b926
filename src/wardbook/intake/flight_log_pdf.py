"""Flight logs as the West Virginia Aviation Division releases them: text PDFs printed from its database.

What is a row: one record (all its lines, over page breaks), one line of title, headings or footer, one piece
of text in the body that belongs to no record, one page image without text, and the fact that pages are
missing which the footers count. ``held`` adds up the lines of title, headings and footer, the texts in the
date column (found without building records) and those pieces. Besides, every character that PDFium finds on
the pages must stand in the raw text of exactly one row, else the exhibit is refused: a line lost at a page
break cannot go unnoticed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from wardbook.errors import InputRefusedError
from wardbook.intake.cells import BadCellError, read_hours, read_money
from wardbook.intake.dates import read_moment
from wardbook.intake.flight_log_layout import (
    CellLine,
    Fragment,
    Line,
    Sheet,
    count_marks,
    find_columns,
    fragments,
    lay_out,
    text_lines,
)
from wardbook.intake.pdf_text import Page, first_page, is_pdf, read_pages, why_no_text
from wardbook.intake.reader import Context, Exhibit, Reader
from wardbook.records.source import NotARecord, Place, Reading, Record, Row, SetAside, UnreadColumn, Value

_TITLE = re.compile(r"\bflight\s+log\b", re.IGNORECASE)
_CRITERIA = re.compile(r"Report\s+Criteria:\s*([^)]*)\)?", re.IGNORECASE)
_PAGE_OF = re.compile(r"\bPage (\d+) (?:of|/) ?(\d+)\b")
_PARAGRAPH_STEP = 1.45
"""Part of the font size: a wrapped line stands 1.2 below the line before; a longer step parts."""
_ONE_AMOUNT = re.compile(r"\(?-?\$?\d{1,3}(?:,\d{3})*\.\d{2}\)?", re.ASCII)
_UNFINISHED = re.compile(r"(?:.* )?(?:of|and|the|for|&)", re.IGNORECASE)
_BAD_CELL = "Look at the page and enter the record by mapping, or ask who keeps the log to correct it."


@dataclass
class _Entry:
    """The fragments of one record, in order, with the sheets they stand on."""

    fragments: list[tuple[Sheet, Fragment]]

    def lines(self, name: str) -> list[list[CellLine]]:
        """The lines of the cell of that field, one list a page."""
        return [
            list(fragment.cells[sheet.fields.index(name)])
            for sheet, fragment in self.fragments
            if name in sheet.fields and fragment.cells[sheet.fields.index(name)]
        ]

    def text(self, name: str) -> str | None:
        """The cell of that field as one text, or None if it is empty or the log has no such column."""
        return join_lines([line for part in self.lines(name) for line in part])

    @property
    def at(self) -> Place:
        """Where the record starts."""
        _, first = self.fragments[0]
        return Place(first.page, first.line)

    @property
    def raw(self) -> str:
        """The lines of the record as they stand."""
        return "\n".join(fragment.raw for _, fragment in self.fragments)


@dataclass
class _Work:
    """A reading in the making: entries and rows that are no entries, and the independent count."""

    entries: list[_Entry] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    held: int = 0
    open: _Entry | None = None


def recognizes(exhibit: Exhibit, context: Context) -> bool:  # noqa: ARG001
    """Whether an exhibit is a readable PDF whose first page has the title "Flight Log" and its headings."""
    if not is_pdf(exhibit.head) or why_unreadable(exhibit) is not None:
        return False
    page = first_page(exhibit.path)
    return page is not None and _is_flight_log(page)


def why_unreadable(exhibit: Exhibit) -> tuple[str, str, str] | None:
    """What was expected, what was found and what to do, for a PDF without readable text; else None.

    Told apart: asks for a password, truncated, damaged, page images only (a scan).
    """
    if not is_pdf(exhibit.head):
        return None
    reason = why_no_text(exhibit.path)
    return None if reason is None else (reason.expected, reason.found, reason.advice)


def read(exhibit: Exhibit, context: Context) -> Reading:  # noqa: ARG001
    """The log entries of a flight log, with every other line of it as set aside or not a record.

    Values: ``vehicle`` (from the Aircraft column, else from the title), ``day``, ``route_text``,
    ``riders_text``, ``agency``, ``division``, ``hours`` (Decimal), ``stated_purpose``, ``justification``,
    ``invoiced`` (Decimal, with ``currency`` USD). Dates are month/day/year. An empty cell is None.
    Raises `InputRefusedError` for a file that is no PDF, has no readable text, or is no flight log.
    """
    reason = why_unreadable(exhibit)
    if reason is not None:
        raise InputRefusedError(exhibit.name, *reason)
    if not is_pdf(exhibit.head):
        found = "a file without the mark %PDF-"
        raise InputRefusedError(exhibit.name, "a PDF", found, "Choose another reader.")
    pages = tuple(read_pages(exhibit.path))
    if find_columns(pages[0]) == ():
        raise InputRefusedError(
            f"{exhibit.name}: page 1",
            "a heading line with Date of Flight, Flt Hrs and Destinations",
            "a page without one",
            "Enter the log as a table by mapping.",
        )
    work = _Work()
    for page in pages:
        _take_page(work, page)
    _check_page_count(work, pages)
    departments = _departments(work.entries)
    rows = [*(_row(entry, departments) for entry in work.entries), *work.rows]
    rows.sort(key=lambda row: (row.at.page or 0, row.at.line or 0))
    _check_nothing_lost(exhibit, pages, rows, work.held)
    return Reading(tuple(rows), work.held, _unread(work.entries))


def join_lines(lines: Sequence[CellLine]) -> str | None:
    """The lines of a wrapped cell as one text, or None if there are none.

    A line that ends in a hyphen joins the next directly ("Winston-Salem, NC-" and "CRW"), unless the hyphen
    stands alone or a space follows it in the file; any other line joins with a space.
    """
    text = ""
    glue = ""
    for line in lines:
        text += glue + line.text
        broken_at_hyphen = line.text.endswith("-") and line.text[-2:-1] not in ("", " ") and not line.spaced
        glue = "" if broken_at_hyphen else " "
    return text or None


def _is_flight_log(page: Page) -> bool:
    return find_columns(page) != () and any(_TITLE.search(line.text) for line in text_lines(page.words))


def _take_page(work: _Work, page: Page) -> None:
    """One page: its lines that are no records go to the rows, its fragments to the entries."""
    sheet = lay_out(page)
    if sheet is None:
        _take_foreign_page(work, page)
        return
    work.held += len(sheet.top) + len(sheet.foot) + count_marks(sheet)
    work.rows.extend(_plain(page, sheet.top[:-1], "title of the page"))
    work.rows.extend(_plain(page, sheet.top[-1:], "headings of the columns"))
    work.rows.extend(_plain(page, sheet.foot, "footer of the page"))
    for fragment in fragments(sheet):
        if fragment.dated:
            work.open = _Entry([(sheet, fragment)])
            work.entries.append(work.open)
        elif fragment.leading and work.open is not None and not _has_own_figures(sheet, fragment):
            work.open.fragments.append((sheet, fragment))
        else:
            work.held += 1
            work.rows.append(_stray(work, fragment))
            work.open = None


def _take_foreign_page(work: _Work, page: Page) -> None:
    """A page without the headings of the log: nothing on it is read, nothing is lost."""
    work.open = None
    lines = text_lines(page.words)
    work.held += max(1, len(lines))
    for line in lines:
        work.rows.append(
            SetAside(
                Place(page.number, line.number),
                line.text,
                "a page with the headings of the log",
                "a line of a page without them",
                "Look at the page; if it belongs to the log, enter its records as a table by mapping.",
            )
        )
    if lines:
        return
    at = Place(page.number, None)
    if page.images:
        advice = "Run OCR over a copy, or enter the page as a table by mapping."
        work.rows.append(SetAside(at, "", "a page with a text layer", "a page image only", advice))
    else:
        work.rows.append(NotARecord(at, "", "blank page"))


def _plain(page: Page, lines: Iterable[Line], why: str) -> Iterator[Row]:
    return (NotARecord(Place(page.number, line.number), line.text, why) for line in lines)


def _has_own_figures(sheet: Sheet, fragment: Fragment) -> bool:
    """Hours and aircraft stand on a record's first line: text that has them does not continue a record."""
    cells = zip(sheet.fields, fragment.cells, strict=True)
    return any(cell for name, cell in cells if name in ("hours", "vehicle"))


def _stray(work: _Work, fragment: Fragment) -> SetAside:
    continues = fragment.leading and work.open is None
    return SetAside(
        Place(fragment.page, fragment.line),
        fragment.raw,
        "a record that begins with a date of flight",
        "text that continues no record" if continues else "a record without a date",
        "Find its date in another source and enter it by mapping.",
    )


def _row(entry: _Entry, departments: frozenset[str]) -> Row:
    """An entry as a record, or set aside with the first cell that cannot be read."""
    try:
        figures = _figures(entry)
    except BadCellError as bad:
        return SetAside(entry.at, entry.raw, bad.expected, bad.found, _BAD_CELL)
    agency, division = _agency_and_division(entry, departments)
    values: Mapping[str, Value] = {
        "vehicle": entry.text("vehicle") or _vehicle_of_title(entry.fragments[0][0]),
        "route_text": entry.text("route_text"),
        "riders_text": entry.text("riders_text"),
        "agency": agency,
        "division": division,
        "stated_purpose": entry.text("stated_purpose"),
        "justification": entry.text("justification"),
        **figures,
    }
    return Record("log_entries", entry.at, entry.raw, values)


def _figures(entry: _Entry) -> Mapping[str, Value]:
    """Day, hours and invoice; raises `BadCellError` for a cell that holds none."""
    hours, invoiced = entry.text("hours"), _invoiced(entry)
    amount = None if invoiced is None else read_money(invoiced)
    return {
        "day": read_moment(entry.text("day") or "", "mdy").day,
        "hours": None if hours is None else read_hours(hours),
        "invoiced": amount,
        "currency": None if amount is None else "USD",
    }


def _invoiced(entry: _Entry) -> str | None:
    """The text of the invoice; an amount broken over lines ("$12,520." and "00") is one amount."""
    glued = "".join(line.text for part in entry.lines("invoiced") for line in part)
    return glued if _ONE_AMOUNT.fullmatch(glued) else entry.text("invoiced")


def _vehicle_of_title(sheet: Sheet) -> str | None:
    """The one aircraft a title names before its span of days: ``(Report Criteria: N1WV; 010117-011425)``."""
    match = _CRITERIA.search(" ".join(line.text for line in sheet.top))
    if match is None:
        return None
    named = [part.strip() for part in re.split(r"[;,]", match[1])]
    named = [part for part in named if part and not re.fullmatch(r"[\d/\s]+-[\d/\s]+", part)]
    return named[0] if len(named) == 1 else None


def _paragraphs(lines: Sequence[CellLine]) -> list[list[CellLine]]:
    """Lines of one cell on one page, parted where the step down is longer than a wrapped line's."""
    parts: list[list[CellLine]] = []
    for line in lines:
        if parts and parts[-1][-1].baseline - line.baseline <= _PARAGRAPH_STEP * line.size:
            parts[-1].append(line)
        else:
            parts.append([line])
    return parts


def _departments(entries: Iterable[_Entry]) -> frozenset[str]:
    """The departments named by records that stand on one page, where the layout leaves no doubt."""
    found = {
        join_lines(_paragraphs(parts[0])[0])
        for entry in entries
        if len(entry.fragments) == 1 and (parts := entry.lines("agency"))
    }
    return frozenset(name for name in found if name)


def _agency_and_division(entry: _Entry, departments: frozenset[str]) -> tuple[str | None, str | None]:
    """Department and division: the first paragraph of the agency cell and the rest.

    Where the cell is broken over pages the gap between the two may be lost; then the first text on the later
    page completes the department if that makes a department which another record of the log names, or if
    the department breaks off ("Department of") and no record says how it goes on; else it begins
    the division.
    """
    agency: list[CellLine] = []
    division: list[CellLine] = []
    for number, part in enumerate(entry.lines("agency")):
        paragraphs = _paragraphs(part)
        first, rest = paragraphs[0], [line for paragraph in paragraphs[1:] for line in paragraph]
        begins_division = (
            number > 0
            and not rest
            and not _breaks_off(join_lines(agency) or "", departments)
            and (join_lines(agency) in departments or join_lines([*agency, *first]) not in departments)
        )
        (division if division or begins_division else agency).extend(first)
        division.extend(rest)
    return join_lines(agency), entry.text("division") or join_lines(division)


def _breaks_off(department: str, departments: frozenset[str]) -> bool:
    known = any(name.startswith(f"{department} ") for name in departments)
    return _UNFINISHED.fullmatch(department) is not None and not known


def _check_page_count(work: _Work, pages: Sequence[Page]) -> None:
    """The footers count the pages of the log; those that no page bears are set aside, in one row."""
    printed = [
        (int(match[1]), int(match[2]))
        for page in pages
        for line in text_lines(page.words)
        for match in _PAGE_OF.finditer(line.text)
    ]
    totals = {total for _, total in printed}
    missing = sorted(
        (number, total)
        for total in totals
        for number in set(range(1, total + 1)) - {n for n, of in printed if of == total}
    )
    if len(printed) < len(pages) or not missing or len(totals) > 1:
        return
    work.held += 1
    named = ", ".join(str(number) for number, _ in missing)
    work.rows.append(
        SetAside(
            Place(None, None),
            "",
            f"pages 1 to {missing[0][1]}, as the footers count them",
            f"{len(pages)} pages, without page {named}",
            "Ask who released the log for the missing pages.",
        )
    )


def _check_nothing_lost(exhibit: Exhibit, pages: Iterable[Page], rows: Sequence[Row], held: int) -> None:
    """Every character of the pages stands in one row, and there are as many rows as were counted."""
    on_pages = sum(page.characters for page in pages)
    in_rows = sum(len("".join(row.raw.split())) - row.raw.count("\ufffd") for row in rows)
    if (on_pages, held) != (in_rows, len(rows)):
        raise InputRefusedError(
            exhibit.name,
            f"{held} rows, as its pages count, with {on_pages} characters",
            f"{len(rows)} rows with {in_rows} characters",
            "Its layout is not understood. Report it, and enter the log as a table by mapping meanwhile.",
        )


def _unread(entries: Sequence[_Entry]) -> tuple[UnreadColumn, ...]:
    """The columns whose heading is not known, with how many records fill them."""
    found: dict[str, list[str]] = {}
    for entry in entries:
        for sheet, fragment in entry.fragments:
            for column, cell in zip(sheet.columns, fragment.cells, strict=True):
                if column.field is None:
                    text = join_lines(cell)
                    found.setdefault(column.heading, []).extend([text] if text else [])
    return tuple(UnreadColumn(name, len(cells), cells[0] if cells else "") for name, cells in found.items())


READER = Reader(
    name="flight-log-pdf",
    reads="text PDFs titled Flight Log with headings such as Date of Flight, Flt Hrs and Destinations",
    recognizes=recognizes,
    read=read,
)
