"""Overtime reports of the Chicago Police Department, as released under freedom of information.

Two readers: the printed reports (PDF), by unit and for the city by month; and the conversions of them to CSV
that were published beside them. A conversion is no second source of the same rows: its lines are statements,
tested by the lines of the print. Where only a conversion can be had, name the reader of the print
for it (``--reader chicago-overtime``): then its lines are read as expenses.

What is a row: one line of a page, or of the CSV, and the fact that pages are missing which the page numbers
count. Every character that PDFium finds on the pages must stand in the raw text of one row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wardbook.errors import InputRefusedError
from wardbook.intake import mapped_table
from wardbook.intake.chicago_overtime_by_unit import rows_by_unit
from wardbook.intake.chicago_overtime_citywide import HEADINGS, rows_citywide, rows_undated
from wardbook.intake.chicago_overtime_lines import MONTHS, Line, is_by_unit, is_citywide, page_of
from wardbook.intake.chicago_overtime_print import PrintedPage, printed_pages
from wardbook.intake.grid import HEADER_SEARCH, GridRow
from wardbook.intake.pdf_text import is_pdf, why_no_text
from wardbook.intake.reader import Context, Exhibit, Reader
from wardbook.intake.table_text import is_text, read_text
from wardbook.intake.tables import peek
from wardbook.records.source import Place, Reading, Row, SetAside

_EXPECTED = "an overtime report of the Chicago Police Department: OT REPORT - CITYWIDE BY UNIT, or FOR a year"


def recognizes_print(exhibit: Exhibit, context: Context) -> bool:  # noqa: ARG001
    """Whether an exhibit is a readable PDF whose first page has the title of one of the two reports."""
    if not is_pdf(exhibit.head) or why_no_text(exhibit.path) is not None:
        return False
    pages = printed_pages(exhibit.path, most=1)
    return any(is_by_unit(line) or is_citywide(line) for page in pages for line in page.lines)


def recognizes_conversion(exhibit: Exhibit, context: Context) -> bool:
    """Whether an exhibit is a CSV with the title of the report by unit, or the headings of the other."""
    return _converted_kind(exhibit) is not None and not mapped_table.recognizes(exhibit, context)


def read_print(exhibit: Exhibit, context: Context) -> Reading:  # noqa: ARG001
    """The expenses and assertions of a printed report; of a conversion by unit, its lines as expenses.

    Raises `InputRefusedError` for a PDF without readable text, and for a file that is no such report.
    """
    if not is_pdf(exhibit.head):
        return _read_csv(exhibit, converted=False)
    reason = why_no_text(exhibit.path)
    if reason is not None:
        raise InputRefusedError(exhibit.name, reason.expected, reason.found, reason.advice)
    pages = printed_pages(exhibit.path)
    lines = [
        Line(Place(page.number, number), text, text)
        for page in pages
        for number, text in enumerate(page.lines, 1)
    ]
    if any(is_by_unit(line.text) for line in lines):
        rows = list(rows_by_unit(lines, converted=False))
    elif any(is_citywide(line.text) for line in lines):
        rows = list(rows_citywide(lines))
    else:
        raise InputRefusedError(
            exhibit.name, _EXPECTED, "a PDF without such a title", "Choose another reader."
        )
    held = sum(len(page.lines) for page in pages)
    missing = missing_pages(lines, len(pages))
    _check_nothing_lost(exhibit, pages, rows)
    return Reading((*rows, *missing), held + len(missing))


def read_conversion(exhibit: Exhibit, context: Context) -> Reading:  # noqa: ARG001
    """What a conversion to CSV says of the lines of the report, as assertions.

    Raises `InputRefusedError` for a file that is no such conversion.
    """
    return _read_csv(exhibit, converted=True)


def missing_pages(lines: Sequence[Line], pages: int) -> tuple[SetAside, ...]:
    """A row for the pages that the page numbers count and the file does not hold, if there are any."""
    printed = [found for line in lines if (found := page_of(line.text)) is not None]
    totals = {total for _, total in printed}
    missing = sorted(set(range(1, max(totals, default=0) + 1)) - {number for number, _ in printed})
    if len(totals) != 1 or len(printed) < pages or not missing:
        return ()
    without = f"{pages} pages, without page {', '.join(map(str, missing))}"
    expected = f"pages 1 to {max(totals)}, as the page numbers count them"
    advice = "Ask who released the report for the missing pages."
    return (SetAside(Place(None, None), "", expected, without, advice),)


def _check_nothing_lost(exhibit: Exhibit, pages: Sequence[PrintedPage], rows: Sequence[Row]) -> None:
    on_pages = sum(page.characters for page in pages)
    in_rows = sum(len("".join(row.raw.split())) for row in rows)
    if on_pages != in_rows:
        raise InputRefusedError(
            exhibit.name,
            f"{on_pages} characters, as its pages hold",
            f"{in_rows} in its lines",
            "Its layout is not understood. Report it, and enter the figures by a table of expenses.",
        )


def _converted_kind(exhibit: Exhibit) -> str | None:
    """``by unit`` or ``city``, by the first rows of a CSV; None for any other file."""
    if not is_text(exhibit):
        return None
    for sheet in peek(exhibit):
        if sheet.delimiter == ",":
            return _kind([_text(row) for row in sheet.rows[:HEADER_SEARCH]])
    return None


def _kind(texts: Sequence[str]) -> str | None:
    if any(is_by_unit(text) for text in texts):
        return "by unit"
    return "city" if texts and texts[0] in {f"{month} {HEADINGS}" for month in MONTHS} else None


def _read_csv(exhibit: Exhibit, *, converted: bool) -> Reading:
    kind = _converted_kind(exhibit)
    if kind is None:
        raise InputRefusedError(
            exhibit.name, _EXPECTED, "neither a print nor a CSV of one", "Choose another reader."
        )
    grid = read_text(exhibit, ",")
    rows = [row for sheet in grid.sheets for row in sheet.rows]
    lines = [Line(row.at, _text(row.cells), row.raw) for row in rows if row.damage is None]
    read = rows_by_unit(lines, converted=converted) if kind == "by unit" else rows_undated(lines)
    return Reading(tuple(_merged(rows, read)), grid.held)


def _merged(rows: Sequence[GridRow], read: Iterator[Row]) -> Iterator[Row]:
    """The rows read, with those that are damaged in their places."""
    for row in rows:
        if row.damage is None:
            yield next(read)
        else:
            yield SetAside(row.at, row.raw, row.damage.expected, row.damage.found, row.damage.advice)


def _text(cells: Sequence[str]) -> str:
    """The words of the cells with one space between them."""
    return " ".join(" ".join(cells).split())


READER = Reader(
    name="chicago-overtime",
    reads="overtime reports of the Chicago Police Department as printed (text PDF): by unit, and citywide",
    recognizes=recognizes_print,
    read=read_print,
)

CONVERSION = Reader(
    name="chicago-overtime-conversion",
    reads="conversions of these reports to CSV: what they say of each line is tested by the printed report",
    recognizes=recognizes_conversion,
    read=read_conversion,
)
