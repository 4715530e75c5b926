"""A statement of account as one page that needs nothing but itself: no script, fit for print."""

from __future__ import annotations

from markupsafe import Markup

from wardbook.report.page_files import page_text, template
from wardbook.report.statement import APART, Statement


def statement_html(found: Statement, program_version: str) -> str:
    """The page as text; a policy in its head forbids every other source and every script."""
    return template("statement.html.j2").render(
        s=found,
        apart=APART,
        version=program_version,
        style=Markup(page_text("style.css") + page_text("statement.css")),  # noqa: S704  our own style
        records=_records(found),
    )


def _records(found: Statement) -> tuple[tuple[str, str], ...]:
    """Each record that the statement rests on and where it stands, in the order of places."""
    return tuple(sorted(found.places.items(), key=lambda pair: (pair[1], pair[0])))
