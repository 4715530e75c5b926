"""The rate of the day of use: its dates are inclusive, and a gap between rates prices nothing."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.accounts.small_book import accounted, rate, relation, rulebook, use

FIRST = date(2025, 1, 1)
DAYS = st.integers(0, 9).map(lambda n: FIRST + timedelta(days=n))
SPANS = st.tuples(st.none() | DAYS, st.none() | DAYS).filter(
    lambda span: span[0] is None or span[1] is None or span[0] <= span[1]
)
AGENCIES = st.sampled_from([None, "State Police", "Forestry"])
RATES = st.lists(st.tuples(SPANS, AGENCIES, st.integers(1, 4)), max_size=6)

Rate = tuple[tuple[date | None, date | None], str | None, int]


def naive_price(rates: list[Rate], agency: str | None, day: date) -> Decimal | None:
    """The one rate in force: the agency's own before a general one, then the latest dated; else None."""
    in_force = [
        (own, start, amount)
        for (start, end), own, amount in rates
        if own in (None, agency) and (start is None or start <= day) and (end is None or day <= end)
    ]
    own_ones = [one for one in in_force if one[0] is not None]
    candidates = own_ones or in_force
    latest = max((start for _, start, _ in candidates if start is not None), default=None)
    amounts = {amount for _, start, amount in candidates if start == latest}
    return Decimal(amounts.pop()) if len(amounts) == 1 else None


@settings(max_examples=40)
@given(rates=RATES, uses=st.lists(st.tuples(AGENCIES, DAYS, st.integers(1, 24_000)), min_size=1, max_size=8))
def test_each_use_is_priced_by_the_rate_of_its_day(
    rates: list[Rate], uses: list[tuple[str | None, date, int]]
) -> None:
    rows = [
        rate("A", str(amount), record_id=f"r{at}", agency=agency, valid_from=span[0], valid_to=span[1])
        for at, (span, agency, amount) in enumerate(rates)
    ]
    log = [
        use(f"u{at}", vehicle="A", date=day, agency=agency, hours=f"{Decimal(thousandths) / 1000:.3f}")
        for at, (agency, day, thousandths) in enumerate(uses)
    ]
    found = {row["use_id"]: row for row in relation(accounted(rulebook(), uses=log, rates=rows), "costs")}
    wanted = {}
    for at, (agency, day, thousandths) in enumerate(uses):
        price = naive_price(rates, agency, day)
        if price is not None:
            cents = (price * thousandths / 1000).quantize(Decimal("0.01"), ROUND_HALF_UP)
            wanted[f"u{at}"] = (cents, day)
    assert {name: (row["amount"], row["day"]) for name, row in found.items()} == wanted


THREE_YEARS = [
    rate("A", "100", valid_from="2023-01-01", valid_to="2023-12-31"),
    rate("A", "110", valid_from="2024-01-01", valid_to="2024-12-30"),
    rate("A", "120", valid_from="2025-01-01", valid_to="2025-12-31"),
]


@pytest.mark.parametrize(
    ("day", "amount"),
    [
        ("2022-12-31", None),
        ("2023-01-01", "100"),
        ("2023-12-31", "100"),
        ("2024-01-01", "110"),
        ("2024-02-29", "110"),
        ("2024-12-30", "110"),
        ("2024-12-31", None),
        ("2025-01-01", "120"),
        ("2025-12-31", "120"),
        ("2026-01-01", None),
    ],
)
def test_first_and_last_day_are_in_force_and_the_day_between_is_not(day: str, amount: str | None) -> None:
    engine = accounted(rulebook(), uses=[use("u", vehicle="A", date=day, hours="1")], rates=THREE_YEARS)
    found: list[dict[str, Any]] = relation(engine, "costs")
    assert [row["amount"] for row in found] == ([] if amount is None else [Decimal(amount)])


def test_a_use_without_a_day_is_priced_by_a_rate_without_dates_alone() -> None:
    log = [use("u", vehicle="A", hours="1")]
    assert relation(accounted(rulebook(), uses=log, rates=THREE_YEARS), "costs") == []
    (cost,) = relation(accounted(rulebook(), uses=log, rates=[*THREE_YEARS, rate("A", "7")]), "costs")
    assert cost["amount"] == Decimal("7.00")
