from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.oldest_duckdb import differences, oldest


def parquet(path: Path, query: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")


def audit_files(folder: Path, uses: str = "a,b\n1,2\n", rows: str = "VALUES (1), (2), (2)") -> Path:
    folder.mkdir()
    (folder / "uses.csv").write_text(uses)
    (folder / "manifest.json").write_text(folder.name)
    (folder / "report.html").write_text(folder.name)
    parquet(folder / "facts.parquet", f"SELECT * FROM ({rows}) AS v(x)")
    return folder


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, []),
        ({"uses": "a,b\n1,\n"}, ["uses.csv: other bytes"]),
        ({"rows": "VALUES (2), (1), (2)"}, []),
        ({"rows": "VALUES (1), (1), (2)"}, ["facts.parquet: other rows"]),
        ({"rows": "VALUES (1.0), (2.0), (2.0)"}, ["facts.parquet: other rows"]),
    ],
)
def test_what_differs_between_two_audits(tmp_path: Path, changed: dict[str, str], told: list[str]) -> None:
    left, right = audit_files(tmp_path / "left"), audit_files(tmp_path / "right", **changed)
    assert list(differences(left, right)) == told


def test_a_file_of_one_audit_only_is_told(tmp_path: Path) -> None:
    left, right = audit_files(tmp_path / "left"), audit_files(tmp_path / "right")
    (right / "edges.parquet").write_bytes(b"")
    assert list(differences(left, right)) == ["edges.parquet: only in one"]


def test_the_oldest_version_is_one_of_a_release() -> None:
    assert len(oldest().split(".")) == 3
