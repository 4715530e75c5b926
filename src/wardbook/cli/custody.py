"""The commands of the log: checkpoints, proofs, bundles, verification."""

from __future__ import annotations

import json
import re
import shutil
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from wardbook.cli.group import VERSION, main
from wardbook.cli.say import err, in_line, out, say
from wardbook.cli.witness_client import ask, request_of
from wardbook.custody.note import parse_signature
from wardbook.custody.policy import Policy, parse_policy
from wardbook.custody.refused import Refused
from wardbook.custody.timestamps import check_reply, make_request
from wardbook.custody.verify import BUNDLE, Verified, verify_bag
from wardbook.errors import NotWrittenError, VerificationError, WrongUseError
from wardbook.records.book import Book
from wardbook.records.bundle import (
    Withheld,
    WithheldExhibit,
    key_without_policy,
    parse_withheld,
    policy_of,
    renew_log,
    write_bundle,
)
from wardbook.records.fsck import fsck as check_book
from wardbook.records.log_words import certificate, explain
from wardbook.report.rebuild import rebuild as rebuild_bag

_PATH = click.Path(path_type=Path)


def now() -> datetime:
    """The present moment, UTC."""
    return datetime.now(UTC)


@contextmanager
def _verifying(what: str) -> Iterator[None]:
    """What does not verify ends with exit code 4."""
    try:
        yield
    except Refused as error:
        raise VerificationError(f"{what} does not verify: {error}") from error


@main.group()
def log() -> None:
    """The log of a book: what was done, when, by whom, signed and provable."""


@log.command("show")
@click.argument("book", type=_PATH)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def show_log(book: Path, as_json: bool) -> None:
    """Every entry: number, time, kind."""
    with Book(book) as opened:
        for entry in opened.log.entries():
            if as_json:
                body = dict(entry.body)
                line = {"number": entry.number, "at": entry.at.isoformat(), "kind": entry.kind, "body": body}
                say(json.dumps(line, ensure_ascii=False))
            else:
                gone = "" if entry.expunged_by is None else f" (expunged by entry {entry.expunged_by})"
                say(f"{entry.number:>6}  {entry.at:%Y-%m-%d %H:%M:%S}Z  {entry.kind}{gone}")


@log.command()
@click.argument("book", type=_PATH)
@click.option("--size", type=click.IntRange(1), help="That of so many entries; default: the latest.")
def checkpoint(book: Path, size: int | None) -> None:
    """The signed checkpoint, as witnesses and newspapers are given it."""
    with Book(book) as opened:
        opened.log.sign_for_decades(now())
        click.echo(opened.log.signed_checkpoint(size).decode(), nl=False)


@log.command()
@click.argument("book", type=_PATH)
@click.argument("number", type=click.IntRange(0))
@click.option("--out", "target", type=_PATH, help="Where to write it; default: print it.")
def prove(book: Path, number: int, target: Path | None) -> None:
    """The proof that entry NUMBER is in the log (a .tlog-proof file): a receipt for whoever submitted it."""
    with Book(book) as opened:
        text = opened.log.proof(number).text
    if target is None:
        click.echo(text, nl=False)
    else:
        target.write_text(text, "utf-8", newline="\n")


@log.command()
@click.argument("book", type=_PATH)
@click.argument("folder", type=_PATH)
def publish(book: Path, folder: Path) -> None:
    """Publish the log to FOLDER as tiles that any web server can serve. No word of an entry is in them."""
    with Book(book) as opened:
        try:
            opened.log.published(folder, now())
        except OSError as error:
            raise _not_written(folder, error, "it holds what it held before") from error
        say(f"{len(opened.log):,} entries in {in_line(str(folder))}")


@log.command()
@click.argument("book", type=_PATH)
@click.option(
    "--kept", multiple=True, type=_PATH, help="A checkpoint kept elsewhere; give it as often as needed."
)
def fsck(book: Path, kept: tuple[Path, ...]) -> None:
    """Check all of BOOK: every entry, body, tile, table and exhibit, and that nothing lies there unlogged.

    With --kept: that the log has grown from the checkpoint that someone else kept.
    """
    with Book(book) as opened:
        problems = check_book(opened, [path.read_bytes() for path in kept], now())
        size = len(opened.log)
    for problem in problems:
        say(f"{problem}", err)
    if problems:
        raise VerificationError(f"{len(problems)} of what was looked at is not as the log says")
    say(f"{size:,} entries, and everything in the book is on the log as it is")


@log.command()
@click.argument("book", type=_PATH)
@click.argument("lines", type=_PATH)
@click.option("--size", type=click.IntRange(1), help="The checkpoint they are on; default: the latest.")
@click.option("--bag", type=_PATH, help="A bundle with that checkpoint, to put them on as well.")
def cosign(book: Path, lines: Path, size: int | None, bag: Path | None) -> None:
    """Keep the signature LINES that witnesses gave on a checkpoint."""
    with Book(book) as opened, _verifying(str(lines)):
        found = [parse_signature(line) for line in lines.read_text("utf-8").splitlines() if line]
        opened.log.cosign(len(opened.log) if size is None else size, found)
        if bag is not None:
            renew_log(opened, bag, now())
        say(f"{len(found)} signatures kept")


@log.command()
@click.argument("book", type=_PATH)
@click.option("--old", type=click.IntRange(0), default=0, show_default=True, help="What it signed last.")
@click.option("--out", "target", type=_PATH, help="The request, to be carried to the witness.")
@click.option("--url", help="Ask the witness at this address, and keep what it signs.")
def witness(book: Path, old: int, target: Path | None, url: str | None) -> None:
    """Have a witness sign the latest checkpoint: by hand (--out), or over the network (--url)."""
    if (target is None) == (url is None):
        raise WrongUseError("give --out, to carry the request to the witness, or --url, to ask it")
    with Book(book) as opened:
        opened.log.sign_for_decades(now())
        if target is not None:
            target.write_bytes(request_of(opened.log, old))
        elif url is not None:
            lines = ask(opened.log, url, old)
            opened.log.cosign(len(opened.log), lines)
            say(f"{len(opened.log)} entries signed by {', '.join(sorted({one.name for one in lines}))}")


@log.command("stamp-request")
@click.argument("book", type=_PATH)
@click.option("--out", "target", type=_PATH, required=True, help="The request (.tsq) for the authority.")
def stamp_request(book: Path, target: Path) -> None:
    """Write a request for a time stamp (RFC 3161) on the latest checkpoint."""
    with Book(book) as opened:
        target.write_bytes(make_request(opened.log.signed_text()))
        say(f"for the checkpoint of {len(opened.log)} entries; send it to two authorities")


@log.command()
@click.argument("book", type=_PATH)
@click.argument("reply", type=_PATH)
@click.option("--authority", type=_PATH, required=True, help="The authority's certificates (PEM, with root).")
@click.option("--size", type=click.IntRange(1), required=True, help="The checkpoint it is on.")
def stamp(book: Path, reply: Path, authority: Path, size: int) -> None:
    """Check the REPLY of a time-stamp authority and keep it on the log."""
    content = reply.read_bytes()
    with Book(book) as opened, _verifying(str(reply)):
        found = check_reply(content, opened.log.signed_text(size), authority.read_bytes())
        when = f"{found.time:%Y-%m-%d %H:%M:%S} UTC"
        body = {
            "authority": found.authority,
            "policy": found.policy,
            "reply": b64encode(content).decode(),
            "size": size,
            "time": when,
        }
        opened.act("stamp", body)
        say(f"{found.authority} saw the checkpoint of {size} entries at {when}")


@log.command()
@click.argument("book", type=_PATH)
@click.argument("policy_file", type=_PATH, required=False)
@click.option("--by", help="Who sets it.")
def policy(book: Path, policy_file: Path | None, by: str | None) -> None:
    """Print the policy of BOOK: the log's keys, for witnesses and readers. With POLICY_FILE: set it.

    A policy says which witnesses are enough. The setting is an entry of the log.
    """
    if (policy_file is None) != (by is None):
        raise WrongUseError("POLICY_FILE and --by go together: a policy is set by somebody")
    with Book(book) as opened:
        if policy_file is None or by is None:
            click.echo(policy_of(opened).decode(), nl=False)
            return
        content = policy_file.read_bytes()
        with _verifying(str(policy_file)):
            parsed = parse_policy(content)
        if not {key.public for key, _ in parsed.logs} >= {key.public for key in opened.log.keys[:1]}:
            raise WrongUseError("the policy does not name this log's key; see: wardbook log policy BOOK")
        opened.act("policy", {"by": by, "policy": content.decode()})
        say(f"entered; quorum {parsed.quorum}")


@log.command("explain")
@click.argument("book", type=_PATH)
@click.argument("number", type=click.IntRange(0))
def explain_entry(book: Path, number: int) -> None:
    """Entry NUMBER in plain words: what it says, and what the log proves of it."""
    with Book(book) as opened:
        for paragraph in explain(opened, number):
            say(paragraph)


@log.command("certificate")
@click.argument("book", type=_PATH)
@click.option("--by", "name", required=True, help="Who certifies.")
@click.option("--title", required=True, help="What that person is.")
def print_certificate(book: Path, name: str, title: str) -> None:
    """The certificate for electronic records (FRE 902(13), 902(14)), filled in from the log of BOOK."""
    with Book(book) as opened:
        problems = check_book(opened, (), now())
        if problems:
            raise VerificationError(f"there is nothing to certify: {problems[0]}")
        check = "everything was as the log says."
        click.echo(certificate(opened, name, title, VERSION, now(), check), nl=False)


@log.command()
@click.argument("book", type=_PATH)
@click.argument("number", type=click.IntRange(0))
@click.option("--order", required=True, help="The court's order: its name, number and day.")
@click.option("--by", required=True, help="Who carries it out.")
def expunge(book: Path, number: int, order: str, by: str) -> None:
    """Destroy what entry NUMBER stands for, by order of a court. Every proof about the entry stays valid."""
    with Book(book) as opened:
        made = opened.expunge(number, order, by)
        say(f"expunged; the order is entry {made}. Copies of the book outside it are not reached.")


# ---------------------------------------------------------------- bundles


@main.command()
@click.argument("book", type=_PATH)
@click.option("--audit", "audits", multiple=True, type=_PATH, help="Folder of an audit; as often as needed.")
@click.option("--out", "target", required=True, type=_PATH, help="The bag: a new folder.")
@click.option("--by", required=True, help="Who exports.")
@click.option("--why", required=True, help="For whom and what.")
@click.option(
    "--withhold",
    multiple=True,
    metavar="WHAT=REASON",
    help="judgement.by_whom=6(e), 'entry 12.why=privilege' or 'exhibit SHA-256=sealed'.",
)
def bundle(
    book: Path, audits: tuple[Path, ...], target: Path, by: str, why: str, withhold: tuple[str, ...]
) -> None:
    """Write a bag with all that a stranger needs to verify BOOK and to recompute its audits."""
    parts = [parse_withheld(text) for text in withhold]
    for one in parts:
        if isinstance(one, Withheld) and one.kind == BUNDLE and one.field in ("contents", "withheld"):
            raise WrongUseError(
                f"--withhold: the field {one.field} of the export says what is in the bag and what is not"
            )
    with Book(book) as opened:
        opened.verify()
        size = len(opened.log)
        try:
            number = write_bundle(
                opened,
                audits,
                target,
                now(),
                by,
                why,
                [one for one in parts if isinstance(one, Withheld)],
                [one for one in parts if isinstance(one, WithheldExhibit)],
            )
        except OSError as error:
            entry = ", but for the entry of this export" if len(opened.log) > size else ""
            held = f"nothing is left there, and the book is as it was{entry}"
            raise _not_written(target, error, held) from error
        warn_of_policy(opened)
    say(f"{in_line(str(target))}: the export is entry {number}")


def warn_of_policy(book: Book) -> None:
    """Say so if the policy of a book does not name the key that signs its log."""
    key = key_without_policy(book)
    if key is not None:
        say(
            f"the policy of {in_line(str(book.path))} does not name the key that signs its log now, and its "
            f"bundles do not verify: add the line 'log {key.text}' to it, and set it (wardbook log policy)",
            err,
        )


def _not_written(target: Path, error: OSError, held: str) -> NotWrittenError:
    """What is said of a place that could not be written, with what it holds."""
    why = error.strerror
    if isinstance(error, shutil.Error):  # many files at once: what the system said of the first
        told = re.search(r"\[Errno \d+\] ([^:]+)", str(error))
        why = told[1] if told else None
    return NotWrittenError(
        f"{target} cannot be written ({why or error}); {held}. "
        "Make room on its disk, check that you may write to it, and try again."
    )


def _policy(path: Path | None) -> Policy | None:
    if path is None:
        return None
    with _verifying(str(path)):
        return parse_policy(path.read_bytes())


@main.command()
@click.argument("bag", type=_PATH)
@click.option(
    "--policy", "policy_file", type=_PATH, help="Policy with the keys you trust; default: the bag's."
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def verify(bag: Path, policy_file: Path | None, as_json: bool) -> None:
    """Verify BAG: what of it is proved, and by whom. Nothing is written, and no network is used."""
    trusted = _policy(policy_file)
    with _verifying(str(bag)):
        found = verify_bag(bag, trusted, progress=lambda part: say(f"checking {part}", err))
    if as_json:
        out.print_json(json.dumps(_told(found)))
        return
    _say_parts(found)
    say("verified")


@main.command()
@click.argument("bag", type=_PATH)
@click.option(
    "--policy", "policy_file", type=_PATH, help="Policy with the keys you trust; default: the bag's."
)
@click.option("--reports", type=_PATH, help="A new folder for the reports, made from what was recomputed.")
def rebuild(bag: Path, policy_file: Path | None, reports: Path | None) -> None:
    """Recompute BAG: its records from the exhibits, its audits from the records; compare every byte."""
    trusted = _policy(policy_file)
    if reports is not None and reports.exists():
        raise WrongUseError(f"--reports: expected a new folder; {reports} is there already")
    with _verifying(str(bag)):
        found = rebuild_bag(bag, VERSION, trusted, lambda part: say(f"{part}", err), reports)
    _say_parts(found.verified)
    say(
        f"{len(found.tables)} tables read again from the exhibits, "
        f"{len(found.files)} files of audits recomputed"
    )
    for one in found.differences:
        say(f"differs: {one.name}: {one.difference}")
    if found.differences:
        raise VerificationError(f"{len(found.differences)} of them came out otherwise")
    say("all of it came out the same")


def _told(found: Verified) -> dict[str, object]:
    return {
        "parts": [{"part": one.name, "proved": one.proved, "by": one.by} for one in found.parts],
        "files": [{"path": one.path, "sha256": one.sha256, "entries": one.entries} for one in found.files],
    }


def _say_parts(found: Verified) -> None:
    width = max(len(one.name) for one in found.parts)
    for one in found.parts:
        say(f"{one.name:<{width}}  {one.proved}")
        say(f"{'':<{width}}  by: {one.by}")
