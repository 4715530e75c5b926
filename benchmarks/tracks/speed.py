"""How fast: fixes a second from Parquet to legs, beside a bare scan, one window, and other programs.

Each piece of work runs in a process of its own, in turn, so that its peak memory is its own.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
from tests.trace.faults import Fix
from tests.trace.legs_run import write_fixes

from wardbook.records.engine import Engine
from wardbook.trace.legs import TraceOptions, trace_fixes

from .many import DENSE, SPARSE, paced, write_many
from .others import FEW, found_by, names
from .peers import peak_mb

ROUNDS = 3


@dataclass(frozen=True)
class Timing:
    """One run: seconds, processor seconds, peak memory, and a count that shows what was done."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    count: int


# ---------------------------------------------------------------- in the child


def legs(path: Path, *, lines: bool = False) -> int:
    """Legs of a table; their number."""
    with tempfile.TemporaryDirectory(dir=path.parent) as work, Engine() as engine:
        engine.define("SET threads = 2")
        return trace_fixes(engine, path, Path(work), options=TraceOptions(lines=lines)).legs


def legs_with_lines(path: Path) -> int:
    """The same, each with its path as a line."""
    return legs(path, lines=True)


def scan(path: Path) -> int:
    """Every value read once."""
    return _one(f"SELECT sum(veh + ts_s + lat_e6 + lon_e6) FROM '{path}'")


def window(path: Path) -> int:
    """One lag over the fixes of each vehicle: what any method must at least do."""
    lag = "lag(lat_e6) OVER (PARTITION BY veh ORDER BY ts_s)"
    return _one(f"SELECT sum(lat_e6 - before) FROM (SELECT lat_e6, {lag} AS before FROM '{path}')")


def _one(query: str) -> int:
    with duckdb.connect() as engine:
        engine.execute("SET threads = 2")
        return int(engine.execute(query).fetchall()[0][0])


WORK: dict[str, Callable[[Path], int]] = {
    "legs": legs,
    "legs with lines": legs_with_lines,
    "bare scan": scan,
    "one window": window,
}


def child(name: str, path: Path) -> None:
    """Do one piece of work and print its `Timing` as JSON."""
    start, cpu = time.perf_counter(), time.process_time()
    count = WORK[name](path)
    seconds, used = time.perf_counter() - start, time.process_time() - cpu
    print(json.dumps({"seconds": seconds, "cpu_seconds": used, "peak_mb": peak_mb(), "count": count}))


# ---------------------------------------------------------------- in the parent


def in_child(name: str, path: Path) -> Timing:
    """One run in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.tracks", "--child", name, "--table", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Timing(**json.loads(done.stdout.splitlines()[-1]))


def measure(folder: Path, fixes: int, *, peers: bool) -> Iterator[str]:
    """Fixes a second on dense and on sparse fixes."""
    for pace in (SPARSE, DENSE):
        given = paced(folder, pace)
        with tempfile.TemporaryDirectory() as work:
            path = Path(work) / f"{pace}.parquet"
            count = write_many(given, path, fixes)
            yield f"{pace}: {count:,} fixes, {ROUNDS} rounds in turn, medians (best)"
            runs: dict[str, list[Timing]] = {name: [] for name in WORK}
            for _ in range(ROUNDS):
                for name, timings in runs.items():
                    timings.append(in_child(name, path))
            for name, timings in runs.items():
                yield _line(name, timings, count)
            if peers:
                mine = count / statistics.median(one.seconds for one in runs["legs"])
                yield from beside(given, path, mine)


def _line(name: str, timings: list[Timing], count: int) -> str:
    rates = [count / one.seconds / 1e6 for one in timings]
    cpu = statistics.median(2 * count / one.cpu_seconds / 1e6 for one in timings)
    peak = max(one.peak_mb for one in timings)
    return (
        f"  {name:<16} {statistics.median(rates):7.2f} M/s ({max(rates):.2f}); by processor time of two cores "
        f"{cpu:.2f} M/s; peak {peak:,.0f} MB; {timings[0].count:,}"
    )


def beside(given: list[Fix], table: Path, mine: float) -> Iterator[str]:
    """The other programs on as many fixes as they do in reasonable time (None: on all)."""
    for engine in names():
        few, path = given[: FEW[engine]], table
        if FEW[engine] is not None:
            path = table.with_name("few.parquet")
            write_fixes(few, path)
        runs = [found_by(engine, path) for _ in range(ROUNDS)]
        if isinstance(runs[0], str):
            yield f"  {engine}: {runs[0]}"
            continue
        done = [run for run in runs if not isinstance(run, str)]
        fixes = len(few) if FEW[engine] is not None else rows_of(table)
        rate = fixes / statistics.median(one.seconds for one in done)
        yield (
            f"  {engine:<16} {rate / 1e6:7.4f} M/s on {fixes:,} fixes ({done[0].version}); ours is "
            f"{mine / rate:,.0f} times as fast; peak {max(one.peak_mb for one in done):,.0f} MB; "
            f"{len(done[0].legs):,} legs"
        )


def rows_of(table: Path) -> int:
    """The rows of a Parquet file."""
    return _one(f"SELECT count(*) FROM '{table}'")
