"""Where two versions of one rule can differ: the values of the one fact on which a change of it hangs.

A bound moved from 180 to 210 days concerns uses with 181 to 210 days, and no others. Said as a plain
condition on a column, the engine passes over all other uses while it reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wardbook.policy.cells import Between
from wardbook.policy.classes import (
    DAY_FACT,
    STRANGE,
    Listed,
    Spans,
    Step,
    fact_classes,
    names_read,
    rule_parts,
    sole_fact,
)
from wardbook.policy.meaning import all_of, in_force_on, met
from wardbook.policy.model import DAY, Condition, Expression, FactValue, Rule, Rulebook
from wardbook.policy.sql_text import sql_value

Span = tuple[Step | None, Step | None]


@dataclass(frozen=True)
class Region:
    """Values of the fact ``name`` (or `DAY`) for which two versions of a rule differ.

    ``words`` are single values and ``spans`` runs of an ordered fact; ``others`` are values besides ``told``;
    ``null`` is that it is not known. ``only_ends``: for each of them the first version is true.
    """

    name: str
    words: tuple[str | bool, ...]
    spans: tuple[Span, ...]
    others: bool
    told: tuple[str | bool, ...]
    null: bool
    only_ends: bool

    def sql(self, raw: str, bad: str) -> str:
        """A condition on a column that holds in the region; a value that cannot be read counts as in it."""
        tests = [f"{raw} IS NULL"] if self.null or self.others or bad else []
        tests += [f"{raw} IN ({', '.join(map(sql_value, self.words))})"] if self.words else []
        tests += [" AND ".join(_ends(raw, span)) or "TRUE" for span in self.spans]
        if self.others:
            tests.append(f"{raw} NOT IN ({', '.join(map(sql_value, self.told))})" if self.told else "TRUE")
        return " OR ".join(f"({test})" for test in tests) or "FALSE"


def region(rulebook: Rulebook, was: Rule, now: Rule) -> Region | None:
    """Where ``was`` and ``now`` differ; None where that hangs on several facts, or on facts compared."""
    parts = [*_parts(was), *_parts(now)]
    names = {name for part in parts for name in names_read(part)}
    if len(names) != 1 or any(sole_fact(part) is None for part in parts):
        return None
    (name,) = names
    fact = DAY_FACT if name == DAY else next(fact for fact in rulebook.facts if fact.name == name)
    classes = fact_classes(fact, parts)

    def pair(value: FactValue) -> tuple[bool | None, bool | None]:
        first, second = (_holds(rule, name, value) for rule in (was, now))
        return first, second

    found = [(where, pair(value)) for where, value in _values(classes)]
    others = pair(STRANGE if classes.rest is None else classes.rest) if isinstance(classes, Listed) else None
    null = pair(None)
    strange = null if name == DAY else pair(STRANGE)
    differing = [(where, told) for where, told in found if told[0] != told[1]]
    more = [told for told in (others, null, strange) if told is not None and told[0] != told[1]]
    return Region(
        name,
        tuple(where for where, _ in differing if not isinstance(where, tuple)),
        tuple(where for where, _ in differing if isinstance(where, tuple)),
        others is not None and (others[0] != others[1] or strange[0] != strange[1]),
        tuple(where for where, _ in found if not isinstance(where, tuple)),
        null[0] != null[1] or strange[0] != strange[1],
        all(told[0] is True for told in (*(told for _, told in differing), *more)),
    )


def _parts(rule: Rule) -> tuple[Expression, ...]:
    """All that a version asks, its days in force too."""
    if rule.in_force_from is None and rule.in_force_to is None:
        return rule_parts(rule)
    return (*rule_parts(rule), Condition(DAY, Between(rule.in_force_from, rule.in_force_to), ""))


def _holds(rule: Rule, name: str, value: FactValue) -> bool | None:
    if name == DAY:
        return all_of((met(rule, {}, value), in_force_on(rule, value)))  # type: ignore[arg-type]
    return met(rule, {name: value}, None)


def _values(classes: Listed | Spans) -> Iterator[tuple[str | bool | Span, FactValue]]:
    """Each class but those of other words: where it lies, and a value of it."""
    if isinstance(classes, Listed):
        yield from classes.values
        return
    steps = (None, *classes.steps, None)
    for low, high, sample in zip(steps[:-1], steps[1:], classes.samples, strict=True):
        yield (low, high), sample


def _ends(raw: str, span: Span) -> Iterator[str]:
    low, high = span
    if low is not None:
        yield f"{raw} {'>' if low.after else '>='} {sql_value(low.value)}"
    if high is not None:
        yield f"{raw} {'<=' if high.after else '<'} {sql_value(high.value)}"
