"""The log in SQLite: what is entered stays, is signed, can be proved, and every change of it is found."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardbook.custody.checkpoint import parse_checkpoint
from wardbook.custody.keys import ED25519, ED25519_COSIGNATURE, new_key
from wardbook.custody.log import Log
from wardbook.custody.note import open_note
from wardbook.custody.proof_file import check_proof_file, parse_proof_file
from wardbook.custody.rotation import check_rotation, keys_for
from wardbook.custody.tiles import audit_tiles
from wardbook.custody.tree import check_consistency, leaf_hash, root_hash
from wardbook.errors import NotWrittenError, VerificationError, WrongUseError

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def made(path: Path, *batches: int) -> Log:
    """A log with batches of so many entries."""
    log, number = Log(path / "log.sqlite"), 0
    for count in batches:
        with log.writing():
            for _ in range(count):
                log.append("take-in", {"source": f"box {number}", "by": "A. Reader"}, NOW)
                number += 1
    return log


def raw(path: Path, *statements: str) -> None:
    with sqlite3.connect(path / "log.sqlite") as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_entries_come_back_in_order_with_a_checkpoint(tmp_path: Path) -> None:
    log = Log(tmp_path / "log.sqlite")
    with log.writing():
        assert log.append("init", {"title": "Case"}, datetime(2026, 1, 1, tzinfo=UTC)) == 0
        assert log.append("take-in", {"source": "box 1"}, datetime(2026, 1, 2, tzinfo=UTC)) == 1
    assert [(e.number, e.kind, e.body) for e in log.entries()] == [
        (0, "init", {"title": "Case"}),
        (1, "take-in", {"source": "box 1"}),
    ]
    assert [e.kind for e in log.entries(datetime(2026, 1, 1, 12, tzinfo=UTC))] == ["init"]
    assert log.checkpoint().startswith("2 ")
    assert log.checkpoint(1).startswith("1 ")
    assert log.checkpoint(1) != log.checkpoint()


def test_an_entry_is_public_and_says_no_name(tmp_path: Path) -> None:
    log = made(tmp_path, 1)
    (text,) = log.texts(0, 1)
    assert b"Reader" not in text
    assert b"box" not in text
    shown = log.shown(0, {"by": "6(e)"})
    assert shown is not None
    assert shown.commitment.hex().encode() in text
    assert "by" not in shown.fields
    (tmp_path / "again").mkdir()
    again = made(tmp_path / "again", 1)
    assert again.texts(0, 1) != [text], "the same words twice are not to be seen as the same"


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    log = Log(tmp_path / "log.sqlite")
    before = log.checkpoint()

    def broken_off() -> None:
        with log.writing():
            log.append("take-in", {"source": "box 1"})
            raise RuntimeError("the disk went away")

    with pytest.raises(RuntimeError):
        broken_off()
    assert log.checkpoint() == before
    assert log.entries() == ()
    with log.writing():
        assert log.append("take-in", {"source": "box 1"}) == 0
    assert len(log.entries()) == 1


@settings(max_examples=15)
@given(batches=st.lists(st.integers(1, 300), min_size=1, max_size=5))
def test_every_batch_is_signed_and_grows_from_the_one_before(
    tmp_path_factory: pytest.TempPathFactory, batches: list[int]
) -> None:
    log = made(tmp_path_factory.mktemp("log"), *batches)
    assert log.sizes() == [sum(batches[: n + 1]) for n in range(len(batches))]
    leaves = [leaf_hash(text) for text in log.texts(0, len(log))]
    before = None
    for size in log.sizes():
        point = parse_checkpoint(open_note(log.signed_checkpoint(size), log.keys).note.text)
        assert (point.origin, point.size, point.root) == (log.origin, size, root_hash(leaves[:size]))
        if before:
            check_consistency(before.size, size, log.growth(before.size, size), before.root, point.root)
        before = point
    for number in (0, len(log) // 2, len(log) - 1):
        proof = parse_proof_file(log.proof(number).text.encode())
        check_proof_file(proof, leaves[number], log.keys)


def test_publishing_gives_a_log_that_a_stranger_audits(tmp_path: Path) -> None:
    log, place = made(tmp_path, 300), tmp_path / "published"
    log.published(place, NOW)
    with log.writing():
        for _ in range(400):
            log.append("view", {"what": "a page"})
    log.published(place, NOW)
    opened = open_note((place / "checkpoint").read_bytes(), log.keys)
    assert len(opened.signed) == 2, "Ed25519, and ML-DSA-44 for decades"
    point = parse_checkpoint(opened.note.text)
    assert point.size == 700
    audit_tiles(place, point.size, point.root)


def test_a_witness_s_signature_does_not_stand_for_the_log_s_own(tmp_path: Path) -> None:
    log = made(tmp_path, 1)
    text = open_note(log.signed_checkpoint(), log.keys).note.text
    witness = new_key("witness.example/w1", ED25519_COSIGNATURE)
    log.cosign(1, [witness.sign(text, 1)])
    log.published(tmp_path / "published", NOW)
    assert len(open_note((tmp_path / "published" / "checkpoint").read_bytes(), log.keys).signed) == 2


def test_a_log_whose_making_broke_off_is_made_whole(tmp_path: Path) -> None:
    made(tmp_path).close()
    raw(tmp_path, "DELETE FROM about")
    log = Log(tmp_path / "log.sqlite")
    with log.writing():
        log.append("init", {})
    assert len(log.entries()) == 1


def test_an_older_copy_of_the_log_is_not_published_over_a_newer_one(tmp_path: Path) -> None:
    made(tmp_path, 3).close()
    kept = (tmp_path / "log.sqlite").read_bytes()
    log = Log(tmp_path / "log.sqlite")
    with log.writing():
        log.append("view", {})
    log.published(tmp_path / "published", NOW)
    log.close()
    (tmp_path / "log.sqlite").write_bytes(kept)
    with pytest.raises(VerificationError, match="holds 4 entries of this log, which itself has 3"):
        Log(tmp_path / "log.sqlite").published(tmp_path / "published", NOW)


# ---------------------------------------------------------------- changes


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            ["UPDATE entries SET text = CAST(replace(text, '2026', '2025') AS BLOB) WHERE number = 1"],
            "log entry 1",
        ),
        (["DELETE FROM entries WHERE number = 0"], "log entry 0"),
        (["DELETE FROM entries WHERE number = 2", "DELETE FROM bodies WHERE number = 2"], "no checkpoint"),
        (["UPDATE entries SET leaf = zeroblob(32) WHERE number = 2"], "log entry 2"),
        (
            ["UPDATE bodies SET body = CAST(replace(body, 'box 1', 'box 7') AS BLOB) WHERE number = 1"],
            "stands for was",
        ),
        (["UPDATE bodies SET salt = zeroblob(32) WHERE number = 1"], "stands for was changed"),
        (["DELETE FROM bodies WHERE number = 1"], "no order to expunge"),
        (["INSERT INTO bodies VALUES (9, zeroblob(32), CAST('{}' AS BLOB))"], "belongs to no entry"),
        (["DELETE FROM checkpoints"], "no checkpoint"),
        (["UPDATE checkpoints SET note = zeroblob(100)"], "control character"),
        (["UPDATE about SET value = 'wardbook/other' WHERE name = 'origin'"], "another's"),
        (["DELETE FROM about WHERE name = 'keys'"], "does not say its keys"),
    ],
)
def test_a_change_of_any_table_is_found(tmp_path: Path, changes: list[str], told: str) -> None:
    made(tmp_path, 3).close()
    raw(tmp_path, *changes)
    with pytest.raises(VerificationError, match=told):
        Log(tmp_path / "log.sqlite").entries()


def test_a_rewritten_log_that_is_not_signed_takes_nothing_more(tmp_path: Path) -> None:
    """An entry put in with its right hash, by someone without the key."""
    log = made(tmp_path, 3)
    text = b'{"forged":true}'
    log.close()
    raw(tmp_path, f"INSERT INTO entries VALUES (3, x'{text.hex()}', x'{leaf_hash(text).hex()}')")
    log = Log(tmp_path / "log.sqlite")
    with pytest.raises(VerificationError, match="no checkpoint of 4"):
        log.entries()
    with pytest.raises(VerificationError, match="signed last"), log.writing():
        log.append("view", {})


def test_a_checkpoint_of_another_key_is_found(tmp_path: Path) -> None:
    log = made(tmp_path, 3)
    stranger = new_key(log.origin, ED25519)
    text = open_note(log.signed_checkpoint(), log.keys).note.text
    forged = text + "\n" + stranger.sign(text).line
    log.close()
    raw(tmp_path, f"UPDATE checkpoints SET note = x'{forged.encode().hex()}'")
    with pytest.raises(VerificationError, match="no known key signed"):
        Log(tmp_path / "log.sqlite").entries()


def test_without_its_keys_a_log_is_read_only(tmp_path: Path) -> None:
    made(tmp_path, 1).close()
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "key").unlink()
    log = Log(tmp_path / "log.sqlite")
    assert len(log.entries()) == 1
    with pytest.raises(NotWrittenError, match="cannot be read as the log's keys"), log.writing():
        log.append("view", {})
    assert len(log.entries()) == 1


# ---------------------------------------------------------------- keys


def test_fresh_keys_sign_from_then_on_and_the_old_ones_still_check(tmp_path: Path) -> None:
    log = made(tmp_path, 3)
    old = log.keys[0]
    assert log.rotate_keys("the inspector") == 3
    with log.writing():
        log.append("view", {"what": "x"})
    new = log.keys[2]
    assert open_note(log.signed_checkpoint(4), [old]).names == (log.origin,)
    assert open_note(log.signed_checkpoint(5), [new]).names == (log.origin,)
    statement = str(log.entries()[3].body["statement"]).encode()
    found = check_rotation(statement, old)
    assert (found.size, found.keys[1]) == (4, new)
    assert keys_for(5, old, [found]) == (new,)
    assert old.text.split("+")[2] not in (tmp_path / "key").read_text("ascii")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    log.close()
    assert len(Log(tmp_path / "log.sqlite").entries()) == 5


# ---------------------------------------------------------------- expunging


def test_what_is_expunged_is_gone_from_the_disk_and_its_proofs_stand(tmp_path: Path) -> None:
    log = made(tmp_path, 3)
    proof, leaf = log.proof(1), leaf_hash(log.texts(1, 2)[0])
    assert log.expunge(1, {"order": "Order 7 of 2026", "by": "the clerk"}) == 3
    found = log.entries()
    assert (found[1].body, found[1].expunged_by, found[1].kind) == ({}, 3, "take-in")
    assert found[3].body == {"order": "Order 7 of 2026", "by": "the clerk", "entry": 1}
    assert log.shown(1) is None
    check_proof_file(proof, leaf, log.keys)
    with pytest.raises(WrongUseError, match="nothing left"):
        log.expunge(1, {"order": "again"})
    on_disk = b"".join(path.read_bytes() for path in tmp_path.iterdir() if "sqlite" in path.name)
    assert b"box 0" in on_disk
    assert b"box 1" not in on_disk


def test_a_body_destroyed_under_the_order_for_another_is_found(tmp_path: Path) -> None:
    log = made(tmp_path, 3)
    log.expunge(1, {"order": "Order 7"})
    log.close()
    raw(tmp_path, "DELETE FROM bodies WHERE number = 2")
    with pytest.raises(VerificationError, match=r"log entry 2 .* no order to expunge"):
        Log(tmp_path / "log.sqlite").entries()


# ---------------------------------------------------------------- kill -9

WRITER = """
import sys
from pathlib import Path
from wardbook.custody.log import Log
log = Log(Path(sys.argv[1]))
while True:
    with log.writing():
        number = log.append("view", {"what": "x" * 200})
        log.append("view", {"what": "y"})
    print(number, flush=True)
"""


@pytest.mark.parametrize("lines", [1, 4, 9])
def test_nothing_acknowledged_is_lost_by_a_kill(tmp_path: Path, lines: int) -> None:
    """A writer is killed at some moment after so many acknowledged batches."""
    Log(tmp_path / "log.sqlite").close()
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path / "log.sqlite")], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        last = [int(writer.stdout.readline()) for _ in range(lines)][-1]
        writer.kill()
        rest = [int(line) for line in writer.stdout.read().split()]
    log = Log(tmp_path / "log.sqlite")
    found = log.entries()
    assert len(found) % 2 == 0, "a batch is there whole or not at all"
    assert len(found) >= max([last, *rest]) + 2
    with log.writing():
        log.append("view", {})
