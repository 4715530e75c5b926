from __future__ import annotations

from pathlib import Path

import pytest

from tests.custody.bench import Bench, bench
from tests.custody.sweep import swept


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return bench(tmp_path_factory.mktemp("wide"), 300)


@pytest.mark.parametrize("part", range(20))
def test_two_thousand_changes_of_a_bag_with_a_log_over_two_tiles(
    wide: Bench, tmp_path: Path, part: int
) -> None:
    verified = swept(wide, tmp_path, 100, f"wide {part}")
    assert verified["manifest_form"], "manifests can be made again"
