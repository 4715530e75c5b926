"""What each use cost: the invoice, else hours or miles times the rate in force."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.accounts.small_book import accounted, decided, rate, relation, rulebook, use

POLICY = rulebook()


def costs(**tables: Any) -> list[dict[str, Any]]:
    return relation(accounted(POLICY, **tables), "costs")


def test_a_use_without_an_invoice_costs_hours_times_rate() -> None:
    (cost,) = costs(
        uses=[use("u", vehicle="N1WV", date="2025-02-03", hours="1.0")],
        rates=[rate("N1WV", "1400.00")],
        vehicles=[{"vehicle": "N1WV", "kind": "airplane"}],
    )
    assert (cost["cost_class"], cost["basis"], cost["amount"]) == (
        "flight hours",
        "hours x rate",
        Decimal("1400.00"),
    )
    assert cost["sources"] == ["log-u", "rate-N1WV-1400.00"]


@pytest.mark.parametrize(
    ("vehicle", "hours", "amount", "invoiced", "computed"),
    [
        ("N1WV", "7.1", "1400", "5949.25", "9940.00"),
        ("N3WV", "2.6", "1100", "2340.00", "2860.00"),
        ("N890SP", "5.9", "400", "2356.00", "2360.00"),
    ],
)
def test_an_invoice_is_the_cost_and_stands_beside_what_is_computed(
    vehicle: str, hours: str, amount: str, invoiced: str, computed: str
) -> None:
    (cost,) = costs(
        uses=[use("u", vehicle=vehicle, date="2025-02-27", hours=hours, invoiced=invoiced, currency="USD")],
        rates=[rate(vehicle, amount)],
    )
    assert cost["basis"] == "invoice"
    assert (cost["amount"], cost["computed"]) == (Decimal(invoiced), Decimal(computed))


def test_an_invoice_of_nothing_is_an_invoice() -> None:
    (cost,) = costs(
        uses=[use("u", vehicle="A", date="2025-01-01", hours="1", invoiced="0")], rates=[rate("A", "100")]
    )
    assert (cost["basis"], cost["amount"], cost["computed"]) == (
        "invoice",
        Decimal("0.00"),
        Decimal("100.00"),
    )


def test_the_agency_s_own_rate_wins_over_the_general_one_though_it_is_older() -> None:
    (cost,) = costs(
        uses=[use("u", vehicle="A", date="2025-01-01", hours="1", agency="State Police")],
        rates=[
            rate("A", "1100", valid_from="2024-01-01"),
            rate("A", "900", agency="State Police", valid_from="2020-01-01"),
            rate("A", "700", agency="Forestry"),
        ],
    )
    assert cost["amount"] == Decimal("900.00")


def test_the_latest_dated_rate_in_force_wins() -> None:
    (cost,) = costs(
        uses=[use("u", vehicle="A", date="2025-01-01", hours="1")],
        rates=[
            rate("A", "1"),
            rate("A", "2", valid_from="2020-01-01"),
            rate("A", "3", valid_from="2024-06-01"),
            rate("A", "4", valid_from="2024-07-01", valid_to="2024-12-31"),
            rate("A", "5", valid_from="2025-01-02"),
        ],
    )
    assert cost["amount"] == Decimal("3.00")


def test_two_equally_good_rates_of_different_amounts_price_nothing() -> None:
    engine = accounted(
        POLICY,
        uses=[
            use("open", vehicle="A", date="2025-01-01", hours="1"),
            use("billed", vehicle="A", date="2025-01-01", hours="1", invoiced="7"),
        ],
        rates=[rate("A", "1"), rate("A", "2")],
    )
    (cost,) = relation(engine, "costs")
    assert (cost["use_id"], cost["amount"], cost["computed"]) == ("billed", Decimal("7.00"), None)


def test_two_records_of_one_rate_are_not_ambiguous() -> None:
    (cost,) = costs(
        uses=[use("u", vehicle="A", date="2025-01-01", hours="2")],
        rates=[rate("A", "3", record_id="x"), rate("A", "3", record_id="y")],
    )
    assert (cost["amount"], cost["sources"]) == (Decimal("6.00"), ["log-u", "x", "y"])


def test_miles_are_priced_from_the_logged_distance() -> None:
    (cost,) = costs(
        uses=[use("u", vehicle="van", date="2025-01-01")],
        log_entries=[{"record_id": "log-u", "distance_m": 160934}],
        rates=[rate("van", "0.67", unit="mile")],
    )
    assert (cost["cost_class"], cost["basis"]) == ("mileage", "distance x rate")
    assert cost["amount"] == Decimal("67.00")  # 99.9997... miles


def test_an_invoice_in_another_currency_is_not_compared_with_the_rate() -> None:
    (cost,) = costs(
        uses=[use("u", vehicle="A", date="2025-01-01", hours="1", invoiced="5", currency="CAD")],
        rates=[rate("A", "4")],
    )
    assert (cost["amount"], cost["currency"], cost["computed"]) == (Decimal("5.00"), "CAD", None)


@settings(max_examples=25, deadline=None)
@given(
    hours=st.decimals(min_value=0, max_value=999, places=3),
    amount=st.decimals(min_value=0, max_value=99999, places=2),
    metres=st.integers(min_value=0, max_value=10_000_000),
)
def test_products_are_rounded_half_up_to_the_cent(hours: Decimal, amount: Decimal, metres: int) -> None:
    found = {
        cost["use_id"]: cost["amount"]
        for cost in costs(
            uses=[
                use("h", vehicle="A", date="2025-01-01", hours=hours),
                use("m", vehicle="B", date="2025-01-01"),
            ],
            log_entries=[{"record_id": "log-m", "distance_m": metres}],
            rates=[rate("A", str(amount)), rate("B", str(amount), unit="mile")],
        )
    }
    cent = Decimal("0.01")
    assert found["h"] == (hours * amount).quantize(cent, ROUND_HALF_UP)
    assert found["m"] == (metres * amount / Decimal("1609.344")).quantize(cent, ROUND_HALF_UP)


def expense(record_id: str, **columns: Any) -> dict[str, Any]:
    row = {"record_id": record_id, "amount": "10.00", "currency": "USD", "cost_class": "Lodging"}
    return {**row, "day": "2019-05-17", **columns}


def test_an_expense_goes_to_the_first_use_of_its_trip() -> None:
    engine = accounted(
        POLICY,
        uses=[
            use("b", date="2019-05-17", trip="Iowa"),
            use("c", date="2019-05-16", trip="Iowa", start_at="2019-05-16T20:00:00Z"),
            use("d", date="2019-05-16", trip="Iowa", start_at="2019-05-16T08:00:00Z"),
        ],
        expenses=[expense("x", trip="Iowa")],
    )
    (cost,) = relation(engine, "costs")
    assert (cost["cost_id"], cost["use_id"], cost["cost_class"]) == ("x", "d", "lodging")


def test_an_expense_without_a_trip_goes_by_vehicle_and_days() -> None:
    engine = accounted(
        POLICY,
        uses=[use("u", date="2019-05-18", vehicle="van"), use("v", date="2019-05-20", vehicle="van")],
        expenses=[
            expense("in", vehicle="van", day_to="2019-05-19"),
            expense("out", vehicle="van", day="2019-05-21"),
            expense("other trip", vehicle="van", day="2019-05-18", trip="Ohio"),
        ],
    )
    assert {cost["cost_id"]: cost["use_id"] for cost in relation(engine, "costs")} == {
        "in": "u",
        "out": None,
        "other trip": None,
    }


def test_costs_do_not_depend_on_the_order_of_rows() -> None:
    uses = [
        use(f"u{n}", vehicle="A", date="2025-01-01", hours=str(n), trip="t", agency="x" if n % 2 else None)
        for n in range(9)
    ]
    tables: dict[str, Any] = {
        "uses": uses,
        "rates": [rate("A", "5"), rate("A", "6", agency="x")],
        "expenses": [expense(f"e{n}", trip="t") for n in range(5)],
        "determinations": [decided(row["use_id"], "a") for row in uses],
    }
    turned = {name: rows[::-1] for name, rows in tables.items()}
    for name in ("costs", "allocations", "postings", "receivables"):
        assert relation(accounted(POLICY, **tables), name) == relation(accounted(POLICY, **turned), name)
