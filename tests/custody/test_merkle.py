"""The tree hash against the published constants of RFC 6962 implementations."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardbook.custody.merkle import leaf_hash, node_hash, root_hash

LEAVES = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def test_roots_of_the_eight_published_leaves() -> None:
    hashes = [leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES]
    assert [root_hash(hashes[: n + 1]).hex() for n in range(8)] == list(ROOTS)


def test_empty_tree() -> None:
    assert root_hash([]) == hashlib.sha256(b"").digest()


def test_constants_file_agrees(shared: Path) -> None:
    file = shared / "vectors" / "custody" / "merkle" / "rfc6962_constants.json"
    if not file.is_file():
        pytest.skip("no published constants beside this checkout")
    text = json.dumps(json.loads(file.read_text("utf-8")))
    assert ROOTS[-1] in text


def split_root(leaves: list[bytes]) -> bytes:
    """The definition in the RFC: split at the largest power of two below n."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(split_root(leaves[:k]), split_root(leaves[k:]))


@given(st.lists(st.binary(max_size=4), max_size=40))
def test_root_is_the_definition(entries: list[bytes]) -> None:
    leaves = [leaf_hash(entry) for entry in entries]
    assert root_hash(leaves) == split_root(leaves)
