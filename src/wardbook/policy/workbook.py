"""A rulebook as a spreadsheet, and back: the same text, byte for byte, but for the cells that were changed.

The first sheet, ``Rulebook``, holds the lines of the Markdown in order. Where a table stands it names the
sheet that holds it, so that rules are edited as rows in a spreadsheet. Every cell is text: nothing is read as
a date, a number or a formula. The lines of a table whose cells are unchanged come back as they were written.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from wardbook.errors import InputRefusedError
from wardbook.policy.markdown import row_texts
from wardbook.policy.model import Rulebook
from wardbook.records.workbook_bytes import workbook_bytes

FIRST = "Rulebook"
AS_WRITTEN = "as written"
"""The last, hidden column of a table's sheet: the Markdown line of the row as it was."""

_TABLE = re.compile(r"\[table: ([^\]]+)\]")
_MOST_CELL = 32_767
_MOST_UNPACKED = 1 << 25
"""Bytes of all parts of a workbook, unpacked: a hundred times the longest rulebook that is known."""
_MOST_CELLS = 2_000_000
"""Cells of one sheet, empty ones before a filled one among them."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")
_BAR = re.compile(r"(?<!\\)\|")
_RULED = re.compile(r":?-+:?")
_LINE_ENDS = {"text": "\n", "text (line ends CR LF)": "\r\n"}
"""The heading of the first sheet, by which the line ends of the text come back."""


def to_workbook(rulebook: Rulebook, path: Path) -> None:
    """Write the text of ``rulebook`` as an .xlsx file at ``path``; the same text gives the same bytes.

    Raises `InputRefusedError` for a line that a cell of a spreadsheet cannot hold.
    """
    book = Workbook()
    first = book.active
    if not isinstance(first, Worksheet):
        raise TypeError("a new workbook has no sheet")
    first.title = FIRST
    mark, end_of_line = _line_ends(rulebook.text)
    _put_row(first, 1, [mark], rulebook.path, bold=True)
    at, heading, lines = 1, "", rulebook.text.split(end_of_line)
    number = 0
    while number < len(lines):
        line = lines[number]
        heading = line if line.startswith("#") else heading
        end = _table_end(lines, number)
        at += 1
        if end == number:
            _refuse_reference(line, f"{rulebook.path}:{number + 1}")
            _put_row(first, at, [line], rulebook.path)
            number += 1
            continue
        sheet = book.create_sheet(_sheet_name(heading, book.sheetnames))
        _put_row(first, at, [f"[table: {sheet.title}]"], rulebook.path)
        _fill(sheet, lines[number:end], rulebook.path)
        number = end
    first.column_dimensions["A"].width = 120
    book.properties.creator = "wardbook"
    book.properties.title = rulebook.title
    _save(book, path)


def _line_ends(text: str) -> tuple[str, str]:
    """The heading that tells the line ends of a text, and the line end itself."""
    mark = "text (line ends CR LF)" if text.count("\r\n") == text.count("\n") > 0 else "text"
    return mark, _LINE_ENDS[mark]


def _refuse_reference(line: str, where: str) -> None:
    if _TABLE.fullmatch(line):
        advice = "In a workbook such a line stands for a sheet."
        raise InputRefusedError(where, "no line of the form [table: ...]", f'"{line}"', advice)


def _table_end(lines: Sequence[str], start: int) -> int:
    """The line after the table that begins at ``start``; ``start`` itself where none does."""
    end = start
    while end < len(lines) and lines[end].lstrip().startswith("|"):
        end += 1
    return end if end - start >= 2 else start


def _sheet_name(heading: str, taken: Sequence[str]) -> str:
    plain = re.sub(r"[\[\]:*?/\\'{}#]", "", heading).strip() or "Table"
    name, count = plain[:28].strip(), 1
    while name.casefold() in {one.casefold() for one in taken}:
        count += 1
        name = f"{plain[:25].strip()} {count}"
    return name


def _fill(sheet: Worksheet, lines: Sequence[str], where: str) -> None:
    headings = row_texts(lines[0])
    for at, line in enumerate(lines, 1):
        cells = row_texts(line)
        padded = [*cells[: len(headings)], *[""] * (len(headings) - len(cells))]
        _put_row(sheet, at, [*padded, line], where, bold=at == 1)
    sheet.row_dimensions[2].hidden = True
    for column, heading in enumerate(headings, 1):
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = min(48, max(10, len(heading) + 4))
    sheet.column_dimensions[get_column_letter(len(headings) + 1)].hidden = True
    sheet.freeze_panes = "B3"


def _put_row(sheet: Worksheet, at: int, texts: Sequence[str], where: str, *, bold: bool = False) -> None:
    for column, text in enumerate(texts, 1):
        if len(text) > _MOST_CELL or _CONTROL.search(text):
            raise InputRefusedError(
                where,
                f"lines of at most {_MOST_CELL} characters without control characters, all with one line end",
                f'"{text[:40]}..."',
                "Break the line.",
            )
        cell = sheet.cell(at, column)
        if isinstance(cell, SheetCell):
            cell.value = text
            cell.data_type = "s"
            cell.number_format = "@"
            cell.font = Font(bold=bold)
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _save(book: Workbook, path: Path) -> None:
    """Save with the times of all parts fixed, aside and then renamed."""
    aside = path.with_name(f".{path.name}")
    aside.write_bytes(workbook_bytes(book))
    aside.replace(path)


# ---------------------------------------------------------------- back


def from_workbook(path: Path) -> str:
    """The Markdown text that a workbook made by `to_workbook` holds, with its cells as they are now.

    Raises `InputRefusedError`, with sheet and cell, for a workbook that is none of ours or cannot be read.
    """
    book = _opened(path)
    if FIRST not in book.sheetnames:
        found = ", ".join(book.sheetnames)
        advice = "Only a workbook that wardbook exported can be imported."
        raise InputRefusedError(str(path), f'a sheet "{FIRST}"', found, advice)
    grids = {sheet.title: list(_texts(sheet, path)) for sheet in book.worksheets}
    lines, used = _lines(grids, path)
    for name in grids:
        if name not in used and any(map(any, grids[name])):
            place, advice = f"{path}, sheet {name}", "Name it there, or delete the sheet."
            raise InputRefusedError(place, f"a line [table: {name}] in sheet {FIRST}", "none", advice)
    mark = grids[FIRST][0][0] if grids[FIRST] else ""
    return _LINE_ENDS[mark].join(lines)


def _opened(path: Path) -> Workbook:
    """The workbook; whatever is wrong inside is a refusal of the file."""
    expected, advice = "a rulebook as an .xlsx workbook", "Check the file."
    try:
        with zipfile.ZipFile(path) as parts:
            size = sum(part.file_size for part in parts.infolist())
        if size > _MOST_UNPACKED:
            found = f"parts that unpack to {size:,} bytes, where {_MOST_UNPACKED:,} are the most"
            raise InputRefusedError(str(path), expected, found, advice)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return load_workbook(path, read_only=False, data_only=False)
    except InputRefusedError:
        raise
    except Exception as error:
        found = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise InputRefusedError(str(path), expected, found, advice) from error


def _lines(grids: Mapping[str, Sequence[Sequence[str]]], path: Path) -> tuple[list[str], set[str]]:
    """The lines of the text, and the sheets they stand in."""
    made: list[str] = []
    used = {FIRST}
    for at, row in enumerate(grids[FIRST], 1):
        text, beside = (row[0] if row else ""), row[1:]
        place = f"{path}, sheet {FIRST}"
        if any(beside):
            column = next(n for n, one in enumerate(row) if n and one)
            where = f"{place}, cell {get_column_letter(column + 1)}{at}"
            raise InputRefusedError(where, "nothing beside the text", f'"{row[column][:40]}"', "Clear it.")
        if at == 1:
            if text not in _LINE_ENDS:
                raise InputRefusedError(f"{place}, cell A1", '"text"', f'"{text[:40]}"', "Write it again.")
            continue
        named = _TABLE.fullmatch(text)
        if named is None:
            made.append(text)
            continue
        name = named[1]
        if name not in grids or name in used:
            found = f'"{name}" twice' if name in used else f'no sheet "{name}"'
            raise InputRefusedError(f"{place}, cell A{at}", "a sheet for each table", found, "")
        used.add(name)
        made.extend(_table_lines(grids[name], f"{path}, sheet {name}"))
    if not grids[FIRST]:
        raise InputRefusedError(f"{path}, sheet {FIRST}, cell A1", '"text"', "an empty sheet", "")
    return made, used


def _texts(sheet: Worksheet, path: Path) -> Iterator[list[str]]:
    where = f"{path}, sheet {sheet.title}"
    cells = sheet.max_row * sheet.max_column
    if cells > _MOST_CELLS:
        found = f"{sheet.max_row:,} rows of {sheet.max_column:,} columns"
        raise InputRefusedError(where, f"at most {_MOST_CELLS:,} cells", found, "Clear far cells.")
    for row in sheet.iter_rows():
        texts = []
        for cell in row:
            value = cell.value
            place = f"{where}, cell {cell.coordinate}"
            if cell.data_type == "f":
                raise InputRefusedError(place, "text", "a formula", "Write an apostrophe before it.")
            if value is not None and not isinstance(value, str):
                found = f"{type(value).__name__} {value}"
                raise InputRefusedError(place, "text", found, "Format the cell as text and write it again.")
            texts.append(value or "")
        yield texts


def _table_lines(rows: Sequence[Sequence[str]], where: str) -> Iterator[str]:
    """The Markdown lines of a table: as written where no cell was changed, else written anew.

    The line under the headings follows them, wherever its row was moved to; a row that was cleared is left
    out.
    """
    if not rows:
        raise InputRefusedError(f"{where}, cell A1", "the headings of a table", "an empty sheet", "")
    width = _width(rows, where)
    ruled = "|" + "---|" * width
    yield _line([_tidy(cell) for cell in rows[0][:width]], rows[0][width])
    below: list[str] = []
    for row in rows[1:]:
        cells, written = [_tidy(cell) for cell in row[:width]], row[width]
        if written and all(_RULED.fullmatch(cell) for cell in row_texts(written)):
            ruled = written if len(row_texts(written)) == width else ruled
        elif any(cells) or (written and not any(row_texts(written)) and len(row_texts(written)) == width):
            below.append(_line(cells, written))
    yield ruled
    yield from below


def _width(rows: Sequence[Sequence[str]], where: str) -> int:
    """The columns of a table: those before the hidden one that holds the lines as written."""
    bars = [at for at, text in enumerate(rows[0]) if text.startswith("|")]
    advice = "The last, hidden column holds each line as it was written; undo the change to it."
    if len(bars) != 1 or bars[0] == 0:
        raise InputRefusedError(f"{where}, row 1", f'one column "{AS_WRITTEN}"', str(len(bars)), advice)
    width = bars[0]
    for number, row in enumerate(rows, 1):
        place = f"{where}, cell {get_column_letter(width + 1)}{number}"
        if row[width] and not row[width].lstrip().startswith("|"):
            raise InputRefusedError(place, "a line of a table", f'"{row[width][:40]}"', advice)
        for column, text in enumerate(row[width + 1 :], width + 2):
            if text:
                place = f"{where}, cell {get_column_letter(column)}{number}"
                raise InputRefusedError(place, "nothing right of the table", f'"{text[:40]}"', "Clear it.")
    return width


def _tidy(cell: str) -> str:
    return " ".join(cell.split())


def _line(cells: Sequence[str], written: str) -> str:
    """One line of a table; ``written`` is the line as it was, empty for a new row.

    A cell that was not changed keeps its blanks, also beside one that was.
    """
    before = row_texts(written) if written else []
    raw = _BAR.split(written.rstrip())
    if len(before) != len(cells) or len(raw) <= len(cells):
        return "| " + " | ".join(_escaped(cell) for cell in cells) + " |"
    if before == list(cells):
        return written
    for at, (cell, old) in enumerate(zip(cells, before, strict=True), 1):
        if cell != old:
            raw[at] = f" {_escaped(cell)} " if cell else " "
    return "|".join(raw)


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|")
