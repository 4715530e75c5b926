"""The map as shapes: everything measured here, so that the page only has to print it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from math import cos, floor, log10, radians, sqrt

import airportsdata

from wardbook.report.projection import EARTH_KM, Extent, Project, extent_of, projection_for
from wardbook.report.traffic import MapLine, MapPlace, Traffic

WIDTH = 960
_MARGIN = 46
_LABELED = 16
_LINES = 900
_STEPS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0)


@dataclass(frozen=True)
class Line:
    """A polyline: its points as SVG path text, its stroke width, a style class and a title."""

    path: str
    width: float
    style: str
    title: str


@dataclass(frozen=True)
class Dot:
    """A place: centre, radius and title, with the key of the place."""

    x: float
    y: float
    radius: float
    title: str
    key: str


@dataclass(frozen=True)
class Label:
    """A text: position, anchor (start, middle or end) and words."""

    x: float
    y: float
    anchor: str
    text: str


@dataclass(frozen=True)
class Drawing:
    """One map, ready to print: a frame of ``width`` by ``height`` and what stands in it."""

    title: str
    width: int
    height: int
    graticule: tuple[str, ...]
    degrees: tuple[Label, ...]
    backdrop: str
    lines: tuple[Line, ...]
    dots: tuple[Dot, ...]
    labels: tuple[Label, ...]
    bar: float
    bar_km: str
    lines_left_out: int


@dataclass(frozen=True)
class _Frame:
    """The plane fitted to the page: where a point of the earth stands in pixels."""

    project: Project
    scale: float
    left: float
    top: float
    height: int

    def at(self, lat: float, lon: float) -> tuple[float, float]:
        x, y = self.project(lat, lon)
        return (x - self.left) * self.scale + _MARGIN, (self.top - y) * self.scale + _MARGIN

    def shows(self, x: float, y: float, inset: float = 0) -> bool:
        return inset <= x <= WIDTH - inset and inset <= y <= self.height - inset


def drawings(found: Traffic) -> tuple[Drawing, ...]:
    """The map of all places; before it one of the home ground, where most legs lie in a small part of it."""
    if not found.places:
        return ()
    everything = extent_of((place.lat, place.lon) for place in found.places)
    home = _home(found.places)
    if _span_km(home) > 0.5 * _span_km(everything):
        return (_draw("All places", everything, found, None),)
    return (_draw("Where most legs lie", home, found, None), _draw("All places", everything, found, home))


def _home(places: Sequence[MapPlace]) -> Extent:
    """The span that holds four fifths of all ends of legs in latitude, and in longitude."""

    def middle(pairs: Iterable[tuple[float, int]]) -> tuple[float, float]:
        ordered = sorted(pairs)
        total, passed, low = sum(n for _, n in ordered), 0, ordered[0][0]
        for value, n in ordered:
            if passed <= total * 0.1:
                low = value
            passed += n
            if passed >= total * 0.9:
                return low, value
        return low, ordered[-1][0]

    south, north = middle((p.lat, p.legs) for p in places)
    west, east = middle((p.lon, p.legs) for p in places)
    return Extent(south, north, west, east)


def _span_km(extent: Extent) -> float:
    tall = radians(extent.north - extent.south) * EARTH_KM
    wide = radians(extent.east - extent.west) * EARTH_KM * cos(radians((extent.south + extent.north) / 2))
    return max(tall, wide)


def _frame(extent: Extent) -> _Frame:
    project = projection_for(extent)
    steps = [i / 12 for i in range(13)]
    edge = [
        project(
            extent.south + (extent.north - extent.south) * a, extent.west + (extent.east - extent.west) * b
        )
        for a in steps
        for b in steps
    ]
    xs, ys = [x for x, _ in edge], [y for _, y in edge]
    wide, tall = max(max(xs) - min(xs), 1e-9), max(max(ys) - min(ys), 1e-9)
    scale = min((WIDTH - 2 * _MARGIN) / wide, (600 - 2 * _MARGIN) / tall)
    height = round(min(max(tall * scale + 2 * _MARGIN, 340), 600))
    spare_x = (WIDTH - 2 * _MARGIN) / scale - wide
    spare_y = (height - 2 * _MARGIN) / scale - tall
    return _Frame(project, scale, min(xs) - spare_x / 2, max(ys) + spare_y / 2, height)


def _draw(title: str, extent: Extent, found: Traffic, crowded: Extent | None) -> Drawing:
    """One map of ``extent``; in the part ``crowded``, which has a map of its own, only one place is named."""
    extent = extent.grown(0.04, 0.03)
    frame = _frame(extent)
    around = extent.grown(1.5, 0.5)
    graticule, degrees = _graticule(frame, extent, around)
    dots = tuple(_dots(frame, found.places))
    lines = _lines(frame, found.lines)
    bar_km = _round_down(230 / frame.scale * EARTH_KM)
    bar = round(bar_km / EARTH_KM * frame.scale, 1)
    under_bar = WIDTH - bar - 80
    inside = {p.key for p in found.places if crowded is not None and crowded.holds(p.lat, p.lon)}
    return Drawing(
        title=title,
        width=WIDTH,
        height=frame.height,
        graticule=graticule,
        degrees=tuple(d for d in degrees if d.x < under_bar),
        backdrop=_backdrop(frame, around),
        lines=tuple(lines[-_LINES:]),
        dots=dots,
        labels=_labels(frame, dots, {place.key: place.name for place in found.places}, inside),
        bar=bar,
        bar_km=f"{bar_km:,.0f} km" if bar_km >= 1 else f"{bar_km * 1000:,.0f} m",
        lines_left_out=max(len(lines) - _LINES, 0),
    )


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _graticule(frame: _Frame, extent: Extent, around: Extent) -> tuple[tuple[str, ...], tuple[Label, ...]]:
    span = max(extent.north - extent.south, (extent.east - extent.west) * 0.7)
    step = next((s for s in _STEPS if span / s <= 6), _STEPS[-1])
    paths: list[str] = []
    labels: list[Label] = []
    for lat in _multiples(around.south, around.north, step):
        points = [frame.at(lat, lon) for lon in _between(around.west, around.east)]
        paths.append(_path(points))
        edge = next(((x, y) for x, y in points if frame.shows(x, y) and x >= 6), None)
        if edge is not None and edge[0] < 40:
            labels.append(Label(6, round(edge[1] - 4, 1), "start", _degrees(lat, "N", "S")))
    for lon in _multiples(around.west, around.east, step):
        points = [frame.at(lat, lon) for lat in _between(around.south, around.north)]
        paths.append(_path(points))
        edge = next(((x, y) for x, y in points if frame.shows(x, y) and y <= frame.height - 6), None)
        if edge is not None and edge[1] > frame.height - 40 and 40 < edge[0] < WIDTH - 40:
            labels.append(Label(round(edge[0] + 4, 1), frame.height - 7, "start", _degrees(lon, "E", "W")))
    return tuple(paths), tuple(labels)


def _multiples(low: float, high: float, step: float) -> list[float]:
    first = floor(low / step) + 1
    return [round(i * step, 6) for i in range(first, min(floor(high / step), first + 60) + 1)]


def _between(low: float, high: float, parts: int = 96) -> list[float]:
    return [low + (high - low) * i / parts for i in range(parts + 1)]


def _degrees(value: float, positive: str, negative: str) -> str:
    return f"{abs(value):g}°{positive if value > 0 else negative if value < 0 else ''}"


def _backdrop(frame: _Frame, around: Extent) -> str:
    """Airports of the world in view as a dotted ground: it shows where land is without any outline."""
    marks = []
    for lat, lon in _airports():
        if around.holds(lat, lon):
            x, y = frame.at(lat, lon)
            if frame.shows(x, y, 3):
                marks.append(f"M{x:.0f} {y:.0f}h0")
    return "".join(marks)


@cache
def _airports() -> tuple[tuple[float, float], ...]:
    airports = airportsdata.load("IATA")
    return tuple((float(airports[code]["lat"]), float(airports[code]["lon"])) for code in sorted(airports))


def _dots(frame: _Frame, places: Sequence[MapPlace]) -> Iterable[Dot]:
    most = max(place.legs for place in places)
    for place in places:
        x, y = frame.at(place.lat, place.lon)
        if frame.shows(x, y, 2):
            legs = f"{place.legs:,d} leg{'' if place.legs == 1 else 's'}"
            radius = 2.4 + 11 * sqrt(place.legs / most)
            yield Dot(round(x, 1), round(y, 1), round(radius, 1), f"{place.name}: {legs}", place.key)


def _lines(frame: _Frame, lines: Sequence[MapLine]) -> list[Line]:
    most = max((line.legs for line in lines), default=1)
    drawn = []
    for line in lines:
        start, end = frame.at(line.from_lat, line.from_lon), frame.at(line.to_lat, line.to_lon)
        if not (frame.shows(*start) or frame.shows(*end)):
            continue
        legs = f"{line.legs:,d} leg{'' if line.legs == 1 else 's'}"
        style = "logged" if line.logged else "unlogged"
        note = "" if line.logged else " (track without a log entry)"
        width = round(0.5 + 4.5 * sqrt(line.legs / most), 2)
        drawn.append(Line(_path((start, end)), width, style, f"{line.ends}: {legs}{note}"))
    return drawn


def _labels(
    frame: _Frame, dots: Sequence[Dot], names: dict[str, str], crowded: set[str]
) -> tuple[Label, ...]:
    """Names of the busiest places, each where it covers no other name; those that find no room are left out.

    Of the places in ``crowded`` only the busiest is named.
    """
    taken: list[tuple[float, float, float, float]] = []
    labels: list[Label] = []
    named: list[Dot] = []
    for dot in dots:
        if len(labels) == _LABELED:
            break
        name = names[dot.key]
        close = any(abs(dot.x - n.x) < 6 and abs(dot.y - n.y) < 6 for n in named)
        if close or dot.key.startswith("(") or (dot.key in crowded and any(n.key in crowded for n in named)):
            continue
        wide = 6.4 * len(name)
        for x, y, anchor in _seats(dot):
            left = x if anchor == "start" else x - wide if anchor == "end" else x - wide / 2
            box = (left - 2, y - 11, left + wide + 2, y + 4)
            if frame.shows(box[0], box[1], 4) and frame.shows(box[2], box[3], 4) and not _covers(box, taken):
                taken.append(box)
                labels.append(Label(round(x, 1), round(y, 1), anchor, name))
                named.append(dot)
                break
    return tuple(labels)


def _seats(dot: Dot) -> tuple[tuple[float, float, str], ...]:
    away = dot.radius + 4
    return (
        (dot.x + away, dot.y + 4, "start"),
        (dot.x - away, dot.y + 4, "end"),
        (dot.x, dot.y - away, "middle"),
        (dot.x, dot.y + away + 9, "middle"),
    )


def _covers(
    box: tuple[float, float, float, float], taken: Sequence[tuple[float, float, float, float]]
) -> bool:
    return any(box[0] < t[2] and t[0] < box[2] and box[1] < t[3] and t[1] < box[3] for t in taken)


def _round_down(km: float) -> float:
    power = 10.0 ** floor(log10(km))
    return next(m * power for m in (5.0, 2.0, 1.0) if m * power <= km)
