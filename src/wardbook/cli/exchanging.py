"""The commands that write a rulebook in another form, and read it back: export, import."""

from __future__ import annotations

from pathlib import Path

import click

from wardbook.cli.group import VERSION
from wardbook.cli.rulebook_file import find_rulebook
from wardbook.cli.rulebooks import rulebook, run_and_tell
from wardbook.cli.say import err, say
from wardbook.cli.writing import refuse_same, write_text
from wardbook.errors import InputRefusedError
from wardbook.policy.assure import assure
from wardbook.policy.certificate import check_certificate, kept_certificate
from wardbook.policy.dmn import import_dmn, to_dmn
from wardbook.policy.dmn_draft import TO_BE_CITED, TO_BE_WRITTEN
from wardbook.policy.model import Rulebook
from wardbook.policy.read import load, load_text
from wardbook.policy.refusal import RulebookError
from wardbook.policy.workbook import from_workbook, to_workbook
from wardbook.report.rulebook_page import rulebook_html


@rulebook.command("export")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--format", "kind", type=click.Choice(["html", "xlsx", "dmn"]), required=True, help="What to write."
)
@click.option("--out", "target", type=click.Path(path_type=Path), help="File; default: beside the rulebook.")
def rulebook_export(path: Path, kind: str, target: Path | None) -> None:
    """Write the rulebook at PATH as a page to publish (html), a spreadsheet to edit (xlsx), or DMN 1.3.

    The page shows the result of the proof from the certificate beside the rulebook, if there is one. The DMN
    file holds the decision tables for other engines, and the rulebook itself to import it back.
    """
    found = find_rulebook(str(path))
    loaded = load(found)
    made = target or found.with_suffix(f".{kind}")
    refuse_same(made, found)
    match kind:
        case "xlsx":
            to_workbook(loaded, made)
        case "dmn":
            write_text(made, to_dmn(loaded))
        case _:
            write_text(made, _page(loaded, found))
    say(f"wrote {made}")


def _page(loaded: Rulebook, path: Path) -> str:
    kept = kept_certificate(path)
    proof = None if kept is None else check_certificate(loaded, kept)
    return rulebook_html(loaded, proof, VERSION)


@rulebook.command("import")
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "--out", "target", type=click.Path(path_type=Path), required=True, help="Markdown file to write."
)
def rulebook_import(source: Path, target: Path) -> None:
    """Read SOURCE, a spreadsheet (.xlsx) or a DMN file (.dmn, .xml), into a rulebook, and check it.

    What was exported comes back as it was; with mistakes it is refused, and nothing is written. Decision
    tables of others (DMN, S-FEEL) become a draft, which is written with a note of what its author must add;
    exit 1 if the draft has mistakes, or rules that contradict each other.
    """
    refuse_same(target, source)
    if source.suffix.casefold() not in {".dmn", ".xml"}:
        text = from_workbook(source)
        run_and_tell(load_text(text, str(target)))
        write_text(target, text)
        say(f"wrote {target}")
        return
    made = import_dmn(_text(source))
    if not made.draft:
        run_and_tell(load_text(made.text, str(target)))
    write_text(target, made.text)
    say(f"wrote {target}")
    if made.draft and not _tell_of_draft(made.text, target):
        raise SystemExit(1)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        advice = "Save it as UTF-8."
        raise InputRefusedError(str(path), "XML in UTF-8", f"other bytes at {error.start}", advice) from error


def _tell_of_draft(text: str, path: Path) -> bool:
    """Say on stderr what a draft still lacks; whether its rules can decide as they stand."""
    say("note: this is a draft of decision tables that say nothing of the law. Its author must add:", err)
    for what, mark in {
        "the law that the rules rest on, quoted, with its anchor": f"#{TO_BE_CITED}",
        "jurisdiction, authority, and the records that settle facts": TO_BE_WRITTEN,
    }.items():
        lines = [
            str(at)
            for at, line in enumerate(text.splitlines(), 1)
            if mark in line and f'"{mark}"' not in line
        ]
        if lines:
            say(f"  {what}: marked on {_lines(lines)}", err)
    say('  the days on which each rule is in force: "in force" says always', err)
    say("  which facts the book holds (reads), examples, and who pays (## Costs)", err)
    try:
        note = assure(run_and_tell(load_text(text, str(path))))
    except RulebookError as error:
        say("the draft is no rulebook yet:", err)
        for problem in error.problems:
            say(f"  {problem}", err)
        return False
    except InputRefusedError as error:
        say(f"the draft cannot decide yet: {error}", err)
        return False
    if note:
        say(f"note: {note}", err)
    return True


def _lines(numbers: list[str]) -> str:
    shown = ", ".join(numbers[:8]) + (", ..." if len(numbers) > 8 else "")
    return f"line{'s' if len(numbers) > 1 else ''} {shown}"
