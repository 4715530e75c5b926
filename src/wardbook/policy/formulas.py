"""A rulebook as formulas for a solver: facts as whole numbers with a flag, rules as pairs of true and false.

Every value becomes a whole number (an enum's place in its list, a day's ordinal, an amount times a million),
so the formulas are linear and the solver decides them. A fact that may be unknown has a flag beside its
value. Each condition is a pair: the formula under which it is true and the one under which it is false;
neither is "not known". This is `meaning`, word for word, for all uses at once.

Needs the extra ``wardbook[prove]`` (z3). Strange values are mistakes of a record and not part of the proof.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import ModuleType
from typing import Any

from wardbook.errors import WrongUseError
from wardbook.policy.cells import Between, OneOf
from wardbook.policy.classes import bounds, rule_parts, tests
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
    Not,
    Rule,
    Rulebook,
)

SCALE = 1_000_000
_SCALED = frozenset({FactType.DECIMAL, FactType.MONEY, FactType.DURATION, FactType.SHARE})

FIRST_DAY = date(1, 1, 1)
LAST_DAY = date(9999, 12, 31)


def solver() -> ModuleType:
    """The module z3. Raises `WrongUseError` with the way to get it."""
    try:
        import z3
    except ImportError as error:
        raise WrongUseError(
            "a proof needs the solver z3: expected it to be installed; found none. "
            'Install it with: pip install "wardbook[prove]"'
        ) from error
    return z3  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Pair:
    """The formula under which a condition is true, and the one under which it is false."""

    true: Any
    false: Any


class Formulas:
    """The formulas of one or more rulebooks over the same facts.

    ``facts`` are the facts that conditions read, by name; ``texts`` lists the words that occur for each text
    fact. ``assumptions`` are the bounds of the facts and the invariants.
    """

    def __init__(self, facts: Sequence[Fact], texts: Mapping[str, tuple[str, ...]]) -> None:
        self.z3 = solver()
        self.context = self.z3.Context()
        self.facts = {fact.name: fact for fact in facts}
        self.texts = texts
        self.value = {name: self.z3.Int(f"v{at}", self.context) for at, name in enumerate(self.facts)}
        self.value[DAY] = self.z3.Int("day", self.context)
        self.known: dict[str, Any] = {
            name: self.z3.Bool(f"k{at}", self.context) if fact.may_be_unknown else self.both()
            for at, (name, fact) in enumerate(self.facts.items())
        }
        self.known[DAY] = self.both()
        self.assumptions = [self._bounds(fact) for fact in facts]
        self.assumptions.append(self._within(DAY, FIRST_DAY.toordinal(), LAST_DAY.toordinal()))

    def both(self, *parts: Any) -> Any:
        """All parts; of none: true."""
        return self.z3.And(*parts) if parts else self.z3.BoolVal(True, self.context)

    def either(self, *parts: Any) -> Any:
        """Some part; of none: false."""
        return self.z3.Or(*parts) if parts else self.z3.BoolVal(False, self.context)

    def make_solver(self, timeout_ms: int) -> Any:
        """A solver that knows the assumptions; its own context makes every run come to the same cases."""
        made = self.z3.SolverFor("QF_LIA", self.context)
        made.set("timeout", timeout_ms)
        made.add(*self.assumptions)
        return made

    # ------------------------------------------------------------ values

    def words(self, fact: Fact) -> tuple[FactValue, ...]:
        """The values that stand for themselves: of an enum, a yes/no, and the words of a text."""
        if fact.type is FactType.YES_NO:
            return (False, True)
        return fact.values if fact.type is FactType.ENUM else self.texts.get(fact.name, ())

    def number(self, name: str, value: FactValue) -> int:
        """A value as the solver's whole number."""
        if isinstance(value, bool):
            return int(value)
        if isinstance(value, date):
            return value.toordinal()
        if isinstance(value, str):
            return self.words(self.facts[name]).index(value)
        if isinstance(value, int | Decimal):
            scaled = name != DAY and self.facts[name].type in _SCALED
            return int(value * SCALE) if scaled else int(value)
        raise TypeError(f"{value!r} has no number")

    def back(self, name: str, number: int) -> FactValue:
        """The value of the solver's whole number; a text beyond the words is another word."""
        if name == DAY:
            return date.fromordinal(number)
        fact = self.facts[name]
        if fact.type in {FactType.ENUM, FactType.YES_NO, FactType.TEXT}:
            words = self.words(fact)
            return words[number] if number < len(words) else "another word"
        if fact.type is FactType.DATE:
            return date.fromordinal(number)
        return Decimal(number) / SCALE if fact.type in _SCALED else number

    def _within(self, name: str, low: int | None, high: int | None) -> Any:
        value = self.value[name]
        parts = [value >= low] if low is not None else []
        parts += [value <= high] if high is not None else []
        return self.both(*parts) if parts else self.both()

    def _bounds(self, fact: Fact) -> Any:
        if fact.type in {FactType.ENUM, FactType.YES_NO, FactType.TEXT}:
            more = fact.type is FactType.TEXT
            return self._within(fact.name, 0, len(self.words(fact)) - 1 + more)
        low, high = bounds(fact)
        if fact.type is FactType.DATE:
            low, high = low or FIRST_DAY, high or LAST_DAY
        if fact.type is FactType.DURATION and low is None:
            low = Decimal(0)
        return self._within(
            fact.name,
            None if low is None else self.number(fact.name, low),
            None if high is None else self.number(fact.name, high),
        )

    # ------------------------------------------------------------ conditions

    def pair(self, test: Expression) -> Pair:
        """A condition as its pair of formulas."""
        match test:
            case Condition(fact, cell):
                return self._cell(fact, cell)
            case Compare(left, sign, right, plus):
                return self._compare(left, sign, right, plus)
            case AllOf(parts):
                pairs = [self.pair(part) for part in parts]
                return Pair(self.both(*(p.true for p in pairs)), self.either(*(p.false for p in pairs)))
            case AnyOf(parts):
                pairs = [self.pair(part) for part in parts]
                return Pair(self.either(*(p.true for p in pairs)), self.both(*(p.false for p in pairs)))
            case Not(part):
                inner = self.pair(part)
                return Pair(inner.false, inner.true)

    def _cell(self, name: str, cell: object) -> Pair:
        z3, value, known = self.z3, self.value[name], self.known[name]
        if isinstance(cell, Between):
            return Pair(
                self.both(known, self._range(name, cell)), self.both(known, z3.Not(self._range(name, cell)))
            )
        if not isinstance(cell, OneOf):
            raise TypeError(f"{type(cell).__name__} is not a cell")
        member = self.either(*(value == self.number(name, one) for one in cell.values))
        if cell.unknown:
            found = Pair(self.either(z3.Not(known), member), self.both(known, z3.Not(member)))
        else:
            found = Pair(self.both(known, member), self.both(known, z3.Not(member)))
        return Pair(found.false, found.true) if cell.negated else found

    def _range(self, name: str, cell: Between) -> Any:
        value, parts = self.value[name], []
        if cell.low is not None:
            low = self.number(name, cell.low)
            parts.append(value >= low if cell.low_in else value > low)
        if cell.high is not None:
            high = self.number(name, cell.high)
            parts.append(value <= high if cell.high_in else value < high)
        return self.both(*parts)

    def _compare(self, left: str, sign: str, right: str, plus: int | Decimal) -> Pair:
        z3 = self.z3
        a, b = self.value[left], self.value[right]
        moved = b + (self.number(left, plus) if left != DAY and plus else int(plus))
        held = {
            "<": a < moved,
            "<=": a <= moved,
            "=": a == moved,
            "<>": a != moved,
            ">=": a >= moved,
            ">": a > moved,
        }[sign]
        both = self.both(self.known[left], self.known[right])
        return Pair(self.both(both, held), self.both(both, z3.Not(held)))

    def rule(self, rule: Rule) -> Pair:
        """All that a rule asks, its days in force included."""
        pairs = [self.pair(test) for test in rule_parts(rule)]
        held = Pair(self.both(*(p.true for p in pairs)), self.either(*(p.false for p in pairs)))
        if rule.in_force_from is None and rule.in_force_to is None:
            return held
        low = None if rule.in_force_from is None else rule.in_force_from.toordinal()
        high = None if rule.in_force_to is None else rule.in_force_to.toordinal()
        valid = self._within(DAY, low, high)
        return Pair(self.both(held.true, valid), self.either(held.false, self.z3.Not(valid)))

    def assume(self, rulebook: Rulebook) -> None:
        """Take the invariants of a rulebook as assumptions: none is broken for certain."""
        for one in rulebook.invariants:
            then = self.pair(one.then).false
            given = self.both() if one.given is None else self.pair(one.given).true
            self.assumptions.append(self.z3.Not(self.both(given, then)))

    # ------------------------------------------------------------ cases

    def case(self, model: Any) -> tuple[dict[str, FactValue], date]:
        """The facts and the day of a model; facts that are not known are left out."""
        values: dict[str, FactValue] = {}
        for name in self.facts:
            if self.z3.is_true(model.eval(self.known[name], model_completion=True)):
                values[name] = self.back(name, model.eval(self.value[name], model_completion=True).as_long())
        return values, date.fromordinal(model.eval(self.value[DAY], model_completion=True).as_long())


def words_of_texts(rules: Sequence[Rule], facts: Sequence[Fact]) -> dict[str, tuple[str, ...]]:
    """The words that rules name for each text fact."""
    found: dict[str, dict[str, None]] = {fact.name: {} for fact in facts if fact.type is FactType.TEXT}

    for rule in rules:
        for part in rule_parts(rule):
            for test in tests(part):
                if isinstance(test, Condition) and test.fact in found and isinstance(test.cell, OneOf):
                    found[test.fact].update(dict.fromkeys(str(value) for value in test.cell.values))
    return {name: tuple(words) for name, words in found.items()}
