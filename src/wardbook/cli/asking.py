"""The command that answers before the trip."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from wardbook.cli.given import from_options, from_pairs
from wardbook.cli.group import main
from wardbook.cli.rulebook_file import assured, find_rulebook
from wardbook.cli.say import err, out, say
from wardbook.errors import WrongUseError
from wardbook.policy.ask import ask as run_ask
from wardbook.policy.ask import parse_fact
from wardbook.policy.model import FactValue, Rulebook
from wardbook.policy.read import load
from wardbook.policy.why import Why
from wardbook.policy.why import as_dict as why_dict
from wardbook.policy.why import why as run_why
from wardbook.policy.why_not import WhyNot, check_wanted
from wardbook.policy.why_not import as_dict as why_not_dict
from wardbook.policy.why_not import why_not as run_why_not
from wardbook.report.answer import answer_lines
from wardbook.report.why import why_lines, why_not_lines


@main.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.option("--rulebook", "rulebook_name", required=True, help="Rulebook (Markdown).")
@click.option("--date", "day", help="Day of the use (ISO); default: today.")
@click.option(
    "--cost", "costs", multiple=True, help="Cost class to be paid, or CLASS=AMOUNT; repeat for several."
)
@click.option("--why", "explain", is_flag=True, help="Also what became of every rule, and by which fact.")
@click.option(
    "--want",
    "wants",
    metavar="OUTCOME=VALUE",
    multiple=True,
    help="Also the smallest lawful change of facts after which this would be decided; repeat for several.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.pass_context
def ask(
    ctx: click.Context,
    rulebook_name: str,
    day: str | None,
    costs: tuple[str, ...],
    explain: bool,
    wants: tuple[str, ...],
    as_json: bool,
) -> None:
    """Answer before the trip: allowed or not, who pays which cost, the rule's words, what to write down.

    Facts of the rulebook are given as options, e.g. --purpose campaign --outside-city yes; on a terminal
    the facts that would settle an open answer are asked for.
    """
    rulebook = assured(load(find_rulebook(rulebook_name)))
    facts: dict[str, FactValue] = dict(from_options(ctx.args, "FACT"))
    wanted = from_pairs(wants, "--want")
    if wanted:
        wanted = check_wanted(rulebook, wanted)
    when = parse_day_option(day) or _today(rulebook)
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
    reasons = _Reasons.of(rulebook, facts, when, explain, wanted)
    if as_json:
        out.print_json(json.dumps({**asdict(answer), **reasons.as_dict()}, default=str))
        return
    for line in [*answer_lines(answer), *reasons.lines()]:
        say(line)


@dataclass(frozen=True)
class _Reasons:
    """What is said beside the answer: why, and the change after which something else would be decided."""

    why: Why | None
    why_not: WhyNot | None

    @classmethod
    def of(
        cls,
        rulebook: Rulebook,
        facts: Mapping[str, FactValue],
        day: date,
        explain: bool,
        wanted: Mapping[str, str],
    ) -> _Reasons:
        values = dict(parse_fact(rulebook, name, value) for name, value in facts.items())
        return cls(
            run_why(rulebook, values, day) if explain else None,
            run_why_not(rulebook, values, day, wanted) if wanted else None,
        )

    def lines(self) -> Iterator[str]:
        if self.why is not None:
            yield from ("", *why_lines(self.why))
        if self.why_not is not None:
            yield from ("", *why_not_lines(self.why_not))

    def as_dict(self) -> dict[str, Any]:
        told: dict[str, Any] = {}
        if self.why is not None:
            told["why"] = why_dict(self.why)
        if self.why_not is not None:
            told["why_not"] = why_not_dict(self.why_not)
        return told


def _today(rulebook: Rulebook) -> date:
    return datetime.now(ZoneInfo(rulebook.settings["time_zone"])).date()


def parse_day_option(text: str | None) -> date | None:
    """A day given as ISO text; None where none is given."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise WrongUseError(f"--date: expected a day such as 2026-10-07; found {text!r}") from error
