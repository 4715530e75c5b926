"""Power cuts: what the disk may hold after any write, and what the log makes of it.

A VFS of SQLite records every write, sync and truncation. After each a crash image is made: what was synced is
there, of the rest any sectors of 512 bytes may be. The log is opened on the image: it is consistent, and has
every entry that was acknowledged before the cut.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import apsw
import pytest

from wardbook.custody.log import Log

SECTOR = 512
IMAGES = 3
"""Crash images after each operation."""


@dataclass
class Tape:
    """Operations in order: file, what, offset, bytes; and after which how many entries were acknowledged."""

    operations: list[tuple[str, str, int, bytes]] = field(default_factory=list)
    acknowledged: list[tuple[int, int]] = field(default_factory=list)

    def note(self, name: str, what: str, offset: int = 0, content: bytes = b"") -> None:
        self.operations.append((name, what, offset, content))

    def known_after(self, count: int) -> int:
        return max((entries for at, entries in self.acknowledged if at <= count), default=0)


class RecordedFile(apsw.VFSFile):
    def __init__(self, tape: Tape, filename: Any, flags: list[int]) -> None:
        super().__init__("unix", filename, flags)
        self._tape = tape
        self._name = Path(filename.filename() if hasattr(filename, "filename") else str(filename)).name

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802 - SQLite's name
        self._tape.note(self._name, "write", offset, bytes(data))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        self._tape.note(self._name, "truncate", newsize)
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802
        super().xSync(flags)
        self._tape.note(self._name, "sync")


class RecordingVFS(apsw.VFS):
    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        super().__init__("recording", "unix")

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        return RecordedFile(self._tape, name, flags)

    def xDelete(self, name: str, syncdir: bool) -> None:  # noqa: N802
        super().xDelete(name, syncdir)
        self._tape.note(Path(name).name, "delete")


class Shim:
    """The few methods of ``sqlite3.Connection`` that the log calls, over the recording VFS."""

    def __init__(self, path: Path) -> None:
        self._connection = apsw.Connection(str(path), vfs="recording")

    def execute(self, query: str, values: Any = ()) -> Any:
        return self._connection.execute(query, values)

    def executemany(self, query: str, rows: Any) -> Any:
        return self._connection.executemany(query, rows)

    def executescript(self, script: str) -> None:
        self._connection.execute(script)

    @property
    def in_transaction(self) -> bool:
        return bool(self._connection.in_transaction)

    def close(self) -> None:
        self._connection.close()


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tape, Path]:
    """A log that grows by single entries and batches, and expunges one, on tape."""
    place, tape = tmp_path_factory.mktemp("log"), Tape()
    Log(place / "log.sqlite").close()
    start = place / "start"
    start.mkdir()
    for name in ("log.sqlite", "key"):
        shutil.copyfile(place / name, start / name)
    vfs = RecordingVFS(tape)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wardbook.custody.log.sqlite3.connect", lambda path, **_: Shim(path))
        log = Log(place / "log.sqlite")
        for count in (1, 1, 30, 1, 300, 1, 1):
            with log.writing():
                for _ in range(count):
                    log.append("view", {"what": "x" * 200})
            tape.acknowledged.append((len(tape.operations), len(log)))
        log.expunge(3, {"order": "Order 7"})
        tape.acknowledged.append((len(tape.operations), len(log)))
        with log.writing():
            log.append("view", {"what": "last"})
        tape.acknowledged.append((len(tape.operations), len(log)))
        log.close()
    vfs.unregister()
    return tape, start


def image(tape: Tape, start: Path, count: int, random: Random, place: Path) -> Path:
    """The files as they may be after a power cut behind ``count`` operations."""
    durable = {"log.sqlite": bytearray((start / "log.sqlite").read_bytes())}
    pending: dict[str, list[tuple[str, int, bytes]]] = {}
    for name, what, offset, content in tape.operations[:count]:
        if what == "sync":
            for one in pending.pop(name, []):
                _apply(durable.setdefault(name, bytearray()), *one)
        elif what == "delete":
            durable.pop(name, None)
            pending.pop(name, None)
        else:
            pending.setdefault(name, []).append((what, offset, content))
    share = random.choice((0.0, 0.5, 1.0))
    for name, waiting in pending.items():
        for what, offset, content in waiting:
            pieces = range(0, len(content), SECTOR) if what == "write" else range(1)
            for at in pieces:
                if random.random() < share:
                    piece = content[at : at + SECTOR] if what == "write" else content
                    _apply(durable.setdefault(name, bytearray()), what, offset + at, piece)
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    for name, content_of in durable.items():
        if not name.endswith("-shm"):
            (place / name).write_bytes(content_of)
    shutil.copyfile(start / "key", place / "key")
    return place / "log.sqlite"


def _apply(content: bytearray, what: str, offset: int, written: bytes) -> None:
    if what == "truncate":
        del content[offset:]
        content.extend(bytes(max(0, offset - len(content))))
        return
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(written)] = written


def test_no_power_cut_loses_an_acknowledged_entry_or_leaves_a_broken_log(
    recorded: tuple[Tape, Path], tmp_path: Path
) -> None:
    tape, start = recorded
    random = Random(11)
    assert len(tape.operations) > 100
    assert {what for _, what, _, _ in tape.operations} >= {"write", "sync"}
    for count in range(len(tape.operations) + 1):
        for _ in range(IMAGES):
            path = image(tape, start, count, random, tmp_path / "image")
            log = Log(path)
            found = log.entries()
            assert len(found) >= tape.known_after(count), f"after operation {count}"
            assert len(found) in {0, *(entries for _, entries in tape.acknowledged)}
            log.close()


def test_a_log_goes_on_after_a_power_cut(recorded: tuple[Tape, Path], tmp_path: Path) -> None:
    tape, start = recorded
    random = Random(12)
    for count in range(0, len(tape.operations), 25):
        log = Log(image(tape, start, count, random, tmp_path / "image"))
        before = len(log)
        with log.writing():
            log.append("view", {"what": "after"})
        assert len(log.entries()) == before + 1
        log.close()


def test_without_syncs_entries_would_be_lost(recorded: tuple[Tape, Path], tmp_path: Path) -> None:
    """The simulator finds what it looks for: without syncs acknowledged entries are lost."""
    tape, start = recorded
    unsynced = Tape([one for one in tape.operations if one[1] != "sync"], [])
    shift = [sum(o[1] != "sync" for o in tape.operations[:at]) for at, _ in tape.acknowledged]
    unsynced.acknowledged = [(at, n) for at, (_, n) in zip(shift, tape.acknowledged, strict=True)]
    random, lost = Random(13), 0
    for count in range(0, len(unsynced.operations), 5):
        path = image(unsynced, start, count, random, tmp_path / "image")
        try:
            log = Log(path)
            lost += len(log.entries()) < unsynced.known_after(count)
            log.close()
        except Exception:  # noqa: BLE001 - any failure to open is what is looked for
            lost += 1
    assert lost > 0
