"""The commands of a witness: a court clerk, a comptroller, a newspaper."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from wardbook.cli.group import main
from wardbook.cli.say import in_line, say
from wardbook.custody.checkpoint import parse_checkpoint
from wardbook.custody.known_log import told
from wardbook.custody.note import parse_note
from wardbook.custody.refused import Refused
from wardbook.custody.rotation import parse_statement
from wardbook.custody.witness import Witness, parse_request, read_spoken, spoken
from wardbook.custody.witness_server import LOOPBACK, serve
from wardbook.errors import InputRefusedError, VerificationError

_PATH = click.Path(path_type=Path)
SETTLED = "An honest log cannot have signed both."
OPEN = "An honest log can show a proof that the one begins with the other; it has not shown one yet."


@contextmanager
def _reading(what: Path) -> Iterator[None]:
    try:
        yield
    except Refused as error:
        raise InputRefusedError(
            str(what), "what a witness can read", str(error), "See the how-to."
        ) from error


@main.group()
def witness() -> None:
    """Witness the logs of others: sign that a log has only grown."""


@witness.command("init")
@click.argument("folder", type=_PATH)
@click.option("--name", required=True, help="A name like an address: clerk.example.gov/w1.")
def make(folder: Path, name: str) -> None:
    """Make a witness in FOLDER, with keys that stay there, and print the keys that others check with."""
    with _reading(folder):
        for key in Witness.create(folder, name).keys:
            say(key.text)


@witness.command()
@click.argument("folder", type=_PATH)
@click.argument("vkeys", nargs=-1, required=True)
def trust(folder: Path, vkeys: tuple[str, ...]) -> None:
    """Know logs by their keys (VKEYS); ask their holders for them in person."""
    with _reading(folder):
        for vkey in vkeys:
            say(f"knows {Witness(folder).trust(vkey).name}")


@witness.command()
@click.argument("folder", type=_PATH)
@click.argument("origin")
@click.argument("least", type=click.IntRange(1))
@click.argument("vkeys", nargs=-1, required=True)
def custodians(folder: Path, origin: str, least: int, vkeys: tuple[str, ...]) -> None:
    """Know who may revoke keys of the log ORIGIN: LEAST of the custodians with the keys VKEYS together.

    They take the place of those known before. Ask them for their keys in person.
    """
    with _reading(folder):
        keys = Witness(folder).custodians(origin, vkeys, least)
    say(f"{least} of {', '.join(key.name for key in keys)} may revoke keys of {origin}")


@witness.command()
@click.argument("folder", type=_PATH)
@click.argument("statement", type=_PATH)
def heed(folder: Path, statement: Path) -> None:
    """Take a STATEMENT about a log's keys: fresh keys, a key that is revoked, the end of the log."""
    whole = statement.read_bytes()
    with _reading(statement):
        parse_statement(parse_note(whole).text)
    with _reading(folder):
        found = Witness(folder)
    try:
        say(found.heed(whole, int(time.time())))
    except Refused as error:
        raise VerificationError(f"the statement is not heeded: {error}") from error


@witness.command()
@click.argument("folder", type=_PATH)
@click.argument("request", type=_PATH)
@click.option("--out", "target", type=_PATH, help="Where the signature lines go; default: print them.")
def sign(folder: Path, request: Path, target: Path | None) -> None:
    """Check the REQUEST that a log's holder brought, say what is signed, and sign."""
    whole = request.read_bytes()
    with _reading(request):
        asked = parse_request(whole)
        point = parse_checkpoint(parse_note(asked.checkpoint).text)
        answer = Witness(folder).add(whole, int(time.time()))
    for line in spoken(point):
        say(line)
    if answer.status != 200:
        raise VerificationError(f"nothing was signed: {answer.why or answer.body.strip()}")
    say(f"{answer.why}, {asked.old} of them signed before")
    if target is None:
        say(answer.body.rstrip("\n"))
    else:
        target.write_text(answer.body, "utf-8", newline="\n")


@witness.command("serve")
@click.argument("folder", type=_PATH)
@click.option("--host", default=LOOPBACK, show_default=True, help="Where to listen.")
@click.option("--port", default=8017, show_default=True, type=click.IntRange(0, 65535))
def serve_witness(folder: Path, host: str, port: int) -> None:
    """Serve the witness over HTTP (C2SP tlog-witness); only this machine unless --host says otherwise."""
    with _reading(folder):
        server = serve(Witness(folder), host, port, lambda: int(time.time()))
    say(f"http://{server.server_address[0]!s}:{server.server_address[1]}/add-checkpoint; Ctrl-C ends")
    with server:
        server.serve_forever()


@witness.command()
@click.argument("folder", type=_PATH)
def status(folder: Path) -> None:
    """What the witness signed last, of each log, and what it heeded about its keys."""
    with _reading(folder):
        found = Witness(folder)
        for origin, size, _note in found.latest():
            say(f"{origin}: {size} entries")
        for said in found.statements():
            say(f"{said.origin}: {told(said)}")


@witness.command()
@click.argument("folder", type=_PATH)
@click.option("--out", "target", type=_PATH, required=True, help="A folder for the exhibits.")
def exhibits(folder: Path, target: Path) -> None:
    """Write what logs signed that does not fit together: two signed notes each, for anybody."""
    with _reading(folder):
        found = Witness(folder).exhibits()
    for one in found:
        place = target / hashlib.sha256(one.kept + one.shown).hexdigest()[:16]
        place.mkdir(parents=True, exist_ok=True)
        (place / "kept").write_bytes(one.kept)
        (place / "shown").write_bytes(one.shown)
        when = f"{datetime.fromtimestamp(one.at, UTC):%Y-%m-%d %H:%M:%S}"
        if one.is_of_keys:
            words = (
                f"On {when} UTC the witness had, of the log {one.origin}, what is in the file\n"
                f"'shown'. It goes against the statement about the log's keys in the file 'kept'.\n"
                f"{one.why}.\n"
            )
        else:
            words = (
                f"On {when} UTC the log {one.origin} was shown with the checkpoint in the file\n'shown'. "
                "Before, it had been shown with that in the file 'kept'. Both are signed by its key.\n"
                f"{one.why}.\n{SETTLED if one.is_proof else OPEN}\n"
            )
        (place / "README.txt").write_text(words, "utf-8", newline="\n")
    say(f"{len(found)} exhibits in {in_line(str(target))}")


@witness.command("read")
@click.argument("lines", nargs=3)
def read_printed(lines: tuple[str, str, str]) -> None:
    """Read three printed LINES of a checkpoint back, and find slips of the pen."""
    with _reading(Path("the printed lines")):
        point = read_spoken(lines)
    say(f"{point.origin}, {point.size} entries, root {point.root.hex()}")
