"""From fixes to movements: the paths of tracks, and the legs of fixes that have times."""

from __future__ import annotations

from wardbook.records.engine import Engine
from wardbook.records.settings import Settings
from wardbook.trace.book_legs import trace_book
from wardbook.trace.distance import define_metres


def trace(engine: Engine, settings: Settings) -> None:
    """Make ``track_paths`` from ``tracks`` and ``fixes``, and what `trace_book` makes of fixes with times."""
    define_metres(engine)
    engine.run_file("wardbook.trace", "track_paths")
    trace_book(engine, settings)
