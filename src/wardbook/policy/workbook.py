"""A rulebook as a spreadsheet, and back: the same text, byte for byte, but for the cells that were changed.

The first sheet, ``Rulebook``, holds the lines of the Markdown in order. Where a table stands it names the
sheet that holds it, so that rules are edited as rows in a spreadsheet. Every cell is text: nothing is read as
a date, a number or a formula. The lines of a table whose cells are unchanged come back as they were written.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from wardbook.errors import InputRefusedError
from wardbook.policy.markdown import row_texts
from wardbook.policy.model import Rulebook

FIRST = "Rulebook"
AS_WRITTEN = "as written"
"""The last, hidden column of a table's sheet: the Markdown line of the row as it was."""

_TABLE = re.compile(r"\[table: ([^\]]+)\]")
_FIXED = datetime(2000, 1, 1)  # noqa: DTZ001  a spreadsheet's own time has no zone
_MOST_CELL = 32_767
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def to_workbook(rulebook: Rulebook, path: Path) -> None:
    """Write the text of ``rulebook`` as an .xlsx file at ``path``; the same text gives the same bytes.

    Raises `InputRefusedError` for a line that a cell of a spreadsheet cannot hold.
    """
    book = Workbook()
    first = book.active
    if not isinstance(first, Worksheet):
        raise TypeError("a new workbook has no sheet")
    first.title = FIRST
    _put_row(first, 1, ["text"], rulebook.path, bold=True)
    at, heading, lines = 1, "", rulebook.text.split("\n")
    number = 0
    while number < len(lines):
        line = lines[number]
        heading = line if line.startswith("#") else heading
        end = _table_end(lines, number)
        at += 1
        if end == number:
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
    book.properties.created = book.properties.modified = _FIXED
    _save(book, path)


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
                f"lines of at most {_MOST_CELL} characters without control characters",
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
    made = io.BytesIO()
    book.save(made)
    aside = path.with_name(f".{path.name}")
    with zipfile.ZipFile(made) as parts, zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED) as kept:
        for part in sorted(parts.namelist()):
            data = parts.read(part)
            if part == "docProps/core.xml":
                stamp = _FIXED.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, data)
            info = zipfile.ZipInfo(part, (2000, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            kept.writestr(info, data)
    aside.replace(path)


# ---------------------------------------------------------------- back


def from_workbook(path: Path) -> str:
    """The Markdown text that a workbook made by `to_workbook` holds, with its cells as they are now.

    Raises `InputRefusedError`, with sheet and cell, for a workbook that is none of ours or cannot be read.
    """
    try:
        book = load_workbook(path, read_only=False, data_only=False)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise InputRefusedError(
            str(path),
            "a rulebook as an .xlsx workbook",
            str(error) or type(error).__name__,
            "Check the file.",
        ) from error
    if FIRST not in book.sheetnames:
        found = ", ".join(book.sheetnames)
        advice = "Only a workbook that wardbook exported can be imported."
        raise InputRefusedError(str(path), f'a sheet "{FIRST}"', found, advice)
    return "\n".join(_lines(book, path))


def _lines(book: Workbook, path: Path) -> Iterator[str]:
    used: set[str] = set()
    for at, (text, *_) in enumerate(_texts(book, FIRST, path), 1):
        if at == 1:
            continue
        named = _TABLE.fullmatch(text)
        if named is None:
            yield text
            continue
        name = named[1]
        if name not in book.sheetnames or name in used:
            found = f'"{name}" twice' if name in used else f'no sheet "{name}"'
            raise InputRefusedError(f"{path}, sheet {FIRST}, cell A{at}", "a sheet for each table", found, "")
        used.add(name)
        yield from _table_lines(list(_texts(book, name, path)))


def _texts(book: Workbook, name: str, path: Path) -> Iterator[list[str]]:
    for row in book[name].iter_rows():
        texts = []
        for cell in row:
            value = cell.value
            if value is not None and not isinstance(value, str):
                raise InputRefusedError(
                    f"{path}, sheet {name}, cell {cell.coordinate}",
                    "text",
                    f"{type(value).__name__} {value}",
                    "Format the cell as text and write it again.",
                )
            if cell.data_type == "f":
                place = f"{path}, sheet {name}, cell {cell.coordinate}"
                raise InputRefusedError(place, "text", "a formula", "Write an apostrophe before it.")
            texts.append(value or "")
        yield texts


def _table_lines(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The Markdown lines of a table: as written where no cell was changed, else written anew."""
    width = len(row_texts(rows[0][-1])) if rows else 0
    for at, row in enumerate(rows):
        cells, written = list(row[:width]), row[width] if len(row) > width else ""
        if not any(cells) and not written:
            continue
        if written and row_texts(written) == [" ".join(cell.split()) for cell in cells]:
            yield written
        elif at == 1:
            yield "|" + "---|" * width
        else:
            yield "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"
