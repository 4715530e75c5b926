"""The command that shows one vehicle on one day: in the terminal, as a drawing, or as JSON."""

from __future__ import annotations

import json
from datetime import date
from difflib import get_close_matches
from pathlib import Path

import click
from rich.text import Text

from wardbook.audit import filled, movements
from wardbook.cli.entering import enter
from wardbook.cli.group import main
from wardbook.cli.rulebook_file import find_rulebook
from wardbook.cli.say import err, in_line, out, say, steps, visible
from wardbook.errors import InputRefusedError, WrongUseError
from wardbook.policy.read import load
from wardbook.records.book import Book, parse_moment
from wardbook.records.engine import Engine
from wardbook.records.settings import Settings
from wardbook.report.day_choice import DayCount, day_counts, nearest_days
from wardbook.report.day_drawing import day_drawing, html_text, svg_text
from wardbook.report.day_json import as_dict
from wardbook.report.day_text import axis_lines, day_lines, headline
from wardbook.report.decided_store import RULEBOOK
from wardbook.report.vehicle_day import VehicleDay, vehicle_key
from wardbook.report.vehicle_day_read import vehicle_days
from wardbook.report.wording import plural

_SUFFIXES = (".svg", ".html")
_COLORS = {"log": "cyan", "tracker": "blue", "toll": "magenta", "fuel": "green", "calendar": "yellow"}


@main.command("show-day")
@click.argument("source", metavar="BOOK", type=click.Path(path_type=Path))
@click.option("--vehicle", required=True, help="The vehicle, as any record writes it.")
@click.option("--day", "day_text", required=True, help="The day in the book's time zone (YYYY-MM-DD).")
@click.option("--out", "target", type=click.Path(path_type=Path), help=".svg or .html to write.")
@click.option("--as-of", help="The book as it stood at this moment (ISO 8601).")
@click.option("--rulebook", "rulebook_name", help="Rulebook that says zone and home where the book does not.")
@click.option("--json", "as_json", is_flag=True, help="Print the day as JSON.")
def show_day(
    source: Path,
    vehicle: str,
    day_text: str,
    target: Path | None,
    as_of: str | None,
    rulebook_name: str | None,
    as_json: bool,
) -> None:
    """Show what log, tracker, tolls, fuel and calendar say of one vehicle on one day.

    BOOK is a book, or the folder of an audit that holds its book. Movements and links are made anew from the
    book; no rulebook decides anything here. Without --out the day is printed, in order of time.
    """
    wanted = _day(day_text)
    if target is not None and target.suffix not in _SUFFIXES:
        found = f'"{target.suffix}"'
        raise InputRefusedError(str(target), f"a file {' or '.join(_SUFFIXES)}", found, "Rename it.")
    moment = parse_moment(as_of) if as_of else None
    path = book_path(source)
    with Book(path) as book, Engine() as engine:
        settings = _settings(source, book, rulebook_name)
        with steps() as progress:
            progress("open the book")
            book.relations(engine, moment)
            movements(engine, settings, progress)
        day = _found(engine, settings, vehicle, wanted)
        enter(book, "view", {"what": f"{vehicle} on {wanted}"})
        if target is not None:
            drawing = day_drawing(engine, day)
            text = svg_text(drawing) if target.suffix == ".svg" else html_text(drawing)
            target.write_text(text, encoding="utf-8", newline="\n")
            say(f"wrote {target}", err if as_json else out)
    if as_json:
        out.print_json(json.dumps(as_dict(day)))
    elif target is None:
        _print(day)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUseError(f"--day: expected a day such as 2024-03-04; found {text!r}") from None


def book_path(source: Path) -> Path:
    """The book itself, or the one that the folder of an audit holds."""
    if Book.is_book(source):
        return source
    held = [path for path in sorted(source.glob("*.book")) if Book.is_book(path)] if source.is_dir() else []
    if len(held) != 1:
        raise WrongUseError(
            f"{source}: expected a book, or the folder of an audit that holds its book; "
            f"found {'no book' if not held else f'{len(held)} books'} there. Name the book"
        )
    return held[0]


def _settings(source: Path, book: Book, rulebook_name: str | None) -> Settings:
    """The settings as an audit has them: what the book leaves unsaid, its rulebook says."""
    if rulebook_name is not None:
        return filled(book.settings, load(find_rulebook(rulebook_name)))
    if (source / RULEBOOK).is_file() and source != book.path:
        return filled(book.settings, load(source / RULEBOOK))
    if book.settings.rulebook is not None:
        return filled(book.settings, load(book.path / book.settings.rulebook))
    return book.settings


def _found(engine: Engine, settings: Settings, vehicle: str, day: date) -> VehicleDay:
    """The day; raises `WrongUseError` with what there is where the vehicle or the day has nothing."""
    key = vehicle_key(vehicle)
    (found,) = vehicle_days(engine, settings.zone, [(key, day)])
    if any(row.lane not in ("calendar", "in force") for row in found.rows):
        return found
    counted = day_counts(engine, settings.zone)
    if not counted:
        raise WrongUseError(
            "no movement is on record: the book has no positions with times. Take in the tracker's export"
        )
    vehicles = list(dict.fromkeys(one.vehicle_key for one in counted))
    if key not in vehicles:
        near = get_close_matches(key, vehicles, 8, 0.5) or vehicles[:8]
        more = "" if len(vehicles) == len(near) else f" (of {len(vehicles):,d})"
        names = ", ".join(in_line(name) for name in near)
        raise WrongUseError(f"no vehicle {vehicle!r} is on record; there are {names}{more}")
    days = "; ".join(map(_what, nearest_days(counted, key, day)))
    raise WrongUseError(
        f"nothing is on record of {vehicle} on {day}; the nearest days that have something: {days}"
    )


def _what(one: DayCount) -> str:
    counts = (
        (one.movements, "movement", "movements"),
        (one.entries, "log entry", "log entries"),
        (one.anchors, "toll or fuel", "tolls or fuel"),
    )
    words = ", ".join(plural(number, *names) for number, *names in counts if number)
    return f"{one.day} ({words})"


def _print(day: VehicleDay) -> None:
    say(headline(day))
    say("")
    for line in axis_lines(day):
        out.print(Text(visible(line.text), style=_COLORS.get(line.lane, "")))
    say("")
    for text in day_lines(day):
        say(in_line(text))
