"""The overtime report by unit: what each unit was paid in each month, and the total of each month.

Read from the city's print, a line is an expense of the cost class overtime, and the total printed over the
lines of a month is an assertion that the audit computes again from them; in the released reports the two
are apart by a few cents. Read from a conversion of the print, every line is an assertion instead: what the
conversion says of that line or total, tested by the print. So a book that holds both counts each line once,
and the audit shows where the conversion departs from the print.

A unit is known by its number: the name beside it changes from month to month. Within a month the numbers
rise; where they fall back without a new heading, a heading is missing, and the month of what follows is not
on record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from wardbook.intake.cells import BadCellError
from wardbook.intake.chicago_overtime_lines import (
    DEPARTMENT,
    Line,
    Month,
    Span,
    UnitLine,
    furniture,
    month_total,
    unit_line,
)
from wardbook.records.source import NotARecord, Record, Row, SetAside, Value

BY_UNIT = "cpd-overtime-by-unit"
"""The name of all lines; with month and unit behind it (``/2018-05/542``) that of one line."""
CONVERTED = "cpd-overtime-converted"
"""The same for the lines of a conversion; it stands behind the names of what was printed."""
USD = "USD"


def unit_key(unit: str) -> str:
    """The name under which the lines of one unit stand in all months."""
    return f"cpd-unit-{unit}"


@dataclass
class _Report:
    """A report in the reading: what its lines said so far."""

    converted: bool
    span: Span | None = None
    printed_on: date | None = None
    month: Month | None = None
    last_unit: str = ""
    totals: dict[str, Decimal] = field(default_factory=dict)

    @property
    def stated_by(self) -> str:
        """Who states the figures."""
        return f"a conversion of the report by unit of the {DEPARTMENT}" if self.converted else DEPARTMENT

    @property
    def citation(self) -> str:
        """The report, as a reader would ask for it."""
        days = "" if self.span is None else f", {self.span.words}"
        printed = "" if self.printed_on is None else f", printed {self.printed_on}"
        return f"OT REPORT - CITYWIDE BY UNIT{days}{printed}"


def rows_by_unit(lines: Iterable[Line], *, converted: bool) -> Iterator[Row]:
    """One row for each line of a report by unit, read from the print or from a conversion of it."""
    report = _Report(converted)
    for line in lines:
        try:
            yield _row(report, line)
        except BadCellError as bad:
            yield SetAside(line.at, line.raw, bad.expected, bad.found, bad.advice)


def _row(report: _Report, line: Line) -> Row:
    if not line.text:
        return NotARecord(line.at, line.raw, "blank line")
    printed = furniture(line.text)
    if printed is not None:
        report.span = printed.span or report.span
        report.printed_on = printed.printed_on or report.printed_on
        return NotARecord(line.at, line.raw, "title, days covered, day of printing or page number")
    return _month_heading(report, line) or _unit(report, line)


def _month_heading(report: _Report, line: Line) -> Row | None:
    """The heading of a month: its total, once; None where the line is no such heading."""
    before = report.month
    try:
        found = month_total(line.text)
    except BadCellError:
        report.month = None
        raise
    if found is None:
        return None
    report.month = None if report.span is None else report.span.month(found.month)
    if report.month is None:
        days = "none" if report.span is None else report.span.words
        raise BadCellError(
            f"days covered that hold one {found.month}", days, "Look at the title of the report."
        )
    if report.month != before:
        report.last_unit = ""
    printed_before = report.month.key in report.totals
    known = report.totals.setdefault(report.month.key, found.total)
    if known != found.total:
        raise BadCellError(
            f"the total {known:,} again, as over the lines before",
            f"{found.total:,}",
            "Ask which of the two totals of the month is right.",
        )
    if printed_before:
        return NotARecord(line.at, line.raw, "heading of the month, printed again")
    return Record("assertions", line.at, line.raw, _total(report, report.month, found.total))


def _unit(report: _Report, line: Line) -> Row:
    found = unit_line(line.text)
    if report.month is not None and found.unit <= report.last_unit:
        report.month = None
    if report.month is None:
        raise BadCellError(
            "the heading of a month above the line, and unit numbers that rise below it",
            f"unit {found.unit} after {report.last_unit or 'no heading that can be read'}",
            "The month is not on record here. Look at the printed report.",
        )
    report.last_unit = found.unit
    if report.converted:
        return Record("assertions", line.at, line.raw, _converted(report, report.month, found))
    return Record("expenses", line.at, line.raw, _expense(report, report.month, found))


def _expense(report: _Report, month: Month, found: UnitLine) -> dict[str, Value]:
    return {
        "source_key": unit_key(found.unit),
        "day": month.first,
        "day_to": month.last,
        "trip": f"{BY_UNIT}/{month.key}/{found.unit}",
        "cost_class": "overtime",
        "amount": found.amount,
        "currency": USD,
        "description": found.name,
        "citation": report.citation,
    }


def _total(report: _Report, month: Month, total: Decimal) -> dict[str, Value]:
    name = f"{BY_UNIT}/{month.key}"
    return {
        "assertion_id": f"{CONVERTED}/{month.key}" if report.converted else name,
        "quantity": f"overtime of all units in {month.words}{', as converted' if report.converted else ''}",
        "value": total,
        "tested_by": f"assertions:{name}" if report.converted else f"expenses:{name}",
        **_stated(report, month, "all units"),
    }


def _converted(report: _Report, month: Month, found: UnitLine) -> dict[str, Value]:
    part = f"{month.key}/{found.unit}"
    return {
        "assertion_id": f"{CONVERTED}/{part}",
        "quantity": f"overtime of unit {found.unit} in {month.words}, as converted",
        "value": found.amount,
        "tested_by": f"expenses:{BY_UNIT}/{part}",
        **_stated(report, month, f"unit {found.unit}, named {found.name}"),
    }


def _stated(report: _Report, month: Month, units: str) -> dict[str, Value]:
    return {
        "stated_by": report.stated_by,
        "stated_on": report.printed_on,
        "unit": USD,
        "scope": f"{month.words}; {units}",
        "citation": report.citation,
        "scope_from": month.first,
        "scope_to": month.last,
        "scope_covers": "overtime",
        "speaker": None if report.converted else "agency",
    }
