"""The command that tries another rule on an audit: what-if."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from wardbook.cli.rulebook_file import assured, find_rulebook
from wardbook.cli.rulebooks import rulebook
from wardbook.cli.say import err, out, say
from wardbook.cli.writing import write_text
from wardbook.errors import WrongUseError
from wardbook.policy.check import run_examples
from wardbook.policy.edit import Edited, edit
from wardbook.policy.read import load
from wardbook.policy.what_if import MOST_LISTED
from wardbook.policy.what_if import as_dict as change_dict
from wardbook.records.in_place import put_in_place
from wardbook.report.decided_store import DecidedStore, open_store
from wardbook.report.what_if import change_lines, change_of


@rulebook.command("what-if")
@click.argument("audit", type=click.Path(path_type=Path))
@click.option("--rulebook", "other", metavar="NEW.md", help="Another rulebook to try.")
@click.option("--drop", "dropped", metavar="RULE", multiple=True, help="A rule to take out; repeatable.")
@click.option(
    "--set",
    "put",
    metavar="RULE.COLUMN=CELL",
    multiple=True,
    help="A cell to write into a rule, or ARRANGEMENT/CLASS.COLUMN=CELL into a cost rule; repeatable.",
)
@click.option("--save", type=click.Path(path_type=Path), help="Write the edited rulebook to this file.")
@click.option("--uses", type=click.Path(path_type=Path), help="Write every changed use to this file (CSV).")
@click.option("--json", "as_json", is_flag=True, help="Print the change as JSON.")
def what_if(
    audit: Path,
    other: str | None,
    dropped: tuple[str, ...],
    put: tuple[str, ...],
    save: Path | None,
    uses: Path | None,
    as_json: bool,
) -> None:
    """What another rulebook, or an edit of the audit's own, would change of AUDIT: uses, and who pays.

    AUDIT is the folder that `wardbook audit` wrote; it is not changed. Nothing is read of the book.
    """
    if (other is None) == (not dropped and not put):
        raise WrongUseError("expected another rulebook (--rulebook), or an edit (--drop, --set)")
    if save is not None and other is not None:
        raise WrongUseError("--save: expected an edit (--drop, --set) to save; found --rulebook")
    for target in (save, uses):
        if target is not None and target.resolve().parent == audit.resolve():
            raise WrongUseError(f"expected another folder than that of the audit; found {target}")
    with open_store(audit) as store:
        edited = None if other is not None else _edited(store, dropped, put)
        new = assured(load(find_rulebook(str(other))) if edited is None else edited.rulebook)
        with err.status("what-if"), _table(uses) as table:
            found = change_of(store, new, MOST_LISTED, table)
    said = () if edited is None else edited.said
    if as_json:
        told = {"title": new.title, "version": new.version, "sha256": new.sha256}
        out.print_json(json.dumps({"rulebook": told, "edits": said, **change_dict(found)}))
    else:
        for line in [*said, *([""] if said else []), *change_lines(found)]:
            say(line)
    if save is not None and edited is not None:
        write_text(save, edited.text)
    for target in (save, uses):
        if target is not None:
            say(f"wrote {target}", err)


def _edited(store: DecidedStore, dropped: Sequence[str], put: Sequence[str]) -> Edited:
    """The audit's rulebook as edited; examples that it no longer decides as written are told on stderr."""
    edited = edit(store.rulebook, dropped, put)
    for failure in run_examples(edited.rulebook):
        say(f"note: an example no longer holds: {failure}", err)
    return edited


@contextmanager
def _table(target: Path | None) -> Iterator[Path | None]:
    if target is None:
        yield None
        return
    with put_in_place(target) as aside:
        yield aside
