"""Exhibits on disk: bytes under their SHA-256, written once, never changed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import BinaryIO

_CHUNK = 1 << 20
_END_OF_CALENDAR = 250_000_000_000


class UnreadableSourceError(OSError):
    """A file to be taken in cannot be opened or read; ``strerror`` says what the system said."""


def sha256_file(path: Path) -> str:
    """The SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def exhibit_path(exhibits: Path, sha256: str) -> Path:
    """Where the exhibit of that digest lies."""
    return exhibits / sha256[:2] / sha256[2:]


def stage_copy(source: Path, staging: Path) -> tuple[str, Path, float]:
    """Copy ``source`` into ``staging``, synced, under the digest of the bytes that were copied.

    Returns digest, staged path, and when the source was last changed (whole seconds since 1970; 0 for a time
    that no calendar has). Raises `UnreadableSourceError` if ``source`` cannot be read, and another `OSError`
    if the copy cannot be written. The digest is of the copy, so a source that changes while it is read
    cannot be kept under a digest that is not its own.
    """
    digest = hashlib.sha256()
    partial = staging / "partial"
    with partial.open("wb") as copy, _reading(source) as stream:
        changed = os.fstat(stream.fileno()).st_mtime
        while chunk := _chunk(stream):
            digest.update(chunk)
            copy.write(chunk)
        copy.flush()
        os.fsync(copy.fileno())
    staged = staging / digest.hexdigest()
    partial.replace(staged)
    return digest.hexdigest(), staged, int(changed) if 0 <= changed < _END_OF_CALENDAR else 0


def _reading(source: Path) -> BinaryIO:
    try:
        return source.open("rb")
    except OSError as error:
        raise UnreadableSourceError(error.errno, error.strerror) from error


def _chunk(stream: BinaryIO) -> bytes:
    try:
        return stream.read(_CHUNK)
    except OSError as error:
        raise UnreadableSourceError(error.errno, error.strerror) from error


def keep(staged: Path, exhibits: Path, sha256: str) -> None:
    """Move a staged copy to its place, read-only and synced; bytes already kept stay untouched."""
    place = exhibit_path(exhibits, sha256)
    if place.exists():
        staged.unlink()
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    staged.chmod(0o444)
    staged.replace(place)
    sync_folder(place.parent)


def sync_file(path: Path) -> None:
    """Force a file's bytes to the disk."""
    with path.open("rb") as stream:
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Force a folder's entries to the disk (no effect where the system cannot)."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)
