"""Questions people ask before a use."""

from __future__ import annotations

from datetime import date

import pytest

from tests.policy.books import WHOLE
from wardbook.errors import WrongUseError
from wardbook.policy.ask import ask, parse_fact
from wardbook.policy.check import run_examples
from wardbook.policy.read import load_text

TOWN = load_text(WHOLE, "town.md")
DAY = date(2020, 1, 1)


def test_a_decided_answer_says_who_pays_and_quotes_the_law() -> None:
    answer = ask(TOWN, {"purpose": "campaign", "aboard": "no"}, DAY, ["mileage", "salary"])
    assert (answer.outcomes["permitted"], answer.outcomes["costs"], answer.rules) == (
        "no",
        "user",
        ("other",),
    )
    assert [(p.cost_class, p.payer, p.method) for p in answer.payments] == [
        ("mileage", "campaign", "full"),
        ("salary", "campaign", "none"),
    ]
    assert [cited.text for cited in answer.cites] == [
        "Cars of the town are for the business of the town.",
        "Whoever uses a car of the town otherwise pays for it.",
    ]
    assert answer.write_down == ("the meter",)


def test_an_open_answer_names_the_question_to_ask() -> None:
    answer = ask(TOWN, {"purpose": "campaign"}, DAY, ["mileage"])
    assert [(m.fact, m.question, m.settled_by) for m in answer.missing] == [
        ("aboard", "Was a protectee aboard?", "the rider list")
    ]
    assert [(p.payer, p.words) for p in answer.payments] == [
        ("undetermined", "mileage: who pays cannot be determined")
    ]


def test_a_cost_the_arrangement_does_not_cover_is_undetermined() -> None:
    answer = ask(TOWN, {"purpose": "campaign", "aboard": "no"}, DAY, ["lodging"])
    assert answer.payments[0].words == (
        "lodging: who pays cannot be determined: the rulebook has no cost rule for lodging under user"
    )


def test_without_a_cost_named_the_costs_nobody_assigned_are_told() -> None:
    answer = ask(TOWN, {"purpose": "campaign", "aboard": "no"}, DAY)
    assert [(p.cost_class, p.payer) for p in answer.payments] == [
        ("mileage", "campaign"),
        ("salary", "campaign"),
        ("any other", "undetermined"),
    ]
    assert [p.payer for p in ask(TOWN, {"purpose": "official"}, DAY).payments] == ["nobody"]


def test_facts_under_their_book_names_typed_or_in_words() -> None:
    by_words = ask(TOWN, {"PURPOSE": "official", "note-kept": "yes", "hours": "1.5"}, DAY)
    assert by_words == ask(TOWN, {"purpose": "official", "note_kept": True, "hours": "1.5"}, DAY)
    assert parse_fact(TOWN, "protectee_aboard", "yes") == ("aboard", True)
    assert parse_fact(TOWN, "aboard", "unknown") == ("aboard", None)


@pytest.mark.parametrize(
    ("facts", "costs", "message"),
    [
        (
            {"purpos": "campaign"},
            [],
            '"purpos" is no fact of Cars of the town: expected one of purpose, aboard',
        ),
        ({"purpos": "campaign"}, [], 'Did you mean "purpose"?'),
        (
            {"purpose": "campain"},
            [],
            'purpose: expected one of official, political, personal; found "campain"',
        ),
        ({"aboard": "maybe"}, [], 'aboard: expected yes, no or ?; found "maybe"'),
        ({}, ["airfair"], '"airfair" is no cost class'),
        ({}, ["airfair"], 'Did you mean "airfare"?'),
        ({"": "x"}, [], '"" is no fact'),
    ],
)
def test_a_word_nobody_knows_is_refused(facts: dict[str, str], costs: list[str], message: str) -> None:
    with pytest.raises(WrongUseError) as error:
        ask(TOWN, dict(facts), DAY, costs)
    assert message in str(error.value)
    assert error.value.exit_code == 2


def test_examples_that_do_not_hold_are_told() -> None:
    assert run_examples(TOWN) == []
    wrong = WHOLE.replace(
        "| business | 2020-01-01 | official | | yes |", "| business | 2020-01-01 | official | | no |"
    )
    (failure,) = run_examples(load_text(wrong, "town.md"))
    assert str(failure) == (f"town.md:{failure.line} (business): permitted should be no; the rules give yes")
