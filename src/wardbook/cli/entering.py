"""Acts that are entered in a book's log where the book can be written, and told where it cannot."""

from __future__ import annotations

from collections.abc import Mapping
from getpass import getuser
from typing import Any

from wardbook.cli.say import err, say
from wardbook.errors import NotWrittenError
from wardbook.records.book import Book


def enter(book: Book, kind: str, body: Mapping[str, Any]) -> None:
    """Enter an act before its result is shown; a note says where a copy cannot be written."""
    try:
        book.act(kind, {**body, "user": _user()})
    except NotWrittenError as error:
        say(f"note: the {kind} is not on the book's log: {error}", err)


def _user() -> str:
    """The name that the system has for who runs this; empty where it has none."""
    try:
        return getuser()
    except (KeyError, OSError):
        return ""
