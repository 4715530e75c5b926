"""What stands on a line of the Chicago police overtime reports, on paper or in a conversion of it to CSV.

A report bears a title, the days it covers (``1/1/2018 - 5/1/2018``), the day of printing and page numbers.
The year of a month is never printed beside it: it is that of the one such month within the days covered. A
month that the report covers in part only goes as far as the report does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from wardbook.intake.cells import BadCellError, read_money, shown
from wardbook.intake.dates import read_moment
from wardbook.records.source import Place

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
DEPARTMENT = "Chicago Police Department"

_DAY = r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}"
_MONTH = "|".join(MONTHS)
_BY_UNIT = re.compile(r"OT REPORT - CITYWIDE BY UNIT")
_CITYWIDE = re.compile(r"OT REPORT - CITYWIDE FOR [0-9]{4}")
_SPAN = re.compile(rf"({_DAY}) - ({_DAY})")
_PRINTED = re.compile(r"Print Date: ([0-9]{1,2} [A-Z][a-z]+ [0-9]{4})")
_PAGE = re.compile(r"Page ([0-9]+) of ([0-9]+)")
_FURNITURE = (_BY_UNIT, _CITYWIDE, _SPAN, _PRINTED, _PAGE)
_MONTH_TOTAL = re.compile(rf"({_MONTH}) GRAND TOTAL: (\S+)")
_UNIT_LINE = re.compile(r"(\S+) (.+) (\S+)")
_UNIT = re.compile(r"[0-9]{3}")
_CORRECT = "Look at the printed report; take in the report itself rather than a conversion of it."


@dataclass(frozen=True)
class Line:
    """A line of a report: its place, its text with one space between words, and the text as it stands."""

    at: Place
    text: str
    raw: str


@dataclass(frozen=True)
class Month:
    """A month of a report: its first day, and the last one that the report covers."""

    first: date
    last: date

    @property
    def key(self) -> str:
        """Year and month: ``2018-05``."""
        return f"{self.first:%Y-%m}"

    @property
    def in_part(self) -> bool:
        """Whether the report ends before the month does."""
        return (self.last + timedelta(days=1)).day != 1

    @property
    def words(self) -> str:
        """The month in words: ``May 2018, in part: to 2018-05-01``."""
        name = f"{MONTHS[self.first.month - 1]} {self.first.year}"
        return f"{name}, in part: to {self.last}" if self.in_part else name


@dataclass(frozen=True)
class Span:
    """The days that a report covers, first and last."""

    first: date
    last: date

    def month(self, name: str) -> Month | None:
        """The month of that name within the days covered; None where there is none, or more than one."""
        number = MONTHS.index(name) + 1
        firsts = [date(year, number, 1) for year in range(self.first.year, self.last.year + 1)]
        within = [first for first in firsts if self.first <= _end(first) and first <= self.last]
        if len(within) != 1:
            return None
        return Month(max(within[0], self.first), min(_end(within[0]), self.last))

    @property
    def words(self) -> str:
        """``2018-01-01 to 2018-05-01``."""
        return f"{self.first} to {self.last}"


@dataclass(frozen=True)
class Furniture:
    """What a line around the figures says: days covered, day of printing; None for what it does not bear."""

    span: Span | None
    printed_on: date | None


@dataclass(frozen=True)
class MonthTotal:
    """The heading of a month's lines, with their total as printed."""

    month: str
    total: Decimal


@dataclass(frozen=True)
class UnitLine:
    """What one unit was paid: its number, the name printed beside it, the amount in US dollars."""

    unit: str
    name: str
    amount: Decimal


def is_by_unit(text: str) -> bool:
    """Whether a line bears the title of the report by unit."""
    return _BY_UNIT.search(text) is not None


def is_citywide(text: str) -> bool:
    """Whether a line bears the title of the monthly report for the city."""
    return _CITYWIDE.search(text) is not None


def furniture(text: str) -> Furniture | None:
    """What a line of title, span, print date and page number says; None if anything else stands on it.

    Raises `BadCellError` for a day that is none.
    """
    rest = text
    for pattern in _FURNITURE:
        rest = pattern.sub("", rest)
    if rest.strip():
        return None
    span, printed = _SPAN.search(text), _PRINTED.search(text)
    return Furniture(
        None if span is None else Span(read_moment(span[1], "mdy").day, read_moment(span[2], "mdy").day),
        None if printed is None else read_moment(printed[1], None).day,
    )


def page_of(text: str) -> tuple[int, int] | None:
    """The page number on a line and the number of pages, or None."""
    match = _PAGE.search(text)
    return None if match is None else (int(match[1]), int(match[2]))


def month_total(text: str) -> MonthTotal | None:
    """The heading of a month, or None. Raises `BadCellError` for a total that is no amount."""
    match = _MONTH_TOTAL.fullmatch(text)
    return None if match is None else MonthTotal(match[1], amount_of(match[2]))


def unit_line(text: str) -> UnitLine:
    """The line of a unit. Raises `BadCellError` for a text that is none."""
    match = _UNIT_LINE.fullmatch(text)
    if match is None:
        raise BadCellError("a unit number, a name and an amount", shown(text), _CORRECT)
    unit, name, amount = match.groups()
    if _UNIT.fullmatch(unit) is None:
        raise BadCellError("a unit number of three digits", shown(unit), _CORRECT)
    return UnitLine(unit, name, amount_of(amount))


def amount_of(text: str) -> Decimal:
    """An amount in US dollars. Raises `BadCellError` for a text that is none."""
    amount = read_money(text)
    if amount is None:
        raise BadCellError("an amount of money such as 1,400.00", shown(text), _CORRECT)
    return amount


def _end(first: date) -> date:
    """The last day of the month that begins on ``first``."""
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
