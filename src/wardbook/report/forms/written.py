"""One report in one form for one group of readers: made, searched for leaks, and only then handed out.

What only one form or the audit needs is loaded when it is asked for: a PDF starts without the workbook.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from wardbook.errors import InputRefusedError, VerificationError, WardbookError
from wardbook.report.forms.leaks import leaks
from wardbook.report.narrative.document import Document, document_from_text
from wardbook.report.narrative.release import Release, version_for
from wardbook.report.page_files import page_text

HTML, PDF, XLSX, PACKET, REVIEW = "html", "pdf", "xlsx", "packet", "review"
FORMS = (HTML, PDF, XLSX, PACKET, REVIEW)
"""The forms of a report; ``review`` is the page on which a second person marks each sentence."""

NAME = "written-report"
"""The name of a form's file, without its suffix."""

SUFFIX = {HTML: ".html", PDF: ".pdf", XLSX: ".xlsx", PACKET: ".zip", REVIEW: "-review.html"}
"""How the file of each form ends; no two alike, so that none replaces another."""

_SHOWN = 5


class LeakError(WardbookError):
    """A form would have shown what it withholds; nothing was written."""

    exit_code = 4


def read_report(audit: Path) -> Document:
    """The full report that the audit in a folder made.

    Raises `InputRefusedError` where there is none, `VerificationError` where it was changed since.
    """
    from wardbook.report.manifest import digest
    from wardbook.report.write import MANIFEST, REPORT

    path = audit / REPORT
    advice = "Name the folder that wardbook audit wrote; run the audit again if it is of an older version."
    try:
        text = path.read_text("utf-8")
        named = json.loads((audit / MANIFEST).read_text("utf-8"))["files"].get(REPORT)
        document = document_from_text(text)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputRefusedError(str(path), "the report of an audit", str(error), advice) from error
    if digest(path) != named:
        raise VerificationError(f"{path} is not the file that {MANIFEST} names: it was changed since")
    return document


def written(
    document: Document,
    form: str,
    readers: str,
    release: Release,
    on: date,
    audit: Path | None = None,
    fonts: Sequence[Path] = (),
) -> bytes:
    """The report in ``form`` for ``readers``, as bytes; ``on`` is the day on which it is made.

    Raises what `version_for` raises, and `LeakError` where anything withheld stands in it.
    """
    version = version_for(document, readers, release, on)
    content = _made(version.document, form, audit, fonts)
    found = leaks(f"report{SUFFIX[form]}", _without_own_style(content), version.withheld)
    if found:
        told = "; ".join(f"{leak.text!r} in {leak.where}" for leak in found[:_SHOWN])
        raise LeakError(f"{len(found)} withheld texts stand in the {form} for {readers} readers: {told}")
    return content


def _without_own_style(content: bytes) -> bytes:
    """A page without the style and script that ship with it: a word of theirs (``white``) names nobody."""
    for name in ("paper.css", "review.js"):
        content = content.replace(page_text(name).encode(), b"")
    return content


def _made(document: Document, form: str, audit: Path | None, fonts: Sequence[Path]) -> bytes:
    if form == PDF:
        from wardbook.report.forms.pdf import pdf_form

        return pdf_form(document, fonts)
    if form == XLSX:
        from wardbook.report.forms.workbook import workbook_form

        return workbook_form(document)
    if form == PACKET:
        from wardbook.report.forms.packet import packet_form

        return packet_form(document, audit)
    from wardbook.report.forms.html import html_form

    return html_form(document, review=form == REVIEW).encode()
