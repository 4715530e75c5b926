"""The report as a document: parts in the order a reader of audit reports expects, made of sentences."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Any

from wardbook.report.narrative.sentence import Sentence, sentence_from_json

FORMAT = 1

FULL = "full"
"""The version that withholds nothing."""


@dataclass(frozen=True)
class Paragraph:
    """Sentences that are read together; ``label`` is the word before them (Condition, Cause, ...)."""

    sentences: tuple[Sentence, ...]
    label: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, what its cells are, and whether they are figures.

    ``of`` is ``text``, ``person``, ``place``, ``route``, ``position``, ``vehicle``, ``agency``, ``day``,
    ``amount``, ``count``, ``record`` or ``digest``; a reader group sees or does not see a column by it.
    """

    name: str
    of: str = "text"

    @property
    def is_figure(self) -> bool:
        """Whether cells stand on the right, under each other."""
        return self.of in {"amount", "count"}


@dataclass(frozen=True)
class TableBlock:
    """A table: its caption says what is counted, ``query`` gives its rows again, ``file`` holds all of them.

    ``sources`` are the record_ids of each row; ``left_out`` is how many rows only the file has.
    """

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    query: str
    file: str = ""
    left_out: int = 0
    sources: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Chart:
    """A figure drawn from a table: what it shows in words (for those who do not see it), and how.

    ``kind`` is ``bars`` (first column along, the others stacked), ``calendar`` (day, count, count that an
    assessment covers) or ``map`` (from and to, millionths of a degree, legs).
    """

    id: str
    kind: str
    title: str
    unit: str
    words: tuple[Sentence, ...]
    table: TableBlock


Block = Paragraph | TableBlock | Chart


@dataclass(frozen=True)
class Section:
    """A part of the report, or a part of a part."""

    id: str
    title: str
    level: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Exhibit:
    """One exhibit: its digest, its name, the words by which it is labeled."""

    sha256: str
    name: str
    reader: str
    rows: int


@dataclass(frozen=True)
class Line:
    """Where a record stands and what stands there; ``exhibit`` is the digest."""

    exhibit: str
    page: int | None
    line: int | None
    text: str


@dataclass(frozen=True)
class Protected:
    """What a reader group may not see, wherever it stands: the text, what it is, and what stands for it."""

    text: str
    of: str
    role: str


@dataclass(frozen=True)
class Document:
    """The whole report of one audit for one group of readers.

    ``lines`` has every record that a sentence or a table names. ``protected`` lists the names, routes and
    places of the case, longest first; only the full version carries it. ``last_day`` is the last day on
    record (ISO), from which a delay of release is counted.
    """

    title: str
    book: str
    jurisdiction: str
    language: str
    checkpoint: str
    rulebook: Mapping[str, str]
    program: str
    currency: str
    last_day: str
    sections: tuple[Section, ...]
    exhibits: tuple[Exhibit, ...]
    lines: Mapping[str, Line]
    protected: tuple[Protected, ...] = ()
    readers: str = FULL
    note: str = ""

    @property
    def sentences(self) -> Iterator[Sentence]:
        """Every sentence, in the order of reading."""
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, Paragraph):
                    yield from block.sentences
                elif isinstance(block, Chart):
                    yield from block.words

    @property
    def tables(self) -> Iterator[TableBlock]:
        """Every table, those of charts among them."""
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, TableBlock):
                    yield block
                elif isinstance(block, Chart):
                    yield block.table

    @property
    def charts(self) -> tuple[Chart, ...]:
        """Every figure."""
        return tuple(
            block for section in self.sections for block in section.blocks if isinstance(block, Chart)
        )

    @property
    def digest(self) -> str:
        """The SHA-256 of the document's text."""
        return hashlib.sha256(document_text(self).encode()).hexdigest()


def document_text(document: Document) -> str:
    """The document as JSON text, the same for the same document."""
    plain = {
        **{key: getattr(document, key) for key in _PLAIN},
        "format": FORMAT,
        "rulebook": dict(document.rulebook),
        "sections": [_section_json(section) for section in document.sections],
        "exhibits": [vars(one) for one in document.exhibits],
        "lines": {key: vars(line) for key, line in sorted(document.lines.items())},
        "protected": [vars(one) for one in document.protected],
    }
    return _indented(plain) + "\n"


_PLAIN = (
    "title",
    "book",
    "jurisdiction",
    "language",
    "checkpoint",
    "program",
    "currency",
    "last_day",
    "readers",
    "note",
)


def _indented(value: object, line: str = "\n") -> str:
    """What `json.dumps` gives with ``indent=1``, in a third of its time: a report has megabytes of it."""
    if isinstance(value, str):
        return encode_basestring(value)
    deeper = f"{line} "
    if isinstance(value, Mapping) and value:
        parts = [f"{encode_basestring(key)}: {_indented(one, deeper)}" for key, one in value.items()]
        return f"{{{deeper}{f',{deeper}'.join(parts)}{line}}}"
    if isinstance(value, list | tuple) and value:
        return f"[{deeper}{f',{deeper}'.join([_indented(one, deeper) for one in value])}{line}]"
    return json.dumps(value)


def _section_json(section: Section) -> dict[str, Any]:
    blocks = [_block_json(block) for block in section.blocks]
    return {"id": section.id, "title": section.title, "level": section.level, "blocks": blocks}


def _block_json(block: Block) -> dict[str, Any]:
    if isinstance(block, Paragraph):
        return {"paragraph": [one.to_json() for one in block.sentences], "label": block.label}
    if isinstance(block, TableBlock):
        return {"table": _table_json(block)}
    chart = {key: getattr(block, key) for key in ("id", "kind", "title", "unit")}
    words = [one.to_json() for one in block.words]
    return {"chart": {**chart, "words": words, "table": _table_json(block.table)}}


def _table_json(table: TableBlock) -> dict[str, Any]:
    return {**vars(table), "columns": [vars(column) for column in table.columns]}


def document_from_text(text: str) -> Document:
    """The document that `document_text` wrote; raises `ValueError` or `KeyError` for any other text."""
    plain = json.loads(text)
    if plain["format"] != FORMAT:
        raise ValueError(f"the report has format {plain['format']}, and this program reads {FORMAT}")
    return Document(
        **{key: plain[key] for key in _PLAIN},
        rulebook=plain["rulebook"],
        sections=tuple(_section(one) for one in plain["sections"]),
        exhibits=tuple(Exhibit(**one) for one in plain["exhibits"]),
        lines={key: Line(**line) for key, line in plain["lines"].items()},
        protected=tuple(Protected(**one) for one in plain["protected"]),
    )


def _section(plain: Mapping[str, Any]) -> Section:
    return Section(plain["id"], plain["title"], plain["level"], tuple(map(_block, plain["blocks"])))


def _block(plain: Mapping[str, Any]) -> Block:
    if "paragraph" in plain:
        return Paragraph(tuple(map(sentence_from_json, plain["paragraph"])), plain["label"])
    if "table" in plain:
        return _table(plain["table"])
    chart = plain["chart"]
    words = tuple(map(sentence_from_json, chart["words"]))
    return Chart(
        **{key: chart[key] for key in ("id", "kind", "title", "unit")},
        words=words,
        table=_table(chart["table"]),
    )


def _table(plain: Mapping[str, Any]) -> TableBlock:
    return TableBlock(
        **{
            **plain,
            "columns": tuple(Column(**column) for column in plain["columns"]),
            "rows": tuple(map(tuple, plain["rows"])),
            "sources": tuple(map(tuple, plain["sources"])),
        }
    )
