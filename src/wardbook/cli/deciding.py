"""The command that decides a table of uses."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from wardbook.cli.group import main
from wardbook.cli.rulebook_file import assured, find_rulebook
from wardbook.cli.say import err, out, say
from wardbook.errors import WrongUseError
from wardbook.policy.decide_table import Decided, decide_table
from wardbook.policy.read import load


@main.command()
@click.argument("facts", type=click.Path(path_type=Path))
@click.option("--rulebook", "rulebook_name", required=True, help="Rulebook (Markdown).")
@click.option(
    "--out", "target", type=click.Path(path_type=Path), required=True, help=".parquet or .csv to write."
)
@click.option("--as-of", help="Apply the law in force on this day (ISO), not on the day of each use.")
@click.option("--known-on", help="The rulebook as it was known on this day (ISO).")
@click.option(
    "--engine",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    show_default=True,
    help="What runs the queries; both write the same file.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 if a row has problems or is undetermined.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def decide(
    facts: Path,
    rulebook_name: str,
    target: Path,
    as_of: str | None,
    known_on: str | None,
    engine: str,
    strict: bool,
    as_json: bool,
) -> None:
    """Decide every row of FACTS (.parquet or .csv), a table with the facts of a rulebook as columns."""
    days = _day("--as-of", as_of), _day("--known-on", known_on)
    rulebook = assured(load(find_rulebook(rulebook_name)), days[1])
    with err.status("decide") as shown:

        def told(done: int, rows: int) -> None:
            shown.update(f"decide: {done:,} of {rows:,} rows")

        found = decide_table(rulebook, facts, target, *days, on_spark=engine == "spark", told=told)
    if as_json:
        out.print_json(json.dumps(asdict(found)))
    else:
        _print(found)
        say(f"wrote {target}")
    if strict and (found.undetermined or found.with_problems):
        raise SystemExit(1)


def _print(found: Decided) -> None:
    say(f"rows: {found.decided:,} decided + {found.undetermined:,} undetermined = {found.rows:,}")
    if found.with_problems:
        say(f"rows with a problem, told in their column problems: {found.with_problems:,}")
    for column in found.unknown_columns:
        say(f'note: no fact of the rulebook is named "{column}": not read', err)
    for name in found.missing_columns:
        say(f'note: there is no column "{name}": not known in every row', err)
    for rule, count in found.by_rule:
        say(f"{count:>12,}  {rule or 'no rule decided'}")


def _day(option: str, text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise WrongUseError(f"{option}: expected a day such as 2026-10-07; found {text!r}") from error
