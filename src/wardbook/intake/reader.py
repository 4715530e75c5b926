"""What a reader is: two functions and a name, for one format.

A reader never writes, never asks, and knows nothing of trips or rules. It raises `InputRefusedError` when
the exhibit as a whole cannot be read (encrypted, truncated, no text layer, wrong delimiter); a row that
cannot be read becomes a `SetAside` and the reading goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from wardbook.records.source import Reading


@dataclass(frozen=True)
class Exhibit:
    """Bytes to be read: ``path`` is where they lie, ``name`` the path as found, ``head`` the first 64 KiB."""

    path: Path
    name: str
    sha256: str
    head: bytes


@dataclass(frozen=True)
class Context:
    """What a reader may know beside the bytes.

    ``zone`` is the book's time zone, for local times without offset. ``mappings`` are the mapping files to
    try, as (name, TOML text) pairs: those shipped with wardbook, those found in the source, that given.
    ``date_order`` ("mdy", "dmy" or None) answers for tables whose dates read both ways.
    """

    zone: ZoneInfo
    mappings: tuple[tuple[str, str], ...] = ()
    date_order: str | None = None


@dataclass(frozen=True)
class Reader:
    """One format. ``reads`` says in words which files it recognizes."""

    name: str
    reads: str
    recognizes: Callable[[Exhibit, Context], bool]
    read: Callable[[Exhibit, Context], Reading]
