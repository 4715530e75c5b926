"""The overtime report for the whole city: five figures a month, and the same five for all days covered.

Every figure is an assertion. The amounts of the months are tested by the lines of the report by unit and
compared with its totals; those of all days by the sum of their months. No line of any report gives the
hours of a month, so those stand as stated. The report does not say what its columns MONEY and TIME count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from wardbook.intake.cells import BadCellError, read_number, shown
from wardbook.intake.chicago_overtime_by_unit import BY_UNIT, USD
from wardbook.intake.chicago_overtime_lines import DEPARTMENT, MONTHS, Line, Month, Span, amount_of, furniture
from wardbook.records.source import NotARecord, Part, Record, Row, SetAside, Value

CITYWIDE = "cpd-overtime-citywide"
"""The name of all figures; behind it stand the days covered, the column and the month."""
HEADINGS = "MONEY TIME TOTAL ACT HRS TOTAL CRED HRS TOTAL AMT"

_FIGURES = re.compile(rf"({'|'.join(MONTHS)}|GRAND TOTALS) (.+)")
_ADVICE = "Look at the printed report and enter the figures by a table of assertions."


@dataclass(frozen=True)
class Column:
    """A column: its heading, its name in assertions, and what it counts."""

    heading: str
    name: str
    unit: str


COLUMNS = (
    Column("TOTAL AMT", "amount", USD),
    Column("MONEY", "money", "(unit not stated)"),
    Column("TIME", "time", "(unit not stated)"),
    Column("TOTAL ACT HRS", "actual-hours", "hours"),
    Column("TOTAL CRED HRS", "credited-hours", "hours"),
)
_PRINTED_ORDER = ("MONEY", "TIME", "TOTAL ACT HRS", "TOTAL CRED HRS", "TOTAL AMT")


@dataclass
class _Report:
    """A report in the reading: what its lines said so far."""

    span: Span | None = None
    printed_on: date | None = None
    headed: bool = False


def rows_citywide(lines: Iterable[Line]) -> Iterator[Row]:
    """One row for each line of a monthly report for the city."""
    report = _Report()
    for line in lines:
        try:
            yield _row(report, line)
        except BadCellError as bad:
            yield SetAside(line.at, line.raw, bad.expected, bad.found, bad.advice)


def rows_undated(lines: Iterable[Line]) -> Iterator[Row]:
    """One row for each line of a conversion to CSV, which leaves out the title, and with it the year."""
    for line in lines:
        if not line.text:
            yield NotARecord(line.at, line.raw, "blank line")
        elif line.text.endswith(HEADINGS):
            yield NotARecord(line.at, line.raw, "month and headings of the columns")
        else:
            yield SetAside(
                line.at,
                line.raw,
                "a title with the days covered above the figures of a month",
                "none: the conversion left it out, and with it the year",
                "Take in the printed report (PDF); its figures are read from there.",
            )


def _row(report: _Report, line: Line) -> Row:
    printed = furniture(line.text)
    if printed is not None:
        report.span = printed.span or report.span
        report.printed_on = printed.printed_on or report.printed_on
        return NotARecord(line.at, line.raw, "title, days covered, day of printing or page number")
    if line.text == HEADINGS:
        report.headed = True
        return NotARecord(line.at, line.raw, "headings of the columns")
    headed, report.headed = report.headed, False
    match = _FIGURES.fullmatch(line.text)
    cells = [] if match is None else match[2].split()
    if match is None or not headed or len(cells) != len(_PRINTED_ORDER):
        raise BadCellError(
            f"a month or GRAND TOTALS with five figures, under the headings {HEADINGS}",
            shown(line.text) if headed else f"{shown(line.text)} without these headings above it",
            _ADVICE,
        )
    if report.span is None:
        raise BadCellError("a title with the days covered above the figures", "none", _ADVICE)
    figures = dict(zip(_PRINTED_ORDER, cells, strict=True))
    first, *others = (
        _assertion(report, report.span, match[1], column, figures[column.heading]) for column in COLUMNS
    )
    return Record(
        "assertions", line.at, line.raw, first, tuple(Part("assertions", other) for other in others)
    )


def _assertion(report: _Report, span: Span, name: str, column: Column, cell: str) -> dict[str, Value]:
    whole = f"{CITYWIDE}/{span.first}..{span.last}/{column.name}"
    return {
        "stated_by": DEPARTMENT,
        "stated_on": report.printed_on,
        "value": amount_of(cell) if column.unit == USD else read_number(cell),
        "unit": column.unit,
        "citation": _citation(report, span),
        "scope_covers": "overtime",
        "speaker": "agency",
        **(_all_days(whole, span, column) if name not in MONTHS else _month(whole, span, name, column)),
    }


def _all_days(whole: str, span: Span, column: Column) -> dict[str, Value]:
    return {
        "assertion_id": whole,
        "quantity": f"overtime of the city, {column.heading}, {span.words}",
        "scope": f"{span.words}; the whole city",
        "tested_by": f"assertions:{whole}/",
        "scope_from": span.first,
        "scope_to": span.last,
    }


def _month(whole: str, span: Span, name: str, column: Column) -> dict[str, Value]:
    month = span.month(name)
    if month is None:
        raise BadCellError(
            f"days covered that hold one {name}", span.words, "Look at the title of the report."
        )
    return {
        "assertion_id": f"{whole}/{month.key}",
        "quantity": f"overtime of the city, {column.heading}, in {month.words}",
        "scope": f"{month.words}; the whole city",
        "scope_from": month.first,
        "scope_to": month.last,
        **(_against_units(month) if column.unit == USD else {}),
    }


def _against_units(month: Month) -> dict[str, Value]:
    name = f"{BY_UNIT}/{month.key}"
    return {"tested_by": f"expenses:{name}", "compared_with": name}


def _citation(report: _Report, span: Span) -> str:
    printed = "" if report.printed_on is None else f", printed {report.printed_on}"
    return f"OT REPORT - CITYWIDE, {span.words}{printed}"
