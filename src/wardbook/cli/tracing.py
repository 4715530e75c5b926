"""The command that makes legs of a table of fixes."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from wardbook.cli.group import main
from wardbook.cli.say import err, out, say
from wardbook.errors import WrongUseError
from wardbook.records.engine import Engine
from wardbook.records.spark_tasks import SparkTasks
from wardbook.trace.export import dropped_path, refuse_suffix, write_legs
from wardbook.trace.fixes import Asked
from wardbook.trace.fixes_columns import FixMapping, parse_mapping
from wardbook.trace.legs import Traced, TraceOptions, trace_fixes
from wardbook.trace.legs_shares import trace_shares
from wardbook.trace.profiles import PROFILES, find_profile


@main.command()
@click.argument("fixes", type=click.Path(path_type=Path))
@click.option(
    "--out", "target", type=click.Path(path_type=Path), required=True, help=".parquet, .csv or .gpx to write."
)
@click.option(
    "--profile",
    type=click.Choice([profile.name for profile in PROFILES]),
    default="house",
    show_default=True,
    help="The stop rule; it is written with every leg.",
)
@click.option(
    "--mapping", "mapping_file", type=click.Path(path_type=Path), help="Which column is what (TOML)."
)
@click.option("--zone", help="The zone of times without an offset, such as America/New_York.")
@click.option("--vehicle", help="The vehicle that the fixes are of; rows of another are set aside.")
@click.option(
    "--engine",
    "engine_name",
    type=click.Choice(["duckdb", "spark", "sail"]),
    default="duckdb",
    show_default=True,
    help="What runs the steps: this machine, or shares of the vehicles on a cluster; the legs are the same.",
)
@click.option("--no-lines", is_flag=True, help="Write no path into a .parquet file; faster.")
@click.option("--strict", is_flag=True, help="Exit with 1 if a row is set aside or a difference is found.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def trace(
    fixes: Path,
    target: Path,
    profile: str,
    mapping_file: Path | None,
    zone: str | None,
    vehicle: str | None,
    engine_name: str,
    no_lines: bool,
    strict: bool,
    as_json: bool,
) -> None:
    """Make legs of FIXES (.parquet or .csv): vehicle, time and position, a row a fix."""
    refuse_suffix(target)
    asked = Asked(_mapping(mapping_file), _zone(zone), vehicle)
    lines = target.suffix == ".parquet" and not no_lines
    options = TraceOptions(find_profile(profile), lines=lines, points=target.suffix == ".gpx")
    with (
        err.status("trace") as shown,
        Engine() as engine,
        tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as work,
    ):

        def told(done: int, rows: int) -> None:
            shown.update(f"trace: {done:,} of {rows:,} fixes")

        if engine_name == "duckdb":
            traced = trace_fixes(engine, fixes, Path(work), asked, options, told)
        else:
            tasks = SparkTasks(sail=engine_name == "sail")
            traced = trace_shares(engine, fixes, Path(work), tasks, asked, options, told)
        write_legs(engine, traced, target, lines=lines)
    if as_json:
        out.print_json(json.dumps(_counts(traced)))
    else:
        _print(traced, target)
    if strict and (traced.dropped or traced.differing):
        raise SystemExit(1)


def _mapping(path: Path | None) -> FixMapping:
    return FixMapping() if path is None else parse_mapping(path.name, path.read_text("utf-8"))


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return None if name is None else ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise WrongUseError(f"--zone: expected a zone such as America/New_York; found {name!r}") from error


def _counts(traced: Traced) -> dict[str, object]:
    return {
        "rows": traced.table.rows,
        "vehicles": traced.vehicles,
        "legs": traced.legs,
        "unobserved": traced.unobserved,
        "differences": traced.differing,
        "dropped": dict(traced.dropped),
        "notes": list(traced.notes),
    }


def _print(traced: Traced, target: Path) -> None:
    for note in traced.notes:
        say(f"note: {note}", err)
    if not traced.table.rows:
        say("note: the table has no rows", err)
    say(f"rows: {traced.table.rows:,}, vehicles: {traced.vehicles:,}")
    say(f"legs: {traced.legs:,}, unobserved moves: {traced.unobserved:,}")
    if traced.differing:
        say(f"legs whose ignition or odometer says otherwise (column differences): {traced.differing:,}")
    for reason, count in traced.dropped:
        say(f"{count:>12,}  {reason}")
    say(f"wrote {target} and {dropped_path(target).name}")
