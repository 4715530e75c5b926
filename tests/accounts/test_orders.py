"""Orders, settlements and payments: the published figures of the founding case, to the cent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.accounts.small_book import accounted, relation, rulebook
from wardbook.records.engine import Engine

ORDER, SETTLEMENT = "order of 15 June 2023", "settlement of 14 May 2025"
PAYER = "the respondent"


def line(record_id: str, instrument: str, kind: str, **columns: Any) -> dict[str, Any]:
    row = {"record_id": record_id, "instrument": instrument, "kind": kind, "payer": PAYER, "currency": "USD"}
    return {**row, **columns}


OBLIGATIONS = [
    line("o1", ORDER, "restitution", amount="319794.20"),
    line("o2", ORDER, "fine", units=31, unit_amount="5000"),
    line("s1", SETTLEMENT, "restitution", amount="319794.20", supersedes=ORDER),
    line("s2", SETTLEMENT, "fine", amount="10000", supersedes=ORDER),
]
PAID = [{"record_id": "p1", "instrument": SETTLEMENT, "payer": PAYER, "amount": "100000", "currency": "USD"}]


def settled(**tables: Any) -> Engine:
    return accounted(rulebook(), obligations=OBLIGATIONS, repayments=PAID, **tables)


def balances(engine: Engine) -> dict[str, Decimal]:
    return dict(engine.rows("SELECT account, sum(amount) FROM postings GROUP BY account"))


def test_what_is_left_of_the_settlement_is_owed_and_the_order_it_replaced_is_not() -> None:
    assert relation(settled(), "receivables") == [
        {
            "payer": PAYER,
            "cost_class": f"order: {SETTLEMENT}",
            "amount": Decimal("229794.20"),
            "currency": "USD",
            "uses": 0,
        }
    ]


def test_the_ledger_says_the_same() -> None:
    assert balances(settled()) == {
        f"receivable:{PAYER}:{ORDER}": Decimal("0.00"),
        f"receivable:{PAYER}:{SETTLEMENT}": Decimal("229794.20"),
        "restitution": Decimal("-319794.20"),
        "fine": Decimal("-10000.00"),
        "cash": Decimal("100000.00"),
    }


def test_the_order_in_force_before_the_settlement() -> None:
    engine = accounted(rulebook(), obligations=OBLIGATIONS[:2])
    (owed,) = relation(engine, "receivables")
    assert owed["amount"] == Decimal("474794.20")


def test_a_payment_by_another_lowers_the_debt_of_the_only_payer() -> None:
    engine = accounted(
        rulebook(),
        obligations=OBLIGATIONS[2:],
        repayments=[{**PAID[0], "payer": "a friend", "currency": None}],
    )
    (owed,) = relation(engine, "receivables")
    assert (owed["payer"], owed["amount"]) == (PAYER, Decimal("229794.20"))


def test_of_two_payers_each_payment_lowers_its_own_debt() -> None:
    engine = accounted(
        rulebook(),
        obligations=[
            line("a", "x", "fine", amount="10"),
            line("b", "x", "fine", amount="20", payer="the party"),
        ],
        repayments=[
            {"record_id": "p", "instrument": "x", "payer": "the party", "amount": "5", "currency": "USD"}
        ],
    )
    assert {row["payer"]: row["amount"] for row in relation(engine, "receivables")} == {
        PAYER: Decimal("10.00"),
        "the party": Decimal("15.00"),
    }


def test_a_payment_without_an_order_is_its_own_row() -> None:
    engine = accounted(rulebook(), repayments=[{"record_id": "p", "payer": "the party", "amount": "5"}])
    (row,) = relation(engine, "receivables")
    assert (row["cost_class"], row["amount"]) == ("repaid without an order", Decimal("-5.00"))
