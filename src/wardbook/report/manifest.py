"""``manifest.json``: what the files of an audit are and what made them, so that anybody can recompute them.

It holds digests, versions and queries; no clock, no name of a machine. The rulebook is named by its file
name and SHA-256, not by the folder it happened to lie in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import duckdb

from wardbook.link.splink_names import GIVEN_M, LEAST, SEED, SURNAME_M
from wardbook.records.settings import RULES

if TYPE_CHECKING:
    from wardbook.audit import Audit


def digest(path: Path) -> str:
    """The SHA-256 of a file's bytes, as hexadecimal digits."""
    with path.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def digests(folder: Path, names: Sequence[str]) -> dict[str, str]:
    """Name to SHA-256 of the named files of a folder, sorted by name."""
    return {name: digest(folder / name) for name in sorted(names)}


def _names(audit: Audit) -> dict[str, object]:
    """How pairs of names were found, where it is not the program's own way."""
    if audit.settings.names == RULES:
        return {}
    m = {"surname": SURNAME_M, "given": GIVEN_M}
    return {"names": {"by": "splink", "version": version("splink"), "seed": SEED, "m": m, "least": LEAST}}


def manifest_text(audit: Audit, program_version: str, files: Mapping[str, str]) -> str:
    """The manifest as JSON text; ``files`` maps each file of the audit to its SHA-256."""
    rulebook = audit.rulebook
    manifest = {
        "manifest_version": 1,
        "program": {"name": "wardbook", "version": program_version},
        "duckdb": duckdb.__version__,
        "book": {
            "title": audit.settings.title,
            "jurisdiction": audit.settings.jurisdiction,
            "time_zone": audit.settings.time_zone,
            "currency": audit.settings.currency,
            "payers": dict(sorted(audit.settings.payers.items())),
        },
        **_names(audit),
        "checkpoint": audit.checkpoint,
        "rulebook": {
            "path": PurePath(rulebook.path).name,
            "sha256": rulebook.sha256,
            "title": rulebook.title,
            "version": rulebook.version,
        },
        "exhibits": [row[0] for row in audit.engine.rows("SELECT exhibit FROM exhibits ORDER BY exhibit")],
        "files": dict(sorted(files.items())),
        "steps": [{"name": s.name, "query": s.query, "rows": s.rows} for s in audit.engine.steps],
    }
    return json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
