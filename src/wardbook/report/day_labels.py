"""Texts on a drawing that cover no other text: boxes, and the first free seat for each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

TEXT_WIDTH = 6.3
"""Pixels that a character of 11 px is taken to be wide: more than the mean of common typefaces."""


_CELL = 5


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def covers(self, other: Box) -> bool:
        """Whether the two share any area."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def within(self, other: Box) -> bool:
        """Whether this box lies wholly in the other."""
        return (
            other.left <= self.left
            and self.right <= other.right
            and other.top <= self.top
            and self.bottom <= other.bottom
        )


@dataclass(frozen=True)
class DayLabel:
    """A text: where, anchor (start, middle or end), words, and its style class."""

    x: float
    y: float
    anchor: str
    text: str
    style: str

    @property
    def box(self) -> Box:
        """The area the text is taken to fill."""
        wide = width_of(self.text)
        left = (
            self.x if self.anchor == "start" else self.x - wide if self.anchor == "end" else self.x - wide / 2
        )
        return Box(left - 1, self.y - 10, left + wide + 1, self.y + 3)


def width_of(text: str) -> float:
    """The width a text of 11 px is taken to have."""
    return TEXT_WIDTH * len(text)


@dataclass
class Seats:
    """What room of a drawing is taken, and where a text should rather not lie."""

    frame: Box
    taken: list[Box] = field(default_factory=list)
    avoided: set[tuple[int, int]] = field(default_factory=set)

    def free(self, box: Box) -> bool:
        """Whether a box lies in the frame and covers nothing."""
        return box.within(self.frame) and not any(box.covers(other) for other in self.taken)

    def avoid(self, x: float, y: float) -> None:
        """Let no text lie on a point, if there is room elsewhere."""
        self.avoided.add((int(x // _CELL), int(y // _CELL)))

    def _clear(self, box: Box) -> bool:
        columns = range(int(box.left // _CELL), int(box.right // _CELL) + 1)
        rows = range(int(box.top // _CELL), int(box.bottom // _CELL) + 1)
        return not any((column, row) in self.avoided for column in columns for row in rows)

    def seat(self, choices: Iterable[DayLabel]) -> DayLabel | None:
        """Take the first of the choices that has room, best where nothing is avoided; None if none has."""
        room = [label for label in choices if self.free(label.box)]
        best = next((label for label in room if self._clear(label.box)), next(iter(room), None))
        if best is not None:
            self.taken.append(best.box)
        return best


def around(x: float, y: float, away: float, text: str, style: str) -> tuple[DayLabel, ...]:
    """The seats of a text around a mark: right, left, above, below."""
    return (
        DayLabel(round(x + away, 1), round(y + 4, 1), "start", text, style),
        DayLabel(round(x - away, 1), round(y + 4, 1), "end", text, style),
        DayLabel(round(x, 1), round(y - away, 1), "middle", text, style),
        DayLabel(round(x, 1), round(y + away + 9, 1), "middle", text, style),
    )
