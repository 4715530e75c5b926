"""The facts of a question as axes, each cut into classes of values that no rule and no invariant tells apart.

A set of classes of one axis is a whole number, a bit a class; a set of uses is a *box*: one such number for
each axis. A comparison of two facts is an axis of its own (yes, no, not known), because no class of either
fact settles it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from wardbook.policy.cells import Between, show_value
from wardbook.policy.classes import (
    DAY_FACT,
    Spans,
    Step,
    fact_classes,
    names_read,
    rule_parts,
    tests,
)
from wardbook.policy.formulas import CENTS, SCALE
from wardbook.policy.model import (
    DAY,
    Compare,
    Condition,
    Fact,
    FactType,
    FactValue,
    Invariant,
    Rule,
    Strange,
)
from wardbook.policy.resolve import members

NOT_KNOWN = "not known"


@dataclass(frozen=True)
class ValueClass:
    """Values that nothing tells apart: in words (empty for an interval), one of them, an interval's ends.

    Of a comparison the sample is True, False or None: how it comes out. ``rest``: texts that nothing names.
    """

    words: str
    sample: FactValue
    low: Step | None = None
    high: Step | None = None
    rest: bool = False


@dataclass(frozen=True)
class Axis:
    """One fact, the day of the use, or one comparison of two facts (``term``), with its classes."""

    name: str
    classes: tuple[ValueClass, ...]
    fact: Fact | None = None
    term: Compare | None = None

    @property
    def whole(self) -> int:
        """All classes."""
        return (1 << len(self.classes)) - 1


def axes_of(
    facts: Sequence[Fact], rules: Sequence[Rule], invariants: Sequence[Invariant]
) -> tuple[Axis, ...]:
    """The axes of what rules and invariants read: facts in their declared order, the day, comparisons."""
    parts = [part for rule in rules for part in rule_parts(rule)]
    for one in invariants:
        parts += [one.then, *([] if one.given is None else [one.given])]
    found = dict.fromkeys(test for part in parts for test in tests(part))
    read = {name for test in found for name in names_read(test)}
    cells: dict[str, list[Condition]] = {name: [] for name in read}
    for test in found:
        if isinstance(test, Condition):
            cells[test.fact].append(test)
    made = [_axis(fact, cells[fact.name]) for fact in facts if fact.name in read]
    force = list(_force_ends(rules))
    if force or DAY in read:
        made.append(_axis(DAY_FACT, [*cells.get(DAY, ()), *force]))
    made += [_term_axis(test, facts) for test in found if isinstance(test, Compare)]
    return tuple(made)


def _axis(fact: Fact, conditions: Sequence[Condition]) -> Axis:
    found = fact_classes(fact, conditions)
    classes = list(_spans(fact, found)) if isinstance(found, Spans) else []
    if not isinstance(found, Spans):
        classes = [
            ValueClass(show_value(value), value) for value in dict.fromkeys(v for _, v in found.values)
        ]
        if isinstance(found.rest, str):
            classes.append(ValueClass("any other word", found.rest, rest=True))
    if fact.name != DAY and fact.may_be_unknown:
        classes.append(ValueClass(NOT_KNOWN, None))
    return Axis(fact.name, tuple(classes), fact)


def _spans(fact: Fact, spans: Spans) -> Iterator[ValueClass]:
    ends: list[Step | None] = [None, *spans.steps, None]
    for low, high, sample in zip(ends[:-1], ends[1:], spans.samples, strict=True):
        value = None if isinstance(sample, Strange) else _on_the_grid(fact, sample, low, high)
        if value is not None:
            yield ValueClass("", value, low, high)


def _on_the_grid(fact: Fact, value: FactValue, low: Step | None, high: Step | None) -> FactValue:
    """The value, or one beside it that can be written; None where none lies between the ends."""
    if not isinstance(value, Decimal):
        return value if _between(value, low, high) else None
    parts = CENTS if fact.type is FactType.MONEY else SCALE
    below = value * parts // 1
    near = (Decimal(count) / parts for count in (below, below + 1, below - 1))
    return next((one for one in near if _between(one, low, high)), None)


def _between(value: FactValue, low: Step | None, high: Step | None) -> bool:
    above = low is None or (value > low.value if low.after else value >= low.value)  # type: ignore[operator]
    return above and (high is None or (value <= high.value if high.after else value < high.value))  # type: ignore[operator]


def _force_ends(rules: Iterable[Rule]) -> Iterator[Condition]:
    for rule in rules:
        if rule.in_force_from or rule.in_force_to:
            yield Condition(DAY, Between(rule.in_force_from, rule.in_force_to), "")


def _term_axis(test: Compare, facts: Sequence[Fact]) -> Axis:
    more = f" {'+' if test.plus > 0 else '-'} {abs(test.plus)}" if test.plus else ""
    classes = [ValueClass("yes", True), ValueClass("no", False)]
    sides = {test.left, test.right}
    if any(fact.may_be_unknown for fact in facts if fact.name in sides):
        classes.append(ValueClass(NOT_KNOWN, None))
    return Axis(f"{test.left} {test.sign} {test.right}{more}", tuple(classes), term=test)


# ---------------------------------------------------------------- words


def show_classes(axis: Axis, chosen: int) -> str:
    """Some classes of an axis in words: ``rally or errand``, ``not rally``, ``4..10``, ``known``."""
    unknown = [at for at, one in enumerate(axis.classes) if one.words == NOT_KNOWN]
    known = axis.whole & ~sum(1 << at for at in unknown)
    also = f" or {NOT_KNOWN}" if chosen & ~known else ""
    picked = chosen & known
    if not picked:
        return NOT_KNOWN
    if picked == known:
        return "known"
    left = list(members(known & ~picked))
    worded = all(axis.classes[at].words for at in members(known))
    if worded and len(left) * 2 < picked.bit_count() > 3:
        return "not " + ", ".join(axis.classes[at].words for at in left) + also
    return " or ".join(_runs(axis.classes, list(members(picked)))) + also


def _runs(classes: Sequence[ValueClass], chosen: Sequence[int]) -> Iterator[str]:
    at = 0
    while at < len(chosen):
        one, last = classes[chosen[at]], at
        if one.words:
            yield one.words
        else:
            while (
                last + 1 < len(chosen)
                and chosen[last + 1] == chosen[last] + 1
                and not classes[chosen[last + 1]].words
            ):
                last += 1
            yield _span(one.low, classes[chosen[last]].high)
        at = last + 1


def _span(low: Step | None, high: Step | None) -> str:
    if low is None and high is None:
        return "any value"
    least = "" if low is None else show_value(low.value)
    most = "" if high is None else show_value(_last(high))
    above = low is not None and low.after
    below = high is not None and not high.after and isinstance(high.value, Decimal)
    if not (above or below):
        return most if least == most else f"{least}..{most}"
    ends = [f"{'>' if above else '>='} {least}"] if least else []
    ends += [f"{'<' if below else '<='} {most}"] if most else []
    return " and ".join(ends)


def _last(end: Step) -> int | Decimal | date:
    """The last whole number or day before an end; otherwise the end itself."""
    if end.after or isinstance(end.value, Decimal):
        return end.value
    return end.value - (timedelta(days=1) if isinstance(end.value, date) else 1)  # type: ignore[operator]
