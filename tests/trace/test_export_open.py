"""The files of legs open elsewhere: GeoParquet 1.1 (geoparquet.org) and GPX 1.1 (topografix.com/GPX/1/1)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import duckdb
import pytest
import shapely
from click.testing import CliRunner

from tests.trace.legs_run import write_fixes
from tests.trace.test_clean import T0, drive, parked
from wardbook.cli import main

ORDER = {
    "gpx": ("metadata", "wpt", "rte", "trk", "extensions"),
    "trk": ("name", "cmt", "desc", "src", "link", "number", "type", "extensions", "trkseg"),
    "trkseg": ("trkpt", "extensions"),
    "trkpt": (
        *("ele", "time", "magvar", "geoidheight", "name", "cmt", "desc", "src", "link", "sym", "type", "fix"),
        *("sat", "hdop", "vdop", "pdop", "ageofdgpsdata", "dgpsid", "extensions"),
    ),
    "name": (),
    "time": (),
}
"""The children of each element in the order that the schema of GPX 1.1 asks for."""

MANY = {"gpx": ("wpt", "rte", "trk"), "trk": ("link", "trkseg"), "trkseg": ("trkpt",)}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A drive, an hour without a report in which the vehicle moved 20 km, and a stay."""
    end = drive()[-1]
    rows = [
        *parked(T0 - 3_000, 41_300_000),
        *drive(),
        *parked(end[1] + 60, end[2], 6),
        *parked(end[1] + 6_000, end[2] + 180_000),
    ]
    path = tmp_path / "fixes.parquet"
    write_fixes(rows, path)
    return path


def written(table: Path, out: Path) -> Path:
    done = CliRunner().invoke(main, ["trace", str(table), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "unobserved moves: 1" in done.output
    return out


def test_geoparquet_says_what_its_specification_asks(table: Path, tmp_path: Path) -> None:
    out = written(table, tmp_path / "legs.parquet")
    with duckdb.connect() as engine:
        ((value,),) = engine.execute(
            f"SELECT decode(value) FROM parquet_kv_metadata('{out}') WHERE decode(key) = 'geo'"
        ).fetchall()
        ((kind, repetition),) = engine.execute(
            f"SELECT type, repetition_type FROM parquet_schema('{out}') WHERE name = 'geometry'"
        ).fetchall()
    geo = json.loads(value)
    assert geo["version"] == "1.1.0"
    (name,) = geo["columns"]
    assert geo["primary_column"] == name == "geometry"
    column = geo["columns"][name]
    assert column["encoding"] == "WKB"
    assert "crs" not in column  # then it is OGC:CRS84: longitude before latitude
    assert kind == "BYTE_ARRAY"
    assert repetition in ("REQUIRED", "OPTIONAL")  # never a list


def test_every_geometry_is_a_line_of_the_type_that_is_said(table: Path, tmp_path: Path) -> None:
    out = written(table, tmp_path / "legs.parquet")
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        found = engine.execute(f"SELECT kind, geometry FROM '{out}' ORDER BY leg").fetchall()
    shapes = {kind: shapely.from_wkb(bytes(geometry)) for kind, geometry in found}
    assert sorted(shapes) == ["leg", "unobserved"]
    assert {shape.geom_type for shape in shapes.values()} == {"LineString"}
    assert all(shape.is_valid for shape in shapes.values())
    assert shapes["leg"].coords[0] == (-72.9, 41.3)


def test_gpx_has_its_elements_in_the_order_of_the_schema(table: Path, tmp_path: Path) -> None:
    root = ET.parse(written(table, tmp_path / "legs.gpx")).getroot()
    assert (root.get("version"), bool(root.get("creator"))) == ("1.1", True)
    for element in root.iter():
        assert element.tag.startswith("{http://www.topografix.com/GPX/1/1}")
        name = element.tag.split("}")[1]
        children = [child.tag.split("}")[1] for child in element]
        assert children == sorted(children, key=ORDER[name].index)
        for child in set(children):
            assert children.count(child) == 1 or child in MANY[name]


def test_every_point_of_gpx_has_a_position_and_a_moment_in_utc(table: Path, tmp_path: Path) -> None:
    root = ET.parse(written(table, tmp_path / "legs.gpx")).getroot()
    points = list(root.iter("{http://www.topografix.com/GPX/1/1}trkpt"))
    assert points
    for point in points:
        assert set(point.attrib) == {"lat", "lon"}
        assert -90 <= float(point.attrib["lat"]) <= 90
        assert -180 <= float(point.attrib["lon"]) < 180
        (time,) = point
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", str(time.text))
