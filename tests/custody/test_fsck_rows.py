"""Every row of a log and every file of a book, changed one by one on the disk: `fsck` says so, in words."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.custody.bench import AT
from wardbook.custody.keys import ED25519_COSIGNATURE, new_key
from wardbook.custody.note import parse_note
from wardbook.custody.store import sha256_file
from wardbook.records.book import Book, TakeIn
from wardbook.records.fsck import fsck
from wardbook.records.settings import Settings

LATER = timedelta(days=3650)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("books") / "book"
    with Book.create(place, Settings(title="A town", purpose="test")) as book:
        staging = book.staging()
        (staging / "letter").write_bytes(b"a letter")
        (staging / "rates.parquet").write_bytes(b"a table")
        letter = {sha256_file(staging / "letter"): staging / "letter"}
        book.enter(TakeIn("one", "box", letter, {"rates": staging / "rates.parquet"}, {"rates": 1}), {})
        book.judge("same-person", "A. Person", "Anna Person", "yes", "J. Doe", "why")
        size = len(book.log)
        text = parse_note(book.log.signed_checkpoint(size)).text
        book.log.cosign(size, [new_key("witness.example/w", ED25519_COSIGNATURE).sign(text, 5)])
    return place


def problems(book: Path) -> tuple[str, ...]:
    with Book(book) as opened:
        return fsck(opened, [], AT + LATER)


def copy(whole: Path, place: Path) -> Path:
    shutil.rmtree(place, ignore_errors=True)
    return shutil.copytree(whole, place)


CHECKED = {
    "entries": ("number", ("text", "leaf")),
    "bodies": ("number", ("salt", "body")),
    "frontier": ("one", ("size", "peaks")),
    "checkpoints": ("size", ("note",)),
}


def test_every_row_that_is_changed_is_told(whole: Path, tmp_path: Path) -> None:
    assert problems(whole) == ()
    count = 0
    for table, (key, columns) in CHECKED.items():
        with closing(sqlite3.connect(whole / "log" / "log.sqlite")) as log:
            rows = log.execute(f"SELECT {key} FROM {table}").fetchall()
        for (row,) in rows:
            for column in columns:
                for value in (b"", b"{", b"[1.5]", b"\xff" * 64):
                    work = copy(whole, tmp_path / "work")
                    with closing(sqlite3.connect(work / "log" / "log.sqlite")) as log:
                        new = len(value) if column == "size" else value
                        log.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (new, row))
                        log.commit()
                    assert problems(work), (table, row, column, value)
                    count += 1
    assert count > 50


def test_rows_of_a_checkpoint_that_never_was_are_told(whole: Path, tmp_path: Path) -> None:
    for change, why in (
        ("INSERT INTO checkpoints SELECT max(size) + 1, note FROM checkpoints", "another tree"),
        ("UPDATE cosignatures SET size = 99", "which the log never signed"),
        ("UPDATE cosignatures SET line = 'x'", "expected a signature line"),
    ):
        work = copy(whole, tmp_path / "work")
        with closing(sqlite3.connect(work / "log" / "log.sqlite")) as log:
            log.execute(change)
            log.commit()
        assert any(why in one for one in problems(work)), (change, problems(work))


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE more (a)",
        "CREATE INDEX more ON bodies (body)",
        "CREATE VIEW more AS SELECT 1",
        "CREATE TRIGGER more AFTER INSERT ON entries BEGIN DELETE FROM bodies; END",
        "ALTER TABLE bodies ADD COLUMN more TEXT",
        "INSERT INTO about VALUES ('more', 'x')",
    ],
)
def test_what_is_no_part_of_a_log_s_file_is_told(whole: Path, tmp_path: Path, change: str) -> None:
    work = copy(whole, tmp_path / "work")
    with closing(sqlite3.connect(work / "log" / "log.sqlite")) as log:
        log.execute(change)
        log.commit()
    assert any("is not the file of a log" in one for one in problems(work)), problems(work)


def test_every_file_that_is_changed_is_told_and_every_one_too_many(whole: Path, tmp_path: Path) -> None:
    files = [path.relative_to(whole) for path in sorted(whole.rglob("*")) if path.is_file()]
    kept = [name for name in files if name.parts[0] != "log"]
    assert len(kept) == 3
    for name in kept:
        work = copy(whole, tmp_path / "work")
        (work / name).chmod(0o600)
        (work / name).write_bytes((work / name).read_bytes() + b"\n")
        assert problems(work), name
        (work / name).unlink()
        (work / name).symlink_to(whole / name)
        assert any("is a link" in one for one in problems(work)), name
    for folder in ("", "log", "records", "records/one", "exhibits"):
        work = copy(whole, tmp_path / "work")
        (work / folder / "judgements.csv").write_bytes(b"x")
        assert any("judgements.csv is named by no entry" in one for one in problems(work)), folder
    work = copy(whole, tmp_path / "work")
    (work / "staging").mkdir(exist_ok=True)
    (work / "staging" / "half").write_bytes(b"x")
    assert problems(work) == ()
