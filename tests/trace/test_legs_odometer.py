"""The odometer of a leg where rows of one second contradict each other: the same in every order."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import duckdb
import pytest

from wardbook.records.engine import Engine
from wardbook.trace.legs import read_parts, trace_fixes

START = 1_600_000_000


def odometer(rows: list[tuple[int, int, int]], folder: Path) -> int:
    """The odometer of the one leg of fixes as (seconds after the start, latitude, odometer)."""
    folder.mkdir()
    cells = ", ".join(f"(1, {START + ts}, {lat}, -72900000, {metres})" for ts, lat, metres in rows)
    with duckdb.connect() as made:
        query = f"SELECT * FROM (VALUES {cells}) r(veh, ts_s, lat_e6, lon_e6, odometer_m)"
        made.execute(f"COPY ({query}) TO '{folder / 'fixes.parquet'}' (FORMAT parquet)")
    with Engine() as engine:
        traced = trace_fixes(engine, folder / "fixes.parquet", folder)
        ((found,),) = engine.rows(f"SELECT odometer_m FROM {read_parts(traced.leg_files)}")
    return int(found)


@pytest.mark.parametrize("order", range(6))
def test_of_copies_of_one_second_the_smallest_counts(tmp_path: Path, order: int) -> None:
    """11 fixes a minute apart, 1,112 m each; three rows of the last second, with 61,120, 61,130, 61,500 m."""
    way = [(60 * n, 41_300_000 + 10_000 * n, 50_000 + 1_112 * n) for n in range(10)]
    last = [(600, 41_400_000, metres) for metres in (61_120, 61_130, 61_500)]
    first = (0, 41_300_000, 50_007)
    copies = list(permutations(last))[order]
    rows = [*copies, *way, first] if order % 2 else [first, *way, *copies]
    assert odometer(rows, tmp_path / "one") == 61_120 - 50_000
