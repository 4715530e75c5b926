"""A sentence of the report and its parts: nothing is printed that does not say where it comes from.

Three kinds. A *fact* says what the records hold and names at least one of them. An *analysis* follows from
facts by a rule or a method and names both. A *frame* leads the reader and holds no figure. Words typed by the
program hold no digit: a figure comes from a query or stands in what a record or a rule says, as it says it.
The kinds are those of indexing and referencing in audit offices (GAO, Government Auditing Standards,
"independent referencing").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wardbook.errors import WardbookError

FACT, ANALYSIS, FRAME = "fact", "analysis", "frame"

SOURCES_NAMED = 12
"""So many records a sentence names; where more stand behind it, a query finds them all."""

_DIGIT = re.compile(r"\d")
_NUMBER_WORDS = re.compile(r"\b(dozens?|hundreds?|thousands?|millions?|billions?|per ?cent)\b", re.IGNORECASE)


class UnsupportedError(WardbookError):
    """The report contradicts its own rule: an error of the program, never of the records."""


@dataclass(frozen=True)
class Words:
    """Words of the program's own; no figure stands among them."""

    text: str

    def __post_init__(self) -> None:
        found = _DIGIT.search(self.text) or _NUMBER_WORDS.search(self.text)
        if found:
            raise UnsupportedError(f"a figure typed by hand ({found.group()!r}) in {self.text!r}")


@dataclass(frozen=True)
class Figure:
    """A figure as printed; ``query`` gives ``value`` again from the relations of the audit."""

    text: str
    value: str
    query: str
    of: str = ""


@dataclass(frozen=True)
class Told:
    """What a record, a rule or a procedure says, as it says it; it may hold figures and names.

    ``by`` says who tells it: ``record``, ``rulebook``, ``procedure``, ``working``, or ``schema``. ``of`` is
    what it is about, where a reader group may not see that: see `release`.
    """

    text: str
    by: str
    of: str = ""


@dataclass(frozen=True)
class Name:
    """A name, and the role that stands for it where a reader group may not see it.

    ``of`` is ``person``, ``place``, ``vehicle`` or ``agency``.
    """

    text: str
    of: str
    role: str


@dataclass(frozen=True)
class Cite:
    """A reference: ``target`` is ``rule:…``, ``law:…`` (a passage), ``procedure:…``, ``file:…``."""

    text: str
    target: str


Part = Words | Figure | Told | Name | Cite

_PARTS: Mapping[str, type[Words | Figure | Told | Name | Cite]] = {
    "words": Words,
    "figure": Figure,
    "told": Told,
    "name": Name,
    "cite": Cite,
}
_TAGS = {kind: tag for tag, kind in _PARTS.items()}


@dataclass(frozen=True)
class Sentence:
    """One sentence: an id that stays while its place in the report stays, its kind, its parts, its support.

    ``sources`` are record_ids (the first `SOURCES_NAMED`), ``sources_total`` how many there are, and
    ``found_by`` the query that finds all; ``exhibits`` are all exhibits behind it, by the first digits of
    their digest, with which record_ids begin. ``rests_on`` are ids of sentences and ``method`` the rule,
    procedure or method of an analysis. ``withheld`` is the reason code in a version in which it is not shown.
    """

    id: str
    kind: str
    parts: tuple[Part, ...]
    sources: tuple[str, ...] = ()
    sources_total: int = 0
    found_by: str = ""
    rests_on: tuple[str, ...] = ()
    method: str = ""
    withheld: str = ""
    exhibits: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The sentence as it is read."""
        return "".join(part.text for part in self.parts)

    @property
    def figures(self) -> Iterator[Figure]:
        """Its figures."""
        return (part for part in self.parts if isinstance(part, Figure))

    def to_json(self) -> dict[str, Any]:
        """The sentence as JSON values; parts as ``{"words": {...}}``."""
        plain = {key: value for key, value in vars(self).items() if value not in ("", (), 0)}
        plain["parts"] = [{_TAGS[type(part)]: _bare(vars(part))} for part in self.parts]
        return plain


def sentence_from_json(plain: Mapping[str, Any]) -> Sentence:
    """The sentence that `Sentence.to_json` wrote."""
    parts = tuple(_PARTS[tag](**values) for part in plain["parts"] for tag, values in part.items())
    rest = {key: tuple(value) if isinstance(value, list) else value for key, value in plain.items()}
    known: dict[str, Any] = {**rest, "parts": parts}
    return Sentence(**known)


def check_sentence(sentence: Sentence) -> None:
    """Raise `UnsupportedError` where a sentence lacks the support that its kind asks for."""
    trouble = _trouble(sentence)
    if trouble:
        raise UnsupportedError(f"sentence {sentence.id}: {trouble}: {sentence.text!r}")


def _trouble(sentence: Sentence) -> str:
    if not sentence.text.strip():
        return "it says nothing"
    if sentence.kind == FACT:
        return "" if sentence.sources else "a fact names no record"
    if sentence.kind == ANALYSIS:
        return "" if sentence.rests_on and sentence.method else "an analysis names no facts or no method"
    if sentence.kind != FRAME:
        return f"{sentence.kind!r} is no kind of sentence"
    if any(isinstance(part, Figure | Told) for part in sentence.parts):
        return "a frame holds a figure or what somebody says"
    return ""


def _bare(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value != "" or key == "text"}
