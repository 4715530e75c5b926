"""Policies and proof files: published cases, quorums, and every line that is not allowed."""

from __future__ import annotations

from contextlib import suppress
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.custody.vectors import folder, read_json
from wardbook.custody.checkpoint import Checkpoint
from wardbook.custody.keys import ED25519, ED25519_COSIGNATURE, SecretKey
from wardbook.custody.note import Note
from wardbook.custody.policy import Policy, check_quorum, parse_policy
from wardbook.custody.proof_file import ProofFile, check_proof_file, parse_proof_file
from wardbook.custody.refused import Refused
from wardbook.custody.tree import Leaves, leaf_hash, prove_inclusion, root_hash

LOG = SecretKey("example.com/log", ED25519, bytes(32))
WITNESSES = {
    f"w{n}": SecretKey(f"witness.example/w{n}", ED25519_COSIGNATURE, bytes([n]) * 32) for n in range(1, 6)
}
TIME = 1_700_000_000
LINES = [f"log {LOG.public_key.text}"] + [
    f"witness {n} {key.public_key.text}" for n, key in WITNESSES.items()
]
FOUR_OF_FIVE = "\n".join(
    [*LINES, "group court all w1 w2", "group press 2 w3 w4 w5", "group both all court press"]
)
LEAVES = [leaf_hash(bytes([n])) for n in range(7)]
POINT = Checkpoint("example.com/log", 7, root_hash(LEAVES))

DEVIATIONS = {
    "whitespace and comments": "a comment stands on a line of its own in C2SP tlog-policy",
    "group numerical": "two witnesses of one key, which C2SP tlog-policy forbids",
    "group all": "two witnesses of one key, which C2SP tlog-policy forbids",
    "group any": "two witnesses of one key, which C2SP tlog-policy forbids",
}


def policy(*last: str) -> Policy:
    return parse_policy("\n".join([FOUR_OF_FIVE, *last, ""]).encode())


def cosigned(*names: str, by: SecretKey = LOG) -> bytes:
    lines = [by.sign(POINT.text), *(WITNESSES[name].sign(POINT.text, TIME) for name in names)]
    return Note(POINT.text, tuple(lines)).whole.encode()


def test_published_policies(shared: Path) -> None:
    cases = read_json(folder(shared) / "note" / "witness_policy.json")
    for case in cases:
        try:
            parse_policy(case["policy"].encode())
        except Refused:
            assert not case["ok"] or case["name"] in DEVIATIONS, case["name"]
        else:
            assert case["ok"] and case["name"] not in DEVIATIONS, case["name"]  # noqa: PT018 - one verdict
    assert len(cases) == 11


def test_published_proof_files(shared: Path) -> None:
    """Those that are accepted there hold the word "checkpoint" in place of one, which is refused here."""
    cases = read_json(folder(shared) / "note" / "formats_tlogproof.json")
    real = Note(POINT.text, (LOG.sign(POINT.text),)).whole
    for case in cases:
        text = case["proof"].replace("checkpoint\n", real)
        try:
            parse_proof_file(text.encode())
        except Refused:
            assert not case["ok"], case["name"]
        else:
            assert case["ok"], case["name"]
    assert len(cases) == 8


def test_every_set_of_witnesses_against_a_quorum_of_groups() -> None:
    both = policy("quorum both")
    for count in range(6):
        for names in combinations(WITNESSES, count):
            enough = {"w1", "w2"} <= set(names) and len({"w3", "w4", "w5"} & set(names)) >= 2
            assert both.is_met_by(frozenset(names)) == enough
            if enough:
                assert check_quorum(cosigned(*names), both).witnesses == dict.fromkeys(names, TIME)
            else:
                with pytest.raises(Refused, match="quorum both is not met"):
                    check_quorum(cosigned(*names), both)


def test_no_witness_is_asked_for_by_none_and_a_log_must_be_known() -> None:
    assert check_quorum(cosigned(), policy("quorum none")).log == "example.com/log"
    stranger = SecretKey("example.com/other", ED25519, bytes([9]) * 32)
    with pytest.raises(Refused, match="no known log"):
        check_quorum(cosigned("w1", by=stranger), policy("quorum w1"))


def test_a_known_log_may_not_sign_for_another_origin() -> None:
    other = Checkpoint("example.com/other", 7, POINT.root)
    note = Note(other.text, (LOG.sign(other.text),)).whole.encode()
    with pytest.raises(Refused, match=r"no known log of the origin example\.com/other"):
        check_quorum(note, policy("quorum none"))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("quorum w9", "w9 is no witness"),
        ("quorum", "one line"),
        ("quorum w1\nquorum w1", "one line"),
        ("group g 0 w1\nquorum g", "already|at least 1"),
        ("group g 2 w1", "already|at most 1"),
        ("group none any both", "taken"),
        ("group g any none", "none is no witness"),
        ("group g any w1", "w1 is a member of a group already"),
        ("group g 01 both", "leading zeros"),
        ("group g -1 both", "number"),
        ("group w1 any both", "taken"),
        ("group g any", "expected group"),
        ("witness w6", "expected witness"),
        ("witness w6 x", "name\\+id"),
        (f"witness w6 {WITNESSES['w1'].public_key.text}", "stands twice"),
        (f"log {LOG.public_key.text}", "stands twice"),
        (f"log {WITNESSES['w1'].public_key.text}", "kind 4 is not one of a log"),
        ("witnes w6 x", "expected log, witness"),
        ("", "one quorum line"),
        ("quorum w1\r", "control character"),
    ],
)
def test_lines_that_are_not_allowed(line: str, told: str) -> None:
    with pytest.raises(Refused, match=told):
        policy(line)


@given(st.text(alphabet="logwitnesgrupqm 12\t\n#anyk+=", max_size=120))
def test_any_text_is_a_policy_or_refused(text: str) -> None:
    with suppress(Refused):
        parse_policy(text.encode())


# ---------------------------------------------------------------- proof files


def proof(index: int = 3) -> ProofFile:
    path = prove_inclusion(Leaves(LEAVES), index, 7)
    return ProofFile(index, path, cosigned("w1").decode(), b"\x00extra")


KEYS = [LOG.public_key, WITNESSES["w1"].public_key]


def test_a_proof_file_comes_back_and_proves_its_entry() -> None:
    again = parse_proof_file(proof().text.encode())
    assert again == proof()
    point, opened = check_proof_file(again, LEAVES[3], KEYS)
    assert point == POINT
    assert opened.names == ("example.com/log", "witness.example/w1")
    for leaf in (LEAVES[2], bytes(32)):
        with pytest.raises(Refused, match="does not lead"):
            check_proof_file(again, leaf, KEYS)


@given(st.data())
def test_no_bit_of_a_proof_file_can_be_turned(data: st.DataObject) -> None:
    """Except in the extra bytes, which nothing vouches for, and in the line of a key that is not asked."""
    whole = proof().text.encode()
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    bad = bytearray(whole)
    bad[bit // 8] ^= 1 << bit % 8
    try:
        again = parse_proof_file(bytes(bad))
        _, opened = check_proof_file(again, LEAVES[3], KEYS)
    except Refused:
        return
    assert (again.index, again.path) == (3, proof().path)
    assert again.extra != proof().extra or len(opened.signed) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("index 3", "index 03"),
        ("index 3", "index -3"),
        ("index 3\n", "index 3\n\n"),
        ("tlog-proof@v1\n", "tlog-proof@v1\r\n"),
        ("extra ", "extra  "),
        ("example.com/log\n7", "example.com/log\n07"),
    ],
)
def test_a_proof_file_is_read_strictly(old: str, new: str) -> None:
    with pytest.raises(Refused):
        parse_proof_file(proof().text.replace(old, new).encode())
