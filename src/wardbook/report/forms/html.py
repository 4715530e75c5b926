"""The report as one page that needs nothing but itself; for a reader, a screen reader, and print."""

from __future__ import annotations

from markupsafe import Markup

from wardbook.report.forms import charts
from wardbook.report.forms.numbered import index, numbers
from wardbook.report.forms.paper_table import below_places
from wardbook.report.narrative.document import Chart, Document, Paragraph, TableBlock
from wardbook.report.narrative.sentence import FRAME
from wardbook.report.page_files import page_text, source_hash, template


def html_form(document: Document, review: bool = False) -> str:
    """The page. With ``review`` a second person can mark each sentence in it and save the marks as a file."""
    return template("paper.html.j2").render(
        document=document,
        numbers=numbers(document),
        entries=index(document),
        charts={key: Markup(svg) for key, svg in charts.draw(document.charts).items()},  # noqa: S704  # drawn here
        kind_of=_kind_of,
        below_places=below_places,
        frame=FRAME,
        review=review,
        digest=document.digest,
        style=Markup(page_text("paper.css")),  # noqa: S704  # ours, from the package
        style_hash=source_hash("paper.css"),
        script=Markup(page_text("review.js")) if review else "",  # noqa: S704  # ours, from the package
        script_hash=source_hash("review.js") if review else "",
    )


def _kind_of(block: object) -> str:
    if isinstance(block, Paragraph):
        return "paragraph"
    return "table" if isinstance(block, TableBlock) else "chart" if isinstance(block, Chart) else ""
