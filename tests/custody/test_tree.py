"""The tree against the definition of RFC 6962, the published vectors, and wrong proofs near right ones."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.custody.vectors import STRICTER, folder, hashes, json_lines, read_json
from wardbook.custody.refused import Refused
from wardbook.custody.tree import (
    EMPTY_ROOT,
    Frontier,
    Leaves,
    check_consistency,
    check_inclusion,
    check_subtree_consistency,
    check_subtree_inclusion,
    is_subtree,
    leaf_hash,
    node_hash,
    prove_consistency,
    prove_inclusion,
    prove_run,
    prove_subtree_consistency,
    prove_subtree_inclusion,
    root_hash,
    subtree_hash,
)

MAX = 130
ALL = [leaf_hash(bytes([n])) for n in range(MAX)]
STORE = Leaves(ALL)


# ---------------------------------------------------------------- the definition, word by word


def mth(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1, over leaf hashes."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = largest_power_below(len(leaves))
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path_of(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962, 2.1.1."""
    if len(leaves) == 1:
        return []
    k = largest_power_below(len(leaves))
    if m < k:
        return [*path_of(m, leaves[:k]), mth(leaves[k:])]
    return [*path_of(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: list[bytes], known: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962, 2.1.2."""
    if m == len(leaves):
        return [] if known else [mth(leaves)]
    k = largest_power_below(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], known), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


def largest_power_below(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


@pytest.mark.parametrize("size", [*range(1, 35), 63, 64, 65, 127, 128, 129, 130])
def test_roots_and_proofs_are_those_of_the_definition(size: int) -> None:
    leaves = ALL[:size]
    root = mth(leaves)
    frontier = Frontier()
    for leaf in leaves:
        frontier.add(leaf)
    assert root_hash(leaves) == frontier.root() == subtree_hash(STORE, 0, size) == root
    runs = list(prove_run(STORE, 0, size, size))
    for index in range(size):
        proof = prove_inclusion(STORE, index, size)
        assert list(proof) == path_of(index, leaves)
        assert proof == runs[index]
        check_inclusion(leaves[index], index, size, proof, root)
        old = index + 1
        growth = prove_consistency(STORE, old, size)
        assert list(growth) == subproof(old, leaves, True)
        check_consistency(old, size, growth, mth(leaves[:old]), root)


@given(st.lists(st.integers(0, 40), max_size=6))
def test_a_tree_that_grows_by_any_steps_closes_each_subtree_once(steps: list[int]) -> None:
    frontier, size = Frontier(), 0
    closed: dict[tuple[int, int], bytes] = {}
    for step in steps:
        step = min(step, MAX - size)
        for level, (first, found) in enumerate(frontier.extend(ALL[size : size + step])):
            for number, one in enumerate(found, first):
                assert closed.setdefault((level, number), one) is one, "closed twice"
        size += step
    assert frontier.root() == mth(ALL[:size])
    wanted = {(level, n) for level in range(8) for n in range(size >> level)}
    assert closed == {(level, n): STORE.node(level, n) for level, n in wanted}


@given(st.integers(1, MAX), st.data())
def test_a_run_of_proofs_is_each_proof(size: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, size - 1))
    count = data.draw(st.integers(1, size - first))
    runs = list(prove_run(STORE, first, count, size))
    assert runs == [prove_inclusion(STORE, at, size) for at in range(first, first + count)]


# ---------------------------------------------------------------- what is not so is refused


def wrong(proof: tuple[bytes, ...], data: st.DataObject) -> tuple[bytes, ...]:
    kinds = ["longer", "shorter", "bit", "swapped"] if proof else ["longer"]
    kind = data.draw(st.sampled_from(kinds))
    at = data.draw(st.integers(0, max(len(proof) - 1, 0)))
    if kind == "longer":
        return (*proof[:at], bytes(32), *proof[at:])
    if kind == "shorter":
        return proof[:at] + proof[at + 1 :]
    if kind == "swapped" and len(proof) > 1:
        return tuple(reversed(proof))
    bit = data.draw(st.integers(0, 255))
    flipped = (int.from_bytes(proof[at], "big") ^ (1 << bit)).to_bytes(32, "big")
    return (*proof[:at], flipped, *proof[at + 1 :])


@given(st.integers(1, MAX), st.data())
def test_every_other_proof_leaf_index_size_or_root_is_refused(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    root = mth(ALL[:size])
    proof = prove_inclusion(STORE, index, size)
    bad = wrong(proof, data)
    if bad != proof:
        with pytest.raises(Refused):
            check_inclusion(ALL[index], index, size, bad, root)
    other = data.draw(st.integers(-2, MAX + 2).filter(lambda n: n != index))
    with pytest.raises(Refused):
        check_inclusion(ALL[index], other, size, proof, root)
    with pytest.raises(Refused):
        check_inclusion(bytes(32), index, size, proof, root)
    with pytest.raises(Refused):
        check_inclusion(ALL[index], index, size, proof, bytes(32))


@given(st.integers(0, MAX), st.data())
def test_every_other_growth_is_refused(old: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(old, MAX))
    first, last = mth(ALL[:old]), mth(ALL[:size])
    proof = prove_consistency(STORE, old, size)
    check_consistency(old, size, proof, first, last)
    bad = wrong(proof, data)
    if bad != proof:
        with pytest.raises(Refused):
            check_consistency(old, size, bad, first, last)
    with pytest.raises(Refused):
        check_consistency(old, size, proof, bytes(32), last)
    if old:
        with pytest.raises(Refused):
            check_consistency(old, size, proof, first, bytes(32))
    for sizes in ((size + 1, size), (-1, size), (old, -1), (old, 2**63)):
        with pytest.raises(Refused):
            check_consistency(*sizes, proof, first, last)


def test_a_tree_that_changed_has_no_proof() -> None:
    changed = [*ALL[:7], leaf_hash(b"changed"), *ALL[8:100]]
    proof = prove_consistency(Leaves(changed), 50, 100)
    with pytest.raises(Refused, match="not the beginning"):
        check_consistency(50, 100, proof, mth(ALL[:50]), mth(changed))


def test_hashes_of_another_length_are_refused() -> None:
    with pytest.raises(Refused, match="32 bytes"):
        check_inclusion(b"short", 0, 1, (), b"short")
    with pytest.raises(Refused, match="32 bytes"):
        check_consistency(1, 1, (), b"short", b"short")


def test_a_frontier_has_as_many_peaks_as_its_size_has_ones() -> None:
    with pytest.raises(Refused, match="2 peaks"):
        Frontier(5, [bytes(32)])
    assert Frontier().root() == EMPTY_ROOT


# ---------------------------------------------------------------- published vectors


def test_the_tree_of_eight_leaves_of_the_first_implementation(shared: Path) -> None:
    found = read_json(folder(shared) / "merkle" / "rfc6962_constants.json")
    leaves = [leaf_hash(bytes.fromhex(text)) for text in found["leaf_inputs_hex"]]
    for size, root in enumerate(found["root_hashes_hex_by_size"]):
        assert root_hash(leaves[:size]).hex() == root


def _accepts(check: Callable[..., None], *given: Any) -> bool:
    try:
        check(*given)
    except Refused:
        return False
    return True


def _cases(shared: Path, name: str) -> Iterator[tuple[dict[str, Any], bool]]:
    for case in json_lines(folder(shared) / "merkle" / f"{name}.jsonl"):
        yield case, not case["wantErr"] and case["_path"] not in STRICTER


def _root(text: str | None) -> bytes:
    return b64decode(text or "")


def test_inclusion(shared: Path) -> None:
    cases = list(_cases(shared, "inclusion"))
    for case, good in cases:
        leaf, root, proof = _root(case["leafHash"]), _root(case["root"]), hashes(case["proof"])
        got = _accepts(check_inclusion, leaf, case["leafIdx"], case["treeSize"], proof, root)
        assert got == good, case["_path"]
    assert len(cases) == 98


def test_consistency(shared: Path) -> None:
    cases = list(_cases(shared, "consistency"))
    for case, good in cases:
        one, two, proof = _root(case["root1"]), _root(case["root2"]), hashes(case["proof"])
        got = _accepts(check_consistency, case["size1"], case["size2"], proof, one, two)
        assert got == good, case["_path"]
    assert len(cases) == 98


def test_subtree_inclusion(shared: Path) -> None:
    cases = list(_cases(shared, "subtreeinclusion"))
    for case, good in cases:
        leaf, root, proof = _root(case["leafHash"]), _root(case["root"]), hashes(case["proof"])
        place = (case["leafIdx"], case["start"], case["end"])
        got = _accepts(check_subtree_inclusion, leaf, *place, proof, root)
        assert got == good, case["_path"]
    assert len(cases) == 204


def test_subtree_consistency(shared: Path) -> None:
    cases = list(_cases(shared, "subtreeconsistency"))
    for case, good in cases:
        one, two, proof = _root(case["root1"]), _root(case["root2"]), hashes(case["proof"])
        place = (case["start"], case["end"], case["size"])
        got = _accepts(check_subtree_consistency, *place, proof, one, two)
        assert got == good, case["_path"]
    assert len(cases) == 118


def _digest(lines: Iterator[str]) -> str:
    whole = hashlib.sha256()
    for line in lines:
        whole.update(line.encode())
    return whole.hexdigest()


def _subtrees() -> Iterator[tuple[int, int]]:
    return ((start, end) for end in range(MAX + 1) for start in range(end + 1) if is_subtree(start, end))


def test_every_hash_and_proof_of_all_trees_up_to_130_leaves(shared: Path) -> None:
    wanted = read_json(folder(shared) / "merkle" / "accumulated_subtree.json")
    found = _digest(f"[{a}, {b}) {subtree_hash(STORE, a, b).hex()}\n" for a, b in _subtrees())
    assert found == wanted["subtree_hash"]["sha256"]
    found = _digest(
        f"{at} [{a}, {b})" + "".join(" " + h.hex() for h in prove_subtree_inclusion(STORE, at, a, b)) + "\n"
        for a, b in _subtrees()
        for at in range(a, b)
    )
    assert found == wanted["subtree_inclusion"]["sha256"]
    found = _digest(
        f"[{a}, {b}) {n}" + "".join(" " + h.hex() for h in prove_subtree_consistency(STORE, a, b, n)) + "\n"
        for n in range(MAX + 1)
        for a, b in _subtrees()
        if b <= n
    )
    assert found == wanted["subtree_consistency"]["sha256"]
    assert node_hash(ALL[0], ALL[1]) == subtree_hash(STORE, 0, 2)
