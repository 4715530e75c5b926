"""The Merkle tree of a log: hashes, proofs and their checks (RFC 6962, section 2.1; RFC 9162, section 2.1).

A tree is a list of leaf hashes. Each ``prove_`` has its ``check_``. Proofs are made over a `Store`, which
gives the hashes of complete subtrees and may keep them anywhere; checks need nothing but the proof. Sizes and
indices are whole numbers below 2^63, hashes are 32 bytes.

A range ``[start, end)`` is a subtree in the sense of draft-ietf-plants-merkle-tree-certs, section 4.1, if
``start`` is a multiple of the least power of two that is not below ``end - start``; ``[0, size)`` is the
whole tree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Protocol

from wardbook.custody.refused import Refused

HASH_BYTES = 32
LARGEST_SIZE = 2**63 - 1
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a tree without leaves (RFC 6962, 2.1)."""

Proof = tuple[bytes, ...]


class Store(Protocol):
    """Where the hashes of a tree are kept."""

    def node(self, level: int, index: int) -> bytes:
        """The hash of the complete subtree of ``2**level`` leaves from leaf ``index * 2**level`` on."""
        ...


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 || entry) (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right) (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def level_above(hashes: Sequence[bytes]) -> list[bytes]:
    """The level of a tree above one: neighbors hashed in pairs, a last one without a neighbor as it is."""
    sha256, pairs = hashlib.sha256, zip(hashes[::2], hashes[1::2], strict=False)
    above = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
    if len(hashes) % 2:
        above.append(hashes[-1])
    return above


def root_hash(leaves: Sequence[bytes]) -> bytes:
    """The root of a tree of leaf hashes (RFC 6962, 2.1): a node without a neighbor moves up as it is."""
    if not leaves:
        return EMPTY_ROOT
    level = leaves
    while len(level) > 1:
        level = level_above(level)
    return level[0]


class Leaves:
    """A `Store` over leaf hashes in memory."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._levels = [list(leaves)]
        while len(self._levels[-1]) > 1:
            below = self._levels[-1]
            self._levels.append(level_above(below[: len(below) // 2 * 2]))

    def node(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree; `IndexError` where there is none."""
        return self._levels[level][index]


class Frontier:
    """A tree that only grows, kept as the hashes of its largest complete subtrees, from left to right."""

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        if size < 0 or size.bit_count() != len(peaks):
            raise Refused(f"a tree of {size} leaves has {max(size, 0).bit_count()} peaks, not {len(peaks)}")
        self.size = size
        self.peaks = list(peaks)

    def add(self, leaf: bytes) -> None:
        """Add a leaf hash at the end."""
        self.extend([leaf])

    def extend(self, leaves: Sequence[bytes]) -> list[tuple[int, list[bytes]]]:
        """Add leaf hashes at the end.

        Gives the complete subtrees that end with one of them, by level: number of the first, and hashes.
        """
        closed: list[tuple[int, list[bytes]]] = []
        row, first, ends = list(leaves), self.size, []
        self.size += len(row)
        while row:
            closed.append((first, row))
            if first & 1:
                row = [self.peaks.pop(), *row]
            if len(row) & 1:
                ends.append(row[-1])
            row = level_above(row[: len(row) & ~1])
            first >>= 1
        self.peaks.extend(reversed(ends))
        return closed

    def root(self) -> bytes:
        """The root of the tree as it is."""
        return _folded(self.peaks) if self.peaks else EMPTY_ROOT


# ---------------------------------------------------------------- ranges


def subtree_hash(store: Store, start: int, end: int) -> bytes:
    """The hash of the leaves of a subtree ``[start, end)``; of ``[0, size)`` the root."""
    if start == end:
        return EMPTY_ROOT
    parts = []
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        parts.append(store.node(level, start >> level))
        start += 1 << level
    return _folded(parts)


def _folded(parts: Sequence[bytes]) -> bytes:
    """The hash over subtrees that become smaller from left to right."""
    found = parts[-1]
    for part in reversed(parts[:-1]):
        found = node_hash(part, found)
    return found


def is_subtree(start: int, end: int) -> bool:
    """Whether ``[start, end)`` is a subtree of every tree that has its leaves."""
    least_power = 1 << max(end - start - 1, 0).bit_length()
    return 0 <= start <= end <= LARGEST_SIZE and start % least_power == 0


def _split(size: int) -> int:
    """The largest power of two below ``size`` (k of RFC 6962, 2.1)."""
    return 1 << (size - 1).bit_length() - 1


# ---------------------------------------------------------------- inclusion


def prove_inclusion(store: Store, index: int, size: int) -> Proof:
    """The audit path of leaf ``index`` in the tree of ``size`` leaves (RFC 6962, 2.1.1)."""
    return prove_subtree_inclusion(store, index, 0, size)


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raise `Refused` unless ``leaf`` is leaf ``index`` of the tree (RFC 9162, 2.1.3.2)."""
    check_subtree_inclusion(leaf, index, 0, size, proof, root)


def prove_subtree_inclusion(store: Store, index: int, start: int, end: int) -> Proof:
    """The audit path of leaf ``index`` in the subtree ``[start, end)``."""
    _check_place(index, start, end)
    path = []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(subtree_hash(store, middle, end))
            end = middle
        else:
            path.append(subtree_hash(store, start, middle))
            start = middle
    return tuple(reversed(path))


def check_subtree_inclusion(
    leaf: bytes, index: int, start: int, end: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Raise `Refused` unless ``leaf`` is leaf ``index`` of the subtree of that hash."""
    _check_place(index, start, end)
    _check_hashes(leaf, root, *proof)
    rights = []
    while end - start > 1:
        middle = start + _split(end - start)
        rights.append(index < middle)
        start, end = (start, middle) if index < middle else (middle, end)
    if len(proof) != len(rights):
        raise Refused(f"the proof has {len(proof)} hashes where {len(rights)} lead to the root")
    found = leaf
    for sibling, right in zip(proof, reversed(rights), strict=True):
        found = node_hash(found, sibling) if right else node_hash(sibling, found)
    if found != root:
        raise Refused("the proof does not lead to the root: the entry, its index or the tree is another")


def prove_run(store: Store, first: int, count: int, size: int) -> Iterator[Proof]:
    """The audit paths of ``count`` leaves in a row, in order: each hash is asked for once.

    The same as `prove_inclusion` of each; memory is two hashes for each leaf of the run.
    """
    last = first + count - 1
    _check_place(first, 0, size)
    _check_place(last, 0, size)
    levels: list[tuple[int, int, list[bytes]]] = []
    for level in range((size - 1).bit_length()):
        width = (size + (1 << level) - 1) >> level
        low = (first >> level) & ~1
        high = min(((last >> level) | 1) + 1, width)
        hashes = (
            [subtree_hash(store, at << level, min((at + 1) << level, size)) for at in range(low, high)]
            if level == 0
            else _above(store, levels[-1], level, low, high, size)
        )
        levels.append((width, low, hashes))
    for index in range(first, last + 1):
        path = []
        for level, (width, low, hashes) in enumerate(levels):
            sibling = (index >> level) ^ 1
            if sibling < width:
                path.append(hashes[sibling - low])
        yield tuple(path)


def _above(
    store: Store, below: tuple[int, int, list[bytes]], level: int, low: int, high: int, size: int
) -> list[bytes]:
    """The hashes ``[low, high)`` of a level, from those below where both children are there."""
    width, first, hashes = below
    found = []
    for at in range(low, high):
        left = 2 * at - first
        if left >= 0 and left + 1 < len(hashes):
            found.append(node_hash(hashes[left], hashes[left + 1]))
        elif 0 <= left < len(hashes) and 2 * at + 1 == width:
            found.append(hashes[left])
        else:
            found.append(subtree_hash(store, at << level, min((at + 1) << level, size)))
    return found


# ---------------------------------------------------------------- consistency


def prove_consistency(store: Store, old: int, size: int) -> Proof:
    """The proof that the tree of ``size`` leaves begins with the tree of ``old`` (RFC 6962, 2.1.2)."""
    return prove_subtree_consistency(store, 0, old, size)


def check_consistency(old: int, size: int, proof: Sequence[bytes], old_root: bytes, root: bytes) -> None:
    """Raise `Refused` unless the tree of ``size`` begins with the tree of ``old`` (RFC 9162, 2.1.4.2).

    Nothing can be proved of an empty tree, and every tree begins with it: the proof is then empty.
    """
    check_subtree_consistency(0, old, size, proof, old_root, root)


def prove_subtree_consistency(store: Store, start: int, end: int, size: int) -> Proof:
    """The proof that ``[start, end)`` is a subtree of the tree (draft-...-merkle-tree-certs, 4.4.1)."""
    _check_subtree(start, end, size)
    if start == end:
        return ()
    offset, width, known = 0, size, True
    path: list[bytes] = []
    while (start, end) != (0, width):
        middle = _split(width)
        if end <= middle:
            path.append(subtree_hash(store, offset + middle, offset + width))
            width = middle
        else:
            path.append(subtree_hash(store, offset, offset + middle))
            offset, width, end = offset + middle, width - middle, end - middle
            start, known = (start - middle, known) if start >= middle else (0, False)
    if not known:
        path.append(subtree_hash(store, offset, offset + width))
    return tuple(reversed(path))


def check_subtree_consistency(
    start: int, end: int, size: int, proof: Sequence[bytes], subtree: bytes, root: bytes
) -> None:
    """Raise `Refused` unless the subtree of that hash is one of the tree of that size and root."""
    _check_subtree(start, end, size)
    _check_hashes(subtree, root, *proof)
    if start == end:
        if proof or subtree != EMPTY_ROOT or (size == 0 and root != EMPTY_ROOT):
            raise Refused("of no leaves the proof is empty, and the root that of an empty tree")
        return
    turns: list[str] = []
    width, known = size, True
    while (start, end) != (0, width):
        middle = _split(width)
        if end <= middle:
            turns.append("left")
            width = middle
        elif start >= middle:
            turns.append("right")
            start, end, width = start - middle, end - middle, width - middle
        else:
            turns.append("both")
            end, width, known = end - middle, width - middle, False
    if len(proof) != len(turns) + (not known):
        raise Refused(f"the proof has {len(proof)} hashes where {len(turns) + (not known)} are needed")
    rest = iter(proof)
    part = whole = subtree if known else next(rest)
    for turn, sibling in zip(reversed(turns), rest, strict=True):
        part = node_hash(sibling, part) if turn == "both" else part
        whole = node_hash(whole, sibling) if turn == "left" else node_hash(sibling, whole)
    if part != subtree or whole != root:
        raise Refused("the proof does not lead to both roots: one tree is not the beginning of the other")


# ---------------------------------------------------------------- what is refused at once


def _check_size(size: int) -> None:
    if not 0 <= size <= LARGEST_SIZE:
        raise Refused(f"expected a size from 0 to 2^63 - 1, found {size}")


def _check_place(index: int, start: int, end: int) -> None:
    if not is_subtree(start, end):
        raise Refused(f"[{start}, {end}) is not a subtree")
    if not start <= index < end:
        raise Refused(f"index {index} is not in [{start}, {end})")


def _check_subtree(start: int, end: int, size: int) -> None:
    _check_size(size)
    if not is_subtree(start, end) or end > size:
        raise Refused(f"[{start}, {end}) is not a subtree of a tree of {size} leaves")


def _check_hashes(*hashes: bytes) -> None:
    for one in hashes:
        if len(one) != HASH_BYTES:
            raise Refused(f"expected hashes of 32 bytes, found {len(one)}")
