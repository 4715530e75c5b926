from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from wardbook.custody.store import sha256_file
from wardbook.errors import InputRefusedError, VerificationError, WrongUseError
from wardbook.records.book import Book, TakeIn, parse_moment, parse_settings, settings_text
from wardbook.records.engine import Engine
from wardbook.records.schema import RATES
from wardbook.records.settings import Settings


def enter_rate(book: Book, name: str, amount: str) -> None:
    staging = book.staging()
    with Engine() as engine:
        engine.load(RATES, [{"record_id": name, "vehicle": "N1", "amount": amount}])
        engine.write_parquet("SELECT * FROM rates", staging / "rates.parquet")
    book.enter(TakeIn(name, "box", {}, {"rates": staging / "rates.parquet"}, {"rates": 1}), {})


def rates(book: Book, as_of: datetime | None = None) -> list[str]:
    with Engine() as engine:
        book.relations(engine, as_of)
        return [str(row[0]) for row in engine.rows("SELECT amount FROM rates ORDER BY amount")]


def test_the_book_as_it_stood(tmp_path: Path) -> None:
    with Book.create(tmp_path / "case.book", Settings(title="Case")) as book:
        enter_rate(book, "one", "1.00")
        between = book.log.entries()[-1].at + timedelta(microseconds=1)
        enter_rate(book, "two", "2.00")
        assert rates(book) == ["1.00", "2.00"]
        assert rates(book, between) == ["1.00"]
        assert book.checkpoint(between) != book.checkpoint()


def test_a_changed_table_is_found(tmp_path: Path) -> None:
    with Book.create(tmp_path / "case.book", Settings()) as book:
        enter_rate(book, "one", "1.00")
        file = tmp_path / "case.book" / "records" / "one" / "rates.parquet"
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(bytes(data))
        with pytest.raises(VerificationError, match="not what the log says"):
            rates(book)


def test_what_was_prepared_and_not_logged_is_not_in_the_book(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Book.create(tmp_path / "case.book", Settings()) as book:
        before = book.checkpoint()

        def crash(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(book.log, "append", crash)
        with pytest.raises(KeyboardInterrupt):
            enter_rate(book, "one", "1.00")
    with Book(tmp_path / "case.book") as again:
        assert again.checkpoint() == before
        assert rates(again) == []
        enter_rate(again, "one", "1.00")
        assert rates(again) == ["1.00"]


def test_the_latest_judgement_is_on_record_with_who_and_why(tmp_path: Path) -> None:
    with Book.create(tmp_path / "case.book", Settings()) as book:
        book.judge(
            "person", "jim justice", "tim justice", "different", "A. Reader", "different badge numbers"
        )
        with Engine() as engine:
            book.relations(engine)
            assert engine.rows("SELECT kind, verdict, by_whom, why FROM judgements") == [
                ("person", "different", "A. Reader", "different badge numbers")
            ]


def test_settings_round_trip() -> None:
    settings = Settings(
        title='The "box"',
        jurisdiction="Town",
        principal_names=("A B", "C D"),
        payers={"campaign": "Friends of A B"},
    )
    assert parse_settings(settings_text(settings), "book.toml") == settings


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('tittle = "x"', "tittle"),
        ('time_zone = "Mars/Olympus"', "Mars/Olympus"),
        ("title = ", "TOML"),
        ("title = 5", "title = 5"),
        ('principal_names = "A B"', "a list of names"),
        ("payers = 3", r"\[payers\]"),
        ("time_zone = 5", "time_zone"),
        ('time_zone = "America"', "time zone"),
        ("format = 9", "another format"),
    ],
)
def test_a_bad_book_toml_is_refused(text: str, words: str) -> None:
    with pytest.raises(InputRefusedError, match=words) as caught:
        parse_settings(text, "box/book.toml")
    assert "box/book.toml" in str(caught.value)
    assert caught.value.exit_code == 3


def test_a_folder_that_is_no_book(tmp_path: Path) -> None:
    with pytest.raises(WrongUseError, match="wardbook init"):
        Book(tmp_path)


def test_a_book_is_not_made_over_something(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")
    with pytest.raises(WrongUseError, match="not empty"):
        Book.create(tmp_path, Settings())


def test_moments() -> None:
    assert parse_moment("2026-10-07") == datetime(2026, 10, 7, 23, 59, 59, 999999, tzinfo=UTC)
    assert parse_moment("2026-10-07T12:00:00+02:00") == datetime(2026, 10, 7, 10, tzinfo=UTC)
    with pytest.raises(WrongUseError, match="yesterday"):
        parse_moment("yesterday")


def test_settings_with_odd_characters_round_trip() -> None:
    settings = Settings(title='a\x01b\x7f\t"\\\n')
    assert parse_settings(settings_text(settings), "book.toml") == settings


def book_with_an_exhibit(tmp_path: Path) -> Path:
    path = tmp_path / "case.book"
    with Book.create(path, Settings()) as book:
        staging = book.staging()
        (staging / "x").write_bytes(b"bytes")
        sha256 = sha256_file(staging / "x")
        book.enter(TakeIn("one", "box", {sha256: staging / "x"}, {}, {}), {})
        assert book.verify() == ()
    return path


def test_an_exhibit_edited_or_gone_is_found(tmp_path: Path) -> None:
    path = book_with_an_exhibit(tmp_path)
    (exhibit,) = (one for one in (path / "exhibits").rglob("*") if one.is_file())
    exhibit.chmod(0o644)
    exhibit.write_bytes(b"bytez")
    with Book(path) as book, pytest.raises(VerificationError, match=exhibit.name):
        book.verify()
    exhibit.unlink()
    with Book(path) as book, pytest.raises(VerificationError, match="1 of 1 exhibits"):
        book.verify()


def test_records_without_their_log_entry_are_named(tmp_path: Path) -> None:
    path = book_with_an_exhibit(tmp_path)
    with Book(path) as book:
        (path / "records" / "two").mkdir()
        (note,) = book.verify()
    assert "records/two is not on the log" in note


@pytest.mark.parametrize("part", ["log/log.sqlite", "book.toml"])
@pytest.mark.parametrize("damage", ["gone", "empty"])
def test_a_book_without_its_log_or_settings_is_still_a_book(tmp_path: Path, part: str, damage: str) -> None:
    path = book_with_an_exhibit(tmp_path)
    (path / part).unlink()
    if damage == "empty":
        (path / part).touch()
    assert Book.is_book(path)
    with pytest.raises(VerificationError, match="missing or empty"):
        Book(path)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM entries WHERE number = 0",
        "DELETE FROM entries",
        "UPDATE bodies SET body = CAST(replace(body, 'box', 'bax') AS BLOB)",
        "DROP TABLE entries",
    ],
)
def test_an_edited_log_is_found(tmp_path: Path, statement: str) -> None:
    path = book_with_an_exhibit(tmp_path)
    connection = sqlite3.connect(path / "log" / "log.sqlite")
    connection.execute(statement)
    connection.commit()
    connection.close()
    with Book(path) as book, Engine() as engine, pytest.raises(VerificationError, match="log"):
        book.relations(engine)


@pytest.mark.parametrize("size", [50, 4096, 5000])
def test_a_truncated_log_is_found(tmp_path: Path, size: int) -> None:
    path = book_with_an_exhibit(tmp_path)
    with (path / "log" / "log.sqlite").open("r+b") as stream:
        stream.truncate(size)
    with pytest.raises(VerificationError, match="log"), Engine() as engine, Book(path) as book:
        book.relations(engine)
