"""The report of the shipped example: what it says, and that all of it resolves."""

from __future__ import annotations

from pathlib import Path

from wardbook.records.book import Book
from wardbook.records.engine import Engine
from wardbook.report.narrative.document import (
    Document,
    Paragraph,
    document_from_text,
    document_text,
)
from wardbook.report.narrative.sentence import ANALYSIS, FACT, FRAME, Sentence, Told

TITLES = [
    "What was asked",
    "Authority and rules",
    "Method and its limits",
    "Findings",
    "Determinations",
    "The account",
    "What has been stated, and what the book gives",
    "Recommendations",
    "Replies to the report",
    "Sources",
]


def one(document: Document, name: str) -> Sentence:
    return next(sentence for sentence in document.sentences if sentence.id == name)


def test_the_standard_parts_in_their_order(document: Document) -> None:
    assert [section.title for section in document.sections if section.level == 1] == TITLES


def test_every_sentence_is_supported_and_every_record_has_a_place(document: Document) -> None:
    known = {sentence.id for sentence in document.sentences}
    for sentence in document.sentences:
        if sentence.kind == FACT:
            assert any(source in document.lines for source in sentence.sources), sentence.text
        elif sentence.kind == ANALYSIS:
            assert known.issuperset(sentence.rests_on), sentence.text
            assert sentence.method
        else:
            assert sentence.kind == FRAME
            assert not list(sentence.figures)
            assert not any(isinstance(part, Told) for part in sentence.parts)


def test_every_figure_is_found_again_from_the_book(document: Document, millbrook: Path) -> None:
    """The queries of the figures that read the book's own records, asked of the book."""
    asked = 0
    with Book(next(millbrook.glob("*.book"))) as book, Engine() as engine:
        book.relations(engine)
        for sentence in document.sentences:
            for figure in sentence.figures:
                if "source_rows" in figure.query or "FROM exhibits" in figure.query:
                    assert str(engine.one(figure.query)) == figure.value
                    asked += 1
    assert asked >= 5


def test_what_it_says(document: Document) -> None:
    assert one(document, "asked.0").text.strip() == (
        "Town Council of Millbrook asked on 2024-06-10: Was every use of the detail for the town? "
        "(Resolution 12 of 2024)"
    )
    assert one(document, "decided.permitted.no").text.strip() == "12 uses were not permitted."
    assert one(document, "account.total.USD").text.startswith(
        "Costs on record come to USD 5,891.60, in 48 costs"
    )
    assert one(document, "coverage.invoiced").text.strip() == (
        "Of 45 uses, 41 are without an invoice on record; the first with one is of 2024-02-15, and 6 uses "
        "came before it without one."
    )
    assert one(document, "recommendation.0.accepted").text.strip() == "Accepted: yes, 2024-08-01."
    assert one(document, "recommendation.0.implemented").text.strip() == "Implemented: no."
    assert one(document, "recommendation.1.accepted").text.strip() == "Accepted: no answer is on record."


def test_a_reply_stands_beside_its_finding(document: Document) -> None:
    sections = {section.id: section for section in document.sections}
    for section, label_before, words in (
        ("findings.INT-02", "Condition INT-02-0001", "typed in together"),
        ("findings.AUT-01", "Innocent explanations", "The use was ordinary."),
    ):
        blocks = [block for block in sections[section].blocks if isinstance(block, Paragraph)]
        at = next(n for n, block in enumerate(blocks) if block.label == "Reply")
        assert blocks[at - 1].label == label_before
        assert words in blocks[at].sentences[0].text
    assert "as a whole" in sections["replies"].blocks[0].sentences[0].text  # type: ignore[union-attr]


def test_a_finding_has_its_parts_in_the_field_s_order(document: Document) -> None:
    section = next(one for one in document.sections if one.id == "findings.INT-07")
    labels = [block.label for block in section.blocks if isinstance(block, Paragraph)]
    assert labels == ["", "Criterion", "Condition INT-07-0001", "Cause", "Effect", "Innocent explanations"]


def test_the_document_comes_back_from_its_text(document: Document) -> None:
    assert document_from_text(document_text(document)) == document
