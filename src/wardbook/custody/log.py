"""The log of a book: an append-only list of acts in SQLite (WAL, ``synchronous=FULL``).

An entry is JSON text: what was done, by whom, when. Its leaf hash is stored beside it, and the checkpoint
of the log (``<entries> <root hash>``) is the RFC 6962 tree over all leaves. An act is visible exactly when
its entry is committed; everything else on disk is prepared before and ignored without its entry.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wardbook.custody.merkle import leaf_hash, root_hash
from wardbook.errors import VerificationError


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
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=60)
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
    def writing(self) -> Iterator[None]:
        """One writer at a time; what is appended inside becomes visible together, or not at all."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def append(self, kind: str, body: Mapping[str, Any], at: datetime | None = None) -> int:
        """Append an entry (inside `writing`) and return its number."""
        moment = (at or datetime.now(UTC)).astimezone(UTC)
        content = {"at": moment.isoformat(timespec="microseconds"), "kind": kind, "body": body}
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        (number,) = self._connection.execute("SELECT count(*) FROM entries").fetchone()
        self._connection.execute(
            "INSERT INTO entries VALUES (?, ?, ?)", (number, text, leaf_hash(text.encode("utf-8")))
        )
        return int(number)

    def entries(self, as_of: datetime | None = None) -> tuple[Entry, ...]:
        """All entries, or those made up to ``as_of``, in order; each is checked against its leaf hash."""
        found: list[Entry] = []
        for position, (number, text, leaf) in enumerate(
            self._connection.execute("SELECT number, text, leaf FROM entries ORDER BY number")
        ):
            if number != position or leaf_hash(text.encode("utf-8")) != leaf:
                raise VerificationError(f"log entry {position} is missing or does not match its hash")
            content = json.loads(text)
            at = datetime.fromisoformat(content["at"])
            if as_of is not None and at > as_of:
                break
            found.append(Entry(number, at, content["kind"], content["body"]))
        return tuple(found)

    def checkpoint(self, size: int | None = None) -> str:
        """``<entries> <root hash>`` of the first ``size`` entries (default: all)."""
        leaves = [row[0] for row in self._connection.execute("SELECT leaf FROM entries ORDER BY number")]
        leaves = leaves if size is None else leaves[:size]
        return f"{len(leaves)} {root_hash(leaves).hex()}"
