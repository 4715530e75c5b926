"""A table of a rulebook read by its headings, with mistakes noted instead of raised."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from wardbook.policy.cells import CellError
from wardbook.policy.markdown import Cell, PipeTable
from wardbook.policy.refusal import Problem, did_you_mean, one_of


@lru_cache(maxsize=65_536)
def plain(name: str) -> str:
    """A name as it is compared: case, spaces, dashes and underscores do not matter."""
    return re.sub(r"[\s_-]+", " ", name.strip()).casefold()


@dataclass
class Notes:
    """The mistakes found so far in one file; ``places`` are the cells read, by line and plain heading."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    places: dict[tuple[int, str], Cell] = field(default_factory=dict)

    def refuse(self, at: Cell, column: str, expected: str, found: str, advice: str = "") -> None:
        """Note one mistake at a cell."""
        self.problems.append(Problem(self.file, at.line, at.character, column, expected, found, advice))

    def refuse_at(self, line: int, heading: str, expected: str, found: str, advice: str = "") -> None:
        """Note one mistake in the cell of a line under a heading."""
        cell = self.places.get((line, plain(heading)), Cell("", line, 1))
        self.refuse(cell, heading, expected, found, advice)

    def refuse_line(self, line: int, expected: str, found: str, advice: str = "") -> None:
        """Note one mistake of a whole line."""
        self.problems.append(Problem(self.file, line, 1, "", expected, found, advice))

    def refuse_cell(self, at: Cell, column: str, error: CellError) -> None:
        """Note that a cell could not be read."""
        self.refuse(at, column, error.expected, error.found, error.advice)


@dataclass(frozen=True)
class Row:
    """One row: its cells by plain heading."""

    cells: Mapping[str, Cell]
    line: int

    def text(self, heading: str) -> str:
        """The cell's text; empty where the table has no such column."""
        return self.cells[heading].text if heading in self.cells else ""

    def at(self, heading: str) -> Cell:
        """The cell, or the start of the row where the table has no such column."""
        return self.cells.get(heading, Cell("", self.line, 1))


def rows(table: PipeTable, mandatory: Sequence[str], optional: Sequence[str], notes: Notes) -> Iterator[Row]:
    """The rows of a table whose headings are all known; unknown, double and missing headings are noted.

    A table with a wrong heading gives no rows: what stands under that heading could not be read.
    """
    known = {plain(name): name for name in (*mandatory, *optional)}
    found: set[str] = set()
    sound = True
    for heading in table.headings:
        key = plain(heading.text)
        if key not in known:
            advice = did_you_mean(heading.text, known.values())
            notes.refuse(
                heading, heading.text, f"a heading, {one_of(known.values())}", f'"{heading.text}"', advice
            )
            sound = False
        elif key in found:
            notes.refuse(heading, heading.text, "each heading once", f'"{heading.text}" twice')
            sound = False
        found.add(key)
    for name in mandatory:
        if plain(name) not in found:
            notes.refuse_line(table.line, f'a column "{name}"', "none")
            sound = False
    if not sound:
        return
    keys = [plain(heading.text) for heading in table.headings]
    for cells in table.rows:
        row = Row(dict(zip(keys, cells, strict=True)), cells[0].line)
        notes.places.update({(row.line, key): cell for key, cell in row.cells.items()})
        yield row
