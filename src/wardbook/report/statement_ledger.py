"""The whole ledger of an account in a file: CSV, a workbook, or Beancount text."""

from __future__ import annotations

from pathlib import Path

from wardbook.accounts.beancount_text import beancount_lines
from wardbook.records.engine import Engine
from wardbook.report.statement_sheets import Sheet, sheets_bytes

FORMS = ("beancount", "csv", "xlsx")

COLUMNS = ("entry_id", "day", "what", "words", "account", "amount", "currency", "sources")
"""The columns of CSV and workbook: one posting a row, with the day, words and sources of its entry."""

_QUERY = """
SELECT
    p.entry_id, e.day, e.what, e.words, p.account, p.amount, p.currency,
    nullif(array_to_string(e.sources, '; '), '') AS sources
FROM postings AS p LEFT JOIN ledger_entries AS e ON e.entry_id = p.entry_id
ORDER BY e.day NULLS FIRST, p.entry_id, p.account, p.currency
"""


def write_ledger(engine: Engine, title: str, form: str, path: Path) -> int:
    """Write every posting of ``engine`` to ``path`` in one of `FORMS`; returns the number of postings.

    Debit positive, credit negative. Raises `WrongUseError` where a workbook cannot hold all rows.
    """
    if form == "csv":
        engine.write_csv(_QUERY, path)
    elif form == "xlsx":
        path.write_bytes(sheets_bytes(title, [Sheet("Ledger", COLUMNS, engine.rows(_QUERY))]))
    else:
        with path.open("w", encoding="utf-8", newline="\n") as text:
            text.writelines(f"{line}\n" for line in beancount_lines(engine, title))
    return engine.count("postings")
