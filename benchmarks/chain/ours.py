"""The chain by wardbook's rooms: trace, overlap join, decide, ledger, sources."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from wardbook.link.overlap import Spans, overlap_join
from wardbook.policy.decide_table import decide_table
from wardbook.policy.read import load_text
from wardbook.records.engine import Engine
from wardbook.trace.legs import TraceOptions, read_parts, trace_fixes

from .data import rulebook


def legs(engine: Engine, folder: Path) -> None:
    """``legs``: leg_id, vehicle, start_s, end_s, metres, and the rows of its first and last fix."""
    with tempfile.TemporaryDirectory(dir=folder) as work, Engine() as apart:
        apart.define("SET threads = 2")
        traced = trace_fixes(apart, folder / "fixes.parquet", Path(work), options=TraceOptions())
        engine.define(
            "CREATE OR REPLACE TABLE legs AS SELECT CAST(vehicle AS BIGINT) * 100000 + leg AS leg_id, "
            "CAST(vehicle AS BIGINT) AS vehicle, CAST(epoch_us(start_at) // 1000000 AS BIGINT) AS start_s, "
            "CAST(epoch_us(end_at) // 1000000 AS BIGINT) AS end_s, metres, first_row, last_row "
            f"FROM {read_parts(traced.leg_files)} WHERE kind = 'leg'"
        )


def overlaps(engine: Engine, _folder: Path) -> None:
    """``held``: leg and interval of one vehicle that overlap."""
    engine.run(
        "held",
        overlap_join(
            Spans("legs", ("vehicle",), "start_s", "end_s", ("leg_id",)),
            Spans("intervals", ("vehicle",), "lo", "hi", ("interval_id",)),
            "a.leg_id, b.interval_id",
        ),
    )


def tolls(engine: Engine, _folder: Path) -> None:
    """``passed``: the leg in whose time a toll was paid."""
    engine.run(
        "passed",
        overlap_join(
            Spans("tolls", ("vehicle",), "at_s", "at_s", ("toll_id",)),
            Spans("legs", ("vehicle",), "start_s", "end_s", ("leg_id",)),
            "b.leg_id, a.toll_id",
        ),
    )


FACTS = """
SELECT l.leg_id, coalesce(h.ids, []) AS interval_ids, coalesce(p.ids, []) AS toll_ids
FROM legs l
LEFT JOIN (SELECT leg_id, list_sort(list(interval_id)) AS ids FROM held GROUP BY leg_id) h USING (leg_id)
LEFT JOIN (SELECT leg_id, list_sort(list(toll_id)) AS ids FROM passed GROUP BY leg_id) p USING (leg_id)
"""


def decisions(engine: Engine, folder: Path) -> None:
    """``decided``: rule and cost arrangement of each leg."""
    engine.run("sources", FACTS)
    facts, out = folder / "facts.parquet", folder / "decided.parquet"
    engine.write_parquet(
        "SELECT l.leg_id AS use_id, DATE '2024-06-01' AS date, len(s.interval_ids) > 0 AS authorized, "
        "len(s.toll_ids) > 0 AS toll, l.metres FROM legs l JOIN sources s USING (leg_id)",
        facts,
    )
    decide_table(load_text(rulebook(), "chain.md"), facts, out)
    engine.define(
        f"CREATE OR REPLACE TABLE decided AS SELECT use_id AS leg_id, rule, costs FROM read_parquet('{out}')"
    )


LEDGER = """
SELECT l.vehicle, strftime(make_timestamp(l.start_s * 1000000), '%Y-%m') AS month, d.costs,
       CAST(sum(CAST(l.metres AS DECIMAL(18,2)) * 0.42) AS DECIMAL(18,2)) AS amount,
       list_sort(list(l.leg_id)) AS leg_ids
FROM legs l
JOIN decided d USING (leg_id)
WHERE d.costs <> 'town'
GROUP BY ALL
"""


def ledger(engine: Engine, _folder: Path) -> None:
    """``ledger``: what each vehicle owes a month and arrangement, with the legs behind it."""
    engine.run("ledger", LEDGER)


STAGES: dict[str, Callable[[Engine, Path], None]] = {
    "legs": legs,
    "intervals": overlaps,
    "tolls": tolls,
    "decisions": decisions,
    "ledger": ledger,
}
