"""A person whom the log has aboard, and whom another record has elsewhere at the same time."""

from __future__ import annotations

from collections.abc import Iterator

from wardbook.findings.phrases import counted, kilometres, listed
from wardbook.findings.procedure import ROOM, Observation, Procedure
from wardbook.link.overlap import Spans, overlap_join
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine
from wardbook.trace.distance import define_metres

AT_ONCE_S = 300
PHONE_APART_M = 5_000
PHONE_BESIDE_S = 120


def _elsewhere(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    yield from _two_vehicles(engine)
    yield from _phones(engine)


def _two_vehicles(engine: Engine) -> Iterator[Observation]:
    engine.run_file(ROOM, "elsewhere_spans")
    side = Spans("elsewhere_spans", ("person_key",), "lo", "hi", ("use_id", "vehicle_key", "recorded"))
    columns = (
        "a.span_key0 AS person_key, a.use_id, b.use_id AS other_id, a.lo, a.hi, b.lo AS other_lo, b.hi AS "
        "other_hi, "
        "a.recorded, b.recorded AS other_recorded, a.use_id < b.use_id AND a.vehicle_key <> b.vehicle_key AS "
        "wanted"
    )
    pairs = overlap_join(side, side, columns)
    engine.run("elsewhere_pairs", f"SELECT * EXCLUDE (wanted) FROM ({pairs}) p WHERE wanted")  # noqa: S608
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
    define_metres(engine)
    engine.run_file(ROOM, "phone_apart", metres=str(PHONE_APART_M), beside_s=str(PHONE_BESIDE_S))
    for row in engine.dicts("SELECT * FROM phone_apart ORDER BY person, times, leg_id"):
        yield Observation(
            title=f"The phone of {row['person']} was not where {row['vehicle']} was, {row['times']}",
            condition=(
                f"The log has {row['person']} aboard {row['vehicle']}. All "
                f"{counted(row['positions'], 'position')} of the phone within the sure part of that movement "
                "lie at "
                f"least {kilometres(row['metres'])} from the vehicle."
            ),
            effect="The person was not aboard, or the phone was not with the person; whom it served is open.",
            evidence=tuple(row["evidence"]),
            uses=tuple(row["use_ids"]),
        )


ELSEWHERE = Procedure(
    code="INT-18",
    name="A person aboard whom another record has elsewhere",
    criterion="Whom the log has aboard was aboard.",
    doc=(
        "Persons whom logs have aboard two vehicles whose recorded movements, by the inner bounds, share "
        "more than "
        f"{AT_ONCE_S // 60} minutes; of uses that no movement is linked to the written times are taken, and "
        "the "
        "finding says so. And persons whose own phone (`assignments`, with `person`) gave positions within "
        "the inner "
        f"bounds of a movement that has them aboard, all more than {PHONE_APART_M // 1000} km from the "
        "vehicle's "
        f"fix of the {PHONE_BESIDE_S} s before. One finding per person and month, and one per movement for "
        "phones."
    ),
    run=_elsewhere,
    innocent_explanations=(
        "The person changed cars on the way, and both logs name who was aboard for a part.",
        "Two persons bear one name.",
        "Written times are off, or those of the shift.",
        "The phone was left behind, lent, or gave an old position.",
    ),
)
