from __future__ import annotations

from pathlib import Path

import pytest

from tests.custody.bench import Bench, bench
from tests.custody.sweep import swept


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return bench(tmp_path_factory.mktemp("small"))


@pytest.mark.parametrize("part", range(20))
def test_seven_thousand_changes_of_a_small_bag(small: Bench, tmp_path: Path, part: int) -> None:
    verified = swept(small, tmp_path, 350, f"small {part}")
    assert verified["cosignatures"], "a signature more than is needed can go"
