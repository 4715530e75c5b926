"""Taking sources in, with progress, and the accounting that is printed after it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as Grid

from wardbook.cli.say import err, in_line, out, say
from wardbook.errors import WrongUseError
from wardbook.intake.reader import Exhibit, Reader
from wardbook.intake.readers import READERS, find_reader
from wardbook.intake.sources import PassedOver
from wardbook.intake.take_in import TakeInReport
from wardbook.intake.take_in import take_in as run_take_in
from wardbook.records.book import Book


def take_in_sources(
    book: Book,
    sources: Sequence[Path],
    reader_name: str | None,
    mapping: Path | None,
    date_order: str | None,
    leave_out: Sequence[Path] = (),
) -> TakeInReport:
    """Take files and folders into a book, with a bar on stderr; asks on a terminal which reader is meant."""
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
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("take in", total=None)

        def progress(name: str, done: int, total: int) -> None:
            bar.update(task, description=in_line(name)[:60], completed=done, total=total)

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


def accounting(records: int, set_aside: int, not_a_record: int, held: int) -> str:
    """The sentence that accounts for every row held."""
    return (
        f"rows: {records:,} read + {set_aside:,} set aside + {not_a_record:,} not a record "
        f"= {records + set_aside + not_a_record:,} of {held:,} held"
    )


def unread_files(report: TakeInReport) -> tuple[PassedOver, ...]:
    """The files of the sources that could not be taken in; those hidden by custom are only counted."""
    return tuple(one for one in report.passed_over if not one.hidden)


def _print_passed_over(report: TakeInReport) -> None:
    for one in unread_files(report):
        say(f"passed over: {in_line(one.name)}: {one.why}", err)
    hidden = sum(1 for one in report.passed_over if one.hidden)
    if hidden:
        say(f"passed over as hidden, for a name that begins with a dot: {hidden}")


def print_take_in(report: TakeInReport) -> None:
    """Print what became of each file taken in, and of every row."""
    if report.exhibits:
        grid = Grid(
            "exhibit", "reader", "read", "set aside", "not a record", "held", box=None, pad_edge=False
        )
        for column in grid.columns[2:]:
            column.justify = "right"
        for one in report.exhibits:
            cells = (one.records, one.set_aside, one.not_a_record, one.held)
            grid.add_row(
                in_line(one.name), one.reader or "none: set aside whole", *(f"{cell:,}" for cell in cells)
            )
        Console(width=140, highlight=False, markup=False).print(grid)
    total = [
        sum(getattr(e, name) for e in report.exhibits)
        for name in ("records", "set_aside", "not_a_record", "held")
    ]
    if report.exhibits:
        out.print(accounting(*total), markup=False)
    if report.known:
        say(f"files known already, for which nothing was entered: {report.known}")
    unread = sum(one.unread_columns for one in report.exhibits)
    if unread:
        say(f"{unread} columns were used by no one; see unread_columns")
    _print_passed_over(report)
    for one in report.exhibits:
        if one.refusal:
            say(f"set aside: {in_line(one.refusal)}", err)
