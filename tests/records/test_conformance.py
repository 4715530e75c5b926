"""The queries of tracing give on Spark the rows of every step; and the comparison can fail.

The steps of linking are compared in tests/link/test_matching_spark.py; the oldest DuckDB and Sail by
``make conformance``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.policy.conftest import spark  # noqa: F401
from tests.records.conformance_record import RECORD, Macro, Recorder, last_of, read_record
from tests.records.conformance_runs import record
from wardbook.records.spark_session import new_session
from wardbook.records.spark_sql import spark_sql

pytest.importorskip("sqlglot")
from tests.records.conformance_play import difference, differences
from tests.records.conformance_sql import written

COLUMNS = {"t": ["a", "b", "v", "s"], "u": ["v", "since", "c"]}


def spark_text(query: str, *macros: Macro) -> str:
    return written(query, macros, COLUMNS.__getitem__)


# ---------------------------------------------------------------- on Spark


def test_every_step_of_tracing_gives_the_same_rows_on_spark(spark: Any, tmp_path: Path) -> None:  # noqa: F811
    made = record("trace", tmp_path).made
    tables = [step.answer for step in made if step.answer]
    assert len(tables) > 35
    session = new_session()
    session.conf.set("spark.sql.shuffle.partitions", "2")
    assert list(differences(session, tmp_path)) == []
    rows = {step.name: count(tmp_path / step.answer) for step in made if step.answer}
    assert all(rows.values()), "a step without rows compares nothing"


def test_a_step_that_is_otherwise_on_spark_is_told(spark: Any, tmp_path: Path) -> None:  # noqa: F811
    """DuckDB rounds 2.7 to 3, Spark cuts it to 2: the very trap that the steps avoid by floor()."""
    with Recorder(tmp_path, ()) as recorder:
        recorder.run("cut", "SELECT CAST(CAST(27 AS DOUBLE) / 10 AS BIGINT) AS n")
        recorder.finish()
    assert list(differences(spark, tmp_path)) == ["000-cut.parquet: [(3,)] is missing, [(2,)] is new"]


def count(path: Path) -> int:
    with duckdb.connect() as engine:
        return int(engine.execute(f"SELECT count(*) FROM read_parquet('{path}')").fetchall()[0][0])


# ---------------------------------------------------------------- the comparison


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ("SELECT 1::BIGINT AS n, 'a' AS x UNION ALL SELECT 2, 'b'", ""),
        ("SELECT 2::INTEGER AS n, 'b' AS x UNION ALL SELECT 1, 'a'", ""),
        ("SELECT 1 AS n, 'a' AS x", "[(2, 'b')] is missing, [] is new"),
        ("SELECT 1 AS n, 'a' AS x UNION ALL SELECT 2, 'c'", "[(2, 'b')] is missing, [(2, 'c')] is new"),
        (
            "SELECT 1 AS n, 'a' AS x UNION ALL SELECT 2, 'b' UNION ALL SELECT 2, 'b'",
            "[] is missing, [(2, 'b')] is new",
        ),
        ("SELECT 1 AS m, 'a' AS x", "columns ['m', 'x'] instead of ['n', 'x']"),
    ],
)
def test_rows_are_compared_each_as_often(tmp_path: Path, other: str, told: str) -> None:
    queries = {"one": "SELECT 1 AS n, 'a' AS x UNION ALL SELECT 2, 'b'", "other": other}
    with duckdb.connect() as engine:
        for name, query in queries.items():
            engine.execute(f"COPY ({query}) TO '{tmp_path / name}.parquet' (FORMAT parquet)")
    assert difference(tmp_path / "one.parquet", tmp_path / "other.parquet") == told


def test_a_folder_without_files_has_no_rows(tmp_path: Path) -> None:
    with duckdb.connect() as engine:
        engine.execute(f"COPY (SELECT 1 AS n) TO '{tmp_path / 'one.parquet'}' (FORMAT parquet)")
    (tmp_path / "none").mkdir()
    assert difference(tmp_path / "one.parquet", tmp_path / "none") == "no rows instead of 1"


# ---------------------------------------------------------------- the record


def test_what_is_made_on_the_engine_is_recorded_in_order(tmp_path: Path) -> None:
    with Recorder(tmp_path, ("t",)) as recorder:
        recorder.define("CREATE OR REPLACE TEMP TABLE t AS SELECT 1 AS a")
        recorder.define("CREATE OR REPLACE TEMP MACRO w_twice(x) AS x + x")
        recorder.define("CREATE OR REPLACE TEMP VIEW seen AS SELECT w_twice(a) AS b FROM t")
        recorder.define("CREATE OR REPLACE TEMP TABLE more (b BIGINT)")
        recorder.define("INSERT INTO more SELECT b FROM seen")
        recorder.finish()
    found = read_record(tmp_path)
    assert found.inputs == ("t",)
    assert found.macros == (Macro("w_twice", ("x",), "x + x"),)
    assert [(made.name, made.answer) for made in found.made] == [
        ("seen", ""),
        ("more", "001-more.parquet"),
        ("more", "002-more.parquet"),
    ]
    assert [count(tmp_path / made.answer) for made in found.made if made.answer] == [0, 1]
    assert last_of(found, ["more"])[0].query == "SELECT * FROM more UNION ALL SELECT b FROM seen"
    assert json.loads((tmp_path / RECORD).read_text("utf-8"))["inputs"] == ["t"]


def test_a_statement_that_would_go_unrecorded_is_refused(tmp_path: Path) -> None:
    with Recorder(tmp_path, ()) as recorder:
        recorder.define("CREATE OR REPLACE TEMP TABLE t AS SELECT 1 AS a")
        with pytest.raises(ValueError, match="not known how to record: UPDATE t"):
            recorder.define("UPDATE t SET a = 2")


def test_a_number_of_128_bits_is_kept_whole(tmp_path: Path) -> None:
    with Recorder(tmp_path, ()) as recorder:
        recorder.run("big", "SELECT CAST(90071992547409931 AS HUGEINT) AS n")
        recorder.finish()
    with duckdb.connect() as engine:
        found = engine.execute(f"SELECT CAST(n AS VARCHAR) FROM '{tmp_path / '000-big.parquet'}'").fetchall()
    assert found == [("90071992547409931",)]


# ---------------------------------------------------------------- the text for Spark


@pytest.mark.parametrize(
    ("pattern", "text"),
    [(r"\d+\.\d", r"\\A(?:\\d+\\.\\d)\\z"), (r"\d.\d", r"(?d)\\A(?:\\d.\\d)\\z")],
)
def test_only_a_pattern_with_a_dot_has_a_flag_that_sail_does_not_know(pattern: str, text: str) -> None:
    found = spark_sql(f"SELECT regexp_full_match(a, '{pattern}') AS x FROM t")
    assert found == f"SELECT a RLIKE '{text}' AS x FROM t"


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("SELECT w_hop(a, b + 1) AS x FROM t", "SELECT ((((a)) * ((a))) - (b + 1)) AS x FROM t"),
        ("SELECT * REPLACE (a + 1 AS a) FROM t", "SELECT a + 1 AS a, b, v, s FROM t"),
        ("SELECT t.* EXCLUDE (a, s) FROM t", "SELECT t.b, t.v FROM t"),
        ("SELECT min(a) FILTER (b > 1) AS x FROM t", "SELECT MIN(a) FILTER(WHERE b > 1) AS x FROM t"),
        ("SELECT a FROM t SEMI JOIN u ON u.v = t.v", "SELECT a FROM t LEFT SEMI JOIN u ON u.v = t.v"),
        ("SELECT * FROM t ANTI JOIN u USING (v)", "SELECT * FROM t LEFT ANTI JOIN u ON u.v = t.v"),
        ("SELECT arg_max(a, b) AS x FROM t", "SELECT MAX_BY(a, b) AS x FROM t"),
        (
            "SELECT quantile_disc(a, 0.5) AS x FROM t",
            "SELECT PERCENTILE_DISC(CAST(0.5 AS DOUBLE)) WITHIN GROUP (ORDER BY a NULLS LAST) AS x FROM t",
        ),
        ("SELECT to_timestamp(s) AS x FROM t", "SELECT TIMESTAMP_SECONDS(s) AS x FROM t"),
        ("SELECT 1 << (s % 15) AS x FROM t", "SELECT SHIFTLEFT(1, CAST(((s % 15)) AS INT)) AS x FROM t"),
        ("SELECT row_number() OVER () AS n FROM t", "SELECT MONOTONICALLY_INCREASING_ID() AS n FROM t"),
        ("SELECT CAST(a AS HUGEINT) AS x FROM t", "SELECT CAST(a AS DECIMAL(38, 0)) AS x FROM t"),
        (
            "SELECT c FROM t ASOF JOIN u ON u.v = t.v AND t.s >= u.since",
            (
                "SELECT c FROM t JOIN (SELECT *, LEAD(since) OVER (PARTITION BY v ORDER BY since) AS "
                "asof_end FROM u AS asof_rows) AS u ON u.v = t.v AND t.s >= u.since AND "
                "(u.asof_end IS NULL OR t.s < u.asof_end)"
            ),
        ),
    ],
)
def test_what_spark_says_otherwise(query: str, text: str) -> None:
    macros = (Macro("w_square", ("x",), "x * x"), Macro("w_hop", ("x", "y"), "w_square(x) - y"))
    assert spark_text(query, *macros) == text
