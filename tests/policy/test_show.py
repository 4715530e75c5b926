"""A rulebook in short."""

from __future__ import annotations

from tests.policy.books import WHOLE
from wardbook.policy.read import load_text
from wardbook.policy.show import describe


def test_each_rule_is_one_sentence() -> None:
    text = describe(load_text(WHOLE, "town.md"))
    assert (
        "  town: if purpose is official: permitted yes, costs town [Town code § 4; in force always]" in text
    )
    assert "  user, mileage: campaign, full [Town code § 5]" in text
