"""Each known way to split a cost between the public and another payer, said as a small rulebook in ``ways``.

The examples of a way are its test: the rules must give each outcome and each amount to the cent, and with an
expected amount changed by a cent they must not.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from wardbook.policy.check import run_examples
from wardbook.policy.model import Rulebook
from wardbook.policy.read import load

WAYS = sorted((Path(__file__).parent / "ways").glob("*.md"))

ROWS = {
    "new-york-city-2019",
    "new-york-state-07-03",
    "house-ethics",
    "legal-counsel-1982",
    "cfr-106-3",
    "west-virginia-2020-04",
    "australia",
    "treasury-1-132-5-m",
    "usc-1344",
    "gao",
}
"""Ways that a public body has used. Some more stand beside them for what none of these needs."""

METHODS = {
    "full",
    "none",
    "added only",
    "share by time",
    "share by distance",
    "share by heads",
    "comparable fare",
    "comparable rate",
    "charge",
    "full plus",
    "the rest",
}


@pytest.fixture(params=WAYS, ids=lambda path: path.stem)
def way(request: pytest.FixtureRequest) -> Rulebook:
    return load(request.param)


def test_the_rules_give_every_amount_to_the_cent(way: Rulebook) -> None:
    assert [str(failure) for failure in run_examples(way)] == []
    expected = [amount for example in way.examples for amount in example.payments.values()]
    assert any(amount != "undetermined" and Decimal(amount) for amount in expected)


def test_an_amount_a_cent_off_is_told(way: Rulebook) -> None:
    for at, example in enumerate(way.examples):
        for key, amount in example.payments.items():
            if amount == "undetermined":
                continue
            wrong = replace(example, payments={key: f"{Decimal(amount) + Decimal('0.01'):.2f}"})
            examples = (*way.examples[:at], wrong, *way.examples[at + 1 :])
            assert len(run_examples(replace(way, examples=examples))) == 1, (example.name, key)


def test_each_way_has_its_rulebook_and_says_what_it_does_when_a_fact_is_missing() -> None:
    found = {path.stem for path in WAYS}
    assert found == ROWS | {"comparable-fare", "heads-and-distance", "lesser-and-greater", "payers-in-order"}
    for path in WAYS:
        amounts = [amount for example in load(path).examples for amount in example.payments.values()]
        assert "undetermined" in amounts, path.stem


def test_the_ways_use_every_method() -> None:
    assert {rule.method for path in WAYS for rule in load(path).cost_rules} == METHODS
