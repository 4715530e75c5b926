"""Overtime by officer and fiscal year: expenses, and what a second table states of the same officers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.intake.table_exhibits import NEW_YORK, conserved, exhibit, records, set_aside, shared_exhibit, told
from wardbook.accounts.assertions import run_assertion_tests
from wardbook.errors import InputRefusedError
from wardbook.intake.baltimore_overtime import LAYOUTS, READER
from wardbook.intake.readers import recognizing
from wardbook.intake.take_in import take_in
from wardbook.records.book import Book
from wardbook.records.engine import Engine
from wardbook.records.settings import Settings

OFFICERS = """\
name_format,hours_format,amount_k_format
Pat Q. Example,1228.9,96.8
Sam O'Sample,12,0.7
Lee Model,,1.2
Kim Model,4.5,
Ray Model,about 7,1.2
"""
MOST = """\
name_format,total_amount,total_hours
Pat Q. Example,96757,1228.94
Sam O'Sample,751,12.04
Jo Nobody,100,2
"""


def test_a_line_is_overtime_of_an_officer_in_a_fiscal_year(tmp_path: Path) -> None:
    source = exhibit(tmp_path, "published/fy19_table_format.csv", OFFICERS)
    assert recognizing(source, NEW_YORK) == (READER,)
    reading = READER.read(source, NEW_YORK)
    assert conserved(reading)
    assert reading.unread == ()
    assert told(reading.rows) == (
        "line 1: not a record: the heading line\n"
        "line 2: expenses: cost_class overtime, currency USD, person Pat Q. Example, description 1228.9 "
        "hours of overtime in fiscal year 2019, amount 96800.00, day 2018-07-01, day_to 2019-06-30, trip "
        "baltimore-overtime/fy2019/Pat Q. Example, citation Baltimore police overtime, fiscal year 2019, in "
        "thousands of dollars\n"
        "line 3: expenses: cost_class overtime, currency USD, person Sam O'Sample, description 12 hours of "
        "overtime in fiscal year 2019, amount 700.00, day 2018-07-01, day_to 2019-06-30, trip "
        "baltimore-overtime/fy2019/Sam O'Sample, citation Baltimore police overtime, fiscal year 2019, in "
        "thousands of dollars\n"
        "line 4: set aside: expected hours; found an empty cell\n"
        "line 5: set aside: expected an amount; found an empty cell\n"
        "line 6: set aside: expected a number such as 1,400.50; found 'about 7'"
    )


def test_the_second_table_is_tested_by_the_first_within_its_rounding(tmp_path: Path) -> None:
    folder = tmp_path / "published"
    folder.mkdir()
    (folder / "fy18_table_format.csv").write_text(OFFICERS, "utf-8")
    (folder / "fy18_hours_top10.csv").write_text(MOST, "utf-8")
    with Book.create(tmp_path / "overtime.book", Settings()) as book, Engine() as engine:
        take_in(book, [folder])
        book.relations(engine, None)
        run_assertion_tests(engine)
        found = engine.rows(
            "SELECT quantity, stated, computed, finding_verdict FROM assertion_tests ORDER BY quantity"
        )
        spans = engine.rows("SELECT DISTINCT day, day_to FROM expenses")
    year = "in fiscal year 2018"
    assert found == [
        (f"overtime hours of Jo Nobody {year}", Decimal("2.00"), None, "not reproducible"),
        (f"overtime hours of Pat Q. Example {year}", Decimal("1228.94"), None, "not reproducible"),
        (f"overtime hours of Sam O'Sample {year}", Decimal("12.04"), None, "not reproducible"),
        (f"overtime pay of Jo Nobody {year}", Decimal("100.00"), None, "not reproducible"),
        (f"overtime pay of Pat Q. Example {year}", Decimal("96757.00"), Decimal("96800.00"), "supported"),
        (f"overtime pay of Sam O'Sample {year}", Decimal("751.00"), Decimal("700.00"), "contradicted"),
    ]
    assert spans == [(date(2017, 7, 1), date(2018, 6, 30))]


@pytest.mark.parametrize(
    "name", ["table_format.csv", "fy119_table.csv", "fy19/table_format.csv", "notify19.csv"]
)
def test_a_file_whose_name_says_no_fiscal_year_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match="a file name that says the fiscal year"):
        READER.read(exhibit(tmp_path, name, OFFICERS), NEW_YORK)


def test_each_table_is_told_from_the_other(tmp_path: Path) -> None:
    for layout in LAYOUTS:
        source = exhibit(tmp_path, "fy19.csv", ",".join(layout.tells) + "\n")
        assert recognizing(source, NEW_YORK) == (READER,)
        assert told(READER.read(source, NEW_YORK).rows) == "line 1: not a record: the heading line"


def test_the_published_tables_are_read_whole(shared: Path) -> None:
    folder = shared / "data" / "baltimore_overtime"
    every = READER.read(shared_exhibit(folder / "fy19_table_format.csv"), NEW_YORK)
    few = READER.read(shared_exhibit(folder / "fy19_hours_top10.csv"), NEW_YORK)
    assert (set_aside(every), set_aside(few)) == ([], [])
    assert (len(records(every)), len(records(few))) == (2636, 10)
    amounts = [row.values["amount"] for row in records(every)]
    assert sum(amount for amount in amounts if isinstance(amount, Decimal)) == Decimal("59474200.00")
    first = records(every)[0].values
    assert (first["amount"], first["description"]) == (
        Decimal(156800),
        "2228.9 hours of overtime in fiscal year 2019",
    )
