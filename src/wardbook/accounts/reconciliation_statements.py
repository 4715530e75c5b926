"""Figures that different publishers stated of the same thing: a schedule between each pair of them.

An assertion names the other's in ``compared_with``. Where both have parts on record (`assertions:<prefix>`,
or names that begin with its own and a slash), the parts are matched by their cost class; what a total holds
beyond its parts is a line of its own. Without parts on both sides nothing can be matched, and what lies
between the two stays unexplained, with the record that is missing; or, of counts, lies in their rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from wardbook.accounts.reconciliation import (
    EQUAL,
    ROUNDING,
    ROWS,
    RULE,
    UNEXPLAINED,
    Line,
    Schedule,
    Total,
    compared,
    is_currency,
    lines_of,
    rest_line,
    schedule,
)
from wardbook.accounts.stated_scope import (
    StatedScope,
    covers_apart,
    days_apart,
    folded,
    rules_apart,
    scope_of,
    scope_words,
)
from wardbook.accounts.working import figure
from wardbook.records.engine import Engine
from wardbook.records.schema import RECONCILIATIONS, Table

_NOT_SAID = "not on record"
_LINES = Table(
    "reconciliation_statement_lines", "one line of a schedule of stated figures", RECONCILIATIONS.columns
)

Stated = Mapping[str, Any]


def run_reconciliations(engine: Engine) -> None:
    """Create ``reconciliations``: the schedule of each pair of stated figures that `compared_with` names.

    A pair that cannot be compared (no such figure, no value, other units) is one line without an amount,
    which says what is missing.
    """
    rows = engine.dicts("SELECT * EXCLUDE (raw_text) FROM assertions ORDER BY assertion_id, record_id")
    pairs = tuple(_pairs(rows))
    matched = [row for left, right in pairs for row in _part_rows(rows, left, right)]
    engine.load(ROWS, matched)
    compared(engine)
    engine.load(_LINES, [line for left, right in pairs for line in _pair_lines(engine, rows, left, right)])
    columns = ", ".join(RECONCILIATIONS.names)
    engine.run("reconciliations", f"SELECT {columns} FROM {_LINES.name}")  # noqa: S608


def _pairs(rows: Sequence[Stated]) -> Iterator[tuple[Stated, Stated | str]]:
    """Each assertion that names another, and that other: or, in words, why there is none to compare."""
    for left in rows:
        name = (left["compared_with"] or "").strip()
        if not name:
            continue
        named = [row for row in rows if (row["assertion_id"] or "").strip() == name]
        if len(named) != 1:
            count = "none" if not named else f"{len(named)}"
            yield left, f"missing: one stated figure named '{name}'; found {count}"
            continue
        yield left, _why_not(left, named[0]) or named[0]


def _why_not(left: Stated, right: Stated) -> str:
    if left["record_id"] == right["record_id"]:
        return "the figure is compared with itself; name the other in compared_with"
    for row in (left, right):
        if row["value"] is None:
            return f"missing: a figure of '{row['assertion_id']}'; none is stated"
    units = left["unit"] or "no unit", right["unit"] or "no unit"
    return "" if units[0] == units[1] else f"figures in {units[0]} and in {units[1]} cannot be compared"


# ---------------------------------------------------------------- parts


def _prefix(stated: Stated) -> str:
    word, colon, argument = (stated["tested_by"] or "").partition(":")
    named = argument.strip() if colon and word.strip().lower() == "assertions" else ""
    return named or f"{stated['assertion_id']}/"


def _parts(rows: Sequence[Stated], whole: Stated) -> tuple[Stated, ...]:
    prefix = _prefix(whole)
    return tuple(
        row
        for row in rows
        if (row["assertion_id"] or "").startswith(prefix)
        and row["value"] is not None
        and row["unit"] == whole["unit"]
        and row["assertion_id"] != whole["assertion_id"]
    )


def _part_class(part: Stated, whole: Stated) -> str:
    """The cost class of a part: the one that its scope covers, else what its name adds to the whole's."""
    covers = scope_of(part).covers
    return covers[0] if len(covers) == 1 else folded(part["assertion_id"][len(_prefix(whole)) :])


def _part_rows(rows: Sequence[Stated], left: Stated, right: Stated | str) -> Iterator[dict[str, Any]]:
    """The parts of both figures as rows to match; nothing unless both have parts."""
    if isinstance(right, str):
        return
    parts = _parts(rows, left), _parts(rows, right)
    if not all(parts):
        return
    for side, whole, other, own in (("left", left, right, parts[0]), ("right", right, left, parts[1])):
        for part in own:
            word = _part_class(part, whole)
            covered = scope_of(other).covers
            outside = bool(covered) and word not in covered
            yield {
                "pair": left["record_id"],
                "side": side,
                "key": word,
                "shown": word,
                "amount": part["value"],
                "tolerance": abs(part["tolerance"] or Decimal(0)),
                "outside": f"{other['assertion_id']} does not cover {word}" if outside else None,
                "source": part["record_id"],
            }


# ---------------------------------------------------------------- schedules


def statement_schedule(engine: Engine, rows: Sequence[Stated], left: Stated, right: Stated) -> Schedule:
    """The schedule between two rows of ``assertions``, after their parts were matched (`compared`)."""
    totals = _total(left), _total(right)
    parts = _parts(rows, left), _parts(rows, right)
    names = totals[0].name, totals[1].name
    lines: list[Line | None] = [
        rest_line(
            side, total, _sum(own), _tolerance(whole), f"the {len(own)} parts", f"other parts of {total.name}"
        )
        for side, total, whole, own in zip((1, -1), totals, (left, right), parts, strict=True)
        if own
    ]
    found = [line for line in lines if line is not None]
    if all(parts):
        return schedule(*totals, (*lines_of(engine, left["record_id"], names), *found))
    rest = totals[0].amount - totals[1].amount - sum((line.amount for line in found), Decimal(0))
    figures = tuple(_sum(own) if own else total.amount for own, total in zip(parts, totals, strict=True))
    return schedule(*totals, (*found, _rest_of_totals((left, right), totals, figures, parts, rest)))


def _rest_of_totals(
    stated: tuple[Stated, Stated],
    totals: tuple[Total, Total],
    figures: tuple[Decimal, ...],
    parts: tuple[tuple[Stated, ...], tuple[Stated, ...]],
    rest: Decimal,
) -> Line:
    """The line for what lies between two figures of which one has, or both have, no parts to match."""
    names = totals[0].name, totals[1].name
    scopes = scope_of(stated[0]), scope_of(stated[1])
    whole = totals[0].counted
    against = f"{figure(figures[0], whole)} against {figure(figures[1], whole)}"
    tolerance = _tolerance(stated[0]) + _tolerance(stated[1])
    rules = rules_apart(*scopes, names)
    if rest == 0:
        kind, words = EQUAL, against
    elif totals[0].counted and rules:
        kind = RULE
        words = f"{against}; {rules[0]}. The list behind each count would show how much the rules explain"
    elif abs(rest) <= tolerance:
        kind, words = ROUNDING, f"{against}; within the rounding of {figure(tolerance, whole)}"
    else:
        missing = _missing(names, scopes, parts, whole)
        apart = (*days_apart(*scopes, names), *covers_apart(*scopes, names))
        told = f"; their scopes differ ({'; '.join(apart)}), and no list says by how much" if apart else ""
        kind, words = UNEXPLAINED, f"{against}{told}; missing: {missing}"
    return Line(kind, "", figures[0], figures[1], rest, words)


def _missing(
    names: tuple[str, str],
    scopes: tuple[StatedScope, StatedScope],
    parts: tuple[tuple[Stated, ...], tuple[Stated, ...]],
    counted: bool,
) -> str:
    """The records that would explain what lies between two figures."""
    if counted:
        named = zip(names, scopes, strict=True)
        rules = [f"the counting rule of {name}" for name, scope in named if not scope.counting_rule]
        return " and ".join((*rules, *(f"the list behind {name}" for name in names)))
    without = [name for name, own in zip(names, parts, strict=True) if not own]
    return " and ".join(f"the parts of {name} by cost class, or its vouchers" for name in without)


def _total(stated: Stated) -> Total:
    """A stated figure as a total; what its publisher does not say of it is said to be not on record."""
    scope = scope_of(stated)
    unit = stated["unit"] or ""
    said = scope_words(StatedScope(scope.first, scope.last, scope.covers), stated["scope"])
    counted = not is_currency(unit)
    rule = scope.counting_rule or (_NOT_SAID if counted else "")
    return Total(stated["assertion_id"], stated["value"], unit, said or f"scope {_NOT_SAID}", rule, counted)


def _sum(parts: Sequence[Stated]) -> Decimal:
    return sum((part["value"] for part in parts), Decimal(0))


def _tolerance(stated: Stated) -> Decimal:
    return abs(Decimal(stated["tolerance"] or 0))


# ---------------------------------------------------------------- the relation


def _pair_lines(
    engine: Engine, rows: Sequence[Stated], left: Stated, right: Stated | str
) -> Iterator[dict[str, Any]]:
    base = {"left_id": left["assertion_id"], "unit": left["unit"], "left_total": left["value"]}
    if isinstance(right, str):
        yield base | {
            "right_id": (left["compared_with"] or "").strip(),
            "line": 1,
            "line_class": UNEXPLAINED,
            "words": right,
            "sources": [left["record_id"]],
        }
        return
    found = statement_schedule(engine, rows, left, right)
    both = {left["record_id"], right["record_id"]}
    for number, line in enumerate(found.lines, start=1):
        yield base | {
            "right_id": right["assertion_id"],
            "line": number,
            "line_class": line.kind,
            "key": line.key or None,
            "left_amount": line.left,
            "right_amount": line.right,
            "amount": line.amount,
            "words": line.words,
            "right_total": right["value"],
            "left_scope": found.left_total.words,
            "right_scope": found.right_total.words,
            "sources": sorted({*both, *line.sources}),
        }
