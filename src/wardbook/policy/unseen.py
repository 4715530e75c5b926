"""What a reader of the page cannot see, or sees as something else than the program: refused with its place.

A rulebook is one text for two readers. So a character without a picture, letters of two alphabets in one
word, raw HTML, and Markdown that pages show otherwise than this program reads it are mistakes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from wardbook.policy.refusal import Problem, character_words

_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"})
"""Unicode categories of control, format, private and unassigned characters and of line separators."""

_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u2800\u3164\uffa0") | frozenset(
    chr(code) for code in range(0xFE00, 0xFE10)
)
"""Letters and marks that are drawn as nothing (Unicode's Default_Ignorable_Code_Point, and blank Braille)."""

_JOINERS = frozenset("\u200c\u200d")
"""Characters that some scripts need inside a word; they are let stand in quoted law."""

_WORD = re.compile(r"[^\W\d_]+")
_ALPHABETS = (
    "LATIN",
    "CYRILLIC",
    "GREEK",
    "COPTIC",
    "ARMENIAN",
    "CHEROKEE",
    "LISU",
    "FULLWIDTH",
    "MATHEMATICAL",
)
"""Alphabets with letters that look alike, as the names of their characters begin."""

_TAG = re.compile(r"<(?:[A-Za-z/?]|![A-Za-z\[])[^<>]*>")
_OPEN_TAG = re.compile(r"<(?:[A-Za-z/?]|![A-Za-z\[])[^<>]*$")
_LINK = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*>|<[^\s<>@]+@[^\s<>@]+>")


def unseen(file: str, number: int, line: str) -> Iterator[Problem]:
    """The characters of a line that cannot be seen, or that pass for others."""
    if line.isascii() and line.isprintable():
        return
    quoted = line.lstrip().startswith(">")
    for at, character in enumerate(line):
        hidden = unicodedata.category(character) in _INVISIBLE and character != "\t"
        if (hidden or character in _BLANK_LETTERS) and not (quoted and character in _JOINERS):
            wanted = "text of which every character can be seen"
            yield Problem(file, number, at + 1, "", wanted, character_words(character), "Delete it.")
    if not quoted:
        yield from _mixed(file, number, line)


def _mixed(file: str, number: int, line: str) -> Iterator[Problem]:
    """Words that mix letters of alphabets that look alike: the first letter of the rarer one is named."""
    for word in _WORD.finditer(line):
        if word[0].isascii():
            continue
        alphabets = [unicodedata.name(letter, "").split(" ", 1)[0] for letter in word[0]]
        met = [one for one in _ALPHABETS if one in alphabets]
        if len(met) > 1:
            rarer = min(met, key=lambda one: (alphabets.count(one), one == "LATIN"))
            at = alphabets.index(rarer)
            found = f'"{word[0]}" with {character_words(word[0][at])}'
            yield Problem(
                file, number, word.start() + at + 1, "", "a word in the letters of one alphabet", found
            )


def html(file: str, number: int, line: str) -> Iterator[Problem]:
    """Raw HTML in a line: it can hide what stands on the page, or show what the program does not read."""
    if "<!--" in line:
        found = f'"{line.strip()[:40]}"'
        yield Problem(file, number, line.index("<!--") + 1, "", "no hidden text", found)
        return
    tag = next((one for one in _TAG.finditer(line) if not _LINK.fullmatch(one[0])), None)
    if tag is None and not line.lstrip().startswith("|"):
        tag = _OPEN_TAG.search(line)
    if tag is not None:
        advice = 'Write a blank after "<" where it means "is smaller than".'
        yield Problem(file, number, tag.start() + 1, "", "no HTML", f'"{tag[0][:40]}"', advice)
