"""The same questions as SQL written by hand, for this data alone: no cleaning, no bounds, no reasons, no language."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from wardbook.records.engine import Engine

from . import ours
from .data import rules

_HOP = (
    "CAST(round(sqrt(power((lat_e6 - lat0) * 0.1112, 2) "
    "+ power((lon_e6 - lon0) * 0.1112 * cos(radians(lat0 / 1e6)), 2))) AS BIGINT)"
)


def legs(engine: Engine, folder: Path) -> None:
    """Legs between hops of less than 30 m: a lag, a sum, a group."""
    engine.define(
        f"""CREATE OR REPLACE TABLE legs AS
        WITH hops AS (
          SELECT CAST(veh AS BIGINT) AS vehicle, ts_s, lat_e6, lon_e6, lag(ts_s) OVER w AS ts0, lag(lat_e6) OVER w AS lat0,
                 lag(lon_e6) OVER w AS lon0, row_number() OVER w AS n
          FROM '{folder / "fixes.parquet"}' WINDOW w AS (PARTITION BY veh ORDER BY ts_s)),
        moves AS (SELECT vehicle, ts0, ts_s, n, {_HOP} AS hop FROM hops WHERE ts0 IS NOT NULL),
        runs AS (
          SELECT *, n - row_number() OVER (PARTITION BY vehicle ORDER BY n) AS run
          FROM moves WHERE hop > 30 AND ts_s - ts0 <= 900)
        SELECT vehicle * 100000 + row_number() OVER (PARTITION BY vehicle ORDER BY min(ts0)) AS leg_id, vehicle,
               min(ts0) AS start_s, max(ts_s) AS end_s, CAST(sum(hop) AS BIGINT) AS metres,
               min(n) - 1 AS first_row, max(n) AS last_row
        FROM runs GROUP BY vehicle, run HAVING sum(hop) >= 300"""
    )


def overlaps(engine: Engine, _folder: Path) -> None:
    """Buckets of a day on both sides; a pair counts in the first that they share."""
    engine.define(
        """CREATE OR REPLACE TABLE held AS
        WITH a AS (SELECT leg_id, vehicle, start_s, end_s, unnest(range(start_s // 86400, end_s // 86400 + 1)) AS d FROM legs),
        b AS (SELECT interval_id, vehicle, lo, hi, unnest(range(lo // 86400, hi // 86400 + 1)) AS d FROM intervals)
        SELECT a.leg_id, b.interval_id FROM a JOIN b ON b.vehicle = a.vehicle AND b.d = a.d
        WHERE a.start_s <= b.hi AND b.lo <= a.end_s AND a.d = greatest(a.start_s // 86400, b.lo // 86400)"""
    )


def tolls(engine: Engine, _folder: Path) -> None:
    """The last leg that began before, if it had not ended."""
    engine.define(
        """CREATE OR REPLACE TABLE passed AS SELECT l.leg_id, t.toll_id
        FROM tolls t ASOF JOIN legs l ON l.vehicle = t.vehicle AND t.at_s >= l.start_s WHERE t.at_s <= l.end_s"""
    )


def _case() -> str:
    def test(cells: dict[str, str]) -> str:
        tests = []
        for name, word in cells.items():
            if name == "metres":
                low, _, high = word.removeprefix(">= ").partition("..")
                tests.append(f"metres >= {low}" + (f" AND metres <= {high}" if high else ""))
            else:
                tests.append(name if word == "yes" else f"NOT {name}")
        return " AND ".join(tests)

    return " ".join(
        f"WHEN {test(cells)} THEN {{'rule': '{name}', 'costs': '{costs}'}}" for name, cells, costs in rules()
    )


def decisions(engine: Engine, _folder: Path) -> None:
    """One CASE."""
    engine.define(f"CREATE OR REPLACE TABLE sources AS {ours.FACTS}")
    engine.define(
        f"""CREATE OR REPLACE TABLE decided AS SELECT leg_id, d.rule AS rule, d.costs AS costs FROM (
        SELECT leg_id, CASE {_case()} END AS d FROM (
          SELECT l.leg_id, l.metres, len(s.interval_ids) > 0 AS authorized, len(s.toll_ids) > 0 AS toll
          FROM legs l JOIN sources s USING (leg_id)))"""
    )


def ledger(engine: Engine, _folder: Path) -> None:
    """The same sum."""
    engine.define(f"CREATE OR REPLACE TABLE ledger AS {ours.LEDGER}")


STAGES: dict[str, Callable[[Engine, Path], None]] = {
    "legs": legs,
    "intervals": overlaps,
    "tolls": tolls,
    "decisions": decisions,
    "ledger": ledger,
}
