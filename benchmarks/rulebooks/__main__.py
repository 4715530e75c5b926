"""Deciding by a rulebook, measured: ``python -m benchmarks.rulebooks [--uses N] [--peers PYTHON]``.

One run, alternating rounds, medians and best. ``--peers`` is the Python of an environment with the packages of
``peers.txt``; without it the peers are left out.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from wardbook.policy.cells import Between, OneOf
from wardbook.policy.compile import Compiled, first_rule_query
from wardbook.policy.determine import docket
from wardbook.policy.diff import diff
from wardbook.policy.meaning import in_force_on, met
from wardbook.policy.model import Rule, Rulebook
from wardbook.policy.prove import conflicts, prove
from wardbook.policy.read import load, load_text

from .data import column, rows_of, write_uses

POLICY = Path(__file__).with_name("policy.md")
ROUNDS = 5


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--uses", type=int, default=10_000_000)
    options.add_argument("--peers", default="")
    asked = options.parse_args()
    policy = load(POLICY)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "uses.parquet"
        write_uses(policy, asked.uses, path)
        _engine(policy, path, asked.uses)
        _proofs(policy)
        if asked.peers:
            _peers(policy, path, asked.peers)


def _engine(policy: Rulebook, path: Path, uses: int) -> None:
    names = [column(fact) for fact in policy.facts]
    bare, _ = first_rule_query(policy, rows_of(path))
    ready = docket(policy)
    compiled = Compiled(ready, rows_of(path)(ready))
    keys = ", ".join(compiled.key_names)
    queries = {
        "every value touched (limit)": f"SELECT bit_xor(hash({', '.join(['date', *names])})) FROM read_parquet('{path}')",
        "bare rule id": f"SELECT rule, count(*) FROM ({bare}) GROUP BY rule",
        "true and unknown rules, what is not known": f"SELECT {keys}, count(*) FROM ({compiled.keys()}) GROUP BY {keys}",
    }
    seconds: dict[str, list[float]] = {name: [] for name in queries}
    for _ in range(ROUNDS):
        for name, query in queries.items():
            seconds[name].append(_timed(query))
    limit = statistics.median(seconds["every value touched (limit)"])
    print(f"{uses:,} uses, {len(policy.rules)} rules, {len(policy.facts)} facts, DuckDB {duckdb.__version__}")
    for name, found in seconds.items():
        middle = statistics.median(found)
        print(
            f"  {name:<45} {middle:7.2f} s  best {min(found):6.2f}  {uses / middle / 1e6:6.1f} M/s  "
            f"{limit / middle:5.0%} of the limit  peak {_peak(queries[name]):,.0f} MB"
        )


def _timed(query: str) -> float:
    with duckdb.connect() as engine:
        start = time.perf_counter()
        engine.execute(query).fetchall()
        return time.perf_counter() - start


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


# ---------------------------------------------------------------- proofs


def _proofs(policy: Rulebook) -> None:
    text = POLICY.read_text("utf-8")
    reworded = text.replace("| the record of the", "| a record of the")
    for name, work in {
        "load": lambda: load_text(text, "policy.md"),
        "conflicts": lambda: conflicts(policy),
        "whole proof with the list of gaps": lambda: prove(policy),
        "proof that a re-wording decides alike": lambda: diff(policy, load_text(reworded, "policy.md")),
    }.items():
        print(f"  {name:<45} {_median(work) * 1000:7.0f} ms")


def _median(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


# ---------------------------------------------------------------- peers


def _peers(policy: Rulebook, path: Path, python: str) -> None:
    linear = [deck.rules[at] for deck in docket(policy).decks for at in deck.order]
    names = {fact.name: column(fact) for fact in policy.facts}
    read = ", ".join(["date", *names.values()])
    with duckdb.connect() as engine:
        found = engine.execute(
            f"SELECT {read} FROM read_parquet('{path}') ORDER BY use_id LIMIT 10000"
        ).fetchall()
    uses = [dict(zip(("date", *names), row, strict=True)) for row in found]
    rules = [_tests(rule, names) for rule in linear]
    plain = [{names.get(name, name): _plain(value) for name, value in use.items()} for use in uses]
    expected = [_first(linear, use) for use in uses]
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as given:
        json.dump({"rules": rules, "uses": plain}, given)
        given.flush()
        done = subprocess.run(
            [python, str(Path(__file__).with_name("peers.py")), given.name],
            capture_output=True,
            text=True,
            check=True,
        )
    print(f"  peers, the first true rule of up to {len(uses):,} uses")
    for line in done.stdout.splitlines():
        told = json.loads(line)
        if "failed" in told:
            print(f"    {told['engine']}: {told['failed']}")
            continue
        wrong = sum(one != other for one, other in zip(told["rules"], expected, strict=False))
        name = f"{told['engine']} {told['version']}"
        print(f"    {name:<25} {told['per_second']:12,.0f} a second, {wrong} of {len(told['rules'])} differ")


def _first(linear: list[Rule], use: dict[str, Any]) -> int:
    """The first true rule by the slow twin."""
    values = {name: value for name, value in use.items() if name != "date"}
    for at, rule in enumerate(linear):
        if met(rule, values, use["date"]) and in_force_on(rule, use["date"]):
            return at
    return -1


def _tests(rule: Rule, names: dict[str, str]) -> list[dict[str, Any]]:
    tests = []
    for condition in rule.conditions:
        name, cell = names[condition.fact], condition.cell
        if isinstance(cell, OneOf):
            values = [_plain(value) for value in cell.values]
            tests.append({"fact": name, "values": values, "unknown": cell.unknown, "negated": cell.negated})
        elif isinstance(cell, Between):
            tests.append(_range(name, cell))
    if rule.in_force_from or rule.in_force_to:
        tests.append(_range("date", Between(rule.in_force_from, rule.in_force_to)))
    return tests


def _range(name: str, cell: Between) -> dict[str, Any]:
    ends = {"low": _plain(cell.low), "high": _plain(cell.high)}
    return {"fact": name, **ends, "low_in": cell.low_in, "high_in": cell.high_in}


def _plain(value: Any) -> Any:
    """A value that every peer has: days as numbers, decimals as thousandths."""
    if isinstance(value, date):
        return value.toordinal()
    return int(value * 1000) if isinstance(value, Decimal) else value


if __name__ == "__main__":
    main()
