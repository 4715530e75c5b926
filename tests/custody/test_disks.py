"""Disks that are full or cannot be written: bundling, publishing and auditing into them, and books on them.

Small disks are mounted where the system lets one; the limit of a file's size stands in for a full disk where
it does not.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from wardbook.cli import main
from wardbook.custody.log import Log
from wardbook.custody.tiles import TileFolder, audit_tiles
from wardbook.custody.verify import verify_bag
from wardbook.records.book import Book

PAGE = 4096
ENTRIES = "source_key,day,vehicle,stated_purpose\n" + "".join(
    f"{n},2024-03-{n:02},C2,Inspection of site {n} at the river\n" for n in range(1, 29)
)
VEHICLES = "name,kind\nC2,car\n"


def run(*words: object, code: int = 0) -> str:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book with a log of a car."""
    place = tmp_path_factory.mktemp("made")
    (place / "records").mkdir()
    (place / "records" / "log_entries.csv").write_text(ENTRIES, "utf-8")
    run("init", place / "case.book", "--title", "A case", "--time-zone", "America/New_York")
    run("take-in", place / "case.book", place / "records")
    return place / "case.book"


@pytest.fixture
def book(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "case.book"))


def state(book: Path) -> dict[str, str]:
    """The digests of all files of a book, and its checkpoint in place of the file of the log."""
    files = {path.relative_to(book).as_posix(): path for path in sorted(book.rglob("*")) if path.is_file()}
    found = {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in files.items()
        if not name.startswith("log/log.sqlite")
    }
    with Book(book) as opened:
        assert [entry.number for entry in opened.log.entries()] == list(range(len(opened.log)))
        return {**found, "log": opened.log.checkpoint()}


# ---------------------------------------------------------------- small disks

Disk = Callable[[str], Path]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """Mounts a disk in memory with the options given, at one place, in place of the one before."""
    place = tmp_path / "disk"
    place.mkdir()

    def unmount() -> None:
        if os.path.ismount(place):
            subprocess.run(["umount", str(place)], check=True)

    def mount(options: str) -> Path:
        unmount()
        words = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
        try:
            subprocess.run(words, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("no disk can be mounted here")
        return place

    yield mount
    unmount()


def left(place: Path) -> list[str]:
    return sorted(path.relative_to(place).as_posix() for path in place.rglob("*"))


def pages(folder: Path) -> int:
    return sum(-(-path.stat().st_size // PAGE) for path in folder.rglob("*") if path.is_file())


def test_a_bundle_for_which_there_is_no_room_leaves_nothing(book: Path, disk: Disk, tmp_path: Path) -> None:
    """From no room at all to one page less than the bag needs, and then enough."""
    words = ("--by", "x", "--why", "y")
    run("bundle", book, "--out", tmp_path / "bag", *words)
    needed, told = pages(tmp_path / "bag"), []
    for room in (1, 2, needed // 2, needed - 3, needed - 2, needed - 1):
        place = disk(f"size={room * PAGE}")
        before = state(book)
        said = run("bundle", book, "--out", place / "bag", *words, code=3)
        assert f"{place / 'bag'} cannot be written (No space left on device); nothing is left there" in said
        assert left(place) == []
        after = state(book)
        assert (after["log"] != before["log"]) == ("but for the entry of this export" in said)
        assert {**after, "log": ""} == {**before, "log": ""}
        told.append("but for the entry" in said)
    assert {True, False} == set(told), "both before the entry and after it"
    place = disk(f"size={(needed + 4) * PAGE}")
    run("bundle", book, "--out", place / "bag", *words)
    verify_bag(place / "bag")


def test_publishing_where_there_is_no_room_leaves_what_was_there(book: Path, disk: Disk) -> None:
    with Book(book) as opened, opened.log.writing():
        for number in range(300):
            opened.log.append("view", {"what": f"page {number}"})
    before = state(book)
    for room in (1, 3, 8):
        place = disk(f"size={room * PAGE}")
        (place / "mine").write_text("x", "utf-8")
        for folder in (place / "public", place):
            said = run("log", "publish", book, folder, code=3)
            assert f"{folder} cannot be written (No space left on device); it holds what it held" in said
            assert left(place) == ["mine"]
    assert state(book) == before
    place = disk(f"size={40 * PAGE}")
    run("log", "publish", book, place / "public")
    public = left(place)
    with Book(book) as opened, opened.log.writing():
        for number in range(300):
            opened.log.append("view", {"what": f"page {number}"})
    free = os.statvfs(place).f_bavail
    (place / "filled").write_bytes(bytes(PAGE * (free - 1)))
    said = run("log", "publish", book, place / "public", code=3)
    assert "it holds what it held before" in said
    assert left(place) == sorted([*public, "filled"])
    with Book(book) as opened:
        tiles = TileFolder(place / "public")
        point = bytes.fromhex(opened.log.checkpoint(302).split()[1])
        audit_tiles(tiles.folder, 302, point)
        (place / "filled").unlink()
    run("log", "publish", book, place / "public")


@pytest.mark.parametrize("room", [1, 12])
def test_an_audit_for_which_there_is_no_room_leaves_nothing(
    book: Path, disk: Disk, root: Path, room: int
) -> None:
    before, place = state(book), disk(f"size={room * PAGE}")
    rulebook = root / "examples" / "millbrook" / "policy.md"
    said = run("audit", book, "--rulebook", rulebook, "--out", place / "audit", code=3)
    assert "No space left on device" in said
    assert "Check that it is there, that you may use it, and that the disk is not full" in said
    assert left(place) == []
    assert state(book) == before


def test_a_disk_that_cannot_be_written_takes_nothing(book: Path, disk: Disk, root: Path) -> None:
    before, place = state(book), disk("ro")
    rulebook = root / "examples" / "millbrook" / "policy.md"
    for words in (
        ("bundle", book, "--out", place / "bag", "--by", "x", "--why", "y"),
        ("log", "publish", book, place / "public"),
        ("audit", book, "--rulebook", rulebook, "--out", place / "audit"),
    ):
        said = run(*words, code=3)
        assert "Read-only file system" in said
        assert str(place) in said
        assert left(place) == []
        assert state(book) == before


def test_statements_that_cannot_be_written_can_be_had_again(book: Path, disk: Disk, tmp_path: Path) -> None:
    """The entry stands; the file is written by the same command once there is room."""
    place = disk("ro")
    assert "Read-only" in run("log", "freeze", book, "--by", "x", "--out", place / "end", code=3)
    run("log", "freeze", book, "--by", "x", "--out", tmp_path / "end")
    with Book(book) as opened:
        assert (tmp_path / "end").read_bytes() == opened.log.statement(2)


def test_a_book_on_a_disk_that_is_full_stays_as_it_was(made: Path, disk: Disk, tmp_path: Path) -> None:
    place = disk("size=4m")
    book = Path(shutil.copytree(made, place / "case.book"))
    before = state(book)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "vehicles.csv").write_text(VEHICLES, "utf-8")
    free = os.statvfs(place).f_bavail - 10  # what SQLite needs beside a log to read it, and little more
    (place / "filled").write_bytes(bytes(free * PAGE))
    said = run("judge", book, "person", "a", "b", "--by", "x", "--why", "y" * 60_000, code=3)
    assert "that its disk is not full" in said
    said = run("take-in", book, tmp_path / "more", code=3)
    assert "cannot be written" in said
    assert "Make room on its disk" in said
    said = run("bundle", book, "--out", place / "bag", "--by", "x", "--why", "y", code=3)
    assert "cannot be written" in said
    (place / "filled").unlink()
    assert state(book) == before
    assert left(place / "case.book" / "staging") == []
    run("take-in", book, tmp_path / "more")
    assert "everything in the book is on the log" in run("log", "fsck", book)


def test_a_book_on_a_disk_that_cannot_be_written_is_read(
    made: Path, disk: Disk, root: Path, tmp_path: Path
) -> None:
    """A copy on a disc, or behind a write blocker: everything is read and checked, and nothing is added."""
    place = disk("size=8m")
    book = Path(shutil.copytree(made, place / "case.book"))
    before = state(book)
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
    assert "28  log_entries" in run("status", book)
    assert "everything in the book is on the log" in run("log", "fsck", book)
    assert "index 1" in run("log", "prove", book, 1)
    rulebook = root / "examples" / "millbrook" / "policy.md"
    assert "the audit is not on the book's log" in run(
        "audit", book, "--rulebook", rulebook, "--out", tmp_path / "audit"
    )
    assert "Check that you may write to the book" in run(
        "judge", book, "person", "a", "b", "--by", "x", "--why", "y", code=3
    )
    assert state(book) == before


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_log_that_was_not_closed_is_read_with_its_latest_entries_or_not_at_all(
    book: Path, disk: Disk, is_whole: bool
) -> None:
    """They are in the file beside it, which SQLite reads with a third file, or cannot read there."""
    log = Log(book / "log" / "log.sqlite")
    with log.writing():
        log.append("view", {"what": "x"})
    place = disk("size=8m")
    shutil.copytree(book, place / "case.book")
    log.close()
    assert (place / "case.book" / "log" / "log.sqlite-wal").stat().st_size > 0
    if not is_whole:
        (place / "case.book" / "log" / "log.sqlite-shm").unlink()
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
    if is_whole:
        assert run("log", "show", place / "case.book").count("view") == 1
    else:
        assert "cannot be opened" in run("log", "show", place / "case.book", code=3)


# ---------------------------------------------------------------- without a disk of one's own

LIMIT = 34_000
"""Bytes: more than SQLite needs beside a log to read it, less than a bundle of entries."""

LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
from wardbook.cli import main
main(sys.argv[2:])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of a file's size is that of Linux")
@pytest.mark.parametrize("words", [("bundle", "--by", "x", "--why", "y", "--out"), ("log", "publish")])
def test_files_that_cannot_grow_leave_nothing_behind(
    book: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "large").mkdir()
    (tmp_path / "large" / "log_entries.csv").write_text(ENTRIES + "x" * LIMIT, "utf-8")
    run("take-in", book, tmp_path / "large")
    with Book(book) as opened:
        with opened.log.writing():
            for number in range(300):
                opened.log.append("view", {"what": f"page {number}"})
        opened.log.sign_for_decades(opened.log.entries()[-1].at)
    before, target = state(book), tmp_path / "target"
    given = [words[0], str(book), *words[1:]] if words[0] == "bundle" else [*words, str(book)]
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(LIMIT), *given, str(target)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 3, done.stderr
    assert f"{target} cannot be written (File too large)" in done.stderr
    assert not target.exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert state(book) == before
