"""What may go wrong where shares are traced elsewhere: odd tables, tasks run twice, tasks that die."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
from click.testing import CliRunner, Result

from tests.policy.conftest import spark  # noqa: F401
from tests.trace.faults import Fix
from tests.trace.legs_run import write_fixes
from tests.trace.test_clean import T0, drive, parked
from wardbook.cli import main, tracing
from wardbook.records.engine import Engine
from wardbook.records.spark_tasks import SparkTasks
from wardbook.trace.export import dropped_path, write_legs
from wardbook.trace.fixes import Asked
from wardbook.trace.fixes_time import FOLD
from wardbook.trace.legs import Batch, Run, Traced, TraceOptions, trace_fixes
from wardbook.trace.legs_shares import Tasks, trace_shares

NEW_YORK = ZoneInfo("America/New_York")
CLOCK_BACK = int(datetime(2017, 11, 5, 6, tzinfo=UTC).timestamp())
"""When the clocks of New York went from 02:00 back to 01:00."""

FEW = 40
"""Cells of time of a batch, so that each vehicle of these tables is a share."""


class Here:
    """Tasks of this process, each run ``times``."""

    slots = 30

    def __init__(self, times: int = 1) -> None:
        self.times = times
        self.asked = 0

    def run(self, task: Callable[[str], str], texts: Sequence[str]) -> Iterator[str]:
        self.asked = len(texts)
        for text in texts:
            yield [task(text) for _ in range(self.times)][-1]


class Twice(SparkTasks):
    """Spark's tasks, each run two times, as Spark does with one that is slow."""

    def run(self, task: Callable[[str], str], texts: Sequence[str]) -> Iterator[str]:
        return super().run(_twice(task), texts)


def _twice(task: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: [task(text), task(text)][1]


class Dying(SparkTasks):
    """Spark's tasks, of which one dies when it has written its files."""

    def run(self, task: Callable[[str], str], texts: Sequence[str]) -> Iterator[str]:
        return super().run(_dying(task), texts)


def _dying(task: Callable[[str], str]) -> Callable[[str], str]:
    def die(text: str) -> str:
        answer = task(text)
        if text == "1":
            raise RuntimeError("the machine is gone")
        return answer

    return die


def vehicle_day(vehicle: int, start: int) -> list[Fix]:
    """Parked, a drive, parked."""
    there = drive(vehicle, start)
    end = there[-1]
    return [
        *parked(start - 3_000, there[0][2], vehicle=vehicle),
        *there,
        *parked(end[1] + 300, end[2], vehicle=vehicle),
    ]


def fleet() -> list[Fix]:
    return [fix for vehicle in (1, 2, 3) for fix in vehicle_day(vehicle, T0 + 60 * vehicle)]


def traced(
    source: Path, out: Path, tasks: Tasks | None, asked: Asked | None = None
) -> tuple[Traced, bytes, bytes]:
    """What was traced by tasks, or by this machine alone, and the bytes of the two files written."""
    work = out.with_suffix(".work")
    work.mkdir()
    options = TraceOptions(lines=True, cells=FEW)
    with Engine() as engine:
        if tasks is None:
            found = trace_fixes(engine, source, work, asked, options)
        else:
            found = trace_shares(engine, source, work, tasks, asked, options)
        write_legs(engine, found, out, lines=True)
    return found, out.read_bytes(), dropped_path(out).read_bytes()


def assert_alike(source: Path, folder: Path, tasks: Tasks, asked: Asked | None = None) -> Traced:
    """The files by tasks are to the byte those of this machine alone."""
    alone = traced(source, folder / "alone.parquet", None, asked)
    shares = traced(source, folder / "shares.parquet", tasks, asked)
    assert shares[1:] == alone[1:]
    assert (shares[0].legs, shares[0].dropped) == (alone[0].legs, alone[0].dropped)
    return shares[0]


def local_times(path: Path, track: Sequence[Fix]) -> None:
    """A track as CSV, its times as the clocks of New York showed them, without an offset."""
    lines = ["vehicle,time,lat,lon"]
    for vehicle, ts, lat, lon in track:
        clock = datetime.fromtimestamp(ts, NEW_YORK).strftime("%Y-%m-%d %H:%M:%S")
        lines.append(f"car {vehicle},{clock},{lat / 1e6},{lon / 1e6}")
    path.write_text("\n".join(lines), "utf-8")


def broken_table(path: Path) -> None:
    """Fourteen vehicles in row groups of 2,048 rows, the second of which cannot be read."""
    with duckdb.connect() as engine:
        engine.execute("SET threads = 1")
        engine.execute(
            "COPY (SELECT 1 + i // 450 AS veh, 1500000000 + i % 450 * 15 AS ts_s, "
            "CAST(41300000 + i % 450 * 1350 + i * 7919 % 20 AS INTEGER) AS lat_e6, -72900000 AS lon_e6 "
            f"FROM range(6300) t(i) ORDER BY i) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)"
        )
        offsets = engine.execute(
            f"SELECT data_page_offset FROM parquet_metadata('{path}') "
            "WHERE path_in_schema = 'lat_e6' ORDER BY row_group_id"
        ).fetchall()
    data = bytearray(path.read_bytes())
    data[offsets[1][0] : offsets[1][0] + 64] = b"\xff" * 64
    path.write_bytes(data)


def command(*words: object) -> Result:
    return CliRunner().invoke(main, ["trace", *map(str, words)])


# ---------------------------------------------------------------- odd tables


def test_local_times_over_a_clock_change_are_the_same_instants_in_every_share(tmp_path: Path) -> None:
    source, tasks = tmp_path / "fixes.csv", Here()
    local_times(source, [fix for n in (1, 2) for fix in vehicle_day(n, CLOCK_BACK + 3_000 + n)])
    found = assert_alike(source, tmp_path, tasks, Asked(zone=NEW_YORK))
    assert tasks.asked == 2
    assert dict(found.dropped)[FOLD] > 20
    assert found.legs == 2


def test_a_broken_row_group_is_left_out_of_every_share(tmp_path: Path) -> None:
    source, tasks = tmp_path / "fixes.parquet", Here()
    broken_table(source)
    found = assert_alike(source, tmp_path, tasks)
    assert tasks.asked == 10
    assert found.table.rows == 6_300 - 2_048
    assert "rows 2,049 to 4,096 cannot be read" in found.notes[0]


@pytest.mark.parametrize(("lat", "rows"), [(None, 0), (0, 40)])
def test_a_table_without_a_fix_asks_no_task(tmp_path: Path, lat: int | None, rows: int) -> None:
    source, tasks = tmp_path / "fixes.csv", Here()
    lines = [f"{n % 2},{T0 + n},{lat},0.0" for n in range(rows)]
    source.write_text("\n".join(["vehicle,ts_s,lat,lon", *lines]), "utf-8")
    found = assert_alike(source, tmp_path, tasks)
    assert (tasks.asked, found.legs, found.vehicles) == (0, 0, 0)
    assert found.dropped == ((("position 0/0", rows),) if rows else ())


# ---------------------------------------------------------------- tasks


def test_a_task_that_runs_twice_counts_once(tmp_path: Path) -> None:
    source = tmp_path / "fixes.parquet"
    write_fixes(fleet(), source)
    found = assert_alike(source, tmp_path, Here(times=2))
    assert found.legs == 3


def test_a_task_that_dies_halfway_leaves_no_result_and_may_be_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It dies with its legs written and its answer not given, in the middle of the fleet."""
    source, out = tmp_path / "fixes.parquet", tmp_path / "legs.parquet"
    write_fixes(fleet(), source)
    whole, written = Run.trace, []

    def die(run: Run, batch: Batch) -> None:
        whole(run, batch)
        written.extend(run.files["legs"])
        if batch.first == 2:
            raise RuntimeError("the machine is gone")

    work = tmp_path / "work"
    work.mkdir()
    options = TraceOptions(cells=FEW)
    with monkeypatch.context() as patched, Engine() as engine:
        patched.setattr(Run, "trace", die)
        with pytest.raises(RuntimeError, match="the machine is gone"):
            trace_shares(engine, source, work, Here(), options=options)
    assert len(written) == 2
    assert all(path.is_file() for path in written)
    with Engine() as engine:
        again = trace_shares(engine, source, work, Here(), options=options)
        write_legs(engine, again, out, lines=False)
    assert not set(written) & set(again.leg_files)
    with Engine() as engine:
        alone = trace_fixes(engine, source, work, options=options)
        write_legs(engine, alone, tmp_path / "alone.parquet", lines=False)
    assert out.read_bytes() == (tmp_path / "alone.parquet").read_bytes()


# ---------------------------------------------------------------- on Spark


def test_spark_that_runs_tasks_twice_gives_the_file_of_one_machine(spark: Any, tmp_path: Path) -> None:  # noqa: F811
    source = tmp_path / "fixes.parquet"
    write_fixes(fleet(), source)
    assert assert_alike(source, tmp_path, Twice()).legs == 3


def test_the_command_writes_the_same_files_on_spark(spark: Any, tmp_path: Path) -> None:  # noqa: F811
    source, out = tmp_path / "fixes.csv", tmp_path / "out"
    out.mkdir()
    local_times(source, [fix for n in (1, 2) for fix in vehicle_day(n, CLOCK_BACK + 3_000 + n)])
    told = []
    for engine in ("duckdb", "spark"):
        path = out / engine / "legs.parquet"
        path.parent.mkdir()
        done = command(source, "--out", path, "--zone", NEW_YORK.key, "--engine", engine)
        assert done.exit_code == 0, done.output
        told.append(done.output.replace(str(path), "legs"))
        assert {one.name for one in path.parent.iterdir()} == {"legs.parquet", "legs.dropped.parquet"}
    assert told[0] == told[1]
    assert "legs: 2" in told[0]
    for name in ("legs.parquet", "legs.dropped.parquet"):
        assert (out / "duckdb" / name).read_bytes() == (out / "spark" / name).read_bytes()


def test_the_command_leaves_what_stood_there_when_a_task_dies_on_spark(
    spark: Any,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source, out = tmp_path / "fixes.parquet", tmp_path / "out" / "legs.parquet"
    out.parent.mkdir()
    out.write_bytes(b"from before")
    write_fixes(fleet(), source)
    with monkeypatch.context() as patched:
        patched.setattr(tracing, "SparkTasks", Dying)
        patched.setattr(
            tracing, "TraceOptions", lambda *args, **words: replace(TraceOptions(*args, **words), cells=FEW)
        )
        assert command(source, "--out", out, "--engine", "spark").exit_code != 0
    assert [path.name for path in out.parent.iterdir()] == ["legs.parquet"]
    assert out.read_bytes() == b"from before"
    done = command(source, "--out", out, "--engine", "spark")
    assert done.exit_code == 0, done.output
    assert "legs: 3" in done.output
