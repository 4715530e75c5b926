"""The per diem reader: the three federal tables, of the continental US, of its other parts, and of the world.

**General Services Administration (GSA), continental US.**

One line is the most that lodging may cost a night, and the allowance of meals and incidentals a day, at one
destination in one season of a fiscal year; the first line has no state: it is the standard rate of every
place not listed. Seasons are written without their year (``October 1`` to ``February 28``) and are resolved
to days of the fiscal year, October 1 to September 30; the end of February is its last day, in a leap year as
well. A line in force only from a later day (a change within the year) begins on that day. The fiscal year is
that of the effective date, or the one that the headings name (``FY26 Lodging Rate``).

**Department of Defense, Alaska, Hawaii, territories and possessions; Department of State, foreign places.**
These are published anew each month, and each line says since when its rate is in force. Their seasons come
back every year: the years written in them are of no meaning. A line therefore shows the rate of the days of
its season from the effective day to the end of the month of publication, and no later: the next month's table
may change it. Of the occurrences of a season the latest that has such days is read; a line of a season that
has none yet is no record. Meals and incidentals must make the maximum together with lodging.

Sources: gsa.gov, per diem files; travel.dod.mil; allowances.state.gov; Federal Travel Regulation, 41 CFR
301-11.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

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


# ---------------------------------------------------------------- published monthly

_TERRITORIES = {
    "ALASKA": "AK", "HAWAII": "HI", "PUERTO RICO": "PR", "GUAM": "GU", "VIRGIN ISLANDS (U.S.)": "VI",
    "AMERICAN SAMOA": "AS", "NORTHERN MARIANA ISLANDS": "MP",
}  # fmt: skip
"""Postal codes of what the Department of Defense lists by name; what has none stands as it is named."""
_PARTS = " + "
_US_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


def monthly_days(begin: date, end: date, effective: date, published: date) -> tuple[date, date] | None:
    """First and last day for which a table published monthly shows a rate; None: none yet.

    ``begin`` and ``end`` are the season as written, whose years are of no meaning; an end of February is its
    last day. A season that ends before it begins runs over the new year.
    """
    known_to = date(published.year, published.month, monthrange(published.year, published.month)[1])
    over_new_year = (end.month, end.day) < (begin.month, begin.day)
    for year in range(known_to.year, effective.year - 2, -1):
        first, last = _yearly(begin, year), _yearly(end, year + over_new_year, ends=True)
        if max(first, effective) <= min(last, known_to):
            return max(first, effective), min(last, known_to)
    return None


def _yearly(day: date, year: int, ends: bool = False) -> date:
    """A day of the season in a year."""
    if day.month == _FEBRUARY and day.day in (28, 29) and (ends or day.day == 29):
        return date(year, _FEBRUARY, monthrange(year, _FEBRUARY)[1])
    return day.replace(year=year)


def _written_day(words: str, season: str) -> date:
    """A day of a season with a year beside it, ``05/01/2019`` or ``2019-05-01``."""
    iso, us = _ISO_DAY.fullmatch(words.strip()), _US_DAY.fullmatch(words.strip())
    try:
        if iso is not None:
            return date(*(int(part) for part in iso.groups()))
        if us is not None:
            return date(int(us[3]), int(us[1]), int(us[2]))
    except ValueError:
        pass
    raise BadCellError(
        "a season such as 05/01/2019 to 08/31/2019", shown(season), "Correct it at the source."
    )


def _finish_monthly(values: Values, _about: About) -> str | None:
    published, effective = values.pop("season_to", None), values.get("effective_on")
    if not isinstance(published, date) or not isinstance(effective, date):
        raise BadCellError(
            "the day from which the rate is in force, and the day of publication",
            "an empty cell",
            "Get the table from its publisher again.",
        )
    season = str(values.get("season") or "")
    sides = season.split(_TO)
    if len(sides) != 2:
        raise BadCellError("a first and a last day of the season", shown(season), "Correct it at the source.")
    _take_meals(values)
    _take_place(values)
    found = monthly_days(_written_day(sides[0], season), _written_day(sides[1], season), effective, published)
    if found is None:
        return "a season of which no day lies between the effective day and the end of the month published"
    values["season_from"], values["season_to"] = found
    values["fiscal_year"] = fiscal_year_of(published)
    return None


def _take_meals(values: Values) -> None:
    """Meals and incidentals: the maximum less lodging, which the parts printed beside it must make."""
    lodging, most, parts = values.get("lodging"), values.get("meals"), str(values.pop("county", None) or "")
    if not isinstance(lodging, Decimal) or not isinstance(most, Decimal):
        raise BadCellError(
            "lodging and the maximum", "an empty cell", "Get the table from its publisher again."
        )
    try:
        added = sum((Decimal(part.replace(",", "").lstrip("$ ")) for part in parts.split(_PARTS)), Decimal(0))
    except InvalidOperation:
        raise BadCellError(
            "the rates of meals and incidentals", shown(parts), "Correct them at the source."
        ) from None
    if lodging + added != most:
        raise BadCellError(
            f"lodging, meals and incidentals that add up to the maximum, {most:,}",
            f"{lodging:,} + {parts} = {lodging + added:,}",
            "Look at the publisher's table for the right one.",
        )
    values["meals"] = added


def _take_place(values: Values) -> None:
    """The country or state and the place must both be there; a code read as a number loses its ``.0``."""
    state, place = str(values.get("state") or ""), str(values.get("place") or "")
    if not state or not place:
        raise BadCellError("a country or state, and a place", "an empty cell", "Fill it in at the source.")
    values["state"] = _TERRITORIES.get(" ".join(state.split()).upper(), state)
    if values.get("source_key") is not None:
        values["source_key"] = str(values["source_key"]).removesuffix(".0")


def _monthly(
    name: str,
    columns: Mapping[str, str],
    season: tuple[str, str],
    rates: tuple[str, ...],
    unread: tuple[str, ...],
) -> Layout:
    """A layout of a table published monthly.

    ``county`` holds the parts of the maximum, ``meals`` the maximum and ``season_to`` the day of publication
    until the record is finished.
    """
    return Layout(
        name=name,
        table="per_diem_rates",
        tells=("Location", *season, "Lodging", *rates, "Effective Date", "Publication Date"),
        columns={
            **columns,
            "place": "Location",
            "season": {"columns": list(season), "join": _TO},
            "county": {"columns": list(rates[:-1]), "join": _PARTS},
            "lodging": "Lodging",
            "meals": rates[-1],
            "effective_on": "Effective Date",
            "season_to": "Publication Date",
        },
        constants={"currency": "USD"},
        settings={"date_order": "mdy", "totals": [], "ignore": list(unread)},
        finish=_finish_monthly,
    )


LAYOUTS: tuple[Layout, ...] = (
    _layout("gsa", "Lodging Rate", "M&IE", None),
    *(
        _layout(f"gsa-fy{year}", f"FY{year % 100:02} Lodging Rate", f"FY{year % 100:02} M&IE", year)
        for year in range(FIRST_FISCAL_YEAR, LAST_FISCAL_YEAR)
    ),
    _monthly(
        "dod",
        {"state": "State/Country"},
        ("Season Begin", "Season End"),
        ("Local Meal Rate", "Local Incidental", "Maximum Per Diem"),
        ("Proportional Meal Rate",),
    ),
    _monthly(
        "state-department",
        {"state": "Country", "source_key": "Location Code"},
        ("Season Start Date", "Season End Date"),
        ("Meals & Incidentals", "Per Diem"),
        ("Season Code",),
    ),
)

READER = layout_reader(
    "per-diem-rates",
    "per diem tables, .xlsx or CSV: of the General Services Administration (continental United States), the "
    "Department of Defense (Alaska, Hawaii, territories) and the Department of State (foreign places)",
    LAYOUTS,
)
