"""The Markdown of a rulebook: front matter, headings with anchors, quoted law and pipe tables, with places.

Only what a rulebook uses is read. A pipe table is found wherever it stands, so that a table under a misspelt
heading is refused by the reader of rulebooks and never skipped.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from wardbook.policy.refusal import Problem
from wardbook.policy.unseen import html, unseen

_ANCHOR_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
_FENCE_END = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*")
_MOST_INDENT = 3
_RULED = re.compile(r":?-+:?")


@dataclass(frozen=True)
class Cell:
    """One cell: its text, its line and first character (both from 1)."""

    text: str
    line: int
    character: int


@dataclass(frozen=True)
class PipeTable:
    """One pipe table: the heading cells, and the rows, each with as many cells as there are headings."""

    line: int
    headings: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Section:
    """One heading and what stands under it up to the next heading: quoted text and tables."""

    level: int
    title: str
    anchor: str | None
    line: int
    quote: str
    tables: tuple[PipeTable, ...]


@dataclass(frozen=True)
class Document:
    """A rulebook's Markdown: front matter (key, value cell), sections in order, and mistakes of form."""

    front: tuple[tuple[str, Cell], ...]
    sections: tuple[Section, ...]
    problems: tuple[Problem, ...]


def read_document(text: str, file: str) -> Document:
    """Read the Markdown of ``text``; ``file`` is the name that mistakes carry."""
    problems: list[Problem] = []
    lines = text.split("\n")
    front, start = _front_matter(lines, file, problems)
    for number, line in enumerate(lines, 1):
        problems.extend(unseen(file, number, line))
    sections: list[Section] = []
    heading: tuple[int, str, str | None, int] = (0, "", None, start + 1)
    body: list[tuple[int, str]] = []
    fence: tuple[int, str] | None = None
    for number, line in enumerate(lines[start:], start + 1):
        if fence is not None:
            fence = None if _ends(fence[1], line) else fence
            continue
        problems.extend(html(file, number, line))
        if (mark := _FENCE.match(line)) is not None:
            fence = (number, mark[1])
        elif line.startswith("#") and (found := _heading(line, number, file, problems)) is not None:
            sections.append(_section(heading, body, file, problems))
            heading, body = found, []
        else:
            body.append((number, line))
    if fence is not None:
        problems.append(
            Problem(file, fence[0], 1, "", "the end of this code block", "none", f"Add {fence[1]}.")
        )
    sections.append(_section(heading, body, file, problems))
    return Document(tuple(front), tuple(sections), tuple(problems))


def _ends(fence: str, line: str) -> bool:
    """Whether a line ends a code block: the sign that began it, as often or more, and nothing else."""
    mark = _FENCE_END.fullmatch(line)
    return mark is not None and mark[1].startswith(fence)


def _front_matter(lines: list[str], file: str, problems: list[Problem]) -> tuple[list[tuple[str, Cell]], int]:
    if lines[0].strip() != "---":
        found = f'"{lines[0][:40]}"'
        problems.append(Problem(file, 1, 1, "", "front matter between two lines ---", found))
        return [], 0
    front: list[tuple[str, Cell]] = []
    for number, line in enumerate(lines[1:], 2):
        if line.strip() == "---":
            return front, number
        if not line.strip():
            continue
        key, colon, value = line.partition(":")
        if not colon:
            problems.append(Problem(file, number, 1, "", "key: value", f'"{line.strip()}"'))
            continue
        character = len(key) + 2 + len(value) - len(value.lstrip())
        front.append((key.strip(), Cell(value.strip(), number, character)))
    problems.append(Problem(file, 1, 1, "", "a line --- that ends the front matter", "none"))
    return front, len(lines)


def _heading(
    line: str, number: int, file: str, problems: list[Problem]
) -> tuple[int, str, str | None, int] | None:
    """Level, title, anchor and line of a heading; None for a line that no page shows as one."""
    title = line.lstrip("#")
    level = len(line) - len(title)
    if level > len("######") or not title[:1].isspace():
        return None
    title = title.strip()
    bare = title.rstrip("#")
    if bare[-1:].isspace() or not bare:
        title = bare.rstrip()
    anchor: str | None = None
    start = title.rfind("{#")
    if start >= 0 and title.endswith("}"):
        anchor, title = title[start + 2 : -1].strip(), title[:start].rstrip()
        if not _ANCHOR_NAME.fullmatch(anchor):
            wanted = "an anchor of small letters, digits and dashes"
            problems.append(Problem(file, number, line.rfind("{#") + 1, "", wanted, f'"{{#{anchor}}}"'))
            anchor = None
    return level, title, anchor, number


def _section(
    heading: tuple[int, str, str | None, int],
    body: list[tuple[int, str]],
    file: str,
    problems: list[Problem],
) -> Section:
    level, title, anchor, line = heading
    quote = "\n".join(_unquoted(text) for _, text in body if text.lstrip().startswith(">"))
    return Section(level, title, anchor, line, quote.strip(), tuple(_tables(body, file, problems)))


def _unquoted(line: str) -> str:
    return line.lstrip()[1:].removeprefix(" ").rstrip()


def _tables(body: list[tuple[int, str]], file: str, problems: list[Problem]) -> list[PipeTable]:
    tables: list[PipeTable] = []
    block: list[tuple[int, str]] = []
    above = ""
    for number, line in [*body, (0, "")]:
        _refuse_otherwise_shown(number, line, above, file, problems)
        above = line
        if line.lstrip().startswith("|"):
            block.append((number, line))
        elif block:
            table = _table(block, file, problems)
            tables.extend([table] if table else [])
            block = []
    return tables


def _refuse_otherwise_shown(number: int, line: str, above: str, file: str, problems: list[Problem]) -> None:
    """Note what a page shows otherwise than this program reads it; ``above`` is the line before."""
    bare = line.strip()
    if not bare:
        return
    bar, over = bare.startswith("|"), above.lstrip()
    wanted = ""
    if (over.startswith("|") and not bar) or (not bar and "|" in bare and set(bare) <= set(" \t:-|")):
        wanted = "a row of a table that begins with a bar, or a blank line after the table"
    elif over.startswith(">") and not bare.startswith(">"):
        wanted = "a line that begins with >, or a blank line after the quotation"
    elif over and _UNDERLINE.fullmatch(line):
        wanted = "a heading that begins with #, or a blank line before the rule"
    elif bare.startswith(("|", "#", ">", "```", "~~~")) and (_indent(line) > _MOST_INDENT or bare[0] == "#"):
        what = {"|": "table", "#": "heading of one to six # and a blank", ">": "quotation"}
        wanted = f"a {what.get(bare[0], 'code block')} at the start of the line"
    elif bar and "\\\\|" in line:
        wanted = r"a bar inside a cell written \|, without another backslash before it"
    if wanted:
        problems.append(Problem(file, number, 1, "", wanted, f'"{bare[:40]}"'))


def _indent(line: str) -> int:
    """The columns before the first sign of a line; a tab goes on to the next multiple of four."""
    spread = line.expandtabs(4)
    return len(spread) - len(spread.lstrip())


def _table(block: list[tuple[int, str]], file: str, problems: list[Problem]) -> PipeTable | None:
    headings = _cells(*block[0])
    ruled = _cells(*block[1]) if len(block) > 1 else ()
    if len(ruled) != len(headings) or not all(_RULED.fullmatch(cell.text) for cell in ruled):
        number = block[1][0] if len(block) > 1 else block[0][0]
        wanted = f"a line |---| of {len(headings)} cells under the headings of a table"
        found = f'"{block[1][1].strip()}"' if len(block) > 1 else "none"
        problems.append(Problem(file, number, 1, "", wanted, found))
        return None
    rows = []
    for number, line in block[2:]:
        cells = _cells(number, line)
        if len(cells) == len(headings):
            rows.append(cells)
            continue
        wanted, found = f"{len(headings)} cells, one for each heading", f"{len(cells)}"
        problems.append(Problem(file, number, 1, "", wanted, found, r"A bar inside a cell is written \|."))
    return PipeTable(block[0][0], headings, tuple(rows))


def row_texts(line: str) -> list[str]:
    """The texts of the cells of one line of a table."""
    return [cell.text for cell in _cells(1, line)]


def _cells(number: int, line: str) -> tuple[Cell, ...]:
    """The cells of a table's line; a bar after a backslash is a bar inside a cell."""
    start = line.index("|") + 1
    end = len(line.rstrip())
    if end > start and line[end - 1] == "|" and line[end - 2] != "\\":
        end -= 1
    cells, first = [], start
    for at in range(start, end + 1):
        if at < end and (line[at] != "|" or line[at - 1] == "\\"):
            continue
        raw = line[first:at]
        text = unicodedata.normalize("NFC", " ".join(raw.replace("\\|", "|").split()))
        cells.append(Cell(text, number, first + len(raw) - len(raw.lstrip()) + 1))
        first = at + 1
    return tuple(cells)
