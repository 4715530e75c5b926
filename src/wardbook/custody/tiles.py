"""Tiles: a log as files that any web server can serve (C2SP tlog-tiles).

A tile is up to 256 hashes in a row at every eighth level of the tree; an entry bundle is the entries of a
tile of leaves. A full one never changes. `Tiles` makes any source of tiles a `tree.Store`, so that proofs are
made in one way over files and over the database.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from pathlib import Path

from wardbook.custody.refused import Refused
from wardbook.custody.tree import HASH_BYTES, Frontier, Leaves, leaf_hash, root_hash

WIDTH = 256
"""Hashes in a full tile."""

LONGEST_ENTRY = 65_535
"""Bytes of an entry at most: its length stands before it in two bytes."""

CHECKPOINT = "checkpoint"
"""The name of the file with the latest checkpoint."""

_CACHED = 4096
_PATH = re.compile(
    r"tile/(entries|0|[1-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?"
)

TileSource = Callable[[int, int, int], bytes]
"""Of a level, a number and a width: that many hashes, one after the other."""


def tile_path(level: int | str, number: int, width: int = WIDTH) -> str:
    """Where a tile lies (tlog-tiles, Merkle Tree); ``level`` may be ``entries``."""
    digits = f"{number:03}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])
    return f"tile/{level}/{path}" + (f".p/{width}" if width < WIDTH else "")


def parse_tile_path(path: str) -> tuple[str, int, int]:
    """Level (or ``entries``), number and width of a tile's path; raises `Refused` for any other form."""
    found = _PATH.fullmatch(path)
    if not found:
        raise Refused(f"{path[:80]!r} is not the path of a tile")
    number, width = int(found[2].replace("x", "").replace("/", "")), int(found[3] or WIDTH)
    if tile_path(found[1], number, width) != path:
        raise Refused(f"{path[:80]!r} is not the path of a tile in its one form")
    return found[1], number, width


def tiles_of(size: int, since: int = 0) -> Iterator[tuple[int, int, int]]:
    """Level, number and width of the tiles of a tree, without those that a tree of ``since`` leaves had."""
    level = 0
    while size >> 8 * level:
        count, known = size >> 8 * level, since >> 8 * level
        for number in range(known // WIDTH, -(-count // WIDTH)):
            width = min(count - number * WIDTH, WIDTH)
            if number * WIDTH + width > known:
                yield level, number, width
        level += 1


def write_bundle(entries: Sequence[bytes]) -> bytes:
    """Entries with their lengths before them (tlog-tiles, Log entries)."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def read_bundle(bundle: bytes, count: int) -> list[bytes]:
    """The ``count`` entries of a bundle; raises `Refused` where it has more or fewer."""
    found, at = [], 0
    while at < len(bundle):
        end = at + 2 + int.from_bytes(bundle[at : at + 2], "big")
        if at + 2 > len(bundle) or end > len(bundle):
            raise Refused("an entry of the bundle is cut off")
        found.append(bundle[at + 2 : end])
        at = end
    if len(found) != count:
        raise Refused(f"expected a bundle of {count} entries, found {len(found)}")
    return found


class Tiles:
    """A `tree.Store` of a log of ``size`` leaves over a source of tiles; the tiles read last are kept."""

    def __init__(self, source: TileSource, size: int) -> None:
        self._source = source
        self._size = size
        self._tile = lru_cache(_CACHED)(self._read)

    def node(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree."""
        within = level % 8
        number, at = divmod(index << within, WIDTH)
        return self._tile(level // 8, number).node(within, at >> within)

    def _read(self, level: int, number: int) -> Leaves:
        width = min((self._size >> 8 * level) - number * WIDTH, WIDTH)
        if width < 1:
            raise Refused(f"a tree of {self._size} leaves has no tile {number} at level {level}")
        found = self._source(level, number, width)
        if len(found) != width * HASH_BYTES:
            raise Refused(
                f"{tile_path(level, number, width)}: expected {width} hashes, found {len(found)} bytes"
            )
        return Leaves([found[at : at + HASH_BYTES] for at in range(0, len(found), HASH_BYTES)])


# ---------------------------------------------------------------- files


class TileFolder:
    """Tiles and bundles in a folder. What is read is what stands there: nothing is verified by reading."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def tile(self, level: int, number: int, width: int) -> bytes:
        """The hashes of a tile; of a partial one that is gone, the first of the full tile."""
        found = self._part(level, number, width)
        if len(found) not in (width * HASH_BYTES, WIDTH * HASH_BYTES):
            raise Refused(f"{tile_path(level, number, width)} has {len(found)} bytes, not {width} hashes")
        return found[: width * HASH_BYTES]

    def entries(self, number: int, width: int) -> list[bytes]:
        """The entries of a bundle."""
        part = self.folder / tile_path("entries", number, width)
        if width < WIDTH and not part.is_file():
            return read_bundle(self._part("entries", number, WIDTH), WIDTH)[:width]
        return read_bundle(self._part("entries", number, width), width)

    def texts(self, size: int) -> Iterator[bytes]:
        """The entries of a log of ``size``, in order."""
        for number in range(-(-size // WIDTH)):
            yield from self.entries(number, min(size - number * WIDTH, WIDTH))

    def checkpoint(self) -> bytes:
        """The latest checkpoint, as it stands."""
        return _read_file(self.folder / CHECKPOINT)

    def _part(self, level: int | str, number: int, width: int) -> bytes:
        path = self.folder / tile_path(level, number, width)
        if width < WIDTH and not path.is_file():
            path = self.folder / tile_path(level, number)
        return _read_file(path)


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused(f"{path} cannot be read ({error.strerror})") from error


Write = Callable[[Path, bytes], None]
"""Put bytes at a path so that after a power cut the file is there whole, or is not."""


def write_durably(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write beside, sync, rename, sync the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def publish(
    folder: Path,
    source: TileSource,
    entries: Callable[[int, int], Sequence[bytes]],
    checkpoint: bytes,
    size: int,
    since: int = 0,
    write: Write = write_durably,
) -> None:
    """Publish a log of ``size`` entries whose first ``since`` are published: tiles, bundles, then checkpoint.

    ``entries`` gives those of ``[first, last)``. Whoever reads the checkpoint finds all that it stands for,
    also where the publishing breaks off: the checkpoint is the last file written.
    """
    for level, number, width in tiles_of(size, since):
        write(folder / tile_path(level, number, width), source(level, number, width))
        if level == 0:
            found = entries(number * WIDTH, number * WIDTH + width)
            write(folder / tile_path("entries", number, width), write_bundle(found))
    write(folder / CHECKPOINT, checkpoint)


# ---------------------------------------------------------------- audit


def audit_tiles(folder: Path, size: int, root: bytes, processes: int = 1) -> None:
    """Hash every entry again, compare every tile and the root; raises `Refused` with the first difference.

    Memory is 32 bytes for each 256 entries.
    """
    full, rest = divmod(size, WIDTH)
    blocks = [(folder, first, min(first + _BLOCK, full)) for first in range(0, full, _BLOCK)]
    if processes > 1 and len(blocks) > 1:
        with ProcessPoolExecutor(processes) as pool:
            found = list(pool.map(_tile_roots, blocks))
    else:
        found = list(map(_tile_roots, blocks))
    hashes = [one for block in found for one in block]
    last = _checked_tile(folder, full, rest) if rest else []
    _check_upper(folder, hashes, size)
    frontier = Frontier()
    for one in hashes:
        frontier.add(one)
    peaks = [*frontier.peaks, *_peaks(last)]
    if Frontier(size, peaks).root() != root:
        raise Refused("the entries do not hash to the root of the checkpoint")


_BLOCK = 64
"""Full tiles of leaves that one task audits."""


def _peaks(leaves: Sequence[bytes]) -> list[bytes]:
    frontier = Frontier()
    for leaf in leaves:
        frontier.add(leaf)
    return frontier.peaks


def _tile_roots(block: tuple[Path, int, int]) -> list[bytes]:
    folder, first, last = block
    return [root_hash(_checked_tile(folder, number, WIDTH)) for number in range(first, last)]


def _checked_tile(folder: Path, number: int, width: int) -> list[bytes]:
    """The leaf hashes of a bundle, after comparing them with its tile."""
    tiles = TileFolder(folder)
    hashes = [leaf_hash(entry) for entry in tiles.entries(number, width)]
    _check_tile(tiles, 0, number, hashes)
    return hashes


def _check_upper(folder: Path, hashes: Sequence[bytes], size: int) -> None:
    """Compare the tiles above the leaves with the hashes of full tiles below."""
    tiles, level = TileFolder(folder), 1
    while hashes:
        rows = [hashes[at : at + WIDTH] for at in range(0, len(hashes), WIDTH)]
        for number, row in enumerate(rows):
            _check_tile(tiles, level, number, row)
        hashes = [root_hash(row) for row in rows if len(row) == WIDTH]
        level += 1
    if size >> 8 * level:
        raise Refused(f"the tree of {size} leaves has more levels than its tiles")


def _check_tile(tiles: TileFolder, level: int, number: int, hashes: Sequence[bytes]) -> None:
    found = tiles.tile(level, number, len(hashes))
    if found == b"".join(hashes):
        return
    at = next(n for n, one in enumerate(hashes) if found[n * HASH_BYTES : (n + 1) * HASH_BYTES] != one)
    first = (number * WIDTH + at) << 8 * level
    path = tile_path(level, number, len(hashes))
    raise Refused(f"{path} does not fit the entries: the first that differs is entry {first}")
