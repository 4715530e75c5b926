"""Workbooks of the New Zealand disclosures, .xlsx and the older .xls, as one grid of text cells.

The .xlsx form is read by `table_sheet`. The binary .xls form (BIFF, Excel 97 to 2003) is read by the xlrd
package (BSD), imported only when such a file is met; without it the file is refused with what to do. Numbers
become text in the 15 significant digits that a spreadsheet keeps, in both forms.
"""

from __future__ import annotations

import importlib
import io
import warnings
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import openpyxl

from wardbook.errors import InputRefusedError
from wardbook.intake.grid import HEADER_SEARCH, Damage, Grid, GridRow, Sheet, displayable
from wardbook.intake.reader import Exhibit
from wardbook.intake.table_sheet import cell_text, is_old_workbook, is_workbook, peek_sheets, read_workbook
from wardbook.records.source import Place

_EMPTY, _TEXT, _NUMBER, _DATE, _BOOLEAN, _ERROR, _BLANK = range(7)
"""Types of cells, as xlrd numbers them."""
_SHOWN = "visible"


@dataclass(frozen=True)
class Workbook:
    """A workbook: its sheets, and the numbers (from 1) of those that it does not show."""

    grid: Grid
    hidden: frozenset[int]


def first_rows(exhibit: Exhibit) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """The first rows of each sheet as text; nothing for a file that is no workbook or does not open."""
    if is_workbook(exhibit):
        return tuple(peek_sheets(exhibit).values())
    if not is_old_workbook(exhibit):
        return ()
    return _first_old_rows(exhibit.path, exhibit.sha256)


@lru_cache(maxsize=8)
def _first_old_rows(path: Path, sha256: str) -> tuple[tuple[tuple[str, ...], ...], ...]:
    del sha256  # part of the key: the same path may hold other bytes later
    try:
        workbook = _read_old(path, path.name)
    except InputRefusedError:
        return ()
    return tuple(
        tuple(row.cells for row in sheet.rows if (row.at.line or 0) <= HEADER_SEARCH)
        for sheet in workbook.grid.sheets
    )


def open_workbook(exhibit: Exhibit) -> Workbook:
    """The workbook whole. Raises `InputRefusedError` if it is damaged, encrypted or no workbook."""
    if is_old_workbook(exhibit):
        return _read_old(exhibit.path, exhibit.name)
    if not is_workbook(exhibit):
        raise InputRefusedError(
            exhibit.name,
            "a workbook, .xlsx or .xls",
            "another file",
            "Get the file from its publisher again.",
        )
    return Workbook(read_workbook(exhibit), _hidden_sheets(exhibit.path))


def _hidden_sheets(path: Path) -> frozenset[int]:
    with warnings.catch_warnings(), path.open("rb") as stream:
        warnings.simplefilter("ignore")
        workbook = openpyxl.load_workbook(stream, read_only=True)
        try:
            states = [str(sheet.sheet_state) for sheet in workbook.worksheets]
        finally:
            workbook.close()
    return frozenset(number for number, state in enumerate(states, 1) if state != _SHOWN)


# ---------------------------------------------------------------- the binary form


def _read_old(path: Path, name: str) -> Workbook:
    try:
        xlrd = importlib.import_module("xlrd")
    except ImportError as missing:
        raise _refused(
            name,
            "the old binary .xls format, and the package xlrd that reads it is not installed",
            "Install xlrd, or open the file in a spreadsheet program and save it as .xlsx.",
        ) from missing
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book = xlrd.open_workbook(str(path), logfile=io.StringIO())
            sheets = list(book.sheets())
            grids = tuple(
                Sheet(sheet.name, tuple(_rows(sheet, number, book.datemode, xlrd)), padded=True)
                for number, sheet in enumerate(sheets, 1)
            )
        except Exception as error:
            found = f"one that does not open ({' '.join(f'{type(error).__name__}: {error}'.split())[:200]})"
            advice = "Get the file again, or open it in a spreadsheet program and save it as .xlsx."
            raise _refused(name, found, advice) from error
    held = sum(_filled_rows(sheet) for sheet in sheets)
    hidden = frozenset(number for number, sheet in enumerate(sheets, 1) if sheet.visibility)
    return Workbook(Grid(grids, held), hidden)


def _refused(name: str, found: str, advice: str) -> InputRefusedError:
    return InputRefusedError(name, "a whole workbook", found, advice)


def _filled_rows(sheet: Any) -> int:
    """Rows with a filled cell, from the types of the cells alone."""
    empty = {_EMPTY, _BLANK}
    return sum(not empty.issuperset(sheet.row_types(row)) for row in range(sheet.nrows))


def _rows(sheet: Any, number: int, datemode: int, xlrd: Any) -> list[GridRow]:
    rows = []
    for line in range(sheet.nrows):
        cells = sheet.row(line)
        if all(cell.ctype in (_EMPTY, _BLANK) for cell in cells):
            continue
        texts = tuple(displayable(_text(cell, datemode, xlrd)) for cell in cells)
        errors = [text for cell, text in zip(cells, texts, strict=True) if cell.ctype == _ERROR]
        damage = (
            Damage("a value", f"the spreadsheet error {errors[0]}", "Correct the cell at the source.")
            if errors
            else None
        )
        rows.append(GridRow(Place(number, line + 1), "\t".join(texts), texts, damage))
    return rows


def _text(cell: Any, datemode: int, xlrd: Any) -> str:
    if cell.ctype == _NUMBER:
        return cell_text(float(cell.value))
    if cell.ctype == _BOOLEAN:
        return cell_text(bool(cell.value))
    if cell.ctype == _ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, f"number {cell.value}"))
    if cell.ctype == _DATE:
        value: datetime = xlrd.xldate.xldate_as_datetime(cell.value, datemode)
        return cell_text(value)
    return str(cell.value) if cell.ctype == _TEXT else ""
