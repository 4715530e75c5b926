"""The shapes a position lies in, against shapely on more than 100,000 random positions."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator

import pytest

from wardbook.records.engine import Engine
from wardbook.trace.regions import locate
from wardbook.trace.shapes.held import US, view_shapes

from .test_regions import SPOTS

shapely = pytest.importorskip("shapely")

Point = tuple[int, int]
TURN = 360_000_000
PART = 20_000
"""Positions of each kind."""


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as opened:
        view_shapes(opened)
        yield opened


def rings_of(engine: Engine, layer: int) -> dict[int, list[list[Point]]]:
    """The rings of each shape, walked along its lines with the shape on the right; closed at 180 degrees."""
    ways: dict[int, dict[Point, list[list[Point]]]] = defaultdict(lambda: defaultdict(list))
    points: dict[int, tuple[int, int, bool, list[Point]]] = {}
    for line, x, y, left, right, seam in engine.rows(
        "SELECT line, x, y, left_code, right_code, seam FROM shape_points "
        f"WHERE layer = {layer} ORDER BY line, step"
    ):
        points.setdefault(line, (left, right, seam, []))[3].append((x, y))
    for left, right, seam, way in points.values():
        if seam:
            for edge, code in (([(0, y) for _, y in way], right), ([(TURN, y) for _, y in way[::-1]], right)):
                ways[code][edge[0]].append(edge)
            continue
        ways[right][way[0]].append(way)
        ways[left][way[-1]].append(way[::-1])
    ways.pop(0, None)
    return {code: list(_closed(starts)) for code, starts in ways.items()}


def _closed(starts: dict[Point, list[list[Point]]]) -> Iterator[list[Point]]:
    for ways in list(starts.values()):
        while ways:
            ring = list(ways.pop())
            while ring[-1] != ring[0]:
                if not starts[ring[-1]]:
                    ring.append(_along_180(ring, starts))
                else:
                    ring += starts[ring[-1]].pop()[1:]
            if len(ring) > 3:
                yield ring


def _along_180(ring: list[Point], starts: dict[Point, list[list[Point]]]) -> Point:
    """Where a ring that ends at 180 degrees E goes on: the two sides of the cut end one step apart."""
    ends = [ring[0], *(point for point, ways in starts.items() if ways)]
    return min(
        (end for end in ends if end[0] == ring[-1][0] == TURN), key=lambda end: abs(end[1] - ring[-1][1])
    )


def shapes_at(engine: Engine, layer: int, at: list[Point]) -> tuple[list[set[int]], set[int]]:
    """For each position the shapes in an odd number of whose rings it lies, and the positions on a line."""
    rings = [(code, ring) for code, found in rings_of(engine, layer).items() for ring in found]
    polygons = [shapely.Polygon(ring) for _, ring in rings]
    tree = shapely.STRtree(polygons)
    spots = shapely.points(at)
    found: list[set[int]] = [set() for _ in at]
    for spot, ring in zip(*tree.query(spots, predicate="within").tolist(), strict=True):
        found[spot] ^= {rings[ring][0]}
    lines = shapely.STRtree([shapely.LineString(ring) for _, ring in rings])
    on_line = set(lines.query(spots, predicate="intersects")[0].tolist())
    return found, on_line


def positions(engine: Engine) -> list[Point]:
    """Anywhere; near corners of counties; on lines, to metres; and around islands and 180 degrees."""
    chance = random.Random(20_261_123)
    corners = engine.rows(
        "SELECT x, y, lead(x) OVER w, lead(y) OVER w FROM shape_points WHERE NOT seam "
        "WINDOW w AS (PARTITION BY layer, line ORDER BY step) ORDER BY layer, line, step"
    )
    pieces = [row for row in corners if row[2] is not None]
    islands = engine.rows(
        "SELECT min(x), max(x), min(y), max(y) FROM shape_points WHERE NOT seam GROUP BY layer, line "
        "HAVING min(left_code) = 0 AND max(x) - min(x) < 300000 AND max(y) - min(y) < 300000 ORDER BY ALL"
    )

    def anywhere() -> Point:
        return chance.randrange(TURN), chance.randrange(TURN // 2)

    def in_the_us() -> Point:
        return chance.randrange(55_000_000, 113_000_000), chance.randrange(114_000_000, 140_000_000)

    def near_a_corner() -> Point:
        x, y, *_ = chance.choice(corners)
        return round(chance.gauss(x, 8_000)), round(chance.gauss(y, 8_000))

    def near_a_line() -> Point:
        x1, y1, x2, y2 = chance.choice(pieces)
        part = chance.random()
        return round(x1 + part * (x2 - x1) + chance.gauss(0, 30)), round(
            y1 + part * (y2 - y1) + chance.gauss(0, 30)
        )

    def at_an_island() -> Point:
        west, east, south, north = chance.choice(islands)
        return chance.randint(west - 9_000, east + 9_000), chance.randint(south - 9_000, north + 9_000)

    def at_180() -> Point:
        south, north = chance.choice(((70_000_000, 76_000_000), (153_000_000, 163_000_000), (0, 12_000_000)))
        return chance.randint(-1_000_000, 1_000_000), chance.randint(south, north)

    kinds = (anywhere, in_the_us, near_a_corner, near_a_line, at_an_island, at_180)
    drawn = (kind() for kind in kinds for _ in range(PART))
    return [(x % TURN, min(max(y, 0), TURN // 2)) for x, y in drawn]


def test_the_same_shapes_as_shapely(engine: Engine) -> None:
    """With a tolerance of nothing the answer is the shape itself, except within half a metre of a line."""
    at = positions(engine)
    assert len(at) >= 100_000
    engine.load(
        SPOTS,
        (
            {"position_id": str(n), "lat_e6": y - 90_000_000, "lon_e6": x - 180_000_000}
            for n, (x, y) in enumerate(at)
        ),
    )
    locate(engine, "spots", tolerance_m=0, country_tolerance_m=0)
    answers = engine.rows(
        "SELECT CAST(position_id AS BIGINT), counties, countries, county_line_m, region_line_m "
        "FROM located ORDER BY 1"
    )
    counties, on_county_line = shapes_at(engine, US, at)
    countries, on_country_line = shapes_at(engine, US + 1, at)
    by_code = {
        code: (county, country)
        for code, county, country in engine.rows("SELECT code, county, country FROM shape_regions")
    }
    compared = overlapping = 0
    for n, found_counties, found_countries, *lines in answers:
        if n in on_county_line or n in on_country_line or any(line is not None for line in lines):
            continue
        if len(counties[n]) > 1:
            overlapping += 1
            continue
        compared += 1
        expected = {by_code[code][0] for code in counties[n]}
        assert {found_counties} == (expected or {None}), at[n]
        country = {by_code[code][1] for code in (counties[n] or countries[n])}
        assert {found_countries} == (country or {None}), at[n]
    assert overlapping <= 10
    assert compared > 0.9 * len(at)


def test_what_overlaps_is_given_as_open(engine: Engine) -> None:
    """Three parishes of Louisiana overlap by 0.4 km2 where their lines were simplified."""
    engine.load(
        SPOTS,
        [
            {"position_id": "x", "lat_e6": y - 90_000_000, "lon_e6": x - 180_000_000}
            for x, y in _overlap(engine)
        ],
    )
    locate(engine, "spots")
    ((region, county, counties),) = engine.rows("SELECT region, county, counties FROM located")
    assert (region, county) == ("LA", None)
    assert {"22067", "22073", "22083"} >= set(counties.split("|"))
    assert len(counties.split("|")) > 1


def _overlap(engine: Engine) -> list[Point]:
    """A position in the overlap."""
    rings = rings_of(engine, US)
    codes = engine.rows("SELECT code FROM shape_regions WHERE county IN ('22073', '22083') ORDER BY county")
    ouachita, richland = (shapely.make_valid(shapely.Polygon(max(rings[code], key=len))) for (code,) in codes)
    overlap = shapely.intersection(ouachita, richland)
    largest = max(shapely.get_parts(overlap), key=lambda part: part.area)
    spot = largest.representative_point()
    return [(round(spot.x), round(spot.y))]
