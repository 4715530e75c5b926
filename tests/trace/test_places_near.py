"""Positions at places of a list, and against a plain search."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardbook.records.engine import Engine
from wardbook.records.schema import PLACES
from wardbook.trace.gazetteer import distance_m
from wardbook.trace.places_near import PLACES_NEAR, Unusable, name_places, read_outline
from wardbook.trace.places_near_airports import AIRPORT_LABELS, label_airports

from .test_regions import SPOTS

Spots = dict[str, tuple[float | None, float | None]]

CITY_HALL = {
    "record_id": "p1",
    "name": "City Hall",
    "kind": "office",
    "lat_e6": 40_712_700,
    "lon_e6": -74_006_000,
}
RESIDENCE = {
    "record_id": "p2",
    "name": "Residence",
    "kind": "residence",
    "lat_e6": 40_776_000,
    "lon_e6": -73_943_000,
    "radius_m": 80,
}
GREEN = {
    "record_id": "p3",
    "name": "Town Green",
    "kind": "other",
    "outline": "POLYGON ((-74.1 40.7, -74.0 40.7, -74.0 40.8, -74.1 40.8, -74.1 40.7),"
    " (-74.06 40.74, -74.04 40.74, -74.04 40.76, -74.06 40.76, -74.06 40.74))",
}


def near(
    places: list[dict[str, Any]], spots: Spots
) -> tuple[dict[str, dict[str, Any]], tuple[Unusable, ...]]:
    rows = (
        {
            "position_id": name,
            **{
                column: None if value is None else round(value * 1e6)
                for column, value in zip(("lat_e6", "lon_e6"), spot, strict=True)
            },
        }
        for name, spot in spots.items()
    )
    with Engine() as engine:
        engine.load(SPOTS, rows)
        engine.load(PLACES, places)
        unusable = name_places(engine, "spots")
        return {row["position_id"]: row for row in engine.dicts("SELECT * FROM places_near")}, unusable


def test_a_circle_its_radius_and_the_reason() -> None:
    rows, _ = near(
        [CITY_HALL, RESIDENCE],
        {
            "steps": (40.71280, -74.00600),
            "far": (40.71500, -74.00600),
            "home": (40.77665, -73.943),
            "none": (None, 0.0),
        },
    )
    assert (rows["steps"]["place_id"], rows["steps"]["place"], rows["steps"]["metres"]) == (
        "p1",
        "City Hall",
        11,
    )
    assert rows["steps"]["basis"] == "the book's list of places: 11 m from it, at most 150 m"
    assert (rows["home"]["kind"], rows["home"]["metres"], rows["home"]["radius_m"]) == ("residence", 72, 80)
    for name in ("far", "none"):
        assert (rows[name]["place"], rows[name]["basis"]) == (
            None,
            "the book's list of places: none is that near",
        )
    assert tuple(rows["steps"]) == ("position_id", *PLACES_NEAR.names)


def test_an_outline_with_a_hole_and_a_margin() -> None:
    spots: Spots = {"in": (40.71, -74.05), "in the hole": (40.75, -74.05), "out": (40.7, -74.1004)}
    rows, _ = near([GREEN], spots)
    assert [rows[name]["place"] for name in spots] == ["Town Green", None, None]
    assert (rows["in"]["metres"], rows["in"]["basis"]) == (0, "the book's list of places: inside its outline")
    rows, _ = near([GREEN | {"radius_m": 50}], spots)
    assert (rows["out"]["place"], rows["out"]["metres"]) == ("Town Green", 34)
    assert rows["out"]["basis"] == "the book's list of places: 34 m outside its outline, at most 50 m"


def test_the_nearest_wins_and_the_others_are_counted() -> None:
    other = CITY_HALL | {"record_id": "p9", "name": "Annex", "lat_e6": 40_713_200}
    rows, _ = near([CITY_HALL, other], {"a": (40.7128, -74.006)})
    assert (rows["a"]["place"], rows["a"]["areas"], rows["a"]["tied"]) == ("City Hall", 2, 1)


def test_a_tie_names_all_and_chooses_none() -> None:
    campaign = CITY_HALL | {"record_id": "p8", "name": "Campaign office", "kind": "campaign office"}
    row = near([CITY_HALL, campaign], {"a": (40.7128, -74.006)})[0]["a"]
    assert (row["place_id"], row["place"], row["kind"]) == (None, "Campaign office|City Hall", None)
    assert (row["tied"], row["basis"]) == (2, "the book's list of places: 2 of them, each 11 m away")


def test_across_180_degrees() -> None:
    house = {"record_id": "p", "name": "House", "lat_e6": -16_800_000, "lon_e6": 179_999_000, "radius_m": 500}
    assert near([house], {"a": (-16.8, -179.999)})[0]["a"]["metres"] == 213


@pytest.mark.parametrize(
    ("place", "problem"),
    [
        ({"name": None, "lat_e6": 1, "lon_e6": 1}, "it has no name"),
        ({"lat_e6": 1}, "it has neither a position nor an outline"),
        ({"lat_e6": 91_000_000, "lon_e6": 1}, "its position does not exist"),
        (
            {"lat_e6": 1, "lon_e6": 1, "radius_m": 60_000},
            "its radius of 60,000 m is not between 0 and 50,000 m",
        ),
        ({"outline": "POINT (1 1)"}, "the outline is no POLYGON or MULTIPOLYGON"),
        ({"outline": "POLYGON ((1 1, 2 2, 1 1))"}, "a ring of the outline does not end where it begins"),
        ({"outline": "POLYGON ((1 1, 2 2, 3 1, 4 4))"}, "a ring of the outline does not end where it begins"),
        ({"outline": "POLYGON ((1 1 5, 2 2 5, 3 1 5, 1 1 5))"}, "the outline has 3 numbers"),
        ({"outline": "POLYGON ((1 1, 2 99, 3 1, 1 1))"}, "the outline has a point that does not exist: 2 99"),
        ({"outline": "POLYGON ((-179 1, 179 2, 179 1, -179 1))"}, "the outline passes 180°"),
        ({"outline": "POLYGON ((1 1, 2 x, 3 1, 1 1))"}, "the outline has signs that are not numbers"),
        ({"outline": "POLYGON ((1 1, 2 -, 3 1, 1 1))"}, "the outline has a number that is none: 2 -"),
        ({"outline": "POLYGON ()"}, "the outline has no ring"),
    ],
)
def test_a_place_that_cannot_be_compared_is_named(place: dict[str, Any], problem: str) -> None:
    rows, unusable = near([{"record_id": "p", "name": "Elm"} | place, CITY_HALL], {"a": (40.7128, -74.006)})
    assert [(found.place_id, found.problem[: len(problem)]) for found in unusable] == [("p", problem)]
    assert rows["a"]["place"] == "City Hall"


def test_several_polygons_are_one_outline() -> None:
    rings = read_outline("MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5)))")
    assert [ring[0] for ring in rings] == [(180_000_000, 90_000_000), (185_000_000, 95_000_000)]


AREA = st.tuples(st.integers(-300, 300), st.integers(-300, 300), st.integers(0, 3_000))


@settings(max_examples=25, deadline=None)
@given(st.lists(AREA, min_size=1, max_size=6), st.lists(st.tuples(*[st.integers(-400, 400)] * 2), min_size=1))
def test_the_nearest_of_a_plain_search(
    areas: list[tuple[int, int, int]], spots: list[tuple[int, int]]
) -> None:
    """On a plane and on a sphere a length differs by 1 m at most here."""
    places: list[dict[str, Any]] = [
        {
            "record_id": str(n),
            "name": str(n),
            "radius_m": radius,
            "lat_e6": 40_000_000 + lat * 100,
            "lon_e6": lon * 100,
        }
        for n, (lat, lon, radius) in enumerate(areas)
    ]
    rows, _ = near(places, {str(n): (40 + lat / 1e4, lon / 1e4) for n, (lat, lon) in enumerate(spots)})
    for n, (lat, lon) in enumerate(spots):
        at = (40_000_000 + lat * 100, lon * 100)
        lengths = {p["record_id"]: distance_m(*at, p["lat_e6"], p["lon_e6"]) for p in places}
        row = rows[str(n)]
        sure = [
            m
            for p, (_, _, radius) in zip(places, areas, strict=True)
            if (m := lengths[p["record_id"]]) < radius
        ]
        possible = [
            m
            for p, (_, _, radius) in zip(places, areas, strict=True)
            if (m := lengths[p["record_id"]]) <= radius + 1
        ]
        if row["metres"] is None:
            assert not sure
            continue
        assert min(possible) - 1 <= row["metres"] <= (min(sure) + 1 if sure else max(possible) + 1)
        for name in row["place"].split("|")[:4]:
            if name != "and more":
                assert abs(lengths[name] - row["metres"]) <= 1


def test_the_nearest_airport_is_a_label() -> None:
    """And nothing where none is within reach."""
    spots = {"teb": (40.85, -74.06), "sea": (38.0, -60.0), "none": (None, None), "adak": (51.88, -176.65)}
    with Engine() as engine:
        engine.load(
            SPOTS,
            (
                {
                    "position_id": name,
                    "lat_e6": None if lat is None else round(lat * 1e6),
                    "lon_e6": None if lon is None else round(lon * 1e6),
                }
                for name, (lat, lon) in spots.items()
            ),
        )
        label_airports(engine, "spots")
        rows = {row["position_id"]: row for row in engine.dicts("SELECT * FROM airport_labels")}
    assert rows["teb"]["label"] == "near Teterboro Airport (TEB), Teterboro, 0 km"
    assert rows["adak"]["airport"] == "ADK"
    assert (rows["sea"]["label"], rows["none"]["label"]) == (None, None)
    assert tuple(rows["teb"]) == ("position_id", *AIRPORT_LABELS.names)
