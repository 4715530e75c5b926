"""Two rulebooks compared: re-wordings are proved to be such, changes told with a case decided otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policy.test_proof_oracle import every_use, random_rulebook
from tests.policy.test_prove import silence_the_solver, town
from wardbook.policy import diff as diff_module
from wardbook.policy.ask import evaluate
from wardbook.policy.cells import parse_value
from wardbook.policy.determine import docket
from wardbook.policy.diff import Otherwise, diff, difference_lines
from wardbook.policy.model import Rulebook
from wardbook.policy.read import load_text

ROWS = """
    | a | always | | official | | | | yes |
    | b | always | | not official | | | | no |
"""

INVARIANT = """
## Invariants

| invariant | if | then | source |
|---|---|---|---|
| nobody rides to rallies | event is rally | not aboard | the council |
"""


def forbid_the_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_: object) -> None:
        raise AssertionError("the solver was asked")

    monkeypatch.setattr(diff_module, "Judge", asked)


def decided(book: Rulebook, otherwise: Otherwise) -> dict[str, str]:
    """What the twin decides of the case that is told, read back from its words."""
    facts = {fact.name: fact for fact in book.facts}
    values = {name: parse_value(words, facts[name]) for name, words in otherwise.facts}
    (verdict,) = evaluate(docket(book), values, otherwise.day).verdicts
    return dict(verdict.outcomes)


def test_a_rewording_is_proved_to_be_one() -> None:
    found = diff(
        town(ROWS),
        town("""
            | general | always | | | | | | no |
            | business | always | general | official | | | | yes |
        """),
    )
    assert found.same
    assert found.alike == ("permitted",)
    assert {(one.what, one.name) for one in found.changed} == {
        ("rule", name) for name in ("a", "b", "general", "business")
    }


def test_other_names_order_and_cells_are_proved_alike_without_the_solver(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    forbid_the_solver(monkeypatch)
    found = diff(
        town("""
            | a | always | b | official | yes | | | yes |
            | b | always | | not official, ? | | 4.. | | no |
            | c | always | | | no | > 3 | < 9 | no |
        """),
        town("""
            | rest | always | | | not yes | 4..10 | ..8 | no |
            | others | always | | rally, errand | | >= 4 | | no |
            | town business | always | others | official | not no | | | yes |
        """),
    )
    assert found.same


def test_the_same_rows_with_another_override_are_not_taken_for_a_rewording() -> None:
    rows = """
        | a | always | {} | official | | | | yes |
        | b | always | {} | | yes | | | no |
    """
    found = diff(town(rows.format("b", "")), town(rows.format("", "a")))
    (otherwise,) = found.otherwise
    assert (otherwise.before, otherwise.after) == ("permitted yes (a)", "permitted no (b)")


def test_a_change_is_told_with_a_case_decided_otherwise() -> None:
    found = diff(
        town(ROWS),
        town(ROWS.replace("| a | always | | official |", "| a | 2020-01-01.. | | official |")),
    )
    (otherwise,) = found.otherwise
    assert dict(otherwise.facts)["event"] == "official"
    assert otherwise.day.year < 2020
    assert (otherwise.before, otherwise.after) == ("permitted yes (a)", "no rule")
    (changed,) = found.changed
    assert str(changed) == 'rule a: in force was "always", is "2020-01-01.."'
    assert not found.same
    assert "decided otherwise" in "\n".join(difference_lines(found))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("4..", "> 4"),
        ("not official", "rally"),
        ("yes", "yes, ?"),
        ("..2014-12-31", "..2015-01-01"),
    ],
)
def test_a_change_in_one_place_is_told_with_a_case_that_replays(before: str, after: str) -> None:
    row = {
        "4..": "| b | always | | | | {} | | no |",
        "not official": "| b | always | | {} | | | | no |",
        "yes": "| b | always | | | {} | | | no |",
        "..2014-12-31": "| b | {} | | | | | | no |",
    }[before]
    books = [
        town(f"| a | always | | official | | | 1 | no |\n{row.format(cell)}") for cell in (before, after)
    ]
    (otherwise,) = diff(books[0], books[1]).otherwise
    assert decided(books[0], otherwise) != decided(books[1], otherwise)


def test_a_new_invariant_is_a_change() -> None:
    rows = "| a | always | | | yes | | | yes |"
    found = diff(town(rows), town(rows, INVARIANT))
    (otherwise,) = found.otherwise
    assert dict(otherwise.facts)["event"] == "rally"
    assert (otherwise.before, otherwise.after) == ("permitted yes (a)", "facts contradict")
    assert diff(town(rows, INVARIANT), town(rows, INVARIANT.replace("nobody", "no rider"))).same


@pytest.mark.parametrize(
    ("values", "case"),
    [
        ("official, rally, errand, picnic", "picnic"),
        ("official, rally (work), errand", "work"),
        ("official (work), rally, errand", "work"),
        ("official, rally", "errand"),
    ],
)
def test_a_word_that_one_fact_admits_and_the_other_does_not_is_decided_otherwise(
    values: str, case: str
) -> None:
    """To the rulebook that does not know the word it is strange, and leaves the question open."""
    before = town(ROWS)
    after = load_text(before.text.replace("official, rally, errand", values), "town.md")
    found = diff(before, after)
    assert not found.same
    assert [one.name for one in found.changed] == ["event"]
    assert dict(found.otherwise[0].facts)["event"] == case


def test_another_word_that_changes_its_meaning_is_decided_otherwise() -> None:
    before, after = (
        load_text(town(ROWS).text.replace("official, rally, errand", values), "town.md")
        for values in ("official (work), rally, errand", "official, rally (work), errand")
    )
    found = diff(before, after)
    assert dict(found.otherwise[0].facts)["event"] == "work"
    assert [str(one) for one in found.changed] == [
        'fact event: values was "official (work), rally, errand", is "official, rally (work), errand"'
    ]
    assert diff(before, before).same


def test_a_number_beyond_the_bounds_of_one_fact_is_decided_otherwise() -> None:
    rows = "| a | always | | | | ..5 | | yes |\n| b | always | | | | 6.. | | no |"
    before = town(rows)
    after = load_text(before.text.replace("0..10", "0..20"), "town.md")
    (otherwise,) = diff(before, after).otherwise
    assert 10 < int(dict(otherwise.facts)["level"]) <= 20
    assert (otherwise.before, otherwise.after) == ("open", "permitted no (b)")


def test_a_question_without_a_rule_known_today_is_not_compared() -> None:
    book = town(ROWS)
    gone = replace(book, rules=tuple(replace(rule, known_to=date(2019, 1, 1)) for rule in book.rules))
    assert diff(gone, book).not_compared == ("permitted: decided by one question only now",)
    assert diff(book, gone).not_compared == ("permitted: not decided by one question in both",)


def test_what_is_not_settled_in_time_is_not_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    silence_the_solver(monkeypatch)
    found = diff(town(ROWS), town("| a | always | | official, rally, errand | | | | yes |"))
    assert not found.same
    assert found.alike == ()
    assert found.not_compared == ("permitted: not proved (timeout)",)


def test_facts_of_different_types_are_not_compared() -> None:
    other = load_text(
        town(ROWS).text.replace("| days | - | whole number |", "| days | - | decimal |"), "town.md"
    )
    found = diff(town(ROWS), other)
    assert not found.same
    assert found.not_compared == ("fact days: whole number  against decimal ",)


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False), st.booleans())
def test_two_rulebooks_are_the_same_exactly_if_they_decide_every_use_alike(
    random: Random, tied: bool
) -> None:
    before = random_rulebook(random, tied)
    after = slightly_changed(before, random)
    old, new = docket(before), docket(after)
    alike = all(
        evaluate(old, values, day).verdicts[0].outcomes == evaluate(new, values, day).verdicts[0].outcomes
        for values, day in every_use()
    )
    found = diff(before, after)
    assert found.same == alike
    for otherwise in found.otherwise:
        assert decided(before, otherwise) != decided(after, otherwise)


def slightly_changed(book: Rulebook, random: Random) -> Rulebook:
    """The rulebook with one cell written otherwise: sometimes to the same effect."""
    swaps = [
        ("| 2.. |", "| > 1 |"),
        ("| ..1 |", "| not 2, 3 |"),
        ("| rally, errand |", "| errand, rally |"),
        ("| not rally |", "| official, errand, training |"),
        ("| not rally |", "| official, errand |"),
        ("| yes | code-4 |", "| no | code-4 |"),
        ("| always |", "| 2015-01-01.. |"),
        ("| no, ? |", "| not yes |"),
        ("| ? |", "| |"),
    ]
    old, new = random.choice(swaps)
    head, heading, rules = book.text.partition("## Question")
    return load_text(head + heading + rules.replace(old, new, 1), "town.md")
