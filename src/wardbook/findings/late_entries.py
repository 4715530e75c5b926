"""INT-01 and INT-02: log entries made after the event, and entries made in bulk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wardbook.findings.phrases import counted, listed
from wardbook.findings.procedure import ROOM, Observation, Procedure
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine

BULK_ENTRIES_AT_LEAST = 5
BULK_DAYS_AT_LEAST = 3


def _late(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    engine.run_file(ROOM, "late_uses")
    for row in engine.dicts("SELECT * FROM late_uses ORDER BY agency, year NULLS FIRST"):
        yield _late_observed(row)


def _late_observed(row: dict[str, Any]) -> Observation:
    delays = [f"{d['date']} {counted(-d['days'], 'day')} later ({d['use_id']})" for d in row["delays"]]
    return Observation(
        title=f"{counted(row['uses'], 'use')} of {row['agency']} logged after the event, {row['year']}",
        condition=(
            f"{row['uses']:,} of {counted(row['timed_uses'], 'use')} of {row['agency']} in {row['year']} "
            "with a known time of entry were logged more than a day after the use, at most "
            f"{counted(row['longest'], 'day')}: {listed(delays)}."
        ),
        effect="What these entries say rests on memory, or on knowledge of what came later; they weigh less.",
        evidence=tuple(row["evidence"]),
        uses=tuple(row["use_ids"]),
    )


def _bulk(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    engine.run_file(ROOM, "bulk_entries", entries=str(BULK_ENTRIES_AT_LEAST), days=str(BULK_DAYS_AT_LEAST))
    for row in engine.dicts("SELECT * FROM bulk_entries ORDER BY starts, exhibit"):
        log = row["path"] or f"exhibit {row['exhibit'][:12]}"
        yield Observation(
            title=f"{counted(row['entries'], 'entry', 'entries')} of {row['days']} days made at one sitting",
            condition=(
                f"In {log}, {row['entries']:,} entries for {row['days']:,} different days "
                f"({row['first_day']} to {row['last_day']}) were made between {row['starts']:%Y-%m-%d %H:%M} "
                f"and {row['ends']:%Y-%m-%d %H:%M} UTC."
            ),
            effect="The log was not kept day by day there; its entries are one account, not many.",
            evidence=tuple(row["evidence"]),
            uses=tuple(row["use_ids"]),
        )


LATE_ENTRIES = Procedure(
    code="INT-01",
    name="Log entries made after the event",
    criterion=(
        "A log is evidence of a use because it is kept at the time of the use, by those who were there."
    ),
    doc=(
        "A use is listed if its first entry has a known time of entry more than a day after the use (the "
        "fact `made_after_event`). One finding per using agency and calendar year, the longest delays first. "
        "Uses without a known time of entry are not judged."
    ),
    run=_late,
    innocent_explanations=(
        (
            "The crew noted the use on paper at the time, and the system of record was filled in on the next "
            "working day."
        ),
        "The time is that of a correction or an import, not of the first entry.",
        "A long tour away from the office delayed the entry.",
    ),
)

BULK_ENTRIES = Procedure(
    code="INT-02",
    name="Log entries made in bulk",
    criterion="A log is kept day by day; entries of different days made together are a reconstruction.",
    doc=(
        f"Within one log, a run of at least {BULK_ENTRIES_AT_LEAST} entries for at least "
        f"{BULK_DAYS_AT_LEAST} different days whose times of entry lie within one hour; overlapping hours "
        "are one run and one finding. Only entries with a known time of entry are looked at."
    ),
    run=_bulk,
    innocent_explanations=(
        "Paper sheets kept at the time were typed in together at the end of a week or month.",
        "The records were moved from another system, which stamped them all with the hour of the move.",
        "Entries planned ahead (a schedule) were entered together before the uses.",
    ),
)
