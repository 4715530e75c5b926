"""Witnesses that heed statements about a log's keys: fresh keys, a stolen key revoked, the end of a log."""

from __future__ import annotations

import http.client
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from wardbook.cli import main
from wardbook.custody.checkpoint import Checkpoint
from wardbook.custody.keys import ED25519, MLDSA44_COSIGNATURE, SecretKey, parse_secret_key
from wardbook.custody.known_log import FORGED, TWO_FOLLOW, KnownLog
from wardbook.custody.log import Log
from wardbook.custody.note import Note, parse_note
from wardbook.custody.refused import Refused
from wardbook.custody.rotation import FREEZE, REVOKED, ROTATION, Statement
from wardbook.custody.tree import Leaves, leaf_hash, prove_consistency, root_hash
from wardbook.custody.witness import Answer, Request, Witness
from wardbook.custody.witness_server import serve
from wardbook.errors import NotWrittenError
from wardbook.records.book import Book
from wardbook.records.fsck import fsck

NOW = 1_700_000_000
ORIGIN = "wardbook/0011223344556677"
OLD, NEW, THIRD, OTHER = (SecretKey(ORIGIN, ED25519, bytes([n]) * 32) for n in (1, 2, 3, 4))
QUANTUM = SecretKey(ORIGIN, MLDSA44_COSIGNATURE, bytes([5]) * 32)
CUSTODIANS = [SecretKey(f"custodian.example/{n}", ED25519, bytes([10 + n]) * 32) for n in range(3)]
HASHES = [leaf_hash(bytes([n])) for n in range(200)]
FORK = [*HASHES[:40], *(leaf_hash(b"forged" + bytes([n])) for n in range(160))]


def shown(size: int, *by: SecretKey, hashes: Sequence[bytes] = HASHES, old: int = 0) -> bytes:
    """A request for a signature on the checkpoint of a size, signed by keys."""
    text = Checkpoint(ORIGIN, size, root_hash(hashes[:size])).text
    note = Note(text, tuple(key.sign(text) for key in by)).whole.encode()
    return Request(old, prove_consistency(Leaves(hashes), old, size), note).text


def rotation(old: SecretKey, new: SecretKey, size: int) -> bytes:
    return Statement(ROTATION, ORIGIN, size, (old.public_key, new.public_key)).signed(old, new)


def revoked(key: SecretKey, size: int, *by: SecretKey) -> bytes:
    return Statement(REVOKED, ORIGIN, size, (key.public_key,)).signed(*(by or CUSTODIANS[:2]))


def freeze(size: int, by: SecretKey) -> bytes:
    return Statement(FREEZE, ORIGIN, size).signed(by)


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    found = Witness.create(tmp_path / "witness", "witness.example/w1")
    found.trust(OLD.public_key.text)
    found.custodians(ORIGIN, [key.public_key.text for key in CUSTODIANS], 2)
    return found


def signs(witness: Witness, size: int, by: SecretKey, hashes: Sequence[bytes] = HASHES) -> Answer:
    """What the witness answers when it is asked from the size that it signed last."""
    old = next((size for _, size, _ in witness.latest()), 0)
    return witness.add(shown(size, by, hashes=hashes, old=min(old, size)), NOW)


# ---------------------------------------------------------------- fresh keys


def test_a_rotation_makes_the_new_key_known_and_ends_the_old_one(witness: Witness) -> None:
    assert signs(witness, 30, OLD).status == 200
    assert signs(witness, 55, NEW).status == 403, "not known yet"
    assert witness.heed(rotation(OLD, NEW, 50), NOW).startswith(f"from 50 entries on {ORIGIN}+")
    assert signs(witness, 50, OLD).status == 200
    answer = signs(witness, 55, OLD)
    assert (answer.status, "does not sign for the log at 55 entries" in answer.body) == (403, True)
    assert signs(witness, 55, NEW).status == 200
    assert witness.exhibits() == ()
    assert witness.heed(rotation(OLD, NEW, 50), NOW).startswith("known already")
    witness.heed(rotation(NEW, THIRD, 80), NOW)
    assert [signs(witness, size, by).status for size, by in ((81, NEW), (81, THIRD))] == [403, 200]
    assert [one.size for one in witness.statements()] == [50, 80]


def test_both_keys_may_stand_on_one_checkpoint_of_the_overlap(witness: Witness) -> None:
    witness.heed(rotation(OLD, NEW, 50), NOW)
    assert witness.add(shown(60, OLD, NEW), NOW).status == 200
    ((_, _, note),) = witness.latest()
    ids = [one.key_id for one in parse_note(note).signatures if one.name == ORIGIN]
    assert ids == [NEW.public_key.key_id], "the old key's line says nothing there, and is left out"


@pytest.mark.parametrize(
    ("whole", "why"),
    [
        (rotation(NEW, THIRD, 50), "none of the keys that hold"),
        (Statement(ROTATION, ORIGIN, 50, (OLD.public_key, NEW.public_key)).signed(NEW), "both keys"),
        (Statement(ROTATION, ORIGIN, 50, (OLD.public_key, NEW.public_key)).signed(OLD), "both keys"),
        (freeze(50, NEW), "no known key signed"),
        (revoked(OLD, 50, CUSTODIANS[0]), "2 custodians are to sign, and 1 did"),
        (revoked(OLD, 50, OLD), "no known key signed"),
        (Statement(FREEZE, "wardbook/other", 5).signed(OLD), "no key of the log wardbook/other is known"),
        (b"junk", "expected"),
    ],
)
def test_what_is_not_heeded(witness: Witness, whole: bytes, why: str) -> None:
    with pytest.raises(Refused, match=why):
        witness.heed(whole, NOW)
    assert witness.statements() == ()
    assert signs(witness, 60, OLD).status == 200


def test_a_second_key_that_follows_one_is_refused_and_kept(witness: Witness) -> None:
    witness.heed(rotation(OLD, NEW, 50), NOW)
    second = rotation(OLD, THIRD, 60)
    with pytest.raises(Refused, match=TWO_FOLLOW):
        witness.heed(second, NOW)
    (found,) = witness.exhibits()
    assert (found.kept, found.shown, found.is_proof) == (rotation(OLD, NEW, 50), second, False)
    assert signs(witness, 60, THIRD).status == 403
    with pytest.raises(Refused, match="was followed by"):
        witness.heed(freeze(70, OLD), NOW)
    with pytest.raises(Refused, match="goes on from no key"):
        witness.heed(rotation(NEW, THIRD, 49), NOW)


def test_of_several_keys_trusted_in_person_each_is_followed(witness: Witness) -> None:
    witness.trust(OTHER.public_key.text)
    witness.heed(rotation(OLD, NEW, 50), NOW)
    witness.heed(rotation(OTHER, THIRD, 60), NOW)
    assert [signs(witness, 55, by).status for by in (OLD, NEW, OTHER)] == [403, 200, 200]
    assert [signs(witness, 65, by).status for by in (OTHER, THIRD, NEW)] == [403, 200, 200]
    witness.heed(freeze(70, THIRD), NOW)
    assert [signs(witness, 71, by).status for by in (NEW, THIRD)] == [403, 403], "one end for all"


def test_a_key_of_which_no_statement_speaks_does_not_outlive_one(witness: Witness) -> None:
    """An ML-DSA-44 key of the log, trusted as well, would else sign on after a rotation."""
    witness.trust(QUANTUM.public_key.text)
    assert signs(witness, 30, QUANTUM).status == 200
    witness.heed(rotation(OLD, NEW, 50), NOW)
    assert [signs(witness, 60, by).status for by in (QUANTUM, NEW)] == [403, 200]


# ---------------------------------------------------------------- the thief


def test_what_a_thief_signs_with_the_revoked_key_is_refused_and_kept(witness: Witness) -> None:
    assert signs(witness, 40, OLD).status == 200
    witness.heed(revoked(OLD, 40), NOW)
    forged = shown(60, OLD, hashes=FORK, old=40)
    answer = witness.add(forged, NOW + 5)
    assert answer.status == 403
    assert answer.body.startswith(f"{FORGED}: {ORIGIN}+")
    (found,) = witness.exhibits()
    assert (found.kept, found.shown, found.at) == (
        revoked(OLD, 40),
        forged.partition(b"\n\n")[2],
        NOW + 5,
    )
    assert signs(witness, 40, OLD).status == 200, "what it signed honestly stands"
    assert witness.latest()[0][1] == 40


@pytest.mark.parametrize("late", [False, True])
def test_the_thief_cannot_go_on_to_a_key_of_their_own_nor_end_the_log(witness: Witness, late: bool) -> None:
    """Whether the theft is found before or after the thief has shown a statement."""
    assert signs(witness, 40, OLD).status == 200
    if late:
        witness.heed(rotation(OLD, OTHER, 50), NOW)
        assert signs(witness, 60, OTHER, FORK).status == 200, "nobody knows of the theft yet"
        witness.heed(revoked(OLD, 40), NOW)
    else:
        witness.heed(revoked(OLD, 40), NOW)
        for said in (rotation(OLD, OTHER, 50), freeze(50, OLD)):
            with pytest.raises(Refused, match=FORGED):
                witness.heed(said, NOW)
        assert len(witness.exhibits()) == 2
    assert [signs(witness, 70, by, FORK).status for by in (OLD, OTHER)] == [403, 403]
    witness.trust(THIRD.public_key.text)
    assert signs(witness, 70, THIRD, FORK).status == 200, "a key handed over in person is good again"


def test_a_witness_that_signed_for_the_thief_says_so(witness: Witness) -> None:
    assert signs(witness, 60, OLD, FORK).status == 200
    told = witness.heed(revoked(OLD, 40), NOW)
    assert "This witness signed 60 entries by that key before it knew" in told
    (found,) = witness.exhibits()
    assert found.why.startswith(FORGED)
    assert found.shown == witness.latest()[0][2]


def test_a_freeze_by_the_thief_falls_with_the_key(witness: Witness) -> None:
    witness.heed(freeze(60, OLD), NOW)
    witness.trust(THIRD.public_key.text)
    assert signs(witness, 70, THIRD).status == 403
    witness.heed(revoked(OLD, 40), NOW)
    assert signs(witness, 70, THIRD).status == 200


def test_of_several_revocations_the_smallest_size_counts(witness: Witness) -> None:
    witness.heed(revoked(OLD, 60), NOW)
    witness.heed(revoked(OLD, 40), NOW)
    with pytest.raises(Refused, match="beyond 40 entries already"):
        witness.heed(revoked(OLD, 50), NOW)
    assert [signs(witness, size, OLD).status for size in (40, 41)] == [200, 403]


def test_custodians_hold_no_key_of_the_log_and_are_asked_in_person(witness: Witness, tmp_path: Path) -> None:
    texts = [key.public_key.text for key in CUSTODIANS]
    for vkeys, least, why in (
        ([OLD.public_key.text], 1, "no key of the log"),
        ([SecretKey("x", ED25519, OLD.seed).public_key.text], 1, "no key of the log"),
        (texts, 4, "cannot be asked for"),
        ([texts[0], texts[0]], 2, "cannot be asked for"),
        ([SecretKey("x", MLDSA44_COSIGNATURE, bytes(32)).public_key.text], 1, "Ed25519"),
    ):
        with pytest.raises(Refused, match=why):
            witness.custodians(ORIGIN, vkeys, least)
    with pytest.raises(Refused, match="no key of the log wardbook/other is known"):
        witness.custodians("wardbook/other", texts, 2)
    witness.custodians(ORIGIN, texts[:1], 1)
    with pytest.raises(Refused, match="no known key signed"):
        witness.heed(revoked(OLD, 40, *CUSTODIANS[1:]), NOW)
    other = Witness.create(tmp_path / "other", "witness.example/w2")
    other.trust(OLD.public_key.text)
    with pytest.raises(Refused, match="no custodian of"):
        other.heed(revoked(OLD, 40), NOW)


# ---------------------------------------------------------------- the end


def test_nothing_is_signed_beyond_the_end_of_a_log(witness: Witness) -> None:
    assert signs(witness, 40, OLD).status == 200
    with pytest.raises(Refused, match="cannot have ended at 39 entries: this witness signed 40"):
        witness.heed(freeze(39, OLD), NOW)
    assert witness.heed(freeze(50, OLD), NOW) == f"{ORIGIN} has ended at 50 entries"
    assert signs(witness, 50, OLD).status == 200
    answer = signs(witness, 51, OLD)
    assert (answer.status, answer.body) == (403, "the log has ended at 50 entries: there is none of 51\n")
    with pytest.raises(Refused, match="no other statement comes after"):
        witness.heed(rotation(OLD, NEW, 50), NOW)
    assert witness.exhibits() == ()


# ---------------------------------------------------------------- any order of statements

KEYS = (OLD, NEW, THIRD)
ENDLESS = 99
Said = tuple[str, int, SecretKey, SecretKey]


def naive(said: Sequence[Said]) -> set[tuple[int, int]]:
    """Which key (by its place in KEYS) is good at which size, walked along from the first key."""
    stolen = {key.seed: ENDLESS for key in KEYS}
    for kind, at, key, _ in said:
        if kind == REVOKED:
            stolen[key.seed] = min(stolen[key.seed], at)
    key, begin, end, spans = OLD, 0, ENDLESS, []
    for kind, at, old, new in said:
        if kind == REVOKED or old != key or not begin <= at <= stolen[key.seed]:
            continue
        if kind == FREEZE:
            end = at
            break
        spans.append((key, begin, at))
        key, begin = new, at
    spans.append((key, begin, ENDLESS))
    return {
        (KEYS.index(one), size)
        for one, first, last in spans
        for size in range(12)
        if first <= size <= min(last, end, stolen[one.seed])
    }


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([ROTATION, ROTATION, REVOKED, FREEZE]),
            st.integers(0, 10),
            st.permutations(KEYS),
        ),
        max_size=7,
    )
)
def test_whatever_statements_come_the_keys_that_hold_are_those_of_the_twin(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[str, int, list[SecretKey]]]
) -> None:
    witness = Witness.create(tmp_path_factory.mktemp("w") / "witness", "witness.example/w1")
    witness.trust(OLD.public_key.text)
    witness.custodians(ORIGIN, [key.public_key.text for key in CUSTODIANS], 2)
    heeded: list[Said] = []
    wholes: list[bytes] = []
    for kind, at, (old, new, _) in drawn:
        whole = {ROTATION: rotation(old, new, at), REVOKED: revoked(old, at), FREEZE: freeze(at, old)}[kind]
        try:
            if witness.heed(whole, NOW).startswith("known already"):
                continue
        except Refused:
            assert naive([*heeded, (kind, at, old, new)]) <= naive(heeded), "a refusal lets no key in"
            continue
        heeded.append((kind, at, old, new))
        wholes.append(whole)
    known = KnownLog(ORIGIN, (OLD.public_key,), tuple(wholes))
    places = {key.public_key: n for n, key in enumerate(KEYS)}
    found = {(places[key], size) for size in range(12) for key in known.holding(size)}
    assert found == naive(heeded)


# ---------------------------------------------------------------- over HTTP


@pytest.fixture
def address(witness: Witness) -> Iterator[tuple[str, int]]:
    server = serve(witness, "127.0.0.1", 0, lambda: NOW)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield str(server.server_address[0]), int(server.server_address[1])
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_server_refuses_what_the_statements_end(witness: Witness, address: tuple[str, int]) -> None:
    connection = http.client.HTTPConnection(*address, timeout=10)

    def post(whole: bytes) -> tuple[int, str]:
        connection.request("POST", "/add-checkpoint", whole)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    assert post(shown(40, OLD))[0] == 200
    witness.heed(rotation(OLD, NEW, 50), NOW)
    status, body = post(shown(60, OLD, old=40))
    assert (status, "does not sign for the log at 60 entries" in body) == (403, True)
    assert post(shown(60, NEW, old=40))[0] == 200
    witness.heed(revoked(NEW, 70), NOW)
    status, body = post(shown(80, NEW, hashes=FORK, old=60))
    assert (status, body.startswith(FORGED)) == (403, True)
    assert len(witness.exhibits()) == 1
    witness.heed(freeze(65, NEW), NOW)
    assert post(shown(66, NEW, old=60)) == (403, "the log has ended at 65 entries: there is none of 66\n")
    connection.close()


# ---------------------------------------------------------------- by the commands


def run(*words: object, code: int = 0) -> str:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == code, result.output
    return result.output


def judge(book: Path, who: str, code: int = 0) -> str:
    return run("judge", book, "person", who, "b", "--by", "x", "--why", "y", code=code)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    run("init", tmp_path / "case.book", "--title", "A case")
    judge(tmp_path / "case.book", "a")
    return tmp_path / "case.book"


@pytest.fixture
def clerk(tmp_path: Path, book: Path) -> Path:
    """A witness that knows the book's key and signed what there was."""
    run("witness", "init", tmp_path / "clerk", "--name", "clerk.example.gov/w1")
    run("witness", "trust", tmp_path / "clerk", vkey(book))
    ask(book, tmp_path / "clerk", 0)
    return tmp_path / "clerk"


def vkey(book: Path, at: int = 0) -> str:
    log = Log(book / "log" / "log.sqlite")
    text = log.keys[at].text
    log.close()
    return text


def ask(book: Path, clerk: Path, old: int, code: int = 0) -> str:
    request = clerk.with_name("request")
    run("log", "witness", book, "--old", old, "--out", request)
    return run("witness", "sign", clerk, request, code=code)


def test_fresh_keys_are_carried_to_the_witness(book: Path, clerk: Path, tmp_path: Path) -> None:
    run("log", "rotate-keys", book, "--by", "the inspector", "--out", tmp_path / "statement")
    judge(book, "c")
    assert "no known key signed" in ask(book, clerk, 2, code=4)
    assert "from 3 entries on" in run("witness", "heed", clerk, tmp_path / "statement")
    assert "signed 4 entries" in ask(book, clerk, 2)
    assert "no more" in run("witness", "status", clerk)
    assert "everything in the book" in run("log", "fsck", book)
    (tmp_path / "junk").write_bytes(b"junk")
    run("witness", "heed", clerk, tmp_path / "junk", code=3)


def test_custodians_revoke_a_stolen_key(book: Path, clerk: Path, tmp_path: Path) -> None:
    """The thief has a copy of the book with its key, and goes on in it as they like."""
    stolen = Path(shutil.copytree(book, tmp_path / "stolen.book"))
    origin, key = vkey(book).split("+")[0], vkey(book)
    keys = []
    for n in (1, 2):
        keys.append(run("log", "custodian", tmp_path / f"c{n}", "--name", f"custodian.example/{n}").strip())
        assert (tmp_path / f"c{n}").stat().st_mode & 0o777 == 0o600
    run("log", "custodian", tmp_path / "c1", "--name", "custodian.example/1", code=2)
    run("log", "custodian", tmp_path / "c3", "--name", "with a blank", code=2)
    assert not (tmp_path / "c3").exists()
    assert "2 of custodian.example/1, custodian.example/2" in run(
        "witness", "custodians", clerk, origin, 2, *keys
    )
    one, two = tmp_path / "one", tmp_path / "two"
    run("log", "revoke", key, "--size", 2, "--key", tmp_path / "c1", "--out", one)
    assert "not heeded: 2 custodians are to sign, and 1 did" in run("witness", "heed", clerk, one, code=4)
    both = ("--size", 2, "--key", tmp_path / "c2", "--joining", one)
    assert "signed by 2" in run("log", "revoke", key, *both, "--out", two)
    assert "revoked beyond 2 entries" in run("witness", "heed", clerk, two)
    judge(stolen, "forged")
    assert FORGED in ask(stolen, clerk, 2, code=4)
    told = run("witness", "exhibits", clerk, "--out", tmp_path / "out")
    assert told.startswith("1 exhibits")
    (words,) = (path.read_text("utf-8") for path in (tmp_path / "out").rglob("README.txt"))
    assert "goes against the statement about the log's keys" in words
    assert FORGED in words
    run("log", "rotate-keys", stolen, "--by", "thief", "--out", tmp_path / "thief")
    assert FORGED in run("witness", "heed", clerk, tmp_path / "thief", code=4)


def test_what_a_custodian_may_not_sign(book: Path, tmp_path: Path) -> None:
    key, out = vkey(book), tmp_path / "out"
    run("log", "custodian", tmp_path / "c", "--name", "custodian.example/1")
    whose = ("--key", tmp_path / "c", "--out", out)
    run("log", "revoke", "junk", "--size", 2, *whose, code=2)
    run("log", "revoke", vkey(book, 1), "--size", 2, *whose, code=2)
    run("log", "revoke", key, "--size", 2, "--key", tmp_path / "c", "--out", tmp_path / "c", code=2)
    run("log", "revoke", key, "--size", 2, "--key", book / "book.toml", "--out", out, code=3)
    own = parse_secret_key((book / "log" / "key").read_text("ascii").split()[0])
    (tmp_path / "own").write_text(own.text, "ascii")
    run("log", "revoke", key, "--size", 2, "--key", tmp_path / "own", "--out", out, code=2)
    assert not out.exists()
    run("log", "revoke", key, "--size", 2, *whose)
    run("log", "revoke", key, "--size", 2, "--joining", out, *whose, code=2)
    run("log", "revoke", key, "--size", 3, "--joining", out, *whose, code=3)
    run("log", "revoke", key, "--size", 2, "--joining", tmp_path / "c", *whose, code=3)


def test_a_log_at_its_end_takes_nothing_more_and_can_be_read(
    book: Path, clerk: Path, tmp_path: Path
) -> None:
    end = tmp_path / "end"
    assert "ended with entry 2" in run("log", "freeze", book, "--by", "the inspector", "--out", end)
    before = run("log", "show", book)
    for refused in (
        judge(book, "c", code=3),
        run("log", "rotate-keys", book, "--by", "x", code=3),
        run("notice", book, "--to", "x", "--words", "y", "--by", "z", code=3),
        run("bundle", book, "--out", tmp_path / "bag", "--by", "x", "--why", "y", code=3),
        run("log", "expunge", book, 1, "--order", "x", "--by", "y", code=3),
        run("take-in", book, tmp_path / "clerk", code=3),
    ):
        assert "has ended with entry 2" in refused
    assert run("log", "show", book) == before
    assert not (tmp_path / "bag").exists()
    again = tmp_path / "again"
    assert "ended with entry 2 already" in run("log", "freeze", book, "--by", "x", "--out", again)
    assert again.read_bytes() == end.read_bytes()
    assert "the inspector ended the log" in run("log", "explain", book, 2)
    assert "everything in the book" in run("log", "fsck", book)
    assert "index 1" in run("log", "prove", book, 1)
    assert "3 entries in" in run("log", "publish", book, tmp_path / "public")
    assert "has ended at 3 entries" in run("witness", "heed", clerk, end)
    assert "signed 3 entries" in ask(book, clerk, 2)
    run("log", "checkpoint", book)


def test_a_log_that_goes_on_after_its_end_is_found(book: Path, clerk: Path, tmp_path: Path) -> None:
    """Whoever has the key and another program can add entries; fsck and the witness tell."""
    run("log", "freeze", book, "--by", "x", "--out", tmp_path / "end")
    run("witness", "heed", clerk, tmp_path / "end")
    log = Log(book / "log" / "log.sqlite")
    with pytest.raises(NotWrittenError, match="ended with entry 2"), log.writing():
        log.append("view", {"what": "x"})
    with pytest.raises(RuntimeError, match="an act of its own"), log._changing():
        log.freeze("x")
    with log._changing():
        log.append("view", {"what": "x"})
    log.close()
    assert "ended with entry 2, and 1 entries follow" in run("log", "fsck", book, code=4)
    assert "has ended at 3 entries" in ask(book, clerk, 2, code=4)


def test_a_statement_that_the_old_key_did_not_sign_and_a_checkpoint_by_it_are_found(book: Path) -> None:
    log = Log(book / "log" / "log.sqlite")
    old = parse_secret_key((book / "log" / "key").read_text("ascii").split()[0])
    log.rotate_keys("x")
    with log.writing():
        log.append("view", {"what": "x"})
    text = parse_note(log.signed_checkpoint()).text
    log._rows("UPDATE checkpoints SET note = ? WHERE size = 4", Note(text, (old.sign(text),)).whole.encode())
    log.close()
    with Book(book) as opened:
        (found,) = fsck(opened, (), opened.log.entries()[-1].at)
    assert found.startswith("the checkpoint of 4 entries is not signed by the key that held then")
    with Book(book) as opened, opened.log.writing():
        opened.log.append("key", {"by": "x", "statement": "junk"})
    with Book(book) as opened:
        (found,) = fsck(opened, (), opened.log.entries()[-1].at)
    assert found.startswith("the statement about keys in entry 4: ")


@pytest.mark.parametrize(("fails_at", "size"), [(1, 2), (2, 3)])
def test_a_power_cut_while_keys_are_rotated_leaves_a_log_that_goes_on(
    book: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int, size: int
) -> None:
    """Before the entry is on the disk the old keys sign on; after it the new ones do."""
    log, calls = Log(book / "log" / "log.sqlite"), [0]
    write = log._write_keys

    def cut(keys: Sequence[SecretKey]) -> None:
        calls[0] += 1
        if calls[0] == 1:
            write(keys)
        if calls[0] == fails_at:
            raise KeyboardInterrupt

    monkeypatch.setattr(log, "_write_keys", cut)
    with pytest.raises(KeyboardInterrupt):
        log.rotate_keys("x")
    log.close()
    again = Log(book / "log" / "log.sqlite")
    assert (len(again), len(again.keys)) == (size, 2 * fails_at)
    again.close()
    judge(book, "after")
    assert "everything in the book" in run("log", "fsck", book)
    run("log", "rotate-keys", book, "--by", "x")
    judge(book, "once more")
    assert "everything in the book" in run("log", "fsck", book)
    assert len((book / "log" / "key").read_text("ascii").splitlines()) == 2


def test_whoever_has_the_log_open_while_another_rotates_signs_with_the_new_keys(book: Path) -> None:
    one, other = (Log(book / "log" / "log.sqlite") for _ in range(2))
    with one.writing():
        one.append("view", {"what": "before"})
    other.rotate_keys("x")
    with one.writing():
        one.append("view", {"what": "after"})
    one.close()
    other.close()
    assert "everything in the book" in run("log", "fsck", book)


@pytest.mark.parametrize("at", [2, 4, 99])
def test_a_statement_is_about_the_size_at_which_it_was_entered(book: Path, at: int) -> None:
    own = parse_secret_key((book / "log" / "key").read_text("ascii").split()[0])
    new = SecretKey(own.name, ED25519, bytes([7]) * 32)
    said = Statement(ROTATION, own.name, at, (own.public_key, new.public_key)).signed(own, new)
    with Book(book) as opened, opened.log.writing():
        opened.log.append("key", {"by": "x", "statement": said.decode()})
    assert f"entry 2 has a statement about keys from {at} entries on" in run("log", "fsck", book, code=4)
