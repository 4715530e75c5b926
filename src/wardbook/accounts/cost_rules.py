"""The rulebook's cost rules as a small relation, with payer words turned into the names to bill."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from wardbook.policy.cost_words import method_words, what_is_borne
from wardbook.policy.costs import clashing, facts_of, is_public
from wardbook.policy.model import CostRule, Rulebook, products_of
from wardbook.records.engine import Engine
from wardbook.records.schema import TEXT, WHOLE, Column, Table
from wardbook.records.settings import Settings

COST_RULES = Table(
    "cost_rules",
    "what one payer bears of one cost class under one arrangement",
    (
        Column("arrangement", TEXT, "arrangement of the rulebook, as it is compared"),
        Column("cost_class", TEXT, "cost class, as it is compared, or 'any other'"),
        Column("rule_no", WHOLE, "the rule's place in the rulebook's table of costs, from 0"),
        Column("payer", TEXT, "name to bill, or {agency}"),
        Column("method", TEXT, "full, none, added only, share by time, ..., the rest"),
        Column("words", TEXT, "what the payer bears, in words"),
        Column("cites", TEXT, "what the rule cites"),
        Column(
            "choices", WHOLE, "more than 1: how many contradicting rules the rulebook gives for the class"
        ),
        Column("base_currency", TEXT, "currency of what is charged instead of the cost; NULL: the cost's"),
        Column("reads", TEXT, "the facts of the use that the amount is computed with; NULL: none"),
    ),
)

AGENCY = "{agency}"
"""The payer word that stands for the using agency."""


@dataclass(frozen=True)
class NumberedRule:
    """A cost rule with its number; ``choices`` above 1: the rules of its class contradict each other."""

    number: int
    rule: CostRule
    choices: int


def numbered_rules(rulebook: Rulebook) -> tuple[NumberedRule, ...]:
    """The cost rules of each class, each once; one of them where they contradict each other."""
    classes: dict[tuple[str, str], dict[tuple[object, ...], NumberedRule]] = {}
    for number, rule in enumerate(rulebook.cost_rules):
        same = classes.setdefault((_folded(rule.arrangement), _folded(rule.cost_class)), {})
        said = (_folded(rule.payer), _folded(rule.method), rule.part, rule.base, rule.loading, rule.rounding)
        same.setdefault(said, NumberedRule(number, rule, 1))
    found: list[NumberedRule] = []
    for same in classes.values():
        rules = list(same.values())
        choices = clashing([one.rule for one in rules])
        found += [NumberedRule(rules[0].number, rules[0].rule, choices)] if choices else rules
    return tuple(found)


def load_cost_rules(engine: Engine, rulebook: Rulebook, settings: Settings) -> None:
    """Create relation ``cost_rules``: a row for each payer of an arrangement and cost class of ``rulebook``.

    Where the rules of a class contradict each other, one row says how many there are in ``choices``, and no
    share is made from any of them.
    """
    engine.load(COST_RULES, _rows(rulebook, settings))


def payer_name(word: str, settings: Settings) -> str:
    """The name to bill for a payer word: `Settings.payers` first, else the word itself."""
    word = word.strip()
    named = {key.strip().casefold(): name for key, name in settings.payers.items()}
    return word if word == AGENCY else named.get(word.casefold(), word)


def _rows(rulebook: Rulebook, settings: Settings) -> Iterator[dict[str, str | int | None]]:
    for one in numbered_rules(rulebook):
        rule = one.rule
        yield {
            "arrangement": _folded(rule.arrangement),
            "cost_class": _folded(rule.cost_class),
            "rule_no": one.number,
            "payer": payer_name(rule.payer, settings),
            "method": "none" if is_public(rule.payer) else _folded(rule.method),
            "words": f"{method_words(rule)}: the payer bears {what_is_borne(rule)}",
            "cites": rule.cites,
            "choices": max(one.choices, 1),
            "base_currency": _base_currency(rulebook, rule, settings),
            "reads": ", ".join(fact.name for fact in facts_of(rulebook, rule)) or None,
        }


def _base_currency(rulebook: Rulebook, rule: CostRule, settings: Settings) -> str | None:
    if rule.base is None:
        return None
    units = {fact.name: fact.unit for fact in rulebook.facts}
    amounts = (product.amount for product in products_of(rule.base))
    own = next((units[amount] for amount in amounts if isinstance(amount, str) and amount in units), "")
    return own or rulebook.settings.get("currency", "") or settings.currency


def _folded(text: str) -> str:
    """A word as it is compared, here and in the SQL: case, spaces, dashes, underscores do not matter."""
    return re.sub(r"[\s_-]+", " ", text).strip().lower()
