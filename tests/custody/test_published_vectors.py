"""Every group of published vectors is used somewhere here, or its leaving out is told with the reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.custody.vectors import folder, read_json
from wardbook.custody.commitment import canonical

USED = {
    "merkle/inclusion.jsonl": "test_tree.py",
    "merkle/consistency.jsonl": "test_tree.py",
    "merkle/subtreeinclusion.jsonl": "test_tree.py",
    "merkle/subtreeconsistency.jsonl": "test_tree.py",
    "merkle/rfc6962_constants.json": "test_tree.py",
    "merkle/accumulated_subtree.json": "test_tree.py",
    "note/sumdb_note.json": "test_note.py",
    "note/formats_checkpoint.json": "test_note.py",
    "note/c2sp_examples.json": "test_note.py",
    "note/sumdb_real_checkpoint.json": "test_note.py",
    "note/formats_tlogproof.json": "test_policy.py",
    "note/witness_policy.json": "test_policy.py",
    "tiles/sumdb_tilepaths.json": "test_tiles.py",
    "witness/litewitness_session.json": "test_witness.py",
    "sig/ed25519_test.json.gz": "test_ed25519.py",
    "sig/mldsa_44_verify_test.json.gz": "test_ed25519.py",
    "sig/cctv_ed25519vectors.json.gz": "test_ed25519.py",
    "bagit-conformance-suite.tar.gz": "test_bag.py",
    "rfc3161/MANIFEST.sha256": "test_timestamps.py",
    "jcs/MANIFEST.sha256": "test_published_vectors.py",
}

LEFT_OUT = {
    "sig/cctv_mldsa44_accumulated.json": "deterministic signatures; `cryptography` signs with randomness",
    "sigstore_trusted_root_rekor2.json": "the keys of cases that are not in the folder",
    "case/MANIFEST.sha256": "CASE is an export format that wardbook does not write",
}
"""Nor is ``subtree_covering`` of the accumulated digests read, nor tiles of another height than 8."""


def test_every_published_group_is_used_or_left_out_by_name(shared: Path, root: Path) -> None:
    listed = {row["file"] for row in read_json(folder(shared) / "INDEX.json")}
    assert listed == set(USED) | set(LEFT_OUT)
    for group, where in USED.items():
        name = group.split("/")[-1].removesuffix(".jsonl") if "MANIFEST" not in group else group.split("/")[0]
        assert name in (root / "tests" / "custody" / where).read_text("utf-8"), group


@pytest.mark.parametrize("name", ["arrays", "french", "structures", "unicode", "weird"])
def test_canonical_json(shared: Path, name: str) -> None:
    """RFC 8785's own cases, jcs/input and jcs/output; one holds a number that is not whole."""
    place = folder(shared) / "jcs"
    value = json.loads((place / "input" / f"{name}.json").read_text("utf-8"))
    if name == "structures":
        with pytest.raises(TypeError, match="float"):
            canonical(value)
        return
    assert canonical(value) == (place / "output" / f"{name}.json").read_bytes()


def test_numbers_that_are_not_whole_have_no_canonical_form(shared: Path) -> None:
    value = json.loads((folder(shared) / "jcs" / "input" / "values.json").read_text("utf-8"))
    with pytest.raises(TypeError, match="float"):
        canonical(value)
    value["numbers"] = []
    assert canonical(value).startswith(b'{"literals":[null,true,false],"numbers":[],"string":"')
