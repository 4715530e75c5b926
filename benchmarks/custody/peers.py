"""The peers, run in an environment of their own: ``python peers.py <what> <argument>`` prints a figure as JSON.

pymerkle is GPL-3.0-or-later: it is measured beside, and nothing of wardbook imports it.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
import tempfile
import time
from pathlib import Path


def chain(count: int, batch: int) -> float:
    """A naive hash chain in SQLite (WAL, FULL): entries a second."""
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "chain.sqlite", isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE entries (number INTEGER PRIMARY KEY, text BLOB, hash BLOB)")
        last, begun = b"", time.perf_counter()
        for first in range(0, count, batch):
            connection.execute("BEGIN IMMEDIATE")
            for number in range(first, first + batch):
                text = b"x" * 190 + number.to_bytes(10, "big")
                last = hashlib.sha256(last + text).digest()
                connection.execute("INSERT INTO entries VALUES (?, ?, ?)", (number, text, last))
            connection.execute("COMMIT")
        return count / (time.perf_counter() - begun)


def pymerkle_append(count: int, batch: int) -> float:
    """pymerkle's SQLite tree: entries a second."""
    from pymerkle import SqliteTree

    with tempfile.TemporaryDirectory() as folder, SqliteTree(str(Path(folder) / "tree.db")) as tree:
        entries = [b"x" * 190 + n.to_bytes(10, "big") for n in range(count)]
        begun = time.perf_counter()
        if batch == 1:
            for entry in entries:
                tree.append_entry(entry)
        else:
            for first in range(0, count, batch):
                tree.append_entries(entries[first : first + batch], chunksize=batch)
        return count / (time.perf_counter() - begun)


def pymerkle_prove(size: int, count: int) -> float:
    """pymerkle's SQLite tree of ``size`` entries: inclusion proofs a second."""
    from pymerkle import SqliteTree

    with tempfile.TemporaryDirectory() as folder, SqliteTree(str(Path(folder) / "tree.db")) as tree:
        tree.append_entries([n.to_bytes(10, "big") for n in range(size)], chunksize=10_000)
        begun = time.perf_counter()
        for index in range(1, count + 1):
            tree.prove_inclusion(size // 2 + index, size)
        return count / (time.perf_counter() - begun)


def tlog_scales_prove(folder: str, count: int) -> float:
    """tlog-scales over published tiles: inclusion proofs of entries in a row, a second."""
    from tlog_scales.backend import LocalBackend
    from tlog_scales.reader import TilesReader

    size = int((Path(folder) / "checkpoint").read_text("utf-8").split("\n")[1])
    reader = TilesReader(LocalBackend(Path(folder)))
    reader.set_size(size)
    begun = time.perf_counter()
    for index in range(count):
        reader.get_inclusion_proof(size // 2 + index, size)
    return count / (time.perf_counter() - begun)


def validate(folder: str, processes: int) -> float:
    """bagit's own validation of a bag: seconds."""
    import bagit

    begun = time.perf_counter()
    bagit.Bag(folder).validate(processes=processes)
    return time.perf_counter() - begun


def main() -> None:
    """Run one and print its figure."""
    what, first, second = sys.argv[1:4]
    found = globals()[what](first if "/" in first else int(first), int(second))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
