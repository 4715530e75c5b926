"""Expenses counted for a stated figure, held against the scope of the statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from wardbook.accounts.stated_scope import StatedScope
from wardbook.accounts.working import Working, figure
from wardbook.policy.model import COST_CLASSES
from wardbook.records.engine import Engine, step_text

_ROOM = "wardbook.accounts"

_KNOWN_CLASSES = (
    "SELECT DISTINCT lower(trim(cost_class)) FROM expenses WHERE nullif(trim(cost_class), '') NOT NULL"
)
_KNOWN_PEOPLE = (
    "SELECT DISTINCT lower(trim(person)) FROM expenses WHERE nullif(trim(person), '') NOT NULL "
    "UNION SELECT DISTINCT lower(trim(name)) FROM people WHERE nullif(trim(name), '') NOT NULL"
)


@dataclass(frozen=True)
class Counted:
    """The expenses counted for one stated figure: its scope, the group and class asked for, and their sum.

    ``of`` are the cost classes and the people of the expenses counted.
    """

    scope: StatedScope
    group: str
    cost_class: str | None
    working: Working
    of: frozenset[str] = frozenset()

    @property
    def scoped(self) -> bool:
        """Whether there is a sum, and a scope to hold it against."""
        scope = self.scope
        bounded = scope.first is not None or scope.last is not None or bool(scope.covers)
        return self.working.computed is not None and bounded


def in_scope(engine: Engine, counted: Sequence[Counted]) -> list[Working]:
    """The working of each sum of expenses, with what of it lies outside its scope, and what is lacking.

    An expense lies outside if all of its days do, if the statement names cost classes and its own is none of
    them, or if it names people and its own is none of them. An expense without a day, class or person lies
    outside by none of these. What the statement covers and no expense counted is of, is named too.
    """
    scoped = {number: one for number, one in enumerate(counted) if one.scoped}
    if not scoped:
        return [one.working for one in counted]
    outside: dict[int, list[tuple[str, int, Decimal]]] = {number: [] for number in scoped}
    for number, *found in engine.rows(_outside_query(), _bounds(engine, scoped)):
        outside[number].append((found[0], found[1], found[2]))
    return [
        _within(one, outside[number]) if number in scoped else one.working
        for number, one in enumerate(counted)
    ]


def _outside_query() -> str:
    return step_text(_ROOM, "stated_expenses_outside", named=step_text(_ROOM, "stated_expense_names"))


def _bounds(engine: Engine, scoped: Mapping[int, Counted]) -> list[list[Any]]:
    """The parameters of the query, a list of each: the numbers first, classes and people covered last."""
    classes = {*COST_CLASSES, *_column(engine, _KNOWN_CLASSES)}
    people = {*_column(engine, _KNOWN_PEOPLE)} - classes
    every = list(scoped.values())
    return [
        list(scoped),
        [one.group for one in every],
        [one.cost_class for one in every],
        [one.scope.first for one in every],
        [one.scope.last for one in every],
        [[word for word in one.scope.covers if word in classes] for one in every],
        [[word for word in one.scope.covers if word in people] for one in every],
    ]


def _within(counted: Counted, outside: Sequence[tuple[str, int, Decimal]]) -> Working:
    """The working with the expenses outside, as (why, how many, amount), and what is lacking."""
    working = counted.working
    apart = [f"{_expenses(n)} counted ({figure(amount)}) {_lie(n)} {words}" for words, n, amount in outside]
    lacking = [word for word in counted.scope.covers if word not in counted.of]
    if lacking:
        apart.append(f"the statement covers {', '.join(lacking)}, and no expense counted is of that")
    gone = sum((amount for _, _, amount in outside), Decimal(0))
    within = working.computed - gone if outside and working.computed is not None else None
    return replace(working, apart=tuple(apart), within=within)


def _expenses(number: int) -> str:
    return "1 expense" if number == 1 else f"{number:,} expenses"


def _lie(number: int) -> str:
    return "is" if number == 1 else "are"


def _column(engine: Engine, query: str) -> list[str]:
    return [value for (value,) in engine.rows(query) if value is not None]
