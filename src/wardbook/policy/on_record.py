"""From one row of relation ``facts`` to the values a rulebook understands: `compile`'s slow twin."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from wardbook.policy.model import Fact, FactType, FactValue, Rulebook, Strange

_NUMBERS = frozenset({FactType.DECIMAL, FactType.MONEY, FactType.DURATION, FactType.SHARE})


def values_on_record(rulebook: Rulebook, row: Mapping[str, Any]) -> dict[str, FactValue]:
    """The value of each fact by its name; ``row`` maps the columns that facts read to their cells.

    An enum's other words become the value; a word that is no value, or a number out of bounds, is `Strange`;
    a column that the row lacks is not known.
    """
    return {fact.name: _value(fact, row.get(fact.reads)) for fact in rulebook.facts}


def _value(fact: Fact, cell: Any) -> FactValue:
    if cell is None or not fact.reads:
        return None
    if fact.type is FactType.ENUM:
        word = fact.aliases.get(cell, cell)
        return word if word in fact.values else Strange(str(cell))
    if fact.type in _NUMBERS:
        return _bounded(fact, Decimal(str(cell)))
    if fact.type in {FactType.WHOLE, FactType.DATE}:
        return _bounded(fact, cell)
    return cell  # type: ignore[no-any-return]


def _bounded(fact: Fact, value: int | Decimal | date) -> FactValue:
    below = fact.low is not None and value < fact.low  # type: ignore[operator]
    above = fact.high is not None and value > fact.high  # type: ignore[operator]
    return Strange(str(value)) if below or above else value
