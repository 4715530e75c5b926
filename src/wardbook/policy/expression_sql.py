"""Conditions that tie several facts together, as SQL: its AND, OR and NOT are those of Kleene."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from wardbook.policy.cells import OneOf
from wardbook.policy.model import AllOf, AnyOf, Compare, Condition, Expression, FactType, Not
from wardbook.policy.sql_text import sql_condition, sql_value


@dataclass(frozen=True)
class ExpressionSql:
    """Expressions over columns ``f<n>`` (and ``day``) named by fact, with strange values in ``w<n>``."""

    columns: Mapping[str, str]
    types: Mapping[str, FactType]
    can_be_strange: AbstractSet[str]

    def text(self, expression: Expression) -> str:
        """TRUE, FALSE or NULL."""
        match expression:
            case Condition(name, cell):
                column = self.columns[name]
                text = sql_condition(cell, column)
                asks = isinstance(cell, OneOf) and cell.unknown and name in self.can_be_strange
                return (
                    f"CASE WHEN w{column[1:]} IS NOT NULL THEN NULL ELSE {text} END" if asks else f"({text})"
                )
            case Compare():
                return self._compare(expression)
            case AllOf(parts):
                return "(" + (" AND ".join(self.text(part) for part in parts) or "TRUE") + ")"
            case AnyOf(parts):
                return "(" + (" OR ".join(self.text(part) for part in parts) or "FALSE") + ")"
            case Not(part):
                return f"(NOT {self.text(part)})"

    def _compare(self, test: Compare) -> str:
        left, right = self.columns[test.left], self.columns[test.right]
        if not test.plus:
            return f"({left} {test.sign} {right})"
        if self.types[test.left] is FactType.DATE:
            return f"(date_diff('day', {right}, {left}) {test.sign} {sql_value(int(test.plus))})"
        wide = "BIGINT" if self.types[test.left] is FactType.WHOLE else "DECIMAL(28,6)"
        return f"(CAST({left} AS {wide}) - CAST({right} AS {wide}) {test.sign} {sql_value(test.plus)})"
