"""Jurisdiction of positions, measured beside shapely: ``python -m benchmarks.tracks_geography [--positions N]``.

One run, contenders in turn, medians and best. Ours reads positions from Parquet and makes the whole relation
(state, county, country, what is near); shapely has its points and its tree ready and gives the county alone.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb

from wardbook.records.engine import Engine
from wardbook.trace.regions import TOLERANCE_M, locate
from wardbook.trace.shapes.held import US, view_shapes

from .airports import airports_against_shapes

ROUNDS = 3
CITIES = ((40.71, -74.0), (38.9, -77.03), (38.35, -81.63), (41.88, -87.63), (34.05, -118.24), (29.76, -95.37))
"""Where the fleet drives: within about 60 km of these."""


def write_positions(kind: str, count: int, path: Path) -> None:
    """A fleet around six cities, or anywhere in a box around the lower 48 states."""
    cities = ", ".join(str(city) for city in CITIES)
    at = {
        "fleet": "c.lat + 0.2 * (random() + random() + random() - 1.5), c.lon + 0.3 * (random() + random() + random() - 1.5)",
        "anywhere": "25 + 24 * random(), -124 + 57 * random()",
    }[kind].split(", ")
    with duckdb.connect() as connection:
        connection.execute("SELECT setseed(0.5)")
        connection.execute(
            f"COPY (SELECT i AS position_id, CAST(1e6 * ({at[0]}) AS BIGINT) AS lat_e6, "
            f"CAST(1e6 * ({at[1]}) AS BIGINT) AS lon_e6 FROM range({count}) t(i) "
            f"JOIN (SELECT row_number() OVER () - 1 AS n, * FROM (VALUES {cities}) v(lat, lon)) c ON c.n = i % 6) "
            f"TO '{path}' (FORMAT parquet)"
        )


def ours(path: Path) -> float:
    """Seconds from Parquet to the whole answer."""
    with Engine() as engine:
        start = time.perf_counter()
        engine.define(f"CREATE VIEW spots AS SELECT * FROM read_parquet('{path}')")
        locate(engine, "spots")
        return time.perf_counter() - start


def shapelys(path: Path) -> float:
    """Seconds of one query of a tree of prepared polygons that are made before."""
    import shapely
    from tests.trace.test_regions_shapely import rings_of

    with Engine() as engine:
        view_shapes(engine)
        rings = [ring for found in rings_of(engine, US).values() for ring in found]
    polygons = [shapely.Polygon(ring) for ring in rings]
    shapely.prepare(polygons)
    tree = shapely.STRtree(polygons)
    with duckdb.connect() as connection:
        columns = connection.execute(
            f"SELECT lon_e6 + 180e6 AS x, lat_e6 + 90e6 AS y FROM '{path}'"
        ).fetchnumpy()
    points = shapely.points(columns["x"], columns["y"])
    start = time.perf_counter()
    tree.query(points, predicate="within")
    return time.perf_counter() - start


def scan(path: Path) -> float:
    """Seconds to read both columns and add them up."""
    start = time.perf_counter()
    with duckdb.connect() as connection:
        connection.execute(f"SELECT sum(lat_e6), sum(lon_e6), sum(position_id) FROM '{path}'").fetchall()
    return time.perf_counter() - start


CONTENDERS = {"ours": ours, "shapely": shapelys, "scan": scan}


def measure(kind: str, count: int) -> Iterator[str]:
    """Positions a second of each contender, each time in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spots.parquet"
        write_positions(kind, count, path)
        told: dict[str, list[dict[str, float]]] = {name: [] for name in CONTENDERS}
        for _ in range(ROUNDS):
            for name in random.sample(list(CONTENDERS), len(CONTENDERS)):
                words = [sys.executable, "-m", "benchmarks.tracks_geography", "--child", name, str(path)]
                done = subprocess.run(words, capture_output=True, text=True, check=True)
                told[name].append(json.loads(done.stdout))
    for name, runs in told.items():
        rates = [count / run["seconds"] for run in runs]
        peak = max(run["peak_mb"] for run in runs)
        yield (
            f"{kind:9} {name:8} {statistics.median(rates):>13,.0f} positions/s (best {max(rates):,.0f}), "
            f"{statistics.median(run['cpu'] for run in runs):.2f} CPU s, {peak:,.0f} MB"
        )


def child(name: str, path: Path) -> None:
    """Measure once and say so as JSON."""
    seconds = CONTENDERS[name](path)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {"seconds": seconds, "cpu": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss / 1024}
        )
    )


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--positions", type=int, default=2_000_000)
    options.add_argument("--child", nargs=2)
    asked = options.parse_args()
    if asked.child:
        child(asked.child[0], Path(asked.child[1]))
        return
    print(f"{asked.positions:,} positions, tolerance {TOLERANCE_M:,} m, {ROUNDS} rounds", flush=True)
    for kind in ("fleet", "anywhere"):
        for line in measure(kind, asked.positions):
            print(line, flush=True)
    for line in airports_against_shapes():
        print(line, flush=True)


if __name__ == "__main__":
    main()
