"""How far the lines are from the truth: where airports say they are, against where the shapes put them.

An airport's state (airportsdata) is set by people, not by these shapes, so where the two differ one is wrong; the
distance to the state's own shape then bounds the error of the line, or shows a slip in the list of airports.
"""

from __future__ import annotations

from collections.abc import Iterable

from wardbook.records.engine import Engine
from wardbook.records.schema import TEXT, WHOLE, Column, Table
from wardbook.records.states import STATES
from wardbook.trace.gazetteer import _airports
from wardbook.trace.regions import locate

SPOTS = Table(
    "spots",
    "one airport",
    (
        Column("position_id", TEXT, "number"),
        Column("state", TEXT, "state"),
        Column("lat_e6", WHOLE, "latitude"),
        Column("lon_e6", WHOLE, "longitude"),
    ),
)
TOLERANCES = (0, 250, 500, 1_000, 1_500, 2_000, 3_000, 5_000)


def airports_against_shapes() -> Iterable[str]:
    """For each tolerance: airports in the right state, in a wrong one, left open with and without the right."""
    states = {*STATES.values()} - {"PR"}
    spots = [airport for airport in _airports() if airport.region in states]
    rows = [
        {"position_id": str(n), "state": spot.region, "lat_e6": spot.lat_e6, "lon_e6": spot.lon_e6}
        for n, spot in enumerate(spots)
    ]
    yield f"{len(rows):,} airports of the states: sure and right, sure and wrong, open with the right one, open without, outside"
    with Engine() as engine:
        engine.load(SPOTS, rows)
        for tolerance in TOLERANCES:
            locate(engine, "spots", tolerance_m=tolerance, country_tolerance_m=5_000)
            counts = engine.rows(
                "SELECT count(*) FILTER (region = state), count(*) FILTER (region <> state), "
                "count(*) FILTER (region IS NULL AND list_contains(string_split(regions, '|'), state)), "
                "count(*) FILTER (region IS NULL AND NOT list_contains(string_split(regions, '|'), state)), "
                "count(*) FILTER (regions IS NULL) FROM located JOIN spots USING (position_id)"
            )
            yield f"  within {tolerance:>5,} m: " + ", ".join(f"{count:,}" for count in counts[0])
