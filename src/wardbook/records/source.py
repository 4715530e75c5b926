"""Where a value comes from: places in exhibits, the fate of each source row, and what a reader returns.

Every reader turns one exhibit into a `Reading`. The law of conservation: each row the exhibit holds ends
as exactly one of `Record`, `SetAside`, `NotARecord` or one place in `Fixes`, so ``reading.read == held``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

Value = str | int | bool | Decimal | date | datetime | None
"""A cell of a record: never a float. A datetime is zoned."""


@dataclass(frozen=True)
class Place:
    """A place in an exhibit: page (from 1, None without pages) and line, row or item (from 1)."""

    page: int | None
    line: int | None

    def __str__(self) -> str:
        if self.page is None:
            return "whole file" if self.line is None else f"line {self.line}"
        return f"page {self.page}" if self.line is None else f"page {self.page}, line {self.line}"


@dataclass(frozen=True)
class Part:
    """A further record read from the same source row (the rate in a vehicle's row, a fix of a track)."""

    table: str
    values: Mapping[str, Value]


@dataclass(frozen=True)
class Record:
    """A source row that became a record of ``table`` (a name in `schema.RECORD_TABLES`).

    ``values`` maps column names of that table (without the source columns) to cells.
    """

    table: str
    at: Place
    raw: str
    values: Mapping[str, Value]
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class SetAside:
    """A source row that should be a record and cannot be read as one."""

    at: Place
    raw: str
    expected: str
    found: str
    advice: str


@dataclass(frozen=True)
class NotARecord:
    """A source row that is no record by design: a heading, a page footer, a blank line."""

    at: Place
    raw: str
    why: str


Row = Record | SetAside | NotARecord


NOTHING = -(1 << 63)
"""Stands for NULL in the columns of `Fixes`."""


@dataclass(frozen=True)
class Fixes:
    """The fixes of one track, by column: each is a row of the exhibit and a record of ``fixes``.

    A file of positions holds a million rows that are all alike; so they are kept as columns, not as a
    million `Record`. ``track`` are the values of the track's own record in ``tracks``; ``lines`` (of
    ``page``) and ``raws`` say where each fix stands and how it reads; ``columns`` maps names of whole-number,
    yes-or-no and instant columns of ``fixes`` to one number for each fix (`NOTHING` for NULL, 1 and 0 for
    yes and no, microseconds since 1970 UTC for an instant).
    """

    track: Mapping[str, Value]
    lines: Sequence[int]
    raws: Sequence[str]
    columns: Mapping[str, Sequence[int]]
    page: int | None = None

    def __len__(self) -> int:
        return len(self.lines)


@dataclass(frozen=True)
class UnreadColumn:
    """A column of the exhibit that no one used: heading, how many rows fill it, the first value."""

    name: str
    filled: int
    sample: str


@dataclass(frozen=True)
class Reading:
    """What a reader found in one exhibit.

    ``held`` is the number of rows the exhibit holds, counted by other means than by building ``rows``
    (physical lines of a CSV, lines of text of a PDF page); take-in refuses a reading that lost a row.
    """

    rows: tuple[Row, ...]
    held: int
    unread: tuple[UnreadColumn, ...] = field(default=())
    fixes: tuple[Fixes, ...] = field(default=())

    @property
    def read(self) -> int:
        """Rows that ended as something."""
        return len(self.rows) + sum(len(track) for track in self.fixes)
