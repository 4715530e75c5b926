from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wardbook.custody.log import Log
from wardbook.errors import VerificationError


def test_entries_come_back_in_order_with_a_checkpoint(tmp_path: Path) -> None:
    log = Log(tmp_path / "log.sqlite")
    with log.writing():
        log.append("init", {"title": "Case"}, datetime(2026, 1, 1, tzinfo=UTC))
        log.append("take-in", {"source": "box 1"}, datetime(2026, 1, 2, tzinfo=UTC))
    assert [(e.number, e.kind, e.body) for e in log.entries()] == [
        (0, "init", {"title": "Case"}),
        (1, "take-in", {"source": "box 1"}),
    ]
    assert [e.kind for e in log.entries(datetime(2026, 1, 1, 12, tzinfo=UTC))] == ["init"]
    assert log.checkpoint().startswith("2 ")
    assert log.checkpoint(1).startswith("1 ")
    assert log.checkpoint(1) != log.checkpoint()


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    log = Log(tmp_path / "log.sqlite")
    before = log.checkpoint()

    def broken_off() -> None:
        with log.writing():
            log.append("take-in", {"source": "box 1"})
            raise RuntimeError("the disk went away")

    with pytest.raises(RuntimeError):
        broken_off()
    assert log.checkpoint() == before
    assert log.entries() == ()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE entries SET text = replace(text, 'box 1', 'box 2') WHERE number = 1",
        "DELETE FROM entries WHERE number = 0",
    ],
)
def test_a_changed_or_removed_entry_is_found(tmp_path: Path, change: str) -> None:
    log = Log(tmp_path / "log.sqlite")
    with log.writing():
        log.append("init", {})
        log.append("take-in", {"source": "box 1"})
    log.close()
    with sqlite3.connect(tmp_path / "log.sqlite") as raw:
        raw.execute(change)
    raw.close()
    with pytest.raises(VerificationError, match="log entry"):
        Log(tmp_path / "log.sqlite").entries()
