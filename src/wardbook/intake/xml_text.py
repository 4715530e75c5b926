"""XML of strangers as plain text: nothing is expanded, nothing is fetched, no tree is built.

The text is checked for its form once, without keeping anything of it; a document type declaration is refused
there, so there are no entities but XML's own five. Then comments, processing instructions and CDATA marks
are blanked, in place, and what is left can be searched for elements as text: a ``<`` begins a tag. Names
are matched with any prefix or none, since programs write GPX and KML in all three ways.
"""

from __future__ import annotations

import re
from html import unescape
from typing import NoReturn
from xml.parsers import expat

from wardbook.errors import InputRefusedError
from wardbook.intake.reader import Exhibit
from wardbook.intake.table_text import load_bytes, plain_head

PREFIX = r"(?:[A-Za-z_][\w.-]*:)?"
"""The prefix of a namespace, or none, in a pattern."""

_PROLOG = re.compile(
    rb"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>\s*)*+"
    rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)",
    re.DOTALL,
)
_DECLARED = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_ENCODINGS = frozenset(
    {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin1", "windows-1252", "cp1252"}
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_HIDDEN = re.compile(r"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_NO_LINE_END = re.compile(r"[^\n]")
_ATTRIBUTE = re.compile(r"""([A-Za-z_:][\w.:-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def first_element(exhibit: Exhibit) -> str | None:
    """The name of the outermost element of an XML exhibit (plain or gzipped), without prefix, or None."""
    head = plain_head(exhibit)
    if head.startswith(_UTF16):
        head = head[: len(head) // 2 * 2].decode("utf-16", "replace").encode("utf-8", "replace")
    match = _PROLOG.match(head.removeprefix(b"\xef\xbb\xbf"))
    return match[1].decode("ascii", "replace") if match else None


def load_xml(exhibit: Exhibit) -> str:
    """The exhibit as text, its form checked, with everything blanked that is no element or text of one.

    Every character stands where it stood, and lines end where they ended. Raises `InputRefusedError` for
    XML that is damaged, cut short, of an unknown encoding, or with a document type.
    """
    data = load_bytes(exhibit)
    encoding = _encoding(data, exhibit.name)
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
    except UnicodeError as error:
        raise InputRefusedError(
            exhibit.name, f"text in {encoding}", f"other bytes ({error})", "Get the file again."
        ) from error
    _check_form(text, exhibit.name)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _HIDDEN.sub(_blank, text)


def _encoding(data: bytes, where: str) -> str:
    if data.startswith(_UTF16):
        return "utf-16"
    declared = _DECLARED.match(data.removeprefix(b"\xef\xbb\xbf"))
    encoding = declared[1].decode("ascii").lower() if declared else "utf-8"
    if encoding not in _ENCODINGS:
        raise InputRefusedError(
            where,
            "XML in UTF-8, UTF-16, ISO 8859-1 or Windows-1252",
            f"the encoding {encoding}",
            "Save it as UTF-8.",
        )
    return encoding


def _check_form(text: str, where: str) -> None:
    parser = expat.ParserCreate("utf-8")

    def doctype(*_: object) -> NoReturn:
        raise InputRefusedError(
            f"{where}, line {parser.CurrentLineNumber}",
            "XML without a document type",
            "<!DOCTYPE",
            "Remove it: no entity is expanded and nothing is fetched.",
        )

    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(text.encode("utf-8"), True)
    except expat.ExpatError as error:
        raise InputRefusedError(
            f"{where}, line {error.lineno}",
            "well-formed XML to the end of the file",
            str(error),
            "The file is damaged or cut short: get it again from its source.",
        ) from error


def _blank(match: re.Match[str]) -> str:
    if match[1] is None:
        return _NO_LINE_END.sub(" ", match[0])
    return f"{'':9}{match[1].replace('<', ' ').replace('&', ' ')}{'':3}"


def attributes(text: str) -> dict[str, str]:
    """The attributes of a tag from the text between its name and its end, without prefixes."""
    return {name.rpartition(":")[2]: unescape(one or other) for name, one, other in _ATTRIBUTE.findall(text)}


def count_elements(text: str, *names: str) -> int:
    """How many elements of these names begin in the text."""
    return len(re.findall(rf"<{PREFIX}(?:{'|'.join(names)})(?=[\s/>])", text))


class Lines:
    """Tells the line of an offset in a text; offsets are asked for in rising order."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._offset = 0
        self._line = 1

    def at(self, offset: int) -> int:
        """The line, from 1, of the character at an offset."""
        self._line += self._text.count("\n", self._offset, offset)
        self._offset = offset
        return self._line
