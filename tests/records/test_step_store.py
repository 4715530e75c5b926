from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardbook.errors import NotWrittenError
from wardbook.records.engine import Engine
from wardbook.records.schema import RATES, TEXT, WHOLE, Column, Table
from wardbook.records.step_store import StepStore

TOLLS = Table(
    "tolls",
    "one toll",
    (Column("car", TEXT, "car"), Column("cents", WHOLE, "toll, cents"), Column("note", TEXT, "as written")),
)
A, B = {"car": "C1", "cents": 150}, {"car": "C2", "cents": 275, "note": 'so-called "free" pass; 1|2'}
BY_CAR = "SELECT car, CAST(sum(cents) AS BIGINT) AS cents FROM tolls GROUP BY car"


def tolls_by_car(engine: Engine) -> None:
    engine.load(TOLLS, [A, B])
    engine.run("by_car", BY_CAR)
    engine.run("dearest", "SELECT max(cents) AS cents FROM by_car")


def kept(folder: Path, work: Callable[[Engine], object]) -> tuple[int, int]:
    """Steps kept, and steps asked for, of work on an engine with the store in ``folder``."""
    store = StepStore(folder)
    with Engine(store=store) as engine:
        work(engine)
        return store.kept, len(engine.steps)


def side_cars(folder: Path) -> dict[str, dict[str, object]]:
    told = (json.loads(path.read_text("utf-8")) for path in folder.glob("*.json"))
    return {str(one["name"]): one for one in told}


# ---------------------------------------------------------------- what is kept


def test_a_second_run_runs_no_step_and_gives_the_same(tmp_path: Path) -> None:
    assert kept(tmp_path, tolls_by_car) == (0, 2)
    store = StepStore(tmp_path)
    with Engine(store=store) as engine:
        tolls_by_car(engine)
        assert store.kept == 2
        assert engine.rows("SELECT * FROM by_car ORDER BY car") == [("C1", 150), ("C2", 275)]
        assert engine.rows("SELECT * FROM dearest") == [(275,)]
        assert [step.rows for step in engine.steps] == [2, 1]


def test_a_side_car_says_what_made_the_step(tmp_path: Path) -> None:
    kept(tmp_path, tolls_by_car)
    told = side_cars(tmp_path)
    assert told["by_car"]["query"] == BY_CAR
    assert told["by_car"]["rows"] == 2
    assert told["by_car"]["columns"] == [
        {"name": "car", "type": "VARCHAR"},
        {"name": "cents", "type": "BIGINT"},
    ]
    assert told["dearest"]["inputs"] == {"by_car": told["by_car"]["key"]}
    assert told["dearest"]["duckdb"] == duckdb.__version__
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {f"{one['key']}.{end}" for one in told.values() for end in ("json", "parquet")}


def test_records_in_another_order_are_the_same_records(tmp_path: Path) -> None:
    kept(tmp_path, tolls_by_car)

    def other_order(engine: Engine) -> None:
        engine.load(TOLLS, [B, A])
        engine.run("by_car", BY_CAR)

    assert kept(tmp_path, other_order) == (1, 1)


CHANGES: dict[str, tuple[Callable[[Engine], object], int]] = {
    "nothing": (lambda e: None, 2),
    "a record more": (lambda e: e.load(TOLLS, [A, B, A]), 0),
    "a record changed": (lambda e: e.load(TOLLS, [A, B | {"cents": 276}]), 0),
    "a cell to the other column": (lambda e: e.load(TOLLS, [A, {"car": "C2", "note": B["note"]}]), 0),
    "a row put in by a statement": (lambda e: e.define("INSERT INTO tolls VALUES ('C3', 5, NULL)"), 0),
    "rows changed by a statement": (lambda e: e.define("UPDATE Tolls SET cents = 1"), 0),
    "a setting": (lambda e: e.define("SET default_null_order = 'nulls_first'"), 0),
    "a macro that no step sees": (lambda e: e.define("CREATE MACRO unseen(x) AS x"), 2),
    "the memory it may use": (lambda e: e.define("SET memory_limit = '1GB'"), 2),
    "a relation that no step sees": (lambda e: e.load(RATES, []), 2),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_a_step_depends_on_changes_its_key(tmp_path: Path, what: str) -> None:
    kept(tmp_path, tolls_by_car)
    change, still_kept = CHANGES[what]

    def changed(engine: Engine) -> None:
        engine.load(TOLLS, [A, B])
        change(engine)
        engine.run("by_car", BY_CAR)
        engine.run("dearest", "SELECT max(cents) AS cents FROM by_car")

    assert kept(tmp_path, changed) == (still_kept, 2)


def through(macro: str, view: str) -> Callable[[Engine], None]:
    def work(engine: Engine) -> None:
        engine.load(TOLLS, [A, B])
        engine.define(f"CREATE OR REPLACE MACRO with_fee(cents) AS {macro}")
        engine.define("CREATE OR REPLACE MACRO due(cents) AS with_fee(cents) * 2")
        engine.define(
            f"CREATE OR REPLACE VIEW charged AS SELECT car, due(cents) AS cents FROM tolls WHERE {view}"
        )
        engine.run("most", "SELECT max(cents) AS cents FROM charged")

    return work


def test_macros_and_views_count_through_each_other(tmp_path: Path) -> None:
    assert kept(tmp_path, through("cents + 10", "true")) == (0, 1)
    assert kept(tmp_path, through("cents + 10", "true")) == (1, 1)
    assert kept(tmp_path, through("cents + 11", "true")) == (0, 1)
    assert kept(tmp_path, through("cents + 10", "cents < 200")) == (0, 1)
    with Engine(store=StepStore(tmp_path)) as engine:
        through("cents + 11", "true")(engine)
        assert engine.rows("SELECT cents FROM most") == [(572,)]  # (275 + 11) * 2


def test_a_relation_may_be_renamed_replaced_and_dropped(tmp_path: Path) -> None:
    def work(engine: Engine) -> None:
        tolls_by_car(engine)
        engine.define("ALTER TABLE by_car RENAME TO cars")
        engine.run("by_car", "SELECT car FROM cars")
        engine.define("DROP TABLE cars")
        engine.run("by_car", "SELECT car || '!' AS car FROM by_car")
        assert engine.rows("SELECT car FROM by_car ORDER BY car") == [("C1!",), ("C2!",)]

    assert kept(tmp_path, work) == (0, 4)
    assert kept(tmp_path, work) == (4, 4)


def test_records_in_files_are_known_by_the_bytes_of_the_files(tmp_path: Path) -> None:
    files = {name: tmp_path / f"{name}.parquet" for name in ("one", "same", "other")}
    with Engine() as engine:
        engine.load(TOLLS, [A])
        engine.write_parquet("SELECT * FROM tolls", files["one"])
        engine.load(TOLLS, [B])
        engine.write_parquet("SELECT * FROM tolls", files["other"])
    files["same"].write_bytes(files["one"].read_bytes())

    def over(name: str) -> Callable[[Engine], None]:
        def work(engine: Engine) -> None:
            engine.view_parquet(TOLLS, [files[name]])
            engine.run("by_car", BY_CAR)

        return work

    assert kept(tmp_path / "work", over("one")) == (0, 1)
    assert kept(tmp_path / "work", over("same")) == (1, 1)
    assert kept(tmp_path / "work", over("other")) == (0, 1)


@pytest.mark.parametrize("query", ["SELECT random() AS x", "SELECT now() AS x", "SELECT current_date AS x"])
def test_chance_and_the_clock_are_asked_every_time(tmp_path: Path, query: str) -> None:
    def work(engine: Engine) -> None:
        engine.run("drawn", query)

    assert kept(tmp_path, work) == (0, 1)
    assert kept(tmp_path, work) == (0, 1)
    assert not list(tmp_path.iterdir())


def test_a_table_of_a_statement_is_known_by_its_rows(tmp_path: Path) -> None:
    def work(rows: str) -> Callable[[Engine], None]:
        def made(engine: Engine) -> None:
            engine.define(f"CREATE OR REPLACE TABLE pairs AS SELECT * FROM (VALUES {rows}) AS v(x, y)")
            engine.run("largest", "SELECT max(x) AS x FROM pairs")

        return made

    assert kept(tmp_path, work("('ab', 'c'), (NULL, 'd')")) == (0, 1)
    assert kept(tmp_path, work("(NULL, 'd'), ('ab', 'c')")) == (1, 1)
    assert kept(tmp_path, work("('a', 'bc'), (NULL, 'd')")) == (0, 1)


@pytest.mark.parametrize("column", ["1 AS y", "'1' AS x", "CAST(1 AS DECIMAL(18,0)) AS x"])
def test_a_table_of_other_columns_is_another(tmp_path: Path, column: str) -> None:
    def work(column: str) -> Callable[[Engine], None]:
        def made(engine: Engine) -> None:
            engine.define(f"CREATE TABLE pairs AS SELECT {column}")
            engine.run("all_pairs", "SELECT * FROM pairs")

        return made

    assert kept(tmp_path, work("1 AS x")) == (0, 1)
    assert kept(tmp_path, work(column)) == (0, 1)


# ---------------------------------------------------------------- types


def test_types_and_values_come_back_as_they_were(tmp_path: Path) -> None:
    query = """
        SELECT CAST('0.10' AS DECIMAL(18,2)) AS d, CAST('1e-3' AS DECIMAL(38,10)) AS big,
               TIMESTAMPTZ '2024-03-10 06:30:00.000001+00' AS at, ['b', NULL, 'a'] AS texts,
               CAST([] AS VARCHAR[]) AS none,
               {'a': 1::UTINYINT, 'b': [DATE '2024-02-29']} AS s, CAST('NaN' AS DOUBLE) AS nan, '' AS empty,
               CAST(NULL AS BOOLEAN) AS unknown, 1.5::FLOAT AS f, TIME '10:00' AS t
    """
    found = []
    for _ in range(2):
        with Engine(store=StepStore(tmp_path)) as engine:
            engine.run("typed", query)
            types = [row[:2] for row in engine.rows("DESCRIBE typed")]
            found.append((types, engine.rows("SELECT * EXCLUDE (nan), isnan(nan) FROM typed")))
    assert found[0] == found[1]
    assert found[1][1][0][:5] == (
        Decimal("0.10"),
        Decimal("0.0010000000"),
        datetime(2024, 3, 10, 6, 30, 0, 1, tzinfo=UTC),
        ["b", None, "a"],
        [],
    )
    assert ("at", "TIMESTAMP WITH TIME ZONE") in found[1][0]


@pytest.mark.parametrize("column", ["sum(cents)", "count(*)::UHUGEINT", "CAST('C1' AS ENUM('C1', 'C2'))"])
def test_a_type_that_parquet_does_not_keep_is_a_fault_of_the_program(tmp_path: Path, column: str) -> None:
    with Engine(store=StepStore(tmp_path)) as engine:
        engine.load(TOLLS, [A])
        with pytest.raises(TypeError, match=r"step totals has columns .*total"):
            engine.run("totals", f"SELECT {column} AS total FROM tolls")
    assert not list(tmp_path.iterdir())


# ---------------------------------------------------------------- damage


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-2])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("ending", ["json", "parquet"])
@pytest.mark.parametrize("harm", [cut, flip, Path.unlink, lambda path: path.write_bytes(b"")])
def test_a_damaged_step_is_made_again(tmp_path: Path, ending: str, harm: Callable[[Path], object]) -> None:
    kept(tmp_path, tolls_by_car)
    key = side_cars(tmp_path)["by_car"]["key"]
    harm(tmp_path / f"{key}.{ending}")
    assert kept(tmp_path, tolls_by_car) == (1, 2)
    assert kept(tmp_path, tolls_by_car) == (2, 2)


def test_a_side_car_under_another_key_is_not_believed(tmp_path: Path) -> None:
    kept(tmp_path, tolls_by_car)
    told = side_cars(tmp_path)
    for ending in ("json", "parquet"):
        (tmp_path / f"{told['by_car']['key']}.{ending}").replace(
            tmp_path / f"{told['dearest']['key']}.{ending}"
        )
    assert kept(tmp_path, tolls_by_car) == (0, 2)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(NotWrittenError, match="--work"):
        StepStore(tmp_path / "file")


def test_what_a_broken_off_run_left_goes_after_a_day(tmp_path: Path) -> None:
    old, new = tmp_path / "0a.parquet.tmp-12-3f", tmp_path / "0b.parquet.tmp-13-3f"
    old.write_text("half")
    new.write_text("half")
    os.utime(old, (1_700_000_000, 1_700_000_000))  # 14 November 2023
    assert kept(tmp_path, tolls_by_car) == (0, 2)
    assert not old.exists()
    assert new.exists()


def test_several_statements_at_once_are_followed_one_by_one(tmp_path: Path) -> None:
    def work(fee: int) -> Callable[[Engine], None]:
        def made(engine: Engine) -> None:
            engine.load(TOLLS, [A])
            engine.define(
                f"CREATE MACRO fee() AS {fee}; CREATE VIEW due AS SELECT cents + fee() AS cents FROM tolls"
            )
            engine.run("most", "SELECT max(cents) AS cents FROM due")

        return made

    assert kept(tmp_path, work(5)) == (0, 1)
    assert kept(tmp_path, work(6)) == (0, 1)
    assert kept(tmp_path, work(5)) == (1, 1)


# ---------------------------------------------------------------- kept whole


def test_steps_are_kept_whole_with_their_queries(tmp_path: Path) -> None:
    ran = []

    def work(told: str) -> Callable[[Engine], None]:
        def both(engine: Engine) -> None:
            engine.load(TOLLS, [A, B])

            def make() -> None:
                ran.append(told)
                engine.define("CREATE OR REPLACE TABLE found AS SELECT car FROM tolls")
                engine.define("CREATE OR REPLACE TABLE cents AS SELECT 1 AS left_behind")
                engine.run("by_car", BY_CAR)

            engine.whole("tolls of cars", ("found", "by_car"), "wardbook.records", told, make)
            engine.run("dearest", "SELECT max(cents) AS cents FROM by_car")
            assert [step.name for step in engine.steps] == ["by_car", "dearest"]
            assert engine.steps[0].query == BY_CAR
            assert engine.rows("SELECT car FROM found ORDER BY car") == [("C1",), ("C2",)]

        return both

    assert kept(tmp_path, work("a rule")) == (0, 2)
    assert kept(tmp_path, work("a rule")) == (2, 2)
    assert kept(tmp_path, work("another rule")) == (0, 2)
    assert ran == ["a rule", "another rule"]


def test_what_is_kept_whole_leaves_settings_as_they_were(tmp_path: Path) -> None:
    def work(after: str) -> Callable[[Engine], None]:
        def both(engine: Engine) -> None:
            def make() -> None:
                engine.define("SET preserve_insertion_order = true")
                engine.load(TOLLS, [A])
                engine.define(f"SET preserve_insertion_order = {after}")

            engine.whole("tolls", ("tolls",), "wardbook.records", "", make)
            engine.run("by_car", BY_CAR)

        return both

    assert kept(tmp_path / "same", work("false")) == (0, 1)
    assert kept(tmp_path / "same", work("false")) == (1, 1)
    with pytest.raises(TypeError, match="leaves other settings"):
        kept(tmp_path / "other", work("true"))


# ---------------------------------------------------------------- against a naive oracle

ROWS = st.lists(
    st.tuples(st.sampled_from(["C1", "C2", None, ""]), st.none() | st.integers(-3, 3)), max_size=4
)


@settings(deadline=None, max_examples=40)
@given(first=ROWS, second=ROWS)
def test_tables_have_one_key_when_and_only_when_their_rows_are_the_same(
    first: list[tuple[str | None, int | None]], second: list[tuple[str | None, int | None]]
) -> None:
    def keys(rows: list[tuple[str | None, int | None]]) -> list[str]:
        found = []
        for by_statement in (False, True):
            with Engine(store=STORE) as engine:
                engine.load(TOLLS, [{"car": car, "cents": cents} for car, cents in rows])
                if by_statement:
                    engine.define("DELETE FROM tolls WHERE false")
                engine.run("by_car", BY_CAR)
                found.append(STORE.asked[-1])
        return found

    def order(row: tuple[str | None, int | None]) -> tuple[str, str]:
        return repr(row[0]), repr(row[1])

    same = sorted(first, key=order) == sorted(second, key=order)
    assert [one == other for one, other in zip(keys(first), keys(second), strict=True)] == [same, same]


class _Asked(StepStore):
    """A store that keeps nothing and remembers which keys it was asked for."""

    def __init__(self) -> None:
        self.kept = 0
        self.asked: list[str] = []

    def has(self, key: str) -> bool:
        self.asked.append(key)
        return False

    def keep(self, *_: object) -> None:
        """Nothing."""


STORE = _Asked()
