"""A witness: signs the checkpoint of a log if the log has only grown since the last (C2SP tlog-witness).

`Witness.add` is the protocol's ``add-checkpoint``: the same bytes come over HTTP (`witness_server`), on a
stick or by mail. A witness keeps one checkpoint for each log, in SQLite; it is looked at and replaced in one
transaction, and on the disk before a signature leaves. What a log signed and what does not fit together is
kept: two checkpoints that no honest log can have signed are an exhibit for anybody.

`Witness.heed` takes statements about a log's keys (`rotation`): a key that follows another, a key that the
custodians of the log revoke, the end of a log. What was trusted in person is followed along them.
"""

from __future__ import annotations

import os
import sqlite3
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from wardbook.custody.checkpoint import Checkpoint, parse_checkpoint, read_decimal
from wardbook.custody.keys import (
    ED25519,
    ED25519_COSIGNATURE,
    MLDSA44_COSIGNATURE,
    PublicKey,
    SecretKey,
    new_key,
    parse_public_key,
    parse_secret_key,
)
from wardbook.custody.known_log import FORGED, TWO_FOLLOW, KnownLog, named, signers_among, told
from wardbook.custody.note import Note, Opened, open_note, parse_note, read_base64
from wardbook.custody.refused import Refused
from wardbook.custody.rotation import (
    FREEZE,
    REVOKED,
    ROTATION,
    Statement,
    check_revocation,
    check_rotation,
    last_honest,
    parse_statement,
)
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
CREATE TABLE IF NOT EXISTS custodians (
    origin TEXT, key TEXT, least INTEGER NOT NULL, PRIMARY KEY (origin, key)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS statements (
    origin TEXT, number INTEGER, whole BLOB NOT NULL, PRIMARY KEY (origin, number)) STRICT, WITHOUT ROWID;
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
    """Two notes that do not fit together as they were shown, and why.

    Both are checkpoints that one log signed; or what was kept is a statement about its keys, and what was
    shown goes against it (`FORGED`, `TWO_FOLLOW`).
    """

    origin: str
    kept: bytes
    shown: bytes
    why: str
    at: int

    @property
    def is_proof(self) -> bool:
        """Whether no honest log can have signed both: two roots of one size."""
        return self.why == TWO_ROOTS

    @property
    def is_of_keys(self) -> bool:
        """Whether it goes against a statement about the log's keys."""
        return self.why.startswith((FORGED, TWO_FOLLOW))


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

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: what is read in it is so until it ends."""
        with self._writing() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

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

    # ------------------------------------------------------------ statements about keys

    def custodians(self, origin: str, vkeys: Sequence[str], least: int) -> tuple[PublicKey, ...]:
        """Know who may revoke keys of a log, in place of those known before: ``least`` of ``vkeys`` together.

        They are Ed25519 keys of persons who hold no key of the log. Raises `Refused` for others, for a log
        that is not known, and for a number that cannot be asked for.
        """
        keys = tuple(map(parse_public_key, vkeys))
        if any(key.kind != ED25519 for key in keys):
            raise Refused("custodians sign with Ed25519 keys (wardbook log custodian)")
        if not 1 <= least <= len({key.public for key in keys}):
            raise Refused(f"of {len(keys)} custodians {least} cannot be asked for")
        with self._changing() as connection:
            known = self._read(connection, origin)
            if not known.firsts:
                raise Refused(f"no key of the log {origin} is known here")
            if {key.public for key in keys} & {key.public for key in known.every}:
                raise Refused("a custodian holds no key of the log: one of these is the log's own")
            connection.execute("DELETE FROM custodians WHERE origin = ?", (origin,))
            rows = [(origin, key.text, least) for key in keys]
            connection.executemany("INSERT OR IGNORE INTO custodians VALUES (?, ?, ?)", rows)
        return keys

    def statements(self) -> tuple[Statement, ...]:
        """The statements about keys that were heeded, log by log in their order."""
        with self._writing() as connection:
            rows = connection.execute("SELECT whole FROM statements ORDER BY origin, number").fetchall()
        return tuple(parse_statement(parse_note(whole).text) for (whole,) in rows)

    def heed(self, whole: bytes, now: int) -> str:
        """Take a statement about a log's keys, and say in words what follows; ``now`` is seconds since 1970.

        A rotation is heeded if it goes on from a key that holds; a freeze if the key that holds signed it; a
        revocation if so many custodians signed it as this witness was told to ask for. What goes against a
        statement heeded before is kept as an exhibit. Raises `Refused` with the reason for all others.
        """
        said = parse_statement(parse_note(whole).text)
        with self._changing() as connection:
            known = self._read(connection, said.origin)
            if not known.firsts:
                raise Refused(f"no key of the log {said.origin} is known here")
            if said in known.said:
                return f"known already: {told(said)}"
            refused = self._weigh(connection, known, said, whole, now)
            if refused is None:
                row = (said.origin, len(known.wholes), whole)
                connection.execute("INSERT INTO statements VALUES (?, ?, ?)", row)
                words = self._followed(connection, said, whole, now)
        if refused is not None:
            raise Refused(refused)
        return words

    def _weigh(
        self, connection: sqlite3.Connection, known: KnownLog, said: Statement, whole: bytes, now: int
    ) -> str | None:
        """Why a statement is not heeded; None where it is. An exhibit that it makes is kept."""
        if said.kind == REVOKED:
            why = self._weigh_revocation(connection, known, said, whole)
        elif known.end is not None:
            why = f"the log has ended at {known.end} entries: no other statement comes after"
        else:
            why = self._weigh_signed(connection, known, said, whole, now)
        if why is None and not known.after(whole).binds(said):
            why = "it goes on from no key that holds at its size"
        return why

    def _weigh_revocation(
        self, connection: sqlite3.Connection, known: KnownLog, said: Statement, whole: bytes
    ) -> str | None:
        rows = connection.execute(
            "SELECT key, least FROM custodians WHERE origin = ?", (said.origin,)
        ).fetchall()
        if not rows:
            return f"no custodian of {said.origin} is known here (wardbook witness custodians)"
        before = last_honest(known.said).get(said.keys[0])
        if before is not None and before <= said.size:
            return f"{named(said.keys[0])} is revoked beyond {before} entries already"
        return _reason(check_revocation, whole, [parse_public_key(key) for key, _ in rows], rows[0][1])

    def _weigh_signed(
        self, connection: sqlite3.Connection, known: KnownLog, said: Statement, whole: bytes, now: int
    ) -> str | None:
        """Of a statement that the log's own key signs."""
        if said.kind == ROTATION:
            if (why := _reason(check_rotation, whole, said.keys[0])) is not None:
                return why
            signer = said.keys[0]
        else:
            try:
                signers = signers_among(open_note(whole, known.every), known.every)
            except Refused as error:
                return str(error)
            signer = next((key for key in signers if key in known.current), signers[0])
        if said.size > last_honest(known.said).get(signer, said.size):
            why, revocation = known.against(said.size, [signer])
            if revocation is not None:
                self._keep(connection, said.origin, revocation, whole, why, now)
            return why
        if signer in known.current:
            return _signed_beyond(connection, said) if said.kind == FREEZE else None
        if (found := known.rotation_from(signer)) is None:
            return f"{named(signer)} is none of the keys that hold"
        before, one = found
        why = f"{TWO_FOLLOW}: {named(signer)} was followed by {named(one.keys[1])} before"
        if said.kind == FREEZE:
            return f"{named(signer)} was followed by {named(one.keys[1])} before, and cannot end the log"
        self._keep(connection, said.origin, before, whole, why, now)
        return why

    def _followed(self, connection: sqlite3.Connection, said: Statement, whole: bytes, now: int) -> str:
        """What follows from a statement, in words; of a revocation, what this witness signed against it."""
        words = told(said)
        row = connection.execute("SELECT size, note FROM latest WHERE origin = ?", (said.origin,)).fetchone()
        if said.kind != REVOKED or row is None or row[0] <= said.size:
            return words
        key = said.keys[0]
        if not any((one.name, one.key_id) == (key.name, key.key_id) for one in parse_note(row[1]).signatures):
            return words
        why = f"{FORGED}: {named(key)} is revoked beyond {said.size} entries"
        self._keep(connection, said.origin, whole, row[1], why, now)
        return (
            f"{words}. This witness signed {row[0]} entries by that key before it knew: kept as an exhibit. "
            "It takes nothing back: the honest log goes on under another name, with a key trusted in person"
        )

    def _read(self, connection: sqlite3.Connection, origin: str) -> KnownLog:
        """What is known of a log."""
        keys = connection.execute("SELECT key FROM logs WHERE origin = ? ORDER BY key", (origin,)).fetchall()
        said = connection.execute(
            "SELECT whole FROM statements WHERE origin = ? ORDER BY number", (origin,)
        ).fetchall()
        firsts = tuple(parse_public_key(key) for (key,) in keys)
        return KnownLog(origin, firsts, tuple(whole for (whole,) in said))

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
        if not self.known(origin):
            return Answer(404, "the log is not known\n", f"no key of the log {origin} is known here")
        with self._changing() as connection:
            return self._answer(connection, self._read(connection, origin), request, now)

    def _answer(self, connection: sqlite3.Connection, known: KnownLog, request: Request, now: int) -> Answer:
        try:
            every = open_note(request.checkpoint, known.every)
        except Refused as error:
            return Answer(403, "the checkpoint is not signed by a known key\n", str(error))
        point = parse_checkpoint(every.note.text)
        good = known.holding(point.size)
        signed = signers_among(every, known.every)
        if not set(signed) & set(good):
            why, revocation = known.against(point.size, signed)
            if revocation is not None:
                self._keep(connection, point.origin, revocation, request.checkpoint, why, now)
            return Answer(403, f"{why}\n", why)
        if request.old > point.size:
            return Answer(400, "the old size is larger than that of the checkpoint\n")
        return self._decide(connection, request, open_note(request.checkpoint, good), point, now)

    def _decide(
        self, connection: sqlite3.Connection, request: Request, opened: Opened, point: Checkpoint, now: int
    ) -> Answer:
        row = connection.execute(
            "SELECT size, root, note FROM latest WHERE origin = ?", (point.origin,)
        ).fetchone()
        size, root, kept = row or (0, EMPTY_ROOT, b"")
        if kept and (point.size == size and point.root != root):
            self._keep(connection, point.origin, kept, request.checkpoint, TWO_ROOTS, now)
        if request.old != size:
            told = f"the witness signed {size} entries last"
            return Answer(409, f"{size}\n", told, "text/x.tlog.size")
        try:
            check_consistency(size, point.size, request.proof, root, point.root)
        except Refused as error:
            if kept:
                why = f"The proof of growth that came with it fails: {error}"
                self._keep(connection, point.origin, kept, request.checkpoint, why, now)
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
        origin: str,
        kept: bytes,
        shown: bytes,
        why: str,
        now: int,
    ) -> None:
        row = (origin, kept, shown, why, now)
        connection.execute("INSERT OR IGNORE INTO misbehavior VALUES (?, ?, ?, ?, ?)", row)


def _reason(check: Callable[..., Statement], *given: object) -> str | None:
    """Why a check refuses a statement; None where it does not."""
    try:
        check(*given)
    except Refused as error:
        return str(error)
    return None


def _signed_beyond(connection: sqlite3.Connection, said: Statement) -> str | None:
    """Why a log cannot have ended: it was signed beyond."""
    row = connection.execute("SELECT size FROM latest WHERE origin = ?", (said.origin,)).fetchone()
    if row is None or row[0] <= said.size:
        return None
    return f"the log cannot have ended at {said.size} entries: this witness signed {row[0]} before"


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
