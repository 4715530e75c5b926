"""The values of facts as SQL: what the rulebook understands of a record, and what it tells of one.

Fact ``n`` stands in three columns: ``r<n>`` is the value on record in the fact's type, ``f<n>`` what the
rulebook understands of it, ``w<n>`` the text on record where the fact does not admit it.
"""

from __future__ import annotations

from wardbook.policy.classes import bounds
from wardbook.policy.model import Fact, FactType
from wardbook.policy.sql_text import sql_value
from wardbook.records.engine import literal

_NO_TEXT = "CAST(NULL AS VARCHAR)"


def cleaned(fact: Fact, at: int) -> str:
    """A fact's value as the rulebook understands it: aliases become values; NULL out of its domain."""
    if fact.type is FactType.ENUM:
        words = {**{value: value for value in fact.values}, **fact.aliases}
        cases = " ".join(f"WHEN {literal(word)} THEN {literal(value)}" for word, value in words.items())
        return f"CASE r{at} {cases} END"
    outside = _outside(fact, at)
    return f"CASE WHEN {outside} THEN NULL ELSE r{at} END" if outside else f"r{at}"


def strange(fact: Fact, at: int, bad: bool) -> str:
    """What stands on record where it is not a value of the fact; else NULL."""
    cases = [f"WHEN b{at} THEN x{at}"] if bad else []
    if fact.type is FactType.ENUM:
        cases.append(f"WHEN ({cleaned(fact, at)}) IS NULL THEN r{at}")
    elif outside := _outside(fact, at):
        cases.append(f"WHEN {outside} THEN CAST(r{at} AS VARCHAR)")
    return f"CASE {' '.join(cases)} END" if cases else "CAST(NULL AS VARCHAR)"


def _outside(fact: Fact, at: int) -> str:
    low, high = bounds(fact)
    sides = [] if low is None else [f"r{at} < {sql_value(low)}"]
    sides += [] if high is None else [f"r{at} > {sql_value(high)}"]
    return " OR ".join(sides)


def shown_fact(fact: Fact, at: int) -> str:
    """SQL for a fact in words: ``purpose = official``; NULL is ``not on record``."""
    text = f"CAST(f{at} AS VARCHAR)"
    bare = f"rtrim(rtrim({text}, '0'), '.')"
    plain_number = f"CASE WHEN contains({text}, '.') THEN {bare} ELSE {text} END"
    value = {
        FactType.YES_NO: f"CASE WHEN f{at} THEN 'yes' WHEN NOT f{at} THEN 'no' END",
        **dict.fromkeys((FactType.DECIMAL, FactType.MONEY, FactType.DURATION, FactType.SHARE), plain_number),
    }.get(fact.type, f"CAST(f{at} AS VARCHAR)")
    return f"{literal(fact.name + ' = ')} || coalesce({value}, '\"' || w{at} || '\"', 'not on record')"


def strange_fact(fact: Fact, at: int) -> str:
    """SQL for the sentence on a value that the rulebook does not know; NULL where there is none."""
    before, after = literal(f'{fact.name} "'), literal('" is not a value this rulebook knows')
    return f"{before} || w{at} || {after}"
