"""The command that reconciles two totals, row by row."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import click

from wardbook.accounts.reconciliation import DIFFERS, UNEXPLAINED
from wardbook.accounts.reconciliation_files import reconcile_files
from wardbook.accounts.reconciliation_formats import FORMATS
from wardbook.accounts.reconciliation_tables import Side
from wardbook.cli.accounts_group import account
from wardbook.cli.say import say
from wardbook.errors import WrongUseError
from wardbook.intake.cells import BadCellError, read_money
from wardbook.records.engine import Engine


@account.command()
@click.argument("left", type=click.Path(path_type=Path))
@click.argument("right", type=click.Path(path_type=Path))
@click.option("--key", "keys", required=True, help="Columns that match rows: COL,COL; LEFTCOL=RIGHTCOL.")
@click.option("--amount", "amount_column", help="Column of the amounts (LEFTCOL=RIGHTCOL); none: count rows.")
@click.option("--left-scope", default="", help="What LEFT covers: days, COLUMN: VALUE, VALUE; words.")
@click.option("--right-scope", default="", help="What RIGHT covers.")
@click.option("--tolerance", default="0", show_default=True, help="Amounts so far apart are rounding.")
@click.option("--left-name", help="Name of LEFT in the schedule; its file name where none is given.")
@click.option("--right-name", help="Name of RIGHT.")
@click.option("--left-total", help="The total of LEFT as published, where its rows need not add up to it.")
@click.option("--right-total", help="The total of RIGHT as published.")
@click.option("--left-count-by", help="Columns of LEFT of which each distinct value counts as one.")
@click.option("--right-count-by", help="Columns of RIGHT of which each distinct value counts as one.")
@click.option("--unit", default="", help="Currency code of the amounts, or what is counted.")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="The form of the schedule.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 if amounts differ, or something is unexplained.")
def reconcile(
    left: Path,
    right: Path,
    keys: str,
    amount_column: str | None,
    left_scope: str,
    right_scope: str,
    tolerance: str,
    left_name: str | None,
    right_name: str | None,
    left_total: str | None,
    right_total: str | None,
    left_count_by: str | None,
    right_count_by: str | None,
    unit: str,
    form: str,
    strict: bool,
) -> None:
    """Say what lies between the totals of LEFT and RIGHT (.csv, .xlsx or .parquet), row by row.

    The lines add up to the difference: rows equal in both, rounding, other amounts, rows of one side only,
    rows outside the other's scope, counting rules, and what stays unexplained. Sums need --left-scope and
    --right-scope.
    """
    names = _names(left, right, left_name, right_name)
    key = tuple(_pair(part, "--key") for part in _listed(keys))
    amounts = None if amount_column is None else _pair(amount_column, "--amount")
    counted = _listed(left_count_by), _listed(right_count_by)
    if not key:
        raise WrongUseError("--key: expected at least one column; found none")
    if amounts and any(counted):
        raise WrongUseError("--left-count-by and --right-count-by count rows: give them without --amount")
    sides = tuple(
        Side(
            path=path,
            name=names[at],
            key=tuple(pair[at] for pair in key),
            amount=amounts[at] if amounts else None,
            scope=scope,
            count_by=counted[at],
            stated=None if total is None else _money(total, option),
            unit=unit,
        )
        for at, path, scope, total, option in (
            (0, left, left_scope, left_total, "--left-total"),
            (1, right, right_scope, right_total, "--right-total"),
        )
    )
    with Engine() as engine:
        found = reconcile_files(engine, sides[0], sides[1], abs(_money(tolerance, "--tolerance")))
    say(FORMATS[form](found))
    if strict and (found.set_aside or any(found.schedule.of(kind) for kind in (DIFFERS, UNEXPLAINED))):
        raise SystemExit(1)


def _names(left: Path, right: Path, left_name: str | None, right_name: str | None) -> tuple[str, str]:
    """The names of the sides; of two files called alike, with which side each is."""
    names = left_name or left.name, right_name or right.name
    if names[0] != names[1]:
        return names
    return f"{names[0]} (left)", f"{names[1]} (right)"


def _pair(text: str, option: str) -> tuple[str, str]:
    """``COLUMN``, or ``LEFTCOLUMN=RIGHTCOLUMN``, as the column of each side."""
    left, equals, right = (word.strip() for word in text.partition("="))
    if not left or (equals and not right):
        raise WrongUseError(f"{option}: expected COLUMN or LEFTCOLUMN=RIGHTCOLUMN; found {text!r}")
    return left, right or left


def _listed(text: str | None) -> tuple[str, ...]:
    """Names separated by commas; one that holds a comma stands in double quotes."""
    cells = next(csv.reader([text or ""], skipinitialspace=True), [])
    return tuple(cell.strip() for cell in cells if cell.strip())


def _money(text: str, option: str) -> Decimal:
    try:
        amount = read_money(text.strip()) if text.strip() else None
    except BadCellError as bad:
        raise WrongUseError(f"{option}: expected {bad.expected}; found {bad.found}") from bad
    if amount is None:
        raise WrongUseError(f"{option}: expected an amount such as 1,400.00; found {text!r}")
    return amount
