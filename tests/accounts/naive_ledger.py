"""The life of one order, day by day and cent by cent: slow, and told as one would tell it to a clerk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Money:
    """What lowered a debt: whole day, cents, and kind (paid, in escrow, written off)."""

    day: int
    cents: int
    kind: str


@dataclass(frozen=True)
class Paper:
    """An order or settlement of one payer: its day, its cents, its plan (day, cents), its grace."""

    day: int
    cents: int
    plan: tuple[tuple[int, int], ...]
    grace: int
    money: tuple[Money, ...]


@dataclass(frozen=True)
class Case:
    """An order, and perhaps a settlement that replaced it and whose default may bring it back."""

    order: Paper
    settlement: Paper | None
    revives: bool


@dataclass(frozen=True)
class Told:
    """What is said of one paper: state, since, cents due, paid, in escrow, written off, outstanding."""

    state: str
    since: int
    due: int
    paid: int
    in_escrow: int
    written_off: int
    outstanding: int


@dataclass(frozen=True)
class Item:
    """One amount due: day, cents, paid, last paid on, in escrow, written off, open, days late, age."""

    due_on: int
    cents: int
    paid: int
    paid_on: int | None
    in_escrow: int
    written_off: int
    open: int
    days_late: int
    age: str


def what_is_due(paper: Paper) -> list[tuple[int, int]]:
    """The days and cents of a paper: what its plan leaves is due on its own day; never more than it."""
    found = [(day, cents, 1) for day, cents in paper.plan]
    rest = paper.cents - sum(cents for _, cents in paper.plan)
    if rest > 0:
        found.append((paper.day, rest, 0))
    cut, left = [], paper.cents
    for day, cents, _ in sorted(found):
        if min(cents, left):
            cut.append((day, min(cents, left)))
            left -= min(cents, left)
    return cut


def default_day(paper: Paper, as_of: int) -> int | None:
    """The first morning on which an amount was missed; looked at each evening from the day of the paper."""
    for evening in range(as_of):
        held = sum(one.cents for one in paper.money if one.day <= evening)
        needed = 0
        for day, cents in what_is_due(paper):
            needed += cents
            if day + paper.grace == evening and held < needed:
                return evening + 1
    return None


def until(paper: Paper, as_of: int) -> Paper:
    """The paper with the money of the days up to one."""
    money = tuple(one for one in paper.money if one.day <= as_of)
    return Paper(paper.day, paper.cents, paper.plan, paper.grace, money)


def _sum(money: Sequence[Money], kind: str) -> int:
    return sum(one.cents for one in money if one.kind == kind)


def _living(paper: Paper, money: Sequence[Money], since: int, word: str) -> Told:
    paid, escrow, given_up = (_sum(money, kind) for kind in ("paid", "in escrow", "written off"))
    left = paper.cents - paid - escrow - given_up
    state = word
    if left <= 0 and (given_up or not escrow):
        state = "written off" if given_up else "paid"
        held = 0
        for one in sorted(money, key=lambda one: one.day):
            held += one.cents
            if held >= paper.cents:
                since = one.day
                break
    return Told(state, since, paper.cents, paid, escrow, given_up, left)


def _dead(paper: Paper, money: Sequence[Money], since: int) -> Told:
    paid, escrow, given_up = (_sum(money, kind) for kind in ("paid", "in escrow", "written off"))
    return Told("superseded", since, paper.cents, paid, escrow, given_up, 0)


def tell(case: Case, as_of: int) -> tuple[dict[str, Told], dict[str, list[Item]]]:
    """States and due items by name of the paper, as of the evening of a day."""
    order = until(case.order, as_of)
    settlement = None if case.settlement is None else until(case.settlement, as_of)
    if settlement is None or settlement.day > as_of:
        if order.day > as_of:
            return {}, {}
        told = _living(order, order.money, order.day, "in force")
        return {"order": told}, {"order": _items(what_is_due(order), order.money, as_of)}
    ended = default_day(settlement, as_of) if case.revives and order.day <= as_of else None
    found: dict[str, Told] = {}
    if ended is None or ended < settlement.day:
        if order.day <= as_of:
            found["order"] = _dead(order, order.money, settlement.day)
        found["settlement"] = _living(settlement, settlement.money, settlement.day, "in force")
        return found, {"settlement": _items(what_is_due(settlement), settlement.money, as_of)}
    moved = [Money(max(one.day, ended), one.cents, one.kind) for one in settlement.money]
    found["order"] = _living(order, [*order.money, *moved], max(ended, order.day), "revived")
    found["settlement"] = _dead(settlement, (), ended)
    due = [(max(day, ended), cents) for day, cents in what_is_due(order)]
    return found, {"order": _items(due, [*order.money, *settlement.money], as_of)}


def _items(due: list[tuple[int, int]], money: Sequence[Money], as_of: int) -> list[Item]:
    days = [one.day for one in sorted(money, key=lambda one: one.day) for _ in range(one.cents)
            if one.kind != "written off"]  # fmt: skip
    pools = {kind: _sum(money, kind) for kind in ("paid", "in escrow", "written off")}
    found = []
    for day, cents in due:
        left, taken = cents, {}
        for kind in pools:
            taken[kind] = min(pools[kind], left)
            pools[kind] -= taken[kind]
            left -= taken[kind]
        mine = days[: taken["paid"] + taken["in escrow"]]
        late = max(as_of - day, 0) if left else 0
        days = days[cents:]
        found.append(
            Item(day, cents, taken["paid"], max(mine, default=None), taken["in escrow"], taken["written off"],
                 left, late, _age(left, late))
        )  # fmt: skip
    return found


def _age(left: int, late: int) -> str:
    if not left:
        return "settled"
    for limit, word in ((0, "not due"), (30, "1-30"), (60, "31-60"), (90, "61-90")):
        if late <= limit:
            return word
    return "over 90"
