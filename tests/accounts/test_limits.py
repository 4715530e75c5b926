"""The lesser and the greater, what is free, and fixed charges: in the account as in the slow statement."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.accounts.small_book import accounted, cost_rule, decided, measured, relation, rulebook, use
from wardbook.policy.costs import payments
from wardbook.policy.model import THE_COST, Base, Choice, CostRule, FactType, Rulebook

FACTS = (
    measured("fare", FactType.MONEY, "a quotation", unit="USD"),
    measured("riders", FactType.WHOLE, "the list of riders"),
)
PUBLIC = "Elm"
COST = Base(THE_COST)
SEATS = Base("fare", "riders")


def policy(base: Base | Choice, *more: CostRule, **columns: Any) -> Rulebook:
    method = "full plus" if "loading" in columns else "charge"
    first = cost_rule("split", "any other", "campaign", method, base=base, **columns)
    return rulebook(first, *more, jurisdiction=PUBLIC, facts=FACTS)


def allocated(book: Rulebook, cost: str, **facts: Any) -> dict[str, Decimal | None]:
    engine = accounted(
        book,
        uses=[use("u", date="2019-05-16", trip="Iowa")],
        facts=[{"use_id": "u", **facts}],
        determinations=[decided("u", "split")],
        expenses=[{"record_id": "x", "amount": cost, "trip": "Iowa", "cost_class": "airfare"}],
    )
    return {row["payer"]: row["amount"] for row in relation(engine, "allocations")}


@pytest.mark.parametrize(
    ("base", "cost", "campaign"),
    [
        (Choice(False, (COST, SEATS)), "980.00", "980.00"),
        (Choice(False, (COST, SEATS)), "9800.00", "1227.00"),
        (Choice(True, (COST, SEATS)), "980.00", "1227.00"),
        (Choice(True, (Base(Decimal(10)), Choice(False, (Base(Decimal(50)), COST)))), "7.10", "10.00"),
        (Base(THE_COST, less=Base(Decimal(100))), "980.00", "880.00"),
        (Base(THE_COST, less=Base(Decimal(100))), "80.00", "0.00"),
        (Base("fare", "riders", Base("fare", Decimal("0.5"))), "1.00", "920.25"),
        (Base(Decimal(25)), "17.30", "25.00"),
    ],
)
def test_what_the_account_charges(base: Base | Choice, cost: str, campaign: str) -> None:
    found = allocated(policy(base), cost, fare=Decimal("613.50"), riders=2)
    assert found.get("campaign", Decimal(0)) == Decimal(campaign)
    assert found.get(PUBLIC, Decimal(0)) == Decimal(cost) - Decimal(campaign)
    slow = payments(
        policy(base), "split", {"airfare": Decimal(cost)}, {"fare": Decimal("613.50"), "riders": 2}
    )
    assert sum(share.amount or 0 for share in slow if share.payer == "campaign") == Decimal(campaign)


def test_one_pays_up_to_a_limit_and_another_the_rest() -> None:
    book = policy(
        Choice(False, (COST, Base(Decimal(500)))), cost_rule("split", "any other", "party", "the rest")
    )
    assert allocated(book, "812.40") == {"campaign": Decimal("500.00"), "party": Decimal("312.40")}
    assert allocated(book, "412.40") == {"campaign": Decimal("412.40")}


def test_a_fare_and_a_loading_on_top() -> None:
    book = policy(Base("fare"), loading=Decimal("0.1"))
    found = allocated(book, "288.15", fare=Decimal("288.15"), riders=1)
    assert found == {"campaign": Decimal("316.97"), PUBLIC: Decimal("-28.82")}


def test_without_the_fare_nothing_is_charged_or_kept() -> None:
    found = allocated(policy(Choice(False, (COST, SEATS))), "980.00", riders=2)
    assert set(found) == {"undetermined"}
