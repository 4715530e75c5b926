"""Devices that fell silent around a use."""

from __future__ import annotations

from collections.abc import Iterator

from wardbook.findings.phrases import counted, listed
from wardbook.findings.procedure import ROOM, Observation, Procedure
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine

SILENCE_MINUTES = 15
STEADY_PERCENT = 80
STEADY_HOURS = 24
"""A device is judged by its own habit of at least so many hours."""


def _silent(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    engine.run_file(
        ROOM,
        "silences_told",
        percent=str(STEADY_PERCENT),
        silence_ms=str(SILENCE_MINUTES * 60_000),
        day_ms=str(STEADY_HOURS * 3_600_000),
    )
    for row in engine.dicts("SELECT * FROM silences_told ORDER BY vehicle, month"):
        what = counted(row["silences"], "silence")
        yield Observation(
            title=f"The tracker of {row['vehicle']} fell silent around uses, {row['month']}: {what}",
            condition=(
                f"The device otherwise reports throughout. {what} of more than {SILENCE_MINUTES} minutes, "
                f"{row['logged']:,} during a logged use, {row['moved']:,} in which the vehicle moved: "
                f"{listed(row['told'])}."
            ),
            effect="Where the vehicle was in these times is known from the log alone, or not at all.",
            evidence=tuple(row["evidence"]),
            uses=tuple(row["use_ids"]),
        )


SILENCES = Procedure(
    code="INT-16",
    name="Telemetry silent around a use",
    criterion="A device that reports throughout reports during uses.",
    doc=(
        f"Silences of more than {SILENCE_MINUTES} minutes that overlap the written times of a log entry of "
        f"the vehicle, or in which it moved, of devices whose reports cover at least {STEADY_PERCENT} % of "
        f"the time from the first to the last report of a month, and that span {STEADY_HOURS} h or more. "
        "Devices that sleep while parked are not judged. Other such devices silent in half of it or more "
        "are counted. One finding per vehicle and month."
    ),
    run=_silent,
    innocent_explanations=(
        "A tunnel, a garage under ground, or country without a network.",
        "The server was down: other devices were silent at the same time.",
        "The battery was changed, or the device went to the workshop.",
        "Positions were kept in the device and are in another export.",
    ),
)
