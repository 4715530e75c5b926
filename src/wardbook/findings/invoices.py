"""ACC-01: computed against invoiced."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wardbook.accounts.working import figure
from wardbook.findings.phrases import counted, days, hours
from wardbook.findings.procedure import ROOM, Observation, Procedure
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine

GROUP_FROM = 2
"""Uses that must fit one other hourly rate to the cent to be one finding."""

ROUND_RATE = 10
"""A single invoice is said to fit another rate only if that is a multiple of this: others fit by chance."""


def _run(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    engine.run_file(ROOM, "invoice_differences", group_from=str(GROUP_FROM))
    for row in engine.dicts(
        "SELECT * FROM invoice_differences ORDER BY uses DESC, first_day, vehicle, agency, rate, implied, "
        "part, currency"
    ):
        yield _group(row) if row["part"] == "" else _single(row)


def _group(row: dict[str, Any]) -> Observation:
    side, gap = _gap(row)
    return _observation(
        row,
        title=(
            f"{row['vehicle']} invoiced at {figure(row['implied'])} an hour for {row['agency']} in "
            f"{counted(row['uses'], 'use')}"
        ),
        condition=(
            f"{counted(row['uses'], 'use')} "
            f"({hours(row['hours'])}, {days(row['first_day'], row['last_day'])}) "
            f"were invoiced at {figure(row['implied'])} an hour; the rate on record is "
            f"{figure(row['rate'])}. Computed {figure(row['computed'])}, invoiced {figure(row['invoiced'])}: "
            f"{gap} {row['currency']} {side}."
        ),
    )


def _single(row: dict[str, Any]) -> Observation:
    side, gap = _gap(row)
    implied = row["implied"]
    whole = implied is not None and implied % ROUND_RATE == 0
    fit = f" The invoice fits {figure(implied)} an hour." if whole else ""
    return _observation(
        row,
        title=f"{row['vehicle']} on {row['first_day']} for {row['agency']} invoiced {gap} {side}",
        condition=(
            f"{_working(row)} = {figure(row['computed'])}; invoiced {figure(row['invoiced'])}: {gap} "
            f"{row['currency']} {side}.{fit}"
        ),
    )


def _working(row: dict[str, Any]) -> str:
    if row["rate"] is None:
        return "Computed"
    quantity = hours(row["hours"]) if row["unit"] == "hour" else "the distance"
    return f"{quantity} x {figure(row['rate'])}"


def _gap(row: dict[str, Any]) -> tuple[str, str]:
    gap = row["invoiced"] - row["computed"]
    return ("below the rate" if gap < 0 else "above the rate"), figure(abs(gap))


def _observation(row: dict[str, Any], title: str, condition: str) -> Observation:
    below = row["invoiced"] < row["computed"]
    return Observation(
        title=title,
        condition=condition,
        effect=(
            "The public bears what was not invoiced, unless a rule lets it."
            if below
            else "The payer was charged more than the rate on record gives."
        ),
        evidence=tuple(row["evidence"]),
        uses=tuple(row["use_ids"]),
        amount=abs(row["invoiced"] - row["computed"]),
        currency=row["currency"],
    )


INVOICES = Procedure(
    code="ACC-01",
    name="Computed against invoiced",
    criterion=(
        "A use is invoiced at its hours (or distance) times the rate in force for the vehicle on that day."
    ),
    doc=(
        "For each use with an invoice and one rate in force: hours x rate, rounded half up to cents, "
        "against the invoice, to the cent. The rate is that for the using agency, else the general one, the "
        f"latest dated first. Where {GROUP_FROM} or more uses of one vehicle and agency fit one other hourly "
        "rate to the cent, they are one finding with that rate; all others stand alone, and of those a fit "
        f"is said only for a rate in whole {ROUND_RATE}s. The amount is the difference."
    ),
    run=_run,
    innocent_explanations=(
        "The rate on record is not dated: another rate was in force on that day.",
        "An agreement gives this agency another rate, or the flight was shared between agencies.",
        (
            "The invoice holds items beside the hours (crew lodging, landing fees, fuel bought away, a "
            "minimum charge)."
        ),
        (
            "The hours on record are block hours and the invoice counts others, or a figure was rounded or "
            "mistyped."
        ),
    ),
)
