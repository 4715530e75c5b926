"""The numbering that all forms share: each sentence has a number, and the index names its sources by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wardbook.report.narrative.document import Document, Line, Section
from wardbook.report.narrative.sentence import ANALYSIS, FACT, Cite, Sentence
from wardbook.report.wording import place


@dataclass(frozen=True)
class SourcePlace:
    """One source of a sentence as it is read: id, name of its exhibit, place in it, and what stands there."""

    record_id: str
    exhibit: str
    place: str
    text: str


@dataclass(frozen=True)
class IndexEntry:
    """One sentence in the index: its number, and all that supports it."""

    number: int
    sentence: Sentence
    section: str
    sources: tuple[SourcePlace, ...]
    more: int
    rests_on: tuple[int, ...]
    cites: tuple[Cite, ...]

    @property
    def support(self) -> str:
        """In a word or two: how the sentence is supported."""
        if self.sentence.withheld:
            return "withheld"
        return {FACT: "fact", ANALYSIS: "analysis"}.get(self.sentence.kind, "frame")


def numbers(document: Document) -> dict[str, int]:
    """The number of each sentence, from 1 in the order of reading."""
    return {sentence.id: number for number, sentence in enumerate(document.sentences, 1)}


def exhibit_names(document: Document) -> dict[str, str]:
    """The name of each exhibit by its digest, and that of the rulebook's file."""
    names = {exhibit.sha256: exhibit.name for exhibit in document.exhibits}
    return {document.rulebook["sha256"]: document.rulebook["file"], **names}


def index(document: Document) -> tuple[IndexEntry, ...]:
    """The index of the report: every sentence with its sources."""
    numbered = numbers(document)
    names = exhibit_names(document)
    return tuple(
        IndexEntry(
            numbered[sentence.id],
            sentence,
            section.title,
            tuple(source_place(one, document.lines, names) for one in sentence.sources),
            max(sentence.sources_total - len(sentence.sources), 0),
            tuple(numbered[one] for one in sentence.rests_on if one in numbered),
            tuple(part for part in sentence.parts if isinstance(part, Cite)),
        )
        for section, sentence in _placed(document)
    )


def source_place(record_id: str, lines: Mapping[str, Line], names: Mapping[str, str]) -> SourcePlace:
    """Where a record stands; words that say so where the version does not show it."""
    line = lines.get(record_id)
    if line is None:
        return SourcePlace(record_id, "", "not shown in this version", "")
    if not line.exhibit:
        return SourcePlace(record_id, "the book's log", f"entry {line.line}", line.text)
    return SourcePlace(
        record_id, names.get(line.exhibit, line.exhibit[:12]), place(line.page, line.line), line.text
    )


def _placed(document: Document) -> Iterator[tuple[Section, Sentence]]:
    from wardbook.report.narrative.document import Chart, Paragraph

    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Paragraph):
                yield from ((section, one) for one in block.sentences)
            elif isinstance(block, Chart):
                yield from ((section, one) for one in block.words)
