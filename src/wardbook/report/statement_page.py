"""A statement of account as one page that needs nothing but itself: no script, fit for print."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from importlib import resources

import jinja2
from markupsafe import Markup

from wardbook.report.statement import APART, Statement
from wardbook.report.wording import money, plural

_PAGE = "wardbook.report"


def statement_html(found: Statement, program_version: str) -> str:
    """The page as text; a policy in its head forbids every other source and every script."""
    return _template().render(
        s=found,
        apart=APART,
        version=program_version,
        style=Markup(_part("style.css") + _part("statement.css")),  # noqa: S704  our own style
        records=_records(found),
    )


def _records(found: Statement) -> tuple[tuple[str, str], ...]:
    """Each record that the statement rests on and where it stands, in the order of places."""
    return tuple(sorted(found.places.items(), key=lambda pair: (pair[1], pair[0])))


def _figure(amount: Decimal) -> str:
    """An amount under a heading that gives the currency; a true minus for what is below zero."""
    return f"{'−' if amount < 0 else ''}{abs(amount):,.2f}"


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(_PAGE, "page"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(money=money, figure=_figure)
    environment.globals.update(plural=plural)
    return environment.get_template("statement.html.j2")


def _part(name: str) -> str:
    return resources.files(_PAGE).joinpath("page", name).read_text("utf-8")
