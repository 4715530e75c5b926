"""Proofs of random rulebooks with facts of every type: no random use speaks against what is proved."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.policy.random_rulebooks import random_rulebook, random_uses
from wardbook.policy.ask import evaluate
from wardbook.policy.determine import docket
from wardbook.policy.model import Strange
from wardbook.policy.prove import prove
from wardbook.policy.resolve import Kind


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**9))
def test_no_random_use_speaks_against_the_proof(seed: int) -> None:
    random = Random(seed)
    book = random_rulebook(random, rules=8, facts=4)
    sure = (replace(fact, may_be_unknown=random.random() < 0.7) for fact in book.facts)
    book = replace(book, facts=tuple(sure))
    proof = prove(book)
    assert proof.not_proved == ()
    silent = {gap.question for gap in proof.gaps}
    told = {(one.first, one.second) for one in proof.conflicts}
    dead = {one.rule for one in proof.dead}
    ready = docket(book)
    for use in random_uses(random, book, 60, proper=1.0):
        values = use.values(book)
        assert not any(isinstance(value, Strange) for value in values.values())
        if any(values[fact.name] is None and not fact.may_be_unknown for fact in book.facts):
            continue
        for deck, verdict in zip(ready.decks, evaluate(ready, values, use.day).verdicts, strict=True):
            rules = deck.pick(verdict.standing)
            assert verdict.kind is not Kind.NO_RULE or deck.question in silent
            if verdict.kind in {Kind.DECIDED, Kind.CONFLICT}:
                assert dead.isdisjoint(rule.name for rule in rules)
            for one, other in combinations(rules, 2) if verdict.kind is Kind.CONFLICT else ():
                assert one.outcomes == other.outcomes or (one.name, other.name) in told
