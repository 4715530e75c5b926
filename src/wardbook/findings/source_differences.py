"""INT-06: one use in two sources that disagree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wardbook.findings.procedure import ROOM, Observation, Procedure
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine


def _run(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    engine.run_file(ROOM, "source_differences")
    for row in engine.dicts("SELECT * FROM source_differences ORDER BY date, use_id"):
        yield _observed(row)


def _observed(row: dict[str, Any]) -> Observation:
    subjects = [
        (name, readings)
        for name, differ, readings in (
            ("day", row["days_differ"], row["day_readings"]),
            ("hours", row["hours_differ"], row["hours_readings"]),
            ("riders", row["riders_differ"], row["riders_readings"]),
            ("invoice", row["invoices_differ"], row["invoice_readings"]),
        )
        if differ
    ]
    names = " and ".join(name for name, _ in subjects)
    readings = ". ".join(f"{name.capitalize()}: {' against '.join(read)}" for name, read in subjects)
    return Observation(
        title=f"Sources of {row['vehicle']} on {row['date']} differ in {names}",
        condition=f"{readings}.",
        effect=(
            "The audit goes by the first source that has a value; the other reading would change what rests "
            "on it."
        ),
        evidence=tuple(row["evidence"]),
        uses=(row["use_id"],),
    )


SOURCE_DIFFERENCES = Procedure(
    code="INT-06",
    name="One use in two sources that disagree",
    criterion="Two records of one use say the same of its day, hours, riders and invoice.",
    doc=(
        "For each use with more than one source: the day is compared, hours and invoices as figures, riders "
        "as the set of persons (after persons were matched) and the number of heads. A source without a "
        "value is silent, and silence differs from a value only if its exhibit gives that value for some "
        "other entry. Both readings are listed with their places."
    ),
    run=_run,
    innocent_explanations=(
        "One record was corrected after the other had been released.",
        "A name was misspelt, shortened or left out when one record was typed from the other.",
        "Hours were rounded differently, or one record counts engine time and the other flight time.",
        "A program misread one of the two: compare the page.",
    ),
)
