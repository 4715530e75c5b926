"""Many fixes, for speed: the generated fleet's vehicles copied to other days and places."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
from tests.trace.faults import Fix, with_heartbeats
from tests.trace.fleet import generate, read_fleet, real_legs
from tests.trace.legs_run import ends, write_fixes

DENSE, SPARSE = "dense", "sparse"
VEHICLES, TRIPS = 40, 25


def paced(folder: Path, pace: str) -> list[Fix]:
    """The fixes of 40 vehicles that drive and park in turn.

    ``dense``: driven fixes as they were recorded, of the legs with one at least every 5 s, nothing while parked.
    ``sparse``: one fix in every minute, moving or not, as taxis send them.
    """
    legs = real_legs(*read_fleet(folder))
    if pace == DENSE:
        legs = [leg for leg in legs if leg[0][-1][1] - leg[0][0][1] <= 5 * len(leg[0])]
    fixes, trips = generate(legs, VEHICLES, TRIPS, seed=5, longest_parking_s=3_600)
    if pace == DENSE:
        return fixes
    seen: set[tuple[int, int]] = set()
    minutes = []
    for fix in with_heartbeats(fixes, ends(trips), 60):
        minute = fix[0], fix[1] // 60
        if minute not in seen:
            seen.add(minute)
            minutes.append(fix)
    return minutes


def write_many(fixes: Sequence[Fix], path: Path, count: int) -> int:
    """Write at least ``count`` fixes, one vehicle after the other; returns how many."""
    own = path.with_suffix(".own.parquet")
    write_fixes(fixes, own)
    copies = -(-count // len(fixes))
    with duckdb.connect() as engine:
        engine.execute("SET threads = 2")
        engine.execute("SET memory_limit = '4GB'")
        engine.execute(f"SET temp_directory = '{path.parent}'")
        copied = (
            "SELECT CAST(veh + 1000 * r AS INTEGER) AS veh, ts_s + r % 7 * 86400 AS ts_s, "
            "CAST(lat_e6 + r % 11 * 1000 AS INTEGER) AS lat_e6, CAST(lon_e6 + r % 13 * 1000 AS INTEGER) AS lon_e6"
        )
        engine.execute(
            f"COPY ({copied} FROM range({copies}) AS t(r), read_parquet('{own}') ORDER BY veh, ts_s) "
            f"TO '{path}' (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2)"
        )
    own.unlink()
    return copies * len(fixes)
