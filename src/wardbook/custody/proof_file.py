"""Proof files: that an entry is in a log, checked without the log (C2SP tlog-proof v1)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from wardbook.custody.checkpoint import Checkpoint, parse_checkpoint, read_decimal
from wardbook.custody.note import Opened, Verifier, open_note, parse_note, read_base64
from wardbook.custody.refused import Refused
from wardbook.custody.tree import HASH_BYTES, check_inclusion

_HEADER = "c2sp.org/tlog-proof@v1"
_MOST_HASHES = 63


@dataclass(frozen=True)
class ProofFile:
    """An entry's index and audit path, the signed checkpoint, and extra bytes that nothing vouches for."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    @property
    def text(self) -> str:
        """The file's text."""
        lines = [_HEADER]
        if self.extra is not None:
            lines.append(f"extra {b64encode(self.extra).decode()}")
        lines.append(f"index {self.index}")
        lines.extend(b64encode(one).decode() for one in self.path)
        return "\n".join(lines) + "\n\n" + self.checkpoint


def parse_proof_file(whole: bytes) -> ProofFile:
    """Read a proof file (tlog-proof, Format); its checkpoint is not verified yet. Raises `Refused`."""
    try:
        content = whole.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("a proof file is UTF-8") from error
    head, empty_line, note = content.partition("\n\n")
    lines = head.split("\n")
    if not empty_line or lines.pop(0) != _HEADER:
        raise Refused(f"expected {_HEADER} in the first line, and an empty line before the checkpoint")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = read_base64(lines.pop(0).removeprefix("extra "))
    if not lines or not lines[0].startswith("index "):
        raise Refused("expected a line 'index <number>'")
    index = read_decimal(lines.pop(0).removeprefix("index "))
    if len(lines) > _MOST_HASHES:
        raise Refused(f"a path has at most {_MOST_HASHES} hashes")
    path = tuple(map(read_base64, lines))
    if any(len(one) != HASH_BYTES for one in path):
        raise Refused("a hash of the path is not 32 bytes long")
    parse_checkpoint(parse_note(note.encode()).text)
    return ProofFile(index, path, note, extra)


def check_proof_file(proof: ProofFile, leaf: bytes, known: Sequence[Verifier]) -> tuple[Checkpoint, Opened]:
    """Check a proof for a leaf hash: who signed the checkpoint, and that the entry is in it.

    A quorum of witnesses is the policy's matter (`policy.check_quorum`). Raises `Refused`.
    """
    opened = open_note(proof.checkpoint.encode(), known)
    point = parse_checkpoint(opened.note.text)
    check_inclusion(leaf, proof.index, point.size, proof.path, point.root)
    return point, opened
