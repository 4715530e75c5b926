"""Where two versions of a rule can differ, as a condition on one column."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.policy.books import with_rules
from tests.policy.random_rulebooks import load_uses, random_rulebook, random_uses
from wardbook.policy.meaning import all_of, in_force_on, met
from wardbook.policy.model import DAY
from wardbook.policy.read import load_text
from wardbook.policy.region import Region, region
from wardbook.records.engine import Engine

D180, D210 = "CAST('180' AS DECIMAL(3,0))", "CAST('210' AS DECIMAL(3,0))"
HEAD = """| rule | cites | in force | {fact} | => permitted |
|---|---|---|---|---|
| a | code-4 | {days} | {cell} | yes |"""


def between(fact: str, was: str, now: str, days: tuple[str, str] = ("always", "always")) -> Region | None:
    """The region of a rule whose cell on ``fact`` was ``was`` and is ``now``."""
    books = [
        load_text(with_rules(HEAD.format(fact=fact, days=when, cell=cell)), "town.md")
        for cell, when in zip((was, now), days, strict=True)
    ]
    return region(books[1], books[0].rules[0], books[1].rules[0])


@pytest.mark.parametrize(
    ("fact", "was", "now", "condition", "only_ends"),
    [
        ("hours", "<= 180", "<= 210", f"(x > {D180} AND x <= {D210})", False),
        ("hours", "<= 210", "<= 180", f"(x > {D180} AND x <= {D210})", True),
        ("hours", "3", "3, ?", "(x IS NULL)", False),
        ("hours", "> 5", "> 5", "FALSE", True),
        ("purpose", "official, personal", "official", "(x IN ('personal'))", True),
        ("aboard", "yes", "no", "(x IN (TRUE, FALSE))", False),
    ],
)
def test_a_changed_cell_concerns_the_values_it_tells_apart(
    fact: str, was: str, now: str, condition: str, only_ends: bool
) -> None:
    found = between(fact, was, now)
    assert found is not None
    assert (found.name, found.sql("x", ""), found.only_ends) == (fact, condition, only_ends)


@pytest.mark.parametrize(
    ("days", "condition", "only_ends"),
    [
        (("always", "2020-01-01.."), "(day IS NULL) OR (day < DATE '2020-01-01')", True),
        (
            ("2019-05-15..", "2019-06-01.."),
            "(day >= DATE '2019-05-15' AND day < DATE '2019-06-01')",
            True,
        ),
        (
            ("2019-06-01..", "2019-05-15.."),
            "(day >= DATE '2019-05-15' AND day < DATE '2019-06-01')",
            False,
        ),
    ],
)
def test_a_moved_day_concerns_the_days_between(
    days: tuple[str, str], condition: str, only_ends: bool
) -> None:
    found = between("aboard", "", "", days)
    assert found is not None
    assert (found.name, found.sql("day", ""), found.only_ends) == (DAY, condition, only_ends)


def test_what_cannot_be_read_counts_as_within() -> None:
    found = between("hours", "<= 180", "<= 210")
    assert found is not None
    assert found.sql("x", "bad").startswith("(x IS NULL) OR ")


def test_versions_that_differ_in_a_fact_and_a_day_have_no_region() -> None:
    assert between("aboard", "yes", "no", ("always", "2020-01-01..")) is None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32 - 1))
def test_no_use_outside_the_region_tells_the_versions_apart(seed: int) -> None:
    random = Random(seed)
    book = random_rulebook(random, rules=8, facts=3)
    fact = random.choice(book.facts)
    dated = random.random() < 0.3
    was, now = (
        replace(
            rule,
            conditions=() if dated else tuple(one for one in rule.conditions if one.fact == fact.name),
            when=None,
            in_force_from=rule.in_force_from if dated else None,
            in_force_to=rule.in_force_to if dated else None,
        )
        for rule in random.choices(book.rules, k=2)
    )
    found = region(book, was, now)
    if found is None:
        return
    uses = random_uses(random, book, 60)
    with Engine() as engine:
        load_uses(engine, book, uses)
        column = "date" if found.name == DAY else fact.reads
        inside = engine.rows(f"SELECT {found.sql(column, '')} FROM facts ORDER BY use_id")
    for (within,), use in zip(inside, uses, strict=True):
        values = use.values(book)
        first, second = (
            all_of((met(rule, values, use.day), in_force_on(rule, use.day))) for rule in (was, now)
        )
        assert within or first == second
        assert not within or not found.only_ends or first is True or first == second
