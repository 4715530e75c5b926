"""The schedule between the totals of two files: their rows, their counting rules, and totals as published.

A row whose amount cannot be read, or that calls itself a total, is set aside and counts in no total. A count
is of rows, or of the distinct values of the columns that its rule names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from wardbook.accounts.reconciliation import (
    ROWS,
    RULE,
    Line,
    Schedule,
    Total,
    compared,
    lines_of,
    rest_line,
    schedule,
)
from wardbook.accounts.reconciliation_scope import FileScope, outside_sql, parse_scope
from wardbook.accounts.reconciliation_tables import Opened, Side, open_side
from wardbook.custody.store import sha256_file
from wardbook.errors import WrongUseError
from wardbook.intake.grid import normalized
from wardbook.records.engine import Engine, literal, step_text

_ROOM = "wardbook.accounts"
_PAIR = "files"
_SIDES = ("left", "right")
_CURRENCY = "currency"


@dataclass(frozen=True)
class SetAsideRow:
    """One row of a file that counts in no total: where it stands, what was expected, what was found."""

    side: str
    place: str
    expected: str
    found: str


@dataclass(frozen=True)
class Reconciled:
    """A schedule of two files, the rows set aside, notes for the reader, and the SHA-256 of the files."""

    schedule: Schedule
    set_aside: tuple[SetAsideRow, ...]
    notes: tuple[str, ...]
    digests: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _Read:
    """One side, read: what was asked for, the file as a relation, its scope. ``sign`` is 1 on the left."""

    side: Side
    file: Opened
    scope: FileScope
    sign: int

    @property
    def rows(self) -> str:
        """The relation of its rows."""
        return f"{self.file.name}_rows"


def reconcile_files(engine: Engine, left: Side, right: Side, tolerance: Decimal = Decimal(0)) -> Reconciled:
    """The schedule between two files.

    Rows with the same key are added up and compared; amounts that differ by no more than ``tolerance`` are
    rounding. Raises `InputRefusedError` for a file that cannot be read or lacks a column, `UnscopedError`
    for a total without a scope, `WrongUseError` for two sides that cannot be compared.
    """
    read = tuple(
        _Read(side, open_side(engine, side, f"reconciled_{word}"), parse_scope(side.scope), sign)
        for side, word, sign in zip((left, right), _SIDES, (1, -1), strict=True)
    )
    notes = [note for one, other in (read, read[::-1]) for note in _hold_rows(engine, one, other)]
    same_rule = _rule(left) == _rule(right)
    queries = (_matched(one, word, tolerance, same_rule) for one, word in zip(read, _SIDES, strict=True))
    engine.hold(ROWS.name, " UNION ALL ".join(queries))
    compared(engine)
    totals, lines = _totals(engine, read, tolerance, same_rule)
    found = schedule(*totals, (*lines_of(engine, _PAIR, (left.name, right.name)), *lines))
    aside = tuple(row for one in read for row in _set_aside(engine, one))
    notes += [note for one, other in (read, read[::-1]) for note in _notes(engine, one, other)]
    return Reconciled(
        found, aside, tuple(notes), tuple((one.name, sha256_file(one.path)) for one in (left, right))
    )


# ---------------------------------------------------------------- rows


def _hold_rows(engine: Engine, one: _Read, other: _Read) -> tuple[str, ...]:
    """Hold the rows of one side, held against the scope of the other; notes on what could not be."""
    side, file = one.side, one.file
    outside, notes = outside_sql(other.scope, other.side.name, side.name, file.columns)
    query = step_text(
        _ROOM,
        "reconciliation_rows",
        file=file.name,
        key=_joined([file.cell(column) for column in side.key]),
        first=f"coalesce(nullif({file.cell(side.key[0])}, ''), trim(c0), '')",
        money=file.cell(side.amount) if side.amount else "CAST(NULL AS VARCHAR)",
        counting="true" if side.counted else "false",
        counted=_joined([file.cell(column) for column in side.count_by]) if side.count_by else "place",
        outside=outside,
    )
    engine.hold(one.rows, query)
    return notes


def _joined(cells: Sequence[str]) -> str:
    """SQL for cells as one text; '' where all of them are empty."""
    spaced = [rf"coalesce(regexp_replace({cell}, '\s+', ' ', 'g'), '')" for cell in cells]
    filled = " OR ".join(f"{cell} <> ''" for cell in spaced)
    return f"CASE WHEN {filled} THEN concat_ws(' | ', {', '.join(spaced)}) ELSE '' END"


def _rule(side: Side) -> tuple[str, ...]:
    return tuple(sorted(normalized(column) for column in side.count_by))


def _matched(one: _Read, word: str, tolerance: Decimal, same_rule: bool) -> str:
    """The SELECT of one side's rows to match: of a common counting rule, one row for each that counts."""
    once = same_rule and one.side.counted and one.side.count_by
    first = "QUALIFY row_number() OVER (PARTITION BY counted ORDER BY outside NULLS FIRST, place) = 1"
    key, shown = ("counted", "counted") if once else ("key", "shown")
    return f"""
        SELECT {literal(_PAIR)} AS pair, {literal(word)} AS side, {key} AS key, {shown} AS shown, amount,
            CAST({tolerance if one.sign > 0 else 0} AS DECIMAL(18,2)) AS tolerance, outside,
            {literal(f"{one.side.name}, ")} || place AS source
        FROM (SELECT * FROM {one.rows} WHERE aside IS NULL {first if once else ""})
    """  # noqa: S608


# ---------------------------------------------------------------- totals


def _totals(
    engine: Engine, read: Sequence[_Read], tolerance: Decimal, same_rule: bool
) -> tuple[tuple[Total, Total], list[Line]]:
    """The two totals, and the lines beside those of the rows: counting rules, and rests that no row has."""
    totals: list[Total] = []
    lines: list[Line] = []
    for one in read:
        side = one.side
        query = f"SELECT count(*), count(DISTINCT counted), sum(amount) FROM {one.rows} WHERE aside IS NULL"  # noqa: S608
        rows, by_rule, amount = engine.rows(query)[0]
        listed = Decimal(by_rule if side.counted else amount or 0)
        stated = listed if side.stated is None else side.stated
        total = Total(side.name, stated, _unit(engine, one), side.scope, _rule_words(side), side.counted)
        missing = f"rows of {side.name} that are not in its file, or a correction of its total"
        rest = rest_line(one.sign, total, listed, tolerance, "the rows", missing)
        lines += [rest] if rest else []
        if side.counted and not same_rule and by_rule != rows:
            lines.append(_rule_line(one, rows, by_rule, total))
        totals.append(total)
    return (totals[0], totals[1]), lines


def _unit(engine: Engine, one: _Read) -> str:
    """The unit of one side: what was given, else the one currency of its column ``currency``.

    Raises `WrongUseError` for amounts in several currencies, or in another than the one given.
    """
    side, file = one.side, one.file
    if side.counted or _CURRENCY not in file.columns:
        return side.unit
    rows = engine.rows(
        f"SELECT DISTINCT upper({file.cell(_CURRENCY)}) FROM {file.name} JOIN {one.rows} AS r USING (place) "  # noqa: S608
        f"WHERE r.aside IS NULL AND {file.cell(_CURRENCY)} <> ''"
    )
    found = sorted({str(row[0]) for row in rows} | ({side.unit} if side.unit else set()))
    if len(found) > 1:
        raise WrongUseError(f"{side.name}: amounts in {' and '.join(found)} cannot be added up to one total")
    return found[0] if found else ""


def _rule_words(side: Side) -> str:
    """What makes one of a count, in words; '' for a sum."""
    if not side.counted:
        return ""
    return f"one for each distinct {', '.join(side.count_by)}" if side.count_by else "one for each row"


def _rule_line(one: _Read, rows: int, by_rule: int, total: Total) -> Line:
    """What the counting rule of one side makes of its rows."""
    moved = Decimal(by_rule - rows)
    left, right = (moved, None) if one.sign > 0 else (None, moved)
    words = f"{one.side.name} has {rows:,} rows and counts {by_rule:,}: {total.counting_rule}"
    return Line(RULE, "", left, right, one.sign * moved, words)


def _set_aside(engine: Engine, one: _Read) -> Iterator[SetAsideRow]:
    expected = "a row to count" if one.side.counted else "a row with an amount to the cent, such as 1,400.00"
    query = f"SELECT place, aside FROM {one.rows} WHERE aside IS NOT NULL ORDER BY place"  # noqa: S608
    for place, found in engine.rows(query):
        yield SetAsideRow(one.side.name, place, expected, found)


def _notes(engine: Engine, one: _Read, other: _Read) -> Iterator[str]:
    """What a reader must know of one side beside the lines."""
    name = one.side.name
    aside = engine.one(
        f"SELECT count(*) FROM {one.rows} WHERE aside IS NOT NULL "  # noqa: S608
        f"AND key IN (SELECT key FROM {other.rows} WHERE aside IS NULL)"
    )
    if aside:
        yield f"{name}: rows set aside whose key {other.side.name} has: {aside:,}"
    keyless = engine.one(f"SELECT count(*) FROM {one.rows} WHERE aside IS NULL AND key IS NULL")  # noqa: S608
    if keyless:
        yield f"{name}: rows without a key, which match nothing: {keyless:,}"
    own, _ = outside_sql(one.scope, name, name, one.file.columns)
    strange = engine.one(
        f"SELECT count(*) FROM {one.file.name} JOIN {one.rows} AS r USING (place) "  # noqa: S608
        f"WHERE r.aside IS NULL AND ({own}) IS NOT NULL"
    )
    if strange:
        yield f"{name}: rows outside its own stated scope, which count in its total all the same: {strange:,}"
