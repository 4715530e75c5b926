"""Australian expenditure reports: traps of the layout one by one, and every report of the public folder."""

from __future__ import annotations

import hashlib
import tarfile
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardbook.accounts.assertions import run_assertion_tests
from wardbook.errors import InputRefusedError
from wardbook.intake.au_expenditure import READER
from wardbook.intake.au_expenditure_text import days_of, lines_held, note_of, pages_of, read_dollars
from wardbook.intake.cells import BadCellError
from wardbook.intake.reader import Context, Exhibit
from wardbook.intake.readers import recognizing
from wardbook.intake.take_in import take_in
from wardbook.records.book import Book
from wardbook.records.engine import Engine
from wardbook.records.settings import Settings
from wardbook.records.source import NotARecord, Reading, Record, SetAside

GOLDEN = Path(__file__).parent / "golden" / "australia" / "expenditure.txt"
SYDNEY = Settings(time_zone="Australia/Sydney", currency="AUD")
TITLE = """\
The Hon Ada Example MP

Expenditure on Entitlements paid by the
Department of Finance

1 July to 31 December 2014

Final Report
"""
TOP = """\
1 July to 31 December 2014

The Hon Ada Example MP            Transaction Details - From 1 July 2014

"""


def exhibit(tmp_path: Path, text: str | bytes) -> Exhibit:
    data = text if isinstance(text, bytes) else text.encode("utf-8")
    path = tmp_path / "report.txt"
    path.write_bytes(data)
    return Exhibit(path, path.name, hashlib.sha256(data).hexdigest(), data[: 1 << 16])


def read(tmp_path: Path, *pages: str) -> Reading:
    """A report of those pages behind its title page."""
    reading = READER.read(exhibit(tmp_path, "\f".join((TITLE, *pages))), Context(SYDNEY.zone))
    assert reading.read == reading.held
    return reading


def expenses(reading: Reading) -> list[dict[str, Any]]:
    return [dict(row.values) for row in reading.rows if isinstance(row, Record) and row.table == "expenses"]


def stated(reading: Reading) -> list[dict[str, Any]]:
    """Every printed total, those of one line one by one."""
    rows = [row for row in reading.rows if isinstance(row, Record) and row.table == "assertions"]
    return [dict(values) for row in rows for values in (row.values, *(part.values for part in row.parts))]


def set_aside(reading: Reading) -> list[tuple[str, str]]:
    return [(str(row.at), row.found) for row in reading.rows if isinstance(row, SetAside)]


def test_one_amount_covers_the_legs_below_it(tmp_path: Path) -> None:
    page = TOP + """\
Charter
Office Holder
Details                                 Amount        Notes
Millbrook to Elm 5 Nov 14             $5,227.27
Elm to Millbrook 6 Nov 14                             21
York to Elm 8 Nov 14                    $900.00
                                      $6,127.27

            21 Sector not flown. Ticket cancellation fee.
"""
    first, second = expenses(read(tmp_path, page))
    assert first["description"] == (
        "Millbrook to Elm; Elm to Millbrook [Sector not flown. Ticket cancellation fee.]"
    )
    assert (first["day"], first["day_to"]) == (date(2014, 11, 5), date(2014, 11, 6))
    assert (first["amount"], first["cost_class"]) == (Decimal("5227.27"), "charter")
    assert (second["description"], second["day_to"]) == ("York to Elm", None)


def test_an_amount_cut_at_the_edge_or_damaged_is_set_aside_and_never_guessed(tmp_path: Path) -> None:
    page = TOP + """\
Car Costs
COMCAR
Details                                 Amount
3 Jul 14 - Elm                        $1,094.
3 Jul 14 - Elm                        $2,ϳϭϭ.ϳϯ
4 Jul 14 - Elm
5 Jul 14 - Elm                           $40.00 1
                                      $3,845.73

            1 Cancelled
"""
    reading = read(tmp_path, page)
    assert [(row["amount"], row["place"], row["description"]) for row in expenses(reading)] == [
        (Decimal("40.00"), "Elm", "COMCAR [Cancelled]")
    ]
    assert set_aside(reading) == [
        ("page 2, line 8", "'$1,094.'"),
        ("page 2, line 9", "'$2,ϳϭϭ.ϳϯ'"),
        ("page 2, line 10", "a row without an amount that can be read"),
    ]
    (total,) = stated(reading)
    assert (total["value"], total["tested_by"]) == (
        Decimal("3845.73"),
        "expenses:The Hon Ada Example MP, 1 July to 31 December 2014/Car Costs/COMCAR/from 1 July 2014",
    )
    assert total["scope"] == (
        "The Hon Ada Example MP; paid 1 July to 31 December 2014; use from 1 July 2014 "
        "[rows set aside by the reader, in no sum: page 2 line 10, page 2 line 8, page 2 line 9]"
    )


def test_a_table_runs_on_over_the_page_break_with_columns_of_its_own(tmp_path: Path) -> None:
    first = TOP + """\
Car Costs
COMCAR
Details                                 Amount
3 Jul 14 - Elm                           $41.00 *

                                                     Page 2 of 3
"""
    second = TOP + """\
Car Costs
COMCAR
Details                                                       Amount
4 Jul 14 - York                                                $9.00
                                                              $50.00

            * Supplier billing error.

Parking
Details                                                       Amount
Valet parking Millbrook 22 Dec to 3 Jan 15                    $97.45
                                                              $97.45
"""
    reading = read(tmp_path, first, second)
    assert [(row["place"], row["amount"], row["description"]) for row in expenses(reading)] == [
        ("Elm", Decimal("41.00"), "COMCAR [Supplier billing error.]"),
        ("York", Decimal("9.00"), "COMCAR"),
        (None, Decimal("97.45"), "Valet parking Millbrook"),
    ]
    assert (expenses(reading)[2]["day"], expenses(reading)[2]["day_to"]) == (
        date(2014, 12, 22),
        date(2015, 1, 3),
    )
    assert reproduced(reading) == (2, 2)


def test_a_night_total_is_no_note_and_a_wrapped_purpose_no_row(tmp_path: Path) -> None:
    page = TOP + """\
Travelling Allowance
Parliamentary Travelling Allowance
                                                             No. of
Date From    Date To       Location     Details              Nights    Rate     Spouse     Amount
3 Mar 15     4 Mar 15      Elm          2 Day inquiry -        2      $395.00    $20.00      $810.00
                                        2 Councils Business
5 Mar 15     5 Mar 15      York         Official Business             $395.00             -$395.00 #
                                                               2                           $415.00

             # Adjustment by Senator.
"""
    first, second = expenses(read(tmp_path, page))
    assert (first["stated_purpose"], first["place"], first["nights"], first["amount"]) == (
        "2 Day inquiry - 2 Councils Business",
        "Elm",
        2,
        Decimal("810.00"),
    )
    assert first["description"] == "2 nights at $395.00, spouse $20.00"
    assert second["description"] == "nights not printed at $395.00 [Adjustment by Senator.]"
    assert (second["nights"], second["amount"]) == (None, Decimal("-395.00"))
    assert reproduced(read(tmp_path, page)) == (1, 1)


def test_the_golden_report_is_audited_and_the_cut_amount_is_what_differs(tmp_path: Path) -> None:
    book = Book.create(tmp_path / "case.book", SYDNEY)
    take_in(book, [GOLDEN])
    with Engine() as engine:
        book.relations(engine)
        run_assertion_tests(engine)
        verdicts = engine.rows(
            "SELECT finding_verdict, count(*), max(abs(difference)) FROM assertion_tests "
            "GROUP BY ALL ORDER BY ALL"
        )
        differs = engine.rows(
            "SELECT DISTINCT difference, split_part(assertion_id, '/', 2) FROM assertion_tests "
            "WHERE verdict = 'differs' ORDER BY ALL"
        )
    assert verdicts == [
        ("contradicted", 3, Decimal("1094.00")),
        ("not reproducible", 1, None),
        ("supported", 33, Decimal("0.00")),
    ]
    assert differs == [
        (Decimal("1094.00"), "by period"),
        (Decimal("1094.00"), "details"),
        (Decimal("1094.00"), "section"),
    ]


@pytest.mark.parametrize(
    ("text", "first", "last", "rest"),
    [
        ("3 Jul 14 - Sydney", "2014-07-03", None, "Sydney"),
        ("Lease 3 Dec 14 to 2 Jan 15", "2014-12-03", "2015-01-02", "Lease"),
        ("Valet parking 22 Dec to 3 Jan 15", "2014-12-22", "2015-01-03", "Valet parking"),
        ("8 Dec 14", "2014-12-08", None, ""),
        ("Fuel 31 Jun 14", None, None, "Fuel 31 Jun 14"),
        ("PO Box 545 rental 1 Apr 16 to 31 Mar 17", "2016-04-01", "2017-03-31", "PO Box 545 rental"),
        ("Aggregated Total", None, None, "Aggregated Total"),
        ("Parking between 21 May and 23 May14", None, None, "Parking between 21 May and 23 May14"),
    ],
)
def test_days(text: str, first: str | None, last: str | None, rest: str) -> None:
    found = days_of(text)
    assert (found.first, found.last, found.rest) == (
        None if first is None else date.fromisoformat(first),
        None if last is None else date.fromisoformat(last),
        rest,
    )


@given(st.dates(date(2001, 1, 1), date(2098, 1, 1)), st.integers(0, 364), st.booleans())
def test_a_span_of_less_than_a_year_reads_back(first: date, length: int, in_full: bool) -> None:
    last = first + timedelta(days=length)
    year = f" {first:%y}" if in_full else ""
    found = days_of(f"Fuel {first.day} {first:%b}{year} to {last.day} {last:%b %y}")
    assert (found.first, found.last or found.first, found.rest) == (first, last, "Fuel")


@pytest.mark.parametrize(
    "text", ["$1,094.", "$1,094.0", "$.50", "1,094.00", "$1,0623.26", "$40.001", "$-4.00", "$1,09.00"]
)
def test_what_is_no_whole_amount_is_refused(text: str) -> None:
    with pytest.raises(BadCellError):
        read_dollars(text)


def test_notes_are_told_from_totals() -> None:
    assert note_of("            ** Incorrect rate  paid.") == ("**", "Incorrect rate paid.")
    assert note_of("                 2              $340.00") is None
    assert note_of("                 2             -$340.00") is None
    assert note_of("1 Cancelled") is None


CENTS = st.integers(-999_999, 9_999_999).filter(bool)


@given(st.lists(CENTS, min_size=1, max_size=30), st.integers(1, 12), st.integers(40, 120))
def test_tables_over_any_page_breaks_add_up(
    tmp_path_factory: pytest.TempPathFactory, cents: list[int], per_page: int, column: int
) -> None:
    """What was printed is read back, wherever the pages break and wherever the column stands."""
    pages = list(printed(cents, per_page, column))
    reading = read(tmp_path_factory.mktemp("report"), *pages)
    assert [row["amount"] for row in expenses(reading)] == [Decimal(one) / 100 for one in cents]
    assert [row["value"] for row in stated(reading)] == [Decimal(sum(cents)) / 100]
    assert set_aside(reading) == []
    assert lines_held("\f".join(pages)) == sum(len(page) for page in pages_of("\f".join(pages)))


def printed(cents: list[int], per_page: int, column: int) -> Iterator[str]:
    parts = [cents[start : start + per_page] for start in range(0, len(cents), per_page)]
    for number, part in enumerate(parts):
        lines = ["Car Costs", "Cabcharge", f"{'Details':{column}}Amount"]
        lines += [f"8 Dec 14{amount(one):>{column}}" for one in part]
        if number == len(parts) - 1:
            lines.append(f"{amount(sum(cents)):>{column + 8}}")
        yield TOP + "\n".join(lines) + f"\n\n{'':60}Page {number + 2} of 9\n"


def amount(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def test_what_is_no_such_report_is_not_recognized_and_refused_when_forced(tmp_path: Path) -> None:
    letter = exhibit(tmp_path, "Dear inspector, see the Summary of Parliamentary Expenditure.\n")
    assert recognizing(letter, Context(SYDNEY.zone)) == ()
    with pytest.raises(InputRefusedError, match="first page"):
        READER.read(letter, Context(SYDNEY.zone))
    with pytest.raises(InputRefusedError, match="UTF-8"):
        READER.read(exhibit(tmp_path, TITLE.encode() + b"\xff"), Context(SYDNEY.zone))


def test_a_page_of_another_kind_is_set_aside_line_by_line(tmp_path: Path) -> None:
    assert set_aside(read(tmp_path, "Annex\n\nHire car  $40.00\n")) == [
        ("page 2, line 1", "a line of another page"),
        ("page 2, line 3", "a line of another page"),
    ]


def reproduced(reading: Reading) -> tuple[int, int]:
    """How many printed totals the rows give to the cent, and how many have a test: the naive way."""
    rows, totals = expenses(reading), stated(reading)
    tested = [one for one in totals if one["tested_by"]]
    good = sum(one["value"] == sum(recomputed(one, rows, totals)) for one in tested)
    return good, len(tested)


def recomputed(
    one: dict[str, Any], rows: Iterable[dict[str, Any]], totals: Iterable[dict[str, Any]]
) -> list[Decimal]:
    kind, _, name = one["tested_by"].partition(":")
    if kind == "assertions":
        return [two["value"] for two in totals if two["assertion_id"].startswith(name) and two is not one]
    return [row["amount"] for row in rows if name in (row["source_key"], row.get("trip"))]


THREE = {
    "P35_BISHOP_Bronwyn.txt": (467, Decimal("398563.96"), 74, 74, 0),
    "P36_LEY_Sussan.txt": (602, Decimal("649907.50"), 89, 89, 0),
    "P38_TURNBULL_Malcolm.txt": (335, Decimal("612099.95"), 74, 74, 0),
}
"""Expenses, their sum (that of the printed lines Total Expenditure), totals, those reproduced, set aside."""

ALL: dict[str, Any] = {
    "files": 254,
    "lines": 129816,
    "expenses": 69606,
    "negative": 1237,
    "totals": 16058,
    "reproduced": 16058,
    "untested": 1,
    "further": 1885,
    "aside": 1,
    "amounts": Decimal("47725658.87"),
}
"""The 254 reports of the first half of 2015."""


def measured(readings: Iterable[Reading]) -> dict[str, Any]:
    counts: Counter[str] = Counter()
    amounts = Decimal(0)
    for reading in readings:
        assert reading.read == reading.held
        rows = expenses(reading)
        good, tested = reproduced(reading)
        amounts += sum((row["amount"] for row in rows), Decimal(0))
        counts.update(
            files=1,
            lines=reading.held,
            expenses=len(rows),
            negative=sum(row["amount"] < 0 for row in rows),
            totals=tested,
            reproduced=good,
            untested=len(stated(reading)) - tested,
            further=sum(row.why.startswith("further") for row in reading.rows if isinstance(row, NotARecord)),
            aside=len(set_aside(reading)),
        )
    return {**counts, "amounts": amounts}


def test_the_three_reports_of_the_public_folder(shared: Path) -> None:
    found = {}
    for path in sorted((shared / "data" / "australia").glob("P3*.txt")):
        data = path.read_bytes()
        one = Exhibit(path, path.name, hashlib.sha256(data).hexdigest(), data[: 1 << 16])
        assert recognizing(one, Context(SYDNEY.zone)) == (READER,)
        result = measured([READER.read(one, Context(SYDNEY.zone))])
        found[path.name] = tuple(
            result[name] for name in ("expenses", "amounts", "totals", "reproduced", "aside")
        )
    assert found == THREE




def test_every_total_of_254_reports_is_reproduced_to_the_cent(shared: Path, tmp_path: Path) -> None:
    archive = shared / "data" / "australia" / "mp-expenses_P36_pdftotext.tar.gz"
    with tarfile.open(archive) as tar:
        texts = [tar.extractfile(one) for one in tar.getmembers() if one.isfile()]
        readings = (
            READER.read(exhibit(tmp_path, stream.read()), Context(SYDNEY.zone)) for stream in texts if stream
        )
        assert measured(readings) == ALL
