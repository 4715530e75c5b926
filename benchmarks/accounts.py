"""A million expenses allocated and posted, beside Beancount loading the same postings.

    python -m benchmarks.accounts [EXPENSES] [ROUNDS]

Generated: five expenses a use, one use a trip, seven cost classes, six arrangements (all, nothing, halves with the odd
cent, a part by the hours of the use, a loading, three payers), amounts to the cent. Ours: from relations in
the engine through costs, shares, postings and the checks of the account, findings left out. Beancount loads
one in twenty of the same entries from a text file, in an environment of its own; its time for all is twenty
times that. Shares of a thousandth are held against the slow statement of `policy.costs`, to the cent.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from wardbook.accounts.account import account
from wardbook.policy.costs import PUBLIC_BODY, payments
from wardbook.policy.model import CostRule, Fact, FactType, Part, Rulebook
from wardbook.records.engine import Engine
from wardbook.records.schema import AUDIT_TABLES, BOOK_TABLES
from wardbook.records.settings import Settings

HERE = Path(__file__).resolve().parent
HOME = HERE.parent / ".venv-peers-accounts"
PEER = "beancount==3.2.3"
PART = 20
"""Beancount loads one in so many entries."""
SAMPLE = 1000
PER_USE = 5
BODY = "Town of Millbrook"

ARRANGEMENTS = ("all", "nothing", "halves", "by hours", "loaded", "three")
CLASSES = ("airfare", "lodging", "meals", "car rental", "incidentals", "overtime", "travel")
HOURS = Fact("hours", "hours", FactType.DURATION, (), "How long?", "the log", 1, unit="h", low=Decimal(0))


def _rule(arrangement: str, payer: str, method: str, part: Part | None = None, **more: object) -> CostRule:
    return CostRule(arrangement, "any other", payer, method, "made up", "", 1, part=part, **more)  # type: ignore[arg-type]


RULES = (
    _rule("all", "campaign", "full"),
    _rule("nothing", "nobody", "none"),
    _rule("halves", "party", "share by time", Part(Decimal(1), Decimal(2)), rounding="down"),
    _rule("halves", "governor", "the rest"),
    _rule("by hours", "campaign", "share by time", Part("hours", Decimal(24))),
    _rule("loaded", "member", "full plus", loading=Decimal("0.25")),
    _rule("three", "guests", "share by heads", Part(Decimal(1), Decimal(3)), rounding="down"),
    _rule("three", "party", "share by heads", Part(Decimal(1), Decimal(3)), rounding="down"),
    _rule("three", "governor", "the rest"),
)
RULEBOOK = Rulebook("", "", "made up", BODY, "", "", {}, (HOURS,), {}, (), (), RULES, (), "")

_MIXED = "(i * 2654435761) % 4294967296"
MADE = {
    "uses": """SELECT 'u' || i AS use_id, DATE '2015-01-01' + CAST(i % 3650 AS INTEGER) AS date,
        'trip ' || i AS trip, CAST((i % 240) / 10 AS DECIMAL(9,3)) AS hours, ['log-' || i] AS sources, 'movement' AS task
        FROM range({uses}) AS t(i)""",
    "facts": "SELECT use_id, hours FROM uses",
    "determinations": f"""SELECT 'u' || i AS use_id, [{", ".join(f"'{name}'" for name in ARRANGEMENTS)}][1 + i % 6] AS costs
        FROM range({{uses}}) AS t(i)""",
    "expenses": f"""SELECT 'x' || i AS record_id, DATE '2015-01-01' + CAST(i // {PER_USE} % 3650 AS INTEGER) AS day,
        'trip ' || i // {PER_USE} AS trip, [{", ".join(f"'{name}'" for name in CLASSES)}][1 + i % 7] AS cost_class,
        CAST(CAST({_MIXED} % 200000 AS DECIMAL(18,0)) * CAST(0.01 AS DECIMAL(3,2)) AS DECIMAL(18,2)) AS amount,
        'USD' AS currency FROM range({{expenses}}) AS t(i)""",
}


@contextmanager
def made(expenses: int) -> Iterator[Engine]:
    """An engine with the generated relations; the others are empty."""
    with Engine() as engine:
        for table in (*BOOK_TABLES, *AUDIT_TABLES):
            columns = ", ".join(f'"{column.name}" {column.type}' for column in table.columns)
            engine.define(f"CREATE TABLE {table.name} ({columns})")
        for name, query in MADE.items():
            text = query.format(uses=expenses // PER_USE, expenses=expenses)
            engine.define(f"INSERT INTO {name} BY NAME {text}")
        yield engine


def ours(expenses: int, entries: Path) -> tuple[float, float]:
    """Wall and processor seconds of the account; every share of a sample checked; the entries of a part written for the peer."""
    with made(expenses) as engine:
        start, spent = time.perf_counter(), time.process_time()
        account(engine, RULEBOOK, Settings(jurisdiction=BODY))
        seconds, spent = time.perf_counter() - start, time.process_time() - spent
        _check(engine, expenses)
        _write_entries(engine, entries)
    return seconds, spent


def _check(engine: Engine, expenses: int) -> None:
    """Every cost is shared to the cent, every entry adds up to nothing, and a sample is what the slow twin says."""
    apart = engine.one(
        "SELECT count(*) FROM (SELECT c.cost_id FROM costs AS c LEFT JOIN allocations AS a USING (cost_id) "
        "GROUP BY c.cost_id, c.amount HAVING sum(a.amount) IS DISTINCT FROM c.amount)"
    )
    unbalanced = engine.one(
        "SELECT count(*) FROM (SELECT entry_id FROM postings GROUP BY entry_id, currency HAVING sum(amount) <> 0)"
    )
    assert (engine.count("costs"), apart, unbalanced) == (expenses, 0, 0)
    found: dict[str, dict[str, Decimal]] = {}
    for cost_id, payer, amount in engine.rows(
        f"SELECT cost_id, payer, amount FROM allocations WHERE CAST(substr(cost_id, 2) AS BIGINT) % {SAMPLE} = 0"
    ):
        found.setdefault(cost_id, {})[payer] = amount
    for cost_id, cost, kind, arrangement, hours in engine.rows(
        "SELECT c.cost_id, c.amount, c.cost_class, d.costs, f.hours FROM costs AS c JOIN determinations AS d "
        f"USING (use_id) JOIN facts AS f USING (use_id) WHERE CAST(substr(cost_id, 2) AS BIGINT) % {SAMPLE} = 0"
    ):
        shares = payments(RULEBOOK, arrangement, {kind: cost}, {"hours": hours})
        wanted = {BODY if one.payer == PUBLIC_BODY else one.payer: one.amount for one in shares}
        assert found[cost_id] == wanted or cost == 0, (
            cost_id,
            cost,
            arrangement,
            hours,
            found[cost_id],
            wanted,
        )


def _write_entries(engine: Engine, path: Path) -> None:
    """One in `PART` entries as Beancount writes them."""
    rows = engine.rows(
        f"""SELECT p.entry_id, p.account, p.amount, p.currency, c.day
        FROM postings AS p JOIN costs AS c ON 'cost:' || c.cost_id = p.entry_id
        WHERE CAST(substr(c.cost_id, 2) AS BIGINT) % {PART} = 0 ORDER BY c.day, p.entry_id, p.account"""
    )
    names = {account: _account(account) for _, account, _, _, _ in rows}
    with path.open("w", encoding="utf-8") as file:
        for name in sorted(set(names.values())):
            file.write(f"2000-01-01 open {name}\n")
        last = None
        for entry, name, amount, currency, day in rows:
            if entry != last:
                file.write(f'\n{day} * "{entry}"\n')
            file.write(f"  {names[name]}  {amount} {currency}\n")
            last = entry


def _account(name: str) -> str:
    """An account's name as Beancount wants it."""
    kind, _, rest = name.partition(":")
    root = {"receivable": "Assets:Receivable", "public": "Expenses:Public", "spent": "Income:Spent"}[kind]
    return f"{root}:{''.join(word.capitalize() for word in rest.split())}"


PEER_PROGRAM = """
import json, sys, time
from beancount import loader
from importlib import metadata
start, spent = time.perf_counter(), time.process_time()
entries, errors, _ = loader.load_file(sys.argv[1])
seconds = time.perf_counter() - start
count = sum(type(entry).__name__ == 'Transaction' for entry in entries)
print(json.dumps({'seconds': seconds, 'processor': time.process_time() - spent, 'entries': count, 'errors': len(errors), 'version': metadata.version('beancount')}))
"""


def peer(entries: Path) -> dict[str, float | int | str]:
    """What Beancount makes of the entries: seconds, entries, errors, version."""
    python = HOME / "bin" / "python"
    if not python.is_file():
        subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", PEER], check=True)
    environment = {**os.environ, "BEANCOUNT_DISABLE_LOAD_CACHE": "1"}
    done = subprocess.run(
        [str(python), "-c", PEER_PROGRAM, str(entries)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    return dict(json.loads(done.stdout))


def main() -> None:
    """Run the rounds in turn and print the medians."""
    expenses = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    mine: list[tuple[float, float]] = []
    theirs: list[tuple[float, float]] = []
    found: dict[str, float | int | str] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for _ in range(rounds):
            entries = Path(scratch) / "entries.beancount"
            mine.append(ours(expenses, entries))
            found = peer(entries)
            assert (found["errors"], found["entries"]) == (0, len(range(0, expenses, PART))), found
            theirs.append((float(found["seconds"]) * PART, float(found["processor"]) * PART))
    load = os.getloadavg()[0]
    print(f"{expenses:,} expenses over {expenses // PER_USE:,} uses, {rounds} rounds in turn, load {load:.1f}")
    print("| work | wall s | processor s | best wall s | expenses/s |\n| --- | ---: | ---: | ---: | ---: |")
    print(_line("allocated, posted and checked", mine, expenses))
    print(_line(f"Beancount {found['version']}, loading the postings ({PART} x a part)", theirs, expenses))


def _line(name: str, seconds: list[tuple[float, float]], expenses: int) -> str:
    """Medians of wall and processor seconds, and the best wall."""
    wall, processor = (statistics.median(column) for column in zip(*seconds, strict=True))
    best = min(first for first, _ in seconds)
    return f"| {name} | {wall:.1f} | {processor:.1f} | {best:.1f} | {expenses / wall:,.0f} |"


if __name__ == "__main__":
    main()
