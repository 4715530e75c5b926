"""The report as a workbook: sentences, tables and sources, each cell of a table linked to its reasons.

Amounts and counts are numbers, everything else is text and stays text (a cell that begins with ``=`` is not a
formula). No sheet is hidden. The same document gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from wardbook.records.workbook_bytes import workbook_bytes
from wardbook.report.forms.numbered import exhibit_names, index, source_place
from wardbook.report.narrative.document import Document, TableBlock

_LINK = Font(color="0F4C66", underline="single")
_BOLD = Font(bold=True)
_WRAP = Alignment(wrap_text=True, vertical="top")
_LONGEST = 32_000
_WIDEST = 60


def workbook_form(document: Document) -> bytes:
    """The workbook as bytes."""
    book = Workbook()
    about = book.active
    if not isinstance(about, Worksheet):
        raise TypeError("a new workbook has a sheet")
    about.title = "Report"
    places = _places(document)
    _fill_about(about, document)
    _fill_sentences(book.create_sheet("Sentences"), document, places)
    tables = [(table, f"T{number}") for number, table in enumerate(document.tables, 1) if table.columns]
    contents = book.create_sheet("Tables")
    for table, name in tables:
        _fill_table(book.create_sheet(name), table, places)
    _fill_contents(contents, tables)
    _fill_sources(book.create_sheet("Sources"), document, places)
    for sheet in book.worksheets:
        _finish(sheet)
    book.properties.creator = "wardbook"
    book.properties.title = document.title
    return workbook_bytes(book)


def _places(document: Document) -> dict[str, int]:
    """The row of each record in the sheet of sources."""
    return {record: row for row, record in enumerate(sorted(document.lines), 2)}


def _fill_about(sheet: Worksheet, document: Document) -> None:
    rows = (
        ("Report", document.title),
        ("Jurisdiction", document.jurisdiction),
        ("Version for", f"{document.readers} readers"),
        ("Note", document.note),
        ("Rulebook", f"{document.rulebook['title']}, version {document.rulebook['version']}"),
        ("SHA-256 of the rulebook", document.rulebook["sha256"]),
        ("Book at checkpoint", document.checkpoint),
        ("Made by", f"wardbook {document.program}"),
        ("Digest of this version", document.digest),
    )
    for at, row in enumerate(rows, 1):
        for column, text in enumerate(row, 1):
            _put(sheet.cell(at, column), text)
        sheet.cell(at, 1).font = _BOLD


def _fill_sentences(sheet: Worksheet, document: Document, places: Mapping[str, int]) -> None:
    _head(
        sheet, ("number", "id", "part", "kind", "sentence", "method", "rests on", "records", "first record")
    )
    for at, entry in enumerate(index(document), 2):
        sentence = entry.sentence
        first = sentence.sources[0] if sentence.sources else ""
        cells = (
            entry.number,
            sentence.id,
            entry.section,
            entry.support,
            sentence.text.strip(),
            sentence.method,
            ", ".join(map(str, entry.rests_on)),
            sentence.sources_total or "",
        )
        for column, value in enumerate(cells, 1):
            _put(sheet.cell(at, column), value)
        _link(sheet.cell(at, 9), first, places)


def _fill_contents(sheet: Worksheet, tables: Sequence[tuple[TableBlock, str]]) -> None:
    _head(sheet, ("sheet", "table", "rows here", "rows in the file alone", "file"))
    for at, (table, name) in enumerate(tables, 2):
        for column, value in enumerate((name, table.caption, len(table.rows), table.left_out, table.file), 1):
            _put(sheet.cell(at, column), value)
        sheet.cell(at, 1).hyperlink = f"#'{name}'!A1"
        sheet.cell(at, 1).font = _LINK


def _fill_table(sheet: Worksheet, table: TableBlock, places: Mapping[str, int]) -> None:
    _put(sheet.cell(1, 1), table.caption)
    sheet.cell(1, 1).font = _BOLD
    names = [column.name for column in table.columns]
    for column, name in enumerate([*names, "reasons"] if table.sources else names, 1):
        _put(sheet.cell(2, column), name)
        sheet.cell(2, column).font = _BOLD
    for at, row in enumerate(table.rows, 3):
        for column, text in enumerate(row, 1):
            _put(sheet.cell(at, column), _number(text) if table.columns[column - 1].is_figure else text)
        if table.sources and table.sources[at - 3]:
            _link(sheet.cell(at, len(names) + 1), table.sources[at - 3][0], places)
    sheet.freeze_panes = "A3"


def _fill_sources(sheet: Worksheet, document: Document, places: Mapping[str, int]) -> None:
    _head(sheet, ("record", "exhibit", "place", "text of the record", "SHA-256 of the exhibit"))
    names = exhibit_names(document)
    for record, at in places.items():
        place = source_place(record, document.lines, names)
        row = (record, place.exhibit, place.place, place.text, document.lines[record].exhibit)
        for column, text in enumerate(row, 1):
            _put(sheet.cell(at, column), text)


def _head(sheet: Worksheet, names: Sequence[str]) -> None:
    for column, name in enumerate(names, 1):
        _put(sheet.cell(1, column), name)
        sheet.cell(1, column).font = _BOLD
    sheet.freeze_panes = "A2"


def _link(cell: Cell | MergedCell, record: str, places: Mapping[str, int]) -> None:
    _put(cell, record)
    if record in places:
        cell.hyperlink = f"#'Sources'!A{places[record]}"
        cell.font = _LINK


def _put(cell: Cell | MergedCell, value: Any) -> None:
    if isinstance(cell, MergedCell):
        raise TypeError("no cell of this workbook is merged")
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST]
        cell.data_type = "s"
        cell.alignment = _WRAP
    else:
        cell.value = value
        if isinstance(value, Decimal):
            cell.number_format = "#,##0" + ("." + "0" * places if (places := _decimals(value)) else "")


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _number(text: str) -> Decimal | str:
    try:
        return Decimal(text.replace(",", "").replace("−", "-"))
    except InvalidOperation:
        return text


def _finish(sheet: Worksheet) -> None:
    for column, cells in enumerate(sheet.columns, 1):
        longest = max((len(str(cell.value)) for cell in cells if cell.value is not None), default=4)
        sheet.column_dimensions[get_column_letter(column)].width = min(max(longest + 1, 6), _WIDEST)
