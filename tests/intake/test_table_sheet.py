"""Workbooks as tables."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings

from tests.intake.table_exhibits import (
    NEW_YORK,
    conserved,
    corruptions,
    exhibit,
    records,
    set_aside,
    shared_exhibit,
    told,
    with_mappings,
)
from wardbook.errors import InputRefusedError
from wardbook.intake import mapped_table, plain_table
from wardbook.intake.table_sheet import cell_text

Rows = Sequence[Sequence[object]]


def workbook(sheets: Mapping[str, Rows]) -> bytes:
    book = openpyxl.Workbook()
    for number, (title, rows) in enumerate(sheets.items()):
        sheet = book.active if number == 0 else book.create_sheet()
        assert sheet is not None
        sheet.title = title
        for row in rows:
            sheet.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (8114.530000000001, "8114.53"),
        (0.1 + 0.2, "0.3"),
        (1400.0, "1400"),
        (1e21, "1000000000000000000000"),
        (-7.25, "-7.25"),
        (12, "12"),
        (True, "TRUE"),
        (None, ""),
        (datetime(2024, 1, 31), "2024-01-31"),  # noqa: DTZ001  a workbook's times have no zone
        (datetime(2024, 1, 31, 9, 29, 59, 999_999), "2024-01-31 09:30:00"),  # noqa: DTZ001  a workbook's times have no zone
        (date(2024, 1, 31), "2024-01-31"),
        (time(9, 30), "09:30:00"),
        (timedelta(hours=26, minutes=5), "26:05:00"),
        ("as it stands ", "as it stands "),
    ],
)
def test_cells_become_text(value: object, text: str) -> None:
    assert cell_text(value) == text


def test_sheets_are_pages_and_rows_are_lines(tmp_path: Path) -> None:
    rows: Rows = [
        ["Log of January"],
        [],
        ["day", "vehicle", "hours", "invoiced", "mood", None],
        [date(2024, 1, 31), "Car 7", 1.5, 8114.530000000001, "good"],
        [],
        [datetime(2024, 2, 1), 7, 25, None],  # noqa: DTZ001  a workbook's times have no zone
        [date(2024, 2, 2), 7, 1, None, None, "?"],
        ["Total", None, 2.5],
    ]
    toml = 'name = "m"\ntable = "log_entries"\n[columns]\n' + "".join(
        f'{name} = "{name}"\n' for name in ("day", "vehicle", "hours", "invoiced")
    )
    data = workbook({"Notes": [["nothing here"]], "Log": rows})
    source = exhibit(tmp_path, "log.xlsx", data)
    context = with_mappings(toml)
    assert mapped_table.recognizes(source, context)
    reading = mapped_table.read(source, context)
    assert conserved(reading)
    assert told(reading.rows) == (
        "page 1, line 1: not a record: a row of sheet Notes, which is not read\n"
        "page 2, line 1: not a record: a line above the headings\n"
        "page 2, line 3: not a record: the heading line\n"
        "page 2, line 4: log_entries: day 2024-01-31, vehicle Car 7, hours 1.500, invoiced 8114.53\n"
        "page 2, line 6: set aside: expected in column 'hours' (hours): 0 to 24 hours in one entry; "
        "found '25'\n"
        "page 2, line 7: set aside: expected 5 cells, as many as headings; found 6 cells\n"
        "page 2, line 8: not a record: a total line"
    )
    assert [(c.name, c.filled) for c in reading.unread] == [("mood", 1), ("(column 6, no heading)", 1)]


def test_the_sheet_may_be_named(tmp_path: Path) -> None:
    rows: Rows = [["day", "vehicle"], [date(2024, 1, 31), "7"]]
    source = exhibit(tmp_path, "log.xlsx", workbook({"A": rows, "B": rows}))
    toml = 'name = "m"\ntable = "log_entries"\n[columns]\nday = "day"\n'
    both = mapped_table.read(source, with_mappings(toml))
    one = mapped_table.read(source, with_mappings(toml.replace("[columns]", 'sheet = "B"\n[columns]')))
    assert [row.at.page for row in records(both)] == [1, 2]
    assert [row.at.page for row in records(one)] == [2]
    assert conserved(one)


def test_a_plain_workbook(tmp_path: Path) -> None:
    data = workbook({"Sheet1": [["vehicle", "amount", "unit", "currency"], ["7", 1400.5, "hour", "USD"]]})
    source = exhibit(tmp_path, "rates.xlsx", data)
    assert plain_table.recognizes(source, NEW_YORK)
    assert records(plain_table.read(source, NEW_YORK))[0].values["amount"] == Decimal("1400.50")


def test_formulas_without_values_and_spreadsheet_errors_are_set_aside(tmp_path: Path) -> None:
    data = workbook({"Log": [["day", "hours"], [date(2024, 1, 31), "=1+1"], [date(2024, 2, 1), "#REF!"]]})
    reading = plain_table.read(exhibit(tmp_path, "log_entries.xlsx", data), NEW_YORK)
    assert conserved(reading)
    assert [row.found for row in set_aside(reading)] == [
        "a formula without one",
        "the spreadsheet error #REF!",
    ]


def test_a_ministers_quarter(shared: Path) -> None:
    toml = """
name = "ministers"
table = "expenses"
totals = ["Total*"]
[columns]
person = "Minister/Parliamentary Under-Secretary"
amount = "Surface Travel (Ministers, Spouse and staff)"
[constants]
cost_class = "travel"
currency = "NZD"
day = 2017-04-01
day_to = 2017-06-30
"""
    source = shared_exhibit(shared / "data" / "new_zealand" / "2017-Q2.xlsx")
    reading = mapped_table.read(source, with_mappings(toml))
    assert conserved(reading)
    amounts = {row.values["person"]: row.values["amount"] for row in records(reading)}
    assert amounts["David Seymour"] == Decimal("8114.53")
    assert amounts["Te Ururoa Flavell"] == Decimal("31122.45")


@pytest.mark.parametrize("end", [200, -60, -1])
def test_a_workbook_cut_short_is_refused(tmp_path: Path, end: int) -> None:
    data = workbook({"Sheet1": [["day", "vehicle"], [date(2024, 1, 31), "7"]]})
    source = exhibit(tmp_path, "log_entries.xlsx", data[:end])
    assert not plain_table.recognizes(source, NEW_YORK)
    assert mapped_table.why_unreadable(source, NEW_YORK) is not None
    with pytest.raises(InputRefusedError):
        plain_table.read(source, NEW_YORK)


_PLAIN = workbook(
    {"Log": [["day", "vehicle", "hours"], *([date(2024, 1, n), f"Car {n}", n / 2] for n in range(1, 13))]}
)


@settings(max_examples=60, deadline=None)
@given(corruptions(_PLAIN))
def test_a_corrupted_workbook_loses_no_row(data: bytes) -> None:
    _reads_or_refuses(data)


def _sheet_xml() -> bytes:
    with zipfile.ZipFile(io.BytesIO(_PLAIN)) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


@settings(max_examples=60, deadline=None)
@given(corruptions(_sheet_xml()))
def test_a_workbook_with_a_corrupted_sheet_loses_no_row(xml: bytes) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_PLAIN)) as archive, zipfile.ZipFile(stream, "w") as damaged:
        for name in archive.namelist():
            damaged.writestr(name, xml if name.endswith("sheet1.xml") else archive.read(name))
    _reads_or_refuses(stream.getvalue())


def _reads_or_refuses(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = exhibit(Path(folder), "log_entries.xlsx", data)
        plain_table.recognizes(source, NEW_YORK)
        mapped_table.why_unreadable(source, NEW_YORK)
        with suppress(InputRefusedError):
            assert conserved(plain_table.read(source, NEW_YORK))
