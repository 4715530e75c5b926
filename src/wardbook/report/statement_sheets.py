"""A workbook of tables of money: amounts are numbers with two decimals, all other cells text, days days.

A cell that begins with ``=`` is no formula. The same rows give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from wardbook.errors import WrongUseError
from wardbook.records.workbook_bytes import workbook_bytes

Cell = str | int | Decimal | date | None

MOST_ROWS = 1_048_576
"""Rows of a sheet of a spreadsheet, its heading among them."""

_BOLD = Font(bold=True)
_LONGEST = 32_767
_CUT = " ... (cut: longer than a cell can be; the CSV form has all of it)"


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, headings, and rows."""

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def sheets_bytes(title: str, sheets: Sequence[Sheet]) -> bytes:
    """The workbook. Raises `WrongUseError` where a sheet has more rows than a spreadsheet can hold."""
    book = Workbook(write_only=True)
    book.properties.creator = "wardbook"
    book.properties.title = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", title)
    for sheet in sheets:
        made = book.create_sheet(sheet.name)
        made.freeze_panes = "A2"
        for column in "ABCDEFGHIJKLM"[: len(sheet.headings)]:
            made.column_dimensions[column].width = 22
        made.append([_cell(made, heading, bold=True) for heading in sheet.headings])
        for number, row in enumerate(sheet.rows, 2):
            if number > MOST_ROWS:
                raise WrongUseError(
                    f"the sheet {sheet.name} would have more than {MOST_ROWS:,d} rows; use --format csv"
                )
            made.append([_cell(made, value) for value in row])
    return workbook_bytes(book)


def _cell(sheet: Any, value: Cell, bold: bool = False) -> Any:
    if isinstance(value, str):
        plain = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", value)
        cut = plain if len(plain) <= _LONGEST else plain[: _LONGEST - len(_CUT)] + _CUT
        cell = WriteOnlyCell(sheet, cut)
        cell.data_type = "s"
    else:
        cell = WriteOnlyCell(sheet)
        cell.value = value
        if isinstance(value, Decimal):
            cell.number_format = "#,##0.00"
        elif isinstance(value, date):
            cell.number_format = "yyyy-mm-dd"
    if bold:
        cell.font = _BOLD
    return cell
