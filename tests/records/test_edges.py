from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from wardbook.cli import main
from wardbook.records.edges import (
    RECORDS,
    STANDINGS,
    all_edges_query,
    behind_query,
    edge_query,
    find_standing,
    standing_on_query,
)
from wardbook.records.engine import Engine
from wardbook.records.schema import (
    ALLOCATIONS,
    AUDIT_TABLES,
    COSTS,
    DETERMINATIONS,
    FACT_BASES,
    RECEIVABLES,
    TEXT,
    USES,
    Column,
    Table,
)

ORDER_LINES = Table(
    "order_lines",
    "one line of an order",
    (
        *(Column(name, TEXT, "") for name in ("record_id", "instrument", "payer", "currency")),
        Column("superseded", "BOOLEAN", ""),
    ),
)
ORDER_PAYMENTS = Table(
    "order_payments",
    "one payment",
    tuple(Column(name, TEXT, "") for name in ("record_id", "instrument", "debtor", "currency")),
)

RULES_ONLY = {"watched_spans", "acts", "judgements", "person_comparisons"}
"""What is behind these is found by a rule, and not written down as edges."""


def small_audit(engine: Engine) -> None:
    """One use of car C1, of two log entries, decided, priced by a rate, and owed by the campaign."""
    for table in (*AUDIT_TABLES, ORDER_LINES, ORDER_PAYMENTS):
        engine.load(table, ())
    engine.load(USES, [{"use_id": "C1-1", "sources": ["log:2", "dispatch:5"]}])
    engine.load(
        FACT_BASES,
        [
            {"use_id": "C1-1", "fact": "purpose", "sources": ["log:2"]},
            {"use_id": "C1-1", "fact": "campaign_place", "sources": ["log:2", "places:4"]},
        ],
    )
    engine.load(DETERMINATIONS, [{"use_id": "C1-1", "facts_used": ["purpose"]}])
    cost = {"cost_id": "C1-1:vehicle", "use_id": "C1-1", "cost_class": "vehicle", "currency": "USD"}
    engine.load(COSTS, [cost | {"sources": ["log:2", "rates:2"]}])
    engine.load(ALLOCATIONS, [cost | {"payer": "campaign"}])
    engine.load(
        RECEIVABLES,
        [
            {"payer": "campaign", "cost_class": "vehicle", "currency": "USD"},
            {"payer": "A. Mayor", "cost_class": "order: O-1", "currency": "USD"},
        ],
    )
    order = {"instrument": "O-1", "currency": "USD", "superseded": False}
    engine.load(ORDER_LINES, [order | {"record_id": "orders:2", "payer": "A. Mayor"}])
    engine.load(ORDER_PAYMENTS, [order | {"record_id": "paid:2", "debtor": "A. Mayor"}])


def test_every_relation_of_an_audit_says_what_its_rows_stand_on() -> None:
    assert [standing.table for standing in STANDINGS] == [table.name for table in AUDIT_TABLES]
    assert {standing.table for standing in STANDINGS if not standing.queries} == RULES_ONLY
    for table in AUDIT_TABLES:
        standing = find_standing(table.name)
        assert standing.rule
        if "sources" in table.names:
            assert any("unnest(sources)" in query for query in standing.queries), table.name


def test_edges_of_one_step() -> None:
    with Engine() as engine:
        small_audit(engine)
        edges = {table.name: set(engine.rows(edge_query(table.name))) for table in AUDIT_TABLES}
    assert edges["uses"] == {("uses", "C1-1", RECORDS, "log:2"), ("uses", "C1-1", RECORDS, "dispatch:5")}
    assert edges["determinations"] == {
        ("determinations", "C1-1", "uses", "C1-1"),
        ("determinations", "C1-1", "fact_bases", "C1-1 | purpose"),
    }
    assert edges["allocations"] == {
        ("allocations", "C1-1:vehicle | campaign", "costs", "C1-1:vehicle"),
        ("allocations", "C1-1:vehicle | campaign", "determinations", "C1-1"),
    }
    assert edges["receivables"] == {
        ("receivables", "campaign | vehicle | USD", "allocations", "C1-1:vehicle | campaign"),
        ("receivables", "A. Mayor | order: O-1 | USD", RECORDS, "orders:2"),
        ("receivables", "A. Mayor | order: O-1 | USD", RECORDS, "paid:2"),
    }
    assert edges["watched_spans"] == set()


def test_what_stands_on_a_record_and_what_is_behind_a_row() -> None:
    with Engine() as engine:
        small_audit(engine)
        engine.run("edges", all_edges_query())
        assert engine.rows(standing_on_query("rates:2")) == [
            ("allocations", "C1-1:vehicle | campaign"),
            ("costs", "C1-1:vehicle"),
            ("postings", "cost:C1-1:vehicle"),
            ("receivables", "campaign | vehicle | USD"),
        ]
        stands_on_place = engine.rows(standing_on_query("places:4"))
        assert ("fact_bases", "C1-1 | campaign_place") in stands_on_place
        assert ("determinations", "C1-1") not in stands_on_place  # no rule that decided read campaign_place
        assert engine.rows(behind_query("receivables", "campaign | vehicle | USD")) == [
            ("dispatch:5",),
            ("log:2",),
            ("rates:2",),
        ]


# ---------------------------------------------------------------- the fictional town


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """The audit of Millbrook with its edges."""
    out = tmp_path_factory.mktemp("edges") / "out"
    words = ["audit", str(root / "examples/millbrook"), "--out", str(out), "--edges"]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    return out


def test_every_receivable_of_millbrook_leads_to_records_that_the_book_holds(town: Path) -> None:
    with (town / "receivables.csv").open(encoding="utf-8", newline="") as file:
        owed = [f"{row['payer']} | {row['cost_class']} | {row['currency']}" for row in csv.DictReader(file)]
    assert len(owed) >= 4
    edges = f"read_parquet('{town / 'edges.parquet'}')"
    held = f"read_parquet('{town}/millbrook.book/records/*/source_rows.parquet')"
    with duckdb.connect() as connection:
        for row in owed:
            records = connection.execute(behind_query("receivables", row, edges)).fetchall()
            assert records, row
            missing = connection.execute(
                f"SELECT record_id FROM ({behind_query('receivables', row, edges)}) "
                f"WHERE split_part(record_id, '#', 1) NOT IN (SELECT record_id FROM {held})"
            ).fetchall()
            assert missing == [], row


def test_every_row_with_edges_leads_somewhere(town: Path) -> None:
    edges = f"read_parquet('{town / 'edges.parquet'}')"
    with duckdb.connect() as connection:
        dead_ends = connection.execute(
            f"SELECT DISTINCT in_table, in_id FROM {edges} WHERE in_table <> '{RECORDS}' "
            f"AND (in_table, in_id) NOT IN (SELECT (out_table, out_id) FROM {edges})"
        ).fetchall()
        assert dead_ends == []
        order = connection.execute(f"SELECT in_id, in_table, out_table, out_id FROM {edges}").fetchall()
    assert order == sorted(order)


def test_an_audit_without_edges_leaves_none_of_an_earlier_one(town: Path, root: Path) -> None:
    assert (town / "edges.parquet").exists()
    assert '"edges.parquet"' in (town / "manifest.json").read_text("utf-8")
    result = CliRunner().invoke(main, ["audit", str(root / "examples/millbrook"), "--out", str(town)])
    assert result.exit_code == 0, result.output
    assert not (town / "edges.parquet").exists()
    assert '"edges.parquet"' not in (town / "manifest.json").read_text("utf-8")


def test_the_page_says_of_every_relation_what_is_behind_it(root: Path) -> None:
    page = (root / "docs/reference/engine.md").read_text("utf-8")
    for standing in STANDINGS:
        words = standing.id_words.replace("|", "\\|")
        assert f"| `{standing.table}` | {words} | {standing.rule} |\n" in page
