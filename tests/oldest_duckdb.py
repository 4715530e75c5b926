"""The audit on the oldest DuckDB that pyproject.toml allows, against the one installed: the same answers.

``python -m tests.oldest_duckdb`` installs the oldest DuckDB beside the environment it runs in, audits the
examples and a made-up folder with both, and compares: CSV files and findings byte for byte, Parquet files row
by row. It says what differs and ends with 1 if anything does.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb

from tests.generated_folder import write_folder
from wardbook.records.engine import file_literal

ROOT = Path(__file__).resolve().parent.parent
MANY_DAYS = 40


def oldest() -> str:
    """The oldest version that pyproject.toml allows."""
    found = re.search(r'"duckdb>=([0-9.]+)', (ROOT / "pyproject.toml").read_text("utf-8"))
    if not found:
        raise LookupError("pyproject.toml has no lower bound for duckdb")
    return found[1]


def examples() -> list[Path]:
    """The folders of records that ship with the settings of a book."""
    return sorted(path.parent for path in (ROOT / "examples").glob("*/book.toml"))


def install(version: str) -> Path:
    """The folder with that DuckDB, and nothing else; put first, it is the one that is imported."""
    folder = Path(sys.prefix) / f"duckdb-{version}"
    if not (folder / "duckdb").is_dir():
        words = [
            "-q",
            "--disable-pip-version-check",
            "--no-deps",
            "--target",
            str(folder),
            f"duckdb=={version}",
        ]
        subprocess.run([sys.executable, "-m", "pip", "install", *words], check=True)
    return folder


def audited(records: Path, out: Path, first: Path | None) -> Path:
    """Audit a folder of records, with the packages of ``first`` before all others."""
    before = [str(first)] if first else []
    path = os.pathsep.join([*before, str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    words = ["audit", str(records), "--out", str(out), "--edges"]
    subprocess.run(
        [sys.executable, "-m", "wardbook", *words],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
    )
    return out


def imported(first: Path) -> str:
    """The version of DuckDB that is imported with the packages of ``first`` before all others."""
    words = [sys.executable, "-c", "import duckdb; print(duckdb.__version__)"]
    told = subprocess.run(
        words, check=True, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(first)}
    )
    return told.stdout.strip()


def differences(left: Path, right: Path) -> Iterator[str]:
    """The names of the files of two audits that do not say the same; manifest and page name the versions."""
    names = {path.name for folder in (left, right) for path in folder.iterdir() if path.is_file()}
    for name in sorted(names):
        one, other = left / name, right / name
        if not one.is_file() or not other.is_file():
            yield f"{name}: only in one"
        elif name.endswith((".csv", ".json", ".md")) and name != "manifest.json":
            if one.read_bytes() != other.read_bytes():
                yield f"{name}: other bytes"
        elif name.endswith(".parquet") and not same_rows(one, other):
            yield f"{name}: other rows"


def same_rows(one: Path, other: Path) -> bool:
    """Whether two Parquet files have the same columns and the same rows, each as often."""
    with duckdb.connect() as connection:
        rows = [f"SELECT * FROM read_parquet([{file_literal(path)}])" for path in (one, other)]
        columns = [connection.execute(f"DESCRIBE {query}").fetchall() for query in rows]
        if columns[0] != columns[1]:
            return False
        pairs = (f"({rows[0]} EXCEPT ALL {rows[1]})", f"({rows[1]} EXCEPT ALL {rows[0]})")
        return not any(connection.execute(f"SELECT 1 FROM {pair} LIMIT 1").fetchall() for pair in pairs)


def main() -> int:
    """Compare, and say what differs."""
    version = oldest()
    overlay = install(version)
    if imported(overlay) != version:
        raise LookupError(f"{overlay} is not DuckDB {version}; remove it and run again")
    found = 0
    with tempfile.TemporaryDirectory(prefix="wardbook-") as folder:
        work = Path(folder)
        generated = write_folder(work / "generated", days=MANY_DAYS)
        for records in (*examples(), generated):
            old = audited(records, work / "old" / records.name, overlay)
            new = audited(records, work / "new" / records.name, None)
            told = list(differences(old, new))
            found += len(told)
            sys.stdout.write(
                f"{records.name}: {', '.join(told) or 'the same'} "
                f"(DuckDB {version} and {duckdb.__version__})\n"
            )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
