"""Edits of a rulebook in words: the Markdown changes, the reader still judges it."""

from __future__ import annotations

import pytest

from tests.policy.books import WHOLE
from wardbook.errors import InputRefusedError, WrongUseError
from wardbook.policy.edit import edit
from wardbook.policy.model import Rule, Rulebook
from wardbook.policy.read import load_text

TOWN = load_text(WHOLE, "town.md")


def rule(book: Rulebook, name: str) -> Rule:
    return next(rule for rule in book.rules if rule.name == name)


def test_a_cell_is_written_and_nothing_else_changes() -> None:
    found = edit(TOWN, put=["other.in force=2021-01-01.."])
    assert str(rule(found.rulebook, "other").in_force_from) == "2021-01-01"
    assert found.said == ('other, in force: "2019-05-15.." becomes "2021-01-01.."',)
    before, after = WHOLE.split("\n"), found.text.split("\n")
    changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert changed == [
        (line, line.replace("2019-05-15..", "2021-01-01..")) for line in before if "| other |" in line
    ]


@pytest.mark.parametrize(
    ("instruction", "name", "outcomes"),
    [
        ("guarded.=> permitted=no", "guarded", {"permitted": "no", "costs": "user"}),
        ("GUARDED . =>permitted = no", "guarded", {"permitted": "no", "costs": "user"}),
        ("town.=> costs=user", "town", {"permitted": "yes", "costs": "user"}),
    ],
)
def test_an_outcome_is_written(instruction: str, name: str, outcomes: dict[str, str]) -> None:
    assert rule(edit(TOWN, put=[instruction]).rulebook, name).outcomes == outcomes


def test_a_heading_that_the_table_lacks_is_added() -> None:
    found = edit(TOWN, put=["guarded.hours=> 2", "guarded.when=note kept"]).rulebook
    assert [condition.fact for condition in rule(found, "guarded").conditions] == [
        "purpose",
        "aboard",
        "hours",
    ]
    assert rule(found, "guarded").when is not None
    assert rule(found, "town") == rule(TOWN, "town")


def test_a_bar_in_a_cell_stays_one_cell() -> None:
    assert rule(edit(TOWN, put=["town.note=a | b"]).rulebook, "town").note == "a | b"


def test_a_cost_rule_is_named_by_arrangement_and_class() -> None:
    found = edit(TOWN, put=["user/salary.method=full"])
    assert [cost.method for cost in found.rulebook.cost_rules] == ["none", "full", "full"]


def test_a_dropped_rule_leaves_the_overrides_of_others() -> None:
    text = WHOLE.replace(
        "| 2019-05-15.. | | political, personal", "| 2019-05-15.. | other | political, personal"
    )
    found = edit(load_text(text, "town.md"), drop=["other"])
    assert [one.name for one in found.rulebook.rules] == ["town", "guarded"]
    assert rule(found.rulebook, "guarded").overrides == ()
    assert found.said == ("other is dropped", "guarded no longer overrides other")


def test_costs_and_examples_that_no_rule_names_any_more_go_too_and_it_is_said() -> None:
    found = edit(TOWN, drop=["town"])
    assert {cost.arrangement for cost in found.rulebook.cost_rules} == {"user"}
    assert [example.name for example in found.rulebook.examples] == [
        "riders not on record",
        "before the rule",
    ]
    assert found.said[-1] == "no rule names town any more: 2 rows of costs and examples go with it"


def test_the_edited_text_reads_as_the_edited_rulebook() -> None:
    found = edit(TOWN, drop=["guarded"], put=["other.aboard=yes"])
    assert load_text(found.text, "town.md") == found.rulebook


@pytest.mark.parametrize(
    ("put", "drop", "words"),
    [
        ("gaurded.aboard=yes", "", 'Did you mean "guarded"?'),
        ("guarded.abord=yes", "", 'Did you mean "aboard"?'),
        ("guarded", "", "expected RULE.COLUMN=CELL"),
        ("user/wages.method=none", "", "no rule or cost rule begins it"),
        ("guarded.aboard=yes\nno", "", "an edit is one line"),
        ("", "gaurded", 'Did you mean "guarded"?'),
    ],
)
def test_an_edit_that_names_nothing_gets_the_nearest_right_word(put: str, drop: str, words: str) -> None:
    with pytest.raises(WrongUseError) as refused:
        edit(TOWN, put=[put] if put else [], drop=[drop] if drop else [])
    assert words in str(refused.value)


def test_what_the_reader_refuses_is_refused_with_its_place() -> None:
    with pytest.raises(InputRefusedError, match='Did you mean "official"'):
        edit(TOWN, put=["town.purpose=offical"])
