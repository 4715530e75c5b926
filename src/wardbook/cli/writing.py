"""Files that the commands write: prepared aside, then put in place whole."""

from __future__ import annotations

from pathlib import Path

from wardbook.errors import WrongUseError
from wardbook.records.in_place import put_in_place


def write_text(target: Path, text: str) -> None:
    """Write ``text`` as UTF-8 with its own line ends."""
    with put_in_place(target) as aside:
        aside.write_text(text, encoding="utf-8", newline="")


def refuse_same(target: Path, source: Path) -> None:
    """Raise `WrongUseError` where ``target`` is the very file that is read."""
    if target.exists() and source.exists() and target.samefile(source):
        raise WrongUseError(f"{target} is the file that is read; name another one to write")
