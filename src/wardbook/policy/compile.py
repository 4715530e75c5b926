"""A rulebook as SQL: one SELECT over ``facts`` that says which rules are true, and which are unknown.

SQL's own AND and NOT are those of Kleene's three-valued logic, so a condition on a fact that is NULL is NULL,
and a rule is true, false or NULL. Every text and number is written as a literal; names of columns come from
the schema only. The query gives, for each use and each question ``q``, the bit sets ``t<q>`` (true), ``u<q>``
(unknown) and ``d<q>`` (would be true were it in force, kept only where nothing else holds), and
``not_known``: the facts without a value, kept only where some rule is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from wardbook.policy.cells import Between, OneOf
from wardbook.policy.determine import Docket
from wardbook.policy.model import Condition, Fact, FactType, FactValue, Rule
from wardbook.records.engine import literal
from wardbook.records.schema import HOURS

_SQL_TYPES = {
    FactType.ENUM: "VARCHAR",
    FactType.TEXT: "VARCHAR",
    FactType.YES_NO: "BOOLEAN",
    FactType.WHOLE: "BIGINT",
    FactType.DECIMAL: HOURS,
    FactType.DATE: "DATE",
}


def masks_query(ready: Docket, as_of: date | None) -> str:
    """The SELECT over relation ``facts``; the law in force is that of each use's day, or of ``as_of``."""
    facts = ready.rulebook.facts
    day = "date" if as_of is None else sql_value(as_of)
    typed = _lines([f"{typed_fact(fact)} AS f{at}" for at, fact in enumerate(facts)])
    written = _lines([f"{_written(fact)} AS w{at}" for at, fact in enumerate(facts)])
    column = {fact.name: f"f{at}" for at, fact in enumerate(facts)}
    rules = [(q, at, rule) for q, deck in enumerate(ready.decks) for at, rule in enumerate(deck.rules)]
    holding = _lines(
        [f"({_conditions(rule.conditions, column)}) AS c{q}_{at}" for q, at, rule in rules]
        + [f"({_in_force(rule)}) AS g{q}_{at}" for q, at, rule in rules]
    )
    masks = _lines([text for q, deck in enumerate(ready.decks) for text in _masks(q, len(deck.rules))])
    nulls = _bits([(f"f{at} IS NULL", at) for at in range(len(facts))] + [("day IS NULL", len(facts))])
    some_unknown = " | ".join(f"u{q}" for q in range(len(ready.decks)))
    kept = _lines(
        [
            f"t{q}, u{q}, CASE WHEN t{q} + u{q} = 0 THEN d{q} ELSE 0 END AS d{q}"
            for q in range(len(ready.decks))
        ]
    )
    values = ", ".join(f"f{at}, w{at}" for at in range(len(facts)))
    return f"""WITH typed AS (
  SELECT use_id, {day} AS day,
    {typed},
    {written}
  FROM facts
), holding AS (
  SELECT *,
    {holding}
  FROM typed
), masked AS (
  SELECT use_id, day, {values},
    {masks}
  FROM holding
)
SELECT use_id, {values},
    {kept},
    CASE WHEN ({some_unknown}) = 0 THEN 0 ELSE {nulls} END AS not_known
FROM masked"""  # noqa: S608


def _lines(parts: Iterable[str]) -> str:
    return ",\n    ".join(parts)


# ---------------------------------------------------------------- facts


def typed_fact(fact: Fact) -> str:
    """A fact's value as the rulebook understands it: an enum's aliases become values, other words NULL."""
    if not fact.reads:
        return f"CAST(NULL AS {_SQL_TYPES[fact.type]})"
    if fact.type is not FactType.ENUM:
        return fact.reads
    words = {**{value: value for value in fact.values}, **fact.aliases}
    cases = " ".join(f"WHEN {literal(word)} THEN {literal(value)}" for word, value in words.items())
    return f"CASE {fact.reads} {cases} END"


def _written(fact: Fact) -> str:
    """The word that stands in the book where a fact's word is not one the rulebook knows; else NULL."""
    if not fact.reads or fact.type is not FactType.ENUM:
        return "CAST(NULL AS VARCHAR)"
    known = ", ".join(literal(word) for word in (*fact.values, *fact.aliases))
    return f"CASE WHEN {fact.reads} NOT IN ({known}) THEN {fact.reads} END"


def shown_fact(fact: Fact, at: int) -> str:
    """SQL for a fact in words: ``purpose = official``; NULL is ``not on record``."""
    value = {
        FactType.ENUM: f"coalesce(f{at}, '\"' || w{at} || '\"')",
        FactType.YES_NO: f"CASE WHEN f{at} THEN 'yes' WHEN NOT f{at} THEN 'no' END",
        FactType.DECIMAL: f"rtrim(rtrim(CAST(f{at} AS VARCHAR), '0'), '.')",
    }.get(fact.type, f"CAST(f{at} AS VARCHAR)")
    return f"{literal(fact.name + ' = ')} || coalesce({value}, 'not on record')"


def strange_fact(fact: Fact, at: int) -> str:
    """SQL for the sentence on a word that the rulebook does not know; NULL where there is none."""
    before, after = literal(f'{fact.name} "'), literal('" is not a value this rulebook knows')
    return f"{before} || w{at} || {after}"


# ---------------------------------------------------------------- rules


def _conditions(conditions: Iterable[Condition], column: dict[str, str]) -> str:
    return " AND ".join(sql_condition(c.cell, column[c.fact]) for c in conditions) or "TRUE"


def sql_condition(cell: object, column: str) -> str:
    """A cell as a condition on a column: TRUE, FALSE, or NULL where the fact is not known."""
    if isinstance(cell, OneOf):
        return _one_of(cell, column)
    if isinstance(cell, Between):
        low = "TRUE" if cell.low is None else f"{column} {'>=' if cell.low_in else '>'} {sql_value(cell.low)}"
        high = (
            "TRUE"
            if cell.high is None
            else f"{column} {'<=' if cell.high_in else '<'} {sql_value(cell.high)}"
        )
        return f"({low} AND {high})"
    raise TypeError(f"{type(cell).__name__} is not a cell")


def _one_of(cell: OneOf, column: str) -> str:
    values = ", ".join(sql_value(value) for value in cell.values)
    found = f"{column} IN ({values})" if values else "FALSE"
    if cell.unknown:
        found = f"({column} IS NULL OR ({column} IS NOT NULL AND {found}))" if values else f"{column} IS NULL"
    return f"NOT ({found})" if cell.negated else found


def _in_force(rule: Rule) -> str:
    first = "" if rule.in_force_from is None else f"day >= {sql_value(rule.in_force_from)}"
    last = "" if rule.in_force_to is None else f"day <= {sql_value(rule.in_force_to)}"
    return " AND ".join(part for part in (first, last) if part) or "TRUE"


def sql_value(value: FactValue) -> str:
    """A value as an SQL literal."""
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return f"CAST({value} AS BIGINT)"
        case Decimal():
            return f"CAST({literal(format(value, 'f'))} AS DECIMAL(18,6))"
        case date():
            return f"DATE {literal(value.isoformat())}"
        case str():
            return literal(value)
        case _:
            raise TypeError("not known is not a value")


def _masks(q: int, rules: int) -> Iterable[str]:
    both = [(f"c{q}_{at} AND g{q}_{at}", at) for at in range(rules)]
    yield f"{_bits(both)} AS t{q}"
    yield f"{_bits([(f'({text}) IS NULL', at) for text, at in both])} AS u{q}"
    yield f"{_bits([(f'c{q}_{at} AND NOT g{q}_{at}', at) for at in range(rules)])} AS d{q}"


def _bits(conditions: Iterable[tuple[str, int]]) -> str:
    return " + ".join(
        f"CASE WHEN {text} THEN CAST({1 << at} AS BIGINT) ELSE 0 END" for text, at in conditions
    )
