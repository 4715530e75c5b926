"""ACC-02: uses that cannot be priced."""

from __future__ import annotations

from collections.abc import Iterator

from wardbook.findings.phrases import counted, hours, in_days
from wardbook.findings.procedure import ROOM, Observation, Procedure
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine


def _run(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    engine.run_file(ROOM, "unpriced_uses")
    for row in engine.dicts("SELECT * FROM unpriced_uses ORDER BY vehicle, reason"):
        invoiced = f"; {row['invoiced_uses']:,} of them have an invoice" if row["invoiced_uses"] else ""
        yield Observation(
            title=f"{counted(row['uses'], 'use')} of {row['vehicle']} cannot be priced: {row['reason']}",
            condition=(
                f"{counted(row['uses'], 'use')} of {row['vehicle']} "
                f"{in_days(row['first_day'], row['last_day'])} ({hours(row['hours'])}){invoiced}: "
                f"{row['reason']}."
            ),
            effect=(
                "No amount is computed: a choice between the rates would be a guess."
                if row["ambiguous"]
                else "No amount is computed; what these uses cost is in no total."
            ),
            evidence=tuple(row["evidence"]),
            uses=tuple(row["use_ids"]),
        )


RATES = Procedure(
    code="ACC-02",
    name="Uses that cannot be priced",
    criterion="For each vehicle and day one rate is in force, and the log gives the hours or the distance.",
    doc=(
        "Uses of a vehicle with no rate on record for the day, with several equally good rates of different "
        "amounts, or without the hours or distance the rate needs. Invoiced uses are listed only where "
        "several rates fit, as their invoice cannot be checked. One finding per vehicle and reason."
    ),
    run=_run,
    innocent_explanations=(
        "The schedule of rates of that period exists and was not taken in.",
        "Two tables give the rates of two periods without saying which is which.",
        "The vehicle is not charged by use (a leased or borrowed one).",
    ),
)
