"""Cost against rows, as a table and a plot: ``python -m benchmarks.chain.scaling [--out FILE.svg]``.

Tracing of sparse and dense fixes, the overlap join and the matching of logs, at 1, 2, 4 and 8 times the data; every
point is the median of its rounds, each in a process of its own.
"""

from __future__ import annotations

import argparse
import importlib
import json
import math
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from wardbook.link.matching import match
from wardbook.records.engine import Engine

_many, _speed = (importlib.import_module(f"benchmarks.tracks.{name}") for name in ("many", "speed"))
_tracks, _joins, _data = map(
    importlib.import_module,
    ("benchmarks.tracks.__main__", "benchmarks.linking.__main__", "benchmarks.linking.data"),
)
"""The other benchmarks' own data and work."""

SPARSE, DENSE = "sparse", "dense"
TIMES = (1, 2, 4, 8)
WORKS = {
    f"legs of {SPARSE} fixes": 2_500_000,
    f"legs of {DENSE} fixes": 2_500_000,
    "overlap join of two tables": 125_000,
    "log entries and movements matched": 125_000,
}
"""What is measured, and its smallest number of rows."""

COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
"""Okabe and Ito's, told apart by the color-blind."""

VEHICLES = 500


def child(work: str, path: Path, rows: int) -> None:
    """Do one piece of work once, and print seconds, processor seconds and peak memory."""
    if work.startswith("legs"):
        start, cpu = time.perf_counter(), time.process_time()
        _speed.legs(path)
    else:
        with Engine() as engine:
            engine.define("SET threads = 2")
            _data.make(engine, rows, VEHICLES, next(iter(_data.NOISES)), places=False)
            start, cpu = time.perf_counter(), time.process_time()
            if work.startswith("overlap"):
                engine.rows(f"SELECT count(*) FROM ({_joins.BUCKETS})")
            else:
                match(engine)
    told = {
        "seconds": time.perf_counter() - start,
        "cpu": time.process_time() - cpu,
        "peak_mb": _speed.peak_mb(),
    }
    print(json.dumps(told))


def measure(rounds: int) -> dict[str, list[tuple[int, float, float, float]]]:
    """Rows, seconds, processor seconds and peak of every point, by work."""
    found: dict[str, list[tuple[int, float, float, float]]] = {work: [] for work in WORKS}
    with tempfile.TemporaryDirectory() as folder:
        for work, least in WORKS.items():
            for times in TIMES:
                rows, path = least * times, Path(folder) / "fixes.parquet"
                if work.startswith("legs"):
                    rows = _many.write_many(_many.paced(_tracks.DATA, work.split()[2]), path, rows)
                runs = [_run(work, path, rows) for _ in range(rounds)]
                seconds, cpu = (statistics.median(run[name] for run in runs) for name in ("seconds", "cpu"))
                found[work].append((rows, seconds, cpu, max(run["peak_mb"] for run in runs)))
    return found


def _run(work: str, path: Path, rows: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.chain.scaling", "--child", work]
    done = subprocess.run(
        [*command, "--path", str(path), "--rows", str(rows)], capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def slope(points: list[tuple[int, float, float, float]]) -> float:
    """The exponent of rows in processor seconds, by least squares of the logarithms."""
    xs, ys = [math.log(point[0]) for point in points], [math.log(point[2]) for point in points]
    x, y = statistics.mean(xs), statistics.mean(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)


def plot(found: dict[str, list[tuple[int, float, float, float]]]) -> str:
    """Seconds against times the data, both by doublings, as SVG."""
    width, height, left, top, right = 760, 420, 60, 20, 500
    values = [point[1] for points in found.values() for point in points]
    low, high = math.floor(math.log2(min(values))), math.ceil(math.log2(max(values)))

    def x(times: int) -> float:
        return left + (right - left) * math.log2(times) / math.log2(TIMES[-1])

    def y(seconds: float) -> float:
        return top + (height - 70) * (high - math.log2(seconds)) / (high - low)

    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
        'font-size="13" role="img"><title>Seconds against rows, at 1, 2, 4 and 8 times the data</title>'
        f'<rect width="{width}" height="{height}" fill="white"/>'
    )
    parts = [head]
    for power in range(low, high + 1):
        at = y(2.0**power)
        parts.append(f'<path d="M{left} {at:.1f}H{right}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{at + 4:.1f}" text-anchor="end">{2.0**power:g} s</text>')
    parts.extend(
        f'<text x="{x(times):.1f}" y="{height - 22}" text-anchor="middle">{times} x</text>' for times in TIMES
    )
    for color, (work, points) in zip(COLORS, found.items(), strict=True):
        ends = list(zip(TIMES, points, strict=True))
        line = " ".join(f"{x(times):.1f},{y(point[1]):.1f}" for times, point in ends)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="2"/>')
        parts.extend(
            f'<circle cx="{x(times):.1f}" cy="{y(point[1]):.1f}" r="4" fill="{color}"/>'
            for times, point in ends
        )
        last = y(points[-1][1])
        parts.append(f'<text x="{right + 10}" y="{last + 4:.1f}" fill="{color}">{work}</text>')
    parts.append(
        f'<text x="{left}" y="{height - 4}">1 x: 2.5 million fixes; 125,000 spans or entries</text></svg>'
    )
    return "\n".join(parts) + "\n"


def main() -> None:
    """Measure, print and draw."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "scaling.svg")
    options.add_argument("--child", help=argparse.SUPPRESS)
    options.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--rows", type=int, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.child:
        child(asked.child, asked.path, asked.rows)
        return
    found = measure(asked.rounds)
    for work, points in found.items():
        print(f"{work}: processor seconds grow with rows to the power {slope(points):.2f}")
        for rows, seconds, cpu, peak in points:
            print(f"  {rows:>12,} rows {seconds:7.2f} s, processor {cpu:7.2f} s, peak {peak:6,.0f} MB")
    asked.out.write_text(plot(found), "utf-8")
    print(f"wrote {asked.out}")


if __name__ == "__main__":
    main()
