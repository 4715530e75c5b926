"""Legs written as GeoParquet, CSV or GPX, and beside them what was dropped and why."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from wardbook.errors import InputRefusedError
from wardbook.records.engine import Engine, literal
from wardbook.records.in_place import put_in_place
from wardbook.trace.legs import Traced, read_parts

SUFFIXES = (".parquet", ".csv", ".gpx")
_LEG_COLUMNS = (
    "vehicle {vehicle}, leg BIGINT, kind VARCHAR, "
    "start_at TIMESTAMPTZ, start_lo TIMESTAMPTZ, start_hi TIMESTAMPTZ, "
    "end_at TIMESTAMPTZ, end_lo TIMESTAMPTZ, end_hi TIMESTAMPTZ, start_by VARCHAR, end_by VARCHAR, "
    "from_lat_e6 INTEGER, from_lon_e6 INTEGER, to_lat_e6 INTEGER, to_lon_e6 INTEGER, "
    "metres BIGINT, moving_s BIGINT, gap_s BIGINT, top_kmh BIGINT, fixes BIGINT, first_row BIGINT, "
    "last_row BIGINT, odometer_m BIGINT, ignition_on_at TIMESTAMPTZ, ignition_off_at TIMESTAMPTZ, "
    "differences VARCHAR, profile VARCHAR"
)
_DROPPED_COLUMNS = (
    "source_row BIGINT, vehicle {vehicle}, ts_s BIGINT, lat_e6 INTEGER, lon_e6 INTEGER, "
    "reason VARCHAR, used BOOLEAN"
)
_GEO = {
    "version": "1.1.0",
    "primary_column": "geometry",
    "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["LineString"], "edges": "planar"}},
}
"""GeoParquet 1.1 (geoparquet.org): without ``crs`` the coordinates are OGC:CRS84, longitude and latitude."""

_GPX_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<gpx version="1.1" creator="wardbook" xmlns="http://www.topografix.com/GPX/1/1">\n'
)


def refuse_suffix(out: Path) -> None:
    """Raise `InputRefusedError` for a file to write whose suffix says nothing."""
    if out.suffix not in SUFFIXES:
        raise InputRefusedError(str(out), f"a file {', '.join(SUFFIXES)}", f'"{out.suffix}"', "Rename it.")


def dropped_path(out: Path) -> Path:
    """The file of dropped rows beside ``out``."""
    return out.with_name(f"{out.stem}.dropped.parquet")


def write_legs(engine: Engine, traced: Traced, out: Path, *, lines: bool) -> None:
    """Write ``out`` and the file of dropped rows, each aside and then renamed."""
    engine.define("SET preserve_insertion_order = true")
    kind = traced.table.vehicle_type
    with put_in_place(dropped_path(out)) as path:
        rows = _rows(engine, "dropped_none", traced.dropped_files, _DROPPED_COLUMNS.format(vehicle=kind))
        engine.write_parquet(
            "SELECT source_row, vehicle, to_timestamp(ts_s) AS at, lat_e6, lon_e6, reason, used "  # noqa: S608
            f"FROM {rows} ORDER BY source_row, reason",
            path,
        )
    columns = _LEG_COLUMNS.format(vehicle=kind) + (", geometry BLOB" if lines else "")
    rows = _rows(engine, "legs_none", traced.leg_files, columns)
    with put_in_place(out) as path:
        if out.suffix == ".gpx":
            _write_gpx(engine, traced, rows, path)
        elif out.suffix == ".csv":
            engine.write_csv(f"SELECT * FROM {rows}", path)  # noqa: S608
        else:
            geo = f", KV_METADATA {{geo: {literal(json.dumps(_GEO))}}}" if lines else ""
            target = f"TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd{geo})"
            engine.define(f"COPY (SELECT * FROM {rows}) {target}")  # noqa: S608


def _rows(engine: Engine, name: str, files: Sequence[Path], columns: str) -> str:
    """SQL of the rows of the files, or of an empty table."""
    if files:
        return read_parts(tuple(files))
    engine.define(f"CREATE OR REPLACE TABLE {name} ({columns})")
    return name


def _write_gpx(engine: Engine, traced: Traced, legs: str, path: Path) -> None:
    """One track a leg; a silence of more than two minutes begins a new segment."""
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write(_GPX_HEAD)
        for vehicle, leg, kind, points in _gpx_tracks(engine, traced, legs):
            name = escape(f"{vehicle}, {kind} {leg}")
            out.write(f"<trk><name>{name}</name><trkseg>{points}</trkseg></trk>\n")
        out.write("</gpx>\n")


def _gpx_tracks(engine: Engine, traced: Traced, legs: str) -> Iterator[tuple[object, ...]]:
    """Vehicle, number, kind and points of each leg, a batch at a time."""
    point = (
        "CASE WHEN ts - lag(ts) OVER w > 120 THEN '</trkseg><trkseg>' ELSE '' END || "
        """format('<trkpt lat="{:.6f}" lon="{:.6f}"><time>{}</time></trkpt>', lat / 1e6, lon / 1e6, """
        "strftime(to_timestamp(ts), '%Y-%m-%dT%H:%M:%SZ'))"
    )
    for file in traced.point_files:
        yield from engine.rows(
            "SELECT vehicle, leg, any_value(kind), string_agg(point, '' ORDER BY ts) FROM ("  # noqa: S608
            f"SELECT p.vehicle, p.leg, l.kind, p.ts, {point} AS point FROM {read_parts((file,))} p "
            f"JOIN {legs} l ON l.vehicle = p.vehicle AND l.leg = p.leg "
            "WINDOW w AS (PARTITION BY p.vehicle, p.leg ORDER BY ts)) "
            "GROUP BY vehicle, leg ORDER BY vehicle, leg"
        )
