"""The missing rows of a question: boxes that together hold every use of which no rule speaks.

A row is written over the few facts that make most rules false there. While the list is short, each row is
silent throughout. Where rules cut across all others, such a list has hundreds of rows; then a fact that would
only rule out one more rule is not written, and the row says "unless" that rule speaks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from wardbook.policy.resolve import members
from wardbook.policy.ways import Box, GivenUpError, Goal, Limit, Steps, Way, Ways, rooms

MOST_PLAIN = 60
"""The rows of a question that are listed without "unless"."""

Points = Callable[["list[Row]"], Iterator[Box]]
"""Given the list of rows so far, silent uses (a class of each axis) that no row of it holds, one by one."""


@dataclass(frozen=True)
class Row:
    """A missing row: the classes of the axes it is written over, and the rules that may yet speak in it."""

    columns: tuple[Limit, ...]
    unless: int

    @cached_property
    def outside(self) -> tuple[Limit, ...]:
        """For each column the classes that are not of the row."""
        return tuple((axis, ~mask) for axis, mask in self.columns)

    def holds(self, box: Box) -> bool:
        """Whether all of ``box`` lies in the row."""
        return not any(box[axis] & outside for axis, outside in self.outside)

    def within(self, whole: Box) -> list[int]:
        """The row as a box."""
        box = list(whole)
        for axis, mask in self.columns:
            box[axis] &= mask
        return box


@dataclass(frozen=True)
class Silence:
    """Of each class of each axis, the rules that it alone makes false; ``joint`` are the other ways."""

    ways: Ways
    alone: tuple[tuple[int, ...], ...]
    joint: tuple[tuple[Way, ...], ...]
    all_rules: int

    @property
    def goals(self) -> list[Goal]:
        """What makes a use silent."""
        return [*self.ways.false, *self.ways.unbroken]


def silence(ways: Ways) -> Silence:
    """Which rules are silent where."""
    alone = [[0] * len(axis.classes) for axis in ways.axes]
    joint: list[tuple[Way, ...]] = []
    for rule, goal in enumerate(ways.false):
        for way in goal:
            if len(way.limits) == 1 and not way.then:
                axis, mask = way.limits[0]
                for at in members(mask):
                    alone[axis][at] |= 1 << rule
        joint.append(tuple(way for way in goal if len(way.limits) != 1 or way.then))
    return Silence(ways, tuple(tuple(one) for one in alone), tuple(joint), (1 << len(ways.false)) - 1)


def missing_rows(quiet: Silence, points: Points, most: int) -> tuple[list[Row], bool]:
    """The missing rows, widest first, and whether they are all. Raises `GivenUpError` as ``points`` does."""
    rows, all_of_them = _listed(quiet, points, 1, min(MOST_PLAIN, most))
    if not all_of_them:
        rows, all_of_them = _listed(quiet, points, 2, most)
    kept = _needed(quiet, rows) if all_of_them else rows
    return sorted(kept, key=lambda row: (-_share(quiet, row), row.columns)), all_of_them


def _listed(quiet: Silence, points: Points, gain: int, most: int) -> tuple[list[Row], bool]:
    rows: list[Row] = []
    for point in points(rows):
        if len(rows) == most:
            return rows, False
        row = _row(quiet, point, gain)
        rows[:] = [one for one in rows if not row.holds(one.within(quiet.ways.whole))]
        rows.append(row)
    return rows, True


def silent_points(quiet: Silence, rows: list[Row]) -> Iterator[Box]:
    """Every silent use, each in none of the rows listed when it is given. Raises `GivenUpError`."""

    def listed(box: Box) -> bool:
        # `Row.holds`, written out: it is asked a hundred thousand times
        for row in reversed(rows):
            for axis, outside in row.outside:
                if box[axis] & outside:
                    break
            else:
                return True
        return False

    steps = Steps()
    for room in rooms(quiet.ways.whole, quiet.goals, steps, listed):
        left = [room]
        while left:
            steps.spend()
            box = left.pop()
            if listed(box):
                continue
            yield [mask & -mask for mask in box]
            left.extend(_outside(box, rows[-1]))


def _outside(box: Box, row: Row) -> Iterator[list[int]]:
    """The parts of a box that lie outside a row."""
    left = list(box)
    for axis, mask in row.columns:
        if left[axis] & ~mask:
            part = list(left)
            part[axis] &= ~mask
            yield part
        left[axis] &= mask
        if not left[axis]:
            return


# ---------------------------------------------------------------- one row


def _row(quiet: Silence, point: Box, gain: int) -> Row:
    """The row around a silent use: few facts, each ruling out at least ``gain`` rules, as wide as may be."""
    falsified = [quiet.alone[axis][mask.bit_length() - 1] for axis, mask in enumerate(point)]
    held = dict(_joint_limits(quiet, point, falsified))
    covered = quiet.all_rules & ~_union(falsified)
    chosen: list[int] = []
    axes = [axis for axis, bits in enumerate(falsified) if bits]
    while axes and covered != quiet.all_rules:
        best = max(axes, key=lambda axis: ((falsified[axis] & ~covered).bit_count(), -axis))
        if (falsified[best] & ~covered).bit_count() < gain:
            break
        chosen.append(best)
        covered |= falsified[best]
    for axis in list(chosen):
        others = _union([falsified[one] for one in chosen if one != axis])
        if not falsified[axis] & ~others:
            chosen.remove(axis)
    for axis in chosen:
        others = _union([falsified[one] for one in chosen if one != axis])
        must = falsified[axis] & ~others
        wide = held.get(axis, quiet.ways.whole[axis])
        mask, bits = 0, quiet.all_rules
        for at in members(wide):
            if quiet.alone[axis][at] & must == must:
                mask |= 1 << at
                bits &= quiet.alone[axis][at]
        held[axis], falsified[axis] = mask, bits
    columns = ((axis, mask) for axis, mask in sorted(held.items()) if mask != quiet.ways.whole[axis])
    return Row(tuple(columns), quiet.all_rules & ~covered)


def _joint_limits(quiet: Silence, point: Box, falsified: Sequence[int]) -> Iterator[Limit]:
    """What holds those rules false that no axis alone makes false at a use."""
    limits: dict[int, int] = {}
    for rule in members(quiet.all_rules & ~_union(falsified)):
        for axis, mask in _met(point, quiet.joint[rule]) or ():
            limits[axis] = limits.get(axis, mask) & mask
    yield from limits.items()


def _met(point: Box, goal: Goal) -> list[Limit] | None:
    """The limits of the first way of a goal that a use takes, and of what must then be met."""
    for way in goal:
        if all(point[axis] & mask for axis, mask in way.limits):
            more = [_met(point, one) for one in way.then]
            if all(one is not None for one in more):
                return [*way.limits, *(limit for one in more if one is not None for limit in one)]
    return None


def _union(sets: Sequence[int]) -> int:
    bits = 0
    for one in sets:
        bits |= one
    return bits


# ---------------------------------------------------------------- the list


def _needed(quiet: Silence, rows: Sequence[Row]) -> list[Row]:
    """The rows without those whose silent uses lie in others."""
    kept = list(rows)
    whole = quiet.ways.whole
    for row in sorted(rows, key=lambda row: _share(quiet, row)):
        others = [one for one in kept if one is not row]
        box = row.within(whole)
        if any(one.holds(box) for one in others) or not _left(quiet, box, others):
            kept = others
    return kept


def _left(quiet: Silence, box: Box, rows: Sequence[Row]) -> bool:
    """Whether a box holds a silent use that no row has."""
    outside = [
        tuple(Way(((axis, quiet.ways.whole[axis] & ~mask),)) for axis, mask in row.columns)
        for row in rows
        if all(box[axis] & mask for axis, mask in row.columns)
    ]
    try:
        return next(rooms(box, [*quiet.goals, *outside], Steps()), None) is not None
    except GivenUpError:
        return True


def _share(quiet: Silence, row: Row) -> float:
    share = 1.0
    for axis, mask in row.columns:
        share *= mask.bit_count() / len(quiet.ways.axes[axis].classes)
    return share
