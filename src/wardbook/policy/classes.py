"""The classes of a fact's values: the tests of a rulebook cannot tell two values of one class apart.

A rule is a list of parts that must all hold. A part that tests one fact only is settled by the class of that
fact's value, so a whole rulebook is settled fact by fact: each class says once which rules it makes false and
which it leaves open, and SQL needs one CASE a fact instead of one condition a rule. Parts that tie several
facts together (`Docket.terms`) are left to SQL's own three-valued logic.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from wardbook.policy.cells import Between, OneOf
from wardbook.policy.model import (
    DAY,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Expression,
    Fact,
    FactType,
    FactValue,
    Invariant,
    Not,
    Rule,
    Strange,
)

STRANGE = Strange("")
"""Any value on record that a fact does not admit."""

ANY_DAY = date(2000, 1, 1)
"""The day that stands for all where nothing tells days apart."""

DAY_FACT = Fact(DAY, DAY, FactType.DATE, (), "On what day?", "the day of the use", 0)
"""The day of the use, as a fact."""


# ---------------------------------------------------------------- parts


def rule_parts(rule: Rule) -> tuple[Expression, ...]:
    """All that must hold for a rule, its days in force left aside."""
    return (*rule.conditions, *(() if rule.when is None else conjuncts(rule.when)))


def invariant_parts(invariant: Invariant) -> tuple[Expression, ...]:
    """All that must hold for an invariant."""
    if invariant.given is None:
        return conjuncts(invariant.then)
    return (AnyOf((Not(invariant.given), invariant.then)),)


def conjuncts(expression: Expression) -> tuple[Expression, ...]:
    """The parts of nested ANDs."""
    if not isinstance(expression, AllOf):
        return (expression,)
    return tuple(part for inner in expression.parts for part in conjuncts(inner))


def tests(expression: Expression) -> Iterator[Condition | Compare]:
    """The single tests in an expression, from left to right."""
    match expression:
        case Condition() | Compare():
            yield expression
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from tests(part)
        case Not(part):
            yield from tests(part)


def names_read(expression: Expression) -> frozenset[str]:
    """The facts (and `DAY`) that an expression reads."""
    return frozenset(
        name
        for test in tests(expression)
        for name in ((test.fact,) if isinstance(test, Condition) else (test.left, test.right))
    )


def sole_fact(expression: Expression) -> str | None:
    """The one fact that the expression tests, or None where it ties facts together."""
    names = names_read(expression)
    compared = any(isinstance(test, Compare) for test in tests(expression))
    return None if compared or len(names) != 1 else next(iter(names))


# ---------------------------------------------------------------- classes


@dataclass(frozen=True)
class Listed:
    """Classes of one word or truth value each: (value as recorded, value as understood).

    ``rest`` stands for any other value on record; None where there is none.
    """

    values: tuple[tuple[str | bool, FactValue], ...]
    rest: FactValue


@dataclass(frozen=True)
class Step:
    """A point where one class of an ordered fact ends: just before ``value``, or just ``after`` it."""

    value: int | Decimal | date
    after: bool


@dataclass(frozen=True)
class Spans:
    """Classes of an ordered fact: ``samples`` has one value of each, below, between and above ``steps``."""

    steps: tuple[Step, ...]
    samples: tuple[FactValue, ...]


def fact_classes(fact: Fact, parts: Iterable[Expression]) -> Listed | Spans:
    """The classes that ``parts``, which test this fact only, tell apart (and values out of its domain)."""
    if fact.type is FactType.ENUM:
        words = {**{value: value for value in fact.values}, **fact.aliases}
        return Listed(tuple(words.items()), STRANGE)
    if fact.type is FactType.YES_NO:
        return Listed(((True, True), (False, False)), None)
    cells = [test.cell for part in parts for test in tests(part) if isinstance(test, Condition)]
    if fact.type is FactType.TEXT:
        named = {value: value for cell in cells for value in _named(cell) if isinstance(value, str)}
        other = "other"
        while other in named:
            other += "*"
        return Listed(tuple(named.items()), other)
    return _spans(fact, cells)


def bounds(fact: Fact) -> tuple[int | Decimal | date | None, int | Decimal | date | None]:
    """The least and the greatest value that an ordered fact admits; a share lies from 0 to 1."""
    if fact.type is not FactType.SHARE:
        return fact.low, fact.high
    return Decimal(0) if fact.low is None else fact.low, Decimal(1) if fact.high is None else fact.high


def _named(cell: object) -> tuple[FactValue, ...]:
    return cell.values if isinstance(cell, OneOf) else ()


def _spans(fact: Fact, cells: Iterable[object]) -> Spans:
    low, high = bounds(fact)
    steps = set(_steps(Between(low, high)))
    for cell in cells:
        steps.update(_steps(cell))
    ordered = sorted(_discrete(steps), key=lambda step: (step.value, step.after))
    anything = ANY_DAY if fact.type is FactType.DATE else 0
    samples = [_within(fact, sample) for sample in _samples(ordered, anything)]
    return Spans(tuple(ordered), tuple(samples))


def _steps(cell: object) -> Iterator[Step]:
    if isinstance(cell, Between):
        if cell.low is not None:
            yield Step(cell.low, not cell.low_in)
        if cell.high is not None:
            yield Step(cell.high, cell.high_in)
    for value in _named(cell):
        if isinstance(value, int | Decimal | date):
            yield Step(value, False)
            yield Step(value, True)


def _discrete(steps: Iterable[Step]) -> set[Step]:
    """Whole numbers and days end before the next one, so that no class is without a value."""
    found = set()
    for step in steps:
        if not step.after or isinstance(step.value, Decimal):
            found.add(step)
        elif isinstance(step.value, date):
            if step.value < date.max:
                found.add(Step(step.value + timedelta(days=1), False))
        else:
            found.add(Step(step.value + 1, False))
    return found


def _samples(steps: list[Step], anything: int | date) -> Iterator[int | Decimal | date]:
    """A value of each class, from the lowest up; ``anything`` where there is one class."""
    if not steps:
        yield anything
        return
    first = steps[0].value
    yield first if steps[0].after else _before(first)
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        if not step.after:
            yield step.value
        elif following is None:
            yield step.value + 1  # type: ignore[operator]
        else:
            yield (step.value + following.value) / 2  # type: ignore[operator, misc]


def _before(value: int | Decimal | date) -> int | Decimal | date:
    if isinstance(value, date):
        return value - timedelta(days=1) if value > date.min else value
    return value - 1


def _within(fact: Fact, value: int | Decimal | date) -> FactValue:
    low, high = bounds(fact)
    below = low is not None and value < low  # type: ignore[operator]
    above = high is not None and value > high  # type: ignore[operator]
    return STRANGE if below or above else value


def understood(fact: Fact, value: FactValue) -> FactValue:
    """What the rulebook understands of a value on record.

    An alias is its value; a value out of the domain is `Strange`.
    """
    if value is None or isinstance(value, Strange | bool):
        return value
    if fact.type is FactType.ENUM:
        word = str(value)
        return word if word in fact.values else fact.aliases.get(word, Strange(word))
    if isinstance(value, str):
        return value
    return Strange(str(value)) if _within(fact, value) is STRANGE else value
