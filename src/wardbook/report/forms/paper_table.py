"""A table as it stands on paper: how wide each column is, and what is said once instead of in every row.

The width of a column is shared out as a browser does (CSS 2.2, 17.5.2): each gets its longest word, and the
rest goes to the columns with longer cells. Long texts that many rows repeat stand once, under letters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import floor
from string import ascii_lowercase
from typing import Any

from wardbook.report.narrative.document import Chart, TableBlock

_LONG = 24
_PIECE = 16
_WIDE = 453.0
"""The width between the margins in points, on the narrower paper (A4)."""
_INSET = 8.0
_SIZES = (8.5, 7.5, 6.5)
_EM = 0.52
"""The width of a letter or digit as a part of the size, with a little to spare."""
_BOLD_EM = 0.58
_REPEATED_LETTERS, _REPEATED_ROWS = 60, 6
_MANY_COLUMNS, _LONG_TEXT = 6, 80
_ACROSS, _PARTS_ACROSS = 10, 5
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Rows = Sequence[Sequence[str]]


def table_data(caption: str, columns: Sequence[str], figures: Sequence[bool], rows: Rows) -> dict[str, Any]:
    """A table as the template takes it; ``figures`` says which columns stand on the right."""
    keys = {place: letters for place in range(len(columns)) if (letters := _letters(rows, place))}
    shown = [[keys[place][cell] if place in keys else cell for place, cell in enumerate(row)] for row in rows]
    below = below_places(columns, shown)
    beside = [place for place in range(len(columns)) if place not in below]
    size, widths = _widths(
        [columns[place] for place in beside], [[row[one] for one in beside] for row in shown]
    )
    return {
        "is": "table",
        "caption": caption,
        "columns": [columns[place] for place in beside],
        "figures": [figures[place] for place in beside],
        "size": size,
        "widths": widths,
        "rows": [[_breakable(row[place]) for place in beside] for row in shown],
        "below": [columns[place] for place in below],
        "told": [[_breakable(row[place]) for place in below] for row in shown] if below else [],
        "key": [
            [columns[place], [[letter, text] for text, letter in letters.items() if text]]
            for place, letters in keys.items()
        ],
    }


def below_places(columns: Sequence[str], rows: Rows) -> tuple[int, ...]:
    """The columns of long texts in a table of many columns: they stand below the other cells of their row."""
    if len(columns) < _MANY_COLUMNS:
        return ()
    return tuple(
        place for place in range(1, len(columns)) if _typical([len(row[place]) for row in rows]) > _LONG_TEXT
    )


def _typical(lengths: Sequence[int]) -> int:
    """The length that nine of ten do not exceed."""
    return sorted(lengths)[min(int(len(lengths) * 0.9), len(lengths) - 1)] if lengths else 0


def _letters(rows: Rows, place: int) -> dict[str, str]:
    """A letter for each text of a column of long texts that rows repeat; nothing for another column."""
    texts = list(dict.fromkeys(row[place] for row in rows))
    told = [text for text in texts if text]
    repeated = (
        len(rows) >= _REPEATED_ROWS and 2 * len(told) <= len(rows) and len(told) <= len(ascii_lowercase)
    )
    if not repeated or max(map(len, told), default=0) < _REPEATED_LETTERS:
        return {}
    return dict(zip(told, ascii_lowercase, strict=False)) | {"": ""}


def _widths(columns: Sequence[str], rows: Rows) -> tuple[float, list[float]]:
    """The size of the letters in points, and the width of each column in points."""
    for size in _SIZES:
        least, wanted = _needs(columns, rows, size)
        if sum(least) <= _WIDE:
            break
    spare, more = (
        max(_WIDE - sum(least), 0.0),
        [want - need for want, need in zip(wanted, least, strict=True)],
    )
    part = min(spare / (sum(more) or 1.0), 1.0)
    shared = [need + one * part for need, one in zip(least, more, strict=True)]
    narrower = min(_WIDE / sum(shared), 1.0)
    return size, [floor(10 * one * narrower) / 10 for one in shared]


def _needs(columns: Sequence[str], rows: Rows, size: float) -> tuple[list[float], list[float]]:
    """The width that each column needs for its longest word, and wants for nine of ten cells, in points."""
    least, wanted = [], []
    for place, name in enumerate(columns):
        words = (word for row in rows for word in _breakable(row[place]).replace("\u200b", " ").split())
        word = max(map(_letters_wide, words), default=0.0) * _EM
        head = max(map(_letters_wide, name.split()), default=0.0) * _BOLD_EM
        typical = _typical([len(row[place]) for row in rows])
        need = max(word, head) * size + _INSET
        least.append(need)
        wanted.append(max(max(typical * _EM, len(name) * _BOLD_EM) * size + _INSET, need))
    return least, wanted


def _letters_wide(word: str) -> float:
    """How many letters wide a word is: a capital counts for more than one."""
    return len(word) + 0.35 * sum(map(str.isupper, word))


def _breakable(cell: str) -> str:
    """Long words without a space get places where a line may break (U+200B)."""
    return " ".join(
        "\u200b".join(word[at : at + _PIECE] for at in range(0, len(word), _PIECE))
        if len(word) > _LONG
        else word
        for word in cell.split(" ")
    )


def across(chart: Chart) -> dict[str, Any] | None:
    """The rows behind a chart in fewer and wider ones, every figure in them; nothing where that is not so.

    A row a part and a column a year (or the other way round), or a row a year and a column a month.
    """
    table = chart.table
    if not table.rows:
        return None
    return _months(table) if chart.kind == "calendar" else _parts(table) if chart.kind == "bars" else None


def _parts(table: TableBlock) -> dict[str, Any] | None:
    along, parts = (list(dict.fromkeys(row[place] for row in table.rows)) for place in (0, 1))
    cells = {(row[0], row[1]): row[2] for row in table.rows}
    if len(cells) < len(table.rows) or table.left_out:
        return None
    names = [column.name for column in table.columns]
    if len(along) <= _ACROSS:
        rows = [[part, *(cells.get((year, part), "") for year in along)] for part in parts]
        return table_data(table.caption, [names[1], *along], [False, *[True] * len(along)], rows)
    if len(parts) <= _PARTS_ACROSS:
        rows = [[year, *(cells.get((year, part), "") for part in parts)] for year in along]
        return table_data(table.caption, [names[0], *parts], [False, *[True] * len(parts)], rows)
    return None


def _months(table: TableBlock) -> dict[str, Any] | None:
    cells = {row[0]: " / ".join(row[1:]) for row in table.rows}
    years = list(dict.fromkeys(month[:4] for month in cells))
    if len(cells) < len(table.rows) or table.left_out:
        return None
    rows = [[year, *_year(cells, year)] for year in years]
    told = " / ".join(column.name for column in table.columns[1:])
    caption = f"{table.caption}. In each month: {told}"
    return table_data(caption, ["year", *_MONTHS], [False, *[True] * len(_MONTHS)], rows)


def _year(cells: dict[str, str], year: str) -> Iterator[str]:
    for month in range(1, len(_MONTHS) + 1):
        yield cells.get(f"{year}-{month:02d}", "")
