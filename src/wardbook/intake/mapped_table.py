"""The mapped-table reader: any agency's CSV, TSV, XLSX or list of JSON objects, by a mapping file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from wardbook.errors import InputRefusedError
from wardbook.intake.cells import shown
from wardbook.intake.grid import normalized
from wardbook.intake.mapped_fixes import gather_fixes
from wardbook.intake.mapping import TableMapping, parse_mapping
from wardbook.intake.reader import Context, Exhibit, Reader
from wardbook.intake.table_json import is_json, why_no_objects
from wardbook.intake.table_rows import read_grid
from wardbook.intake.table_sheet import (
    is_encrypted_workbook,
    is_old_workbook,
    is_workbook,
    is_zip,
    why_no_sheets,
)
from wardbook.intake.table_text import is_html, is_text
from wardbook.intake.tables import Peek, base_name, is_table_name, load, peek
from wardbook.records.schema import FIXES
from wardbook.records.source import Reading

_HOW_TO = "See docs/how-to/map-a-table.md."


@dataclass(frozen=True)
class Match:
    """A mapping that recognizes an exhibit, and the table it recognized it by."""

    mapping: TableMapping
    peek: Peek


def mappings_of(context: Context) -> tuple[TableMapping, ...]:
    """The mappings to try; of two with one name the later (the user's own) counts."""
    named = {(m := parse_mapping(name, toml)).name: m for name, toml in context.mappings}
    return tuple(named.values())


def matches(exhibit: Exhibit, context: Context) -> tuple[Match, ...]:
    """The mappings that recognize an exhibit, those that name most headings first and only those."""
    found: list[Match] = []
    peeks: dict[str | None, tuple[Peek, ...]] = {}
    for mapping in mappings_of(context):
        if not _file_fits(mapping, exhibit):
            continue
        if mapping.encoding not in peeks:
            peeks[mapping.encoding] = peek(exhibit, mapping.encoding)
        fits = next((p for p in peeks[mapping.encoding] if _fits(mapping, p)), None)
        if fits is not None:
            found.append(Match(mapping, fits))
    most = max((len(match.mapping.headings) for match in found), default=0)
    return tuple(match for match in found if len(match.mapping.headings) == most)


def _file_fits(mapping: TableMapping, exhibit: Exhibit) -> bool:
    name = base_name(exhibit)
    globs = [glob.lower().removesuffix(".gz") for glob in mapping.files]
    return not globs or any(fnmatchcase(name, glob) for glob in globs)


def _fits(mapping: TableMapping, table: Peek) -> bool:
    if mapping.delimiter is not None and table.delimiter not in (None, mapping.delimiter):
        return False
    if (
        mapping.sheet is not None
        and table.sheet is not None
        and normalized(mapping.sheet) != normalized(table.sheet)
    ):
        return False
    return mapping.header_index(table.rows) is not None


def recognizes(exhibit: Exhibit, context: Context) -> bool:
    """Whether some mapping recognizes the exhibit."""
    return bool(matches(exhibit, context))


def read(exhibit: Exhibit, context: Context) -> Reading:
    """The records of a table under the one mapping that recognizes it."""
    found = matches(exhibit, context)
    if len(found) > 1:
        names = " and ".join(sorted(match.mapping.name for match in found))
        raise InputRefusedError(
            exhibit.name,
            "one mapping that recognizes it best",
            f"{len(found)} that name as many of its headings: {names}",
            "Give the one that is meant with --mapping, or tell them apart by files = [...].",
        )
    if not found:
        reason = why_unreadable(exhibit, context) or (
            "a table that a mapping recognizes",
            "another file",
            _HOW_TO,
        )
        raise InputRefusedError(exhibit.name, *reason)
    mapping, table = found[0].mapping, found[0].peek
    grid = load(exhibit, table.delimiter, mapping.encoding)
    reading = read_grid(grid, mapping, context.zone, context.date_order, exhibit.name)
    if mapping.main.table is not FIXES:
        return reading
    return gather_fixes(reading, exhibit, mapping.zone or context.zone)


READER = Reader(
    name="mapped-table",
    reads="CSV, TSV (also gzipped), XLSX and JSON tables whose headings a mapping file names",
    recognizes=recognizes,
    read=read,
)


# ---------------------------------------------------------------- files no one recognizes


def why_unreadable(exhibit: Exhibit, context: Context) -> tuple[str, str, str] | None:
    """Expected, found and advice for a file that is a table, or claims to be, and that no reader recognizes.

    None for files that do not look like tables at all.
    """
    return _why_no_table(exhibit) or _why_no_mapping(exhibit, context)


def _why_no_table(exhibit: Exhibit) -> tuple[str, str, str] | None:
    if is_old_workbook(exhibit):
        if is_encrypted_workbook(exhibit):
            return ("a workbook that opens", "one under a password", "Remove the password and save it again.")
        if base_name(exhibit).endswith((".xls", ".xlt", ".xlsx", ".xlsm")):
            advice = "Open it in a spreadsheet program and save as .xlsx."
            return ("a workbook in the .xlsx format", "the old binary .xls format", advice)
        return None
    if is_html(exhibit):
        return (
            "a table" if is_table_name(exhibit) else "a file of records",
            f"a web page (HTML) under the name {base_name(exhibit)}",
            "Look at it in a browser; if it holds the table save that as .xlsx, if not get the file again.",
        )
    if is_zip(exhibit) and not is_workbook(exhibit):
        return (
            "a folder, an archive as .tar or .tar.gz, or an .xlsx workbook",
            "a zip archive, or a document that is one inside (such as .docx or .ods)",
            "Unpack it and take in the folder; save a spreadsheet as .xlsx or CSV, a document as PDF.",
        )
    if not is_table_name(exhibit):
        return why_no_objects(exhibit)
    if is_workbook(exhibit):
        return why_no_sheets(exhibit)
    if not is_workbook(exhibit) and not is_text(exhibit):
        found = "an empty file" if not exhibit.head else "bytes that are neither text nor an .xlsx workbook"
        return ("a table as CSV or .xlsx", found, "Get the file again, or save it as .xlsx or CSV.")
    return None


def _why_no_mapping(exhibit: Exhibit, context: Context) -> tuple[str, str, str] | None:
    if not is_table_name(exhibit) and not is_json(exhibit):
        return None
    tables = peek(exhibit)
    if not tables:
        return None
    table = max(tables, key=lambda p: p.width)
    headings = _headings(table)
    near = _nearest(context, table)
    more = ", …" if len(headings) > 12 else ""
    found = f"the headings {', '.join(headings[:12])}{more}, which no mapping names"
    if near is not None:
        mapping, missing = near
        found += f" (mapping {mapping.name} comes near, but there is no {', '.join(missing)})"
    if table.width == 1:
        found += "; only one column, perhaps a delimiter other than comma, semicolon, tab or bar"
    advice = "Write a mapping file that says which column is what: docs/how-to/map-a-table.md."
    return ("a table whose headings are known", found, advice)


def _headings(table: Peek) -> list[str]:
    """What looks like the headings: the first row that is well filled, and with words."""
    filled = [[cell.strip() for cell in row if cell.strip()] for row in table.rows]
    most = max((len(cells) for cells in filled), default=0)
    likely = (cells for cells in filled if 2 * len(cells) >= most and not any(map(_is_number, cells)))
    return [shown(cell, 30) for cell in next(likely, filled[0] if filled else [])]


def _is_number(cell: str) -> bool:
    return cell.replace(".", "").replace(",", "").isdigit()


def _nearest(context: Context, table: Peek) -> tuple[TableMapping, list[str]] | None:
    """The mapping most of whose headings are there (at least half), and those that are not."""
    best: tuple[float, TableMapping, list[str]] | None = None
    for mapping in mappings_of(context):
        for row in table.rows:
            missing = sorted(mapping.headings - _normal(row))
            share = 1 - len(missing) / max(len(mapping.headings), 1)
            if share >= 0.5 and missing and (best is None or share > best[0]):
                best = (share, mapping, missing)
    return None if best is None else best[1:]


def _normal(row: Sequence[str]) -> frozenset[str]:
    return frozenset(normalized(cell) for cell in row)
