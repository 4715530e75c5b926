"""Ed25519 in the standard library alone gives what ``cryptography`` gives, on every published case."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.custody.vectors import folder, read_json
from wardbook.custody.ed25519 import verifies


def library(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def test_wycheproof(shared: Path) -> None:
    count = 0
    for group in read_json(folder(shared) / "sig" / "ed25519_test.json.gz")["testGroups"]:
        public = bytes.fromhex(group["publicKey"]["pk"])
        for case in group["tests"]:
            given_ = public, bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"])
            assert verifies(*given_) == library(*given_) == (case["result"] == "valid"), case["comment"]
            count += 1
    assert count == 151


def test_the_edge_cases_on_which_implementations_differ_are_pinned(shared: Path) -> None:
    cases = read_json(folder(shared) / "sig" / "cctv_ed25519vectors.json.gz")
    told: Counter[bool] = Counter()
    for case in cases:
        parts = bytes.fromhex(case["key"]), case["msg"].encode(), bytes.fromhex(case["sig"])
        said = verifies(*parts)
        assert said == library(*parts), case
        told[said] += 1
    assert told == {True: 208, False: 706}


def test_wycheproof_ml_dsa_44(shared: Path) -> None:
    """What a log's and a witness's ML-DSA-44 line is checked with."""
    count = 0
    for group in read_json(folder(shared) / "sig" / "mldsa_44_verify_test.json.gz")["testGroups"]:
        public = bytes.fromhex(group["publicKey"])
        for case in group["tests"]:
            count += 1
            try:
                context = bytes.fromhex(case["ctx"]) if "ctx" in case else None
                key = MLDSA44PublicKey.from_public_bytes(public)
                key.verify(bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]), context)
                said = True
            except (InvalidSignature, ValueError):
                said = False
            assert said == (case["result"] == "valid"), case["comment"]
    assert count == 180


@settings(max_examples=20)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80), st.integers(0, 511))
def test_a_signature_verifies_and_one_bit_less_does_not(seed: bytes, message: bytes, bit: int) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert verifies(public, message, signature)
    bad = (int.from_bytes(signature, "big") ^ (1 << bit)).to_bytes(64, "big")
    assert not verifies(public, message, bad)
    assert not verifies(public, message + b"x", signature)
    assert not verifies(public[:31], message, signature)
