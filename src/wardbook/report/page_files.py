"""The templates, styles and scripts of the pages, as they ship."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources

import jinja2

from wardbook.report.wording import figure, money, period, plural, short, whole

_ROOM = "wardbook.report"


def template(name: str) -> jinja2.Template:
    """The template ``page/<name>``; a name that it does not get is an error of the program."""
    return _environment().get_template(name)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(_ROOM, "page"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(figure=figure, money=money, short=short, whole=whole)
    environment.globals.update(period=period, plural=plural)
    return environment


@cache
def page_text(name: str) -> str:
    """The text of ``page/<name>``."""
    return resources.files(_ROOM).joinpath("page", name).read_text("utf-8")


def source_hash(name: str) -> str:
    """The hash of an inline style or script as a content security policy writes it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(page_text(name).encode()).digest()).decode()
