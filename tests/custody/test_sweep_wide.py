from __future__ import annotations

from pathlib import Path

from tests.custody.bench import bench
from tests.custody.sweep import swept


def test_six_thousand_changes_of_a_bag_with_a_log_over_two_tiles(tmp_path: Path) -> None:
    verified = swept(bench(tmp_path / "wide", 300), tmp_path, 6_000, "wide")
    assert verified["manifest_form"], "manifests can be made again"
