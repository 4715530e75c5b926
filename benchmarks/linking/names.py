"""Names of a large book: pairs found by the program's own blocks and by Splink, with planted slips.

``python -m benchmarks.linking.names [count]`` (default 50,000 distinct names; 200,000 takes some minutes by the own
blocks). Prints seconds, pairs to compare, and how many of the planted pairs are among them.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from random import Random
from typing import Any

from wardbook.link.names import take_apart
from wardbook.link.persons import candidate_pairs
from wardbook.link.splink_names import weighed_pairs

SYLLABLES = (
    "mar",
    "ben",
    "tor",
    "lin",
    "ka",
    "so",
    "dre",
    "wil",
    "har",
    "ton",
    "fel",
    "ost",
    "ra",
    "ven",
    "mil",
    "gar",
)


def generate(count: int) -> tuple[list[str], set[tuple[str, str]]]:
    """Distinct names, and the pairs of which one is the other with a slip of the pen or an initial."""
    random = Random(7)
    surnames = ["".join(random.choices(SYLLABLES, k=random.choice((2, 3, 3)))) for _ in range(count // 20)]
    given = sorted({"".join(random.choices(SYLLABLES, k=2)) for _ in range(400)})
    names: set[str] = set()
    planted: set[tuple[str, str]] = set()
    while len(names) < count:
        first, last = random.choice(given), random.choice(surnames)
        name = f"{first} {last}"
        names.add(name)
        if random.random() < 0.05 and len(last) >= 5:
            at = random.randrange(1, len(last))
            other = f"{first} {last[:at]}{last[at + 1 :]}"
        elif random.random() < 0.05:
            other = f"{first[0]} {last}"
        else:
            continue
        names.add(other)
        planted.add((min(name, other), max(name, other)))
    return sorted(names), planted


def main(count: int) -> None:
    names, planted = generate(count)
    parts = {name: take_apart(name) for name in names}
    ways: dict[str, Callable[[Any], Any]] = {"own blocks": candidate_pairs, "Splink": weighed_pairs}
    print(f"{len(names):,} names, {len(planted):,} planted pairs")
    for way, find in ways.items():
        begun = time.perf_counter()
        found = set(find(parts))
        seconds = time.perf_counter() - begun
        print(
            f"{way}: {seconds:.1f} s, {len(found):,} pairs, {len(planted & found) / len(planted):.1%} of the planted"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
