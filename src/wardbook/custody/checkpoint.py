"""Checkpoints: origin, size and root hash of a tree as the text of a note (C2SP tlog-checkpoint v1)."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass

from wardbook.custody.note import read_base64
from wardbook.custody.refused import Refused
from wardbook.custody.tree import EMPTY_ROOT, HASH_BYTES, LARGEST_SIZE

_DECIMAL = re.compile(r"(0|[1-9][0-9]{0,18})")


@dataclass(frozen=True)
class Checkpoint:
    """The tree of a log at a size. ``extensions`` are further lines, which no one can audit."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text that is signed."""
        lines = (self.origin, str(self.size), b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint (tlog-checkpoint, Note text); raises `Refused` for any other."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() != "":
        raise Refused("a checkpoint has at least three lines: origin, size, root hash")
    if empty := next((at for at, line in enumerate(lines, 1) if not line), None):
        raise Refused(f"line {empty} of the checkpoint is empty")
    root = read_base64(lines[2])
    if len(root) != HASH_BYTES:
        raise Refused(f"expected a root hash of 32 bytes, found {len(root)}")
    size = read_decimal(lines[1])
    if size == 0 and root != EMPTY_ROOT:
        raise Refused("the root hash of an empty tree is SHA-256 of nothing")
    return Checkpoint(lines[0], size, root, tuple(lines[3:]))


def read_decimal(text: str) -> int:
    """A whole number from 0 to 2^63 - 1 in ASCII digits, without leading zeros."""
    if not _DECIMAL.fullmatch(text) or (found := int(text)) > LARGEST_SIZE:
        raise Refused(f"expected a number from 0 to 2^63 - 1 without leading zeros, found {text[:40]!r}")
    return found
