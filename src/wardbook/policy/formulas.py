"""A rulebook as formulas for a solver, in the words of SMT-LIB 2: facts as whole numbers with a flag.

Every value becomes a whole number (a word's place in one list, a day's ordinal, an amount times a million),
so the formulas are linear and the solver decides them. Money is in whole cents, as every record holds it. A
fact that may be unknown has a flag beside its value. Each condition is a pair: the formula under which it is
true and the one under which it is false; neither is "not known". This is `meaning`, word for word, for all
uses at once.

Formulas are text: the solver reads a whole question at once, faster than it takes formulas one by one, and
another solver can be given the same text.

Needs the extra ``wardbook[prove]`` (z3). Strange values are mistakes of a record and not part of the proof.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
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
    Invariant,
    Not,
    Rule,
)

SCALE = 1_000_000
CENTS = 100
_SCALED = frozenset({FactType.DECIMAL, FactType.MONEY, FactType.DURATION, FactType.SHARE})
_WORDED = frozenset({FactType.ENUM, FactType.YES_NO, FactType.TEXT})

FIRST_DAY = date(1, 1, 1)
LAST_DAY = date(9999, 12, 31)

Use = tuple[dict[str, FactValue], date]
"""The known facts of a use, and its day."""


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


# ---------------------------------------------------------------- text


def both(*parts: str) -> str:
    """All parts; of none: true."""
    return _joined("and", parts, "true", "false")


def either(*parts: str) -> str:
    """Some part; of none: false."""
    return _joined("or", parts, "false", "true")


def negated(part: str) -> str:
    """The part does not hold."""
    return {"true": "false", "false": "true"}.get(part) or f"(not {part})"


def _joined(sign: str, parts: Iterable[str], empty: str, settled: str) -> str:
    kept = [part for part in parts if part != empty]
    if settled in kept:
        return settled
    if len(kept) < 2:
        return kept[0] if kept else empty
    return f"({sign} {' '.join(kept)})"


def _number(number: int) -> str:
    return str(number) if number >= 0 else f"(- {-number})"


@dataclass(frozen=True)
class Pair:
    """The formula under which a condition is true, and the one under which it is false."""

    true: str
    false: str


class Formulas:
    """The formulas of the questions of one or more rulebooks over the same facts.

    ``texts`` lists the words that occur for each text fact, ``vocabulary`` those of all facts. ``declared``
    are the names, ``assumptions`` the bounds of the facts and the invariants.
    """

    def __init__(
        self, facts: Sequence[Fact], invariants: Sequence[Invariant], texts: Mapping[str, tuple[str, ...]]
    ) -> None:
        self.facts = {fact.name: fact for fact in facts}
        named = (word for fact in facts for word in (*fact.values, *texts.get(fact.name, ())))
        self.vocabulary = tuple(dict.fromkeys(named))
        self._place = {word: at for at, word in enumerate(self.vocabulary)}
        self.value = {name: f"v{at}" for at, name in enumerate(self.facts)} | {DAY: "day"}
        self.known = {
            name: f"k{at}" if fact.may_be_unknown else "true"
            for at, (name, fact) in enumerate(self.facts.items())
        } | {DAY: "true"}
        self._admitted: dict[str, str] = {}
        self._words: dict[str, dict[str, tuple[str, ...]]] = {}
        self.declared = [f"(declare-const {name} Int)" for name in self.value.values()]
        self.declared += [f"(declare-const {name} Bool)" for name in self.known.values() if name != "true"]
        self.assumptions = [self._bounds(fact) for fact in facts]
        self.assumptions += [self._whole_cents(fact) for fact in facts if fact.type is FactType.MONEY]
        self.assumptions.append(self._within(DAY, FIRST_DAY.toordinal(), LAST_DAY.toordinal()))
        self.assumptions += [self.unbroken(one) for one in invariants]

    def define(self, name: str, formula: str) -> str:
        """A name of its own for a formula; a name or a constant stays as it is."""
        if not formula.startswith("("):
            return formula
        self.declared.append(f"(declare-const {name} Bool)")
        self.assumptions.append(f"(= {name} {formula})")
        return name

    def as_read_by(self, facts: Sequence[Fact]) -> Formulas:
        """The same values and names, as a rulebook reads them that declares some facts more narrowly.

        A value that its own fact does not admit is strange, and a word may be another word for a value.
        """
        reading = copy(self)
        reading._admitted, reading._words = {}, {}
        for fact in facts:
            if same_domain(fact, self.facts[fact.name]):
                continue
            if fact.type is FactType.ENUM:
                meant = domain(fact)[0]
                reading._words[fact.name] = {
                    value: tuple(word for word, one in meant.items() if one == value) for value in fact.values
                }
                reading._admitted[fact.name] = either(*(self.equal(fact.name, word) for word in meant))
            else:
                reading._admitted[fact.name] = self._bounds(fact)
        return reading

    # ------------------------------------------------------------ values

    def number(self, name: str, value: FactValue) -> int:
        """A value as the solver's whole number; a text beyond the vocabulary is the number after it.

        A word is the same number for every fact, as two facts may be compared.
        """
        if isinstance(value, bool):
            return int(value)
        if isinstance(value, date):
            return value.toordinal()
        if isinstance(value, str):
            return self._place.get(value, len(self.vocabulary))
        if isinstance(value, int | Decimal):
            scaled = name != DAY and self.facts[name].type in _SCALED
            return int(value * SCALE) if scaled else int(value)
        raise TypeError(f"{value!r} has no number")

    def back(self, name: str, number: int) -> FactValue:
        """The value of the solver's whole number; a text beyond the vocabulary is another word."""
        fact = self.facts[name]
        if fact.type is FactType.YES_NO:
            return bool(number)
        if fact.type in _WORDED:
            more = number - len(self.vocabulary)
            return self.vocabulary[number] if more < 0 else "another word" + (f" {more + 1}" if more else "")
        if fact.type is FactType.DATE:
            return date.fromordinal(number)
        return Decimal(number) / SCALE if fact.type in _SCALED else number

    def equal(self, name: str, value: FactValue) -> str:
        """A fact's value, known or not, is ``value``."""
        words = self._words.get(name, {}).get(value, (value,))  # type: ignore[arg-type]
        return either(*(f"(= {self.value[name]} {_number(self.number(name, word))})" for word in words))

    def between(self, name: str, low: FactValue, low_in: bool, high: FactValue, high_in: bool) -> str:
        """A fact's value, known or not, lies between two ends; None is an open side."""
        parts = []
        if low is not None:
            parts.append(f"({'>=' if low_in else '>'} {self.value[name]} {_number(self.number(name, low))})")
        if high is not None:
            parts.append(
                f"({'<=' if high_in else '<'} {self.value[name]} {_number(self.number(name, high))})"
            )
        return both(*parts)

    def _within(self, name: str, low: int | None, high: int | None) -> str:
        parts = [] if low is None else [f"(>= {self.value[name]} {_number(low)})"]
        parts += [] if high is None else [f"(<= {self.value[name]} {_number(high)})"]
        return both(*parts)

    def _bounds(self, fact: Fact) -> str:
        if fact.type is FactType.TEXT:
            return self._within(fact.name, 0, None)
        if fact.type in _WORDED:
            values = fact.values if fact.type is FactType.ENUM else (False, True)
            numbers = [self.number(fact.name, value) for value in values]
            if numbers == list(range(numbers[0], numbers[0] + len(numbers))):
                return self._within(fact.name, numbers[0], numbers[-1])
            return either(*(self.equal(fact.name, value) for value in values))
        low, high = bounds(fact)
        if fact.type is FactType.DATE:
            low, high = low or FIRST_DAY, high or LAST_DAY
        return self._within(
            fact.name,
            None if low is None else self.number(fact.name, low),
            None if high is None else self.number(fact.name, high),
        )

    def _whole_cents(self, fact: Fact) -> str:
        cents = f"{self.value[fact.name]}c"
        self.declared.append(f"(declare-const {cents} Int)")
        return f"(= {self.value[fact.name]} (* {SCALE // CENTS} {cents}))"

    def unbroken(self, one: Invariant) -> str:
        """An invariant is not broken for certain."""
        given = "true" if one.given is None else self.pair(one.given).true
        return negated(both(given, self.pair(one.then).false))

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
                return Pair(both(*(p.true for p in pairs)), either(*(p.false for p in pairs)))
            case AnyOf(parts):
                pairs = [self.pair(part) for part in parts]
                return Pair(either(*(p.true for p in pairs)), both(*(p.false for p in pairs)))
            case Not(part):
                inner = self.pair(part)
                return Pair(inner.false, inner.true)

    def _cell(self, name: str, cell: object) -> Pair:
        found = self._plain_cell(name, cell)
        admitted = self._admitted.get(name)
        if admitted is None:
            return found
        clear = either(negated(self.known[name]), admitted)
        return Pair(both(clear, found.true), both(clear, found.false))

    def _plain_cell(self, name: str, cell: object) -> Pair:
        known = self.known[name]
        if isinstance(cell, Between):
            inside = self.between(name, cell.low, cell.low_in, cell.high, cell.high_in)
            return Pair(both(known, inside), both(known, negated(inside)))
        if not isinstance(cell, OneOf):
            raise TypeError(f"{type(cell).__name__} is not a cell")
        member = either(*(self.equal(name, one) for one in cell.values))
        if cell.unknown:
            found = Pair(either(negated(known), member), both(known, negated(member)))
        else:
            found = Pair(both(known, member), both(known, negated(member)))
        return Pair(found.false, found.true) if cell.negated else found

    def _compare(self, left: str, sign: str, right: str, plus: int | Decimal) -> Pair:
        a, b = self.value[left], self.value[right]
        words = self._words.get(left) or self._words.get(right)
        shift = self.number(left, plus) if left != DAY and plus else int(plus)
        moved = f"(+ {b} {_number(shift)})" if shift else b
        same = f"(= {a} {moved})"
        if words:
            same = either(*(both(self.equal(left, one), self.equal(right, one)) for one in words))
        held = {"=": same, "<>": negated(same)}.get(sign, f"({sign} {a} {moved})")
        known = both(*(self.known[one] for one in (left, right)), *self._clear(left, right))
        return Pair(both(known, held), both(known, negated(held)))

    def _clear(self, *names: str) -> Iterator[str]:
        return (self._admitted[name] for name in names if name in self._admitted)

    def rule(self, rule: Rule) -> Pair:
        """All that a rule asks, its days in force included."""
        pairs = [self.pair(test) for test in rule_parts(rule)]
        held = Pair(both(*(p.true for p in pairs)), either(*(p.false for p in pairs)))
        valid = self.between(DAY, rule.in_force_from, True, rule.in_force_to, True)
        return Pair(both(held.true, valid), either(held.false, negated(valid)))


def words_of_texts(
    rules: Sequence[Rule], invariants: Sequence[Invariant], facts: Sequence[Fact]
) -> dict[str, tuple[str, ...]]:
    """The words that rules and invariants name for each text fact."""
    found: dict[str, dict[str, None]] = {fact.name: {} for fact in facts if fact.type is FactType.TEXT}
    parts = [part for rule in rules for part in rule_parts(rule)]
    for one in invariants:
        parts += [one.then, *([] if one.given is None else [one.given])]
    for part in parts:
        for test in tests(part):
            if isinstance(test, Condition) and test.fact in found and isinstance(test.cell, OneOf):
                found[test.fact].update(dict.fromkeys(str(value) for value in test.cell.values))
    return {name: tuple(words) for name, words in found.items()}


def domain(fact: Fact) -> tuple[dict[str, str], object, object]:
    """What settles how a fact reads a value on record: the value each word means, and the bounds."""
    return {value: value for value in fact.values} | dict(fact.aliases), fact.low, fact.high


def same_domain(one: Fact, other: Fact) -> bool:
    """Whether two facts read every value on record alike."""
    return domain(one) == domain(other)


# ---------------------------------------------------------------- the solver


class NotSettledError(Exception):
    """The solver gave no answer; the message is its reason."""


def fresh_context() -> Any:
    """Room of its own for the solver, so that it comes to the same in every run. Raises as `solver` does."""
    return solver().Context()


class Judge:
    """A solver that knows the assumptions of some formulas; several may share one ``context``."""

    def __init__(self, formulas: Formulas, timeout_ms: int, context: Any) -> None:
        z3 = solver()
        self.formulas = formulas
        self._context = context
        self._solver = z3.SolverFor("QF_LIA", self._context)
        self._solver.set("timeout", timeout_ms)
        asserted = (f"(assert {one})" for one in formulas.assumptions)
        self._solver.from_string("".join((*formulas.declared, *asserted)))

    def find(self, formula: str) -> Use | None:
        """A use of which the formula holds; None if there is none. Raises `NotSettledError`."""
        z3 = solver()
        self._solver.push()
        try:
            self._solver.from_string(f"(assert {formula})")
            answer = self._solver.check()
            if answer == z3.unknown:
                raise NotSettledError(self._solver.reason_unknown())
            return self._use(self._solver.model()) if answer == z3.sat else None
        finally:
            self._solver.pop()

    def _use(self, model: Any) -> Use:
        """The facts and the day of a model; facts that are not known are left out."""
        z3, formulas = solver(), self.formulas

        def number(name: str) -> int:
            return int(model.eval(z3.Int(name, self._context), model_completion=True).as_long())

        def known(name: str) -> bool:
            told = model.eval(z3.Bool(name, self._context), model_completion=True)
            return bool(z3.is_true(told))

        values = {
            name: formulas.back(name, number(formulas.value[name]))
            for name in formulas.facts
            if formulas.known[name] == "true" or known(formulas.known[name])
        }
        return values, date.fromordinal(number(formulas.value[DAY]))
