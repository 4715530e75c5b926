"""Jurisdiction of places whose jurisdiction is known, and against a slow search over every line."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardbook.errors import WrongUseError
from wardbook.records.engine import Engine
from wardbook.records.schema import TEXT, WHOLE, Column, Table
from wardbook.trace.regions import LOCATED, locate
from wardbook.trace.shapes.held import view_shapes

SPOTS = Table(
    "spots",
    "one spot",
    (
        Column("position_id", TEXT, "its name"),
        Column("lat_e6", WHOLE, "latitude"),
        Column("lon_e6", WHOLE, "longitude"),
    ),
)

Spot = tuple[float | None, float | None]


def located(spots: dict[str, Spot], **options: Any) -> dict[str, dict[str, Any]]:
    rows = (
        {"position_id": name, **dict(zip(("lat_e6", "lon_e6"), map(_e6, spot), strict=True))}
        for name, spot in spots.items()
    )
    with Engine() as engine:
        engine.load(SPOTS, rows)
        locate(engine, "spots", **options)
        return {row["position_id"]: row for row in engine.dicts("SELECT * FROM located")}


def _e6(degrees: float | None) -> int | None:
    return None if degrees is None else round(degrees * 1e6)


KNOWN = """
city hall, New York         40.7127  -74.0059   NY                      36061              US
Yale                        41.3163  -72.9223   CT                      09009              US
Teterboro Airport           40.8501  -74.0608   NJ                      34003              US
the White House             38.8977  -77.0365   DC                      11001              US
Charleston                  38.3498  -81.6326   WV                      54039              US
Honolulu                    21.3000 -157.8500   HI                      15003              US
Adak                        51.8800 -176.6500   AK                      02016              US
San Juan                    18.4500  -66.0700   PR                      72127              US
Toronto                     43.6500  -79.3800   country CA              -                  CA
Tijuana                     32.5149 -117.0382   MX                      -                  MX
Paris                       48.8500    2.3500   FR                      -                  FR
Fiji, east of 180           -16.8500 -179.9500  FJ                      -                  FJ
Fiji, west of 180           -16.8000  179.9900  FJ                      -                  FJ
Chukotka                    66.5000 -179.5000   RU                      -                  RU
180 itself                  66.5000  180.0000   RU                      -                  RU
Antarctica                 -85.0000   10.0000   AQ                      -                  AQ
the Bronx near Westchester  40.9000  -73.8800   NY                      36005|36119        US
East River                  40.7061  -73.9969   NY                      36047|36061        US
Ellis Island                40.6995  -74.0396   NJ|NY, boundary         34017|36061        US
George Washington Bridge    40.8517  -73.9527   NJ|NY, boundary         34003|36061        US
Four Corners                36.9990 -109.0452   AZ|CO|NM|UT, boundary   04001|08083|35045|49037  US
Detroit, at the river       42.3293  -83.0398   MI|country CA, boundary 26163              CA|US
Upper Bay                   40.6600  -74.0400   NY, shore               36047              US
the Atlantic                38.0000  -60.0000   outside                 -                  -
"""


def _spot(line: str) -> Spot:
    return float(line[27:36]), float(line[36:46])


@pytest.fixture(scope="module")
def known() -> dict[str, dict[str, Any]]:
    return located({line[:27].strip(): _spot(line) for line in KNOWN.strip().splitlines()})


@pytest.mark.parametrize("line", KNOWN.strip().splitlines())
def test_known_places(line: str, known: dict[str, dict[str, Any]]) -> None:
    jurisdiction, counties, countries = line[48:71].strip(), line[71:].split()[0], line[71:].split()[-1]
    row = known[line[:27].strip()]
    assert row["jurisdiction"] == jurisdiction
    assert (row["counties"] or "-", row["countries"] or "-") == (counties, countries)
    sure = row["basis"] == "inside"
    assert row["region"] == (jurisdiction if sure else None)
    assert row["county"] == (counties if sure and counties.isdigit() else None)


def test_what_cannot_lie_anywhere_says_so() -> None:
    rows = located({"none": (None, None), "half": (40.0, None), "north": (90.5, 0.0), "east": (0.0, 181.0)})
    assert {row["jurisdiction"] for row in rows.values()} == {"no position"}
    assert all(row["region"] is None and row["regions"] is None for row in rows.values())


def test_every_row_names_the_shapes_and_the_columns_are_as_documented() -> None:
    row = located({"none": (None, None)})["none"]
    assert tuple(row) == ("position_id", *LOCATED.names)
    assert row["shapes"] == "us-atlas 3.0.1 (counties-10m), world-atlas 2.0.2 (countries-50m)"


def test_the_tolerance_decides_what_is_open() -> None:
    georgetown: dict[str, Spot] = {"georgetown": (38.9076, -77.0723)}
    assert located(georgetown)["georgetown"]["jurisdiction"] == "DC|VA, boundary"
    assert located(georgetown)["georgetown"]["region_line_m"] == 757
    assert located(georgetown, tolerance_m=757)["georgetown"]["jurisdiction"] == "DC|VA, boundary"
    assert located(georgetown, tolerance_m=756)["georgetown"]["jurisdiction"] == "DC"
    with pytest.raises(WrongUseError, match="expected 0 to 20,000 metres; found 20,001"):
        located(georgetown, tolerance_m=20_001)


def test_a_shore_is_not_a_jurisdiction() -> None:
    """Liberty Island is New York's; the shapes leave it out, and New Jersey is nearer."""
    island = located({"island": (40.6892, -74.0445)}, tolerance_m=1_000)["island"]
    assert (island["region"], island["regions"]) == (None, "NJ|NY")


def test_other_names_and_keys_of_a_relation() -> None:
    with Engine() as engine:
        engine.define(
            'CREATE TABLE "leg ends" AS SELECT 7 AS "n o", 40712700 AS north, -74005900 AS east, 1 AS more'
        )
        locate(engine, "leg ends", key="n o", lat="north", lon="east", out="ends")
        assert engine.rows('SELECT "n o", region, county_name FROM ends') == [(7, "NY", "New York")]


def test_a_key_that_is_none_is_refused() -> None:
    with Engine() as engine:
        engine.define(
            "CREATE TABLE spots AS SELECT 'a' AS position_id, 1 AS lat_e6, 1 AS lon_e6 FROM range(2)"
        )
        with pytest.raises(ValueError, match="more than once"):
            locate(engine, "spots")


# ---------------------------------------------------------------- a slow search over every line

_STATES = ("NY", "NJ", "CT", "PA", "DE", "MD", "MA", "RI")


Piece = tuple[int, int, int, int, str | None, str | None]
"""A piece of a line, and the county on each side."""


def _lines() -> list[Piece]:
    """The pieces of county lines of eight states, with the county on each side."""
    with Engine() as engine:
        view_shapes(engine)
        rows = engine.rows(
            "SELECT line, x, y, a.county, b.county FROM shape_points p "
            "LEFT JOIN shape_regions a ON a.code = left_code "
            "LEFT JOIN shape_regions b ON b.code = right_code "
            f"WHERE p.layer = 1 AND (a.region IN {_STATES} OR b.region IN {_STATES}) ORDER BY line, step"
        )
    return [
        (x1, y1, x2, y2, left, right)
        for (line, x1, y1, left, right), (other, x2, y2, _, _) in pairwise(rows)
        if line == other
    ]


LINES = _lines()


def _metres(x: int, y: int, line: Piece) -> float:
    """From a point to a piece of a line, on a plane that touches at the point."""
    shrink = math.cos(math.radians((y - 90_000_000) / 1e6))
    ax, ay, bx, by = (
        (v - o) * s for v, o, s in zip(line[:4], (x, y, x, y), (shrink, 1, shrink, 1), strict=True)
    )
    ux, uy = bx - ax, by - ay
    part = max(0.0, min(1.0, -(ax * ux + ay * uy) / (ux * ux + uy * uy)))
    return math.hypot(ax + part * ux, ay + part * uy) * 0.1111950802


def _near(x: int, y: int, metres: float) -> set[str]:
    return {
        county
        for line in LINES
        if min(line[0], line[2]) < x + 60_000 and x - 60_000 < max(line[0], line[2])
        if min(line[1], line[3]) < y + 60_000 and y - 60_000 < max(line[1], line[3])
        if _metres(x, y, line) <= metres
        for county in line[4:6]
        if county
    }


def _split(texts: Iterable[str | None]) -> set[str]:
    return {part for text in texts if text for part in text.split("|")}


@settings(max_examples=8, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(39.6, 42.0), st.floats(-75.5, -72.5)), min_size=30, max_size=60, unique=True
    ),
    st.sampled_from([0, 100, 1_000, 2_500]),
)
def test_the_counties_near_are_those_a_slow_search_finds(spots: list[Spot], tolerance: int) -> None:
    """Lengths differ by 0.2 % (a degree of longitude is one length in a cell) and half a metre at most."""
    for name, row in located({f"{n}": spot for n, spot in enumerate(spots)}, tolerance_m=tolerance).items():
        lat, lon = spots[int(name)]
        assert lat is not None
        assert lon is not None
        x, y = round(lon * 1e6) + 180_000_000, round(lat * 1e6) + 90_000_000
        inside = _split([row["counties"]])
        assert _near(x, y, tolerance * 0.998 - 1) <= inside
        assert len(inside - _near(x, y, tolerance * 1.002 + 1)) <= 1
