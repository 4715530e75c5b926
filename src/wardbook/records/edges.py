"""What stands on what: for each relation of an audit, where its rows say what they came from.

Rows hold the ids of what is one step behind them. An edge (out_table, out_id, in_table, in_id) says one such
step; edges are derived from the rows when asked for, and steps are followed at read time. This file is the
one place that knows the id of a row of each relation, and how to find what is behind it.
"""

from __future__ import annotations

from dataclasses import dataclass

from wardbook.records.engine import literal
from wardbook.records.schema import AUDIT_TABLES

RECORDS = "records"
"""The ``in_table`` of an edge into the book: ``in_id`` is a record_id."""

EDGE_COLUMNS = ("out_table", "out_id", "in_table", "in_id")

_SEPARATOR = "' | '"


@dataclass(frozen=True)
class Standing:
    """How the rows of one relation say what they stand on.

    ``id_words`` says what the id of a row is; ``rule`` how to find what is behind it. ``queries`` give its
    edges as (out_id, in_table, in_id), NULL ids left out by the reader; none where the rule finds what would
    be too many to write down, or what is no record of the book.
    """

    table: str
    id_words: str
    rule: str
    queries: tuple[str, ...] = ()


def _listed(table: str, key: str, column: str = "sources") -> str:
    """The edges of a column of record_ids."""
    return f"SELECT {key} AS out_id, '{RECORDS}' AS in_table, unnest({column}) AS in_id FROM {table}"  # noqa: S608


def _one(table: str, key: str, into: str, column: str) -> str:
    """The edges of a column with one id."""
    return f"SELECT {key} AS out_id, {literal(into)} AS in_table, {column} AS in_id FROM {table}"  # noqa: S608


def _joined(*columns: str) -> str:
    return f" || {_SEPARATOR} || ".join(columns)


_FACT = _joined("use_id", "fact")
_SHARE = _joined("cost_id", "payer")
_OWED = _joined("payer", "cost_class", "currency")
_STATE = _joined("instrument", "payer", "currency", "state")
_DUE = _joined(
    "instrument", "payer", "currency", "coalesce(CAST(due_on AS VARCHAR), '')", "CAST(amount AS VARCHAR)"
)
_UNORDERED = _joined("debtor", "'repaid without an order'", "currency")
_FACTS_USED = f"""SELECT d.use_id AS out_id, 'fact_bases' AS in_table,
    d.use_id || {_SEPARATOR} || f.fact AS in_id
FROM (SELECT use_id, unnest(facts_used) AS fact FROM determinations) AS d
JOIN fact_bases AS f ON f.use_id = d.use_id AND f.fact = d.fact"""  # noqa: S608
_SHARES_OWED = f"""SELECT r.out_id, 'allocations' AS in_table, {_joined("a.cost_id", "a.payer")} AS in_id
FROM (SELECT *, {_OWED} AS out_id FROM receivables) AS r
JOIN allocations AS a ON a.payer = r.payer AND a.cost_class = r.cost_class AND a.currency = r.currency"""  # noqa: S608


def _owed_under_orders(table: str, payer: str, into: str, column: str) -> str:
    """The edges of what is owed under an order to the rows of a relation with its order and payer."""
    return f"""SELECT r.out_id, {literal(into)} AS in_table, {column} AS in_id
FROM (SELECT *, {_OWED} AS out_id FROM receivables) AS r
JOIN {table} AS x
    ON r.cost_class = 'order: ' || x.instrument AND x.{payer} = r.payer AND x.currency = r.currency"""  # noqa: S608


_STATES_OWED = _owed_under_orders(
    "order_states", "payer", "order_states", _joined("x.instrument", "x.payer", "x.currency", "x.state")
)
_LINES_OWED = _owed_under_orders("order_lines", "payer", RECORDS, "x.record_id")
_PAYMENTS_OWED = _owed_under_orders("order_payments", "debtor", RECORDS, "x.record_id")

STANDINGS: tuple[Standing, ...] = (
    Standing(
        "track_paths",
        "track_id",
        "the track is a record; its fixes are the rows of fixes with that track_id",
        (_one("track_paths", "track_id", RECORDS, "track_id"),),
    ),
    Standing(
        "traced_legs",
        "leg_id",
        "sources: first and last fix and their tracks; the fixes between are those of the tracks between "
        "start_lo and end_hi",
        (_listed("traced_legs", "leg_id"),),
    ),
    Standing(
        "dropped_fixes",
        "record_id",
        "the fix is a record",
        (_one("dropped_fixes", "record_id", RECORDS, "record_id"),),
    ),
    Standing(
        "watched_spans",
        "vehicle_key and from_at",
        "the fixes of the vehicle from from_at to to_at: too many to write down",
    ),
    Standing("acts", "entry", "the entry of the log; a take-in brought the records that name it", ()),
    Standing(
        "judgements",
        "kind, left_key, right_key and judged_at",
        "a person decided; the log of the book has the entry, with who and why",
    ),
    Standing(
        "person_comparisons",
        "left_name | right_name",
        "the riders and people whose name key is one of the two names: too many to write down",
    ),
    Standing(
        "entry_comparisons",
        "left_id | right_id",
        "the two log entries",
        tuple(
            _one("entry_comparisons", _joined("left_id", "right_id"), RECORDS, side)
            for side in ("left_id", "right_id")
        ),
    ),
    Standing(
        "legs",
        "leg_id",
        "use_id: the use; track_id: the track, a record",
        (_one("legs", "leg_id", "uses", "use_id"), _one("legs", "leg_id", RECORDS, "track_id")),
    ),
    Standing("uses", "use_id", "sources: the log entries", (_listed("uses", "use_id"),)),
    Standing(
        "facts",
        "use_id",
        "the use, and fact_bases of the same use_id for each fact",
        (
            _one("facts", "use_id", "uses", "use_id"),
            _one("fact_bases", "use_id", "fact_bases", _FACT),
        ),
    ),
    Standing(
        "fact_bases",
        "use_id | fact",
        "sources: the records the fact was read from; the use",
        (_listed("fact_bases", _FACT), _one("fact_bases", _FACT, "uses", "use_id")),
    ),
    Standing(
        "determinations",
        "use_id",
        "the use, and fact_bases of the same use_id for each of facts_used",
        (
            _one("determinations", "use_id", "uses", "use_id"),
            _FACTS_USED,
        ),
    ),
    Standing(
        "costs",
        "cost_id",
        "sources: invoice, rate or expense; use_id: the use that explains it",
        (_listed("costs", "cost_id"), _one("costs", "cost_id", "uses", "use_id")),
    ),
    Standing(
        "allocations",
        "cost_id | payer",
        "cost_id: the cost; use_id: the determination that says who bears it",
        (
            _one("allocations", _SHARE, "costs", "cost_id"),
            _one("allocations", _SHARE, "determinations", "use_id"),
        ),
    ),
    Standing(
        "postings",
        "entry_id",
        "after cost: a cost and its allocations; else the entry of ledger_entries",
        (
            _one("allocations", "'cost:' || cost_id", "allocations", _SHARE),
            _one("ledger_entries WHERE what <> 'cost'", "entry_id", "ledger_entries", "entry_id"),
        ),
    ),
    Standing(
        "ledger_entries",
        "entry_id",
        "sources: the records of the cost, or the lines of the instrument, the payment or the write-off",
        (_listed("ledger_entries", "entry_id"),),
    ),
    Standing(
        "order_states",
        "instrument | payer | currency | state",
        "sources: the lines of the instrument, its plan, and what was paid, laid into escrow or written off",
        (_listed("order_states", _STATE),),
    ),
    Standing(
        "due_items",
        "instrument | payer | currency | due_on | amount",
        "sources: the instalment or the lines, and what filled it",
        (_listed("due_items", _DUE),),
    ),
    Standing(
        "receivables",
        "payer | cost_class | currency",
        "the allocations of that payer, class and currency; for order: the lines of the instrument, the "
        "payments on it, and its order_states; for repaid without an order: those payments",
        (
            _SHARES_OWED,
            _STATES_OWED,
            _LINES_OWED,
            _PAYMENTS_OWED,
            _one("order_payments WHERE instrument IS NULL", _UNORDERED, RECORDS, "record_id"),
        ),
    ),
    Standing(
        "assertion_tests",
        "assertion_id",
        "sources: the records behind the computed figure, and the assertion's own",
        (_listed("assertion_tests", "assertion_id"),),
    ),
    Standing(
        "reconciliations",
        "left_id | right_id | line",
        "sources: the assertions compared, totals and parts",
        (_listed("reconciliations", _joined("left_id", "right_id", "CAST(line AS VARCHAR)")),),
    ),
    Standing(
        "per_diem_tests",
        "expense_id",
        "sources: the expenses, and the rates that apply",
        (_listed("per_diem_tests", "expense_id"),),
    ),
)
"""One for each relation of `AUDIT_TABLES`, in its order."""


def find_standing(table: str) -> Standing:
    """How the rows of a relation of `AUDIT_TABLES` say what they stand on; `KeyError` for another."""
    return {standing.table: standing for standing in STANDINGS}[table]


def edge_query(table: str) -> str:
    """The SELECT of the edges that lead out of a relation: out_table, out_id, in_table, in_id, each once.

    It reads the relations of an audit; no rows for a relation of which only a rule says what is behind it.
    """
    standing = find_standing(table)
    if not standing.queries:
        none = ", ".join(f"CAST(NULL AS VARCHAR) AS {column}" for column in EDGE_COLUMNS)
        return f"SELECT {none} WHERE false"
    union = "\nUNION ALL\n".join(standing.queries)
    return (
        f"SELECT DISTINCT {literal(table)} AS out_table, out_id, in_table, in_id FROM (\n{union}\n)\n"  # noqa: S608
        "WHERE out_id IS NOT NULL AND in_id IS NOT NULL"
    )


def all_edges_query() -> str:
    """The SELECT of every edge of an audit, sorted by in_id: what stands on one record lies together."""
    edges = "\nUNION ALL\n".join(f"({edge_query(table.name)})" for table in AUDIT_TABLES)
    return f"SELECT * FROM (\n{edges}\n)\nORDER BY in_id, in_table, out_table, out_id"  # noqa: S608


def standing_on_query(record: str, edges: str = "edges") -> str:
    """The SELECT of all that stands on a record, directly or through others: out_table, out_id.

    ``edges`` is a relation of edges, or SQL in its place (``read_parquet('edges.parquet')``).
    """
    return f"""WITH RECURSIVE standing (out_table, out_id) AS (
    SELECT out_table, out_id FROM {edges} WHERE in_table = '{RECORDS}' AND in_id = {literal(record)}
    UNION
    SELECT e.out_table, e.out_id
    FROM standing AS s JOIN {edges} AS e ON e.in_table = s.out_table AND e.in_id = s.out_id
)
SELECT out_table, out_id FROM standing ORDER BY out_table, out_id"""  # noqa: S608


def behind_query(table: str, key: str, edges: str = "edges") -> str:
    """The SELECT of the records behind one row of a relation, directly or through others: record_id."""
    return f"""WITH RECURSIVE behind (in_table, in_id) AS (
    SELECT in_table, in_id FROM {edges} WHERE out_table = {literal(table)} AND out_id = {literal(key)}
    UNION
    SELECT e.in_table, e.in_id
    FROM behind AS b JOIN {edges} AS e ON e.out_table = b.in_table AND e.out_id = b.in_id
)
SELECT in_id AS record_id FROM behind WHERE in_table = '{RECORDS}' ORDER BY record_id"""  # noqa: S608
