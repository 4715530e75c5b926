"""Signed notes and keys: published cases, worked examples of the specifications, and strictness."""

from __future__ import annotations

from base64 import b64decode
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tlog_scales.signing import MLDSA44CosignatureSigner, PlainEd25519Signer, Vkey
from tlog_scales.tlog import Checkpoint as Theirs

from tests.custody.vectors import STRICTER, folder, read_json
from wardbook.custody.checkpoint import Checkpoint, parse_checkpoint
from wardbook.custody.keys import (
    ED25519,
    ED25519_COSIGNATURE,
    MLDSA44_COSIGNATURE,
    SecretKey,
    new_key,
    parse_public_key,
    parse_secret_key,
)
from wardbook.custody.note import Note, open_note, parse_note
from wardbook.custody.refused import Refused
from wardbook.custody.tree import leaf_hash

LOG = SecretKey("example.com/log", ED25519, bytes(32))
WITNESS = SecretKey("witness.example/w1", ED25519_COSIGNATURE, bytes([1]) * 32)
QUANTUM = SecretKey("witness.example/w2", MLDSA44_COSIGNATURE, bytes([2]) * 32)
POINT = Checkpoint("example.com/log", 3, leaf_hash(b"root"))
TIME = 1_700_000_000


def signed() -> bytes:
    lines = (LOG.sign(POINT.text), WITNESS.sign(POINT.text, TIME), QUANTUM.sign(POINT.text, TIME))
    return Note(POINT.text, lines).whole.encode()


KNOWN = [LOG.public_key, WITNESS.public_key, QUANTUM.public_key]


# ---------------------------------------------------------------- published


def test_notes_of_the_go_implementation(shared: Path) -> None:
    cases = read_json(folder(shared) / "note" / "sumdb_note.json")["open_cases"]
    for case in cases:
        whole = b64decode(case["note"])
        try:
            opened = open_note(whole, [parse_public_key(text) for text in case["vkeys"]])
        except Refused:
            assert not case["ok"], case["name"]
            continue
        assert case["ok"], case["name"]
        assert (len(opened.signed), len(opened.unknown)) == (case["verified"], case["unverified"]), case[
            "name"
        ]
    assert len(cases) == 16


def test_key_texts_and_their_manglings(shared: Path) -> None:
    cases = read_json(folder(shared) / "note" / "sumdb_note.json")["vkey_cases"]
    for case in cases:
        try:
            key = parse_public_key(case["vkey"])
        except Refused:
            assert not case["ok"], case
        else:
            assert case["ok"], case
            assert key.text == case["vkey"]
    assert len(cases) == 2279


def test_checkpoint_texts(shared: Path) -> None:
    found = read_json(folder(shared) / "note" / "formats_checkpoint.json")
    for case in found["checkpoints"]:
        good = case["ok"] and case["desc"] not in STRICTER
        try:
            assert parse_checkpoint(case["text"]).text == case["text"]
        except Refused:
            assert not good, case["desc"]
        else:
            assert good, case["desc"]
    assert len(found["checkpoints"]) == 11


def test_cosigner_keys(shared: Path) -> None:
    """The ML-DSA-44 key there carries an ID that is not SHA-256(name, newline, kind, key): `STRICTER`."""
    cases = read_json(folder(shared) / "note" / "formats_checkpoint.json")["vkeys"]
    for case in cases:
        if case["vkey"].startswith("test+5893dc2c+"):
            with pytest.raises(Refused, match="the key ID of test is 31236897"):
                parse_public_key(case["vkey"])
        elif case["ok"] is True:
            assert parse_public_key(case["vkey"]).text == case["vkey"]
        else:
            with pytest.raises(Refused):
                parse_public_key(case["vkey"])
    assert len(cases) == 5


def test_worked_examples_of_the_specifications(shared: Path) -> None:
    found = read_json(folder(shared) / "note" / "c2sp_examples.json")
    example = found["note_example"]
    opened = open_note(example["note"].encode(), [parse_public_key(example["vkey"])])
    assert opened.note.text == "This is an example message.\n"
    note = parse_note(found["cosigned_checkpoint_example"].encode())
    point = parse_checkpoint(note.text)
    assert (point.origin, point.size) == ("example.com/behind-the-sofa", 20852163)
    assert found["cosigned_message"].endswith(note.text)
    assert note.whole == found["cosigned_checkpoint_example"]


def test_a_real_checkpoint(shared: Path) -> None:
    found = read_json(folder(shared) / "note" / "sumdb_real_checkpoint.json")
    opened = open_note(found["note"].encode(), [parse_public_key(found["vkey"])])
    assert opened.names == ("sum.golang.org",)
    assert opened.note.text.split("\n")[1] == "35225469"


# ---------------------------------------------------------------- own


def test_all_kinds_sign_and_say_when() -> None:
    opened = open_note(signed(), KNOWN)
    assert opened.names == ("example.com/log", "witness.example/w1", "witness.example/w2")
    times = [key.time_of(one.signature) for key, one in zip(KNOWN, opened.signed, strict=True)]
    assert times == [0, TIME, TIME]


def test_the_message_of_a_cosignature_is_that_of_the_specification(shared: Path) -> None:
    text = read_json(folder(shared) / "note" / "c2sp_examples.json")["cosigned_message"]
    lines = text.split("\n", 2)
    bare = WITNESS.sign(lines[2], int(lines[1].removeprefix("time ")))
    plain = SecretKey("witness.example/w1", ED25519, WITNESS.seed).sign(text)
    assert bare.signature[8:] == plain.signature


def test_unknown_keys_say_nothing_and_a_known_key_s_wrong_signature_refuses() -> None:
    assert len(open_note(signed(), [LOG.public_key]).unknown) == 2
    with pytest.raises(Refused, match="no known key signed"):
        open_note(signed(), [new_key("example.com/log", ED25519).public_key])
    other = Checkpoint(POINT.origin, 4, POINT.root).text
    moved = Note(other, parse_note(signed()).signatures).whole.encode()
    for key in KNOWN:
        with pytest.raises(Refused, match="does not verify"):
            open_note(moved, [key])


def test_a_time_is_signed_with_the_checkpoint() -> None:
    for key in (WITNESS, QUANTUM):
        one = key.sign(POINT.text, TIME)
        later = (TIME + 1).to_bytes(8, "big") + one.signature[8:]
        with pytest.raises(Refused, match="does not verify"):
            key.public_key.check(POINT.text, later)


def test_extension_lines_are_not_cosigned_by_ml_dsa() -> None:
    text = Checkpoint(POINT.origin, 3, POINT.root, ("extension",)).text
    with pytest.raises(Refused, match="extension"):
        QUANTUM.sign(text, TIME)
    WITNESS.public_key.check(text, WITNESS.sign(text, TIME).signature)


@pytest.mark.parametrize("kind", [ED25519, ED25519_COSIGNATURE, MLDSA44_COSIGNATURE])
def test_keys_come_back_from_their_texts(kind: int) -> None:
    key = new_key("wardbook.example/a", kind)
    assert parse_secret_key(key.text) == key
    assert parse_public_key(key.public_key.text) == key.public_key
    assert key.seed.hex() not in repr(key)


def test_a_secret_stands_in_no_message() -> None:
    text = new_key("a", ED25519).text
    for broken in (
        text[:-1],
        text[:-4] + "AAA=",
        text.replace("+a+", "+b+"),
        text.replace("PRIVATE", "PRIVAT"),
    ):
        with pytest.raises(Refused) as refused:
            parse_secret_key(broken)
        assert text[-30:-6] not in str(refused.value)


@settings(max_examples=300)
@given(st.data())
def test_no_bit_can_be_turned_in_a_signed_checkpoint(data: st.DataObject) -> None:
    """Each bit is covered by a signature, or the note is refused."""
    whole = Note(POINT.text, (LOG.sign(POINT.text), WITNESS.sign(POINT.text, TIME))).whole.encode()
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    bad = bytearray(whole)
    bad[bit // 8] ^= 1 << bit % 8
    try:
        opened = open_note(bytes(bad), KNOWN)
    except Refused:
        return
    assert opened.note.text == POINT.text
    assert len(opened.signed) == 1, "a flip in a name or key ID makes one line that of a key not known"


@given(
    st.binary(max_size=400) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_any_bytes_are_read_or_refused(whole: bytes) -> None:
    for read in (
        parse_note,
        lambda b: parse_checkpoint(b.decode("latin-1")),
        lambda b: parse_public_key(b.hex()),
    ):
        with suppress(Refused):
            read(whole)


def test_another_implementation_signs_and_checks_alike() -> None:
    """tlog-scales: its signatures are accepted here, and ours there."""
    plain, quantum = (
        PlainEd25519Signer(POINT.origin, LOG.seed),
        MLDSA44CosignatureSigner(POINT.origin, QUANTUM.seed),
    )
    theirs = Theirs.make_signed(POINT.origin, POINT.size, POINT.root, [plain, quantum])
    known = [parse_public_key(str(one.vkey.serialize())) for one in (plain, quantum)]
    assert len(open_note(theirs.serialize().encode(), known).signed) == 2
    ours = Theirs.from_text(signed().decode())
    for key in KNOWN:
        ours.verify(Vkey.from_string(key.text))
