"""The geometry of a flight log's page: headings, columns, and the text that belongs together.

Everything comes from the page itself. The heading line is the line that holds the headings; a column begins
where its heading (or the rule under it) begins. The body lies below the headings and above the footer. Bands
of shading cut the body into strips, one record a strip, shaded and unshaded in turn; within a strip each text
in the date column begins a record. Words in a strip without a date are the rest of a record broken over
pages if they are the first of their page, else a record without a date.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wardbook.intake.pdf_text import Box, Page, Word

HEADINGS = {
    "date of flight": "day",
    "flight date": "day",
    "date": "day",
    "aircraft": "vehicle",
    "tail no": "vehicle",
    "tail number": "vehicle",
    "agency": "agency",
    "department": "agency",
    "division": "division",
    "flt hrs": "hours",
    "flight hours": "hours",
    "flight hrs": "hours",
    "hours": "hours",
    "destinations": "route_text",
    "destination": "route_text",
    "route": "route_text",
    "passengers": "riders_text",
    "passenger": "riders_text",
    "comments": "stated_purpose",
    "comment": "stated_purpose",
    "purpose": "stated_purpose",
    "justification": "justification",
    "invoiced": "invoiced",
    "invoice": "invoiced",
    "amount invoiced": "invoiced",
}
"""Headings of the series and near variants (case and punctuation aside), and the columns they fill."""

NEEDED = frozenset({"day", "hours", "route_text"})
"""Columns without which a page is not a flight log."""

_DATE = re.compile(r"\d{1,2}/\d{1,2}/\d{2,4}")
_FOOT = re.compile(r"^REPORT KEY\b|(?:^|\t)Page \d+ (?:of|/) ?\d+(?:\t|$)")
_SAME_LINE = 0.45
"""Part of the font size by which baselines may differ on one line of a page: comments stand lower."""
_SAME_CELL_LINE = 0.3
"""The same within one column."""
_SAME_DATE = 0.5
"""The same within the date column, and how far the other cells of a record may rise above its date."""
_APART = 0.6
"""Part of the font size: a gap wider than this parts two cells or headings, not two words."""
_EDGE = 2.0
"""Points by which a cell may begin before its heading."""


@dataclass(frozen=True)
class Line:
    """Words on one line of a page, left to right. ``number`` counts the lines of the page from 1."""

    number: int
    baseline: float
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The words; those of different cells are parted by two spaces."""
        return self.tabbed.replace("\t", "  ")

    @property
    def tabbed(self) -> str:
        """The words; those of different cells are parted by a tab."""
        parts: list[str] = []
        for before, word in zip((None, *self.words), self.words, strict=False):
            if before is not None:
                parts.append("\t" if _stand_apart(before, word) else " ")
            parts.append(word.text)
        return "".join(parts)


@dataclass(frozen=True)
class Column:
    """A column: its heading as it stands, the field it fills (None: not known), and the heading's extent."""

    heading: str
    field: str | None
    left: float
    right: float


@dataclass(frozen=True)
class CellLine:
    """One line of a cell. ``spaced``: the text says that a space follows the line's last word."""

    text: str
    baseline: float
    size: float
    spaced: bool


@dataclass(frozen=True)
class Fragment:
    """What one page has of one record: ``cells`` by column, in the order of the columns.

    ``line`` is the number of its first line on the page, ``raw`` its lines as they stand, ``dated`` whether
    it has text in the date column, ``leading`` whether it is the first of its page's body.
    """

    page: int
    line: int
    raw: str
    cells: tuple[tuple[CellLine, ...], ...]
    dated: bool
    leading: bool


@dataclass(frozen=True)
class Sheet:
    """A page of a flight log taken apart: lines above the body, body words, lines below, columns, shading."""

    page: Page
    columns: tuple[Column, ...]
    top: tuple[Line, ...]
    body: tuple[Line, ...]
    foot: tuple[Line, ...]

    @property
    def fields(self) -> tuple[str | None, ...]:
        """The field of each column."""
        return tuple(column.field for column in self.columns)


def text_lines(words: Iterable[Word]) -> tuple[Line, ...]:
    """Words of a page as lines, top to bottom."""
    return tuple(
        Line(number, group[0].baseline, tuple(sorted(group, key=lambda word: word.left)))
        for number, group in enumerate(_by_baseline(words, _SAME_LINE), 1)
    )


def find_columns(page: Page) -> tuple[Column, ...]:
    """The columns of a page, left to right; empty where the page has no heading line of a flight log."""
    return next((columns for _, columns in _heading_lines(page)), ())


def lay_out(page: Page) -> Sheet | None:
    """The page taken apart, or None where it has no heading line of a flight log."""
    found = next(iter(_heading_lines(page)), None)
    if found is None:
        return None
    heading, columns = found
    lines = text_lines(page.words)
    below = [line for line in lines if line.number > heading.number]
    first_foot = _first_foot_line(below, columns)
    return Sheet(
        page,
        columns,
        tuple(line for line in lines if line.number <= heading.number),
        tuple(line for line in below if line.number < first_foot),
        tuple(line for line in below if line.number >= first_foot),
    )


def count_marks(sheet: Sheet) -> int:
    """How many lines of text stand in the date column of the body: each begins a record."""
    day = sheet.fields.index("day")
    return len(
        _by_baseline((word for word, column in _in_columns(sheet).items() if column == day), _SAME_DATE)
    )


def fragments(sheet: Sheet) -> tuple[Fragment, ...]:
    """The body of a page cut into what belongs to one record each, top to bottom; no word is left out."""
    placed = _in_columns(sheet)
    day = sheet.fields.index("day")
    found: list[Fragment] = []
    for strip in _strips(sheet):
        marks = _by_baseline((word for word in strip if placed[word] == day), _SAME_DATE)
        for words in _cut(strip, _reaches(marks), keep_lead=not found):
            found.append(_fragment(sheet, words, placed, leading=not found))
    return tuple(found)


def _heading_lines(page: Page) -> Iterable[tuple[Line, tuple[Column, ...]]]:
    for line in text_lines(page.words):
        columns = _columns(line, page.rules)
        if {column.field for column in columns} >= NEEDED:
            yield line, columns


def _columns(line: Line, rules: Sequence[Box]) -> tuple[Column, ...]:
    """The headings of a line: words under one rule, or close together where there is none."""
    groups: list[tuple[Box | None, list[Word]]] = []
    for word in line.words:
        rule = _rule_under(word, rules)
        if groups and groups[-1][0] == rule and not _stand_apart(groups[-1][1][-1], word):
            groups[-1][1].append(word)
        else:
            groups.append((rule, [word]))
    columns: list[Column] = []
    for rule, words in groups:
        heading = " ".join(word.text for word in words)
        field = HEADINGS.get(" ".join(re.findall(r"[a-z]+", heading.casefold())))
        if field is not None and any(column.field == field for column in columns):
            field = None
        left, right = words[0].left, words[-1].right
        if rule is not None:
            left, right = min(left, rule.left), max(right, rule.right)
        columns.append(Column(heading, field, left, right))
    return tuple(columns)


def _rule_under(word: Word, rules: Sequence[Box]) -> Box | None:
    center = (word.left + word.right) / 2
    for rule in rules:
        drop = word.baseline - rule.top
        if rule.left <= center <= rule.right and -0.2 * word.size <= drop <= 0.5 * word.size:
            return rule
    return None


def _stand_apart(before: Word, after: Word) -> bool:
    return after.left - before.right > _APART * max(before.size, after.size)


def _first_foot_line(lines: Sequence[Line], columns: Sequence[Column]) -> int:
    """The number of the first line of the footer: ``REPORT KEY`` or ``Page n of m``, below the last date."""
    first = 1 << 30
    day = next(number for number, column in enumerate(columns) if column.field == "day")
    for line in reversed(lines):
        if any(_DATE.fullmatch(w.text) and _leftmost_column(w, columns) == day for w in line.words):
            break
        if _FOOT.search(line.tabbed):
            first = line.number
    return first


def _by_baseline(words: Iterable[Word], tolerance: float) -> list[list[Word]]:
    """Words grouped by baseline, top to bottom; within a group as they come."""
    groups: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (-w.baseline, w.left)):
        if groups and groups[-1][0].baseline - word.baseline <= tolerance * groups[-1][0].size:
            groups[-1].append(word)
        else:
            groups.append([word])
    return groups


def _leftmost_column(word: Word, columns: Sequence[Column]) -> int:
    """The last column whose heading begins at or before the word; the first for a word before all of them."""
    return max(0, sum(1 for column in columns if column.left - _EDGE <= word.left) - 1)


def _in_columns(sheet: Sheet) -> dict[Word, int]:
    """The column of each body word.

    A word that begins before a heading but stands apart from the word before it and lies mostly under that
    heading is set flush right there (amounts).
    """
    placed: dict[Word, int] = {}
    columns = sheet.columns
    for line in sheet.body:
        for group in _by_baseline(line.words, 0.1):
            before: Word | None = None
            for word in sorted(group, key=lambda w: w.left):
                number = _leftmost_column(word, columns)
                if number + 1 < len(columns) and (before is None or _stand_apart(before, word)):
                    after = columns[number + 1]
                    shared = min(word.right, after.right) - max(word.left, after.left)
                    if shared > (word.right - word.left) / 2:
                        number += 1
                placed[word] = number
                before = word
    return placed


def _strips(sheet: Sheet) -> list[list[Word]]:
    """The body words, parted at the edges of the bands that run through the columns; top to bottom."""
    width = sheet.columns[-1].right - sheet.columns[0].left
    bands = [band for band in sheet.page.bands if band.right - band.left > width / 2]
    edges = sorted({edge for band in bands for edge in (band.bottom, band.top)})
    strips: dict[int, list[Word]] = {}
    for line in sheet.body:
        for word in line.words:
            strips.setdefault(bisect_left(edges, word.baseline + 0.25 * word.size), []).append(word)
    return [strips[number] for number in sorted(strips, reverse=True)]


def _reaches(marks: Sequence[Sequence[Word]]) -> list[float]:
    """How far up each date of a strip reaches: a little above itself, not into the date before it."""
    reaches: list[float] = []
    lowest = float("inf")
    for mark in marks:
        baseline = mark[0].baseline
        reaches.append(min(baseline + _SAME_DATE * mark[0].size, (lowest + baseline) / 2))
        lowest = mark[-1].baseline
    return reaches


def _cut(strip: list[Word], reaches: Sequence[float], *, keep_lead: bool) -> list[list[Word]]:
    """A strip parted at its dates; what stands above the first is a part of its own if ``keep_lead``."""
    parts: list[list[Word]] = [[] for _ in range(len(reaches) + 1)]
    for word in strip:
        parts[sum(1 for reach in reaches if word.baseline <= reach)].append(word)
    if reaches and not keep_lead:
        parts[1][:0] = parts[0]
        parts[0] = []
    return [part for part in parts if part]


def _fragment(sheet: Sheet, words: list[Word], placed: dict[Word, int], *, leading: bool) -> Fragment:
    own = set(words)
    lines = [Line(ln.number, ln.baseline, tuple(w for w in ln.words if w in own)) for ln in sheet.body]
    lines = [line for line in lines if line.words]
    cells = tuple(_cell([w for w in words if placed[w] == number]) for number in range(len(sheet.columns)))
    dated = bool(cells[sheet.fields.index("day")])
    raw = "\n".join(line.text for line in lines)
    return Fragment(sheet.page.number, lines[0].number, raw, cells, dated, leading)


def _cell(words: Iterable[Word]) -> tuple[CellLine, ...]:
    lines = []
    for group in _by_baseline(words, _SAME_CELL_LINE):
        ordered = sorted(group, key=lambda word: word.left)
        text = " ".join(word.text for word in ordered)
        lines.append(CellLine(text, group[0].baseline, group[0].size, ordered[-1].spaced))
    return tuple(lines)
