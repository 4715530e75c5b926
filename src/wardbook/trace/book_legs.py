"""The legs of a book: its fixes with times, traced, and said where they lie.

`trace_book` makes ``traced_legs``, ``dropped_fixes`` and ``watched_spans`` of the schema, and
``track_vehicles`` (track_id, vehicle, vehicle_key, assignment_ids). A book without times makes them empty.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from wardbook.records.engine import Engine, file_literal, literal
from wardbook.records.schema import DROPPED_FIXES, TRACED_LEGS, WATCHED
from wardbook.records.settings import Settings
from wardbook.trace.distance import define_metres
from wardbook.trace.grid import run_step
from wardbook.trace.legs import Traced, TraceOptions, read_parts, trace_fixes
from wardbook.trace.places_near import name_places
from wardbook.trace.profiles import HOUSE, Profile
from wardbook.trace.regions import locate
from wardbook.trace.regions_crossed import crossings
from wardbook.trace.shapes.held import view_shapes

SILENCE_S = 600
"""Seconds between two fixes beyond which a device was silent: twice the usual interval of a parked one."""

_TIMED = (
    "SELECT 1 FROM fixes WHERE fixes.at IS NOT NULL AND lat_e6 IS NOT NULL AND lon_e6 IS NOT NULL LIMIT 1"
)
_DROPPED = "source_row BIGINT, vehicle VARCHAR, ts_s BIGINT, reason VARCHAR, used BOOLEAN"


def trace_book(engine: Engine, settings: Settings, profile: Profile = HOUSE) -> None:
    """Trace the fixes of the book in ``engine`` under a stop rule.

    Fixes without a time are left to ``track_paths``. Raises `InputRefusedError` where the fixes as a whole
    cannot be positions, which take-in refuses before.
    """
    run_step(engine, "book_vehicles", "track_vehicles")
    if not engine.rows(_TIMED):
        for table in (TRACED_LEGS, DROPPED_FIXES, WATCHED):
            engine.load(table, ())
        return
    with tempfile.TemporaryDirectory(prefix="wardbook-") as folder:
        traced = _trace(engine, Path(folder), profile)
    run_step(engine, "book_dropped", DROPPED_FIXES.name)
    run_step(engine, "book_watched", WATCHED.name, silence_s=str(SILENCE_S))
    if traced:
        _place(engine, settings)
    else:
        engine.load(TRACED_LEGS, ())
    engine.let_go("book_")


def _trace(engine: Engine, work: Path, profile: Profile) -> bool:
    """Trace in an engine of its own, whose memory is bounded; bring in what it found, if there was a fix."""
    fixes = work / "fixes.parquet"
    run_step(engine, "book_fixes", "book_fixes_timed")
    engine.define("SET preserve_insertion_order = true")
    engine.write_parquet("SELECT * FROM book_fixes_timed", fixes)
    engine.define("SET preserve_insertion_order = false")
    engine.define("DROP TABLE book_fixes_timed")
    with Engine() as apart:
        traced = trace_fixes(apart, fixes, work, options=TraceOptions(profile, points=True))
    engine.define(
        "CREATE OR REPLACE TABLE book_fixes_numbered AS SELECT file_row_number + 1 AS source_row, "  # noqa: S608
        "vehicle, written, time, record_id, track_id "
        f"FROM read_parquet({file_literal(fixes)}, file_row_number = true)"
    )
    _bring(engine, traced)
    return bool(traced.leg_files)


def _bring(engine: Engine, traced: Traced) -> None:
    files = {
        "book_legs_found": traced.leg_files,
        "book_points_found": traced.point_files,
        "book_fixes_dropped": traced.dropped_files,
    }
    for relation, parts in files.items():
        made = f"AS SELECT * FROM {read_parts(parts)}" if parts else f"({_DROPPED})"  # noqa: S608
        engine.define(f"CREATE OR REPLACE TABLE {relation} {made}")


def _place(engine: Engine, settings: Settings) -> None:
    """``traced_legs``: the legs with their places, regions and borders."""
    define_metres(engine)
    run_step(engine, "book_legs", "book_legs")
    run_step(engine, "book_ends", "book_ends")
    run_step(engine, "book_points", "book_points")
    name_places(engine, "book_ends", out="book_places")
    locate(engine, "book_points", out="book_located")
    crossings(engine, "book_points", located="book_located", track="leg_id", order="ts", out="book_crossings")
    run_step(engine, "book_leg_borders", "book_leg_borders")
    home = _home(engine, settings)
    run_step(engine, "book_leg_sides", "book_leg_sides", home=home)
    run_step(engine, "book_traced_legs", TRACED_LEGS.name, home=home)


def _home(engine: Engine, settings: Settings) -> str:
    """The region of the jurisdiction as SQL; NULL where the shapes do not have it."""
    view_shapes(engine)
    known = engine.one("SELECT count(*) FROM shape_regions WHERE region = ?", [settings.home_region])
    return literal(settings.home_region) if known else "CAST(NULL AS VARCHAR)"
