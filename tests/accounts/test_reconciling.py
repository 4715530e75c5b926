"""The command that reconciles two files, and published tables read by it."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from wardbook.accounts.reconciliation import RULE
from wardbook.accounts.reconciliation_files import reconcile_files
from wardbook.accounts.reconciliation_scope import parse_scope
from wardbook.accounts.reconciliation_tables import Side
from wardbook.cli import main
from wardbook.errors import WrongUseError
from wardbook.records.engine import Engine

VOUCHERS = """Voucher,Day,Cost class,Amount
V-1,2019-05-16,airfare,"$1,400.00"
V-2,2019-05-17,lodging,(7.25)
V-3,2019-05-18,overtime,100
V-4,2019-10-18,meals,50.00
V-5,2019-05-18,meals,50.004
V-6,2019-05-18,meals,10.30
Total,,,1553.05
"""

PRESS = """voucher;date;amount
V-1;2019-05-16;1400.00
 v-2 ;2019-05-17;-7.00
V-7;2019-05-19;3
V-6;2019-05-18;10
V-5;2019-05-18;50.00
"""

SCOPES = (
    "--left-scope",
    "vouchers of the detail",
    "--right-scope",
    "2019-05-16 to 2019-09-20; cost class: airfare, lodging, meals; pay left out",
)


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["account", "reconcile", *words])


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    (tmp_path / "vouchers.csv").write_text(VOUCHERS, "utf-8")
    (tmp_path / "press.csv").write_text(PRESS, "utf-8")
    return str(tmp_path / "vouchers.csv"), str(tmp_path / "press.csv")


def told(*words: str) -> dict[str, Any]:
    done = run(*words, "--format", "json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_each_line_of_two_files_with_its_place(files: tuple[str, str]) -> None:
    found = told(
        *files, "--key", "voucher", "--amount", "amount", "--tolerance", "0.25", "--unit", "USD", *SCOPES
    )
    lines = [(line["line_class"], line["key"], line["amount"]) for line in found["lines"]]
    assert lines == [
        ("equal", "V-1", "0.00"),
        ("rounding", "V-2", "-0.25"),
        ("differs", "V-6", "0.30"),
        ("only right", "V-5", "-50.00"),
        ("only right", "V-7", "-3.00"),
        ("scope differs", "V-3", "100.00"),
        ("scope differs", "V-4", "50.00"),
    ]
    assert (found["left_total"]["amount"], found["right_total"]["amount"]) == ("1553.05", "1456.00")
    assert found["difference"] == "97.05"
    assert sum(Decimal(line["amount"]) for line in found["lines"]) == Decimal("97.05")
    assert found["lines"][0]["sources"] == ["press.csv, line 2", "vouchers.csv, line 2"]
    assert found["lines"][5]["words"] == "Cost class overtime, outside the scope of press.csv".replace(
        "C", "c", 1
    )
    assert found["lines"][6]["words"] == "after 2019-09-20, outside the scope of press.csv"


def test_rows_that_cannot_be_read_are_in_no_total_and_are_told(files: tuple[str, str]) -> None:
    found = told(*files, "--key", "voucher", "--amount", "amount", *SCOPES)
    assert [(row["place"], row["found"]) for row in found["set_aside"]] == [
        ("line 6", "'50.004' as an amount"),
        ("line 8", "a line that begins 'Total', perhaps a total"),
    ]
    assert found["notes"] == ["vouchers.csv: rows set aside whose key press.csv has: 1"]
    assert run(*files, "--key", "voucher", "--amount", "amount", *SCOPES, "--strict").exit_code == 1


def test_the_text_prints_both_scopes_and_the_sums_of_the_classes(files: tuple[str, str]) -> None:
    done = run(*files, "--key", "voucher", "--amount", "amount", "--unit", "USD", *SCOPES)
    assert done.exit_code == 0
    assert "vouchers.csv: 1,553.05 USD\n  vouchers of the detail\n  SHA-256 " in done.stdout
    assert "press.csv: 1,456.00 USD\n  2019-05-16 to 2019-09-20; cost class: airfare" in done.stdout
    assert re.search(r"^scope differs +2 +150\.00$", done.stdout, re.MULTILINE)
    assert re.search(r"^difference +97\.05$", done.stdout, re.MULTILINE)


def test_the_csv_holds_every_line_and_adds_up(files: tuple[str, str]) -> None:
    done = run(*files, "--key", "voucher", "--amount", "amount", *SCOPES, "--format", "csv")
    rows = list(csv.DictReader(done.stdout.splitlines()))
    assert {row["line_class"] for row in rows} >= {"equal", "differs"}
    assert sum(Decimal(row["amount"]) for row in rows) == Decimal("97.05")


def test_the_page_escapes_what_the_files_say(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(f"k,amount\n<script>{name}</script>,1\n", "utf-8")
    scope = ("--left-scope", "<b>all</b>", "--right-scope", "all")
    done = run(
        str(tmp_path / "a.csv"),
        str(tmp_path / "b.csv"),
        "--key",
        "k",
        "--amount",
        "amount",
        *scope,
        "--format",
        "html",
    )
    assert done.exit_code == 0
    assert "<script" not in done.stdout
    assert "&lt;script&gt;a.csv&lt;/script&gt;" in done.stdout
    assert "&lt;b&gt;all&lt;/b&gt;" in done.stdout


def test_a_sum_without_a_scope_is_refused(files: tuple[str, str]) -> None:
    done = run(*files, "--key", "voucher", "--amount", "amount", "--left-scope", "all")
    assert done.exit_code == 2
    assert "press.csv: a total needs its scope" in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--key", "unit"), 3, "expected the columns unit; found voucher, day, cost class, amount"),
        (("--key", "="), 2, "--key: expected COLUMN or LEFTCOLUMN=RIGHTCOLUMN"),
        (("--key", " , "), 2, "--key: expected at least one column"),
        (
            ("--key", "voucher", "--amount", "amount", "--left-count-by", "day"),
            2,
            "give them without --amount",
        ),
        (("--key", "voucher", "--tolerance", "much"), 2, "--tolerance: expected an amount of money"),
        (
            ("--key", "voucher", "--left-scope", "2019-02-30 to 2019-03-01"),
            2,
            "expected a day such as 2019-05-16",
        ),
    ],
)
def test_what_cannot_be_done_says_why(
    files: tuple[str, str], words: Sequence[str], code: int, said: str
) -> None:
    done = run(*files, *words)
    assert done.exit_code == code
    assert said in " ".join(done.stderr.split())


def test_amounts_in_two_currencies_are_not_added(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("k,amount,currency\n1,1,USD\n2,1,EUR\n", "utf-8")
    (tmp_path / "b.csv").write_text("k,amount,currency\n1,1,usd\n2,1,USD\n", "utf-8")
    scope = ("--key", "k", "--amount", "amount", "--left-scope", "all", "--right-scope", "all")
    done = run(str(tmp_path / "a.csv"), str(tmp_path / "b.csv"), *scope)
    assert done.exit_code == 2
    assert "amounts in EUR and USD cannot be added up" in done.stderr
    same = told(str(tmp_path / "b.csv"), str(tmp_path / "b.csv"), *scope)
    assert (same["left_total"]["unit"], same["left_total"]["name"]) == ("USD", "b.csv (left)")


def test_a_scope_that_the_other_file_has_no_column_for_is_told(files: tuple[str, str]) -> None:
    scope = ("--left-scope", "from 2019-05-01; person: Mayor", "--right-scope", "all")
    notes = told(*files[::-1], "--key", "voucher", "--amount", "amount", *scope)["notes"]
    assert "vouchers.csv has no column 'person': 'person: mayor' leaves no row of it out" in notes


def test_a_published_total_beside_its_rows_leaves_a_rest(tmp_path: Path) -> None:
    """Eleven days of May 2019: 52,454 as published, against its five parts."""
    parts = {"airfare": 32410, "hotels": 10990, "meals": 4590, "rental cars": 3848, "gas": 446}
    path = tmp_path / "parts.csv"
    path.write_text("part,amount\n" + "".join(f"{name},{value}\n" for name, value in parts.items()), "utf-8")
    words = (
        str(path),
        str(path),
        "--key",
        "part",
        "--amount",
        "amount",
        "--left-total",
        "52,454",
        "--unit",
        "USD",
    )
    scope = ("--left-scope", "eleven days of May 2019", "--right-scope", "eleven days of May 2019, as listed")
    found = told(*words, *scope, "--left-name", "newspaper", "--right-name", "its parts")
    assert (found["left_total"]["amount"], found["right_total"]["amount"]) == ("52454.00", "52284.00")
    assert [(one["line_class"], one["lines"], one["amount"]) for one in found["classes"]] == [
        ("equal", 5, "0.00"),
        ("unexplained", 1, "170.00"),
    ]
    assert found["lines"][-1]["words"] == (
        "the rows of newspaper give 52,284.00, its total is 52,454.00: 170.00 in none of them; "
        "missing: rows of newspaper that are not in its file, or a correction of its total"
    )


# ---------------------------------------------------------------- counts


TRIPS = """order,day,place
1,2019-05-16,Des Moines IA
2,2019-05-17,Sioux City IA
3,2019-05-18,Columbia SC
3,2019-05-19,Florence SC
4,2019-05-30,Las Vegas NV
"""


def test_a_count_by_departure_against_a_count_by_place(tmp_path: Path) -> None:
    path = tmp_path / "trips.csv"
    path.write_text(TRIPS, "utf-8")
    words = (
        str(path),
        str(path),
        "--key",
        "order,day",
        "--left-name",
        "by departure",
        "--right-name",
        "by place",
    )
    found = told(*words, "--left-count-by", "order", "--unit", "trips")
    assert (found["left_total"]["amount"], found["right_total"]["amount"]) == ("4", "5")
    assert found["left_total"]["counting_rule"] == "one for each distinct order"
    assert [
        (line["line_class"], line["amount"]) for line in found["lines"] if line["line_class"] != "equal"
    ] == [("counting rule differs", "-1")]
    assert found["lines"][-1]["words"] == "by departure has 5 rows and counts 4: one for each distinct order"


def test_counts_by_one_rule_are_matched_by_what_they_count(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(TRIPS, "utf-8")
    (tmp_path / "b.csv").write_text(TRIPS.replace("4,2019-05-30", "5,2019-05-30"), "utf-8")
    by = ("--left-count-by", "order", "--right-count-by", "ORDER")
    found = told(str(tmp_path / "a.csv"), str(tmp_path / "b.csv"), "--key", "day", *by)
    assert [(line["line_class"], line["key"], line["amount"]) for line in found["lines"][3:]] == [
        ("only left", "4", "1.00"),
        ("only right", "5", "-1.00"),
    ]


cells = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.decimals(-99, 99, places=2)), max_size=6
)


@settings(max_examples=25)
@given(cells, cells, st.sampled_from([(), ("by",)]), st.sampled_from([(), ("by",)]), st.booleans())
def test_the_lines_of_files_add_up_and_swapping_negates(
    tmp_path_factory: pytest.TempPathFactory,
    left: list[tuple[str, str, Decimal]],
    right: list[tuple[str, str, Decimal]],
    left_by: tuple[str, ...],
    right_by: tuple[str, ...],
    counted: bool,
) -> None:
    folder = tmp_path_factory.mktemp("pair")
    sides = []
    for name, rows, by in (("left", left, left_by), ("right", right, right_by)):
        path = folder / f"{name}.csv"
        path.write_text("k,by,amount\n" + "".join(f"{k},{b},{a}\n" for k, b, a in rows), "utf-8")
        sides.append(Side(path, name, ("k",), None if counted else "amount", "all", by if counted else ()))
    with Engine() as engine:
        one = reconcile_files(engine, sides[0], sides[1]).schedule  # its lines add up, or it is refused
    with Engine() as engine:
        other = reconcile_files(engine, sides[1], sides[0]).schedule
    if counted:
        totals = [
            len({b for _, b, _ in rows}) if by else len(rows)
            for rows, by in ((left, left_by), (right, right_by))
        ]
    else:
        totals = [sum((a for _, _, a in rows), Decimal(0)) for rows in (left, right)]  # type: ignore[misc]
    assert [one.left_total.amount, one.right_total.amount] == totals
    assert other.difference == -one.difference
    turned = {"only left": "only right", "only right": "only left"}
    assert sorted((turned.get(k, k), n, -amount) for k, n, amount in other.sums()) == sorted(one.sums())
    assert bool(one.of(RULE)) <= (counted and left_by != right_by)


# ---------------------------------------------------------------- forms of file


def test_a_workbook_and_a_parquet_file_are_sides(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ("Costs of May",),
        (),
        ("Unit No", "Paid"),
        ("001", 1400.1),
        ("002", 7.25),
        ("Total", 1407.35),
    ):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    target = tmp_path / "b.parquet"
    duckdb.sql(
        "COPY (SELECT unit, CAST(amount AS DECIMAL(18,2)) AS amount "
        f"FROM (VALUES ('001', '1400.10'), ('003', '2')) AS t(unit, amount)) TO '{target}' (FORMAT parquet)"
    )
    scope = ("--left-scope", "May", "--right-scope", "May")
    found = told(
        str(tmp_path / "a.xlsx"), str(target), "--key", "unit no=unit", "--amount", "paid=amount", *scope
    )
    assert [
        (line["line_class"], line["key"], line["amount"], line["sources"]) for line in found["lines"]
    ] == [
        ("equal", "001", "0.00", ["a.xlsx, page 1, line 4", "b.parquet, row 1"]),
        ("only left", "002", "7.25", ["a.xlsx, page 1, line 5"]),
        ("only right", "003", "-2.00", ["b.parquet, row 2"]),
    ]
    assert len(found["set_aside"]) == 1


# ---------------------------------------------------------------- published tables


def chicago(shared: Path) -> tuple[list[tuple[str, str, str, str]], list[tuple[str, str]], dict[str, str]]:
    """January to March 2018: (month, unit, name, amount), (month, aggregate amount), printed grand totals."""
    folder = shared / "data" / "chicago_overtime"
    units: list[tuple[str, str, str, str]] = []
    printed: dict[str, str] = {}
    month = ""
    with (folder / "parsed__abbyy__2018-05-cpd-overtime-by-unit.csv").open(
        newline="", encoding="utf-8"
    ) as lines:
        for row in csv.reader(lines):
            total = re.fullmatch(r"GRAND TOTAL: ([\d,.]+)", row[1]) if len(row) > 1 else None
            if total:
                month = row[0]
                printed[month] = total[1]
            elif month and row[0] and len(row) == 3 and row[2]:
                units.append((month, "011" if row[0] == "Oil" else row[0], row[1], row[2]))
    months: list[tuple[str, str]] = []
    with (folder / "parsed__abbyy__2018-05-cpd-overtime-aggregate.csv").open(
        newline="", encoding="utf-8"
    ) as lines:
        for row in csv.reader(lines):
            if row[0]:
                month = row[0]
            else:
                months.append((month, row[5]))
    quarter = ("January", "February", "March")
    return (
        [row for row in units if row[0] in quarter],
        [row for row in months if row[0] in quarter],
        {month: printed[month] for month in quarter},
    )


def table(path: Path, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    with path.open("w", newline="", encoding="utf-8") as lines:
        csv.writer(lines).writerows([heads, *rows])
    return str(path)


def test_two_reports_of_overtime_disagree_in_every_month(shared: Path, tmp_path: Path) -> None:
    units, months, printed = chicago(shared)
    by_unit = table(tmp_path / "by-unit.csv", ("month", "unit", "name", "amount"), units)
    aggregate = table(tmp_path / "aggregate.csv", ("month", "amount"), months)
    totals = table(tmp_path / "printed.csv", ("month", "amount"), list(printed.items()))
    scope = ("--left-scope", "overtime of all units", "--right-scope", "overtime, aggregate", "--unit", "USD")
    found = told(by_unit, aggregate, "--key", "month", "--amount", "amount", *scope)
    assert [(line["line_class"], line["key"], line["amount"]) for line in found["lines"]] == [
        ("differs", "February", "-37509.22"),
        ("differs", "January", "23913.21"),
        ("differs", "March", "-54281.68"),
    ]
    own = told(by_unit, totals, "--key", "month", "--amount", "amount", "--tolerance", "0.05", *scope)
    assert [(line["line_class"], line["amount"]) for line in own["lines"]] == [
        ("rounding", "0.05"),
        ("rounding", "-0.02"),
        ("rounding", "0.03"),
    ]


def test_units_are_matched_by_number_as_their_names_change(shared: Path, tmp_path: Path) -> None:
    units, _, _ = chicago(shared)
    sides = [
        table(
            tmp_path / f"{month}.csv",
            ("unit", "name", "amount"),
            [row[1:] for row in units if row[0] == month],
        )
        for month in ("January", "February")
    ]
    scope = ("--left-scope", "January 2018", "--right-scope", "February 2018")
    by_number = told(*sides, "--key", "unit", "--amount", "amount", *scope)
    (detail,) = (line for line in by_number["lines"] if line["key"] == "542")
    assert (detail["left_amount"], detail["right_amount"]) == ("54327.18", "58221.75")
    by_name = told(*sides, "--key", "name", "--amount", "amount", *scope)
    (alone,) = (line for line in by_name["lines"] if "Govt Security Detail" in line["key"])
    assert (alone["line_class"], alone["right_amount"]) == ("only right", "58221.75")
    assert by_name["difference"] == by_number["difference"]


def test_printed_totals_of_ministers_against_their_lines(shared: Path, tmp_path: Path) -> None:
    """Surface travel, April to June 2017: the one cell with a footnote mark is what the lines lack."""
    source = shared / "data" / "new_zealand" / "2017-Q2.xlsx"
    sheet = openpyxl.load_workbook(source, data_only=True).worksheets[0]
    rows: list[Any] = [row for row in sheet.iter_rows(min_row=3, values_only=True) if isinstance(row[0], str)]
    totals = [(row[0].split(" ", 1)[1], f"{row[5]:.2f}") for row in rows if row[0].startswith("Total ")]
    printed = table(tmp_path / "printed.csv", ("party", "amount"), totals[:-1])
    column = "Surface Travel (Ministers, Spouse and staff)"
    found = told(
        *(str(source), printed, "--key", "party", "--amount", f"{column}=amount", "--left-name", "lines"),
        *("--right-name", "printed totals", "--unit", "NZD", "--left-total", totals[-1][1]),
        *(
            "--left-scope",
            "April to June 2017, without GST",
            "--right-scope",
            "April to June 2017, without GST",
        ),
    )
    assert found["difference"] == "0.00"
    assert [
        (line["line_class"], line["key"], line["amount"])
        for line in found["lines"]
        if line["amount"] != "0.00"
    ] == [
        ("differs", "National", "-325.00"),
        ("unexplained", "", "325.00"),
    ]
    assert [row["found"] for row in found["set_aside"] if "as an amount" in row["found"]] == [
        "'325 (E)' as an amount"
    ]


# ---------------------------------------------------------------- scopes


@pytest.mark.parametrize(
    ("text", "first", "last", "only", "unread"),
    [
        ("2019-05-16 to 2019-09-20", "2019-05-16", "2019-09-20", {}, ()),
        ("travel of the detail, 2019-05-16..2019-09-20, without pay", "2019-05-16", "2019-09-20", {}, ()),
        ("from 2019-05-16; to 2019-09-20", "2019-05-16", "2019-09-20", {}, ()),
        ("Cost class: Airfare,  car  rental; all", None, None, {"Cost class": ("airfare", "car rental")}, ()),
        ("settled on 2025-05-14; all", None, None, {}, ("settled on 2025-05-14",)),
        ("", None, None, {}, ()),
    ],
)
def test_what_of_a_scope_is_read(
    text: str, first: str | None, last: str | None, only: dict[str, tuple[str, ...]], unread: tuple[str, ...]
) -> None:
    scope = parse_scope(text)
    days = tuple(None if day is None else day.isoformat() for day in (scope.first, scope.last))
    assert (days, dict(scope.only), scope.unread) == ((first, last), only, unread)


@pytest.mark.parametrize(
    "text",
    [
        "2019-05-16 to 2019-06-01 and 2019-07-01 to 2019-07-31",
        "from 2019-05-16; from 2019-06-01",
        "to 2019-13-01",
    ],
)
def test_a_scope_that_is_no_one_span_is_refused(text: str) -> None:
    with pytest.raises(WrongUseError, match="scope: expected"):
        parse_scope(text)


def test_a_day_that_is_read_as_words_is_told(files: tuple[str, str]) -> None:
    scope = ("--left-scope", "settled on 2025-05-14", "--right-scope", "all")
    notes = told(*files, "--key", "voucher", "--amount", "amount", *scope)["notes"]
    assert (
        notes[0] == "'settled on 2025-05-14' in vouchers.csv's scope is read as words: it leaves no row out"
    )


def test_rows_outside_the_own_scope_of_a_side_are_told(files: tuple[str, str]) -> None:
    scope = ("--left-scope", "2019-05-16 to 2019-09-20", "--right-scope", "all")
    notes = told(*files, "--key", "voucher", "--amount", "amount", *scope)["notes"]
    assert (
        "vouchers.csv: rows outside its own stated scope, which count in its total all the same: 1" in notes
    )
