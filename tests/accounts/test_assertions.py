"""Stated figures, tested: each expression, and what happens where the book cannot tell."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.accounts.small_book import accounted, relation, rulebook, use
from tests.accounts.test_orders import OBLIGATIONS, ORDER, PAID, SETTLEMENT
from wardbook.accounts.expressions import KINDS


def stated(
    assertion_id: str, value: str | None, tested_by: str | None = None, **columns: Any
) -> dict[str, Any]:
    row = {"record_id": f"said-{assertion_id}", "assertion_id": assertion_id, "value": value, "unit": "USD"}
    return {**row, "quantity": assertion_id, "tested_by": tested_by, **columns}


def results(*assertions: dict[str, Any], **tables: Any) -> dict[str, dict[str, Any]]:
    engine = accounted(
        rulebook(), assertions=assertions, **{"obligations": OBLIGATIONS, "repayments": PAID, **tables}
    )
    return {row["assertion_id"]: row for row in relation(engine, "assertion_tests")}


@pytest.mark.parametrize(
    ("value", "expression", "working"),
    [
        (
            "474794.20",
            f"obligations:{ORDER}",
            "319,794.20 + 155,000.00 (31 x 5000.00) = 474,794.20; stated 474,794.20",
        ),
        ("329794.20", f"obligations:{SETTLEMENT}", "319,794.20 + 10,000.00 = 329,794.20; stated 329,794.20"),
        (
            "229794.20",
            f"outstanding:{SETTLEMENT}",
            "319,794.20 + 10,000.00 - 100,000.00 (paid) = 229,794.20; stated 229,794.20",
        ),
    ],
)
def test_the_published_sums_are_reproduced(value: str, expression: str, working: str) -> None:
    test = results(stated("a", value, expression))["a"]
    assert (test["verdict"], test["difference"]) == ("reproduced", Decimal(0))
    assert test["working"] == working
    assert "said-a" in test["sources"]


def test_a_sum_that_exceeds_its_parts_differs_by_what_is_unexplained() -> None:
    parts = ["32410", "10990", "4590", "3848", "446"]
    tests = results(
        stated("eleven-days", "52454", "assertions:eleven-days/"),
        *(stated(f"eleven-days/{n}", part) for n, part in enumerate(parts)),
    )
    test = tests["eleven-days"]
    assert (test["verdict"], test["computed"], test["difference"]) == (
        "differs",
        Decimal(52284),
        Decimal(170),
    )
    assert test["working"] == (
        "32,410.00 + 10,990.00 + 4,590.00 + 3,848.00 + 446.00 = 52,284.00; "
        "stated 52,454.00; 170.00 unexplained"
    )
    assert test["sources"] == sorted(["said-eleven-days", *(f"said-eleven-days/{n}" for n in range(5))])
    assert tests["eleven-days/0"]["verdict"] == "cannot be reproduced"


def test_a_stated_figure_below_the_book_says_how_much_more_the_book_has() -> None:
    assert results(stated("a", "300000", f"obligations:{SETTLEMENT}"))["a"]["working"].endswith(
        "stated 300,000.00; the book gives 29,794.20 more"
    )


def test_units_are_counted() -> None:
    test = results(stated("a", "31", f"units:{ORDER}", unit="trips"))["a"]
    assert (test["verdict"], test["working"]) == ("reproduced", "31; stated 31")


def test_a_difference_of_two_stated_figures_whose_names_hold_hyphens() -> None:
    tests = results(
        stated("press-total", "358000"),
        stated("board-total", "319794.20"),
        stated("gap", "38205.80", "difference:press-total-board-total"),
        stated("wrong", "1", "difference:press-total-nobody"),
    )
    assert tests["gap"]["verdict"] == "reproduced"
    assert tests["gap"]["working"] == "358,000.00 - 319,794.20 = 38,205.80; stated 38,205.80"
    assert tests["wrong"]["working"].startswith("expected difference:<assertion>-<assertion>")


def test_expenses_by_trip_group_and_class() -> None:
    expenses = [
        {"record_id": "1", "trip": "may/iowa", "cost_class": "airfare", "amount": "10", "currency": "USD"},
        {"record_id": "2", "trip": "may/iowa", "cost_class": "lodging", "amount": "20", "currency": "USD"},
        {"record_id": "3", "trip": "may/nevada", "cost_class": "lodging", "amount": "30", "currency": "USD"},
        {"record_id": "4", "trip": "mayor: own", "cost_class": "meals", "amount": "40", "currency": "USD"},
    ]
    computed = {
        name: test["computed"]
        for name, test in results(
            stated("trip", "30", "expenses:may/iowa"),
            stated("class", "20", "expenses:may/iowa:lodging"),
            stated("group", "60", "expenses:may"),
            stated("group class", "50", "expenses:may:Lodging"),
            stated("colon", "40", "expenses:mayor: own"),
            stated("all", "100", "expenses:all"),
            stated("none", "0", "expenses:june"),
            stated("euros", "30", "expenses:may/iowa", unit="EUR"),
            expenses=expenses,
        ).items()
    }
    assert computed == {
        "trip": Decimal(30),
        "class": Decimal(20),
        "group": Decimal(60),
        "group class": Decimal(50),
        "colon": Decimal(40),
        "all": Decimal(100),
        "none": None,
        "euros": None,
    }


def test_uses_are_counted_by_a_named_rule() -> None:
    tests = results(
        stated("all", "3", "uses:all", unit="uses"),
        stated("away", "1", "uses:outside jurisdiction", unit="uses"),
        stated("trips", "21", "uses:trips", unit="trips"),
        stated("rule", "21", "uses:as the press counts", unit="trips"),
        uses=[use("a", trip="Iowa"), use("b", trip="Iowa"), use("c")],
        facts=[
            {"use_id": "a", "outside_jurisdiction": True},
            {"use_id": "b", "outside_jurisdiction": False},
            {"use_id": "c"},
        ],
    )
    assert tests["all"]["working"] == "3 uses on record; stated 3"
    assert (tests["away"]["verdict"], tests["away"]["computed"]) == ("reproduced", Decimal(1))
    assert "1 more have a place that is not known" in tests["away"]["working"]
    assert (tests["trips"]["verdict"], tests["trips"]["computed"]) == ("differs", Decimal(1))
    assert tests["rule"]["working"].startswith("expected uses: and one of all, outside jurisdiction, trips")


def test_without_any_use_nothing_is_counted_as_nothing() -> None:
    test = results(stated("a", "31", "uses:trips", unit="trips"))["a"]
    assert (test["verdict"], test["computed"]) == ("cannot be reproduced", None)


@pytest.mark.parametrize(
    ("expression", "working"),
    [
        (None, "no record in the book gives this figure (its scope: eleven days of May)"),
        ("  ", "no record in the book gives this figure (its scope: eleven days of May)"),
        ("obligations:nothing", "no record in the book: no order or settlement named 'nothing'"),
        ("obligations:", "expected one of obligations:<instrument>"),
        ("sum(everything)", "expected one of obligations:<instrument>"),
    ],
)
def test_what_cannot_be_tested_says_why(expression: str | None, working: str) -> None:
    test = results(stated("a", "52454", expression, scope="eleven days of May"))["a"]
    assert (test["verdict"], test["computed"], test["difference"]) == ("cannot be reproduced", None, None)
    assert test["working"].startswith(working)


def test_a_statement_without_a_figure_is_kept() -> None:
    test = results(stated("a", None, f"obligations:{ORDER}"))["a"]
    assert test["verdict"] == "cannot be reproduced"
    assert test["working"].endswith("no figure is stated")


def test_the_reference_describes_every_kind_of_test(root: Path) -> None:
    page = (root / "docs/reference/assertions.md").read_text("utf-8")
    for kind in KINDS:
        assert f"`{kind.form}`" in page
        assert kind.meaning in page
