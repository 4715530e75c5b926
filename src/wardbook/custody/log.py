"""The log of a book: an append-only list of acts in SQLite (WAL, ``synchronous=FULL``).

An entry is JSON text: what was done, by whom, when. Its leaf hash is stored beside it, and the checkpoint
of the log (``<entries> <root hash>``) is the RFC 6962 tree over all leaves. An act is visible exactly when
its entry is committed; everything else on disk is prepared before and ignored without its entry.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wardbook.custody.merkle import leaf_hash, root_hash
from wardbook.errors import NotWrittenError, VerificationError

PATIENCE = 60.0
"""Seconds a writer waits for another one to be done."""

_STEP = 0.1
_RESTORE = "Restore the book from a copy."


@dataclass(frozen=True)
class Entry:
    """One entry: its number from 0, when it was made (UTC), its kind, and what it says."""

    number: int
    at: datetime
    kind: str
    body: Mapping[str, Any]


class Log:
    """The log in one SQLite file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._in_words():
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=5)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS entries ("
                "number INTEGER PRIMARY KEY, text TEXT NOT NULL, leaf BLOB NOT NULL) STRICT"
            )

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """What SQLite says, as an error of the house: a damaged file, or one that cannot be written."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise NotWrittenError(
                f"{self._path} cannot be opened or written ({error}). "
                "Check that you may write to the book, that its disk is not full, "
                "and that no other program holds it; then try again."
            ) from error
        except sqlite3.DatabaseError as error:
            raise VerificationError(f"{self._path} is damaged ({error}). {_RESTORE}") from error

    @contextmanager
    def writing(self, patience: float = PATIENCE) -> Iterator[None]:
        """One writer at a time; what is appended inside becomes visible together, or not at all.

        Inside another ``writing`` it is part of that one. Waits up to ``patience`` seconds for another
        writer and raises `NotWrittenError` then.
        """
        if self._connection.in_transaction:
            yield
            return
        self._begin(time.monotonic() + patience)
        try:
            yield
            with self._in_words():
                self._connection.execute("COMMIT")
        except BaseException:
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

    def append(self, kind: str, body: Mapping[str, Any], at: datetime | None = None) -> int:
        """Append an entry (inside `writing`) and return its number."""
        moment = (at or datetime.now(UTC)).astimezone(UTC)
        content = {"at": moment.isoformat(timespec="microseconds"), "kind": kind, "body": body}
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        with self._in_words():
            (number,) = self._connection.execute("SELECT count(*) FROM entries").fetchone()
            self._connection.execute(
                "INSERT INTO entries VALUES (?, ?, ?)", (number, text, leaf_hash(text.encode("utf-8")))
            )
        return int(number)

    def entries(self, as_of: datetime | None = None) -> tuple[Entry, ...]:
        """All entries, or those made up to ``as_of``, in order; each is checked against its leaf hash."""
        found: list[Entry] = []
        with self._in_words():
            stored = self._connection.execute(
                "SELECT number, text, leaf FROM entries ORDER BY number"
            ).fetchall()
        for position, (number, text, leaf) in enumerate(stored):
            if number != position or not isinstance(text, str) or leaf_hash(text.encode("utf-8")) != leaf:
                raise VerificationError(
                    f"{self._path}: log entry {position} is missing or does not match its hash. {_RESTORE}"
                )
            content = json.loads(text)
            at = datetime.fromisoformat(content["at"])
            if as_of is not None and at > as_of:
                break
            found.append(Entry(number, at, content["kind"], content["body"]))
        return tuple(found)

    def checkpoint(self, size: int | None = None) -> str:
        """``<entries> <root hash>`` of the first ``size`` entries (default: all)."""
        with self._in_words():
            rows = self._connection.execute("SELECT leaf FROM entries ORDER BY number").fetchall()
        leaves = [row[0] for row in rows]
        leaves = leaves if size is None else leaves[:size]
        return f"{len(leaves)} {root_hash(leaves).hex()}"
