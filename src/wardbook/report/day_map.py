"""The map of a vehicle-day: paths of its movements over state and county lines, drawn without a network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, floor, log10, radians

from wardbook.records.engine import Engine
from wardbook.report.day_axis import mark_path
from wardbook.report.day_borders import (
    border_path,
    border_pieces,
    by_kind,
    counties_between,
    name_at,
    regions_between,
)
from wardbook.report.day_labels import Box, DayLabel, Seats, around, width_of
from wardbook.report.day_lines import Pixel, along, thinned, way
from wardbook.report.day_text import row_title
from wardbook.report.day_times import time_words
from wardbook.report.projection import EARTH_KM, Extent, Project, extent_of, plate_carree
from wardbook.report.vehicle_day import NamedPlace, Path, Point, VehicleDay
from wardbook.trace.shapes.held import shapes_source, view_shapes

MAP_WIDTH, MAP_HEIGHT = 944, 420
SILENT_S = 120
"""Seconds between two positions beyond which the way between them is drawn as not observed."""

MOST_POINTS = 1_200
"""So many points the paths of one map have together; more than that are thinned further."""

_MARGIN = 40
_LEAST_DEGREES = 0.012
_THIN, _THICK = 0.7, 20.0
_PLACES, _COUNTIES = 60, 12
_PLACED = ("tracker", "toll", "fuel", "parking")


@dataclass(frozen=True)
class Track:
    """The path of one movement: what was observed, what was not (SVG path text), a style class, a title."""

    observed: str
    unobserved: str
    style: str
    title: str


@dataclass(frozen=True)
class Spot:
    """A place or mark: a shape as SVG path text, a style class, a title."""

    path: str
    style: str
    title: str


@dataclass(frozen=True)
class Circle:
    """The area of a place, where it is wide enough to be seen."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class DayMap:
    """One map, ready to print: everything in pixels of a frame of `MAP_WIDTH` by `MAP_HEIGHT`."""

    regions: str
    counties: str
    areas: tuple[Circle, ...]
    tracks: tuple[Track, ...]
    spots: tuple[Spot, ...]
    numbers: tuple[DayLabel, ...]
    labels: tuple[DayLabel, ...]
    bar: float
    bar_words: str
    note: str


@dataclass(frozen=True)
class _Frame:
    """The plane fitted to the map, north up."""

    project: Project
    scale: float
    left: float
    top: float

    def at(self, lat: float, lon: float) -> tuple[float, float]:
        x, y = self.project(lat, lon)
        return (x - self.left) * self.scale, (self.top - y) * self.scale


def day_map(engine: Engine, day: VehicleDay) -> DayMap | None:
    """The map of a day; None where no position is known. Makes views of the shapes in ``engine``."""
    spots = [_degrees(p) for path in day.paths for p in path.points]
    spots += [
        (row.lat_e6 / 1e6, row.lon_e6 / 1e6)
        for row in day.rows
        if row.lane in _PLACED and row.lat_e6 is not None and row.lon_e6 is not None
    ]
    if not spots:
        return None
    extent = _extent(spots)
    frame = _frame(extent)
    view_shapes(engine)
    pieces = border_pieces(engine, _shown(extent, frame), frame.at)
    of_regions, of_counties = by_kind(pieces)
    seats = Seats(Box(2, 2, MAP_WIDTH - 2, MAP_HEIGHT - 2), [_scale_box(), _note_box()])
    shown = _places_shown(frame, day.places)
    marks = tuple(_marks(frame, day))
    seats.taken += [Box(x - 5, y - 5, x + 5, y + 5) for x, y, _ in shown] + [box for box, _ in marks]
    drawn = _drawn(frame, day.paths)
    for x, y in (point for runs in drawn for run in runs for point in along(run, 4)):
        seats.avoid(x, y)
    numbers = tuple(_numbers(frame, day.paths, seats))
    labels = [*_place_labels(shown, seats), *_mark_labels(frame, day, seats)]
    for found in regions_between(pieces, MAP_WIDTH, MAP_HEIGHT):
        labels += _name(found.x, found.y, found.width, found.name, "region-name", seats)
    for found in counties_between(pieces, MAP_WIDTH, MAP_HEIGHT)[:_COUNTIES]:
        labels += _name(found.x, found.y, found.width, found.name, "county-name", seats)
    bar, bar_words = _scale_bar(frame)
    return DayMap(
        regions=border_path(of_regions),
        counties=border_path(of_counties),
        areas=tuple(_areas(frame, shown)),
        tracks=tuple(_track(day, path, runs) for path, runs in zip(day.paths, drawn, strict=True)),
        spots=(*(_place_spot(x, y, place) for x, y, place in shown), *(spot for _, spot in marks)),
        numbers=numbers,
        labels=tuple(labels),
        bar=bar,
        bar_words=bar_words,
        note=_note(engine, extent, frame, bool(pieces)),
    )


def _note(engine: Engine, extent: Extent, frame: _Frame, lines: bool) -> str:
    """Where the lines are from; of a view that none passes, where it lies."""
    if lines:
        return f"State and county lines: {shapes_source()}"
    lies_in = name_at(engine, extent, frame.at, MAP_WIDTH / 2, MAP_HEIGHT / 2)
    where = f"All in {lies_in}" if lies_in else "No state or county line passes this view"
    return f"{where} ({shapes_source()})"


# ---------------------------------------------------------------- the frame


def _degrees(point: Point) -> tuple[float, float]:
    return point.lat_e6 / 1e6, point.lon_e6 / 1e6


def _extent(points: Sequence[tuple[float, float]]) -> Extent:
    """The span of the points, and at least about a kilometre of ground."""
    return extent_of(points).grown(0.04, _LEAST_DEGREES / 2)


def _frame(extent: Extent) -> _Frame:
    project = plate_carree(extent)
    west, south = project(extent.south, extent.west)
    east, north = project(extent.north, extent.east)
    scale = min(
        (MAP_WIDTH - 2 * _MARGIN) / (east - west),
        (MAP_HEIGHT - 2 * _MARGIN) / (north - south),
    )
    left = (west + east) / 2 - MAP_WIDTH / 2 / scale
    top = (north + south) / 2 + MAP_HEIGHT / 2 / scale
    return _Frame(project, scale, left, top)


def _shown(extent: Extent, frame: _Frame) -> Extent:
    """All that the frame shows, in degrees."""
    middle_lat, middle_lon = (extent.south + extent.north) / 2, (extent.west + extent.east) / 2
    tall = MAP_HEIGHT / frame.scale / 2 / radians(1)
    wide = MAP_WIDTH / frame.scale / 2 / radians(1) / max(cos(radians(middle_lat)), 0.01)
    return Extent(middle_lat - tall, middle_lat + tall, middle_lon - wide, middle_lon + wide)


def _scale_bar(frame: _Frame) -> tuple[float, str]:
    most = 200 / frame.scale * EARTH_KM
    power = 10.0 ** floor(log10(most))
    km = next(m * power for m in (5.0, 2.0, 1.0) if m * power <= most)
    words = f"{km:,.0f} km" if km >= 1 else f"{km * 1000:,.0f} m"
    return round(km / EARTH_KM * frame.scale, 1), words


def _scale_box() -> Box:
    """The corner that scale bar and north keep free."""
    return Box(MAP_WIDTH - 270, MAP_HEIGHT - 44, MAP_WIDTH, MAP_HEIGHT)


def _note_box() -> Box:
    """The corner that the note keeps free."""
    return Box(0, MAP_HEIGHT - 20, 600, MAP_HEIGHT)


# ---------------------------------------------------------------- paths


def _drawn(frame: _Frame, paths: Sequence[Path]) -> list[list[list[Pixel]]]:
    """The runs of each path in pixels, thinned until all have at most `MOST_POINTS`."""
    runs = [[[frame.at(*_degrees(p)) for p in run] for run in _runs(path)] for path in paths]
    apart = _THIN
    while True:
        found = [[thinned(run, apart) for run in of_path] for of_path in runs]
        if apart > _THICK or sum(len(run) for of_path in found for run in of_path) <= MOST_POINTS:
            return found
        apart *= 1.6


def _track(day: VehicleDay, path: Path, runs: Sequence[Sequence[Pixel]]) -> Track:
    row = next(row for row in day.rows if row.row_id == path.row_id)
    title = f"{row_title(row)}: {time_words(day, row)}{'' if path.logged else '; not logged'}"
    style = "unobserved" if path.kind != "leg" else "logged" if path.logged else "unlogged"
    observed = "".join(way(run) for run in runs if len(run) > 1)
    return Track(observed, "".join(way((a[-1], b[0])) for a, b in pairwise(runs)), style, title)


def _runs(path: Path) -> list[list[Point]]:
    """The points of a path in runs without a silence; of an unobserved one each of its ends alone."""
    runs = [[path.points[0]]]
    for one, other in pairwise(path.points):
        if path.kind != "leg" or other.at - one.at > SILENT_S:
            runs.append([])
        runs[-1].append(other)
    return runs


def _numbers(frame: _Frame, paths: Sequence[Path], seats: Seats) -> Iterator[DayLabel]:
    """The number of each movement on its way, where it covers no other."""
    for path in paths:
        pixels = [frame.at(*_degrees(p)) for p in path.points]
        if len(pixels) == 2:
            (x1, y1), (x2, y2) = pixels
            pixels = [(x1 + (x2 - x1) * i / 8, y1 + (y2 - y1) * i / 8) for i in range(9)]
        for share in (0.5, 0.35, 0.65, 0.2, 0.8, 0.42, 0.58, 0.27, 0.73):
            x, y = pixels[round(share * (len(pixels) - 1))]
            box = Box(x - 9, y - 9, x + 9, y + 9)
            if seats.free(box):
                seats.taken.append(box)
                style = "unobserved" if path.kind != "leg" else "logged" if path.logged else "unlogged"
                yield DayLabel(round(x, 1), round(y, 1), "middle", str(path.number), style)
                break


# ---------------------------------------------------------------- places


def _places_shown(frame: _Frame, places: Sequence[NamedPlace]) -> list[tuple[float, float, NamedPlace]]:
    found = []
    for place in sorted(
        places, key=lambda place: (not place.touched, place.name, place.lat_e6, place.lon_e6)
    ):
        x, y = frame.at(place.lat_e6 / 1e6, place.lon_e6 / 1e6)
        if 6 <= x <= MAP_WIDTH - 6 and 6 <= y <= MAP_HEIGHT - 6:
            found.append((x, y, place))
    return found[:_PLACES]


def _areas(frame: _Frame, shown: Sequence[tuple[float, float, NamedPlace]]) -> Iterator[Circle]:
    for x, y, place in shown:
        radius = (place.radius_m or 0) / 1000 / EARTH_KM * frame.scale
        if radius > 6:
            yield Circle(round(x, 1), round(y, 1), round(radius, 1))


def _place_spot(x: float, y: float, place: NamedPlace) -> Spot:
    style = "place touched" if place.touched else "place"
    return Spot(f"M{x - 4:.1f} {y - 4:.1f}h8v8h-8z", style, f"{place.name}{_kind(place)}")


def _kind(place: NamedPlace) -> str:
    return f" ({place.kind})" if place.kind else ""


def _place_labels(shown: Sequence[tuple[float, float, NamedPlace]], seats: Seats) -> Iterator[DayLabel]:
    for x, y, place in shown:
        label = seats.seat(around(x, y, 8, place.name, "place-name"))
        if label is not None:
            yield label


def _marks(frame: _Frame, day: VehicleDay) -> Iterator[tuple[Box, Spot]]:
    """Tolls, fuel and parking whose position is known."""
    for row in day.rows:
        if row.lane in _PLACED[1:] and row.lat_e6 is not None and row.lon_e6 is not None:
            x, y = frame.at(row.lat_e6 / 1e6, row.lon_e6 / 1e6)
            style = f"mark {row.lane.replace(' ', '-')}"
            title = f"{time_words(day, row)}: {row_title(row)}"
            yield Box(x - 6, y - 6, x + 6, y + 6), Spot(mark_path(x, y, row.lane), style, title)


def _mark_labels(frame: _Frame, day: VehicleDay, seats: Seats) -> Iterator[DayLabel]:
    named: set[str] = {place.name.casefold() for place in day.places}
    for row in day.rows:
        known = row.lat_e6 is not None and row.lon_e6 is not None
        if row.lane in _PLACED[1:] and known and row.words.casefold() not in named:
            x, y = frame.at((row.lat_e6 or 0) / 1e6, (row.lon_e6 or 0) / 1e6)
            label = seats.seat(around(x, y, 9, row.words, "place-name"))
            if label is not None:
                named.add(row.words.casefold())
                yield label


def _name(x: float, y: float, room: float, text: str, style: str, seats: Seats) -> list[DayLabel]:
    """The name of a state or county in its stretch, if it is wide enough and nothing lies there."""
    if room < width_of(text) + 10:
        return []
    label = seats.seat(
        DayLabel(round(x + dx, 1), round(y + dy, 1), "middle", text, style)
        for dy in (0, -14, 14, -28, 28)
        for dx in (0, room / 5, -room / 5, room / 3, -room / 3)
    )
    return [] if label is None else [label]
