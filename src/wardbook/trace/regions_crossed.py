"""The borders that tracks cross, from positions whose jurisdiction is known.

A crossing lies somewhere in the hop between two fixes. What lies between them is not known, so a hop from one
region to another that has no line with it is called jumped, and nothing is put in between.
"""

from __future__ import annotations

from typing import Literal

from wardbook.records.engine import Engine, literal
from wardbook.records.schema import TEXT, WHOLE, Column, Table
from wardbook.trace.distance import define_metres
from wardbook.trace.grid import name_sql, run_step
from wardbook.trace.shapes.held import view_shapes

LONGEST_HOP_M = 20_000
"""A hop longer than this may have touched a third region on the way."""

_LEVELS = {"region": "regions", "county": "counties", "country": "countries"}

_ACROSS_THE_US_BORDER = {
    "country CA": ("AK", "ID", "ME", "MI", "MN", "MT", "ND", "NH", "NY", "OH", "PA", "VT", "WA"),
    "MX": ("AZ", "CA", "NM", "TX"),
}
"""States that border a country, on land or in a lake: the packages of shapes share no line that says so."""

CROSSINGS = Table(
    "crossings",
    "one border a track crosses; its first column is the track, by its own name",
    (
        Column("number", WHOLE, "order along the track, from 1"),
        Column("from_name", TEXT, "state, county or country before; 'outside': in no shape and near none"),
        Column("to_name", TEXT, "the one after"),
        Column("kind", TEXT, "crossed; unobserved; jumped; or shore"),
        Column("from_key", TEXT, "the last fix that is surely before the border"),
        Column("to_key", TEXT, "the first fix that is surely behind it"),
        Column("unsure_between", WHOLE, "fixes between these two, too near a line to say"),
        Column("metres", WHOLE, "straight from the one to the other"),
    ),
)


def crossings(
    engine: Engine,
    relation: str,
    *,
    located: str = "located",
    track: str = "track_id",
    order: str = "position",
    key: str = "position_id",
    lat: str = "lat_e6",
    lon: str = "lon_e6",
    level: Literal["region", "county", "country"] = "region",
    longest_hop_m: int = LONGEST_HOP_M,
    out: str = "crossings",
) -> None:
    """Make relation ``out`` (`CROSSINGS`, after ``track``) from positions and their `regions.LOCATED`.

    ``relation`` has the columns that the arguments name; a leg of which only the ends are known is a track of
    two positions.

    ========== ========================================================================================
    kind       meaning
    ========== ========================================================================================
    crossed    the two share a line, and the hop is at most ``longest_hop_m``
    unobserved the two share a line, and the hop is longer: a third may lie on the way
    jumped     the two share no line: at least one other lies between, and no fix says which
    shore      one end is outside every shape: at sea, or in a place the shapes leave out (for counties:
               in another country)
    ========== ========================================================================================
    """
    define_metres(engine)
    view_shapes(engine)
    neighbors = f"{out}_neighbors"
    run_step(engine, "regions_neighbors", neighbors, level=level, more=_more(level))
    run_step(
        engine,
        "regions_crossed",
        out,
        relation=name_sql(relation),
        located=name_sql(located),
        neighbors=name_sql(neighbors),
        track=name_sql(track),
        order=name_sql(order),
        key=name_sql(key),
        lat=name_sql(lat),
        lon=name_sql(lon),
        level=level,
        levels=_LEVELS[level],
        longest=str(longest_hop_m),
    )


def _more(level: str) -> str:
    """Pairs of neighbors that the lines do not have, as rows of VALUES (at least one)."""
    pairs = [
        (state, country)
        for country, states in _ACROSS_THE_US_BORDER.items()
        for state in states
        if level == "region"
    ]
    return ", ".join(f"({literal(a)}, {literal(b)})" for a, b in pairs or [("US", "US")])
