"""The scope of a statement as columns: its days, what or whom it covers, and what makes one of a count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class StatedScope:
    """What a statement says of its own scope; None, nothing or '' where it does not say.

    ``covers`` are cost classes or people, folded (`folded`); ``counting_rule`` is what makes one of a count.
    """

    first: date | None = None
    last: date | None = None
    covers: tuple[str, ...] = ()
    counting_rule: str = ""


def folded(text: str) -> str:
    """A word for comparison: without case, and with any white space as one space."""
    return " ".join(text.split()).casefold()


def listed(text: str | None) -> tuple[str, ...]:
    """The words of a comma-separated list, folded, each once, sorted."""
    return tuple(sorted({word for part in (text or "").split(",") if (word := folded(part))}))


def scope_of(row: Mapping[str, Any]) -> StatedScope:
    """The scope of a row of ``assertions``."""
    rule = " ".join((row["counting_rule"] or "").split())
    return StatedScope(row["scope_from"], row["scope_to"], listed(row["scope_covers"]), rule)


def scopes_apart(one: StatedScope, other: StatedScope, names: tuple[str, str]) -> tuple[str, ...]:
    """How two scopes differ, in words; only what both say is compared. ``names`` are those of the two."""
    return (*days_apart(one, other, names), *covers_apart(one, other, names), *rules_apart(one, other, names))


def days_apart(one: StatedScope, other: StatedScope, names: tuple[str, str]) -> tuple[str, ...]:
    """How the days of two scopes differ: first days, last days."""
    pairs = (("begins on", one.first, other.first), ("ends on", one.last, other.last))
    return tuple(
        f"{names[0]} {verb} {left}, {names[1]} on {right}"
        for verb, left, right in pairs
        if left is not None and right is not None and left != right
    )


def days_backwards(scope: StatedScope) -> tuple[str, ...]:
    """That the days of a scope end before they begin, where they do: they are a mistake of the record."""
    if scope.first is None or scope.last is None or scope.first <= scope.last:
        return ()
    return (f"the days stated end on {scope.last}, before they begin on {scope.first}",)


def covers_apart(one: StatedScope, other: StatedScope, names: tuple[str, str]) -> tuple[str, ...]:
    """What only one of two scopes covers, where both say what they cover."""
    if not one.covers or not other.covers:
        return ()
    sides = ((names[0], {*one.covers} - {*other.covers}), (names[1], {*other.covers} - {*one.covers}))
    return tuple(f"only {name} covers {', '.join(sorted(alone))}" for name, alone in sides if alone)


def rules_apart(one: StatedScope, other: StatedScope, names: tuple[str, str]) -> tuple[str, ...]:
    """The two counting rules, where both are on record and are not the same words."""
    left, right = one.counting_rule, other.counting_rule
    if not left or not right or folded(left) == folded(right):
        return ()
    return (f"{names[0]} counts by '{left}', {names[1]} by '{right}'",)


def union(scopes: Iterable[StatedScope]) -> StatedScope:
    """The scope of several figures together: a day or a rule only where all that say one say the same."""
    every = tuple(scopes)
    firsts = {scope.first for scope in every} - {None}
    lasts = {scope.last for scope in every} - {None}
    rules = {scope.counting_rule for scope in every} - {""}
    covers = {word for scope in every for word in scope.covers}
    return StatedScope(
        next(iter(firsts)) if len(firsts) == 1 else None,
        next(iter(lasts)) if len(lasts) == 1 else None,
        tuple(sorted(covers)) if all(scope.covers for scope in every) else (),
        next(iter(rules)) if len(rules) == 1 else "",
    )


def scope_words(scope: StatedScope, said: str | None) -> str:
    """A scope as it is printed beside a figure; ``said`` are the publisher's own words."""
    parts = [" ".join((said or "").split())]
    if scope.first or scope.last:
        parts.append(f"days {scope.first or 'not on record'} to {scope.last or 'not on record'}")
    if scope.covers:
        parts.append(f"covers {', '.join(scope.covers)}")
    if scope.counting_rule:
        parts.append(f"counting rule: {scope.counting_rule}")
    return "; ".join(part for part in parts if part)
