"""The figures of the summary: what was decided, what is owed, and by what rule it is counted.

Each figure carries the filter (``permitted=no``) that opens the uses behind it in the table of uses.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from wardbook.audit import Audit
from wardbook.records.engine import Engine

ANSWERS: tuple[str, ...] = ("no", "cannot be determined", "yes")
"""The answers a determination may give, in the order they are printed."""

UNDETERMINED = "undetermined"
"""The payer of a share that the rule cannot place."""


@dataclass(frozen=True)
class Scope:
    """What the audit counted: uses and their period, and the entries, exhibits and rows they come from."""

    uses: int
    undated: int
    first: date | None
    last: date | None
    entries: int
    exhibits: int
    occurrences: int
    rows: int


@dataclass(frozen=True)
class Count:
    """A number of uses under one heading, and the filter that lists them."""

    label: str
    uses: int
    filter: str


@dataclass(frozen=True)
class CrossRow:
    """One answer on permission, split by the answers on security, with its total."""

    permitted: Count
    by_security: tuple[Count, ...]


@dataclass(frozen=True)
class Share:
    """What one payer bears for one cost class: amount, uses, and whether it must be paid back."""

    payer: str
    cost_class: str
    amount: Decimal
    currency: str
    uses: int
    costs: int
    filter: str


@dataclass(frozen=True)
class PayerTotal:
    """One payer's total in one currency, over the cost classes in ``parts``."""

    payer: str
    amount: Decimal
    currency: str
    uses: int
    filter: str
    parts: tuple[Share, ...]


@dataclass(frozen=True)
class Order:
    """What is left to pay under an order or a payment made without one; apart from the uses."""

    payer: str
    what: str
    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Total:
    """All costs in one currency: the amount, the costs and the uses behind it."""

    amount: Decimal
    currency: str
    costs: int
    uses: int
    unlinked: int


@dataclass(frozen=True)
class Figures:
    """Every figure of the summary."""

    scope: Scope
    permitted: tuple[Count, ...]
    security: tuple[Count, ...]
    purposes: tuple[Count, ...]
    cross: tuple[CrossRow, ...]
    totals: tuple[Total, ...]
    receivables: tuple[PayerTotal, ...]
    kept: tuple[PayerTotal, ...]
    undetermined: tuple[PayerTotal, ...]
    orders: tuple[Order, ...]


def figures(audit: Audit) -> Figures:
    """The figures of ``audit``, each counted by one query over its relations."""
    engine = audit.engine
    payers = _payer_totals(engine)
    owing = {(row[0], row[1]) for row in engine.rows("SELECT DISTINCT payer, currency FROM receivables")}
    cross = _cross(engine)
    return Figures(
        scope=_scope(engine),
        permitted=tuple(row.permitted for row in cross),
        security=_answers(engine, "security_reason", "security"),
        purposes=_purposes(engine),
        cross=cross,
        totals=_totals(engine),
        receivables=tuple(p for p in payers if p.payer != UNDETERMINED and (p.payer, p.currency) in owing),
        kept=tuple(p for p in payers if p.payer != UNDETERMINED and (p.payer, p.currency) not in owing),
        undetermined=tuple(p for p in payers if p.payer == UNDETERMINED),
        orders=_orders(engine),
    )


def filtered(**wanted: str) -> str:
    """The filter text of the table of uses for the given columns: ``permitted=no&year=2019``."""
    return urlencode(wanted)


def _scope(engine: Engine) -> Scope:
    ((uses, undated, first, last),) = engine.rows(
        "SELECT count(*), count(*) FILTER (date IS NULL), min(date), max(date) FROM uses"
    )
    entries = engine.one("SELECT count(DISTINCT s) FROM (SELECT unnest(sources) AS s FROM uses)")
    return Scope(
        uses,
        undated,
        first,
        last,
        entries,
        engine.count("exhibits"),
        engine.count("occurrences"),
        engine.count("source_rows"),
    )


_DECIDED = """
    SELECT u.use_id,
           coalesce(d.permitted, 'cannot be determined') AS permitted,
           coalesce(d.security_reason, 'cannot be determined') AS security_reason,
           coalesce(d.purpose, 'cannot be determined') AS purpose
    FROM uses AS u LEFT JOIN determinations AS d USING (use_id)
"""


def _answers(engine: Engine, column: str, key: str) -> tuple[Count, ...]:
    counted = dict(engine.rows(f"SELECT {column}, count(*) FROM ({_DECIDED}) GROUP BY 1"))  # noqa: S608
    return tuple(Count(answer, counted.get(answer, 0), filtered(**{key: answer})) for answer in ANSWERS)


def _purposes(engine: Engine) -> tuple[Count, ...]:
    rows = engine.rows(f"SELECT purpose, count(*) AS n FROM ({_DECIDED}) GROUP BY 1 ORDER BY n DESC, 1")  # noqa: S608
    return tuple(Count(purpose, n, filtered(purpose=purpose)) for purpose, n in rows)


def _cross(engine: Engine) -> tuple[CrossRow, ...]:
    query = f"SELECT permitted, security_reason, count(*) FROM ({_DECIDED}) GROUP BY 1, 2"  # noqa: S608
    counted = {(permitted, security): n for permitted, security, n in engine.rows(query)}
    return tuple(
        CrossRow(
            Count(
                permitted,
                sum(counted.get((permitted, security), 0) for security in ANSWERS),
                filtered(permitted=permitted),
            ),
            tuple(
                Count(
                    security,
                    counted.get((permitted, security), 0),
                    filtered(permitted=permitted, security=security),
                )
                for security in ANSWERS
            ),
        )
        for permitted in ANSWERS
    )


def _totals(engine: Engine) -> tuple[Total, ...]:
    rows = engine.rows("""
        SELECT CAST(coalesce(sum(amount), 0) AS DECIMAL(18,2)), currency, count(*), count(DISTINCT use_id),
               count(*) FILTER (use_id IS NULL)
        FROM costs GROUP BY currency ORDER BY currency
    """)
    return tuple(Total(*row) for row in rows)


def _payer_totals(engine: Engine) -> tuple[PayerTotal, ...]:
    totals = engine.rows("""
        SELECT payer, CAST(coalesce(sum(amount), 0) AS DECIMAL(18,2)) AS amount, currency,
               count(DISTINCT use_id)
        FROM allocations GROUP BY payer, currency ORDER BY currency, amount DESC, payer
    """)
    classes = engine.rows("""
        SELECT payer, cost_class, CAST(coalesce(sum(amount), 0) AS DECIMAL(18,2)) AS amount, currency,
               count(DISTINCT use_id), count(DISTINCT cost_id)
        FROM allocations GROUP BY payer, cost_class, currency
        ORDER BY payer, currency, amount DESC, cost_class
    """)
    parts: dict[tuple[str, str], list[Share]] = {}
    for payer, cost_class, amount, currency, uses, costs in classes:
        wanted = filtered(payer=payer, cost=cost_class, currency=currency or "")
        share = Share(payer, cost_class, amount, currency, uses, costs, wanted)
        parts.setdefault((payer, currency), []).append(share)
    return tuple(
        PayerTotal(payer, amount, currency, uses, filtered(payer=payer, currency=currency or ""), tuple(own))
        for payer, amount, currency, uses in totals
        if (own := parts[payer, currency])
    )


def _orders(engine: Engine) -> tuple[Order, ...]:
    rows = engine.rows("""
        SELECT payer, cost_class, amount, currency
        FROM receivables AS r
        WHERE NOT EXISTS (
            SELECT 1 FROM allocations AS a
            WHERE a.payer = r.payer AND a.cost_class = r.cost_class AND a.currency = r.currency
        )
        ORDER BY payer, cost_class, currency, amount
    """)
    return tuple(Order(*row) for row in rows)
