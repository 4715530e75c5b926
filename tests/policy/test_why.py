"""Why a case is decided so: what became of each rule, against the masks of `ask` and brute force."""

from __future__ import annotations

import json
from datetime import date
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policy.books import WHOLE, with_rules
from tests.policy.random_rulebooks import random_rulebook, random_uses
from wardbook.policy.ask import evaluate
from wardbook.policy.determine import docket
from wardbook.policy.meaning import in_force_on, met
from wardbook.policy.model import FactValue, known_on
from wardbook.policy.read import load_text
from wardbook.policy.why import CONTRADICTION, Explainer, State, Why, as_dict, why

TOWN = load_text(WHOLE, "town.md")
DAY = date(2020, 1, 1)


def states(found: Why) -> dict[str, str]:
    return {rule.rule.name: rule.state.value for question in found.questions for rule in question.rules}


def test_the_deciding_rule_comes_with_its_law_and_the_facts_it_read() -> None:
    found = why(TOWN, {"purpose": "political", "aboard": False}, DAY)
    (question,) = found.questions
    assert (question.kind, dict(question.outcomes)) == ("decided", {"permitted": "no", "costs": "user"})
    (standing,) = question.standing
    assert standing.rule.name == "other"
    assert found.law(standing) == (
        ("Town code § 4", "Cars of the town are for the business of the town."),
        ("Town code § 5", "Whoever uses a car of the town otherwise pays for it."),
    )
    assert [(reading.asks, reading.facts, reading.holds) for reading in found.readings(standing)] == [
        ("purpose not official", (("purpose", "political"),), True),
        ("aboard no", (("aboard", "no"),), True),
    ]


def test_every_other_rule_says_what_made_it_false_or_open() -> None:
    found = why(TOWN, {"purpose": "political"}, DAY)
    assert states(found) == {"town": "false", "other": "open", "guarded": "open"}
    because = {
        rule.rule.name: [(reading.asks, reading.facts) for reading in found.because(rule)]
        for rule in found.questions[0].rules
    }
    assert because == {
        "town": [("purpose official", (("purpose", "political"),))],
        "other": [("aboard no", (("aboard", "not on record"),))],
        "guarded": [("aboard yes", (("aboard", "not on record"),))],
    }


def test_a_rule_out_of_its_days_and_a_rule_overridden_are_told_apart() -> None:
    early = why(TOWN, {"purpose": "political", "aboard": False}, date(2018, 1, 1))
    assert states(early) == {"town": "false", "other": "not in force", "guarded": "not in force"}
    table = (
        "| rule | cites | in force | overrides | purpose | => permitted |\n|---|---|---|---|---|---|\n"
        "| a | code-4 | always | | official | yes |\n| b | code-5 | always | a | official | no |\n"
    )
    found = why(load_text(with_rules(table), "t.md"), {"purpose": "official"}, DAY)
    (over,) = found.questions[0].others
    assert (over.rule.name, over.state, over.overridden_by) == ("a", State.OVERRIDDEN, ("b",))


def test_a_rule_not_known_on_a_day_is_told_and_not_applied() -> None:
    table = (
        "| rule | cites | in force | known | purpose | => permitted |\n|---|---|---|---|---|---|\n"
        "| a | code-4 | always | ..2019-12-31 | official | yes |\n"
        "| b | code-5 | always | 2020-01-01.. | official | no |\n"
    )
    book = load_text(with_rules(table), "t.md")
    case: dict[str, FactValue] = {"purpose": "official"}
    assert states(Explainer(book).why(case, DAY)) == {"b": "standing", "a": "not known then"}
    assert states(Explainer(book, date(2019, 6, 1)).why(case, DAY)) == {
        "a": "standing",
        "b": "not known then",
    }


def test_the_explanation_is_plain_json() -> None:
    text = json.dumps(as_dict(why(TOWN, {"purpose": "political", "aboard": False}, DAY)))
    assert json.loads(text)["questions"][0]["rules"][1]["law"][0]["title"] == "Town code § 4"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_states_are_those_of_the_definition_and_verdicts_those_of_ask(seed: int) -> None:
    random = Random(seed)
    book = random_rulebook(random)
    ready = docket(book)
    explainer = Explainer(book)
    applied = {rule.name for rule in known_on(book, date.max).rules}
    for use in random_uses(random, book, 6):
        values = use.values(book)
        found, answer = explainer.why(values, use.day), evaluate(ready, values, use.day)
        assert [one.name for one in found.broken] == [one.name for one in answer.broken]
        for question, verdict in zip(found.questions, answer.verdicts, strict=True):
            assert question.kind == (CONTRADICTION if found.broken else verdict.kind)
            assert dict(question.outcomes) == dict(verdict.outcomes)
        told = {name: value for question in found.questions for name, value in question.outcomes.items()}
        assert explainer.outcomes(values, use.day) == told
        for question in found.questions:
            for rule in question.rules:
                held = (met(rule.rule, values, use.day), in_force_on(rule.rule, use.day))
                if rule.rule.name not in applied:
                    assert rule.state is State.NOT_KNOWN_THEN
                elif held[1] is False:
                    assert rule.state is State.NOT_IN_FORCE
                elif False in held:
                    assert rule.state is State.FALSE
                    assert found.because(rule)
                else:
                    true = rule.state in {State.STANDING, State.OVERRIDDEN}
                    assert true is (held == (True, True))
                    assert rule.state is not State.OVERRIDDEN or rule.overridden_by
