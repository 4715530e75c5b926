"""The commands that give the account: a payer's statement, and the whole ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from wardbook.accounts.beancount_text import beancount_lines
from wardbook.audit import accounted, filled
from wardbook.cli.accounts_group import account
from wardbook.cli.audits import rulebook_of
from wardbook.cli.entering import enter
from wardbook.cli.group import VERSION, main
from wardbook.cli.rulebook_file import assured
from wardbook.cli.say import err, say, steps
from wardbook.cli.showing import book_path
from wardbook.errors import WrongUseError
from wardbook.policy.model import Rulebook
from wardbook.records.book import Book
from wardbook.records.engine import Engine
from wardbook.records.in_place import put_in_place
from wardbook.records.settings import Settings
from wardbook.report.statement import payer_accounts
from wardbook.report.statement import statement as read_statement
from wardbook.report.statement_forms import statement_csv, statement_json, statement_workbook
from wardbook.report.statement_ledger import FORMS, write_ledger
from wardbook.report.statement_page import statement_html
from wardbook.report.statement_pdf import statement_pdf
from wardbook.report.wording import plural

_PATH = click.Path(path_type=Path)
_RULEBOOK = "Rulebook (Markdown); default: the one book.toml names."
_AS_OF = "Day of the account (YYYY-MM-DD); default: the latest order, payment or write-off on record."


@dataclass(frozen=True)
class _Account:
    """An account made of a book."""

    book: Book
    engine: Engine
    settings: Settings
    rulebook: Rulebook


@main.command()
@click.argument("source", metavar="BOOK", type=_PATH)
@click.option("--payer", required=True, help="Who owes, as the account names the payer.")
@click.option("--rulebook", "rulebook_name", help=_RULEBOOK)
@click.option("--as-of", "as_of_text", help=_AS_OF)
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "pdf", "csv", "xlsx", "beancount", "json"]),
    default="html",
    show_default=True,
    help="The form: page, PDF, postings, workbook, entries for Beancount, or all of it as JSON.",
)
@click.option("--out", "target", type=_PATH, help="The file to write; without it the statement is printed.")
def statement(
    source: Path,
    payer: str,
    rulebook_name: str | None,
    as_of_text: str | None,
    form: str,
    target: Path | None,
) -> None:
    """What one payer owes: orders and what became of them, what is late, every entry, shares of uses.

    BOOK is a book, or the folder of an audit that holds its book. With --as-of later orders, payments and
    write-offs are left out, and a payment missed by that day is a default.
    """
    if form in ("xlsx", "pdf") and target is None:
        raise WrongUseError("--out: a workbook or PDF is written to a file; name one")
    with _accounted(source, rulebook_name, as_of_text) as made:
        engine = made.engine
        found = read_statement(engine, made.settings, made.rulebook, made.book.checkpoint(), payer)
        enter(made.book, "view", {"what": f"statement of {payer} as of {found.as_of or 'no day on record'}"})
        if form == "xlsx":
            content = statement_workbook(found)
        elif form == "pdf":
            content = statement_pdf(found, VERSION)
        elif form == "beancount":
            title = f"Statement of account: {payer}"
            lines = beancount_lines(engine, title, payer_accounts(engine, payer))
            content = "".join(f"{line}\n" for line in lines).encode()
        elif form == "html":
            content = statement_html(found, VERSION).encode()
        else:
            content = (statement_csv if form == "csv" else statement_json)(found).encode()
    if target is None:
        click.echo(content, nl=False)
        return
    with put_in_place(target) as aside:
        aside.write_bytes(content)
    for total in found.totals:
        say(f"{total.what}: {total.currency} {total.amount:,.2f} as of {found.as_of or 'no day on record'}")
    say(f"wrote {target}")


@account.command()
@click.argument("source", metavar="BOOK", type=_PATH)
@click.option("--rulebook", "rulebook_name", help=_RULEBOOK)
@click.option("--as-of", "as_of_text", help=_AS_OF)
@click.option(
    "--format", "form", type=click.Choice(FORMS), default="csv", show_default=True, help="The form."
)
@click.option("--out", "target", type=_PATH, required=True, help="The file to write.")
def ledger(source: Path, rulebook_name: str | None, as_of_text: str | None, form: str, target: Path) -> None:
    """Write the whole ledger: every posting with the day, words and sources of its entry.

    BOOK is a book, or the folder of an audit that holds its book.
    """
    with _accounted(source, rulebook_name, as_of_text) as made:
        enter(made.book, "view", {"what": f"ledger, {form}"})
        with put_in_place(target) as aside:
            rows = write_ledger(made.engine, made.settings.title, form, aside)
    say(f"wrote {target}: {plural(rows, 'posting')}")


@contextmanager
def _accounted(source: Path, rulebook_name: str | None, as_of_text: str | None) -> Iterator[_Account]:
    """The account of a book, made anew from its records."""
    as_of = _day(as_of_text)
    with Book(book_path(source)) as book, Engine() as engine:
        rulebook = assured(rulebook_of(book, rulebook_name))
        settings = filled(book.settings, rulebook)
        with steps(engine) as progress:
            progress("check the exhibits")
            notes = book.verify()
            progress("open the book")
            book.relations(engine)
            accounted(engine, settings, rulebook, progress, as_of)
        for note in notes:
            say(f"note: {note}", err)
        yield _Account(book, engine, settings, rulebook)


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise WrongUseError(f"--as-of: expected a day such as 2026-02-25; found {text!r}") from None
