"""The values of a fact in classes: two values are of one class if every cell treats them alike.

A rulebook of a hundred cells tells a whole number apart only at the few numbers that stand in its cells, so a
search over classes is a search over all values. Each class has one value that stands for it, and words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from wardbook.policy.cells import ORDERED, Between, Cell, OneOf, holds, show_value
from wardbook.policy.model import Fact, FactType, FactValue

_STEP = {FactType.MONEY: Decimal("0.01")}
_FINEST = Decimal("0.000001")

ANOTHER = "another text than those the rulebook names"

Point = int | Decimal | date


@dataclass(frozen=True)
class Piece:
    """Neighboring values: ``low`` to ``high`` (None: open), both left out unless they are one value."""

    value: FactValue
    low: Point | None = None
    high: Point | None = None

    @property
    def single(self) -> bool:
        """Whether the piece is one value."""
        return self.low is None and self.high is None


@dataclass(frozen=True)
class FactClasses:
    """A fact's values in classes: ``values`` stand for them, ``pieces`` make them up, in order.

    ``signatures`` says of each class what each cell of ``cells`` makes of it.
    """

    fact: Fact
    cells: tuple[Cell, ...]
    values: tuple[FactValue, ...]
    pieces: tuple[tuple[int, ...], ...]
    signatures: tuple[tuple[bool | None, ...], ...]
    all_pieces: tuple[Piece, ...]

    def signature(self, value: FactValue) -> tuple[bool | None, ...]:
        """What each cell makes of a value (None: not known)."""
        return tuple(holds(cell, value) for cell in self.cells)

    def words(self, classes: Iterable[int]) -> str:
        """The values of some classes in words: ``any of official, mixed``, ``at least 4``."""
        chosen = sorted(at for index in classes for at in self.pieces[index])
        if self.fact.type not in ORDERED:
            names = [show_value(self.all_pieces[at].value) for at in chosen]
            return names[0] if len(names) == 1 else "any of " + ", ".join(names)
        return " or ".join(_run_words(self.all_pieces, run) for run in _runs(chosen))


def classes_of(fact: Fact, cells: Iterable[Cell]) -> FactClasses:
    """The classes into which ``cells`` part the values of ``fact``."""
    told = tuple(dict.fromkeys(cells))
    pieces = tuple(_pieces(fact, told))
    alike: dict[tuple[bool | None, ...], list[int]] = {}
    for at, piece in enumerate(pieces):
        alike.setdefault(tuple(holds(cell, piece.value) for cell in told), []).append(at)
    return FactClasses(
        fact,
        told,
        tuple(pieces[group[0]].value for group in alike.values()),
        tuple(tuple(group) for group in alike.values()),
        tuple(alike),
        pieces,
    )


def _pieces(fact: Fact, cells: Sequence[Cell]) -> Iterator[Piece]:
    if fact.type is FactType.ENUM:
        yield from (Piece(value) for value in fact.values)
    elif fact.type is FactType.YES_NO:
        yield from (Piece(True), Piece(False))
    elif fact.type is FactType.TEXT:
        named = dict.fromkeys(v for cell in cells if isinstance(cell, OneOf) for v in cell.values)
        yield from (Piece(value) for value in named)
        yield Piece(ANOTHER)
    else:
        yield from _ordered_pieces(fact, cells)


def _ordered_pieces(fact: Fact, cells: Sequence[Cell]) -> Iterator[Piece]:
    low, high = fact.low, fact.high
    if fact.type is FactType.SHARE:
        low, high = Decimal(0) if low is None else low, Decimal(1) if high is None else high
    points = {point for cell in cells for point in _points(cell)} | {p for p in (low, high) if p is not None}
    inside = sorted(p for p in points if _within(p, low, high))
    last: Point | None = None
    for point in inside:
        if last is not None or low is None:
            yield from _gap(fact, last, point)
        yield Piece(point)
        last = point
    if high is None:
        yield from _gap(fact, last, None)


def _points(cell: Cell) -> list[Point]:
    ends = (cell.low, cell.high) if isinstance(cell, Between) else cell.values
    return [end for end in ends if isinstance(end, int | Decimal | date)]


def _within(point: Point, low: Point | None, high: Point | None) -> bool:
    return (low is None or point >= low) and (high is None or point <= high)  # type: ignore[operator]


def _gap(fact: Fact, low: Point | None, high: Point | None) -> Iterator[Piece]:
    """The values strictly between two points, where there are any."""
    middle = _middle(fact, low, high)
    if middle is not None:
        yield Piece(middle, low, high) if low is not None or high is not None else Piece(middle)


def _middle(fact: Fact, low: Point | None, high: Point | None) -> Point | None:
    if fact.type is FactType.DATE:
        return _middle_day(low, high)  # type: ignore[arg-type]
    whole = fact.type is FactType.WHOLE
    step: int | Decimal = 1 if whole else _STEP.get(fact.type, _FINEST)
    if low is None or high is None:
        end = low if low is not None else high
        return 0 if end is None else end + (1 if end == low else -1)  # type: ignore[operator]
    if isinstance(low, date) or isinstance(high, date) or high - low <= step:
        return None
    if whole:
        return low + int(high - low) // 2
    middle = ((Decimal(low) + Decimal(high)) / 2).quantize(Decimal(step))
    return middle if low < middle < high else low + step


def _middle_day(low: date | None, high: date | None) -> date | None:
    if low is None or high is None:
        end = low or high or date(2000, 1, 1)
        last = date.max if low else date.min
        return None if end == last else end + timedelta(days=1 if low else -1)
    return low + (high - low) / 2 if (high - low).days > 1 else None


# ---------------------------------------------------------------- words


def _runs(chosen: Sequence[int]) -> Iterator[list[int]]:
    """The chosen pieces in runs of neighbors that nothing parts."""
    run: list[int] = []
    for at in chosen:
        if run and at != run[-1] + 1:
            yield run
            run = []
        run.append(at)
    if run:
        yield run


def _run_words(pieces: Sequence[Piece], run: Sequence[int]) -> str:
    first, last = pieces[run[0]], pieces[run[-1]]
    if len(run) == 1 and first.single:
        return show_value(first.value)
    low = first.value if first.single else first.low
    high = last.value if last.single else last.high
    below = "" if high is None else f"{'at most' if last.single else 'below'} {show_value(high)}"
    above = "" if low is None else f"{'at least' if first.single else 'above'} {show_value(low)}"
    if low is not None and high is not None and first.single and last.single:
        return f"{show_value(low)} to {show_value(high)}"
    return " and ".join(part for part in (above, below) if part) or "any value"
