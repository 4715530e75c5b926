from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from wardbook.cli import main
from wardbook.records.step_names import Change, change, named, reads_outside


@pytest.mark.parametrize(
    ("text", "known", "found"),
    [
        ("SELECT * FROM uses", ["uses", "used"], ("uses",)),
        ("SELECT * FROM USES u JOIN\n\tLegs USING (use_id)", ["legs", "uses"], ("legs", "uses")),
        ('SELECT * FROM"uses"', ["uses"], ("uses",)),
        ("SELECT 'a \" b' FROM uses WHERE x = '\"'", ["uses"], ("uses",)),
        ('SELECT * FROM "it""s odd"', ['it"s odd', "odd"], ('it"s odd', "odd")),
        ("SELECT uses_all FROM my_uses", ["uses"], ()),
        ("SELECT costs FROM x -- of legs", ["costs", "legs"], ("costs", "legs")),
        ("SELECT * FROM straße", ["strasse"], ("strasse",)),
    ],
)
def test_names_in_a_query(text: str, known: list[str], found: tuple[str, ...]) -> None:
    assert named(text, known) == found


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("SET TimeZone = 'UTC'", Change("setting", "timezone", "'UTC'")),
        ("SET memory_limit = '2GB'", Change("nothing")),
        ("\n-- why\nCREATE OR REPLACE MACRO w_m(a) AS a", Change("macro", "w_m")),
        ("CREATE VIEW Exhibits AS SELECT 1", Change("view", "exhibits")),
        ('CREATE OR REPLACE TEMP TABLE "a b" (x INT)', Change("table", "a b")),
        ("ALTER VIEW exhibits RENAME TO all_exhibits", Change("rename", "exhibits", "all_exhibits")),
        ('DROP TABLE IF EXISTS "entry_keys"', Change("drop", "entry_keys")),
        ("COPY (SELECT 1) TO 'x.parquet' (FORMAT parquet)", Change("nothing")),
        ("INSERT INTO uses SELECT 1", Change("rows")),
        ("ALTER TABLE uses ADD COLUMN x INT", Change("rows")),
    ],
)
def test_what_a_statement_changes(statement: str, found: Change) -> None:
    told = change(statement)
    assert (told.kind, told.name) == (found.kind, found.name)
    if found.text:
        assert told.text == found.text


@pytest.mark.parametrize(
    "statement",
    ["CREATE TABLE main.uses (x INT)", "CREATE TABLE IF NOT EXISTS uses (x INT)", "ATTACH 'x.db'"],
)
def test_a_statement_that_cannot_be_followed_is_a_fault_of_the_program(statement: str) -> None:
    with pytest.raises(TypeError, match="not known"):
        change(statement)


@pytest.mark.parametrize(
    ("query", "outside"),
    [
        ("SELECT * FROM read_parquet('x')", True),
        ("SELECT * FROM 'x.csv'", True),
        ("SELECT Random()", True),
        ("SELECT CURRENT_TIMESTAMP", True),
        ("SELECT * FROM uses USING SAMPLE 10", True),
        ("SELECT uuid FROM uses WHERE route = 'now'", False),
        ("SELECT known, snow FROM glob_all", False),
    ],
)
def test_what_reads_outside(query: str, outside: bool) -> None:
    assert reads_outside(query) is outside


def tables(parsed: object) -> set[str]:
    """The names that DuckDB's own parser finds after FROM and JOIN, those of WITH among them."""
    if isinstance(parsed, list):
        return set().union(*map(tables, parsed))
    if not isinstance(parsed, dict):
        return set()
    own = {str(parsed["table_name"])} if parsed.get("type") == "BASE_TABLE" else set()
    return own.union(*map(tables, parsed.values()))


def test_no_relation_that_duckdb_finds_in_a_step_is_missed(tmp_path: Path, root: Path) -> None:
    audited = CliRunner().invoke(main, ["audit", str(root / "examples/millbrook"), "--out", str(tmp_path)])
    assert audited.exit_code == 0, audited.output
    steps = json.loads((tmp_path / "manifest.json").read_text("utf-8"))["steps"]
    assert len(steps) > 40
    with duckdb.connect() as connection:
        for step in steps:
            (told,) = connection.execute("SELECT json_serialize_sql(?)", [step["query"]]).fetchall()
            found = {name.casefold() for name in tables(json.loads(told[0]))}
            assert found, step["name"]
            assert found == set(named(step["query"], found)), step["name"]
            assert not reads_outside(step["query"]), step["name"]
