"""The overseas trips of an Australian expenditure report, each in an overview and in a table of its own.

The overview says under which part of overseas travel a trip falls, where it went, why, and on which days; the
table says what it cost, under one title that runs places and reason together. The two are matched by
section of the report, days and words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from wardbook.intake.au_expenditure_tables import OVERSEAS, Table, TableRow
from wardbook.intake.au_expenditure_text import Days, cells, days_at_end, days_of


@dataclass(frozen=True)
class Trip:
    """One overseas trip: window, part of overseas travel (None: not told), places, reason, days."""

    window: str
    part: str | None
    places: str
    reason: str | None
    dates: str

    @property
    def days(self) -> Days:
        """Its first and last day."""
        return days_of(self.dates)

    @property
    def path(self) -> tuple[str, ...]:
        """The category and part it is counted under."""
        return (OVERSEAS,) if self.part is None else (OVERSEAS, self.part)

    @property
    def name(self) -> str:
        """Places and days, as one line."""
        return f"{self.places}, {self.dates}"


def overview_trip(window: str, row: TableRow) -> Trip:
    """The trip that a row of the overview tells of, with its wrapped lines put together by columns."""
    columns = row.columns
    words, dates = days_at_end(row.first.text[: row.amount.start])
    lines = [words, *(more.line.text for more in row.more)]
    reason_at = columns.start("Reason")
    places = _joined(line[:reason_at] for line in lines)
    reason = _joined(line[reason_at:] for line in lines)
    return Trip(window, row.part, places, reason or None, dates)


def _joined(pieces: Iterable[str]) -> str:
    return " ".join(" ".join(pieces).split())


def table_trip(table: Table, trips: Iterable[Trip]) -> Trip:
    """The trip that a table of costs is about: the first of ``trips`` with its section, days and words.

    Where the words differ, the days decide if only one trip of that section has them; where no trip fits, the
    title of the table is all that is known. The caller takes out a trip whose table is found.
    """
    words, dates = _title(table)
    same_days = [trip for trip in trips if trip.window == table.window and trip.dates == dates]
    same_words = [trip for trip in same_days if _bare(f"{trip.places}{trip.reason or ''}") == _bare(words)]
    if same_words:
        return same_words[0]
    return same_days[0] if len(same_days) == 1 else Trip(table.window, None, words, None, dates)


def _title(table: Table) -> tuple[str, str]:
    """The words of a table's title, and the days that stand at the right of its first line."""
    words: list[str] = []
    dates = ""
    for line in table.trip:
        parts = cells(line.text)
        if not dates and days_of(parts[-1].text).first is not None and not days_of(parts[-1].text).rest:
            dates = parts.pop().text
        words.extend(part.text for part in parts)
    return " ".join(words), dates


def _bare(text: str) -> str:
    return re.sub(r"[\s-]", "", text)
