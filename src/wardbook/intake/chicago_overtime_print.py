"""Printed lines of a PDF, for reports whose text is set small and scaled up.

`pdf_text` parts words by the font size that the file states; these reports state a multiple of the size
shown, so there the cells of a row would run together. Here the white space that PDFium finds between the
characters parts the words, and the height of the characters as shown parts the lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

_HYPHENS = frozenset({0x02, 0xAD, 0xFFFE})
"""What PDFium gives for a hyphen at the end of a line."""
_SAME_LINE = 0.5
"""Part of the height of a character by which two words of one line may stand apart."""


@dataclass(frozen=True, slots=True)
class PrintedWord:
    """Characters without white space between them; left edge, foot and height in points, as shown."""

    text: str
    left: float
    foot: float
    height: float


@dataclass(frozen=True)
class PrintedPage:
    """A page: its number from 1, its lines from top to bottom, and how many characters PDFium finds on it."""

    number: int
    lines: tuple[str, ...]
    characters: int


def printed_pages(path: Path, most: int | None = None) -> tuple[PrintedPage, ...]:
    """The pages of the PDF at ``path``, or the first ``most``. Raises `pypdfium2.PdfiumError` for no PDF."""
    document = pdfium.PdfDocument(path)
    try:
        return tuple(
            _printed_page(document, index) for index in range(min(len(document), most or len(document)))
        )
    finally:
        document.close()


def _printed_page(document: pdfium.PdfDocument, index: int) -> PrintedPage:
    page = document[index]
    try:
        text = page.get_textpage()
        try:
            lines = tuple(_lines(_words(text)))
            return PrintedPage(index + 1, lines, len("".join(text.get_text_range().split())))
        finally:
            text.close()
    finally:
        page.close()


def _words(text: pdfium.PdfTextPage) -> Iterator[PrintedWord]:
    """The words in the order in which PDFium gives them."""
    run: list[tuple[str, tuple[float, float, float, float]]] = []
    for index in range(text.count_chars()):
        code = pdfium_c.FPDFText_GetUnicode(text, index)
        character = "-" if code in _HYPHENS else chr(code)
        if character.isspace() or not code:
            yield from _word(run)
            run = []
        else:
            run.append((character, text.get_charbox(index, loose=True)))
    yield from _word(run)


def _word(run: list[tuple[str, tuple[float, float, float, float]]]) -> Iterator[PrintedWord]:
    if run:
        left, foot, _, top = run[0][1]
        yield PrintedWord("".join(character for character, _ in run), left, foot, top - foot)


def _lines(words: Iterable[PrintedWord]) -> Iterator[str]:
    """The words of each line from left to right, with one space between them; lines from top to bottom."""
    line: list[PrintedWord] = []
    for word in sorted(words, key=lambda one: (-one.foot, one.left)):
        if line and line[0].foot - word.foot > _SAME_LINE * line[0].height:
            yield _line(line)
            line = []
        line.append(word)
    if line:
        yield _line(line)


def _line(words: list[PrintedWord]) -> str:
    return " ".join(word.text for word in sorted(words, key=lambda one: one.left))
