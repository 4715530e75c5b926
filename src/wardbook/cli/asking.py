"""The command that answers before the trip."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

import click

from wardbook.cli.group import main
from wardbook.cli.rulebook_file import assured, find_rulebook
from wardbook.cli.say import err, out, say
from wardbook.errors import WrongUseError
from wardbook.policy.ask import ask as run_ask
from wardbook.policy.model import FactValue
from wardbook.policy.read import load
from wardbook.report.answer import answer_lines


@main.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.option("--rulebook", "rulebook_name", required=True, help="Rulebook (Markdown).")
@click.option("--date", "day", help="Day of the use (ISO); default: today.")
@click.option(
    "--cost", "costs", multiple=True, help="Cost class to be paid, or CLASS=AMOUNT; repeat for several."
)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.pass_context
def ask(
    ctx: click.Context, rulebook_name: str, day: str | None, costs: tuple[str, ...], as_json: bool
) -> None:
    """Answer before the trip: allowed or not, who pays which cost, the rule's words, what to write down.

    Facts of the rulebook are given as options, e.g. --purpose campaign --outside-city yes; on a terminal
    the facts that would settle an open answer are asked for.
    """
    rulebook = assured(load(find_rulebook(rulebook_name)))
    facts = _facts_from(ctx.args)
    when = parse_day_option(day)
    answer = run_ask(rulebook, facts, when, costs)
    while answer.missing and sys.stdin.isatty() and not as_json:
        missing = answer.missing[0]
        prompt = f"{missing.question} [{missing.fact}; empty to leave open]"
        reply = click.prompt(prompt, default="", show_default=False, err=True)
        if not reply:
            break
        try:
            answer = run_ask(rulebook, {**facts, missing.fact: reply}, when, costs)
        except WrongUseError as error:
            say(str(error), err)
            continue
        facts[missing.fact] = reply
    if as_json:
        out.print_json(json.dumps(asdict(answer), default=str))
        return
    for line in answer_lines(answer):
        say(line)


def parse_day_option(text: str | None) -> date | None:
    """A day given as ISO text; None: today in the rulebook's time zone."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise WrongUseError(f"--date: expected a day such as 2026-10-07; found {text!r}") from error


def _facts_from(arguments: Sequence[str]) -> dict[str, FactValue]:
    facts: dict[str, FactValue] = {}
    words = iter(arguments)
    for word in words:
        if not word.startswith("--"):
            raise WrongUseError(f"expected --FACT VALUE; found {word!r}")
        name, equals, value = word[2:].partition("=")
        facts[name] = value if equals else next(words, "")
    return facts
