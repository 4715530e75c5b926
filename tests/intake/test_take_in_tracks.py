"""Tracks and anchors in the book: every position a row, every track named by its fixes."""

from __future__ import annotations

import csv
import gzip
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from tests.intake.test_golden import GOLDEN
from wardbook.intake.take_in import take_in
from wardbook.records.book import Book
from wardbook.records.engine import Engine
from wardbook.records.schema import FIXES, Table
from wardbook.records.settings import Settings

GPX = """<gpx><trk><name>100% "Car" 7</name><trkseg>
<trkpt lat="40.7128" lon="-74.0060"><time>2024-03-04T14:00:00Z</time></trkpt>
<trkpt lat="0" lon="0"><time>2024-03-04T14:00:10Z</time></trkpt>
<trkpt lat="40.7130" lon="-74.0062"><time>2024-03-04T14:00:20.25Z</time><speed>3</speed></trkpt>
<trkpt lat="40.7131" lon="-74.0063"><time>2024-03-05T14:00:20Z</time></trkpt>
</trkseg></trk></gpx>
"""


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book.create(tmp_path / "case.book", Settings(time_zone="America/New_York"))


def source(tmp_path: Path, **files: str) -> Path:
    folder = tmp_path / "box"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, "utf-8")
    return folder


def query(book: Book, text: str) -> list[tuple[object, ...]]:
    with Engine() as engine:
        book.relations(engine)
        return engine.rows(text)


def test_a_fix_is_a_row_and_names_its_track(book: Book, tmp_path: Path) -> None:
    (report,) = take_in(book, [source(tmp_path, track_gpx=GPX)]).exhibits
    assert (report.reader, report.held, report.records, report.set_aside) == ("gpx", 4, 3, 1)
    tracks = query(book, "SELECT record_id, vehicle, CAST(day AS VARCHAR), fixes FROM tracks ORDER BY day")
    first, second = tracks
    assert first[1:] == ('100% "Car" 7', "2024-03-04", 2)
    assert second[1:] == ('100% "Car" 7', "2024-03-05", 1)
    fixes = query(
        book,
        'SELECT track_id, vehicle, line, position, CAST("at" AS VARCHAR), lat_e6, lon_e6, speed_mm_s,'
        " ignition FROM fixes ORDER BY line",
    )
    assert fixes == [
        (first[0], '100% "Car" 7', 2, 1, "2024-03-04 14:00:00+00", 40_712_800, -74_006_000, None, None),
        (first[0], '100% "Car" 7', 4, 2, "2024-03-04 14:00:20.25+00", 40_713_000, -74_006_200, 3000, None),
        (second[0], '100% "Car" 7', 5, 1, "2024-03-05 14:00:20+00", 40_713_100, -74_006_300, None, None),
    ]
    sources = query(book, "SELECT line, fate, raw_text FROM source_rows ORDER BY line")
    assert sources == [
        (n, "set aside" if n == 3 else "record", line.strip())
        for n, line in enumerate(GPX.splitlines()[1:5], 2)
    ]
    joined = "SELECT count(*) FROM fixes JOIN source_rows USING (record_id, exhibit, line)"
    assert query(book, joined) == [(3,)]


def test_a_file_on_one_line_has_a_record_id_for_each_point(book: Book, tmp_path: Path) -> None:
    points = "".join(f'<trkpt lat="{n % 3}" lon="{n % 2}"/>' for n in range(6000))
    take_in(book, [source(tmp_path, x_gpx=f"<gpx><trk><trkseg>{points}</trkseg></trk></gpx>")])
    ((rows, ids, aside),) = query(
        book,
        "SELECT count(*), count(DISTINCT record_id), count(*) FILTER (fate = 'set aside') FROM source_rows",
    )
    assert (rows, ids, aside) == (6000, 6000, 1000)


def test_the_same_tracks_twice_change_nothing(book: Book, tmp_path: Path) -> None:
    folder = source(tmp_path, track_gpx=GPX)
    take_in(book, [folder])
    take_in(book, [folder])
    assert query(book, "SELECT count(*) FROM fixes") == [(3,)]


def test_every_golden_file_in_one_book(book: Book, tmp_path: Path) -> None:
    folder = tmp_path / "golden"
    shutil.copytree(GOLDEN, folder, ignore=shutil.ignore_patterns("*.told"))
    report = take_in(book, [folder])
    read = {one.name: one for one in report.exhibits if one.reader not in (None, "wardbook configuration")}
    assert len(read) == len([p for p in folder.glob("*/*") if p.suffix != ".toml"])
    for one in read.values():
        assert one.held == one.records + one.set_aside + one.not_a_record
    held = sum(one.held for one in report.exhibits if one.refusal is None)
    assert query(book, "SELECT count(*) FROM source_rows WHERE fate != 'set aside' OR line IS NOT NULL") == [
        (held,)
    ]
    lost = "SELECT count(*) FROM fixes WHERE track_id NOT IN (SELECT record_id FROM tracks)"
    assert query(book, lost) == [(0,)]
    counted = "(SELECT count(*) FROM fixes f WHERE f.track_id = t.record_id)"
    assert query(book, f"SELECT count(*) FROM tracks t WHERE fixes != {counted}") == [(0,)]
    assert query(book, "SELECT DISTINCT vendor FROM vendor_trips ORDER BY 1") == [
        ("geotab",),
        ("samsara",),
        ("traccar",),
    ]


def test_a_sheet_of_positions_keeps_its_page(book: Book, tmp_path: Path) -> None:
    from openpyxl import Workbook

    workbook = Workbook()
    workbook.active.append(["t", "lat", "lon"])  # type: ignore[union-attr]
    workbook.active.append([1709560800, 40.7128, -74.006])  # type: ignore[union-attr]
    folder = source(
        tmp_path,
        p_mapping_toml='name = "p"\ntable = "fixes"\n[columns]\nat = { column = "t", unit = "since 1970" }\n'
        'lat_e6 = { column = "lat", unit = "deg" }\nlon_e6 = { column = "lon", unit = "deg" }\n',
    )
    workbook.save(folder / "Phone A.xlsx")
    take_in(book, [folder])
    assert query(book, 'SELECT vehicle, page, line, lat_e6, epoch("at") FROM fixes') == [
        ("Phone A", 1, 2, 40_712_800, 1709560800.0)
    ]


def test_a_book_from_before_a_column_was_added_is_still_read(tmp_path: Path) -> None:
    old = Table(FIXES.name, FIXES.one_row, FIXES.columns[:11])
    with Engine() as engine:
        engine.load(old, [{"record_id": "a", "lat_e6": 1}])
        engine.write_parquet("SELECT * FROM fixes", tmp_path / "old.parquet")
        engine.load(FIXES, [{"record_id": "b", "speed_mm_s": 5}])
        engine.write_parquet("SELECT * FROM fixes", tmp_path / "new.parquet")
        engine.define("DROP TABLE fixes")
        engine.view_parquet(FIXES, [tmp_path / "old.parquet"])
        assert engine.rows("SELECT record_id, lat_e6, speed_mm_s FROM fixes") == [("a", 1, None)]
        engine.view_parquet(FIXES, [tmp_path / "old.parquet", tmp_path / "new.parquet"])
        assert engine.rows("SELECT record_id, speed_mm_s, ignition FROM fixes ORDER BY 1") == [
            ("a", None, None),
            ("b", 5, None),
        ]


def test_fuel_cards_of_a_real_city(tmp_path: Path, shared: Path) -> None:
    path = shared / "data" / "urbana_fuel_cards" / "fuel_card_export.first_1000.csv"
    book = Book.create(tmp_path / "city.book", Settings(time_zone="America/Chicago"))
    (report,) = take_in(book, [path]).exhibits
    assert (report.reader, report.held, report.records) == ("fuel-card", 1001, 998)
    assert (report.set_aside, report.not_a_record, report.unread_columns) == (2, 1, 51)
    with path.open(encoding="utf-8", newline="") as stream:
        rows = dict(enumerate(csv.DictReader(stream), 2))
    found = query(
        book,
        "SELECT line, source_key, vehicle, amount, quantity, volume_ml, claimed_distance_m "
        "FROM fuel_purchases",
    )
    aside = query(book, "SELECT line, found FROM set_aside")
    assert {line for line, *_ in found} | {line for line, _ in aside} == set(rows)
    assert {str(why) for _, why in aside} == {
        "2017-11-05 01:34 in America/Chicago, which the clocks showed twice",
        "2017-11-05 01:43 in America/Chicago, which the clocks showed twice",
    }
    for line, key, vehicle, amount, quantity, volume, distance in found:
        row = rows[int(str(line))]
        assert (key, vehicle) == (row["Transaction Id"], row["Vehicle ID"])
        assert amount == Decimal(row["Net Cost"])
        assert quantity == Decimal(row["Units"])
        gallons = row["Unit of Measure"] == "GA"
        assert volume == (round(Decimal(row["Units"]) * Decimal("3785.411784")) if gallons else None)
        assert distance == round(Decimal(row["Distance Driven"]) * Decimal("1609.344"))


def test_a_packed_track_is_read_like_its_text(book: Book, tmp_path: Path) -> None:
    folder = source(tmp_path)
    (folder / "a.gpx.gz").write_bytes(gzip.compress(GPX.encode()))
    (report,) = take_in(book, [folder]).exhibits
    assert (report.reader, report.records) == ("gpx", 3)
