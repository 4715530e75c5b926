"""The jurisdiction of positions, offline: which state, county and country each lies in, and how surely.

Method: ``regions_codes.sql`` and its neighbors. A grid of 0.05 degree says which lines run near a position;
whole numbers say which shape it lies in, exactly as the shapes are drawn. But the lines are generalized, so a
position within the tolerance of a line is given as "A|B, boundary", never as one of them.

What is made, one row a position (`LOCATED`), is described in ``docs/reference/jurisdictions.md``.
"""

from __future__ import annotations

from wardbook.errors import WrongUseError
from wardbook.records.engine import Engine, literal
from wardbook.records.schema import TEXT, WHOLE, Column, Table
from wardbook.trace.grid import METRES_SQL, name_sql, placed_sql, run_step
from wardbook.trace.shapes.held import US, WORLD, shapes_source, view_shapes

TOLERANCE_M = 1_000
"""How far from a line of us-atlas an answer stays open; measured in docs/decisions/0006-shapes.md."""

COUNTRY_TOLERANCE_M = 5_000
"""The same for the coarser lines of world-atlas."""

LARGEST_TOLERANCE_M = 20_000
"""Above this a grid cell would touch too many lines."""

_MOST_BITS = 60

_LAYER_PARTS = ("lines", "cells", "corners", "near", "bits", "grid", "codes")
_PARTS = (*(f"{layer}_{part}" for layer in ("us", "world") for part in _LAYER_PARTS), "coded", "answers")

LOCATED = Table(
    "located",
    "one position and the jurisdiction it lies in; its first column is the position's key, by its own name",
    (
        Column("region", TEXT, "state, or country outside the United States; NULL unless it is sure"),
        Column("basis", TEXT, "inside, boundary, shore, outside, or no position"),
        Column("jurisdiction", TEXT, "the answer in words: NY; NJ|NY, boundary; NY, shore; outside"),
        Column("regions", TEXT, "every region it may lie in, joined by |"),
        Column("region_line_m", WHOLE, "metres to the nearest line of a region; NULL beyond the tolerance"),
        Column("county", TEXT, "county (FIPS); NULL unless it is sure"),
        Column("county_name", TEXT, "name of that county"),
        Column("counties", TEXT, "every county it may lie in, joined by |"),
        Column("county_line_m", WHOLE, "metres to the nearest line of a county; NULL beyond the tolerance"),
        Column("country", TEXT, "country (ISO 3166-1); NULL unless it is sure"),
        Column("countries", TEXT, "every country it may lie in, joined by |"),
        Column("shapes", TEXT, "the packages and versions of the shapes"),
    ),
)


def locate(
    engine: Engine,
    relation: str,
    *,
    key: str = "position_id",
    lat: str = "lat_e6",
    lon: str = "lon_e6",
    out: str = "located",
    tolerance_m: int = TOLERANCE_M,
    country_tolerance_m: int = COUNTRY_TOLERANCE_M,
) -> None:
    """Make relation ``out`` (`LOCATED`, after ``key``) from ``relation``: one row a row of it.

    ``key`` is a column of ``relation`` without NULL and without a value twice; ``lat`` and ``lon`` are whole
    millionths of a degree. A row without them, or with a latitude or longitude that does not exist, has basis
    "no position". The steps on the way are named after ``out``; their relations do not stay.

    Raises `WrongUseError` for a tolerance that is not between 0 and 20,000 m, and `ValueError` if a key
    occurs twice.
    """
    for tolerance in (tolerance_m, country_tolerance_m):
        if not 0 <= tolerance <= LARGEST_TOLERANCE_M:
            raise WrongUseError(
                f"tolerance: expected 0 to {LARGEST_TOLERANCE_M:,} metres; found {tolerance:,}. "
                "Give the error of the lines, not of the positions"
            )
    view_shapes(engine)
    placed = placed_sql(relation, key, lat, lon)
    _codes(engine, US, placed, f"{out}_us", tolerance_m)
    us, world = name_sql(f"{out}_us_codes"), name_sql(f"{out}_world_codes")
    undecided = (
        f"SELECT * FROM ({placed}) SEMI JOIN (SELECT position_key FROM {us} "  # noqa: S608
        "WHERE code = 0 OR (touched & 1) = 1) USING (position_key)"
    )
    _codes(engine, WORLD, undecided, f"{out}_world", country_tolerance_m)
    run_step(engine, "regions_coded", f"{out}_coded", us=us, world=world)
    coded, answers = name_sql(f"{out}_coded"), name_sql(f"{out}_answers")
    bits = {f"{layer}_bits": name_sql(f"{out}_{layer}_bits") for layer in ("us", "world")}
    run_step(engine, "regions_answers", f"{out}_answers", coded=coded, **bits)
    given = {"key": name_sql(key), "lat": name_sql(lat), "lon": name_sql(lon), "relation": name_sql(relation)}
    shapes = literal(shapes_source())
    run_step(engine, "regions", out, coded=coded, answers=answers, shapes=shapes, **given)
    for part in _PARTS:
        engine.define(f"DROP TABLE IF EXISTS {name_sql(f'{out}_{part}')}")
    if engine.one(f"SELECT count(DISTINCT {name_sql(key)}) FROM {name_sql(out)}") != engine.count(relation):  # noqa: S608
        raise ValueError(f"locate: a value of {key} occurs more than once in {relation}")


def _codes(engine: Engine, layer: int, placed: str, stem: str, tolerance_m: int) -> None:
    """Make ``{stem}_codes``: the shape of a layer that each position lies in, and those it lies near."""
    lines, cells, corners, near, bits, grid, _ = (name_sql(f"{stem}_{part}") for part in _LAYER_PARTS)
    reach = {"tolerance": f"{tolerance_m}e0", "metres": METRES_SQL}
    run_step(engine, "regions_lines", f"{stem}_lines", layer=str(layer))
    run_step(engine, "regions_cells", f"{stem}_cells", placed=placed)
    run_step(engine, "regions_corners", f"{stem}_corners", lines=lines, cells=cells)
    run_step(engine, "regions_near", f"{stem}_near", lines=lines, cells=cells, **reach)
    run_step(engine, "regions_bits", f"{stem}_bits", near=near)
    most = engine.one(f"SELECT coalesce(max(bit), 0) FROM {bits}")  # noqa: S608
    if most > _MOST_BITS:
        raise WrongUseError(
            f"tolerance: expected at most {_MOST_BITS} shapes near one cell of 0.05 degree; found {most} "
            f"within {tolerance_m:,} metres. Give a smaller tolerance"
        )
    run_step(engine, "regions_grid", f"{stem}_grid", corners=corners, near=near, bits=bits)
    whole = {"tolerance": str(tolerance_m), "metres": METRES_SQL}
    run_step(engine, "regions_codes", f"{stem}_codes", placed=placed, grid=grid, **whole)
