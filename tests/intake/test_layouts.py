from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.table_exhibits import NEW_YORK, exhibit, records, told, with_mappings
from wardbook.errors import InputRefusedError
from wardbook.intake import fuel_cards, mapped_table, toll_statements, vendor_trips
from wardbook.intake.geojson_tracks import is_geojson
from wardbook.intake.layouts import Layout
from wardbook.intake.readers import recognizing, why_unreadable

BUSINESS = "Lane Txn ID,Tag/Plate #,Agency,Entry Plaza,Exit Plaza,Class,Date,Exit Time,Amount\n"


def amounts(folder: Path, signed: list[int]) -> list[object]:
    rows = "".join(
        f"{n},ABC1,NYSTA,,RKB,1,12/{n % 28 + 1}/2025,01:00 PM,{'-' if c < 0 else ''}${abs(c)}.00\n"
        for n, c in enumerate(signed)
    )
    source = exhibit(folder, "tolls.csv", BUSINESS + rows)
    return [row.values["amount"] for row in records(toll_statements.READER.read(source, NEW_YORK))]


@settings(deadline=None)
@given(charges=st.lists(st.integers(1, 99), min_size=2, max_size=9), refund=st.integers(1, 99))
def test_charges_are_positive_whatever_their_sign(
    tmp_path_factory: pytest.TempPathFactory, charges: list[int], refund: int
) -> None:
    folder = tmp_path_factory.getbasetemp()
    wanted = [Decimal(c) for c in charges] + [Decimal(-refund)]
    assert amounts(folder, [*charges, -refund]) == wanted
    assert amounts(folder, [*(-c for c in charges), refund]) == wanted


def test_where_a_statement_leaves_the_sign_open_the_layout_says(tmp_path: Path) -> None:
    assert amounts(tmp_path, [-5, 5]) == [Decimal(5), Decimal(-5)]


def test_a_mapping_of_the_user_goes_first(tmp_path: Path) -> None:
    mine = 'name = "mine"\ntable = "toll_passes"\n[columns]\nvehicle = "Tag/Plate #"\n'
    source = exhibit(tmp_path, "tolls.csv", BUSINESS + "1,ABC1,NYSTA,,RKB,1,12/1/2025,01:00 PM,$1\n")
    assert recognizing(source, NEW_YORK) == (toll_statements.READER,)
    assert recognizing(source, with_mappings(mine)) == (mapped_table.READER,)


@pytest.mark.parametrize(
    "layouts", [toll_statements.LAYOUTS, fuel_cards.LAYOUTS, vendor_trips.LAYOUTS], ids=lambda x: x[0].table
)
def test_a_layout_with_all_its_columns_is_told_from_the_others(
    tmp_path: Path, layouts: tuple[Layout, ...]
) -> None:
    for layout in layouts:
        header = sorted({*layout.tells, *_headings(layout.columns)})
        source = exhibit(tmp_path, "x.csv", ",".join(f'"{h}"' for h in header) + "\n")
        (reader,) = recognizing(source, NEW_YORK)
        assert told(reader.read(source, NEW_YORK).rows) == "line 1: not a record: the heading line"


def _headings(given: object) -> set[str]:
    if isinstance(given, str):
        return {given}
    if isinstance(given, list):
        return set().union(*map(_headings, given))
    assert isinstance(given, dict)
    keys = {"column", "columns", "date", "time"}
    inner = [v for k, v in given.items() if k in keys] if keys & set(given) else list(given.values())
    return set().union(*map(_headings, inner))


def test_another_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match="ezpass-ny"):
        toll_statements.READER.read(exhibit(tmp_path, "x.csv", "a,b\n1,2\n"), NEW_YORK)


# ---------------------------------------------------------------- lists of objects

VISITS = """
name = "visits"
table = "places"

[columns]
name = "site.name"
lat_e6 = { column = "at.y", unit = "deg" }
"""


def test_a_list_of_objects_is_a_table(tmp_path: Path) -> None:
    objects = [
        {"site": {"name": "City hall"}, "at": {"y": 40.7128}},
        {"site": {"name": "Depot"}, "tags": ["a", "b"]},
        {"site": {"name": None}, "at": {"y": 1}},
        None,
    ]
    for data in (objects, {"n": 4, "visits": objects}):
        source = exhibit(tmp_path, "visits.json", json.dumps(data))
        known = with_mappings(VISITS)
        assert recognizing(source, known) == (mapped_table.READER,)
        reading = mapped_table.READER.read(source, known)
        assert reading.held == reading.read == 4
        assert told(reading.rows) == (
            "line 1: places: name City hall, lat_e6 40712800\n"
            "line 2: places: name Depot\n"
            "line 3: set aside: expected in column 'site.name' (name): a value; found an empty cell\n"
            "line 4: set aside: expected an object {...}; found another value"
        )
        assert [(c.name, c.sample) for c in reading.unread] == [("tags", '["a","b"]')]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": [{"b": 1}], "c": [{"d": 1}]}', "a list of objects, [{...}, ...] or {name: [{...}, ...]}"),
        ("[1, 2]", "a list of objects, [{...}, ...] or {name: [{...}, ...]}"),
        ('[{"b": 1}, ', "JSON to the end of the file"),
        ('[{"b": 1}]', "a table whose headings are known"),
        ('[{"b": Infinity}]', "numbers"),
    ],
)
def test_json_that_no_one_reads_says_why(tmp_path: Path, text: str, expected: str) -> None:
    source = exhibit(tmp_path, "x.json", text)
    assert recognizing(source, NEW_YORK) == ()
    assert why_unreadable(source, NEW_YORK)[0] == expected


def test_a_point_inside_a_record_makes_no_geojson(tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [-74, 40]}
    source = exhibit(tmp_path, "x.json", json.dumps({"trips": [{"start": point}]}))
    assert not is_geojson(source)
    assert is_geojson(exhibit(tmp_path, "y.json", json.dumps(point)))


def test_the_page_s_table_of_a_phone_is_read(tmp_path: Path, root: Path) -> None:
    page = (root / "docs" / "how-to" / "map-a-table.md").read_text("utf-8")
    blocks = dict(re.findall(r"```\w+ title=(.+?)\n(.*?)```", page, re.DOTALL))
    known = with_mappings(blocks["phone.mapping.toml"])
    source = exhibit(tmp_path, "Phone A.csv", blocks["Phone A.csv"])
    assert recognizing(source, known) == (mapped_table.READER,)
    reading = mapped_table.READER.read(source, known)
    (track,) = reading.fixes
    assert (track.track["vehicle"], list(track.lines)) == ("Phone A", [2])
    assert told(reading.rows) == (
        "line 1: not a record: the heading line\n"
        "line 3: set aside: expected a position; "
        "found latitude 0 and longitude 0, which a receiver writes when it has none\n"
        "line 4: set aside: expected latitude, then longitude, of a place in reach; "
        "found -74.0062 and 40.713, which the other way round lie near the book's time zone"
    )
