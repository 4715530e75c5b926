"""Deciding uses: relation ``facts`` and a rulebook in, relation ``determinations`` out.

Uses differ in millions of ways, but few sets of rules hold together. One query finds the sets for each use;
each distinct set is determined once, by the same function that answers a single question; a second query
joins the answers back and puts the values of the facts into the reasons.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from wardbook.policy.compile import masks_query, shown_fact, strange_fact
from wardbook.policy.determine import Determined, Docket, Masks, determine, docket
from wardbook.policy.model import OUTCOMES, Rulebook
from wardbook.policy.resolve import members
from wardbook.records.engine import Engine, literal
from wardbook.records.schema import TEXT, TEXTS, WHOLE, Column, Table

HOLDING = "rules_holding"
ANSWERS = "rule_answers"


def decide(engine: Engine, rulebook: Rulebook, as_of: date | None = None) -> None:
    """Create relation ``determinations`` from relation ``facts``, a row a use.

    The law applied is that in force on the day of each use, or on ``as_of``. The relations ``rules_holding``
    (which rules are true and unknown for each use) and ``rule_answers`` (what each set of rules comes to)
    stay, so that a determination can be retraced.
    """
    ready = docket(rulebook)
    engine.run(HOLDING, masks_query(ready, as_of))
    keys = _keys(ready)
    found = engine.rows(f"SELECT DISTINCT {', '.join(keys)} FROM {HOLDING}")  # noqa: S608
    engine.load(_answers_table(ready), (_answer(ready, keys, sets) for sets in found))
    engine.run("determinations", _determinations(ready, keys))


def _keys(ready: Docket) -> list[str]:
    sets = [f"{letter}{q}" for q in range(len(ready.decks)) for letter in "tud"]
    return [*sets, "not_known"]


def _answers_table(ready: Docket) -> Table:
    numbers = [*_keys(ready), *(f"shown{q}" for q in range(len(ready.decks))), "wanted"]
    texts = ["rule", "cites", *OUTCOMES, *(f"words{q}" for q in range(len(ready.decks))), "missing"]
    columns = [Column(name, WHOLE, "a bit set") for name in numbers]
    columns += [Column(name, TEXT, "see determinations") for name in texts]
    columns.append(Column("facts_used", TEXTS, "see determinations"))
    return Table(ANSWERS, "one distinct set of rules that hold, and what it comes to", tuple(columns))


def _answer(ready: Docket, keys: list[str], sets: tuple[Any, ...]) -> dict[str, Any]:
    masks = [Masks(*sets[at : at + 3]) for at in range(0, 3 * len(ready.decks), 3)]
    found = determine(ready, masks, sets[-1])
    return {
        **dict(zip(keys, sets, strict=True)),
        **found.outcomes,
        "rule": "; ".join(found.rules),
        "cites": "; ".join(cited(found)),
        "facts_used": sorted(reads for reads in _columns(ready, found.facts_used) if reads),
        "missing": "; ".join(found.missing),
        "wanted": sum(1 << at for at in {at for wanted in found.missing_facts for at in wanted}),
        **{f"words{q}": part.words for q, part in enumerate(found.parts)},
        **{f"shown{q}": part.shown for q, part in enumerate(found.parts)},
    }


def cited(found: Determined) -> tuple[str, ...]:
    """What the deciding rules cite, each once, in their order."""
    cites = (cite for rule in found.standing for cite in rule.cites.split("; "))
    return tuple(dict.fromkeys(cites))


def _columns(ready: Docket, bits: int) -> Iterator[str]:
    return (ready.rulebook.facts[at].reads for at in members(bits))


def _determinations(ready: Docket, keys: list[str]) -> str:
    facts = ready.rulebook.facts
    reasons = ",\n      ".join(_reason(ready, q) for q in range(len(ready.decks)))
    strange = [
        f"CASE WHEN a.wanted & {1 << at} <> 0 THEN {strange_fact(fact, at)} END"
        for at, fact in enumerate(facts)
        if fact.values
    ]
    missing = ",\n      ".join(["nullif(a.missing, '')", *strange])
    joined = " AND ".join(f"h.{key} = a.{key}" for key in keys)
    return f"""SELECT h.use_id, a.rule, a.cites, a.purpose, a.security_reason, a.permitted, a.costs,
    concat_ws('. ',
      {reasons}) AS reason,
    a.facts_used,
    concat_ws('; ',
      {missing}) AS missing
FROM {HOLDING} AS h JOIN {ANSWERS} AS a ON {joined}"""  # noqa: S608


def _reason(ready: Docket, q: int) -> str:
    """The words of one question, with the values of the facts behind them in parentheses."""
    read = 0
    for bits in ready.reads[q]:
        read |= bits
    if not read:
        return f"a.words{q}"
    shown = ", ".join(
        f"CASE WHEN a.shown{q} & {1 << at} <> 0 THEN {shown_fact(ready.rulebook.facts[at], at)} END"
        for at in members(read)
    )
    values = f"{literal(' (')} || concat_ws(', ', {shown}) || {literal(')')}"
    return f"a.words{q} || CASE WHEN a.shown{q} = 0 THEN '' ELSE {values} END"
