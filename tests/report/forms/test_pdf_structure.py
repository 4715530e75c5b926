"""What PDF/A-3a (ISO 19005-3) and PDF/UA-1 (ISO 14289-1) ask of a file, read back with another library.

Typst refuses to write a file that breaks the rules it knows; the main ones are checked again without it.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pikepdf
import pytest

from wardbook.report.forms.pdf import pdf_form
from wardbook.report.narrative.document import Document


@pytest.fixture(scope="module")
def made(document: Document) -> bytes:
    return pdf_form(document)


def elements(node: Any) -> Iterator[Any]:
    """Every structure element of the tree, in the order of reading."""
    if isinstance(node, pikepdf.Array):
        for one in node:
            yield from elements(one)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from elements(node["/K"])


def test_the_file_says_what_it_is_in_its_metadata(made: bytes) -> None:
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert not pdf.is_encrypted
        meta = pdf.open_metadata()
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"], meta["pdfuaid:part"]) == ("3", "A", "1")
        assert meta["dc:title"] == "Town of Millbrook (fictional): the security detail, February to May 2024"
        assert str(pdf.Root.Lang) == "en"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert str(pdf.Root.OutputIntents[0].S) == "/GTS_PDFA1"
        assert "/JavaScript" not in pdf.Root.get("/Names", {})
        assert "/AA" not in pdf.Root


def test_every_attachment_says_what_it_is_to_the_report(made: bytes, document: Document) -> None:
    with pikepdf.open(io.BytesIO(made)) as pdf:
        relationships = {str(one.F): str(one.AFRelationship) for one in pdf.Root.AF}
    assert relationships.pop("report.json") == "/Source"
    assert set(relationships.values()) == {"/Data"}
    assert set(relationships) == {f"{table.id}.csv" for table in document.tables}


def test_headings_tables_figures_and_links_are_tagged(made: bytes) -> None:
    with pikepdf.open(io.BytesIO(made)) as pdf:
        found = list(elements(pdf.Root.StructTreeRoot.K))
        kinds = Counter(str(one.S) for one in found)
        assert kinds["/H1"] >= 10
        assert kinds["/Table"] >= 8
        assert kinds["/TH"] >= 40
        assert kinds["/TOC"] >= 1
        assert kinds["/Link"] > 100
        figures = [one for one in found if str(one.S) == "/Figure"]
        assert figures
        assert all(str(one.get("/Alt", "")) for one in figures)
        levels = [int(str(one.S)[2:]) for one in found if str(one.S)[:2] == "/H" and str(one.S)[2:].isdigit()]
        assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_font_is_in_the_file_and_every_page_is_in_the_structure(made: bytes) -> None:
    with pikepdf.open(io.BytesIO(made)) as pdf:
        for page in pdf.pages:
            assert "/StructParents" in page
            assert str(page.Tabs) == "/S"
            for font in page.Resources.get("/Font", {}).values():
                descendant = font.DescendantFonts[0] if "/DescendantFonts" in font else font
                if str(font.Subtype) == "/Type3":
                    continue
                assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descendant.FontDescriptor.keys())
                assert "/ToUnicode" in font
