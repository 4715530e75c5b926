"""What others gave: versions of a source that differ, rows entered late, gaps, requests without answer."""

from __future__ import annotations

from collections.abc import Iterator

from wardbook.findings.phrases import counted, listed
from wardbook.findings.procedure import ROOM, Observation, Procedure
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine, literal
from wardbook.records.schema import BOOK_TABLES

ALIKE = "0.9"
"""Rows at least so alike (Jaro-Winkler, 0 to 1) may be two versions of one; only the words hang on it."""

APART = 50
"""Rows of different days and numbers are compared in words up to so many lines apart."""

NAMED = 2000
"""A finding names so many rows; the words say how many there are."""

NUMBERED_ROWS = 20
"""A source of fewer rows has gaps for reasons of its own."""


def _compare_versions(engine: Engine) -> None:
    """``production_told``: a row for each two versions of one source that differ."""
    _of_records(engine, "production_keys", "source_key")
    _of_records(engine, "production_days", "day")
    engine.run_file(ROOM, "production_versions")
    engine.run_file(ROOM, "production_fixes")
    engine.run_file(ROOM, "production_rows")
    engine.run_file(ROOM, "production_altered", least=ALIKE, apart=str(APART))
    engine.run_file(ROOM, "production_told")


def _of_records(engine: Engine, name: str, column: str) -> None:
    """A column of every table of records that has it, by record."""
    tables = [t.name for t in BOOK_TABLES if {"record_id", "raw_text", column} <= set(t.names)]
    parts = (
        f"SELECT record_id, {literal(t)} AS source_table, {column} FROM {t} WHERE {column} IS NOT NULL"  # noqa: S608
        for t in tables
    )
    engine.run(name, "\nUNION ALL\n".join(parts))


def _altered(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    _compare_versions(engine)
    query = (
        "SELECT * FROM production_told WHERE notice_at IS NOT NULL AND altered + removed + added > 0 "
        "ORDER BY path, later_at, later"
    )
    for row in engine.dicts(query):
        parts = [
            f"{counted(row[what], 'row')} {what}" for what in ("altered", "removed", "added") if row[what]
        ]
        grown = f" Besides, {counted(row['grown'], 'row')} of later days." if row["grown"] else ""
        yield Observation(
            title=f"{row['path']} came otherwise after the notice to preserve records: {', '.join(parts)}",
            condition=(
                f"The version of {row['earlier_at']} and that of {row['later_at']}; the notice to "
                f"{row['notice_to'] or 'the holder'} is of {row['notice_at']}. {listed(row['told'])}.{grown}"
            ),
            effect="What stood there at the notice is in the earlier exhibit; why it changed is open.",
            evidence=tuple(row["evidence"][:NAMED]),
        )


def _back_dated(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    _compare_versions(engine)
    query = "SELECT * FROM production_told WHERE back_dated > 0 ORDER BY path, later_at, later"
    for row in engine.dicts(query):
        yield Observation(
            title=f"{row['path']} has {counted(row['back_dated'], 'row')} of days its earlier version covers",
            condition=(
                f"The version of {row['earlier_at']} goes to {row['last_day']}; that of {row['later_at']} "
                f"has rows of these days that were not in it: {listed(row['told_back_dated'])}."
            ),
            effect="The rows were written after the days they are about, or were left out before.",
            evidence=tuple(row["evidence_back_dated"][:NAMED]),
        )


def _gaps(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    _of_records(engine, "production_keys", "source_key")
    engine.run_file(ROOM, "key_gaps", least=str(NUMBERED_ROWS))
    for row in engine.dicts("SELECT * FROM key_gaps ORDER BY path, source_table, exhibit"):
        numbers = counted(row["missing"], "number")
        yield Observation(
            title=f"{row['path']} is numbered throughout and lacks {numbers}",
            condition=(
                f"{row['found']:,} rows are numbered from {row['first']} to {row['last']}; not there: "
                f"{listed(row['told'])}."
            ),
            effect="What these numbers were given to is not in the production.",
            evidence=(),
        )


def _unanswered(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    engine.run_file(ROOM, "requests_open")
    for row in engine.dicts("SELECT * FROM requests_open ORDER BY entry"):
        asked = f'Entry {row["entry"]} of the log, {row["asked_at"]}: "{row["words"]}"'
        due = f", due {row['due']}" if row["due"] else ""
        answer = (
            f'{row["answered_by"] or "The answer"} says: "{row["answer"]}". No records came.'
            if row["has_answer"]
            else "No answer is on the log."
        )
        yield Observation(
            title=f"Records asked of {row['whom']} did not come",
            condition=f"{asked}{due}. {answer}",
            effect="What these records would show is not known.",
            evidence=(),
        )


ALTERED_AFTER_NOTICE = Procedure(
    code="PRO-01",
    name="A source that changed after the notice to preserve it",
    criterion="After a notice to preserve records, what is produced again is what stood there before.",
    doc=(
        "Two versions of one source (files of one path, taken in one after the other) with a notice "
        "(`wardbook notice`) between them, compared row by row as they stand in the file, positions with "
        "their instants. A row that only one version has is altered, with its other version, where the "
        "source gives both the same number, or they are positions of one vehicle at one instant, or they "
        f"are the most alike ({ALIKE} or more) of one day or of places up to {APART} lines apart; else "
        "removed or added. Rows of later days alone are no finding: a source grows. One finding per two "
        f"versions; of its rows the first {NAMED:,} are named."
    ),
    run=_altered,
    innocent_explanations=(
        "The second export has other columns, another order or another format of times.",
        "A correction was made openly, and is on record elsewhere.",
        "The period asked for was another.",
    ),
)

BACK_DATED = Procedure(
    code="PRO-02",
    name="Rows of days that an earlier version covers",
    criterion="What was done on a day is on record when records of later days are.",
    doc=(
        "Rows of a later version of a source that were not in the earlier one, of days up to the last day "
        "that the earlier one has and before the day on which it came: what was written on that day after "
        "it came is no finding. Positions count up to the last instant of the earlier version. How late a "
        "source is by habit is thereby allowed for. One finding per two versions; of its rows the first "
        f"{NAMED:,} are named."
    ),
    run=_back_dated,
    innocent_explanations=(
        "Entries are made in batches, by vehicle or by driver, and the first export fell between.",
        "The first export was for some vehicles or persons only, or was made in the middle of its last day.",
        "The later version brings together sources that were apart.",
    ),
)

KEY_GAPS = Procedure(
    code="PRO-03",
    name="A numbered source with numbers missing",
    criterion="A source that numbers its rows gives every number it gave.",
    doc=(
        f"Sources of at least {NUMBERED_ROWS} rows that bear whole numbers of their own, nine in ten of the "
        "numbers between the first and the last being there. One finding per exhibit and table."
    ),
    run=_gaps,
    innocent_explanations=(
        "The numbers are shared with other vehicles, units or forms that were not asked for.",
        "Drafts and canceled entries use up numbers.",
        "The rows were withheld under a stated exemption.",
    ),
)

UNANSWERED = Procedure(
    code="PRO-04",
    name="A request for records without records",
    criterion="Records that are asked for come, or their absence is explained.",
    doc=(
        "Requests on the log (`wardbook request`) that were due before the last act on it and have no answer "
        "(`wardbook answer`), or whose answer brought none. One finding per request."
    ),
    run=_unanswered,
    innocent_explanations=(
        "The records came and the answer was not entered.",
        "Time was extended.",
        "There are no such records, and never were.",
    ),
)
