"""Reading ``## Facts``: the facts a rulebook may read, their types and values."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from wardbook.policy.cells import DURATION_UNITS, ORDERED, Between, CellError, parse_cell, says_unknown
from wardbook.policy.markdown import PipeTable
from wardbook.policy.model import OUTCOMES, THE_COST, Fact, FactType
from wardbook.policy.refusal import did_you_mean, look, one_of
from wardbook.policy.sheet import Notes, Row, plain, rows
from wardbook.records import schema

COLUMNS = ("fact", "reads", "type", "values", "question", "settled by")
MORE_COLUMNS = ("unit", "may be unknown", "changeable")

TABLE_WORDS = ("group", "provision", "known", "when", "and", "or", "not", "is", "in", "between")

RESERVED = frozenset(
    {"rule", "cites", "in force", "overrides", "note", "settled by", "date", "case", THE_COST}
    | {*TABLE_WORDS, *OUTCOMES}
)
"""Names with a meaning of their own in a rulebook's tables; `purpose` may be a fact too."""

Bound: TypeAlias = int | Decimal | date | None

NOT_IN_BOOK = "-"

MOST_FACTS = 62

_READABLE = {
    column.name: column.type for column in schema.FACTS.columns if column.name not in {"use_id", "date"}
}

_COLUMN_TYPES = {
    FactType.ENUM: schema.TEXT,
    FactType.TEXT: schema.TEXT,
    FactType.YES_NO: schema.YESNO,
    FactType.WHOLE: schema.WHOLE,
    FactType.DECIMAL: schema.HOURS,
    FactType.MONEY: schema.MONEY,
    FactType.DURATION: schema.HOURS,
    FactType.SHARE: "",
    FactType.DATE: schema.DAY,
}

_VALUE = re.compile(r"([^()]+)(?:\(([^()]*)\))?")
_SIGNS = re.compile(r"[?<>=()|\";]|\.\.")


def read_facts(table: PipeTable, currency: str, notes: Notes) -> tuple[Fact, ...]:
    """The declared facts, in order; money is in ``currency`` unless it says otherwise. Mistakes are noted."""
    facts: dict[str, Fact] = {}
    for row in rows(table, COLUMNS, MORE_COLUMNS, notes):
        fact = _fact(row, currency, notes)
        if fact is None:
            continue
        twin = next((other for name, other in facts.items() if look(name) == look(plain(fact.name))), None)
        if twin is not None:
            found = f'"{fact.name}" twice'
            advice = (
                "" if plain(twin.name) == plain(fact.name) else f"It looks like the fact of line {twin.line}."
            )
            notes.refuse(row.at("fact"), "fact", "each fact once", found, advice)
            continue
        facts[plain(fact.name)] = fact
    if len(facts) > MOST_FACTS:
        notes.refuse_line(table.line, f"at most {MOST_FACTS} facts", str(len(facts)))
    return tuple(facts.values())


def _fact(row: Row, currency: str, notes: Notes) -> Fact | None:
    name = row.text("fact")
    lettered = any(letter.isalpha() for letter in name)
    if not lettered or plain(name) in RESERVED - {"purpose"} or _SIGNS.search(name):
        advice = "This word has another meaning in a rulebook." if plain(name) in RESERVED else ""
        notes.refuse(row.at("fact"), "fact", "the name of a fact", f'"{name}"', advice)
        return None
    kind = _type(row, notes)
    if kind is None:
        return Fact(name, "", FactType.TEXT, (), "", "", row.line)
    unit = _unit(row, kind, currency, notes)
    shell = Fact(name, "", kind, (), "", "", row.line, unit=unit)
    low, high = _bounds(row, shell, notes) if kind in ORDERED else (None, None)
    values, aliases = _values(row, kind, notes)
    for heading in ("question", "settled by"):
        if not row.text(heading):
            notes.refuse(row.at(heading), heading, "a text", "an empty cell")
    reads = _reads(row, name, kind, notes)
    question, settled_by = row.text("question"), row.text("settled by")
    if kind is FactType.DURATION and reads and unit != "h":
        notes.refuse(row.at("unit"), "unit", f"h, as {reads} of the book holds hours", f'"{unit}"')
    return Fact(
        name,
        reads,
        kind,
        values,
        question,
        settled_by,
        row.line,
        aliases,
        unit,
        low,
        high,
        may_be_unknown=_yes(row, "may be unknown", True, notes),
        changeable=_yes(row, "changeable", False, notes),
    )


def _yes(row: Row, heading: str, blank: bool, notes: Notes) -> bool:
    text = row.text(heading).casefold()
    if text not in {"", "yes", "no"}:
        notes.refuse(row.at(heading), heading, "yes, no or an empty cell", f'"{row.text(heading)}"')
    return text == "yes" if text else blank


def _unit(row: Row, kind: FactType, currency: str, notes: Notes) -> str:
    """The unit of a fact: a currency for money, h, min or d for a duration, free words otherwise."""
    cell = row.at("unit")
    if kind is FactType.MONEY:
        unit = cell.text or currency
        if not re.fullmatch("[A-Z]{3}", unit):
            notes.refuse(cell, "unit", "a currency code such as USD", f'"{unit}"')
        return unit
    if kind is FactType.DURATION:
        if cell.text not in DURATION_UNITS:
            wanted = f"the unit of a duration, {one_of(DURATION_UNITS)}"
            notes.refuse(cell, "unit", wanted, f'"{cell.text}"' if cell.text else "an empty cell")
            return "h"
        return cell.text
    if cell.text and kind not in {FactType.WHOLE, FactType.DECIMAL}:
        notes.refuse(cell, "unit", f"an empty cell for a fact of type {kind.value}", f'"{cell.text}"')
    return cell.text


def _bounds(row: Row, fact: Fact, notes: Notes) -> tuple[Bound, Bound]:
    """The bounds that the ``values`` of an ordered fact give, as ``0..10``; both ends may be left open."""
    cell = row.at("values")
    if not cell.text:
        return None, None
    try:
        found = parse_cell(cell.text, fact)
    except CellError as error:
        notes.refuse_cell(cell, "values", error)
        return None, None
    if not isinstance(found, Between) or not (found.low_in and found.high_in):
        notes.refuse(cell, "values", "bounds such as 0..10, or an empty cell", f'"{cell.text}"')
        return None, None
    return found.low, found.high


def _type(row: Row, notes: Notes) -> FactType | None:
    known = [kind.value for kind in FactType]
    text = row.text("type")
    if text.casefold() in known:
        return FactType(text.casefold())
    notes.refuse(row.at("type"), "type", one_of(known), f'"{text}"', did_you_mean(text, known))
    return None


def _reads(row: Row, name: str, kind: FactType, notes: Notes) -> str:
    text = row.text("reads")
    if text == NOT_IN_BOOK:
        return ""
    reads = text or plain(name).replace(" ", "_")
    if reads not in _READABLE:
        advice = did_you_mean(reads, _READABLE) or f'Write "{NOT_IN_BOOK}" for a fact the book does not hold.'
        notes.refuse(
            row.at("reads"), "reads", f"a fact of the book, {one_of(_READABLE)}", f'"{reads}"', advice
        )
    elif _READABLE[reads] != _COLUMN_TYPES[kind]:
        fitting = [k.value for k, column in _COLUMN_TYPES.items() if column == _READABLE[reads]]
        notes.refuse(row.at("type"), "type", f"{one_of(fitting)}, as {reads} holds", f'"{kind.value}"')
    return reads


def _values(row: Row, kind: FactType, notes: Notes) -> tuple[tuple[str, ...], dict[str, str]]:
    cell = row.at("values")
    if kind is not FactType.ENUM:
        if cell.text and kind not in ORDERED:
            notes.refuse(cell, "values", f"an empty cell for a fact of type {kind.value}", f'"{cell.text}"')
        return (), {}
    values: list[str] = []
    aliases: dict[str, str] = {}
    seen: set[str] = set()
    for item in _outside_parentheses(cell.text):
        match = _VALUE.fullmatch(item)
        if match is None:
            notes.refuse(cell, "values", "values a, b (another word for b), c", f'"{item}"')
            continue
        others = [] if match[2] is None else re.split("[,;]", match[2])
        words = [match[1].strip(), *(word.strip() for word in others)]
        values.append(words[0])
        for word in words:
            _check_word(word, row, seen, notes)
            if word != words[0]:
                aliases[word] = words[0]
    return tuple(values), aliases


def _check_word(word: str, row: Row, seen: set[str], notes: Notes) -> None:
    cell, folded = row.at("values"), look(word)
    if says_unknown(word):
        advice = 'Not known is not a value: leave it out and write "?" in the rules.'
        notes.refuse(cell, "values", "a value", f'"{word}"', advice)
    elif not re.search(r"\w", word) or folded.startswith("not ") or _SIGNS.search(word):
        notes.refuse(cell, "values", "a value without the signs of the cell language", f'"{word}"')
    elif folded in seen:
        notes.refuse(cell, "values", "each value once", f'"{word}" twice')
    seen.add(folded)


def _outside_parentheses(text: str) -> list[str]:
    """The items between those commas that stand outside parentheses."""
    items, inside = [""], False
    for part in re.split(r"([,()])", text):
        if part == "," and not inside:
            items.append("")
            continue
        inside = part == "(" or (inside and part != ")")
        items[-1] += part
    return [item.strip() for item in items]
