"""How fast uses are decided from Parquet: the barest answer, the full record, and what another rule changes."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from wardbook.policy.compile import Compiled, FactColumn, first_rule_query
from wardbook.policy.decide import answered_costs, learn_answers, record_query
from wardbook.policy.determine import docket, outcome_names
from wardbook.policy.edit import edit
from wardbook.policy.model import Fact, Rulebook
from wardbook.policy.what_if import Store, WhatIf, baseline
from wardbook.records.engine import Engine

from .data import COSTS, column, rows_of

ROUNDS = 5
PAYER = "campaign"
LIMIT, BARE, KEYS, RECORD = (
    "every value touched (limit)",
    "bare rule id",
    "rules true and open",
    "full record",
)
EDITED = "R03.assessment age=<= 210"


@dataclass(frozen=True)
class Timing:
    """One piece of work: its seconds, round by round."""

    name: str
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median in seconds."""
        return statistics.median(self.seconds)


def timed(work: dict[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, Timing]:
    """Each piece of work once a round, in turn."""
    seconds: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, run in work.items():
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    return {name: Timing(name, tuple(found)) for name, found in seconds.items()}


def limit_query(policy: Rulebook, path: Path) -> str:
    """Every value that a rule reads, read and hashed: the fair limit of reading them at all."""
    names = ["date", *(column(fact) for fact in policy.facts)]
    return f"SELECT bit_xor(hash({', '.join(names)})) FROM read_parquet('{path}')"


def deciding(policy: Rulebook, path: Path, uses: int) -> Iterable[str]:
    """The rates of deciding, and the peak memory of the barest answer in a process of its own."""
    bare, _ = first_rule_query(policy, rows_of(path))
    bare = f"SELECT rule, count(*) FROM ({bare}) GROUP BY rule"
    with Engine() as engine:
        ready = docket(policy)
        compiled = Compiled(ready, replace(rows_of(path)(ready), carried=tuple(COSTS.values())))
        start = time.perf_counter()
        keys = learn_answers(engine, compiled)
        learning = time.perf_counter() - start
        record = _record(compiled)
        names = ", ".join(f"count({name})" for name in compiled.key_names)
        queries = {
            LIMIT: limit_query(policy, path),
            BARE: bare,
            KEYS: f"SELECT {names} FROM ({compiled.keys()})",
            RECORD: record,
        }
        found = timed({name: _run(engine, query) for name, query in queries.items()})
    yield f"{uses:,} uses, {len(policy.rules)} rules, {len(policy.facts)} facts, DuckDB {duckdb.__version__}"
    for name, one in found.items():
        best = min(one.seconds)
        yield (
            f"  {name:<40} median {one.median:6.3f} s  best {best:6.3f} s  {uses / one.median / 1e6:6.1f} M/s  "
            f"{found[LIMIT].median / one.median:4.0%} of the limit  {one.median / found[BARE].median:5.2f} x bare"
        )
    yield f"  {'answers learnt, once for a rulebook':<40} {learning:6.3f} s for {keys:,} sets of rules, a pass more"
    yield f"  {'peak memory of the bare rule id':<40} {_peak(bare):,.0f} MB"


def _record(compiled: Compiled) -> str:
    """The full record, every column of it computed: texts and masks counted, amounts summed."""
    costs = {name: f"h.{text}" for name, text in COSTS.items()}
    shares = answered_costs(compiled).shares(costs)
    amounts = {share.cost_class: share.amount for share in shares if share.payer == PAYER}
    query = record_query(compiled, amounts)
    texts = ["rule", "certain", "t0", "u0", "standing0", "pending0", *outcome_names(compiled.ready.rulebook)]
    counted = [f'count("{name}")' for name in texts] + [f'sum("{name}")' for name in amounts]
    return f"SELECT {', '.join(counted)} FROM ({query})"


def _run(engine: Engine, query: str) -> Callable[[], object]:
    return lambda: engine.rows(query)


def _peak(query: str) -> float:
    """Peak memory (MB) of a process that runs the query and nothing else."""
    script = (
        "import duckdb, resource, sys\n"
        "duckdb.connect().execute(sys.stdin.read()).fetchall()\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], input=query, capture_output=True, text=True, check=True
    )
    return float(done.stdout)


# ---------------------------------------------------------------- what if


def changing(policy: Rulebook, path: Path, uses: int) -> Iterable[str]:
    """One rule changed: asked of the stored masks, and of every use anew under both rulebooks.

    All read one Parquet file, which is not compressed: facts, costs and masks.
    """
    decided = path.with_name("decided.parquet")
    new = edit(policy, (), (EDITED,)).rulebook
    with Engine() as engine:
        ready = docket(policy)
        compiled = Compiled(ready, rows_of(path)(ready))
        words = tuple(name for name in compiled.key_names if name.startswith("p"))
        given = [*(text.raw for text in compiled.rows.columns), *COSTS.values()]
        carried = Compiled(ready, replace(compiled.rows, carried=tuple(given)))
        columns = ", ".join(["use_id", "date", *given, *words])
        kept = carried.keys(["day AS date", *given])
        engine.define(
            f"COPY (SELECT {columns} FROM ({kept})) TO '{decided}' (FORMAT parquet, COMPRESSION uncompressed)"
        )
        store = Store(engine, f"read_parquet('{decided}')", words, _column, amounts=COSTS, dictionaries=True)
        start = time.perf_counter()
        base = baseline(store, policy)
        grouping = time.perf_counter() - start
        found = timed(
            {
                "from stored masks": lambda: WhatIf(store, policy, new, base).change(),
                "every use anew": _run(engine, _anew(new, decided)),
                "every use anew under both rulebooks": _run(engine, _under_both(policy, new, decided)),
            }
        )
        change = WhatIf(store, policy, new, base).change()
    masks, *others = found.values()
    yield f"what if {EDITED}: {change.changed:,} of {uses:,} uses would be decided differently"
    for one in change.by_payer():
        yield f"  {one.payer}: {one.before:,.2f} -> {one.after:,.2f} ({one.difference:+,.2f})"
    for timing in (masks, *others):
        yield (
            f"  {timing.name:<40} median {timing.median * 1000:7.0f} ms  "
            f"best {min(timing.seconds) * 1000:7.0f} ms  {timing.median / masks.median:5.1f} x"
        )
    yield f"  {'uses grouped by masks, once':<40} {grouping:.2f} s"


def _column(fact: Fact) -> FactColumn:
    return FactColumn(column(fact))


def _anew(policy: Rulebook, path: Path) -> str:
    """The sets of rules that hold under a rulebook, each with its uses and the sum of their costs."""
    ready = docket(policy)
    compiled = Compiled(ready, replace(rows_of(path)(ready), carried=tuple(COSTS.values())))
    return _by_keys(compiled.keys(tuple(COSTS.values())), list(compiled.key_names))


def _under_both(old: Rulebook, new: Rulebook, path: Path) -> str:
    """The same under two rulebooks in one pass over the uses."""
    before, after = docket(old), docket(new)
    rows = rows_of(path)(before)
    every = ("date", *(text.raw for text in rows.columns), *COSTS.values())
    first = Compiled(before, replace(rows, carried=every))
    renamed = [f"{name} AS before_{name}" for name in first.key_names]
    relation = f"(SELECT use_id, {', '.join((*every, *renamed))} FROM ({first.keys(every)}))"
    kept = (*COSTS.values(), *(f"before_{name}" for name in first.key_names))
    second = Compiled(after, replace(rows, relation=relation, carried=kept))
    return _by_keys(second.keys(kept), [*kept[len(COSTS) :], *second.key_names])


def _by_keys(query: str, keys: Sequence[str]) -> str:
    sums = ", ".join(f"sum({name})" for name in COSTS.values())
    return f"SELECT {', '.join(keys)}, count(*), {sums} FROM ({query}) GROUP BY {', '.join(keys)}"
