"""The ways in which a rule can be true, false, standing or stopped, and the search for a use of that kind.

A *goal* is met in one of several *ways*; a way limits axes to some of their classes and may set further
goals. `rooms` finds all boxes in which every goal is met. The search is exact: what it does not find is not
there. Comparisons of two facts are axes of their own here, as if each could come out anyhow; where a question
has any (`Ways.tied`), a room is only a proposal that the solver must judge, while no room is still a proof.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple, TypeAlias

from wardbook.policy.boxes import axes_of
from wardbook.policy.cells import Between, holds
from wardbook.policy.classes import invariant_parts, names_read, rule_parts, sole_fact
from wardbook.policy.meaning import true_of
from wardbook.policy.model import (
    DAY,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Expression,
    Fact,
    FactValue,
    Invariant,
    Not,
    Rule,
)
from wardbook.policy.resolve import Deck, members

MOST_STEPS = 50_000
"""The branches after which a search gives up and leaves the question to the solver."""

Box: TypeAlias = Sequence[int]
Limit: TypeAlias = tuple[int, int]


class Way(NamedTuple):
    """Axes limited to some of their classes, and goals that must then be met too."""

    limits: tuple[Limit, ...]
    then: tuple[Goal, ...] = ()


Goal: TypeAlias = "tuple[Way, ...]"


class GivenUpError(Exception):
    """A search took more branches than it may."""


@dataclass
class Steps:
    """The branches that a search may still take."""

    left: int = MOST_STEPS

    def spend(self) -> None:
        """One branch. Raises `GivenUpError` after the last."""
        self.left -= 1
        if self.left < 0:
            raise GivenUpError


def rooms(
    start: Box, goals: Sequence[Goal], steps: Steps, skip: Callable[[Box], bool] | None = None
) -> Iterator[list[int]]:
    """Boxes in ``start`` in which every goal is met; together they hold every use that meets them.

    Boxes that ``skip`` says yes to are left out. Raises `GivenUpError`.
    """
    room = list(start)
    left = _narrowed(room, goals)
    if left is None or (skip is not None and skip(room)):
        return
    if not left:
        yield room
        return
    steps.spend()
    goal = min(left, key=len)
    rest = [one for one in left if one is not goal]
    for limits, then in goal:
        tried = list(room)
        if not _limit(tried, limits):
            continue
        yield from rooms(tried, [*rest, *then], steps, skip)
        if len(limits) == 1 and not then:
            axis, mask = limits[0]
            room[axis] &= ~mask
            if not room[axis]:
                return


def _limit(room: list[int], limits: tuple[Limit, ...]) -> bool:
    """Narrow a box; False if nothing is left of it."""
    for axis, mask in limits:
        room[axis] &= mask
        if not room[axis]:
            return False
    return True


def _narrowed(room: list[int], goals: Sequence[Goal]) -> list[Goal] | None:
    """Take the only ways; the goals that are still open, or None where one cannot be met."""
    while True:
        left: list[Goal] = []
        moved = False
        for goal in goals:
            ways = _live(room, goal)
            if ways is None:
                continue
            if not ways:
                return None
            if len(ways) > 1:
                left.append(tuple(ways))
                continue
            _limit(room, ways[0].limits)
            left.extend(ways[0].then)
            moved = True
        if not moved:
            return left
        goals = left


def _live(room: Box, goal: Goal) -> list[Way] | None:
    """The ways that are still open; None if the goal is met in the whole box."""
    found = []
    for way in goal:
        met = True
        for axis, mask in way.limits:
            here = room[axis]
            both = here & mask
            if not both:
                break
            if both != here:
                met = False
        else:
            if met and not way.then:
                return None
            found.append(way)
    return found


# ---------------------------------------------------------------- goals of one question


class Ways:
    """The goals of one question: what makes its rules true, false, standing for certain, or stopped."""

    def __init__(self, facts: Sequence[Fact], deck: Deck, invariants: Sequence[Invariant]) -> None:
        self.deck = deck
        self.invariants = _connected(facts, deck.rules, invariants)
        self.axes = axes_of(facts, deck.rules, self.invariants)
        self.whole = tuple(axis.whole for axis in self.axes)
        self.place = {axis.name if axis.term is None else axis.term: at for at, axis in enumerate(self.axes)}
        self.tied = any(axis.term is not None for axis in self.axes)
        self.parts = tuple(rule_parts(rule) for rule in deck.rules)
        self._masks: dict[tuple[int, Expression], tuple[int, int, int]] = {}
        self.true = tuple(self._true(at) for at in range(len(deck.rules)))
        self.false = tuple(self._not(at, (False,)) for at in range(len(deck.rules)))
        self.unbroken = tuple(self._unbroken(one) for one in self.invariants)
        self.not_true = cache(lambda at: self._not(at, (False, None)))
        self.certain = cache(self._certain)
        self.stands = cache(self._stands)
        self.not_standing = cache(self._not_standing)

    def mark(self, at: int) -> Hashable:
        """What a rule asks, so that two rules with the same mark are true alike and false alike."""
        first, *more = self.true[at]
        limits = ((axis, mask) for axis, mask in first[0].limits if mask != self.whole[axis])
        return frozenset(limits), frozenset(more), frozenset(self.false[at])

    def _true(self, at: int) -> tuple[Goal, ...]:
        day = self._in_force(self.deck.rules[at])
        limits: dict[int, int] = {} if day is None else {day[0]: day[1]}
        more = []
        for part in self.parts[at]:
            goal = self.ways(part, (True,))
            if len(goal) == 1 and not goal[0].then:
                for axis, mask in goal[0].limits:
                    limits[axis] = limits.get(axis, self.whole[axis]) & mask
            else:
                more.append(goal)
        return ((Way(tuple(limits.items())),), *more)

    def _not(self, at: int, wanted: tuple[bool | None, ...]) -> Goal:
        """The ways by which a rule comes out as wanted, widest first: the search then has fewer to try."""
        day = self._in_force(self.deck.rules[at])
        limits: dict[int, int] = {} if day is None else {day[0]: self.whole[day[0]] & ~day[1]}
        more: list[Way] = []
        for part in self.parts[at]:
            for way in self.ways(part, wanted):
                if len(way.limits) == 1 and not way.then:
                    axis, mask = way.limits[0]
                    limits[axis] = limits.get(axis, 0) | mask
                else:
                    more.append(way)
        widest = sorted(
            limits.items(), key=lambda limit: -limit[1].bit_count() / len(self.axes[limit[0]].classes)
        )
        return (*(Way((limit,)) for limit in widest if limit[1]), *more)

    def _unbroken(self, one: Invariant) -> Goal:
        given = () if one.given is None else self.ways(one.given, (False, None))
        return (*self.ways(one.then, (True, None)), *given)

    def _certain(self, at: int) -> tuple[Goal, ...]:
        """What makes a rule stand whatever the open rules turn out to be."""
        return (*self.true[at], *(self.impossible(one) for one in members(self.deck.overridden_by[at])))

    def impossible(self, at: int) -> Goal:
        """What keeps a rule from standing, however the open rules turn out."""
        return (*self.false[at], *self._stopped(at, self.certain))

    def _stands(self, at: int) -> tuple[Goal, ...]:
        """What makes a rule stand among the true ones."""
        return (
            *self.true[at],
            *(self.not_standing(one) for one in members(self.deck.overridden_by[at])),
        )

    def _not_standing(self, at: int) -> Goal:
        return (*self.not_true(at), *self._stopped(at, self.stands))

    def _stopped(self, at: int, by: Callable[[int], tuple[Goal, ...]]) -> Iterator[Way]:
        for one in members(self.deck.overridden_by[at]):
            yield Way((), by(one))

    # ------------------------------------------------------------ ways of a condition

    def ways(self, part: Expression, wanted: tuple[bool | None, ...]) -> Goal:
        """The ways by which a condition comes out as one of ``wanted``: true, false, or either or open."""
        if isinstance(part, Compare):
            return self._way(self.place[part], part, wanted)
        sole = sole_fact(part)
        if sole is not None:
            return self._way(self.place[sole], part, wanted)
        match part:
            case Not(inner):
                return self.ways(inner, tuple(None if one is None else not one for one in wanted))
            case AllOf(parts) | AnyOf(parts):
                each = [self.ways(one, wanted) for one in parts]
                if isinstance(part, AllOf) == (True in wanted):
                    return (Way((), tuple(each)),) if any(len(one) != 1 for one in each) else _joined(each)
                return tuple(way for ways in each for way in ways)
        raise TypeError(f"{part!r} is not a condition")

    def _way(self, at: int, part: Expression, wanted: tuple[bool | None, ...]) -> Goal:
        true, false, neither = self._parted(at, part)
        mask = (true if True in wanted else 0) | (false if False in wanted else 0)
        mask |= neither if None in wanted else 0
        return (Way(((at, mask),)),) if mask else ()

    def _parted(self, at: int, part: Expression) -> tuple[int, int, int]:
        """The classes of an axis of which a condition is true, false, and neither."""
        found = self._masks.get((at, part))
        if found is None:
            masks = {True: 0, False: 0, None: 0}
            for bit, one in enumerate(self.axes[at].classes):
                masks[self._held(part, one.sample)] |= 1 << bit
            found = self._masks[at, part] = (masks[True], masks[False], masks[None])
        return found

    def _held(self, part: Expression, sample: FactValue) -> bool | None:
        match part:
            case Compare():
                return sample  # type: ignore[return-value]
            case Condition(_, cell):
                return holds(cell, sample)  # type: ignore[arg-type]
            case _:
                (name,) = names_read(part)
                return true_of(part, {name: sample}, sample if name == DAY else None)  # type: ignore[arg-type]

    def _in_force(self, rule: Rule) -> Limit | None:
        if rule.in_force_from is None and rule.in_force_to is None:
            return None
        at = self.place[DAY]
        return at, self._parted(at, Condition(DAY, Between(rule.in_force_from, rule.in_force_to), ""))[0]


def _joined(goals: Sequence[Goal]) -> Goal:
    """One way that takes the only way of each goal; none where two of them shut each other out."""
    limits: dict[int, int] = {}
    for goal in goals:
        for axis, mask in goal[0].limits:
            limits[axis] = limits.get(axis, mask) & mask
    then = tuple(one for goal in goals for one in goal[0].then)
    return (Way(tuple(limits.items()), then),) if all(limits.values()) else ()


def _connected(
    facts: Sequence[Fact], rules: Sequence[Rule], invariants: Sequence[Invariant]
) -> tuple[Invariant, ...]:
    """The invariants that bear on what the rules read, or that are broken by leaving facts unknown.

    The others hold of any use of which their facts are not known, and bear on nothing. In their order.
    """
    read = {name for rule in rules for part in rule_parts(rule) for name in names_read(part)}
    read |= {DAY, *(fact.name for fact in facts if not fact.may_be_unknown)}
    names = [
        names_read(one.then) | (frozenset() if one.given is None else names_read(one.given))
        for one in invariants
    ]
    for one, own in zip(invariants, names, strict=True):
        if true_of(AllOf(invariant_parts(one)), {}, None) is False:
            read |= own
    grown = True
    while grown:
        more = {name for one in names if one & read for name in one} - read
        read |= more
        grown = bool(more)
    return tuple(one for one, own in zip(invariants, names, strict=True) if own & read)
