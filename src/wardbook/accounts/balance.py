"""The laws of the account: shares add up to their cost, entries to zero, and balances are what is owed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wardbook.errors import WardbookError
from wardbook.records.engine import Engine

_SHOWN = 5

_UNBALANCED = """
SELECT entry_id, currency, sum(amount) AS off
FROM postings
GROUP BY entry_id, currency
HAVING sum(amount) <> 0 OR currency IS NULL OR (count(*) = 1 AND starts_with(entry_id, 'cost:'))
ORDER BY entry_id, currency
"""

_UNSHARED = """
SELECT coalesce(c.cost_id, a.cost_id) AS cost_id, coalesce(a.currency, c.currency) AS currency,
    coalesce(a.amount, 0) - coalesce(c.amount, 0) AS off
FROM (SELECT cost_id, currency, sum(amount) AS amount FROM costs GROUP BY cost_id, currency) AS c
FULL JOIN (SELECT cost_id, currency, sum(amount) AS amount FROM allocations GROUP BY cost_id, currency) AS a
    ON a.cost_id = c.cost_id AND a.currency = c.currency
WHERE a.amount IS DISTINCT FROM c.amount
ORDER BY cost_id, currency
"""

_APART = """
SELECT s.instrument || ' of ' || s.payer AS owed, s.currency, coalesce(p.amount, 0) - s.outstanding AS off
FROM (
    SELECT instrument, payer, currency, sum(outstanding) AS outstanding
    FROM order_states
    WHERE state <> 'superseded' AND NOT starts_with(state, 'contingent on ')
    GROUP BY instrument, payer, currency
) AS s
LEFT JOIN (SELECT account, currency, sum(amount) AS amount FROM postings GROUP BY account, currency) AS p
    ON p.account = 'receivable:' || s.payer || ':' || s.instrument AND p.currency = s.currency
WHERE coalesce(p.amount, 0) <> s.outstanding
ORDER BY owed, s.currency
"""


class UnbalancedError(WardbookError):
    """The account contradicts itself: an error of the program, never of the records."""


def check_balance(engine: Engine) -> None:
    """Raise `UnbalancedError` unless the ``postings`` of each entry add up to zero in each currency.

    A cost's entry debits its shares and credits the cost itself, so one look at the postings says too that
    every cost has shares and that they add up to it; where not, the costs are named as by `check_shares`.
    """
    off = engine.rows(_UNBALANCED)
    if off:
        check_shares(engine)
        _refuse(off, "postings do not balance")


def check_outstanding(engine: Engine) -> None:
    """Raise `UnbalancedError` unless what ``order_states`` call outstanding is what their accounts hold."""
    _refuse(engine.rows(_APART), "what is outstanding is not what the postings say")


def check_shares(engine: Engine) -> None:
    """Raise `UnbalancedError` unless the ``allocations`` of each of the ``costs`` add up to its amount."""
    _refuse(engine.rows(_UNSHARED), "shares do not add up to their cost")


def _refuse(rows: Sequence[tuple[Any, ...]], complaint: str) -> None:
    if rows:
        shown = "; ".join(f"{entry} is off by {off} {currency}" for entry, currency, off in rows[:_SHOWN])
        raise UnbalancedError(f"{complaint} ({len(rows)}): {shown}")
