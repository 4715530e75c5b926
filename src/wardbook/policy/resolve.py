"""Which rules decide a question: default logic over three values, with no guess about what is not known.

A rule *stands* if it is true and no standing rule overrides it. Overrides have no rings, so this is settled
from the top down; an overrider that is itself overridden does not defeat. The decision is what the standing
rules say. Where some rules are neither true nor false, two bounds are kept: rules that stand whatever the
unknown facts turn out to be, and rules that may stand. A question is decided only if all rules that may stand
say the same. The bounds are those of the well-founded semantics of logic programs (Van Gelder, Ross and
Schlipf 1991), so a decision holds for every completion; in rare patterns, where two open rules can only
stand in turn, the answer is open although each completion agrees.

Sets of rules are whole numbers, a bit a rule in the order of the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from wardbook.policy.model import Rule, Rulebook


class Kind(StrEnum):
    """How a question came out."""

    DECIDED = "decided"
    OPEN = "open"
    CONFLICT = "conflict"
    NO_RULE = "no rule"
    CONTRADICTION = "facts contradict"


@dataclass(frozen=True)
class Deck:
    """The rules of one question; ``overridden_by`` are bit sets; ``order`` has overriders first."""

    question: str
    rules: tuple[Rule, ...]
    overridden_by: tuple[int, ...]
    order: tuple[int, ...]

    def pick(self, bits: int) -> tuple[Rule, ...]:
        """The rules of a bit set, in the order of the table."""
        return tuple(self.rules[index] for index in members(bits))


@dataclass(frozen=True)
class Verdict:
    """What a question came to.

    ``outcomes`` is empty unless decided. ``standing`` are the deciding (or conflicting) rules, ``pending``
    the open rules whose unknown facts keep the question open.
    """

    kind: Kind
    outcomes: Mapping[str, str]
    standing: int
    pending: int = 0


def members(bits: int) -> Iterator[int]:
    """The indexes of the set bits, from 0 up."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def decks(rulebook: Rulebook) -> tuple[Deck, ...]:
    """The questions of a rulebook, ready to resolve."""
    return tuple(
        _deck(question, tuple(rule for rule in rulebook.rules if rule.question == question))
        for question in rulebook.questions
    )


def _deck(question: str, rules: tuple[Rule, ...]) -> Deck:
    index = {rule.name: at for at, rule in enumerate(rules)}
    overridden_by = [0] * len(rules)
    for rule in rules:
        for name in rule.overrides:
            overridden_by[index[name]] |= 1 << index[rule.name]
    order: list[int] = []
    placed = 0
    while len(order) < len(rules):
        free = [at for at in range(len(rules)) if not placed >> at & 1 and not overridden_by[at] & ~placed]
        order.extend(free)
        placed |= sum(1 << at for at in free)
        if not free:
            raise ValueError(f"the overrides of {question!r} have a ring")
    return Deck(question, rules, tuple(overridden_by), tuple(order))


def resolve(deck: Deck, true: int, unknown: int) -> Verdict:
    """What a question comes to, if the rules ``true`` hold and ``unknown`` are neither true nor false."""
    if not true:
        return Verdict(Kind.OPEN if unknown else Kind.NO_RULE, {}, 0, unknown)
    certain, possible = _bounds(deck, true, unknown)
    standing = _bounds(deck, true, 0)[0]
    said = _sayings(deck, standing)
    if len(said) == 1 and _sayings(deck, possible) == said:
        return Verdict(Kind.DECIDED, dict(next(iter(said))), standing)
    if len(_sayings(deck, certain)) > 1:
        return Verdict(Kind.CONFLICT, {}, certain)
    only = next(iter(said)) if len(said) == 1 else None
    suspects = sum(1 << at for at in members(possible) if _saying(deck.rules[at]) != only)
    return Verdict(Kind.OPEN, {}, standing, _behind(deck, suspects, possible) & unknown)


def _bounds(deck: Deck, true: int, unknown: int) -> tuple[int, int]:
    """The rules that certainly stand, and those that may."""
    certain = possible = 0
    for at in deck.order:
        bit = 1 << at
        if true & bit and not deck.overridden_by[at] & possible:
            certain |= bit
        if (true | unknown) & bit and not deck.overridden_by[at] & certain:
            possible |= bit
    return certain, possible


def _behind(deck: Deck, bits: int, possible: int) -> int:
    """``bits`` and the rules that may stand above them, step by step."""
    while True:
        above = bits
        for at in members(bits):
            above |= deck.overridden_by[at] & possible
        if above == bits:
            return bits
        bits = above


def _saying(rule: Rule) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(rule.outcomes.items()))


def _sayings(deck: Deck, bits: int) -> set[tuple[tuple[str, str], ...]]:
    return {_saying(deck.rules[at]) for at in members(bits)}
