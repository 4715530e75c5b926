"""Files that are not what their names say: each is kept, set aside as a whole, and named with what to do."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.intake.pdf_maker import PageMaker, pdf_bytes
from tests.intake.table_exhibits import NEW_YORK, exhibit
from wardbook.intake.readers import recognizing, why_unreadable
from wardbook.intake.take_in import take_in
from wardbook.records.book import Book
from wardbook.records.settings import Settings

PAGE = b"<!DOCTYPE html>\n<html><head><title>404</title></head><body>Not found</body></html>\n"
HEAD = b"day,stated_purpose\n"


def workbook() -> bytes:
    made, held = openpyxl.Workbook(), io.BytesIO()
    made.worksheets[0].append(["day", "amount"])
    made.save(held)
    return held.getvalue()


def packed() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("expenses.csv", HEAD * 500)
    return held.getvalue()


def archive() -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as made:
        entry = tarfile.TarInfo("expenses.csv")
        data = HEAD * 400
        entry.size = len(data)
        made.addfile(entry, io.BytesIO(data))
    return held.getvalue()


UNREADABLE = (
    ("expenses.csv", b"", "an empty file"),
    ("expenses.xlsx", PAGE, "a web page (HTML) under the name expenses.xlsx"),
    ("flight-log.pdf", PAGE, "a web page (HTML) under the name flight-log.pdf"),
    ("page.html", PAGE, "a web page (HTML) under the name page.html"),
    ("expenses.xlsx", workbook()[:900], "a damaged zip file (BadZipFile: File is not a zip file)"),
    ("box.zip", packed(), "a zip archive, or a document that is one inside (such as .docx or .ods)"),
    ("box.zip", packed()[:200], "a zip archive, or a document that is one inside (such as .docx or .ods)"),
    ("expenses.csv", b"\x00\x01\x02\x03" * 99, "bytes that are neither text nor an .xlsx workbook"),
)


@pytest.mark.parametrize(("name", "data", "found"), UNREADABLE)
def test_a_file_that_is_not_what_it_says_is_named(name: str, data: bytes, found: str, tmp_path: Path) -> None:
    source = exhibit(tmp_path, name, data)
    assert recognizing(source, NEW_YORK) == ()
    expected, told, advice = why_unreadable(source, NEW_YORK)
    assert (told, bool(expected), advice.endswith(".")) == (found, True, True)


def test_nothing_of_a_box_of_damaged_files_is_lost(tmp_path: Path) -> None:
    box = tmp_path / "box"
    box.mkdir()
    files = {f"{number}-{name}": data for number, (name, data, _) in enumerate(UNREADABLE)}
    files["cut.tar.gz"] = archive()[:-40]
    files["empty.pdf"] = b""
    files["scan.pdf"] = pdf_bytes([PageMaker()])
    files["log_entries.csv"] = HEAD + "2024-05-01,café\n".encode("cp1252")
    for name, data in files.items():
        (box / name).write_bytes(data)
    with Book.create(tmp_path / "damaged.book", Settings()) as book:
        report = take_in(book, [box])
    told = {
        one.name: (one.held, one.records, one.set_aside, one.refusal is not None) for one in report.exhibits
    }
    assert told.pop("log_entries.csv") == (2, 1, 0, False)
    assert set(told.values()) == {(1, 0, 1, True)}
    folder = tmp_path / "damaged.book" / "exhibits"
    assert {path.read_bytes() for path in folder.rglob("*") if path.is_file()} == {*files.values()}
