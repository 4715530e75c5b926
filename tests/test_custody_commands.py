"""Custody by the commands alone: a book, its log, a notice, a bundle, and what a stranger makes of it."""

from __future__ import annotations

import json
import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from wardbook.cli import main
from wardbook.custody.checkpoint import parse_checkpoint
from wardbook.custody.keys import ED25519_COSIGNATURE, SecretKey
from wardbook.custody.note import parse_note
from wardbook.records.book import Book
from wardbook.records.fsck import fsck

WITNESS = SecretKey("clerk.example/w1", ED25519_COSIGNATURE, bytes([1]) * 32)
TIME = 1_700_000_000


def run(*words: object, code: int = 0) -> Result:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """The example audited: ``audit`` with ``audit/millbrook.book``."""
    place = tmp_path_factory.mktemp("audited")
    run("audit", root / "examples" / "millbrook", "--out", place / "audit")
    return place


@pytest.fixture
def book(audited: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(audited / "audit" / "millbrook.book", tmp_path / "case.book"))


@pytest.fixture
def rulebook(root: Path) -> Path:
    """Where it lies; a book that was copied elsewhere no longer finds it by the path it was made with."""
    return root / "examples" / "millbrook" / "policy.md"


@pytest.fixture
def bag(book: Path, audited: Path, tmp_path: Path) -> Path:
    run(
        "bundle",
        book,
        "--audit",
        audited / "audit",
        "--out",
        tmp_path / "bag",
        "--by",
        "A. Reader",
        "--why",
        "hearing",
    )
    return tmp_path / "bag"


def test_a_bundle_is_verified_and_recomputed_to_the_byte(bag: Path) -> None:
    told = run("verify", bag)
    assert "19 are the bytes that were taken in" in told.output
    assert "none: the holder of the log's key could have rewritten all of it" in told.output
    again = run("rebuild", bag)
    assert "all of it came out the same" in again.output


def test_every_act_is_on_the_log_before_it_shows(book: Path, bag: Path) -> None:
    run("notice", book, "--to", "the unit", "--words", "all logs", "--by", "the inspector")
    asked = run(
        "request", book, "--to", "the unit", "--words", "messages", "--by", "x", "--due", "2024-01-01"
    )
    number = asked.output.split()[-1]
    run("answer", book, number, "--from", "the unit", "--words", "none", "--by", "x", "--nothing")
    run("judge", book, "person", "a", "b", "--by", "x", "--why", "y")
    kinds = [line.split()[-1] for line in run("log", "show", book).output.splitlines()]
    assert kinds == ["init", "take-in", "audit", "bundle", "notice", "request", "answer", "judgement"]
    words = [json.loads(line) for line in run("log", "show", book, "--json").output.splitlines()]
    assert words[4]["body"]["whom"] == "the unit"
    for entry, said in (
        (0, "was made"),
        (1, "19 exhibits"),
        (2, "audited"),
        (3, "A. Reader exported"),
        (6, "answered"),
    ):
        assert said in run("log", "explain", book, entry).output
    run("answer", book, 0, "--from", "x", "--words", "x", "--by", "x", code=2)
    run("log", "explain", book, 99, code=2)
    assert len(list(bag.iterdir())) == 5


def test_audits_of_a_book_are_the_same_whatever_was_shown_meanwhile(
    book: Path, audited: Path, rulebook: Path, tmp_path: Path
) -> None:
    run("bundle", book, "--out", tmp_path / "other", "--by", "x", "--why", "y")
    run("audit", book, "--rulebook", rulebook, "--out", tmp_path / "again")
    for path in (audited / "audit").iterdir():
        if path.is_file():
            assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes(), path.name


def test_a_copy_without_keys_is_audited_and_says_it_is_not_on_the_log(
    book: Path, rulebook: Path, tmp_path: Path
) -> None:
    (book / "log" / "key").unlink()
    told = run("audit", book, "--rulebook", rulebook, "--out", tmp_path / "again")
    assert "the audit is not on the book's log" in told.output


# ---------------------------------------------------------------- the log and those who keep it


def test_checkpoint_proof_publication_and_certificate(book: Path, tmp_path: Path) -> None:
    note = parse_note(run("log", "checkpoint", book).output.encode())
    assert len(note.signatures) == 2
    assert parse_checkpoint(note.text).size == 3
    run("log", "prove", book, 1, "--out", tmp_path / "receipt.tlog-proof")
    assert (
        (tmp_path / "receipt.tlog-proof").read_text("utf-8").startswith("c2sp.org/tlog-proof@v1\nindex 1\n")
    )
    run("log", "prove", book, 9, code=2)
    run("log", "publish", book, tmp_path / "public")
    assert (tmp_path / "public" / "checkpoint").is_file()
    words = run("log", "certificate", book, "--by", "A. Reader", "--title", "an investigator").output
    assert "902(13)" in words
    assert "everything was as the log says" in words


def test_a_sound_book_and_one_with_what_no_entry_names(book: Path) -> None:
    assert "everything in the book is on the log" in run("log", "fsck", book).output
    stray = book / "records" / "more"
    stray.mkdir()
    (stray / "uses.parquet").write_bytes(b"x")
    assert "records/more/uses.parquet is named by no entry" in run("log", "fsck", book, code=4).output


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("exhibits", "was changed"),
        ("records", "was changed"),
        ("subtrees", "do not fit the entries"),
        ("gone", "is missing"),
    ],
)
def test_what_was_changed_is_named(book: Path, what: str, told: str) -> None:
    if what == "subtrees":
        log = Book(book).log
        with log.writing():
            for _ in range(300):
                log.append("view", {"what": "x"})
        log.close()
        with sqlite3.connect(book / "log" / "log.sqlite") as connection:
            connection.execute("UPDATE subtrees SET hash = zeroblob(32)")
        connection.close()
    else:
        folder = "exhibits" if what == "gone" else what
        path = next(path for path in sorted((book / folder).rglob("*")) if path.is_file())
        path.chmod(0o644)
        if what == "gone":
            path.unlink()
        else:
            path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert told in run("log", "fsck", book, code=4).output


def test_a_log_turned_back_or_rewritten_is_found_by_a_kept_checkpoint(book: Path, tmp_path: Path) -> None:
    run("log", "fsck", book, "--kept", _kept(book, tmp_path / "kept"))
    older = (book / "log" / "log.sqlite").read_bytes()
    run("judge", book, "person", "a", "b", "--by", "x", "--why", "y")
    kept = _kept(book, tmp_path / "kept later")
    for name in ("log.sqlite-wal", "log.sqlite-shm"):
        (book / "log" / name).unlink(missing_ok=True)
    (book / "log" / "log.sqlite").write_bytes(older)
    assert "truncated" in run("log", "fsck", book, "--kept", kept, code=4).output
    run("judge", book, "person", "a", "c", "--by", "x", "--why", "otherwise")
    assert "rewritten" in run("log", "fsck", book, "--kept", kept, code=4).output
    (tmp_path / "junk").write_bytes(b"no checkpoint")
    assert "none of this log" in run("log", "fsck", book, "--kept", tmp_path / "junk", code=4).output


def _kept(book: Path, path: Path) -> Path:
    path.write_text(run("log", "checkpoint", book).output, "utf-8")
    with sqlite3.connect(book / "log" / "log.sqlite") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


def test_a_policy_of_witnesses_and_their_signatures(book: Path, audited: Path, tmp_path: Path) -> None:
    with Book(book) as opened:
        log_key = opened.log.keys[0].text
    policy = tmp_path / "policy"
    policy.write_text(f"log {log_key}\nwitness clerk {WITNESS.public_key.text}\nquorum clerk\n", "utf-8")
    run("log", "policy", book, policy, "--by", "the inspector")
    run("bundle", book, "--audit", audited / "audit", "--out", tmp_path / "bag", "--by", "x", "--why", "y")
    assert "the quorum clerk is not met" in run("verify", tmp_path / "bag", code=4).output
    run("log", "witness", book, "--out", tmp_path / "request")
    checkpoint = (tmp_path / "request").read_text("utf-8").partition("\n\n")[2]
    text = parse_note(checkpoint.encode()).text
    (tmp_path / "lines").write_text(WITNESS.sign(text, TIME).line, "utf-8")
    run("log", "cosign", book, tmp_path / "lines", "--bag", tmp_path / "bag")
    told = run("verify", tmp_path / "bag", "--policy", policy)
    assert "clerk (2023-11-14 22:13:20 UTC)" in told.output
    assert "keys that the reader gave" in told.output
    parts = json.loads(run("verify", tmp_path / "bag", "--json").stdout)["parts"]
    assert parts[0]["part"] == "bag"


def test_entries_that_wait_for_witnesses_for_a_day_are_told(book: Path) -> None:
    with Book(book) as opened:
        log = opened.log
        policy = f"log {log.keys[0].text}\nwitness clerk {WITNESS.public_key.text}\nquorum clerk\n"
        opened.act("policy", {"by": "x", "policy": policy})
        soon, later = (opened.log.entries()[-1].at + timedelta(hours=hours) for hours in (1, 30))
        assert fsck(opened, (), soon) == ()
        (found,) = fsck(opened, (), later)
        assert found.startswith("stalled: entry 0 of ")
        text = parse_note(log.signed_checkpoint()).text
        log.cosign(len(log), [WITNESS.sign(text, TIME)])
        assert fsck(opened, (), later) == ()


def test_the_holder_prints_the_keys_of_the_log(book: Path, tmp_path: Path) -> None:
    with Book(book) as opened:
        keys = [key.text for key in opened.log.keys]
        before = len(opened.log)
    printed = run("log", "policy", book).stdout
    assert [line.removeprefix("log ") for line in printed.splitlines() if line.startswith("log ")] == keys
    given = f"log {keys[0]}\nwitness clerk {WITNESS.public_key.text}\nquorum clerk\n"
    (tmp_path / "policy").write_text(given, "utf-8")
    run("log", "policy", book, tmp_path / "policy", code=2)
    run("log", "policy", book, "--by", "x", code=2)
    run("log", "policy", book, tmp_path / "policy", "--by", "x")
    assert run("log", "policy", book).stdout == given
    with Book(book) as opened:
        assert len(opened.log) == before + 1


def test_a_policy_that_does_not_name_the_fresh_key_is_told_of(book: Path, tmp_path: Path) -> None:
    before = run("log", "policy", book).stdout
    assert "does not name the key" not in run("log", "rotate-keys", book, "--by", "x").output
    (tmp_path / "policy").write_text(before, "utf-8")
    run("log", "policy", book, tmp_path / "policy", "--by", "x")
    told = run("bundle", book, "--out", tmp_path / "bag", "--by", "x", "--why", "y").output
    assert "does not name the key that signs its log now" in told
    run("verify", tmp_path / "bag", code=4)
    line = told.partition("add the line '")[2].partition("'")[0]
    (tmp_path / "policy").write_text(before.replace("quorum", f"{line}\nquorum"), "utf-8")
    run("log", "policy", book, tmp_path / "policy", "--by", "x")
    told = run("bundle", book, "--out", tmp_path / "good", "--by", "x", "--why", "y").output
    assert "does not name the key" not in told
    run("verify", tmp_path / "good")


def test_a_policy_for_another_log_is_refused(book: Path, tmp_path: Path) -> None:
    (tmp_path / "policy").write_text(f"witness clerk {WITNESS.public_key.text}\nquorum clerk\n", "utf-8")
    run("log", "policy", book, tmp_path / "policy", "--by", "x", code=2)
    (tmp_path / "policy").write_text("quorum nobody\n", "utf-8")
    run("log", "policy", book, tmp_path / "policy", "--by", "x", code=4)


# ---------------------------------------------------------------- settings


def test_settings_that_were_changed_unlogged_are_refused_and_can_be_put_back_or_entered(
    book: Path, rulebook: Path, tmp_path: Path
) -> None:
    toml = book / "book.toml"
    as_made = toml.read_text("utf-8")
    other = as_made.replace("America/New_York", "America/Chicago")
    assert other != as_made
    (tmp_path / "more.csv").write_text("date,place\n2024-03-01,Town Hall\n", "utf-8")
    run("log", "fsck", book)
    toml.write_text(other, "utf-8")
    assert "book.toml is not what entry 0 of the log says" in run("log", "fsck", book, code=4).output
    for refused in (
        ("audit", book, "--rulebook", rulebook, "--out", tmp_path / "audit"),
        ("status", book),
        ("take-in", book, tmp_path / "more.csv"),
        ("bundle", book, "--out", tmp_path / "bag", "--by", "x", "--why", "y"),
    ):
        assert "book.toml is not what entry 0" in run(*refused, code=4).output, refused
    toml.write_text("broken", "utf-8")
    assert run("settings", book).stdout == as_made
    toml.write_text(run("settings", book).stdout, "utf-8")
    run("log", "fsck", book)
    (tmp_path / "new.toml").write_text(other, "utf-8")
    number = int(run("settings", book, tmp_path / "new.toml", "--by", "A. Reader").output.split()[2])
    assert toml.read_text("utf-8") == run("settings", book).stdout == other
    assert "A. Reader changed the settings" in run("log", "explain", book, number).output
    run("log", "fsck", book)
    (tmp_path / "new.toml").write_text('time_zone = "Mars"', "utf-8")
    run("settings", book, tmp_path / "new.toml", "--by", "A. Reader", code=3)
    assert toml.read_text("utf-8") == other
    run("settings", book, tmp_path / "new.toml", code=2)


# ---------------------------------------------------------------- withholding and expunging


def test_what_is_withheld_stays_visible_and_the_rest_is_checked(
    book: Path, audited: Path, tmp_path: Path
) -> None:
    run("judge", book, "person", "a", "b", "--by", "the whistleblower", "--why", "y")
    out = tmp_path / "bag"
    words = ("--by", "x", "--why", "y", "--withhold", "judgement.by_whom=6(e)")
    run("bundle", book, "--audit", audited / "audit", "--out", out, *words, code=2)
    run("bundle", book, "--out", out, *words)
    told = run("verify", out)
    assert "1 fields of 1 entries (6(e))" in told.output
    assert b"whistleblower" not in b"".join(path.read_bytes() for path in out.rglob("*") if path.is_file())
    assert "cannot be recomputed" in run("rebuild", out, code=2).output
    for bad in ("judgement.nothing=x", "take-in.exhibits=x", "judgement", "entry x.why=1", "exhibit 00=x"):
        run("bundle", book, "--out", tmp_path / "no", "--by", "x", "--why", "y", "--withhold", bad, code=2)
    assert not (tmp_path / "no").exists()


def test_an_exhibit_that_is_withheld_is_not_in_the_bag_nor_what_was_read_from_it(
    book: Path, tmp_path: Path
) -> None:
    with Book(book) as opened:
        exhibit = opened.take_ins()[0].body["exhibits"][0]
    words = ("--by", "x", "--why", "y", "--withhold", f"exhibit {exhibit}=sealed")
    run("bundle", book, "--out", tmp_path / "bag", *words)
    assert "18 are the bytes that were taken in" in run("verify", tmp_path / "bag").output
    assert not (tmp_path / "bag" / "data" / "records").exists()


def test_expunging_by_order_of_a_court(book: Path, tmp_path: Path) -> None:
    run("log", "expunge", book, 0, "--order", "x", "--by", "x", code=2)
    run("log", "prove", book, 1, "--out", tmp_path / "before")
    run("log", "expunge", book, 1, "--order", "Order 7 of 2026", "--by", "the clerk")
    assert "everything in the book is on the log" in run("log", "fsck", book).output
    assert not [path for path in (book / "exhibits").rglob("*") if path.is_file()]
    assert "expunged by entry 3" in run("log", "explain", book, 1).output
    run("bundle", book, "--out", tmp_path / "bag", "--by", "x", "--why", "y")
    assert "expunged by Order 7 of 2026 (entry 3)" in run("verify", tmp_path / "bag").output
    run("log", "expunge", book, 1, "--order", "x", "--by", "x", code=2)


# ---------------------------------------------------------------- bad input


def test_places_that_are_taken_and_folders_that_are_no_audit(book: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    run("bundle", book, "--out", tmp_path / "taken", "--by", "x", "--why", "y", code=2)
    run(
        "bundle",
        book,
        "--audit",
        tmp_path / "taken",
        "--out",
        tmp_path / "bag",
        "--by",
        "x",
        "--why",
        "y",
        code=3,
    )
    assert not (tmp_path / "bag").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert "is not a bag" in run("verify", tmp_path / "taken", code=4).output
    assert "is not a folder" in run("verify", tmp_path / "nothing", code=4).output
