"""The report as one page that needs nothing but itself; for a reader, a screen reader, and print."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources

import jinja2
from markupsafe import Markup

from wardbook.report.forms import charts
from wardbook.report.forms.numbered import index, numbers
from wardbook.report.narrative.document import Chart, Document, Paragraph, TableBlock
from wardbook.report.narrative.sentence import FRAME
from wardbook.report.wording import plural, short, whole

_PAGE = "wardbook.report"


def html_form(document: Document, review: bool = False) -> str:
    """The page. With ``review`` a second person can mark each sentence in it and save the marks as a file."""
    return _template().render(
        document=document,
        numbers=numbers(document),
        entries=index(document),
        charts={key: Markup(svg) for key, svg in charts.draw(document.charts).items()},  # noqa: S704  # drawn here
        kind_of=_kind_of,
        frame=FRAME,
        review=review,
        digest=document.digest,
        style=Markup(_text("paper.css")),  # noqa: S704  # ours, from the package
        style_hash=_hash("paper.css"),
        script=Markup(_text("review.js")) if review else "",  # noqa: S704  # ours, from the package
        script_hash=_hash("review.js") if review else "",
    )


def _kind_of(block: object) -> str:
    if isinstance(block, Paragraph):
        return "paragraph"
    return "table" if isinstance(block, TableBlock) else "chart" if isinstance(block, Chart) else ""


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(_PAGE, "page"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(whole=whole, short=short)
    environment.globals.update(plural=plural)
    return environment.get_template("paper.html.j2")


@cache
def _text(name: str) -> str:
    return resources.files(_PAGE).joinpath("page", name).read_text("utf-8")


def _hash(name: str) -> str:
    """The hash of inline style or script as a content security policy writes it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(_text(name).encode()).digest()).decode()
