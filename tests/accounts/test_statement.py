"""The statement of a payer and the whole ledger, from records in a folder to every form the commands give."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from tests.accounts.ledger_book import ledger, line, paid
from wardbook.accounts.beancount_text import account_names, beancount_lines
from wardbook.cli import main
from wardbook.records.book import Book

RULEBOOK = "new-york-city/security-detail"
FILES = {
    "obligations.csv": """\
instrument,decided_on,supersedes,payer,kind,amount,currency,liable_after,revives_on_default,days_of_grace
order,2023-06-15,,A. Mayor,restitution,319794.20,USD,,,
order,2023-06-15,,A. Mayor,fine,155000.00,USD,,,
settlement,2025-05-14,order,A. Mayor,restitution,319794.20,USD,,order,10
settlement,2025-05-14,order,A. Mayor,fine,10000.00,USD,,order,10
vouchers,2024-02-01,,Friends of Mayor,restitution,500.00,USD,,,30
vouchers,2024-02-01,,A. Mayor,restitution,500.00,USD,Friends of Mayor,,30
""",
    "instalments.csv": """\
instrument,payer,due_on,amount,currency
settlement,A. Mayor,2025-08-14,14362.14,USD
settlement,A. Mayor,2025-11-14,14362.14,USD
settlement,A. Mayor,2026-02-14,201069.92,USD
another order,A. Mayor,2026-03-14,1.00,USD
""",
    "repayments.csv": """\
instrument,day,payer,amount,currency,into_escrow
settlement,2025-05-14,A. Mayor,100000.00,USD,
settlement,2025-08-14,A. Mayor,14362.14,USD,no
settlement,2025-11-10,A. Mayor,14362.14,USD,yes
,2023-01-05,A. Mayor,"1,000.00",USD,
""",
    "write_offs.csv": """\
instrument,payer,day,amount,currency,authority,citation
vouchers,Friends of Mayor,2024-02-20,100.00,USD,=the Comptroller,minutes of 20 February 2024
""",
    "expenses.csv": """\
day,trip,cost_class,amount,currency
2023-01-02,,lodging,80.00,USD
""",
}


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("statement")
    for name, text in FILES.items():
        (folder / "records").mkdir(exist_ok=True)
        (folder / "records" / name).write_text(text, "utf-8")
    path = folder / "case.book"
    assert run("init", path, "--title", "The \\ case", "--rulebook", RULEBOOK).exit_code == 0
    taken = run("take-in", path, folder / "records")
    assert taken.exit_code == 0, taken.output
    assert "set aside 0" in taken.output or "0 set aside" in taken.output, taken.output
    return path


@cache
def given(book: Path, *more: str | Path, payer: str = "A. Mayor") -> str:
    done = run("statement", book, "--payer", payer, *more)
    assert done.exit_code == 0, done.output
    return done.stdout


def told(book: Path, *more: str, payer: str = "A. Mayor") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(given(book, "--format", "json", *more, payer=payer))
    return found


def test_the_records_are_read_by_the_names_of_tables_and_columns(book: Path) -> None:
    state = json.loads(run("status", book, "--json").output)
    assert {name: state["tables"][name] for name in ("obligations", "instalments", "repayments")} == {
        "obligations": 6,
        "instalments": 4,
        "repayments": 4,
    }
    assert state["tables"]["write_offs"] == 1
    assert state["fates"].get("set aside", 0) == 0


def test_the_day_is_the_latest_on_record_and_no_due_day(book: Path) -> None:
    found = told(book)
    assert found["as_of"] == "2025-11-10"
    assert found["basis"] == "the latest day of an order, a payment or a write-off on record"
    assert found["totals"] == [
        {"what": "left to pay under orders", "amount": "201469.92", "currency": "USD"}
    ]  # of the settlement 201,069.92, and 400.00 that passed from the campaign


def test_after_the_default_the_order_is_back(book: Path) -> None:
    found = told(book, "--as-of", "2026-02-25")
    owed = {row["instrument"]: row for row in found["owed"]}
    assert owed["order"]["state"] == "revived"
    assert owed["order"]["outstanding"] == str(Decimal("474794.20") - Decimal("128724.28"))
    assert (owed["order"]["paid"], owed["order"]["in_escrow"]) == ("114362.14", "14362.14")
    assert owed["settlement"]["outstanding"] == "0.00"
    assert [row["open"] for row in found["due"] if row["instrument"] == "order"] == ["346069.92"]


def test_a_statement_of_an_earlier_day_knows_nothing_of_later_acts(book: Path) -> None:
    found = told(book, "--as-of", "2025-05-13")
    assert {row["instrument"]: row["state"] for row in found["owed"]} == {
        "order": "in force",
        "vouchers": "in force",
    }
    assert found["loose"] != []


def test_the_first_payer_and_the_one_liable_after_are_counted_once(book: Path) -> None:
    early = "2024-02-25"
    person = {row["instrument"]: row for row in told(book, "--as-of", early)["owed"]}["vouchers"]
    assert (person["state"], person["outstanding"]) == ("contingent on Friends of Mayor", "0.00")
    friends = told(book, "--as-of", early, payer="Friends of Mayor")
    assert friends["totals"][0]["amount"] == "400.00"
    assert told(book, payer="Friends of Mayor")["totals"][0]["amount"] == "0.00"


def test_each_balance_is_the_one_before_and_the_entry(book: Path) -> None:
    for account in told(book, "--as-of", "2026-02-25")["accounts"]:
        balance = Decimal(0)
        for entry in account["lines"]:
            balance += Decimal(entry["amount"])
            assert Decimal(entry["balance"]) == balance
            assert entry["sources"], entry
    balances = {row["account"]: row["lines"][-1]["balance"] for row in told(book)["accounts"]}
    assert balances == {
        "receivable:A. Mayor": "-1000.00",
        "receivable:A. Mayor:order": "0.00",
        "receivable:A. Mayor:settlement": "201069.92",
        "receivable:A. Mayor:vouchers": "400.00",
    }


def test_a_repayment_before_anyone_asked_says_so(book: Path) -> None:
    words = [one["words"] for account in told(book)["accounts"] for one in account["lines"]]
    assert words.count("a payment by A. Mayor, before it was asked") == 1


def test_what_names_no_order_on_record_is_listed(book: Path) -> None:
    (loose,) = told(book)["loose"]
    assert loose["table"] == "instalments"
    assert "'another order', of which the account has no line" in loose["words"]
    assert loose["record_id"] in told(book)["places"]


def test_every_source_has_its_place(book: Path) -> None:
    found = told(book)
    named = {one for row in (*found["owed"], *found["due"]) for one in row["sources"]}
    assert named <= set(found["places"])
    assert any(place.endswith("obligations.csv, line 4") for place in found["places"].values())


def test_a_payer_who_is_not_in_the_account_is_answered_with_those_who_are(book: Path) -> None:
    done = run("statement", book, "--payer", "A Mayor")
    assert done.exit_code == 2
    assert "no payer 'A Mayor' is in the account; there are: A. Mayor" in done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--as-of", "yesterday"), "--as-of: expected a day such as 2026-02-25; found 'yesterday'"),
        (("--format", "xlsx"), "--out: a workbook or PDF is written to a file; name one"),
    ],
)
def test_wrong_use_is_said(book: Path, words: tuple[str, ...], message: str) -> None:
    done = run("statement", book, "--payer", "A. Mayor", *words)
    assert done.exit_code == 2
    assert message in done.stderr


def test_the_statement_is_entered_in_the_log_and_changes_nothing(book: Path) -> None:
    words = ("statement", book, "--payer", "A. Mayor", "--format", "json")
    assert run(*words).stdout == run(*words).stdout
    with Book(book) as opened:
        assert [(e.kind, e.body["what"]) for e in opened.log.entries()[-2:]] == [
            ("view", "statement of A. Mayor as of 2025-11-10")
        ] * 2


# ---------------------------------------------------------------- forms


def test_the_csv_form(book: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(given(book, "--format", "csv"))))
    settlement = [row for row in rows if row["instrument"] == "settlement"]
    assert [(row["what"], row["debit"], row["credit"], row["balance"]) for row in settlement] == [
        ("order", "329794.20", "", "329794.20"),
        ("paid", "", "100000.00", "229794.20"),
        ("paid", "", "14362.14", "215432.06"),
        ("escrow", "", "14362.14", "201069.92"),
    ]


class Page(HTMLParser):
    """What a reader of the page meets: tags, and for each table its caption and the scope of its headings."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.tables: list[list[str]] = []
        self.headings: list[dict[str, str | None]] = []
        self.ids: list[str] = []
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags.append(tag)
        if tag == "table":
            self.tables.append([])
        elif self.tables:
            self.tables[-1].append(tag)
        if tag == "th":
            self.headings.append(named)
        if named.get("id"):
            self.ids.append(str(named["id"]))
        if (named.get("href") or "").startswith("#"):
            self.targets.append(str(named["href"])[1:])


@pytest.mark.parametrize("as_of", ["2024-02-25", "2026-02-25"])
def test_the_page_needs_nothing_else_and_can_be_read_aloud(book: Path, tmp_path: Path, as_of: str) -> None:
    target = tmp_path / "statement.html"
    done = run("statement", book, "--payer", "A. Mayor", "--as-of", as_of, "--out", target)
    assert done.exit_code == 0, done.output
    text = target.read_text("utf-8")
    page = Page()
    page.feed(text)
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert not re.search(r"""(src|href)=["']?https?:""", text)
    assert page.tags.count("h1") == 1
    assert all(table[0] == "caption" for table in page.tables)
    assert all(heading.get("scope") in ("col", "row") for heading in page.headings)
    assert len(page.ids) == len(set(page.ids))
    assert set(page.targets) <= set(page.ids)
    assert "they may be the same money" in text
    assert as_of in text


def test_words_of_records_are_no_markup(book: Path) -> None:
    html = given(book, payer="Friends of Mayor")
    assert "written off by =the Comptroller" in html
    assert "<script" not in html


def test_the_workbook_has_amounts_as_numbers_and_text_as_text(book: Path, tmp_path: Path) -> None:
    targets = [tmp_path / "one.xlsx", tmp_path / "two.xlsx"]
    for target in targets:
        given(book, "--format", "xlsx", "--out", str(target), payer="Friends of Mayor")
    assert targets[0].read_bytes() == targets[1].read_bytes()
    sheets = load_workbook(targets[0])
    assert sheets.sheetnames == ["Statement", "Owed", "Due", "Account", "Uses", "Sources"]
    rows = list(sheets["Account"].iter_rows())
    headings = [cell.value for cell in rows[0]]
    (given_up,) = (row for row in rows[1:] if row[headings.index("what")].value == "written off")
    credit = given_up[headings.index("credit")]
    assert (credit.value, credit.number_format, credit.data_type) == (100, "#,##0.00", "n")
    assert given_up[headings.index("sources")].value
    words = given_up[headings.index("words")]
    assert (words.value, words.data_type) == ("written off by =the Comptroller", "s")


# ---------------------------------------------------------------- the whole ledger


@pytest.fixture(scope="module")
def whole(book: Path) -> dict[str, Path]:
    targets = {form: book.parent / f"ledger.{form}" for form in ("beancount", "csv", "xlsx")}
    for form, target in targets.items():
        done = run("account", "ledger", book, "--format", form, "--out", target, "--as-of", "2026-02-25")
        assert done.exit_code == 0, done.output
    return targets


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def balances_of(rows: Iterator[tuple[str, Decimal]]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for account, amount in rows:
        found[account] = found.get(account, Decimal(0)) + amount
    return {account: amount for account, amount in found.items() if amount}


def test_csv_and_workbook_hold_every_posting(whole: dict[str, Path]) -> None:
    rows = rows_of(whole["csv"])
    entries: dict[str, Decimal] = {}
    for row in rows:
        entries[row["entry_id"]] = entries.get(row["entry_id"], Decimal(0)) + Decimal(row["amount"])
        assert row["sources"], row
    assert set(entries.values()) == {Decimal(0)}
    sheet = list(load_workbook(whole["xlsx"])["Ledger"].iter_rows(values_only=True))
    assert len(sheet) == len(rows) + 1
    at = sheet[0].index("amount")
    assert [Decimal(str(row[at])) for row in sheet[1:]] == [Decimal(row["amount"]) for row in rows]


def test_beancount_itself_reads_the_ledger_and_finds_the_same_balances(whole: dict[str, Path]) -> None:
    loader = pytest.importorskip("beancount.loader")
    data = pytest.importorskip("beancount.core.data")
    entries, errors, options = loader.load_file(str(whole["beancount"]))
    assert errors == []
    assert options["title"] == "The \\ case"
    rows = rows_of(whole["csv"])
    names = {e.meta["account"]: e.account for e in entries if isinstance(e, data.Open)}
    moves = [e for e in entries if isinstance(e, data.Transaction)]
    assert sorted(e.meta["entry_id"] for e in moves) == sorted({row["entry_id"] for row in rows})
    assert all(e.meta["sources"] for e in moves)
    found = balances_of((p.account, p.units.number) for e in moves for p in e.postings)
    assert found == balances_of((names[row["account"]], Decimal(row["amount"])) for row in rows)
    assert all(isinstance(p.units.number, Decimal) for e in moves for p in e.postings)


def test_a_payers_beancount_text_has_whole_entries(book: Path) -> None:
    loader = pytest.importorskip("beancount.loader")
    entries, errors, _options = loader.load_string(given(book, "--format", "beancount"))
    assert errors == []
    ids = {e.meta["entry_id"] for e in entries if "entry_id" in e.meta}
    assert {"order:settlement", "passed:vouchers:A. Mayor"} <= ids
    assert not any(one.startswith("written-off:") for one in ids)


def test_names_of_accounts_are_beancounts_and_unique() -> None:
    names = account_names(
        [
            "cash",
            "receivable:A. B",
            "receivable:A B",
            "receivable:Żółć:x",
            "receivable:李",
            "fine",
            "spent:a/b",
        ]
    )
    assert names == {
        "cash": "Assets:Cash",
        "receivable:A B": "Assets:Receivable:A-B",
        "receivable:A. B": "Assets:Receivable:A-B-2",
        "receivable:Żółć:x": "Assets:Receivable:Zoc:X",
        "receivable:李": "Assets:Receivable:X",
        "fine": "Income:Fine",
        "spent:a/b": "Income:Spent:A-b",
    }


def test_an_entry_without_a_day_stands_on_a_day_that_says_so() -> None:
    engine = ledger(
        obligations=[line("o", 'the "first"\norder', None, "10", currency="$")],
        repayments=[paid("p", None, None, "0", payer="2 payers")],
    )
    text = "\n".join(beancount_lines(engine, "undated"))
    assert text.count('  day: "not on record"') == 2
    assert '1970-01-01 * "what is to be paid under \'the \\"first\\" order\'"' in text
    loader = pytest.importorskip("beancount.loader")
    entries, errors, _options = loader.load_string(text)
    assert errors == []
    assert len(entries) == 6
