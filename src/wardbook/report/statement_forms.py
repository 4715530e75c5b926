"""A statement as data: CSV of its postings, JSON of all of it, a workbook with one sheet for each part."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from wardbook.records.csv_text import csv_text
from wardbook.report.statement import APART, Statement
from wardbook.report.statement_sheets import Cell, Sheet, sheets_bytes

COLUMNS = (
    "instrument", "day", "entry_id", "what", "words", "debit", "credit", "balance", "currency", "sources",
)  # fmt: skip
"""The columns of the CSV form: one posting on an account of the payer a row."""


def _lines(found: Statement) -> Iterator[tuple[Cell, ...]]:
    for account in found.accounts:
        for line in account.lines:
            yield (
                account.instrument, line.day, line.entry_id, line.what, line.words,
                line.amount if line.amount >= 0 else None, -line.amount if line.amount < 0 else None,
                line.balance, account.currency, "; ".join(line.sources),
            )  # fmt: skip


def statement_csv(found: Statement) -> str:
    """The postings with the balance after each. Texts stand as they are: import the columns as text."""
    return csv_text(COLUMNS, _lines(found))


def statement_json(found: Statement) -> str:
    """All of the statement; money as text, so that no reader rounds it."""
    return json.dumps({**asdict(found), "note": APART}, ensure_ascii=False, indent=1, default=_plain) + "\n"


def _plain(value: object) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no part of a statement")


def statement_workbook(found: Statement) -> bytes:
    """The workbook: Statement, Owed, Due, Account, Uses, Sources. Amounts are numbers with two decimals."""
    return sheets_bytes(f"Statement of account: {found.payer}", tuple(_sheets(found)))


def _sheets(found: Statement) -> Iterator[Sheet]:
    yield Sheet("Statement", ("", ""), tuple(_about(found)))
    yield Sheet(
        "Owed",
        ("instrument", "state", "since", "due", "paid", "in escrow", "written off", "outstanding", "currency",
         "reason", "sources"),
        tuple(
            (o.instrument, o.state, o.since, o.due, o.paid, o.in_escrow, o.written_off, o.outstanding,
             o.currency, o.reason, "; ".join(o.sources))
            for o in found.owed
        ),
    )  # fmt: skip
    yield Sheet(
        "Due",
        ("instrument", "due on", "amount", "paid", "last paid on", "in escrow", "written off", "open",
         "days late", "age", "currency", "remark", "sources"),
        tuple(
            (d.instrument, d.due_on, d.amount, d.paid, d.paid_on, d.in_escrow, d.written_off, d.open,
             d.days_late, d.age, d.currency, d.remark, "; ".join(d.sources))
            for d in found.due
        ),
    )  # fmt: skip
    yield Sheet("Account", COLUMNS, tuple(_lines(found)))
    yield Sheet(
        "Uses",
        ("cost class", "amount", "currency", "uses"),
        tuple((s.cost_class, s.amount, s.currency, s.uses) for s in found.shares),
    )
    yield Sheet("Sources", ("record", "place"), tuple(sorted(found.places.items())))


def _about(found: Statement) -> Iterator[Sequence[Cell]]:
    yield ("Statement of account", found.payer)
    yield ("Book", found.book)
    yield ("As of", found.as_of)
    yield ("That day is", found.basis)
    yield ("Rulebook", f"{found.rulebook}, version {found.rulebook_version}")
    yield ("SHA-256 of the rulebook", found.rulebook_sha256)
    yield ("Book at checkpoint", found.checkpoint)
    for total in found.totals:
        yield (f"Left to pay under orders, {total.currency}", total.amount)
    yield ("Note", APART)
    for loose in found.loose:
        yield (f"Not taken up: {loose.table} {loose.record_id}", loose.words)
