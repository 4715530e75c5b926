"""Deciding uses: relation ``facts`` and a rulebook in, relation ``determinations`` out.

Uses differ in millions of ways, but few sets of rules hold together. One query finds the sets for each use;
each distinct set is determined once, by the same function that answers a single question; a second query
joins the answers back and puts the values of the facts into the reasons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from wardbook.policy.compile import Compiled, book_rows
from wardbook.policy.cost_sql import CostSql
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
from wardbook.policy.sheet import plain
from wardbook.policy.sql_text import quoted
from wardbook.records.engine import Engine, literal
from wardbook.records.schema import TEXT, TEXTS, WHOLE, YESNO, Column, Table

HOLDING = "rules_holding"
ANSWERS = "rule_answers"

_RULE_SETS = ("t", "u", "standing", "pending")
"""The bit sets of rules that ``rule_answers`` has for each question."""


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

    ``t<q>`` and ``u<q>`` are the rules of question q that are true and unknown; ``o<n>`` is outcome n of
    `outcome_names`, ``arrangement`` the bit of the arrangement of costs (`arrangement_bits`), ``words<q>``
    the reason of question q, ``shown<q>`` the facts whose values belong behind it, ``wanted`` the facts that
    would settle what is open, ``standing<q>`` and ``pending<q>`` the deciding rules and the open ones that
    keep the question open, ``certain`` whether every question is decided.
    """
    ready = compiled.ready
    questions = range(len(ready.decks))
    numbers = [*compiled.key_names, "arrangement", *_named("wanted", _fact_words(ready))]
    for q in questions:
        numbers += _named(f"shown{q}", _fact_words(ready))
        numbers += [name for letter in _RULE_SETS for name in _named(f"{letter}{q}", _rule_words(ready, q))]
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
    masks, known = compiled.read_key(key)
    found = determine(ready, masks, known)
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
        "arrangement": arrangement_bits(ready.rulebook).get(plain(found.outcomes["costs"] or ""), 0),
        **_parted("wanted", wanted, facts),
    }
    for q, (part, verdict, mask) in enumerate(zip(found.parts, found.verdicts, masks, strict=True)):
        row[f"words{q}"] = part.words
        row |= _parted(f"shown{q}", part.shown, facts)
        sets = (mask.true, mask.unknown, verdict.standing, verdict.pending)
        for letter, bits in zip(_RULE_SETS, sets, strict=True):
            row |= _parted(f"{letter}{q}", bits, _rule_words(ready, q))
    return row


def arrangement_bits(rulebook: Rulebook) -> dict[str, int]:
    """A bit for each arrangement of costs, by its plain name; 0 from the 63rd on.

    One bit test in SQL does for several names what a comparison of words does for one.
    """
    names = dict.fromkeys(plain(rule.arrangement) for rule in rulebook.cost_rules)
    return {name: 1 << at if at < MASK_BITS else 0 for at, name in enumerate(names)}


def answered_costs(compiled: Compiled) -> CostSql:
    """The SQL of the cost rules over a use ``h`` (with its facts ``f<n>``) and its answer ``a``."""
    rulebook = compiled.ready.rulebook
    facts = {fact.name: f"h.f{at}" for at, fact in enumerate(rulebook.facts)}
    words = strange_columns(compiled)
    bits = arrangement_bits(rulebook)
    word = f"a.o{outcome_names(rulebook).index('costs')}"
    if not all(bits.values()):
        return CostSql(rulebook, facts, word, words=words)

    def among(names: Sequence[str]) -> str:
        return f"a.arrangement & CAST({sum(int(name) for name in names)} AS BIGINT) <> 0"

    return CostSql(rulebook, facts, word, lambda name: str(bits[plain(name)]), among, words)


def strange_columns(compiled: Compiled) -> dict[str, str]:
    """For each fact that may be strange, the column of a use ``h`` with what stands on record then."""
    facts = enumerate(compiled.ready.rulebook.facts)
    return {fact.name: f"h.w{at}" for at, fact in facts if fact.name in compiled.can_be_strange}


def record_query(compiled: Compiled, amounts: Mapping[str, str] | None = None) -> str:
    """The SELECT of the full record of each use: the answer by join, without the reason in words.

    It needs relation ``rule_answers`` with every key of the uses. Columns: ``use_id``; ``rule``; ``certain``;
    for each question the rules that are true (``t<q>``), those unknown (``u<q>``) and the reasons, that is
    the rules that decide (``standing<q>``) or keep it open (``pending<q>``); the outcomes; and ``amounts``,
    SQL by name over the carried columns of the use ``h`` and the answer ``a``.
    """
    ready = compiled.ready
    sets = [
        f"a.{name}"
        for q in range(len(ready.decks))
        for letter in _RULE_SETS
        for name in _named(f"{letter}{q}", _rule_words(ready, q))
    ]
    said = [f"a.o{at} AS {quoted(name)}" for at, name in enumerate(outcome_names(ready.rulebook))]
    paid = [f"{text} AS {quoted(name)}" for name, text in (amounts or {}).items()]
    shown = ", ".join(["h.use_id", "a.rule", "a.certain", *sets, *said, *paid])
    facts = [f"f{at}" for at in range(len(ready.rulebook.facts))] if amounts else []
    keys = compiled.keys([*compiled.carried, *facts])
    return f"SELECT {shown}\nFROM ({keys}) AS h JOIN {ANSWERS} AS a ON {same_key(compiled)}"


def learn_answers(engine: Engine, compiled: Compiled) -> int:
    """Create relation ``rule_answers`` for every key of the uses; returns how many there are."""
    keys = ", ".join(compiled.key_names)
    found = engine.rows(f"SELECT DISTINCT {keys} FROM ({compiled.keys()}) AS h")  # noqa: S608
    return engine.load(answers_table(compiled), (answer(compiled, key) for key in found))


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
