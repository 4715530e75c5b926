"""State and county lines of the shapes that ship, as they cross one map, and names between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from wardbook.records.engine import Engine
from wardbook.report.day_lines import Pixel, thinned, way
from wardbook.report.projection import Extent
from wardbook.report.vehicle_day_rows import query

At = Callable[[float, float], Pixel]
"""Latitude and longitude in degrees to pixels."""

_SCANS = 9
_THIN = 0.5
_FAR = 8.0


@dataclass(frozen=True)
class Piece:
    """One piece of a line, in pixels, and what lies left and right of its way: region and county."""

    line: tuple[int, int]
    step: int
    start: Pixel
    end: Pixel
    left: tuple[str | None, str | None]
    right: tuple[str | None, str | None]

    @property
    def of_region(self) -> bool:
        """Whether a state, country or coast begins here, not only a county."""
        return self.left[0] != self.right[0]


@dataclass(frozen=True)
class Between:
    """A stretch between two lines: its middle and width in pixels, and the name of what lies there."""

    name: str
    x: float
    y: float
    width: float


def border_pieces(engine: Engine, extent: Extent, at: At) -> tuple[Piece, ...]:
    """The pieces of lines that pass a span, from ``shape_points`` and ``shape_regions``."""
    box = [extent.west + 180, extent.south + 90, extent.east + 180, extent.north + 90]
    rows = engine.rows(query("borders"), [round(side * 1e6) for side in box])
    return tuple(
        Piece(
            (layer, line),
            step,
            at(y / 1e6 - 90, x / 1e6 - 180),
            at(y2 / 1e6 - 90, x2 / 1e6 - 180),
            (left_region, left_name),
            (right_region, right_name),
        )
        for layer, line, step, x, y, x2, y2, left_region, right_region, left_name, right_name in rows
    )


def border_path(pieces: Sequence[Piece]) -> str:
    """Pieces as SVG path text, joined where one follows the other, without points that cannot be seen."""
    runs: list[list[Pixel]] = []
    last: Piece | None = None
    for piece in pieces:
        if last is None or (piece.line, piece.step) != (last.line, last.step + 1):
            runs.append([piece.start])
        runs[-1].append(piece.end)
        last = piece
    return "".join(way(thinned(run, _THIN)) for run in runs)


def regions_between(pieces: Sequence[Piece], width: float, height: float) -> tuple[Between, ...]:
    """The widest stretch of each state or country on a few level lines across the view; widest first."""
    return _between([piece for piece in pieces if piece.of_region], 0, width, height)


def counties_between(pieces: Sequence[Piece], width: float, height: float) -> tuple[Between, ...]:
    """The same of each county."""
    return _between(pieces, 1, width, height)


def name_at(engine: Engine, extent: Extent, at: At, x: float, y: float) -> str:
    """County and state, or country, at a pixel of a view that no line passes; empty where there is none.

    The nearest lines to the west and east, within `_FAR` degrees, say what lies between them.
    """
    wide = Extent(extent.south, extent.north, extent.west - _FAR, extent.east + _FAR)
    pieces = border_pieces(engine, wide, at)
    names = []
    for name, lines in ((1, pieces), (0, [piece for piece in pieces if piece.of_region])):
        sides = sorted(_crossings(lines, name, y).items())
        east = next((west_side for cross, (west_side, _) in sides if cross > x), None)
        west = next((east_side for cross, (_, east_side) in reversed(sides) if cross <= x), None)
        if east is not None and (west is None or east == west):
            names.append(east)
    return ", ".join(dict.fromkeys(names))


def _between(pieces: Sequence[Piece], name: int, width: float, height: float) -> tuple[Between, ...]:
    best: dict[str, Between] = {}
    for scan in range(_SCANS):
        y = height * (scan + 0.5) / _SCANS
        for found in _stretches(pieces, name, y, width):
            known = best.get(found.name)
            if known is None or found.width > known.width:
                best[found.name] = found
    return tuple(sorted(best.values(), key=lambda found: (-found.width, found.name)))


def _stretches(pieces: Sequence[Piece], name: int, y: float, width: float) -> Iterator[Between]:
    """What a level line at ``y`` passes between the lines it crosses."""
    crossed = _crossings(pieces, name, y)
    if not crossed:
        return
    ordered = sorted(crossed.items())
    names = [ordered[0][1][0], *(sides[1] for _, sides in ordered)]
    ends = [min(ordered[0][0], 0.0), *(x for x, _ in ordered), max(ordered[-1][0], width)]
    for (left, right), inside in zip(pairwise(ends), names, strict=True):
        left, right = max(left, 0.0), min(right, width)
        if inside and right > left:
            yield Between(inside, (left + right) / 2, y, right - left)


def _crossings(pieces: Sequence[Piece], name: int, y: float) -> dict[float, tuple[str | None, str | None]]:
    """Where a level line crosses pieces, and what lies to the west and to the east there.

    Pixels grow downward, so a piece that goes up the page has its left side to the west.
    """
    crossed = {}
    for piece in pieces:
        (x1, y1), (x2, y2) = piece.start, piece.end
        if (y1 <= y) != (y2 <= y):
            west, east = (piece.left, piece.right) if y2 < y1 else (piece.right, piece.left)
            crossed[x1 + (x2 - x1) * (y - y1) / (y2 - y1)] = (west[name], east[name])
    return crossed


def by_kind(pieces: Sequence[Piece]) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Pieces of states, countries and coasts, and those of counties alone."""
    kinds: defaultdict[bool, list[Piece]] = defaultdict(list)
    for piece in pieces:
        kinds[piece.of_region].append(piece)
    return tuple(kinds[True]), tuple(kinds[False])
