"""The whole chain, measured: ``python -m benchmarks.chain [--fixes N] [--rounds R]``.

Both contenders in turn, each in a process of its own, over the same files. From the second stage on both are also
given the same legs, so that their answers can be compared and what differs is the work, not the definition.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from wardbook.records.engine import Engine

from . import data, ours, plain

CONTENDERS = {"ours": ours.STAGES, "by hand": plain.STAGES}
SAME = ("held", "passed", "decided", "ledger")


def run(contender: str, folder: Path, legs: Path | None) -> dict[str, Any]:
    """Seconds and processor seconds of each stage, peak memory, and a digest of each answer."""
    told: dict[str, Any] = {"stages": {}}
    with Engine() as engine:
        engine.define("SET threads = 2")
        for table in ("intervals", "tolls"):
            engine.define(f"CREATE VIEW {table} AS SELECT * FROM '{folder / table}.parquet'")
        for name, stage in CONTENDERS[contender].items():
            start, cpu = time.perf_counter(), time.process_time()
            if name == "legs" and legs is not None:
                engine.define(f"CREATE TABLE legs AS SELECT * FROM '{legs}'")
            else:
                stage(engine, folder)
            told["stages"][name] = (time.perf_counter() - start, time.process_time() - cpu)
        told["legs"] = engine.count("legs")
        if legs is None and contender == "ours":
            engine.write_parquet("SELECT * FROM legs", folder / "legs.parquet")
        told["answers"] = {table: engine.one(f"SELECT bit_xor(hash(t)) FROM {table} t") for table in SAME}
    told["peak_mb"] = importlib.import_module("benchmarks.tracks.peers").peak_mb()
    return told


def in_child(contender: str, folder: Path, same_legs: bool) -> dict[str, Any]:
    """One run in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.chain", "--child", contender, "--folder", str(folder)]
    done = subprocess.run(
        [*command, *(["--same-legs"] if same_legs else [])], capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--fixes", type=int, default=20_000_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--child", help=argparse.SUPPRESS)
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--same-legs", action="store_true", help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.child:
        legs = asked.folder / "legs.parquet" if asked.same_legs else None
        print(json.dumps(run(asked.child, asked.folder, legs)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data.write(folder, asked.fixes)
        for same_legs in (False, True):
            runs: dict[str, list[dict[str, Any]]] = {contender: [] for contender in CONTENDERS}
            for _ in range(asked.rounds):
                for contender, found in runs.items():
                    found.append(in_child(contender, folder, same_legs))
            _print(runs, same_legs)


def _print(runs: dict[str, list[dict[str, Any]]], same_legs: bool) -> None:
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(
        f"{'the same legs' if same_legs else 'legs of each'}; load {load}; medians: wall / processor seconds"
    )
    totals = {contender: [0.0, 0.0] for contender in runs}
    for stage in ours.STAGES:
        if same_legs and stage == "legs":
            continue
        cells = {}
        for contender, found in runs.items():
            wall, cpu = (statistics.median(one["stages"][stage][at] for one in found) for at in (0, 1))
            cells[contender] = (wall, cpu)
            totals[contender][0] += wall
            totals[contender][1] += cpu
        print(f"  {stage:<10} {_cells(cells)}")
    print(f"  {'all':<10} {_cells({name: (wall, cpu) for name, (wall, cpu) in totals.items()})}")
    for contender, found in runs.items():
        peak = max(one["peak_mb"] for one in found)
        print(f"  {contender}: {found[0]['legs']:,} legs; peak {peak:,.0f} MB")
    if same_legs:
        same = [table for table in SAME if len({found[0]["answers"][table] for found in runs.values()}) == 1]
        print(f"  equal to the row: {', '.join(same)}; of {len(SAME)}")


def _cells(cells: dict[str, tuple[float, float]]) -> str:
    told = "  ".join(f"{name} {wall:6.2f} / {cpu:6.2f}" for name, (wall, cpu) in cells.items())
    (mine, mine_cpu), (other, other_cpu) = cells.values()
    return f"{told}  ratio {mine / other:.2f} / {mine_cpu / other_cpu:.2f}"


if __name__ == "__main__":
    main()
