"""An exhibit as a table, whether it is delimited text, a workbook or a list of JSON objects."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from wardbook.intake.grid import Grid
from wardbook.intake.reader import Exhibit
from wardbook.intake.table_json import is_json, peek_objects, read_objects
from wardbook.intake.table_sheet import is_workbook, peek_sheets, read_workbook
from wardbook.intake.table_text import peek_text, read_text

TABLE_SUFFIXES = (".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".xls")


@dataclass(frozen=True)
class Peek:
    """The first rows of a table: of a sheet, of a list of objects, or of a text under one delimiter."""

    sheet: str | None
    delimiter: str | None
    rows: tuple[tuple[str, ...], ...]

    @property
    def width(self) -> int:
        """Cells of the widest row: the delimiter that splits most is likeliest the right one."""
        return max((len(row) for row in self.rows), default=0)


def peek(exhibit: Exhibit, encoding: str | None = None) -> tuple[Peek, ...]:
    """The first rows of each sheet or list, or of the text under each delimiter it may have, widest first."""
    if is_workbook(exhibit):
        return tuple(Peek(name, None, rows) for name, rows in peek_sheets(exhibit).items())
    if is_json(exhibit):
        return tuple(Peek(None, None, rows) for rows in peek_objects(exhibit))
    peeks = (Peek(None, delimiter, rows) for delimiter, rows in peek_text(exhibit, encoding).items())
    return tuple(sorted(peeks, key=lambda p: -p.width))


def load(exhibit: Exhibit, delimiter: str | None, encoding: str | None = None) -> Grid:
    """The whole table. Raises `InputRefusedError` if it cannot be opened to its end."""
    if is_workbook(exhibit):
        return read_workbook(exhibit)
    if is_json(exhibit):
        return read_objects(exhibit)
    return read_text(exhibit, delimiter or ",", encoding)


def base_name(exhibit: Exhibit) -> str:
    """The file's name in lower case, without folders and without '.gz'."""
    return PurePosixPath(exhibit.name).name.lower().removesuffix(".gz")


def is_table_name(exhibit: Exhibit) -> bool:
    """Whether the file's name promises a table."""
    return base_name(exhibit).endswith(TABLE_SUFFIXES)
