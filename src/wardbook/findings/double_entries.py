"""INT-07: one use that may have been entered twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wardbook.accounts.working import figure
from wardbook.findings.phrases import counted, hours
from wardbook.findings.procedure import ROOM, Observation, Procedure
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine


def _run(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    engine.run_file(ROOM, "double_entries")
    for row in engine.dicts("SELECT * FROM double_entries ORDER BY left_day NULLS FIRST, left_id, right_id"):
        yield _observed(row)


def _observed(row: dict[str, Any]) -> Observation:
    days = sorted({str(day) for day in (row["left_day"], row["right_day"]) if day is not None})
    on = f" on {' and '.join(days)}" if days else ""
    return Observation(
        title=f"Two entries of {row['vehicle']}{on} may be one use",
        condition=(
            f"First: {_text(row['left_text'])} [{_further(row['left_further'])}]. Second: "
            f"{_text(row['right_text'])} [{_further(row['right_further'])}]. Compared: "
            f"{row['comparisons'] or 'nothing on record'}."
        ),
        effect=_effect(row),
        evidence=(row["left_id"], row["right_id"]),
        uses=tuple(row["use_ids"] or ()),
        amount=row["amount"],
        currency=row["currency"],
    )


def _effect(row: dict[str, Any]) -> str:
    twice = [hours(row["hours"])] if row["hours"] is not None else []
    if row["amount"] is not None:
        twice.append(f"{figure(row['amount'])} {row['currency']}")
    what = " and ".join(twice) or "what they cost"
    return (
        f"They are counted as two uses; if they are one, {what} are counted twice in the totals. A judgement "
        "of the two entries settles it."
    )


def _further(sources: int | None) -> str:
    return f"also in {counted(sources, 'further source')}" if sources else "in no further source"


def _text(raw: str | None) -> str:
    return " ".join(raw.split()) if raw else "not on record"


DOUBLE_ENTRIES = Procedure(
    code="INT-07",
    name="Possible double entry",
    criterion="One use is entered once; a use in two sources is counted once.",
    doc=(
        "Pairs of log entries of one vehicle whose comparison ended as `unsure` and that are two uses, one "
        "finding a pair: of one day, or of two days that one slip of the pen may explain where all else "
        "agrees and each source lacks the other's day. The amount is what the cheaper of the two uses costs. "
        "A human judgement (same or different) settles it."
    ),
    run=_run,
    innocent_explanations=(
        "The vehicle went there twice, that day or on both days, and a source left one out.",
        "One use was entered in two parts (a change of crew or of the agency charged).",
        "A correction was entered beside the first entry.",
    ),
)
