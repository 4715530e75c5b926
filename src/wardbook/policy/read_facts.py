"""Reading ``## Facts``: the facts a rulebook may read, their types and values."""

from __future__ import annotations

import re

from wardbook.policy.cells import UNKNOWN_WORDS
from wardbook.policy.markdown import PipeTable
from wardbook.policy.model import OUTCOMES, Fact, FactType
from wardbook.policy.refusal import did_you_mean, one_of
from wardbook.policy.sheet import Notes, Row, plain, rows
from wardbook.records import schema

COLUMNS = ("fact", "reads", "type", "values", "question", "settled by")

RESERVED = frozenset(
    {"rule", "cites", "in force", "overrides", "note", "settled by", "date", "case", *OUTCOMES}
)
"""Names with a meaning of their own in a rulebook's tables; `purpose` may be a fact too."""

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
    FactType.DATE: schema.DAY,
}

_VALUE = re.compile(r"([^()]+?)\s*(?:\(([^()]*)\))?")
_SIGNS = re.compile(r"[?<>=()|\";]|\.\.")


def read_facts(table: PipeTable, notes: Notes) -> tuple[Fact, ...]:
    """The declared facts, in order. Mistakes are noted."""
    facts: dict[str, Fact] = {}
    for row in rows(table, COLUMNS, (), notes):
        fact = _fact(row, notes)
        if fact is None:
            continue
        if plain(fact.name) in facts:
            notes.refuse(row.at("fact"), "fact", "each fact once", f'"{fact.name}" twice')
            continue
        facts[plain(fact.name)] = fact
    if len(facts) > MOST_FACTS:
        notes.refuse_line(table.line, f"at most {MOST_FACTS} facts", str(len(facts)))
    return tuple(facts.values())


def _fact(row: Row, notes: Notes) -> Fact | None:
    name = row.text("fact")
    if not name or plain(name) in RESERVED - {"purpose"} or _SIGNS.search(name):
        advice = "This word has another meaning in a rulebook." if plain(name) in RESERVED else ""
        notes.refuse(row.at("fact"), "fact", "the name of a fact", f'"{name}"', advice)
        return None
    kind = _type(row, notes)
    if kind is None:
        return Fact(name, "", FactType.TEXT, (), "", "", row.line)
    values, aliases = _values(row, kind, notes)
    for heading in ("question", "settled by"):
        if not row.text(heading):
            notes.refuse(row.at(heading), heading, "a text", "an empty cell")
    reads = _reads(row, name, kind, notes)
    question, settled_by = row.text("question"), row.text("settled by")
    return Fact(name, reads, kind, values, question, settled_by, row.line, aliases)


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
        if cell.text:
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
    cell, folded = row.at("values"), word.casefold()
    if folded in UNKNOWN_WORDS:
        advice = 'Not known is not a value: leave it out and write "?" in the rules.'
        notes.refuse(cell, "values", "a value", f'"{word}"', advice)
    elif not word or folded.startswith("not ") or _SIGNS.search(word):
        notes.refuse(cell, "values", "a value without the signs of the cell language", f'"{word}"')
    elif folded in seen:
        notes.refuse(cell, "values", "each value once", f'"{word}" twice')
    seen.add(folded)


def _outside_parentheses(text: str) -> list[str]:
    """The items between those commas that stand outside parentheses."""
    return [item.strip() for item in re.split(r",(?![^(]*\))", text)]
