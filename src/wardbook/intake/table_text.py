"""Delimited text (CSV, TSV, semicolons, bars; plain or gzipped) as a grid of cells.

Encodings are found, not assumed: UTF-8, UTF-16 with its mark, or Windows-1252 when the whole file reads as
that. A file that mixes encodings is read row by row, and the rows whose bytes cannot be read are damaged
rows. The delimiter is the one under which the heading line makes sense (see `tables`).
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from wardbook.errors import InputRefusedError
from wardbook.intake.grid import HEADER_SEARCH, Damage, Grid, GridRow, Sheet, displayable, has_unsafe
from wardbook.intake.reader import Exhibit
from wardbook.records.source import Place

DELIMITERS = (",", ";", "\t", "|")
MOST_BYTES = 1 << 30
"""Bytes of text that are read, unpacked."""
MOST_EXPANSION = 200
"""How many times its size a packed file may grow to, beyond `ALWAYS_UNPACKED`: tables grow 5 to 50 times."""
ALWAYS_UNPACKED = 1 << 24
_CHUNK = 1 << 20
_GZIP = b"\x1f\x8b"
_OTHER_FORMATS = (b"%PDF", b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"SQLite format 3", b"PAR1")
_HTML = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*+<(?:!doctype\s+html|html|head|body|table|meta)\b", re.IGNORECASE | re.DOTALL
)
_UTF8_BEYOND_ASCII = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")
_C1 = re.compile("[\x80-\x9f]")


def is_gzip(exhibit: Exhibit) -> bool:
    """Whether the bytes are gzipped."""
    return exhibit.head.startswith(_GZIP)


def plain_head(exhibit: Exhibit) -> bytes:
    """The first bytes of the exhibit, unpacked if they are gzipped."""
    if not is_gzip(exhibit):
        return exhibit.head
    try:
        return zlib.decompressobj(31).decompress(exhibit.head, 1 << 16)
    except zlib.error:
        return b""


def is_html(exhibit: Exhibit) -> bool:
    """Whether the bytes are a web page, whatever the file's name says."""
    return _HTML.match(plain_head(exhibit)) is not None


def is_text(exhibit: Exhibit) -> bool:
    """Whether the bytes may be delimited text: none of the binary formats, no web page."""
    head = plain_head(exhibit)
    if not head or head.startswith(_OTHER_FORMATS) or is_html(exhibit):
        return False
    return _has_utf16_mark(head) or head.count(0) * 10 < len(head)


def load_bytes(exhibit: Exhibit) -> bytes:
    """All bytes of the exhibit, unpacked if gzipped. A damaged gzip raises `InputRefusedError`."""
    packed = exhibit.path.stat().st_size
    if not is_gzip(exhibit):
        if packed > MOST_BYTES:
            raise _too_big(exhibit.name, "more than that")
        return exhibit.path.read_bytes()
    most = most_unpacked(packed)
    try:
        # Measured first and kept nowhere, so that a file made to fill the memory does not.
        with gzip.open(exhibit.path) as stream:
            size = 0
            while size <= most and (chunk := stream.read(_CHUNK)):
                size += len(chunk)
        if size > most:
            raise _too_big(exhibit.name, f"{packed:,} bytes that unpack to more than {most:,}")
        with gzip.open(exhibit.path) as stream:
            return stream.read()
    except (EOFError, OSError, zlib.error) as error:
        raise InputRefusedError(
            exhibit.name,
            "a whole gzip file",
            f"one that is cut short or damaged ({error})",
            "Get the file again from its source and compare the lengths.",
        ) from error


def most_unpacked(packed: int) -> int:
    """The bytes that a packed file of that size may unpack to."""
    return min(MOST_BYTES, max(ALWAYS_UNPACKED, packed * MOST_EXPANSION))


def _too_big(where: str, found: str) -> InputRefusedError:
    expected = f"at most 1 GiB of text, and at most {MOST_EXPANSION} times the size of a packed file"
    advice = "If it is a real table, unpack it and split it into several files."
    return InputRefusedError(where, expected, found, advice)


def decode(data: bytes, encoding: str | None, where: str) -> str:
    """Bytes to text. A byte that has no reading becomes a lone surrogate, and its row a damaged one.

    Parameters: the encoding, if it is stated; ``where`` for the message. Raises `InputRefusedError` for
    UTF-16 without its mark and other bytes that are no text.
    """
    if encoding is not None and "16" not in encoding and "32" not in encoding:
        return data.decode(encoding, "surrogateescape")
    if encoding is not None or _has_utf16_mark(data):
        return _decode_whole(data, encoding or "utf-16", where)
    if data.count(0) * 10 >= max(len(data), 1):
        raise InputRefusedError(
            where,
            "text",
            "NUL in every tenth byte or more, as in UTF-16 without its mark",
            'Save the table as CSV in UTF-8, or state encoding = "utf-16-le" in the mapping.',
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    if _UTF8_BEYOND_ASCII.search(data) is None:
        text = data.decode("cp1252", "surrogateescape")
        if not has_unsafe(text) and _C1.search(text) is None:
            return text
    return data.decode("utf-8-sig", "surrogateescape")


def _has_utf16_mark(data: bytes) -> bool:
    return data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


def _decode_whole(data: bytes, encoding: str, where: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeError as error:
        raise InputRefusedError(
            where,
            f"{encoding.upper()} text to the end",
            f"bytes that are not {encoding.upper()} ({error})",
            "Get the file again, or save it as CSV in UTF-8.",
        ) from error


@contextmanager
def _long_fields() -> Iterator[None]:
    """Let a field be as long as the file: a line of a track, or what an unclosed quote runs over."""
    before = csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    try:
        yield
    finally:
        csv.field_size_limit(before)


def split_rows(text: str, delimiter: str, most: int | None = None) -> Iterator[GridRow]:
    """The records of a delimited text (RFC 4180), each with the line it starts on and its raw text.

    A quoted field may run over several lines. With ``most``, only that many records.
    """
    lines = list(io.StringIO(text, newline=""))
    check = has_unsafe(text)
    with _long_fields():
        reader = csv.reader(lines, delimiter=delimiter)
        start = 0
        for cells in reader:
            end = reader.line_num
            raw = lines[start] if end == start + 1 else "".join(lines[start:end])
            raw = raw.rstrip("\r\n")
            damage = _damage(raw) if check else None
            if damage is not None:
                cells, raw = [displayable(cell) for cell in cells], displayable(raw)
            yield GridRow(Place(None, start + 1), raw, tuple(cells), damage)
            start = end
            if most is not None:
                most -= 1
                if most <= 0:
                    return


def _damage(raw: str) -> Damage | None:
    if not has_unsafe(raw):
        return None
    if "\x00" in raw:
        return Damage("text without NUL", "a NUL character", "Get the file again; its copy may be damaged.")
    return Damage(
        "one encoding in the whole file",
        "bytes of another encoding in this row",
        "Save the table again in UTF-8, or state its encoding in the mapping.",
    )


def _quoted(delimiter: str) -> re.Pattern[str]:
    return re.compile(rf'(?<![^{re.escape(delimiter)}\r\n])"[^"]*(?:""[^"]*)*("|\Z)')


def count_rows(text: str, delimiter: str) -> int:
    """How many records a delimited text holds: its line ends outside quoted fields.

    This is the count a reading is held against, made without the parser that builds the rows.
    """
    outside = _quoted(delimiter).sub("x", text).replace("\r\n", "\n").replace("\r", "\n")
    return outside.count("\n") + (1 if outside and not outside.endswith("\n") else 0)


def unclosed_quote(text: str, delimiter: str) -> int | None:
    """The line on which a quoted field opens that never closes, or None."""
    for match in _quoted(delimiter).finditer(text):
        if not match[1]:
            return len(io.StringIO(text[: match.start()] + "x", newline="").readlines())
    return None


def peek_text(exhibit: Exhibit, encoding: str | None = None) -> dict[str, tuple[tuple[str, ...], ...]]:
    """The first records of a text, under each delimiter it might have; empty if it is not text."""
    if not is_text(exhibit):
        return {}
    head = plain_head(exhibit)
    if len(head) >= 1 << 16:
        head = head[: head.rfind(b"\n") + 1] or head
        head = head[: len(head) - len(head) % 2] if _has_utf16_mark(head) else head
    try:
        text = decode(head, encoding, exhibit.name)
    except InputRefusedError:
        return {}
    return {
        delimiter: tuple(row.cells for row in split_rows(text, delimiter, HEADER_SEARCH))
        for delimiter in DELIMITERS
        if delimiter in text
    } or {",": tuple(row.cells for row in split_rows(text, ",", HEADER_SEARCH))}


def read_text(exhibit: Exhibit, delimiter: str, encoding: str | None = None) -> Grid:
    """A delimited text as a grid of one sheet. Raises `InputRefusedError` if a quote never closes."""
    text = decode(load_bytes(exhibit), encoding, exhibit.name)
    line = unclosed_quote(text, delimiter)
    if line is not None:
        raise InputRefusedError(
            f"{exhibit.name}, line {line}",
            'a quoted field that closes with "',
            "one that runs to the end of the file",
            "Close or remove the quotation mark on that line; the file may also be cut short.",
        )
    return Grid((Sheet(None, tuple(split_rows(text, delimiter))),), count_rows(text, delimiter))
