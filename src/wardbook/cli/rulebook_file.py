"""A rulebook named on the command line: where it is, and whether it may decide."""

from __future__ import annotations

import os
from datetime import date
from importlib import resources
from pathlib import Path

import wardbook
from wardbook.cli.say import err, say
from wardbook.errors import WrongUseError
from wardbook.policy.assure import assure
from wardbook.policy.model import Rulebook


def find_rulebook(name: str) -> Path:
    """A rulebook by path, or by name of one that ships with wardbook (``west-virginia/state-aircraft``)."""
    path = Path(name)
    if path.is_file():
        return path
    plain = name.removeprefix("rulebooks/").removesuffix(".md") + ".md"
    for folder in (
        Path(str(resources.files("wardbook"))) / "rulebooks",
        Path(wardbook.__file__).parents[2] / "rulebooks",
    ):
        if (folder / plain).is_file():
            return folder / plain
    raise WrongUseError(f"there is no rulebook {name}")


def relative(path: Path, start: Path) -> str:
    """The way to ``path`` from the folder ``start``, with slashes."""
    return Path(os.path.relpath(path.resolve(), start.resolve())).as_posix()


def assured(rulebook: Rulebook, known: date | None = None) -> Rulebook:
    """The rulebook, once it is proved that its rules never contradict each other, or said that it is not."""
    note = assure(rulebook, known)
    if note:
        say(f"note: {note}", err)
    return rulebook
