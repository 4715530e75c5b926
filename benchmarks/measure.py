"""Time and peak memory of one piece of work, in a process of its own."""

from __future__ import annotations

import json
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """Median seconds over the runs, and the largest peak memory (MB) of any run."""

    name: str
    seconds: float
    peak_mb: float
    runs: int


def here(work: Callable[[], object]) -> None:
    """Run ``work`` in this process and print seconds and peak memory as JSON (called in the child)."""
    start = time.perf_counter()
    work()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak}))


def in_child(name: str, script: str, arguments: list[str], runs: int) -> Measure:
    """Run ``script`` with ``arguments`` ``runs`` times, each in a fresh process."""
    seconds, peaks = [], []
    for _ in range(runs):
        done = subprocess.run(
            [sys.executable, script, *arguments], capture_output=True, text=True, check=True
        )
        result = json.loads(done.stdout.strip().splitlines()[-1])
        seconds.append(result["seconds"])
        peaks.append(result["peak_mb"])
    return Measure(name, statistics.median(seconds), max(peaks), runs)


def machine() -> str:
    """The machine in a line."""
    return f"{platform.machine()}, Python {platform.python_version()}, {platform.system()}"
