"""A file prepared aside and then put in place whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


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
