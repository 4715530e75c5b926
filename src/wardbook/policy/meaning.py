"""When a condition holds of the facts of one use: true, false, or not known (Kleene's three values).

This is the slow, obvious statement of what the language means. `ask`, the examples and ``why`` run it; the
SQL of `compile` and the formulas of `prove` must agree with it on every use.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from datetime import date

from wardbook.policy.cells import holds
from wardbook.policy.model import (
    DAY,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Expression,
    FactValue,
    Not,
    Rule,
    Strange,
)

Values = Mapping[str, FactValue]

_SIGNS = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "<>": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}


def all_of(values: Iterable[bool | None]) -> bool | None:
    """Kleene's AND: False if any is False, else None if any is None."""
    result: bool | None = True
    for value in values:
        if value is False:
            return False
        result = None if value is None else result
    return result


def any_of(values: Iterable[bool | None]) -> bool | None:
    """Kleene's OR: True if any is True, else None if any is None."""
    result: bool | None = False
    for value in values:
        if value is True:
            return True
        result = None if value is None else result
    return result


def true_of(expression: Expression, values: Values, day: date | None) -> bool | None:
    """Whether ``expression`` holds of a use with these values (by fact name) on ``day``."""
    match expression:
        case Condition():
            return holds(expression.cell, _value(expression.fact, values, day))  # type: ignore[arg-type]
        case Compare():
            return _compare(expression, values, day)
        case AllOf(parts):
            return all_of(true_of(part, values, day) for part in parts)
        case AnyOf(parts):
            return any_of(true_of(part, values, day) for part in parts)
        case Not(part):
            held = true_of(part, values, day)
            return None if held is None else not held


def met(rule: Rule, values: Values, day: date | None) -> bool | None:
    """Whether all that ``rule`` asks holds, its days in force left aside."""
    parts: tuple[Expression, ...] = rule.conditions if rule.when is None else (*rule.conditions, rule.when)
    return true_of(AllOf(parts), values, day)


def in_force_on(rule: Rule, day: date | None) -> bool | None:
    """Whether ``rule`` is in force on ``day``; None where the day is not known and matters."""
    if rule.in_force_from is None and rule.in_force_to is None:
        return True
    if day is None:
        return None
    begun = rule.in_force_from is None or rule.in_force_from <= day
    return begun and (rule.in_force_to is None or day <= rule.in_force_to)


def _value(name: str, values: Values, day: date | None) -> FactValue:
    return day if name == DAY else values.get(name)


def _compare(test: Compare, values: Values, day: date | None) -> bool | None:
    left, right = _value(test.left, values, day), _value(test.right, values, day)
    if left is None or right is None or isinstance(left, Strange) or isinstance(right, Strange):
        return None
    if isinstance(left, date) and isinstance(right, date):
        left, right = left.toordinal(), right.toordinal()
    return bool(_SIGNS[test.sign](left, right + test.plus if test.plus else right))  # type: ignore[operator]
