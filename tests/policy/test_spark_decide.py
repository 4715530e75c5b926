"""Spark decides as DuckDB does: random rulebooks, tables of both kinds; it says what is missing."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from tests.policy.compared import RECORD, by_duckdb, by_twin, compare, differences, record_by_sql
from tests.policy.random_rulebooks import load_uses, random_rulebook, random_uses, with_costs
from tests.policy.test_cost_sql import ARRANGEMENTS, TYPES, cost_sql
from tests.policy.test_decide_table import TABLE, TOWN
from wardbook.cli import main as commands
from wardbook.policy.decide_table import decide_table
from wardbook.policy.model import Fact, FactType
from wardbook.records import spark_session
from wardbook.records.engine import Engine
from wardbook.records.schema import Column, Table
from wardbook.records.spark_engine import SparkEngine


@pytest.mark.parametrize(("seed", "rules", "facts"), [(0, 6, 8), (4, 6, 8), (5, 50, 12)])
def test_spark_duckdb_and_the_twin_agree(
    spark: Any, tmp_path: Path, seed: int, rules: int, facts: int
) -> None:
    random = Random(seed)
    book = with_costs(random, random_rulebook(random, rules, facts))
    uses = random_uses(random, book, 300, proper=0.5)
    made = compare(book)
    with Engine() as files, SparkEngine(files, tmp_path) as engine:
        load_uses(files, book, uses)
        engine.give("facts", "SELECT * FROM facts")
        record_by_sql(engine, made)
        found = files.dicts(f"SELECT * FROM {RECORD} ORDER BY use_id")
    assert found == by_duckdb(book, uses)
    for use, row in zip(uses, found, strict=True):
        assert not differences(row, by_twin(made, use, list(row))), use


def test_the_largest_figures_are_exact_on_spark(spark: Any, tmp_path: Path) -> None:
    """Methods and roundings over facts of 12 digits and 6 decimals: arithmetic of 38 digits."""
    kinds = ["DECIMAL(18,2)", *(kind for _, kind in TYPES.values())]
    names = ["cost", *(f"f{at}" for at in range(len(TYPES)))]
    most = ("999999999998", "999999999999", "999999999999.999998", "999999999999.999999")
    cells = [
        ("9999999999.99", *most, "999999.999", "9999999999.99", "0.999999"),
        ("-9999999999.99", *most, "999999.999", "9999999999.99", "0.999999"),
        ("0.05", "1", "2", "1", "3", "0.001", "0.01", "0.5"),
        ("333.33", "1", "3", "0.000001", "0.000003", "7.5", "100.01", "0.333333"),
    ]
    some = ARRANGEMENTS[::4]
    columns = [Column(name, kind, "") for name, kind in zip(names, kinds, strict=True)]
    table = Table("given", "one row", (*columns, Column("costs", "VARCHAR", "")))
    rows = [dict(zip(names, row, strict=True)) | {"costs": name} for row in cells for name in some]
    made = cost_sql(some)
    shown = [column.amount for column in made.shares({"airfare": "cost"})]
    shown += made.open_points({"airfare": "cost"}).values()
    query = "SELECT " + ", ".join(f"{text} AS c{at}" for at, text in enumerate(shown)) + " FROM given"
    with Engine() as files, SparkEngine(files, tmp_path) as engine:
        engine.load(table, rows)
        assert sorted(map(str, engine.rows(query))) == sorted(map(str, files.rows(query)))


def write_facts(path: Path, distance: str) -> None:
    """A Parquet file of 500 uses; ``distance`` is SQL for its miles."""
    with duckdb.connect() as made:
        made.execute(
            "COPY (SELECT i AS use_id, DATE '2018-06-01' + CAST(i % 900 AS INTEGER) AS date, "
            "['official', 'political', 'personal', NULL, 'offical', ' ?'][i % 6 + 1] AS purpose, "
            f'[TRUE, FALSE, NULL][i % 3 + 1] AS aboard, {distance} AS miles, i AS "odd ` name", '
            'CAST(i AS DECIMAL(18,2)) / 3 AS "cost mileage", uuid() AS extra FROM range(500) AS r(i)) '
            f"TO '{path}' (FORMAT parquet)"
        )


def rows(path: Path) -> list[Any]:
    with duckdb.connect() as engine:
        found = engine.execute(f"SELECT * FROM '{path}'")
        return [[(one[0], str(one[1])) for one in found.description], *found.fetchall()]


@pytest.mark.parametrize(
    ("name", "out"),
    [("facts.csv", "out.csv"), ("plain.parquet", "out.parquet"), ("_odd [1].parquet", "out.csv")],
)
def test_both_engines_write_the_same_table(spark: Any, tmp_path: Path, name: str, out: str) -> None:
    """CSV; Parquet that Spark reads itself; a name that Spark would pass over, and a double."""
    source = tmp_path / name
    if source.suffix == ".csv":
        source.write_text(TABLE + ' g ,2020-01-01 00:00:00, Official\xa0,NO,"1,5",,"12.345",\\N\n')
    else:
        write_facts(source, "i / 7" if "odd" in name else "CAST(i AS DECIMAL(18,6)) / 7")
    told = decide_table(TOWN, source, tmp_path / f"duckdb-{out}")
    assert decide_table(TOWN, source, tmp_path / f"spark-{out}", on_spark=True) == told
    assert rows(tmp_path / f"spark-{out}") == rows(tmp_path / f"duckdb-{out}")
    if out.endswith(".csv"):
        assert (tmp_path / f"spark-{out}").read_bytes() == (tmp_path / f"duckdb-{out}").read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {name, f"spark-{out}", f"duckdb-{out}"}


def test_the_law_of_another_day_and_one_fact_alone(spark: Any, tmp_path: Path) -> None:
    source = tmp_path / "facts.parquet"
    with duckdb.connect() as made:
        made.execute(f"COPY (SELECT 'official' AS purpose FROM range(3)) TO '{source}' (FORMAT parquet)")
    day = TOWN.rules[0].in_force_from
    told = decide_table(TOWN, source, tmp_path / "one.csv", day)
    assert decide_table(TOWN, source, tmp_path / "two.csv", day, on_spark=True) == told
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()


def test_every_type_of_column_is_read_alike(spark: Any, tmp_path: Path) -> None:
    """Types that Spark reads itself, and in the other file types that come to it as text."""
    hours = Fact("hours", "", FactType.DURATION, (), "How long?", "the meter", 1, unit="h")
    seats = Fact("seats", "", FactType.WHOLE, (), "How many?", "the log", 1, low=1)
    town = replace(TOWN, facts=(*(fact for fact in TOWN.facts if fact.name != "hours"), hours, seats))
    rows = "'personal' AS purpose, DATE '2020-01-01' + CAST(i AS INTEGER) AS date FROM range(50) AS r(i)"
    plain = "CAST(i AS SMALLINT) AS seats, CAST(i AS DECIMAL(9,3)) / 8 AS hours, 'Parks ' AS agency"
    other = "CAST(i AS UINTEGER) AS seats, i / 7 AS hours, TIMESTAMP '2020-01-01 00:00:00' AS agency"
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    for columns in (plain, other):
        source = tmp_path / "facts.parquet"
        with duckdb.connect() as made:
            query = f"SELECT CAST(i AS UTINYINT) AS id, {columns}, {rows}"
            made.execute(f"COPY ({query}) TO '{source}' (FORMAT parquet)")
        assert decide_table(town, source, one) == decide_table(town, source, two, on_spark=True)
        assert one.read_bytes() == two.read_bytes()


def test_the_command_runs_on_spark(spark: Any, tmp_path: Path) -> None:
    (tmp_path / "facts.csv").write_text(TABLE)
    (tmp_path / "town.md").write_text(TOWN.text)
    arguments = ["decide", "--rulebook", str(tmp_path / "town.md"), str(tmp_path / "facts.csv")]
    done = CliRunner().invoke(commands, [*arguments, "--out", str(tmp_path / "o.csv"), "--engine", "spark"])
    assert done.exit_code == 0, done.output
    assert "rows: 2 decided + 4 undetermined = 6" in done.output


def test_without_java_or_the_extra_the_way_to_get_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = spark_session._first_session.__wrapped__
    monkeypatch.setattr(spark_session, "_first_session", spark_session._local_session)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    (tmp_path / "facts.csv").write_text(TABLE)
    (tmp_path / "town.md").write_text(TOWN.text)
    arguments = ["decide", "--rulebook", str(tmp_path / "town.md"), str(tmp_path / "facts.csv")]
    arguments += ["--out", str(tmp_path / "o.csv"), "--engine", "spark"]
    done = CliRunner().invoke(commands, arguments)
    assert done.exit_code == 2
    assert "the program java of version 17 or later; found none in JAVA_HOME" in done.output
    monkeypatch.setattr(spark_session, "_first_session", first)
    for module in ("pyspark", "pyspark.sql", "pyspark.errors"):
        monkeypatch.setitem(sys.modules, module, None)
    done = CliRunner().invoke(commands, arguments)
    assert done.exit_code == 2
    assert 'pip install "wardbook[spark]"' in done.output
    assert not (tmp_path / "o.csv").exists()
