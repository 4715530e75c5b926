"""A rulebook as a space of cases: facts in classes of values, rules as bit sets.

`Space` depends on the rulebook alone; `Case` is one case in it. In a case the class 0 of a fact is its value
as it is (or that it is not known), the classes from 1 are the values it could take instead. Sets of classes
and of rules are whole numbers, a bit each. Rules are numbered through all questions, overriders before the
rules they override.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice, product
from typing import TypeAlias

from wardbook.policy.cells import Between, Cell, OneOf
from wardbook.policy.meaning import in_force_on, true_of
from wardbook.policy.model import (
    DAY,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Expression,
    FactValue,
    Invariant,
    Not,
    Rule,
    Rulebook,
    Strange,
    known_on,
)
from wardbook.policy.resolve import decks, members
from wardbook.policy.value_classes import FactClasses, classes_of

Option: TypeAlias = tuple[tuple[int, int], ...]
"""One way to bring something about: for some facts, the set of classes they must lie in."""

MOST_WAYS = 512

_TURNED = {"<": ">", "<=": ">=", "=": "=", "<>": "<>", ">=": "<=", ">": "<"}


@dataclass(frozen=True)
class Ladder:
    """One question: its own rules, its outcomes, and which rules override which, overriders first."""

    own: int
    outcomes: frozenset[str]
    overridden_by: tuple[int, ...]

    def bounds(self, true: int, unknown: int) -> tuple[int, int]:
        """The rules that certainly stand, and those that may (`resolve` says how)."""
        certain = possible = 0
        left = (true | unknown) & self.own
        while left:
            bit = left & -left
            left ^= bit
            over = self.overridden_by[bit.bit_length() - 1]
            if true & bit and not over & possible:
                certain |= bit
            if not over & certain:
                possible |= bit
        return certain, possible


class Space:
    """What the search needs of a rulebook, whatever the case; ``known`` as in `determine.docket`."""

    def __init__(self, rulebook: Rulebook, known: date | None = None) -> None:
        self.rulebook = rulebook = known_on(rulebook, known or date.max)
        self.index = {fact.name: at for at, fact in enumerate(rulebook.facts)}
        self._number()
        split = [_split(rule) for rule in self.rules]
        self.free = tuple(free for _, free in split)
        self.plain = tuple(conditions for conditions, _ in split)
        self.expressions = [part for part in self.free if part is not None]
        for one in rulebook.invariants:
            self.expressions += [one.then, *([] if one.given is None else [one.given])]
        self.compares = tuple(dict.fromkeys(c for part in self.expressions for c in _compares(part)))
        self.cells: list[list[Cell]] = [[] for _ in rulebook.facts]
        for condition in self._conditions():
            if condition.fact != DAY:
                self.cells[self.index[condition.fact]].append(condition.cell)  # type: ignore[arg-type]
        self.classes = [classes_of(f, c) for f, c in zip(rulebook.facts, self.cells, strict=True)]
        self.users = [self._users(one) for one in self.classes]
        self.effects = [_effects(*pair) for pair in zip(self.classes, self.users, strict=True)]
        self.masks = [_masks(one) for one in self.classes]
        self.asked = tuple(tuple(self.place(c) for c in conditions) for conditions in self.plain)
        self.with_free = sum(1 << rule for rule, part in enumerate(self.free) if part is not None)

    def _number(self) -> None:
        rules: list[Rule] = []
        overridden_by: list[int] = []
        ladders: list[tuple[int, frozenset[str]]] = []
        for deck in decks(self.rulebook):
            start = len(rules)
            place = {old: start + new for new, old in enumerate(deck.order)}
            rules += [deck.rules[old] for old in deck.order]
            overridden_by += [
                sum(1 << place[over] for over in members(deck.overridden_by[old])) for old in deck.order
            ]
            own = (1 << len(rules)) - (1 << start)
            ladders.append((own, frozenset(o for rule in deck.rules for o in rule.outcomes)))
        self.rules = tuple(rules)
        self.overridden_by = tuple(overridden_by)
        self.decks = tuple(Ladder(own, outcomes, self.overridden_by) for own, outcomes in ladders)

    def _conditions(self) -> Iterator[Condition]:
        for conditions in self.plain:
            yield from conditions
        for part in self.expressions:
            yield from _tests(part)

    def place(self, condition: Condition) -> tuple[int, int]:
        """The fact of a condition, and the number of its cell among the fact's cells."""
        at = self.index[condition.fact]
        return at, self.classes[at].cells.index(condition.cell)

    def users_in(self, at: int, one: FactClasses) -> tuple[int, ...]:
        """The rules that have each cell of ``one``, which may have more cells than the rulebook."""
        return self.users[at] if one is self.classes[at] else self._users(one)

    def _users(self, one: FactClasses) -> tuple[int, ...]:
        """For each cell of a fact, the rules that have it among their plain conditions."""
        name = one.fact.name
        return tuple(
            sum(
                1 << rule
                for rule, conditions in enumerate(self.plain)
                if any(c.fact == name and c.cell == cell for c in conditions)
            )
            for cell in one.cells
        )

    def case(self, values: Mapping[str, FactValue], day: date | None) -> Case:
        """One case of the rulebook: values by the facts' names (absent: not known) on a day."""
        return Case(self, values, day)


def _split(rule: Rule) -> tuple[tuple[Condition, ...], Expression | None]:
    """A rule's plain conditions, and what of its free condition is more than that."""
    if isinstance(rule.when, Condition) and rule.when.fact != DAY:
        return (*rule.conditions, rule.when), None
    if isinstance(rule.when, AllOf):
        own = tuple(part for part in rule.when.parts if isinstance(part, Condition) and part.fact != DAY)
        rest = tuple(part for part in rule.when.parts if part not in own)
        return (*rule.conditions, *own), AllOf(rest) if rest else None
    return rule.conditions, rule.when


def _tests(part: Expression) -> Iterator[Condition]:
    match part:
        case Condition():
            yield part
        case AllOf(parts) | AnyOf(parts):
            for one in parts:
                yield from _tests(one)
        case Not(inner):
            yield from _tests(inner)


def _compares(part: Expression) -> Iterator[Compare]:
    match part:
        case Compare():
            yield part
        case AllOf(parts) | AnyOf(parts):
            for one in parts:
                yield from _compares(one)
        case Not(inner):
            yield from _compares(inner)


def _effect(signature: Sequence[bool | None], users: Sequence[int]) -> tuple[int, int]:
    """The rules that a class makes false, and those it leaves open, by what each cell makes of it."""
    false = unknown = 0
    for held, rules in zip(signature, users, strict=True):
        if held is False:
            false |= rules
        elif held is None:
            unknown |= rules
    return false, unknown


def _effects(one: FactClasses, users: Sequence[int]) -> list[tuple[int, int]]:
    return [_effect(signature, users) for signature in one.signatures]


def _masks(one: FactClasses) -> list[tuple[int, int, int]]:
    """For each cell of a fact the classes that it finds true, false, and neither."""
    return [
        tuple(  # type: ignore[misc]
            sum(1 << index for index, signature in enumerate(one.signatures, 1) if signature[which] is found)
            for found in (True, False, None)
        )
        for which in range(len(one.cells))
    ]


_PLACES: dict[bool | None, int] = {True: 0, False: 1, None: 2}


class Case:
    """One case: where each fact stands, and what each change would make of the rules."""

    def __init__(self, space: Space, values: Mapping[str, FactValue], day: date | None) -> None:
        self.space = space
        self.values = values
        self.day = day
        self.rules = space.rules
        self.decks = space.decks
        self.overridden_by = space.overridden_by
        self.classes = list(space.classes)
        self._effects = list(space.effects)
        self._masks = list(space.masks)
        self._add_compared()
        self._now: list[tuple[bool | None, ...]] = []
        self._apply()
        self.cut = False
        """Whether a condition had more than `MOST_WAYS` ways, and some were left out."""
        self.start = tuple(self._targets(at) << 1 | 1 for at in range(len(self.classes)))
        self.in_force = sum(1 << at for at, rule in enumerate(self.rules) if in_force_on(rule, day) is True)
        self._undated = sum(1 << at for at, rule in enumerate(self.rules) if in_force_on(rule, day) is None)

    def _apply(self) -> None:
        """What each fact's value as it is makes of its cells, and thereby of the rules."""
        for at, one in enumerate(self.classes):
            now = one.signature(self.values.get(one.fact.name))
            self._now.append(now)
            self._effects[at] = [_effect(now, self.space.users_in(at, one)), *self._effects[at]]

    # ------------------------------------------------------------ classes

    def _targets(self, at: int) -> int:
        """The classes a fact can be changed into: those that some cell tells from its value now."""
        one, now = self.classes[at], self._now[at]
        return sum(1 << index for index, signature in enumerate(one.signatures) if signature != now)

    def targets(self, at: int) -> Iterator[int]:
        """The classes, from 1, that a fact can be changed into."""
        return members(self.start[at] & ~1)

    def nearest(self, allowed: Sequence[int]) -> tuple[int, ...]:
        """Of each fact the first class allowed; as it is, where that is allowed."""
        return tuple((mask & -mask).bit_length() - 1 for mask in allowed)

    def values_of(self, chosen: Sequence[int]) -> dict[str, FactValue]:
        """The values of the case with each fact in its chosen class."""
        moved = {
            one.fact.name: one.values[index - 1]
            for one, index in zip(self.classes, chosen, strict=True)
            if index
        }
        return {**self.values, **moved}

    # ------------------------------------------------------------ what holds

    def truths(self, chosen: Sequence[int]) -> tuple[int, int]:
        """The rules that are true, and those neither true nor false, with each fact in its chosen class."""
        false, unknown = 0, self._undated
        for effects, index in zip(self._effects, chosen, strict=True):
            effect = effects[index]
            false |= effect[0]
            unknown |= effect[1]
        live = (self.in_force | self._undated) & ~false
        if self.space.expressions:
            values = self.values_of(chosen)
            for rule in members(live & self.space.with_free):
                free = self.space.free[rule]
                held = None if free is None else true_of(free, values, self.day)
                if held is False:
                    live &= ~(1 << rule)
                elif held is None:
                    unknown |= 1 << rule
        return live & ~unknown, live & unknown

    def broken(self, chosen: Sequence[int]) -> Iterator[tuple[str, list[Option]]]:
        """Each invariant that is broken, with the ways to mend it."""
        if not self.space.rulebook.invariants:
            return
        values = self.values_of(chosen)
        for one in self.space.rulebook.invariants:
            if true_of(one.then, values, self.day) is False and (
                one.given is None or true_of(one.given, values, self.day) is True
            ):
                yield one.name, list(self._mended(one))

    def _mended(self, one: Invariant) -> Iterator[Option]:
        yield from self._ways(one.then, (True, None))
        if one.given is not None:
            yield from self._ways(one.given, (False, None))

    # ------------------------------------------------------------ ways

    def ways_true(self, rule: int) -> Iterator[Option]:
        """Each way by which all that a rule asks of the facts holds."""
        own = tuple((at, self._mask(at, which, (True,))) for at, which in self.space.asked[rule])
        free = self.space.free[rule]
        for more in [()] if free is None else self._ways(free, (True,)):
            yield (*own, *more)

    def ways_false(self, rule: int) -> Iterator[Option]:
        """Each way by which something that a rule asks does not hold."""
        for at, which in self.space.asked[rule]:
            yield ((at, self._mask(at, which, (False,))),)
        free = self.space.free[rule]
        if free is not None:
            yield from self._ways(free, (False,))

    def _mask(self, at: int, which: int, wanted: tuple[bool | None, ...]) -> int:
        """The classes of a fact of which one of its cells comes out as wanted."""
        found = int(self._now[at][which] in wanted)
        for one in wanted:
            found |= self._masks[at][which][_PLACES[one]]
        return found

    def _ways(self, part: Expression, wanted: tuple[bool | None, ...]) -> list[Option]:
        """The ways by which a condition comes out as one of ``wanted``: true or false, or either or open."""
        match part:
            case Condition(fact):
                if fact == DAY:
                    return [()] if true_of(part, self.values, self.day) in wanted else []
                at, which = self.space.place(part)
                return [((at, self._mask(at, which, wanted)),)]
            case Compare():
                return list(self._compared(part, wanted))
            case Not(inner):
                return self._ways(inner, tuple(None if one is None else not one for one in wanted))
            case AllOf(parts) | AnyOf(parts):
                each = [self._ways(one, wanted) for one in parts]
                if isinstance(part, AllOf) == (True in wanted):
                    return self._products(each)
                return [way for ways in each for way in ways]

    def _products(self, each: Sequence[list[Option]]) -> list[Option]:
        """One way of each list together, the lawful ones first; the first `MOST_WAYS`."""
        picks = list(islice(product(*(sorted(ways, key=self._unlawful) for ways in each)), MOST_WAYS + 1))
        self.cut = self.cut or len(picks) > MOST_WAYS
        return [sum(pick, ()) for pick in picks[:MOST_WAYS]]

    def _unlawful(self, option: Option) -> int:
        """How many facts a way changes that no one may change."""
        return sum(not mask & 1 and not self.classes[at].fact.changeable for at, mask in option)

    def _compared(self, test: Compare, wanted: tuple[bool | None, ...]) -> Iterator[Option]:
        """The ways of a comparison of two facts: both as they are, or one of them moved."""
        sides = [at for name in (test.left, test.right) if (at := self.space.index.get(name)) is not None]
        if true_of(test, self.values, self.day) in wanted:
            yield tuple((at, 1) for at in sides)
        for at, cell in self._one_sided(test):
            kept = tuple((other, 1) for other in sides if other != at)
            known = tuple(one for one in wanted if one is not None)
            which = self.classes[at].cells.index(cell)
            yield ((at, self._mask(at, which, known) & ~1), *kept)

    def _one_sided(self, test: Compare) -> Iterator[tuple[int, Cell]]:
        """For each side that is a fact, the cell that the other side's value as it is makes of it."""
        left, right = self._side(test.left), self._side(test.right)
        index = self.space.index
        if test.left in index and right is not None:
            yield index[test.left], _moved_cell(test.sign, right, test.plus)
        if test.right in index and left is not None:
            minus: int | Decimal = -test.plus
            yield index[test.right], _moved_cell(_TURNED[test.sign], left, minus)

    def _side(self, name: str) -> FactValue:
        value = self.day if name == DAY else self.values.get(name)
        return None if isinstance(value, Strange) else value

    def _add_compared(self) -> None:
        """Part the classes of compared facts at the values that the other facts have in this case."""
        more: dict[int, list[Cell]] = {}
        for test in self.space.compares:
            for at, cell in self._one_sided(test):
                more.setdefault(at, []).append(cell)
        for at, cells in more.items():
            one = classes_of(self.space.rulebook.facts[at], [*self.space.cells[at], *cells])
            self.classes[at] = one
            self._effects[at] = _effects(one, self.space.users_in(at, one))
            self._masks[at] = _masks(one)


def _moved_cell(sign: str, value: FactValue, plus: int | Decimal) -> Cell:
    """What ``sign value + plus`` says of a fact; of a day before or after all days too."""
    if not plus or not isinstance(value, date):
        return _cell(sign, value + plus if plus else value)  # type: ignore[operator]
    day = value.toordinal() + int(plus)
    if date.min.toordinal() <= day <= date.max.toordinal():
        return _cell(sign, date.fromordinal(day))
    always = "<>" if sign in {"=", "<>"} else "<" if day > 0 else ">"
    return OneOf((), negated=sign.startswith(always))


def _cell(sign: str, value: FactValue) -> Cell:
    if sign in {"=", "<>"}:
        return OneOf((value,), negated=sign == "<>")
    closed = len(sign) == 2
    if sign[0] == "<":
        return Between(None, value, high_in=closed)  # type: ignore[arg-type]
    return Between(value, None, low_in=closed)  # type: ignore[arg-type]
