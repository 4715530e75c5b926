"""A label for a position that no place of the list names: the nearest public airport.

A label helps a reader find the spot on a map. It says nothing about jurisdiction: the airport nearest to a
position in one state may lie in another.
"""

from __future__ import annotations

from wardbook.records.engine import Engine
from wardbook.records.schema import TEXT, WHOLE, Column, Table
from wardbook.trace.gazetteer import public_airports
from wardbook.trace.grid import METRES_SQL, name_sql, placed_sql, run_step
from wardbook.trace.places_near import Area, load_areas

REACH_M = 40_000
"""An airport farther away labels nothing."""

AIRPORT_LABELS = Table(
    "airport_labels",
    "one position and the nearest public airport; its first column is the position's key, by its own name",
    (
        Column("airport", TEXT, "code of the airport (FAA, IATA or ICAO); NULL for none within reach"),
        Column("airport_m", WHOLE, "metres to its reference point"),
        Column("label", TEXT, "near NAME (CODE), CITY, N km"),
    ),
)


def label_airports(
    engine: Engine,
    relation: str,
    *,
    key: str = "position_id",
    lat: str = "lat_e6",
    lon: str = "lon_e6",
    out: str = "airport_labels",
) -> None:
    """Make relation ``out`` (`AIRPORT_LABELS`, after ``key``) from ``relation``: one row a row of it.

    Of two airports equally near, the one with the first code. Meant for ends of legs, not for every fix.
    """
    names = {part: name_sql(f"{out}_{part}") for part in ("areas", "cells")}
    load_areas(engine, _areas(), f"{out}_areas", f"{out}_sides")
    run_step(engine, "places_near_airports_cells", f"{out}_cells", **names)
    placed = placed_sql(relation, key, lat, lon)
    run_step(
        engine,
        "places_near_airports",
        out,
        key=name_sql(key),
        relation=name_sql(relation),
        placed=placed,
        metres=METRES_SQL,
        reach=str(REACH_M),
        **names,
    )


def _areas() -> list[Area]:
    """One circle an airport; of two with one code the first."""
    found: dict[str, Area] = {}
    for airport in public_airports():
        name = f"{airport.name} ({airport.code}), {airport.city}" if airport.city else airport.name
        x, y = (airport.lon_e6 + 180_000_000) % 360_000_000, airport.lat_e6 + 90_000_000
        found.setdefault(airport.code, Area(airport.code, name, "airport", x, y, REACH_M))
    return list(found.values())
