"""The ledger: what orders ask, what was paid, laid into escrow and written off, what is owed and since when.

Every step is one query in this room. What was posted is never changed: a later event is an entry of its own.
"""

from __future__ import annotations

from datetime import date

from wardbook.records.engine import Engine, literal
from wardbook.records.settings import Settings

_ROOM = "wardbook.accounts"


def keep_ledger(engine: Engine, settings: Settings, public_body: str, as_of: date | None = None) -> None:
    """Create ``postings``, ``ledger_entries``, ``order_states``, ``due_items`` and ``receivables``.

    In: ``allocations``, ``costs``, ``uses``, ``expenses``, ``obligations``, ``instalments``, ``repayments``,
    ``write_offs``, ``acts``; ``public_body`` is the name under which costs stay with the public. ``as_of`` is
    the day of the account: later orders, payments and write-offs are left out, and ages count to it. Without
    it the day is the latest of an order, payment or write-off on record; none of them is evidence of today.
    Beside them stand the steps ``ledger_day``, ``order_lines``, ``order_payments`` and ``ledger_...``.
    """
    currency = literal(settings.currency)
    given = "CAST(NULL AS DATE)" if as_of is None else f"DATE {literal(as_of.isoformat())}"
    engine.run_file(_ROOM, "ledger_day", given=given)
    engine.run_file(_ROOM, "ledger_replaced")
    engine.run_file(_ROOM, "order_lines", default_currency=currency)
    engine.run_file(_ROOM, "ledger_payers")
    engine.run_file(_ROOM, "ledger_credits", default_currency=currency)
    engine.run_file(_ROOM, "ledger_asked")
    engine.run_file(_ROOM, "order_payments", zone=literal(settings.time_zone))
    engine.run_file(_ROOM, "ledger_items", default_currency=currency)
    engine.run_file(_ROOM, "ledger_defaults")
    engine.run_file(_ROOM, "ledger_turns")
    engine.run_file(_ROOM, "ledger_moved")
    engine.run_file(_ROOM, "ledger_passes")
    engine.run_file(_ROOM, "ledger_placed")
    engine.run_file(_ROOM, "ledger_moves")
    engine.run_file(_ROOM, "postings", public_body=literal(public_body))
    engine.run_file(_ROOM, "ledger_entries")
    engine.run_file(_ROOM, "order_states")
    engine.run_file(_ROOM, "due_items")
    engine.run_file(_ROOM, "receivables", public_body=literal(public_body))
