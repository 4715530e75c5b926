"""A statement of account as a PDF (extra ``report``): PDF/A-3 and PDF/UA-1, its tables attached as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from wardbook.records.csv_text import csv_text
from wardbook.report.forms.paper_table import table_data
from wardbook.report.forms.typeset import typeset
from wardbook.report.statement import APART, Statement
from wardbook.report.wording import figure, money, plural

_WITHOUT_DAY = date(2000, 1, 1)
_Cells = Sequence[Sequence[str]]
_Names = tuple[str, ...]


def statement_pdf(found: Statement, version: str) -> bytes:
    """The statement as a PDF; ``version`` is this program's. Raises what `typeset` raises."""
    day = found.as_of or _WITHOUT_DAY
    parts = tuple(_parts(found))
    attachments = [
        {
            "file": f"{name}.csv",
            "mime": "text/csv",
            "relationship": "data",
            "description": title,
        }
        for name, title, _, _, _, _ in parts
    ]
    data: dict[str, Any] = {
        "title": f"Statement of account: {found.payer}",
        "language": "en",
        "date": [day.year, day.month, day.day],
        "paper": "us-letter",
        "jurisdiction": found.jurisdiction,
        "version": "Statement of account",
        "note": "",
        "facts": [
            ["As of", f"{found.as_of or 'no day on record'}: {found.basis}"],
            ["Book", found.book],
            ["Rulebook", f"{found.rulebook}, version {found.rulebook_version}"],
            ["Book at checkpoint", found.checkpoint],
            ["Set by", f"wardbook {version}"],
        ],
        "sections": [_owed(found), *(_section(*part) for part in parts)],
        "index_lead": "",
        "index": [],
        "attachments": attachments,
    }
    files = {f"{name}.csv": csv_text(columns, rows) for name, _, columns, _, rows, _ in parts}
    return typeset(data, files)


def _owed(found: Statement) -> dict[str, Any]:
    sums = [f"{money(total.amount, total.currency)}: {total.what}." for total in found.totals]
    ages = [f"Open, {_late(age.what)}: {money(age.amount, age.currency)}." for age in found.ages]
    said = sums + ages or ["No order or settlement on record names this payer."]
    return {"title": "What is owed", "level": 1, "blocks": [_paragraph(said)]}


def _late(age: str) -> str:
    return f"{age} days late" if any(one.isdigit() for one in age) else age


def _paragraph(said: Sequence[str]) -> dict[str, Any]:
    return {"is": "paragraph", "label": "", "sentences": [{"text": one, "n": None} for one in said]}


def _section(
    _name: str, title: str, columns: Sequence[str], figures: Sequence[bool], rows: _Cells, lead: str
) -> dict[str, Any]:
    blocks = [_paragraph([lead])] if lead else []
    blocks.append(table_data(title, columns, figures, rows))
    return {"title": title, "level": 1, "blocks": blocks}


_Part = tuple[str, str, Sequence[str], Sequence[bool], _Cells, str]


def _parts(found: Statement) -> Iterator[_Part]:
    """Name, title, columns, which of them are figures, rows, and words before them, of each table."""
    names: _Names
    rows: _Cells
    if found.owed:
        names = ("Instrument", "State", "Since", "Due", "Paid", "Outstanding", "Currency", "Why")
        rows = [
            (
                o.instrument,
                o.state,
                _day(o.since),
                figure(o.due),
                figure(o.paid),
                figure(o.outstanding),
                o.currency,
                o.reason,
            )
            for o in found.owed
        ]
        yield "orders", "Orders and settlements", names, _right(names, "Due", "Paid", "Outstanding"), rows, ""
    if found.due:
        names = ("Due on", "Instrument", "Amount", "Paid", "Open", "Currency", "Age", "Remark")
        rows = [
            (
                _day(d.due_on),
                d.instrument,
                figure(d.amount),
                figure(d.paid),
                figure(d.open),
                d.currency,
                d.age,
                d.remark,
            )
            for d in found.due
        ]
        lead = "Payments fill the oldest amount first, then what lies in escrow, then what was written off."
        yield (
            "due",
            "Amounts due under orders in force",
            names,
            _right(names, "Amount", "Paid", "Open"),
            rows,
            lead,
        )
    for number, account in enumerate(found.accounts, 1):
        names = ("Day", "What", "Words", "Debit", "Credit", "Balance", "Records")
        rows = [
            (
                _day(line.day), line.what, line.words, figure(line.amount) if line.amount >= 0 else "",
                figure(-line.amount) if line.amount < 0 else "", figure(line.balance),
                "; ".join(found.places.get(one, one) for one in line.sources),
            )
            for line in account.lines
        ]  # fmt: skip
        title = f"Entries of {account.account}, in {account.currency}"
        yield f"entries-{number}", title, names, _right(names, "Debit", "Credit", "Balance"), rows, ""
    if found.shares:
        names = ("Class of cost", "Amount", "Currency", "Uses")
        rows = [(c.cost_class, figure(c.amount), c.currency, f"{c.uses:,d}") for c in found.shares]
        title = "Shares of the cost of uses, by class"
        yield "uses", title, names, _right(names, "Amount", "Uses"), rows, APART
    if found.loose:
        names = ("Table", "Record", "What it says")
        rows = [(one.table, one.record_id, one.words) for one in found.loose]
        records = plural(len(found.loose), "record")
        lead = f"{records} under this payer's name on an order the account does not have."
        yield "not-taken-up", "Not taken up", names, _right(names), rows, lead


def _right(names: Sequence[str], *figures: str) -> list[bool]:
    return [name in figures for name in names]


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""
