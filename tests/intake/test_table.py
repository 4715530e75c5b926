"""Delimited text through mappings and under the book's own headings."""

from __future__ import annotations

import csv
import gzip
import io
import re
import tempfile
from contextlib import suppress
from decimal import Decimal
from importlib import resources
from pathlib import Path

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
    with_mappings,
)
from wardbook.errors import InputRefusedError
from wardbook.intake import mapped_table, plain_table
from wardbook.intake.reader import Context
from wardbook.intake.table_text import count_rows, decode, split_rows
from wardbook.records.source import Reading, UnreadColumn

POOL = """
name = "pool"
table = "log_entries"
[columns]
day = "Date"
vehicle = "Unit"
hours = "Hours"
invoiced = "Fee"
stated_purpose = "Purpose"
[constants]
currency = "USD"
"""
HEAD = "Date,Unit,Hours,Fee,Purpose\n"


def read_pool(
    tmp_path: Path, data: bytes | str, context: Context | None = None, name: str = "pool.csv"
) -> Reading:
    reading = mapped_table.read(exhibit(tmp_path, name, data), context or with_mappings(POOL))
    assert conserved(reading)
    return reading


# ---------------------------------------------------------------- real tables


def _shipped() -> Context:
    folder = resources.files("wardbook.intake").joinpath("mappings")
    return with_mappings(*(f.read_text("utf-8") for f in folder.iterdir() if f.name.endswith(".toml")))


def test_west_virginia_trips_are_read_cell_by_cell(shared: Path) -> None:
    path = shared / "data" / "west_virginia" / "trips.csv"
    reading = mapped_table.read(shared_exhibit(path), _shipped())
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert conserved(reading)
    assert reading.unread == ()
    assert len(records(reading)) == len(rows) == 2106
    for record, row in zip(records(reading), rows, strict=True):
        values = record.values
        assert str(values["day"]) == row["date"]
        assert values["hours"] == Decimal(row["flight_hours"])
        for field, column in (
            ("source_key", "id"),
            ("vehicle", "tail_no"),
            ("route_text", "route"),
            ("riders_text", "passengers"),
            ("agency", "department"),
            ("division", "division"),
            ("stated_purpose", "comments"),
            ("justification", "justification_lwb"),
        ):
            assert (values[field] or "") == row[column].strip()


def test_west_virginia_aircraft_bring_their_rates(shared: Path) -> None:
    reading = mapped_table.read(
        shared_exhibit(shared / "data" / "west_virginia" / "aircraft.csv"), _shipped()
    )
    rates = {part.values["vehicle"]: part.values["amount"] for r in records(reading) for part in r.parts}
    assert rates == {
        "N1WV": Decimal(1400),
        "N2WV": Decimal(700),
        "N3WV": Decimal(1100),
        "N5WV": Decimal(800),
        "N6WV": Decimal(600),
        "N890SP": Decimal(400),
        "N895SP": Decimal(400),
    }
    assert [(column.name, column.filled) for column in reading.unread] == [("content", 5), ("icao_no", 7)]


def test_a_fuel_card_export_of_77_columns(shared: Path) -> None:
    toml = """
name = "fuel-cards"
table = "expenses"
[columns]
source_key = "Transaction Id"
day = "Transaction Date"
vehicle = "Vehicle ID"
amount = "Net Cost"
vendor = "Merchant Name"
description = { columns = ["Product Description", "Units", "Unit of Measure"], join = ", " }
[constants]
cost_class = "vehicle"
currency = "USD"
"""
    source = shared_exhibit(shared / "data" / "urbana_fuel_cards" / "fuel_card_export.first_1000.csv")
    reading = mapped_table.read(source, with_mappings(toml))
    with source.path.open(encoding="utf-8", newline="") as stream:
        total = sum(Decimal(row["Net Cost"]) for row in csv.DictReader(stream))
    assert conserved(reading)
    assert not set_aside(reading)
    assert sum(Decimal(str(r.values["amount"])) for r in records(reading)) == total
    assert str(records(reading)[0].values["day"]) == "2017-10-26"
    assert {"VLookUp", "(column 76, no heading)"} & {column.name for column in reading.unread}


def test_the_how_to_does_what_it_says(root: Path, tmp_path: Path) -> None:
    text = (root / "docs" / "how-to" / "map-a-table.md").read_text("utf-8")
    blocks = dict(re.findall(r"^```\w+ title=(\S+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    context = with_mappings(blocks["motor-pool.mapping.toml"], blocks["fleet.mapping.toml"])
    reading = read_pool(tmp_path, blocks["motor-pool.csv"], context, "motor-pool.csv")
    fields = ("day", "start_at", "end_at", "distance_m", "invoiced")
    assert told(reading.rows, fields) + "\n" == blocks["result"]
    assert reading.unread == ()


# ---------------------------------------------------------------- rows


def test_each_row_is_a_record_or_set_aside_or_no_record(tmp_path: Path) -> None:
    reading = read_pool(
        tmp_path,
        HEAD
        + '2024-01-31,7,1.5,"$1,400.00","two\nlines"\n'
        + "\n"
        + "2024-02-01,7,-1,,\n"
        + "2024-02-01,7,25,,\n"
        + "2024-02-30,7,1,,\n"
        + "2024-02-01,7,1\n"
        + "2024-02-01,7,1,,a,b\n"
        + "2024-02-01,7,1,,a,,\n"
        + "DATE,unit,Hours,FEE,Purpose\n"
        + ",7,1,,\n"
        + "Total,,3,(7.25),\n"
        + "Total Fleet,,3,,\n",
    )
    assert told(reading.rows, ("day", "hours", "invoiced", "stated_purpose")) == (
        "line 1: not a record: the heading line\n"
        "line 2: log_entries: day 2024-01-31, hours 1.500, invoiced 1400.00, stated_purpose two\nlines\n"
        "line 4: not a record: a blank line\n"
        "line 5: set aside: expected in column 'Hours' (hours): 0 to 24 hours in one entry; found '-1'\n"
        "line 6: set aside: expected in column 'Hours' (hours): 0 to 24 hours in one entry; found '25'\n"
        "line 7: set aside: expected in column 'Date' (day): a date as year-month-day; "
        "found '2024-02-30'\n"
        "line 8: set aside: expected 5 cells, as many as headings; found 3 cells\n"
        "line 9: set aside: expected 5 cells, as many as headings; found 6 cells\n"
        "line 10: log_entries: day 2024-02-01, hours 1.000, stated_purpose a\n"
        "line 11: not a record: a repeated heading line\n"
        "line 12: set aside: expected in column 'Date' (day): a value; found an empty cell\n"
        "line 13: not a record: a total line\n"
        "line 14: set aside: expected a record; found a line that begins 'Total Fleet', perhaps a total"
    )
    assert all(row.advice for row in set_aside(reading))


def test_a_record_keeps_its_raw_text(tmp_path: Path) -> None:
    reading = read_pool(tmp_path, HEAD.replace("\n", "\r\n") + '2024-01-31,7,1.5,"$1,400.00","a\r\nb"\r\n')
    assert records(reading)[0].raw == '2024-01-31,7,1.5,"$1,400.00","a\r\nb"'


def test_totals_are_as_the_mapping_says(tmp_path: Path) -> None:
    data = "Purpose,Date,Unit,Hours,Fee\nTotal Wine tour,2024-01-31,7,1,\nTotal of all,,,1,\n"
    told_apart = with_mappings(POOL.replace("[columns]", 'totals = ["total of *"]\n[columns]'))
    assert [type(row).__name__ for row in read_pool(tmp_path, data, told_apart).rows] == [
        "NotARecord",
        "Record",
        "NotARecord",
    ]
    assert len(set_aside(read_pool(tmp_path, data))) == 2


def test_unread_columns_are_listed_and_ignored_ones_are_not(tmp_path: Path) -> None:
    data = "Date,Unit,Hours,Fee,Purpose,Id2,Mood,\n2024-01-31,7,1,,,x,,\n2024-02-01,7,1,,,y,good,z\n"
    context = with_mappings(POOL.replace("[columns]", 'ignore = ["ID2"]\n[columns]'))
    assert read_pool(tmp_path, data, context).unread == (
        UnreadColumn("Mood", 1, "good"),
        UnreadColumn("(column 8, no heading)", 1, "z"),
    )


def test_times_of_two_columns_over_midnight(tmp_path: Path) -> None:
    toml = """
name = "t"
table = "log_entries"
time_zone = "America/New_York"
[columns]
vehicle = "Car"
start_at = { date = "Day", time = "Out" }
end_at = { date = "Day", time = "In", next_day = true }
"""
    data = "Car,Day,Out,In\n7,2024-03-09,23:30,04:00\n7,2024-03-10,02:30,04:00\n7,2024-11-03,0130,0400\n"
    reading = read_pool(tmp_path, data, with_mappings(toml))
    assert told(reading.rows[1:]) == (
        "line 2: log_entries: vehicle 7, start_at 2024-03-10T04:30:00+00:00, "
        "end_at 2024-03-10T08:00:00+00:00, day 2024-03-09\n"
        "line 3: set aside: expected in column 'Day' and 'Out' (start_at): a local time that existed in "
        "America/New_York; found 2024-03-10 02:30 in America/New_York, which the clocks skipped\n"
        "line 4: set aside: expected in column 'Day' and 'Out' (start_at): a local time that occurred once "
        "in America/New_York; found 2024-11-03 01:30 in America/New_York, which the clocks showed twice"
    )
    strict = read_pool(tmp_path, data, with_mappings(toml.replace(", next_day = true", "")))
    assert "end_at not before start_at" in set_aside(strict)[0].expected


# ---------------------------------------------------------------- dates in both orders


def _dates(*texts: str) -> str:
    return HEAD + "".join(f"{text},7,1,,\n" for text in texts)


def test_the_order_of_dates_is_found_or_asked_for(tmp_path: Path) -> None:
    found = read_pool(tmp_path, _dates("03/04/2024", "03/25/2024"))
    assert [str(r.values["day"]) for r in records(found)] == ["2024-03-04", "2024-03-25"]
    for dates in (("03/04/2024", "05/06/2024"), ("03/25/2024", "25/03/2024")):
        with pytest.raises(InputRefusedError, match="date_order"):
            read_pool(tmp_path, _dates(*dates))


def test_a_stated_order_wins_and_sets_aside_what_contradicts_it(tmp_path: Path) -> None:
    data = _dates("03/04/2024", "25/03/2024", "03/25/2024")
    reading = read_pool(tmp_path, data, with_mappings(POOL, date_order="dmy"))
    assert [str(r.values["day"]) for r in records(reading)] == ["2024-04-03", "2024-03-25"]
    assert set_aside(reading)[0].found == "'03/25/2024'"
    in_file = POOL.replace("[columns]", 'date_order = "mdy"\n[columns]')
    reading = read_pool(tmp_path, data, with_mappings(in_file, date_order="dmy"))
    assert [str(r.values["day"]) for r in records(reading)] == ["2024-03-04", "2024-03-25"]


# ---------------------------------------------------------------- delimiters, encodings, damage


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    data = (HEAD + "2024-01-31,7,1,,x\n").replace(",", delimiter)
    assert len(records(read_pool(tmp_path, data))) == 1


def test_headings_are_found_under_a_title_and_without_regard_to_case_and_space(tmp_path: Path) -> None:
    data = 'Motor pool,,,,\n\n DATE ,uNit,Hours,Fee,"Pur\npose"\n2024-01-31,7,1,,x\n'
    context = with_mappings(POOL.replace('"Purpose"', '"Pur pose"'))
    assert len(records(read_pool(tmp_path, data, context))) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_encoding_is_found(tmp_path: Path, encoding: str) -> None:
    reading = read_pool(tmp_path, (HEAD + "2024-01-31,7,1,,Café – €5\n").encode(encoding))
    assert records(reading)[0].values["stated_purpose"] == "Café – €5"


def test_of_mixed_encodings_the_rows_that_cannot_be_read_are_set_aside(tmp_path: Path) -> None:
    data = HEAD.encode() + "2024-01-31,7,1,,Café\n".encode() + "2024-02-01,7,1,,Café\n".encode("cp1252")
    reading = read_pool(tmp_path, data + b"2024-02-02,7,1,,a\x00b\n")
    assert [r.values["stated_purpose"] for r in records(reading)] == ["Café"]
    assert [(row.raw, row.found) for row in set_aside(reading)] == [
        (r"2024-02-01,7,1,,Caf\xe9", "bytes of another encoding in this row"),
        ("2024-02-02,7,1,,a␀b", "a NUL character"),
    ]


def test_a_gzipped_table_is_read_and_a_cut_one_refused(tmp_path: Path) -> None:
    packed = gzip.compress(_dates(*(f"2024-01-{day:02d}" for day in range(1, 32))).encode())
    assert len(records(read_pool(tmp_path, packed, name="pool.csv.gz"))) == 31
    with pytest.raises(InputRefusedError, match="a whole gzip file"):
        read_pool(tmp_path, packed[:-12], name="pool.csv.gz")


def test_a_quote_that_never_closes_is_named_by_its_line(tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match=r"pool\.csv, line 3"):
        read_pool(tmp_path, HEAD + '2024-01-31,7,1,,x\n2024-02-01,7,1,,"x\n2024-02-02,7,1,,x\n')


def test_a_heading_that_is_read_and_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match="the heading 'date' once"):
        read_pool(tmp_path, "Date,Unit,Hours,Fee,Purpose,date\n2024-01-31,7,1,,,2024-02-01\n")


# ---------------------------------------------------------------- which mapping


def test_the_mapping_that_names_most_headings_reads_and_a_tie_is_refused(tmp_path: Path) -> None:
    less = POOL.replace('"pool"', '"less"').replace('stated_purpose = "Purpose"\n', "")
    source = exhibit(tmp_path, "pool.csv", _dates("2024-01-31"))
    more = mapped_table.read(source, with_mappings(less, POOL))
    assert "stated_purpose" in records(more)[0].values
    tied = with_mappings(POOL, POOL.replace('"pool"', '"other"'))
    assert mapped_table.recognizes(source, tied)
    with pytest.raises(InputRefusedError, match="other and pool"):
        mapped_table.read(source, tied)
    elsewhere = POOL.replace('"pool"', '"other"').replace("[columns]", 'files = ["x*.csv"]\n[columns]')
    assert records(mapped_table.read(source, with_mappings(POOL, elsewhere)))


def test_of_two_mappings_of_one_name_the_later_counts(tmp_path: Path) -> None:
    own = POOL.replace('currency = "USD"', 'currency = "NZD"')
    reading = read_pool(tmp_path, _dates("2024-01-31"), with_mappings(POOL, own))
    assert records(reading)[0].values["currency"] == "NZD"


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("x.csv", b"Datum;Auto\n1;2\n", "'Datum', 'Auto', which no mapping names"),
        ("x.csv", b"Date,Unit,Hours,Fee\n1,2,3,4\n", "mapping pool comes near, but there is no purpose"),
        ("x.csv", b"a^b\n1^2\n", "only one column"),
        ("x.xls", b"<!DOCTYPE HTML><html>no</html>", "a web page"),
        ("x.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old binary .xls"),
        ("x.xlsx", b"PK\x03\x04" + bytes(600), "damaged zip file"),
        ("x.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("x.csv", b"", "an empty file"),
        ("x.csv", b"%PDF-1.7", "neither text nor"),
        ("x.md", b"a,b\n", None),
    ],
)
def test_why_a_table_is_not_read(tmp_path: Path, name: str, data: bytes, expected: str | None) -> None:
    source, context = exhibit(tmp_path, name, data), with_mappings(POOL)
    assert not mapped_table.recognizes(source, context)
    assert not plain_table.recognizes(source, context)
    why = mapped_table.why_unreadable(source, context)
    assert (why is None) if expected is None else (why is not None and expected in why[1])


def test_an_error_page_saved_as_xls_is_told_for_what_it_is(shared: Path) -> None:
    why = mapped_table.why_unreadable(
        shared_exhibit(shared / "data" / "new_zealand" / "2009-Q4.xls"), NEW_YORK
    )
    assert why is not None
    assert "web page" in why[1]


# ---------------------------------------------------------------- the book's own headings


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("expenses.csv", "expenses"),
        ("folder/2024_expenses.csv", "expenses"),
        ("log_entries-2024.CSV", "log_entries"),
        ("expenses.csv.gz", "expenses"),
        ("expensesheet.csv", None),
        ("expenses.pdf", None),
    ],
)
def test_a_file_is_named_after_its_table(tmp_path: Path, name: str, table: str | None) -> None:
    found = plain_table.named_tables(exhibit(tmp_path, name, "x"))
    assert [t.name for t in found] == ([] if table is None else [table])


def test_a_plain_table_is_read_and_unknown_headings_are_listed(tmp_path: Path) -> None:
    data = (
        "source_key,day,amount,currency,person,record_id,mood\n"
        'V1,2024-01-31,"1,400.00",USD,Protectee One,r1,good\n'
        "V2,2024-02-31,1,USD,,,\n"
    )
    source = exhibit(tmp_path, "expenses.csv", data)
    assert plain_table.recognizes(source, NEW_YORK)
    reading = plain_table.read(source, NEW_YORK)
    assert conserved(reading)
    assert told(reading.rows) == (
        "line 1: not a record: the heading line\n"
        "line 2: expenses: source_key V1, day 2024-01-31, amount 1400.00, currency USD, "
        "person Protectee One\n"
        "line 3: set aside: expected in column 'day' (day): a date as year-month-day; "
        "found '2024-02-31'"
    )
    assert [column.name for column in reading.unread] == ["record_id", "mood"]


def test_times_of_a_plain_table_are_local_or_carry_an_offset(tmp_path: Path) -> None:
    data = "day,start_at,vehicle\n2024-07-01,2024-07-01 12:00,7\n,2024-07-01T12:00Z,7\n,2024-03-10 02:30,7\n"
    reading = plain_table.read(exhibit(tmp_path, "log_entries.csv", data), NEW_YORK)
    assert told(reading.rows[1:3]) == (
        "line 2: log_entries: day 2024-07-01, start_at 2024-07-01T16:00:00+00:00, vehicle 7\n"
        "line 3: log_entries: day 2024-07-01, start_at 2024-07-01T12:00:00+00:00, vehicle 7"
    )
    assert "skipped" in set_aside(reading)[0].found


def test_other_headings_under_a_tables_name_are_left_to_a_mapping(tmp_path: Path) -> None:
    source = exhibit(tmp_path, "expenses.csv", "Datum,Betrag,person\n1,2,3\n")
    assert not plain_table.recognizes(source, NEW_YORK)
    with pytest.raises(InputRefusedError, match="its column names as headings"):
        plain_table.read(source, NEW_YORK)
    own = exhibit(tmp_path, "log_entries.csv", "day,vehicle\n2024-01-31,7\n")
    toml = 'name = "m"\ntable = "log_entries"\n[columns]\nday = "day"\n'
    assert not plain_table.recognizes(own, with_mappings(toml))
    assert mapped_table.recognizes(own, with_mappings(toml))


# ---------------------------------------------------------------- nothing is lost


@given(st.text(alphabet='a,"\n\r;\x00é ', max_size=60), st.sampled_from([",", ";"]))
def test_rows_are_counted_as_the_parser_finds_them(text: str, delimiter: str) -> None:
    assert count_rows(text, delimiter) == len(list(split_rows(text, delimiter)))


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8")), min_size=2, max_size=4)))
def test_what_a_csv_writer_wrote_is_read_back(table: list[list[str]]) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(table)
    found = [list(row.cells) for row in split_rows(stream.getvalue(), ",")]
    assert found == [[cell.replace("\x00", "\N{SYMBOL FOR NULL}") for cell in row] for row in table]


@given(st.binary(max_size=200))
def test_any_bytes_decode_or_are_refused(data: bytes) -> None:
    with suppress(InputRefusedError):
        assert len(decode(data, None, "x")) <= len(data)


_PLAIN = "day,vehicle,hours,start_at,invoiced\n" + "".join(
    f'2024-01-{n:02d},"Car, {n}",{n / 2},2024-01-{n:02d} 09:00,"$1,{n:03d}.00"\n' for n in range(1, 13)
)


@settings(deadline=None)
@given(corruptions(_PLAIN.encode()))
def test_a_corrupted_table_loses_no_row(data: bytes) -> None:
    toml = 'name = "m"\ntable = "log_entries"\n[columns]\n' + "".join(
        f'{field} = "{field}"\n' for field in ("day", "vehicle", "hours", "start_at", "invoiced")
    )
    with tempfile.TemporaryDirectory() as folder:
        source = exhibit(Path(folder), "log_entries.csv", data)
        for reader, context in ((plain_table.READER, NEW_YORK), (mapped_table.READER, with_mappings(toml))):
            reader.recognizes(source, context)
            mapped_table.why_unreadable(source, context)
            with suppress(InputRefusedError):
                assert conserved(reader.read(source, context))
