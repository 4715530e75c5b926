"""A TopoJSON topology as lines with a shape on each side.

Method: TopoJSON specification 1.0, sections 2.1.2 (transform), 2.1.4 (arcs) and 2.2 (geometries). Points are
``(x, y)`` in millionths of a degree counted from 180° W and 90° S, so that they are never negative. Shapes
are numbered from 1; 0 is outside of all.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

TURN = 360_000_000
"""Once around the Earth, millionths of a degree."""

Point = tuple[int, int]


@dataclass(frozen=True)
class Shape:
    """One geometry of the topology: its id (None where it has none), its name, its polygons.

    A polygon is its rings, the outer first; a ring is places of arcs, ``~place`` for an arc run backward.
    """

    id: str | None
    name: str
    polygons: tuple[tuple[tuple[int, ...], ...], ...]


@dataclass(frozen=True)
class Topology:
    """Arcs, and the shapes made of them."""

    arcs: tuple[tuple[Point, ...], ...]
    shapes: tuple[Shape, ...]


@dataclass(frozen=True)
class Line:
    """A run of points with the shape on the left and on the right of it.

    A ``seam`` is no border: it says which shape begins at 180° W, one step west of the map.
    """

    points: tuple[Point, ...]
    left: int
    right: int
    seam: bool = False


def read_topology(document: Mapping[str, Any], collection: str) -> Topology:
    """The topology of one collection of a quantized TopoJSON document."""
    scale, translate = document["transform"]["scale"], document["transform"]["translate"]
    arcs = tuple(tuple(_points(arc, scale, translate)) for arc in document["arcs"])
    shapes = tuple(_shape(geometry) for geometry in document["objects"][collection]["geometries"])
    return Topology(arcs, shapes)


def lines_of(topology: Topology) -> list[Line]:
    """The arcs that bound a shape, cut at 180°, and the seam that closes shapes there.

    Raises `ValueError` where two shapes claim one side of an arc.
    """
    crossings: list[tuple[int, int, int]] = []
    lines = [
        line
        for place, sides in _sides(topology).items()
        if sides[0] != sides[1]
        for line in _cut(topology.arcs[place], sides, crossings)
    ]
    return [*lines, *_seam(crossings)]


def ring_points(topology: Topology, ring: Sequence[int]) -> list[Point]:
    """The points of a ring, first and last alike, with x running on past 180° rather than jumping back."""
    points: list[Point] = []
    for place in ring:
        arc = topology.arcs[place] if place >= 0 else topology.arcs[~place][::-1]
        points += arc[1:] if points else arc
    return _unwrapped(points)


def corners_met(line: Line, cell: int) -> list[Point]:
    """The corners of a grid of ``cell`` (first at 0, 0) that a line passes through exactly."""
    return [] if line.seam else [corner for a, b in pairwise(line.points) for corner in _met(a, b, cell)]


# ---------------------------------------------------------------- reading


def _points(
    arc: Iterable[Sequence[int]], scale: Sequence[float], translate: Sequence[float]
) -> Iterator[Point]:
    x = y = 0
    last = None
    for step in arc:
        x, y = x + step[0], y + step[1]
        lon, lat = x * scale[0] + translate[0], y * scale[1] + translate[1]
        point = round(lon * 1_000_000) + TURN // 2, round(lat * 1_000_000) + TURN // 4
        if point != last:
            yield point
        last = point


def _shape(geometry: Mapping[str, Any]) -> Shape:
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    rings = tuple(tuple(tuple(ring) for ring in polygon) for polygon in polygons)
    return Shape(geometry.get("id"), geometry["properties"]["name"], rings)


# ---------------------------------------------------------------- sides


def _sides(topology: Topology) -> dict[int, tuple[int, int]]:
    """The shapes on the left and on the right of each arc, by its place.

    A ring has its shape on the right (outer rings run clockwise, holes the other way). Simplification leaves
    spikes that a ring runs along and back: what stands on both sides of an arc is no side of it.
    """
    left: dict[int, Counter[int]] = defaultdict(Counter)
    right: dict[int, Counter[int]] = defaultdict(Counter)
    for number, shape in enumerate(topology.shapes, start=1):
        for ring in (ring for polygon in shape.polygons for ring in polygon):
            for place in ring:
                if place >= 0:
                    right[place][number] += 1
                else:
                    left[~place][number] += 1
    places = (place for place, arc in enumerate(topology.arcs) if len(arc) > 1)
    return {place: _apart(place, left[place], right[place]) for place in places}


def _apart(place: int, left: Counter[int], right: Counter[int]) -> tuple[int, int]:
    sides = list((left - right).elements()), list((right - left).elements())
    if any(len(side) > 1 for side in sides):
        raise ValueError(f"arc {place} has more than one shape on one side: {sides}")
    return (sides[0] or [0])[0], (sides[1] or [0])[0]


def _met(a: Point, b: Point, cell: int) -> Iterator[Point]:
    (x1, y1), (x2, y2) = a, b
    if y1 == y2:
        if y1 % cell == 0:
            yield from ((x, y1) for x in _multiples(x1, x2, cell))
        return
    for y in _multiples(y1, y2, cell):
        x, rest = divmod(x1 * (y2 - y1) + (x2 - x1) * (y - y1), y2 - y1)
        if rest == 0 and x % cell == 0:
            yield x, y


def _multiples(one: int, other: int, cell: int) -> range:
    low, high = sorted((one, other))
    return range(-(-low // cell) * cell, high + 1, cell)


# ---------------------------------------------------------------- 180 degrees


def _unwrapped(points: Sequence[Point]) -> list[Point]:
    shift, last, found = 0, None, []
    for x, y in points:
        if last is not None and abs(x - last) > TURN // 2:
            shift += TURN if x < last else -TURN
        found.append((x + shift, y))
        last = x
    return found


def _cut(
    arc: Sequence[Point], sides: tuple[int, int], crossings: list[tuple[int, int, int]]
) -> Iterator[Line]:
    """The arc as lines that do not pass 180°; each pass goes into ``crossings``: y, shape above, below."""
    piece = [arc[0]]
    for (x1, y1), (x2, y2) in pairwise(arc):
        if abs(x2 - x1) > TURN // 2:
            east = x2 < x1
            edge, ahead = (TURN, x2 + TURN) if east else (0, x2 - TURN)
            y = y1 + round((y2 - y1) * (edge - x1) / (ahead - x1)) if ahead != x1 else y1
            crossings.append((y, *(sides if east else sides[::-1])))
            yield from _lines([*piece, (edge, y)], sides)
            piece = [(TURN - edge, y)]
        piece.append((x2, y2))
    yield from _lines(piece, sides)


def _lines(piece: Sequence[Point], sides: tuple[int, int]) -> Iterator[Line]:
    """A piece as lines. What runs along 180° cuts a shape: a seam in the map's west, nothing in its east."""
    run = [piece[0]]
    for a, b in pairwise(piece):
        if a == b:
            continue
        if a[0] == b[0] and a[0] in (0, TURN):
            if len(run) > 1:
                yield Line(tuple(run), *sides)
            if a[0] == 0:
                yield Line(((-1, a[1]), (-1, b[1])), *sides, seam=True)
            run = [b]
        else:
            run.append(b)
    if len(run) > 1:
        yield Line(tuple(run), *sides)


def _seam(crossings: Iterable[tuple[int, int, int]]) -> Iterator[Line]:
    ordered = sorted(crossings)
    if ordered and ordered[0][2]:
        yield Line(((-1, 0), (-1, ordered[0][0])), 0, ordered[0][2], seam=True)
    for (low, above, _), (high, _, below) in pairwise(ordered):
        if low != high and above != below:
            raise ValueError(f"at 180° shape {above} becomes {below} without a line, above y = {low}")
        if low != high and above:
            yield Line(((-1, low), (-1, high)), 0, above, seam=True)
