"""The New Zealand ministers' expenses: every figure in its place, every printed sum tested from its lines."""

from __future__ import annotations

import importlib
import io
import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
from wardbook.errors import InputRefusedError
from wardbook.intake import nz_ministers, nz_workbook
from wardbook.intake.cells import BadCellError
from wardbook.intake.nz_ministers import READER
from wardbook.intake.nz_words import (
    heading_of,
    opening_marks,
    period_of,
    read_amount,
    repaid_in,
    split_marks,
)
from wardbook.intake.readers import recognizing, why_unreadable
from wardbook.intake.take_in import take_in
from wardbook.records.book import Book
from wardbook.records.engine import Engine
from wardbook.records.settings import Settings
from wardbook.records.source import NotARecord, Reading, Value

Rows = Sequence[Sequence[object]]
GOLDEN = Path(__file__).parent / "golden" / "new_zealand" / "ministers-2010-Q4.xls"

TITLE = "MEMBERS OF THE EXECUTIVE EXPENSES FROM 1 APRIL 2017 to 30 JUNE 2017"
HEAD = (
    "Party",
    "Minister/Parliamentary Under-Secretary ",
    "Wellington Accommodation ",
    "Out of Wellington Accommodation ",
    "Domestic Air Travel           ",
    "Surface Travel (Ministers, Spouse and staff) ",
    "Sub Total Internal Costs",
    "Official Cabinet Approved International Travel (A)",
)


def workbook(sheets: Sequence[tuple[str, Rows]], hidden: Sequence[str] = ()) -> bytes:
    book = openpyxl.Workbook()
    for number, (title, rows) in enumerate(sheets):
        sheet = book.active if number == 0 else book.create_sheet()
        assert sheet is not None
        sheet.title = title
        for row in rows:
            sheet.append(list(row))
        sheet.sheet_state = "hidden" if title in hidden else "visible"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read(folder: Path, rows: Rows) -> Reading:
    source = exhibit(folder, "ministers.xlsx", workbook([("Sheet1", rows)]))
    assert recognizing(source, NEW_YORK) == (READER,)
    reading = READER.read(source, NEW_YORK)
    assert conserved(reading)
    return reading


def values(reading: Reading, table: str) -> list[dict[str, Value]]:
    return [
        dict(part)
        for row in records(reading)
        for name, part in ((row.table, row.values), *((one.table, one.values) for one in row.parts))
        if name == table
    ]


def spent(reading: Reading) -> str:
    """The expenses, one a line: who, class, amount, description."""
    return "\n".join(
        f"{one['person']} | {one['cost_class']} | {one['amount']} | {one['description']}"
        for one in values(reading, "expenses")
    )


def money(value: Value) -> Decimal:
    assert isinstance(value, Decimal)
    return value


def computed(reading: Reading, tested_by: str) -> Decimal | None:
    """What the expenses give for a test, by walking over them: the slow twin of the engine's."""
    word, _, argument = tested_by.partition(":")
    assert word == "expenses"
    group, _, cost_class = argument.partition(":")
    found = [
        money(one["amount"])
        for one in values(reading, "expenses")
        if one["amount"] is not None
        and (one["trip"] == group or str(one["trip"]).startswith(group + "/"))
        and cost_class in ("", one["cost_class"])
    ]
    return sum(found, Decimal(0)) if found else None


def apart(reading: Reading) -> dict[str, Decimal | None]:
    """The printed sums that the lines do not bear out, with stated less computed."""
    differing: dict[str, Decimal | None] = {}
    for one in values(reading, "assertions"):
        if one["tested_by"] is None:
            continue
        given_by_lines = computed(reading, str(one["tested_by"]))
        off = None if given_by_lines is None else money(one["value"]) - given_by_lines
        if off is None or abs(off) > (one["tolerance"] or Decimal(0)):  # type: ignore[operator]
            differing[str(one["quantity"])] = off
    return differing


# ---------------------------------------------------------------- three layouts


def test_an_old_workbook_with_stars_numbers_and_people_below_the_total() -> None:
    source = shared_exhibit(GOLDEN)
    assert recognizing(source, NEW_YORK) == (READER,)
    reading = READER.read(source, NEW_YORK)
    assert conserved(reading)
    assert spent(reading) == (
        "Ada Fenwick | housing | 1200.00 | Wellington Accommodation (Ministers only)* "
        "[* Covers the following costs: Rental, Cleaning]\n"
        "Ada Fenwick | lodging | 300.00 | Out of Wellington Accommodation (Ministers only)\n"
        "Ada Fenwick | airfare | 450.00 | Domestic Air Travel (Mnisters only)\n"
        "Ada Fenwick | vehicle | 775.00 | Surface Travel (Ministers, Spouse and staff)\n"
        "Ada Fenwick | travel | 4100.00 | Official Cabinet Approved International Travel ** "
        "[** Ministers, spouse, staff, MPs or students where relevant]\n"
        "Bram Holt | lodging | 120.00 | Out of Wellington Accommodation (Ministers only) "
        "[** Ministers, spouse, staff, MPs or students where relevant]\n"
        "Bram Holt | airfare | 210.00 | Domestic Air Travel (Mnisters only)\n"
        "Bram Holt | vehicle | 1030.00 | Surface Travel (Ministers, Spouse and staff)\n"
        "Cora Lind | housing | None | Wellington Accommodation (Ministers only)* [1 The Minister repaid a "
        "total of $310.25 relating to expenditure outside the period and $45 relating to expenditure within "
        "the period; * Covers the following costs: Rental, Cleaning]\n"
        "Cora Lind | lodging | 55.00 | Out of Wellington Accommodation (Ministers only)\n"
        "Cora Lind | airfare | 640.00 | Domestic Air Travel (Mnisters only)\n"
        "Cora Lind | vehicle | 900.00 | Surface Travel (Ministers, Spouse and staff)\n"
        "Cora Lind | travel | None | Official Cabinet Approved International Travel ** [2 During this period "
        "a credit of $170 was received for travel paid in the previous period but then cancelled; "
        "** Ministers, spouse, staff, MPs or students where relevant]\n"
        "Dov Marsh | housing | None | Wellington Accommodation (Ministers only)*: Crown Owned Property "
        "[3 Expenditure was incurred while a Minister but brought to charge within the period; "
        "* Covers the following costs: Rental, Cleaning]\n"
        "Dov Marsh | airfare | 75.00 | Domestic Air Travel (Mnisters only) "
        "[3 Expenditure was incurred while a Minister but brought to charge within the period]\n"
        "Dov Marsh | vehicle | 25.00 | Surface Travel (Ministers, Spouse and staff) "
        "[3 Expenditure was incurred while a Minister but brought to charge within the period]\n"
        "Finn Oakes MP | travel | -68.00 | Official Cabinet Approved International Travel ** "
        "[(B) Costs relating to travel on behalf of Hon Cora Lind; "
        "** Ministers, spouse, staff, MPs or students where relevant]"
    )
    assert [(one["payer"], one["amount"], one["currency"]) for one in values(reading, "repayments")] == [
        ("Cora Lind", Decimal("310.25"), "NZD"),
        ("Cora Lind", Decimal("45.00"), "NZD"),
    ]
    assert apart(reading) == {}
    fates = [row for row in reading.rows if isinstance(row, NotARecord)]
    assert [(row.at.line, row.why) for row in fates] == [
        (1, "a line above the headings"),
        (2, "the title"),
        (4, "the heading line"),
        (10, "a name without an amount in any column"),
        (15, "the heading of the notes"),
        (16, "a note on the figures as a whole"),
        (17, "a note; its words stand in the description of the figures it marks"),
        (18, "a note; its words stand in the description of the figures it marks"),
        (20, "a note; its words stand in the description of the figures it marks"),
        (21, "the continuation of the note above"),
        (22, "a note; its words stand in the description of the figures it marks"),
        (23, "a note; its words stand in the description of the figures it marks"),
        (24, "a note whose mark stands at no figure"),
    ]


MARKS_IN_CELLS: Rows = (
    [TITLE],
    HEAD,
    ["Mill ", "Ada Fenwick", 700, 150.69, 1124.73, 811.53, 2786.95, 0],
    ["Total Mill ", None, 700, 150.69, 1124.73, 811.53, 2786.95, 0],
    ["Brook", "Cora Lind", "N/A", "(C)-26", "1,014 (B)", 600.30, 1588.3, "- 52(D)"],
    [None, "Dov Marsh", 165.2, 0, 10, "32 (D)", 175.2, "$1,094"],
    ["Total Brook", None, 165.2, -26, 1024, 632.30, 1795.5, 1042],
    ["Total All Parties", None, 865.2, 124.69, 2148.73, 1443.83, 4582.45, 1042],
    [],
    ["Notes "],
    ["(A)  Ministers, spouse, staff where relevant"],
    ["(B) This amount includes $74.58 of costs that relate to Hon Ada"],
    ["      Fenwick, charged in error."],
    ["(C), (D) Refunds"],
)


MARKS_BOOK = workbook([("Sheet1", MARKS_IN_CELLS)])


def test_marks_typed_into_cells_and_a_sub_total_that_forgot_one(tmp_path: Path) -> None:
    reading = read(tmp_path, MARKS_IN_CELLS)
    assert spent(reading).splitlines()[5:] == [
        "Cora Lind | lodging | -26.00 | Out of Wellington Accommodation [(C), (D) Refunds]",
        (
            "Cora Lind | airfare | 1014.00 | Domestic Air Travel [(B) This amount includes $74.58 of costs "
            "that relate to Hon Ada Fenwick, charged in error.]"
        ),
        "Cora Lind | vehicle | 600.30 | Surface Travel (Ministers, Spouse and staff)",
        (
            "Cora Lind | travel | -52.00 | Official Cabinet Approved International Travel (A) "
            "[(C), (D) Refunds; (A) Ministers, spouse, staff where relevant]"
        ),
        "Dov Marsh | housing | 165.20 | Wellington Accommodation",
        "Dov Marsh | lodging | 0.00 | Out of Wellington Accommodation",
        "Dov Marsh | airfare | 10.00 | Domestic Air Travel",
        "Dov Marsh | vehicle | 32.00 | Surface Travel (Ministers, Spouse and staff) [(C), (D) Refunds]",
        (
            "Dov Marsh | travel | 1094.00 | Official Cabinet Approved International Travel (A) "
            "[(A) Ministers, spouse, staff where relevant]"
        ),
    ]
    days = {(one["day"], one["day_to"]) for one in values(reading, "expenses")}
    assert days == {(date(2017, 4, 1), date(2017, 6, 30))}
    assert apart(reading) == {"Sub Total Internal Costs: Dov Marsh": Decimal("-32.00")}
    assert values(reading, "repayments") == []


TWO_GOVERNMENTS: Rows = (
    [None, "54th GOVERNMENT - MEMBERS OF THE EXECUTIVE EXPENSES FROM 27 NOVEMBER TO 31 DECEMBER 2023"],
    [None, "Member of the Executive\n\n", None, *HEAD[2:5], "Surface Travel (B)\n", *HEAD[6:]],
    [None, "Mill"],
    [None, "Hon Ada Fenwick", None, 1242.857142857, 4, 58, 20, 1324.857142857, 0, None, None, "`"],
    [None, "Hon Bram Holt", None, 1242.857142857, 0, 63, 37, 1342.857142857, 8, "(C)"],
    [None, "Mill Total", None, 2485.714285714, 4, 121, 57, 2667.714285714, 8],
    [None, "Brook"],
    [None, "Cora Lind MP", "( D)", 0, 1, 2, 3, 6, -4],
    [None, "Brook Total", None, 0, 1, 2, 3, 6, -4],
    [None, "Total Mill and Brook", None, 2485.714285714, 5, 123, 60, 2673.714285714, 4],
    [],
    [None, "Notes"],
    [None, "Excludes GST"],
    [None, "(B) These figures include taxis."],
    [None, "(C) Includes travel costs of $12 for the minister's partner that have subsequently been paid"],
    [None, "personally."],
    [None, "(D) From the day of appointment."],
    [],
    [None, "53rd GOVERNMENT - MEMBERS OF THE EXECUTIVE EXPENSES FROM 1 OCTOBER TO 31 DECEMBER 2023"],
    [None, "Member of the Executive\n\n", None, *HEAD[2:]],
    [None, "Brook Party"],
    [None, "Hon Dov Marsh", None, 100, 0, -16, 10, 94, -7],
    [None, "Brook Total", None, 100, 0, -16, 10, 94, -7],
    [None, "Total Brook", None, 100, 0, -16, 10, 94, -7],
    [None, "Totals for Q2 - 53rd and 54th Govt", None, 2585.71, 5, 107, 70, 2767.71, -3],
)


def test_two_governments_on_a_sheet_with_a_total_over_both(tmp_path: Path) -> None:
    reading = read(tmp_path, TWO_GOVERNMENTS)
    assert apart(reading) == {}
    assert set_aside(reading) == []
    assert [(one.name, one.filled, one.sample) for one in reading.unread] == [
        ("column L, without a heading", 1, "`")
    ]
    lines = spent(reading).splitlines()
    assert lines[0] == "Hon Ada Fenwick | housing | 1242.86 | Wellington Accommodation"
    assert lines[9].startswith(
        "Hon Bram Holt | travel | 8.00 | Official Cabinet Approved International Travel (A) "
        "[(C) Includes travel costs of $12 for the minister's partner that have subsequently been paid "
        "personally.; (A)]"
    )
    assert (
        lines[10]
        == "Cora Lind MP | housing | 0.00 | Wellington Accommodation [(D) From the day of appointment.]"
    )
    assert [(one["payer"], one["amount"]) for one in values(reading, "repayments")] == [
        ("Hon Bram Holt", Decimal("12.00"))
    ]
    both = [one for one in values(reading, "assertions") if str(one["quantity"]).startswith("Totals for Q2")]
    assert {(one["scope_from"], one["scope_to"]) for one in both} == {(date(2023, 10, 1), date(2023, 12, 31))}
    assert [one["tolerance"] for one in both] == [
        *(Decimal("0.51"), Decimal("1.50"), Decimal("2.50"), Decimal("2.50")),
        *(Decimal("5.51"), Decimal("2.00")),
    ]
    days = Counter((str(one["day"]), str(one["day_to"])) for one in values(reading, "expenses"))
    assert days == {("2023-11-27", "2023-12-31"): 15, ("2023-10-01", "2023-12-31"): 5}


# ---------------------------------------------------------------- what goes wrong


def with_lines(*lines: Sequence[object]) -> Rows:
    return ([TITLE], HEAD, *lines)


def test_a_line_that_cannot_be_read_is_set_aside_and_the_sums_over_it_are_not_tested(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        with_lines(
            ["Mill", "Ada Fenwick", 10, 20, 30, 40, 100, 5],
            ["Total Mill", None, 10, 20, 30, 40, 100, 5],
            ["Brook", "Cora Lind", "see note", 20, 30, 40, 100, 5],
            ["Total Brook", None, 10, 20, 30, 40, 100, 5],
            ["Total All Parties", None, 20, 40, 60, 80, 200, 10],
            ["Total of what", None, 20, 40, 60, 80, 200, 10],
            [None, None, 20, 40, 60, 80, 200, 10],
        ),
    )
    assert told(set_aside(reading)) == (
        "page 1, line 5: set aside: expected an amount, a dash, N/A, or words on an owned property; "
        "found 'see note'\n"
        "page 1, line 8: set aside: expected a total of one party above it, or of all of them; "
        "found 'Total of what'\n"
        "page 1, line 9: set aside: expected a name or the word Total beside the amounts; found neither"
    )
    untested = {
        str(one["quantity"]).partition(":")[0]
        for one in values(reading, "assertions")
        if one["tested_by"] is None
    }
    assert untested == {"Total Brook", "Total All Parties"}
    assert apart(reading) == {}


@pytest.mark.parametrize(
    "title",
    ["MINISTERS EXPENSES FROM 1 APIL TO 30 JUNE 2024", "MINISTERS EXPENSES, second quarter", "Expenses"],
)
def test_without_a_period_no_line_is_taken(tmp_path: Path, title: str) -> None:
    reading = read(tmp_path, ([title], HEAD, ["Mill", "Ada Fenwick", 10, 20, 30, 40, 100, 5]))
    assert records(reading) == []
    (aside,) = set_aside(reading)
    assert aside.expected.startswith("a title above the headings that states first and last day")


def test_the_period_may_stand_below_the_title(tmp_path: Path) -> None:
    rows = (["Members of the Executive Expenses"], ["1 December - 31 January 2021"], HEAD)
    reading = read(tmp_path, (*rows, ["Mill", "Ada Fenwick", 10, None, None, None, 10, None]))
    (expense,) = values(reading, "expenses")
    assert (expense["day"], expense["day_to"]) == (date(2020, 12, 1), date(2021, 1, 31))


def test_a_hidden_sheet_was_not_published(tmp_path: Path) -> None:
    rows = with_lines(
        ["Mill", "Ada Fenwick", 10, 20, 30, 40, 100, 5],
        ["Total Mill", None, "-5", None, None, None, None, None],
    )
    source = exhibit(
        tmp_path,
        "ministers.xlsx",
        workbook([("Draft", rows), ("Final", rows), ("Working", [["GST", 15]])], ["Draft"]),
    )
    reading = READER.read(source, NEW_YORK)
    assert conserved(reading)
    assert {row.at.page for row in records(reading)} == {2}
    assert told(set_aside(reading)) == (
        "page 1, line 3: set aside: expected figures on a sheet that the workbook shows; "
        "found a row of the hidden sheet Draft\n"
        "page 1, line 4: set aside: expected figures on a sheet that the workbook shows; "
        "found a row of the hidden sheet Draft\n"
        "page 3, line 1: set aside: expected a sheet with the headings of ministers' expenses; "
        "found a row of a sheet without them"
    )


def test_a_note_on_a_repayment_that_names_nobody_is_set_aside(tmp_path: Path) -> None:
    lines = with_lines(
        ["Mill", "Ada Fenwick (B)", 10, 20, 30, 40, 100, 5],
        ["Mill", "Bram Holt", "10 (B)", 20, 30, 40, 100, 5],
        ["(B) The Minister repaid $12."],
        ["(C) The Minister repaid $13."],
        ["(D) Of $14 the Minister repaid $3."],
    )
    assert [aside.found for aside in set_aside(read(tmp_path, lines))] == [
        "one at Ada Fenwick, Bram Holt",
        "one at nobody",
        "'(D) Of $14 the Minister repaid $3.'",
    ]


def test_an_error_page_saved_as_a_workbook_is_named_as_what_it_is(tmp_path: Path) -> None:
    page = exhibit(
        tmp_path, "2009-Q4.xls", "<!DOCTYPE HTML><html><title>Error</title>File does not exist</html>"
    )
    assert recognizing(page, NEW_YORK) == ()
    assert why_unreadable(page, NEW_YORK)[1] == "a web page (HTML) under the name 2009-q4.xls"
    with pytest.raises(InputRefusedError, match=r"expected a workbook, \.xlsx or \.xls; found another file"):
        READER.read(page, NEW_YORK)


def test_a_workbook_of_other_headings_is_not_recognized(tmp_path: Path) -> None:
    members = exhibit(
        tmp_path,
        "members.xlsx",
        workbook(
            [("Summary", [["Party", "Member", "Accommodation", None, "Travel"], [None, None, "Wellington"]])]
        ),
    )
    assert recognizing(members, NEW_YORK) == ()
    with pytest.raises(InputRefusedError, match="expected headings such as Party, Minister"):
        READER.read(members, NEW_YORK)


def test_without_xlrd_an_old_workbook_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> ModuleType:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", absent)
    nz_workbook._first_old_rows.cache_clear()
    source = shared_exhibit(GOLDEN)
    try:
        assert not READER.recognizes(source, NEW_YORK)
        with pytest.raises(InputRefusedError, match=r"the package xlrd .* is not installed. Install xlrd"):
            READER.read(source, NEW_YORK)
    finally:
        nz_workbook._first_old_rows.cache_clear()


@settings(max_examples=40)
@given(st.data())
def test_a_damaged_workbook_is_refused_or_read_whole(data: st.DataObject) -> None:
    old = data.draw(st.booleans())
    whole = GOLDEN.read_bytes() if old else MARKS_BOOK
    damaged = data.draw(corruptions(whole))
    with tempfile.TemporaryDirectory() as folder:
        source = exhibit(Path(folder), "ministers.xls" if old else "ministers.xlsx", damaged)
        READER.recognizes(source, NEW_YORK)
        with suppress(InputRefusedError):
            assert conserved(READER.read(source, NEW_YORK))


# ---------------------------------------------------------------- the words


@pytest.mark.parametrize(
    ("title", "days"),
    [
        ("FROM 1 APRIL 2017 to 30 JUNE 2017", ("2017-04-01", "2017-06-30")),
        ("FROM 1 JANUARY - 31 MARCH 2020", ("2020-01-01", "2020-03-31")),
        ("FROM 1 OCTOBER 2019-31 DECEMBER 2019", ("2019-10-01", "2019-12-31")),
        ("FROM 1 JULY 2019- 30 SEPTEMBER 2019", ("2019-07-01", "2019-09-30")),
        ("FROM 01 JULY TO 30 SEPT 2013", ("2013-07-01", "2013-09-30")),
        ("from 27 November to 31 December 2023", ("2023-11-27", "2023-12-31")),
        ("1 December to 28 February 2021", ("2020-12-01", "2021-02-28")),
        ("1 JANUARY 2008 TO 30 JUNE 2008", ("2008-01-01", "2008-06-30")),
        ("2023 Q4 APR TO JUN 2023", None),
        ("FROM 1 APIL TO 30 JUNE 2024", None),
        ("FROM 1 JU TO 30 JUNE 2024", None),
        ("FROM 31 APRIL TO 30 JUNE 2024", None),
        ("FROM 1 JULY 2024 TO 30 JUNE 2024", None),
    ],
)
def test_the_days_a_title_states(title: str, days: tuple[str, str] | None) -> None:
    assert period_of(title) == (None if days is None else tuple(map(date.fromisoformat, days)))


@pytest.mark.parametrize(
    ("text", "amount", "marks"),
    [
        ("259,471 (B)", "259471.00", "B"),
        ("(C)-265", "-265.00", "C"),
        ("(C ) -209", "-209.00", "C"),
        ("(C) - 84", "-84.00", "C"),
        ("-2280 (B)", "-2280.00", "B"),
        ("**736", "736.00", "**"),
        ("- (B)", None, "B"),
        ("(265)", "-265.00", ""),
        ("-1", None, "1"),
        ("(1)", None, "1"),
        ("-2", "-2.00", ""),
        ("1", "1.00", ""),
        (" -   ", None, ""),
        ("–", None, ""),
        ("N/A", None, ""),
        ("", None, ""),
        ("0", "0.00", ""),
        ("12428.571428571", "12428.57", ""),
        ("-$52.5", "-52.50", ""),
        ("Allocated Crown Owned Property ", None, ""),
        ("Allocated Dept Owned Property (C)", None, "C"),
    ],
)
def test_amounts_and_their_marks(text: str, amount: str | None, marks: str) -> None:
    cell = read_amount(text, {"1"})
    assert (cell.value, cell.marks) == (
        None if amount is None else Decimal(amount),
        (marks,) if marks else (),
    )


@pytest.mark.parametrize("text", ["see note", "1,0,0", "12 13", "99999999999999"])
def test_other_words_are_no_amount(text: str) -> None:
    with pytest.raises(BadCellError):
        read_amount(text)


@pytest.mark.parametrize(
    ("text", "name", "marks"),
    [
        ("Richard Worth 3", "Richard Worth", ("3",)),
        ("Rodney Hide *", "Rodney Hide", ("*",)),
        ("Melissa Lee MP (B)", "Melissa Lee MP", ("B",)),
        ("Hon Judith Collins, KC", "Hon Judith Collins, KC", ()),
        ("Charles 2", "Charles 2", ()),
    ],
)
def test_names_and_their_marks(text: str, name: str, marks: tuple[str, ...]) -> None:
    assert split_marks(text, {"3"}) == (name, marks)


@pytest.mark.parametrize(
    ("note", "marks"),
    [
        ("(C), (D), (E) & (F) Reversal of double entry", ("C", "D", "E", "F")),
        ("(D)Relates to travel", ("D",)),
        ("(E ) These figures", ("E",)),
        ("** Ministers, spouse", ("**",)),
        ("1 The Minister repaid", ("1",)),
        ("Excludes GST (as applicable)", ()),
        ("54th Government", ()),
    ],
)
def test_the_marks_a_note_begins_with(note: str, marks: tuple[str, ...]) -> None:
    assert opening_marks(note) == marks


@pytest.mark.parametrize(
    ("note", "amounts"),
    [
        ("** The Minister repaid a total of $2,563.18 excl GST relating to expenditure outside", ["2563.18"]),
        ("(D) The Minister repaid $318.22 excl GST relating to expenditure", ["318.22"]),
        ("(B) travel costs of $11,206 for a partner that have subsequently been paid personally.", ["11206"]),
        ("2 During this period a credit of $17,327 was received", None),
        ("(D) This includes approximately $9K mileage reimbursement which were paid in August .", None),
    ],
)
def test_what_a_note_says_was_repaid(note: str, amounts: list[str] | None) -> None:
    assert repaid_in(note) == (None if amounts is None else tuple(map(Decimal, amounts)))


@pytest.mark.parametrize("note", ["Of $14 he repaid $3.", "He repaid it all.", "About $9K was repaid."])
def test_a_repayment_without_one_clear_amount_is_not_guessed(note: str) -> None:
    with pytest.raises(BadCellError, match="a note on a repayment with one amount"):
        repaid_in(note)


def test_headings() -> None:
    found = [
        heading_of(text) for text in (*HEAD, "Out of Wellington Travel Expenses (Ministers only)", "Notes")
    ]
    assert [None if one is None else (one.kind, one.name, one.cost_class) for one in found] == [
        ("party", "", ""),
        ("person", "", ""),
        ("amount", "wellington accommodation", "housing"),
        ("amount", "out of wellington accommodation", "lodging"),
        ("amount", "domestic air travel", "airfare"),
        ("amount", "surface travel", "vehicle"),
        ("subtotal", "sub total", ""),
        ("amount", "international travel", "travel"),
        ("amount", "out of wellington accommodation", "travel"),
        None,
    ]


# ---------------------------------------------------------------- any sheet


CELLS = st.one_of(
    st.none(),
    st.sampled_from(["-", "N/A"]),
    st.integers(-5000, 90000).map(lambda cents: Decimal(cents) / 100),
    st.integers(0, 9000).map(Decimal),
)
PARTIES = st.lists(
    st.tuples(
        st.sampled_from(["Mill", "Brook", "Māori Vale", "New First"]),
        st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS, CELLS), min_size=1, max_size=4),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda party: party[0],
)


def added(cells: Sequence[object]) -> Decimal:
    return sum((cell for cell in cells if isinstance(cell, Decimal)), Decimal(0))


def sheet_of(parties: Sequence[tuple[str, Sequence[Sequence[object]]]]) -> list[list[object]]:
    """A sheet with its printed sums, each added up here from the amounts drawn."""

    def summed(name: list[object], lines: Sequence[Sequence[object]]) -> list[object]:
        columns = [added([line[number] for line in lines]) for number in range(5)]
        return [*name, *columns[:4], sum(columns[:4], Decimal(0)), columns[4]]

    rows: list[list[object]] = [[TITLE], list(HEAD)]
    for party, lines in parties:
        rows += [
            [party, f"{party} Person {number}", *line[:4], added(line[:4]), line[4]]
            for number, line in enumerate(lines)
        ]
        rows.append(summed([f"Total {party}", None], lines))
    rows.append(summed(["Total All Parties", None], [line for _, lines in parties for line in lines]))
    return rows


@settings(max_examples=40)
@given(PARTIES, st.data())
def test_printed_sums_are_borne_out_and_a_changed_one_is_not(
    parties: list[tuple[str, list[tuple[object, ...]]]], data: st.DataObject
) -> None:
    rows = sheet_of(parties)
    with tempfile.TemporaryDirectory() as folder:
        reading = read(Path(folder), rows)
        assert apart(reading) == {}
        amounts = [
            cell for _, lines in parties for line in lines for cell in line if isinstance(cell, Decimal)
        ]
        expenses = values(reading, "expenses")
        assert sorted(money(one["amount"]) for one in expenses) == sorted(amounts)
        by_party: dict[object, Decimal] = defaultdict(Decimal)
        for one in expenses:
            by_party[str(one["person"]).partition(" Person")[0]] += money(one["amount"])
        assert {name: total for name, total in by_party.items() if total} == {
            name: total for name, lines in parties if (total := sum(map(added, lines), Decimal(0)))
        }
        stated = values(reading, "assertions")
        if not stated:
            return
        chosen = data.draw(st.sampled_from(stated))
        place = str(chosen["assertion_id"])
        line = int(place.partition("/line ")[2].partition("/")[0])
        said = str(chosen["quantity"]).split(": ")
        column = next(number for number, cell in enumerate(HEAD) if cell.strip() in said)
        rows[line - 1][column] = money(chosen["value"]) + Decimal("500.25")
        changed = apart(read(Path(folder), rows))
        assert changed == {str(chosen["quantity"]): Decimal("500.25")}


# ---------------------------------------------------------------- in a book


def test_a_book_tests_every_printed_sum(tmp_path: Path) -> None:
    source = tmp_path / "box"
    source.mkdir()
    (source / "2017-Q2.xlsx").write_bytes(workbook([("Sheet1", MARKS_IN_CELLS)]))
    (source / "2017-Q2 again.xlsx").write_bytes(workbook([("Sheet1", [["draft"], *MARKS_IN_CELLS])]))
    (source / "2023-Q4.xlsx").write_bytes(workbook([("Sheet1", TWO_GOVERNMENTS)]))
    with Book.create(tmp_path / "case.book", Settings()) as book:
        take_in(book, [source])
        with Engine() as engine:
            book.relations(engine)
            run_assertion_tests(engine)
            found = engine.rows(
                "SELECT finding_verdict, count(*) FROM assertion_tests GROUP BY ALL ORDER BY finding_verdict"
            )
            wrong = engine.rows(
                "SELECT DISTINCT t.quantity, t.difference FROM assertion_tests AS t "
                "WHERE t.finding_verdict = 'contradicted'"
            )
    assert found == [("contradicted", 2), ("supported", 80)]
    assert wrong == [("Sub Total Internal Costs: Dov Marsh", Decimal("-32.00"))]


# ---------------------------------------------------------------- the published files

PUBLISHED = {
    "2009-Q3.xls": {
        "housing": "148424",
        "lodging": "37746",
        "airfare": "307329",
        "vehicle": "857355",
        "travel": "661817",
    },
    "2013-Q1.xls": {
        "housing": "165917",
        "lodging": "16043",
        "airfare": "177444",
        "vehicle": "549405",
        "travel": "759014",
    },
    "2017-Q2.xlsx": {
        "housing": "235859.19",
        "lodging": "47096.88",
        "airfare": "254154.23",
        "vehicle": "538481.24",
        "travel": "946889.27",
    },
    "2020-Q1.xlsx": {
        "housing": "171408.96",
        "lodging": "58249.31",
        "airfare": "199165.00",
        "vehicle": "227266.93",
        "travel": "182955.67",
    },
    "2024-Q3.xlsx": {
        "housing": "260506.99",
        "lodging": "44676",
        "airfare": "284966",
        "vehicle": "385865",
        "travel": "1016575",
    },
}
HELD = {
    # rows, records, amounts, expenses without one, people, printed sums, sums apart
    "2009-Q3.xls": (43, 34, 125, 9, 29, 53, {}),
    "2013-Q1.xls": (45, 38, 133, 4, 33, 56, {}),
    "2017-Q2.xlsx": (
        *(51, 39, 161, 1, 34, 64),
        {"Sub Total Internal Costs: Peseta Sam Lotu-Iiga": Decimal("-325.00")},
    ),
    "2020-Q1.xlsx": (44, 33, 145, 0, 29, 53, {}),
    "2024-Q3.xlsx": (44, 34, 150, 0, 30, 54, {}),
}


def published(shared: Path, name: str) -> Reading:
    source = shared_exhibit(shared / "data" / "new_zealand" / name)
    assert recognizing(source, NEW_YORK) == (READER,)
    reading = READER.read(source, NEW_YORK)
    assert conserved(reading)
    assert set_aside(reading) == []
    return reading


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_file_is_read_to_the_cent(shared: Path, name: str) -> None:
    reading = published(shared, name)
    expenses = values(reading, "expenses")
    paid = [one for one in expenses if one["amount"] is not None]
    sums: dict[object, Decimal] = defaultdict(Decimal)
    for one in paid:
        sums[one["cost_class"]] += money(one["amount"])
    assert sums == {cost_class: Decimal(total) for cost_class, total in PUBLISHED[name].items()}
    people = {one["person"] for one in expenses}
    printed = values(reading, "assertions")
    held = (reading.held, len(records(reading)), len(paid), len(expenses) - len(paid))
    assert (*held, len(people), len(printed), apart(reading)) == HELD[name]
    first = date(int(name[:4]), 3 * int(name[6]) - 2, 1)
    last = date(first.year, first.month + 2, 31 if first.month in (1, 10) else 30)
    assert {(one["day"], one["day_to"]) for one in expenses} == {(first, last)}


def test_the_minister_of_2009_repaid_two_amounts(shared: Path) -> None:
    paid = values(published(shared, "2009-Q3.xls"), "repayments")
    assert [(one["payer"], one["amount"]) for one in paid] == [
        ("Bill English", Decimal("23952.00")),
        ("Bill English", Decimal("9528.00")),
    ]
    assert str(paid[0]["citation"]).endswith(
        "1 The Minister repaid a total of $23,952 relating to expenditure outside the period and $9,528 "
        "relating to expenditure within the period"
    )


def test_a_charge_of_another_minister_stays_where_it_was_printed(shared: Path) -> None:
    (noted,) = [
        one
        for one in values(published(shared, "2017-Q2.xlsx"), "expenses")
        if "Macindoe" in str(one["description"])
    ]
    assert (noted["person"], noted["amount"], noted["description"]) == (
        "David Bennett",
        Decimal("10144.00"),
        (
            "Domestic Air Travel [(C) This amount includes $744.58 of Domestic Air travel costs that relate "
            "to Hon Macindoe.]"
        ),
    )


def test_people_below_the_grand_total_are_not_in_it(shared: Path) -> None:
    below = [
        (one["person"], one["amount"])
        for one in values(published(shared, "2013-Q1.xls"), "expenses")
        if "/2/no party/" in str(one["trip"])
    ]
    assert below == [("Melissa Lee MP", Decimal("-678.00")), ("Dr Paul Hutchison MP", Decimal("124.00"))]


def test_cancelled_trips_are_told_beside_the_figures(shared: Path) -> None:
    noted = [
        (one["person"], one["amount"])
        for one in values(published(shared, "2020-Q1.xlsx"), "expenses")
        if "airfare cancellation credits for APEC" in str(one["description"])
    ]
    assert noted == [
        ("Hon David Parker", Decimal("31649.49")),
        ("Rt Hon Jacinda Ardern", Decimal("-31904.93")),
        ("Rt Hon Winston Peters", Decimal("55513.75")),
    ]


def test_the_error_page_of_2009_is_no_workbook(shared: Path) -> None:
    page = shared_exhibit(shared / "data" / "new_zealand" / "2009-Q4.xls")
    assert not nz_ministers.recognizes(page, NEW_YORK)
    assert why_unreadable(page, NEW_YORK)[1] == "a web page (HTML) under the name 2009-q4.xls"
