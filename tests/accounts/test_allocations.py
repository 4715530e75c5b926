"""Who bears each cost, and the double entry of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as property_settings
from hypothesis import strategies as st

from tests.accounts.small_book import accounted, cost_rule, decided, rate, relation, rulebook, use
from wardbook.accounts.balance import UnbalancedError, check_balance, check_shares
from wardbook.records.engine import Engine
from wardbook.records.settings import Settings

CITY = rulebook(
    cost_rule("campaign travel", "airfare", "campaign", "full"),
    cost_rule("campaign travel", "salary", "campaign", "none"),
    cost_rule("campaign travel", "any other", "campaign", "added only"),
    cost_rule("official", "any other", "{agency}", "full"),
)
BOOK = Settings(payers={"campaign": "The Campaign Committee"})


def shares(costs: str | None, agency: str | None = None, **expense: Any) -> list[dict[str, Any]]:
    """The allocation of a priced flight and one expense of its trip, under arrangement ``costs``."""
    engine = accounted(
        CITY,
        BOOK,
        uses=[use("u", vehicle="A", date="2019-05-16", hours="2", trip="Iowa", agency=agency)],
        rates=[rate("A", "50")],
        determinations=[decided("u", costs, missing="the itinerary" if costs is None else "")],
        expenses=[{"record_id": "x", "amount": "30", "currency": "USD", "trip": "Iowa", **expense}],
    )
    return relation(engine, "allocations")


@pytest.mark.parametrize(
    ("cost_class", "payer", "method"),
    [
        ("airfare", "The Campaign Committee", "full"),
        ("salary", "New York City", "none"),
        ("lodging", "The Campaign Committee", "added only"),
    ],
)
def test_the_cost_rule_of_the_class_goes_before_any_other(cost_class: str, payer: str, method: str) -> None:
    (share,) = (s for s in shares("campaign travel", cost_class=cost_class) if s["cost_id"] == "x")
    assert share["payer"] == payer
    assert share["method"].startswith(f"{method}: ")
    assert share["amount"] == Decimal("30.00")
    assert share["cites"] == "cites campaign travel"


def test_added_only_adds_nothing_to_the_flight_itself() -> None:
    (flight,) = (
        s for s in shares("campaign travel", cost_class="meals") if s["cost_class"] == "flight hours"
    )
    assert (flight["payer"], flight["amount"]) == ("New York City", Decimal("100.00"))


def test_the_using_agency_pays_where_it_is_on_record() -> None:
    assert {s["payer"] for s in shares("official", agency="State Police")} == {"State Police"}
    assert {s["payer"] for s in shares("official")} == {"undetermined"}


def test_an_open_determination_leaves_the_payer_undetermined_and_says_what_is_missing() -> None:
    for share in shares(None):
        assert share["payer"] == "undetermined"
        assert "the itinerary" in share["method"]


def test_a_class_without_a_rule_is_undetermined() -> None:
    assert {s["method"] for s in shares("no such arrangement", cost_class="meals")} == {
        "undetermined: the rulebook has no cost rule for meals under no such arrangement",
        "undetermined: the rulebook has no cost rule for flight hours under no such arrangement",
    }


def test_an_expense_of_a_trip_with_two_arrangements_is_not_split_by_guess() -> None:
    engine = accounted(
        CITY,
        BOOK,
        uses=[use("a", date="2019-05-16", trip="Iowa"), use("b", date="2019-05-17", trip="Iowa")],
        determinations=[decided("a", "campaign travel"), decided("b", "official")],
        expenses=[{"record_id": "x", "amount": "30", "trip": "Iowa", "cost_class": "airfare"}],
    )
    (share,) = relation(engine, "allocations")
    assert share["payer"] == "undetermined"
    assert "campaign travel, official" in share["method"]
    assert relation(engine, "receivables") == []


def test_an_expense_no_use_explains_is_undetermined() -> None:
    engine = accounted(CITY, BOOK, expenses=[{"record_id": "x", "amount": "30", "trip": "Iowa"}])
    (share,) = relation(engine, "allocations")
    assert (share["use_id"], share["payer"]) == (None, "undetermined")


def test_two_rules_for_one_class_decide_nothing() -> None:
    policy = rulebook(cost_rule("a", "any other", "x", "full"), cost_rule("a", "any other", "y", "full"))
    engine = accounted(
        policy,
        uses=[use("u", date="2025-01-01", invoiced="9")],
        determinations=[decided("u", "a")],
    )
    (share,) = relation(engine, "allocations")
    assert share["payer"] == "undetermined"


def test_receivables_leave_out_what_stays_and_what_is_open() -> None:
    engine = accounted(
        CITY,
        BOOK,
        uses=[use(u, date="2019-05-16", trip=u) for u in ("a", "b", "c", "d")],
        determinations=[decided(u, "campaign travel") for u in ("a", "b", "c")] + [decided("d", None)],
        expenses=[
            {"record_id": f"{kind}{u}", "amount": amount, "trip": u, "cost_class": kind}
            for u in ("a", "b", "d")
            for kind, amount in (("airfare", "100.10"), ("salary", "7.00"))
        ],
    )
    assert relation(engine, "receivables") == [
        {
            "payer": "The Campaign Committee",
            "cost_class": "airfare",
            "amount": Decimal("200.20"),
            "currency": "USD",
            "uses": 2,
        }
    ]
    accounts = {row["account"] for row in relation(engine, "postings")}
    assert accounts == {
        "public:New York City",
        "receivable:The Campaign Committee",
        "suspense:undetermined",
        "spent:airfare",
        "spent:salary",
    }


def test_postings_that_do_not_balance_are_refused() -> None:
    engine = accounted(CITY, BOOK, uses=[use("u", date="2025-01-01", invoiced="9")])
    check_balance(engine)
    engine.define("UPDATE postings SET amount = amount + 0.01 WHERE amount > 0")
    with pytest.raises(UnbalancedError, match=r"cost:u:vehicle is off by 0\.01 USD"):
        check_balance(engine)


def test_shares_that_do_not_add_up_are_refused() -> None:
    engine = accounted(CITY, BOOK, uses=[use("u", date="2025-01-01", invoiced="9")])
    check_shares(engine)
    engine.define("DELETE FROM allocations")
    with pytest.raises(UnbalancedError, match=r"u:vehicle is off by -9\.00 USD"):
        check_shares(engine)


def posted_again(engine: Engine) -> list[tuple[str, Decimal]]:
    engine.run_file("wardbook.accounts", "postings", public_body="'New York City'")
    return engine.rows("SELECT account, amount FROM postings ORDER BY account, amount")


@pytest.mark.parametrize("amount", ["9", "0"])
def test_the_balance_of_postings_says_whether_costs_have_their_shares(amount: str) -> None:
    engine = accounted(CITY, BOOK, uses=[use("u", date="2025-01-01", invoiced=amount)])
    engine.define("DELETE FROM allocations")
    posted_again(engine)
    with pytest.raises(UnbalancedError, match=r"shares do not add up to their cost \(1\): u:vehicle is off"):
        check_balance(engine)


def test_two_shares_of_one_payer_are_one_posting() -> None:
    engine = accounted(CITY, BOOK, uses=[use("u", date="2025-01-01", invoiced="9")])
    before = posted_again(engine)
    engine.define("UPDATE allocations SET amount = 4.50")
    engine.define("INSERT INTO allocations SELECT * FROM allocations")
    assert posted_again(engine) == before
    assert len(before) == 2


MONEY = st.decimals(min_value=0, max_value=10**6, places=2)
ARRANGEMENTS = st.sampled_from(["campaign travel", "official", "unknown", None])


@st.composite
def books(draw: st.DrawFn) -> dict[str, Any]:
    count = draw(st.integers(1, 5))
    uses = [
        use(
            f"u{n}",
            vehicle=draw(st.sampled_from(["A", "B", None])),
            date=f"2025-01-0{draw(st.integers(1, 3))}",
            hours=draw(st.none() | st.decimals(min_value=0, max_value=20, places=1)),
            trip=draw(st.sampled_from(["s", "t", None])),
            agency=draw(st.sampled_from(["Police", None])),
            invoiced=draw(st.none() | MONEY),
            currency=draw(st.sampled_from(["USD", "CAD", None])),
        )
        for n in range(count)
    ]
    expenses = [
        {
            "record_id": f"x{n}",
            "amount": draw(MONEY),
            "currency": draw(st.sampled_from(["USD", "CAD", None])),
            "trip": draw(st.sampled_from(["s", "t", "nowhere", None])),
            "vehicle": draw(st.sampled_from(["A", None])),
            "day": "2025-01-02",
            "cost_class": draw(st.sampled_from(["airfare", "salary", "meals", None])),
        }
        for n in range(draw(st.integers(0, 4)))
    ]
    instruments = st.sampled_from(["order", "settlement", None])
    obligations = [
        {
            "record_id": f"o{n}",
            "instrument": draw(instruments),
            "supersedes": draw(instruments),
            "payer": draw(st.sampled_from(["The Mayor", "The Campaign Committee", None])),
            "kind": draw(st.sampled_from(["restitution", "fine", None])),
            "amount": draw(st.none() | MONEY),
            "currency": draw(st.sampled_from(["USD", None])),
        }
        for n in range(draw(st.integers(0, 4)))
    ]
    repayments = [
        {"record_id": f"r{n}", "instrument": draw(instruments), "payer": "The Mayor", "amount": draw(MONEY)}
        for n in range(draw(st.integers(0, 2)))
    ]
    return {
        "uses": uses,
        "rates": [rate("A", "123.45"), rate("B", "7.77", agency="Police"), rate("B", "1", currency="CAD")],
        "determinations": [decided(row["use_id"], draw(ARRANGEMENTS)) for row in uses],
        "expenses": expenses,
        "obligations": obligations,
        "repayments": repayments,
    }


@property_settings(max_examples=30, deadline=None)
@given(books())
def test_postings_balance_and_shares_add_up_whatever_the_records(tables: dict[str, Any]) -> None:
    engine = accounted(CITY, BOOK, **tables)
    entries: dict[tuple[str, str], Decimal] = {}
    for row in relation(engine, "postings"):
        key = (row["entry_id"], row["currency"])
        entries[key] = entries.get(key, Decimal(0)) + row["amount"]
    assert set(entries.values()) <= {Decimal(0)}
    spent = {row["cost_id"]: row["amount"] for row in relation(engine, "costs")}
    shared: dict[str, Decimal] = {}
    for row in relation(engine, "allocations"):
        shared[row["cost_id"]] = shared.get(row["cost_id"], Decimal(0)) + row["amount"]
    assert shared == spent


@property_settings(max_examples=10, deadline=None)
@given(books(), st.randoms(use_true_random=False))
def test_the_account_does_not_depend_on_the_order_of_rows(tables: dict[str, Any], chance: Any) -> None:
    shuffled = {name: chance.sample(rows, len(rows)) for name, rows in tables.items()}
    one, other = accounted(CITY, BOOK, **tables), accounted(CITY, BOOK, **shuffled)
    for name in ("costs", "allocations", "postings", "receivables"):
        assert relation(one, name) == relation(other, name)
