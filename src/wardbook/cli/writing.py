"""Files that the commands write: prepared aside, then put in place whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wardbook.errors import WrongUseError


@contextmanager
def put_in_place(target: Path) -> Iterator[Path]:
    """Give a path beside ``target`` to write to; what stands there at the end replaces ``target``.

    After an error nothing is left beside it, and ``target`` is as it was.
    """
    aside = target.with_name(f".{target.name}")
    try:
        yield aside
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def write_text(target: Path, text: str) -> None:
    """Write ``text`` as UTF-8 with its own line ends."""
    with put_in_place(target) as aside:
        aside.write_text(text, encoding="utf-8", newline="")


def refuse_same(target: Path, source: Path) -> None:
    """Raise `WrongUseError` where ``target`` is the very file that is read."""
    if target.exists() and source.exists() and target.samefile(source):
        raise WrongUseError(f"{target} is the file that is read; name another one to write")
