"""The answer before the trip, as a person reads it."""

from __future__ import annotations

from datetime import date

from tests.policy.books import WHOLE
from wardbook.policy.ask import ask
from wardbook.policy.read import load_text
from wardbook.report.answer import answer_lines

TOWN = load_text(WHOLE, "town.md")


def test_a_settled_answer() -> None:
    lines = answer_lines(ask(TOWN, {"purpose": "campaign", "aboard": "no"}, date(2024, 3, 1), ["mileage"]))
    assert lines[0] == "permitted:       no"
    assert "  mileage: the campaign pays or repays all of it" in lines
    assert "  Whoever uses a car of the town otherwise pays for it." in lines
    assert not any("--" in line for line in lines)


def test_an_amount_stands_in_the_sentence_on_its_payer() -> None:
    facts = {"purpose": "campaign", "aboard": "no"}
    lines = answer_lines(ask(TOWN, facts, date(2024, 3, 1), ["mileage=41.3", "salary=100"]))
    start = lines.index("who pays:")
    assert lines[start + 1 : start + 4] == [
        "  mileage: the campaign pays or repays all of it: 41.30 of 41.30",
        "  salary: the campaign pays none of it",
        "  salary: 100.00 of 100.00 stays with the public body",
    ]


def test_an_open_answer_names_the_option_and_the_record() -> None:
    lines = answer_lines(ask(TOWN, {"purpose": "campaign"}, date(2024, 3, 1), ["mileage"]))
    assert lines[0] == "permitted:       cannot be determined"
    assert "  Was a protectee aboard? --aboard (settled by the rider list)" in lines
