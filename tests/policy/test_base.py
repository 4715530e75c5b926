"""What is charged or shared instead of the recorded cost: read, shown, and computed alike by twin and SQL."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policy.books import with_rules
from wardbook.policy.cost_rule_sql import RuleSql
from wardbook.policy.cost_words import show_base, what_is_borne
from wardbook.policy.costs import LIMIT, borne
from wardbook.policy.model import (
    THE_COST,
    Base,
    Choice,
    CostRule,
    Fact,
    FactType,
    FactValue,
    Part,
    Rulebook,
    products_of,
)
from wardbook.policy.read import load_text
from wardbook.policy.read_base import BaseError, read_base
from wardbook.policy.refusal import RulebookError

FACTS = (
    Fact("fare", "", FactType.MONEY, (), "", "the fare of an airline", 1, unit="USD"),
    Fact("rate", "", FactType.MONEY, (), "", "the rates", 1, unit="USD"),
    Fact("euros", "", FactType.MONEY, (), "", "the invoice", 1, unit="EUR"),
    Fact("miles", "", FactType.DECIMAL, (), "", "the odometer", 1),
    Fact("riders", "", FactType.WHOLE, (), "", "the list of riders", 1),
    Fact("bed and board", "", FactType.MONEY, (), "", "the bill", 1, unit="USD"),
    Fact("agency", "", FactType.TEXT, (), "", "the log", 1),
)
BY_NAME = {fact.name: fact for fact in FACTS}
VALUES: dict[str, FactValue] = {
    "fare": Decimal("310.40"),
    "rate": Decimal("0.66"),
    "miles": Decimal("120.5"),
    "riders": 3,
    "bed and board": Decimal("181.00"),
}
BOOK = Rulebook("", "", "", "", "", "", {"currency": "USD"}, FACTS, {}, (), (), (), (), "")


def charged(base: Base | Choice, **more: object) -> CostRule:
    return CostRule("x", "airfare", "campaign", "charge", "law", "", 1, base=base, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("base", "amount"),
    [
        ("25.00", "25.00"),
        ("fare x riders", "931.20"),
        ("rate x miles", "79.53"),
        ("the lesser of the cost and fare", "310.40"),
        ("the greater of the cost and fare", "500.00"),
        ("the lesser of the cost and 75.00 x riders", "225.00"),
        ("the cost less 120.00", "380.00"),
        ("the cost less 1,200.00", "0.00"),
        ("rate x miles less rate x 100", "13.53"),
        ("the greater of 90 and rate x miles", "90.00"),
        ("the lesser of the cost, fare and bed and board", "181.00"),
        ("the greater of 10 and the lesser of the cost and rate x miles", "79.53"),
        ("The Lesser of the cost  less 100 and fare", "310.40"),
        ("the cost x 0.5", "250.00"),
        ("bed and board less 0.5 x riders", "179.50"),
    ],
)
def test_what_a_base_comes_to_of_a_cost_of_500(base: str, amount: str) -> None:
    read = read_base(base, BY_NAME)
    assert borne(BOOK, charged(read), "airfare", Decimal("500.00"), VALUES) == (Decimal(amount), "")
    assert read_base(show_base(read), BY_NAME) == read


@pytest.mark.parametrize(
    ("base", "message"),
    [
        ("", "expected a money fact or amount"),
        ("the cost", "The recorded cost itself needs no base."),
        ("fair", 'Did you mean "fare"?'),
        ("the lesser of fare", "the lesser of the cost and fare"),
        ("the lesser of fare and", "the lesser of the cost and fare"),
        ("the least of fare and rate", "the lesser of the cost and fare"),
        ("fare less", "the cost less 100.00"),
        ("fare less rate less rate", "the cost less 100.00"),
        ("fare x riders x miles", "rate x miles"),
        ("0,655 x miles", 'found "0,655 x miles"'),
        ("agency x riders", "agency is text"),
        ("fare x rate", "rate is money"),
        ("miles x rate", "miles is decimal"),
        ("the lesser of the cost and euros less fare", "money facts in one currency"),
        ("the lesser of 1 and the lesser of 2 and the lesser of 3 and the lesser of 4 and 5", "expected"),
        ("fare " * 200, "expected a money fact"),
    ],
)
def test_what_a_base_refuses(base: str, message: str) -> None:
    with pytest.raises(BaseError) as refused:
        read_base(base, BY_NAME)
    assert message in str(refused.value)


def test_names_that_hold_the_word_and_are_read_in_one_way_or_refused() -> None:
    twins = {
        name: Fact(name, "", FactType.MONEY, (), "", "", 1) for name in ("a", "b", "a and b", "b and c", "c")
    }
    with pytest.raises(BaseError, match="can be read in one way"):
        read_base("the lesser of a and b and c", twins)
    assert read_base("the lesser of c, a and b", twins) == Choice(False, (Base("c"), Base("a"), Base("b")))


def test_a_fact_not_on_record_and_a_refund_leave_it_open() -> None:
    base = charged(read_base("the lesser of the cost and fare", BY_NAME))
    assert borne(BOOK, base, "airfare", Decimal(5), {}) == (
        None,
        "fare is not on record (settled by the fare of an airline)",
    )
    amount, why = borne(BOOK, base, "airfare", Decimal(-5), VALUES)
    assert amount is None
    assert "refund" in why


def test_in_words() -> None:
    base = read_base("the lesser of the cost and 75.00 x riders", BY_NAME)
    words = "the lesser of the cost and 75 x riders"
    assert what_is_borne(charged(base)) == f"{words} (a half cent rounded up)"
    assert what_is_borne(charged(base), {"riders": 2}).startswith(f"{words} (75.00 x 2)")
    assert what_is_borne(charged(read_base("the cost less fare", BY_NAME))) == "the cost less the fare"
    half = charged(base, part=Part(Decimal("0.5")))
    assert "50 % of the lesser of the cost and 75 x riders" in what_is_borne(half)
    loaded = CostRule(
        "x", "airfare", "campaign", "full plus", "law", "", 1, base=Base("fare"), loading=Decimal("0.1")
    )
    assert what_is_borne(loaded).startswith("the fare and 10 % on top instead of the recorded cost")


COSTS = """
## Costs

| arrangement | cost class | payer | method | base | cites | write down |
|---|---|---|---|---|---|---|
| x | airfare | campaign | charge | {} | code-4 | |
"""
RULE = "| rule | cites | in force | => costs |\n|---|---|---|---|\n| a | code-4 | always | x |\n"
MONEY = """
## Facts

| fact | reads | type | values | question | settled by |
|---|---|---|---|---|---|
| fare | - | money | | What is a seat? | the airline |
"""


def test_a_base_in_a_rulebook_names_its_cell() -> None:
    book = load_text(with_rules(RULE, MONEY, COSTS.format("the lesser of the cost and fare")), "t.md")
    assert book.cost_rules[0].base == Choice(False, (Base(THE_COST), Base("fare")))
    with pytest.raises(RulebookError) as refused:
        load_text(with_rules(RULE, MONEY, COSTS.format("the lesser of the cost and fair")), "t.md")
    assert "(column base)" in str(refused.value)


# ---------------------------------------------------------------- the twin, the SQL and a naive reading

TERMS = st.sampled_from(
    [THE_COST, "fare", "rate", "bed and board", Decimal(75), Decimal("0.125"), Decimal(0)]
)
TIMES = st.sampled_from(["miles", "riders", Decimal(1), Decimal("0.5"), Decimal("1.333333")])
PRODUCTS = st.builds(Base, TERMS, TIMES)
BASES: st.SearchStrategy[Base | Choice] = st.recursive(
    st.builds(Base, TERMS, TIMES, st.none() | PRODUCTS),
    lambda inner: st.builds(
        Choice, st.booleans(), st.lists(inner, min_size=2, max_size=3).map(lambda found: tuple(found))
    ),
    max_leaves=4,
)
AMOUNTS = st.decimals(0, 1000, places=2) | st.decimals(0, Decimal(10**13), places=2)
USES = st.fixed_dictionaries(
    {
        "fare": st.none() | AMOUNTS,
        "rate": AMOUNTS,
        "bed and board": AMOUNTS,
        "miles": st.none() | st.decimals(0, 10**6, places=6),
        "riders": st.integers(0, 9) | st.integers(0, 10**12),
    }
)
KINDS = {"miles": "DECIMAL(18,6)", "riders": "BIGINT"}


def naive(base: Base | Choice, cost: Decimal, use: Mapping[str, FactValue]) -> Fraction:
    """A base as its words say it."""
    if isinstance(base, Choice):
        return (max if base.greater else min)(naive(one, cost, use) for one in base.among)
    known = {**use, THE_COST: cost}
    amount, times = (term if isinstance(term, Decimal) else known[term] for term in (base.amount, base.times))
    product = Fraction(amount) * Fraction(times)  # type: ignore[arg-type]
    return max(product - naive(base.less, cost, use), Fraction(0)) if base.less else product


@settings(max_examples=200, deadline=None)
@given(
    BASES,
    USES,
    AMOUNTS | st.just(Decimal(-1)),
    st.sampled_from(["half up", "half even", "down", "up"]),
    st.sampled_from([None, Part(Decimal(1), Decimal(3)), Part("riders", Decimal(4)), "loading"]),
)
def test_the_sql_the_twin_and_the_words_agree(
    base: Base | Choice, use: dict[str, FactValue], cost: Decimal, rounding: str, more: Part | str | None
) -> None:
    rule = charged(base, rounding=rounding, part=more if isinstance(more, Part) else None)
    if more == "loading":
        rule = charged(base, rounding=rounding, loading=Decimal("0.1"))
    amount, why = borne(BOOK, rule, "airfare", cost, use)
    single = RuleSql(BOOK, {fact.name: f'"{fact.name}"' for fact in FACTS})
    columns = ", ".join(f'CAST(? AS {KINDS.get(name, "DECIMAL(18,2)")}) AS "{name}"' for name in use)
    text = f"SELECT {single.borne(rule, 'airfare', 'cost')}, {single.open_point(rule, 'cost')} "
    text += f"FROM (SELECT CAST(? AS DECIMAL(18,2)) AS cost, {columns})"
    found = duckdb.connect().execute(text, [cost, *use.values()]).fetchall()
    assert found == [(amount, why or None)]
    if amount is not None:
        exact = naive(base, cost, use)
        if rule.part is not None:
            top = use["riders"] if rule.part.top == "riders" else rule.part.top
            exact *= Fraction(top) / Fraction(rule.part.bottom)  # type: ignore[arg-type]
        assert abs(exact * (1 + Fraction(rule.loading)) - Fraction(amount)) < Fraction(1, 100)
    elif cost >= 0:
        asked = {term for one in products_of(base) for term in (one.amount, one.times)}
        large = any(naive(one, cost, use) * 2 >= 10**15 for one in products_of(base) if _known(one, use))
        values = [use.get(str(term), 0) for term in asked]
        beyond = any(value is None or Decimal(str(value)) >= LIMIT for value in values)
        assert large or beyond or rule.part is not None


def _known(base: Base, use: Mapping[str, FactValue]) -> bool:
    return all(use.get(str(term), 0) is not None for term in (base.amount, base.times))
