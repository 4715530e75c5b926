"""A witness: signs the checkpoint of a log if the log has only grown since the last (C2SP tlog-witness).

`Witness.add` is the protocol's ``add-checkpoint``: the same bytes come over HTTP (`witness_server`), on a
stick or by mail. A witness keeps one checkpoint for each log, in SQLite; it is looked at and replaced in one
transaction, and on the disk before a signature leaves. What a log signed and what does not fit together is
kept: two checkpoints that no honest log can have signed are an exhibit for anybody.
"""

from __future__ import annotations

import os
import sqlite3
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from wardbook.custody.checkpoint import Checkpoint, parse_checkpoint, read_decimal
from wardbook.custody.keys import (
    ED25519_COSIGNATURE,
    MLDSA44_COSIGNATURE,
    PublicKey,
    SecretKey,
    new_key,
    parse_public_key,
    parse_secret_key,
)
from wardbook.custody.note import Note, Opened, open_note, parse_note, read_base64
from wardbook.custody.refused import Refused
from wardbook.custody.tree import EMPTY_ROOT, HASH_BYTES, Proof, check_consistency

TWO_ROOTS = "Two roots of one size"
MOST_HASHES = 63
LONGEST_REQUEST = 1_000_000

_TABLES = """
CREATE TABLE IF NOT EXISTS logs (
    origin TEXT, key TEXT, PRIMARY KEY (origin, key)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS latest (
    origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, note BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS misbehavior (
    origin TEXT, kept BLOB, shown BLOB, why TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (kept, shown)
) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Request:
    """An ``add-checkpoint`` request: the size signed last, the proof of growth, the new checkpoint."""

    old: int
    proof: Proof
    checkpoint: bytes

    @property
    def text(self) -> bytes:
        """The request as it is sent."""
        lines = "".join(f"{b64encode(one).decode()}\n" for one in self.proof)
        return f"old {self.old}\n{lines}\n".encode() + self.checkpoint


@dataclass(frozen=True)
class Answer:
    """What the protocol answers: an HTTP status, a body, its type; ``why`` in words for a person."""

    status: int
    body: str
    why: str = ""
    kind: str = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Misbehavior:
    """Two checkpoints that one log signed and that do not fit together as they were shown."""

    origin: str
    kept: bytes
    shown: bytes
    why: str
    at: int

    @property
    def is_proof(self) -> bool:
        """Whether no honest log can have signed both: two roots of one size."""
        return self.why == TWO_ROOTS


def parse_request(whole: bytes) -> Request:
    """Read a request (tlog-witness, add-checkpoint); raises `Refused` for any other form."""
    if len(whole) > LONGEST_REQUEST:
        raise Refused(f"a request of {len(whole)} bytes is longer than {LONGEST_REQUEST}")
    head, empty_line, checkpoint = whole.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise Refused("the lines before the checkpoint are ASCII") from error
    if not empty_line or not lines[0].startswith("old "):
        raise Refused("expected a line 'old <size>', hashes, an empty line, and a checkpoint")
    if len(lines) - 1 > MOST_HASHES:
        raise Refused(f"a proof has at most {MOST_HASHES} hashes")
    proof = tuple(map(read_base64, lines[1:]))
    if any(len(one) != HASH_BYTES for one in proof):
        raise Refused("a hash of the proof is not 32 bytes long")
    return Request(read_decimal(lines[0].removeprefix("old ")), proof, checkpoint)


class Witness:
    """A witness in a folder: its keys, the logs it knows, what it signed last. Threads may share it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            lines = (folder / "key").read_text("ascii").splitlines()
        except OSError as error:
            raise Refused(f"{folder} is not a witness's folder ({error.strerror})") from error
        self._keys = [parse_secret_key(line) for line in lines]
        with self._writing() as connection:
            connection.executescript(_TABLES)

    @classmethod
    def create(cls, folder: Path, name: str) -> Witness:
        """Make a witness with fresh keys, Ed25519 and ML-DSA-44; refuses a folder that has keys."""
        folder.mkdir(parents=True, exist_ok=True)
        keys = [new_key(name, kind) for kind in (ED25519_COSIGNATURE, MLDSA44_COSIGNATURE)]
        try:
            handle = os.open(folder / "key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise Refused(f"{folder} has the keys of a witness already") from error
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.writelines(f"{key.text}\n" for key in keys)
            stream.flush()
            os.fsync(stream.fileno())
        return cls(folder)

    @property
    def keys(self) -> tuple[PublicKey, ...]:
        """The keys that check its signatures; a policy names one of them."""
        return tuple(key.public_key for key in self._keys)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.folder / "witness.sqlite", isolation_level=None, timeout=30)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            yield connection
        finally:
            connection.close()

    # ------------------------------------------------------------ logs

    def trust(self, vkey: str) -> PublicKey:
        """Know a log by its key; its name is the origin. Several keys of one origin may be known."""
        key = parse_public_key(vkey)
        with self._writing() as connection:
            connection.execute("INSERT OR IGNORE INTO logs VALUES (?, ?)", (key.name, key.text))
        return key

    def known(self, origin: str) -> tuple[PublicKey, ...]:
        """The keys of an origin."""
        with self._writing() as connection:
            rows = connection.execute(
                "SELECT key FROM logs WHERE origin = ? ORDER BY key", (origin,)
            ).fetchall()
        return tuple(parse_public_key(key) for (key,) in rows)

    def latest(self) -> tuple[tuple[str, int, bytes], ...]:
        """Origin, size and note of the latest checkpoint signed for each log."""
        with self._writing() as connection:
            return tuple(
                connection.execute("SELECT origin, size, note FROM latest ORDER BY origin").fetchall()
            )

    def exhibits(self) -> tuple[Misbehavior, ...]:
        """What logs signed that does not fit together."""
        with self._writing() as connection:
            rows = connection.execute(
                "SELECT origin, kept, shown, why, at FROM misbehavior ORDER BY at, shown"
            )
            return tuple(Misbehavior(*row) for row in rows.fetchall())

    # ------------------------------------------------------------ the protocol

    def add(self, whole: bytes, now: int) -> Answer:
        """Check a request and sign; ``now`` is the time of signing, seconds since 1970 UTC."""
        try:
            request = parse_request(whole)
        except Refused as error:
            return Answer(400, f"{error}\n", str(error))
        try:
            origin = parse_checkpoint(parse_note(request.checkpoint).text).origin
        except Refused as error:
            return Answer(403, "invalid signature or checkpoint\n", str(error))
        known = self.known(origin)
        if not known:
            return Answer(404, "the log is not known\n", f"no key of the log {origin} is known here")
        try:
            opened = open_note(request.checkpoint, known)
        except Refused as error:
            return Answer(403, "the checkpoint is not signed by a known key\n", str(error))
        point = parse_checkpoint(opened.note.text)
        if request.old > point.size:
            return Answer(400, "the old size is larger than that of the checkpoint\n")
        with self._writing() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                answer = self._decide(connection, request, opened, point, now)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
        return answer

    def _decide(
        self, connection: sqlite3.Connection, request: Request, opened: Opened, point: Checkpoint, now: int
    ) -> Answer:
        row = connection.execute(
            "SELECT size, root, note FROM latest WHERE origin = ?", (point.origin,)
        ).fetchone()
        size, root, kept = row or (0, EMPTY_ROOT, b"")
        if kept and (point.size == size and point.root != root):
            self._keep(connection, point, kept, request, TWO_ROOTS, now)
        if request.old != size:
            told = f"the witness signed {size} entries last"
            return Answer(409, f"{size}\n", told, "text/x.tlog.size")
        try:
            check_consistency(size, point.size, request.proof, root, point.root)
        except Refused as error:
            if kept:
                self._keep(
                    connection,
                    point,
                    kept,
                    request,
                    f"The proof of growth that came with it fails: {error}",
                    now,
                )
            return Answer(422, f"{error}\n", str(error))
        lines = [key.sign(opened.note.text, now) for key in self._signers(point)]
        note = Note(opened.note.text, (*opened.signed, *lines)).whole.encode()
        connection.execute(
            "INSERT OR REPLACE INTO latest VALUES (?, ?, ?, ?)", (point.origin, point.size, point.root, note)
        )
        return Answer(
            200, "".join(one.line for one in lines), f"signed {point.size} entries of {point.origin}"
        )

    def _signers(self, point: Checkpoint) -> Sequence[SecretKey]:
        """ML-DSA-44 says nothing of extension lines: a checkpoint with some is signed with Ed25519 alone."""
        return [key for key in self._keys if key.kind == ED25519_COSIGNATURE or not point.extensions]

    def _keep(
        self,
        connection: sqlite3.Connection,
        point: Checkpoint,
        kept: bytes,
        request: Request,
        why: str,
        now: int,
    ) -> None:
        connection.execute(
            "INSERT OR IGNORE INTO misbehavior VALUES (?, ?, ?, ?, ?)",
            (point.origin, kept, request.checkpoint, why, now),
        )


# ---------------------------------------------------------------- by hand


def spoken(point: Checkpoint) -> list[str]:
    """A checkpoint in three short lines that can be printed in a newspaper or read aloud, with check digits.

    Origin; size; root in groups of four hexadecimal digits, and two check digits behind each line: the sum of
    its bytes, each times its place, modulo 97 (as IBANs have it, ISO 7064).
    """
    digits = point.root.hex()
    groups = " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
    return [f"{line} {_check_digits(line)}" for line in (point.origin, str(point.size), groups)]


def read_spoken(lines: Sequence[str]) -> Checkpoint:
    """A checkpoint typed in from print; raises `Refused` with the line that has a slip."""
    parts = []
    for number, line in enumerate(lines, 1):
        text, _, digits = line.strip().rpartition(" ")
        if _check_digits(text) != digits:
            raise Refused(f"line {number} has a slip: its check digits should be {_check_digits(text)}")
        parts.append(text)
    if len(parts) != 3:
        raise Refused(f"expected three lines, found {len(parts)}")
    try:
        root = bytes.fromhex(parts[2].replace(" ", ""))
    except ValueError as error:
        raise Refused("line 3 is not hexadecimal digits") from error
    if len(root) != HASH_BYTES:
        raise Refused(f"line 3 has {len(root)} bytes, not 32")
    return Checkpoint(parts[0], read_decimal(parts[1]), root)


def _check_digits(text: str) -> str:
    total = sum(at * byte for at, byte in enumerate(text.encode(), 1))
    return f"{98 - total * 100 % 97:02}"
