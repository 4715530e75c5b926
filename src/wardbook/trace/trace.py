"""From fixes to paths: one SQL step."""

from __future__ import annotations

from wardbook.records.engine import Engine
from wardbook.trace.distance import define_metres


def trace(engine: Engine) -> None:
    """Make the relation ``track_paths`` from ``tracks`` and ``fixes``."""
    define_metres(engine)
    engine.run_file("wardbook.trace", "track_paths")
