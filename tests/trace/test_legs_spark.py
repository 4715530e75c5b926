"""Shares of the vehicles traced elsewhere give the file of one machine: by any tasks, and by Spark's."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest

from tests.policy.conftest import spark  # noqa: F401
from tests.records.conformance_runs import fleet, write_fleet
from tests.trace.faults import clock_jumps, duplicates, teleports
from wardbook.records.engine import Engine
from wardbook.records.spark_tasks import SparkTasks
from wardbook.trace.export import dropped_path, write_legs
from wardbook.trace.legs import TraceOptions, trace_fixes
from wardbook.trace.legs_shares import Tasks, trace_shares

HALF = 7_000
"""Rows of the first vehicle of the skewed fleet, more than all others have together."""


class Backwards:
    """Tasks of this process, the last one first."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self.asked: list[str] = []

    def run(self, task: Callable[[str], str], texts: Sequence[str]) -> Iterator[str]:
        self.asked = list(texts)
        return (task(text) for text in reversed(texts))


@pytest.fixture(scope="module")
def skewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fixes in order of arrival with copies, teleports and torn clocks; one vehicle has half of them."""
    dice = Random(2)
    track = fleet()
    for fault in (teleports, clock_jumps, duplicates):
        track = fault(track, [], dice)
    assert sum(fix[0] == 0 for fix in track) > HALF > 0.49 * len(track)
    path = tmp_path_factory.mktemp("skewed") / "fixes.parquet"
    write_fleet(path, track, whole=True)
    return path


def traced(source: Path, out: Path, tasks: Tasks | None, cells: int) -> Path:
    """The legs of ``source`` by this machine, or by tasks."""
    work = out.with_suffix(".work")
    work.mkdir()
    options = TraceOptions(lines=True, cells=cells)
    with Engine() as engine:
        if tasks is None:
            found = trace_fixes(engine, source, work, options=options)
        else:
            found = trace_shares(engine, source, work, tasks, options=options)
        write_legs(engine, found, out, lines=True)
    return out


def rows(path: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect() as engine:
        found = engine.execute(f"SELECT * FROM read_parquet('{path}')")
        return [tuple(column[0] for column in found.description or ()), *found.fetchall()]


def assert_same(one: Path, other: Path) -> None:
    """The legs and the dropped rows of two runs: columns, rows, order."""
    assert rows(one) == rows(other)
    assert rows(dropped_path(one)) == rows(dropped_path(other))


@pytest.mark.parametrize(("slots", "cells", "shares"), [(1, 1_500_000, 1), (1, 500, 4), (30, 1, 6)])
def test_shares_give_the_file_of_one_machine(
    skewed: Path, tmp_path: Path, slots: int, cells: int, shares: int
) -> None:
    """Six vehicles: the first alone is more than a quarter of all, two of the others are not."""
    tasks = Backwards(slots)
    alone = traced(skewed, tmp_path / "alone.parquet", None, 1_500_000)
    shared_out = traced(skewed, tmp_path / "shares.parquet", tasks, cells)
    assert_same(alone, shared_out)
    assert len(rows(alone)) > 1_000
    assert len(tasks.asked) == shares


def test_spark_gives_the_file_of_one_machine(spark: Any, skewed: Path, tmp_path: Path) -> None:  # noqa: F811
    alone = traced(skewed, tmp_path / "alone.parquet", None, 1_500_000)
    assert_same(alone, traced(skewed, tmp_path / "spark.parquet", SparkTasks(), 500))


def test_spark_traces_the_shared_fleet_alike(spark: Any, shared: Path, tmp_path: Path) -> None:  # noqa: F811
    source = shared / "data" / "tracks" / "fleet_open_dev_pings.parquet"
    alone = traced(source, tmp_path / "alone.parquet", None, 1_500_000)
    assert len(rows(alone)) == 1 + 48
    assert_same(alone, traced(source, tmp_path / "spark.parquet", SparkTasks(), 500))


def test_sail_gives_the_file_of_one_machine(skewed: Path, tmp_path: Path) -> None:
    """In a process of its own: Spark and a client of Sail are not one program."""
    if importlib.util.find_spec("pysail") is None:
        pytest.skip("pysail is not installed; make conformance installs it beside")
    outs = []
    for engine in ("duckdb", "sail"):
        outs.append(tmp_path / f"{engine}.parquet")
        words = ["trace", str(skewed), "--out", str(outs[-1]), "--engine", engine]
        subprocess.run([sys.executable, "-m", "wardbook", *words], check=True, env=dict(os.environ))
    assert_same(*outs)
