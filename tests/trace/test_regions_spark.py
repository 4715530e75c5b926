"""The steps over positions on Spark give the rows they give on DuckDB, from the queries it remembers."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from wardbook.records.engine import Engine
from wardbook.records.schema import PLACES
from wardbook.records.spark_session import java_missing, new_session
from wardbook.trace.places_near import name_places
from wardbook.trace.regions import locate

from .test_regions import SPOTS

sqlglot = pytest.importorskip("sqlglot")
pytest.importorskip("pyspark")

AT_SPARK = ("located_us_codes", "located_world_codes", "located_coded", "located_answers", "located")
NEAR_AT_SPARK = ("places_near_pairs", "places_near")
"""Steps that read every position; the grid around them is small and is made by DuckDB."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Parquet files of every relation of a run on DuckDB, and the query of each step."""
    if reason := java_missing():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("steps")
    chance = random.Random(7)
    spots = [
        {
            "position_id": str(n),
            "lat_e6": None if n % 50 == 0 else round(chance.gauss(40_750_000, 400_000)),
            "lon_e6": round(
                chance.gauss(*chance.choice(((-74e6, 4e5), (-79e6, 5e5), (180e6, 1e6), (8e6, 2e6))))
            ),
        }
        for n in range(3_000)
    ]
    places = [
        {"record_id": "a", "name": "A", "lat_e6": 40_700_000, "lon_e6": -74_000_000, "radius_m": 30_000},
        {"record_id": "b", "name": "B", "lat_e6": 40_700_000, "lon_e6": -74_000_000, "radius_m": 20_000},
        {
            "record_id": "c",
            "name": "C",
            "radius_m": 500,
            "outline": "POLYGON ((-74.5 40.5, -73.5 40.5, -74 41, -74.5 40.5))",
        },
    ]
    with Engine() as engine:
        engine.load(SPOTS, spots)
        engine.load(PLACES, places)
        locate(engine, "spots")
        name_places(engine, "spots")
        steps = {step.name: step.query for step in engine.steps}
        for name, query in steps.items():
            engine.define(f'CREATE OR REPLACE TABLE "{name}" AS {query}')
        for name in ("spots", "shape_regions", "places_near_areas", "places_near_sides", *steps):
            engine.write_parquet(f'SELECT * FROM "{name}"', folder / f"{name}.parquet")
    return folder, steps


@pytest.mark.parametrize("name", [*AT_SPARK, *NEAR_AT_SPARK])
def test_a_step_gives_the_same_rows_on_spark(name: str, made: tuple[Path, dict[str, str]]) -> None:
    folder, steps = made
    session = new_session()
    for path in folder.glob("*.parquet"):
        session.read.parquet(f"file://{path}").createOrReplaceTempView(path.stem)
    (query,) = sqlglot.transpile(steps[name], read="duckdb", write="spark")
    found = sorted((tuple(row) for row in session.sql(query).collect()), key=repr)
    with Engine() as engine:
        expected = engine.rows(f"SELECT * FROM read_parquet('{folder / name}.parquet')")
    assert found == sorted(expected, key=repr)
    assert len(found) > 20
