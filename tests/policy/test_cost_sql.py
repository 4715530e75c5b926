"""The SQL of the cost rules gives what the slow twin gives, to the cent, and runs on Spark as it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardbook.policy.cost_sql import CostSql
from wardbook.policy.costs import PUBLIC_BODY, payments
from wardbook.policy.model import Base, CostRule, Fact, FactType, Part, Rulebook

ROUNDINGS = ("half up", "half even", "down", "up")
TYPES = {
    "riders": (FactType.WHOLE, "BIGINT"),
    "seats": (FactType.WHOLE, "BIGINT"),
    "political miles": (FactType.DECIMAL, "DECIMAL(18,6)"),
    "total miles": (FactType.DECIMAL, "DECIMAL(18,6)"),
    "hours": (FactType.DURATION, "DECIMAL(9,3)"),
    "fare": (FactType.MONEY, "DECIMAL(18,2)"),
    "political share": (FactType.SHARE, "DECIMAL(18,6)"),
}
FACTS = tuple(Fact(name, "", kind, (), "", f"the {name} log", 1) for name, (kind, _) in TYPES.items())

PARTS = (
    Part("riders", "seats"),
    Part("political miles", "total miles"),
    Part("political share"),
    Part("riders", "total miles"),
    Part("hours", Decimal("7.5")),
    Part(Decimal(1), Decimal(2)),
    Part(Decimal("0.371234")),
    Part(Decimal(1), "seats"),
)
BASES = (
    Base("fare"),
    Base("fare", "hours"),
    Base("fare", "political miles"),
    Base(Decimal("0.655"), "total miles"),
    Base(Decimal(2500), "hours"),
    Base("fare", Decimal("1.5")),
    Base(Decimal("120.005")),
)


def rule(arrangement: str, payer: str, method: str, **more: Any) -> CostRule:
    return CostRule(arrangement, "airfare", payer, method, "law", "", 1, **more)


def every_rule() -> Iterator[CostRule]:
    numbers = (f"arrangement {n}" for n in range(10**6))
    yield rule(next(numbers), "campaign", "full")
    yield rule(next(numbers), "campaign", "none")
    yield rule(next(numbers), "nobody", "none")
    yield rule(next(numbers), "campaign", "added only")
    for rounding in ROUNDINGS:
        for part in PARTS:
            yield rule(next(numbers), "campaign", "share by time", part=part, rounding=rounding)
        for base in BASES:
            yield rule(next(numbers), "campaign", "comparable rate", base=base, rounding=rounding)
        for part, base in product((PARTS[0], PARTS[1], PARTS[5]), (BASES[1], BASES[2], BASES[3])):
            name = next(numbers)
            yield rule(name, "campaign", "share by heads", part=part, base=base, rounding=rounding)
            yield rule(name, "party", "the rest")
        for loading in ("0.25", "0.003333"):
            yield rule(next(numbers), "campaign", "full plus", loading=Decimal(loading), rounding=rounding)
        name = next(numbers)
        yield rule(name, "campaign", "share by time", part=PARTS[0], rounding=rounding)
        yield rule(name, "party", "share by heads", part=PARTS[2], rounding=rounding)
        yield rule(name, "{agency}", "comparable fare", base=BASES[0], rounding=rounding)


RULES = tuple(every_rule())
BOOK = Rulebook("", "", "", "", "", "", {}, FACTS, {}, (), (), RULES, (), "")
ARRANGEMENTS = tuple(dict.fromkeys(rule.arrangement for rule in RULES))


PAYERS = ("campaign", "party", "{agency}", PUBLIC_BODY)


def cost_sql(names: tuple[str, ...]) -> CostSql:
    rules = tuple(rule for rule in RULES if rule.arrangement in names)
    columns = {fact.name: f"f{at}" for at, fact in enumerate(FACTS)}
    return CostSql(replace(BOOK, cost_rules=rules), columns)


SQL = cost_sql(ARRANGEMENTS[:30])


def results(
    rows: Sequence[Mapping[str, Any]], names: tuple[str, ...]
) -> dict[tuple[int, str], dict[str, Any]]:
    """What the SQL gives for each row under each arrangement."""
    types = ["INTEGER", "DECIMAL(18,2)", *(kind for _, kind in TYPES.values())]
    connection = duckdb.connect()
    columns = ", ".join(f"c{at} {kind}" for at, kind in enumerate(types))
    connection.execute(f"CREATE TABLE given ({columns})")
    marks = ", ".join("?" for _ in types)
    connection.executemany(
        f"INSERT INTO given VALUES ({marks})",
        [[at, row["cost"], *(row[name] for name in TYPES)] for at, row in enumerate(rows)],
    )
    connection.execute("CREATE TABLE arrangements (costs VARCHAR)")
    connection.executemany("INSERT INTO arrangements VALUES (?)", [[name] for name in names])
    sql = cost_sql(names)
    shares = sql.shares({"airfare": "c1"})
    points = sql.open_points({"airfare": "c1"})
    facts = ", ".join(f"c{at + 2} AS f{at}" for at in range(len(TYPES)))
    amounts = ", ".join(f'{column.amount} AS "{column.payer}"' for column in shares)
    found = connection.execute(
        f"SELECT c0, costs, {amounts}, {points['airfare']} AS point "
        f"FROM (SELECT *, {facts} FROM given, arrangements)"
    )
    names_out = [column[0] for column in found.description]
    return {(row[0], row[1]): dict(zip(names_out[2:], row[2:], strict=True)) for row in found.fetchall()}


def expected(row: Mapping[str, Any], arrangement: str) -> dict[str, Any]:
    """What the twin gives: the amount of each payer, and the open points."""
    shares = payments(BOOK, arrangement, {"airfare": row["cost"]}, row)
    amounts: dict[str, Decimal | None] = dict.fromkeys(PAYERS, Decimal(0))
    amounts |= {share.payer: share.amount for share in shares}
    points = [share.open_point for share in shares if share.amount is None]
    if points:
        amounts[PUBLIC_BODY] = None
    return {**amounts, "point": points[-1] if points else None}


def agree(rows: Sequence[Mapping[str, Any]], names: tuple[str, ...] = ARRANGEMENTS) -> int:
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for start in range(0, len(names), 12):
        found |= results(rows, names[start : start + 12])
    for at, row in enumerate(rows):
        for name in names:
            wanted = expected(row, name)
            given = {payer: found[at, name].get(payer, wanted[payer] and Decimal(0)) for payer in wanted}
            assert given == wanted, (row, [r for r in RULES if r.arrangement == name])
            shared = [amount for payer, amount in given.items() if payer != "point"]
            assert None in shared or sum(shared) == row["cost"]
    return len(found)


def decimals(top: str, places: int) -> st.SearchStrategy[Decimal | None]:
    inside = st.decimals(min_value=0, max_value=Decimal(top), places=places)
    return st.none() | inside | st.decimals(min_value=0, max_value=9, places=places)


ROWS = st.fixed_dictionaries(
    {
        "cost": st.decimals(min_value=-(10**10), max_value=10**10, places=2)
        | st.decimals(min_value=-5, max_value=5, places=2),
        "riders": st.none() | st.integers(-1, 9) | st.integers(0, 2**63 - 1),
        "seats": st.none() | st.integers(0, 12) | st.integers(0, 10**12),
        "political miles": decimals("999999999999", 6),
        "total miles": decimals("999999999999", 6),
        "hours": decimals("999999", 3),
        "fare": decimals("10000000000", 2) | st.decimals(-1, Decimal(9999999999999999), places=2),
        "political share": decimals("1", 6),
    }
)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(ROWS, min_size=1, max_size=8),
    st.lists(st.sampled_from(ARRANGEMENTS), min_size=1, max_size=6, unique=True),
)
def test_the_sql_gives_what_the_twin_gives(rows: Sequence[Mapping[str, Any]], names: list[str]) -> None:
    agree(rows, tuple(names))


HALVES = [Decimal(cents) / 100 for cents in range(-9, 10)]


def test_half_cents_of_either_sign() -> None:
    """Every cost from -9 to 9 cents, halved and parted by 3 and 4, under all roundings."""
    known = dict.fromkeys(TYPES, None) | {"riders": 1, "political share": Decimal("0.5")}
    rows = [{**known, "cost": cost, "seats": seats} for cost in HALVES for seats in (2, 3, 4)]
    names = tuple(rule.arrangement for rule in RULES if rule.base is None and rule.method != "the rest")
    assert agree(rows, names) == len(rows) * len(set(names))


def test_the_largest_figures_stay_exact() -> None:
    """10^12 cents, facts of 12 digits and 6 decimals, and a product that no engine could hold."""
    most = Decimal("999999999999.999999")
    known: dict[str, Any] = {
        "riders": 999_999_999_998,
        "seats": 999_999_999_999,
        "political miles": most - Decimal("0.000001"),
        "total miles": most,
        "hours": Decimal("999999.999"),
        "fare": Decimal("9999999999.99"),
        "political share": Decimal("0.999999"),
    }
    rows = [{**known, "cost": Decimal(10**10) * sign} for sign in (1, -1)]
    agree(rows)
    points = {expected(row, name)["point"] for row in rows for name in ARRANGEMENTS}
    assert points == {
        None,
        "an amount is 1,000,000,000,000,000 or more",
        "hours is more than 7.5",
        "the cost is a refund, and what is charged instead of it does not say what is given back",
    }


def test_no_double_and_no_cost_and_no_arrangement() -> None:
    connection = duckdb.connect()
    (amount, *_) = SQL.shares({"airfare": "c1"})
    facts = ", ".join(f"CAST(NULL AS {kind}) AS f{at}" for at, (_, kind) in enumerate(TYPES.values()))
    given = f"(SELECT CAST(NULL AS DECIMAL(18,2)) AS c1, 'arrangement 0' AS costs, {facts})"
    points = SQL.open_points({"airfare": "c1"})["airfare"]
    query = f"SELECT {amount.amount}, typeof({amount.amount}), {points} FROM {given}"
    assert connection.execute(query).fetchall() == [(None, "DECIMAL(18,2)", None)]
    other = given.replace("CAST(NULL AS DECIMAL(18,2))", "CAST(1 AS DECIMAL(18,2))")
    for costs, why in (
        ("CAST(NULL AS VARCHAR)", "the arrangement of costs is undetermined"),
        ("'elsewhere'", "the rulebook has no cost rule for airfare under elsewhere"),
    ):
        relation = other.replace("'arrangement 0'", costs)
        query = f"SELECT {amount.amount}, {points} FROM {relation}"
        assert connection.execute(query).fetchall() == [(None, why)]
    whole = " ".join(column.amount for column in SQL.shares({"airfare": "c1"}))
    assert "DOUBLE" not in whole
    assert " / " not in whole


def test_spark_reads_the_same_text() -> None:
    """sqlglot writes it for Spark, where whole numbers of 38 digits are DECIMAL(38,0)."""
    sqlglot = pytest.importorskip("sqlglot")
    text = ", ".join(column.amount for column in SQL.shares({"airfare": "c1"}))
    spark = sqlglot.transpile(f"SELECT {text}", read="duckdb", write="spark")[0]
    assert " DIV " in spark
    assert sqlglot.parse_one(spark, read="spark")
