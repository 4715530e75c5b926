"""The reader of the New Zealand ministers' expenses: quarterly sheets of the Department of Internal Affairs.

One line is one member of the executive with what was spent in the period for accommodation in and out of
Wellington, domestic air travel, surface travel, and official international travel. The columns are known by
their headings, in any order; about ten layouts of 2008 to 2025 differ in titles, parties, marks and totals.

Each amount is a record of `expenses`, in New Zealand dollars, over the days that the title states; the words
of the notes whose marks stand at the figure, the person or the heading follow its description, such as a
correction of a charge put on the wrong minister, which is kept as written and moved nowhere. A blank, a
dash, ``N/A`` and words on an owned property are no amount; ``0`` is the amount zero. Where such words or a
note's mark stand in place of an amount, the expense is kept without one, for its words. Repayments that notes
tell of are records of `repayments`.

Printed sums (of a line, a party, all parties) are records of `assertions`, tested from the lines. A sum of
nothing over lines without amounts states nothing; one over a line that is set aside is kept without a test.

Rounding. ``tolerance`` is what the publisher's rounding may put a sum off: half a dollar for the sum, and for
each amount added, that is printed without cents (it may have been rounded to the dollar; an amount of zero
counts as it is), and half a cent for each with more than two decimals, which is also rounded to the cent.

A sheet that the workbook hides was not published: its figures are set aside.

Source: www.dia.govt.nz, Members of the Executive expense disclosures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from wardbook.errors import InputRefusedError
from wardbook.intake.cells import BadCellError
from wardbook.intake.grid import GridRow, Sheet
from wardbook.intake.nz_sheet import TOTAL_EXPECTED, Block, Column, Line, Note, Total, blocks_of, columns_of
from wardbook.intake.nz_words import Amount, is_mark, is_title, repaid_in
from wardbook.intake.nz_workbook import first_rows, open_workbook
from wardbook.intake.reader import Context, Exhibit, Reader
from wardbook.records.source import NotARecord, Part, Reading, Record, Row, SetAside, UnreadColumn, Value

PUBLISHER = "Department of Internal Affairs"
"""Who publishes the disclosures, and so states their sums."""

_CURRENCY = "NZD"
_HALF_DOLLAR, _HALF_CENT = Decimal("0.50"), Decimal("0.005")
_CENT = Decimal("0.01")
_DIGITS = 8
_INSIDE, _BESIDE = "internal costs", "beside internal costs"
_MOST_PLACES = 2
_NUMBER = re.compile(r"[-(]?\s*\$?[0-9][0-9,.]*\)?")


def recognizes(exhibit: Exhibit, _context: Context) -> bool:
    """Whether a sheet of the workbook has the headings of the disclosure."""
    return any(columns_of(row) for rows in first_rows(exhibit) for row in rows)


def read(exhibit: Exhibit, _context: Context) -> Reading:
    """The expenses, printed sums and repayments of a workbook, sheet by sheet."""
    workbook = open_workbook(exhibit)
    rows: list[Row] = []
    unread: list[UnreadColumn] = []
    known = False
    for page, sheet in enumerate(workbook.grid.sheets, 1):
        above, blocks = blocks_of(sheet.rows)
        known = known or bool(blocks)
        if page in workbook.hidden:
            rows.extend(_hidden(sheet))
        elif blocks:
            rows.extend(_above(above))
            rows.extend(_Records(exhibit.sha256, page, blocks).rows())
            unread.extend(_unread(sheet, blocks))
        else:
            rows.extend(_of_no_disclosure(row) for row in sheet.rows)
    if not known:
        raise InputRefusedError(
            exhibit.name,
            "headings such as Party, Minister, Wellington Accommodation, Domestic Air Travel",
            "a workbook without them",
            "Map the table: docs/how-to/map-a-table.md.",
        )
    rows.sort(key=lambda row: (row.at.page or 0, row.at.line or 0))
    return Reading(tuple(rows), workbook.grid.held, tuple(unread))


def _above(rows: Iterable[GridRow]) -> list[Row]:
    """The rows above the first heading line: titles and letterhead."""
    return [
        NotARecord(row.at, row.raw, "the title" if is_title(row.raw) else "a line above the headings")
        for row in rows
    ]


def _of_no_disclosure(row: GridRow) -> Row:
    return SetAside(
        row.at,
        row.raw,
        "a sheet with the headings of ministers' expenses",
        "a row of a sheet without them",
        "Look whether the sheet holds figures of its own; if it does, map it as a table.",
    )


def _hidden(sheet: Sheet) -> list[Row]:
    """The rows of a sheet that is not shown: those with a number in them are set aside."""
    rows: list[Row] = []
    for row in sheet.rows:
        if not any(_NUMBER.fullmatch(cell.strip()) for cell in row.cells):
            rows.append(NotARecord(row.at, row.raw, "words on a sheet that the workbook hides"))
            continue
        rows.append(
            SetAside(
                row.at,
                row.raw,
                "figures on a sheet that the workbook shows",
                f"a row of the hidden sheet {sheet.name}",
                "Compare it with the sheets shown; it was not published, and counts nowhere.",
            )
        )
    return rows


def _unread(sheet: Sheet, blocks: Sequence[Block]) -> list[UnreadColumn]:
    """Columns with cells that are no marks beside the lines, and whose heading is not known."""
    known = {column.index for block in blocks for column in block.columns}
    head = next(row for row in sheet.rows if columns_of(row.cells))
    lines = [entry.row for block in blocks for entry in block.entries if isinstance(entry, Line | Total)]
    unread = []
    for index in sorted({n for row in lines for n in range(len(row.cells))} - known):
        cells = [row.cells[index].strip() for row in lines if index < len(row.cells)]
        filled = [cell for cell in cells if cell and not is_mark(cell)]
        heading = head.cells[index].strip() if index < len(head.cells) else ""
        if filled:
            name = " ".join(heading.split()) or f"column {_letters(index)}, without a heading"
            unread.append(UnreadColumn(name, len(filled), filled[0]))
    return unread


def _letters(index: int) -> str:
    """A column's letters, as a spreadsheet counts: A, B, …, Z, AA."""
    letters, number = "", index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


# ---------------------------------------------------------------- records of a sheet


@dataclass(frozen=True)
class _Figure:
    """An amount that a printed sum may add up: where it stands, and how far it may be rounded."""

    column: str
    inside: bool
    section: int
    party: str
    rounding: Decimal


class _Records:
    """The rows of a sheet's blocks, made in the order of the sheet.

    The trip of an expense names the sums it is part of, from the outside in: sheet, inside or beside the sub
    total, section, party, line; the cost class parts the columns.
    """

    def __init__(self, sha256: str, page: int, blocks: Sequence[Block]) -> None:
        self.blocks = blocks
        days = next((block.period for block in blocks if block.period), None)
        told = f"{days[0]} to {days[1]}" if days else "days not stated"
        self.key = f"{told} ({sha256[:_DIGITS]}, sheet {page})"
        self.figures: list[_Figure] = []
        self.lost: list[tuple[int, int]] = []

    def rows(self) -> list[Row]:
        """Every row from the first heading line on, in any order."""
        rows: list[Row] = []
        for number, block in enumerate(self.blocks):
            totals = 0
            for entry in block.entries:
                match entry:
                    case Line():
                        rows.append(self._line(block, entry))
                    case Total():
                        lost = self._lost_of(entry, number, totals)
                        rows.append(self._total(block, self.blocks[: number + 1], entry, lost=lost))
                        totals += 1
                    case _:
                        if isinstance(entry, SetAside) and entry.expected != TOTAL_EXPECTED:
                            self.lost.append((number, totals))
                        rows.append(entry)
            for note in block.notes:
                rows.extend(_note_rows(block, note))
        return rows

    def _lost_of(self, total: Total, block: int, totals: int) -> bool:
        """Whether a line that a total adds up may be among those set aside: of a party, since the last."""
        if total.section is None:
            return bool(self.lost)
        last = [at for number, at in self.lost if number == block]
        return totals in last if total.party is not None else bool(last)

    def _group(self, inside: bool, *steps: str) -> str:
        return "/".join((self.key, _INSIDE if inside else _BESIDE, *steps))

    # -------------------------------------------------------- a person's line

    def _line(self, block: Block, line: Line) -> Row:
        if block.period is None and any(cell.value is not None for cell in line.cells.values()):
            return _without_period(line.row, block.title)
        parts: list[Part] = []
        added: list[Decimal] = []
        for column in block.of_kind("amount", "subtotal"):
            cell = line.cells[column.index]
            inside = column.heading.kind == "amount" and _is_inside(block, column)
            if column.heading.kind == "subtotal":
                if cell.value is not None and (added or cell.value):
                    parts.append(self._sub_total(block, line, column, added))
            elif cell.value is not None:
                parts.append(self._expense(block, line, column, inside))
                rounding = _rounding(cell)
                self.figures.append(
                    _Figure(column.heading.name, inside, line.section, _step(line.party), rounding)
                )
                added.extend([rounding] if inside else [])
            elif cell.words or cell.marks:
                parts.append(self._expense(block, line, column, inside))
        return _record(line.row, parts, "a name without an amount in any column")

    def _expense(self, block: Block, line: Line, column: Column, inside: bool) -> Part:
        cell = line.cells[column.index]
        words = f"{column.words}: {cell.words}" if cell.words else column.words
        notes = block.words_of((*cell.marks, *line.marks, *column.marks))
        first, last = block.period or (None, None)
        return Part(
            "expenses",
            {
                "source_key": f"{self.key}/line {line.row.at.line}/{column.heading.name}",
                "day": first,
                "day_to": last,
                "trip": self._group(inside, str(line.section), _step(line.party), _line_step(line)),
                "person": line.person,
                "cost_class": column.heading.cost_class,
                "amount": cell.value,
                "currency": _CURRENCY,
                "description": f"{words} [{notes}]" if notes else words,
                "citation": block.title or None,
            },
        )

    def _sub_total(self, block: Block, line: Line, column: Column, added: Sequence[Decimal]) -> Part:
        """The printed sum of the amounts to its left in the line."""
        cell = line.cells[column.index]
        group = self._group(True, str(line.section), _step(line.party), _line_step(line))
        name = f"{self.key}/sub totals/{_line_step(line)}"
        tolerance = sum(added, _own_rounding(cell))
        return _assertion(block, name, f"{column.words}: {line.person}", cell, f"expenses:{group}", tolerance)

    # -------------------------------------------------------- a printed total

    def _total(self, block: Block, blocks: Sequence[Block], total: Total, *, lost: bool) -> Row:
        parts: list[Part] = []
        for column in block.of_kind("amount", "subtotal"):
            cell = total.cells[column.index]
            added = [figure.rounding for figure in self.figures if _adds(figure, total, column)]
            if cell.value is None or not (added or cell.value):
                continue
            if block.period is None:
                return _without_period(total.row, block.title)
            name = f"{self.key}/totals/line {total.row.at.line}/{column.heading.name}"
            tolerance = sum(added, _own_rounding(cell))
            words = f"{total.label}: {column.words}"
            test = None if lost else self._tested_by(block, total, column)
            part = _assertion(block, name, words, cell, test, tolerance)
            parts.append(_over_all(part, blocks) if total.section is None else part)
        return _record(total.row, parts, "a total of lines without an amount")

    def _tested_by(self, block: Block, total: Total, column: Column) -> str:
        steps = [] if total.section is None else [str(total.section)]
        steps += [] if total.party is None else [_step(total.party)]
        if column.heading.kind == "subtotal":
            return f"expenses:{self._group(True, *steps)}"
        return f"expenses:{self._group(_is_inside(block, column), *steps)}:{column.heading.cost_class}"


def _adds(figure: _Figure, total: Total, column: Column) -> bool:
    """Whether a total adds a figure up in a column."""
    summed = column.heading.kind == "subtotal"
    return (
        (figure.inside if summed else figure.column == column.heading.name)
        and total.section in (None, figure.section)
        and (total.party is None or figure.party == _step(total.party))
    )


def _line_step(line: Line) -> str:
    return f"line {line.row.at.line}"


def _is_inside(block: Block, column: Column) -> bool:
    """Whether a column is added up by the sub total of its line, which stands to its right."""
    return any(one.index > column.index for one in block.of_kind("subtotal"))


def _step(party: str) -> str:
    """A party as a step of a name: without the signs that part steps."""
    return " ".join(re.sub(r"[/:]", " ", party).split()) or "no party"


def _rounding(cell: Amount) -> Decimal:
    """How far a figure may be off by its rounding. Zero is taken as it is."""
    if cell.places > _MOST_PLACES:
        return _HALF_CENT
    return _HALF_DOLLAR if cell.value and not cell.places else Decimal(0)


def _own_rounding(cell: Amount) -> Decimal:
    """How far a printed sum may be off by its own rounding: also one of nothing, in whole dollars."""
    return _rounding(cell) or (Decimal(0) if cell.places else _HALF_DOLLAR)


def _assertion(
    block: Block, name: str, quantity: str, cell: Amount, tested_by: str | None, tolerance: Decimal
) -> Part:
    first, last = block.period or (None, None)
    notes = block.words_of(cell.marks)
    values: dict[str, Value] = {
        "assertion_id": name,
        "stated_by": PUBLISHER,
        "speaker": "agency",
        "quantity": f"{quantity} [{notes}]" if notes else quantity,
        "value": cell.value,
        "unit": _CURRENCY,
        "scope": block.title if tested_by else f"{block.title}; of its lines at least one is set aside",
        "scope_from": first,
        "scope_to": last,
        "tested_by": tested_by,
        "citation": block.title or None,
        "tolerance": -(-tolerance // _CENT) * _CENT if tolerance else None,
    }
    return Part("assertions", values)


def _over_all(part: Part, blocks: Sequence[Block]) -> Part:
    """A total over several blocks covers the days of them all."""
    days = [block.period for block in blocks if block.period is not None]
    values: Mapping[str, Value] = {
        **part.values,
        "scope_from": min(first for first, _ in days),
        "scope_to": max(last for _, last in days),
    }
    return replace(part, values=values)


def _record(row: GridRow, parts: Sequence[Part], why_none: str) -> Row:
    if not parts:
        return NotARecord(row.at, row.raw, why_none)
    return Record(parts[0].table, row.at, row.raw, parts[0].values, tuple(parts[1:]))


def _without_period(row: GridRow, title: str) -> SetAside:
    return SetAside(
        row.at,
        row.raw,
        "a title above the headings that states first and last day, such as 1 April 2017 to 30 June 2017",
        f"the title {title}" if title else "no title",
        "Find out which days the sheet covers, and have its title corrected at the source.",
    )


# ---------------------------------------------------------------- notes


def _note_rows(block: Block, note: Note) -> list[Row]:
    first, *rest = note.rows
    rows: list[Row] = [NotARecord(row.at, row.raw, "the continuation of the note above") for row in rest]
    try:
        repaid = repaid_in(note.words)
        rows.append(_repayments(block, note, repaid) if repaid else _kept_note(block, note))
    except BadCellError as bad:
        rows.append(SetAside(first.at, first.raw, bad.expected, bad.found, bad.advice))
    return rows


def _kept_note(block: Block, note: Note) -> Row:
    row = note.rows[0]
    if not note.marks:
        return NotARecord(row.at, row.raw, "a note on the figures as a whole")
    at = {mark for column in block.columns for mark in column.marks}
    for entry in block.entries:
        if isinstance(entry, Line | Total):
            at.update(entry.all_marks)
    if at.isdisjoint(note.marks):
        return NotARecord(row.at, row.raw, "a note whose mark stands at no figure")
    return NotARecord(row.at, row.raw, "a note; its words stand in the description of the figures it marks")


def _repayments(block: Block, note: Note, amounts: Sequence[Decimal]) -> Row:
    """A note on a repayment: a payment of the one person at whose name or figures its mark stands."""
    people = dict.fromkeys(
        entry.person
        for entry in block.entries
        if isinstance(entry, Line)
        and not {*entry.marks, *(m for cell in entry.cells.values() for m in cell.marks)}.isdisjoint(
            note.marks
        )
    )
    if len(people) != 1:
        raise BadCellError(
            "a note on a repayment whose mark stands at one person",
            f"one at {', '.join(people)}" if people else "one at nobody",
            "Enter the repayment from the note by hand (a file repayments.csv).",
        )
    (payer,) = people
    parts = [
        Part(
            "repayments",
            {
                "payer": payer,
                "amount": amount,
                "currency": _CURRENCY,
                "citation": f"{block.title}: {note.words}" if block.title else note.words,
            },
        )
        for amount in amounts
    ]
    return _record(note.rows[0], parts, "a note")


READER = Reader(
    name="nz-ministers",
    reads=(
        "quarterly expenses of New Zealand ministers (Members of the Executive), .xls or .xlsx, with columns "
        "such as Wellington Accommodation, Domestic Air Travel, Surface Travel"
    ),
    recognizes=recognizes,
    read=read,
)
