"""What the step ``allocations`` computes for each cost rule from the facts of the use: SQL by rule number."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wardbook.accounts.cost_rules import NumberedRule, numbered_rules
from wardbook.policy.cost_rule_sql import RuleSql
from wardbook.policy.costs import facts_of, plain_amount
from wardbook.policy.fact_sql import cleaned, strange
from wardbook.policy.model import Fact, FactType, Rulebook
from wardbook.policy.read_costs import REST
from wardbook.policy.sql_text import sql_type
from wardbook.records.engine import literal

_COST = "amount"


def cost_amounts(rulebook: Rulebook) -> dict[str, str]:
    """The parameters of ``allocations.sql`` that hang on the rulebook.

    ``facts``: a SELECT of ``use_id`` and the facts that cost rules compute with: ``f0``, ``f1``, ... as the
    rulebook understands them, ``w0``, ``w1``, ... the word on record where it does not. ``computed``: the
    amount that the payer of rule ``rule_no`` bears of ``amount``, NULL where it is not determined.
    ``lacking``: why not. ``shown``: the facts in words.
    """
    rules = [
        one
        for one in numbered_rules(rulebook)
        if one.choices <= 1
        and not plain_amount(one.rule)
        and one.rule.method not in {"none", "added only", REST}
    ]
    read = {fact.name for one in rules for fact in facts_of(rulebook, one.rule)}
    facts = [fact for fact in rulebook.facts if fact.name in read]
    columns = {fact.name: f"f{at}" for at, fact in enumerate(facts)}
    words = {fact.name: f"w{at}" for at, fact in enumerate(facts)}
    single = RuleSql(rulebook, columns, words)
    return {
        "facts": _facts(facts),
        "computed": _by_rule(
            rules,
            lambda one: single.borne(one.rule, one.rule.cost_class, _COST),
            "CAST(NULL AS DECIMAL(18,2))",
        ),
        "lacking": _by_rule(rules, lambda one: single.open_point(one.rule, _COST), "CAST(NULL AS VARCHAR)"),
        "shown": _by_rule(
            [one for one in rules if facts_of(rulebook, one.rule)],
            lambda one: _shown(facts_of(rulebook, one.rule), columns),
            "''",
        ),
    }


def _by_rule(rules: Sequence[NumberedRule], text: Callable[[NumberedRule], str], otherwise: str) -> str:
    cases = " ".join(f"WHEN {one.number} THEN {text(one)}" for one in rules)
    return f"CASE rule_no {cases} ELSE {otherwise} END" if cases else otherwise


def _facts(facts: Sequence[Fact]) -> str:
    if not facts:
        return "SELECT use_id FROM uses WHERE FALSE"
    recorded = ", ".join(f"{_recorded(fact)} AS r{at}" for at, fact in enumerate(facts))
    columns = ", ".join(
        f"{cleaned(fact, at)} AS f{at}, {strange(fact, at, bad=False)} AS w{at}"
        for at, fact in enumerate(facts)
    )
    return f"SELECT use_id, {columns} FROM (SELECT use_id, {recorded} FROM facts)"  # noqa: S608


def _recorded(fact: Fact) -> str:
    """The value on record; NULL where the book does not hold the fact."""
    return fact.reads or f"CAST(NULL AS {sql_type(fact)})"


def _shown(facts: Sequence[Fact], columns: dict[str, str]) -> str:
    """SQL for the values behind a share: `` (hours = 3, total hours = 8)``."""
    shown = f" || {literal(', ')} || ".join(
        f"{literal(fact.name + ' = ')} || {_plain_number(fact, columns[fact.name])}" for fact in facts
    )
    return f"{literal(' (')} || {shown} || {literal(')')}"


def _plain_number(fact: Fact, column: str) -> str:
    text = f"CAST({column} AS VARCHAR)"
    return text if fact.type in {FactType.WHOLE, FactType.MONEY} else f"rtrim(rtrim({text}, '0'), '.')"
