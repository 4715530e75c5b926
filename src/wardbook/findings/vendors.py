"""Trips as a telematics vendor cut them: what contradicts itself, and what differs from the legs cut here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wardbook.findings.phrases import counted, listed
from wardbook.findings.procedure import ROOM, Observation, Procedure
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine

APART_M = 500
"""How far two positions of one place may lie apart."""

ODOMETER_M = 1_609
TOP_KMH = 250
OVERLAP_S = 60
ENDS_S = 120
DISTANCE_M = 500

LATE_S = 180
"""Traccar's trip report ends a trip at the position that confirms the stop: at least so much later."""


def _contradictions(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    engine.run_file(
        ROOM,
        "vendor_contradictions",
        apart_m=str(APART_M),
        odometer_m=str(ODOMETER_M),
        top_kmh=str(TOP_KMH),
        overlap_s=str(OVERLAP_S),
    )
    query = "SELECT * FROM vendor_contradictions ORDER BY vehicle, vendor, month NULLS FIRST"
    for row in engine.dicts(query):
        what = counted(row["trips"], "trip")
        yield Observation(
            title=f"{what} of {row['vehicle']} that cannot be as {_vendor(row)} gives it, {row['month']}",
            condition=f"{what}: {listed(row['told'])}.",
            effect="Times and distances of these rows cannot be used without the positions behind them.",
            evidence=tuple(row["evidence"]),
        )


def _differences(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    engine.run_file(
        ROOM,
        "vendor_differences",
        late_s=str(LATE_S),
        ends_s=str(ENDS_S),
        distance_m=str(DISTANCE_M),
    )
    query = (
        "SELECT vendor, vehicle_key, min(vehicle) AS vehicle, count(*) AS differing, count(*) FILTER "
        "(difference = 'no trip') AS legs_alone, count(*) FILTER (starts_with(difference, 'no leg')) AS "
        "trips_alone, min(profile) AS profile, list(w_moment(started_at) || ': ' || difference ORDER BY "
        "started_at, difference) AS told, list_sort(list_distinct(flatten(list(sources)))) AS evidence FROM "
        "vendor_differences GROUP BY vendor, vehicle_key ORDER BY vendor, vehicle_key"
    )
    yield from map(_difference, engine.dicts(query))


def _difference(row: dict[str, Any]) -> Observation:
    return Observation(
        title=f"Trips of {row['vehicle']} as {_vendor(row)} cut them and legs of its fixes differ",
        condition=(
            f"{counted(row['differing'], 'difference')} from the legs under the stop rule "
            f"{row['profile'] or 'of this audit'}, among them {counted(row['trips_alone'], 'trip')} without "
            f"a leg and {counted(row['legs_alone'], 'leg')} without a trip: {listed(row['told'])}."
        ),
        effect="What counts as one trip, and how long it was, depends on whose cut is taken.",
        evidence=tuple(row["evidence"]),
    )


def _vendor(row: dict[str, Any]) -> str:
    return str(row["vendor"] or "the vendor").capitalize()


VENDOR_CONTRADICTIONS = Procedure(
    code="INT-12",
    name="A vendor's trip that contradicts itself",
    criterion="A row of a vendor is possible in itself.",
    doc=(
        "Rows of telematics vendors are kept as given. Listed are trips that end before they start; whose "
        f"distance is 0 or falls short of the straight line between their ends by more than {APART_M} m and "
        f"a tenth; whose odometers differ from the distance by more than {ODOMETER_M:,} m and a tenth; that "
        f"would need more than {TOP_KMH} km/h; or that begin more than {OVERLAP_S} s before the trip before "
        "them ended. One finding per vehicle, vendor and month."
    ),
    run=_contradictions,
    innocent_explanations=(
        "The vendor's server clock and the device's differ.",
        "Positions arrived late, after the trip had been cut.",
        "Times were exported in two zones.",
        "The vendor's distance is that of a road network, and its ends are those of a geofence.",
    ),
)

VENDOR_DIFFERENCES = Procedure(
    code="INT-13",
    name="A vendor's trips and the legs of its fixes differ",
    criterion="Trips cut from the same fixes agree, whoever cuts them, but for the stop rule.",
    doc=(
        "A trip is compared with the legs that share half of its time or lie half in it. Listed are trips "
        f"without a leg, with several, with an end more than {ENDS_S} s outside the leg's bounds, with a "
        f"distance off by more than {DISTANCE_M} m and a tenth, and legs without a trip. A stop of Traccar "
        f"may be {LATE_S} s late. All differences are in the relation `vendor_differences` and the file "
        "`vendor_differences.csv`. One finding per vehicle and vendor."
    ),
    run=_differences,
    innocent_explanations=(
        "The stop rules differ: a stop of some minutes is a new trip for one and not for the other.",
        "The vendor used fixes that its export leaves out.",
        "The vendor measures along roads; the path here is straight from fix to fix.",
    ),
)
