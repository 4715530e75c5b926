"""The commands of wardbook: thin, each one call into the house.

Results go to stdout, progress and problems to stderr. Exit codes are those of `wardbook.errors`.
"""

from __future__ import annotations

import json
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import date
from importlib import metadata, resources
from pathlib import Path
from typing import Any, NoReturn

import click
import duckdb
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as Grid

from wardbook.audit import audit as run_audit
from wardbook.errors import InputRefusedError, WardbookError, WrongUseError
from wardbook.intake.grid import displayable
from wardbook.intake.reader import Exhibit, Reader
from wardbook.intake.readers import READERS, find_reader
from wardbook.intake.sources import PassedOver
from wardbook.intake.take_in import TakeInReport, missing_exhibits
from wardbook.intake.take_in import take_in as run_take_in
from wardbook.policy.ask import ask as run_ask
from wardbook.policy.check import run_examples
from wardbook.policy.model import FactValue, Rulebook
from wardbook.policy.read import load
from wardbook.records.book import Book, parse_moment, read_settings
from wardbook.records.engine import Engine
from wardbook.records.schema import AUDIT_TABLES, BOOK_TABLES, find_table
from wardbook.records.settings import Settings
from wardbook.report.answer import answer_lines
from wardbook.report.summary import summary_lines
from wardbook.report.write import write

_out = Console(soft_wrap=True, highlight=False)
_err = Console(stderr=True, soft_wrap=True, highlight=False)

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it (128 + SIGINT)."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

VERSION = metadata.version("wardbook")


class _Group(click.Group):
    """A command group that turns the errors of the house into messages and exit codes."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except WardbookError as error:
            _fail(ctx, str(error), error.exit_code)
        except (KeyboardInterrupt, click.Abort, duckdb.InterruptException):
            _fail(ctx, "interrupted; nothing half done is kept. Run the command again.", INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
            raise
        except OSError as error:
            what = (
                f"{error.filename} cannot be read or written" if error.filename else "a file cannot be used"
            )
            advice = "Check that it is there, that you may use it, and that the disk is not full."
            _fail(ctx, f"{what} ({error.strerror or error}). {advice}", InputRefusedError.exit_code)
        except Exception as error:  # noqa: BLE001  the last resort: a fault of wardbook, said in one sentence
            _fail(ctx, _internal(error), WardbookError.exit_code)


def _fail(ctx: click.Context, message: str, code: int) -> NoReturn:
    _err.print(_visible(f"wardbook: {message}"), style="bold red" if _err.is_terminal else "", markup=False)
    ctx.exit(code)


def _internal(error: Exception) -> str:
    """What is said of a fault of wardbook itself; with ``WARDBOOK_DEBUG`` set, the whole traceback first."""
    if os.environ.get("WARDBOOK_DEBUG"):
        traceback.print_exception(error)
    notes = "".join(f", {note}" for note in getattr(error, "__notes__", ()))
    first = " ".join(str(error).split())[:300]
    return (
        f"internal error{notes} ({type(error).__name__}: {first}). This is a fault of wardbook, and nothing "
        "half done is kept; run again with WARDBOOK_DEBUG=1 in the environment and report what it prints."
    )


def _visible(text: str) -> str:
    """Text for a terminal: control characters, and bytes of a file name that are no text, are written out."""
    return displayable(_CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text))


def _in_line(text: str) -> str:
    """The same, on one line."""
    return _visible(text.replace("\n", "\\n").replace("\t", "\\t"))


def _say(text: str, to: Console = _out) -> None:
    to.print(_visible(text), markup=False)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, prog_name="wardbook")
def main() -> None:
    """The book of record and the audit of publicly funded protection and official transport."""


# ---------------------------------------------------------------- the book


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
        given["rulebook"] = _relative(_find_rulebook(given["rulebook"]), book)
    settings = replace(Settings(title=book.stem), **given)  # type: ignore[arg-type]
    with Book.create(book, settings) as made:
        _say(f"made {book}")
        _say(f"checkpoint {made.checkpoint()}")


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
        report = _take_in(opened, sources, reader_name, mapping, date_order)
    if as_json:
        _out.print_json(json.dumps(asdict(report)))
    else:
        _print_take_in(report)
    if strict and (any(e.set_aside for e in report.exhibits) or _unread_files(report)):
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
        _out.print_json(json.dumps(facts))
        return
    _say(f"{facts['title']}")
    _say(f"checkpoint {facts['checkpoint']}")
    _out.print(
        _accounting(fates.get("record", 0), fates.get("set aside", 0), fates.get("not a record", 0), held)
    )
    for note in notes:
        _say(f"note: {note}", _err)
    for name, count in counts.items():
        if count:
            _say(f"{count:>9,}  {name}")


@main.command()
@click.argument("table", required=False)
def schema(table: str | None) -> None:
    """The columns of TABLE with types and meaning, or the list of all tables."""
    if table is None:
        for one in (*BOOK_TABLES, *AUDIT_TABLES):
            _say(f"{one.name:<20} {one.one_row}")
        return
    found = find_table(table)
    if found is None:
        raise WrongUseError(f"there is no table {table!r}; see: wardbook schema")
    _say(f"{found.name}: {found.one_row}")
    for column in found.columns:
        _say(f"  {column.name:<22} {column.type:<14} {column.meaning}")


@main.command()
@click.argument("book", type=click.Path(path_type=Path))
@click.argument("kind", type=click.Choice(["person", "entry", "purpose"]))
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
    purpose: the purpose class of a use.
    """
    with Book(book) as opened:
        if kind == "purpose":
            opened.judge(kind, left, None, right_or_class, by_whom, why)
        else:
            opened.judge(kind, left, right_or_class, "different" if different else "same", by_whom, why)
        _say(f"entered; checkpoint {opened.checkpoint()}")


# ---------------------------------------------------------------- the audit


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
@click.option("--strict", is_flag=True, help="Exit with 1 if anything was set aside or is undetermined.")
def audit(source: Path, rulebook_name: str | None, as_of: str | None, out: Path, strict: bool) -> None:
    """Audit SOURCE (a book, or a folder of records) and write the report to the --out folder.

    A folder is made into a book first, kept as OUT/<name>.book.
    """
    moment = parse_moment(as_of) if as_of else None
    path = source if Book.is_book(source) else _book_of_folder(source, rulebook_name, out)
    with Book(path) as book, Engine() as engine:
        rulebook = _rulebook_of(book, rulebook_name)
        settings = _filled(book.settings, rulebook)
        with _steps() as progress:
            progress("check the exhibits")
            notes = book.verify(moment)
            progress("open the book")
            book.relations(engine, moment)
            result = run_audit(engine, settings, rulebook, book.checkpoint(moment), progress)
            progress("report")
            report = write(result, out, VERSION)
        for note in notes:
            _say(f"note: {note}", _err)
        for line in summary_lines(result):
            _say(line)
        _say(f"report: {report}")
        open_questions = engine.one("SELECT count(*) FROM determinations WHERE missing <> ''")
        set_aside = engine.count("set_aside")
    if strict and (open_questions or set_aside):
        raise SystemExit(1)


def _book_of_folder(folder: Path, rulebook_name: str | None, out: Path) -> Path:
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
    rulebook_path = _find_rulebook(rulebook_name) if rulebook_name else folder / str(settings.rulebook)
    rulebook = load(rulebook_path)
    settings = _filled(settings, rulebook)
    if not toml.is_file():
        settings = replace(settings, title=f"{rulebook.title}: the records in {folder.resolve().name}")
    if not Book.is_book(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        Book.create(path, replace(settings, rulebook=_relative(rulebook_path, path))).log.close()
    with Book(path) as book:
        report = _take_in(book, [folder], None, None, None, leave_out=[out])
        _print_take_in(report)
        for name in missing_exhibits(book, [folder]):
            _say(f"no longer in {folder} as taken in before, and still in the book: {_in_line(name)}", _err)
    return path


def _filled(settings: Settings, rulebook: Rulebook) -> Settings:
    """Settings with what the book leaves unsaid taken from the rulebook's front matter."""
    unset = Settings()
    given = {
        key: value
        for key, value in {"jurisdiction": rulebook.jurisdiction, **rulebook.settings}.items()
        if key in ("jurisdiction", "home_region", "time_zone", "currency")
        and getattr(settings, key) == getattr(unset, key)
    }
    return replace(settings, **given)  # type: ignore[arg-type]


def _rulebook_of(book: Book, name: str | None) -> Rulebook:
    if name is not None:
        return load(_find_rulebook(name))
    if book.settings.rulebook is None:
        raise WrongUseError(f"no rulebook: give --rulebook, or name one in {book.path / 'book.toml'}")
    return load(book.path / book.settings.rulebook)


def _find_rulebook(name: str) -> Path:
    """A rulebook by path, or by name of one that ships with wardbook (``west-virginia/state-aircraft``)."""
    path = Path(name)
    if path.is_file():
        return path
    plain = name.removeprefix("rulebooks/").removesuffix(".md") + ".md"
    for folder in (
        Path(str(resources.files("wardbook"))) / "rulebooks",
        Path(__file__).parents[2] / "rulebooks",
    ):
        if (folder / plain).is_file():
            return folder / plain
    raise WrongUseError(f"there is no rulebook {name}")


def _relative(path: Path, start: Path) -> str:
    return Path(os.path.relpath(path.resolve(), start.resolve())).as_posix()


# ---------------------------------------------------------------- the rule


@main.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.option("--rulebook", "rulebook_name", required=True, help="Rulebook (Markdown).")
@click.option("--date", "day", help="Day of the use (ISO); default: today.")
@click.option("--cost", "costs", multiple=True, help="Cost class to be paid; repeat for several.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.pass_context
def ask(
    ctx: click.Context, rulebook_name: str, day: str | None, costs: tuple[str, ...], as_json: bool
) -> None:
    """Answer before the trip: allowed or not, who pays which cost, the rule's words, what to write down.

    Facts of the rulebook are given as options, e.g. --purpose campaign --outside-city yes; on a terminal
    the facts that would settle an open answer are asked for.
    """
    rulebook = load(_find_rulebook(rulebook_name))
    facts = _facts_from(ctx.args)
    when = _day(day)
    answer = run_ask(rulebook, facts, when, costs)
    while answer.missing and sys.stdin.isatty() and not as_json:
        missing = answer.missing[0]
        prompt = f"{missing.question} [{missing.fact}; empty to leave open]"
        reply = click.prompt(prompt, default="", show_default=False, err=True)
        if not reply:
            break
        try:
            answer = run_ask(rulebook, {**facts, missing.fact: reply}, when, costs)
        except WrongUseError as error:
            _say(str(error), _err)
            continue
        facts[missing.fact] = reply
    if as_json:
        _out.print_json(json.dumps(asdict(answer)))
        return
    for line in answer_lines(answer):
        _say(line)


def _day(text: str | None) -> date | None:
    """A day given as ISO text; None: today in the rulebook's time zone."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise WrongUseError(f"--date: expected a day such as 2026-10-07; found {text!r}") from error


def _facts_from(arguments: Sequence[str]) -> dict[str, FactValue]:
    facts: dict[str, FactValue] = {}
    words = iter(arguments)
    for word in words:
        if not word.startswith("--"):
            raise WrongUseError(f"expected --FACT VALUE; found {word!r}")
        name, equals, value = word[2:].partition("=")
        facts[name] = value if equals else next(words, "")
    return facts


@main.group()
def rulebook() -> None:
    """Check and test rulebooks."""


@rulebook.command("check")
@click.argument("path", type=click.Path(path_type=Path))
def rulebook_check(path: Path) -> None:
    """Read the rulebook at PATH, report every mistake in it, and run its examples."""
    loaded = load(_find_rulebook(str(path)))
    failures = run_examples(loaded)
    for failure in failures:
        _say(str(failure), _err)
    _out.print(
        f"{loaded.title}: {len(loaded.rules)} rules, {len(loaded.cost_rules)} cost rules, "
        f"{len(loaded.examples)} examples, {len(failures)} failed",
        markup=False,
    )
    if failures:
        raise InputRefusedError(
            str(path),
            "examples that the rules decide as written",
            f"{len(failures)} that they do not",
            "Correct the rule or the example.",
        )


# ---------------------------------------------------------------- taking in and showing


def _take_in(
    book: Book,
    sources: Sequence[Path],
    reader_name: str | None,
    mapping: Path | None,
    date_order: str | None,
    leave_out: Sequence[Path] = (),
) -> TakeInReport:
    reader = find_reader(reader_name) if reader_name else None
    if reader_name and reader is None:
        raise WrongUseError(
            f"there is no reader {reader_name!r}; there are {', '.join(r.name for r in READERS)}"
        )
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=_err, transient=True) as bar:
        task = bar.add_task("take in", total=None)

        def progress(name: str, done: int, total: int) -> None:
            bar.update(task, description=_in_line(name)[:60], completed=done, total=total)

        return run_take_in(
            book,
            sources,
            reader=reader,
            mapping=mapping,
            date_order=date_order,
            choose=_ask_reader(bar),
            progress=progress,
            leave_out=leave_out,
        )


def _ask_reader(bar: Progress) -> Callable[[Exhibit, tuple[Reader, ...]], Reader | None]:
    def choose(exhibit: Exhibit, candidates: tuple[Reader, ...]) -> Reader | None:
        if not sys.stdin.isatty() or not candidates:
            return None
        bar.stop()
        names = [reader.name for reader in candidates]
        name = click.prompt(
            f"{exhibit.name} is recognized by several readers", type=click.Choice(names), err=True
        )
        bar.start()
        return find_reader(name)

    return choose


@contextmanager
def _steps() -> Iterator[Callable[[str], None]]:
    with _err.status("audit") as shown:
        yield lambda step: shown.update(f"audit: {step}")


def _accounting(records: int, set_aside: int, not_a_record: int, held: int) -> str:
    return (
        f"rows: {records:,} read + {set_aside:,} set aside + {not_a_record:,} not a record "
        f"= {records + set_aside + not_a_record:,} of {held:,} held"
    )


def _unread_files(report: TakeInReport) -> tuple[PassedOver, ...]:
    """The files of the sources that could not be taken in; those hidden by custom are only counted."""
    return tuple(one for one in report.passed_over if not one.hidden)


def _print_passed_over(report: TakeInReport) -> None:
    for one in _unread_files(report):
        _say(f"passed over: {_in_line(one.name)}: {one.why}", _err)
    hidden = sum(1 for one in report.passed_over if one.hidden)
    if hidden:
        _say(f"passed over as hidden, for a name that begins with a dot: {hidden}")


def _print_take_in(report: TakeInReport) -> None:
    if report.exhibits:
        grid = Grid(
            "exhibit", "reader", "read", "set aside", "not a record", "held", box=None, pad_edge=False
        )
        for column in grid.columns[2:]:
            column.justify = "right"
        for one in report.exhibits:
            cells = (one.records, one.set_aside, one.not_a_record, one.held)
            grid.add_row(
                _in_line(one.name), one.reader or "none: set aside whole", *(f"{cell:,}" for cell in cells)
            )
        Console(width=140, highlight=False, markup=False).print(grid)
    total = [
        sum(getattr(e, name) for e in report.exhibits)
        for name in ("records", "set_aside", "not_a_record", "held")
    ]
    if report.exhibits:
        _out.print(_accounting(*total), markup=False)
    if report.known:
        _say(f"files known already, for which nothing was entered: {report.known}")
    unread = sum(one.unread_columns for one in report.exhibits)
    if unread:
        _say(f"{unread} columns were used by no one; see unread_columns")
    _print_passed_over(report)
    for one in report.exhibits:
        if one.refusal:
            _say(f"set aside: {_in_line(one.refusal)}", _err)
