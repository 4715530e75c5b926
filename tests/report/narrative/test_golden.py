"""The report of the shipped example, sentence by sentence, beside the text that a person has read."""

from __future__ import annotations

from pathlib import Path

from wardbook.report.narrative.document import Document
from wardbook.report.narrative.sentence import FRAME

GOLDEN = Path(__file__).with_name("millbrook.txt")


def told(document: Document) -> str:
    lines = [
        f"{one.id} | {one.kind} | {one.sources_total or len(one.rests_on)} | {' '.join(one.text.split())}"
        for one in document.sentences
        if one.kind != FRAME
    ]
    return "\n".join(lines) + "\n"


def test_the_report_of_the_example_reads_as_before(document: Document) -> None:
    """After a meant change: read the difference, then write the file anew from what the test shows."""
    assert told(document).splitlines() == GOLDEN.read_text("utf-8").splitlines()
