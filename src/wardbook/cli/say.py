"""What the commands print: results on stdout, progress and problems on stderr."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

from wardbook.intake.grid import displayable

CUT_OFF = 141
"""Exit code where the reader of the output went away, as shells have it (128 + SIGPIPE)."""


class _Console(Console):
    """A console that ends the program with a code of its own when nobody reads it any more."""

    def on_broken_pipe(self) -> None:
        """Say nothing more, and end."""
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(CUT_OFF)


out = _Console(soft_wrap=True, highlight=False)
err = _Console(stderr=True, soft_wrap=True, highlight=False)

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def visible(text: str) -> str:
    """Text for a terminal: control characters, and bytes of a file name that are no text, are written out."""
    return displayable(_CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text))


def in_line(text: str) -> str:
    """The same, on one line."""
    return visible(text.replace("\n", "\\n").replace("\t", "\\t"))


def say(text: str, to: Console = out) -> None:
    """Print text as it is, with control characters written out."""
    to.print(visible(text), markup=False)


@contextmanager
def steps() -> Iterator[Callable[[str], None]]:
    """Show on stderr which step of an audit is running; gives the function to call with each step."""
    with err.status("audit") as shown:
        yield lambda step: shown.update(f"audit: {step}")
