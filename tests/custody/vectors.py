"""The published vectors, and where this reader is stricter than some of them on purpose."""

from __future__ import annotations

import gzip
import json
from base64 import b64decode
from pathlib import Path
from typing import Any

STRICTER = {
    "testdata/consistency/additional/sizes-are-equal-one-and-proof-is-empty.json": "12-byte roots",
    "testdata/subtreeconsistency/additional/sizes-are-equal-one-and-proof-is-empty.json": "12-byte roots",
    "testdata/subtreeconsistency/additional/subtree-is-empty-sizes-are-equal-one-subtree-root-valid"
    "-tree-root-random-proof-is-empty.json": "a 12-byte root",
    "testdata/subtreeconsistency/additional/subtree-is-empty-sizes-are-equal-zero-subtree-root-valid"
    "-tree-root-random-proof-is-empty.json": "a root of an empty tree that is not SHA-256 of nothing",
    "valid one": "a root hash that is not 32 bytes (the body alone does not say what the tree hashes with)",
    "different origin": "a root hash that is not 32 bytes",
    "trailing data": "a root hash that is not 32 bytes",
    "multiple trailing lines": "a root hash that is not 32 bytes",
    "ML-DSA-44 vkey": "its key ID is not that of the signed-note formula",
    "unknown log": "404 in today's tlog-witness, 403 in the session",
}
"""Cases that upstream accepts and this reader refuses, by name, with the reason."""


def folder(shared: Path) -> Path:
    return shared / "vectors" / "custody"


def json_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def read_json(path: Path) -> Any:
    if path.suffix == ".gz":
        return json.loads(gzip.decompress(path.read_bytes()))
    return json.loads(path.read_text("utf-8"))


def hashes(texts: list[str] | None) -> tuple[bytes, ...]:
    return tuple(b64decode(text) for text in texts or ())
