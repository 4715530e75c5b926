"""AUT-01: uses without any authority or purpose on record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wardbook.accounts.working import figure
from wardbook.findings.phrases import counted, days, hours
from wardbook.findings.procedure import ROOM, Observation, Procedure
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine


def _run(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    engine.run_file(ROOM, "uses_without_authority")
    for row in engine.dicts("SELECT * FROM uses_without_authority ORDER BY agency, year NULLS FIRST"):
        yield _observed(row)


def _observed(row: dict[str, Any]) -> Observation:
    year = row["year"] or "no date"
    cost = f", {figure(row['amount'])} {row['currency']} on record" if row["amount"] is not None else ""
    return Observation(
        title=f"{counted(row['uses'], 'use')} of {row['agency']} without authority or purpose, {year}",
        condition=(
            f"{row['uses']:,} of {counted(row['all_uses'], 'use')} of {row['agency']} in {year} "
            f"({days(row['first_day'], row['last_day'])}; {hours(row['hours'])}{cost}) "
            f"{'has' if row['uses'] == 1 else 'have'} no purpose, no justification, no authorizing name in "
            "the log and no authorization in force on the day."
        ),
        effect="Neither the reason of these uses nor who must pay for them can be decided from the book.",
        evidence=tuple(row["evidence"]),
        uses=tuple(row["use_ids"]),
        amount=row["amount"],
        currency=row["currency"],
    )


WITHOUT_AUTHORITY = Procedure(
    code="AUT-01",
    name="Uses without any authority or purpose on record",
    criterion=(
        "A use of publicly funded protection or transport is to be documented: who allowed it, or at least "
        "what it was for."
    ),
    doc=(
        "A use is listed if its sources give no purpose, no later justification and no authorizing name, and "
        "no authorization in the book covers its day. One finding per using agency and calendar year; the "
        "uses are listed with it. The amount is what those uses cost, where it is in one currency."
    ),
    run=_run,
    innocent_explanations=(
        "The log's form has no field for a purpose, and the request forms that hold it are not in the book.",
        "Standing orders cover routine uses (training, maintenance, the governor's own travel).",
        "The released copy leaves the purpose out, or it was withheld.",
        "A calendar or a travel voucher that explains the use exists and was not taken in.",
    ),
)
