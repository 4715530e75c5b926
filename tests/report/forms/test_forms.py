"""The forms of a report: the same bytes each time, what is in them, and what they withhold."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from tests.report.test_page import Page
from wardbook.cli import main
from wardbook.report.forms import charts
from wardbook.report.forms.html import html_form
from wardbook.report.forms.numbered import index
from wardbook.report.forms.packet import packet_form
from wardbook.report.forms.pdf import pdf_form
from wardbook.report.forms.workbook import workbook_form
from wardbook.report.forms.written import FORMS, HTML, PACKET, REVIEW, XLSX, LeakError, written
from wardbook.report.narrative.document import FULL, Document, document_from_text
from wardbook.report.narrative.release import COMMENT, PUBLIC, Box, Release, version_for

LATER = date(2024, 9, 1)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("readers", [FULL, PUBLIC])
def test_one_document_gives_one_file(document: Document, form: str, readers: str) -> None:
    first = written(document, form, readers, Release(), LATER)
    assert (
        hashlib.sha256(first).digest()
        == hashlib.sha256(written(document, form, readers, Release(), LATER)).digest()
    )


# ---------------------------------------------------------------- the page


def test_the_page_has_every_sentence_and_links_to_its_sources(document: Document) -> None:
    page = Page(html_form(document))
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.elements if attributes.get("id")]
    assert len(ids) == len(set(ids))
    entries = [entry for entry in index(document) if entry.support != "frame"]
    assert {f"s{entry.number}" for entry in entries} <= set(ids)
    assert {f"i{entry.number}" for entry in entries} <= set(ids)
    targets = [a["href"] for tag, a in page.elements if tag == "a" and a.get("href")]
    assert all(str(target)[1:] in ids for target in targets if str(target).startswith("#"))
    assert not any(tag in {"script", "iframe", "img"} for tag, _ in page.elements)
    assert not any("http" in str(target) for target in targets)


def test_figures_are_drawn_with_words_for_those_who_do_not_see_them(document: Document) -> None:
    assert charts.available()
    drawn = charts.draw(document.charts)
    assert set(drawn) == {chart.id for chart in document.charts if chart.table.rows}
    page = Page(html_form(document))
    images = [a for _, a in page.elements if a.get("role") == "img"]
    assert len(images) == len(drawn)
    assert all(len(str(a["aria-label"])) > 40 for a in images)


# ---------------------------------------------------------------- PDF


def test_the_pdf_says_what_standards_it_meets_and_carries_its_tables(document: Document) -> None:
    content = pdf_form(document)
    assert b"<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in content
    assert b"<pdfuaid:part>1</pdfuaid:part>" in content
    opened = pypdfium2.PdfDocument(content)
    try:
        attached = {
            opened.get_attachment(n).get_name(): bytes(opened.get_attachment(n).get_data())
            for n in range(opened.count_attachments())
        }
        pages = []
        for number in range(len(opened)):
            page = opened[number]
            text = page.get_textpage()
            pages.append(text.get_text_range())
            text.close()
            page.close()
    finally:
        opened.close()
    assert document_from_text(attached["report.json"].decode()) == document
    assert "Thessaly Quillfeather,personal" not in attached
    assert (
        attached["account.classes.csv"].decode().splitlines()[0]
        == "payer,cost class,costs,uses,amount,currency"
    )
    words = " ".join("\n".join(pages).split())
    assert "12 uses were not permitted." in words
    assert "Index of sentences" in words


# ---------------------------------------------------------------- workbook and packet


def test_the_workbook_links_its_cells_to_their_reasons(document: Document) -> None:
    book = load_workbook(io.BytesIO(workbook_form(document)))
    assert all(sheet.sheet_state == "visible" for sheet in book.worksheets)
    sentences = book["Sentences"]
    assert sentences.max_row == sum(1 for _ in document.sentences) + 1
    linked = [row[8] for row in sentences.iter_rows(min_row=2) if row[8].hyperlink]
    assert linked
    for cell in linked:
        link = cell.hyperlink
        assert link is not None
        row = int(str(link.location or link.target).rpartition("A")[2])
        assert book["Sources"].cell(row, 1).value == cell.value
    amounts = next(
        sheet
        for sheet in book.worksheets
        if str(sheet["A1"].value).startswith("Shares by payer and cost class")
    )
    total = sum(Decimal(str(row[4].value)) for row in amounts.iter_rows(min_row=3))
    assert total == Decimal("5891.60")
    assert not any(
        cell.data_type == "f" for sheet in book.worksheets for row in sheet.iter_rows() for cell in row
    )


def test_the_packet_s_digests_hold_and_the_full_one_has_the_audit(
    document: Document, millbrook: Path
) -> None:
    with zipfile.ZipFile(io.BytesIO(packet_form(document, millbrook))) as archive:
        sums = (line.split("  ", 1) for line in archive.read("SHA256SUMS").decode().splitlines())
        listed = {name: sha256 for sha256, name in sums}
        assert {*listed, "SHA256SUMS"} == set(archive.namelist())
        assert all(hashlib.sha256(archive.read(name)).hexdigest() == sha for name, sha in listed.items())
        assert archive.read("audit/uses.csv") == (millbrook / "uses.csv").read_bytes()
        schema = json.loads(archive.read("schema.json"))
        assert set(schema) == {name for name in listed if name.startswith("tables/")}
    public = version_for(document, PUBLIC, Release(), LATER).document
    with zipfile.ZipFile(io.BytesIO(packet_form(public, millbrook))) as archive:
        assert not [name for name in archive.namelist() if name.startswith("audit/")]


# ---------------------------------------------------------------- the command


def test_nothing_is_written_when_a_text_leaks(
    millbrook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, document: Document
) -> None:
    """A version that forgot to replace a name is caught whatever the form."""
    from wardbook.report.narrative import release

    monkeypatch.setattr(release._Projection, "clean", lambda _self, text: text)
    for form in FORMS:
        with pytest.raises(LeakError, match="withheld texts stand"):
            written(document, form, PUBLIC, Release(shown=("*",)), LATER)
    target = tmp_path / "public.html"
    done = CliRunner().invoke(main, ["report", str(millbrook), "--for", "public", "--out", str(target)])
    assert done.exit_code != 0
    assert not target.exists()


@pytest.mark.parametrize("form", [HTML, REVIEW])
@pytest.mark.parametrize("word", ["white", "nowrap", "collapse"])
def test_a_word_of_the_page_s_own_style_is_nobody_s_name(document: Document, form: str, word: str) -> None:
    release = Release(boxes=(Box(reason="FOIA 7(C)", text=word, readers=(PUBLIC,)),))
    assert word in written(document, form, PUBLIC, release, LATER).decode()


def test_every_form_for_every_group_has_a_file_of_its_own(millbrook: Path, tmp_path: Path) -> None:
    audit = tmp_path / "audit"
    shutil.copytree(millbrook, audit)
    for form in (HTML, XLSX, PACKET, REVIEW):
        for readers in (FULL, COMMENT):
            done = CliRunner().invoke(main, ["report", str(audit), "--format", form, "--for", readers])
            assert done.exit_code == 0, done.output
    assert len(list(audit.glob("written-report*"))) == 8
    assert "disagree" in (audit / "written-report-review.html").read_text("utf-8")


def test_the_export_is_entered_before_the_file_is_there(millbrook: Path, tmp_path: Path) -> None:
    target = tmp_path / "public.html"
    done = CliRunner().invoke(
        main, ["report", str(millbrook), "--for", "public", "--out", str(target), "--on", "2024-09-01"]
    )
    assert done.exit_code == 0, done.output
    book = next(millbrook.glob("*.book"))
    shown = CliRunner().invoke(main, ["log", "show", str(book), "--json"]).output.splitlines()
    last = [json.loads(line) for line in shown if '"export"' in line][-1]
    assert last["body"]["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()
    assert last["body"]["readers"] == "public"


def test_a_report_that_was_changed_is_refused(millbrook: Path, tmp_path: Path) -> None:
    copy = tmp_path / "audit"
    shutil.copytree(millbrook, copy)
    text = (copy / "report.json").read_text()
    (copy / "report.json").write_text(text.replace("5,891.60", "5,891.06"))
    done = CliRunner().invoke(main, ["report", str(copy)])
    assert done.exit_code == 4
    (copy / "report.json").write_text("{}")
    assert CliRunner().invoke(main, ["report", str(copy)]).exit_code == 3
    assert CliRunner().invoke(main, ["report", str(tmp_path)]).exit_code == 3
