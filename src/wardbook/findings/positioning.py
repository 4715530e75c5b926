"""INT-05: positioning: movements of a vehicle without riders, logged or implied."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wardbook.accounts.working import figure
from wardbook.findings.phrases import counted, hours, in_days, kilometres, listed
from wardbook.findings.procedure import ROOM, Observation, Procedure
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine

SAME_PLACE_METRES = 25_000
"""Two places nearer than this are taken as one: a town and its airport."""


def _run(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    engine.run_file(ROOM, "unlogged_positioning", reach=str(SAME_PLACE_METRES))
    for row in engine.dicts("SELECT * FROM unlogged_positioning ORDER BY vehicle, year"):
        yield _implied(row)
    engine.run_file(ROOM, "positioning_uses")
    for row in engine.dicts("SELECT * FROM positioning_uses ORDER BY vehicle"):
        yield _logged(row)


def _implied(row: dict[str, Any]) -> Observation:
    movements = [
        f"{m['date_before']} ended at {m['ended_at']}, {m['date']} started at {m['started_at']} "
        f"({kilometres(m['metres'])})"
        for m in row["movement_list"]
    ]
    return Observation(
        title=(
            f"{counted(row['movements'], 'movement')} of {row['vehicle']} that no entry logs, {row['year']}"
        ),
        condition=(
            f"{row['vehicle']} started {counted(row['movements'], 'use')} in {row['year']} away from where "
            f"its use before had ended; at least {kilometres(row['metres'])} in a straight line are not "
            f"logged: {listed(movements)}."
        ),
        effect="The hours and the cost of these movements are in no use, and nobody is charged for them.",
        evidence=tuple(row["evidence"]),
        uses=tuple(row["use_ids"]),
    )


def _logged(row: dict[str, Any]) -> Observation:
    cost = f", {figure(row['amount'])} {row['currency']}" if row["amount"] is not None else ""
    return Observation(
        title=f"{counted(row['uses'], 'use')} of {row['vehicle']} without a rider on record",
        condition=(
            f"{counted(row['uses'], 'use')} of {row['vehicle']} {in_days(row['first_day'], row['last_day'])} "
            f"({hours(row['hours'])}{cost}) carried nobody that the log names; {_called(row)}"
        ),
        effect=(
            "Where the vehicle was positioned, the cost belongs to the use it was positioned for, which the "
            "book does not name; where somebody rode, the book does not say who."
        ),
        evidence=tuple(row["evidence"]),
        uses=tuple(row["use_ids"]),
        amount=row["amount"],
        currency=row["currency"],
    )


def _called(row: dict[str, Any]) -> str:
    rest = row["uses"] - row["called"]
    silent = f"; {rest:,} had another purpose, or none that can be read" if rest else ""
    called = f"{row['called']:,}" if row["called"] else "none"
    return f"{called} of them the log itself calls positioning{silent}."


POSITIONING = Procedure(
    code="INT-05",
    name="Positioning: movements without riders, logged or implied",
    criterion=(
        "A vehicle moved to fetch someone, or home after leaving someone, is part of that use: it is logged, "
        "and its cost follows the use it served."
    ),
    doc=(
        f"Implied movements: a vehicle's use starts more than {SAME_PLACE_METRES // 1000} km from where its "
        "use before ended, both places known; one finding per vehicle and calendar year. Uses of one day "
        "without times may stand in any order, and so may each follow any other of that day; a use that "
        "another source may give another day (INT-07) is left out. Logged movements: uses the log calls "
        "positioning, and movements without any rider on record, one finding per vehicle; maintenance, "
        "training, police and rescue work, which carry nobody but the crew, are not listed."
    ),
    run=_run,
    innocent_explanations=(
        "The log's rider field was left empty although someone rode; crew are not listed as riders.",
        "A training, maintenance or test flight whose purpose was not written carries no riders.",
        "An entry stands under a wrong date, so that the order of the uses is not the true one.",
        "The use in between is in a log that was not taken in, or its row was set aside.",
        "The return leg was flown and left out of the route as a matter of course.",
        "The vehicle was carried or towed, or stayed in a workshop elsewhere.",
    ),
)
