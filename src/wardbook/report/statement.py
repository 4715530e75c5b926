"""A statement of account: what one payer owes, since when, every entry with its sources, shares of uses.

The values that the page, the sheets and the other forms are made from; `statement` reads them from the
relations of an account and decides nothing. Money is exact, beside its currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from wardbook.errors import WrongUseError
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine
from wardbook.records.settings import Settings
from wardbook.report.wording import place

APART = (
    "What orders ask and what uses cost are not added up: they may be the same money. An order does not say "
    "which uses it rests on."
)
"""The sentence that stands between the two parts of every statement."""


@dataclass(frozen=True)
class Owed:
    """One order or settlement, as `schema.ORDER_STATES` has it."""

    instrument: str
    state: str
    since: date | None
    due: Decimal
    paid: Decimal
    in_escrow: Decimal
    written_off: Decimal
    outstanding: Decimal
    currency: str
    reason: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Due:
    """One amount due on one day, as `schema.DUE_ITEMS` has it."""

    instrument: str
    due_on: date | None
    amount: Decimal
    paid: Decimal
    paid_on: date | None
    in_escrow: Decimal
    written_off: Decimal
    open: Decimal
    days_late: int | None
    age: str
    currency: str
    remark: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Sum:
    """A sum in one currency, and what it is of."""

    what: str
    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Line:
    """One posting on an account of the payer: debit above zero, credit below; the balance with it."""

    day: date | None
    entry_id: str
    what: str
    words: str
    amount: Decimal
    balance: Decimal
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Account:
    """One account of the payer in one currency; ``instrument`` is empty for payments without an order."""

    account: str
    instrument: str
    currency: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Shares:
    """What uses of one cost class cost the payer under the rulebook."""

    cost_class: str
    amount: Decimal
    currency: str
    uses: int


@dataclass(frozen=True)
class Loose:
    """A record of a plan, payment or write-off of the payer that no order on record takes up, and why."""

    table: str
    record_id: str
    words: str


@dataclass(frozen=True)
class Statement:
    """All of it. ``as_of`` is the day of the account, ``basis`` where it comes from; None: no day on record.

    ``places`` says of each record_id where it stands.
    """

    payer: str
    book: str
    jurisdiction: str
    as_of: date | None
    basis: str
    rulebook: str
    rulebook_version: str
    rulebook_sha256: str
    checkpoint: str
    totals: tuple[Sum, ...]
    owed: tuple[Owed, ...]
    ages: tuple[Sum, ...]
    due: tuple[Due, ...]
    accounts: tuple[Account, ...]
    shares: tuple[Shares, ...]
    loose: tuple[Loose, ...]
    places: Mapping[str, str]


def statement(
    engine: Engine, settings: Settings, rulebook: Rulebook, checkpoint: str, payer: str
) -> Statement:
    """The statement of ``payer`` from the account in ``engine``.

    Raises `WrongUseError` with the names there are where the account knows no such payer.
    """
    _refuse_unknown(engine, payer)
    owed = _owed(engine, payer)
    due = _due(engine, payer)
    accounts = _accounts(engine, payer)
    loose = _loose(engine, payer)
    ((as_of, basis),) = engine.rows("SELECT day, basis FROM ledger_day")
    named = {one for row in owed for one in row.sources} | {one for row in due for one in row.sources}
    named |= {row.record_id for row in loose}
    named |= {one for account in accounts for row in account.lines for one in row.sources}
    return Statement(
        payer=payer,
        book=settings.title,
        jurisdiction=settings.jurisdiction or rulebook.jurisdiction,
        as_of=as_of,
        basis=basis,
        rulebook=rulebook.title,
        rulebook_version=rulebook.version,
        rulebook_sha256=rulebook.sha256,
        checkpoint=checkpoint,
        totals=_totals(owed),
        owed=owed,
        ages=_ages(due),
        due=due,
        accounts=accounts,
        shares=_shares(engine, payer),
        loose=loose,
        places=_places(engine, named),
    )


_PAYERS = """
SELECT payer FROM receivables
UNION
SELECT payer FROM order_states
UNION
SELECT debtor FROM ledger_credits
"""

_ACCOUNTS = """
SELECT 'receivable:' || $1 AS account, '' AS instrument
UNION
SELECT 'receivable:' || $1 || ':' || instrument, instrument
FROM (
    SELECT instrument FROM order_lines
    UNION
    SELECT instrument FROM order_payments
)
WHERE instrument IS NOT NULL
"""


def payer_accounts(engine: Engine, payer: str) -> tuple[str, ...]:
    """The accounts of a payer's receivables, in order of their names."""
    return tuple(sorted(row[0] for row in engine.rows(_ACCOUNTS, [payer])))


def _refuse_unknown(engine: Engine, payer: str) -> None:
    known = sorted(row[0] for row in engine.rows(_PAYERS))
    if payer in known:
        return
    near = get_close_matches(payer, known, 8, 0.4) or known[:8]
    there = "; ".join(near) if near else "none at all"
    more = f" (of {len(known):,d})" if len(known) > len(near) else ""
    raise WrongUseError(f"--payer: no payer {payer!r} is in the account; there are: {there}{more}")


def _lists(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "sources": tuple(row["sources"] or ())}


def _owed(engine: Engine, payer: str) -> tuple[Owed, ...]:
    rows = engine.dicts(
        "SELECT instrument, state, since, due, paid, in_escrow, written_off, outstanding, currency, reason, "
        "sources FROM order_states WHERE payer = ? ORDER BY instrument, currency, state",
        [payer],
    )
    return tuple(Owed(**_lists(row)) for row in rows)


def _due(engine: Engine, payer: str) -> tuple[Due, ...]:
    rows = engine.dicts(
        'SELECT instrument, due_on, amount, paid, paid_on, in_escrow, written_off, "open", days_late, age, '
        "currency, coalesce(remark, '') AS remark, sources FROM due_items WHERE payer = ? "
        "ORDER BY instrument, currency, due_on NULLS LAST, amount, paid DESC, sources",
        [payer],
    )
    return tuple(Due(**_lists(row)) for row in rows)


def _totals(owed: tuple[Owed, ...]) -> tuple[Sum, ...]:
    sums: dict[str, Decimal] = {}
    for row in owed:
        sums[row.currency] = sums.get(row.currency, Decimal("0.00")) + row.outstanding
    return tuple(Sum(LEFT, amount, currency) for currency, amount in sorted(sums.items()))


LEFT = "left to pay under orders"

AGES = ("not due", "1-30", "31-60", "61-90", "over 90", "day not on record")
"""The ages of what is open, in days late, in print order."""


def _ages(due: tuple[Due, ...]) -> tuple[Sum, ...]:
    sums: dict[tuple[str, str], Decimal] = {}
    for row in due:
        if row.open:
            sums[row.currency, row.age] = sums.get((row.currency, row.age), Decimal("0.00")) + row.open
    ordered = sorted(sums.items(), key=lambda pair: (pair[0][0], AGES.index(pair[0][1])))
    return tuple(Sum(age, amount, currency) for (currency, age), amount in ordered)


def _accounts(engine: Engine, payer: str) -> tuple[Account, ...]:
    rows = engine.dicts(
        f"""
        WITH own AS ({_ACCOUNTS}),
        lines AS (
            SELECT
                o.account, o.instrument, p.currency, e.day, p.entry_id, e.what, e.words, p.amount, e.sources,
                CASE WHEN e.what IN ('order', 'interest', 'revived') THEN 0 ELSE 1 END AS place
            FROM own AS o
            JOIN postings AS p ON p.account = o.account
            JOIN ledger_entries AS e ON e.entry_id = p.entry_id
            WHERE e.what <> 'cost'
        )
        SELECT
            *,
            CAST(sum(amount) OVER (
                PARTITION BY account, currency ORDER BY day NULLS FIRST, place, entry_id
                ROWS UNBOUNDED PRECEDING
            ) AS DECIMAL(18,2)) AS balance
        FROM lines
        ORDER BY instrument, account, currency, day NULLS FIRST, place, entry_id
        """,  # noqa: S608
        [payer],
    )
    found: dict[tuple[str, str, str], list[Line]] = {}
    for row in rows:
        line = Line(
            row["day"], row["entry_id"], row["what"], row["words"], row["amount"], row["balance"],
            tuple(row["sources"] or ()),
        )  # fmt: skip
        found.setdefault((row["account"], row["instrument"], row["currency"]), []).append(line)
    return tuple(Account(*key, tuple(lines)) for key, lines in found.items())


def _shares(engine: Engine, payer: str) -> tuple[Shares, ...]:
    rows = engine.rows(
        "SELECT cost_class, CAST(sum(amount) AS DECIMAL(18,2)), currency, count(DISTINCT use_id) "
        "FROM allocations WHERE payer = ? GROUP BY cost_class, currency ORDER BY currency, cost_class",
        [payer],
    )
    return tuple(Shares(*row) for row in rows)


def _loose(engine: Engine, payer: str) -> tuple[Loose, ...]:
    """Plans, payments and write-offs under the payer's name on an instrument the account does not have."""
    rows = engine.rows(
        """
        WITH told AS (
            SELECT 'instalments' AS "table", i.record_id, i.instrument, i.payer, i.amount, i.currency
            FROM instalments AS i
            UNION ALL
            SELECT 'write_offs', w.record_id, w.instrument, w.payer, w.amount, w.currency FROM write_offs AS w
            UNION ALL
            SELECT 'repayments', r.record_id, r.instrument, r.payer, r.amount, r.currency FROM repayments AS r
            WHERE nullif(trim(r.instrument), '') IS NOT NULL
        )
        SELECT
            t."table", t.record_id,
            coalesce(t.currency || ' ', '') || coalesce(CAST(t.amount AS VARCHAR), 'no amount') || ' on '
            || coalesce('''' || trim(t.instrument) || '''', 'no order')
            || ', of which the account has no line by this day'
        FROM told AS t
        WHERE trim(t.payer) = ?
            AND coalesce(trim(t.instrument), '') NOT IN (SELECT instrument FROM order_lines)
        ORDER BY t."table", t.record_id
        """,
        [payer],
    )
    return tuple(Loose(*row) for row in rows)


def _places(engine: Engine, record_ids: set[str]) -> dict[str, str]:
    """Where each record stands: file, page and line."""
    rows = engine.rows(
        """
        WITH wanted AS (SELECT unnest($1) AS record_id)
        SELECT w.record_id, coalesce(min(o.path), min(s.exhibit)), min(s.page), min(s.line)
        FROM wanted AS w
        JOIN source_rows AS s ON s.record_id = split_part(w.record_id, '#', 1)
        LEFT JOIN occurrences AS o ON o.exhibit = s.exhibit
        GROUP BY w.record_id
        """,
        [sorted(record_ids)],
    )
    return {record: f"{path}, {place(page, line)}" for record, path, page, line in sorted(rows)}
