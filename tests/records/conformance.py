"""The same rows on the oldest DuckDB and on Sail as on the DuckDB installed.

``python -m tests.records.conformance`` says what differs, and ends with 1 if anything does. The runs of
`conformance_runs` are recorded on the DuckDB installed, recorded again on the oldest that pyproject.toml
allows, and played on Sail; then a fleet is traced by the command on Sail, and the tests that compare Spark
are run on it. Both are installed beside the environment, not into it. Spark is compared in the tests
(test_conformance.py).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.oldest_duckdb import ROOT, install, oldest, same_rows
from tests.records.conformance_play import difference
from tests.records.conformance_record import last_of, read_record
from tests.records.conformance_runs import RUNS, fleet, folder_of, write_fleet

SAIL = ("pysail==0.7.2", "pyspark-client==4.2.0", "pandas<3")
"""Sail and the client that its version is tested with."""

TESTS = (
    "tests/policy/test_spark_decide.py",
    "tests/policy/test_spark_sql.py",
    "tests/trace/test_regions_spark.py",
)
"""Tests that compare Spark with DuckDB and that Sail can run too."""


def install_sail() -> Path:
    """The folder with Sail and its client; put first, it hides the Spark of the environment."""
    folder = Path(sys.prefix) / SAIL[0].replace("==", "-")
    if not (folder / "pysail").is_dir():
        words = ["-q", "--disable-pip-version-check", "--target", str(folder), *SAIL]
        subprocess.run([sys.executable, "-m", "pip", "install", *words], check=True)
    return folder


def run(first: Path | None, *words: str) -> int:
    """Run Python with the packages of ``first`` before all others; its exit code."""
    path = os.pathsep.join([*([str(first)] if first else []), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": path, "RUST_LOG": "off"}
    return subprocess.run([sys.executable, *words], env=environment, cwd=ROOT, check=False).returncode


def recorded(first: Path | None, folder: Path) -> Path:
    """Record every run into a folder, by the DuckDB of ``first``."""
    if run(first, "-m", "tests.records.conformance_runs", str(folder)):
        raise RuntimeError(f"the runs cannot be recorded with {first}")
    return folder


def between(new: Path, old: Path) -> Iterator[str]:
    """What two recordings of the runs have otherwise."""
    for name, expected in RUNS.items():
        one, other = (folder_of(side, name) for side in (new, old))
        here, there = read_record(one), read_record(other)
        if [made.name for made in here.made] != [made.name for made in there.made]:
            yield f"{name}: other steps"
            continue
        compared = expected.compared or tuple(made.name for made in here.made if made.answer)
        for mine, its in zip(last_of(here, compared), last_of(there, compared), strict=True):
            if told := difference(one / mine.answer, other / its.answer):
                yield f"{name}, {mine.name}: {told}"


def by_commands(sail: Path, work: Path) -> Iterator[str]:
    """What ``wardbook trace`` writes otherwise on Sail; one vehicle has half of the fixes."""
    fixes = work / "fixes.parquet"
    write_fleet(fixes, fleet(), whole=True)
    outs = {engine: work / f"{engine}.parquet" for engine in ("duckdb", "sail")}
    for engine, out in outs.items():
        words = ["trace", str(fixes), "--out", str(out), "--engine", engine]
        if run(sail, "-m", "wardbook", *words):
            yield f"wardbook trace --engine {engine}: failed"
            return
    for suffix in (".parquet", ".dropped.parquet"):
        one, other = (out.with_suffix(suffix) for out in outs.values())
        if not same_rows(one, other):
            yield f"wardbook trace --engine sail: other rows in {other.name}"


def main() -> int:
    """Compare, and say what differs."""
    version, sail = oldest(), install_sail()
    with tempfile.TemporaryDirectory(prefix="wardbook-") as folder:
        work = Path(folder)
        new = recorded(None, work / "new")
        told = list(between(new, recorded(install(version), work / "old")))
        sys.stdout.write("".join(f"DuckDB {version}: {line}\n" for line in told or ["the same rows"]))
        play = ("-m", "tests.records.conformance_play", *map(str, sorted(new.iterdir())))
        failed = run(sail, *play)
        by_sail = list(by_commands(sail, work))
        failed += run(sail, "-m", "tests.records.conformance_tests", *(str(ROOT / name) for name in TESTS))
        sys.stdout.write(
            "".join(f"{line}\n" for line in by_sail or ["wardbook trace --engine sail: the same rows"])
        )
    return 1 if told or failed or by_sail else 0


if __name__ == "__main__":
    sys.exit(main())
