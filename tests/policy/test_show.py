"""A rulebook in short."""

from __future__ import annotations

from tests.policy.books import WHOLE, with_rules
from wardbook.policy.read import load_text
from wardbook.policy.show import describe


def test_each_rule_is_one_sentence() -> None:
    text = describe(load_text(WHOLE, "town.md"))
    assert (
        "  town: if purpose is official: permitted yes, costs town [Town code § 4; in force always]" in text
    )
    assert "  user, mileage: campaign, full [Town code § 5]" in text


def test_a_condition_in_words_and_what_is_borne_are_shown_whole() -> None:
    facts = """
## Facts

| fact | reads | type | values | question | settled by |
|---|---|---|---|---|---|
| aboard | - | yes/no | | Was a protectee aboard? | the rider list |
| fare | - | money | | What is a seat? | the airline |
| riders | - | whole number | | How many rode? | the rider list |
"""
    costs = """
## Costs

| arrangement | cost class | payer | method | part | base | cites | write down |
|---|---|---|---|---|---|---|---|
| x | airfare | campaign | full plus 25 % | | fare x riders | code-4 | |
| x | meals | campaign | share by heads | 1 / riders | the lesser of the cost and 75 | code-5 | |
"""
    rule = "| rule | cites | in force | when | => costs |\n|---|---|---|---|---|\n"
    rule += "| a | code-4 | always | not aboard or fare is known | x |\n"
    text = describe(load_text(with_rules(rule, facts, costs), "town.md"))
    assert "  a: if not aboard or fare is known: costs x [Town code § 4; in force always]" in text
    assert "  x, airfare: campaign, full plus 25 % of fare x riders [Town code § 4]" in text
    assert (
        "  x, meals: campaign, share by heads 1 / riders of the lesser of the cost and 75 [Town code § 5]"
        in text
    )
