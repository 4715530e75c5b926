"""The text of an Australian expenditure report: pages, lines, columns, amounts, days and footnote marks.

The reports are printed as tables and come as the text of their pages, with the columns kept by spaces
(``pdftotext -layout``) and a form feed between pages. Nothing here knows what a line means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wardbook.intake.cells import BadCellError, read_money, shown
from wardbook.records.source import Place

_AMOUNT = re.compile(r"-?\$\S+")
_WHOLE_AMOUNT = re.compile(r"-?\$[0-9]{1,3}(?:,?[0-9]{3})*\.[0-9]{2}", re.ASCII)
_MARK = r"(?:[0-9]{1,2}|[*#^~+]{1,4})"
_WHOLE_MARK = re.compile(_MARK, re.ASCII)
_NOTE = re.compile(rf"\s{{3,}}({_MARK})\s+(?!\s|-?\$)(\D.*)", re.ASCII)
_CELL = re.compile(r"\S+(?: \S+)*")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_SPAN = re.compile(
    rf"\b([0-9]{{1,2}}) {_MONTH}(?: ([0-9]{{2}}))? to ([0-9]{{1,2}}) {_MONTH} ([0-9]{{2}})\b", re.ASCII
)
_DAY = re.compile(rf"\b([0-9]{{1,2}}) {_MONTH} ([0-9]{{2}})\b", re.ASCII)
_CUT = "Look the amount up in the printed report and enter the row by mapping; it is not guessed here."


@dataclass(frozen=True)
class Line:
    """One printed line that is not blank: page and line from 1, and its text without space at the end."""

    page: int
    number: int
    text: str

    @property
    def at(self) -> Place:
        """Where it stands."""
        return Place(self.page, self.number)

    @property
    def words(self) -> str:
        """The text with single spaces."""
        return " ".join(self.text.split())

    @property
    def indent(self) -> int:
        """Spaces in front of the text."""
        return len(self.text) - len(self.text.lstrip())


@dataclass(frozen=True)
class Amount:
    """A piece of text that begins as an amount does, and the columns it stands in."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Days:
    """The days a text names, and the text without them."""

    first: date | None
    last: date | None
    rest: str


def pages_of(text: str) -> list[list[Line]]:
    """The lines of each page, without blank ones; a page without any line is an empty list."""
    return [
        [
            Line(page, number, line.rstrip())
            for number, line in enumerate(body.split("\n"), 1)
            if line.strip()
        ]
        for page, body in enumerate(text.split("\f"), 1)
    ]


def lines_held(text: str) -> int:
    """How many lines of the text are not blank, counted without building pages."""
    return sum(1 for _ in re.finditer(r"[^\n\f]*[^\s][^\n\f]*", text))


def cells(text: str) -> list[Amount]:
    """The pieces of a line that stand two or more spaces apart, each with its columns."""
    return [Amount(found[0], found.start(), found.end()) for found in _CELL.finditer(text)]


def amounts(text: str) -> list[Amount]:
    """Every piece of a line that begins as an amount does, whole or cut."""
    return [Amount(found[0], found.start(), found.end()) for found in _AMOUNT.finditer(text)]


def read_dollars(text: str) -> Decimal:
    """An amount as the reports print it ($1,094.00, -$328.00); one cut or damaged raises `BadCellError`."""
    if _WHOLE_AMOUNT.fullmatch(text) is None:
        raise BadCellError("an amount to the cent, such as $1,094.00", shown(text), _CUT)
    value = read_money(text)
    if value is None:
        raise BadCellError("an amount", shown(text), _CUT)
    return value


def is_amount(text: str) -> bool:
    """Whether a text is an amount that is whole."""
    return _WHOLE_AMOUNT.fullmatch(text) is not None


def is_mark(text: str) -> bool:
    """Whether a text is a footnote mark: a number of one or two digits, or a few signs."""
    return _WHOLE_MARK.fullmatch(text) is not None


def note_of(text: str) -> tuple[str, str] | None:
    """Mark and words of a footnote line, which is set in from the margin; None for another line."""
    found = _NOTE.fullmatch(text)
    return None if found is None else (found[1], " ".join(found[2].split()))


def days_of(text: str) -> Days:
    """The days or the span of days that a text begins or ends with, and the text without them.

    ``3 Dec to 23 Dec 14``, ``3 Dec 14 to 2 Jan 15`` and ``3 Jul 14``; years of two digits are of this
    century. A text without one, or with a day that no calendar has, has no days and is left as it is.
    """
    flat = " ".join(text.split())
    for pattern in (_SPAN, _DAY):
        for found in _at_either_end(pattern, flat):
            rest = (flat[: found.start()] + flat[found.end() :]).strip().removeprefix("- ").strip()
            days = _span(found) if pattern is _SPAN else _one(found)
            if days is not None:
                return Days(*days, rest)
    return Days(None, None, flat)


def days_at_end(text: str) -> tuple[str, str]:
    """A text parted before the days it ends with: words and days as printed; no days give an empty text."""
    flat = text.rstrip()
    for pattern in (_SPAN, _DAY):
        for found in pattern.finditer(flat):
            if found.end() == len(flat):
                return flat[: found.start()], found[0]
    return flat, ""


def _at_either_end(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    return (found for found in pattern.finditer(text) if found.start() == 0 or found.end() == len(text))


def _one(found: re.Match[str]) -> tuple[date | None, date | None] | None:
    day = _day(found[1], found[2], found[3])
    return None if day is None else (day, None)


def _span(found: re.Match[str]) -> tuple[date | None, date | None] | None:
    last = _day(found[4], found[5], found[6])
    first = _day(found[1], found[2], found[3] or found[6])
    if first is None or last is None:
        return None
    if first > last and found[3] is None:
        first = _day(found[1], found[2], f"{int(found[6]) - 1:02d}")
    return None if first is None or first > last else (first, last if last != first else None)


def _day(day: str, month: str, year: str) -> date | None:
    try:
        return date(2000 + int(year), _MONTHS.index(month.lower()) + 1, int(day))
    except ValueError:
        return None
