"""The text of a document is what the standard library writes, and reads back as the document."""

from __future__ import annotations

import json

import pytest

from wardbook.report.narrative.document import Document, _indented, document_from_text, document_text


@pytest.mark.parametrize(
    "value",
    [
        {}, [], "", {"a": {}, "b": [], "c": [[], {}]}, None, True, 7, -1, [1, [2, {"x": "y"}], None, False],
        {"text": 'a "quoted" line\nand \\ a tab\t, \x00 \x1f \x7f, é, \u2028, 😀'},
    ],
)  # fmt: skip
def test_it_is_the_json_of_the_standard_library(value: object) -> None:
    assert _indented(value) == json.dumps(value, ensure_ascii=False, indent=1)


def test_a_whole_document(document: Document) -> None:
    text = document_text(document)
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=1) + "\n"
    assert document_from_text(text) == document
