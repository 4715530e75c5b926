"""SQL and the slow twin agree on random rulebooks and uses: nothing is decided differently, to the word."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.policy.compared import by_duckdb, by_twin, compare, differences
from tests.policy.random_rulebooks import Use, random_rulebook, random_uses, with_costs
from wardbook.policy.determine import docket
from wardbook.policy.model import Rulebook


def assert_agree(book: Rulebook, uses: list[Use]) -> None:
    made = compare(book)
    rows = by_duckdb(book, uses)
    assert len(rows) == len(uses)
    for use, row in zip(uses, rows, strict=True):
        assert not differences(row, by_twin(made, use, list(row))), use


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32 - 1))
def test_sql_and_the_twin_agree(seed: int) -> None:
    random = Random(seed)
    book = random_rulebook(random)
    assert_agree(book, random_uses(random, book, 60))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32 - 1))
def test_costs_agree_to_the_cent(seed: int) -> None:
    random = Random(seed)
    book = with_costs(random, random_rulebook(random, rules=3, facts=8))
    assert_agree(book, random_uses(random, book, 60, proper=0.5))


@pytest.mark.parametrize(("seed", "rules", "facts"), [(1, 150, 8), (2, 70, 100), (3, 40, 200)])
def test_many_rules_and_facts(seed: int, rules: int, facts: int) -> None:
    random = Random(seed)
    book = random_rulebook(random, rules, facts)
    while max(len(deck.rules) for deck in docket(book).decks) <= 31 or len(book.facts) < facts // 2:
        book = random_rulebook(random, rules, facts)
    assert_agree(book, random_uses(random, book, 30))
