"""From latitude and longitude to the plane: Albers' equal-area conic, or else plate carrée.

Albers, on the sphere, after Snyder, *Map Projections: A Working Manual* (USGS Professional Paper 1395, 1987),
equations 14-1 to 14-6. Coordinates on the plane are in radii of the earth, y to the north. Drawing only: no
figure of an audit is computed here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import cos, radians, sin, sqrt

EARTH_KM = 6371.0088
"""Mean radius of the earth in kilometres (IUGG), the unit of the plane."""

Project = Callable[[float, float], tuple[float, float]]
"""Latitude and longitude in degrees to x and y in radii."""


@dataclass(frozen=True)
class Extent:
    """A span of latitudes and longitudes, in degrees."""

    south: float
    north: float
    west: float
    east: float

    def grown(self, share: float, least: float) -> Extent:
        """The span with ``share`` of itself added on each side, at least ``least`` degrees."""
        tall = max((self.north - self.south) * share, least)
        wide = max((self.east - self.west) * share, least)
        return Extent(
            max(self.south - tall, -89.0), min(self.north + tall, 89.0), self.west - wide, self.east + wide
        )

    def holds(self, lat: float, lon: float) -> bool:
        """Whether a point lies in the span."""
        return self.south <= lat <= self.north and self.west <= lon <= self.east


def extent_of(points: Iterable[tuple[float, float]]) -> Extent:
    """The smallest span that holds all points (at least one)."""
    lats, lons = zip(*points, strict=True)
    return Extent(min(lats), max(lats), min(lons), max(lons))


def projection_for(extent: Extent) -> Project:
    """Albers with standard parallels a sixth inside the span; plate carrée for a span too wide for a cone."""
    if extent.east - extent.west > 150 or extent.north - extent.south > 100:
        return plate_carree(extent)
    sixth = (extent.north - extent.south) / 6
    first, second = radians(extent.south + sixth), radians(extent.north - sixth)
    cone = (sin(first) + sin(second)) / 2
    if abs(cone) < 0.05:
        return plate_carree(extent)
    return _albers(extent, first, cone)


def _albers(extent: Extent, first: float, cone: float) -> Project:
    middle_lat = radians((extent.south + extent.north) / 2)
    middle_lon = (extent.west + extent.east) / 2
    constant = cos(first) ** 2 + 2 * cone * sin(first)

    def reach(lat: float) -> float:
        return sqrt(max(constant - 2 * cone * sin(lat), 0.0)) / cone

    origin = reach(middle_lat)

    def project(lat: float, lon: float) -> tuple[float, float]:
        angle = cone * radians(lon - middle_lon)
        out = reach(radians(lat))
        return out * sin(angle), origin - out * cos(angle)

    return project


def plate_carree(extent: Extent) -> Project:
    """Equirectangular, true to scale along the middle latitude of the span."""
    middle_lat, middle_lon = (extent.south + extent.north) / 2, (extent.west + extent.east) / 2
    narrow = cos(radians(middle_lat))

    def project(lat: float, lon: float) -> tuple[float, float]:
        return radians(lon - middle_lon) * narrow, radians(lat - middle_lat)

    return project
