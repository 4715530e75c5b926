"""Tracks that are longer than the hours logged allow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wardbook.findings.phrases import counted, hours, kilometres
from wardbook.findings.procedure import ROOM, Observation, Procedure
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine

TOP_KMH = {"helicopter": 330, "airplane": 950, "car": 200, "van": 180}
"""What no vehicle of the kind goes faster than: helicopters of the light and middle class, airliners, road
vehicles. A propeller airplane is far below, so that for it the test finds the gross cases only."""

SLACK_HOURS = "0.1"
"""Hours logged are written in tenths: so much a use may be longer."""


def _found(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    speeds = " ".join(f"WHEN '{kind}' THEN {speed}" for kind, speed in TOP_KMH.items())
    engine.run_file(ROOM, "track_hours", speeds=speeds, slack=SLACK_HOURS)
    yield from map(_observation, engine.dicts("SELECT * FROM track_hours ORDER BY date, vehicle"))


def _observation(row: dict[str, Any]) -> Observation:
    metres, logged = int(row["metres"]), row["hours"]
    speed = f"{metres / 1000 / float(logged):,.0f} km/h" if logged else "any speed"
    return Observation(
        title=f"The track of {row['vehicle']} on {row['date']} is longer than the hours logged allow",
        condition=(
            f"{counted(row['tracks'], 'track')} with {counted(row['fixes'], 'fix', 'fixes')}: "
            f"{kilometres(metres)}. {counted(row['uses'], 'use')} logged that day come to {hours(logged)} "
            f"together, which would be {speed} on the whole; {_top(row)}."
        ),
        effect=(
            "Part of what was flown or driven is not in the log, or the hours, and what is charged by them, "
            "are short."
        ),
        evidence=tuple(sorted({*row["sources"], *row["track_ids"]})),
        uses=tuple(row["use_ids"]),
    )


def _top(row: dict[str, Any]) -> str:
    if row["own_kmh"] is not None:
        return f"the register of vehicles gives {row['top_kmh']:,} km/h as its top speed"
    return f"no {row['kind']} is taken to go faster than {row['top_kmh']:,} km/h"


TRACK_HOURS = Procedure(
    code="INT-17",
    name="A track longer than the hours logged allow",
    criterion="The hours in the log are the hours of use.",
    doc=(
        "The lengths of all tracks of a vehicle on a day are compared with the hours of all its uses that "
        f"day, each {SLACK_HOURS} h longer than written, at the top speed that the register gives, or else "
        "at one that no vehicle of its kind exceeds: "
        + ", ".join(f"{kind} {speed} km/h" for kind, speed in TOP_KMH.items())
        + ". Days on which a use has no hours and vehicles of other kinds are not judged. That a track is "
        "shorter than the hours says nothing: coverage of tracks is partial. One finding per vehicle and day."
    ),
    run=_found,
    innocent_explanations=(
        "Single false positions of the receiver network: each adds the way there and back.",
        "A flight to position the vehicle is in the track and is logged elsewhere, or on another day.",
        "The track runs over midnight into another day.",
        "Hours are written for the part that is charged, not for the whole.",
        "The track belongs to another vehicle that carried the same identifier.",
    ),
)
