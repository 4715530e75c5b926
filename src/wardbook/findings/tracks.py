"""INT-03 and INT-04: tracks without a log entry, and tracks that contradict the logged route."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from wardbook.findings.phrases import counted, kilometres, listed
from wardbook.findings.procedure import ROOM, Observation, Procedure
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine
from wardbook.trace.distance import EARTH_RADIUS_M

REACH_METRES = 75_000
"""How far from every leg a fix must lie to be away from the route: coverage of tracks is partial."""

DETOUR_METRES = 100_000
DETOUR_SHARE = 0.1
"""How much longer than a leg the way over a fix may be: this length, and this share of the leg beside it."""

FAR_FIXES_AT_LEAST = 5
"""Fixes that must be away where others are not: fewer may be false positions."""


def _unlogged(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    engine.run_file(ROOM, "unlogged_tracks")
    for row in engine.dicts("SELECT * FROM unlogged_tracks ORDER BY within_log DESC, vehicle, year"):
        yield _unlogged_within(row) if row["within_log"] else _unlogged_outside(row)


def _unlogged_within(row: dict[str, Any]) -> Observation:
    near = row["next_to_entry"]
    beside = f" On {near:,} of them the day before or after has an entry." if near else ""
    return Observation(
        title=f"{row['vehicle']} moved on {counted(row['days'], 'day')} without a log entry, {row['year']}",
        condition=(
            f"{counted(row['tracks'], 'track')} of {row['vehicle']} in {row['year']} fall on "
            f"{counted(row['days'], 'day')} for which its log, which runs from {row['log_from']} to "
            f"{row['log_to']}, has no entry: {listed(row['day_list'])}.{beside}"
        ),
        effect="The vehicle was used and the book does not say by whom, for what, or at whose cost.",
        evidence=tuple(row["evidence"]),
    )


def _unlogged_outside(row: dict[str, Any]) -> Observation:
    log = (
        f"its log entries in the book run from {row['log_from']} to {row['log_to']}"
        if row["log_from"]
        else "no log of it is in the book"
    )
    return Observation(
        title=f"Tracks of {row['vehicle']} outside any log in the book, {row['year']}",
        condition=(
            f"{counted(row['tracks'], 'track')} of {row['vehicle']} in {row['year']} on "
            f"{counted(row['days'], 'day')}: {listed(row['day_list'])}; {log}."
        ),
        effect="These movements cannot be compared with a log; the log of that period should be asked for.",
        evidence=tuple(row["evidence"]),
    )


def _contradicted(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    angle = REACH_METRES / EARTH_RADIUS_M
    engine.run_file(
        ROOM,
        "contradicted_routes",
        chord=repr(math.sin(angle)),
        cosine=repr(math.cos(angle)),
        radius=repr(EARTH_RADIUS_M),
        detour=repr(float(DETOUR_METRES)),
        share=repr(DETOUR_SHARE),
        far_fixes=str(FAR_FIXES_AT_LEAST),
    )
    for row in engine.dicts("SELECT * FROM contradicted_routes ORDER BY far_fixes < fixes, date, vehicle"):
        yield _contradiction(row)


def _contradiction(row: dict[str, Any]) -> Observation:
    whole = row["far_fixes"] == row["fixes"]
    reach = kilometres(REACH_METRES)
    if whole:
        title = f"The track of {row['vehicle']} on {row['date']} contradicts its log"
        condition = (
            f"Logged: {listed(row['routes'])}. All {counted(row['fixes'], 'fix', 'fixes')} of the track lie "
            f"farther than {reach} from every leg logged that day; the nearest comes within "
            f"{kilometres(row['nearest_m'])} of a stop."
        )
    else:
        title = f"Part of the track of {row['vehicle']} on {row['date']} lies away from its log"
        condition = (
            f"Logged: {listed(row['routes'])}. {row['far_fixes']:,} of "
            f"{counted(row['fixes'], 'fix', 'fixes')} of the track lie farther than {reach} from every leg "
            "logged that day, and on no ordinary detour of one; the farthest of them is "
            f"{kilometres(row['farthest_m'])} from the nearest stop."
        )
    return Observation(
        title=title,
        condition=condition,
        effect="The places of this use, and what follows from them, cannot be taken from the log alone.",
        evidence=tuple(sorted({*row["sources"], *row["track_ids"]})),
        uses=tuple(row["use_ids"]),
    )


UNLOGGED_TRACKS = Procedure(
    code="INT-03",
    name="A track on a day with no log entry",
    criterion="Every movement of a publicly funded vehicle has an entry in its log.",
    doc=(
        "A track is listed if its vehicle has no log entry on its day and no use claims it. Days within the "
        "period that the vehicle's entries cover and days outside it are separate findings, one per vehicle "
        "and calendar year. A track without a day or vehicle is not judged."
    ),
    run=_unlogged,
    innocent_explanations=(
        (
            "The movement crossed midnight, or the track's day is in another time zone: the entry stands a "
            "day off."
        ),
        "Ground runs, maintenance and test flights are kept in another log.",
        "The track belongs to another vehicle that carried the same identifier.",
        "The released log leaves out entries that were withheld, or the entry was set aside at take-in.",
    ),
)

CONTRADICTED_ROUTES = Procedure(
    code="INT-04",
    name="A logged route that its track contradicts",
    criterion="The route in the log is the route that was traveled.",
    doc=(
        f"A fix is away from the route if it lies farther than {REACH_METRES // 1000} km from both ends of "
        "every leg and from the great circle between them, and the way from one end over the fix to the "
        f"other is longer than the leg by more than {DETOUR_METRES // 1000} km and {DETOUR_SHARE:.0%} of the "
        "leg (airways and weather bend long flights). A route is contradicted if every fix of its track is "
        f"away; where at least {FAR_FIXES_AT_LEAST} are, the finding says how many. The legs are those of "
        "every use of the vehicle that day. Coverage of tracks is partial, so that a place without a fix "
        "contradicts nothing. Days with a place that is not known are not judged. One finding per vehicle "
        "and day."
    ),
    run=_contradicted,
    innocent_explanations=(
        "The vehicle was positioned to the first stop, or home from the last, and the log leaves that out.",
        "Weather, airspace or a medical need led to a detour or another landing place.",
        "The track was joined to the wrong entry: several uses of one vehicle on one day.",
        "A stop was left out of the log because nobody boarded there (fuel, crew change).",
        "A place name of the route was read as another place of the same name.",
        "Single false positions of the receiver network.",
    ),
)
