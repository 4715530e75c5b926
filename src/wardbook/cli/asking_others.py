"""The commands about what is asked of others: to preserve records, to give them, and what came."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from wardbook.cli.group import main
from wardbook.cli.say import say
from wardbook.errors import WrongUseError
from wardbook.records.book import ANSWER, NOTICE, REQUEST, Book

_PATH = click.Path(path_type=Path)


@main.command()
@click.argument("book", type=_PATH)
@click.option("--to", "whom", required=True, help="Who was told to preserve the records.")
@click.option("--words", required=True, help="Which records, as the notice says.")
@click.option("--by", required=True, help="Who gave the notice.")
def notice(book: Path, whom: str, words: str, by: str) -> None:
    """Enter a notice to preserve records: a source that comes again is held against what BOOK has.

    Everything taken in before stands in the log with its digests: have the checkpoint witnessed the same day.
    """
    with Book(book) as opened:
        number = opened.act(NOTICE, {"by": by, "whom": whom, "words": words})
        say(f"entered as {number}; checkpoint {opened.checkpoint()}")


@main.command()
@click.argument("book", type=_PATH)
@click.option("--to", "whom", required=True, help="Who is asked.")
@click.option("--words", required=True, help="For which records.")
@click.option("--by", required=True, help="Who asks.")
@click.option("--due", type=click.DateTime(["%Y-%m-%d"]), help="By which day.")
def request(book: Path, whom: str, words: str, by: str, due: datetime | None) -> None:
    """Enter a request for records; its number is given with the answer."""
    body = {"by": by, "whom": whom, "words": words}
    if due is not None:
        body["due"] = due.date().isoformat()
    with Book(book) as opened:
        say(f"entered as {opened.act(REQUEST, body)}")


@main.command()
@click.argument("book", type=_PATH)
@click.argument("number", type=click.IntRange(0))
@click.option("--from", "whom", required=True, help="Who answers.")
@click.option("--words", required=True, help="What the answer says.")
@click.option("--by", required=True, help="Who enters it.")
@click.option("--nothing", is_flag=True, help="No records came with it: a refusal, or a nil return.")
def answer(book: Path, number: int, whom: str, words: str, by: str, nothing: bool) -> None:
    """Enter the answer to request NUMBER. What came with it is taken in by itself."""
    with Book(book) as opened:
        asked = {entry.number for entry in opened.log.entries() if entry.kind == REQUEST}
        if number not in asked:
            known = ", ".join(map(str, sorted(asked))) or "none"
            raise WrongUseError(f"entry {number} of the log is no request; requests are: {known}")
        body = {"by": by, "produced": not nothing, "request": number, "whom": whom, "words": words}
        say(f"entered as {opened.act(ANSWER, body)}")
