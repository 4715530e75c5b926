"""The commands that keep a book: init, settings, take-in, status, schema, judge."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import click

from wardbook.cli.group import main
from wardbook.cli.rulebook_file import find_rulebook, relative
from wardbook.cli.say import err, out, say
from wardbook.cli.taking_in import accounting, print_take_in, take_in_sources, unread_files
from wardbook.errors import WrongUseError
from wardbook.intake.readers import READERS
from wardbook.records.book import Book, parse_moment
from wardbook.records.engine import Engine
from wardbook.records.schema import AUDIT_TABLES, BOOK_TABLES, find_table
from wardbook.records.settings import Settings


@main.command()
@click.argument("book", type=click.Path(path_type=Path))
@click.option("--title", help="Title of the book.")
@click.option("--jurisdiction", help="The public body whose records these are.")
@click.option("--home-region", help="Region code of the jurisdiction, e.g. WV.")
@click.option("--time-zone", help="IANA time zone of local times, e.g. America/New_York.")
@click.option("--currency", help="Currency of amounts without one (ISO 4217).")
@click.option("--rulebook", help="Rulebook that audits of this book use.")
def init(book: Path, **options: str | None) -> None:
    """Make an empty BOOK (a folder that must not exist yet)."""
    given = {key: value for key, value in options.items() if value is not None}
    if "rulebook" in given:
        given["rulebook"] = relative(find_rulebook(given["rulebook"]), book)
    settings = replace(Settings(title=book.stem), **given)  # type: ignore[arg-type]
    with Book.create(book, settings) as made:
        say(f"made {book}")
        say(f"checkpoint {made.checkpoint()}")


@main.command()
@click.argument("book", type=click.Path(path_type=Path))
@click.argument("file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--by", help="Who changes them.")
def settings(book: Path, file: Path | None, by: str | None) -> None:
    """Print the settings of BOOK as its log has them. With FILE: change them to what FILE says.

    FILE is in the form of a book.toml. The change is an entry of the log; a book.toml that was edited by hand
    is refused until it is entered or put back.
    """
    if (file is None) != (by is None):
        raise WrongUseError("FILE and --by go together: settings are changed by somebody")
    with Book(book, mending=True) as opened:
        if file is None or by is None:
            click.echo(opened.settings_on_log(), nl=False)
            return
        number = opened.set_settings(file.read_text("utf-8-sig"), by)
        say(f"entered as {number}")
        say(f"checkpoint {opened.checkpoint()}")


@main.command("take-in")
@click.argument("book", type=click.Path(path_type=Path))
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--reader", "reader_name", help="Reader for all files given: " + ", ".join(r.name for r in READERS) + "."
)
@click.option("--mapping", type=click.Path(path_type=Path), help="Mapping file for tables (TOML).")
@click.option(
    "--date-order", type=click.Choice(["ymd", "mdy", "dmy"]), help="Order of dates that read both ways."
)
@click.option("--strict", is_flag=True, help="Exit with 1 if anything was set aside.")
@click.option("--json", "as_json", is_flag=True, help="Print the accounting as JSON.")
def take_in(
    book: Path,
    sources: tuple[Path, ...],
    reader_name: str | None,
    mapping: Path | None,
    date_order: str | None,
    strict: bool,
    as_json: bool,
) -> None:
    """Take SOURCES (files or folders) into BOOK; every row ends as a record, set aside, or not a record."""
    with Book(book) as opened:
        report = take_in_sources(opened, sources, reader_name, mapping, date_order)
    if as_json:
        out.print_json(json.dumps(asdict(report)))
    else:
        print_take_in(report)
    if strict and (any(e.set_aside for e in report.exhibits) or unread_files(report)):
        raise SystemExit(1)


@main.command()
@click.argument("book", type=click.Path(path_type=Path))
@click.option("--as-of", help="The book as it stood at this moment (ISO 8601).")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def status(book: Path, as_of: str | None, as_json: bool) -> None:
    """What BOOK holds: exhibits, records by table, rows set aside, and its checkpoint."""
    moment = parse_moment(as_of) if as_of else None
    with Book(book) as opened, Engine() as engine:
        notes = opened.verify(moment)
        opened.relations(engine, moment)
        counts = {table.name: engine.count(table.name) for table in BOOK_TABLES}
        fates = dict(engine.rows("SELECT fate, count(*) FROM source_rows GROUP BY fate ORDER BY fate"))
        held = engine.one("SELECT CAST(coalesce(sum(rows_held), 0) AS BIGINT) FROM exhibits")
        facts = {
            "title": opened.settings.title,
            "checkpoint": opened.checkpoint(moment),
            "rows_held": held,
            "fates": fates,
            "tables": counts,
            "notes": notes,
        }
    if as_json:
        out.print_json(json.dumps(facts))
        return
    say(f"{facts['title']}")
    say(f"checkpoint {facts['checkpoint']}")
    out.print(
        accounting(fates.get("record", 0), fates.get("set aside", 0), fates.get("not a record", 0), held)
    )
    for note in notes:
        say(f"note: {note}", err)
    for name, count in counts.items():
        if count:
            say(f"{count:>9,}  {name}")


@main.command()
@click.argument("table", required=False)
def schema(table: str | None) -> None:
    """The columns of TABLE with types and meaning, or the list of all tables."""
    if table is None:
        for one in (*BOOK_TABLES, *AUDIT_TABLES):
            say(f"{one.name:<20} {one.one_row}")
        return
    found = find_table(table)
    if found is None:
        raise WrongUseError(f"there is no table {table!r}; see: wardbook schema")
    say(f"{found.name}: {found.one_row}")
    for column in found.columns:
        say(f"  {column.name:<22} {column.type:<14} {column.meaning}")


@main.command()
@click.argument("book", type=click.Path(path_type=Path))
@click.argument("kind", type=click.Choice(["person", "entry", "purpose", "movement", "aboard"]))
@click.argument("left")
@click.argument("right_or_class")
@click.option("--different", is_flag=True, help="The two are different (default: the same).")
@click.option("--by", "by_whom", required=True, help="Who judges.")
@click.option("--why", required=True, help="The reason, kept with the judgement.")
def judge(
    book: Path, kind: str, left: str, right_or_class: str, different: bool, by_whom: str, why: str
) -> None:
    """Enter a human judgement, which wins over every comparison.

    person: two names are the same person; entry: two log entries (record ids) are the same use;
    purpose: the purpose class of a use; movement: a log entry (record id) is a recorded movement (leg id);
    aboard: in a log entry or use, the person of that name was aboard, or with --different was not.
    """
    with Book(book) as opened:
        if kind == "purpose":
            opened.judge(kind, left, None, right_or_class, by_whom, why)
        else:
            opened.judge(kind, left, right_or_class, "different" if different else "same", by_whom, why)
        say(f"entered; checkpoint {opened.checkpoint()}")
