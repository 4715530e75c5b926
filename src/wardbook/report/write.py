"""The files of an audit, written together: all of them, or the folder stays as it was."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from wardbook.audit import Audit
from wardbook.records.edges import all_edges_query
from wardbook.report.decided_store import STORE_FILES, write_store
from wardbook.report.findings_json import findings_text
from wardbook.report.manifest import digests, manifest_text
from wardbook.report.narrative.build import build
from wardbook.report.narrative.document import document_text
from wardbook.report.page import page_html
from wardbook.report.tables import CSV_FILES

FINDINGS = "findings.json"
PAGE = "report.html"
REPORT = "report.json"
"""The written report as data; `wardbook.report.forms` makes a page, a PDF, a workbook or a packet of it."""

MANIFEST = "manifest.json"
EDGES = "edges.parquet"

AUDIT_FILES: tuple[str, ...] = (
    *(file.name for file in CSV_FILES),
    FINDINGS,
    *STORE_FILES,
    REPORT,
    PAGE,
    MANIFEST,
)
"""Every file an audit writes, in the order it is put in place; the manifest comes last."""


def write(audit: Audit, out: Path, program_version: str, edges: bool = False) -> Path:
    """Write all files of ``audit`` into the folder ``out`` (made if absent); returns the path of its report.

    With ``edges`` also `EDGES`; without, one that an earlier audit left there goes, as it is not of this one.
    The files are prepared in a temporary folder beside ``out`` and then renamed into it, the manifest last:
    a run that fails leaves what was there. The bytes depend on the audit and the versions of the programs
    alone. Raises `OSError` when the folder cannot be written.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        _prepare(audit, aside, program_version, edges)
        out.mkdir(exist_ok=True)
        if edges:
            (aside / EDGES).replace(out / EDGES)
        else:
            (out / EDGES).unlink(missing_ok=True)
        for name in AUDIT_FILES:
            (aside / name).replace(out / name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return out / PAGE


def _prepare(audit: Audit, folder: Path, program_version: str, edges: bool) -> None:
    for file in CSV_FILES:
        audit.engine.write_csv(file.query, folder / file.name)
    _put(folder / FINDINGS, findings_text(audit.findings))
    write_store(audit, folder)
    _put(folder / REPORT, document_text(build(audit, program_version)))
    data = digests(folder, [*(file.name for file in CSV_FILES), FINDINGS, *STORE_FILES, REPORT])
    _put(folder / PAGE, page_html(audit, program_version, data))
    if edges:
        audit.engine.write_parquet(all_edges_query(), folder / EDGES)
    last = digests(folder, [PAGE, EDGES] if edges else [PAGE])
    _put(folder / MANIFEST, manifest_text(audit, program_version, {**data, **last}))


def _put(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
