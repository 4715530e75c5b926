"""ACC-03: payments and lines of orders that do not tie."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wardbook.accounts.working import figure
from wardbook.findings.phrases import counted
from wardbook.findings.procedure import ROOM, Observation, Procedure
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine


def _run(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    engine.run_file(ROOM, "order_gaps")
    told = {"payment": _payment, "line": _line, "write-off": _written_off, "plan": _plan}
    for row in engine.dicts("SELECT * FROM order_gaps ORDER BY what, day NULLS FIRST, records"):
        yield told[row["what"]](row)


def _payment(row: dict[str, Any]) -> Observation:
    why = "another instrument has replaced" if row["known"] else "has no line in the book"
    return Observation(
        title=f"A payment of {figure(row['amount'])} {row['currency']} that no order in force explains",
        condition=(
            f"{figure(row['amount'])} {row['currency']} was paid on '{row['instrument']}', which {why}."
        ),
        effect="The payment lowers no outstanding amount; what is left to pay may be overstated.",
        evidence=tuple(row["records"]),
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
        evidence=tuple(row["records"]),
        amount=abs(row["amount"] - product),
        currency=row["currency"],
    )


def _written_off(row: dict[str, Any]) -> Observation:
    return Observation(
        title=f"A write-off of {_money(row)} without an order",
        condition=f"{_money(row)} owed by {row['payer'] or 'nobody named'} was given up{_of(row)}.",
        effect="It lowers no outstanding amount; what is left to pay may be overstated.",
        evidence=tuple(row["records"]),
        amount=row["amount"],
        currency=row["currency"],
    )


def _plan(row: dict[str, Any]) -> Observation:
    instalments = counted(row["units"], "instalment")
    return Observation(
        title=f"A plan of {instalments} without an order",
        condition=(
            f"{row['payer'] or 'Nobody named'} is to pay {_money(row)} in {instalments}"
            f"{' from ' + str(row['day']) if row['day'] else ''}{_of(row)}."
        ),
        effect="The plan sets no day on which anything is due, and no payment is late by it.",
        evidence=tuple(row["records"]),
        amount=row["amount"],
        currency=row["currency"],
    )


def _money(row: dict[str, Any]) -> str:
    if row["amount"] is None:
        return "an amount not on record"
    return f"{figure(row['amount'])} {row['currency']}"


def _of(row: dict[str, Any]) -> str:
    if row["instrument"] is None:
        return "; the record names no order"
    return f" under '{row['instrument']}', which has no line in the book"


ORDERS = Procedure(
    code="ACC-03",
    name="Payments and lines of orders that do not tie",
    criterion=(
        "Each payment lowers an order in force, units times unit amount give the amount of a line, and what "
        "is given up or paid by a plan belongs to an order."
    ),
    doc=(
        "Payments that name an instrument without a line in the book, or one that another instrument "
        "supersedes; lines that give units, unit amount and amount, where the product is not the amount; "
        "write-offs, and plans of instalments, that name no instrument or one without a line. One finding "
        "each."
    ),
    run=_run,
    innocent_explanations=(
        "The instrument's name is written in two ways.",
        "The newer instrument counts earlier payments in its own amount.",
        "The amount was reduced by agreement and the units were left as they were.",
    ),
)
