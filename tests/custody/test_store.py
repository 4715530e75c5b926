from __future__ import annotations

import hashlib
import stat
from pathlib import Path

from wardbook.custody.store import exhibit_path, keep, sha256_file, stage_copy


def test_bytes_are_kept_under_their_digest_and_cannot_be_written(tmp_path: Path) -> None:
    source = tmp_path / "log.csv"
    source.write_bytes(b"a,b\r\n1,2\r\n")
    staging, exhibits = tmp_path / "staging", tmp_path / "exhibits"
    staging.mkdir()
    sha256, staged, _ = stage_copy(source, staging)
    keep(staged, exhibits, sha256)
    kept = exhibit_path(exhibits, sha256)
    assert sha256 == hashlib.sha256(b"a,b\r\n1,2\r\n").hexdigest() == sha256_file(kept)
    assert kept.read_bytes() == source.read_bytes()
    assert not kept.stat().st_mode & stat.S_IWUSR
    assert not list(staging.iterdir())


def test_bytes_already_kept_stay_untouched(tmp_path: Path) -> None:
    source, staging, exhibits = tmp_path / "a", tmp_path / "staging", tmp_path / "exhibits"
    source.write_bytes(b"once")
    staging.mkdir()
    for _ in range(2):
        sha256, staged, _ = stage_copy(source, staging)
        keep(staged, exhibits, sha256)
    first = exhibit_path(exhibits, sha256).stat().st_mtime_ns
    sha256, staged, _ = stage_copy(source, staging)
    keep(staged, exhibits, sha256)
    assert exhibit_path(exhibits, sha256).stat().st_mtime_ns == first
