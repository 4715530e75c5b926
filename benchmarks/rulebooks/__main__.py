"""Deciding by a rulebook, measured: ``python -m benchmarks.rulebooks [--uses N] [--no-peers]``.

One run, alternating rounds, medians and best. The peers are installed in an environment of their own.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from wardbook.policy.read import load

from .beside import beside
from .data import write_uses
from .proofs import measure as proofs
from .reasons import measure as reasons
from .speed import changing, deciding

POLICY = Path(__file__).with_name("policy.md")


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--uses", type=int, default=10_000_000)
    options.add_argument("--no-peers", action="store_true", help="leave the other engines out")
    asked = options.parse_args()
    policy = load(POLICY)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "uses.parquet"
        write_uses(policy, asked.uses, path)
        for line in deciding(policy, path, asked.uses):
            print(line, flush=True)
        for line in changing(policy, path, asked.uses):
            print(line, flush=True)
        for line in (*proofs(), *reasons(policy, 2_000)):
            print(line, flush=True)
        if not asked.no_peers:
            for line in beside(policy, path, asked.uses):
                print(line, flush=True)


if __name__ == "__main__":
    main()
