"""Fixes to legs, measured: ``python -m benchmarks.tracks [--fixes N] [--no-peers] [--only accuracy|speed]``.

Reads the shared development fleet beside the checkout (``--data`` for another place). One run, in turn, medians
and best; the other programs are installed in environments of their own. The machine's load stands in the output:
figures of a busy machine are lower bounds, and the processor time says what they would be on two idle cores.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Iterator
from pathlib import Path

import duckdb

from . import accuracy, others, speed

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "tracks"


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--fixes", type=int, default=20_000_000)
    options.add_argument("--no-peers", action="store_true", help="leave the other programs out")
    options.add_argument("--only", choices=["accuracy", "speed"])
    options.add_argument("--data", type=Path, default=DATA)
    options.add_argument("--child", help=argparse.SUPPRESS)
    options.add_argument("--table", type=Path, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.child:
        speed.child(asked.child, asked.table)
        return
    for line in _lines(asked):
        print(line, flush=True)


def _lines(asked: argparse.Namespace) -> Iterator[str]:
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    yield f"{os.cpu_count()} cores, load {load}, Python {platform.python_version()}, DuckDB {duckdb.__version__}"
    if asked.only != "speed":
        yield from accuracy.measure(asked.data)
        if not asked.no_peers:
            yield from others.accuracy(asked.data)
    if asked.only != "accuracy":
        yield from speed.measure(asked.data, asked.fixes, peers=not asked.no_peers)
    yield "load at the end " + ", ".join(f"{one:.1f}" for one in os.getloadavg())


if __name__ == "__main__":
    main()
