"""Officers' duties and pay: two duties at once, pay beyond the limit, overtime on days without a movement."""

from __future__ import annotations

from collections.abc import Iterator

from wardbook.findings.phrases import counted, hours, listed
from wardbook.findings.procedure import ROOM, Observation, Procedure
from wardbook.link.overlap import Spans, overlap_join
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine

OVERLAP_S = 300
"""Duties that follow each other overlap by some minutes without anyone's being wrong."""


def _hours_sql(column: str) -> str:
    """SQL of seconds as hours and minutes: ``16 h 35 min``."""
    return f"CAST({column} // 3600 AS BIGINT) || ' h ' || CAST({column} % 3600 // 60 AS BIGINT) || ' min'"


def _timed(engine: Engine) -> None:
    engine.run_file(ROOM, "duties_timed")


# ---------------------------------------------------------------- two duties at once


def _at_once(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    _timed(engine)
    engine.run_file(ROOM, "drives_timed")
    duty = Spans("duties_timed", ("officer_key",), "lo", "hi", ("record_id", "officer", "kind", "place"))
    words = "coalesce({0}.kind, 'duty') || coalesce(', ' || {0}.place, '')"
    engine.run("duties_at_once", _pairs(duty, words, "a.record_id < b.record_id"))
    drive = Spans(
        "drives_timed", ("officer_key",), "lo", "hi", ("record_id", "officer", "vehicle_key", "vehicle")
    )
    different = "a.record_id < b.record_id AND a.vehicle_key <> b.vehicle_key"
    engine.run("drives_at_once", _pairs(drive, "{0}.vehicle", different))
    engine.run_file(ROOM, "duties_overlapping", seconds=str(OVERLAP_S))
    for row in engine.dicts("SELECT * FROM duties_overlapping ORDER BY officer, month"):
        times = counted(row["times"], "time")
        yield Observation(
            title=f"{row['officer']} on two duties at once, {row['month']}: {times}",
            condition=f"{times}, {row['seconds'] // 60:,} minutes together: {listed(row['told'])}.",
            effect="One of the two was not done, or was not done then, and both may have been paid.",
            evidence=tuple(row["evidence"]),
        )


def _pairs(side: Spans, words: str, condition: str) -> str:
    columns = (
        "a.officer, a.lo, a.hi, b.lo AS other_lo, b.hi AS other_hi, a.record_id, b.record_id AS other_id, "
        f"{words.format('a')} AS words, {words.format('b')} AS other_words, a.span_key0 AS officer_key"
    )
    return overlap_join(side, side, columns, where=condition)


# ---------------------------------------------------------------- pay in 24 hours


def _beyond(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    _timed(engine)
    engine.run_file(ROOM, "pay_present")
    engine.run_file(ROOM, "pay_windows")
    windows = Spans("pay_windows", ("officer_key",), "from_s", "to_s", ("from_s", "to_s"))
    shared = "least(a.hi, b.hi) - greatest(a.lo, b.lo) AS shared_s, a.span_key0 AS officer_key, a.from_s"
    duty = Spans("duties_timed", ("officer_key",), "lo", "hi", ("record_id", "officer"))
    engine.run(
        "pay_in_window", overlap_join(windows, duty, f"{shared}, b.record_id, b.officer, b.lo AS duty_s")
    )
    engine.run(
        "presence_in_window",
        overlap_join(windows, Spans("pay_present", ("officer_key",), "lo", "hi", ()), shared),
    )
    engine.run_file(ROOM, "pay_beyond", paid=_hours_sql("paid_s"), present=_hours_sql("present_s"))
    for row in engine.dicts("SELECT * FROM pay_beyond ORDER BY officer, month"):
        times, limit = counted(row["times"], "time"), _spoken(row["minutes"])
        yield Observation(
            title=f"{row['officer']} paid beyond {limit} in 24 hours, {row['month']}: {times}",
            condition=f"{times}: {listed(row['told'])}.",
            effect="Nobody is fit for duty so long; part of these hours was not worked, or not safely.",
            evidence=tuple(row["evidence"]),
        )


def _spoken(minutes: int) -> str:
    return f"{minutes // 60} h {minutes % 60} min"


# ---------------------------------------------------------------- overtime alone


def _alone(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    engine.run_file(ROOM, "overtime_alone")
    for row in engine.dicts("SELECT * FROM overtime_alone ORDER BY officer, month"):
        days = counted(row["days"], "day")
        worked = f", {hours(row['hours'])}" if row["hours"] is not None else ""
        yield Observation(
            title=f"Overtime of {row['officer']} on {days} without a movement, {row['month']}",
            condition=(
                f"{counted(row['lines'], 'line')} of overtime on {days}{worked}: {listed(row['told'])}. On "
                "these days of the log's period the book has no use, no recorded movement and no calendar "
                "event."
            ),
            effect="The book does not show what this overtime was for.",
            evidence=tuple(row["evidence"]),
            amount=row["amount"],
            currency=row["currency"],
        )


OVERLAPPING_DUTIES = Procedure(
    code="AUT-02",
    name="One officer on two duties at once",
    criterion="An officer does one duty at a time.",
    doc=(
        "Lines of duty or pay of one officer (the same letters and digits of name or number) whose times "
        f"share more than {OVERLAP_S // 60} minutes; and log entries that name one officer in two vehicles "
        "at overlapping times. Lines without times are not judged. One finding per officer and month."
    ),
    run=_at_once,
    innocent_explanations=(
        "A paid detail was worked within a regular shift on approved leave.",
        "The officer handed over on the way, and both logs name who began.",
        "Two officers bear one name.",
        "Times are those scheduled, not those worked.",
    ),
)

PAY_BEYOND_LIMIT = Procedure(
    code="AUT-03",
    name="More pay than hours allowed in a day",
    criterion=(
        "No officer is paid for more than the limit in any 24 hours: 16 h 35 min unless `pay_limit_minutes` "
        "of book.toml says otherwise (the rule of the New Orleans Police Department)."
    ),
    doc=(
        "Every 24 hours that begin or end with a duty: the time of all duties within it is added up, "
        "overlapping ones twice (paid) and once (present). Of the local day on which the first duty begins "
        "the worst is told. Lines without times are added up by calendar day, told so. One finding per "
        "officer and month."
    ),
    run=_beyond,
    innocent_explanations=(
        "Leave, court time or call-out minimums are paid as hours and are not hours worked.",
        "An emergency, for which the limit was lifted.",
        "Lines corrected later stand beside their corrections.",
        "Two officers bear one name.",
    ),
)

OVERTIME_ALONE = Procedure(
    code="AUT-04",
    name="Overtime on a day without a movement",
    criterion="Overtime of the detail is for what the detail does, and that is on record.",
    doc=(
        "Lines whose kind says overtime, on local days within the period of the log on which the book has no "
        "use, no recorded movement and no calendar event. One finding per officer and month, with the "
        "amount."
    ),
    run=_alone,
    innocent_explanations=(
        "Posts at a residence, training, court and paperwork leave no entry in a vehicle's log.",
        "The day is that of payment, not of work.",
        "The log of another vehicle, or of the post, is not in the book.",
    ),
)
