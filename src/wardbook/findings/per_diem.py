"""ACC-04: lodging or meals above the per diem."""

from __future__ import annotations

from collections.abc import Iterator

from wardbook.accounts.working import figure
from wardbook.findings.phrases import counted, listed
from wardbook.findings.procedure import ROOM, Observation, Procedure
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine


def _run(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    engine.run_file(ROOM, "per_diem_over")
    for row in engine.dicts("SELECT * FROM per_diem_over ORDER BY traveler, cost_class, currency"):
        unsettled = f"; {row['open']:,} could not be determined" if row["open"] else ""
        yield Observation(
            title=(
                f"{row['cost_class'].capitalize()} of {row['traveler']} above the per diem by "
                f"{figure(row['amount'])} {row['currency']}"
            ),
            condition=(
                f"{row['exceeded']:,} of {counted(row['tested'], 'expense')} tested{unsettled}. "
                f"{listed(row['told'])}."
            ),
            effect=(
                "What is above the per diem was paid though the rates do not allow it, unless actual expense "
                "was authorized."
            ),
            evidence=tuple(row["evidence"]),
            uses=tuple(row["use_ids"]),
            amount=row["amount"],
            currency=row["currency"],
        )


PER_DIEM = Procedure(
    code="ACC-04",
    name="Lodging or meals above the per diem",
    criterion=(
        "A night of lodging costs at most the federal rate of its place and season; meals and incidentals at "
        "most the allowance, and three quarters of it on the first and last day of travel (41 CFR 301-11)."
    ),
    doc=(
        "Each expense of lodging or meals (receipts of one traveler, place and days together) beside the per "
        "diem tables of the book, night by night and day by day: by city and state, then by county, else by "
        "the standard rate. Taxes on lodging are not in the rate: an expense with its tax is compared as it "
        "stands. Where the record leaves open what was allowed, the most that it may have been counts. What "
        "cannot be determined stands in `per_diem_tests.csv` only. One finding per traveler, class and "
        "currency; the amount is what is above. Where no federal rule binds the traveler, the tables are a "
        "yardstick only: the book's own rule decides."
    ),
    run=_run,
    innocent_explanations=(
        "Actual expense was authorized before the trip, as 41 CFR 301-11 allows.",
        "The bill holds taxes on lodging, a fee or another service that the rate does not cover.",
        "The bill is of several travelers or rooms, and their number is not on record.",
        "Rooms at the rate were sold out, or the detail had to stay in the protectee's hotel.",
        "The traveler's own employer has other rates, and these were kept.",
    ),
)
