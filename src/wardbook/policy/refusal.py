"""Mistakes in a rulebook: each says where, what was expected, what was found, and the nearest right word."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from wardbook.errors import InputRefusedError


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word closest to ``word``, or None if none is close."""
    by_folded = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(word.casefold(), list(by_folded), n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``Did you mean "x"?`` for the nearest known word, or an empty text."""
    near = nearest(word, known)
    return f'Did you mean "{near}"?' if near is not None else ""


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
        column = f" (column {self.column})" if self.column else ""
        advice = f" {self.advice}" if self.advice else ""
        return f"{place}{column}: expected {self.expected}; found {self.found}.{advice}"


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
