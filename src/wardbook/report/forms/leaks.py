"""The leak test: searches everything a form holds for what was to be withheld from its readers.

Looked at is all that a reader with the right tools can get at, not only what is shown: the text layer, the
metadata and the attachments of a PDF; markup, attributes and alternative text of a page; every part of a
workbook, hidden sheets, comments and properties among them; every file of a packet, archives opened.
"""

from __future__ import annotations

import html
import io
import re
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pypdfium2

from wardbook.records.engine import Engine, file_literal
from wardbook.report.narrative.phrases import Phrases

_SPACES = re.compile(r"\s+")
_BROKEN = re.compile("[\x02\ufffe]\\s*")
_SOFT = dict.fromkeys((0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))


@dataclass(frozen=True)
class Leak:
    """A text that should be withheld, and where it stands."""

    text: str
    where: str


def leaks(name: str, content: bytes, withheld: Sequence[str]) -> tuple[Leak, ...]:
    """Every text of ``withheld`` that stands in the file ``name``, with the place; empty if none does."""
    if not withheld:
        return ()
    phrases = Phrases(map(_normal, withheld))
    found = {
        Leak(phrase, where)
        for where, layer in layers(name, content)
        for _, _, phrase in phrases.found(_normal(layer))
    }
    return tuple(sorted(found, key=lambda leak: (leak.where, leak.text)))


def layers(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    """Every text in a file, with where it stands."""
    if content.startswith(b"%PDF"):
        yield from _pdf_layers(name, content)
    elif content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                yield f"{name}: file name", member.filename
                yield f"{name}: comment", member.comment.decode("utf-8", "replace")
                yield from layers(f"{name}/{member.filename}", archive.read(member))
    elif content.startswith(b"PAR1"):
        yield from ((f"{name}: bytes", text) for text in _printable(content))
        yield from _parquet_layers(name, content)
    else:
        text = content.decode("utf-8", "replace")
        yield f"{name}: text", text
        if "<" in text or "&" in text:
            plain = html.unescape(text)
            yield f"{name}: as read", html.unescape(re.sub(r"<[^>]*>", "", plain))
            yield f"{name}: as written", plain
        if "\\u" in text:
            yield f"{name}: escapes", re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m.group(1), 16)), text)


def _pdf_layers(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    document = pypdfium2.PdfDocument(content)
    try:
        for key, value in document.get_metadata_dict().items():
            yield f"{name}: metadata {key}", value
        for number in range(len(document)):
            page = document[number]
            text = page.get_textpage()
            yield f"{name}: page {number + 1}", text.get_text_range()
            text.close()
            page.close()
        for number in range(document.count_attachments()):
            attachment = document.get_attachment(number)
            own = f"{name}: attachment {attachment.get_name()}"
            yield own, attachment.get_name()
            yield from layers(own, bytes(attachment.get_data()))
    finally:
        document.close()
    yield from ((f"{name}: streams", text) for text in _pdf_streams(content))


def _pdf_streams(content: bytes) -> Iterator[str]:
    """The bytes outside of page text: XMP, the structure tree with its alternative texts, outlines."""
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            stream = zlib.decompress(found.group(1))
        except zlib.error:
            stream = found.group(1)
        yield from _pdf_strings(stream)
    yield from _pdf_strings(content)


def _pdf_strings(content: bytes) -> Iterator[str]:
    yield content.decode("latin-1")
    if b"\xfe\xff" in content:
        for found in re.finditer(rb"\((\xfe\xff(?:\\.|[^\\()])*)\)", content, re.DOTALL):
            yield re.sub(rb"\\(.)", rb"\1", found.group(1)).decode("utf-16", "replace")
        for found in re.finditer(rb"<(feff[0-9a-f]*)>", content, re.IGNORECASE):
            yield bytes.fromhex(found.group(1).decode()).decode("utf-16", "replace")


def _parquet_layers(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    with tempfile.TemporaryDirectory() as folder, Engine() as engine:
        path = Path(folder) / "part.parquet"
        path.write_bytes(content)
        for row in engine.rows(f"SELECT * FROM read_parquet({file_literal(path)})"):  # noqa: S608
            yield f"{name}: rows", " ".join(str(cell) for cell in row if cell is not None)


def _printable(content: bytes) -> Iterable[str]:
    return (found.decode("ascii") for found in re.findall(rb"[ -~]{3,}", content))


def _normal(text: str) -> str:
    """The text as it is compared: one form of each character, no soft or zero-width ones, lines joined."""
    plain = unicodedata.normalize("NFKC", text).translate(_SOFT)
    return _SPACES.sub(" ", _BROKEN.sub("", plain)).casefold()
