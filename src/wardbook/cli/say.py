"""What the commands print: results on stdout, progress and problems on stderr."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from threading import Event, Thread

from rich.console import Console
from rich.status import Status

from wardbook.intake.grid import displayable
from wardbook.records.engine import Engine

CUT_OFF = 141
"""Exit code where the reader of the output went away, as shells have it (128 + SIGPIPE)."""

POLL_S = 0.25
"""Seconds between two looks at how far a step is."""


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
def steps(engine: Engine | None = None) -> Iterator[Callable[[str], None]]:
    """Show on stderr which step of an audit is running; gives the function to call with each step.

    On a terminal, and with the engine that runs the steps, a long one shows how far it is.
    """
    with err.status("audit") as shown:
        now = ["audit"]

        def tell(step: str) -> None:
            now[0] = f"audit: {step}"
            shown.update(now[0])

        with _percentages(engine, now, shown) if engine and err.is_terminal else nullcontext():
            yield tell


@contextmanager
def _percentages(engine: Engine, now: list[str], shown: Status) -> Iterator[None]:
    """Ask the engine again and again, in a thread of its own, how far its step is, and show it."""
    engine.show_progress()
    over = Event()

    def poll() -> None:
        while not over.wait(POLL_S):
            shown.update(progress_text(now[0], engine.running, engine.percent()))

    thread = Thread(target=poll, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def progress_text(doing: str, step: str, percent: float | None) -> str:
    """What is shown of a step: what the audit does, the step by name, and how far it is if that is known."""
    if not step:
        return doing
    return f"{doing} ({step})" if percent is None or percent <= 0 else f"{doing} ({step}, {int(percent)} %)"
