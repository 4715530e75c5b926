from __future__ import annotations

from pathlib import Path

from tests.custody.bench import bench
from tests.custody.sweep import swept


def test_fourteen_thousand_changes_of_a_small_bag(tmp_path: Path) -> None:
    verified = swept(bench(tmp_path / "small"), tmp_path, 14_000, "small")
    assert verified["cosignatures"], "a signature more than is needed can go"
