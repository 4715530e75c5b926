"""The commands of the written report: its forms for each group of readers, its sentences, their review."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import date
from pathlib import Path

import click

from wardbook.cli.entering import enter
from wardbook.cli.group import main
from wardbook.cli.say import in_line, say
from wardbook.custody.store import sha256_file
from wardbook.errors import NotWrittenError, VerificationError, WrongUseError
from wardbook.records.book import Book
from wardbook.records.in_place import put_in_place
from wardbook.report.forms.numbered import index
from wardbook.report.forms.written import FORMS, HTML, NAME, SUFFIX, read_report, written
from wardbook.report.narrative.changes import changes
from wardbook.report.narrative.document import FULL
from wardbook.report.narrative.release import READERS, Release, read_release
from wardbook.report.narrative.review import read_review, standing

_PATH = click.Path(path_type=Path)


def _day(text: str | None) -> date:
    if text is None:
        return date.today()  # noqa: DTZ011  the day here is the one that the reader of the clock means
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise WrongUseError(f"--on: expected a day (YYYY-MM-DD); found {text!r}") from error
    if day > date.today():  # noqa: DTZ011  as above
        raise WrongUseError(f"--on: no report is made on a day that is still to come; found {text}")
    return day


@main.command()
@click.argument("audit", type=_PATH)
@click.option("--format", "form", type=click.Choice(FORMS), default=HTML, show_default=True, help="The form.")
@click.option(
    "--for", "readers", type=click.Choice(READERS), default=FULL, show_default=True, help="Who will read it."
)
@click.option("--release", "release_file", type=_PATH, help="Release file: labels, boxes, delay (TOML).")
@click.option("--on", "on_text", help="The day it is made on, from which the delay counts; default: today.")
@click.option("--fonts", multiple=True, type=_PATH, help="A folder with further fonts for the PDF.")
@click.option("--book", type=_PATH, help="The book whose log the export is entered in; default: the audit's.")
@click.option("--out", "target", type=_PATH, help="The file to write; default: written-report... in AUDIT.")
def report(
    audit: Path,
    form: str,
    readers: str,
    release_file: Path | None,
    on_text: str | None,
    fonts: tuple[Path, ...],
    book: Path | None,
    target: Path | None,
) -> None:
    """Write the report of the AUDIT (a folder) in one form, for one group of readers.

    Nothing is written if a sentence rests on what these readers may not see, or if a text that is withheld
    from them stands anywhere in the file.
    """
    release = read_release(release_file) if release_file else Release()
    day = _day(on_text)
    content = written(read_report(audit), form, readers, release, day, audit, fonts)
    suffix = "" if readers == FULL else f"-{readers}"
    path = target or audit / f"{NAME}{suffix}{SUFFIX[form]}"
    _enter(book or _own_book(audit), audit, form, readers, release_file, day, content)
    _put(path, content)
    say(f"wrote {in_line(str(path))}")


def _put(path: Path, content: bytes) -> None:
    """Write aside, then put in place: a full disk leaves what was there."""
    try:
        with put_in_place(path) as aside, aside.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise NotWrittenError(
            f"{path} cannot be written ({error.strerror}); what was there stands, and the book's log has the "
            "entry of an export that did not come about"
        ) from error


def _own_book(audit: Path) -> Path | None:
    found = sorted(path for path in audit.glob("*.book") if Book.is_book(path))
    return found[0] if len(found) == 1 else None


def _enter(
    path: Path | None,
    audit: Path,
    form: str,
    readers: str,
    release_file: Path | None,
    day: date,
    content: bytes,
) -> None:
    if path is None:
        return
    body = {
        "audit": audit.resolve().name,
        "form": form,
        "on": day.isoformat(),
        "readers": readers,
        "release": sha256_file(release_file) if release_file else "",
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    with Book(path) as book:
        enter(book, "export", body)


@main.group()
def sentences() -> None:
    """The sentences of a report: what each rests on, what changed, who agrees."""


@sentences.command("list")
@click.argument("audit", type=_PATH)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_sentences(audit: Path, as_json: bool) -> None:
    """Every sentence of the report of AUDIT with its sources."""
    for entry in index(read_report(audit)):
        if as_json:
            places = [{"record": s.record_id, "exhibit": s.exhibit, "place": s.place} for s in entry.sources]
            line = {"number": entry.number, **entry.sentence.to_json(), "places": places}
            say(json.dumps(line, ensure_ascii=False))
            continue
        say(f"{entry.number:>5}  {entry.support:<8}  {entry.sentence.text.strip()}")
        for source in entry.sources[:3]:
            say(f"       {', '.join(filter(None, (source.exhibit, source.place)))}")
        rest = entry.more + max(len(entry.sources) - 3, 0)
        if rest:
            say(f"       and {rest:,d} more records")
        if entry.rests_on:
            say(f"       rests on {', '.join(map(str, entry.rests_on))}, by {entry.sentence.method}")


@sentences.command("diff")
@click.argument("before", type=_PATH)
@click.argument("after", type=_PATH)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def diff_sentences(before: Path, after: Path, as_json: bool) -> None:
    """Which sentences differ between the reports of two audits, BEFORE and AFTER."""
    found = changes(read_report(before), read_report(after))
    for one in found:
        if as_json:
            say(
                json.dumps(
                    {"id": one.id, "change": one.kind, "before": one.before, "after": one.after},
                    ensure_ascii=False,
                )
            )
            continue
        say(f"{one.kind}: {one.id}")
        for sign, text in (("-", one.before), ("+", one.after)):
            if text and not (one.before == one.after and sign == "+"):
                say(f"  {sign} {text}")
    if not as_json:
        say(f"{len(found)} sentences differ")


@sentences.command("review")
@click.argument("audit", type=_PATH)
@click.argument("marks", nargs=-1, required=True, type=_PATH)
@click.option("--author", required=True, help="Who wrote the report, and may not mark it.")
@click.option("--book", type=_PATH, help="The book whose log the review is entered in; default: the audit's.")
def review_sentences(audit: Path, marks: tuple[Path, ...], author: str, book: Path | None) -> None:
    """Where the review of the report of AUDIT stands after the MARKS of those who did not write it.

    Ends with code 4 while a sentence is not marked, or marked otherwise than with agreement.
    """
    document = read_report(audit)
    reviews = [read_review(path) for path in marks]
    found = standing(document, reviews, author)
    path = book or _own_book(audit)
    if path is not None:
        with Book(path) as opened:
            body = {
                "agree": found.counts.get("agree", 0),
                "author": author,
                "by": sorted({review.by for review in reviews}),
                "marks": [sha256_file(one) for one in marks],
                "open": len(found.open),
                "report": document.digest,
            }
            enter(opened, "review", body)
    for by, mark in found.disputed:
        say(f"{mark.mark}: {mark.sentence} ({by}): {mark.why}")
    say(f"{found.sentences} sentences: {len(found.open)} not marked, {len(found.disputed)} disputed")
    if not found.done:
        raise VerificationError("the review is not done")
