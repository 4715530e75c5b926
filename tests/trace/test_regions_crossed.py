"""Borders along tracks whose way is known."""

from __future__ import annotations

from typing import Literal

import pytest

from wardbook.records.engine import Engine
from wardbook.records.schema import TEXT, WHOLE, Column, Table
from wardbook.trace.gazetteer import distance_m
from wardbook.trace.regions import locate
from wardbook.trace.regions_crossed import _ACROSS_THE_US_BORDER, CROSSINGS, crossings
from wardbook.trace.shapes.held import view_shapes

FIXES = Table(
    "points",
    "one position of a track",
    (
        Column("track_id", TEXT, "the track"),
        Column("position", WHOLE, "order"),
        Column("position_id", TEXT, "its name"),
        Column("lat_e6", WHOLE, "latitude"),
        Column("lon_e6", WHOLE, "longitude"),
    ),
)

Crossing = tuple[str, str, str, str, str, int]

CITY_HALL, TUNNEL, JERSEY_CITY, NEWARK = (
    (40.7127, -74.0059),
    (40.7275, -74.0211),
    (40.7282, -74.0776),
    (40.73, -74.17),
)
PHILADELPHIA, WASHINGTON = (39.95, -75.16), (38.9, -77.03)
BUFFALO, PEACE_BRIDGE, ONTARIO = (42.9, -78.84), (42.9, -78.92), (42.92, -78.99)
YALE, AT_SEA = (41.3163, -72.9223), (40.2, -73.5)


def crossed(
    *way: tuple[float, float], level: Literal["region", "county", "country"] = "region", longest: int = 20_000
) -> list[Crossing]:
    rows = (
        {
            "track_id": "t",
            "position": n,
            "position_id": f"t{n}",
            "lat_e6": round(a * 1e6),
            "lon_e6": round(b * 1e6),
        }
        for n, (a, b) in reversed(list(enumerate(way)))
    )
    with Engine() as engine:
        engine.load(FIXES, rows)
        locate(engine, "points")
        crossings(engine, "points", level=level, longest_hop_m=longest)
        return engine.rows(
            "SELECT from_name, to_name, kind, from_key, to_key, unsure_between FROM crossings ORDER BY number"
        )


def test_a_crossing_lies_between_the_last_and_the_first_sure_fix() -> None:
    assert crossed(CITY_HALL, TUNNEL, JERSEY_CITY, NEWARK) == [("NY", "NJ", "crossed", "t0", "t2", 1)]


def test_counties_and_countries() -> None:
    assert crossed(CITY_HALL, TUNNEL, JERSEY_CITY, NEWARK, level="county") == [
        ("36061", "34017", "crossed", "t0", "t2", 1),
        ("34017", "34013", "crossed", "t2", "t3", 0),
    ]
    assert crossed(CITY_HALL, NEWARK, level="country") == []
    assert crossed(BUFFALO, PEACE_BRIDGE, ONTARIO, level="country") == [
        ("US", "CA", "crossed", "t0", "t2", 1)
    ]


def test_a_state_and_a_country() -> None:
    assert crossed(BUFFALO, PEACE_BRIDGE, ONTARIO) == [("NY", "country CA", "crossed", "t0", "t2", 1)]


def test_what_a_hop_jumps_over_is_not_made_up() -> None:
    """Philadelphia to Washington passes Delaware or Maryland; no fix says which."""
    assert crossed(PHILADELPHIA, WASHINGTON) == [("PA", "DC", "jumped", "t0", "t1", 0)]


def test_a_long_hop_between_neighbors_may_touch_a_third() -> None:
    """City Hall to Philadelphia: New York and Pennsylvania touch, the way is through New Jersey."""
    assert crossed(CITY_HALL, PHILADELPHIA) == [("NY", "PA", "unobserved", "t0", "t1", 0)]
    assert crossed(CITY_HALL, PHILADELPHIA, longest=200_000) == [("NY", "PA", "crossed", "t0", "t1", 0)]


def test_there_and_back_and_along_the_line() -> None:
    assert crossed(CITY_HALL, NEWARK, CITY_HALL) == [
        ("NY", "NJ", "crossed", "t0", "t1", 0),
        ("NJ", "NY", "crossed", "t1", "t2", 0),
    ]
    assert crossed(CITY_HALL, TUNNEL, CITY_HALL) == []
    assert crossed(CITY_HALL, TUNNEL) == []


def test_at_sea() -> None:
    assert crossed(CITY_HALL, AT_SEA, YALE) == [
        ("NY", "outside", "shore", "t0", "t1", 0),
        ("outside", "CT", "shore", "t1", "t2", 0),
    ]


def test_columns_and_tracks_apart() -> None:
    with Engine() as engine:
        engine.load(
            FIXES,
            (
                {"track_id": t, "position": n, "position_id": f"{t}{n}", "lat_e6": lat, "lon_e6": lon}
                for t, spots in {"a": [CITY_HALL], "b": [NEWARK], "c": [CITY_HALL, NEWARK]}.items()
                for n, (lat, lon) in enumerate((round(a * 1e6), round(b * 1e6)) for a, b in spots)
            ),
        )
        locate(engine, "points")
        crossings(engine, "points")
        (row,) = engine.dicts("SELECT * FROM crossings")
    assert tuple(row) == ("track_id", *CROSSINGS.names)
    assert (row["track_id"], row["number"], row["metres"]) == (
        "c",
        1,
        distance_m(40_712_700, -74_005_900, 40_730_000, -74_170_000),
    )


@pytest.mark.parametrize("country", _ACROSS_THE_US_BORDER)
def test_states_said_to_border_a_country_lie_near_it(country: str) -> None:
    """Within 80 km of its shape on this map, if only across a lake."""
    with Engine() as engine:
        view_shapes(engine)
        found = engine.rows(
            "WITH corners AS (SELECT DISTINCT s.layer, x // 300000 AS x, y // 240000 AS y, region "
            "FROM shape_points JOIN shape_regions s ON s.code IN (left_code, right_code) WHERE NOT seam) "
            "SELECT DISTINCT a.region FROM corners a JOIN corners b ON a.layer = 1 AND b.layer = 2 "
            f"AND b.region = '{country}' AND abs(a.x - b.x) <= 3 AND abs(a.y - b.y) <= 3"
        )
    assert set(_ACROSS_THE_US_BORDER[country]) <= {state for (state,) in found}
