"""The same steps on Spark give the same links: fleets with every kind of link, anchors and intervals."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.link.anchored import anchored
from tests.link.fleets import DAY, MAY, Noise, entry, generate, load, of_day
from tests.policy.conftest import spark  # noqa: F401
from wardbook.link.anchors import link_anchors, link_intervals
from wardbook.link.anchors_tables import ANCHOR_INPUTS, ANCHOR_OUTPUTS
from wardbook.link.matching import match, reasons
from wardbook.link.matching_spellings import vehicle_spellings
from wardbook.link.matching_tables import INPUTS, OUTPUTS
from wardbook.records import spark_sql
from wardbook.records.engine import Engine

COMPARED_HERE = frozenset(
    {
        "Union",
        "Window",
        "WindowSpec",
        "RowNumber",
        "Min",
        "Max",
        "Sum",
        "Count",
        "Join",
        "Literal",
        "Distinct",
        "Lower",
    }
)
"""Kinds of SQL that the steps use beyond those of `spark_sql`; what they give is compared here."""


class SparkSteps:
    """Runs steps on Spark, each made once as Parquet files."""

    def __init__(self, session: Any, folder: Path) -> None:
        self._session = session
        self._folder = folder
        self.kinds: set[str] = set()

    def run(self, name: str, query: str) -> None:
        path = f"file://{self._folder / name}"
        self._session.sql(self._written(query)).write.parquet(path)
        self._session.read.parquet(path).createOrReplaceTempView(name)

    def count(self, relation: str) -> int:
        return int(self._session.table(relation).count())

    def _written(self, query: str) -> str:
        """The step for Spark. A number for each row, in no order, is its own function there."""
        import sqlglot
        from sqlglot import exp

        tree = sqlglot.parse_one(query, read="duckdb")
        self.kinds |= {type(node).__name__ for node in tree.walk()}
        for window in list(tree.find_all(exp.Window)):
            if not window.args.get("partition_by") and not window.args.get("order"):
                window.replace(exp.Anonymous(this="monotonically_increasing_id"))
        return str(tree.sql(dialect="spark", unsupported_level=sqlglot.ErrorLevel.RAISE))


def fleet_of_every_kind(engine: Engine) -> None:
    """Planted drives; entries of a day, without a vehicle, an hour early; watched spans; anchors."""
    noise = Noise(phantom=0.05, grouped=0.1, split=0.1, misspelt=0.03, wrong_vehicle=0.03,
                  roundings=(60, 900), known=frozenset({"metres", "from_place", "to_place"}))  # fmt: skip
    fleet = generate(Random(3), noise, vehicles=5, drives=24)
    recorded = {row["vehicle_key"] for row in fleet.movements}
    some = sorted(fleet.movements, key=lambda row: row["leg_id"])

    def said(row: Any, *also: str) -> dict[str, Any]:
        return {name: row[name] for name in ("from_place", "to_place", "metres", *also)}

    early, half = some[4], some[8]
    written = [
        *fleet.written,
        *(of_day(f"day {m['leg_id']}", m["start_s"] // DAY * DAY, **said(m, "vehicle_key"))
          for m in some[::9]),
        entry("early", early["start_s"] - 3600, early["end_s"] - 3600, shift_s=3600,
              **said(early, "vehicle_key")),
        entry("whose", some[5]["start_s"], some[5]["end_s"], **said(some[5]) | {"vehicle_key": None}),
        entry("idle", MAY + 40 * DAY, MAY + 40 * DAY + 900, vehicle_key=half["vehicle_key"]),
        entry("half", half["start_s"], None, vehicle_key=half["vehicle_key"]),
    ]  # fmt: skip
    watched = [{"vehicle_key": key, "lo": MAY, "hi": MAY + 60 * DAY} for key in sorted(recorded)[:3]]
    slips = vehicle_spellings({row["vehicle_key"] for row in written if row["vehicle_key"]}, recorded)
    judged = [
        {"entry_id": "whose", "leg_id": some[12]["leg_id"], "verdict": "same"},
        {"entry_id": "half", "leg_id": half["leg_id"], "verdict": "different"},
    ]
    load(engine, fleet.movements, written, watched, slips, judged)
    anchored(engine, Random(4), fleet.movements)


def run(steps: Any) -> None:
    match(steps)
    steps.run("entry_leg_reasons", reasons())
    link_anchors(steps)
    link_intervals(steps)


def test_duckdb_and_spark_link_alike(spark: Any, tmp_path: Path) -> None:  # noqa: F811
    outputs = [table.name for table in (*OUTPUTS, *ANCHOR_OUTPUTS)]
    with Engine() as engine:
        fleet_of_every_kind(engine)
        for table in (*INPUTS, *ANCHOR_INPUTS):
            path = tmp_path / f"{table.name}.parquet"
            engine.write_parquet(f"SELECT * FROM {table.name}", path)
            spark.read.parquet(f"file://{path}").createOrReplaceTempView(table.name)
        run(engine)
        wanted = {name: sorted(map(str, engine.rows(f"SELECT * FROM {name}"))) for name in outputs}
        found_by = {row[0] for row in engine.rows("SELECT DISTINCT found_by FROM entry_legs")}
        verdicts = {row[0] for row in engine.rows("SELECT DISTINCT verdict FROM entries_not_driven")}
    steps = SparkSteps(spark, tmp_path / "steps")
    run(steps)
    found = {name: sorted(str(tuple(row)) for row in spark.table(name).collect()) for name in outputs}
    for name in outputs:
        assert found[name] == wanted[name], name
        assert wanted[name], f"{name}: nothing to compare"
    assert found_by >= {"times", "inside", "joined", "day", "places"}
    assert verdicts == {"open", "contradicted"}
    assert steps.kinds - spark_sql._NODES <= COMPARED_HERE


def test_a_kind_of_sql_that_is_not_compared_would_be_noticed(tmp_path: Path) -> None:
    pytest.importorskip("sqlglot")
    steps = SparkSteps(None, tmp_path)
    steps._written("SELECT median(a) FROM t")
    assert not steps.kinds - spark_sql._NODES <= COMPARED_HERE
