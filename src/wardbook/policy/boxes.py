"""Rules as boxes: for each class of each fact's values, the rules it makes true and those it makes false.

A rule without parts that tie facts together is true in a box (a set of classes for each fact) and false
outside another. So most questions about two rules, or about the room that no rule covers, are answered by bit
sets, and the solver is asked only about the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from wardbook.policy.cells import Between, show_value
from wardbook.policy.classes import (
    DAY_FACT,
    Spans,
    Step,
    fact_classes,
    names_read,
    rule_parts,
    sole_fact,
)
from wardbook.policy.formulas import Formulas
from wardbook.policy.meaning import all_of, in_force_on, true_of
from wardbook.policy.model import DAY, Condition, Expression, Fact, FactValue, Rule, Strange
from wardbook.policy.resolve import Deck


@dataclass(frozen=True)
class ValueClass:
    """Values that no rule of a question tells apart: in words, one of them, and as a formula.

    ``true`` has the rules whose parts on this fact it makes true, ``false`` those it makes false. ``low`` and
    ``high`` are the ends of an interval.
    """

    words: str
    sample: FactValue
    formula: Any
    true: int
    false: int
    low: Step | None = None
    high: Step | None = None


@dataclass(frozen=True)
class Boxes:
    """The classes of each fact that a question reads; ``tied`` has the rules with parts that tie facts."""

    names: tuple[str, ...]
    classes: tuple[tuple[ValueClass, ...], ...]
    tied: int
    all_rules: int

    def meets(self, at: int) -> int:
        """The rules that may be true together with rule ``at``, as far as the facts one by one can tell."""
        bits = self.all_rules
        for classes in self.classes:
            here = 0
            for one in classes:
                if one.true >> at & 1:
                    here |= one.true
            bits &= here
        return bits


def boxes(formulas: Formulas, deck: Deck) -> Boxes:
    """The classes of the facts that a question reads, the day of the use among them."""
    parts = [rule_parts(rule) for rule in deck.rules]
    read = {name for rule in parts for part in rule for name in names_read(part)}
    dated = any(rule.in_force_from or rule.in_force_to for rule in deck.rules)
    facts = [fact for fact in formulas.facts.values() if fact.name in read]
    if dated or DAY in read:
        facts.append(DAY_FACT)
    tied = sum(1 << at for at, rule in enumerate(parts) if any(sole_fact(part) is None for part in rule))
    classes = tuple(tuple(_classes(formulas, fact, deck.rules, parts)) for fact in facts)
    return Boxes(tuple(fact.name for fact in facts), classes, tied, (1 << len(deck.rules)) - 1)


def _classes(
    formulas: Formulas, fact: Fact, rules: Sequence[Rule], parts: Sequence[tuple[Expression, ...]]
) -> list[ValueClass]:
    sole = [[part for part in rule if sole_fact(part) == fact.name] for rule in parts]
    ends = _force_ends(rules) if fact.name == DAY else []
    found = fact_classes(fact, [*(part for rule in sole for part in rule), *ends])
    z3, value, known = formulas.z3, formulas.value[fact.name], formulas.known[fact.name]
    made: list[ValueClass] = []

    def add(
        words: str, sample: FactValue, formula: Any, low: Step | None = None, high: Step | None = None
    ) -> None:
        true = false = 0
        for at, rule in enumerate(sole):
            held = _held(fact, rule, sample, rules[at])
            true |= (held is True) << at
            false |= (held is False) << at
        made.append(ValueClass(words, sample, formula, true, false, low, high))

    if isinstance(found, Spans):
        _add_spans(formulas, fact, found, add)
    else:
        for _, understood in {v: (w, v) for w, v in found.values}.values():
            add(
                show_value(understood),
                understood,
                formulas.both(known, value == formulas.number(fact.name, understood)),
            )
        if isinstance(found.rest, str):
            add("any other word", found.rest, formulas.both(known, value == len(formulas.words(fact))))
    if fact.name != DAY and fact.may_be_unknown:
        add("not known", None, z3.Not(known))
    return made


def _add_spans(formulas: Formulas, fact: Fact, spans: Spans, add: Any) -> None:
    value, known = formulas.value[fact.name], formulas.known[fact.name]
    ends: list[Step | None] = [None, *spans.steps, None]
    for low, high, sample in zip(ends[:-1], ends[1:], spans.samples, strict=True):
        if isinstance(sample, Strange):
            continue
        parts = [known]
        if low is not None:
            number = formulas.number(fact.name, low.value)
            parts.append(value > number if low.after else value >= number)
        if high is not None:
            number = formulas.number(fact.name, high.value)
            parts.append(value <= number if high.after else value < number)
        add("", sample, formulas.both(*parts), low, high)


def _held(fact: Fact, tests: Sequence[Expression], sample: FactValue, rule: Rule) -> bool | None:
    if fact.name != DAY:
        return all_of(true_of(test, {fact.name: sample}, None) for test in tests)
    day = sample if isinstance(sample, date) else None
    return all_of([in_force_on(rule, day), *(true_of(test, {}, day) for test in tests)])


def _force_ends(rules: Sequence[Rule]) -> list[Expression]:
    return [
        Condition(DAY, Between(rule.in_force_from, rule.in_force_to), "")
        for rule in rules
        if rule.in_force_from or rule.in_force_to
    ]


# ---------------------------------------------------------------- words


def show_classes(classes: Sequence[ValueClass], chosen: Sequence[int]) -> str:
    """Some classes of one fact in words: ``rally or errand``, ``4..10``, ``not known``."""
    words: list[str] = []
    at = 0
    while at < len(chosen):
        one = classes[chosen[at]]
        last = at
        if not one.words:
            while (
                last + 1 < len(chosen)
                and chosen[last + 1] == chosen[last] + 1
                and not classes[chosen[last + 1]].words
            ):
                last += 1
            words.append(_span(one.low, classes[chosen[last]].high))
        else:
            words.append(one.words)
        at = last + 1
    return " or ".join(words)


def _span(low: Step | None, high: Step | None) -> str:
    least = "" if low is None else show_value(low.value)
    most = ""
    if high is not None:
        top = high.value
        if not high.after and isinstance(top, date):
            top = top - timedelta(days=1)
        elif not high.after and isinstance(top, int):
            top = top - 1
        most = show_value(top)
    if low is None and high is None:
        return "any value"
    if low is not None and low.after:
        return f"> {least}" + (f" and <= {most}" if most else "")
    if high is not None and not high.after and not isinstance(high.value, int | date):
        return (f">= {least} and " if least else "") + f"< {most}"
    return most if least == most else f"{least}..{most}"
