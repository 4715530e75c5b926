"""Deciding uses: relation ``facts`` and a rulebook in, relation ``determinations`` out.

Uses differ in millions of ways, but few sets of rules hold together. One query finds the sets for each use;
each distinct set is determined once, by the same function that answers a single question; a second query
joins the answers back and puts the values of the facts into the reasons.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from wardbook.policy.compile import Compiled, book_rows
from wardbook.policy.determine import (
    Determined,
    Docket,
    broken_reads,
    determine,
    docket,
    outcome_names,
)
from wardbook.policy.fact_sql import shown_fact, strange_fact
from wardbook.policy.model import OUTCOMES, Rulebook
from wardbook.policy.pack import MASK_BITS, mask_name, split_bits
from wardbook.policy.resolve import Kind, members
from wardbook.records.engine import Engine, literal
from wardbook.records.schema import TEXT, TEXTS, WHOLE, YESNO, Column, Table

HOLDING = "rules_holding"
ANSWERS = "rule_answers"


def decide(engine: Engine, rulebook: Rulebook, as_of: date | None = None, known: date | None = None) -> None:
    """Create relation ``determinations`` from relation ``facts``, a row a use.

    The law applied is that in force on the day of each use, or on ``as_of``, as the rulebook was known on day
    ``known`` (None: known last). The relations ``rules_holding`` (which rules are true and unknown for each
    use: see `compile`) and ``rule_answers`` (what each set of rules comes to) stay, so that a determination
    can be retraced.
    """
    ready = docket(rulebook, known)
    compiled = Compiled(ready, book_rows(ready), as_of)
    engine.run(HOLDING, compiled.masks())
    keys = ", ".join(compiled.key_names)
    found = engine.rows(f"SELECT DISTINCT {keys} FROM {HOLDING}")  # noqa: S608
    engine.load(answers_table(compiled), (answer(compiled, key) for key in found))
    engine.run("determinations", _determinations(compiled))


def answers_table(compiled: Compiled) -> Table:
    """The schema of ``rule_answers``: the columns of `Compiled.key_names`, and what they come to.

    ``o<n>`` is outcome n of `outcome_names`, ``words<q>`` the reason of question q, ``shown<q>`` the facts
    whose values belong behind it, ``wanted`` the facts that would settle what is open, ``standing<q>`` and
    ``pending<q>`` the deciding rules and the open ones that keep the question open, ``certain`` whether every
    question is decided.
    """
    ready = compiled.ready
    questions = range(len(ready.decks))
    numbers = [*compiled.key_names, *_named("wanted", _fact_words(ready))]
    for q in questions:
        numbers += _named(f"shown{q}", _fact_words(ready))
        numbers += [
            *_named(f"standing{q}", _rule_words(ready, q)),
            *_named(f"pending{q}", _rule_words(ready, q)),
        ]
    texts = ["rule", "cites", *(f"o{at}" for at in range(len(outcome_names(ready.rulebook))))]
    texts += [*(f"words{q}" for q in questions), "missing", "broken_names"]
    columns = [Column(name, WHOLE, "a bit set") for name in numbers]
    columns += [Column(name, TEXT, "see determinations") for name in texts]
    columns.append(Column("certain", YESNO, "every question is decided"))
    columns.append(Column("facts_used", TEXTS, "see determinations"))
    return Table(ANSWERS, "one distinct set of rules that hold, and what it comes to", tuple(columns))


def answer(compiled: Compiled, key: tuple[Any, ...]) -> dict[str, Any]:
    """The row of ``rule_answers`` for one key."""
    ready = compiled.ready
    found = determine(ready, *compiled.read_key(key))
    facts = _fact_words(ready)
    wanted = sum(1 << at for at in {at for wanted in found.missing_facts for at in wanted})
    row: dict[str, Any] = {
        **dict(zip(compiled.key_names, key, strict=True)),
        **{f"o{at}": value for at, value in enumerate(found.outcomes.values())},
        "rule": "; ".join(found.rules),
        "cites": "; ".join(cited(found)),
        "certain": all(verdict.kind is Kind.DECIDED for verdict in found.verdicts),
        "facts_used": sorted(reads for reads in _columns(ready, found.facts_used) if reads),
        "missing": "; ".join(found.missing),
        "broken_names": "; ".join(invariant.name for invariant in found.broken),
        **_parted("wanted", wanted, facts),
    }
    for q, (part, verdict) in enumerate(zip(found.parts, found.verdicts, strict=True)):
        row[f"words{q}"] = part.words
        row |= _parted(f"shown{q}", part.shown, facts)
        row |= _parted(f"standing{q}", verdict.standing, _rule_words(ready, q))
        row |= _parted(f"pending{q}", verdict.pending, _rule_words(ready, q))
    return row


def _fact_words(ready: Docket) -> int:
    """Mask words for the facts and the day."""
    return len(ready.rulebook.facts) // MASK_BITS + 1


def _rule_words(ready: Docket, question: int) -> int:
    return max(1, -(-len(ready.decks[question].rules) // MASK_BITS))


def _named(name: str, words: int) -> list[str]:
    return [mask_name(name, word) for word in range(words)]


def _parted(name: str, bits: int, words: int) -> dict[str, int]:
    return dict(zip(_named(name, words), split_bits(bits, words), strict=True))


def cited(found: Determined) -> tuple[str, ...]:
    """What the deciding rules cite, each once, in their order."""
    cites = (cite for rule in found.standing for cite in rule.cites.split("; "))
    return tuple(dict.fromkeys(cites))


def _columns(ready: Docket, bits: int) -> Iterator[str]:
    return (ready.rulebook.facts[at].reads for at in members(bits))


def _determinations(compiled: Compiled) -> str:
    said = ", ".join(f"a.o{at} AS {outcome}" for at, outcome in enumerate(OUTCOMES))
    return f"""SELECT h.use_id, a.rule, a.cites, {said},
    {reason_sql(compiled)} AS reason,
    a.facts_used,
    {missing_sql(compiled)} AS missing
FROM {HOLDING} AS h JOIN {ANSWERS} AS a ON {same_key(compiled)}"""  # noqa: S608


def same_key(compiled: Compiled) -> str:
    """SQL that joins a use ``h`` to its answer ``a``."""
    return " AND ".join(f"h.{key} = a.{key}" for key in compiled.key_names)


def missing_sql(compiled: Compiled) -> str:
    """SQL for the records that would settle what is open, with the strange values that keep it open."""
    facts = compiled.ready.rulebook.facts
    strange = [
        f"CASE WHEN {_has('a.wanted', at)} THEN {strange_fact(fact, at)} END"
        for at, fact in enumerate(facts)
        if fact.name in compiled.can_be_strange
    ]
    missing = ",\n      ".join(["nullif(a.missing, '')", *strange])
    return f"concat_ws('; ',\n      {missing})"


def reason_sql(compiled: Compiled) -> str:
    """SQL for the reasons in words, question by question."""
    reasons = ",\n      ".join(_reason(compiled.ready, q) for q in range(len(compiled.ready.decks)))
    return f"concat_ws('. ',\n      {reasons})"


def _has(name: str, at: int) -> str:
    word, bit = divmod(at, MASK_BITS)
    return f"{mask_name(name, word)} & {1 << bit} <> 0"


def _reason(ready: Docket, q: int) -> str:
    """The words of one question, with the values of the facts behind them in parentheses."""
    facts = ready.rulebook.facts
    read = broken_reads(ready)
    for bits in ready.reads[q]:
        read |= bits
    if not read & ~ready.day_bit:
        return f"a.words{q}"
    shown = ", ".join(
        f"CASE WHEN {_has(f'a.shown{q}', at)} THEN {shown_fact(facts[at], at)} END"
        for at in members(read & ~ready.day_bit)
    )
    none = " AND ".join(f"a.{name} = 0" for name in _named(f"shown{q}", _fact_words(ready)))
    values = f"{literal(' (')} || concat_ws(', ', {shown}) || {literal(')')}"
    return f"a.words{q} || CASE WHEN {none} THEN '' ELSE {values} END"
