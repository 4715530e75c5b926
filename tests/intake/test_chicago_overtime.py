"""Overtime reports of the Chicago police: laid out in the test, and the released ones to the cent."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.intake.chicago_prints import HEADINGS, Lines, PrintMaker, by_unit_bytes, citywide_bytes, money
from tests.intake.pdf_maker import pdf_bytes
from tests.intake.table_exhibits import (
    NEW_YORK,
    conserved,
    corruptions,
    exhibit,
    records,
    set_aside,
    shared_exhibit,
    told,
)
from wardbook.accounts.assertions import run_assertion_tests
from wardbook.accounts.reconciliation_statements import run_reconciliations
from wardbook.errors import InputRefusedError
from wardbook.intake.chicago_overtime import CONVERSION, READER
from wardbook.intake.chicago_overtime_lines import MONTHS, Month, Span, furniture, month_total, unit_line
from wardbook.intake.readers import recognizing
from wardbook.intake.take_in import take_in
from wardbook.records.book import Book
from wardbook.records.engine import Engine
from wardbook.records.schema import ASSERTIONS, EXPENSES
from wardbook.records.settings import Settings
from wardbook.records.source import NotARecord, Reading, Record

CHICAGO = Path("data/chicago_overtime")
DETAIL = "Detached Services - Govt Security Detail"
WINTER: Lines = {
    "January": [("001", "District Law Enforcement", Decimal("1200.50")), ("542", DETAIL, Decimal("310.25"))],
    "February": [("001", "Marine Unit", Decimal("1000.00")), ("542", "Bomb Unit", Decimal("299.99"))],
}
TOTALS = {"January": Decimal("1510.75"), "February": Decimal("1300.00")}
CSV = """\
,OT REPORT - CITYWIDE BY UNIT 1/1/2024 - 3/5/2024,
January,"GRAND TOTAL: 1,510.75",
,,
001,District Law Enforcement,"1,200.50"
542,Detached Services - Govt Security Detail,310.25
,,
February,GRAND TOTAL:,"1,300.00"
001,Marine Unit,"1,000.00"
542,Bomb Unit,299.99
"""


def read_bytes(folder: Path, data: bytes | str, name: str = "report.pdf") -> Reading:
    source = exhibit(folder, name, data)
    (reader,) = recognizing(source, NEW_YORK)
    reading = reader.read(source, NEW_YORK)
    assert conserved(reading)
    return reading


def of_table(reading: Reading, table: str) -> list[Mapping[str, object]]:
    rows = records(reading)
    first = [row.values for row in rows if row.table == table]
    return [*first, *(part.values for row in rows for part in row.parts if part.table == table)]


# ---------------------------------------------------------------- the report by unit


def test_a_line_is_an_expense_of_a_unit_by_its_number(tmp_path: Path) -> None:
    reading = read_bytes(tmp_path, by_unit_bytes(WINTER, TOTALS))
    expenses = of_table(reading, "expenses")
    assert expenses[3] == {
        "source_key": "cpd-unit-542",
        "day": date(2024, 2, 1),
        "day_to": date(2024, 2, 29),
        "trip": "cpd-overtime-by-unit/2024-02/542",
        "cost_class": "overtime",
        "amount": Decimal("299.99"),
        "currency": "USD",
        "description": "Bomb Unit",
        "citation": "OT REPORT - CITYWIDE BY UNIT, 2024-01-01 to 2024-03-05, printed 2024-03-20",
    }
    assert set(expenses[3]) <= set(EXPENSES.names)
    assert {one["source_key"] for one in expenses} == {"cpd-unit-001", "cpd-unit-542"}


def test_the_total_of_a_month_is_stated_once_and_tested_by_its_lines(tmp_path: Path) -> None:
    reading = read_bytes(tmp_path, by_unit_bytes(WINTER, TOTALS, rows_a_page=1))
    january, february = of_table(reading, "assertions")
    assert (january["value"], february["value"]) == (Decimal("1510.75"), Decimal("1300.00"))
    assert january["tested_by"] == "expenses:cpd-overtime-by-unit/2024-01"
    assert (january["scope_from"], january["scope_to"]) == (date(2024, 1, 1), date(2024, 1, 31))
    assert set(january) <= set(ASSERTIONS.names)
    again = [row for row in reading.rows if isinstance(row, NotARecord) and "again" in row.why]
    assert [row.at.page for row in again] == [2, 4]


def test_a_month_that_the_report_ends_in_is_said_to_be_partial(tmp_path: Path) -> None:
    reading = read_bytes(tmp_path, by_unit_bytes(WINTER, TOTALS, span="1/1/2024 - 2/1/2024"))
    february = of_table(reading, "assertions")[1]
    assert february["scope"] == "February 2024, in part: to 2024-02-01; all units"
    assert february["scope_to"] == date(2024, 2, 1)
    assert [one["day_to"] for one in of_table(reading, "expenses")][2:] == [date(2024, 2, 1)] * 2


@pytest.mark.parametrize("span", ["3/1/2024 - 4/30/2024", "1/1/2023 - 12/31/2024"])
def test_a_month_whose_year_is_not_certain_is_set_aside(tmp_path: Path, span: str) -> None:
    reading = read_bytes(tmp_path, by_unit_bytes(WINTER, TOTALS, span=span))
    assert records(reading) == []
    heading, first, *_ = set_aside(reading)
    assert heading.expected == "days covered that hold one January"
    assert first.found == "unit 001 after no heading that can be read"


def test_two_totals_of_one_month_are_both_told(tmp_path: Path) -> None:
    pages = {"January": WINTER["January"], "January ": WINTER["February"]}
    data = by_unit_bytes(pages, {"January": Decimal(1), "January ": Decimal(2)})
    (second, *_) = set_aside(read_bytes(tmp_path, data))
    assert (second.expected, second.found) == ("the total 1.00 again, as over the lines before", "2.00")


def test_missing_pages_are_named(tmp_path: Path) -> None:
    data = by_unit_bytes(WINTER, TOTALS, rows_a_page=1, leave_out=(2, 4))
    (missing,) = set_aside(read_bytes(tmp_path, data))
    assert (missing.expected, missing.found) == (
        "pages 1 to 4, as the page numbers count them",
        "2 pages, without page 2, 4",
    )


def test_another_pdf_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match="without such a title"):
        READER.read(exhibit(tmp_path, "x.pdf", _letter()), NEW_YORK)
    assert not READER.recognizes(exhibit(tmp_path, "x.pdf", _letter()), NEW_YORK)
    with pytest.raises(InputRefusedError, match="truncated"):
        READER.read(exhibit(tmp_path, "x.pdf", by_unit_bytes(WINTER, TOTALS)[:900]), NEW_YORK)


def _letter() -> bytes:
    page = PrintMaker()
    page.text(100, 700, "We released the overtime report by unit.")
    return pdf_bytes([page])


NAMES = st.sampled_from(
    ["Bomb Unit", "Gang Team Area 2", "Off. Deputy Chief A/1", "Training & Support(JISC)"]
)
AMOUNTS = st.decimals(Decimal("0.01"), Decimal("9999999.99"), places=2)
NUMBERS = st.integers(1, 999).map("{:03}".format)
UNITS = st.dictionaries(NUMBERS, st.tuples(NAMES, AMOUNTS), min_size=1, max_size=9)
REPORTS = st.dictionaries(st.sampled_from(MONTHS), UNITS, min_size=1, max_size=3)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(report=REPORTS, rows_a_page=st.integers(1, 9))
def test_whatever_is_printed_is_read_back(
    tmp_path: Path, report: Mapping[str, Mapping[str, tuple[str, Decimal]]], rows_a_page: int
) -> None:
    printed = {
        month: [(unit, *report[month][unit]) for unit in sorted(report[month])]
        for month in sorted(report, key=MONTHS.index)
    }
    totals = {month: sum((amount for _, _, amount in units), Decimal(0)) for month, units in printed.items()}
    data = by_unit_bytes(printed, totals, span="1/1/2024 - 12/31/2024", rows_a_page=rows_a_page)
    reading = read_bytes(tmp_path, data)
    found = [(str(one["trip"]), one["description"], one["amount"]) for one in of_table(reading, "expenses")]
    assert found == [
        (f"cpd-overtime-by-unit/2024-{MONTHS.index(month) + 1:02}/{unit}", name, amount)
        for month, units in printed.items()
        for unit, name, amount in units
    ]
    assert [one["value"] for one in of_table(reading, "assertions")] == list(totals.values())
    assert set_aside(reading) == []


# ---------------------------------------------------------------- the conversion


def test_a_conversion_states_what_the_print_must_bear_out(tmp_path: Path) -> None:
    source = exhibit(tmp_path, "report.csv", CSV)
    assert recognizing(source, NEW_YORK) == (CONVERSION,)
    reading = CONVERSION.read(source, NEW_YORK)
    assert told(records(reading), ("assertion_id", "value", "tested_by")) == (
        "line 2: assertions: assertion_id cpd-overtime-converted/2024-01, value 1510.75, "
        "tested_by assertions:cpd-overtime-by-unit/2024-01\n"
        "line 4: assertions: assertion_id cpd-overtime-converted/2024-01/001, value 1200.50, "
        "tested_by expenses:cpd-overtime-by-unit/2024-01/001\n"
        "line 5: assertions: assertion_id cpd-overtime-converted/2024-01/542, value 310.25, "
        "tested_by expenses:cpd-overtime-by-unit/2024-01/542\n"
        "line 7: assertions: assertion_id cpd-overtime-converted/2024-02, value 1300.00, "
        "tested_by assertions:cpd-overtime-by-unit/2024-02\n"
        "line 8: assertions: assertion_id cpd-overtime-converted/2024-02/001, value 1000.00, "
        "tested_by expenses:cpd-overtime-by-unit/2024-02/001\n"
        "line 9: assertions: assertion_id cpd-overtime-converted/2024-02/542, value 299.99, "
        "tested_by expenses:cpd-overtime-by-unit/2024-02/542"
    )


def test_by_the_reader_of_the_print_a_conversion_gives_the_same_expenses(tmp_path: Path) -> None:
    converted = READER.read(exhibit(tmp_path, "report.csv", CSV), NEW_YORK)
    printed = read_bytes(tmp_path, by_unit_bytes(WINTER, TOTALS))
    shown = ("source_key", "day", "day_to", "trip", "amount", "description")
    both = [
        [tuple(one[name] for name in shown) for one in of_table(reading, "expenses")]
        for reading in (converted, printed)
    ]
    assert both[0] == both[1]


def test_lines_whose_heading_the_conversion_lost_belong_to_no_month(tmp_path: Path) -> None:
    text = CSV.replace('February,GRAND TOTAL:,"1,300.00"\n', "")
    reading = read_bytes(tmp_path, text, "report.csv")
    expected = "the heading of a month above the line, and unit numbers that rise below it"
    assert told(set_aside(reading)) == (
        f"line 7: set aside: expected {expected}; found unit 001 after 542\n"
        f"line 8: set aside: expected {expected}; found unit 542 after 542"
    )


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("001,District", "Oil,District", "'Oil'"),
        ("310.25", '"310,25"', "'310,25'"),
        ("GRAND TOTAL: 1,510.75", "GRAND TOTAL: 1,51075", "'1,51075'"),
        ("1/1/2024 - 3/5/2024", "1/1/2024 - 31/5/2024", "'31/5/2024'"),
    ],
)
def test_a_misread_cell_is_set_aside(tmp_path: Path, before: str, after: str, found: str) -> None:
    (first, *_) = set_aside(read_bytes(tmp_path, CSV.replace(before, after, 1), "report.csv"))
    assert first.found == found


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=corruptions(CSV.encode()))
def test_a_damaged_conversion_loses_no_row_and_invents_no_line(tmp_path: Path, data: bytes) -> None:
    source = exhibit(tmp_path, "report.csv", data)
    if not CONVERSION.recognizes(source, NEW_YORK):
        return
    try:
        reading = CONVERSION.read(source, NEW_YORK)
    except InputRefusedError:
        return
    assert conserved(reading)
    names = [str(one["assertion_id"]) for one in of_table(reading, "assertions")]
    assert len(set(names)) == len(names)


def test_figures_without_a_year_are_set_aside(tmp_path: Path) -> None:
    text = f'January,{",".join(HEADINGS)}\n,20.25,5.00,30.00,44.75,"1,550.80"\n'
    (bad,) = set_aside(read_bytes(tmp_path, text, "2024-citywide.csv"))
    assert bad.found == "none: the conversion left it out, and with it the year"


# ---------------------------------------------------------------- the report for the city

FIGURES = {
    "January": ("20.25", "5.00", "30.00", "44.75", "1,510.80"),
    "February": ("15.00", "1.50", "18.00", "26.50", "1,300.00"),
    "GRAND TOTALS": ("35.25", "6.50", "48.00", "71.25", "2,810.80"),
}


def test_five_figures_stand_under_their_headings(tmp_path: Path) -> None:
    reading = read_bytes(tmp_path, citywide_bytes(FIGURES))
    assert set_aside(reading) == []
    stated = {str(one["assertion_id"]): one for one in of_table(reading, "assertions")}
    days = "cpd-overtime-citywide/2024-01-01..2024-03-05"
    names = ("money", "time", "actual-hours", "credited-hours", "amount")
    for words, key in (("January", "/2024-01"), ("February", "/2024-02"), ("GRAND TOTALS", "")):
        values = [money(Decimal(str(stated[f"{days}/{name}{key}"]["value"]))) for name in names]
        assert values == list(FIGURES[words])
    assert stated[f"{days}/amount/2024-02"]["compared_with"] == "cpd-overtime-by-unit/2024-02"
    assert stated[f"{days}/actual-hours"]["tested_by"] == f"assertions:{days}/actual-hours/"
    assert len(stated) == 15


def test_a_figure_that_is_missing_sets_its_month_aside(tmp_path: Path) -> None:
    figures = {**FIGURES, "February": ("15.00", "", "18.00", "26.50", "1,300.00")}
    (bad,) = set_aside(read_bytes(tmp_path, citywide_bytes(figures)))
    assert bad.raw == "February 15.00 18.00 26.50 1,300.00"


# ---------------------------------------------------------------- lines and months

DAYS = st.dates(date(2010, 1, 1), date(2035, 12, 31))


@given(first=DAYS, length=st.integers(0, 500), name=st.sampled_from(MONTHS))
def test_the_month_of_a_report_is_the_days_that_a_walk_through_it_meets(
    first: date, length: int, name: str
) -> None:
    met: dict[tuple[int, int], list[date]] = defaultdict(list)
    for step in range(length + 1):
        day = first + timedelta(days=step)
        met[day.year, day.month].append(day)
    found = [days for (_, month), days in met.items() if calendar.month_name[month] == name]
    expected = Month(found[0][0], found[0][-1]) if len(found) == 1 else None
    assert Span(first, first + timedelta(days=length)).month(name) == expected


@pytest.mark.parametrize(
    ("text", "is_furniture"),
    [
        ("OT REPORT - CITYWIDE FOR 2018 Page 1 of 2", True),
        ("OT REPORT - CITYWIDE BY UNIT 1/1/2018 - 5/1/2018", True),
        ("Print Date: 30 Aug 2018", True),
        ("Print Date: 30 Aug 2018 draft", False),
        ("001 District Law Enforcement 12.00", False),
    ],
)
def test_what_stands_around_the_figures(text: str, is_furniture: bool) -> None:
    assert (furniture(text) is not None) == is_furniture


def test_the_number_at_the_end_of_a_name_is_no_amount() -> None:
    assert unit_line("045 Gang Team Area 2 2,007.83").amount == Decimal("2007.83")
    assert unit_line("045 Gang Team Area 2 2,007.83").name == "Gang Team Area 2"
    assert month_total("045 Gang Team Area 2 2,007.83") is None


# ---------------------------------------------------------------- the released reports

PRINTED = ("8854588.80", "7272546.53", "8742289.07", "8274944.86", "390433.43")
ADDED_UP = ("8854588.78", "7272546.58", "8742289.10", "8274944.88", "390433.43")
CITY = ("8830675.57", "7310055.80", "8796570.78", "8308801.95", "392719.84")
LINES = (106, 105, 103, 102, 83)
DETAIL_542 = ("54327.18", "58221.75", "77431.23", "54688.81", "2040.79")


def decimals(texts: Sequence[str]) -> list[Decimal]:
    return [Decimal(text) for text in texts]


def test_the_released_report_by_unit_to_the_cent(shared: Path) -> None:
    source = shared_exhibit(shared / CHICAGO / "originals__2018-05-cpd-overtime-by-unit.pdf")
    assert recognizing(source, NEW_YORK) == (READER,)
    reading = READER.read(source, NEW_YORK)
    assert conserved(reading)
    assert (reading.held, set_aside(reading)) == (549, [])
    by_month: dict[object, list[Decimal]] = defaultdict(list)
    for one in of_table(reading, "expenses"):
        by_month[one["day"]].append(Decimal(str(one["amount"])))
    assert list(by_month) == [date(2018, month, 1) for month in range(1, 6)]
    assert tuple(map(len, by_month.values())) == LINES
    assert [sum(amounts) for amounts in by_month.values()] == decimals(ADDED_UP)
    assert [one["value"] for one in of_table(reading, "assertions")] == decimals(PRINTED)


def test_unit_542_is_one_unit_under_three_names(shared: Path) -> None:
    source = shared_exhibit(shared / CHICAGO / "originals__2018-05-cpd-overtime-by-unit.pdf")
    expenses = of_table(READER.read(source, NEW_YORK), "expenses")
    detail = [one for one in expenses if one["source_key"] == "cpd-unit-542"]
    assert [one["amount"] for one in detail] == decimals(DETAIL_542)
    assert [one["description"] for one in detail] == [
        "Detective Div. - Area 2",
        DETAIL,
        DETAIL,
        "Detached Services - Misc. Detail",
        DETAIL,
    ]


def test_the_released_conversion_and_what_it_misreads(shared: Path) -> None:
    source = shared_exhibit(shared / CHICAGO / "parsed__abbyy__2018-05-cpd-overtime-by-unit.csv")
    assert recognizing(source, NEW_YORK) == (CONVERSION,)
    reading = CONVERSION.read(source, NEW_YORK)
    assert conserved(reading)
    assert (reading.held, len(records(reading))) == (530, 445)
    bad = set_aside(reading)
    assert [row.at.line for row in bad if row.found == "'Oil'"] == [14, 128, 241, 352, 456]
    assert [row.at.line for row in bad if row.found != "'Oil'"] == [*range(446, 456), *range(457, 501)]


@pytest.fixture(scope="module")
def tested(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The four released files in one book, with a statement on unit 542; all of them tested and compared."""
    place = tmp_path_factory.mktemp("chicago")
    stated = place / "assertions.csv"
    stated.write_text(
        "assertion_id,stated_by,quantity,value,unit,tested_by\n"
        "unit-542,The test,overtime of unit 542,246709.76,USD,expenses:cpd-unit-542\n"
    )
    book = Book.create(place / "case.book", Settings(time_zone="America/Chicago", home_region="IL"))
    with book:
        take_in(book, [*sorted((shared / CHICAGO).glob("*-0*")), stated])
        engine = Engine()
        book.relations(engine)
    run_assertion_tests(engine)
    run_reconciliations(engine)
    return engine


def verdicts(engine: Engine, prefix: str) -> list[tuple[object, ...]]:
    return engine.rows(
        "SELECT finding_verdict, difference FROM assertion_tests WHERE starts_with(assertion_id, ?) "
        "ORDER BY assertion_id",
        [prefix],
    )


def test_no_line_is_counted_twice(tested: Engine) -> None:
    assert tested.rows("SELECT count(*), sum(amount) FROM expenses") == [(499, Decimal("33534802.77"))]
    assert verdicts(tested, "unit-542") == [("supported", Decimal(0))]


def test_the_printed_totals_are_apart_from_their_lines_by_cents(tested: Engine) -> None:
    assert verdicts(tested, "cpd-overtime-by-unit/") == [
        ("contradicted", Decimal("0.02")),
        ("contradicted", Decimal("-0.05")),
        ("contradicted", Decimal("-0.03")),
        ("contradicted", Decimal("-0.02")),
        ("supported", Decimal(0)),
    ]


def test_every_line_that_the_conversion_gives_is_that_of_the_print(tested: Engine) -> None:
    assert verdicts(tested, "cpd-overtime-converted/") == [("supported", Decimal(0))] * 445


def test_the_two_reports_do_not_meet_in_any_month(tested: Engine) -> None:
    apart = [Decimal(city) - Decimal(units) for city, units in zip(CITY, PRINTED, strict=True)]
    assert tested.rows(
        "SELECT left_id, right_id, left_total - right_total, any_value(line_class) FROM reconciliations "
        "GROUP BY ALL ORDER BY left_id"
    ) == [
        (
            f"cpd-overtime-citywide/2018-01-01..2018-05-01/amount/2018-0{month}",
            f"cpd-overtime-by-unit/2018-0{month}",
            difference,
            "unexplained",
        )
        for month, difference in enumerate(apart, 1)
    ]


def test_the_totals_of_the_city_are_the_sums_of_its_months(tested: Engine) -> None:
    days = "cpd-overtime-citywide/2018-01-01..2018-05-01"
    assert tested.rows(
        "SELECT stated, finding_verdict FROM assertion_tests WHERE regexp_full_match(assertion_id, ?) "
        "ORDER BY stated",
        [f"{days}/[a-z-]+"],
    ) == [
        (Decimal(figure), "supported")
        for figure in ("72179.75", "431158.75", "518048.00", "754030.24", "33638823.94")
    ]


def test_may_is_one_day_of_may(tested: Engine) -> None:
    assert tested.rows(
        "SELECT DISTINCT scope_from, scope_to FROM assertions "
        "WHERE quantity LIKE '%May 2018, in part: to 2018-05-01%'"
    ) == [(date(2018, 5, 1), date(2018, 5, 1))]


def test_records_name_columns_of_their_tables(shared: Path) -> None:
    for path in sorted((shared / CHICAGO).glob("*-0*")):
        source = shared_exhibit(path)
        (reader,) = recognizing(source, NEW_YORK)
        for row in reader.read(source, NEW_YORK).rows:
            if isinstance(row, Record):
                known = set((EXPENSES if row.table == "expenses" else ASSERTIONS).names)
                assert set(row.values) <= known
                assert all(set(part.values) <= known for part in row.parts)
