"""The ledger as Beancount text: the postings as they stand, for another double-entry program to add up again.

https://beancount.github.io/docs/beancount_language_syntax.html (version 3). Every account is opened with its
own name in the ledger as ``account``; every transaction has ``entry_id`` and ``sources``. Beancount asks for
a day: an entry without one stands on 1 January 1970 and says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Any

from wardbook.records.engine import Engine

UNDATED = date(1970, 1, 1)
"""The day of an entry whose day is not on record."""

_ROOTS = {
    "receivable": "Assets:Receivable",
    "cash": "Assets:Cash",
    "escrow": "Assets:Escrow",
    "suspense": "Assets:Suspense",
    "public": "Expenses:Public",
    "written-off": "Expenses:Written-Off",
    "spent": "Income:Spent",
}
_CURRENCY = re.compile(r"[A-Z][A-Z0-9'._-]{0,22}[A-Z0-9]")
_QUERY = """
SELECT p.entry_id, e.day, e.what, e.words, e.sources, p.account, p.amount, p.currency
FROM postings AS p LEFT JOIN ledger_entries AS e ON e.entry_id = p.entry_id
WHERE $1 IS NULL OR p.entry_id IN (SELECT q.entry_id FROM postings AS q WHERE list_contains($1, q.account))
ORDER BY e.day NULLS FIRST, p.entry_id, p.account, p.currency
"""


def beancount_lines(engine: Engine, title: str, touching: Collection[str] | None = None) -> Iterator[str]:
    """The ``postings`` and ``ledger_entries`` of ``engine`` as lines of Beancount text.

    ``touching`` keeps the entries that have a posting on one of these accounts, each with all its postings.
    """
    rows = engine.dicts(_QUERY, [None if touching is None else sorted(touching)])
    names = account_names(row["account"] for row in rows)
    first = min((row["day"] or UNDATED for row in rows), default=UNDATED)
    yield f'option "title" {_quoted(title)}'
    for currency in sorted({_currency(row["currency"]) for row in rows}):
        yield f'option "operating_currency" "{currency}"'
    yield ""
    for account, name in sorted(names.items(), key=lambda pair: pair[1]):
        yield f"{first} open {name}"
        yield f"  account: {_quoted(account)}"
    for _entry, postings in groupby(rows, key=lambda row: row["entry_id"]):
        yield ""
        yield from _transaction(list(postings), names)


def _transaction(postings: list[dict[str, Any]], names: Mapping[str, str]) -> Iterator[str]:
    head = postings[0]
    yield f"{head['day'] or UNDATED} * {_quoted(head['words'] or head['entry_id'])}"
    yield f"  entry_id: {_quoted(head['entry_id'])}"
    yield f"  what: {_quoted(head['what'] or '')}"
    yield f"  sources: {_quoted('; '.join(head['sources'] or ()))}"
    if head["day"] is None:
        yield '  day: "not on record"'
    for row in postings:
        yield f"  {names[row['account']]}  {row['amount']} {_currency(row['currency'])}"


def account_names(accounts: Iterable[str]) -> dict[str, str]:
    """For each account of the ledger a name that Beancount takes; no two get the same."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for account in sorted(set(accounts)):
        root, *parts = account.split(":")
        plain = ":".join([_ROOTS.get(root, f"Income:{_component(root)}"), *map(_component, parts)])
        name, number = plain, 1
        while name in taken:
            number += 1
            name = f"{plain}-{number}"
        taken.add(name)
        names[account] = name
    return names


def _component(text: str) -> str:
    """A part of an account's name: letters, digits and dashes, with a capital or a digit first."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9]+", "-", letters).strip("-")
    return plain[:1].upper() + plain[1:] or "X"


def _currency(text: str) -> str:
    """A currency as Beancount writes it; codes of ISO 4217 stay as they are."""
    if _CURRENCY.fullmatch(text):
        return text
    plain = re.sub(r"[^A-Z0-9]", "", text.upper())
    return f"CURRENCY-{plain or 'X'}"[:24].rstrip("-")


def _quoted(text: str) -> str:
    """A text of Beancount, on one line."""
    plain = " ".join(text.split())
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
