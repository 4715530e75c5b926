"""The commands about a log's keys: fresh ones, their revocation by custodians, and the end of a log."""

from __future__ import annotations

import os
from pathlib import Path

import click

from wardbook.cli.custody import log, warn_of_policy
from wardbook.cli.say import in_line, say
from wardbook.custody.keys import ED25519, new_key, parse_public_key, parse_secret_key
from wardbook.custody.known_log import told
from wardbook.custody.note import Note, Signature, parse_note
from wardbook.custody.refused import Refused
from wardbook.custody.rotation import REVOKED, Statement
from wardbook.errors import InputRefusedError, WrongUseError
from wardbook.records.book import Book
from wardbook.records.in_place import put_in_place

_PATH = click.Path(path_type=Path)


@log.command("rotate-keys")
@click.argument("book", type=_PATH)
@click.option("--by", required=True, help="Who does it.")
@click.option("--out", "target", type=_PATH, help="Where the statement goes that witnesses are shown.")
def rotate_keys(book: Path, by: str, target: Path | None) -> None:
    """Sign with fresh keys from now on. The entry that says so is signed by the old key and by the new."""
    with Book(book) as opened:
        number = opened.log.rotate_keys(by)
        _put_statement(target, opened.log.statement(number))
        say(f"entry {number}; the keys are now")
        for key in opened.log.keys:
            say(key.text)
        warn_of_policy(opened)


@log.command()
@click.argument("book", type=_PATH)
@click.option("--by", required=True, help="Who ends it.")
@click.option(
    "--out", "target", type=_PATH, required=True, help="Where the statement goes that witnesses are shown."
)
def freeze(book: Path, by: str, target: Path) -> None:
    """End the log of BOOK: it takes no further entry, and can be read, proved and published as before.

    Bundles, audits and time stamps are entries too: make those that are wanted before.
    """
    with Book(book) as opened:
        ended = opened.log.frozen
        if ended is not None:
            _put_statement(target, opened.log.statement(ended))
            say(f"the log has ended with entry {ended} already; its statement is in {in_line(str(target))}")
            return
        number = opened.log.freeze(by)
        _put_statement(target, opened.log.statement(number))
        say(f"the log has ended with entry {number}; show {in_line(str(target))} to its witnesses")


def _put_statement(target: Path | None, whole: bytes) -> None:
    if target is not None:
        with put_in_place(target) as aside:
            aside.write_bytes(whole)


@log.command()
@click.argument("file", type=_PATH)
@click.option("--name", required=True, help="A name like an address: custodian.example.gov/c1.")
def custodian(file: Path, name: str) -> None:
    """Make the key of a custodian in FILE, which nobody else may see, and print the key that others know.

    A custodian holds no key of the log. So many of them as witnesses ask for revoke a key that was stolen.
    """
    try:
        key = new_key(name, ED25519)
    except Refused as error:
        raise WrongUseError(f"--name: {error}") from error
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise WrongUseError(f"{file} exists; a key needs a file of its own") from error
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(f"{key.text}\n")
        stream.flush()
        os.fsync(stream.fileno())
    say(key.public_key.text)


@log.command()
@click.argument("vkey")
@click.option("--size", required=True, type=click.IntRange(0), help="Its last honest checkpoint.")
@click.option("--key", "key_file", required=True, type=_PATH, help="The custodian's key file.")
@click.option("--joining", type=_PATH, help="The statement that other custodians have signed.")
@click.option("--out", "target", required=True, type=_PATH, help="Where the statement goes.")
def revoke(vkey: str, size: int, key_file: Path, joining: Path | None, target: Path) -> None:
    """Revoke the key VKEY of a log: what it signs beyond --size entries is a forgery.

    Each custodian signs the statement of the one before (--joining). Witnesses heed it once enough did.
    """
    try:
        revoked = parse_public_key(vkey)
        if revoked.kind != ED25519:
            raise Refused("it is not the Ed25519 key of a log")
        said = Statement(REVOKED, revoked.name, size, (revoked,))
    except Refused as error:
        raise WrongUseError(f"VKEY: {error}") from error
    if target.exists() and target.samefile(key_file):
        raise WrongUseError(f"{target} is the custodian's key file; name another one to write")
    try:
        signer = parse_secret_key(key_file.read_text("ascii").strip())
    except (Refused, UnicodeDecodeError) as error:
        raise InputRefusedError(
            str(key_file), "a custodian's key", str(error), "See: wardbook log custodian."
        ) from error
    if signer.kind != ED25519 or signer.public_key.public == revoked.public:
        raise WrongUseError(f"--key: {key_file} is no custodian's key, or the key that is to be revoked")
    others = () if joining is None else _signed_by_others(joining, said)
    own = signer.sign(said.text)
    if own in others:
        raise WrongUseError(f"--joining: {joining} is signed by {signer.name} already")
    _put_statement(target, Note(said.text, (*others, own)).whole.encode())
    say(f"{told(said)}; signed by {len(others) + 1}: {in_line(str(target))}")


def _signed_by_others(joining: Path, said: Statement) -> tuple[Signature, ...]:
    """The signatures on a statement, which must say the same."""
    try:
        note = parse_note(joining.read_bytes())
    except Refused as error:
        raise InputRefusedError(
            str(joining), "a signed statement", str(error), "Ask the custodian who signed it."
        ) from error
    if note.text != said.text:
        raise InputRefusedError(
            str(joining), "the same statement", "one of another key, log or size", "Agree on one of them."
        )
    return note.signatures
