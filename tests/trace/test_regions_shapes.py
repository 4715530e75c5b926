"""The shapes that ship, and how a topology becomes lines with a shape on each side."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from importlib import resources
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import pytest

from wardbook.records.engine import Engine
from wardbook.records.states import STATES
from wardbook.trace.grid import CELL
from wardbook.trace.shapes import make
from wardbook.trace.shapes.held import made, packages, view_shapes
from wardbook.trace.shapes.topology import Line, Shape, corners_met, lines_of, read_topology

TWO_SQUARES = {
    "transform": {"scale": [1, 1], "translate": [0, 0]},
    "objects": {
        "squares": {
            "geometries": [
                {"type": "Polygon", "id": "54001", "properties": {"name": "Elm"}, "arcs": [[0, 1]]},
                {
                    "type": "MultiPolygon",
                    "id": "54003",
                    "properties": {"name": "Millbrook"},
                    "arcs": [[[-1, 2]]],
                },
            ]
        }
    },
    "arcs": [[[1, 0], [0, 0], [0, 1]], [[1, 1], [-1, 0], [0, -1], [1, 0]], [[1, 0], [1, 0], [0, 1], [-1, 0]]],
}
"""Two squares of one degree with the side from (1, 0) to (1, 1) in common; the first is run backward."""


def _reversed_second() -> dict[str, Any]:
    """The same with both rings clockwise, as the packages have them: the first down the common side."""
    document = json.loads(json.dumps(TWO_SQUARES))
    elm, millbrook = document["objects"]["squares"]["geometries"]
    elm["arcs"], millbrook["arcs"] = [[-2, -1]], [[[0, -3]]]
    return dict(document)


def test_each_line_has_a_shape_on_each_side() -> None:
    west, south, east, north = 180_000_000, 90_000_000, 181_000_000, 91_000_000
    lines = lines_of(read_topology(_reversed_second(), "squares"))
    common = next(line for line in lines if line.left and line.right)
    assert common == Line(((east, south), (east, north)), left=1, right=2)
    outer = [line for line in lines if 0 in (line.left, line.right)]
    assert {(line.left, line.right) for line in outer} == {(1, 0), (2, 0)}
    assert (west, south) in next(line.points for line in outer if line.left == 1)


def test_a_spike_that_a_ring_runs_along_and_back_is_no_line() -> None:
    document = _reversed_second()
    document["arcs"].append([[0, 1], [-1, 1]])
    document["objects"]["squares"]["geometries"][0]["arcs"] = [[-2, -1], [3, -4]]
    assert lines_of(read_topology(document, "squares")) == lines_of(
        read_topology(_reversed_second(), "squares")
    )


def test_two_shapes_on_one_side_are_refused() -> None:
    document = _reversed_second()
    document["objects"]["squares"]["geometries"][1]["arcs"] = [[[-2, -1]]]
    with pytest.raises(ValueError, match="more than one shape on one side"):
        lines_of(read_topology(document, "squares"))


def test_a_shape_across_180_degrees_is_cut_and_begins_at_the_seam() -> None:
    """From 179 E to 179 W, clockwise: north, east across 180, south, west across 180."""
    document = {
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "objects": {
            "o": {"geometries": [{"type": "Polygon", "properties": {"name": "Fiji"}, "arcs": [[0]]}]}
        },
        "arcs": [[[179, -20], [0, 4], [-358, 0], [0, -4], [358, 0]]],
    }
    lines = lines_of(read_topology(document, "o"))
    seams = [line for line in lines if line.seam]
    assert seams == [Line(((-1, 70_000_000), (-1, 74_000_000)), left=0, right=1, seam=True)]
    xs = {x for line in lines if not line.seam for x, _ in line.points}
    assert xs == {359_000_000, 360_000_000, 0, 1_000_000}


def test_a_cut_along_180_degrees_is_no_border() -> None:
    """The same, as two squares that end at 180."""
    document = {
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "objects": {
            "o": {
                "geometries": [
                    {"type": "MultiPolygon", "properties": {"name": "Fiji"}, "arcs": [[[0]], [[1]]]}
                ]
            }
        },
        "arcs": [
            [[179, -20], [0, 4], [1, 0], [0, -4], [-1, 0]],
            [[-180, -20], [0, 4], [1, 0], [0, -4], [-1, 0]],
        ],
    }
    lines = lines_of(read_topology(document, "o"))
    assert [line for line in lines if line.seam] == [
        Line(((-1, 70_000_000), (-1, 74_000_000)), left=0, right=1, seam=True)
    ]
    assert not [
        line
        for line in lines
        for a, b in zip(line.points, line.points[1:], strict=False)
        if a[0] == b[0] and a[0] in (0, 360_000_000)
    ]


@pytest.mark.parametrize(
    ("points", "met"),
    [
        (((0, 1), (10, 11)), []),
        (((0, 0), (10, 10)), [(0, 0), (5, 5), (10, 10)]),
        (((1, 5), (11, 5)), [(5, 5), (10, 5)]),
        (((5, 11), (5, 4)), [(5, 5), (5, 10)]),
        (((4, 0), (7, 15)), [(5, 5)]),
        (((1, 4), (11, 4)), []),
    ],
)
def test_corners_that_a_line_passes_through(points: Any, met: list[tuple[int, int]]) -> None:
    assert corners_met(Line(points, 1, 2), 5) == met
    assert corners_met(Line(points, 1, 2, seam=True), 5) == []


def test_sums_of_two_codes_are_all_different() -> None:
    codes = [0, *make.codes(60)]
    sums = [a + b for a, b in combinations_with_replacement(codes, 2)]
    assert len(set(sums)) == len(sums)


def test_countries_are_named_as_regions_are() -> None:
    counties = [Shape("54001", "Elm", ()), Shape("72127", "San Juan", ())]
    countries = [
        Shape("124", "Canada", ()),
        Shape("840", "United States of America", ()),
        Shape("316", "Guam", ()),
        Shape(None, "Kosovo", ()),
        Shape(None, "N. Cyprus", ()),
    ]
    found = make.regions_of(counties, countries, {"124": "CA", "840": "US", "316": "GU"})
    assert [(region.region, region.country, region.county) for region in found] == [
        ("WV", "US", "54001"),
        ("PR", "US", "72127"),
        ("country CA", "CA", None),
        ("US", "US", None),
        ("US", "US", None),
        ("XK", "XK", None),
        ("N. Cyprus", "N. Cyprus", None),
    ]


def _package(folder: Path, name: str, held: dict[str, Any]) -> Path:
    path = folder / f"{name}.tgz"
    about = {"package.json": {"name": name, "version": "1.0.0", "license": "ISC"}}
    with tarfile.open(path, "w:gz") as archive:
        for file, document in (about | held).items():
            data = json.dumps(document).encode()
            entry = tarfile.TarInfo(f"package/{file}")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return path


def test_making_them_writes_two_tables_and_their_digests(tmp_path: Path) -> None:
    squares = _reversed_second()
    squares["transform"]["translate"] = [0.0123, 0.0123]
    us = _package(
        tmp_path,
        "us",
        {"counties-10m.json": squares | {"objects": {"counties": squares["objects"]["squares"]}}},
    )
    countries = json.loads(json.dumps(squares["objects"]["squares"]))
    for geometry, number in zip(countries["geometries"], ("124", "484"), strict=True):
        geometry["id"] = number
    world = _package(
        tmp_path, "world", {"countries-50m.json": squares | {"objects": {"countries": countries}}}
    )
    iso = _package(tmp_path, "iso", {"codes.json": [["CA", "CAN", "124", ""], ["MX", "MEX", "484", ""]]})
    source = make.make(us, world, iso, tmp_path)
    assert [package["name"] for package in source["packages"]] == ["us", "world", "iso"]
    assert (
        source["made"]["lines.parquet"]
        == hashlib.sha256((tmp_path / "lines.parquet").read_bytes()).hexdigest()
    )
    with Engine() as engine:
        engine.define(f"CREATE VIEW made AS SELECT * FROM read_parquet('{tmp_path}/regions.parquet')")
        assert engine.rows("SELECT layer, region, county FROM made ORDER BY code") == [
            (1, "WV", "54001"),
            (1, "WV", "54003"),
            (2, "country CA", None),
            (2, "MX", None),
        ]


def test_a_line_through_a_corner_of_the_grid_is_refused(tmp_path: Path) -> None:
    squares = _reversed_second()
    us = _package(
        tmp_path,
        "us",
        {"counties-10m.json": squares | {"objects": {"counties": squares["objects"]["squares"]}}},
    )
    world = _package(
        tmp_path, "world", {"countries-50m.json": squares | {"objects": {"countries": {"geometries": []}}}}
    )
    iso = _package(tmp_path, "iso", {"codes.json": []})
    with pytest.raises(ValueError, match="passes through corners of the grid"):
        make.make(us, world, iso, tmp_path)


def test_what_ships_is_what_was_made() -> None:
    folder = resources.files("wardbook.trace.shapes")
    for name, digest in made().items():
        assert hashlib.sha256(folder.joinpath(name).read_bytes()).hexdigest() == digest
    assert [(package.name, package.version, package.license) for package in packages()] == [
        ("us-atlas", "3.0.1", "ISC"),
        ("world-atlas", "2.0.2", "ISC"),
        ("i18n-iso-countries", "7.14.0", "MIT"),
    ]
    assert "Michael Bostock" in folder.joinpath("LICENSE").read_text("utf-8")


def test_every_state_and_the_grid() -> None:
    with Engine() as engine:
        view_shapes(engine)
        states = {
            state for (state,) in engine.rows("SELECT DISTINCT region FROM shape_regions WHERE layer = 1")
        }
        assert states == {*STATES.values(), "AS", "GU", "MP", "VI"}
        assert engine.rows("SELECT layer, count(*) FROM shape_regions GROUP BY 1 ORDER BY 1") == [
            (1, 3231),
            (2, 241),
        ]
        assert (
            engine.one("SELECT count(*) FROM shape_regions WHERE county NOT LIKE '_____' OR name IS NULL")
            == 0
        )
    step = resources.files("wardbook.trace").joinpath("regions_codes.sql").read_text("utf-8")
    assert f"y // {CELL} * 7200 + x // {CELL}" in step
