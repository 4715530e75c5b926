"""What an audit keeps beside its CSV files so that each decision can be explained and asked again.

The facts of every use with why they are so, the rules that hold of it, its costs and their shares, as
Parquet; and the rulebook itself, byte for byte. With them a decision can be explained, and asked again,
without the book.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wardbook.audit import Audit
from wardbook.errors import InputRefusedError, VerificationError
from wardbook.policy.model import Rulebook
from wardbook.policy.read import load
from wardbook.records.engine import Engine, file_literal, literal
from wardbook.records.settings import Settings
from wardbook.report.manifest import digest

RULEBOOK = "rulebook.md"
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class ParquetFile:
    """One Parquet file of an audit: its name, and the query of its rows (with ORDER BY)."""

    name: str
    query: str

    @property
    def relation(self) -> str:
        """The relation it is opened as."""
        return self.name.removesuffix(".parquet")


def parquet_files(rulebook: Rulebook) -> tuple[ParquetFile, ...]:
    """The Parquet files of an audit under ``rulebook``; of the facts' bases only those that it reads."""
    read = ", ".join(literal(name) for name in sorted({"date", *(f.reads for f in rulebook.facts)} - {""}))
    bases = f"SELECT use_id, fact, basis, sources FROM fact_bases WHERE fact IN ({read})"  # noqa: S608
    return (
        ParquetFile("facts.parquet", "SELECT * FROM facts ORDER BY use_id"),
        ParquetFile("fact_bases.parquet", f"{bases} ORDER BY ALL"),
        ParquetFile(
            "rules_holding.parquet",
            "SELECT use_id, COLUMNS('^([ptu][0-9]+|broken)(_[0-9]+)?$') FROM rules_holding ORDER BY use_id",
        ),
        ParquetFile(
            "uses.parquet",
            "SELECT use_id, date, start_at, vehicle, agency, trip FROM uses ORDER BY use_id",
        ),
        ParquetFile("expenses.parquet", "SELECT * FROM expenses ORDER BY record_id"),
        ParquetFile("costs.parquet", "SELECT * FROM costs ORDER BY ALL"),
        ParquetFile("allocations.parquet", "SELECT * FROM allocations ORDER BY ALL"),
        ParquetFile(
            "sources.parquet",
            f"""
            SELECT s.record_id, s.exhibit, o.path, s.page, s.line
            FROM source_rows AS s
            LEFT JOIN (SELECT exhibit, min(path) AS path FROM occurrences GROUP BY exhibit) AS o
                USING (exhibit)
            WHERE s.record_id IN (SELECT unnest(sources) FROM ({bases}))
                OR s.record_id IN (SELECT unnest(sources) FROM costs)
            ORDER BY ALL
            """,  # noqa: S608
        ),
    )


PARQUET_NAMES: tuple[str, ...] = (
    "facts.parquet",
    "fact_bases.parquet",
    "rules_holding.parquet",
    "uses.parquet",
    "expenses.parquet",
    "costs.parquet",
    "allocations.parquet",
    "sources.parquet",
)

STORE_FILES: tuple[str, ...] = (*PARQUET_NAMES, RULEBOOK)
"""The files of the store, in the order they are put in place."""


def write_store(audit: Audit, folder: Path) -> None:
    """Write the store of an audit into ``folder``; the same audit gives the same bytes."""
    for file in parquet_files(audit.rulebook):
        audit.engine.write_parquet(file.query, folder / file.name)
    (folder / RULEBOOK).write_bytes(rulebook_bytes(audit.rulebook))


def rulebook_bytes(rulebook: Rulebook) -> bytes:
    """The bytes of the file the rulebook was read from."""
    text = rulebook.text.encode()
    marked = b"\xef\xbb\xbf" + text
    return marked if hashlib.sha256(marked).hexdigest() == rulebook.sha256 else text


# ---------------------------------------------------------------- opening


@dataclass(frozen=True)
class DecidedStore:
    """The store of an audit, opened: its relations in ``engine``, its rulebook, and the book's settings."""

    folder: Path
    engine: Engine
    rulebook: Rulebook
    settings: Settings

    def one_use(self, relation: str, use_id: str) -> list[dict[str, Any]]:
        """The rows of one use in a relation of the store."""
        return self.engine.dicts(f"SELECT * FROM {relation} WHERE use_id = ?", [use_id])  # noqa: S608


@contextmanager
def open_store(folder: Path) -> Iterator[DecidedStore]:
    """Open what the audit in ``folder`` keeps.

    Raises `InputRefusedError` where ``folder`` is no audit, or one without a store, and `VerificationError`
    where a file of the store, or the rulebook, is not the one that the manifest names.
    """
    manifest = _manifest(folder)
    for name in STORE_FILES:
        if not (folder / name).is_file() or name not in manifest["files"]:
            advice = "Run the audit again with this version of wardbook."
            raise InputRefusedError(str(folder / name), "a file that an audit keeps", "none", advice)
    for name in STORE_FILES:
        if digest(folder / name) != manifest["files"][name]:
            raise VerificationError(
                f"{folder / name} is not the file that {MANIFEST} names: it was changed since. "
                "Run the audit again."
            )
    rulebook = load(folder / RULEBOOK)
    if rulebook.sha256 != manifest["rulebook"]["sha256"]:
        raise VerificationError(f"{folder / RULEBOOK} is not the rulebook that {MANIFEST} names")
    book = manifest["book"]
    settings = Settings(
        title=book["title"],
        jurisdiction=book["jurisdiction"],
        time_zone=book["time_zone"],
        currency=book["currency"],
        payers=book.get("payers", {}),
    )
    with Engine() as engine:
        for name in PARQUET_NAMES:
            relation = name.removesuffix(".parquet")
            source = file_literal(folder / name)
            engine.define(f"CREATE VIEW {relation} AS SELECT * FROM read_parquet({source})")  # noqa: S608
        yield DecidedStore(folder, engine, rulebook, settings)


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    advice = "Name the folder that wardbook audit wrote."
    try:
        found = json.loads(path.read_text("utf-8"))
        return {key: dict(found[key]) for key in ("rulebook", "book", "files")}
    except (FileNotFoundError, NotADirectoryError):
        raise InputRefusedError(
            str(folder), "the folder of an audit", f"no {MANIFEST} in it", advice
        ) from None
    except (ValueError, KeyError, TypeError):
        raise InputRefusedError(str(path), "the manifest of an audit", "another file", advice) from None
