"""INT-07: one use that may have been entered twice."""

from __future__ import annotations

from collections.abc import Iterator

from wardbook.findings.procedure import ROOM, Observation, Procedure
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine


def _run(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    engine.run_file(ROOM, "double_entries")
    for row in engine.dicts("SELECT * FROM double_entries ORDER BY day NULLS FIRST, left_id, right_id"):
        yield Observation(
            title=f"Two entries of {row['vehicle']} on {row['day']} may be one use",
            condition=(
                f"First: {_text(row['left_text'])}. Second: {_text(row['right_text'])}. Compared: "
                f"{row['comparisons'] or 'nothing on record'}."
            ),
            effect="They are counted as two uses; if they are one, hours and cost are counted twice.",
            evidence=(row["left_id"], row["right_id"]),
            uses=tuple(row["use_ids"] or ()),
        )


def _text(raw: str | None) -> str:
    return " ".join(raw.split()) if raw else "not on record"


DOUBLE_ENTRIES = Procedure(
    code="INT-07",
    name="Possible double entry",
    criterion="One use is entered once; a use in two sources is counted once.",
    doc=(
        "Pairs of log entries of one vehicle and day whose comparison ended as `unsure`, one finding a "
        "pair. A human judgement (same or different) settles it."
    ),
    run=_run,
    innocent_explanations=(
        "The vehicle went there twice that day.",
        "One use was entered in two parts (a change of crew or of the agency charged).",
        "A correction was entered beside the first entry.",
    ),
)
