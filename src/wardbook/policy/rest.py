"""What settles a determination beside the packed words, in as few whole numbers as hold it.

A use is joined to its answer by these numbers, and one column less to compare is worth a tenth of the time.
Each bit set (the rules of a question that would be true were they in force, the facts without a value, the
strange values, the open conditions) comes in pieces; a piece stands whole in one number of `MASK_BITS` bits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from wardbook.policy.class_sql import whole
from wardbook.policy.pack import MASK_BITS

OUT_OF_FORCE = "out of force"
NOT_KNOWN = "not known"
STRANGE = "strange"
OPEN_TERMS = "open terms"


@dataclass(frozen=True)
class Piece:
    """``length`` bits of a bit set (its kind, and the question it is of) from bit ``start``.

    ``value`` is SQL for them as a number, or what writes the SQL of one bit by its weight; they count only
    where the condition ``where`` holds.
    """

    kind: str
    question: int
    start: int
    length: int
    where: str
    value: str | Callable[[int], str]

    def sql(self, to: int) -> str:
        """SQL for the piece, moved to bit ``to``."""
        if not isinstance(self.value, str):
            return self.value(1 << to)
        return f"{self.value} * {whole(1 << to)}" if to else self.value


@dataclass(frozen=True)
class Placed:
    """A piece, the number it stands in, and its first bit there."""

    piece: Piece
    word: int
    to: int


def flag(kind: str, at: int, where: str, condition: str) -> Piece:
    """The piece of the single bit ``at``, set where a condition holds."""
    return Piece(
        kind, 0, at, 1, where, lambda bit: f"CASE WHEN {condition} THEN {whole(bit)} ELSE {whole(0)} END"
    )


def placed(pieces: Iterable[Piece]) -> tuple[Placed, ...]:
    """The pieces one after the other, none over the end of a number."""
    found: list[Placed] = []
    word = used = 0
    for piece in pieces:
        if used + piece.length > MASK_BITS:
            word, used = word + 1, 0
        found.append(Placed(piece, word, used))
        used += piece.length
    return tuple(found)


def rest_sql(pieces: Sequence[Placed]) -> list[str]:
    """SQL of each number."""
    words: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in pieces:
        words[one.word][one.piece.where].append(one.piece.sql(one.to))
    return [
        " + ".join(
            f"CASE WHEN {where} THEN {' + '.join(bits)} ELSE {whole(0)} END" for where, bits in parts.items()
        )
        for parts in words.values()
    ]


def read_rest(pieces: Sequence[Placed], words: Sequence[int]) -> Mapping[tuple[str, int], int]:
    """The bit sets that the numbers hold, by kind and question; one without a piece is empty."""
    found: dict[tuple[str, int], int] = defaultdict(int)
    for one in pieces:
        bits = words[one.word] >> one.to & ((1 << one.piece.length) - 1)
        found[one.piece.kind, one.piece.question] |= bits << one.piece.start
    return found
