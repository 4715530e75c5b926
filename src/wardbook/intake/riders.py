"""Rider lists as people write them, split into riders.

``Governor Jim Justice, Security Joey Robinson, Security, +1`` is four riders: a principal with a name, a
security officer with a name, a security officer without one, and one person nobody names. Role words are
those of ``role_words.csv`` (words, role class, rank in full), matched at the front of an item, in
parentheses, or at its end, without regard to case and full stops. A role word of six letters or more also
matches a near miss with the same first letter and a rapidfuzz ratio of at least `NEAR_MISS`
(``Govenror``); the words stay as written.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rapidfuzz import fuzz

NEAR_MISS = 85.0
"""The least rapidfuzz ratio (0 to 100) at which a word is read as a misspelled role word."""

_NEAR_MISS_LETTERS = 6
_NAMES_LIKE_ROLES = frozenset({"marshall", "major's"})
_NO_NAME = "no name follows"
_COUPLE = "couple"
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|esq|md|m\.d|phd|ph\.d)\.?$", re.IGNORECASE)
_JOINED = re.compile(r"\s+(?:and|&)\s+|\s*\s&\s*", re.IGNORECASE)
_COUPLE_WORDS = re.compile(r"^\s*(?:mr|dr)\.?\s*(?:&|and)\s*mrs\.?\s", re.IGNORECASE)
_PLUS = re.compile(r"(?<=\S)\s*(?=\+\s*\d)")
_COUNT_FIRST = re.compile(r"^\+?\s*\(?(\d{1,3})\)?\s*(?:x\s+)?(?=$|[^\d/\s.])(?![A-Za-z]{2}\b)(.*)$")
_COUNT_LAST = re.compile(r"^(.*\S)\s*(?:\bx\s*(\d{1,3})|\((?:x\s*)?(\d{1,3})\))$", re.IGNORECASE)
_COUNTY = re.compile(r"^((?:[A-Z][\w.']+\s+){1,2}(?:County|Co\.)\s+)(?=\S)")
_COUNTY_FORCE = re.compile(r"\s+(?:[A-Z][\w.']+\s+){1,2}(?:County|Co\.)\s+(?:SD|SO|PD|Sheriff).*$")
_NUMBER_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
_PARENTHESES = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]?\s*")


@dataclass(frozen=True)
class Rider:
    """One item of a rider list: ``raw`` as written, the rest as in the table ``riders``."""

    position: int
    raw: str
    role_words: str | None
    role: str | None
    name: str | None
    name_key: str | None
    headcount: int


@dataclass(frozen=True)
class RoleWords:
    """One row of ``role_words.csv``: ``written`` as there, ``key`` case-folded without full stops."""

    written: str
    key: str
    words: int
    role: str | None
    rank: str


@dataclass(frozen=True)
class _Titled:
    role_words: str | None
    role: str | None
    rest: str
    rank: str


def name_key(name: str) -> str:
    """The name case-folded, without accents and punctuation: ``C. H. O'Neil`` is ``c h oneil``.

    Hyphens and slashes become spaces; other punctuation goes without a trace.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    spaced = re.sub(r"[-‐‑–—/_]", " ", plain)
    return " ".join(re.sub(r"[^\w\s]", "", spaced).split())


def split_riders(text: str | None) -> tuple[Rider, ...]:
    """The riders of a list as written; an empty list gives none.

    Items stand between commas, semicolons, line ends, ``and`` or ``&``; ``Jr.`` and the like belong to the
    name before. ``role`` is principal, spouse, family, security, officer, staff or guest, or None where no
    role word says so. ``headcount`` is 1, or n for ``+n``, ``n troopers``, ``Trooper x n``, 2 for a couple.
    """
    if text is None or not text.strip():
        return ()
    return tuple(_rider(position, item) for position, item in enumerate(_items(text), start=1))


# ---------------------------------------------------------------- items


def _items(text: str) -> Iterator[str]:
    for item in _with_suffixes(_outside_parentheses(text)):
        for part in _PLUS.split(item):
            if _COUPLE_WORDS.match(part):
                yield part
            else:
                pieces = (piece.strip(" \t,;") for piece in _JOINED.split(part))
                yield from (piece for piece in pieces if re.search(r"\w", piece))


def _outside_parentheses(text: str) -> list[str]:
    """Split at commas, semicolons and line ends that stand outside parentheses (if these are balanced)."""
    balanced = text.count("(") == text.count(")")
    items, depth, start = [], 0, 0
    for at, character in enumerate(text):
        depth += balanced * ((character == "(") - (character == ")"))
        if character in ",;\n|" and depth <= 0:
            items.append(text[start:at])
            start = at + 1
    items.append(text[start:])
    return [stripped for item in items if (stripped := " ".join(item.split()))]


def _with_suffixes(items: list[str]) -> list[str]:
    joined: list[str] = []
    for item in items:
        if joined and _SUFFIX.match(item):
            joined[-1] += f", {item}"
        else:
            joined.append(item)
    return joined


def _counted(item: str) -> tuple[str, int]:
    """The item without its number of people, and that number (1 where none is written)."""
    first = _COUNT_FIRST.match(item)
    if first and (item.startswith("+") or first[2].strip() or item.strip().isdigit()):
        return first[2].strip(), int(first[1])
    last = _COUNT_LAST.match(item)
    if last:
        return last[1], int(last[2] or last[3])
    word, _, rest = item.partition(" ")
    if rest and word.casefold() in _NUMBER_WORDS:
        return rest, _NUMBER_WORDS[word.casefold()]
    return item, 1


# ---------------------------------------------------------------- role words


@cache
def role_words() -> dict[str, RoleWords]:
    """The rows of ``role_words.csv`` by key."""
    text = resources.files("wardbook.intake").joinpath("role_words.csv").read_text("utf-8")
    rows = (
        RoleWords(words, _key(words), len(words.split()), row["role"] or None, row["rank"])
        for row in csv.DictReader(text.splitlines())
        if (words := row["words"])
    )
    return {row.key: row for row in rows}


def _key(words: str) -> str:
    return " ".join(words.casefold().replace(".", " ").replace("’", "'").split())


@cache
def _longest() -> int:
    return max(row.words for row in role_words().values())


@cache
def find_role(words: str) -> RoleWords | None:
    """The row whose words these are, exactly or as a near miss; None where there is none."""
    key = _key(words)
    if (exact := role_words().get(key)) is not None:
        return exact
    if len(key) < _NEAR_MISS_LETTERS or key.endswith(("'s", "s'")) or key in _NAMES_LIKE_ROLES:
        return None
    near = [
        (fuzz.ratio(key, row.key), row.key, row)
        for row in role_words().values()
        if row.key[0] == key[0] and len(row.key) >= _NEAR_MISS_LETTERS and row.words == len(key.split())
    ]
    score, _, row = max(near, key=lambda one: (one[0], one[1]), default=(0.0, "", None))
    return row if score >= NEAR_MISS else None


def _front(item: str) -> tuple[int, RoleWords] | None:
    """The longest role words at the front of the item, exact before near: (number of words, row)."""
    words = item.split()
    for wanted in (lambda text: role_words().get(_key(text)), find_role):
        for count in range(min(_longest(), len(words)), 0, -1):
            row = wanted(" ".join(words[:count]))
            if row is not None and row.rank != _NO_NAME:
                return count, row
    return None


def _titled(item: str) -> _Titled:
    """Take role words, one after the other, off the front of an item."""
    county = _COUNTY.match(item)
    rest = item[county.end() :] if county else item
    taken: list[str] = []
    role, rank = None, ""
    while rest and (front := _front(rest)):
        count, row = front
        words = rest.split()
        taken.append(" ".join(words[:count]))
        rest = " ".join(words[count:])
        role, rank = role or row.role, rank or row.rank
    if not taken:
        return _Titled(None, None, item, "")
    return _Titled((county[1] if county else "") + " ".join(taken), role, rest, rank)


def _bare(item: str) -> RoleWords | None:
    """Role words without a name that end the whole item: ``Radio Tech``, ``Cabell Deputies``, ``SAR PAX``."""
    words = item.split()
    for count in range(min(3, len(words)), 0, -1):
        row = role_words().get(_key(" ".join(words[-count:])))
        if row is not None and (row.rank == _NO_NAME or (words[-1].endswith("s") and count < len(words))):
            return row
    return None


# ---------------------------------------------------------------- one rider


def _rider(position: int, raw: str) -> Rider:
    item, headcount = _counted(raw)
    if not item:
        return Rider(position, raw, None, None, None, None, headcount)
    bare = _bare(_PARENTHESES.sub(" ", item).strip()) or _bare(item)
    if bare is not None:
        return Rider(position, raw, item, bare.role, None, None, headcount)
    aside = [found.strip() for found in _PARENTHESES.findall(item) if found.strip()]
    titled = _titled(_PARENTHESES.sub(" ", item).strip())
    if titled.rank == _COUPLE:
        headcount = max(headcount, 2)
    if titled.rest.casefold().startswith("of "):  # the Governor of Ohio is not the office-holder here
        return Rider(position, raw, item, "guest", None, None, headcount)
    words, role, name = _after_name(titled, aside)
    return Rider(position, raw, words, role, name, name_key(name) or None if name else None, headcount)


def _after_name(titled: _Titled, aside: list[str]) -> tuple[str | None, str | None, str | None]:
    """Role words behind the name, bare or in parentheses: (role words, role, name)."""
    words, role, name = titled.role_words, titled.role, titled.rest
    if words:
        name = _COUNTY_FORCE.sub("", f" {name}").strip()
    before, _, last = name.rpartition(" ")
    if before and last.isupper() and (row := role_words().get(_key(last))) and row.written == last:
        name, words, role = before, words or last, role or row.role
    for text in aside:
        row = role_words().get(_key(text))
        if row is not None and row.written == text and role is None:
            words, role = words or text, row.role
    return words, role, name.strip(" .,;-") or None if not _SUFFIX.search(name) else name.strip(" ,;")
