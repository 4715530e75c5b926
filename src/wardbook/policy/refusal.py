"""Mistakes in a rulebook: each says where, what was expected, what was found, and the nearest right word."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from wardbook.errors import InputRefusedError

_LONGEST = 100
"""Characters of a cell that a mistake repeats."""

_ALIKE = str.maketrans(
    {
        **dict(zip("аеорсухіјѕһԁԛԝвкмнт", "aeopcyxijshdqwbkmht", strict=True)),
        **dict(zip("αορνυικτχηβγ", "aopvuiktxnby", strict=True)),
    }
)
"""Small Cyrillic and Greek letters that look like Latin ones, alone or as capitals."""


def look(word: str) -> str:
    """A word as the eye takes it: case, composed letters and look-alikes of other alphabets set aside."""
    return unicodedata.normalize("NFKC", word).casefold().translate(_ALIKE)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word closest to ``word``, or None if none is close."""
    by_look = {look(name): name for name in known}
    found = difflib.get_close_matches(look(word), list(by_look), n=1, cutoff=0.6)
    return by_look[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``Did you mean "x"?`` for the nearest known word, or an empty text.

    Where the word only looks like the known one, the letter that differs is named.
    """
    near = nearest(word, known)
    if near is None:
        return ""
    foreign = next((letter for letter in word if not letter.isascii() and letter not in near), None)
    named = f" The cell has {character_words(foreign)}." if foreign and look(word) == look(near) else ""
    return f'Did you mean "{near}"?{named}'


def character_words(character: str) -> str:
    """A character by its number and name: ``U+200B ZERO WIDTH SPACE``."""
    return f"U+{ord(character):04X} {unicodedata.name(character, 'without a name')}"


def one_of(known: Iterable[str]) -> str:
    """The words in prose: ``one of a, b, c``."""
    return "one of " + ", ".join(known)


@dataclass(frozen=True)
class Problem:
    """One mistake: file, line and character (both from 1), column heading, and what a refusal says."""

    file: str
    line: int
    character: int
    column: str
    expected: str
    found: str
    advice: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.character}"
        column = f" (column {_short(self.column)})" if self.column else ""
        advice = f" {self.advice}" if self.advice else ""
        return f"{place}{column}: expected {self.expected}; found {_short(self.found)}.{advice}"


def _short(text: str) -> str:
    """The text, or its beginning and length where it is long."""
    return text if len(text) <= 3 * _LONGEST else f"{text[:_LONGEST]}... ({len(text):,} characters)"


class RulebookError(InputRefusedError):
    """A rulebook that cannot be taken. ``problems`` holds every mistake found in the file, by line."""

    def __init__(self, file: str, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.line, p.character, p.column, p.expected)))
        count = len(self.problems)
        listed = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(
            file,
            "a rulebook without mistakes",
            "1 mistake" if count == 1 else f"{count} mistakes",
            f"Correct {'it' if count == 1 else 'them'} and run again:\n{listed}",
        )
