"""SQL and the slow twin agree on random rulebooks and uses: nothing is decided differently, to the word."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.policy.random_rulebooks import Use, load_uses, random_rulebook, random_uses
from wardbook.policy.ask import evaluate, reason
from wardbook.policy.decide import cited, decide
from wardbook.policy.determine import Determined, docket
from wardbook.policy.meaning import all_of, in_force_on, met
from wardbook.policy.model import Rulebook, Strange
from wardbook.policy.resolve import Kind
from wardbook.records.engine import Engine


def decided(engine: Engine, book: Rulebook) -> list[dict[str, Any]]:
    decide(engine, book)
    keys = [name for name in engine.dicts("SELECT * FROM rule_answers LIMIT 1")[0] if name[:1] in "pdnso"]
    keys = [name for name in keys if name in engine.dicts("SELECT * FROM rules_holding LIMIT 1")[0]]
    joined = " AND ".join(f"h.{key} = a.{key}" for key in keys)
    return engine.dicts(
        "SELECT d.*, a.* EXCLUDE (rule, cites, missing, facts_used), "
        f"h.* EXCLUDE (use_id, {', '.join(keys)}) "
        f"FROM determinations d JOIN rules_holding h USING (use_id) JOIN rule_answers a ON {joined} "
        "ORDER BY use_id"
    )


def missing(book: Rulebook, found: Determined, use: Use) -> str:
    """The records that would settle it, then the strange values among the facts that are wanted."""
    values = use.values(book)
    wanted = sorted({at for indexes in found.missing_facts for at in indexes if at < len(book.facts)})
    strange = []
    for at in wanted:
        value = values[book.facts[at].name]
        if isinstance(value, Strange):
            strange.append(f'{book.facts[at].name} "{value.word}" is not a value this rulebook knows')
    return "; ".join([*found.missing, *strange])


def assert_agree(book: Rulebook, uses: list[Use]) -> None:
    ready = docket(book)
    with Engine() as engine:
        load_uses(engine, book, uses)
        rows = decided(engine, book)
    assert len(rows) == len(uses)
    for use, row in zip(uses, rows, strict=True):
        values = use.values(book)
        twin = evaluate(ready, values, use.day)
        assert row["rule"] == "; ".join(twin.rules), (row, twin)
        assert row["cites"] == "; ".join(cited(twin))
        assert [row[f"o{at}"] for at in range(len(twin.outcomes))] == list(twin.outcomes.values())
        assert row["missing"] == missing(book, twin, use)
        assert row["reason"] == reason(ready, twin, values)
        assert row["certain"] == all(verdict.kind is Kind.DECIDED for verdict in twin.verdicts)
        assert row["broken_names"] == "; ".join(one.name for one in twin.broken)
        for q, deck in enumerate(ready.decks):
            truths = [all_of((met(rule, values, use.day), in_force_on(rule, use.day))) for rule in deck.rules]
            words = -(-len(truths) // 62) or 1
            for letter, wanted in (("t", True), ("u", None)):
                bits = sum((truth is wanted) << at for at, truth in enumerate(truths))
                stored = [row[f"{letter}{q}" + (f"_{w}" if w else "")] for w in range(words)]
                assert sum(word << 62 * w for w, word in enumerate(stored)) == bits


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32 - 1))
def test_sql_and_the_twin_agree(seed: int) -> None:
    random = Random(seed)
    book = random_rulebook(random)
    assert_agree(book, random_uses(random, book, 60))


@pytest.mark.parametrize(("seed", "rules", "facts"), [(1, 150, 8), (2, 70, 100), (3, 40, 200)])
def test_many_rules_and_facts(seed: int, rules: int, facts: int) -> None:
    random = Random(seed)
    book = random_rulebook(random, rules, facts)
    while max(len(deck.rules) for deck in docket(book).decks) <= 31 or len(book.facts) < facts // 2:
        book = random_rulebook(random, rules, facts)
    assert_agree(book, random_uses(random, book, 30))
