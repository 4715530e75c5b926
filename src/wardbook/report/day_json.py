"""A vehicle-day as JSON: moments in ISO 8601 with the offset of the book's zone, positions in degrees."""

from __future__ import annotations

from typing import Any

from wardbook.report.day_times import instant
from wardbook.report.vehicle_day import Bounds, Path, Row, VehicleDay


def as_dict(day: VehicleDay) -> dict[str, Any]:
    """The whole day; keys are only ever added to."""
    return {
        "vehicle": day.vehicle,
        "vehicle_key": day.vehicle_key,
        "day": day.day.isoformat(),
        "zone": day.zone.key,
        "hours": day.hours,
        "rows": [_row(day, row) for row in day.rows],
        "watched": [[instant(day, lo), instant(day, hi)] for lo, hi in day.watched],
        "silences": [[instant(day, lo), instant(day, hi)] for lo, hi in day.silences],
        "paths": [_path(day, path) for path in day.paths],
    }


def _row(day: VehicleDay, row: Row) -> dict[str, Any]:
    return {
        "id": row.row_id,
        "lane": row.lane,
        "kind": row.kind,
        "number": row.number,
        "words": row.words,
        "detail": row.detail,
        "start": _bounds(day, row.start),
        "end": _bounds(day, row.end),
        "metres": row.metres,
        "lat": _degrees(row.lat_e6),
        "lon": _degrees(row.lon_e6),
        "links": [
            {"id": link.row_id, "relation": link.relation, "score": link.score, "reason": link.reason}
            for link in row.links
        ],
        "unlinked": row.unlinked or None,
        "sources": list(row.sources),
    }


def _bounds(day: VehicleDay, bounds: Bounds | None) -> dict[str, str] | None:
    if bounds is None:
        return None
    return {name: instant(day, getattr(bounds, name)) for name in ("lo", "at", "hi")}


def _path(day: VehicleDay, path: Path) -> dict[str, Any]:
    points = [[instant(day, p.at), p.lat_e6 / 1e6, p.lon_e6 / 1e6] for p in path.points]
    return {
        "id": path.row_id,
        "number": path.number,
        "kind": path.kind,
        "logged": path.logged,
        "points": points,
    }


def _degrees(value: int | None) -> float | None:
    return None if value is None else value / 1e6
