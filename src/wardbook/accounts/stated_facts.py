"""Stated facts that are no figures: what the records of the book, and the answers to requests, say of them.

The book holds what was taken in, not all there is: that it has no record of a thing is no proof that there is
none. It becomes one where a request asked for such records and was answered that there are none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from wardbook.accounts.stated_scope import StatedScope
from wardbook.accounts.working import Working, cannot
from wardbook.records.engine import Engine
from wardbook.records.schema import RECORD_TABLES

FACT_FORM = "fact:<fact>[:<person>]"
FACT_MEANING = "whether records of the book, or an answer to a request, bear out a stated fact"

_NOT = re.compile(r"(no|not)\s+(.+)", re.DOTALL)
_IN_DAYS = (
    "NOT coalesce({last} < CAST($2 AS DATE), false) AND NOT coalesce({first} > CAST($3 AS DATE), false)"
)
_OF_PERSON = "($1 = '' OR lower(trim({person})) = $1)"

_ASSESSMENT = "assessment on record"
_AUTHORIZATION = "authorization on record"
_DECLINED = "declined"
_PROTECTEE = "protectee"
_RECORD = "record of"


@dataclass(frozen=True)
class _Asked:
    """One fact asked of the book: the rows that show it, those of the contrary, and what to request."""

    shown: str
    contrary: str
    subject: str
    record: str


_NONE = "SELECT NULL AS record_id WHERE false AND $1 = '' AND $2 IS NULL AND $3 IS NULL"

_KINDS: Mapping[str, _Asked] = {
    _ASSESSMENT: _Asked(
        f"SELECT record_id FROM assessments WHERE {_OF_PERSON.format(person='person')} AND "  # noqa: S608
        + _IN_DAYS.format(first="coalesce(valid_from, assessed_on)", last="valid_to"),
        _NONE,
        "assessment",
        "a threat assessment",
    ),
    _AUTHORIZATION: _Asked(
        f"SELECT record_id FROM authorizations WHERE {_OF_PERSON.format(person='person')} AND "  # noqa: S608
        + _IN_DAYS.format(first="coalesce(valid_from, authorized_on)", last="valid_to"),
        _NONE,
        "authorization",
        "an authorization",
    ),
    _DECLINED: _Asked(
        f"SELECT record_id FROM declined WHERE {_OF_PERSON.format(person='person')} AND "  # noqa: S608
        + _IN_DAYS.format(first="valid_from", last="valid_to"),
        _NONE,
        "declin",
        "a declining of protection",
    ),
    _PROTECTEE: _Asked(
        f"SELECT record_id FROM people WHERE protectee AND {_OF_PERSON.format(person='name')} AND "  # noqa: S608
        + _IN_DAYS.format(first="valid_from", last="valid_to"),
        f"SELECT record_id FROM people WHERE NOT protectee AND {_OF_PERSON.format(person='name')} AND "  # noqa: S608
        + _IN_DAYS.format(first="valid_from", last="valid_to"),
        "protectee",
        "a designation as a protectee",
    ),
}

_NAMES = (*_KINDS, f"{_RECORD}:<table>")

_NIL = """
    SELECT r.entry, r.whom, r.words, a.entry AS answered, a.whom AS by_whom, a.words AS answer
    FROM acts AS r
    JOIN (
        SELECT request, max(acts.entry) AS entry, arg_max(whom, acts.entry) AS whom,
            arg_max(words, acts.entry) AS words, bool_or(coalesce(produced, true)) AS produced
        FROM acts WHERE kind = 'answer' GROUP BY request
    ) AS a ON a.request = r.entry
    WHERE r.kind = 'request' AND NOT a.produced AND contains(lower(r.words), $1)
    ORDER BY r.entry
    LIMIT 1
"""


def fact_holds(engine: Engine, scope: StatedScope, argument: str) -> Working:
    """The working of one stated fact; ``computed`` is the number of records that show it.

    ``argument`` is a fact, with ``no`` or ``not`` in front for its contrary, and what it is of after a colon:
    ``assessment on record:Mayor``, ``not declined:Spouse``, ``no record of:assessments:threat assessment``
    (the words after a table's second colon are those a request for such records has). Records outside the
    days of ``scope`` do not show it.
    """
    word, _, of = argument.partition(":")
    name, negated = _name(word)
    if name == _RECORD:
        return _record_of(engine, of, negated)
    asked = _KINDS.get(name)
    if asked is None or (name in (_DECLINED, _PROTECTEE) and not of.strip()):
        return cannot(
            f"expected fact: and one of {', '.join(_NAMES)}, with 'no' or 'not' in front for the contrary "
            f"and a person after a colon; found 'fact:{argument}'"
        )
    person = " ".join(of.split())
    bounds = [person.lower(), scope.first, scope.last]
    shown = _ids(engine, asked.shown, bounds)
    contrary = _ids(engine, asked.contrary, bounds)
    record = f"{asked.record} of {person}" if person else asked.record
    within = f" for days {scope.first or 'any'} to {scope.last or 'any'}" if scope.first or scope.last else ""
    return _told(engine, shown, contrary, asked.subject, f"{record}{within}", negated)


def _name(word: str) -> tuple[str, bool]:
    """The fact that a word names, and whether its contrary is stated."""
    name = " ".join(word.lower().split())
    match = _NOT.fullmatch(name)
    return (match[2], True) if match else (name, False)


def _record_of(engine: Engine, of: str, negated: bool) -> Working:
    table, _, words = (part.strip() for part in of.partition(":"))
    key = "_".join(table.lower().split())
    if key not in {one.name for one in RECORD_TABLES}:
        names = ", ".join(sorted(one.name for one in RECORD_TABLES))
        return cannot(f"expected fact:record of: and one of {names}; found '{table}'")
    shown = _ids(engine, f'SELECT record_id FROM "{key}"')  # noqa: S608
    subject = words.lower() or key.replace("_", " ").removesuffix("s")
    return _told(engine, shown, (), subject, f"a record in the table {key}", negated)


def _ids(engine: Engine, query: str, parameters: list[Any] | None = None) -> tuple[str, ...]:
    return tuple(sorted(row[0] for row in engine.rows(query, parameters or [])))


def _told(
    engine: Engine,
    shown: tuple[str, ...],
    contrary: tuple[str, ...],
    subject: str,
    record: str,
    negated: bool,
) -> Working:
    """What the records say: those that show the fact decide; else those of the contrary, or a nil return."""
    if shown and contrary:
        words = f"records that show {record}: {len(shown):,}; that show the contrary: {len(contrary):,}"
        return Working(None, words, (*shown, *contrary), missing=f"which of the records on {record} is right")
    if shown:
        number = Decimal(len(shown))
        return Working(number, f"{_rows(shown)} {record}", shown, holds=not negated)
    if contrary:
        words = f"{_rows(contrary)} that there is no {_bare(record)}"
        return Working(Decimal(0), words, contrary, holds=negated)
    nil = engine.dicts(_NIL, [subject])
    if nil:
        return Working(Decimal(0), f"the book has no {_bare(record)}; {_answered(nil[0])}", holds=negated)
    missing = f"{record}, or an answer to a request for it that there is none"
    words = (
        f"the book has no {_bare(record)}, and no request whose words hold '{subject}' was answered that "
        "there is none"
    )
    return cannot(words, missing)


def _answered(nil: Mapping[str, Any]) -> str:
    """The nil return, in words with its entries in the book's log."""
    answer = f" ('{nil['answer']}')" if nil["answer"] else ""
    by_whom = nil["by_whom"] or nil["whom"] or "the one asked"
    return (
        f"asked for '{nil['words']}' (entry {nil['entry']} of the log), {by_whom} answered{answer} that "
        f"there is none (entry {nil['answered']})"
    )


def _bare(record: str) -> str:
    return record.removeprefix("a ").removeprefix("an ")


def _rows(ids: tuple[str, ...]) -> str:
    return "1 record shows" if len(ids) == 1 else f"{len(ids):,} records show"
