"""Workbooks (.xlsx) as a grid of cells, and what other files call themselves spreadsheets.

Cells become text the way the rest of take-in reads text: days as 2024-01-31, numbers in the 15 significant
digits a spreadsheet keeps (so 8114.530000000001 is 8114.53 again), never through binary rounding of money.
The sheet is the page and the row is the line of a record's place.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import openpyxl

from wardbook.errors import InputRefusedError
from wardbook.intake.grid import HEADER_SEARCH, Damage, Grid, GridRow, Sheet, displayable
from wardbook.intake.reader import Exhibit
from wardbook.intake.table_text import most_unpacked
from wardbook.records.source import Place

MOST_ROWS = 1_048_576
"""Rows of a sheet that a spreadsheet program can have."""
MOST_CELLS = 20_000_000
"""Cells of a sheet that are read, empty ones before a filled one among them."""
MOST_UNPACKED = 1 << 28
"""Bytes of all parts of a workbook, unpacked."""

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_WORKSHEET = re.compile(
    rb'<Override\b(?=[^>]*\bContentType="[^"]*worksheet\+xml")[^>]*\bPartName="/([^"]+)"', re.DOTALL
)
_ROW = re.compile(rb"<(?:\w+:)?row\b(?:[^>]*[^/])?>(.*?)</(?:\w+:)?row\s*>", re.DOTALL)
_FILLED = re.compile(rb"<(?:\w+:)?(?:v(?:\s[^>]*)?>[^<]|is\b|f\b)", re.DOTALL)
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")


def is_workbook(exhibit: Exhibit) -> bool:
    """Whether the bytes look like an .xlsx workbook (a zip that begins as one, by its name or its parts)."""
    return is_zip(exhibit) and (
        exhibit.name.lower().endswith((".xlsx", ".xlsm")) or b"[Content_Types].xml" in exhibit.head
    )


def is_zip(exhibit: Exhibit) -> bool:
    """Whether the bytes begin as a zip archive does, which a workbook is too."""
    return exhibit.head.startswith(_ZIP)


def is_old_workbook(exhibit: Exhibit) -> bool:
    """Whether the bytes are the binary container of .xls files and of encrypted workbooks."""
    return exhibit.head.startswith(_OLE)


def is_encrypted_workbook(exhibit: Exhibit) -> bool:
    """Whether the bytes are a workbook under a password."""
    return is_old_workbook(exhibit) and _ENCRYPTED in exhibit.path.read_bytes()


def peek_sheets(exhibit: Exhibit) -> dict[str, tuple[tuple[str, ...], ...]]:
    """The first rows of each sheet by its name; empty if the workbook does not open."""
    try:
        return dict(_first_rows(exhibit.path, exhibit.sha256))
    except InputRefusedError:
        return {}


def why_no_sheets(exhibit: Exhibit) -> tuple[str, str, str] | None:
    """Expected, found and advice for a workbook that does not open; None if it does."""
    try:
        _first_rows(exhibit.path, exhibit.sha256)
    except InputRefusedError as refusal:
        return refusal.expected, refusal.found, refusal.advice
    return None


@lru_cache(maxsize=8)
def _first_rows(path: Path, sha256: str) -> tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]:
    del sha256  # part of the key: the same path may hold other bytes later
    with _opened(path, path.name, values=True) as workbook:
        return tuple(
            (sheet.title, tuple(row.cells for row in _rows(sheet, 0, frozenset(), HEADER_SEARCH)))
            for sheet in workbook.worksheets
        )


def read_workbook(exhibit: Exhibit) -> Grid:
    """A workbook as a grid of its sheets. Raises `InputRefusedError` if it is damaged."""
    held, formulas = _count(exhibit)
    blanks = _valueless_formulas(exhibit) if formulas else frozenset()
    with _opened(exhibit.path, exhibit.name, values=True) as workbook:
        sheets = tuple(
            Sheet(sheet.title, tuple(_rows(sheet, number, blanks, None)), padded=True)
            for number, sheet in enumerate(workbook.worksheets, 1)
        )
    found = sum(len(sheet.rows) for sheet in sheets)
    if found != held:
        raise _refused(exhibit.name, f"{found} rows where its parts hold {held}")
    return Grid(sheets, held)


@contextmanager
def _opened(path: Path, name: str, *, values: bool) -> Iterator[Any]:
    """The workbook, open for reading; whatever goes wrong inside is a refusal of the file."""
    _check_size(path, name)
    with warnings.catch_warnings(), path.open("rb") as stream:
        warnings.simplefilter("ignore")
        try:
            workbook = openpyxl.load_workbook(stream, read_only=True, data_only=values)
        except Exception as error:
            raise _refused(name, f"one that does not open ({_in_words(error)})") from error
        try:
            yield workbook
        except InputRefusedError as refusal:
            where = f"{name}, {refusal.where}"
            raise InputRefusedError(where, refusal.expected, refusal.found, refusal.advice) from refusal
        except Exception as error:
            raise _refused(name, f"one with a damaged part ({_in_words(error)})") from error
        finally:
            workbook.close()


def _check_size(path: Path, name: str) -> None:
    """Refuse a workbook whose parts unpack to more than can be a table, before anything is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        raise _refused(name, f"a damaged zip file ({_in_words(error)})") from error
    most = min(MOST_UNPACKED, most_unpacked(path.stat().st_size))
    if size > most:
        raise _too_big(name, f"parts that unpack to {size:,} bytes, where {most:,} are the most")


def _too_big(name: str, found: str) -> InputRefusedError:
    expected = f"a workbook of a usual size (rows to {MOST_ROWS:,}, cells to {MOST_CELLS:,})"
    advice = "If it is a real table, save the sheet as CSV, or split it."
    return InputRefusedError(name, expected, found, advice)


def _in_words(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]


def _refused(name: str, found: str) -> InputRefusedError:
    return InputRefusedError(
        name,
        "a whole .xlsx workbook",
        found,
        "Get the file again, or open it in a spreadsheet program and save it as CSV.",
    )


def _count(exhibit: Exhibit) -> tuple[int, bool]:
    """Rows with a filled cell in all sheets, from the XML itself; and whether there are formulas."""
    held, formulas = 0, False
    _check_size(exhibit.path, exhibit.name)
    try:
        with zipfile.ZipFile(exhibit.path) as archive:
            for part in _WORKSHEET.findall(archive.read("[Content_Types].xml")):
                xml = archive.read(part.decode("utf-8"))
                held += sum(1 for row in _ROW.finditer(xml) if _FILLED.search(row[1]))
                formulas = formulas or _FORMULA.search(xml) is not None
    except Exception as error:
        raise _refused(exhibit.name, f"a damaged zip file ({_in_words(error)})") from error
    return held, formulas


def _valueless_formulas(exhibit: Exhibit) -> frozenset[tuple[int, int]]:
    """(sheet, row) of the formulas whose value is not stored in the file."""
    with _opened(exhibit.path, exhibit.name, values=False) as formulas:
        places = {
            (number, row, column)
            for number, sheet in enumerate(formulas.worksheets, 1)
            for row, cells in _cells(sheet)
            for column, cell in enumerate(cells)
            if cell.data_type == "f"
        }
    with _opened(exhibit.path, exhibit.name, values=True) as values:
        stored = {
            (number, row, column)
            for number, sheet in enumerate(values.worksheets, 1)
            for row, cells in _cells(sheet)
            for column, cell in enumerate(cells)
            if cell.value is not None
        }
    return frozenset((number, row) for number, row, _ in places - stored)


def _cells(sheet: Any) -> Iterator[tuple[int, Any]]:
    sheet.reset_dimensions()
    cells = 0
    for line, row in enumerate(sheet.iter_rows(), 1):
        cells += len(row)
        if line > MOST_ROWS or cells > MOST_CELLS:
            raise _too_big(
                f"sheet {sheet.title}", f"one that goes on beyond row {line:,} with {cells:,} cells"
            )
        yield line, row


def _rows(sheet: Any, number: int, blanks: frozenset[tuple[int, int]], most: int | None) -> Iterator[GridRow]:
    for line, cells in _cells(sheet):
        if most is not None and line > most:
            return
        valueless = (number, line) in blanks
        if not valueless and all(cell.value is None for cell in cells):
            continue
        damage = _damage(cells, valueless)
        texts = tuple(displayable(cell_text(cell.value)) for cell in cells)
        yield GridRow(Place(number, line), "\t".join(texts), texts, damage)


def _damage(cells: Any, valueless: bool) -> Damage | None:
    if valueless:
        return Damage(
            "a stored value beside each formula",
            "a formula without one",
            "Open the workbook in a spreadsheet program and save it, so that values are stored.",
        )
    for cell in cells:
        if cell.data_type == "e":
            return Damage("a value", f"the spreadsheet error {cell.value}", "Correct the cell at the source.")
    return None


def cell_text(value: object) -> str:
    """A spreadsheet's value as text: ISO days and times, plain decimal digits, TRUE or FALSE."""
    write = _WRITERS.get(type(value))
    return write(value) if write is not None else str(value)


def _number_text(value: float) -> str:
    number = Decimal(format(value, ".15g"))
    if not number.is_finite():
        return str(value)
    return format(number.to_integral_value() if number == number.to_integral_value() else number, "f")


def _datetime_text(value: datetime) -> str:
    value = (value + timedelta(microseconds=500_000)).replace(microsecond=0)
    if value.time() == time(0):
        return value.date().isoformat()
    return value.isoformat(sep=" ")


def _duration_text(value: timedelta) -> str:
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


_WRITERS: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "",
    bool: lambda value: "TRUE" if value else "FALSE",
    int: str,
    float: _number_text,
    datetime: _datetime_text,
    date: date.isoformat,
    time: lambda value: value.replace(microsecond=0).isoformat(),
    timedelta: _duration_text,
}
