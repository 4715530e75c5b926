"""Odometers that go backwards, and more fuel than the tank holds."""

from __future__ import annotations

from collections.abc import Iterator

from wardbook.findings.phrases import counted, listed
from wardbook.findings.procedure import ROOM, Observation, Procedure
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine

SLACK_M = 1_700
"""Readings in whole miles may seem to go back by one."""

WITHIN_MINUTES = 120
MARGIN_PERCENT = 3
"""Filler neck, foam and the pump's own tolerance."""


def _litres(column: str) -> str:
    """SQL of millilitres as litres with one decimal."""
    tenths = f"CAST(({column} + 50) // 100 AS BIGINT)"
    return f"CAST({tenths} // 10 AS BIGINT) || '.' || CAST({tenths} % 10 AS BIGINT) || ' l'"


def _back(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    engine.run_file(ROOM, "odometers_back", slack_m=str(SLACK_M))
    for row in engine.dicts("SELECT * FROM odometers_back ORDER BY vehicle, source"):
        times = counted(row["times"], "time")
        yield Observation(
            title=f"The odometer of {row['vehicle']} goes back {row['source']}, {times}",
            condition=f"{times}, {row['lasting']:,} of them lasting: {listed(row['told'])}.",
            effect=(
                "Distances that are reckoned from these readings are wrong; one that stays lower hides the "
                "distance driven."
            ),
            evidence=tuple(row["evidence"]),
        )


def _beyond(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    engine.run_file(
        ROOM,
        "fuel_beyond_tank",
        minutes=str(WITHIN_MINUTES),
        percent=str(MARGIN_PERCENT),
        litres=_litres("filled_ml"),
        tank=_litres("tank_ml"),
    )
    for row in engine.dicts("SELECT * FROM fuel_beyond_tank ORDER BY vehicle"):
        times = counted(row["times"], "time")
        yield Observation(
            title=f"More fuel bought for {row['vehicle']} than its tank holds, {times}",
            condition=f"{listed(row['told'])}.",
            effect="Part of this fuel went elsewhere than into the vehicle that it is charged to.",
            evidence=tuple(row["evidence"]),
        )


ODOMETER_BACK = Procedure(
    code="INT-14",
    name="An odometer that goes backwards",
    criterion="An odometer only grows.",
    doc=(
        "Readings at the pump, in the log and by the device, each for itself, in order of time: one more "
        f"than {SLACK_M:,} m below the one before. Where the next reading fits the one before, only this one "
        "is out of line (a slip at the keys); where this one fits the one before the last, the one before "
        "was; else it stays lower. Of a device the last reading of each track is taken. One finding per "
        "vehicle and kind of reading."
    ),
    run=_back,
    innocent_explanations=(
        "A digit was mistyped or left out at the pump.",
        "The odometer, or the device that counts, was replaced or set anew.",
        "Kilometers were typed for miles, or tenths as whole ones.",
        "The card was used for another vehicle, whose odometer was typed.",
    ),
)

FUEL_BEYOND_TANK = Procedure(
    code="INT-15",
    name="More fuel than the tank holds",
    criterion="Fuel bought for a vehicle goes into its tank.",
    doc=(
        f"A fill, or two within {WITHIN_MINUTES} minutes between which no movement is recorded, of more than "
        f"the tank holds by the fuel card's own register and {MARGIN_PERCENT} % more. Only volumes count; "
        "lines of one transaction are one fill; vehicles without a registered tank are not judged. One "
        "finding per vehicle."
    ),
    run=_beyond,
    innocent_explanations=(
        "The register has the tank of another model, or of one of two tanks.",
        "A second vehicle, a can or a generator of the unit was filled on the same card.",
        "Two cards bear the same vehicle number.",
        "The purchase was posted twice.",
    ),
)
