"""Runs a track through the queries, for scores and for comparison with the plain twin."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from tests.trace.faults import Fix
from tests.trace.legs_plain import PlainLeg
from tests.trace.score import Span
from wardbook.records.engine import Engine
from wardbook.trace.fixes import Asked
from wardbook.trace.legs import TraceOptions, read_parts, trace_fixes
from wardbook.trace.profiles import HOUSE, Profile

HEARTBEATS = (None, 60, 290, 300, 301, 600, 3600)
"""Seconds between the fixes of a parked vehicle; None for none."""


def write_fixes(track: Sequence[Fix], path: Path) -> None:
    """A track as a Parquet file, in its order."""
    lines = path.with_suffix(".csv")
    with lines.open("w", encoding="utf-8") as out:
        out.write("veh,ts_s,lat_e6,lon_e6\n")
        out.writelines(f"{veh},{ts},{lat},{lon}\n" for veh, ts, lat, lon in track)
    types = "{'veh': 'BIGINT', 'ts_s': 'BIGINT', 'lat_e6': 'INTEGER', 'lon_e6': 'INTEGER'}"
    with duckdb.connect() as engine:
        rows = f"SELECT * FROM read_csv('{lines}', header = true, columns = {types})"
        engine.execute(f"COPY ({rows}) TO '{path}' (FORMAT parquet)")
    lines.unlink()


def legs_of(track: Sequence[Fix], profile: Profile = HOUSE, kind: str = "leg") -> list[Span]:
    """The legs of a track, in order."""
    with tempfile.TemporaryDirectory() as folder, Engine() as engine:
        path = Path(folder) / "fixes.parquet"
        write_fixes(track, path)
        traced = trace_fixes(engine, path, Path(folder), options=TraceOptions(profile))
        ends = "start_at", "end_at", "start_lo", "start_hi", "end_lo", "end_hi"
        seconds = ", ".join(f"epoch_us({name}) // 1000000" for name in ends)
        if not traced.leg_files:
            return []
        rows = engine.rows(
            f"SELECT vehicle, {seconds}, metres FROM {read_parts(traced.leg_files)} WHERE kind = '{kind}'"
        )
    return [Span(*row) for row in rows]


def ends(trips: Sequence[Span]) -> list[tuple[int, int, int]]:
    """Trips as the faults read them."""
    return [(int(str(trip.vehicle)), trip.start, trip.end) for trip in trips]


# ---------------------------------------------------------------- beside the plain twin

_ENDS = "start_at", "start_lo", "start_hi", "end_at", "end_lo", "end_hi"
_LEG = (
    "vehicle, leg, kind = 'unobserved', "
    + ", ".join(f"epoch_us({name}) // 1000000" for name in _ENDS)
    + ", start_by, end_by, from_lat_e6, from_lon_e6, to_lat_e6, to_lon_e6, "
    "metres, moving_s, gap_s, top_kmh, fixes"
)


def queried(track: Sequence[Fix], options: TraceOptions | None = None) -> list[PlainLeg]:
    """The legs of a track by the queries, in order."""
    with tempfile.TemporaryDirectory() as folder, Engine() as engine:
        path = Path(folder) / "fixes.parquet"
        write_fixes(track, path)
        traced = trace_fixes(engine, path, Path(folder), options=options)
        if not traced.leg_files:
            return []
        rows = engine.rows(f"SELECT {_LEG} FROM {read_parts(traced.leg_files)} ORDER BY vehicle, leg")
    return [_leg(*row) for row in rows]


def _leg(*row: Any) -> PlainLeg:
    spots = (row[11], row[12]), (row[13], row[14])
    return PlainLeg(*(*row[:11], *spots, *row[15:]))


def dropped(track: Sequence[Fix] | Path, asked: Asked | None = None) -> list[tuple[int, str]]:
    """Row and reason of everything that was set aside, of a track or a table."""
    with tempfile.TemporaryDirectory() as folder, Engine() as engine:
        path = track if isinstance(track, Path) else Path(folder) / "fixes.parquet"
        if not isinstance(track, Path):
            write_fixes(track, path)
        traced = trace_fixes(engine, path, Path(folder), asked)
        if not traced.dropped_files:
            return []
        return engine.rows(f"SELECT source_row, reason FROM {read_parts(traced.dropped_files)} ORDER BY 1, 2")
