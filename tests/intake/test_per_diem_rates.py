"""Per diem master files: seasons without a year become days of the fiscal year, and nothing is lost."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.intake.table_exhibits import NEW_YORK, conserved, exhibit, records, set_aside, shared_exhibit, told
from wardbook.intake.cells import BadCellError
from wardbook.intake.per_diem_rates import LAYOUTS, READER, fiscal_year_of, monthly_days, season_days
from wardbook.intake.readers import recognizing, why_unreadable
from wardbook.records.source import Record

RATES = """\
ID,STATE,DESTINATION,COUNTY/LOCATION DEFINED,SEASON BEGIN,SEASON END,Lodging Rate,M&IE,Effective Date
,,Standard CONUS rate applies to all counties not specifically listed.,,,,$ 96,$ 55,"October 1, 2019"
,AL,Birmingham,Jefferson,,,$ 110,$ 56,"October 1, 2019"
2,AL,Gulf Shores,Baldwin,October 1,February 29,$ 112,$ 61,"October 1, 2019"
2,AL,Gulf Shores,Baldwin,March 1,September 30,"$ 1,130",61,"October 1, 2019"
7,CA,Santa Monica ,City limits of Santa Monica,,,$ 254,$ 66,"October 1, 2019"
8,WV,Shepherdstown,Jefferson,,,$ 84,$ 56,"April 1, 2020"
9,IL,Chicago,Cook / Lake,December 1,October 31,$ 131,$ 76,"October 1, 2019"
10,IL,Chicago,Cook / Lake,December,March 31,$ 131,$ 76,"October 1, 2019"
11,,Peoria,,,,$ 131,$ 76,"October 1, 2019"
12,IL,Peoria,Peoria,,,,$ 76,"October 1, 2019"
13,IL,Peoria,Peoria,,,$ 96,$ 76,
14,WV,Charles Town,Jefferson,October 1,March 31,$ 84,$ 56,"April 1, 2020"
"""
FIELDS = (
    *("source_key", "fiscal_year", "state", "place", "county"),
    *("season_from", "season_to", "lodging", "meals"),
)


def test_each_line_is_a_rate_or_says_why_not(tmp_path: Path) -> None:
    source = exhibit(tmp_path, "FY2020_PerDiemMasterRatesFile.csv", RATES)
    assert recognizing(source, NEW_YORK) == (READER,)
    reading = READER.read(source, NEW_YORK)
    assert conserved(reading)
    assert reading.unread == ()
    assert told(reading.rows, FIELDS) == (
        "line 1: not a record: the heading line\n"
        "line 2: per_diem_rates: fiscal_year 2020, season_from 2019-10-01, season_to 2020-09-30, "
        "lodging 96.00, meals 55.00\n"
        "line 3: per_diem_rates: fiscal_year 2020, state AL, place Birmingham, county Jefferson, "
        "season_from 2019-10-01, season_to 2020-09-30, lodging 110.00, meals 56.00\n"
        "line 4: per_diem_rates: source_key 2, fiscal_year 2020, state AL, place Gulf Shores, "
        "county Baldwin, season_from 2019-10-01, season_to 2020-02-29, lodging 112.00, meals 61.00\n"
        "line 5: per_diem_rates: source_key 2, fiscal_year 2020, state AL, place Gulf Shores, "
        "county Baldwin, season_from 2020-03-01, season_to 2020-09-30, lodging 1130.00, meals 61.00\n"
        "line 6: per_diem_rates: source_key 7, fiscal_year 2020, state CA, place Santa Monica, "
        "county City limits of Santa Monica, season_from 2019-10-01, season_to 2020-09-30, "
        "lodging 254.00, meals 66.00\n"
        "line 7: per_diem_rates: source_key 8, fiscal_year 2020, state WV, place Shepherdstown, "
        "county Jefferson, season_from 2020-04-01, season_to 2020-09-30, lodging 84.00, meals 56.00\n"
        "line 8: set aside: expected a season within October 1, 2019, to September 30, 2020; "
        "found 'December 1 - October 31'\n"
        "line 9: set aside: expected a season such as October 1 to May 31, or two empty cells; "
        "found 'December - March 31'\n"
        "line 10: set aside: expected a state, or the words of the standard rate; found 'Peoria'\n"
        "line 11: set aside: expected the rate of lodging; found an empty cell\n"
        "line 12: set aside: expected the day from which the rate is in force; found an empty cell\n"
        "line 13: set aside: expected a season that ends on or after 2020-04-01, from which the rate is in "
        "force; found one that ends on 2020-03-31"
    )


def test_a_workbook_has_a_title_above_and_the_fiscal_year_in_its_headings(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Master", 0)
    sheet.append(["FY2026 Per Diem Rates - Effective October 1, 2025"])
    head = ["STATE", "DESTINATION", "COUNTY/LOCATION DEFINED", "SEASON BEGIN", "SEASON END"]
    sheet.append(["ID", *head, "FY26  Lodging Rate", "FY26 M&IE"])
    standard = "Standard CONUS rate applies to all counties not specifically listed."
    sheet.append([None, None, standard, None, None, None, 110, 68])
    sheet.append([2, "AL", "Gulf Shores", "Baldwin", "October 1", "February 28", 134, 74])
    sheet.append([2, "AL", "Gulf Shores", "Baldwin", date(2026, 3, 1), "September 30, 2026", 163, 74])
    path = tmp_path / "FY2026_PerDiemMasterRatesFile.xlsx"
    book.save(path)
    source = exhibit(tmp_path, path.name, path.read_bytes())
    assert recognizing(source, NEW_YORK) == (READER,)
    rows = records(READER.read(source, NEW_YORK))
    days = [(row.values["season_from"], row.values["season_to"], row.values["lodging"]) for row in rows]
    assert days == [
        (date(2025, 10, 1), date(2026, 9, 30), Decimal(110)),
        (date(2025, 10, 1), date(2026, 2, 28), Decimal(134)),
        (date(2026, 3, 1), date(2026, 9, 30), Decimal(163)),
    ]
    assert {row.values["fiscal_year"] for row in rows} == {2026}
    assert [row.values.get("place") for row in rows] == [None, "Gulf Shores", "Gulf Shores"]


def test_the_old_binary_format_is_refused_with_what_to_do(tmp_path: Path) -> None:
    old = exhibit(tmp_path, "FY2014_PerDiemRates.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert recognizing(old, NEW_YORK) == ()
    assert why_unreadable(old, NEW_YORK) == (
        "a workbook in the .xlsx format",
        "the old binary .xls format",
        "Open it in a spreadsheet program and save as .xlsx.",
    )


def test_each_layout_is_told_from_the_others(tmp_path: Path) -> None:
    for layout in LAYOUTS:
        source = exhibit(tmp_path, "x.csv", ",".join(f'"{heading}"' for heading in layout.tells) + "\n")
        assert recognizing(source, NEW_YORK) == (READER,)
        assert told(READER.read(source, NEW_YORK).rows) == "line 1: not a record: the heading line"


# ---------------------------------------------------------------- seasons


def naive_days(begin: tuple[int, int], end: tuple[int, int], fiscal_year: int) -> list[date]:
    """The days of a season, by walking over the fiscal year from its first day to its last."""
    day = date(fiscal_year - 1, 10, 1)
    found: list[date] = []
    while day <= date(fiscal_year, 9, 30):
        after = found or (day.month, day.day) == begin
        if after:
            found.append(day)
            leap_end = end == (2, 28) and day == date(day.year, 2, 28) and monthrange(day.year, 2)[1] == 29
            if (day.month, day.day) == end and not leap_end:
                return found
            if end == (2, 28) and (day.month, day.day) == (2, 29):
                return found
        day += timedelta(days=1)
    return []


MONTH_DAYS = st.dates(date(2023, 1, 1), date(2023, 12, 31)).map(lambda day: (day.month, day.day))
NAMES = [date(2023, month, 1).strftime("%B") for month in range(1, 13)]


def written(day: tuple[int, int]) -> str:
    return f"{NAMES[day[0] - 1]} {day[1]}"


@given(begin=MONTH_DAYS, end=MONTH_DAYS, fiscal_year=st.integers(2000, 2060))
def test_a_season_is_the_days_that_a_walk_through_the_fiscal_year_meets(
    begin: tuple[int, int], end: tuple[int, int], fiscal_year: int
) -> None:
    season = f"{written(begin)} - {written(end)}"
    days = naive_days(begin, end, fiscal_year)
    if not days:
        with pytest.raises(BadCellError, match="a season within October 1"):
            season_days(season, fiscal_year)
        return
    assert season_days(season, fiscal_year) == (days[0], days[-1])
    assert {fiscal_year_of(day) for day in days} == {fiscal_year}


@pytest.mark.parametrize("end", ["February 28", "February 29", "2020-02-28", "feb 28"])
def test_an_end_of_february_is_its_last_day(end: str) -> None:
    if end == "feb 28":
        with pytest.raises(BadCellError, match="a season such as"):
            season_days(f"October 1 - {end}", 2020)
        return
    assert season_days(f"October 1 - {end}", 2020)[1] == date(2020, 2, 29)


def test_the_end_of_february_leaves_no_day_out_in_a_year_without_a_leap_day() -> None:
    assert season_days("October 1 - February 29", 2019)[1] == date(2019, 2, 28)


# ---------------------------------------------------------------- the published files


def published(shared: Path) -> Iterator[tuple[int, list[Record]]]:
    for path in sorted((shared / "data" / "per_diem" / "conus").glob("*.csv")):
        source = shared_exhibit(path)
        assert recognizing(source, NEW_YORK) == (READER,)
        reading = READER.read(source, NEW_YORK)
        assert conserved(reading)
        assert set_aside(reading) == []
        assert reading.unread == ()
        yield int(path.name[2:6]), records(reading)


def day_of(rate: Record, field: str) -> date:
    day = rate.values[field]
    assert isinstance(day, date)
    return day


def test_thirteen_fiscal_years_are_read_whole(shared: Path) -> None:
    lines = {}
    for year, rates in published(shared):
        assert {rate.values["fiscal_year"] for rate in rates} == {year}
        assert sum(rate.values["place"] is None for rate in rates) == 1
        seasons: dict[object, list[tuple[date, date]]] = defaultdict(list)
        for rate in rates:
            where = (rate.values.get("state"), rate.values["place"], rate.values.get("county"))
            seasons[where].append((day_of(rate, "season_from"), day_of(rate, "season_to")))
        for spans in seasons.values():
            spans.sort()
            assert [begin for begin, _ in spans] == [
                date(year - 1, 10, 1),
                *(end + timedelta(days=1) for _, end in spans[:-1]),
            ]
            assert spans[-1][1] == date(year, 9, 30)
        lines[year] = len(rates)
    assert lines == dict(
        zip(range(2014, 2027), (642, 646, 659, 676, 674, 671, 664, 674, 674, 686, 667, 650, 650), strict=True)
    )


def test_chicago_in_july_2019(shared: Path) -> None:
    rates = dict(published(shared))[2019]
    (july,) = (
        rate.values
        for rate in rates
        if (rate.values.get("state"), rate.values["place"]) == ("IL", "Chicago")
        and day_of(rate, "season_from") <= date(2019, 7, 15) <= day_of(rate, "season_to")
    )
    assert (july["lodging"], july["meals"], july["county"]) == (Decimal(183), Decimal(76), "Cook / Lake")


# ---------------------------------------------------------------- published monthly

DEFENSE = """\
State/Country,Location,Season Begin,Season End,Lodging,Local Meal Rate,Proportional Meal Rate,\
Local Incidental,Footnote Number,Footnote Rate,Maximum Per Diem,Effective Date,Publication Date
ALASKA,HARBOR TOWN [INCL NAVY],05/01/2019,09/15/2019,229.0,100.0,57.0,25.0,,,354.0,06/01/2019,07/01/2019
ALASKA,HARBOR TOWN [INCL NAVY],09/16/2019,04/30/2019,199.0,100.0,57.0,25.0,3.0,,324.0,09/01/2018,07/01/2019
ALASKA,NEW POST,10/01/2019,05/31/2019,99.0,50.0,30.0,10.0,,,159.0,07/01/2019,07/01/2019
WAKE ISLAND,WAKE ISLAND,01/01/2019,12/31/2019,129.0,56.0,35.0,14.0,,,199.0,07/01/2016,07/01/2019
GUAM,TOWN,01/01/2019,12/31/2019,129.0,56.0,35.0,14.0,,,200.0,07/01/2016,07/01/2019
GUAM,TOWN,01/01/2019,13/31/2019,129.0,56.0,35.0,14.0,,,199.0,07/01/2016,07/01/2019
GUAM,TOWN,01/01/2019,12/31/2019,129.0,,35.0,14.0,,,199.0,07/01/2016,
,TOWN,01/01/2019,12/31/2019,129.0,56.0,35.0,14.0,,,199.0,07/01/2016,07/01/2019
"""


def test_a_rate_published_monthly_is_known_to_the_end_of_its_month(tmp_path: Path) -> None:
    source = exhibit(tmp_path, "ovs19-07.csv", DEFENSE)
    assert recognizing(source, NEW_YORK) == (READER,)
    reading = READER.read(source, NEW_YORK)
    assert conserved(reading)
    assert {column.name: column.filled for column in reading.unread} == {
        "Footnote Number": 1,
        "Footnote Rate": 0,
    }
    summer, winter, wake = records(reading)
    assert (summer.values["season_from"], summer.values["season_to"]) == (date(2019, 6, 1), date(2019, 7, 31))
    assert (winter.values["season_from"], winter.values["season_to"]) == (
        date(2018, 9, 16),
        date(2019, 4, 30),
    )
    assert (wake.values["season_from"], wake.values["season_to"]) == (date(2019, 1, 1), date(2019, 7, 31))
    assert (summer.values["lodging"], summer.values["meals"]) == (Decimal(229), Decimal(125))
    assert [row.values["state"] for row in (summer, wake)] == ["AK", "WAKE ISLAND"]
    assert {row.values["fiscal_year"] for row in (summer, winter, wake)} == {2019}
    assert "county" not in summer.values
    assert "line 4: not a record: a season of which no day lies" in told(reading.rows)
    assert [(row.at.line, row.expected, row.found) for row in set_aside(reading)] == [
        (
            6,
            "lodging, meals and incidentals that add up to the maximum, 200.00",
            "129.00 + 56.0 + 14.0 = 199.00",
        ),
        (7, "a season such as 05/01/2019 to 08/31/2019", "'01/01/2019 - 13/31/2019'"),
        (8, "the day from which the rate is in force, and the day of publication", "an empty cell"),
        (9, "a country or state, and a place", "an empty cell"),
    ]


FOREIGN = """\
Country,Location,Season Code,Season Start Date,Season End Date,Lodging,Meals & Incidentals,Per Diem,\
Effective Date,Footnote Reference,Location Code,Publication Date
FREEDONIA,[Other],S1,2024-01-01,2024-12-31,182.0,74.0,256.0,2025-01-01,,11908.0,"January 1, 2025"
FREEDONIA,Port Marx,S2,2024-11-16,2024-02-28,202.0,108.0,310.0,2020-03-01,"19,2",10104.0,"January 1, 2025"
"""


def test_a_foreign_rate_stands_under_its_country(tmp_path: Path) -> None:
    source = exhibit(tmp_path, "January2025PD.csv", FOREIGN)
    assert recognizing(source, NEW_YORK) == (READER,)
    other, port = records(READER.read(source, NEW_YORK))
    assert (other.values["state"], other.values["place"], other.values["source_key"]) == (
        "FREEDONIA",
        "[Other]",
        "11908",
    )
    assert (other.values["season_from"], other.values["season_to"]) == (date(2025, 1, 1), date(2025, 1, 31))
    assert (port.values["season_from"], port.values["season_to"]) == (date(2024, 11, 16), date(2025, 1, 31))
    assert (port.values["lodging"], port.values["meals"], port.values["currency"]) == (202, 108, "USD")


def naive_monthly(begin: date, end: date, effective: date, published: date) -> tuple[date, date] | None:
    """The last run of days in the season, by walking back from the end of the month of publication."""
    day = date(published.year, published.month, monthrange(published.year, published.month)[1])

    def season(one: date) -> bool:
        after, before = key(one) >= key(begin), key(one) <= key(end)
        return (after and before) if key(begin) <= key(end) else (after or before)

    while day >= effective and not season(day):
        day -= timedelta(days=1)
    if day < effective:
        return None
    last = day
    while day > effective and season(day - timedelta(days=1)) and key(day) != key(begin):
        day -= timedelta(days=1)
    return day, last


def key(day: date) -> tuple[int, int]:
    return day.month, day.day


NOT_END_OF_FEBRUARY = st.dates(date(2019, 1, 1), date(2019, 12, 31)).filter(lambda day: key(day) != (2, 28))


@given(
    begin=NOT_END_OF_FEBRUARY,
    end=NOT_END_OF_FEBRUARY,
    effective=st.dates(date(2015, 1, 1), date(2019, 12, 31)),
    published=st.dates(date(2018, 1, 1), date(2021, 12, 31)),
)
def test_the_days_of_a_monthly_rate_are_those_a_walk_back_meets(
    begin: date, end: date, effective: date, published: date
) -> None:
    assert monthly_days(begin, end, effective, published) == naive_monthly(begin, end, effective, published)


def test_the_tables_of_the_other_two_departments_are_read_whole(shared: Path) -> None:
    lines: dict[str, int] = defaultdict(int)
    found: dict[tuple[str, object, object], list[Record]] = defaultdict(list)
    for folder in ("oconus", "foreign"):
        for path in sorted((shared / "data" / "per_diem" / folder).glob("*.csv")):
            source = shared_exhibit(path)
            assert recognizing(source, NEW_YORK) == (READER,)
            reading = READER.read(source, NEW_YORK)
            assert conserved(reading)
            assert set_aside(reading) == []
            lines[folder] += reading.held - 1
            for rate in records(reading):
                found[path.stem, rate.values["state"], rate.values["place"]].append(rate)
    assert lines == {"oconus": 2229, "foreign": 2223}
    (summer,) = found["ovs19-07", "AK", "ANCHORAGE [INCL NAV RES]"]
    _, winter = found["ovs19-05", "AK", "ANCHORAGE [INCL NAV RES]"]
    assert (summer.values["lodging"], summer.values["meals"]) == (Decimal(229), Decimal(125))
    assert (day_of(summer, "season_from"), day_of(summer, "season_to")) == (
        date(2019, 6, 1),
        date(2019, 7, 31),
    )
    assert winter.values["season_to"] == date(2019, 4, 30)
    (paris,) = found["May2019PD", "FRANCE", "Paris"]
    assert (paris.values["lodging"], paris.values["meals"]) == (Decimal(405), Decimal(175))
    assert (day_of(paris, "season_from"), day_of(paris, "season_to")) == (date(2019, 1, 1), date(2019, 5, 31))
