"""Lines on a drawing: fewer points for the same look, and SVG path text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import hypot

Pixel = tuple[float, float]


def thinned(points: Sequence[Pixel], apart: float) -> list[Pixel]:
    """The points without those that lie nearer than ``apart`` to the line drawn without them.

    Method: Douglas and Peucker, "Algorithms for the reduction of the number of points required to represent
    a digitized line or its caricature", Cartographica 10 (1973).
    """
    keep = {0, len(points) - 1}
    open_spans = [(0, len(points) - 1)]
    while open_spans:
        first, last = open_spans.pop()
        if last - first < 2:
            continue
        far, where = max((off(points[i], points[first], points[last]), -i) for i in range(first + 1, last))
        if far > apart:
            keep.add(-where)
            open_spans += [(first, -where), (-where, last)]
    return [points[i] for i in sorted(keep)]


def off(point: Pixel, start: Pixel, end: Pixel) -> float:
    """The distance of a point to the stretch between two others."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = dx * dx + dy * dy
    share = 0.0
    if length:
        share = ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / length
        share = min(max(share, 0.0), 1.0)
    return hypot(point[0] - start[0] - share * dx, point[1] - start[1] - share * dy)


def along(points: Sequence[Pixel], step: float) -> list[Pixel]:
    """The points, and between those that lie farther apart others at most ``step`` apart."""
    found = list(points[:1])
    for (x1, y1), (x2, y2) in pairwise(points):
        parts = max(int(hypot(x2 - x1, y2 - y1) // step) + 1, 1)
        found += [(x1 + (x2 - x1) * i / parts, y1 + (y2 - y1) * i / parts) for i in range(1, parts + 1)]
    return found


def way(points: Iterable[Pixel]) -> str:
    """Points as SVG path text, to a tenth of a pixel."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
