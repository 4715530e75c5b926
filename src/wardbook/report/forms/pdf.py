"""The report as a PDF: PDF/A-3 and PDF/UA-1 in one file, its tables attached (`typeset`).

The date in the file is the last day on record, so the same document gives the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from wardbook.records.csv_text import csv_text
from wardbook.report.forms import charts
from wardbook.report.forms.numbered import index, numbers
from wardbook.report.forms.paper_index import index_data
from wardbook.report.forms.paper_table import across, table_data
from wardbook.report.forms.typeset import typeset
from wardbook.report.narrative.document import Block, Chart, Document, Paragraph, TableBlock, document_text
from wardbook.report.narrative.sentence import FRAME, Sentence

_WITHOUT_DAY = date(2000, 1, 1)
_ROWS, _ROWS_OF_A_CHART = 200, 12
"""So many rows a table, and that of a chart, has on paper; the attached CSV has the others."""
_INDEX_LEAD = (
    "Every sentence with a number in the report, and what it rests on. The places of all records, and the "
    "queries that find the figures again, are in the attached report.json."
)


def pdf_form(document: Document, fonts: Sequence[Path] = (), paper: str = "us-letter") -> bytes:
    """The PDF; raises what `typeset` raises."""
    drawn = charts.draw(document.charts)
    figures = {name: f"figure-{place}.svg" for place, name in enumerate(drawn)}
    text = document_text(document)
    attached = dict(_attached(document, text))
    digest = hashlib.sha256(text.encode()).hexdigest()
    data = _data(document, digest, figures, [entry for entry, _ in attached.values()], paper)
    files = {figures[name]: svg for name, svg in drawn.items()}
    return typeset(data, {**files, **{name: text for name, (_, text) in attached.items()}}, fonts)


def _attached(document: Document, text: str) -> Iterator[tuple[str, tuple[dict[str, str], str]]]:
    """Each attachment: its name, what the template is told of it, and its text."""
    told = "The report as data: every sentence with its sources"
    yield "report.json", (_entry("report.json", "application/json", "source", told), text)
    for table in document.tables:
        name = f"{table.id}.csv"
        yield name, (_entry(name, "text/csv", "data", table.caption), table_csv(table))


def _entry(file: str, mime: str, relationship: str, description: str) -> dict[str, str]:
    return {"file": file, "mime": mime, "relationship": relationship, "description": description}


def table_csv(table: TableBlock) -> str:
    """The rows of a table as CSV text."""
    return csv_text([column.name for column in table.columns], table.rows)


def _data(
    document: Document,
    digest: str,
    files: Mapping[str, str],
    attachments: Sequence[dict[str, str]],
    paper: str,
) -> dict[str, Any]:
    numbered = numbers(document)
    day = date.fromisoformat(document.last_day) if document.last_day else _WITHOUT_DAY
    version = "Full version" if document.readers == "full" else f"Version for {document.readers} readers"
    return {
        "title": document.title,
        "language": document.language,
        "date": [day.year, day.month, day.day],
        "paper": paper,
        "jurisdiction": document.jurisdiction or "Audit report",
        "version": version,
        "note": document.note,
        "facts": [
            ["Rulebook", f"{document.rulebook['title']}, version {document.rulebook['version']}"],
            ["Book at checkpoint", document.checkpoint or "none"],
            ["Made by", f"wardbook {document.program}"],
            ["Digest of this version", digest],
        ],
        "sections": [
            {
                "title": section.title,
                "level": section.level,
                "blocks": [made for block in section.blocks for made in _block(block, numbered, files)],
            }
            for section in document.sections
        ],
        "index_lead": _INDEX_LEAD,
        "index": index_data([entry for entry in index(document) if _has_number(entry.sentence)]),
        "attachments": list(attachments),
    }


def _block(block: Block, numbered: Mapping[str, int], files: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    if isinstance(block, Paragraph):
        if block.sentences:
            said = [_said(one, numbered) for one in block.sentences]
            yield {"is": "paragraph", "label": block.label, "sentences": said}
    elif isinstance(block, TableBlock):
        if block.columns and block.rows:
            yield _table(block, _ROWS)
    elif isinstance(block, Chart):
        yield {
            "is": "chart",
            "file": files.get(block.id),
            "alt": f"{block.title}. {' '.join(one.text.strip() for one in block.words)}",
            "words": [_said(one, numbered) for one in block.words],
            "table": across(block) or _table(block.table, _ROWS_OF_A_CHART),
        }


def _table(table: TableBlock, most: int) -> dict[str, Any]:
    rows = table.rows[:most]
    left = table.left_out + len(table.rows) - len(rows)
    where = table.file or f"the attached {table.id}.csv"
    caption = table.caption + (f" ({left:,d} more rows in {where})" if left else "")
    names = [column.name for column in table.columns]
    return table_data(caption, names, [column.is_figure for column in table.columns], rows)


def _said(sentence: Sentence, numbered: Mapping[str, int]) -> dict[str, Any]:
    number = numbered[sentence.id] if _has_number(sentence) else None
    return {"text": sentence.text.rstrip(), "n": number}


def _has_number(sentence: Sentence) -> bool:
    return sentence.kind != FRAME or bool(sentence.withheld)
