"""The rulebook's cost rules as a small relation, with payer words turned into the names to bill."""

from __future__ import annotations

from collections.abc import Iterator

from wardbook.policy.model import CostRule, Rulebook
from wardbook.records.engine import Engine
from wardbook.records.schema import TEXT, WHOLE, Column, Table
from wardbook.records.settings import Settings

COST_RULES = Table(
    "cost_rules",
    "who pays one cost class under one arrangement",
    (
        Column("arrangement", TEXT, "arrangement of the rulebook, lower case"),
        Column("cost_class", TEXT, "cost class, lower case, or 'any other'"),
        Column("payer", TEXT, "name to bill, or {agency}"),
        Column("method", TEXT, "full, none, or added only"),
        Column("cites", TEXT, "what the rule cites"),
        Column("choices", WHOLE, "different rules the rulebook gives for this arrangement and class"),
    ),
)

AGENCY = "{agency}"
"""The payer word that stands for the using agency."""


def load_cost_rules(engine: Engine, rulebook: Rulebook, settings: Settings) -> None:
    """Create relation ``cost_rules``: one row an arrangement and cost class of ``rulebook``.

    Where a rulebook gives one pair several different rules, ``choices`` says how many, and no share is
    made from any of them.
    """
    engine.load(COST_RULES, _rows(rulebook, settings))


def payer_name(word: str, settings: Settings) -> str:
    """The name to bill for a payer word: `Settings.payers` first, else the word itself."""
    word = word.strip()
    named = {key.strip().casefold(): name for key, name in settings.payers.items()}
    return word if word == AGENCY else named.get(word.casefold(), word)


def _rows(rulebook: Rulebook, settings: Settings) -> Iterator[dict[str, str | int]]:
    rules: dict[tuple[str, str], list[CostRule]] = {}
    for rule in rulebook.cost_rules:
        rules.setdefault((_folded(rule.arrangement), _folded(rule.cost_class)), []).append(rule)
    for (arrangement, cost_class), same in rules.items():
        first = min(same, key=lambda rule: rule.line)
        yield {
            "arrangement": arrangement,
            "cost_class": cost_class,
            "payer": payer_name(first.payer, settings),
            "method": _folded(first.method),
            "cites": first.cites,
            "choices": len({(payer_name(rule.payer, settings), _folded(rule.method)) for rule in same}),
        }


def _folded(text: str) -> str:
    return " ".join(text.split()).lower()
