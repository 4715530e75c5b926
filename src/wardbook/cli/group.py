"""The command ``wardbook``: errors of the house become messages and exit codes."""

from __future__ import annotations

import os
import traceback
from importlib import metadata
from typing import Any, NoReturn

import click
import duckdb

from wardbook.cli.say import err, visible
from wardbook.errors import InputRefusedError, WardbookError
from wardbook.records.disk_errors import disk_words

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it (128 + SIGINT)."""

VERSION = metadata.version("wardbook")

_STOPPED = "interrupted; nothing half done is kept. Run the command again."
_DISK = "Check that it is there, that you may use it, and that the disk is not full."


class _Group(click.Group):
    """A command group that turns the errors of the house into messages and exit codes."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except WardbookError as error:
            _fail(ctx, str(error), error.exit_code)
        except (KeyboardInterrupt, click.Abort, duckdb.InterruptException):
            _fail(ctx, _STOPPED, INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
            raise
        except duckdb.IOException as error:
            _fail(ctx, f"{disk_words(error)}. {_DISK}", InputRefusedError.exit_code)
        except OSError as error:
            what = (
                f"{error.filename} cannot be read or written" if error.filename else "a file cannot be used"
            )
            _fail(ctx, f"{what} ({error.strerror or error}). {_DISK}", InputRefusedError.exit_code)
        except Exception as error:  # noqa: BLE001  the last resort: a fault of wardbook, said in one sentence
            if _interrupted(error):
                _fail(ctx, _STOPPED, INTERRUPTED)
            _fail(ctx, _internal(error), WardbookError.exit_code)


def _fail(ctx: click.Context, message: str, code: int) -> NoReturn:
    err.print(visible(f"wardbook: {message}"), style="bold red" if err.is_terminal else "", markup=False)
    ctx.exit(code)


def _interrupted(error: Exception) -> bool:
    """Whether the engine tells of Ctrl-C: a query that was stopped raises an error of its own."""
    return isinstance(error, RuntimeError) and str(error).casefold().startswith("query interrupted")


def _internal(error: Exception) -> str:
    """What is said of a fault of wardbook itself; with ``WARDBOOK_DEBUG`` set, the whole traceback first."""
    if os.environ.get("WARDBOOK_DEBUG"):
        traceback.print_exception(error)
    notes = "".join(f", {note}" for note in getattr(error, "__notes__", ()))
    first = " ".join(str(error).split())[:300]
    return (
        f"internal error{notes} ({type(error).__name__}: {first}). This is a fault of wardbook, and nothing "
        "half done is kept; run again with WARDBOOK_DEBUG=1 in the environment and report what it prints."
    )


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, prog_name="wardbook")
def main() -> None:
    """The book of record and the audit of publicly funded protection and official transport."""
