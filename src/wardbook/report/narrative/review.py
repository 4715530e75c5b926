"""Independent referencing: a second person, not the author, marks each sentence agree, disagree or change.

The marks are a file (JSON) that names the digest of the version reviewed, so they cannot be carried over to
another; the review page writes it, and it may be written by hand. The method is that of audit offices (GAO,
Government Auditing Standards: an experienced auditor who did not write the report checks that facts, figures
and dates are correctly reported, that findings are supported, and that conclusions flow from them).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wardbook.errors import InputRefusedError, WrongUseError
from wardbook.report.narrative.document import Document
from wardbook.report.narrative.sentence import FRAME

AGREE, DISAGREE, CHANGE = "agree", "disagree", "change"
MARKS = (AGREE, DISAGREE, CHANGE)


@dataclass(frozen=True)
class Mark:
    """One mark: the sentence, the mark, and why (which only ``agree`` may leave out)."""

    sentence: str
    mark: str
    why: str = ""


@dataclass(frozen=True)
class Review:
    """One person's marks on one version of a report."""

    report: str
    by: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Standing:
    """Where the review of a report stands: sentences to mark, marks by kind, and what is open.

    ``open`` are sentences that nobody marked; ``disputed`` those with a mark other than ``agree``.
    """

    sentences: int
    counts: Mapping[str, int]
    open: tuple[str, ...]
    disputed: tuple[tuple[str, Mark], ...]

    @property
    def done(self) -> bool:
        """Every sentence is marked, and all agree."""
        return not self.open and not self.disputed


def read_review(path: Path) -> Review:
    """Read a file of marks; raises `InputRefusedError` with what is wrong in it."""
    try:
        plain = json.loads(path.read_text("utf-8"))
        review = Review(_text(plain, "report"), _text(plain, "by"), tuple(map(_mark, plain["marks"])))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputRefusedError(
            str(path), "marks as the review page writes them", str(error), "Save them from that page again."
        ) from error
    return review


def _text(plain: Mapping[str, Any], key: str) -> str:
    found = plain[key]
    if not isinstance(found, str) or not found.strip():
        raise ValueError(f"{key} is empty or no text")
    return found.strip()


def _mark(plain: Mapping[str, Any]) -> Mark:
    mark = Mark(_text(plain, "sentence"), _text(plain, "mark"), str(plain.get("why", "")).strip())
    if mark.mark not in MARKS:
        raise ValueError(f"the mark {mark.mark!r}: a mark is {', '.join(MARKS)}")
    if mark.mark != AGREE and not mark.why:
        raise ValueError(f"the mark {mark.mark!r} on {mark.sentence} says no why")
    return mark


def standing(document: Document, reviews: Sequence[Review], author: str) -> Standing:
    """Where the review of ``document`` stands after ``reviews``; the later mark of one person counts.

    Raises `WrongUseError` for marks on another version, on a sentence that is not in it, and by the author.
    """
    if not _words(author):
        raise WrongUseError("--author: expected the name of who wrote the report")
    wanted = [one.id for one in document.sentences if one.kind != FRAME]
    known = set(wanted)
    marks: dict[tuple[str, str], Mark] = {}
    for review in reviews:
        if review.report != document.digest:
            raise WrongUseError(f"the marks of {review.by} are on another version of the report")
        if may_be_one(review.by, author):
            raise WrongUseError(f"{review.by} wrote the report; the marks are for someone who did not")
        for mark in review.marks:
            if mark.sentence not in known:
                raise WrongUseError(f"no sentence to mark has the id {mark.sentence!r}")
            marks[review.by.casefold(), mark.sentence] = mark
    marked = {sentence for _, sentence in marks}
    by = {review.by.casefold(): review.by for review in reviews}
    return Standing(
        sentences=len(wanted),
        counts=Counter(mark.mark for mark in marks.values()),
        open=tuple(one for one in wanted if one not in marked),
        disputed=tuple((by[who], mark) for (who, _), mark in marks.items() if mark.mark != AGREE),
    )


def _words(name: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", name).casefold())


def may_be_one(one: str, other: str) -> bool:
    """Whether two written names may be one person's: the same words, where an initial stands for its word."""
    pairs = list(zip(_words(one), _words(other), strict=False))
    return len(_words(one)) == len(_words(other)) and all(
        a == b or (1 in (len(a), len(b)) and a[0] == b[0]) for a, b in pairs
    )
