"""ACC-03: payments and lines of orders that do not tie."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wardbook.accounts.working import figure
from wardbook.findings.procedure import ROOM, Observation, Procedure
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine


def _run(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    engine.run_file(ROOM, "order_gaps")
    for row in engine.dicts("SELECT * FROM order_gaps ORDER BY what, day NULLS FIRST, record_id"):
        yield _payment(row) if row["what"] == "payment" else _line(row)


def _payment(row: dict[str, Any]) -> Observation:
    why = "another instrument has replaced" if row["known"] else "has no line in the book"
    return Observation(
        title=f"A payment of {figure(row['amount'])} {row['currency']} that no order in force explains",
        condition=(
            f"{figure(row['amount'])} {row['currency']} was paid on '{row['instrument']}', which {why}."
        ),
        effect="The payment lowers no outstanding amount; what is left to pay may be overstated.",
        evidence=(row["record_id"],),
        amount=row["amount"],
        currency=row["currency"],
    )


def _line(row: dict[str, Any]) -> Observation:
    product = row["units"] * row["unit_amount"]
    return Observation(
        title=f"A line of '{row['instrument']}' whose units do not give its amount",
        condition=(
            f"{row['units']:,} x {figure(row['unit_amount'])} = {figure(product)}; the line says "
            f"{figure(row['amount'])}."
        ),
        effect="The account goes by the line's amount.",
        evidence=(row["record_id"],),
        amount=abs(row["amount"] - product),
        currency=row["currency"],
    )


ORDERS = Procedure(
    code="ACC-03",
    name="Payments and lines of orders that do not tie",
    criterion="Each payment lowers an order in force, and units times unit amount give the amount of a line.",
    doc=(
        "Payments that name an instrument without a line in the book, or one that another instrument "
        "supersedes; lines that give units, unit amount and amount, where the product is not the amount. One "
        "finding each."
    ),
    run=_run,
    innocent_explanations=(
        "The instrument's name is written in two ways.",
        "The newer instrument counts earlier payments in its own amount.",
        "The amount was reduced by agreement and the units were left as they were.",
    ),
)
