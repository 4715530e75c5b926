"""The data packet: the report's tables as CSV with their schema, its queries, and the digest of every file.

A ZIP archive whose bytes depend on the document alone. In the full version the files of the audit are in it
as well, so that every row behind a table can be looked up.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

from wardbook.report.forms.numbered import index
from wardbook.report.forms.pdf import table_csv
from wardbook.report.narrative.document import FULL, Document, document_text

SUMS = "SHA256SUMS"
_STAMP = (2000, 1, 1, 0, 0, 0)


def packet_form(document: Document, audit: Path | None = None) -> bytes:
    """The packet as bytes; ``audit`` is the folder whose files go into that of a full version."""
    files = dict(_files(document))
    if audit is not None and document.readers == FULL:
        files |= {
            f"audit/{path.name}": path.read_bytes() for path in sorted(audit.iterdir()) if path.is_file()
        }
    sums = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    files[SUMS] = sums.encode()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, _STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, files[name])
    return made.getvalue()


def _files(document: Document) -> Iterator[tuple[str, bytes]]:
    yield "report.json", document_text(document).encode()
    yield "sentences.csv", index_csv(document).encode()
    schema, queries = {}, {}
    for table in document.tables:
        if not table.columns:
            continue
        name = f"tables/{table.id}.csv"
        yield name, table_csv(table).encode()
        schema[name] = {
            "caption": table.caption,
            "columns": [{"name": column.name, "kind": column.of} for column in table.columns],
            "rows": len(table.rows),
            "rows_left_out": table.left_out,
            "all_rows": table.file,
        }
        if table.query:
            queries[name] = " ".join(table.query.split())
    for sentence in document.sentences:
        for place, figure in enumerate(sentence.figures):
            if figure.query:
                queries[f"sentence {sentence.id}, figure {place + 1}"] = " ".join(figure.query.split())
    yield "schema.json", _json(schema)
    yield "queries.json", _json(queries)


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def index_csv(document: Document) -> str:
    """Every sentence with its sources: number, id, part, kind, text, method, what it rests on, records."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(
        [
            "number",
            "id",
            "part",
            "kind",
            "sentence",
            "method",
            "rests_on",
            "records",
            "first_records",
            "places",
        ]
    )
    for entry in index(document):
        one = entry.sentence
        writer.writerow(
            [
                entry.number,
                one.id,
                entry.section,
                entry.support,
                one.text.strip(),
                one.method,
                "; ".join(map(str, entry.rests_on)),
                one.sources_total or "",
                "; ".join(one.sources),
                "; ".join(", ".join(filter(None, (s.exhibit, s.place))) for s in entry.sources),
            ]
        )
    return stream.getvalue()
