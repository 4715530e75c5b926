"""Positions named from the book's own list of places: residence, city hall, campaign office.

A place is a circle (a point and a radius) or an outline. A position takes the name of the nearest place whose
area holds it; places equally near are all named, and none of them is chosen.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from wardbook.records.engine import Engine
from wardbook.records.schema import TEXT, WHOLE, Column, Table
from wardbook.trace.grid import METRES_SQL, name_sql, placed_sql, run_step

RADIUS_M = 150
"""Radius of a place for which the list gives neither radius nor outline."""

LARGEST_RADIUS_M = 50_000

_HALF_TURN, _QUARTER_TURN = 180_000_000, 90_000_000
_METRES = float(METRES_SQL)

PLACES_NEAR = Table(
    "places_near",
    "one position and the place it is at; its first column is the position's key, by its own name",
    (
        Column("place_id", TEXT, "the place (record_id); NULL for none and for a tie"),
        Column("place", TEXT, "its name; names joined by | for a tie; NULL for none"),
        Column("kind", TEXT, "its kind; NULL for a tie of different kinds"),
        Column("metres", WHOLE, "to the point of a circle; to an outline, 0 inside of it"),
        Column("radius_m", WHOLE, "the radius it was measured against; of a tie the largest"),
        Column("tied", WHOLE, "places that are equally near, to the metre: 1 for no tie"),
        Column("areas", WHOLE, "places whose area holds the position, near and far"),
        Column("basis", TEXT, "why, in words"),
    ),
)


@dataclass(frozen=True)
class Area:
    """One place on the map: ``x`` and ``y`` as in `grid`, rings of its outline (none for a circle)."""

    place_id: str
    name: str
    kind: str | None
    x: int
    y: int
    radius_m: int
    rings: tuple[tuple[tuple[int, int], ...], ...] = ()


@dataclass(frozen=True)
class Unusable:
    """A place of the list that positions cannot be compared with, and what is wrong with it."""

    place_id: str
    name: str
    problem: str


def name_places(
    engine: Engine,
    relation: str,
    *,
    key: str = "position_id",
    lat: str = "lat_e6",
    lon: str = "lon_e6",
    out: str = "places_near",
) -> tuple[Unusable, ...]:
    """Make relation ``out`` (`PLACES_NEAR`, after ``key``) from ``relation`` and ``places``: one row a row.

    Returns the places that were left out. ``key`` has no value twice and no NULL; ``out`` is a plain name.
    """
    found = engine.dicts(
        "SELECT record_id, name, kind, lat_e6, lon_e6, radius_m, outline FROM places ORDER BY record_id"
    )
    areas, unusable = read_areas(found)
    names = {part: name_sql(f"{out}_{part}") for part in ("areas", "sides", "cells", "pairs")}
    load_areas(engine, areas, f"{out}_areas", f"{out}_sides")
    run_step(engine, "places_near_cells", f"{out}_cells", **names)
    placed = placed_sql(relation, key, lat, lon)
    run_step(engine, "places_near_pairs", f"{out}_pairs", placed=placed, metres=METRES_SQL, **names)
    run_step(engine, "places_near", out, key=name_sql(key), relation=name_sql(relation), **names)
    return unusable


def read_areas(rows: Iterable[Mapping[str, Any]]) -> tuple[tuple[Area, ...], tuple[Unusable, ...]]:
    """The areas of rows of ``places``, and the rows that give none."""
    areas: list[Area] = []
    unusable: list[Unusable] = []
    for row in rows:
        found = _area(row)
        if isinstance(found, Area):
            areas.append(found)
        else:
            unusable.append(Unusable(row["record_id"], row["name"] or "", found))
    return tuple(areas), tuple(unusable)


def read_outline(text: str) -> tuple[tuple[tuple[int, int], ...], ...]:
    """The rings of a WKT POLYGON or MULTIPOLYGON in degrees, longitude first, as ``(x, y)`` of `grid`.

    What lies in an odd number of rings lies in the outline. Raises `ValueError` with what is wrong.
    """
    whole = re.fullmatch(r"\s*(MULTI)?POLYGON\s*(\(.*\))\s*", text, re.IGNORECASE | re.DOTALL)
    if whole is None:
        raise ValueError("the outline is no POLYGON or MULTIPOLYGON")
    if not re.fullmatch(r"[-+0-9.eE,\s()]+", whole[2]) or whole[2].count("(") != whole[2].count(")"):
        raise ValueError("the outline has signs that are not numbers, commas and pairs of parentheses")
    rings = tuple(
        tuple(_point(pair) for pair in ring.split(",")) for ring in re.findall(r"\(([^()]+)\)", whole[2])
    )
    if not rings:
        raise ValueError("the outline has no ring")
    for ring in rings:
        if len(ring) < 4 or ring[0] != ring[-1]:
            raise ValueError(
                "a ring of the outline does not end where it begins, or has fewer than 3 corners"
            )
    xs = [x for ring in rings for x, _ in ring]
    if max(xs) - min(xs) > _HALF_TURN:
        raise ValueError("the outline passes 180°")
    return rings


def load_areas(engine: Engine, areas: Sequence[Area], name: str, sides: str) -> None:
    """Make relation ``name``, one row an area with its box, and ``sides``, one row a side of an outline."""
    engine.load(Table(name, "one place and its box", _AREA_COLUMNS), map(_area_row, areas))
    rows = (
        {"place_id": area.place_id, "x1": x1, "y1": y1, "x2": x2, "y2": y2}
        for area in areas
        for ring in area.rings
        for (x1, y1), (x2, y2) in pairwise(ring)
        if (x1, y1) != (x2, y2)
    )
    engine.load(Table(sides, "one side of an outline", _SIDE_COLUMNS), rows)


_AREA_COLUMNS = tuple(
    Column(name, TEXT if name in {"place_id", "name", "kind"} else WHOLE, "")
    for name in (
        *("place_id", "name", "kind", "x", "y", "radius_m", "sides", "kx_e9"),
        *("west", "east", "south", "north"),
    )
)
_SIDE_COLUMNS = tuple(
    Column(name, TEXT if name == "place_id" else WHOLE, "") for name in ("place_id", "x1", "y1", "x2", "y2")
)


def _area_row(area: Area) -> dict[str, Any]:
    """An area with its box; ``kx_e9`` is a degree of longitude there over one of latitude, times 10^9."""
    shrink = max(0.01, math.cos(math.radians((area.y - _QUARTER_TURN) / 1e6)))
    xs, ys = zip(*([point for ring in area.rings for point in ring] or [(area.x, area.y)]), strict=True)
    reach_y = math.ceil((area.radius_m + 1) / _METRES)
    reach_x = math.ceil(reach_y / shrink * 1.02)
    columns = {name: getattr(area, name) for name in ("place_id", "name", "kind", "x", "y", "radius_m")}
    return columns | {
        "sides": sum(len(ring) - 1 for ring in area.rings),
        "kx_e9": round(shrink * 1e9),
        "west": min(xs) - reach_x,
        "east": max(xs) + reach_x,
        "south": max(0, min(ys) - reach_y),
        "north": min(_HALF_TURN, max(ys) + reach_y),
    }


def _area(row: Mapping[str, Any]) -> Area | str:
    """The area of a row of ``places``, or why it has none."""
    radius = row["radius_m"]
    if not row["name"]:
        return "it has no name"
    if radius is not None and not 0 <= radius <= LARGEST_RADIUS_M:
        return f"its radius of {radius:,} m is not between 0 and {LARGEST_RADIUS_M:,} m"
    if row["outline"]:
        try:
            rings = read_outline(row["outline"])
        except ValueError as problem:
            return str(problem)
        xs, ys = zip(*(point for ring in rings for point in ring), strict=True)
        x, y = (min(xs) + max(xs)) // 2, (min(ys) + max(ys)) // 2
        return Area(row["record_id"], row["name"], row["kind"], x, y, radius or 0, rings)
    lat, lon = row["lat_e6"], row["lon_e6"]
    if lat is None or lon is None:
        return "it has neither a position nor an outline"
    if abs(lat) > _QUARTER_TURN or abs(lon) > _HALF_TURN:
        return "its position does not exist"
    x, y = (lon + _HALF_TURN) % (2 * _HALF_TURN), lat + _QUARTER_TURN
    return Area(row["record_id"], row["name"], row["kind"], x, y, RADIUS_M if radius is None else radius)


def _point(pair: str) -> tuple[int, int]:
    numbers = pair.split()
    if len(numbers) != 2:
        raise ValueError(f"the outline has {len(numbers)} numbers where longitude and latitude are expected")
    try:
        lon, lat = (round(float(number) * 1_000_000) for number in numbers)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"the outline has a number that is none: {pair.strip()}") from error
    if abs(lat) > _QUARTER_TURN or abs(lon) > _HALF_TURN:
        raise ValueError(f"the outline has a point that does not exist: {pair.strip()}")
    return lon + _HALF_TURN, lat + _QUARTER_TURN
