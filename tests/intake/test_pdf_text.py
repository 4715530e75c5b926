"""Words, rules and bands of a PDF, and why one gives no text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.intake.pdf_maker import PageMaker, pdf_bytes
from wardbook.intake.pdf_text import Page, first_page, is_pdf, read_pages, why_no_text


def write(folder: Path, data: bytes) -> Path:
    path = folder / "it.pdf"
    path.write_bytes(data)
    return path


def one_page(folder: Path, maker: PageMaker) -> Page:
    (page,) = read_pages(write(folder, pdf_bytes([maker])))
    return page


def test_words_stand_where_they_were_set(tmp_path: Path) -> None:
    maker = PageMaker()
    maker.text(100, 500, "Department of Commerce")
    maker.text(300, 503, "CRW-Bristol, TN-")
    page = one_page(tmp_path, maker)
    assert [word.text for word in page.words] == ["Department", "of", "Commerce", "CRW-Bristol,", "TN-"]
    assert [round(word.baseline) for word in page.words] == [500, 500, 500, 503, 503]
    assert page.words[0].left == pytest.approx(100, abs=1)
    assert page.words[3].left == pytest.approx(300, abs=1)
    assert page.characters == len("DepartmentofCommerceCRW-Bristol,TN-")


def test_two_cells_that_nearly_touch_are_two_words(tmp_path: Path) -> None:
    maker = PageMaker()
    maker.text(100, 500, "Parkersburg-CRW")
    first = one_page(tmp_path, maker).words[0]
    maker.text(first.right + 0.7, 500, "Example")
    assert [word.text for word in one_page(tmp_path, maker).words] == ["Parkersburg-CRW", "Example"]


def test_rules_and_bands_are_told_apart(tmp_path: Path) -> None:
    page = one_page(tmp_path, PageMaker(rules=[(21, 83, 536.8)], bands=[(18, 400, 700, 40)]))
    (rule,), (band,) = page.rules, page.bands
    assert (round(rule.left), round(rule.right)) in {(21, 83), (20, 84), (20, 83), (21, 84)}
    assert (round(band.left), round(band.bottom), round(band.right), round(band.top)) == (18, 400, 718, 440)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_page_is_read_as_it_is_shown(tmp_path: Path, rotate: int) -> None:
    maker = PageMaker(rotate=rotate, bands=[(18, 400, 700, 40)])
    maker.text(100, 500, "Date")
    page = one_page(tmp_path, maker)
    (word,), (band,) = page.words, page.bands
    assert (round(page.width), round(page.height)) == (1100, 612)
    assert word.left == pytest.approx(100, abs=1)
    assert word.baseline == pytest.approx(500, abs=1)
    assert (round(band.left), round(band.bottom)) == (18, 400)


def test_the_page_begins_at_its_own_corner(tmp_path: Path) -> None:
    maker = PageMaker(origin=(50, 70))
    maker.text(100, 500, "Date")
    (word,) = one_page(tmp_path, maker).words
    assert word.left == pytest.approx(100, abs=1)
    assert word.baseline == pytest.approx(500, abs=1)


def test_a_pdf_with_text_is_readable(tmp_path: Path) -> None:
    maker = PageMaker()
    maker.text(100, 500, "Date")
    assert why_no_text(write(tmp_path, pdf_bytes([PageMaker(image=True), maker]))) is None


def test_a_scan_is_named(tmp_path: Path) -> None:
    reason = why_no_text(write(tmp_path, pdf_bytes([PageMaker(image=True)])))
    assert reason is not None
    assert (reason.expected, reason.found) == ("a PDF with a text layer", "page images only (a scan)")
    assert "OCR" in reason.advice


def test_an_empty_pdf_is_named(tmp_path: Path) -> None:
    reason = why_no_text(write(tmp_path, pdf_bytes([PageMaker()])))
    assert reason is not None
    assert "without text or images" in reason.found


def test_a_locked_pdf_is_named(tmp_path: Path) -> None:
    maker = PageMaker()
    maker.text(100, 500, "Date")
    path = write(tmp_path, pdf_bytes([maker], locked=True))
    reason = why_no_text(path)
    assert reason is not None
    assert "password" in reason.found
    assert first_page(path) is None


def test_a_later_addition_that_was_cut_is_named(tmp_path: Path) -> None:
    maker = PageMaker()
    maker.text(100, 500, "Date")
    reason = why_no_text(write(tmp_path, pdf_bytes([maker]) + b"9 0 obj\n<< /Type /Pa"))
    assert reason is not None
    assert "behind the last %%EOF" in reason.found


def whole() -> bytes:
    maker = PageMaker()
    maker.text(100, 500, "Date")
    return pdf_bytes([maker, maker])


@given(st.integers(min_value=0, max_value=len(whole()) - len("%%EOF\n") + 3))
def test_a_pdf_cut_anywhere_is_unreadable(tmp_path_factory: pytest.TempPathFactory, end: int) -> None:
    path = write(tmp_path_factory.mktemp("cut"), whole()[:end])
    reason = why_no_text(path)
    assert reason is not None
    assert "truncated" in reason.found


def test_a_pdf_says_so_at_its_head() -> None:
    assert is_pdf(b"%PDF-1.7\n")
    assert is_pdf(b"\xef\xbb\xbf%PDF-1.7\n")
    assert not is_pdf(b"<html>%PDF")
