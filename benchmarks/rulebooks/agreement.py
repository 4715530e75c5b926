"""Four ways to decide, compared: ``python -m benchmarks.rulebooks.agreement [--uses 1000000] [--seed N]``.

Random rulebooks and random uses, many with facts that are not known or values that a fact does not admit, are
decided by

* the SQL on DuckDB: rules that are true and unknown, broken invariants, outcomes, certainty, reasons in words,
  and what each payer bears of two costs;
* the same SQL as sqlglot writes it for Spark, on Spark: every column of every use must be equal;
* the slow Python twin: every column again, for each distinct use;
* z3, by the prover's own formulas: one question a rulebook, "is there one of these uses of which a formula (a
  rule true or false, an invariant broken, a question decided so) says other than the SQL?". ``unsat`` means that
  they agree on all. The formulas know neither values that a fact does not admit nor an unknown day, so uses
  with such are not put to z3.

The run ends when as many uses as asked for went through all four. Rulebook ``n`` depends on the seed and ``n``
alone: ``--first`` takes up a run where it was stopped. Any mismatch is printed, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from tests.policy.compared import RECORD, Comparison, by_twin, compare, differences, record_by_sql
from tests.policy.random_rulebooks import Use, load_uses, random_rulebook, random_uses, with_costs
from tests.policy.solved import by_z3

from wardbook.records.engine import Engine, literal
from wardbook.records.spark_engine import SparkEngine

USES = 5000
"""Uses of one rulebook."""

PROPER = 0.93
"""The share of uses with a day and no value out of a fact's domain."""

MOST_SHOWN = 3


@dataclass(frozen=True)
class Checked:
    """One rulebook: how many uses were decided, by whom, and each mismatch in words."""

    number: int
    rules: int
    uses: int
    distinct: int
    put_to_z3: int
    mismatches: tuple[str, ...]


def main() -> None:
    """Compare and print; exit with 1 on any mismatch."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--uses", type=int, default=1_000_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--first", type=int, default=0, help="the rulebook to begin with")
    asked = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the other process ends with this one
    os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")  # many short queries, each new
    console = Console(highlight=False, soft_wrap=True)
    begun = time.monotonic()
    found: list[Checked] = []
    with tempfile.TemporaryDirectory(prefix="wardbook-agreement-") as folder, _progress(console) as shown:
        task = shown.add_task("uses through all four", total=asked.uses)
        for one in _rulebooks(asked.seed, asked.first, Path(folder), asked.uses):
            found.append(one)
            shown.update(task, completed=min(asked.uses, sum(one.put_to_z3 for one in found)))
            for mismatch in one.mismatches:
                console.print(f"MISMATCH in rulebook {one.number}: {mismatch}", markup=False)
            if len(found) % 10 == 0 and not console.is_terminal:
                console.print(f"{_counted(found)}, {time.monotonic() - begun:,.0f} s")
    console.print(f"seed {asked.seed}, rulebooks {asked.first} to {found[-1].number}: {_counted(found)}")
    console.print(f"{time.monotonic() - begun:,.0f} s")
    sys.exit(1 if any(one.mismatches for one in found) else 0)


def _progress(console: Console) -> Progress:
    parts = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,} of {task.total:,}"),
    )
    return Progress(*parts, TimeElapsedColumn(), TimeRemainingColumn(), console=console)


def _counted(found: Sequence[Checked]) -> str:
    uses, distinct, solved = (
        sum(getattr(one, name) for one in found) for name in ("uses", "distinct", "put_to_z3")
    )
    return (
        f"{len(found):,} rulebooks with {sum(one.rules for one in found):,} rules; {uses:,} uses by SQL on DuckDB, "
        f"on Spark and by the twin ({distinct:,} distinct), {solved:,} of them also by z3; "
        f"{sum(len(one.mismatches) for one in found)} mismatches"
    )


def _rulebooks(seed: int, first: int, folder: Path, wanted: int) -> Iterator[Checked]:
    """Each rulebook checked: by DuckDB, the twin and z3 in another process, by Spark in this one."""
    done = 0
    numbers = count(first)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting: list[Future[Checked]] = []
        while done < wanted:
            while len(waiting) < 3:
                waiting.append(pool.submit(check, seed, next(numbers), folder))
            one = waiting.pop(0).result()
            differ = _on_spark(one, made_of(seed, one.number)[0], folder)
            yield Checked(**{**vars(one), "mismatches": (*one.mismatches, *differ)})
            done += one.put_to_z3
        for left in waiting:
            left.cancel()


# ---------------------------------------------------------------- one rulebook


def made_of(seed: int, number: int) -> tuple[Comparison, list[Use]]:
    """Rulebook ``number`` of a run and its uses. One in twenty is of up to 80 rules a question, or 70 facts."""
    random = Random(seed << 32 | number)
    if number % 20 == 19:
        size, uses = random.choice(((80, 12), (12, 70))), USES // 4
    else:
        size, uses = (random.randint(2, 12), random.randint(3, 12)), USES
    book = with_costs(random, random_rulebook(random, *size))
    return compare(book), random_uses(random, book, uses, PROPER)


def check(seed: int, number: int, folder: Path) -> Checked:
    """One rulebook by SQL on DuckDB, the twin and z3; leaves ``<number>-facts`` and ``<number>-duckdb`` for Spark."""
    made, uses = made_of(seed, number)
    with Engine() as engine:
        load_uses(engine, made.rulebook, uses)
        engine.write_parquet("SELECT * FROM facts", folder / f"{number}-facts.parquet")
        record_by_sql(engine, made)
        engine.write_parquet(f"SELECT * FROM {RECORD}", folder / f"{number}-duckdb.parquet")
        rows = engine.dicts(f"SELECT * FROM {RECORD} ORDER BY use_id")
    mismatches = [] if len(rows) == len(uses) else [f"{len(uses)} uses in, {len(rows)} out"]
    distinct, differ = _by_twin(made, uses, rows)
    solved, answer = by_z3(made, uses, rows)
    return Checked(
        number, len(made.rulebook.rules), len(uses), distinct, solved, (*mismatches, *differ, *answer)
    )


def _by_twin(made: Comparison, uses: Sequence[Use], rows: Sequence[dict[str, Any]]) -> tuple[int, list[str]]:
    """How many distinct uses the twin decided, and where it differs from SQL."""
    told: dict[tuple[Any, ...], dict[str, Any]] = {}
    found: list[str] = []
    for use, row in zip(uses, rows, strict=False):
        key = (use.day, *use.recorded.values(), *sorted(use.costs.items()))
        if key not in told:
            told[key] = by_twin(made, use, list(row))
        differ = differences(row, told[key])
        if differ and len(found) < MOST_SHOWN:
            found.append(f"twin: {use}: {differ[:2]}")
    return len(told), found


def _on_spark(one: Checked, made: Comparison, folder: Path) -> list[str]:
    """Where the record of each use on Spark differs from that on DuckDB."""
    given, duckdb = (folder / f"{one.number}-{name}.parquet" for name in ("facts", "duckdb"))
    with Engine() as files, SparkEngine(files, folder) as engine:
        engine.give("facts", f"SELECT * FROM read_parquet({literal(str(given))})")
        record_by_sql(engine, made)
        theirs = f"SELECT * FROM read_parquet({literal(str(duckdb))})"
        types = [files.rows(f"DESCRIBE {query}") for query in (theirs, f"SELECT * FROM {RECORD}")]
        lost = files.rows(f"{theirs} EXCEPT ALL SELECT * FROM {RECORD}")
        extra = files.rows(f"SELECT * FROM {RECORD} EXCEPT ALL {theirs}")
    given.unlink()
    duckdb.unlink()
    found = [] if types[0] == types[1] else [f"Spark: other columns or types: {types}"]
    found += [f"Spark does not give {row}" for row in lost[:MOST_SHOWN]]
    return [*found, *(f"Spark gives {row}" for row in extra[:MOST_SHOWN])]


if __name__ == "__main__":
    main()
