"""The federal, State, Australian and voluntary rulebooks that ship: their examples hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from wardbook.policy.ask import evaluate
from wardbook.policy.check import run_examples
from wardbook.policy.determine import docket
from wardbook.policy.model import Rulebook
from wardbook.policy.prove import prove
from wardbook.policy.read import load

BOOKS = (
    "us-federal/home-to-work.md",
    "us-treasury/security-transport.md",
    "washington-state/executive-protection.md",
    "australia/full-cost-plus.md",
    "voluntary/missouri-2004.md",
    "voluntary/new-jersey-2011.md",
    "voluntary/wisconsin-2015.md",
)

QUOTED = {
    "us-federal/home-to-work.md": {
        "usc-1344-a-1",
        "usc-1344-a-2",
        "usc-1344-b",
        "usc-1344-c",
        "usc-1344-d-1",
        "cfr-102-5-35",
        "cfr-102-5-40",
        "cfr-102-5-45",
        "cfr-102-5-120",
    },
    "us-treasury/security-transport.md": {"exclusion", "td-8457", "td-8457-dates"},
    "washington-state/executive-protection.md": {"rcw-43-43-035", "report-1991", "report-2003"},
    "australia/full-cost-plus.md": {"commencement", "section-26", "section-27", "section-28", "section-38"},
}
"""The anchors whose words were read in a republication named above them; all others are paraphrases."""


@pytest.fixture(params=BOOKS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def book(root: Path, name: str) -> Rulebook:
    return load(root / "rulebooks" / name)


def test_the_examples_hold(book: Rulebook) -> None:
    assert len(book.examples) >= 10
    assert [str(failure) for failure in run_examples(book)] == []


def test_every_rule_is_met_by_an_example(book: Rulebook) -> None:
    ready = docket(book)
    met = {rule.name for e in book.examples for rule in evaluate(ready, e.facts, e.day).standing}
    assert [rule.name for rule in book.rules if rule.name not in met] == []


def test_each_boundary_day_has_examples_on_both_of_its_sides(book: Rulebook) -> None:
    days = {example.day for example in book.examples}
    for rule in book.rules:
        if rule.in_force_from is not None:
            assert rule.in_force_from in days or any(day and day > rule.in_force_from for day in days)
    bounds = {rule.in_force_to for rule in book.rules if rule.in_force_to is not None}
    assert bounds <= days


def test_the_examples_have_amounts_and_open_ends(book: Rulebook) -> None:
    paid = [amount for example in book.examples for amount in example.payments.values()]
    assert "undetermined" in paid
    assert any(amount not in {"undetermined", "0.00"} for amount in paid)
    expected = [text for example in book.examples for text in example.expected.values()]
    assert any(text.startswith("undetermined: ") for text in expected)


def test_what_is_not_quoted_says_that_it_is_a_paraphrase(book: Rulebook, name: str) -> None:
    quoted = QUOTED.get(name, set())
    assert quoted <= set(book.law)
    for anchor in set(book.law) - quoted:
        assert book.law[anchor].startswith("Paraphrase of "), anchor
    for anchor in quoted:
        assert not book.law[anchor].startswith("Paraphrase of "), anchor


def test_each_says_what_its_author_could_not_check(book: Rulebook) -> None:
    assert "\n## What this rulebook does not decide, and what its author could not check\n" in book.text


def test_no_day_and_no_known_facts_are_without_a_rule(book: Rulebook) -> None:
    """An example that names its gap would say "no rule"; these rulebooks answer every day in words."""
    for example in book.examples:
        assert "no rule" not in " ".join(example.expected.values())


def test_each_is_proved_free_of_gaps_conflicts_and_dead_rules(book: Rulebook) -> None:
    pytest.importorskip("z3")
    proof = prove(book)
    assert (proof.gaps, proof.conflicts, proof.dead) == ((), (), ())
    assert (proof.not_proved, proof.not_exercised) == ((), ())
    assert proof.gaps_complete
