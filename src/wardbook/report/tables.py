"""The CSV files of an audit: for each its name and the one SELECT that gives its rows in a fixed order.

No file holds a clock reading, and each SELECT orders by its key columns and then by all others, so the same
audit gives the same bytes. Lists of record_ids stand in one cell, joined by ``'; '``; of an empty list, which
DuckDB 2 joins to '' and DuckDB 1 to NULL, the cell is empty. The columns are documented in
``docs/reference/audit-files.md`` and are only ever added to.
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
           nullif(array_to_string(sources, '; '), '') AS sources,
           agency, division, task, trip, invoiced, currency
    FROM uses
    ORDER BY ALL
    """,
)

DETERMINATIONS = CsvFile(
    "determinations.csv",
    """
    SELECT use_id, rule, cites, purpose, security_reason, permitted, reason, missing, costs,
           nullif(array_to_string(facts_used, '; '), '') AS facts_used
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
           nullif(array_to_string(sources, '; '), '') AS sources,
           finding_verdict, why, stated_by, stated_on, scope, counting_rule, fact
    FROM assertion_tests
    ORDER BY ALL
    """,
)

RECONCILIATIONS = CsvFile(
    "reconciliations.csv",
    """
    SELECT left_id, right_id, line, line_class, key, left_amount, right_amount, amount, unit, words,
           left_total, right_total, left_scope, right_scope,
           nullif(array_to_string(sources, '; '), '') AS sources
    FROM reconciliations
    ORDER BY ALL
    """,
)

ORDER_STATES = CsvFile(
    "order_states.csv",
    """
    SELECT instrument, payer, currency, state, since, due, paid, in_escrow, written_off, outstanding, reason,
           nullif(array_to_string(sources, '; '), '') AS sources
    FROM order_states
    ORDER BY ALL
    """,
)

DUE_ITEMS = CsvFile(
    "due_items.csv",
    """
    SELECT instrument, payer, due_on, amount, paid, paid_on, open, days_late, age,
           nullif(array_to_string(sources, '; '), '') AS sources, currency, in_escrow, written_off, remark
    FROM due_items
    ORDER BY ALL
    """,
)

PER_DIEM_TESTS = CsvFile(
    "per_diem_tests.csv",
    """
    SELECT expense_id, cost_class, trip, person, day, day_to, place, matched_by, rate_place, nights, persons,
           expense, cap, over, currency, verdict, words, nullif(array_to_string(sources, '; '), '') AS sources
    FROM per_diem_tests
    ORDER BY ALL
    """,
)

COSTS = CsvFile(
    "costs.csv",
    """
    SELECT cost_id, use_id, cost_class, basis, amount, computed, invoiced, currency,
           nullif(array_to_string(sources, '; '), '') AS sources, day, posted_on
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

MOVEMENTS = CsvFile(
    "movements.csv",
    """
    SELECT l.leg_id, l.vehicle, l.kind, l.start_at, l.start_lo, l.start_hi, l.end_at, l.end_lo, l.end_hi,
           l.from_lat_e6, l.from_lon_e6, l.to_lat_e6, l.to_lon_e6, l.from_place, l.to_place, l.from_region,
           l.to_region, l.outside, nullif(array_to_string(l.borders, '; '), '') AS borders,
           l.metres, l.moving_s, l.gap_s,
           l.top_kmh, l.odometer_m, l.differences, l.profile, k.entries, k.score, u.reason AS unlogged,
           nullif(array_to_string(l.sources, '; '), '') AS sources
    FROM traced_legs AS l
    LEFT JOIN (
        SELECT leg_id, string_agg(entry_id, '; ' ORDER BY entry_id) AS entries, min(score) AS score
        FROM entry_legs GROUP BY leg_id
    ) AS k USING (leg_id)
    LEFT JOIN unlogged_movements AS u USING (leg_id)
    ORDER BY ALL
    """,
)

VENDOR_DIFFERENCES = CsvFile(
    "vendor_differences.csv",
    """
    SELECT vendor, vehicle, started_at, ended_at, claimed_distance_m, metres, difference, profile,
           nullif(array_to_string(leg_ids, '; '), '') AS leg_ids,
           nullif(array_to_string(sources, '; '), '') AS sources
    FROM vendor_differences
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
    RECONCILIATIONS,
    ORDER_STATES,
    DUE_ITEMS,
    PER_DIEM_TESTS,
    COSTS,
    ALLOCATIONS,
    MOVEMENTS,
    VENDOR_DIFFERENCES,
)
