"""Exhibits on disk: bytes under their SHA-256, written once, never changed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

_CHUNK = 1 << 20


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


def stage_copy(source: Path, staging: Path) -> tuple[str, Path]:
    """Copy ``source`` into ``staging``, synced, under the digest of the bytes that were copied.

    Returns digest and staged path. The digest is of the copy, so a source that changes while it is read
    cannot be kept under a digest that is not its own.
    """
    digest = hashlib.sha256()
    partial = staging / "partial"
    with source.open("rb") as stream, partial.open("wb") as copy:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            copy.write(chunk)
        copy.flush()
        os.fsync(copy.fileno())
    staged = staging / digest.hexdigest()
    partial.replace(staged)
    return digest.hexdigest(), staged


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
