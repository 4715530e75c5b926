"""The scope of a file's total in words, of which some parts leave rows of the other file out.

Parts are separated by semicolons. ``2019-05-16 to 2019-09-20`` anywhere in the words are days, and so are
``from 2019-05-16`` and ``to 2019-09-20`` as parts of their own; ``cost_class: airfare, lodging`` are the
values of a column. Everything else is words, and is printed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from wardbook.accounts.stated_scope import folded
from wardbook.errors import WrongUseError
from wardbook.intake.grid import normalized
from wardbook.records.engine import literal

DAY_COLUMNS = ("day", "date")
"""Headings under which the day of a row is looked for, the first that is there."""

_DAY = r"\d{4}-\d{2}-\d{2}"
_SPAN = re.compile(rf"({_DAY})\s*(?:to|\.\.|–)\s*({_DAY})", re.IGNORECASE)
_FROM = re.compile(rf"from\s+({_DAY})", re.IGNORECASE)
_UNTIL = re.compile(rf"(?:to|until)\s+({_DAY})", re.IGNORECASE)
_ANY_DAY = re.compile(rf"\b{_DAY}\b")
_VALUES = re.compile(r"([^:]+):\s*(.+)", re.DOTALL)


@dataclass(frozen=True)
class FileScope:
    """A scope as read: first and last day, and columns with the values that lie inside.

    ``unread`` are the parts that name a day and were read as words alone.
    """

    first: date | None = None
    last: date | None = None
    only: tuple[tuple[str, tuple[str, ...]], ...] = ()
    unread: tuple[str, ...] = ()


def parse_scope(text: str) -> FileScope:
    """The scope that ``text`` states. Raises `WrongUseError` for a day that is none, and for two spans."""
    days: dict[str, date] = {}
    only: list[tuple[str, tuple[str, ...]]] = []
    unread: list[str] = []
    for part in (piece.strip() for piece in text.split(";")):
        found = _days(part)
        values = _VALUES.fullmatch(part)
        if found and {*found} & {*days}:
            raise WrongUseError(f"scope: expected its days once; found {text!r}")
        if found:
            days |= found
        elif values:
            words = tuple(sorted({word for one in values[2].split(",") if (word := folded(one))}))
            only.append((values[1].strip(), words))
        elif _ANY_DAY.search(part):
            unread.append(part)
    return FileScope(days.get("first"), days.get("last"), tuple(only), tuple(unread))


def _days(part: str) -> dict[str, date]:
    """The days that a part of a scope names, as ``first`` and ``last``."""
    spans = _SPAN.findall(part)
    if len(spans) > 1:
        raise WrongUseError(f"scope: expected its days once; found {part!r}")
    if spans:
        return {"first": _day(spans[0][0]), "last": _day(spans[0][1])}
    begin, until = _FROM.fullmatch(part), _UNTIL.fullmatch(part)
    if begin:
        return {"first": _day(begin[1])}
    return {"last": _day(until[1])} if until else {}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUseError(f"scope: expected a day such as 2019-05-16; found {text!r}") from None


def outside_sql(
    scope: FileScope, whose: str, name: str, columns: Mapping[str, str]
) -> tuple[str, tuple[str, ...]]:
    """SQL that says how a row lies outside ``scope`` (NULL: it does not), and notes on what was not tested.

    ``whose`` is the side that states the scope, ``name`` the one whose rows are held against it, by its
    ``columns``. A cell that is empty, or no day of the form 2019-05-16, lies outside nothing.
    """
    cases: list[str] = []
    notes = [f"'{part}' in {whose}'s scope is read as words: it leaves no row out" for part in scope.unread]
    if scope.first or scope.last:
        days = next((columns[day] for day in DAY_COLUMNS if day in columns), None)
        if days is None:
            named = " or ".join(DAY_COLUMNS)
            notes.append(f"{name} has no column {named}: the days of {whose}'s scope leave no row of it out")
        else:
            cases += _day_cases(scope, whose, f"TRY_CAST(substring(trim({days}), 1, 10) AS DATE)")
    for column, words in scope.only:
        cell = columns.get(normalized(column))
        if cell is None:
            values = ", ".join(words)
            notes.append(f"{name} has no column '{column}': '{column}: {values}' leaves no row of it out")
        else:
            cases.append(_value_case(column, words, whose, cell))
    return (f"CASE {' '.join(cases)} END" if cases else "CAST(NULL AS VARCHAR)"), tuple(notes)


def _day_cases(scope: FileScope, whose: str, day: str) -> list[str]:
    bounds = ((scope.first, "<", "before"), (scope.last, ">", "after"))
    return [
        f"WHEN {day} {sign} DATE '{bound}' THEN {literal(f'{word} {bound}, outside the scope of {whose}')}"
        for bound, sign, word in bounds
        if bound
    ]


def _value_case(column: str, words: tuple[str, ...], whose: str, cell: str) -> str:
    value = rf"lower(regexp_replace(trim({cell}), '\s+', ' ', 'g'))"
    inside = ", ".join(literal(word) for word in words)
    said = f"{literal(f'{column} ')} || trim({cell}) || {literal(f', outside the scope of {whose}')}"
    return f"WHEN nullif({value}, '') IS NOT NULL AND {value} NOT IN ({inside}) THEN {said}"
