from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardbook.intake.cells import (
    BadCellError,
    read_hours,
    read_length,
    read_money,
    read_whole,
    read_yes_no,
)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("$1,400.00", "1400.00"),
        ("(7.25)", "-7.25"),
        ("($7.25)", "-7.25"),
        ("-$7.25", "-7.25"),
        ("$-7.25", "-7.25"),
        ("7.25-", "-7.25"),
        ("USD 12", "12.00"),
        ("12.5 EUR", "12.50"),
        ("£0.01", "0.01"),
        ("90", "90.00"),
        ("$ 90", "90.00"),
        ("1400.000", "1400.00"),
        ("-", None),
        ("$ -", None),
    ],
)
def test_money(text: str, amount: str | None) -> None:
    assert read_money(text) == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    "text",
    ["12.345", "1,40", "1.400,00", "--5", "(-5)", "NaN", "1e3", "twelve", "$", "1,4000", "9" * 17, "٣"],
)
def test_money_that_cannot_be_read_is_refused_and_not_rounded(text: str) -> None:
    with pytest.raises(BadCellError):
        read_money(text)


def test_a_decimal_comma_is_read_only_when_stated() -> None:
    assert read_money("1.400,50 EUR", ",") == Decimal("1400.50")
    with pytest.raises(BadCellError, match="decimal = "):
        read_money("1.400,50 EUR")


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_money_written_in_any_of_its_ways_is_the_same_amount(amount: Decimal) -> None:
    ways = {f"{amount}", f"{amount:,}", f"${abs(amount):,}" if amount >= 0 else f"(${abs(amount):,})"}
    assert {read_money(way) for way in ways} == {amount}


@pytest.mark.parametrize(
    ("text", "unit", "hours"),
    [
        ("1.5", "h", "1.500"),
        ("100", "min", "1.667"),
        ("5400", "s", "1.500"),
        ("1:30", "h:mm", "1.500"),
        ("24", "h", "24.000"),
    ],
)
def test_hours(text: str, unit: str, hours: str) -> None:
    assert str(read_hours(text, unit)) == hours


@pytest.mark.parametrize(
    ("text", "unit"), [("-1", "h"), ("24.01", "h"), ("25:00", "h:mm"), ("1:75", "h:mm"), ("1.5h", "h")]
)
def test_negative_and_absurd_hours_are_refused(text: str, unit: str) -> None:
    with pytest.raises(BadCellError):
        read_hours(text, unit)


@pytest.mark.parametrize(
    ("text", "unit", "metres"),
    [("1", "mi", 1609), ("10", "mi", 16093), ("1", "nm", 1852), ("1.5", "km", 1500)],
)
def test_lengths(text: str, unit: str, metres: int) -> None:
    assert read_length(text, unit) == metres


@pytest.mark.parametrize("text", ["-1", "900197"])
def test_a_distance_backwards_or_round_the_earth_is_refused(text: str) -> None:
    with pytest.raises(BadCellError):
        read_length(text, "mi")


def test_whole_numbers_and_words() -> None:
    assert read_whole("1,200") == 1200
    assert read_whole("12.0") == 12
    assert read_yes_no("Y")
    assert not read_yes_no("off", ("on",), ("off",))
    for text in ("1.5", "9" * 19):
        with pytest.raises(BadCellError):
            read_whole(text)
    with pytest.raises(BadCellError, match="one of on, off"):
        read_yes_no("maybe", ("on",), ("off",))
