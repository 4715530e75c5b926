"""Reports on what Australian parliamentarians spent, as the Department of Finance published them half-yearly.

What is read is the text of one member's report with its columns kept (``pdftotext -layout``). What is a row:
every printed line that is not blank. A line is a record (an expense, or printed totals), set aside, or no
record: titles, headings, notes, the foot of a page, and the further lines of a record that is named. The
count of lines held is made from the text alone, so that no line is lost between pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from wardbook.errors import InputRefusedError
from wardbook.intake.au_expenditure_records import Report, expense_rows, keyed, overview_totals, total_rows
from wardbook.intake.au_expenditure_summaries import (
    TITLE,
    Summaries,
    is_summary,
    settle_columns,
    take_summary,
)
from wardbook.intake.au_expenditure_tables import Tables, is_details, take_details
from wardbook.intake.au_expenditure_text import Line, lines_held, pages_of
from wardbook.intake.reader import Context, Exhibit, Reader
from wardbook.records.source import NotARecord, Reading, Row, SetAside

_TITLE_PAGE = re.compile(
    r"(?P<member>.+?) Expenditure(?: on Entitlements)? paid by the (?P<publisher>.+?) "
    r"(?P<period>[0-9]{1,2} [A-Z][a-z]+(?: [0-9]{4})? to [0-9]{1,2} [A-Z][a-z]+ [0-9]{4})(?: .*)?",
    re.ASCII,
)
_DIVIDER = "Supporting Information for Expenditure"


def recognizes(exhibit: Exhibit, context: Context) -> bool:  # noqa: ARG001
    """Whether an exhibit is text whose first page is such a title and which has the summary's heading."""
    text = exhibit.head.decode("utf-8", "ignore")
    if "\0" in text or TITLE.search(text) is None:
        return False
    return _report(pages_of(text.partition("\f")[0])[0]) is not None


def read(exhibit: Exhibit, context: Context) -> Reading:  # noqa: ARG001
    """The expenses and printed totals of one member's report; every other line with its reason.

    Values of ``expenses``: ``source_key`` (report, category, part and section), ``day``, ``day_to``, ``trip``
    (overseas), ``person``, ``cost_class``, ``amount`` in AUD, ``place``, ``nights``, ``description``,
    ``stated_purpose``, ``citation``. Raises `InputRefusedError` for a file that is not UTF-8 or whose first
    page is no such title.
    """
    try:
        text = exhibit.path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputRefusedError(
            exhibit.name, "text in UTF-8", f"other bytes ({error})", "Make the text again from the PDF."
        ) from error
    reports = _reports(pages_of(text))
    if reports is None:
        raise InputRefusedError(
            exhibit.name,
            "a first page with a name, 'Expenditure ... paid by the Department of Finance' and a period",
            "a first page without them",
            "Choose another reader.",
        )
    found = (row for report, pages in reports for row in _rows(report, pages))
    rows = sorted(found, key=lambda row: (row.at.page or 0, row.at.line or 0))
    return Reading(tuple(rows), lines_held(text))


def _reports(pages: Sequence[Sequence[Line]]) -> list[tuple[Report, list[Sequence[Line]]]] | None:
    """The reports of a file, each with its pages from its title page on; None if the first page is no title.

    A member who has left parliament has a report of each capacity in one file, under titles that are alike.
    """
    reports: list[tuple[Report, list[Sequence[Line]]]] = []
    for page in pages:
        report = _report(page)
        if report is not None:
            number = 1 + sum(one.person == report.person for one, _ in reports)
            member = report.member if number == 1 else f"{report.member} (report {number} of the file)"
            reports.append((replace(report, member=member), [page]))
        elif reports:
            reports[-1][1].append(page)
        else:
            return None
    return reports


def _report(page: Sequence[Line]) -> Report | None:
    """What the title page says, or None if a page is none."""
    words = " ".join(line.words for line in page)
    found = _TITLE_PAGE.fullmatch(words)
    if found is None:
        return None
    return Report(page[0].words, found["member"], found["period"], found["publisher"])


def _rows(report: Report, pages: Sequence[Sequence[Line]]) -> Iterator[Row]:
    summaries = Summaries()
    for page in pages:
        if is_summary(page) and not is_details(page):
            take_summary(summaries, page)
    settle_columns(summaries)
    tables = Tables(summaries.paths)
    for page in pages:
        if is_details(page):
            take_details(tables, page)
        elif not is_summary(page):
            yield from _other_page(page, is_title=page is pages[0])
    yield from summaries.fates
    yield from tables.fates
    book = keyed(report, tables.done)
    yield from expense_rows(book)
    yield from total_rows(book, summaries.rows)
    yield from overview_totals(report, tables.done)


def _other_page(page: Sequence[Line], *, is_title: bool) -> Iterator[Row]:
    known = is_title or any(line.words.startswith(_DIVIDER) for line in page)
    for line in page:
        if known:
            yield NotARecord(line.at, line.text, "title page")
        else:
            yield SetAside(
                line.at,
                line.text,
                "a page of the report: title, summary or transaction details",
                "a line of another page",
                "Look at the page; if it has expenses, enter them by mapping.",
            )


READER = Reader(
    "au-expenditure",
    "half-yearly expenditure reports of Australian parliamentarians, as text with columns kept",
    recognizes,
    read,
)
