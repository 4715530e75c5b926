"""Archives of files (tar, also gzipped): every file in one is taken in as an exhibit of its own.

The archive is kept as an exhibit too, because it is what was handed over. Nothing is written where a name in
the archive says: files go to a folder of ours under numbers, and keep the name as the path they were found
at. Links, devices, names that lead out of the archive, names that begin with a dot, and files beyond the
limits are not taken out; the reader says so, row by row. A damaged archive is refused as a whole, and none
of its files is taken in.
"""

from __future__ import annotations

import gzip
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from wardbook.custody.store import sha256_file
from wardbook.errors import InputRefusedError
from wardbook.intake.grid import displayable
from wardbook.intake.reader import Context, Exhibit, Reader
from wardbook.intake.sources import Files, Found, PassedOver
from wardbook.records.source import NotARecord, Place, Reading, Row, SetAside

MOST_FILES = 50_000
MOST_BYTES = 4 << 30
LARGEST_FILE = 1 << 30
DEEPEST = 4
"""Limits of one archive: members, bytes when unpacked, bytes of one file, archives within archives."""

_BLOCK = 512
_MAGIC = slice(257, 262)
_DAMAGED = (tarfile.TarError, EOFError, OSError, zlib.error, UnicodeError, ValueError)


@dataclass(frozen=True)
class Member:
    """One member: its number from 1, name, time of change, whether it is a folder, why it stays inside."""

    number: int
    name: str
    changed: float
    is_folder: bool
    why_not: str | None


class _TooMuchError(ValueError):
    """An archive that unpacks to more than the limit."""


@dataclass
class _Counted:
    """A stream that stops at the limit of bytes, so that no small archive fills a disk."""

    stream: BinaryIO
    left: int = MOST_BYTES
    tail: bytes = b""

    def read(self, size: int = -1) -> bytes:
        chunk = self.stream.read(size)
        self.left -= len(chunk)
        self.tail = (self.tail + chunk)[-_BLOCK:]
        if self.left < 0:
            raise _TooMuchError(f"more than {MOST_BYTES:,} bytes when unpacked")
        return chunk


def is_archive(path: Path) -> bool:
    """Whether the first block of a file, unpacked if it is gzipped, is the header of a tar archive."""
    try:
        with path.open("rb") as plain:
            gzipped = plain.read(2) == b"\x1f\x8b"
            plain.seek(0)
            if not gzipped:
                return plain.read(_BLOCK)[_MAGIC] == b"ustar"
            with gzip.open(plain) as stream:
                return stream.read(_BLOCK)[_MAGIC] == b"ustar"
    except (OSError, EOFError, zlib.error):
        return False


def with_members(files: Files, folder: Path) -> Files:
    """The files of a source and the files of its archives, taken out into ``folder``, after their archive.

    A member's name is the archive's name, a slash, and its name inside. An archive that cannot be opened or
    read to its end gives none: its own exhibit says why.
    """
    found: list[Found] = []
    passed = list(files.passed_over)
    for one in files.found:
        found.append(one)
        _take_out(one, folder, (), found, passed)
    return Files(tuple(found), tuple(passed))


def _take_out(
    archive: Found, folder: Path, above: tuple[str, ...], found: list[Found], passed: list[PassedOver]
) -> None:
    """Add the files of an archive, and of the archives in it, to ``found``."""
    if not is_archive(archive.file):
        return
    digest = sha256_file(archive.file)
    if digest in above or len(above) >= DEEPEST:
        passed.append(PassedOver(archive.name, "an archive within itself, or too many within each other"))
        return
    into = folder / str(len(list(folder.iterdir())))
    into.mkdir()
    try:
        members = [one for one in _members(archive.file, into) if one.why_not is None and not one.is_folder]
    except _DAMAGED:
        shutil.rmtree(into)
        return
    for one in members:
        name = displayable(f"{archive.name}/{PurePosixPath(one.name)}")
        inside = Found(into / str(one.number), name, archive.source, named=False)
        found.append(inside)
        _take_out(inside, folder, (*above, digest), found, passed)


def _members(path: Path, into: Path | None = None) -> Iterator[Member]:
    """Every member of an archive in its order; files are copied to ``into`` under their numbers if given.

    The archive is read to its very end, so that one whose check sum or end mark is missing is found out.
    """
    with path.open("rb") as plain:
        gzipped = plain.read(2) == b"\x1f\x8b"
        plain.seek(0)
        counted = _Counted(gzip.open(plain) if gzipped else plain)  # type: ignore[arg-type]  # noqa: SIM115
        with tarfile.open(fileobj=counted, mode="r|") as tar:  # type: ignore[call-overload]
            for number, info in enumerate(tar, 1):
                if number > MOST_FILES:
                    raise _TooMuchError(f"more than {MOST_FILES:,} members")
                member = Member(number, info.name, float(info.mtime), info.isdir(), _why_not(info))
                if into is not None and member.why_not is None and not member.is_folder:
                    _copy_out(tar, info, into / str(number))
                yield member
        while counted.read(1 << 20):
            pass
        if counted.tail.strip(b"\0"):
            raise tarfile.ReadError("it has no end of archive")


def _copy_out(tar: tarfile.TarFile, info: tarfile.TarInfo, target: Path) -> None:
    stream = tar.extractfile(info)
    if stream is None:
        raise tarfile.ReadError(f"{info.name} has no contents")
    with stream, target.open("xb") as copy:
        shutil.copyfileobj(stream, copy)
    if target.stat().st_size != info.size:
        raise tarfile.ReadError(f"{info.name} is cut short")
    os.utime(target, (info.mtime, info.mtime))


def _why_not(info: tarfile.TarInfo) -> str | None:
    """Why a member is not taken out, or None."""
    parts = PurePosixPath(info.name).parts
    if info.name.startswith("/") or ".." in parts or "\\" in info.name or "\0" in info.name or not parts:
        return "a name that leads out of the archive"
    if info.issym() or info.islnk():
        return "a link"
    if not (info.isreg() or info.isdir()):
        return "neither a file nor a folder"
    if any(part.startswith(".") for part in parts):
        return "its name begins with a dot"
    return f"more than {LARGEST_FILE:,} bytes" if info.size > LARGEST_FILE else None


def recognizes(exhibit: Exhibit, context: Context) -> bool:  # noqa: ARG001
    """Whether an exhibit is a tar archive, plain or gzipped."""
    return is_archive(exhibit.path)


def read(exhibit: Exhibit, context: Context) -> Reading:  # noqa: ARG001
    """The members of an archive: files are no records here, because each is an exhibit of its own.

    Raises `InputRefusedError` for an archive that is damaged, cut short, or larger than the limits.
    """
    try:
        rows = tuple(_row(member) for member in _members(exhibit.path))
        held = sum(1 for _ in _members(exhibit.path))
    except _DAMAGED as error:
        raise InputRefusedError(
            exhibit.name,
            f"a whole archive of at most {MOST_FILES:,} files and {MOST_BYTES:,} bytes",
            f"one that cannot be read to its end ({error})",
            "Fetch it again, or unpack it and take in the folder. None of its files was taken in.",
        ) from error
    return Reading(rows, held)


def _row(member: Member) -> Row:
    at, name = Place(None, member.number), displayable(member.name)
    if member.why_not is not None:
        return SetAside(
            at,
            name,
            "a file or folder inside the archive",
            member.why_not,
            "It was not taken out. If it matters, unpack it with care and take it in as a file.",
        )
    return NotARecord(at, name, "a folder" if member.is_folder else "taken in as an exhibit of its own")




READER = Reader(
    "archive",
    "archives as .tar and .tar.gz: every file inside is taken in as an exhibit of its own",
    recognizes,
    read,
)
