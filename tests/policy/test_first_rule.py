"""The barest answer, the first true rule: against the slow twin, in words of dictionaries and without."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.policy.books import WHOLE
from tests.policy.random_rulebooks import Use, load_uses, random_rulebook, random_uses
from wardbook.policy.compile import book_rows, first_rule_query
from wardbook.policy.determine import docket
from wardbook.policy.meaning import in_force_on, met
from wardbook.policy.model import Rulebook
from wardbook.policy.read import load_text
from wardbook.records.engine import Engine


def one_question(rulebook: Rulebook) -> Rulebook:
    question = rulebook.questions[0]
    rules = tuple(rule for rule in rulebook.rules if rule.question == question)
    return replace(rulebook, questions=(question,), rules=rules)


def by_twin(rulebook: Rulebook, use: Use) -> str | None:
    (deck,) = docket(rulebook).decks
    values = use.values(rulebook)
    for at in deck.order:
        rule = deck.rules[at]
        if met(rule, values, use.day) and in_force_on(rule, use.day):
            return rule.name
    return None


def by_sql(rulebook: Rulebook, uses: list[Use], dictionaries: bool) -> list[str | None]:
    query, names = first_rule_query(
        rulebook, lambda ready: replace(book_rows(ready), dictionaries=dictionaries)
    )
    with Engine() as engine:
        load_uses(engine, rulebook, uses)
        found = engine.rows(f"SELECT rule FROM ({query}) ORDER BY use_id")
    return [None if rule == -1 else names[rule] for (rule,) in found]


@pytest.mark.parametrize("rules", [4, 31, 32, 45])
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32 - 1), dictionaries=st.booleans())
def test_it_is_that_of_the_twin(rules: int, seed: int, dictionaries: bool) -> None:
    random = Random(seed)
    rulebook = one_question(random_rulebook(random, rules))
    uses = random_uses(random, rulebook, 40)
    assert by_sql(rulebook, uses, dictionaries) == [by_twin(rulebook, use) for use in uses]


def test_where_no_rule_is_true_there_is_none() -> None:
    town = load_text(WHOLE, "town.md")
    query, names = first_rule_query(town, book_rows)
    with Engine() as engine:
        engine.define(
            """CREATE TABLE facts AS SELECT 'u' AS use_id, DATE '2018-01-01' AS date, 'personal' AS purpose,
            TRUE AS protectee_aboard, CAST(NULL AS DECIMAL(18,3)) AS hours, NULL::VARCHAR AS agency"""
        )
        assert (len(names), engine.rows(f"SELECT use_id, rule FROM ({query})")) == (3, [("u", -1)])


def test_several_questions_have_no_first_rule() -> None:
    random = Random(1)
    rulebook = random_rulebook(random)
    while len(rulebook.questions) == 1:
        rulebook = random_rulebook(random)
    with pytest.raises(ValueError, match="several questions"):
        first_rule_query(rulebook, book_rows)
