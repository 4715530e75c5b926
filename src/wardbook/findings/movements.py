"""What devices recorded against what was written: unlogged, not driven, disagreeing, paid where it stood."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wardbook.findings.phrases import counted, kilometres, listed
from wardbook.findings.procedure import ROOM, Observation, Procedure
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine

TIMES_APART_S = 900
"""Hand-written times are off by a quarter of an hour without anyone's being wrong."""

ODOMETER_APART_M = 1_609
"""A log's odometer is read in whole miles."""


def _rows(engine: Engine, name: str, **parameters: str) -> list[dict[str, Any]]:
    engine.run_file(ROOM, name, **parameters)
    return engine.dicts(f"SELECT * FROM {name} ORDER BY vehicle, month NULLS FIRST")  # noqa: S608


# ---------------------------------------------------------------- unlogged


def _unlogged(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    engine.run_file(ROOM, "unlogged_movements_told")
    query = "SELECT * FROM unlogged_movements_told ORDER BY within_log DESC, vehicle, month"
    yield from map(_unlogged_observed, engine.dicts(query))


def _unlogged_observed(row: dict[str, Any]) -> Observation:
    what = counted(row["movements"], "movement")
    silent = (
        f" {counted(row['unobserved'], 'of them lies', 'of them lie')} in silences of the tracker."
        if row["unobserved"]
        else ""
    )
    if row["within_log"]:
        title = f"{row['vehicle']} moved without a log entry, {row['month']}: {what}"
        log = f"no entry of the log, which runs from {row['log_from']} to {row['log_to']}, fits them"
        effect = "The vehicle was used and the book does not say by whom, for what, or at whose cost."
    else:
        title = f"{row['vehicle']} moved outside any log in the book, {row['month']}: {what}"
        log = (
            f"its log entries in the book run from {row['log_from']} to {row['log_to']}"
            if row["log_from"]
            else "no log of it is in the book"
        )
        effect = "These movements cannot be compared with a log; the log of that period should be asked for."
    return Observation(
        title=title,
        condition=(
            f"{what} on {counted(row['days'], 'day')}, {kilometres(row['metres'])} in all; {log}: "
            f"{listed(row['told'])}.{silent} Cut by the stop rule {row['profile']}."
        ),
        effect=effect,
        evidence=tuple(row["evidence"]),
    )


UNLOGGED_MOVEMENTS = Procedure(
    code="INT-08",
    name="A recorded movement without a log entry",
    criterion="Every movement of a publicly funded vehicle has an entry in its log.",
    doc=(
        "Every leg, and every silence of the tracker in which the vehicle moved, that no log entry is linked "
        "to ([links](links.md)). One finding per vehicle and month, within the period that the vehicle's log "
        "covers and outside it apart. Times are on the clock of the book's zone. What counts as one movement "
        "depends on the stop rule, which is named."
    ),
    run=_unlogged,
    innocent_explanations=(
        "The log of that day was kept on another sheet, withheld, or set aside at take-in.",
        "The vehicle was moved within the yard, or taken to the workshop, which is logged elsewhere.",
        "The tracker was carried in another vehicle, or its number was assigned to another one then.",
        "One entry stands for several drives with long stops between, more than the links allow.",
        "The times in the log are off by more than 25 minutes.",
    ),
)


# ---------------------------------------------------------------- logged, not driven


def _not_driven(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    for row in _rows(engine, "entries_not_driven_told"):
        what = counted(row["entries"], "entry", "entries")
        yield Observation(
            title=f"{row['vehicle']} stood while its log has it drive, {row['month'] or 'undated'}: {what}",
            condition=(
                f"{what}: {listed(row['told'])}. All through the written times, with 25 minutes before and "
                "after, the vehicle's device reported without a silence of more than ten minutes, and the "
                "vehicle did not move."
            ),
            effect="A use that is logged, and may be paid for, did not take place as it is written.",
            evidence=tuple(row["evidence"]),
            uses=tuple(row["use_ids"] or ()),
        )


NOT_DRIVEN = Procedure(
    code="INT-09",
    name="Logged but not driven",
    criterion="What the log says was driven was driven.",
    doc=(
        "Log entries that no movement is linked to, where the device leaves no way: it reported throughout "
        "the written times with 25 minutes before and after (or throughout the day, where no times are "
        "written) and no movement touches them. An entry for which the device was silent at any point is not "
        "listed. One finding per vehicle and month."
    ),
    run=_not_driven,
    innocent_explanations=(
        "Another vehicle was taken, and the log names the usual one.",
        "The entry stands on the wrong day, or morning and afternoon were exchanged.",
        "The drive was planned, entered beforehand and cancelled.",
        "The device was taken out of the vehicle and lay where it stood.",
    ),
)


# ---------------------------------------------------------------- log and track disagree


def _disagree(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    limits = {"seconds": str(TIMES_APART_S), "odometer_m": str(ODOMETER_APART_M)}
    for row in _rows(engine, "log_against_track", **limits):
        what = counted(row["entries"], "entry", "entries")
        yield Observation(
            title=f"Log and tracker of {row['vehicle']} disagree, {row['month']}: {what}",
            condition=f"{what} and the movements linked to them: {listed(row['told'])}.",
            effect=(
                "The times, places or distances of these uses, and what is charged by them, cannot be taken "
                "from the log alone."
            ),
            evidence=tuple(row["evidence"]),
            uses=tuple(row["use_ids"] or ()),
        )


LOG_AGAINST_TRACK = Procedure(
    code="INT-10",
    name="Log and tracker disagree",
    criterion="Times, places, distance and odometer in the log are those of the drive.",
    doc=(
        "Linked entries and movements ([links](links.md)) where a written time lies more than "
        f"{TIMES_APART_S // 60} minutes outside the bounds of the recorded one; a written place lies more "
        "than 5 km from where the movement began or ended; the written distance and the path differ by more "
        "than half and 5 km; or the written odometers and the path by more than a tenth and "
        f"{ODOMETER_APART_M:,} m. Several movements of one entry are compared as a whole. Distances across "
        "silences of the tracker are not judged. One finding per vehicle and month."
    ),
    run=_disagree,
    innocent_explanations=(
        "Times were rounded, or written from memory at the end of the shift.",
        "The entry was linked to the wrong one of several drives of the day.",
        "A place of the route bears the name of another place in the register.",
        "A detour, or a stop that the log leaves out.",
        "Jitter and tunnels make a recorded path some percent longer or shorter.",
    ),
)


# ---------------------------------------------------------------- paid where it stood


def _stood(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    for row in _rows(engine, "anchors_alone_told"):
        what = counted(row["anchors"], "time")
        yield Observation(
            title=f"Toll or fuel of {row['vehicle']} while it stood, {row['month']}: {what}",
            condition=(
                f"{listed(row['told'])}. The device of the vehicle reported throughout, around each of them, "
                "and the vehicle did not move."
            ),
            effect=(
                "The transponder or card was used with another vehicle, or the device was not where the "
                "vehicle was."
            ),
            evidence=tuple(row["evidence"]),
        )


PAID_WHERE_IT_STOOD = Procedure(
    code="INT-11",
    name="Toll or fuel without movement",
    criterion="A vehicle's transponder and fuel card are used with that vehicle.",
    doc=(
        "Toll passings, purchases of fuel and parkings that no movement is linked to, where the device "
        "reported throughout (tolls: five minutes around, fuel: thirty, parkings: fifteen) and no movement "
        "touches that span. Where the device was silent nothing is said. One finding per vehicle and month."
    ),
    run=_stood,
    innocent_explanations=(
        "The transponder was lent to a replacement car, or read through the windshield of a car beside it.",
        "The statement gives the time of posting, not of passing, or that of another zone.",
        "A can was filled, or a machine of the same department, and the card was the nearest at hand.",
        "The card or transponder was assigned to another vehicle, and the list was not brought up to date.",
    ),
)
