"""Days and instants from text: which number is the month, and which instant a local time was.

A date of three numbers reads two ways: 03/04/2024 is a day in March or in April, and more than a third of
all dates are valid both ways. So the order is stated (mapping or command) or found for the whole file from
the dates that read only one way (`find_order`), and a file that never says is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from wardbook.intake.cells import BadCellError, shown

ORDERS = ("ymd", "mdy", "dmy")
FIRST_YEAR, LAST_YEAR = 1900, 2100

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = re.compile(
    r"([0-9]{1,4})\s*([-/.])\s*([0-9]{1,2})\s*\2\s*([0-9]{1,4})(?:[T,\s]\s*(.*))?", re.DOTALL
)
_DAY_MONTH = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?([0-9]{1,2})(?:st|nd|rd|th)?[-\s/.]+([A-Za-z]{3,9})\.?[-\s/.,]+([0-9]{4}|[0-9]{2})"
    r"(?:[T,\s]\s*(.*))?",
    re.DOTALL,
)
_MONTH_DAY = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?([A-Za-z]{3,9})\.?\s+([0-9]{1,2})(?:st|nd|rd|th)?,?\s+([0-9]{4})(?:[T,\s]\s*(.*))?",
    re.DOTALL,
)
_COMPACT = re.compile(r"([12][0-9]{3})([01][0-9])([0-3][0-9])(?:T(.*))?", re.DOTALL)
_TIME = re.compile(
    r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?\s*([AaPp])?(?:\.?[Mm]\.?)?"
    r"\s*(Z|z|UTC|[+-][0-9]{2}:?[0-9]{2})?"
)
_BARE_TIME = re.compile(r"([0-9]{2})([0-9]{2})(?:\s*(?:[Hh](?:rs?|ours)?)?)")
_BARE_HOUR = re.compile(r"([0-9]{1,2})\s*([AaPp])\.?[Mm]\.?")


@dataclass(frozen=True)
class Moment:
    """A text taken apart: its day, and its time of day with offset where it has them."""

    day: date
    clock: time | None
    zone: tzinfo | None


def find_order(texts: Iterable[str]) -> tuple[str | None, tuple[str, ...]]:
    """The order, mdy or dmy, that the dates of one file leave open to them.

    Gives (order, ()) when it is known, (None, ()) when no date needs one, and (None, examples) when the
    dates read both ways (one example) or contradict one another (two examples).
    """
    month_first = day_first = both = either = None
    for text in texts:
        match = _NUMBERS.fullmatch(text)
        if match is None or len(match[1]) > 2:
            continue
        first, second = int(match[1]), int(match[3])
        if first > 12 >= second:
            day_first = day_first or text
        elif second > 12 >= first:
            month_first = month_first or text
        elif first != second:
            both = both or text
        either = text
        if month_first and day_first:
            return None, (month_first, day_first)
    if both and not (month_first or day_first):
        return None, (both,)
    return ("dmy" if day_first else "mdy" if either else None), ()


def read_moment(text: str, order: str | None) -> Moment:
    """Take a date, or a date with a time, apart.

    ``order`` is how three numbers are read; a date that begins with a year of four digits, or names its
    month, needs none. A year of two digits is 2000 to 2068 or 1969 to 1999, as in POSIX.
    """
    for pattern, read in _FORMS:
        match = pattern.fullmatch(text)
        if match is not None:
            year, month, day = read(match, order)
            rest = match.groups()[-1]
            clock, zone = read_clock(rest) if rest else (None, None)
            return Moment(_day(year, month, day, text, order), clock, zone)
    raise _bad_date(text, order)


def _bad_date(text: str, order: str | None) -> BadCellError:
    forms = {"mdy": "month/day/year", "dmy": "day/month/year", "ymd": "year-month-day"}
    return BadCellError(
        f"a date as {forms[order]} or year-month-day" if order else "a date as year-month-day",
        shown(text),
        "Correct it at the source, or state the order of the file's dates (date_order).",
    )


def _three_numbers(match: re.Match[str], order: str | None) -> tuple[str, str, str]:
    first, second, third = match[1], match[3], match[4]
    if len(first) == 4:
        return first, second, third
    if order == "ymd":
        return first, second, third
    if order == "mdy":
        return third, first, second
    if order == "dmy":
        return third, second, first
    raise _bad_date(match[0], order)


def _month_number(word: str, text: str) -> str:
    if word[:3].casefold() not in _MONTHS:
        raise BadCellError("the name of a month", shown(text), "Correct it at the source.")
    return str(_MONTHS.index(word[:3].casefold()) + 1)


def _day_month(match: re.Match[str], _order: str | None) -> tuple[str, str, str]:
    return match[3], _month_number(match[2], match[0]), match[1]


def _month_day(match: re.Match[str], _order: str | None) -> tuple[str, str, str]:
    return match[3], _month_number(match[1], match[0]), match[2]


def _compact(match: re.Match[str], _order: str | None) -> tuple[str, str, str]:
    return match[1], match[2], match[3]


_FORMS = (
    (_NUMBERS, _three_numbers),
    (_DAY_MONTH, _day_month),
    (_MONTH_DAY, _month_day),
    (_COMPACT, _compact),
)


def _day(year: str, month: str, day: str, text: str, order: str | None) -> date:
    if len(year) not in (2, 4):
        raise _bad_date(text, order)
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < 69 else 1900
    if not FIRST_YEAR <= number <= LAST_YEAR:
        raise BadCellError(
            f"a year from {FIRST_YEAR} to {LAST_YEAR}", shown(text), "Correct it at the source."
        )
    try:
        return date(number, int(month), int(day))
    except ValueError:
        raise _bad_date(text, order) from None


def read_clock(text: str) -> tuple[time, tzinfo | None]:
    """A time of day ('14:05', '2:05 PM', '1405', '2:05:30Z') and its offset where it has one."""
    text = text.strip()
    bare = _BARE_TIME.fullmatch(text)
    hour_only = _BARE_HOUR.fullmatch(text)
    match = _TIME.fullmatch(text)
    try:
        if bare is not None:
            return time(int(bare[1]), int(bare[2])), None
        if hour_only is not None:
            return time(_of_24(int(hour_only[1]), hour_only[2])), None
        if match is not None:
            micro = int((match[4] or "").ljust(6, "0")[:6])
            clock = time(_of_24(int(match[1]), match[5]), int(match[2]), int(match[3] or 0), micro)
            return clock, _offset(match[6])
    except ValueError:
        pass
    raise BadCellError("a time such as 14:05 or 2:05 PM", shown(text), "Correct it at the source.")


def _of_24(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError("an hour before AM or PM is 1 to 12")
    return hour % 12 + (12 if half in "Pp" else 0)


def _offset(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text in ("Z", "z", "UTC"):
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def read_day(text: str, order: str | None, zone: tzinfo) -> date:
    """A day; of a time with an offset, the day it was in ``zone``."""
    moment = read_moment(text, order)
    if moment.zone is None:
        return moment.day
    return datetime.combine(moment.day, moment.clock or time(0), moment.zone).astimezone(zone).date()


def read_instant(text: str, order: str | None, zone: tzinfo) -> datetime:
    """An instant in UTC from a date with a time; without an offset it is local time of ``zone``."""
    moment = read_moment(text, order)
    if moment.clock is None:
        raise BadCellError("a date and a time", shown(text), "Give the time too, or map the column to a day.")
    return join_instant(moment.day, moment.clock, moment.zone, zone)


def join_instant(day: date, clock: time, offset: tzinfo | None, zone: tzinfo) -> datetime:
    """An instant in UTC from a day and a time of day; without an offset it is local time of ``zone``.

    A local time that the clocks skipped, or showed twice, is refused: the record does not say which it was.
    """
    if offset is not None:
        return datetime.combine(day, clock, offset).astimezone(UTC)
    local = datetime.combine(day, clock, zone)
    first, second = local.utcoffset(), local.replace(fold=1).utcoffset()
    if first is None or second is None or first == second:
        return local.astimezone(UTC)
    when = f"{local:%Y-%m-%d %H:%M} in {zone}"
    if first < second:
        raise BadCellError(
            f"a local time that existed in {zone}",
            f"{when}, which the clocks skipped",
            "Check the time zone, or write the offset.",
        )
    raise BadCellError(
        f"a local time that occurred once in {zone}",
        f"{when}, which the clocks showed twice",
        "Write the offset with the time, such as " + _with_offset(local) + ".",
    )


def _with_offset(local: datetime) -> str:
    return local.isoformat(sep=" ", timespec="minutes")


def dates_in(rows: Iterable[Sequence[str]], columns: Sequence[int]) -> Iterable[str]:
    """The stripped, filled texts of the given columns, row by row."""
    for row in rows:
        for column in columns:
            if column < len(row) and (text := row[column].strip()):
                yield text
