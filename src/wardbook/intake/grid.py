"""A table as rows of text cells, before anyone knows what its columns mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from wardbook.records.source import Place

HEADER_SEARCH = 20
"""How many rows from the top a heading line is looked for."""


@dataclass(frozen=True)
class Damage:
    """Why a row cannot be trusted as it stands: what was expected, found, and what to do."""

    expected: str
    found: str
    advice: str


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row: where it stands, its raw text, its cells as text, and its damage if it has any."""

    at: Place
    raw: str
    cells: tuple[str, ...]
    damage: Damage | None = None


@dataclass(frozen=True)
class Sheet:
    """One table of an exhibit: a delimited text is one sheet without a name.

    ``padded`` says that rows end at their last filled cell (a workbook), so a short row is not ragged;
    ``keyed`` that the first row are the keys of objects (JSON), which is no row of the exhibit.
    """

    name: str | None
    rows: tuple[GridRow, ...]
    padded: bool = False
    keyed: bool = False


@dataclass(frozen=True)
class Grid:
    """The sheets of an exhibit; ``held`` counts their rows by another way than building them."""

    sheets: tuple[Sheet, ...]
    held: int


def normalized(heading: str) -> str:
    """A heading for comparison: without case, and with any white space as one space."""
    return " ".join(heading.replace("\ufeff", "").split()).casefold()


def headings_of(row: Sequence[str]) -> tuple[str, ...]:
    """The normalized headings of a row of cells."""
    return tuple(normalized(cell) for cell in row)


_UNSAFE = re.compile("[\x00\ud800-\udfff]")


def displayable(text: str) -> str:
    r"""Text that can be kept as text: NUL as its symbol, an undecodable byte as ``\xff``."""
    if _UNSAFE.search(text) is None:
        return text
    return _UNSAFE.sub(_shown_unsafe, text)


def _shown_unsafe(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code == 0:
        return "\N{SYMBOL FOR NULL}"
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"\\u{code:04x}"


def has_unsafe(text: str) -> bool:
    """Whether a text holds a NUL or an undecodable byte."""
    return _UNSAFE.search(text) is not None
