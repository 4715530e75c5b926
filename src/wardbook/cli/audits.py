"""The command that audits a book, or a folder of records."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import click

from wardbook.audit import Audit, filled
from wardbook.audit import audit as run_audit
from wardbook.cli.entering import enter
from wardbook.cli.group import VERSION, main
from wardbook.cli.rulebook_file import assured, find_rulebook, relative
from wardbook.cli.say import err, in_line, say, steps
from wardbook.cli.taking_in import print_take_in, take_in_sources
from wardbook.custody.store import sha256_file
from wardbook.errors import WrongUseError
from wardbook.intake.take_in import missing_exhibits
from wardbook.policy.model import Rulebook
from wardbook.policy.read import load
from wardbook.records.book import Book, parse_moment, read_settings
from wardbook.records.engine import Engine
from wardbook.records.settings import Settings
from wardbook.records.step_store import StepStore
from wardbook.report.summary import summary_lines
from wardbook.report.write import MANIFEST, write


@main.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--rulebook", "rulebook_name", help="Rulebook (Markdown); default: the one book.toml names.")
@click.option("--as-of", help="The book as it stood at this moment (ISO 8601).")
@click.option(
    "--engine", type=click.Choice(["duckdb"]), default="duckdb", show_default=True, expose_value=False
)
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="Folder for report and data files."
)
@click.option(
    "--work",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder that keeps finished steps: a run that was broken off goes on from there.",
)
@click.option("--edges", is_flag=True, help="Write edges.parquet too: what stands on which record.")
@click.option("--strict", is_flag=True, help="Exit with 1 if anything was set aside or is undetermined.")
def audit(
    source: Path,
    rulebook_name: str | None,
    as_of: str | None,
    out: Path,
    work: Path | None,
    edges: bool,
    strict: bool,
) -> None:
    """Audit SOURCE (a book, or a folder of records) and write the report to the --out folder.

    A folder is made into a book first, kept as OUT/<name>.book.
    """
    moment = parse_moment(as_of) if as_of else None
    if work:
        _refuse_place_of_work(work, source, out)
    path = source if Book.is_book(source) else _book_of_folder(source, rulebook_name, out, work)
    store = StepStore(work) if work else None
    with Book(path) as book, Engine(store=store) as engine:
        rulebook = assured(rulebook_of(book, rulebook_name))
        settings = filled(book.settings, rulebook)
        with steps(engine) as progress:
            progress("check the exhibits")
            notes = book.verify(moment)
            progress("open the book")
            book.relations(engine, moment)
            result = run_audit(engine, settings, rulebook, book.checkpoint(moment), progress)
            progress("report")
            report = write(result, out, VERSION, edges)
        _enter(book, result, out)
        for note in notes:
            say(f"note: {note}", err)
        if store is not None:
            say(f"{store.kept} of {len(engine.steps)} steps kept in {in_line(str(store.folder))}", err)
        for line in summary_lines(result):
            say(line)
        say(f"report: {report}")
        open_questions = engine.one("SELECT count(*) FROM determinations WHERE missing <> ''")
        set_aside = engine.count("set_aside")
    if strict and (open_questions or set_aside):
        raise SystemExit(1)


def _enter(book: Book, result: Audit, out: Path) -> None:
    """Enter the audit in the log with the digest of its manifest."""
    body = {
        "checkpoint": result.checkpoint,
        "manifest": sha256_file(out / MANIFEST),
        "name": out.resolve().name,
        "program": VERSION,
        "rulebook": result.rulebook.sha256,
    }
    enter(book, "audit", body)


def _refuse_place_of_work(work: Path, source: Path, out: Path) -> None:
    """Finished steps lie in a folder of their own, outside of a book."""
    place = work.resolve()
    if place in (source.resolve(), out.resolve()) or any(map(Book.is_book, (place, *place.parents))):
        raise WrongUseError(
            f"--work: expected a folder of its own, not SOURCE or --out or one in a book; found {work}"
        )


def _book_of_folder(folder: Path, rulebook_name: str | None, out: Path, work: Path | None) -> Path:
    """The book of a folder of records, made or brought up to date under ``out``."""
    if not folder.is_dir():
        raise WrongUseError(f"{folder} is neither a book nor a folder of records")
    if out.resolve() == folder.resolve():
        raise WrongUseError(f"--out: expected another folder than that of the records; found {out}")
    path = out / f"{folder.resolve().name}.book"
    toml = folder / "book.toml"
    settings = read_settings(toml) if toml.is_file() else Settings()
    if rulebook_name is None and settings.rulebook is None:
        raise WrongUseError(f"no rulebook: give --rulebook, or name one in {toml}")
    rulebook_path = find_rulebook(rulebook_name) if rulebook_name else folder / str(settings.rulebook)
    rulebook = load(rulebook_path)
    settings = filled(settings, rulebook)
    if not toml.is_file():
        settings = replace(settings, title=f"{rulebook.title}: the records in {folder.resolve().name}")
    if not Book.is_book(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        Book.create(path, replace(settings, rulebook=relative(rulebook_path, path))).log.close()
    with Book(path) as book:
        if toml.is_file() and (other := _other_settings(read_settings(toml), book.settings)):
            say(
                f"{toml}: {', '.join(other)} not as in {path}, which holds; change the book's with: "
                f"wardbook settings {path} FILE --by NAME",
                err,
            )
        report = take_in_sources(book, [folder], None, None, None, leave_out=[out, *filter(None, [work])])
        print_take_in(report)
        for name in missing_exhibits(book, [folder]):
            say(f"no longer in {folder} as taken in before, and still in the book: {in_line(name)}", err)
    return path


def _other_settings(given: Settings, held: Settings) -> tuple[str, ...]:
    """The settings that a folder gives and that its book has otherwise, but for the rulebook's path."""
    unset, names = Settings(), (field.name for field in fields(Settings) if field.name != "rulebook")
    return tuple(
        name for name in names if getattr(given, name) not in (getattr(unset, name), getattr(held, name))
    )


def rulebook_of(book: Book, name: str | None) -> Rulebook:
    """The rulebook of that name or path, else the one that the book names."""
    if name is not None:
        return load(find_rulebook(name))
    if book.settings.rulebook is None:
        raise WrongUseError(f"no rulebook: give --rulebook, or name one in {book.path / 'book.toml'}")
    return load(book.path / book.settings.rulebook)
