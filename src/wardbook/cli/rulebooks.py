"""The commands that check rulebooks."""

from __future__ import annotations

from pathlib import Path

import click

from wardbook.cli.group import main
from wardbook.cli.rulebook_file import find_rulebook
from wardbook.cli.say import err, out, say
from wardbook.errors import InputRefusedError
from wardbook.policy.check import run_examples
from wardbook.policy.read import load


@main.group()
def rulebook() -> None:
    """Check and test rulebooks."""


@rulebook.command("check")
@click.argument("path", type=click.Path(path_type=Path))
def rulebook_check(path: Path) -> None:
    """Read the rulebook at PATH, report every mistake in it, and run its examples."""
    loaded = load(find_rulebook(str(path)))
    failures = run_examples(loaded)
    for failure in failures:
        say(str(failure), err)
    out.print(
        f"{loaded.title}: {len(loaded.rules)} rules, {len(loaded.cost_rules)} cost rules, "
        f"{len(loaded.examples)} examples, {len(failures)} failed",
        markup=False,
    )
    if failures:
        raise InputRefusedError(
            str(path),
            "examples that the rules decide as written",
            f"{len(failures)} that they do not",
            "Correct the rule or the example.",
        )
