"""Archives: every file inside is an exhibit, and nothing in an archive can write, link or fill the disk."""

from __future__ import annotations

import gzip
import io
import tarfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardbook.errors import InputRefusedError
from wardbook.intake import archives
from wardbook.intake.archives import is_archive, with_members
from wardbook.intake.readers import find_reader
from wardbook.intake.sources import find_files
from wardbook.intake.take_in import missing_exhibits, take_in
from wardbook.records.book import Book
from wardbook.records.engine import Engine
from wardbook.records.settings import Settings

LOG = "day,vehicle,route_text\n2024-03-01,T-1,Town Hall-Airport\n"


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book.create(tmp_path / "case.book", Settings(time_zone="America/New_York"))


def archive(path: Path, *members: tuple[str, bytes | str | None], mode: str = "w:gz") -> Path:
    """An archive of those members: bytes are a file, a text is the target of a link, None is a device."""
    path.parent.mkdir(exist_ok=True)
    with tarfile.open(path, mode) as tar:  # type: ignore[call-overload]
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.mtime = 1_700_000_000
            if isinstance(content, bytes):
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
            else:
                info.type = tarfile.CHRTYPE if content is None else tarfile.SYMTYPE
                info.linkname = content or ""
                tar.addfile(info)
    return path


def query(book: Book, text: str) -> list[tuple[object, ...]]:
    with Engine() as engine:
        book.relations(engine)
        return engine.rows(text)


def test_each_file_is_an_exhibit_found_under_the_name_of_its_archive(book: Book, tmp_path: Path) -> None:
    members = (("logs/log_entries.csv", LOG.encode()), ("letter.txt", b"Dear inspector"))
    box = archive(tmp_path / "box" / "2024.tar.gz", *members).parent
    report = take_in(book, [box])
    assert [(one.name, one.reader, one.records) for one in report.exhibits] == [
        ("2024.tar.gz", "archive", 0),
        ("2024.tar.gz/logs/log_entries.csv", "plain-table", 1),
        ("2024.tar.gz/letter.txt", None, 0),
    ]
    changed = "SELECT path, CAST(modified_at AS DATE) FROM occurrences WHERE path LIKE '%letter%'"
    assert query(book, changed) == [("2024.tar.gz/letter.txt", date(2023, 11, 14))]
    assert query(book, "SELECT count(*) FROM log_entries") == [(1,)]
    assert take_in(book, [box]).known == 3
    assert missing_exhibits(book, [box]) == ()
    archive(box / "2024.tar.gz", ("logs/log_entries.csv", LOG.encode()))
    assert missing_exhibits(book, [box]) == ("2024.tar.gz", "2024.tar.gz/letter.txt")


def test_nothing_leaves_the_archive_by_its_name_and_no_link_is_followed(book: Book, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret", "utf-8")
    box = archive(
        tmp_path / "box" / "odd.tar",
        ("../escaped.csv", b"a"),
        ("logs/../../escaped.csv", b"b"),
        (str(tmp_path / "absolute.csv"), b"c"),
        ("..\\escaped.csv", b"d"),
        ("link.csv", str(secret)),
        ("device", None),
        (".hidden/log.csv", b"e"),
        ("good.txt", b"good"),
        mode="w",
    ).parent
    before = sorted(path.name for path in tmp_path.iterdir())
    report = take_in(book, [box])
    assert [one.name for one in report.exhibits] == ["odd.tar", "odd.tar/good.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert query(book, "SELECT line, found FROM set_aside WHERE line IS NOT NULL ORDER BY line") == [
        (1, "a name that leads out of the archive"),
        (2, "a name that leads out of the archive"),
        (3, "a name that leads out of the archive"),
        (4, "a name that leads out of the archive"),
        (5, "a link"),
        (6, "neither a file nor a folder"),
        (7, "its name begins with a dot"),
    ]


@pytest.mark.parametrize("keep", [200, -2000, -12, -1])
def test_an_archive_cut_short_is_refused_as_a_whole(book: Book, tmp_path: Path, keep: int) -> None:
    whole = archive(tmp_path / "box" / "cut.tar.gz", ("log_entries.csv", LOG.encode() * 400), ("b.txt", b"b"))
    # Stored without compression, so that the cut falls inside the members and not in the first block.
    data = gzip.compress(gzip.decompress(whole.read_bytes()), 0)
    whole.write_bytes(data[: keep if keep < 0 else len(data) - keep * 30])
    report = take_in(book, [whole.parent])
    assert [(one.name, one.reader, one.set_aside) for one in report.exhibits] == [("cut.tar.gz", None, 1)]
    with pytest.raises(InputRefusedError, match="to its end"):
        take_in(book, [whole])


def test_a_plain_archive_cut_between_two_files_is_refused_as_a_whole(book: Book, tmp_path: Path) -> None:
    box = tmp_path / "box"
    whole = archive(box / "cut.tar", ("a.txt", b"a" * 512), ("b.txt", b"b" * 512), mode="w")
    whole.write_bytes(whole.read_bytes()[:1024])
    assert [(one.name, one.reader) for one in take_in(book, [box]).exhibits] == [("cut.tar", None)]


def test_limits(book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box = archive(tmp_path / "box" / "big.tar.gz", ("big.txt", b"x" * 100_000), ("a.txt", b"a")).parent
    monkeypatch.setattr(archives, "LARGEST_FILE", 99_999)
    assert [one.name for one in take_in(book, [box]).exhibits] == ["big.tar.gz", "big.tar.gz/a.txt"]
    monkeypatch.setattr(archives, "MOST_FILES", 1)
    files = with_members(find_files([box]), tmp_path)
    assert [one.name for one in files.found] == ["big.tar.gz"]
    monkeypatch.setattr(archives, "MOST_FILES", 9)
    monkeypatch.setattr(archives._Counted, "__init__", limited)
    files = with_members(find_files([box]), tmp_path)
    assert [one.name for one in files.found] == ["big.tar.gz"]


def limited(self: archives._Counted, stream: io.BufferedReader) -> None:
    self.stream, self.left = stream, 50_000


def test_an_archive_in_an_archive_is_opened_and_one_too_deep_is_named(tmp_path: Path) -> None:
    inner = archive(tmp_path / "0.tar.gz", ("log.txt", b"deep"))
    for depth in range(1, 6):
        inner = archive(tmp_path / f"{depth}.tar.gz", (inner.name, inner.read_bytes()))
    folder = tmp_path / "out"
    folder.mkdir()
    files = with_members(find_files([inner]), folder)
    assert [one.name.count("/") for one in files.found] == [0, 1, 2, 3, 4]
    assert [(one.name, one.why) for one in files.passed_over] == [
        (
            "5.tar.gz/4.tar.gz/3.tar.gz/2.tar.gz/1.tar.gz",
            "an archive within itself, or too many within each other",
        )
    ]


def test_a_reader_that_is_named_is_for_the_files_inside(book: Book, tmp_path: Path) -> None:
    box = archive(tmp_path / "box" / "2024.tar.gz", ("log_entries.csv", LOG.encode())).parent
    report = take_in(book, [box], reader=find_reader("plain-table"))
    assert [(one.reader, one.records) for one in report.exhibits] == [("archive", 0), ("plain-table", 1)]


def test_a_gzipped_table_is_no_archive(tmp_path: Path) -> None:
    path = tmp_path / "log_entries.csv.gz"
    path.write_bytes(gzip.compress(LOG.encode() * 50))
    assert not is_archive(path)


@given(st.lists(st.tuples(st.sampled_from(["a.txt", "b/c.txt"]), st.binary(max_size=600)), max_size=8))
def test_what_was_put_in_comes_out(
    tmp_path_factory: pytest.TempPathFactory, members: list[tuple[str, bytes]]
) -> None:
    """Every file comes out with its bytes, in order, also where two have one name."""
    folder = tmp_path_factory.mktemp("archive")
    box = archive(folder / "box" / "x.tar.gz", *members)
    out = folder / "out"
    out.mkdir()
    found = with_members(find_files([box]), out).found[1:]
    expected = [(f"x.tar.gz/{name}", data) for name, data in members]
    assert [(one.name, one.file.read_bytes()) for one in found] == expected
