"""Where each rule stands in the packed words that SQL computes, and how to read them back.

A packed word is a whole number below 2^62 for 31 rules: the lower half has a bit for each rule that is true,
the upper half a bit for each that is not false. The words of all facts, joined by bitwise AND, are the words
of the use: a rule is true if every part is true, and false if some part is false. After the rules of all
questions come the invariants, whose lower bits are always set: one that is false is broken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wardbook.policy.determine import Docket

HALF = 31
LOWER = (1 << HALF) - 1
FULL = (1 << 2 * HALF) - 1
MASK_BITS = 62
"""Rules (or facts) a stored mask word holds."""


@dataclass(frozen=True)
class Segment:
    """``length`` bits of packed word ``word`` from bit ``start``, which go to bit ``to`` of a mask word."""

    word: int
    start: int
    length: int
    to: int


@dataclass(frozen=True)
class Packing:
    """The places of rules and invariants: ``starts`` has the first place of each question, then of those."""

    starts: tuple[int, ...]
    lengths: tuple[int, ...]

    @property
    def words(self) -> int:
        """How many packed words a use has."""
        return max(1, -(-(self.starts[-1] + self.lengths[-1]) // HALF))

    def segments(self, part: int) -> list[list[Segment]]:
        """For each mask word of a question (or of the invariants), where its bits stand."""
        found: list[list[Segment]] = [[] for _ in range(max(1, -(-self.lengths[part] // MASK_BITS)))]
        at = 0
        while at < self.lengths[part]:
            word, start = divmod(self.starts[part] + at, HALF)
            to = at % MASK_BITS
            length = min(HALF - start, MASK_BITS - to, self.lengths[part] - at)
            found[at // MASK_BITS].append(Segment(word, start, length, to))
            at += length
        return found

    def masks(self, words: Sequence[int]) -> tuple[list[tuple[int, int]], int]:
        """(true, unknown) rules of each question, and the broken invariants, from the packed words."""
        true = sum((word & LOWER) << HALF * at for at, word in enumerate(words))
        possible = sum((word >> HALF & LOWER) << HALF * at for at, word in enumerate(words))
        found = []
        for start, length in zip(self.starts, self.lengths, strict=True):
            full = (1 << length) - 1
            found.append((true >> start & full, (possible & ~true) >> start & full))
        full = (1 << self.lengths[-1]) - 1
        return found[:-1], ~(possible >> self.starts[-1]) & full


def packing(ready: Docket) -> Packing:
    """The packing of a rulebook's rules, question by question, and invariants."""
    lengths = [*(len(deck.rules) for deck in ready.decks), len(ready.rulebook.invariants)]
    starts = [sum(lengths[:at]) for at in range(len(lengths))]
    return Packing(tuple(starts), tuple(lengths))


def mask_name(letter: str, word: int) -> str:
    """The name of a mask column: ``t0``, and ``t0_1`` for its second word."""
    return letter if word == 0 else f"{letter}_{word}"


def split_bits(bits: int, words: int) -> list[int]:
    """A bit set as whole numbers of `MASK_BITS` bits each."""
    return [bits >> MASK_BITS * at & ((1 << MASK_BITS) - 1) for at in range(words)]


def join_bits(words: Sequence[int]) -> int:
    """The bit set that `split_bits` parted."""
    return sum(word << MASK_BITS * at for at, word in enumerate(words))
