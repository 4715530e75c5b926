"""Expenses counted for a stated figure, held against the scope of the statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from wardbook.accounts.stated_scope import StatedScope
from wardbook.accounts.working import Working, figure
from wardbook.policy.model import COST_CLASSES
from wardbook.records.engine import Engine

_COUNTED = """
    SELECT amount, day, coalesce(day_to, day) AS last_day,
        nullif(lower(trim(cost_class)), '') AS cost_class, nullif(lower(trim(person)), '') AS person
    FROM expenses
    WHERE amount IS NOT NULL
        AND ($1 = 'all' OR trim(trip) = $1 OR starts_with(trim(trip), $1 || '/') OR source_key = $1)
        AND ($2 IS NULL OR lower(trim(cost_class)) = $2)
"""

_OUTSIDE = f"""
    WITH counted AS ({_COUNTED}),
    told AS (
        SELECT amount, CASE
            WHEN last_day < CAST($3 AS DATE) THEN 'before ' || CAST($3 AS DATE)
            WHEN day > CAST($4 AS DATE) THEN 'after ' || CAST($4 AS DATE)
            WHEN len($5) > 0 AND NOT list_contains($5, cost_class) THEN 'of ' || cost_class
            WHEN len($6) > 0 AND NOT list_contains($6, person) THEN 'of ' || person
        END AS outside
        FROM counted
    )
    SELECT outside, count(*), sum(amount) FROM told WHERE outside IS NOT NULL GROUP BY ALL ORDER BY outside
"""  # noqa: S608

_KNOWN_CLASSES = (
    "SELECT DISTINCT lower(trim(cost_class)) FROM expenses WHERE nullif(trim(cost_class), '') NOT NULL"
)
_KNOWN_PEOPLE = (
    "SELECT DISTINCT lower(trim(person)) FROM expenses WHERE nullif(trim(person), '') NOT NULL "
    "UNION SELECT DISTINCT lower(trim(name)) FROM people WHERE nullif(trim(name), '') NOT NULL"
)


def in_scope(
    engine: Engine, scope: StatedScope, working: Working, group: str, cost_class: str | None
) -> Working:
    """The working of a sum of expenses, with what of it lies outside the scope stated, and what is lacking.

    An expense lies outside if all of its days do, if the statement names cost classes and its own is none of
    them, or if it names people and its own is none of them. An expense without a day, class or person lies
    outside by none of these. What the statement covers and no expense counted is of, is named too.
    """
    if working.computed is None or (scope.first is None and scope.last is None and not scope.covers):
        return working
    classes, people = _class_and_people(engine, scope.covers)
    outside = engine.rows(_OUTSIDE, [group, cost_class, scope.first, scope.last, classes, people])
    apart = [f"{_expenses(n)} counted ({figure(amount)}) {_lie(n)} {words}" for words, n, amount in outside]
    lacking = _lacking(engine, scope.covers, group, cost_class)
    if lacking:
        apart.append(f"the statement covers {', '.join(lacking)}, and no expense counted is of that")
    gone = sum((amount for _, _, amount in outside), Decimal(0))
    within = working.computed - gone if outside else None
    return replace(working, apart=tuple(apart), within=within)


def _expenses(number: int) -> str:
    return "1 expense" if number == 1 else f"{number:,} expenses"


def _lie(number: int) -> str:
    return "is" if number == 1 else "are"


def _class_and_people(engine: Engine, covers: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words that are cost classes, and those that are people of the book."""
    classes = {*COST_CLASSES, *_column(engine, _KNOWN_CLASSES)}
    people = {*_column(engine, _KNOWN_PEOPLE)} - classes
    return [word for word in covers if word in classes], [word for word in covers if word in people]


def _lacking(engine: Engine, covers: Sequence[str], group: str, cost_class: str | None) -> list[str]:
    """The words of a scope that are the class or the person of no expense counted."""
    query = f"WITH counted AS ({_COUNTED}) SELECT cost_class FROM counted UNION SELECT person FROM counted"  # noqa: S608
    found = set(_column(engine, query, [group, cost_class]))
    return [word for word in covers if word not in found]


def _column(engine: Engine, query: str, parameters: Sequence[Any] = ()) -> list[str]:
    return [value for (value,) in engine.rows(query, parameters) if value is not None]
