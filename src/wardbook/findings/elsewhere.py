"""A person whom the log has aboard, and whom another record has elsewhere at the same time."""

from __future__ import annotations

from collections.abc import Iterator

from wardbook.findings.phrases import counted, kilometres, listed
from wardbook.findings.procedure import ROOM, Observation, Procedure
from wardbook.link.presence import AT_ONCE_S, PHONE_APART_M, PHONE_BESIDE_S
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine


def _elsewhere(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    yield from _two_vehicles(engine)
    yield from _phones(engine)


def _two_vehicles(engine: Engine) -> Iterator[Observation]:
    engine.run_file(ROOM, "elsewhere_told", seconds=str(AT_ONCE_S))
    for row in engine.dicts("SELECT * FROM elsewhere_told ORDER BY person, month"):
        times = counted(row["times"], "time")
        yield Observation(
            title=f"{row['person']} aboard two vehicles at once, {row['month']}: {times}",
            condition=f"{times}: {listed(row['told'])}.",
            effect="The person was not aboard one of the two; whom and what that one served is not known.",
            evidence=tuple(row["evidence"]),
            uses=tuple(row["use_ids"]),
        )


def _phones(engine: Engine) -> Iterator[Observation]:
    query = (
        "SELECT *, w_moment(start_at) || ' to ' || w_clock(end_at) AS times FROM phones_apart ORDER BY "
        "person_key, start_at, leg_id"
    )
    for row in engine.dicts(query):
        person, positions = row["person_key"], counted(row["positions"], "position")
        yield Observation(
            title=f"The phone of {person} was not where {row['vehicle']} was, {row['times']}",
            condition=(
                f"The log has {person} aboard {row['vehicle']}. All {positions} of the phone within the sure "
                f"part of that movement lie at least {kilometres(row['metres'])} from the vehicle."
            ),
            effect="The person was not aboard, or the phone was not with the person; whom it served is open.",
            evidence=tuple(row["sources"]),
            uses=tuple(row["use_ids"]),
        )


ELSEWHERE = Procedure(
    code="INT-18",
    name="A person aboard whom another record has elsewhere",
    criterion="Whom the log has aboard was aboard.",
    doc=(
        "Persons whom logs have aboard two vehicles whose recorded movements, by the inner bounds, share "
        f"more than {AT_ONCE_S // 60} minutes; of uses that no movement is linked to the written times are "
        "taken, and the finding says so. And persons whose own phone (`assignments`, with `person`) gave "
        "positions within the inner bounds of a movement that has them aboard, all more than "
        f"{PHONE_APART_M // 1000} km from the vehicle's fix of the {PHONE_BESIDE_S} s before. Where both "
        "sides are recorded, whether the person was aboard is not known to the facts until a person judges. "
        "One finding per person and month, and one per movement for phones."
    ),
    run=_elsewhere,
    innocent_explanations=(
        "The person changed cars on the way, and both logs name who was aboard for a part.",
        "Two persons bear one name.",
        "Written times are off, or those of the shift.",
        "The phone was left behind, lent, or gave an old position.",
    ),
)
