"""SQL and the slow twin agree on random rulebooks and uses: nothing is decided differently, to the word."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.policy.compared import by_duckdb, by_twin, compare, differences
from tests.policy.random_rulebooks import Use, random_rulebook, random_uses, with_costs
from tests.policy.solved import by_z3
from wardbook.policy.cells import OneOf
from wardbook.policy.determine import docket
from wardbook.policy.formulas import Formulas, Judge, fresh_context, words_of_texts
from wardbook.policy.meaning import met
from wardbook.policy.model import AllOf, Compare, Condition, Fact, FactType, Not, Rule, Rulebook


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
@example(55555)
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


@pytest.mark.parametrize("seed", range(6))
def test_the_formulas_of_the_prover_agree(seed: int) -> None:
    pytest.importorskip("z3")
    random = Random(seed)
    book = with_costs(random, random_rulebook(random, facts=8))
    uses = random_uses(random, book, 200, proper=0.8)
    made, rows = compare(book), by_duckdb(book, uses)
    put, differ = by_z3(made, uses, rows)
    assert put > 100
    assert not differ


def test_two_facts_are_compared_by_their_words() -> None:
    """Not by the place of a word in the list of its fact."""
    pytest.importorskip("z3")
    facts = [Fact("a", "", FactType.ENUM, values, "", "", 1) for values in (("x", "y"), ("y", "x", "z"))]
    facts = [replace(fact, name=name) for fact, name in zip(facts, "ab", strict=True)]
    facts += [Fact(name, "", FactType.TEXT, (), "", "", 1) for name in "cd"]
    for left, right, one, other in (("a", "b", "x", "y"), ("c", "d", "x", "another"), ("c", "d", "w", "x")):
        alike = AllOf((_is(left, one), _is(right, one), Compare(left, "=", right)))
        unlike = AllOf((_is(left, one), _is(right, other), Compare(left, "=", right)))
        other_words = AllOf((Not(_is(left, one)), Not(_is(right, one)), Compare(left, "<>", right)))
        for test, wanted in ((alike, True), (unlike, False), (other_words, True)):
            rule = Rule("r", "Q", "c", None, None, (), {"permitted": "yes"}, (), "", 1, when=test)
            formulas = Formulas(facts, (), words_of_texts([rule], (), facts))
            found = Judge(formulas, 10_000, fresh_context()).find(formulas.rule(rule).true)
            assert (found is not None) is wanted
            assert found is None or met(rule, found[0], found[1])


def _is(name: str, word: str) -> Condition:
    return Condition(name, OneOf((word,)), "")


def test_the_solver_finds_the_one_use_that_was_changed() -> None:
    pytest.importorskip("z3")
    random = Random(7)
    book = with_costs(random, random_rulebook(random, facts=8))
    uses = random_uses(random, book, 200, proper=1.0)
    rows = by_duckdb(book, uses)
    at = next(at for at, row in enumerate(rows) if row["o3"] is not None)
    for name, other in (("t0", rows[at]["t0"] ^ 1), ("certain", not rows[at]["certain"]), ("o3", None)):
        changed = [*rows[:at], rows[at] | {name: other}, *rows[at + 1 :]]
        assert by_z3(compare(book), uses, changed)[1], name
