"""The per diem reader: master files of the General Services Administration (GSA) for the continental US.

One line is the most that lodging may cost a night, and the allowance of meals and incidentals a day, at one
destination in one season of a fiscal year; the first line has no state: it is the standard rate of every
place not listed. Seasons are written without their year (``October 1`` to ``February 28``) and are resolved
to days of the fiscal year, October 1 to September 30; the end of February is its last day, in a leap year as
well. A line in force only from a later day (a change within the year) begins on that day. The fiscal year is
that of the effective date, or the one that the headings name (``FY26 Lodging Rate``).

Source: gsa.gov, per diem files; Federal Travel Regulation, 41 CFR 301-11.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from wardbook.intake.cells import BadCellError, shown
from wardbook.intake.layouts import About, Layout, Values, layout_reader

FIRST_FISCAL_YEAR, LAST_FISCAL_YEAR = 2000, 2050
"""Fiscal years whose own headings are known."""

_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_FEBRUARY, _OCTOBER = 2, 10
_DAY = re.compile(r"([a-z]+)\.? ([0-9]{1,2})(?:, ?([0-9]{4}))?", re.IGNORECASE)
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TO = " - "
_STANDARD = "standard"
_PLACE = ("STATE", "DESTINATION", "COUNTY/LOCATION DEFINED")
_SEASON = ("SEASON BEGIN", "SEASON END")


def fiscal_year_of(day: date) -> int:
    """The federal fiscal year of a day: the calendar year in which it ends."""
    return day.year + (day.month >= _OCTOBER)


def season_days(season: str | None, fiscal_year: int) -> tuple[date, date]:
    """First and last day of a season such as ``October 1 - February 28`` in a fiscal year; None: all of it.

    Raises `BadCellError` for words that are no season, for one that does not lie in the fiscal year, and for
    one that ends before it begins.
    """
    first, last = date(fiscal_year - 1, 10, 1), date(fiscal_year, 9, 30)
    if season is None:
        return first, last
    sides = season.split(_TO)
    if len(sides) != 2:
        raise _no_season(season)
    begin = _day_of(sides[0], fiscal_year, season)
    end = _day_of(sides[1], fiscal_year, season, ends=True)
    if not first <= begin <= end <= last:
        raise BadCellError(
            f"a season within October 1, {fiscal_year - 1}, to September 30, {fiscal_year}",
            shown(season),
            "Look at the printed table; if the season runs over September, have it written as two.",
        )
    return begin, end


def _no_season(season: str) -> BadCellError:
    return BadCellError(
        "a season such as October 1 to May 31, or two empty cells", shown(season), "Correct it at the source."
    )


def _day_of(words: str, fiscal_year: int, season: str, ends: bool = False) -> date:
    """A day, mostly without its year, in the fiscal year. An end of February is its last day."""
    iso, match = _ISO_DAY.fullmatch(words.strip()), _DAY.fullmatch(" ".join(words.split()))
    try:
        if iso is not None:
            year, month, day = (int(part) for part in iso.groups())
        elif match is not None:
            month, day = _MONTHS.index(match[1].casefold()) + 1, int(match[2])
            year = int(match[3]) if match[3] else fiscal_year - (month >= _OCTOBER)
        else:
            raise _no_season(season)
        if ends and month == _FEBRUARY and day in (28, 29):
            return date(year, month + 1, 1) - timedelta(days=1)
        return date(year, month, day)
    except (ValueError, IndexError):
        raise _no_season(season) from None


def _finish(values: Values, _about: About) -> str | None:
    effective, year = values.get("effective_on"), values.get("fiscal_year")
    if isinstance(effective, date):
        year = values["fiscal_year"] = fiscal_year_of(effective)
    if not isinstance(year, int):
        raise BadCellError(
            "the day from which the rate is in force", "an empty cell", "Get the file from GSA again."
        )
    season = values.get("season")
    begin, end = season_days(None if season is None else str(season), year)
    if isinstance(effective, date) and effective > end:
        raise BadCellError(
            f"a season that ends on or after {effective}, from which the rate is in force",
            f"one that ends on {end}",
            "Look at the printed table for the season of the change.",
        )
    values["season_from"] = max(begin, effective) if isinstance(effective, date) else begin
    values["season_to"] = end
    if values.get("state") is None:
        _take_standard(values)
    for money in ("lodging", "meals"):
        if values.get(money) is None:
            raise BadCellError(f"the rate of {money}", "an empty cell", "Get the file from GSA again.")
    return None


def _take_standard(values: Values) -> None:
    """The line without a state must be the standard rate, which is of no place."""
    words = str(values.get("place") or "")
    if not words.casefold().startswith(_STANDARD) or values.get("county") is not None:
        raise BadCellError(
            "a state, or the words of the standard rate",
            shown(words) if words else "neither",
            "Fill in the state at the source.",
        )
    values["place"] = None


def _layout(name: str, lodging: str, meals: str, fiscal_year: int | None) -> Layout:
    return Layout(
        name=name,
        table="per_diem_rates",
        tells=(*_PLACE, *_SEASON, lodging, meals),
        columns={
            "source_key": "ID",
            "state": "STATE",
            "place": "DESTINATION",
            "county": "COUNTY/LOCATION DEFINED",
            "season": {"columns": list(_SEASON), "join": _TO},
            "lodging": lodging,
            "meals": meals,
            "effective_on": "Effective Date",
        },
        constants={"currency": "USD", **({} if fiscal_year is None else {"fiscal_year": fiscal_year})},
        settings={"date_order": "mdy", "totals": []},
        finish=_finish,
    )


LAYOUTS: tuple[Layout, ...] = (
    _layout("gsa", "Lodging Rate", "M&IE", None),
    *(
        _layout(f"gsa-fy{year}", f"FY{year % 100:02} Lodging Rate", f"FY{year % 100:02} M&IE", year)
        for year in range(FIRST_FISCAL_YEAR, LAST_FISCAL_YEAR)
    ),
)

READER = layout_reader(
    "per-diem-rates",
    "per diem master files of the General Services Administration (continental United States), .xlsx or CSV",
    LAYOUTS,
)
