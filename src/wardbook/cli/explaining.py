"""The commands that explain a use of an audit: why it was decided so, and what it would take otherwise."""

from __future__ import annotations

import json
from pathlib import Path

import click

from wardbook.cli.given import from_options
from wardbook.cli.group import main
from wardbook.cli.say import out, say
from wardbook.errors import WrongUseError
from wardbook.policy.why_not import as_dict as why_not_dict
from wardbook.report.why import as_dict as why_dict
from wardbook.report.why import why_lines, why_not_lines, why_not_use, why_use


@main.command()
@click.argument("audit", type=click.Path(path_type=Path))
@click.argument("use")
@click.option("--json", "as_json", is_flag=True, help="Print the explanation as JSON.")
def why(audit: Path, use: str, as_json: bool) -> None:
    """Why USE was decided so: rules, quoted law, facts with their sources, and why no other rule decided.

    AUDIT is the folder that `wardbook audit` wrote; USE is a use_id of its uses.csv.
    """
    found = why_use(audit, use)
    if as_json:
        out.print_json(json.dumps(why_dict(found)))
        return
    for line in why_lines(found):
        say(line)


@main.command("why-not", context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.argument("audit", type=click.Path(path_type=Path))
@click.argument("use")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.pass_context
def why_not(ctx: click.Context, audit: Path, use: str, as_json: bool) -> None:
    """The smallest lawful change of facts after which USE would be decided otherwise.

    The wanted outcomes of the rulebook follow as options, e.g. --permitted yes --security-reason yes.
    Only facts that the rulebook calls changeable are changed; where no such change helps, the facts that
    stand in the way are named. AUDIT and USE as for `wardbook why`.
    """
    if str(audit).startswith("--"):
        raise WrongUseError(f"expected AUDIT and USE before the wanted outcomes; found {str(audit)!r}")
    found = why_not_use(audit, use, from_options(ctx.args, "OUTCOME"))
    if as_json:
        out.print_json(json.dumps(why_not_dict(found)))
        return
    for line in why_not_lines(found):
        say(line)
