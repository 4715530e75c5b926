"""Lodging and meals beside the per diem of their place, season and day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.accounts.small_book import relation, rulebook, small_book, use
from tests.intake.table_exhibits import NEW_YORK, records, shared_exhibit
from wardbook.accounts.per_diem import run_per_diem_tests
from wardbook.findings.per_diem import PER_DIEM
from wardbook.findings.procedure import Observation
from wardbook.intake.per_diem_rates import READER
from wardbook.intake.take_in import take_in
from wardbook.records.book import Book
from wardbook.records.engine import Engine
from wardbook.records.schema import USES
from wardbook.records.settings import Settings

DISTRICT = (
    "Washington DC (also the cities of Alexandria, Falls Church and Fairfax, and the counties of Arlington "
    "and Fairfax, in Virginia; and the counties of Montgomery and Prince George's in Maryland)"
)


def season(
    state: str | None, place: str | None, county: str | None, days: tuple[str, str], lodging: str, meals: str
) -> dict[str, Any]:
    """One rate of fiscal year 2019, USD."""
    return {
        "record_id": f"{place or 'standard'} from {days[0]}", "fiscal_year": 2019,
        "state": state, "place": place, "county": county, "season_from": days[0], "season_to": days[1],
        "lodging": lodging, "meals": meals, "currency": "USD",
    }  # fmt: skip


YEAR = ("2018-10-01", "2019-09-30")
SUMMER, SEPTEMBER = ("2018-10-01", "2019-08-31"), ("2019-09-01", "2019-09-30")
RATES = (
    season(None, None, None, YEAR, "94", "55"),
    season("IL", "Chicago", "Cook / Lake", SUMMER, "183", "76"),
    season("IL", "Chicago", "Cook / Lake", SEPTEMBER, "223", "76"),
    season("IL", "East St. Louis / O'Fallon", "St. Clair", YEAR, "133", "66"),
    season("MD", "Baltimore City", "Baltimore City", YEAR, "149", "71"),
    season("MD", "Baltimore County", "Baltimore", YEAR, "102", "61"),
    season("DC", "District of Columbia", DISTRICT, YEAR, "179", "76"),
    season("NY", "New York City", "Bronx / Kings / New York / Queens / Richmond", YEAR, "229", "76"),
    season("AZ", "Flagstaff", "Coconino / Yavapai less the city of Sedona", YEAR, "120", "66"),
    season("AZ", "Sedona", "City limits of Sedona", YEAR, "190", "66"),
    season("GA", "Atlanta", "Fulton, Dekalb and Cobb", YEAR, "152", "66"),
    season("GA", "Marietta", "Cobb", YEAR, "130", "66"),
)


def spent(name: str, cost_class: str, place: str | None, amount: str, **more: Any) -> dict[str, Any]:
    row = {"record_id": name, "cost_class": cost_class, "place": place, "amount": amount, "currency": "USD"}
    return {**row, "day": "2019-07-15", **more}


def book_of(expenses: Sequence[Mapping[str, Any]], **tables: Any) -> Engine:
    engine = small_book(expenses=expenses, **{"per_diem_rates": RATES, **tables})
    run_per_diem_tests(engine, Settings())
    return engine


def compared(*expenses: Mapping[str, Any], **tables: Any) -> list[dict[str, Any]]:
    return relation(book_of(expenses, **tables), "per_diem_tests")


def one(*expenses: Mapping[str, Any], **tables: Any) -> dict[str, Any]:
    (row,) = compared(*expenses, **tables)
    return row


# ---------------------------------------------------------------- which rate


PLACES = (
    ("Chicago, IL", "city", "183"),
    ("CHICAGO,  Illinois", "city", "183"),
    ("Chicago IL 60601", "city", "183"),
    ("Chicago, IL, USA", "city", "183"),
    ("Evanston, Cook County, IL", "county", "183"),
    ("Evanston (Cook County), Illinois", "county", "183"),
    ("Cook County, IL", "county", "183"),
    ("O’Fallon, IL", "city", "133"),
    ("East Saint Louis, IL", "city", "133"),
    ("Baltimore, MD", "city", "149"),
    ("Towson, Baltimore County, MD", "county", "102"),
    ("Baltimore County, MD", "city", "102"),
    ("Washington, D.C.", "city", "179"),
    ("Washington DC", "city", "179"),
    ("Falls Church, VA", "city", "179"),
    ("Arlington County, Virginia", "county", "179"),
    ("Prince Georges County, MD", "county", "179"),
    ("New York, NY 10001", "city", "229"),
    ("New York City, New York", "city", "229"),
    ("Sedona, AZ", "city", "190"),
    ("Sedona, Yavapai County, AZ", "city", "190"),
    ("Prescott, Yavapai County, AZ", "county", "120"),
    ("Dixon, St Clair County, IL", "county", "133"),
    ("Decatur, De Kalb County, GA", "county", "152"),
    ("Peoria, Peoria County, IL", "standard", "94"),
    ("Fargo, ND", "standard", "94"),
)


def test_a_place_has_the_rate_of_its_city_else_its_county_else_the_standard_rate() -> None:
    found = compared(*(spent(f"x{at}", "lodging", place, "1.00") for at, (place, _, _) in enumerate(PLACES)))
    assert {(row["place"], row["matched_by"], row["cap"]) for row in found} == {
        (place, matched_by, Decimal(cap)) for place, matched_by, cap in PLACES
    }
    assert {row["verdict"] for row in found} == {"within"}


NO_COUNTY = "and its county, which may be listed, is not on record"


UNSETTLED: tuple[tuple[str | None, str | None, str], ...] = (
    (None, "2019-07-15", "the place is not on record"),
    ("Chicago", "2019-07-15", "the place names no state: Chicago"),
    ("Paris, France", "2019-07-15", "the place names no state: Paris, France"),
    ("Chicago, IL", None, "the day is not on record"),
    ("Chicago, IL", "2017-07-15", "no per diem table of fiscal year 2017 is on record"),
    ("Chicago, IL", "2019-10-01", "no per diem table of fiscal year 2020 is on record"),
    ("Evanston, IL", "2019-07-15", f"Evanston, IL is not a listed destination of IL, {NO_COUNTY}"),
    ("Arlington, VA", "2019-07-15", f"Arlington, VA is not a listed destination of VA, {NO_COUNTY}"),
    (
        "Tucker, Dekab County, GA",
        "2019-07-15",
        "the county of Tucker, Dekab County, GA is spelt almost as one that is listed for GA",
    ),
    ("Anchorage, AK", "2019-07-15", "AK lies outside the tables of the continental United States"),
)


def test_a_place_or_day_that_settles_no_rate_is_undetermined() -> None:
    expenses = [
        spent(f"x{at}", "lodging", place, "9999.00", day=day) for at, (place, day, _) in enumerate(UNSETTLED)
    ]
    found = compared(*expenses)
    assert {row["expense_id"]: row["words"] for row in found} == {
        f"x{at}": f"undetermined: {why}" for at, (_, _, why) in enumerate(UNSETTLED)
    }
    for row in found:
        assert (row["verdict"], row["cap"], row["over"]) == ("undetermined", None, None)
        assert row["sources"] == [row["expense_id"]]


def test_a_county_of_two_destinations_with_different_rates_is_undetermined() -> None:
    row = one(spent("x", "lodging", "Smyrna, Cobb County, GA", "9999.00"))
    assert row["words"] == (
        "undetermined: Smyrna, Cobb County, GA fits several destinations with different rates: "
        "Atlanta, GA; Marietta, GA"
    )
    assert row["sources"] == ["Atlanta from 2018-10-01", "Marietta from 2018-10-01", "x"]


def test_the_register_of_places_says_state_and_county() -> None:
    places = [{"record_id": "p", "name": "Evanston", "region": "IL", "county": "Cook County"}]
    for written in ("Evanston, IL", "Evanston"):
        row = one(spent("x", "lodging", written, "184.00"), places=places)
        assert (row["matched_by"], row["over"]) == ("county", Decimal("1.00"))
    two = [*places, {"record_id": "q", "name": "Evanston", "region": "WY", "county": "Uinta"}]
    assert one(spent("x", "lodging", "Evanston", "184.00"), places=two)["words"] == (
        "undetermined: the place names no state: Evanston"
    )


def test_a_destination_in_words_that_are_not_understood_keeps_the_standard_rate_away() -> None:
    odd = (*RATES, season("KS", "Wichita", "Sedgwick (but not its airport)", YEAR, "99", "55"))
    row = one(spent("x", "lodging", "Peoria, Peoria County, IL", "94.00"), per_diem_rates=odd)
    assert row["words"] == "undetermined: the table defines a destination in words that are not understood"
    assert one(spent("x", "lodging", "Wichita, KS", "99.00"), per_diem_rates=odd)["verdict"] == "within"


def test_one_table_taken_in_twice_says_the_same_and_a_corrected_one_does_not() -> None:
    again = [{**RATES[1], "record_id": "again"}]
    row = one(spent("x", "lodging", "Chicago, IL", "183.00"), per_diem_rates=[*RATES, *again])
    assert (row["verdict"], row["sources"]) == ("within", ["Chicago from 2018-10-01", "again", "x"])
    corrected = [{**RATES[1], "record_id": "corrected", "lodging": "184"}]
    row = one(spent("x", "lodging", "Chicago, IL", "183.00"), per_diem_rates=[*RATES, *corrected])
    assert row["verdict"] == "undetermined"


def test_an_expense_in_another_currency_is_not_compared() -> None:
    row = one(spent("x", "lodging", "Chicago, IL", "500.00", currency="CAD"))
    assert row["words"] == "undetermined: the rate is in USD, and the expense in CAD"


def test_without_a_table_nothing_is_tested() -> None:
    assert compared(spent("x", "lodging", "Chicago, IL", "500.00"), per_diem_rates=()) == []


def test_only_lodging_and_meals_with_an_amount_are_tested() -> None:
    rows = [
        spent("air", "airfare", "Chicago, IL", "500.00"),
        {**spent("open", "lodging", "Chicago, IL", "0"), "amount": None},
        spent("bed", " Lodging", "Chicago, IL", "100.00"),
    ]
    assert [row["expense_id"] for row in compared(*rows)] == ["bed"]


# ---------------------------------------------------------------- nights


def test_each_night_has_the_rate_of_its_season() -> None:
    row = one(spent("x", "lodging", "Chicago, IL", "700.00", day="2019-08-30", nights=3))
    assert (row["cap"], row["over"], row["nights"]) == (Decimal("589.00"), Decimal("111.00"), 3)
    assert row["words"] == (
        "Chicago, IL (listed by city): 2 nights at 183.00, 1 night at 223.00 = 589.00; spent 700.00, "
        "111.00 over"
    )
    assert row["sources"] == ["Chicago from 2018-10-01", "Chicago from 2019-09-01", "x"]


def test_a_room_for_several_is_allowed_for_each() -> None:
    row = one(spent("x", "lodging", "Chicago, IL", "1098.00", nights=2, persons=3))
    assert (row["verdict"], row["cap"], row["persons"]) == ("within", Decimal("1098.00"), 3)
    assert ", for 3 persons = 1098.00" in row["words"]


def test_a_bill_of_several_named_travelers_is_allowed_for_each_unless_it_says_how_many() -> None:
    names = "Officer A; Officer B ; Officer C;"
    assert one(spent("x", "lodging", "Chicago, IL", "549.00", person=names))["cap"] == Decimal("549.00")
    row = one(spent("x", "lodging", "Chicago, IL", "549.00", person=names, persons=2))
    assert (row["persons"], row["over"]) == (2, Decimal("183.00"))


@pytest.mark.parametrize(
    ("amount", "verdict", "cap", "over"),
    [
        ("549.00", "within", "549.00", "0.00"),
        ("549.01", "undetermined", None, None),
        ("732.00", "undetermined", None, None),
        ("732.01", "over", "732.00", "0.01"),
    ],
)
def test_a_period_without_nights_is_over_only_if_its_last_day_was_a_night_too(
    amount: str, verdict: str, cap: str | None, over: str | None
) -> None:
    row = one(spent("x", "lodging", "Chicago, IL", amount, day_to="2019-07-18"))
    assert (row["verdict"], row["cap"], row["over"]) == (
        verdict,
        None if cap is None else Decimal(cap),
        None if over is None else Decimal(over),
    )


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"nights": 2, "day_to": "2019-07-20"}, "2 nights do not fit its period, 2019-07-15 to 2019-07-20"),
        ({"nights": 0}, "the number of nights, days or persons is not above 0"),
        ({"persons": 0}, "the number of nights, days or persons is not above 0"),
        ({"nights": 999}, "its period is no stay of at most a year"),
        ({"day_to": "2018-07-15"}, "its period is no stay of at most a year"),
    ],
)
def test_nights_that_cannot_be_counted_are_said(more: dict[str, Any], why: str) -> None:
    row = one(spent("x", "lodging", "Chicago, IL", "1.00", **more))
    assert (row["words"], row["cap"]) == (f"undetermined: {why}", None)


@pytest.mark.parametrize("day_to", ["2019-07-17", "2019-07-18"])
def test_three_nights_fit_a_period_that_ends_with_the_last_night_or_the_day_of_leaving(day_to: str) -> None:
    row = one(spent("x", "lodging", "Chicago, IL", "549.00", day_to=day_to, nights=3))
    assert (row["verdict"], row["cap"]) == ("within", Decimal("549.00"))


# ---------------------------------------------------------------- meals


def test_the_first_and_last_day_of_travel_are_three_quarters() -> None:
    """41 CFR 301-11.101: four days at 76.00 are 57 + 76 + 76 + 57."""
    row = one(spent("x", "meals", "Chicago, IL", "266.01", day_to="2019-07-18", trip="Chicago"))
    assert (row["verdict"], row["cap"], row["over"]) == ("over", Decimal("266.00"), Decimal("0.01"))
    assert row["words"] == (
        "Chicago, IL (listed by city): 2 days at three quarters of 76.00, 2 days at 76.00 = 266.00, days of "
        "travel 2019-07-15 to 2019-07-18 by the records of the trip; spent 266.01, 0.01 over"
    )


@pytest.mark.parametrize(
    ("day", "cap"), [("2019-07-14", "57"), ("2019-07-15", "76"), ("2019-07-16", "76"), ("2019-07-17", "57")]
)
def test_the_days_of_travel_are_those_of_the_uses_and_the_lodging_of_the_trip(day: str, cap: str) -> None:
    uses = [use("out", date="2019-07-14", trip="Chicago")]
    hotel = spent("hotel", "lodging", "Chicago, IL", "1.00", day="2019-07-14", nights=3, trip="Chicago")
    meal = spent("meal", "meals", "Chicago, IL", "1.00", day=day, trip="Chicago")
    found = {row["expense_id"]: row for row in compared(hotel, meal, uses=uses)}
    assert found["meal"]["cap"] == Decimal(cap)


def test_a_single_day_of_travel_is_three_quarters() -> None:
    uses = [use("out", date="2019-07-15", trip="Chicago")]
    row = one(spent("x", "meals", "Chicago, IL", "57.01", trip="Chicago"), uses=uses)
    assert (row["verdict"], row["over"]) == ("over", Decimal("0.01"))


@pytest.mark.parametrize(
    ("amount", "verdict"),
    [("57.00", "within"), ("57.01", "undetermined"), ("76.00", "undetermined"), ("76.01", "over")],
)
def test_meals_of_no_trip_are_over_only_if_over_a_full_day(amount: str, verdict: str) -> None:
    assert one(spent("x", "meals", "Chicago, IL", amount))["verdict"] == verdict


def test_receipts_of_one_traveler_and_day_are_together_and_those_of_nobody_are_not() -> None:
    row = one(*(spent(name, "meals", "Chicago, IL", "40.00", person="Officer A") for name in ("y", "x")))
    assert (row["expense_id"], row["expense"], row["over"]) == ("x", Decimal("80.00"), Decimal("4.00"))
    assert row["sources"] == ["Chicago from 2018-10-01", "x", "y"]
    assert len(compared(*(spent(name, "meals", "Chicago, IL", "40.00") for name in ("y", "x")))) == 2


# ---------------------------------------------------------------- a slow twin


def naive_cap(place: str, cost_class: str, first: date, number: int, persons: int) -> Decimal:
    """The cap of so many nights, or of so many days of one trip, counted one by one."""
    total = Decimal(0)
    for at in range(number):
        day = first + timedelta(days=at)
        (rate,) = (
            rate
            for rate in RATES
            if rate["place"] == place and rate["season_from"] <= day.isoformat() <= rate["season_to"]
        )
        if cost_class == "lodging":
            total += persons * Decimal(rate["lodging"])
        else:
            part = Decimal("0.75") if at in (0, number - 1) else Decimal(1)
            total += persons * (Decimal(rate["meals"]) * part).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return total


@settings(max_examples=60)
@given(
    stays=st.lists(
        st.tuples(
            st.sampled_from(["Chicago", "Sedona", "Baltimore City"]),
            st.sampled_from(["lodging", "meals"]),
            st.dates(date(2018, 10, 1), date(2019, 9, 10)),
            st.integers(1, 20),
            st.integers(1, 4),
            st.decimals(-5, 5, places=2),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_each_cap_is_that_of_a_count_night_by_night(
    stays: list[tuple[str, str, date, int, int, Decimal]],
) -> None:
    states = {rate["place"]: rate["state"] for rate in RATES}
    caps = [naive_cap(*stay[:5]) for stay in stays]
    expenses = [
        spent(
            f"x{at:02}", cost_class, f"{place}, {states[place]}", str(caps[at] + off),
            day=first, nights=number, persons=persons, trip=f"trip {at}",
        )
        for at, (place, cost_class, first, number, persons, off) in enumerate(stays)
    ]  # fmt: skip
    found = compared(*expenses)
    assert [(row["cap"], row["over"]) for row in found] == [
        (cap, max(stay[5], Decimal(0))) for cap, stay in zip(caps, stays, strict=True)
    ]


# ---------------------------------------------------------------- the finding


def seen(*expenses: Mapping[str, Any], **tables: Any) -> list[Observation]:
    engine = book_of(expenses, **tables)
    engine.define("CREATE TABLE expense_uses (record_id VARCHAR, use_id VARCHAR)")
    return list(PER_DIEM.run(engine, rulebook()))


def test_a_finding_for_each_traveler_and_class() -> None:
    (found,) = seen(
        spent("a", "lodging", "Chicago, IL", "200.00", person="Officer A"),
        spent("b", "lodging", "Chicago, IL", "183.00", person="Officer A", day="2019-07-20"),
        spent("c", "lodging", "Evanston, IL", "999.00", person="Officer A"),
        spent("d", "lodging", "Chicago, IL", "183.00", person="Officer B"),
    )
    assert found.title == "Lodging of Officer A above the per diem by 17.00 USD"
    assert found.condition == (
        "1 of 3 expenses tested; 1 could not be determined. 2019-07-15, Chicago, IL: Chicago, IL (listed by "
        "city): 1 night at 183.00 = 183.00; spent 200.00, 17.00 over."
    )
    assert (found.amount, found.currency) == (Decimal("17.00"), "USD")
    assert found.evidence == ("Chicago from 2018-10-01", "a")


def test_what_is_undetermined_is_no_finding() -> None:
    assert seen(spent("c", "lodging", "Evanston, IL", "999.00", person="Officer A")) == []


# ---------------------------------------------------------------- from files to the test

GSA = """\
ID,STATE,DESTINATION,COUNTY/LOCATION DEFINED,SEASON BEGIN,SEASON END,Lodging Rate,M&IE,Effective Date
,,Standard CONUS rate applies to all counties not specifically listed.,,,,$ 94,$ 55,"October 1, 2018"
123,IL,Chicago,Cook / Lake,October 1,August 31,$ 183,$ 76,"October 1, 2018"
123,IL,Chicago,Cook / Lake,September 1,September 30,$ 223,$ 76,"October 1, 2018"
"""
SPENT = """\
source_key,day,trip,person,cost_class,amount,currency,place,nights,persons
V1,2019-08-31,chicago,Officer A,lodging,406.00,USD,"Chicago, IL",2,
V2,2019-08-31,chicago,Officer A,meals,190.01,USD,"Chicago, IL",3,1
V3,2019-08-31,chicago,,lodging,376.01,USD,"Peoria, Peoria County, IL",2,2
"""


def test_the_tables_and_the_expenses_are_read_from_their_files(tmp_path: Path) -> None:
    folder = tmp_path / "records"
    folder.mkdir()
    (folder / "FY2019_PerDiemRatesMasterFile.csv").write_text(GSA, "utf-8")
    (folder / "expenses.csv").write_text(SPENT, "utf-8")
    with Book.create(tmp_path / "per-diem.book", Settings()) as book, Engine() as engine:
        take_in(book, [folder])
        book.relations(engine, None)
        engine.load(USES, ())
        run_per_diem_tests(engine, Settings())
        found = engine.rows(
            "SELECT e.source_key, t.cap, t.over, t.matched_by FROM per_diem_tests AS t "
            "JOIN expenses AS e ON e.record_id = t.expense_id ORDER BY e.source_key"
        )
        behind = engine.one(
            "SELECT count(*) FROM (SELECT unnest(sources) AS id FROM per_diem_tests) AS s WHERE s.id IN "
            "(SELECT record_id FROM expenses UNION ALL SELECT record_id FROM per_diem_rates)"
        )
        assert behind == engine.one("SELECT sum(len(sources)) FROM per_diem_tests")
    assert found == [
        ("V1", Decimal("406.00"), Decimal("0.00"), "city"),
        ("V2", Decimal("190.00"), Decimal("0.01"), "city"),
        ("V3", Decimal("376.00"), Decimal("0.01"), "standard"),
    ]


# ---------------------------------------------------------------- the published tables


@pytest.fixture(scope="module")
def published(shared: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for path in sorted((shared / "data" / "per_diem" / "conus").glob("*.csv")):
        found = records(READER.read(shared_exhibit(path), NEW_YORK))
        rows += [{**rate.values, "record_id": f"{path.name[:6]} line {rate.at.line}"} for rate in found]
    return rows


def test_every_destination_of_the_published_tables_is_understood(published: list[dict[str, Any]]) -> None:
    engine = book_of((), per_diem_rates=published)
    assert engine.rows("SELECT DISTINCT level FROM per_diem_keys ORDER BY level") == [("city",), ("county",)]
    lost = engine.rows(
        "SELECT DISTINCT place FROM per_diem_rates AS r WHERE place IS NOT NULL AND NOT EXISTS (SELECT 1 "
        "FROM per_diem_keys AS k WHERE k.state = r.state AND k.place = r.place AND k.level = 'city')"
    )
    assert lost == []
    odd = engine.rows(
        "SELECT DISTINCT place_key FROM per_diem_keys WHERE level = 'county' AND "
        "regexp_matches(place_key, '(^| )(and|of|less|the|county|excluding)( |$)')"
    )
    assert odd == []


@pytest.mark.parametrize(
    ("day", "place", "cap"),
    [
        ("2019-07-15", "Chicago, IL", "183"),
        ("2013-11-15", "Brooklyn, NY", "303"),
        ("2019-06-08", "Des Moines, IA", "108"),
        ("2024-02-29", "Chicago, IL", "146"),
        ("2014-03-31", "Shepherdstown, Jefferson County, WV", "83"),
        ("2026-01-10", "Arlington County, VA", "196"),
    ],
)
def test_nights_of_known_places(published: list[dict[str, Any]], day: str, place: str, cap: str) -> None:
    row = one(spent("x", "lodging", place, "0.00", day=day), per_diem_rates=published)
    assert row["cap"] == Decimal(cap), row["words"]


def test_a_county_that_the_table_itself_misspells_is_not_given_the_standard_rate(
    published: list[dict[str, Any]],
) -> None:
    """The tables write Caroll for Carroll County, New Hampshire."""
    row = one(spent("x", "lodging", "Bartlett, Carroll County, NH", "150.00"), per_diem_rates=published)
    assert row["words"] == (
        "undetermined: the county of Bartlett, Carroll County, NH is spelt almost as one that is listed "
        "for NH"
    )


# ---------------------------------------------------------------- outside the continental United States


@pytest.fixture(scope="module")
def world(shared: Path) -> list[dict[str, Any]]:
    """The published tables in force in May 2019, at home and abroad, and of Alaska and Hawaii until July."""
    rows: list[dict[str, Any]] = []
    months = [f"oconus/ovs19-{month:02}" for month in (5, 6, 7)]
    for name in ("conus/FY2019_PerDiemRatesMasterFile", "foreign/May2019PD", *months):
        path = shared / "data" / "per_diem" / f"{name}.csv"
        found = records(READER.read(shared_exhibit(path), NEW_YORK))
        rows += [{**rate.values, "record_id": f"{path.stem} line {rate.at.line}"} for rate in found]
    return rows


ABROAD = (
    ("Paris, France", "2019-05-20", "405"),
    ("Seoul, Korea, South", "2019-05-20", "230"),
    ("Tbilisi, Georgia", "2019-05-20", "236"),
    ("Atlanta, Georgia", "2019-05-20", "152"),
    ("Other, Albania", "2019-05-20", "83"),
    ("Anchorage, AK", "2019-07-31", "229"),
    ("Honolulu, Hawaii", "2019-05-20", "177"),
    ("Wasilla AK", "2019-06-02", "162"),
)


def test_a_place_abroad_has_the_rate_published_for_its_month(world: list[dict[str, Any]]) -> None:
    spent_there = [
        spent(f"x{at}", "lodging", place, "1.00", day=day) for at, (place, day, _) in enumerate(ABROAD)
    ]
    found = compared(*spent_there, per_diem_rates=world)
    assert {(row["place"], row["cap"]) for row in found} == {
        (place, Decimal(cap)) for place, _, cap in ABROAD
    }


@pytest.mark.parametrize(
    ("place", "day", "why"),
    [
        (
            "Paris, France",
            "2019-06-01",
            "no per diem table on record shows the rates of FRANCE on 2019-06-01",
        ),
        ("Anchorage, AK", "2019-08-01", "no per diem table on record shows the rates of AK on 2019-08-01"),
        (
            "Durres, Albania",
            "2019-05-20",
            (
                "Durres, Albania is not a listed destination of ALBANIA; if the rate of places not listed "
                "applies, record the place as Other, ALBANIA"
            ),
        ),
        (
            "Kabul, Afghanistan",
            "2019-05-20",
            (
                "the table has a rate of 0 for Kabul, Afghanistan: its footnote says what is provided or "
                "allowed instead"
            ),
        ),
    ],
)
def test_a_rate_abroad_that_no_table_settles_is_undetermined(
    place: str, day: str, why: str, world: list[dict[str, Any]]
) -> None:
    row = one(spent("x", "lodging", place, "500.00", day=day), per_diem_rates=world)
    assert (row["verdict"], row["cap"], row["words"]) == ("undetermined", None, f"undetermined: {why}")
