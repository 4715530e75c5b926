"""Tiles: paths and layout as published, proofs over files, broken publishing, an independent reader."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader

from tests.custody.vectors import folder, read_json
from wardbook.custody.checkpoint import Checkpoint, parse_checkpoint
from wardbook.custody.keys import ED25519, SecretKey
from wardbook.custody.note import Note, open_note
from wardbook.custody.refused import Refused
from wardbook.custody.tiles import (
    TileFolder,
    Tiles,
    audit_tiles,
    parse_tile_path,
    publish,
    read_bundle,
    tile_path,
    tiles_of,
    write_bundle,
    write_durably,
)
from wardbook.custody.tree import (
    Leaves,
    check_inclusion,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    prove_run,
    root_hash,
)

LOG = SecretKey("example.com/log", ED25519, bytes(32))
ENTRIES = [f"entry {n}".encode() * (n % 3) for n in range(70_000)]
HASHES = [leaf_hash(entry) for entry in ENTRIES]
STORE = Leaves(HASHES)


def source(level: int, number: int, width: int) -> bytes:
    first = number * 256
    return b"".join(STORE.node(8 * level, at) for at in range(first, first + width))


def entries(first: int, last: int) -> list[bytes]:
    return ENTRIES[first:last]


def checkpoint(size: int) -> bytes:
    text = Checkpoint("example.com/log", size, root_hash(HASHES[:size])).text
    return Note(text, (LOG.sign(text),)).whole.encode()


def published(place: Path, *sizes: int) -> Path:
    before = 0
    for size in sizes:
        publish(place, source, entries, checkpoint(size), size, before)
        before = size
    return place


def test_paths(shared: Path) -> None:
    """Those of height 8, without the element for the height that C2SP drops."""
    for path, fields in read_json(folder(shared) / "tiles" / "sumdb_tilepaths.json")["cases"]:
        height, rest = path.split("/")[1], "tile/" + path.split("/", 2)[2]
        if fields is None:
            with pytest.raises(Refused):
                parse_tile_path(rest)
        elif fields[1] >= 0 and "." not in rest:
            assert parse_tile_path(rest) == (str(fields[1]), fields[2], 256)
            assert tile_path(fields[1], fields[2]) == rest
        assert height
    assert tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tile_path("entries", 273, 112) == "tile/entries/273.p/112"


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/1",
        "tile/00/001",
        "tile/64/001",
        "tile/0/x000/001",
        "tile/0/001.p/256",
        "tile/0/001.p/0",
        "tile/0/001.p/01",
        "tile/0/../001",
        "tile/0/001/",
        "/tile/0/001",
        "tile/0/x001/x23/067",
        "tile/data/001",
    ],
)
def test_paths_that_are_none(path: str) -> None:
    with pytest.raises(Refused):
        parse_tile_path(path)


@given(st.integers(0, 2**40), st.integers(0, 63), st.integers(1, 256))
def test_a_path_comes_back(number: int, level: int, width: int) -> None:
    assert parse_tile_path(tile_path(level, number, width)) == (str(level), number, width)


def test_the_layout_of_seventy_thousand_entries() -> None:
    """The worked example of the specification."""
    tiles = list(tiles_of(70_000))
    assert [t for t in tiles if t[0] == 0][-1] == (0, 273, 112)
    assert [t for t in tiles if t[0] == 1] == [(1, 0, 256), (1, 1, 17)]
    assert [t for t in tiles if t[0] == 2] == [(2, 0, 1)]
    assert list(tiles_of(256)) == [(0, 0, 256), (1, 0, 1)]


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_only_new_tiles_are_published_and_all_of_them(one: int, other: int) -> None:
    size, since = max(one, other), min(one, other)
    assert set(tiles_of(size)) - set(tiles_of(since)) == set(tiles_of(size, since))


def test_bundles_come_back_and_are_read_strictly() -> None:
    bundle = write_bundle([b"", b"x" * 65_535])
    assert read_bundle(bundle, 2) == [b"", b"x" * 65_535]
    for bad, count in ((bundle[:-1], 2), (bundle, 1), (bundle + b"\0", 2), (b"\0", 0)):
        with pytest.raises(Refused):
            read_bundle(bad, count)


def test_proofs_over_files_are_those_over_the_tree(tmp_path: Path) -> None:
    place = published(tmp_path, 1, 300, 70_000)
    store = Tiles(TileFolder(place).tile, 70_000)
    root = root_hash(HASHES)
    for index in (0, 255, 256, 65_535, 65_536, 69_999):
        proof = prove_inclusion(store, index, 70_000)
        assert proof == prove_inclusion(STORE, index, 70_000)
        check_inclusion(HASHES[index], index, 70_000, proof, root)
    assert list(prove_run(store, 65_000, 1_000, 70_000)) == list(prove_run(STORE, 65_000, 1_000, 70_000))
    assert prove_consistency(store, 300, 70_000) == prove_consistency(STORE, 300, 70_000)
    for processes in (1, 2):
        audit_tiles(place, 70_000, root, processes)


def test_partial_tiles_may_be_gone_once_the_full_one_is_there(tmp_path: Path) -> None:
    place = published(tmp_path, 200, 300)
    shutil.rmtree(place / "tile/0/000.p")
    shutil.rmtree(place / "tile/entries/000.p")
    audit_tiles(place, 200, root_hash(HASHES[:200]))


@pytest.mark.parametrize("size", [1, 255, 256, 257, 700])
def test_another_implementation_reads_the_tiles(tmp_path: Path, size: int) -> None:
    reader = TilesReader(LocalBackend(published(tmp_path, size)))
    reader.set_size(size)
    assert reader.calculate_root_hash() == root_hash(HASHES[:size])
    for index in {0, size // 2, size - 1}:
        assert tuple(reader.get_inclusion_proof(index, size).node_hashes) == prove_inclusion(
            STORE, index, size
        )
        assert reader.get_entry(index) == ENTRIES[index]


def test_publishing_that_breaks_off_leaves_what_the_checkpoint_stands_for(tmp_path: Path) -> None:
    """After any number of writes a reader finds the old log whole, or the new; publishing again mends it."""
    writes = 1 + 2 * sum(t[0] == 0 for t in tiles_of(600, 250)) + sum(t[0] > 0 for t in tiles_of(600, 250))
    for count in range(writes + 1):
        place = published(tmp_path / str(count), 250)
        with pytest.raises(InterruptedError) if count < writes else _nothing():
            publish(place, source, entries, checkpoint(600), 600, 250, write=_breaking(count))
        found = parse_checkpoint(open_note((place / "checkpoint").read_bytes(), [LOG.public_key]).note.text)
        assert found.size == (600 if count == writes else 250)
        audit_tiles(place, found.size, found.root)
        publish(place, source, entries, checkpoint(600), 600, 250)
        audit_tiles(place, 600, root_hash(HASHES[:600]))


def _breaking(count: int) -> Callable[[Path, bytes], None]:
    left = [count]

    def write(path: Path, content: bytes) -> None:
        if not left[0]:
            raise InterruptedError
        left[0] -= 1
        write_durably(path, content)

    return write


class _nothing:  # noqa: N801 - reads as a word
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


def test_a_full_disk_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "checkpoint").write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(OSError, match="No space"):
        write_durably(tmp_path / "checkpoint", b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["checkpoint"]
    assert (tmp_path / "checkpoint").read_bytes() == b"old"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published(tmp_path_factory.mktemp("tiles"), 700)


FILES = [tile_path(*tile) for tile in tiles_of(700)] + [
    tile_path("entries", number, width) for level, number, width in tiles_of(700) if level == 0
]


@settings(max_examples=200)
@given(data=st.data())
def test_no_bit_of_any_tile_or_bundle_can_be_turned(whole: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(FILES))
    path = whole / name
    good = path.read_bytes()
    bit = data.draw(st.integers(0, len(good) * 8 - 1))
    bad = bytearray(good)
    bad[bit // 8] ^= 1 << bit % 8
    path.write_bytes(bad)
    try:
        with pytest.raises(Refused):
            audit_tiles(whole, 700, root_hash(HASHES[:700]))
    finally:
        path.write_bytes(good)


def test_the_first_bad_entry_is_named(tmp_path: Path) -> None:
    place = published(tmp_path, 700)
    found = TileFolder(place).entries(1, 256)
    found[44] = b"changed"
    (place / tile_path("entries", 1)).write_bytes(write_bundle(found))
    with pytest.raises(Refused, match="entry 300"):
        audit_tiles(place, 700, root_hash(HASHES[:700]))


def test_a_missing_tile_is_named(tmp_path: Path) -> None:
    place = published(tmp_path, 700)
    (place / tile_path(1, 0, 2)).unlink()
    with pytest.raises(Refused, match="tile/1/000"):
        audit_tiles(place, 700, root_hash(HASHES[:700]))
