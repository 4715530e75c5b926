"""Linking, measured: ``python -m benchmarks.linking [--rows N] [--rounds N] [--cap SECONDS]``.

For 20, 500 and 28,000 vehicles, in alternating rounds: the join of spans that overlap in four ways, and the
whole of matching. Medians of wall and processor seconds. A join that lasts longer than the cap is stopped.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import duckdb

from wardbook.link.matching import match, reasons
from wardbook.link.overlap import Spans, overlap_join
from wardbook.records.engine import Engine

from .data import NOISES, accuracy, make

FLEETS = (20, 500, 28_000)
SLACK = 900
"""How far two spans may lie apart, seconds."""

_SUM = "count(*), CAST(sum(CAST(hash(a_id, b_id) % 1000003 AS BIGINT)) AS BIGINT)"
_OVERLAP = f"w.start_s - {SLACK} <= m.end_s AND m.start_s <= w.end_s + {SLACK}"

PLAIN = (
    "SELECT w.entry_id AS a_id, m.leg_id AS b_id FROM written w JOIN movements m "
    f"ON m.vehicle_key = w.vehicle_key AND {_OVERLAP}"
)
PACKING = {
    "packed_vehicles": "SELECT vehicle_key, row_number() OVER () * 10000000000 AS n "
    "FROM (SELECT DISTINCT vehicle_key FROM movements)",
    "packed_written": f"SELECT entry_id, n + start_s - {SLACK} AS lo, n + end_s + {SLACK} AS hi "
    "FROM written JOIN packed_vehicles USING (vehicle_key)",
    "packed_movements": "SELECT leg_id, n + start_s AS lo, n + end_s AS hi "
    "FROM movements JOIN packed_vehicles USING (vehicle_key)",
}
"""Made within the time of the join: over these as subqueries the engine takes a slower join."""

PACKED = (
    "SELECT w.entry_id AS a_id, m.leg_id AS b_id FROM packed_written w "
    "JOIN packed_movements m ON w.lo <= m.hi AND m.lo <= w.hi"
)
BUCKETS = overlap_join(
    Spans("written", ("vehicle_key",), f"start_s - {SLACK}", f"end_s + {SLACK}", ("entry_id",)),
    Spans("movements", ("vehicle_key",), "start_s", "end_s", ("leg_id",)),
    "a.entry_id AS a_id, b.leg_id AS b_id",
)
ASOF = (
    "SELECT w.entry_id AS a_id, m.leg_id AS b_id FROM written w ASOF JOIN movements m "
    "ON m.vehicle_key = w.vehicle_key AND m.start_s <= w.start_s"
)
JOINS = {
    "overlap: equality of the vehicle, rest as a condition": PLAIN,
    "overlap: two inequalities on vehicle and time in one (IEJoin)": PACKED,
    "overlap: `overlap_join`": BUCKETS,
    "another question: the last start before (ASOF)": ASOF,
}


@dataclass
class Timing:
    """Wall and processor seconds of one piece of work, round by round."""

    wall: list[float]
    processor: list[float]

    def __str__(self) -> str:
        if not self.wall:
            return "stopped | "
        return f"{statistics.median(self.wall):.2f} | {statistics.median(self.processor):.2f}"


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--cap", type=float, default=90.0)
    asked = options.parse_args()
    for vehicles in FLEETS:
        with Engine() as engine:
            print(f"\n{vehicles:,} vehicles, {asked.rows:,} movements, nine tenths of them in the log\n")
            noise = next(iter(NOISES))
            make(engine, asked.rows, vehicles, noise, places=False)
            _joins(engine, asked.rounds, asked.cap)
            print("| matching | wall s | processor s | |\n|---|---:|---:|---|")
            for noise in NOISES:
                for places in (False, True):
                    make(engine, asked.rows, vehicles, noise, places)
                    timing = _timed({"": lambda: match(engine)}, asked.rounds)[""]
                    told = f"{noise}, {'times, places and miles' if places else 'times only'}"
                    print(f"| {told} | {timing} | {accuracy(engine)} |", flush=True)
            words = _timed({"": lambda: engine.run("entry_leg_reasons", reasons())}, asked.rounds)[""]
            print(f"| the reasons in words, all at once | {words} | |", flush=True)


def _joins(engine: Engine, rounds: int, cap: float) -> None:
    """The joins, in turn; the three that ask for overlap must give the same pairs."""
    sums: dict[str, tuple[int, int]] = {}
    stopped: set[str] = set()

    def run(name: str, query: str) -> None:
        if name in stopped:
            raise duckdb.InterruptException("stopped before")
        guard = threading.Timer(cap, engine._connection.interrupt)
        guard.start()
        try:
            for relation, made in PACKING.items() if query == PACKED else ():
                engine.run(relation, made)
            pairs, checksum = engine.rows(f"SELECT {_SUM} FROM ({query})")[0]
            sums[name] = (pairs, checksum)
        except duckdb.InterruptException:
            stopped.add(name)
            raise
        finally:
            guard.cancel()

    found = _timed({name: partial(run, name, query) for name, query in JOINS.items()}, rounds)
    print("| join | wall s | processor s | pairs |\n|---|---:|---:|---:|")
    for name, timing in found.items():
        print(f"| {name} | {timing} | {sums[name][0] if name in sums else f'over {cap:.0f} s'} |")
    if len({sums[name] for name in JOINS if name.startswith("overlap") and name in sums}) != 1:
        raise AssertionError("the joins differ")
    print(flush=True)


def _timed(work: dict[str, Callable[[], object]], rounds: int) -> dict[str, Timing]:
    """Each piece of work once a round, in turn."""
    found = {name: Timing([], []) for name in work}
    for _ in range(rounds):
        for name, run in work.items():
            start, used = time.perf_counter(), _processor()
            try:
                run()
            except duckdb.InterruptException:
                continue
            found[name].wall.append(time.perf_counter() - start)
            found[name].processor.append(_processor() - used)
    return found


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
