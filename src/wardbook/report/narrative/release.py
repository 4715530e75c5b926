"""Reader groups: from the full document the version for comment and the public one.

A version is made by rule, not by hand. Three groups: ``full`` (those who may see all), ``comment`` (the
agency and the person concerned, before publication) and ``public``. What a group may not see is withheld in
four ways: names give way to roles; columns and parts of a kind are left out; a sentence is withheld by a
label on its exhibit or by a box drawn around it, with a reason code; and the public version waits. A label
without a reason code stops the build: somebody has to decide. What stays says that something is not shown.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from wardbook.errors import InputRefusedError, WrongUseError
from wardbook.report.narrative.appendix import EXHIBITS, LAW
from wardbook.report.narrative.document import (
    FULL,
    Block,
    Column,
    Document,
    Line,
    Paragraph,
    Protected,
    Section,
    TableBlock,
)
from wardbook.report.narrative.phrases import Phrases
from wardbook.report.narrative.protected import PERSON, RESIDENCE, ROUTE
from wardbook.report.narrative.sentence import Cite, Figure, Name, Part, Sentence, Told, Words
from wardbook.report.narrative.teller import exhibit_of

COMMENT, PUBLIC = "comment", "public"
READERS = (FULL, COMMENT, PUBLIC)
"""The reader groups, from those who may see most."""

POSITION = "position"
_POSITIONS = re.compile(
    r"""(?:LINESTRING|POINT)[^"\n]*|lat="[^"]*"\s+lon="[^"]*"|-?\d{1,3}\.\d{3,}[,\s]+-?\d{1,3}\.\d{3,}"""
)
"""Positions in the text of records: they give away homes, on record as such or not."""

HIDDEN: Mapping[str, frozenset[str]] = {
    FULL: frozenset(),
    COMMENT: frozenset({RESIDENCE, POSITION}),
    PUBLIC: frozenset({PERSON, ROUTE, RESIDENCE, POSITION, "detail", "raw", "record", "digest"}),
}
"""What each group does not see by rule: kinds of names, of columns, and of parts (`Told.of`).

A digest of an exhibit confirms a guess of what is withheld from it, where the rest can be known; so does an
id that is made of digests.
"""

DELAY_DAYS = 30
"""So many days after the last day on record the public version may be made, unless the file says other."""

_DETAIL = "detail"
_CODES = {_DETAIL: "security detail", "record": "working paper"}
_KEYS = {"delay_days", "label", "withhold", "show"}


@dataclass(frozen=True)
class Label:
    """A label on exhibits (patterns of their names): who may see them, and the reason code for others."""

    name: str
    exhibits: tuple[str, ...]
    readers: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True)
class Box:
    """A box around sentences (patterns of ids) or around a text, withheld from ``readers`` for ``reason``."""

    readers: tuple[str, ...]
    reason: str
    sentences: tuple[str, ...] = ()
    text: str = ""
    instead: str = ""


@dataclass(frozen=True)
class Release:
    """What a release file says; without one, the rules of the groups alone."""

    delay_days: int = DELAY_DAYS
    labels: tuple[Label, ...] = ()
    boxes: tuple[Box, ...] = ()
    shown: tuple[str, ...] = ()


def read_release(path: Path) -> Release:
    """Read a release file (TOML); raises `InputRefusedError` naming what is wrong in it."""
    try:
        plain = tomllib.loads(path.read_text("utf-8"))
        unknown = set(plain) - _KEYS
        if unknown:
            raise ValueError(f"the key {min(unknown)!r}")
        return Release(
            delay_days=_whole(plain.get("delay_days", DELAY_DAYS)),
            labels=tuple(_label(one) for one in plain.get("label", ())),
            boxes=tuple(_box(one) for one in plain.get("withhold", ())),
            shown=tuple(pattern for one in plain.get("show", ()) for pattern in _texts(one, "sentences")),
        )
    except (tomllib.TOMLDecodeError, ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise InputRefusedError(
            str(path),
            "a release file: delay_days, [[label]], [[withhold]], [[show]]",
            str(error),
            "See docs/how-to/publish-a-report.md.",
        ) from error


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"delay_days is a number of days, not {value!r}")
    return value


def _texts(plain: Mapping[str, Any], key: str, default: Sequence[str] | None = None) -> tuple[str, ...]:
    found = plain.get(key, default)
    if not isinstance(found, list | tuple) or not all(isinstance(one, str) and one for one in found):
        raise ValueError(f"{key} is a list of texts, not {found!r}")
    return tuple(found)


def _readers(plain: Mapping[str, Any], default: Sequence[str]) -> tuple[str, ...]:
    found = _texts(plain, "readers", default)
    if set(found) - set(READERS):
        raise ValueError(f"readers are {', '.join(READERS)}, not {', '.join(found)}")
    return found


def _label(plain: Mapping[str, Any]) -> Label:
    return Label(
        str(plain["name"]), _texts(plain, "exhibits"), _readers(plain, [FULL]), str(plain.get("reason", ""))
    )


def _box(plain: Mapping[str, Any]) -> Box:
    box = Box(
        _readers(plain, [PUBLIC]),
        str(plain["reason"]),
        _texts(plain, "sentences", ()),
        str(plain.get("text", "")),
        str(plain.get("instead", "")),
    )
    if not box.sentences and not box.text:
        raise ValueError("a box without sentences or text")
    return box


# ---------------------------------------------------------------- making a version


@dataclass(frozen=True)
class Version:
    """A document for one group, and the texts that must not stand anywhere in what is made of it."""

    document: Document
    withheld: tuple[str, ...]


def version_for(document: Document, readers: str, release: Release, on: date) -> Version:
    """The version of the full ``document`` for ``readers``; ``on`` is the day on which it is made.

    Raises `WrongUseError` where the delay is not over, or where a sentence rests on an exhibit whose label
    keeps it from these readers and gives no reason code under which it may be withheld.
    """
    if document.readers != FULL:
        raise WrongUseError("a version is made from the full report, and this one is not full")
    if readers == FULL:
        return Version(document, ())
    _wait(document, readers, release, on)
    own = _Projection(document, readers, release)
    _refuse_unseen(document, own, readers)
    made = replace(
        document,
        sections=tuple(own.section(section) for section in document.sections),
        lines=own.lines(),
        exhibits=own.exhibits(),
        protected=(),
        readers=readers,
        note=_note(readers),
        title=own.clean(document.title),
        book=own.clean(document.book),
    )
    return Version(made, own.withheld_texts())


def _wait(document: Document, readers: str, release: Release, on: date) -> None:
    if readers != PUBLIC or not document.last_day:
        return
    first = date.fromisoformat(document.last_day) + timedelta(days=release.delay_days)
    if on < first:
        raise WrongUseError(
            f"the public version is made {release.delay_days} days after the last day on record "
            f"({document.last_day}): not before {first.isoformat()}. Audit the book as of an earlier moment, "
            "or set delay_days in the release file and answer for it"
        )


def _refuse_unseen(document: Document, own: _Projection, readers: str) -> None:
    unseen = [one.id for one in document.sentences if own.labels_of(one.exhibits) and not own.decided(one)]
    rows = [(table.id, row) for table in document.tables for row in own.rows_of(table)]
    unseen += [name for name, row in rows if not own.reason_of(row)]
    if unseen:
        named = [one.exhibits for one in document.sentences if one.id in unseen] + [row for _, row in rows]
        labels = sorted({label.name for one in named for label in own.labels_of(one) if not label.reason})
        raise WrongUseError(
            f"{len(unseen)} sentences or rows rest on exhibits that {readers} readers may not see "
            f"(label {', '.join(labels)}): {', '.join(unseen[:5])}. Give the label a reason, under which "
            "they are withheld, or draw a box around them"
        )


def _note(readers: str) -> str:
    if readers == PUBLIC:
        return (
            "Names of persons are given as roles; routes, homes, details of protection and the text of "
            "records are not shown. What is withheld is marked, with the reason."
        )
    return "Homes and positions are not shown. The version is for comment and is not to be passed on."


class _Projection:
    """What one group sees of one document."""

    def __init__(self, document: Document, readers: str, release: Release) -> None:
        self.document = document
        self.readers = readers
        self.release = release
        self.hidden = HIDDEN[readers]
        boxes = [box for box in release.boxes if readers in box.readers]
        self.boxes = tuple(boxes)
        self._labels = {
            exhibit.sha256: label
            for exhibit in document.exhibits
            for label in release.labels
            if readers not in label.readers
            and any(fnmatchcase(exhibit.name, pattern) for pattern in label.exhibits)
        }
        self.replaced = (
            *(Protected(box.text, "box", box.instead or f"[{box.reason}]") for box in boxes if box.text),
            *(
                Protected(exhibit.name, "exhibit", f"[{self._labels[exhibit.sha256].name}]")
                for exhibit in document.exhibits
                if exhibit.sha256 in self._labels
            ),
            *(one for one in document.protected if one.of in self.hidden),
        )
        self._phrases = Phrases(one.text for one in self.replaced)
        self._instead = {one.text: one.role for one in reversed(self.replaced)}

    # ------------------------------------------------------------ why a sentence is withheld

    def labels_of(self, sources: Sequence[str]) -> list[Label]:
        """The labels that keep exhibits behind a sentence or row from these readers."""
        named = {exhibit_of(source) for source in sources}
        return [label for sha256, label in self._labels.items() if sha256[:12] in named]

    def rows_of(self, table: TableBlock) -> list[tuple[str, ...]]:
        """The sources of the rows of a table that these readers may not see; the list of exhibits stays."""
        if table.id == EXHIBITS:
            return []
        return [sources for sources in table.sources if self.labels_of(sources)]

    def reason_of(self, sources: Sequence[str]) -> str:
        """The reason code that a label gives for withholding what rests on ``sources``; '' for none."""
        return next((label.reason for label in self.labels_of(sources) if label.reason), "")

    def reason(self, sentence: Sentence) -> str:
        """The reason code under which the sentence is withheld; '' where it is not."""
        for box in self.boxes:
            if any(fnmatchcase(sentence.id, pattern) for pattern in box.sentences):
                return box.reason
        return "" if self._cleared(sentence) else self.reason_of(sentence.exhibits)

    def decided(self, sentence: Sentence) -> bool:
        """Whether the release file says what becomes of the sentence: withheld for a reason, or shown."""
        return bool(self.reason(sentence)) or self._cleared(sentence)

    def _cleared(self, sentence: Sentence) -> bool:
        return any(fnmatchcase(sentence.id, pattern) for pattern in self.release.shown)

    # ------------------------------------------------------------ parts

    def clean(self, text: str) -> str:
        """``text`` with every name that is hidden replaced by its role, and positions taken out."""
        if POSITION in self.hidden:
            text = _POSITIONS.sub("[position]", text)
        return self._phrases.replaced(text, self._instead.__getitem__) if self.replaced else text

    def sentence(self, one: Sentence) -> Sentence:
        """The sentence as these readers see it."""
        reason = self.reason(one)
        exhibits = tuple(filter(None, map(self._shown_digest, one.exhibits)))
        if reason:
            return replace(
                one,
                exhibits=exhibits,
                parts=(Words("[withheld: "), Told(reason, "release"), Words("] ")),
                sources=(),
                found_by="",
                withheld=reason,
            )
        cleared = self._cleared(one)
        parts = tuple(self._part(part, cleared) for part in one.parts)
        kept = () if "record" in self.hidden else one.sources
        found_by = "" if "record" in self.hidden else self.clean(one.found_by)
        return replace(one, parts=parts, sources=kept, found_by=found_by, exhibits=exhibits)

    def _shown_digest(self, exhibit: str) -> str:
        """The digest of an exhibit, whole or its first digits; '' where these readers do not see it."""
        is_law = exhibit == exhibit_of(LAW)
        return "" if not is_law and "digest" in self.hidden else exhibit

    def _part(self, part: Part, cleared: bool) -> Part:
        if isinstance(part, Name):
            hidden = part.of in self.hidden or self.clean(part.text) != part.text
            return Name(part.role if hidden else part.text, part.of, part.role)
        if isinstance(part, Figure):
            query = "" if "record" in self.hidden else part.query
            return replace(part, query=self.clean(query))
        if isinstance(part, Cite | Words):
            return replace(part, text=self.clean(part.text)) if isinstance(part, Cite) else part
        if part.of in self.hidden and part.of in _CODES and not cleared:
            return Told(f"[withheld: {_CODES[part.of]}]", "release")
        return replace(part, text=self.clean(part.text))

    # ------------------------------------------------------------ blocks

    def section(self, section: Section) -> Section:
        """The section as these readers see it."""
        return replace(section, blocks=tuple(self._block(block) for block in section.blocks))

    def _block(self, block: Block) -> Block:
        if isinstance(block, Paragraph):
            return replace(block, sentences=tuple(map(self.sentence, block.sentences)))
        if isinstance(block, TableBlock):
            return self.table(block)
        words = tuple(map(self.sentence, block.words))
        if any(column.of in self.hidden for column in block.table.columns):
            empty = replace(self.table(block.table), rows=(), sources=())
            return replace(block, words=words, table=empty)
        return replace(block, words=words, table=self.table(block.table))

    def table(self, table: TableBlock) -> TableBlock:
        """The table without the columns that are hidden, with roles for names."""
        kept = [n for n, column in enumerate(table.columns) if column.of not in self.hidden - {PERSON}]
        unseen = set(self.rows_of(table))
        shown_rows = self._numbered_uses(table)
        rows = tuple(
            tuple(f"[withheld: {self.reason_of(sources)}]" for _ in kept)
            if sources in unseen
            else tuple(self._cell(row[n], table.columns[n]) for n in kept)
            for row, sources in zip(shown_rows, table.sources or ((),) * len(table.rows), strict=True)
        )
        return replace(
            table,
            caption=self.clean(table.caption),
            columns=tuple(table.columns[n] for n in kept),
            rows=rows,
            query="" if "record" in self.hidden else self.clean(table.query),
            sources=() if "record" in self.hidden else table.sources,
        )

    def _numbered_uses(self, table: TableBlock) -> Sequence[tuple[str, ...]]:
        """The rows; where digests are hidden, uses of a vehicle and day are numbered, and not by ids."""
        ids = [n for n, column in enumerate(table.columns) if column.of == "use"]
        if "digest" not in self.hidden or not ids:
            return table.rows
        seen, rows = Counter[str](), []
        for row in table.rows:
            (at,) = ids
            about = row[at].rpartition("-")[0]
            seen[about] += 1
            rows.append((*row[:at], f"{about} ({seen[about]})", *row[at + 1 :]))
        return rows

    def _cell(self, cell: str, column: Column) -> str:
        if column.of == PERSON and PERSON in self.hidden and cell:
            return "a person"
        return self.clean(cell)

    # ------------------------------------------------------------ sources

    def lines(self) -> dict[str, Line]:
        """Where records stand; their text only for those who may read it."""
        if "record" in self.hidden:
            return {}
        return {
            key: replace(line, text="" if line.exhibit in self._labels else self.clean(line.text))
            for key, line in self.document.lines.items()
        }

    def exhibits(self) -> tuple[Any, ...]:
        """The exhibits; one under a label loses its name."""
        return tuple(
            replace(one, name=self.clean(one.name), sha256=self._shown_digest(one.sha256))
            for one in self.document.exhibits
        )

    def withheld_texts(self) -> tuple[str, ...]:
        """Every text that must not stand in the version; a digest also by its first digits, as in ids."""
        own = self.document.rulebook["sha256"]
        hidden = [
            sha256
            for sha256 in (one.sha256 for one in self.document.exhibits)
            if sha256 != own and not self._shown_digest(sha256)
        ]
        digests = (text for sha256 in hidden for text in (sha256, exhibit_of(sha256)))
        return tuple(dict.fromkeys([*(one.text for one in self.replaced), *digests]))
