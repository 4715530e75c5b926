"""The CSV files of an audit: for each its name and the one SELECT that gives its rows in a fixed order.

No file holds a clock reading, and each SELECT orders by its key columns and then by all others, so the same
audit gives the same bytes. Lists of record_ids stand in one cell, joined by ``'; '``. The columns are
documented in ``docs/reference/audit-files.md`` and are only ever added to.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CsvFile:
    """One CSV file: its name, and the query of its rows (with ORDER BY)."""

    name: str
    query: str


USES = CsvFile(
    "uses.csv",
    """
    SELECT use_id, date, vehicle, route, hours, riders, stated_purpose,
           array_to_string(sources, '; ') AS sources,
           agency, division, task, trip, invoiced, currency
    FROM uses
    ORDER BY ALL
    """,
)

DETERMINATIONS = CsvFile(
    "determinations.csv",
    """
    SELECT use_id, rule, cites, purpose, security_reason, permitted, reason, missing, costs,
           array_to_string(facts_used, '; ') AS facts_used
    FROM determinations
    ORDER BY ALL
    """,
)

RECEIVABLES = CsvFile(
    "receivables.csv",
    """
    SELECT payer, cost_class, amount, currency, uses
    FROM receivables
    ORDER BY payer, cost_class, currency, amount, uses
    """,
)

POSTINGS = CsvFile(
    "postings.csv",
    "SELECT entry_id, account, amount, currency FROM postings ORDER BY ALL",
)

SET_ASIDE = CsvFile(
    "set_aside.csv",
    """
    SELECT s.record_id, s.exhibit, o.path, s.page, s.line, s.expected, s.found, s.advice, s.raw_text
    FROM set_aside AS s
    LEFT JOIN (SELECT exhibit, min(path) AS path FROM occurrences GROUP BY exhibit) AS o USING (exhibit)
    ORDER BY s.exhibit, s.page NULLS FIRST, s.line NULLS FIRST, s.record_id, s.found, s.expected, s.raw_text
    """,
)

ASSERTION_TESTS = CsvFile(
    "assertion_tests.csv",
    """
    SELECT assertion_id, quantity, stated, computed, difference, unit, verdict, working,
           array_to_string(sources, '; ') AS sources
    FROM assertion_tests
    ORDER BY ALL
    """,
)

COSTS = CsvFile(
    "costs.csv",
    """
    SELECT cost_id, use_id, cost_class, basis, amount, computed, invoiced, currency,
           array_to_string(sources, '; ') AS sources
    FROM costs
    ORDER BY ALL
    """,
)

ALLOCATIONS = CsvFile(
    "allocations.csv",
    """
    SELECT cost_id, use_id, cost_class, payer, method, amount, currency, cites
    FROM allocations
    ORDER BY ALL
    """,
)

CSV_FILES: tuple[CsvFile, ...] = (
    USES,
    DETERMINATIONS,
    RECEIVABLES,
    POSTINGS,
    SET_ASIDE,
    ASSERTION_TESTS,
    COSTS,
    ALLOCATIONS,
)
