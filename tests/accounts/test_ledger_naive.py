"""Random orders, plans and payments: the steps say what a clerk would who goes day by day."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.accounts.ledger_book import due, keep, line, paid, put
from tests.accounts.naive_ledger import Case, Item, Money, Paper, tell
from tests.accounts.small_book import small_book
from wardbook.records.engine import Engine

START = date(2024, 1, 1)
KINDS = ("paid", "paid", "in escrow", "written off")
TABLES = ("obligations", "instalments", "repayments", "write_offs")
RELATIONS = ("postings", "ledger_entries", "order_states", "due_items", "receivables")


def money(most: int) -> st.SearchStrategy[Money]:
    """Sums and days that often meet those of the papers exactly."""
    cents = st.sampled_from([10, 20, 30]).filter(lambda some: some <= most) | st.integers(1, most)
    return st.builds(Money, days(0, 170), cents, st.sampled_from(KINDS))


def days(first: int, last: int) -> st.SearchStrategy[int]:
    tens = [day for day in range(first, last + 1) if day % 10 < 2]
    return st.sampled_from(tens) | st.integers(first, last) if tens else st.integers(first, last)


@st.composite
def papers(draw: st.DrawFn, first: int, last: int) -> Paper:
    cents = draw(st.sampled_from([30, 40, 60]) | st.integers(1, 60))
    day = draw(days(first, last))
    sums = st.sampled_from([10, 20]) | st.integers(1, 30)
    plan = draw(st.lists(st.tuples(days(day, 150), sums), max_size=4))
    lowered = draw(st.lists(money(40), max_size=5))
    return Paper(day, cents, tuple(plan), draw(st.sampled_from((0, 1, 10))), tuple(lowered))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    order = draw(papers(0, 40))
    settlement = draw(st.none() | papers(order.day, 80))
    return Case(order, settlement, draw(st.booleans()))


def day_of(number: int) -> str:
    return (START + timedelta(days=number)).isoformat()


def amount_of(cents: int) -> str:
    return str(Decimal(cents) / 100)


def rows_of(number: int, case: Case) -> Iterator[tuple[str, dict[str, Any]]]:
    """The records of a case, each with its table; every case has instruments of its own."""
    for word, paper in (("order", case.order), ("settlement", case.settlement)):
        if paper is None:
            continue
        name = f"{word} {number}"
        more: dict[str, Any] = {"days_of_grace": paper.grace}
        if word == "settlement":
            more["supersedes"] = f"order {number}"
            more["revives_on_default"] = f"order {number}" if case.revives else None
        yield "obligations", line(f"{name}:o", name, day_of(paper.day), amount_of(paper.cents), **more)
        for at, (when, cents) in enumerate(paper.plan):
            yield "instalments", due(f"{name}:i{at}", name, day_of(when), amount_of(cents))
        for at, one in enumerate(paper.money):
            row = paid(f"{name}:m{at}", name, day_of(one.day), amount_of(one.cents))
            if one.kind == "written off":
                yield "write_offs", row
            else:
                yield "repayments", {**row, "into_escrow": one.kind == "in escrow"}


def told_states(engine: Engine) -> dict[str, dict[str, Any]]:
    return {
        row["instrument"]: {
            "state": row["state"],
            "since": (row["since"] - START).days,
            **{
                name: int(row[name] * 100)
                for name in ("due", "paid", "in_escrow", "written_off", "outstanding")
            },
        }
        for row in engine.dicts("SELECT * FROM order_states")
    }


def told_items(engine: Engine) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for row in engine.dicts("SELECT * FROM due_items"):
        found.setdefault(row["instrument"], []).append(
            Item(
                due_on=(row["due_on"] - START).days,
                cents=int(row["amount"] * 100),
                paid=int(row["paid"] * 100),
                paid_on=None if row["paid_on"] is None else (row["paid_on"] - START).days,
                in_escrow=int(row["in_escrow"] * 100),
                written_off=int(row["written_off"] * 100),
                open=int(row["open"] * 100),
                days_late=row["days_late"],
                age=row["age"],
            )
        )
    return {name: sorted(listed, key=repr) for name, listed in found.items()}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with small_book() as opened:
        yield opened


def load(engine: Engine, listed: list[Case], order: random.Random | None = None) -> None:
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    for number, case in enumerate(listed):
        for table, row in rows_of(number, case):
            tables[table].append(row)
    for rows in tables.values():
        if order is not None:
            order.shuffle(rows)
    put(engine, **tables)


@settings(max_examples=30)
@given(listed=st.lists(cases(), min_size=1, max_size=8), as_of=days(0, 180))
def test_the_steps_say_what_a_clerk_would(engine: Engine, listed: list[Case], as_of: int) -> None:
    load(engine, listed)
    keep(engine, START + timedelta(days=as_of))
    wanted: dict[str, dict[str, Any]] = {}
    due_wanted: dict[str, list[Item]] = {}
    for number, case in enumerate(listed):
        states, items = tell(case, as_of)
        wanted |= {f"{word} {number}": asdict(told) for word, told in states.items()}
        due_wanted |= {f"{word} {number}": sorted(some, key=repr) for word, some in items.items() if some}
    assert told_states(engine) == wanted
    assert told_items(engine) == due_wanted


@settings(max_examples=8)
@given(
    listed=st.lists(cases(), min_size=1, max_size=8),
    as_of=st.none() | st.integers(0, 180),
    order=st.randoms(),
)
def test_the_order_of_rows_and_a_second_run_change_nothing(
    engine: Engine, listed: list[Case], as_of: int | None, order: random.Random
) -> None:
    moment = None if as_of is None else START + timedelta(days=as_of)
    made = []
    for shuffled in (None, None, order):
        load(engine, listed, shuffled)
        keep(engine, moment)
        made.append({name: engine.rows(f"SELECT * FROM {name} ORDER BY ALL") for name in RELATIONS})
    assert made[0] == made[1] == made[2]


WRITTEN_OFF_BEFORE_A_DEFAULT = Case(
    order=Paper(day=0, cents=30, plan=(), grace=10, money=()),
    settlement=Paper(day=46, cents=40, plan=(), grace=10, money=(Money(47, 11, "written off"),)),
    revives=True,
)


@settings(max_examples=20)
@given(listed=st.lists(cases(), min_size=1, max_size=8), day=st.integers(0, 170))
@example(listed=[WRITTEN_OFF_BEFORE_A_DEFAULT], day=50)
def test_a_later_day_adds_entries_and_changes_none(engine: Engine, listed: list[Case], day: int) -> None:
    load(engine, listed)
    made = []
    for as_of in (day, day + 10):
        keep(engine, START + timedelta(days=as_of))
        made.append(set(engine.rows("SELECT entry_id, account, amount, currency FROM postings")))
    assert made[0] <= made[1]


def test_the_clerk_knows_the_founding_default() -> None:
    """The oracle itself, on the founding case in thousands: two of sixteen paid, the third missed."""
    quarters = [(90 + 91 * n, 14) for n in range(15)] + [(90 + 91 * 15, 19)]
    money = (Money(0, 100, "paid"), Money(90, 14, "paid"), Money(181, 14, "paid"))
    case = Case(Paper(0, 474, (), 0, ()), Paper(0, 329, tuple(quarters), 10, money), True)
    assert tell(case, 282)[0]["settlement"].state == "in force"
    states, items = tell(case, 283)
    assert (states["order"].state, states["order"].outstanding) == ("revived", 474 - 100 - 28)
    assert [(item.due_on, item.open) for item in items["order"]] == [(283, 346)]
