"""The log of a book: an append-only list of acts in SQLite (WAL, ``synchronous=FULL``), the record of truth.

An entry is public: when, what kind of act, and a commitment to its body (`commitment`). The body, what was
done by whom to what, lies beside it with its salt, and can be withheld or forgotten. Entries, leaf hashes,
bodies and the signed checkpoint of a batch are one transaction: an act is visible exactly when its checkpoint
is committed, and everything else on disk is prepared before and ignored without it. Order: the entries are on
the disk before they are signed for anyone to see; tiles and checkpoints for others are published from here
(`published`).

Tables: ``entries`` (number, text, leaf hash), ``bodies`` (number, salt, JSON), ``subtrees`` (hashes of
complete subtrees at every eighth level), ``frontier`` (the tree's peaks), ``checkpoints`` (signed notes by
size), ``cosignatures`` (signature lines of others by size), ``about`` (origin and keys). All but entries and
bodies can be made again from these.
"""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wardbook.custody.checkpoint import Checkpoint, parse_checkpoint
from wardbook.custody.commitment import SALT_BYTES, Shown, canonical, commit, show
from wardbook.custody.keys import (
    ED25519,
    MLDSA44_COSIGNATURE,
    PublicKey,
    SecretKey,
    new_key,
    parse_public_key,
    parse_secret_key,
)
from wardbook.custody.note import Note, Signature, open_note, parse_note, parse_signature
from wardbook.custody.proof_file import ProofFile
from wardbook.custody.refused import Refused
from wardbook.custody.rotation import FREEZE, ROTATION, Statement
from wardbook.custody.tiles import CHECKPOINT, LONGEST_ENTRY, WIDTH, Tiles, Write, publish, write_durably
from wardbook.custody.tree import (
    HASH_BYTES,
    Frontier,
    Proof,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    subtree_hash,
)
from wardbook.errors import NotWrittenError, VerificationError, WrongUseError

PATIENCE = 60.0
"""Seconds a writer waits for another one to be done."""

KEY = "key"
"""The file beside the log with its secret keys, a line each; whoever has it can sign, and cannot rewrite."""

EXPUNGE = "expunge"
"""The kind of an entry by which the body of another was destroyed."""

ROTATED, FROZEN = "key", "freeze"
"""The kinds of entries that carry a statement (`rotation`): fresh keys, and the end of the log."""

_STEP = 0.1
_RESTORE = "Restore the book from a copy."
_TABLES = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS entries (
    number INTEGER PRIMARY KEY, text BLOB NOT NULL, leaf BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS bodies (
    number INTEGER PRIMARY KEY, salt BLOB NOT NULL, body BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS subtrees (
    level INTEGER, number INTEGER, hash BLOB NOT NULL, PRIMARY KEY (level, number)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS frontier (
    one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, peaks BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS checkpoints (size INTEGER PRIMARY KEY, note BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS cosignatures (
    size INTEGER, line TEXT, PRIMARY KEY (size, line)) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Entry:
    """One entry: its number from 0, when it was made (UTC), its kind, and its body.

    ``expunged_by`` is the number of the entry by which the body was destroyed; the body is empty then.
    """

    number: int
    at: datetime
    kind: str
    body: Mapping[str, Any]
    expunged_by: int | None = None


class Log:
    """The log in one SQLite file, made if it is not there; its keys are in the file `KEY` beside it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pending: list[tuple[bytes, bytes | None, bytes | None]] = []
        self._frontier = Frontier()
        self._origin = ""
        self._signers: list[SecretKey] = []
        self._signers_of = ""
        self._known_good: tuple[bytes, Checkpoint] | None = None
        with self._in_words():
            self._connection = _connected(path)
            if not self._rows("SELECT name FROM sqlite_schema WHERE name = 'about'"):
                self._connection.executescript(_TABLES)
            if not self._rows("SELECT 1 FROM about") and not self._rows("SELECT 1 FROM entries LIMIT 1"):
                self._found()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    # ------------------------------------------------------------ origin and keys

    def _found(self) -> None:
        """Give a new log its origin and its keys."""
        origin = f"wardbook/{secrets.token_hex(8)}"
        keys = [new_key(origin, kind) for kind in (ED25519, MLDSA44_COSIGNATURE)]
        self._write_keys(keys)
        vkeys = "\n".join(key.public_key.text for key in keys)
        self._connection.executemany("INSERT INTO about VALUES (?, ?)", [("origin", origin), ("keys", vkeys)])

    def _write_keys(self, keys: Sequence[SecretKey]) -> None:
        write_durably(self._path.with_name(KEY), "".join(f"{key.text}\n" for key in keys).encode(), 0o600)

    @property
    def origin(self) -> str:
        """The name of this log in its checkpoints."""
        if not self._origin:
            self._origin = self._about("origin")
        return self._origin

    @property
    def keys(self) -> tuple[PublicKey, ...]:
        """The keys that check its checkpoints."""
        return tuple(map(parse_public_key, self._about("keys").split("\n")))

    def _about(self, name: str) -> str:
        found = self._rows("SELECT value FROM about WHERE name = ?", name)
        if not found:
            raise VerificationError(f"{self._path} does not say its {name}. {_RESTORE}")
        return str(found[0][0])

    def _secret_keys(self) -> list[SecretKey]:
        path = self._path.with_name(KEY)
        try:
            if not self._signers:
                held = [parse_secret_key(line) for line in path.read_text("ascii").splitlines()]
                known = set(self.keys)
                self._signers = list({key.kind: key for key in held if key.public_key in known}.values())
                self._signers_of = self._about("keys")
            if not any(key.kind == ED25519 for key in self._signers):
                raise Refused("it has no key of this log")
            return self._signers
        except (OSError, UnicodeDecodeError, Refused) as error:
            raise NotWrittenError(
                f"{path} cannot be read as the log's keys: nothing can be added without them. "
                "Put the file back; a copy of a book without its keys can be read only."
            ) from error

    def rotate_keys(self, by: str) -> int:
        """Sign with fresh keys from now on, by a statement of the old and the new key (`rotation`).

        The number of its entry, which the old key signs, is returned; the old keys still check what they
        signed. Their secret bytes are overwritten in the key file, which holds both until the entry is on the
        disk, so that a power cut leaves no log without its keys.
        """
        new = [new_key(self.origin, kind) for kind in (ED25519, MLDSA44_COSIGNATURE)]
        with self.writing():
            held = self._secret_keys()
            old = next(key for key in held if key.kind == ED25519)
            keys = (old.public_key, new[0].public_key)
            statement = Statement(ROTATION, self.origin, self._frontier.size + 1, keys)
            number = self.append(ROTATED, {"by": by, "statement": statement.signed(old, new[0]).decode()})
            self._write_keys([*held, *new])
            texts = [key.text for key in (*self.keys, *(key.public_key for key in new))]
            with self._in_words():
                self._connection.execute(
                    "UPDATE about SET value = ? WHERE name = 'keys'", ("\n".join(texts),)
                )
        self._write_keys(new)
        self._signers = []
        return number

    def freeze(self, by: str) -> int:
        """End the log: the entry that says so (its number is returned) is the last it takes.

        The entry carries a statement signed by the log's key (`rotation`), by which witnesses sign nothing
        beyond it. Reading, proving and publishing go on. Raises `NotWrittenError` for a log that has ended.
        """
        if self._connection.in_transaction:
            raise RuntimeError("a log is ended by an act of its own, outside of `writing`")
        with self.writing():
            signer = next(key for key in self._secret_keys() if key.kind == ED25519)
            statement = Statement(FREEZE, self.origin, self._frontier.size + 1)
            return self.append(FROZEN, {"by": by, "statement": statement.signed(signer).decode()})

    @property
    def frozen(self) -> int | None:
        """The number of the entry by which the log has ended; None where it goes on."""
        found = self._rows("SELECT number, text FROM entries ORDER BY number DESC LIMIT 1")
        return int(found[0][0]) if found and _kind(found[0][1]) == FROZEN else None

    def statement(self, number: int) -> bytes:
        """The signed statement that an entry of the kind `ROTATED` or `FROZEN` carries.

        Raises `WrongUseError` for an entry that has none.
        """
        found = self._rows("SELECT body FROM bodies WHERE number = ?", number)
        body = json.loads(found[0][0]) if found else {}
        if "statement" not in body:
            raise WrongUseError(f"log entry {number} carries no statement about keys")
        return str(body["statement"]).encode()

    # ------------------------------------------------------------ SQLite

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """What SQLite says, as an error of the house: a damaged file, or one that cannot be written."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if str(error).startswith("no such"):
                raise VerificationError(f"{self._path} is damaged ({error}). {_RESTORE}") from error
            raise NotWrittenError(
                f"{self._path} cannot be opened or written ({error}). "
                "Check that you may write to the book, that its disk is not full, "
                "and that no other program holds it; then try again."
            ) from error
        except sqlite3.DatabaseError as error:
            raise VerificationError(f"{self._path} is damaged ({error}). {_RESTORE}") from error

    def _rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._in_words():
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def _in_one_state(self) -> Iterator[None]:
        """Several reads of the log as it is at the first, whatever is written meanwhile."""
        if self._connection.in_transaction:
            yield
            return
        self._rows("BEGIN")
        try:
            yield
        finally:
            self._roll_back()

    @contextmanager
    def writing(self, patience: float = PATIENCE) -> Iterator[None]:
        """One writer at a time; what is appended inside becomes visible together, signed, or not at all.

        Inside another ``writing`` it is part of that one. Waits up to ``patience`` seconds for another writer
        and raises `NotWrittenError` then, and where the log has ended (`freeze`); raises `VerificationError`
        where the tree is not the one that was signed last.
        """
        if self._connection.in_transaction:
            yield
            return
        with self._changing(patience):
            if (last := self.frozen) is not None:
                raise NotWrittenError(
                    f"{self._path} has ended with entry {last} (see: wardbook log explain BOOK {last}) and "
                    "takes no further entry; nothing was changed. Go on in a new book."
                )
            yield

    @contextmanager
    def _changing(self, patience: float = PATIENCE) -> Iterator[None]:
        """Be the one who changes the file: also a log that has ended keeps what others sign of it."""
        if self._connection.in_transaction:
            yield
            return
        self._begin(time.monotonic() + patience)
        try:
            if self._signers_of != self._about("keys"):
                self._signers = []  # another process rotated the keys meanwhile
            self._frontier = self._last_frontier()
            yield
            with self._in_words():
                self._flush()
                self._connection.execute("COMMIT")
        except BaseException:
            self._pending.clear()
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _begin(self, deadline: float) -> None:
        """Begin a write in short steps, so that an interrupt is heard while another writer is waited for."""
        with self._in_words():
            self._connection.execute("PRAGMA busy_timeout = 0")
            try:
                while not self._has_begun():
                    if time.monotonic() >= deadline:
                        raise NotWrittenError(
                            f"{self._path.parent.parent} is being written by another process. "
                            "Try again when that one is done; nothing was changed."
                        )
                    time.sleep(_STEP)
            finally:
                self._connection.execute("PRAGMA busy_timeout = 5000")

    def _has_begun(self) -> bool:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                return False
            raise
        return True

    # ------------------------------------------------------------ appending

    def append(self, kind: str, body: Mapping[str, Any], at: datetime | None = None) -> int:
        """Append an act (inside `writing`) and return its number.

        ``body`` holds text, whole numbers, lists and objects; an instant without ``at`` is now.
        """
        moment = (at or datetime.now(UTC)).astimezone(UTC)
        salt = secrets.token_bytes(SALT_BYTES)
        public = {
            "at": moment.isoformat(timespec="microseconds"),
            "commitment": commit(salt, body).hex(),
            "fields": len(body),
            "kind": kind,
        }
        return self._add(canonical(public), salt, canonical(body))

    def add(self, text: bytes) -> int:
        """Append an entry that is all public (inside `writing`) and return its number."""
        return self._add(text, None, None)

    def _add(self, text: bytes, salt: bytes | None, body: bytes | None) -> int:
        if len(text) > LONGEST_ENTRY:
            raise ValueError(f"an entry of {len(text)} bytes is longer than {LONGEST_ENTRY}")
        if not self._connection.in_transaction:
            raise RuntimeError("entries are appended inside `writing`")
        self._pending.append((text, salt, body))
        return self._frontier.size + len(self._pending) - 1

    def _flush(self) -> None:
        """Write what is pending, and sign the tree that it makes."""
        if not self._pending:
            return
        first, tree = self._frontier.size, self._frontier
        leaves = [leaf_hash(text) for text, _, _ in self._pending]
        subtrees = [
            (level, number, one)
            for level, (start, hashes) in enumerate(tree.extend(leaves)[::8])
            for number, one in enumerate(hashes, start)
            if level
        ]
        entries = [
            (n, text, leaf)
            for n, ((text, _, _), leaf) in enumerate(zip(self._pending, leaves, strict=True), first)
        ]
        bodies = [
            (n, salt, body) for n, (_, salt, body) in enumerate(self._pending, first) if salt is not None
        ]
        write = self._connection.executemany
        write("INSERT INTO entries VALUES (?, ?, ?)", entries)
        write("INSERT INTO bodies VALUES (?, ?, ?)", bodies)
        write("INSERT INTO subtrees VALUES (?, ?, ?)", subtrees)
        write("INSERT OR REPLACE INTO frontier VALUES (1, ?, ?)", [(tree.size, b"".join(tree.peaks))])
        point = Checkpoint(self.origin, tree.size, tree.root())
        signer = next(key for key in self._secret_keys() if key.kind == ED25519)
        note = Note(point.text, (signer.sign(point.text),)).whole.encode()
        write("INSERT INTO checkpoints VALUES (?, ?)", [(tree.size, note)])
        self._known_good = note, point
        self._pending.clear()

    def _last_frontier(self) -> Frontier:
        """The tree as it was signed last; refuses one that is not."""
        found = self._rows("SELECT size, peaks FROM frontier")
        size, peaks = found[0] if found else (0, b"")
        count = len(self)
        hashes = [peaks[at : at + HASH_BYTES] for at in range(0, len(peaks), HASH_BYTES)]
        try:
            tree = Frontier(size, hashes)
        except Refused as error:
            raise VerificationError(f"{self._path}: {error}. {_RESTORE}") from error
        if size != count or (size and self._checked(size).root != tree.root()):
            raise VerificationError(
                f"{self._path}: the entries are not those that were signed last. {_RESTORE}"
            )
        return tree

    def check_frontier(self) -> None:
        """Raise `VerificationError` unless the next entry would go on from the tree that was signed last."""
        self._last_frontier()

    def strange_parts(self) -> list[str]:
        """What the file holds beside the log: tables, indexes, triggers, views, facts about it."""
        query = "SELECT type || ' ' || name || coalesce(': ' || sql, '') FROM sqlite_schema"
        with closing(sqlite3.connect(":memory:")) as made:
            made.executescript(_TABLES)
            own = {row[0] for row in made.execute(query)}
        found = {row[0] for row in self._rows(query)}
        about = [row[0] for row in self._rows("SELECT name FROM about WHERE name NOT IN ('origin', 'keys')")]
        return sorted(own ^ found) + [f"about: {name}" for name in sorted(about)]

    def cosigned_sizes(self) -> list[int]:
        """The sizes of which signatures of others are kept."""
        return [row[0] for row in self._rows("SELECT DISTINCT size FROM cosignatures ORDER BY size")]

    # ------------------------------------------------------------ reading

    def __len__(self) -> int:
        """The number of entries."""
        return int(self._rows("SELECT coalesce(max(number) + 1, 0) FROM entries")[0][0])

    def entries(self, as_of: datetime | None = None) -> tuple[Entry, ...]:
        """All acts, or those made up to ``as_of``, in order.

        Each is checked against its leaf hash and its commitment, all together against the checkpoint signed
        last; raises `VerificationError` for the first that is not as it was entered.
        """
        with self._in_one_state():
            return self._entries(as_of)

    def _entries(self, as_of: datetime | None) -> tuple[Entry, ...]:
        stored = self._rows(
            "SELECT e.number, e.text, e.leaf, b.salt, b.body FROM entries e "
            "LEFT JOIN bodies b ON b.number = e.number ORDER BY e.number"
        )
        tree, read = Frontier(), []
        for position, (number, text, leaf, salt, body) in enumerate(stored):
            if number != position or leaf_hash(text) != leaf:
                raise VerificationError(
                    f"{self._path}: log entry {position} is missing or does not match its hash. {_RESTORE}"
                )
            tree.add(leaf)
            read.append(self._read(number, text, salt, body))
        if tree.size and self._checked(tree.size).root != tree.root():
            raise VerificationError(f"{self._path}: the log is not the one that was signed. {_RESTORE}")
        self._check_strays(len(stored))
        gone = {
            int(e.body["entry"]): e.number for e in read if e is not None and e.kind == EXPUNGE and e.body
        }
        found: list[Entry] = []
        for number, (entry, row) in enumerate(zip(read, stored, strict=True)):
            one = entry or self._without_body(number, row[1], gone)
            if one is None:
                continue
            if as_of is not None and one.at > as_of:
                break
            found.append(one)
        return tuple(found)

    def _read(self, number: int, text: bytes, salt: bytes | None, body: bytes | None) -> Entry | None:
        """An entry with its body; None where it has none."""
        if salt is None or body is None:
            return None
        try:
            public, content = json.loads(text), json.loads(body)
            is_same = commit(salt, content).hex() == public["commitment"]
        except (ValueError, TypeError, AttributeError, RecursionError):
            is_same = False
        if not is_same:
            raise VerificationError(
                f"{self._path}: what log entry {number} stands for was changed. {_RESTORE}"
            )
        return Entry(number, datetime.fromisoformat(public["at"]), public["kind"], content)

    def _without_body(self, number: int, text: bytes, gone: Mapping[int, int]) -> Entry | None:
        """An entry that was expunged; None for one that is all public."""
        try:
            public = json.loads(text)
            at, kind = datetime.fromisoformat(public["at"]), str(public["kind"])
            committed = "commitment" in public
        except (ValueError, KeyError, TypeError):
            return None
        if not committed:
            return None
        if number not in gone:
            raise VerificationError(
                f"{self._path}: what log entry {number} stands for is missing, and no order to expunge it is "
                f"on the log. {_RESTORE}"
            )
        return Entry(number, at, kind, {}, gone[number])

    def _check_strays(self, count: int) -> None:
        strays = self._rows("SELECT number FROM bodies WHERE number >= ? OR number < 0 LIMIT 1", count)
        if strays:
            raise VerificationError(f"{self._path}: body {strays[0][0]} belongs to no entry. {_RESTORE}")

    def checkpoint(self, size: int | None = None) -> str:
        """``<entries> <root hash in hexadecimal digits>`` of the first ``size`` entries (default: all)."""
        wanted = len(self) if size is None else size
        return f"{wanted} {subtree_hash(self.store(), 0, wanted).hex()}"

    # ------------------------------------------------------------ the tree

    def store(self) -> Tiles:
        """The hashes of the tree, for proofs."""
        return Tiles(self.tile, len(self))

    def tile(self, level: int, number: int, width: int) -> bytes:
        """The hashes of a tile (`tiles.TileSource`)."""
        first = number * WIDTH
        if level == 0:
            rows = self._rows(
                "SELECT leaf FROM entries WHERE number >= ? AND number < ? ORDER BY number",
                first,
                first + width,
            )
        else:
            rows = self._rows(
                "SELECT hash FROM subtrees WHERE level = ? AND number >= ? AND number < ? ORDER BY number",
                level,
                first,
                first + width,
            )
        return b"".join(row[0] for row in rows)

    def texts(self, first: int, last: int) -> list[bytes]:
        """The public texts of the entries ``[first, last)``."""
        query = "SELECT text FROM entries WHERE number >= ? AND number < ? ORDER BY number"
        return [row[0] for row in self._rows(query, first, last)]

    def shown(self, number: int, withhold: Mapping[str, str] | None = None) -> Shown | None:
        """The body of an entry with its salts, without the fields withheld; None where there is no body."""
        found = self._rows("SELECT salt, body FROM bodies WHERE number = ?", number)
        return show(found[0][0], json.loads(found[0][1]), withhold) if found else None

    def expunge(self, number: int, body: Mapping[str, Any]) -> int:
        """Destroy the body and salt of an entry, by an entry that says so (its number is returned).

        ``body`` says on whose order; ``entry`` is added to it. The freed pages are overwritten
        (``secure_delete``) and the write-ahead log is emptied. Raises `WrongUseError` for an entry without a
        body.
        """
        if not self._rows("SELECT 1 FROM bodies WHERE number = ?", number):
            raise WrongUseError(f"log entry {number} is not there, or has nothing left to expunge")
        with self.writing():
            made = self.append(EXPUNGE, {**body, "entry": number})
            with self._in_words():
                self._connection.execute("DELETE FROM bodies WHERE number = ?", (number,))
        self._rows("PRAGMA wal_checkpoint(TRUNCATE)")
        return made

    # ------------------------------------------------------------ checkpoints and proofs

    def _checked(self, size: int) -> Checkpoint:
        """The checkpoint of a size, signed by this log."""
        note = self._note(size)
        if self._known_good is not None and self._known_good[0] == note:
            return self._known_good[1]
        try:
            opened = open_note(note, self.keys)
            point = parse_checkpoint(opened.note.text)
        except Refused as error:
            raise VerificationError(
                f"{self._path}: the checkpoint of {size} entries: {error}. {_RESTORE}"
            ) from error
        if point.origin != self.origin or point.size != size:
            raise VerificationError(
                f"{self._path}: the checkpoint of {size} entries is another's. {_RESTORE}"
            )
        self._known_good = note, point
        return point

    def _note(self, size: int) -> bytes:
        found = self._rows("SELECT note FROM checkpoints WHERE size = ?", size)
        if not found:
            raise VerificationError(f"{self._path}: no checkpoint of {size} entries was signed. {_RESTORE}")
        return bytes(found[0][0])

    def sizes(self) -> list[int]:
        """The sizes for which a checkpoint was signed."""
        return [row[0] for row in self._rows("SELECT size FROM checkpoints ORDER BY size")]

    def signed_checkpoint(self, size: int | None = None) -> bytes:
        """The signed checkpoint of a size (default: the latest) with every signature of others on it."""
        wanted = len(self) if size is None else size
        if not wanted:
            raise WrongUseError(f"{self._path} has no entries yet")
        note = parse_note(self._note(wanted))
        lines = self._rows("SELECT line FROM cosignatures WHERE size = ? ORDER BY line", wanted)
        more = tuple(parse_signature(line) for (line,) in lines)
        return Note(note.text, (*note.signatures, *more)).whole.encode()

    def signed_text(self, size: int | None = None) -> bytes:
        """What the signatures of the checkpoint of a size are made over: what time stamps are asked for."""
        wanted = len(self) if size is None else size
        return self._checked(wanted).text.encode()

    def cosign(self, size: int, lines: Sequence[Signature]) -> None:
        """Keep signature lines of others on the checkpoint of a size; the policy says who counts."""
        self._checked(size)
        with self._changing(), self._in_words():
            self._connection.executemany(
                "INSERT OR IGNORE INTO cosignatures VALUES (?, ?)",
                [(size, one.line.removesuffix("\n")) for one in lines],
            )

    def sign_for_decades(self, at: datetime) -> None:
        """Sign the latest checkpoint with the log's ML-DSA-44 key as well, before others are shown it."""
        size = len(self)
        point = self._checked(size)
        signed = {(one.name, one.key_id) for one in parse_note(self.signed_checkpoint(size)).signatures}
        if not any((k.name, k.key_id) in signed for k in self.keys if k.kind == MLDSA44_COSIGNATURE):
            quantum = [key for key in self._secret_keys() if key.kind == MLDSA44_COSIGNATURE]
            self.cosign(size, [key.sign(point.text, int(at.timestamp())) for key in quantum])

    def proof(self, number: int, size: int | None = None) -> ProofFile:
        """The proof that an entry is in the log of a size (default: all)."""
        wanted = len(self) if size is None else size
        if not 0 <= number < wanted:
            raise WrongUseError(f"there is no log entry {number} among the first {wanted}")
        path = prove_inclusion(self.store(), number, wanted)
        return ProofFile(number, path, self.signed_checkpoint(wanted).decode())

    def growth(self, old: int, size: int | None = None) -> Proof:
        """The proof that the log of a size begins with that of an older one."""
        wanted = len(self) if size is None else size
        if not 0 <= old <= wanted:
            raise WrongUseError(f"the log has {wanted} entries, and cannot have grown from {old}")
        return prove_consistency(self.store(), old, wanted)

    def published(self, folder: Path, at: datetime) -> None:
        """Publish tiles, bundles and checkpoint to a folder that holds an earlier state, or nothing.

        Raises `OSError` where the folder cannot be written; it holds what it held before then.
        """
        self.sign_for_decades(at)
        size, since = len(self), published_size(folder, self.keys)
        if since > size:
            raise VerificationError(
                f"{folder} holds {since} entries of this log, which itself has {size}: an older copy was put "
                "in its place. Restore the newer one."
            )
        with _taken_back(folder) as write:
            publish(folder, self.tile, self.texts, self.signed_checkpoint(size), size, since, write)


def _connected(path: Path) -> sqlite3.Connection:
    """The file, to be read and written; on a disk that cannot be written, to be read."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=5)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        return connection
    except sqlite3.OperationalError:
        connection.close()
        ahead = path.with_name(f"{path.name}-wal")
        is_behind = ahead.is_file() and ahead.stat().st_size > 0
        if is_behind or not path.is_file() or os.access(path.parent, os.W_OK):
            raise
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)


@contextmanager
def _taken_back(folder: Path) -> Iterator[Write]:
    """Gives how to write files of a folder; where one cannot be written, those that are new go again."""
    made: list[Path] = []
    kept = {folder, *folder.parents} if folder.exists() else set(folder.parents)

    def write(path: Path, content: bytes) -> None:
        if not path.exists():
            made.append(path)
        write_durably(path, content)

    try:
        yield write
    except OSError:
        for path in made:
            path.unlink(missing_ok=True)
            for parent in path.parents:
                if parent in kept or not parent.is_dir() or any(parent.iterdir()):
                    break
                parent.rmdir()
        raise


def _kind(text: bytes) -> object:
    """The kind that an entry says it is of; None for one that is no act."""
    try:
        public = json.loads(text)
    except ValueError:
        return None
    return public.get("kind") if isinstance(public, dict) and "commitment" in public else None


def published_size(folder: Path, keys: Sequence[PublicKey]) -> int:
    """How many entries a folder of tiles holds by its checkpoint; 0 for none."""
    try:
        whole = (folder / CHECKPOINT).read_bytes()
    except OSError:
        return 0
    try:
        return parse_checkpoint(open_note(whole, keys).note.text).size
    except Refused as error:
        raise VerificationError(f"{folder / CHECKPOINT}: {error}. Publish to an empty folder.") from error
