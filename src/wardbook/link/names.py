"""A name taken apart: given name, middle names, surname, suffix; and how two parts compare."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rapidfuzz.distance import OSA

_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "esq", "md", "phd"})
_TYPO_LETTERS = 5
_LONG_LETTERS = 8


@dataclass(frozen=True)
class Name:
    """The parts of a name key; an absent part is empty. A single word is read as a surname."""

    key: str
    given: str
    middle: tuple[str, ...]
    surname: str
    suffix: str


def take_apart(key: str) -> Name:
    """The parts of a name key as `intake.riders.name_key` makes it."""
    words = key.split()
    suffix = ""
    if len(words) > 1 and words[-1] in _SUFFIXES:
        suffix = words.pop()
    if not words:
        return Name(key, "", (), "", suffix)
    given = words[0] if len(words) > 1 else ""
    middle = tuple(words[1:-1])
    if len(given) == 2 and not set(given) & set("aeiouy"):  # initials written together: CH Mitchell
        given, middle = given[0], (given[1], *middle)
    return Name(key, given, middle, words[-1], suffix)


def typo(left: str, right: str) -> bool:
    """True if one word could be a slip of the pen for the other.

    Both have at least 5 letters and the same first letter, and one slip (a letter left out, added, changed
    or swapped with its neighbor: optimal string alignment distance) leads from one to the other; two slips
    if both have at least 8 letters. ``Jim`` and ``Tim`` are two names, not a slip.
    """
    shortest = min(len(left), len(right))
    if left == right or shortest < _TYPO_LETTERS or left[0] != right[0]:
        return False
    allowed = 2 if shortest >= _LONG_LETTERS else 1
    return OSA.distance(left, right, score_cutoff=allowed) <= allowed


def nickname(left: str, right: str) -> bool:
    """True if ``nicknames.csv`` lists the two given names as forms of one name (Jim, James)."""
    return left != right and bool(forms_of(left) & forms_of(right))


def forms_of(given: str) -> frozenset[str]:
    """The names of ``nicknames.csv`` that a given name is a form of; itself among them where it is listed."""
    return _nicknames().get(given, frozenset())


def initial(left: str, right: str) -> bool:
    """True if one given name is the first letter of the other."""
    return left != right and min(len(left), len(right)) == 1 and left[:1] == right[:1]


@cache
def _nicknames() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    text = resources.files("wardbook.link").joinpath("nicknames.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        for form in (row["name"], *row["forms"].split()):
            found.setdefault(form, set()).add(row["name"])
    return {form: frozenset(names) for form, names in found.items()}
