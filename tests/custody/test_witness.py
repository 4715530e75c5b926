"""Witnesses: the published session, growth and nothing else, over HTTP and by hand."""

from __future__ import annotations

import hashlib
import http.client
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from tests.custody.vectors import folder, read_json
from wardbook.cli import main
from wardbook.custody.checkpoint import Checkpoint, parse_checkpoint
from wardbook.custody.keys import ED25519, PublicKey, SecretKey
from wardbook.custody.log import Log
from wardbook.custody.note import Note, parse_note, parse_signature
from wardbook.custody.policy import check_quorum, parse_policy
from wardbook.custody.refused import Refused
from wardbook.custody.tree import Leaves, leaf_hash, prove_consistency, root_hash
from wardbook.custody.witness import Request, Witness, parse_request, read_spoken, spoken
from wardbook.custody.witness_server import serve

NOW = 1_700_000_000
LOG = SecretKey("example.com/log", ED25519, bytes(32))
HASHES = [leaf_hash(bytes([n])) for n in range(200)]


def checkpoint(size: int, hashes: list[bytes] = HASHES, by: SecretKey = LOG) -> bytes:
    text = Checkpoint("example.com/log", size, root_hash(hashes[:size])).text
    return Note(text, (by.sign(text),)).whole.encode()


def request(old: int, size: int, hashes: list[bytes] = HASHES) -> bytes:
    return Request(old, prove_consistency(Leaves(hashes), old, size), checkpoint(size, hashes)).text


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    found = Witness.create(tmp_path / "witness", "witness.example/w1")
    found.trust(LOG.public_key.text)
    return found


def signed(witness: Witness, size: int, body: str) -> None:
    """The lines are a quorum on the checkpoint of that size."""
    lines = [f"log {LOG.public_key.text}", *(f"witness w{n} {k.text}" for n, k in enumerate(witness.keys))]
    policy = parse_policy("\n".join([*lines, "group all-of-it all w0 w1", "quorum all-of-it", ""]).encode())
    assert check_quorum(checkpoint(size) + body.encode(), policy).witnesses == {"w0": NOW, "w1": NOW}


def test_the_published_session(shared: Path, tmp_path: Path) -> None:
    """litewitness, request by request; its 403 for a log that is not known is 404 in today's text."""
    session = read_json(folder(shared) / "witness" / "litewitness_session.json")
    witness = Witness.create(tmp_path / "witness", "witness.example/w1")
    key = PublicKey(session["origin"], ED25519, bytes.fromhex(session["log_key_hex"]))
    witness.trust(key.text)
    told = []
    for one in session["requests"]:
        answer = witness.add(one["body"].encode(), NOW)
        told.append(answer.status)
        wanted = one["status"]
        origin = one["body"].partition("\n\n")[2].split("\n")[0]
        assert answer.status == (404 if wanted == 403 and origin != session["origin"] else wanted), one
    assert len(told) == 9


def test_a_log_that_grows_is_signed_and_the_latest_is_served(witness: Witness) -> None:
    for old, size in ((0, 1), (1, 7), (7, 7), (7, 200)):
        answer = witness.add(request(old, size), NOW)
        assert answer.status == 200
        signed(witness, size, answer.body)
    ((origin, size, note),) = witness.latest()
    assert (origin, size) == ("example.com/log", 200)
    assert len(parse_note(note).signatures) == 3


@pytest.mark.parametrize(
    ("whole", "status"),
    [
        (request(0, 5), 409),
        (b"old 50\n\n" + checkpoint(5), 400),
        (b"old 7\n\n" + checkpoint(9), 422),
        (request(7, 9, [*HASHES[:3], bytes(32), *HASHES[4:]]), 422),
        (b"old 0\n" + b"AAAA\n" + b"\n" + checkpoint(9), 400),
        (b"old 07\n\n" + checkpoint(9), 400),
        (b"junk", 400),
        (b"old 7\n\n" + checkpoint(9, by=SecretKey("example.com/log", ED25519, bytes([9]) * 32)), 403),
        (b"old 7\n\n" + checkpoint(9).replace(b"example.com/log\n9", b"example.com/other\n9"), 404),
    ],
)
def test_what_is_not_signed(witness: Witness, whole: bytes, status: int) -> None:
    assert witness.add(request(0, 7), NOW).status == 200
    assert witness.add(whole, NOW).status == status
    assert witness.latest()[0][1] == 7


def test_the_size_signed_last_is_told_for_a_second_try(witness: Witness) -> None:
    witness.add(request(0, 7), NOW)
    answer = witness.add(request(0, 9), NOW)
    assert (answer.status, answer.body, answer.kind) == (409, "7\n", "text/x.tlog.size")


def test_a_split_view_is_kept_as_an_exhibit(witness: Witness, tmp_path: Path) -> None:
    witness.add(request(0, 7), NOW)
    other = [*HASHES[:3], bytes(32), *HASHES[4:]]
    assert witness.add(request(7, 7, other), NOW + 60).status == 422
    witness.add(request(7, 9, other), NOW + 61)
    first, second = witness.exhibits()
    assert (first.is_proof, second.is_proof) == (True, False)
    assert parse_checkpoint(parse_note(first.shown).text).size == 7
    result = CliRunner().invoke(
        main, ["witness", "exhibits", str(witness.folder), "--out", str(tmp_path / "out")]
    )
    assert result.exit_code == 0, result.output
    words = sorted(path.read_text("utf-8") for path in (tmp_path / "out").rglob("README.txt"))
    assert any("An honest log cannot have signed both." in one for one in words)
    assert any("it has not shown one yet" in one for one in words)


def test_requests_at_once_never_roll_back(witness: Witness) -> None:
    """Many requests for growth from 0: one is signed, the others are told its size."""
    sizes = list(range(1, 41))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda size: witness.add(request(0, size), NOW), sizes))
    good = [size for size, answer in zip(sizes, answers, strict=True) if answer.status == 200]
    assert len(good) == 1
    assert witness.latest()[0][1] == good[0]


def test_several_keys_of_one_origin_and_what_others_signed(witness: Witness) -> None:
    second = SecretKey("example.com/log", ED25519, bytes([5]) * 32)
    witness.trust(second.public_key.text)
    assert len(witness.known("example.com/log")) == 2
    assert witness.add(b"old 0\n\n" + checkpoint(3, by=second), NOW).status == 200


def test_a_folder_has_one_witness_and_another_folder_none(witness: Witness, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="keys of a witness already"):
        Witness.create(witness.folder, "x")
    with pytest.raises(Refused, match="not a witness's folder"):
        Witness(tmp_path / "nothing")
    assert (witness.folder / "key").stat().st_mode & 0o777 == 0o600


@given(st.binary(max_size=300))
def test_any_bytes_are_a_request_or_refused(whole: bytes) -> None:
    with suppress(Refused):
        assert parse_request(whole).text == whole


# ---------------------------------------------------------------- HTTP


@pytest.fixture
def address(witness: Witness) -> Iterator[tuple[str, int]]:
    server = serve(witness, "127.0.0.1", 0, lambda: NOW)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield str(server.server_address[0]), int(server.server_address[1])
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_protocol_over_http(witness: Witness, address: tuple[str, int]) -> None:
    connection = http.client.HTTPConnection(*address, timeout=10)
    connection.request("POST", "/add-checkpoint", request(0, 7))
    answer = connection.getresponse()
    assert answer.status == 200
    signed(witness, 7, answer.read().decode())
    connection.request("POST", "/add-checkpoint", request(0, 9))
    answer = connection.getresponse()
    assert (answer.status, answer.read(), answer.headers["Content-Type"]) == (409, b"7\n", "text/x.tlog.size")
    for method, path, status in (
        ("POST", "/other", 404),
        ("GET", f"/{hashlib.sha256(b'example.com/log').hexdigest()}/checkpoint", 200),
        ("GET", "/" + "0" * 64 + "/checkpoint", 404),
    ):
        connection.request(method, path, b"" if method == "POST" else None)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == status
    connection.close()


def test_a_request_without_end_is_not_read(address: tuple[str, int]) -> None:
    connection = http.client.HTTPConnection(*address, timeout=10)
    connection.putrequest("POST", "/add-checkpoint")
    connection.putheader("Content-Length", str(10**12))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_a_book_asks_a_witness_over_the_network(
    tmp_path: Path, witness: Witness, address: tuple[str, int]
) -> None:
    book, url = tmp_path / "case.book", f"http://{address[0]}:{address[1]}"
    run("init", book, "--title", "A case")
    log = Log(book / "log" / "log.sqlite")
    assert "404" in run("log", "witness", book, "--url", url, code=3)
    witness.trust(log.keys[0].text)
    assert "1 entries signed by witness.example/w1" in run("log", "witness", book, "--url", url)
    run("judge", book, "person", "a", "b", "--by", "x", "--why", "y")
    assert "2 entries signed" in run("log", "witness", book, "--url", url), (
        "asked again from the size it told"
    )
    assert len(parse_note(log.signed_checkpoint()).signatures) == 4
    run("log", "witness", book, code=2)
    run("log", "witness", book, "--url", "ftp://x", code=2)
    run("log", "witness", book, "--url", "http://127.0.0.1:9", code=3)
    log.close()


# ---------------------------------------------------------------- by hand


def run(*words: object, code: int = 0) -> str:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == code, result.output
    return result.output


def test_by_hand_from_the_book_to_the_clerk_and_back(tmp_path: Path) -> None:
    book, clerk = tmp_path / "case.book", tmp_path / "clerk"
    run("init", book, "--title", "A case")
    run("judge", book, "person", "a", "b", "--by", "x", "--why", "y")
    keys = run("witness", "init", clerk, "--name", "clerk.example.gov/w1").split()
    log = Log(book / "log" / "log.sqlite")
    run("witness", "trust", clerk, log.keys[0].text)
    run("log", "witness", book, "--out", tmp_path / "request")
    told = run("witness", "sign", clerk, tmp_path / "request", "--out", tmp_path / "lines")
    assert "signed 2 entries of wardbook/" in told
    assert "clerk.example.gov/w1" in (tmp_path / "lines").read_text("utf-8")
    run("log", "cosign", book, tmp_path / "lines")
    policy = f"log {log.keys[0].text}\nwitness clerk {keys[0]}\nquorum clerk\n"
    assert set(check_quorum(log.signed_checkpoint(), parse_policy(policy.encode())).witnesses) == {"clerk"}
    run("judge", book, "person", "a", "c", "--by", "x", "--why", "y")
    run("log", "witness", book, "--old", 2, "--out", tmp_path / "request")
    assert "2 of them signed before" in run("witness", "sign", clerk, tmp_path / "request")
    assert ": 3 entries" in run("witness", "status", clerk)
    run("log", "witness", book, "--old", 2, "--out", tmp_path / "request")
    assert "signed 3 entries last" in run("witness", "sign", clerk, tmp_path / "request", code=4)
    (tmp_path / "request").write_bytes(b"junk")
    run("witness", "sign", clerk, tmp_path / "request", code=3)
    log.close()


POINT = Checkpoint("wardbook/0011223344556677", 20852163, bytes(range(32)))


def test_a_checkpoint_in_print_comes_back() -> None:
    lines = spoken(POINT)
    assert [len(line) <= 100 for line in lines] == [True, True, True]
    assert read_spoken(lines) == POINT
    assert "20852163 entries" in run("witness", "read", *lines)


@given(st.data())
def test_one_wrong_character_or_two_exchanged_in_print_are_found(data: st.DataObject) -> None:
    lines = spoken(POINT)
    at = data.draw(st.integers(0, 2))
    line = lines[at]
    place = data.draw(st.integers(0, len(line) - 1))
    if data.draw(st.booleans()) and place + 1 < len(line) and line[place] != line[place + 1]:
        bad = line[:place] + line[place + 1] + line[place] + line[place + 2 :]
    else:
        digit = data.draw(st.sampled_from("0123456789abcdef"))
        bad = line[:place] + digit + line[place + 1 :]
    if bad != line:
        with pytest.raises(Refused):
            read_spoken([*lines[:at], bad, *lines[at + 1 :]])


def test_lines_of_signatures_are_notes_signatures(witness: Witness) -> None:
    body = witness.add(request(0, 3), NOW).body
    assert {parse_signature(line).name for line in body.splitlines()} == {"witness.example/w1"}
