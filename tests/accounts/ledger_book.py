"""Records of orders, plans and payments as rows, and the ledger made of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from tests.accounts.small_book import Rows, small_book
from wardbook.accounts.balance import check_balance, check_outstanding
from wardbook.accounts.ledger import keep_ledger
from wardbook.records.engine import Engine
from wardbook.records.schema import find_table
from wardbook.records.settings import Settings

PAYER = "the respondent"
BODY = "New York City"


def line(record_id: str, instrument: str, day: str | None, amount: str, **more: Any) -> dict[str, Any]:
    row = {"record_id": record_id, "instrument": instrument, "decided_on": day, "amount": amount}
    return {"payer": PAYER, "kind": "restitution", "currency": "USD", **row, **more}


def due(record_id: str, instrument: str, day: str | None, amount: str, **more: Any) -> dict[str, Any]:
    row = {"record_id": record_id, "instrument": instrument, "due_on": day, "amount": amount}
    return {"payer": PAYER, "currency": "USD", **row, **more}


def paid(record_id: str, instrument: str | None, day: str | None, amount: str, **more: Any) -> dict[str, Any]:
    row = {"record_id": record_id, "instrument": instrument, "day": day, "amount": amount}
    return {"payer": PAYER, "currency": "USD", **row, **more}


def ledger(as_of: str | None = None, **tables: Rows) -> Engine:
    """The ledger of a book that holds only ``tables``; it balances."""
    engine = small_book((), **tables)
    keep(engine, None if as_of is None else date.fromisoformat(as_of))
    return engine


def keep(engine: Engine, as_of: date | None) -> None:
    """Make the ledger of the tables of ``engine`` again, and check it."""
    keep_ledger(engine, Settings(time_zone="America/New_York"), BODY, as_of)
    check_balance(engine)
    check_outstanding(engine)


def put(engine: Engine, **tables: Rows) -> None:
    """Replace tables of ``engine``."""
    for name, rows in tables.items():
        table = find_table(name)
        assert table is not None
        engine.load(table, rows)


def states(engine: Engine) -> dict[tuple[str, str], dict[str, Any]]:
    rows = engine.dicts("SELECT * FROM order_states")
    found = {(row["instrument"], row["payer"]): row for row in rows}
    assert len(found) == len(rows)
    return found


def items(engine: Engine, *columns: str) -> list[tuple[Any, ...]]:
    named = ", ".join(f'"{column}"' for column in columns)
    order = 'instrument, payer, currency, due_on NULLS LAST, amount, paid DESC, "open"'
    return engine.rows(f"SELECT {named} FROM due_items ORDER BY {order}")


def balances(engine: Engine) -> dict[str, Any]:
    query = "SELECT account, sum(amount) AS amount FROM postings GROUP BY account HAVING sum(amount) <> 0"
    return dict(engine.rows(query))


def ids(engine: Engine) -> Sequence[str]:
    return [row[0] for row in engine.rows("SELECT entry_id FROM ledger_entries ORDER BY entry_id")]
