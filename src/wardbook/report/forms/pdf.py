"""The report as a PDF by Typst (extra ``report``): PDF/A-3 and PDF/UA-1 in one file, its tables attached.

The standards are PDF/A-3 level A (ISO 19005-3) and PDF/UA-1 (ISO 14289-1).

The fonts are those that ship with Typst and Matplotlib, never the machine's, and the date in the file is the
last day on record, so the same document gives the same bytes.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from wardbook.errors import InputRefusedError, WrongUseError
from wardbook.report.forms import charts
from wardbook.report.forms.numbered import IndexEntry, index, numbers
from wardbook.report.narrative.document import Block, Chart, Document, Paragraph, TableBlock, document_text
from wardbook.report.narrative.sentence import FRAME, Sentence

_WITHOUT_DAY = date(2000, 1, 1)
_ROWS_OF_A_CHART = 24
_INDEX_LEAD = (
    "Every sentence with a number in the report, and what it rests on. The places of all records, and the "
    "queries that find the figures again, are in the attached report.json."
)


def can_make_pdf() -> bool:
    """Whether the extra ``report`` is installed."""
    return find_spec("typst") is not None and charts.available()


def pdf_form(document: Document, fonts: Sequence[Path] = (), paper: str = "us-letter") -> bytes:
    """The PDF. ``fonts`` are folders with further fonts, for scripts that the shipped ones do not have.

    Raises `WrongUseError` without the extra ``report``, `InputRefusedError` for a text that no font shows.
    """
    if not can_make_pdf():
        raise WrongUseError("a PDF needs the extra `report`: pip install 'wardbook[report]'")
    import typst

    with tempfile.TemporaryDirectory(prefix="wardbook-report-") as place:
        folder = Path(place)
        _lay_out(document, folder, paper)
        try:
            made = typst.compile(
                str(folder / "report.typ"),
                root=place,
                font_paths=[str(path) for path in (*_shipped_fonts(), *fonts)],
                ignore_system_fonts=True,
                pdf_standards=["a-3a", "ua-1"],
            )
        except typst.TypstError as error:
            raise InputRefusedError(
                "the report", "text that the fonts at hand can show", str(error), "Give --fonts."
            ) from error
    return bytes(made)


def _shipped_fonts() -> tuple[Path, ...]:
    import matplotlib as mpl

    return (Path(mpl.get_data_path()) / "fonts" / "ttf",)


def _lay_out(document: Document, folder: Path, paper: str) -> None:
    """Put template, data, figures and attachments into ``folder``."""
    template = resources.files("wardbook.report").joinpath("page", "report.typ").read_text("utf-8")
    (folder / "report.typ").write_text(template, "utf-8")
    files = {}
    for place, (name, svg) in enumerate(charts.draw(document.charts).items()):
        files[name] = f"figure-{place}.svg"
        (folder / files[name]).write_text(svg, "utf-8")
    attachments = tuple(_attach(document, folder))
    data = _data(document, files, attachments, paper)
    (folder / "data.json").write_text(json.dumps(data, ensure_ascii=False), "utf-8")


def _attach(document: Document, folder: Path) -> Iterator[dict[str, str]]:
    (folder / "report.json").write_text(document_text(document), "utf-8", newline="\n")
    yield {
        "file": "report.json",
        "mime": "application/json",
        "relationship": "source",
        "description": "The report as data: every sentence with its sources",
    }
    for table in document.tables:
        name = f"{table.id}.csv"
        (folder / name).write_text(table_csv(table), "utf-8", newline="\n")
        yield {"file": name, "mime": "text/csv", "relationship": "data", "description": table.caption}


def table_csv(table: TableBlock) -> str:
    """The rows of a table as CSV text."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([column.name for column in table.columns])
    writer.writerows(table.rows)
    return stream.getvalue()


def _data(
    document: Document, files: Mapping[str, str], attachments: Sequence[dict[str, str]], paper: str
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
            ["Digest of this version", document.digest],
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
        "index": [
            {"n": entry.number, "kind": entry.support, "support": _support(entry)}
            for entry in index(document)
            if _has_number(entry.sentence)
        ],
        "attachments": list(attachments),
    }


def _block(block: Block, numbered: Mapping[str, int], files: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    if isinstance(block, Paragraph):
        if block.sentences:
            said = [_said(one, numbered) for one in block.sentences]
            yield {"is": "paragraph", "label": block.label, "sentences": said}
    elif isinstance(block, TableBlock):
        if block.columns and block.rows:
            yield _table(block)
    elif isinstance(block, Chart):
        yield {
            "is": "chart",
            "file": files.get(block.id),
            "alt": f"{block.title}. {' '.join(one.text.strip() for one in block.words)}",
            "words": [_said(one, numbered) for one in block.words],
            "table": _table(block.table, _ROWS_OF_A_CHART),
        }


def _table(table: TableBlock, most: int | None = None) -> dict[str, Any]:
    rows = table.rows[:most]
    left = table.left_out + len(table.rows) - len(rows)
    where = table.file or f"the attached {table.id}.csv"
    return {
        "is": "table",
        "caption": table.caption + (f" ({left:,d} more rows in {where})" if left else ""),
        "columns": [column.name for column in table.columns],
        "figures": [column.is_figure for column in table.columns],
        "widths": _widths(table),
        "rows": [[_breakable(cell) for cell in row] for row in rows],
    }


def _widths(table: TableBlock) -> list[float]:
    """Shares of the width: a column gets room by its longest cells, within limits."""
    shares = []
    for place, column in enumerate(table.columns):
        lengths = sorted(len(row[place]) for row in table.rows) or [0]
        typical = lengths[int(len(lengths) * 0.9)] if len(lengths) > 1 else lengths[0]
        shares.append(min(max(typical, len(column.name) * 0.8, 5), 40))
    return shares


def _breakable(cell: str) -> str:
    """Long words without a space get places where a line may break (U+200B)."""
    return " ".join(
        "\u200b".join(word[at : at + 16] for at in range(0, len(word), 16)) if len(word) > 24 else word
        for word in cell.split(" ")
    )


def _said(sentence: Sentence, numbered: Mapping[str, int]) -> dict[str, Any]:
    number = numbered[sentence.id] if _has_number(sentence) else None
    return {"text": sentence.text.rstrip(), "n": number}


def _has_number(sentence: Sentence) -> bool:
    return sentence.kind != FRAME or bool(sentence.withheld)


def _support(entry: IndexEntry) -> str:
    if entry.sentence.withheld:
        return f"Withheld: {entry.sentence.withheld}"
    if entry.rests_on:
        return f"Rests on {', '.join(map(str, entry.rests_on))}, by {entry.sentence.method}."
    places = "; ".join(
        ", ".join(filter(None, (source.exhibit, source.place))) for source in entry.sources[:4]
    )
    left = entry.more + max(len(entry.sources) - 4, 0)
    more = f" and {left:,d} more records" if left else ""
    return (
        f"{places}{more}."
        if places
        else f"{entry.sentence.sources_total:,d} records, not shown in this version."
    )
