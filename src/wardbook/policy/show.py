"""A rulebook in short: its questions, rules in words, and who pays."""

from __future__ import annotations

from collections.abc import Iterator

from wardbook.policy.cost_words import method_words, show_base, show_part
from wardbook.policy.determine import in_force
from wardbook.policy.model import CostRule, Rule, Rulebook


def describe(rulebook: Rulebook) -> str:
    """The rulebook as plain text for a person: each rule as one sentence with its citation."""
    return "\n".join(_lines(rulebook))


def _lines(rulebook: Rulebook) -> Iterator[str]:
    yield f"{rulebook.title}, version {rulebook.version} ({rulebook.authority})"
    yield f"sha256 {rulebook.sha256}"
    for question in rulebook.questions:
        yield f"\n{question}"
        yield from (f"  {_rule(rule)}" for rule in rulebook.rules if rule.question == question)
    if rulebook.cost_rules:
        yield "\nCosts"
    yield from (f"  {_cost(cost)}" for cost in rulebook.cost_rules)


def _rule(rule: Rule) -> str:
    tests = [*(f"{c.fact} is {c.text}" for c in rule.conditions), *([rule.when_text] if rule.when else [])]
    conditions = " and ".join(tests) or "always"
    outcomes = ", ".join(f"{outcome.replace('_', ' ')} {value}" for outcome, value in rule.outcomes.items())
    overrides = f", before {', '.join(rule.overrides)}" if rule.overrides else ""
    return f"{rule.name}: if {conditions}: {outcomes}{overrides} [{rule.cites}; in force {in_force(rule)}]"


def _cost(cost: CostRule) -> str:
    method = method_words(cost)
    if cost.part is not None:
        method += f" {show_part(cost.part)}"
    if cost.base is not None:
        method += f" of {show_base(cost.base)}"
    return f"{cost.arrangement}, {cost.cost_class}: {cost.payer}, {method} [{cost.cites}]"
