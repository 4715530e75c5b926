"""The benchmark policy beside other engines: the same rules, the same uses, in one run, in turn.

The peers live in an environment of their own, made on first use from ``peers.txt``.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from wardbook.policy.cells import Between, OneOf
from wardbook.policy.compile import first_rule_query
from wardbook.policy.determine import docket
from wardbook.policy.meaning import in_force_on, met
from wardbook.policy.model import Rule, Rulebook

from .data import column, rows_of

HERE = Path(__file__).parent
HOME = HERE.parents[1] / ".venv-peers"
ROUNDS = 3
OBJECTS = 10_000
"""Uses that the engines of single decisions get; they are given as dicts, ready made."""


def peers_python() -> Path:
    """The Python of the peers' environment, which is made if it is not there."""
    python = HOME / "bin" / "python"
    wanted = (HERE / "peers.txt").read_text("utf-8")
    done = HOME / "peers.done"
    if not done.is_file() or done.read_text("utf-8") != wanted:
        subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True)
        install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*install, "-r", str(HERE / "peers.txt")], check=True)
        done.write_text(wanted, "utf-8")
    return python


def beside(policy: Rulebook, path: Path, uses: int) -> Iterable[str]:
    """Decisions a second of each engine, against the bare rule id; and whether they decide alike."""
    python = peers_python()
    linear = [deck.rules[at] for deck in docket(policy).decks for at in deck.order]
    names = {fact.name: column(fact) for fact in policy.facts}
    rules = [_tests(rule, names) for rule in linear]
    rows = _objects(path, names)
    expected = [_first(linear, use) for use in rows]
    plain = [{names.get(name, name): _plain(value) for name, value in use.items()} for use in rows]
    bare, _ = first_rule_query(policy, rows_of(path))
    told: dict[str, list[dict[str, Any]]] = {}
    own: list[float] = []
    by_rule: dict[int, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "given.json"
        given.write_text(json.dumps({"rules": rules, "uses": plain, "parquet": str(path)}), "utf-8")
        for _ in range(ROUNDS):
            with duckdb.connect() as engine:
                start = time.perf_counter()
                found = engine.execute(f"SELECT rule, count(*) FROM ({bare}) GROUP BY rule").fetchall()
                own.append(uses / (time.perf_counter() - start))
            by_rule = dict(found)
            for script in ("peers.py", "openfisca_peer.py"):
                for one in _run(python, script, given):
                    told.setdefault(one["engine"], []).append(one)
    mine = statistics.median(own)
    yield f"beside other engines, {len(rules)} rules: ours from Parquet, {uses:,} uses, {mine:,.0f} a second"
    for peer, runs in told.items():
        yield _line(peer, runs, mine, expected, by_rule)


def _line(
    engine: str, runs: list[dict[str, Any]], mine: float, expected: list[int], by_rule: dict[int, int]
) -> str:
    first = runs[0]
    if "failed" in first:
        return f"  {engine}: {first['failed']}"
    rate = statistics.median(one["per_second"] for one in runs)
    if "by_rule" in first:
        theirs = {int(rule): count for rule, count in first["by_rule"].items()}
        wrong = sum(abs(theirs.get(rule, 0) - by_rule.get(rule, 0)) for rule in {*theirs, *by_rule})
        agree = f"{wrong} of {sum(by_rule.values()):,} counted otherwise, peak {first['peak_mb']:,.0f} MB"
    else:
        wrong = sum(one != other for one, other in zip(first["rules"], expected, strict=False))
        agree = f"{wrong} of {len(first['rules']):,} differ"
    name = f"{engine} {first['version']}"
    return f"  {name:<26} {rate:12,.0f} a second; ours is {mine / rate:7,.1f} times as fast; {agree}"


def _run(python: Path, script: str, given: Path) -> list[dict[str, Any]]:
    command = [str(python), str(HERE / script), str(given)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


# ---------------------------------------------------------------- the same in plain values


def _objects(path: Path, names: dict[str, str]) -> list[dict[str, Any]]:
    read = ", ".join(["date", *names.values()])
    query = f"SELECT {read} FROM read_parquet('{path}') ORDER BY use_id LIMIT {OBJECTS}"
    with duckdb.connect() as engine:
        found = engine.execute(query).fetchall()
    return [dict(zip(("date", *names), row, strict=True)) for row in found]


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
