"""Files as they come out of boxes: damaged, misnamed, hostile. Each ends as data or as one plain message."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from wardbook.custody import store
from wardbook.errors import InputRefusedError, NotWrittenError, WrongUseError
from wardbook.intake.sources import find_files
from wardbook.intake.take_in import TakeInReport, take_in
from wardbook.records.book import Book
from wardbook.records.engine import Engine
from wardbook.records.settings import Settings

HEAD = "day,vehicle,route_text,hours\n"
ROW = "2024-01-05,T-1,A-B,1.0\n"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with Book.create(tmp_path / "case.book", Settings()) as made:
        yield made


@pytest.fixture
def box(tmp_path: Path) -> Path:
    folder = tmp_path / "box"
    folder.mkdir()
    return folder


def query(book: Book, text: str) -> list[tuple[object, ...]]:
    with Engine() as engine:
        book.relations(engine)
        return engine.rows(text)


def refusal_of(report: TakeInReport) -> str:
    (one,) = report.exhibits
    assert (one.held, one.set_aside) == (1, 1)
    return str(one.refusal)


def workbook(path: Path, sheet_end: bytes) -> None:
    """A workbook of one heading line, with ``sheet_end`` put at the end of the sheet's data."""
    made = openpyxl.Workbook()
    made.create_sheet(index=0).append(HEAD.strip().split(","))
    plain = io.BytesIO()
    made.save(plain)
    with zipfile.ZipFile(plain) as read, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as write:
        for part in read.infolist():
            data = read.read(part)
            if "sheet1" in part.filename:
                data = data.replace(b"</sheetData>", sheet_end + b"</sheetData>")
            write.writestr(part.filename, data)


# ---------------------------------------------------------------- what a folder can hold


@pytest.mark.skipif(os.name != "posix", reason="links, pipes and such names are POSIX")
def test_what_cannot_be_opened_is_passed_over_and_named(book: Book, box: Path) -> None:
    (box / "log_entries.csv").write_text(HEAD + ROW, "utf-8")
    (box / "folder.csv").mkdir()
    (box / "broken.csv").symlink_to("nowhere")
    (box / "loop").symlink_to(".")
    (box / "self").symlink_to("self")
    os.mkfifo(box / "pipe.csv")
    (box / ".hidden.csv").write_text(HEAD, "utf-8")
    Book.create(box / "other.book", Settings()).log.close()
    report = take_in(book, [box])
    assert {one.name: one.why for one in report.passed_over} == {
        ".hidden.csv": "its name begins with a dot",
        "broken.csv": "a link to a file that is not there",
        "loop": "a link to a folder it lies in",
        "other.book": "a book of its own",
        "pipe.csv": "neither a file nor a folder",
        "self": "a link to a file that is not there",
    }
    assert [one.name for one in report.exhibits] == ["log_entries.csv"]
    assert {one["path"] for one in book.take_ins()[0].body["passed_over"]} >= {"pipe.csv", "broken.csv"}


def test_a_file_that_vanishes_is_passed_over_in_a_folder_and_refused_by_name(
    book: Book, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (box / "gone.csv").write_text(HEAD, "utf-8")
    (box / "log_entries.csv").write_text(HEAD + ROW, "utf-8")
    reading = store._reading

    def gone(source: Path) -> object:
        if source.name == "gone.csv":
            source.unlink(missing_ok=True)
        return reading(source)

    monkeypatch.setattr(store, "_reading", gone)
    report = take_in(book, [box])
    assert [(one.name, one.why) for one in report.passed_over] == [
        ("gone.csv", "it cannot be read (No such file or directory)")
    ]
    assert query(book, "SELECT count(*) FROM log_entries") == [(1,)]
    (box / "gone.csv").write_text(HEAD, "utf-8")
    before = book.checkpoint()
    with pytest.raises(InputRefusedError, match=r"gone\.csv"):
        take_in(book, [box / "gone.csv"])
    assert book.checkpoint() == before


@pytest.mark.skipif(os.name != "posix", reason="such names are POSIX")
def test_names_that_are_no_plain_text(book: Book, box: Path) -> None:
    (box / "log_entries-a\nb\x1b[31m.csv").write_text(HEAD + ROW, "utf-8")
    (box / "log_entries-[bold]x[red].csv").write_text(HEAD + ROW + ROW, "utf-8")
    raw = os.fsencode(str(box)) + b"/log_entries-\xff\xfe.csv"
    try:
        with open(raw, "wb") as stream:  # noqa: PTH123  a path of bytes
            stream.write((HEAD + ROW * 3).encode())
    except OSError:
        pytest.skip("the file system takes only UTF-8 names")
    report = take_in(book, [box])
    assert sorted(one.name for one in report.exhibits) == [
        "log_entries-[bold]x[red].csv",
        "log_entries-\\xff\\xfe.csv",
        "log_entries-a\nb\x1b[31m.csv",
    ]
    assert query(book, "SELECT count(*) FROM log_entries") == [(6,)]
    assert take_in(book, [box]).known == 3


def test_the_name_that_a_reader_knows_counts_among_names_of_the_same_bytes(book: Book, box: Path) -> None:
    (box / "aaa.csv").write_text(HEAD + ROW, "utf-8")
    (box / "log_entries.csv").write_text(HEAD + ROW, "utf-8")
    (one,) = take_in(book, [box]).exhibits
    assert (one.name, one.records) == ("log_entries.csv", 1)
    before = book.checkpoint()
    take_in(book, [box])
    assert book.checkpoint() == before


def test_what_is_set_aside_whole_is_not_set_aside_twice(book: Book, box: Path) -> None:
    (box / "log_entries.csv").write_text(HEAD + "03/04/2024,T-1,A-B,1.0\n", "utf-8")
    assert "say which number is the month" in refusal_of(take_in(book, [box]))
    before = book.checkpoint()
    again = take_in(book, [box])
    assert (again.exhibits, again.known, book.checkpoint()) == ((), 1, before)
    with pytest.raises(InputRefusedError, match="which number is the month"):
        take_in(book, [box / "log_entries.csv"])
    assert [one.records for one in take_in(book, [box], date_order="mdy").exhibits] == [1]


def test_a_book_is_no_source(book: Book, tmp_path: Path) -> None:
    for source in (book.path, book.path / "records"):
        with pytest.raises(WrongUseError, match="book"):
            take_in(book, [source])
    with pytest.raises(WrongUseError, match="does not exist"):
        find_files([tmp_path / "nowhere"])


def test_a_mapping_with_a_mistake_stops_the_take_in(book: Book, box: Path) -> None:
    (box / "log_entries.csv").write_text(HEAD + ROW, "utf-8")
    (box / "x.mapping.toml").write_text('name = "x"\ntabel = "y"\n', "utf-8")
    before = book.checkpoint()
    with pytest.raises(InputRefusedError, match=r"x\.mapping\.toml.*tabel"):
        take_in(book, [box])
    (box / "x.mapping.toml").write_bytes(b"\xff")
    with pytest.raises(InputRefusedError, match="UTF-8"):
        take_in(book, [box])
    with pytest.raises(WrongUseError, match="--mapping"):
        take_in(book, [box], mapping=box)
    assert book.checkpoint() == before


# ---------------------------------------------------------------- what a file can hold


def test_a_gzip_bomb_is_refused(book: Book, box: Path) -> None:
    (box / "log_entries.csv.gz").write_bytes(gzip.compress(HEAD.encode() + b"\n" * (40 << 20)))
    assert "unpack to more than" in refusal_of(take_in(book, [box]))


@pytest.mark.parametrize(
    ("sheet_end", "words"),
    [
        (b" " * (40 << 20), "parts that unpack to"),
        (b'<row r="9999999"><c r="A9999999"><v>1</v></c></row>', "beyond row 1,048,577"),
        (
            b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(2, 1500)),
            "beyond row",
        ),
    ],
    ids=["spaces", "far row", "far column"],
)
def test_a_workbook_made_to_fill_the_memory_is_refused(
    book: Book, box: Path, sheet_end: bytes, words: str
) -> None:
    workbook(box / "log_entries.xlsx", sheet_end)
    assert words in refusal_of(take_in(book, [box]))


def test_a_cell_that_swallows_the_file_sets_its_row_aside(book: Book, box: Path) -> None:
    lines = "2024-01-06,T-1,A-B,1.0\n" * 2000
    (box / "log_entries.csv").write_text(f'{HEAD}{ROW}2024-01-05,T-1,"A-{lines}",1.0\n', "utf-8")
    take_in(book, [box])
    assert query(book, "SELECT count(*) FROM log_entries") == [(1,)]
    ((line, expected),) = query(book, "SELECT line, expected FROM set_aside")
    assert line == 3
    assert "at most 32,767 characters" in str(expected)


# ---------------------------------------------------------------- one writer


def test_a_second_writer_waits_and_says_so(book: Book, box: Path) -> None:
    (box / "log_entries.csv").write_text(HEAD + ROW, "utf-8")
    with Book(book.path) as other, other.writing():
        with pytest.raises(NotWrittenError, match="another process"), book.log.writing(patience=0.3):
            pass
        assert query(book, "SELECT count(*) FROM log_entries") == [(0,)]
    take_in(book, [box])
    assert query(book, "SELECT count(*) FROM log_entries") == [(1,)]


def test_a_full_disk_leaves_the_book_as_it_was(
    book: Book, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (box / "log_entries.csv").write_text(HEAD + ROW, "utf-8")
    before = book.checkpoint()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("wardbook.records.book.sync_file", full)
        with pytest.raises(NotWrittenError, match="No space left"):
            take_in(book, [box])
    assert book.checkpoint() == before
    assert not (book.path / "staging").exists()
    take_in(book, [box])
    assert query(book, "SELECT count(*) FROM log_entries") == [(1,)]
