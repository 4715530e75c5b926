"""The grid that positions and lines meet on: cells of 0.05 degree, numbered from 180° W and 90° S.

The steps ``regions_*.sql`` hold its numbers: ``x`` and ``y`` are millionths of a degree east of 180° W and
north of 90° S, a cell is 50,000 of them wide and high, and its number is ``row * 7200 + column``.
"""

from __future__ import annotations

from wardbook.records.engine import Engine

CELL = 50_000
"""Width and height of a cell, millionths of a degree."""

METRES_SQL = "1.111950802335329e-1"
"""Metres in a millionth of a degree of latitude: mean Earth radius 6,371,008.8 m times pi / 180 / 10^6."""


def name_sql(name: str) -> str:
    """A name of a relation or column as SQL."""
    return '"' + name.replace('"', '""') + '"'


def placed_sql(relation: str, key: str, lat: str, lon: str) -> str:
    """A query for the positions of ``relation`` on the grid's map: position_key, x, y.

    Rows without a position, or with one that does not exist on Earth, are left out. 180° E is 180° W.
    """
    north, east = name_sql(lat), name_sql(lon)
    return (
        f"SELECT {name_sql(key)} AS position_key, CAST({north} AS BIGINT) + 90000000 AS y, "  # noqa: S608
        f"(CAST({east} AS BIGINT) + 180000000) % 360000000 AS x FROM {name_sql(relation)} "
        f"WHERE {north} BETWEEN -90000000 AND 90000000 AND {east} BETWEEN -180000000 AND 180000000"
    )


def run_step(engine: Engine, file: str, name: str, **parameters: str) -> None:
    """Run the step in ``{file}.sql`` under ``name``, with ``{key}`` replaced by the parameter's SQL text."""
    engine.run_file("wardbook.trace", file, name, **parameters)
