"""Packs: many small files in one, so that a bag of them is read at the speed of the disk.

A pack is a ZIP file without compression (APPNOTE 6.3.3, method 0) whose members are named by their own
SHA-256; any tool opens it. A file of a megabyte or more stands by itself.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from wardbook.custody.refused import Refused

LARGE = 1 << 20
"""From so many bytes on a file is not packed."""

FULL = 64 << 20
"""A pack is closed when it holds so many bytes."""

_NAME = re.compile(r"[0-9a-f]{64}")
_BEGINNING_OF_ZIP = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o100644 << 16


def write_packs(files: Iterable[tuple[str, Path]], folder: Path) -> list[Path]:
    """Pack files, given by digest and place and sorted by digest, into ``folder``; gives the packs.

    The bytes of a pack depend on its files alone.
    """
    made: list[Path] = []
    pack: zipfile.ZipFile | None = None
    held = 0
    try:
        for digest, path in files:
            content = path.read_bytes()
            if pack is None or held + len(content) > FULL:
                if pack is not None:
                    pack.close()
                made.append(folder / f"pack-{len(made):04}.zip")
                pack, held = zipfile.ZipFile(made[-1], "x", zipfile.ZIP_STORED), 0
            member = zipfile.ZipInfo(digest, _BEGINNING_OF_ZIP)
            member.create_system, member.external_attr = 3, _PLAIN_FILE
            pack.writestr(member, content)
            held += len(content)
    finally:
        if pack is not None:
            pack.close()
    return made


def read_pack(path: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a pack by digest, each checked against it.

    Raises `Refused` for what is no pack: compressed members (a small file could grow without end), other
    names, a name that stands twice, bytes that are not those of their name.
    """
    try:
        with zipfile.ZipFile(path) as pack:
            members = pack.infolist()
            names = [one.filename for one in members]
            if len(set(names)) != len(names):
                raise Refused(f"{path.name}: a member stands twice")
            for member in members:
                yield member.filename, _read_member(path, pack, member)
    except Refused:
        raise
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        ValueError,
        OSError,
    ) as error:
        raise Refused(f"{path.name} cannot be read as a pack ({error})") from error


def _read_member(path: Path, pack: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    stored = member.compress_type == zipfile.ZIP_STORED and member.compress_size == member.file_size
    stored = stored and not member.extra and not member.comment
    if not stored or not _NAME.fullmatch(member.filename) or member.file_size >= LARGE:
        raise Refused(f"{path.name}: the member {member.filename[:80]!r} is not a small file stored as it is")
    content = pack.read(member)
    if hashlib.sha256(content).hexdigest() != member.filename:
        raise Refused(f"{path.name}: the member {member.filename} is not the bytes of its name")
    return content
