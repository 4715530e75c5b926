"""Vehicle-days read from the relations of an audit's engine, with movements and links made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from wardbook.records.engine import Engine
from wardbook.report.vehicle_day import NamedPlace, Path, Point, Row, VehicleDay, day_seconds
from wardbook.report.vehicle_day_rows import (
    anchor_row,
    entry_row,
    interval_row,
    movement_row,
    ordered,
    query,
    with_links,
)

POINTS_A_LEG = 1_500
"""Of the positions along one movement about so many are read, spaced evenly."""


def vehicle_days(
    engine: Engine, zone: ZoneInfo, wanted: Iterable[tuple[str, date]]
) -> tuple[VehicleDay, ...]:
    """The days of ``wanted`` (vehicle key, local day), in that order; a day may have no rows."""
    bare = [_rows_of_day(engine, zone, key, day) for key, day in wanted]
    legs = sorted({row.row_id for _, rows in bare for row in rows if row.kind == "leg"})
    points: dict[str, list[Point]] = {leg: [] for leg in legs}
    if legs:
        for leg, *cells in engine.rows(query("points"), [legs, POINTS_A_LEG]):
            points[leg].append(Point(*cells))
    return tuple(_day(engine, zone, head, rows, points) for head, rows in bare)


@dataclass(frozen=True)
class _Head:
    key: str
    day: date
    first: int
    last: int
    ends: Mapping[str, tuple[Point, ...]]
    touched: frozenset[str]


def _rows_of_day(engine: Engine, zone: ZoneInfo, key: str, day: date) -> tuple[_Head, tuple[Row, ...]]:
    first, last = day_seconds(day, zone)
    given = [key, first, last]
    moved = engine.dicts(query("movements"), given)
    rows = [movement_row(row, number) for number, row in enumerate(moved, 1)]
    rows += [entry_row(row) for row in engine.dicts(query("entries"), [*given, day.isoformat()])]
    rows += [anchor_row(row) for row in engine.dicts(query("anchors"), [*given, day.isoformat()])]
    rows += [interval_row(row) for row in engine.dicts(query("intervals"), given)]
    touched = {place for row in moved for place in (row["from_place"], row["to_place"]) if place}
    head = _Head(key, day, first, last, {row["row_id"]: _ends(row) for row in moved}, frozenset(touched))
    return head, ordered(with_links(engine, rows), first)


def _day(
    engine: Engine, zone: ZoneInfo, head: _Head, rows: tuple[Row, ...], points: Mapping[str, list[Point]]
) -> VehicleDay:
    watched = tuple(
        (max(lo, head.first), min(hi, head.last))
        for lo, hi in engine.rows(
            "SELECT epoch_us(from_at) // 1000000, epoch_us(to_at) // 1000000 FROM watched_spans "
            "WHERE vehicle_key = $1 AND epoch_us(from_at) // 1000000 < $3 "
            "AND epoch_us(to_at) // 1000000 >= $2 ORDER BY 1, 2",
            [head.key, head.first, head.last],
        )
    )
    names = engine.rows(
        "SELECT min(vehicle) FROM traced_legs WHERE vehicle_key = $1 HAVING min(vehicle) IS NOT NULL",
        [head.key],
    )
    return VehicleDay(
        vehicle=names[0][0] if names else head.key,
        vehicle_key=head.key,
        day=head.day,
        zone=zone,
        first=head.first,
        last=head.last,
        rows=rows,
        watched=watched,
        silences=_between(watched, head.first, head.last),
        paths=tuple(_paths(rows, head, points)),
        places=_places(engine, head.touched),
    )


def _paths(rows: Sequence[Row], head: _Head, points: Mapping[str, list[Point]]) -> Iterator[Path]:
    for row in rows:
        if row.lane == "tracker" and row.number is not None:
            way = tuple(points.get(row.row_id, ())) or head.ends[row.row_id]
            if way:
                yield Path(row.row_id, row.number, row.kind, not row.unlinked, way)


def _between(spans: Sequence[tuple[int, int]], first: int, last: int) -> tuple[tuple[int, int], ...]:
    """What of ``first`` to ``last`` no span covers."""
    silences, reached = [], first
    for lo, hi in spans:
        if lo > reached:
            silences.append((reached, lo))
        reached = max(reached, hi)
    if reached < last:
        silences.append((reached, last))
    return tuple(silences)


def _places(engine: Engine, touched: frozenset[str]) -> tuple[NamedPlace, ...]:
    rows = engine.rows(
        "SELECT DISTINCT name, coalesce(kind, ''), lat_e6, lon_e6, radius_m FROM places "
        "WHERE name IS NOT NULL AND lat_e6 IS NOT NULL AND lon_e6 IS NOT NULL ORDER BY ALL"
    )
    return tuple(
        NamedPlace(name, kind, lat, lon, radius, name in touched) for name, kind, lat, lon, radius in rows
    )


def _ends(row: Mapping[str, Any]) -> tuple[Point, ...]:
    ends = (
        (row["start_s"], row["from_lat_e6"], row["from_lon_e6"]),
        (row["end_s"], row["to_lat_e6"], row["to_lon_e6"]),
    )
    return tuple(Point(*end) for end in ends) if None not in (*ends[0], *ends[1]) else ()
