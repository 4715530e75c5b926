"""Values, cells and types of a rulebook as SQL text. Every text and number is written as a literal."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from wardbook.policy.cells import Between, OneOf
from wardbook.policy.model import Fact, FactType, FactValue
from wardbook.records.engine import literal
from wardbook.records.schema import HOURS, MONEY

_SQL_TYPES = {
    FactType.ENUM: "VARCHAR",
    FactType.TEXT: "VARCHAR",
    FactType.YES_NO: "BOOLEAN",
    FactType.WHOLE: "BIGINT",
    FactType.DECIMAL: HOURS,
    FactType.MONEY: MONEY,
    FactType.DURATION: HOURS,
    FactType.SHARE: "DECIMAL(18,6)",
    FactType.DATE: "DATE",
}


def quoted(name: str) -> str:
    """A name of a column as SQL."""
    return '"' + name.replace('"', '""') + '"'


def sql_type(fact: Fact) -> str:
    """The engine's type of a fact's values, where no column of the book gives one."""
    return _SQL_TYPES[fact.type]


def sql_condition(cell: object, column: str) -> str:
    """A cell as a condition on a column: TRUE, FALSE, or NULL where the fact is not known."""
    if isinstance(cell, OneOf):
        return _one_of(cell, column)
    if isinstance(cell, Between):
        low = "" if cell.low is None else f"{column} {'>=' if cell.low_in else '>'} {sql_value(cell.low)}"
        high = "" if cell.high is None else f"{column} {'<=' if cell.high_in else '<'} {sql_value(cell.high)}"
        return " AND ".join(part for part in (low, high) if part)
    raise TypeError(f"{type(cell).__name__} is not a cell")


def _one_of(cell: OneOf, column: str) -> str:
    values = ", ".join(sql_value(value) for value in cell.values)
    found = f"{column} IN ({values})" if values else "FALSE"
    if cell.unknown:
        found = f"({column} IS NULL OR ({column} IS NOT NULL AND {found}))" if values else f"{column} IS NULL"
    return f"NOT ({found})" if cell.negated else found


def sql_value(value: FactValue) -> str:
    """A value as an SQL literal."""
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return f"CAST({value} AS BIGINT)"
        case Decimal():
            return _decimal(value)
        case date():
            return f"DATE {literal(value.isoformat())}"
        case str():
            return literal(value)
        case _:
            raise TypeError("not known is not a value")


def _decimal(value: Decimal) -> str:
    """In the narrowest type, so that a column keeps its own in a comparison."""
    text = format(value, "f")
    whole, _, part = text.lstrip("-").partition(".")
    part = part.rstrip("0")
    width = max(1, len(whole) + len(part))
    return f"CAST({literal(text)} AS DECIMAL({width},{len(part)}))"
