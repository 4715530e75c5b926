"""The text layer of a PDF as positioned words, thin rules and filled bands.

Read with PDFium (through pypdfium2), character by character, because the order in which a PDF stores its
text says nothing about the order in which it is read. Coordinates are points (1/72 inch) on the upright
page as it is shown: x grows to the right, y grows upward, and a word stands on its baseline.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

_HYPHENS = frozenset({0x02, 0xAD, 0xFFFE})
"""What PDFium gives for a hyphen at the end of a line: STX, the soft hyphen, or a noncharacter."""
_LONGEST_STEP = 0.18
"""A gap wider than this part of the font size parts two words."""
_LONGEST_KERN = 0.05
"""The same, where the second character also begins a text object of its own."""
_THINNEST_BAND = 3.0
"""Points: a painted path lower than this is a rule, a higher one a band."""


@dataclass(frozen=True, slots=True)
class Word:
    """Characters set without a gap. ``spaced``: the file has a space behind the word, whatever the gap."""

    text: str
    left: float
    right: float
    baseline: float
    size: float
    spaced: bool


@dataclass(frozen=True, slots=True)
class Box:
    """A painted rectangle, or the extent of a painted line."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True)
class Page:
    """One page: its ``number`` from 1, size in points, words, thin rules, filled bands, and count of images.

    ``characters`` is the number of characters that are not white space, as PDFium gives them for the whole
    page: what the words must add up to.
    """

    number: int
    width: float
    height: float
    words: tuple[Word, ...]
    rules: tuple[Box, ...]
    bands: tuple[Box, ...]
    images: int
    characters: int


@dataclass(frozen=True)
class Unreadable:
    """Why the text of a PDF cannot be read: what was expected, what was found, and what to do."""

    expected: str
    found: str
    advice: str


@dataclass(slots=True)
class _Glyph:
    text: str
    left: float
    right: float
    baseline: float
    size: float
    owner: int


@dataclass(frozen=True)
class _Upright:
    """Turns coordinates of the page as stored (origin at its crop box) into those of the page as shown."""

    rotation: int
    left: float
    bottom: float
    width: float
    height: float

    def point(self, x: float, y: float) -> tuple[float, float]:
        x, y = x - self.left, y - self.bottom
        match self.rotation:
            case 90:
                return y, self.height - x
            case 180:
                return self.width - x, self.height - y
            case 270:
                return self.width - y, x
            case _:
                return x, y

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        (x1, y1), (x2, y2) = self.point(left, bottom), self.point(right, top)
        return Box(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))


def is_pdf(head: bytes) -> bool:
    """Whether the first bytes of a file say that it is a PDF (the mark stands in the first 1024 bytes)."""
    return b"%PDF-" in head[:1024]


def why_no_text(path: Path) -> Unreadable | None:
    """Why no text can be had from the PDF at ``path``, or None if it has a text layer and is whole.

    Told apart: encrypted with a password, cut short (no end mark behind the last object, or pages that
    cannot be loaded), damaged otherwise, no pages, and page images without text (a scan).
    """
    cut = _cut_short(path)
    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        return cut if cut and not _locked(error) else _not_loaded(error)
    try:
        return cut or _empty(document)
    finally:
        document.close()


def read_pages(path: Path) -> Generator[Page, None, None]:
    """The pages of the PDF at ``path``, in order. Raises `pypdfium2.PdfiumError` if it cannot be loaded."""
    document = pdfium.PdfDocument(path)
    try:
        for index in range(len(document)):
            yield _read_page(document, index)
    finally:
        document.close()


def first_page(path: Path) -> Page | None:
    """The first page alone, or None where the file has none or cannot be loaded."""
    try:
        with closing(read_pages(path)) as pages:
            return next(pages, None)
    except pdfium.PdfiumError:
        return None


def _locked(error: pdfium.PdfiumError) -> bool:
    return error.err_code in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY)


def _not_loaded(error: pdfium.PdfiumError) -> Unreadable:
    if _locked(error):
        return Unreadable(
            "a PDF that opens without a password",
            "an encrypted PDF that asks for a password",
            "Ask who released it for a copy without password, or save one with the password; take that in.",
        )
    return Unreadable(
        "a whole PDF",
        f"a damaged PDF ({error})",
        "Fetch the file again and compare its size with the original, or ask for another copy.",
    )


def _cut_short(path: Path) -> Unreadable | None:
    """A PDF ends with the mark ``%%EOF``; an object behind the last such mark says the file was cut."""
    data = path.read_bytes()
    end = data.rfind(b"%%EOF")
    if end >= 0 and not re.search(rb"\d\s+\d+\s+obj\b", data[end:]):
        return None
    found = "no %%EOF" if end < 0 else "an object behind the last %%EOF"
    return Unreadable(
        "a whole PDF, ending with %%EOF",
        f"a truncated PDF: {found} in its {len(data)} bytes",
        "Fetch the file again and compare its size with the original; the pages at its end may be missing.",
    )


def _empty(document: pdfium.PdfDocument) -> Unreadable | None:
    """The reason if no page of a loaded document has text, or if a page cannot be loaded."""
    images = 0
    some_text = False
    for index in range(len(document)):
        try:
            with _open_page(document, index) as (page, text):
                some_text = some_text or pdfium_c.FPDFText_CountChars(text) > 0
                images += 0 if some_text else _count_images(page)
        except pdfium.PdfiumError:
            return Unreadable(
                f"{len(document)} pages, as the file declares",
                f"page {index + 1} cannot be loaded",
                "Fetch the file again; the pages behind this one may be missing too.",
            )
    if some_text:
        return None
    if images:
        found, advice = "page images only (a scan)", "Run OCR over a copy, or enter the pages by mapping."
    else:
        found, advice = f"{len(document)} pages without text or images", "Ask for another copy."
    return Unreadable("a PDF with a text layer", found, advice)


def _count_images(page: pdfium.PdfPage) -> int:
    return sum(1 for _ in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE]))


@contextmanager
def _open_page(
    document: pdfium.PdfDocument, index: int
) -> Iterator[tuple[pdfium.PdfPage, pdfium.PdfTextPage]]:
    page = document[index]
    try:
        text = page.get_textpage()
        try:
            yield page, text
        finally:
            text.close()
    finally:
        page.close()


def _read_page(document: pdfium.PdfDocument, index: int) -> Page:
    with _open_page(document, index) as (page, text):
        width, height = page.get_size()
        left, bottom, _, _ = page.get_cropbox()
        upright = _Upright(page.get_rotation(), left, bottom, width, height)
        rules, bands, images = _painted(page, upright)
        count = pdfium_c.FPDFText_CountChars(text)
        return Page(
            number=index + 1,
            width=width,
            height=height,
            words=tuple(_words(text, count, upright)),
            rules=tuple(rules),
            bands=tuple(bands),
            images=images,
            characters=len("".join(text.get_text_range().replace("\ufffd", "").split())),
        )


def _painted(page: pdfium.PdfPage, upright: _Upright) -> tuple[list[Box], list[Box], int]:
    """The thin rules, the filled bands and the number of images of a page."""
    rules: list[Box] = []
    bands: list[Box] = []
    images = 0
    for item in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_PATH, pdfium_c.FPDF_PAGEOBJ_IMAGE]):
        if item.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            images += 1
            continue
        box = upright.box(*item.get_bounds())
        if box.top - box.bottom < _THINNEST_BAND:
            rules.append(box)
        elif _is_filled(item):
            bands.append(box)
    return rules, bands, images


def _is_filled(path: pdfium.PdfObject) -> bool:
    mode, stroked = ctypes.c_int(), ctypes.c_int()
    known = pdfium_c.FPDFPath_GetDrawMode(path, mode, stroked)
    return bool(known) and mode.value != pdfium_c.FPDF_FILLMODE_NONE


def _words(text: pdfium.PdfTextPage, count: int, upright: _Upright) -> Iterator[Word]:
    """The words in the order PDFium gives them; white space ends a word and is no part of one."""
    run: list[_Glyph] = []
    for glyph in _glyphs(text, count, upright):
        if glyph is None:
            if run:
                yield _word(run, spaced=True)
                run = []
            continue
        if run and _apart(run[-1], glyph):
            yield _word(run, spaced=False)
            run = []
        run.append(glyph)
    if run:
        yield _word(run, spaced=False)


def _word(run: list[_Glyph], *, spaced: bool) -> Word:
    first = run[0]
    return Word(
        "".join(glyph.text for glyph in run),
        min(glyph.left for glyph in run),
        max(glyph.right for glyph in run),
        first.baseline,
        first.size,
        spaced,
    )


def _apart(before: _Glyph, after: _Glyph) -> bool:
    """Whether two neighbors are of different words: another line, a gap, or a step backward."""
    size = max(before.size, after.size, 1.0)
    gap = after.left - before.right
    step = _LONGEST_STEP if before.owner == after.owner else _LONGEST_KERN
    return abs(after.baseline - before.baseline) > 0.1 * size or gap > step * size or gap < -size


def _glyphs(text: pdfium.PdfTextPage, count: int, upright: _Upright) -> Iterator[_Glyph | None]:
    """Each character with its place; None for a space. Line ends that PDFium made up are passed over."""
    x, y = ctypes.c_double(), ctypes.c_double()
    box = pdfium_c.FS_RECTF()
    for index in range(count):
        code = pdfium_c.FPDFText_GetUnicode(text, index)
        hyphen = code in _HYPHENS
        character = "-" if hyphen else chr(code) if code else "\ufffd"
        if character.isspace():
            if not pdfium_c.FPDFText_IsGenerated(text, index):
                yield None
            continue
        pdfium_c.FPDFText_GetCharOrigin(text, index, x, y)
        pdfium_c.FPDFText_GetLooseCharBox(text, index, box)
        _, baseline = upright.point(x.value, y.value)
        place = upright.box(box.left, box.bottom, box.right, box.top)
        owner = pdfium_c.FPDFText_GetTextObject(text, index)
        yield _Glyph(
            character,
            place.left,
            place.right,
            baseline,
            pdfium_c.FPDFText_GetFontSize(text, index),
            ctypes.addressof(owner.contents) if owner else 0,
        )
