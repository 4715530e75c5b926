"""A sheet of the New Zealand disclosures taken apart: blocks, lines of people, totals and notes.

A block begins with a heading line and ends before the next one (a sheet of 2023 holds two governments). Its
title above states the period. Parties stand in a column, once for several lines where cells are merged, or
as a line of their own above their members. A section is what one grand total adds up; people listed below
it begin another, as they are not in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from wardbook.intake.cells import BadCellError, shown
from wardbook.intake.grid import GridRow
from wardbook.intake.nz_words import (
    Amount,
    Heading,
    heading_of,
    is_mark,
    is_title,
    opening_marks,
    period_of,
    plain,
    read_amount,
    split_marks,
)
from wardbook.records.source import NotARecord, SetAside

TOTAL_EXPECTED = "a total of one party above it, or of all of them"
"""What is expected of a row that is set aside since nothing tells which lines it adds up."""

_FEWEST_AMOUNTS = 3
_LONGEST_PARTY = 60
_TOTAL = re.compile(r"\btotals?\b", re.IGNORECASE)
_OF_NO_PARTY = frozenset({"total", "totals", "sub", "grand", "overall", "party", "and", "the", "of", "for"})
_ALL = frozenset({"all", "parties", "ministers", "members", "executive", "expenses"})
_GOVERNMENT = re.compile(r"governments?|govts?|q[1-4]|[0-9]+(?:st|nd|rd|th)")


@dataclass(frozen=True)
class Column:
    """A column whose heading is known: ``words`` are the heading as written, ``marks`` its notes'."""

    index: int
    heading: Heading
    words: str
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """A person's line: ``cells`` are the amounts by column; party '' where it stands under none."""

    row: GridRow
    person: str
    marks: tuple[str, ...]
    party: str
    section: int
    cells: Mapping[int, Amount]

    @property
    def all_marks(self) -> frozenset[str]:
        """The marks beside the name and at the figures."""
        return _marks_at(self.cells) | frozenset(self.marks)


@dataclass(frozen=True)
class Total:
    """A printed total: of a party or section, or (section None) of all sections of the sheet so far."""

    row: GridRow
    label: str
    party: str | None
    section: int | None
    cells: Mapping[int, Amount]

    @property
    def all_marks(self) -> frozenset[str]:
        """The marks at the figures."""
        return _marks_at(self.cells)


def _marks_at(cells: Mapping[int, Amount]) -> frozenset[str]:
    return frozenset(mark for cell in cells.values() for mark in cell.marks)


@dataclass(frozen=True)
class Note:
    """A note under the table: its marks ('' for one on all figures), words, and the rows it takes."""

    marks: tuple[str, ...]
    words: str
    rows: tuple[GridRow, ...]


@dataclass
class Block:
    """A heading line and what stands below it, in the order of the sheet."""

    columns: tuple[Column, ...]
    title: str
    period: tuple[date, date] | None
    entries: list[Line | Total | NotARecord | SetAside] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def of_kind(self, *kinds: str) -> tuple[Column, ...]:
        """The columns of the kinds given, from left to right."""
        return tuple(column for column in self.columns if column.heading.kind in kinds)

    def words_of(self, marks: Sequence[str]) -> str:
        """The marks' notes as they are put behind a description: ``(B) Refund``; a mark alone without one."""
        told = []
        for mark in dict.fromkeys(marks):
            words = next((note.words for note in self.notes if mark in note.marks), "")
            told.append(words or (f"({mark})" if mark.isalpha() else mark))
        return "; ".join(dict.fromkeys(told))


def columns_of(cells: Sequence[str]) -> tuple[Column, ...]:
    """The columns that a heading line names; nothing where a row is no heading line of the disclosure."""
    found = []
    for index, cell in enumerate(cells):
        heading = heading_of(cell)
        if heading is not None:
            found.append(Column(index, heading, " ".join(cell.split()), split_marks(cell)[1]))
    amounts = [column.heading.name for column in found if column.heading.kind == "amount"]
    named = any(column.heading.kind in ("person", "party") for column in found)
    if not named or len(amounts) < _FEWEST_AMOUNTS or "wellington accommodation" not in amounts:
        return ()
    return tuple(found) if len(set(amounts)) == len(amounts) else ()


# ---------------------------------------------------------------- blocks


def blocks_of(rows: Sequence[GridRow]) -> tuple[tuple[GridRow, ...], tuple[Block, ...]]:
    """The rows above the first heading line, and the blocks. No block: the sheet is no disclosure."""
    heads = [number for number, row in enumerate(rows) if columns_of(row.cells)]
    if not heads:
        return tuple(rows), ()
    blocks, section = [], 0
    for number, head in enumerate(heads):
        above = heads[number - 1] + 1 if number else 0
        end = heads[number + 1] if number + 1 < len(heads) else len(rows)
        title, period = _title(rows[above:head])
        body = rows[head + 1 : end]
        block = Block(_one_person_column(columns_of(rows[head].cells), body), title, period)
        block.entries.append(NotARecord(rows[head].at, rows[head].raw, "the heading line"))
        section = _Walk(block, body, section + 1).sections()
        blocks.append(block)
    return tuple(rows[: heads[0]]), tuple(blocks)


def _title(rows: Sequence[GridRow]) -> tuple[str, tuple[date, date] | None]:
    """The last title above a heading line, with the period it or the rows below it state."""
    texts = [" ".join(" ".join(row.cells).split()) for row in rows]
    number = next((n for n in reversed(range(len(texts))) if is_title(texts[n])), None)
    if number is None:
        return "", None
    return texts[number], period_of(texts[number]) or period_of(" ".join(texts[number:]))


def _one_person_column(columns: Sequence[Column], body: Sequence[GridRow]) -> tuple[Column, ...]:
    """The columns with one of people: of several so headed that which holds most names, else the parties'."""
    people = [column for column in columns if column.heading.kind == "person"]
    if not people:
        people = [column for column in columns if column.heading.kind == "party"]
    best = max(people, key=lambda column: sum(_is_name(_cell(row, column.index)) for row in body))
    rest = [column for column in columns if column.heading.kind != "person" and column.index != best.index]
    named = Column(best.index, Heading("person"), best.words, best.marks)
    return tuple(sorted((*rest, named), key=lambda column: column.index))


def _is_name(text: str) -> bool:
    return sum(character.isalpha() for character in text) > 1


def _cell(row: GridRow, index: int) -> str:
    return " ".join(row.cells[index].split()) if index < len(row.cells) else ""


def _no_scope(label: str) -> BadCellError:
    return BadCellError(
        TOTAL_EXPECTED,
        shown(label),
        "Add it up by hand from the lines above.",
    )


class _Walk:
    """One walk down a block: what party and section each line belongs to."""

    def __init__(self, block: Block, body: Sequence[GridRow], section: int) -> None:
        self.block, self.body, self.section = block, body, section
        self.person = next(column.index for column in block.of_kind("person"))
        self.party_column = next((column.index for column in block.of_kind("party")), None)
        self.figures = tuple(column.index for column in block.of_kind("amount", "subtotal"))
        self.party = ""
        self.parties: dict[str, str] = {}
        self.open_lines = 0
        self.closed = False
        self.noted = False
        self.number = 0
        self.known = {
            mark
            for row in body
            if not self._has_figures(row)
            for mark in opening_marks(self._words(row))
            if mark.isdigit() and not is_title(self._words(row))
        }

    def sections(self) -> int:
        """Walk down; the number of the last section."""
        while self.number < len(self.body):
            self._step(self.body[self.number])
            self.number += 1
        return self.section

    def _step(self, row: GridRow) -> None:
        if row.damage is not None:
            damage = row.damage
            aside = SetAside(row.at, row.raw, damage.expected, damage.found, damage.advice)
            self.block.entries.append(aside)
        elif self._has_figures(row):
            try:
                self.block.entries.append(self._entry(row))
            except BadCellError as bad:
                aside = SetAside(row.at, row.raw, bad.expected, bad.found, bad.advice)
                self.block.entries.append(aside)
        else:
            self._text(row)

    def _words(self, row: GridRow) -> str:
        return " ".join(" ".join(row.cells).split())

    def _has_figures(self, row: GridRow) -> bool:
        texts = (_cell(row, index) for index in self.figures)
        return any(text and not is_mark(text) for text in texts)

    # -------------------------------------------------------- lines and totals

    def _entry(self, row: GridRow) -> Line | Total:
        person = _cell(row, self.person)
        party = "" if self.party_column is None else _cell(row, self.party_column)
        label = " ".join(text for text in (party, person) if text)
        if _TOTAL.search(label):
            return self._total(row, label)
        if not label:
            raise BadCellError(
                "a name or the word Total beside the amounts",
                "neither",
                "Look at the published sheet for whose amounts they are.",
            )
        return self._line(row, person, party)

    def _line(self, row: GridRow, person: str, party: str) -> Line:
        if self.closed:
            self.section, self.closed, self.parties, self.party = self.section + 1, False, {}, ""
        if not person:
            person, party, self.party = party, "", ""
        self.party = party or self.party
        self.open_lines += 1
        under = self._known_party()
        name, marks = split_marks(person, self.known)
        marks = (*marks, *self._marks_beside(row, self.person))
        return Line(row, name, marks, under, self.section, self._cells(row))

    def _known_party(self) -> str:
        """The current party as it was first written in the section."""
        return self.parties.setdefault(plain(self.party), " ".join(self.party.split())) if self.party else ""

    def _cells(self, row: GridRow) -> dict[int, Amount]:
        cells = {}
        for index in self.figures:
            amount = read_amount(_cell(row, index), self.known)
            beside = self._marks_beside(row, index)
            cells[index] = Amount(amount.value, (*amount.marks, *beside), amount.places, amount.words)
        return cells

    def _marks_beside(self, row: GridRow, index: int) -> tuple[str, ...]:
        """The marks in cells without a heading of their own, to the right of a column up to the next."""
        known = {column.index for column in self.block.columns}
        marks: list[str] = []
        for beside in range(index + 1, len(row.cells)):
            if beside in known:
                break
            if is_mark(_cell(row, beside)):
                marks.extend(split_marks(_cell(row, beside))[1])
        return tuple(marks)

    def _total(self, row: GridRow, label: str) -> Total:
        cells = self._cells(row)
        words = split_marks(label, self.known)[0]
        scope = self._scope(words)
        if scope == "sheet":
            return Total(row, words, None, None, cells)
        self.open_lines = 0
        if scope == "section":
            self.closed = True
            return Total(row, words, None, self.section, cells)
        self.party = ""
        return Total(row, words, scope, self.section, cells)

    def _scope(self, label: str) -> str:
        """What a total adds up: ``sheet``, ``section``, or the party that it names."""
        words = set(plain(label).split()) - _OF_NO_PARTY
        named = {
            shown_as: set(name.split()) - _OF_NO_PARTY for name, shown_as in self.parties.items() if name
        }
        of_party = [shown_as for shown_as, own in named.items() if own == words]
        if of_party:
            return "section" if len(named) == 1 and not self.open_lines else of_party[0]
        if all(word in _ALL or _GOVERNMENT.fullmatch(word) for word in words) and (
            self.closed or not words <= _ALL
        ):
            return "sheet"
        whole = words <= _ALL or words == set().union(*named.values())
        if not self.closed and (whole if words else not self.open_lines or len(named) < 2):
            return "section"
        raise _no_scope(label)

    # -------------------------------------------------------- rows of text

    def _text(self, row: GridRow) -> None:
        words = self._words(row)
        if not words:
            self._no_record(row, "a blank row")
        elif is_title(words) and period_of(words):
            self._no_record(row, "the title")
        elif opening_marks(words):
            self._note(row, words)
        elif plain(words) in ("note", "notes"):
            self.noted = True
            self._no_record(row, "the heading of the notes")
        elif not self.noted and self._is_party(words):
            if self.closed:
                self.section, self.closed, self.parties = self.section + 1, False, {}
            self.party = words
            self._no_record(row, "the name of the party of the lines below")
        elif not self.noted and self.open_lines and len(words) <= _LONGEST_PARTY:
            self._no_record(row, "a name without an amount in any column")
        else:
            self.block.notes.append(Note((), words, (row,)))

    def _no_record(self, row: GridRow, why: str) -> None:
        self.block.entries.append(NotARecord(row.at, row.raw, why))

    def _is_party(self, words: str) -> bool:
        """Whether a line of text alone names a party: a person's line follows, and it is short."""
        below = self.body[self.number + 1] if self.number + 1 < len(self.body) else None
        if below is None or len(words) > _LONGEST_PARTY or not self._has_figures(below):
            return False
        return _TOTAL.search(self._words(below)) is None

    def _note(self, row: GridRow, words: str) -> None:
        """A marked note, with the unmarked rows of text that stand directly below: it goes on there."""
        self.noted = True
        rows = [row]
        while self.number + 1 < len(self.body):
            below = self.body[self.number + 1]
            text = self._words(below)
            if (
                (below.at.line or 0) != (rows[-1].at.line or 0) + 1
                or not text
                or self._has_figures(below)
                or opening_marks(text)
                or below.damage is not None
            ):
                break
            rows.append(below)
            self.number += 1
        whole = " ".join((words, *(self._words(one) for one in rows[1:])))
        self.block.notes.append(Note(opening_marks(words), whole, tuple(rows)))
