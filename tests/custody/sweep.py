"""Many changes of one bag, asked of the package alone: no change of what is cosigned goes unseen."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from random import Random

from tests.custody.bench import Bench
from tests.custody.mutations import CHANGES, copied
from tests.custody.three_verifiers import changed, of_package

NEVER_VERIFIES = ("bit", "bit_remade", "bit_of_log", "link", "look_alike", "stolen_key", "pack_members")
"""Kinds of change after which no bag may verify."""


def swept(bench: Bench, place: Path, count: int, seed: str) -> Counter[str]:
    """Make so many changes, the kinds in turn; fails at the first that shows other data than was cosigned.

    How often each kind left a bag that still verifies (with the same data) is returned.
    """
    verified: Counter[str] = Counter()
    kinds = sorted(CHANGES)
    for number in range(count):
        kind = kinds[number % len(kinds)]
        rng = Random(f"{seed} {kind} {number}")
        work = copied(bench.bag, place / "work")
        CHANGES[kind](work, rng, bench)
        told, found = of_package(work, bench.policy if rng.random() < 0.4 else None)
        assert not told.crash, (kind, number, told.crash)
        if found is not None:
            assert not changed(found, bench.original), (kind, number)
            verified[kind] += 1
        shutil.rmtree(work)
    for kind in NEVER_VERIFIES:
        assert not verified[kind], kind
    return verified
