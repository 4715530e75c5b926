"""The smallest lawful change, against trying every change of every subset of facts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policy.books import FACTS, WHOLE, with_rules
from tests.policy.random_rulebooks import POOLS, random_rulebook, random_uses
from wardbook.errors import WrongUseError
from wardbook.policy import classes as fact_sets
from wardbook.policy.ask import evaluate
from wardbook.policy.cells import Between, Cell, OneOf
from wardbook.policy.classes import names_read, rule_parts, understood
from wardbook.policy.determine import Docket, docket
from wardbook.policy.model import Compare, Fact, FactType, FactValue, Rulebook, Strange
from wardbook.policy.read import load_text
from wardbook.policy.value_classes import classes_of
from wardbook.policy.why_not import Advisor, WhyNot, as_dict, why_not

DAY = date(2020, 1, 1)


def changeable(text: str, *names: str) -> Rulebook:
    """The rulebook with only these facts for a person to change."""
    book = load_text(text, "town.md")
    return replace(book, facts=tuple(replace(fact, changeable=fact.name in names) for fact in book.facts))


def told(found: WhyNot) -> list[list[tuple[str, str, str]]]:
    return [[(one.fact, one.was, one.to) for one in alternative] for alternative in found.alternatives]


# ---------------------------------------------------------------- in the domain's words


def test_one_fact_to_change_with_all_its_values_that_do() -> None:
    table = (
        "| rule | cites | in force | purpose | hours | => permitted |\n|---|---|---|---|---|---|\n"
        "| short | code-4 | always | official, personal | < 4 | yes |\n"
        "| long | code-4 | always | official, personal | >= 4 | no |\n"
        "| politics | code-5 | always | political | | no |\n"
    )
    book = changeable(with_rules(table), "purpose", "hours")
    found = why_not(book, {"purpose": "political", "hours": Decimal(2)}, DAY, {"permitted": "yes"})
    assert told(found) == [[("purpose", "political", "any of official, personal")]]
    found = why_not(book, {"purpose": "official", "hours": Decimal(5)}, DAY, {"permitted": "yes"})
    assert told(found) == [[("hours", "5", "below 4")]]
    found = why_not(book, {"purpose": "official", "hours": Decimal(1)}, DAY, {"permitted": "no"})
    assert told(found) == [[("purpose", "official", "political")], [("hours", "1", "at least 4")]]
    found = why_not(book, {"purpose": "political", "hours": Decimal(5)}, DAY, {"permitted": "yes"})
    assert told(found) == [[("purpose", "political", "any of official, personal"), ("hours", "5", "below 4")]]


def test_an_overriding_rule_of_the_wanted_outcome_is_a_way_too() -> None:
    table = (
        "| rule | cites | in force | overrides | purpose | aboard | => permitted |\n"
        "|---|---|---|---|---|---|---|\n"
        "| all | code-4 | always | | | | no |\n| guarded | code-5 | always | all | | yes | yes |\n"
    )
    found = why_not(changeable(with_rules(table), "aboard"), {"aboard": False}, DAY, {"permitted": "yes"})
    assert told(found) == [[("aboard", "no", "yes")]]


def test_a_fact_not_on_record_may_be_what_is_missing() -> None:
    book = changeable(WHOLE, "aboard")
    found = why_not(book, {"purpose": "political"}, DAY, {"permitted": "yes"})
    assert told(found) == [[("aboard", "not on record", "yes")]]


def test_what_may_not_be_changed_stands_in_the_way_with_the_rule() -> None:
    book = changeable(WHOLE, "hours")
    found = why_not(book, {"purpose": "political", "aboard": False}, DAY, {"permitted": "yes"})
    assert not found.alternatives
    assert [(one.fact, one.was, one.to) for one in found.obstacles] in (
        [("purpose", "political", "official")],
        [("aboard", "no", "yes")],
    )
    assert "asks for it" in found.obstacles[0].rules[0]


def test_law_not_in_force_is_no_fact_to_change() -> None:
    book = changeable(WHOLE, "purpose", "aboard")
    found = why_not(book, {"purpose": "official"}, date(2018, 1, 1), {"permitted": "no"})
    assert (found.alternatives, found.obstacles) == ((), ())
    assert found.reasons == (
        "no rule that gives permitted no is in force on 2018-01-01: other is in force from 2019-05-15",
    )


def test_an_outcome_that_no_rule_gives_is_told() -> None:
    text = (
        WHOLE.replace("| yes | yes | user | a protectee", "| yes | no | user | a protectee")
        .replace("| | yes | town | the town's", "| | no | town | the town's")
        .replace("| | yes | town |", "| | no | town |")
    )
    found = why_not(changeable(text, "aboard"), {"purpose": "official"}, DAY, {"permitted": "yes"})
    assert found.reasons == ("no rule gives permitted yes",)


def test_what_is_so_already_needs_no_change() -> None:
    assert why_not(changeable(WHOLE, "aboard"), {"purpose": "official"}, DAY, {"permitted": "yes"}).already


def test_no_invariant_is_broken_on_the_way() -> None:
    text = WHOLE.replace(
        "## Question",
        "## Invariants\n\n| invariant | if | then | source |\n|---|---|---|---|\n"
        "| a note for guards | aboard = yes | note kept | code-4 |\n\n## Question",
        1,
    )
    case: dict[str, FactValue] = {"purpose": "political", "aboard": False, "note kept": False}
    found = why_not(changeable(text, "aboard", "note kept"), case, DAY, {"permitted": "yes"})
    assert told(found) == [[("aboard", "no", "yes"), ("note kept", "no", "yes")]]


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"permited": "yes"}, 'Did you mean "permitted"?'),
        ({"permitted": "yse"}, 'Did you mean "yes"?'),
        ({}, "expected an outcome to want"),
    ],
)
def test_a_wish_that_no_rule_knows_gets_the_nearest_right_word(wanted: Mapping[str, str], words: str) -> None:
    with pytest.raises(WrongUseError) as refused:
        why_not(load_text(WHOLE, "town.md"), {}, DAY, wanted)
    assert words in str(refused.value)


def test_the_answer_is_plain_json() -> None:
    found = why_not(changeable(WHOLE, "aboard"), {"purpose": "political"}, DAY, {"permitted": "yes"})
    assert json.loads(json.dumps(as_dict(found)))["alternatives"] == [
        [{"fact": "aboard", "from": "not on record", "to": "yes"}]
    ]


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({0}, "below 1"),
        ({1}, "1"),
        ({2}, "above 1 and below 4"),
        ({1, 2}, "at least 1 and below 4"),
        ({1, 2, 3}, "1 to 4"),
        ({3, 4}, "at least 4"),
        ({0, 4}, "below 1 or above 4"),
        ({0, 1, 2, 3, 4}, "any value"),
    ],
)
def test_classes_of_numbers_in_words(chosen: set[int], words: str) -> None:
    hours = next(fact for fact in load_text(WHOLE, "town.md").facts if fact.name == "hours")
    one, four = Decimal(1), Decimal(4)
    cells: list[Cell] = [
        OneOf((one,)),
        OneOf((four,)),
        Between(one, four, False, False),
        Between(None, one, True, False),
    ]
    classes = classes_of(hours, cells)
    by_piece = {piece: index for index, pieces in enumerate(classes.pieces) for piece in pieces}
    assert classes.words(by_piece[piece] for piece in chosen) == words


def test_facts_stay_in_their_bounds() -> None:
    facts = FACTS.replace("| hours | | decimal | |", "| hours | | decimal | 0..8 |")
    table = (
        "| rule | cites | in force | hours | => permitted |\n|---|---|---|---|---|\n"
        "| a | code-4 | always | > 8 | yes |\n| b | code-4 | always | <= 8 | no |\n"
    )
    table = table.replace("> 8", ">= 8").replace("<= 8", "< 8")
    book = changeable(with_rules(table, facts=facts), "hours")
    found = why_not(book, {"hours": Decimal(3)}, DAY, {"permitted": "yes"})
    assert told(found) == [[("hours", "3", "8")]]


def test_a_condition_with_more_ways_than_are_tried_says_so() -> None:
    """Of 625 ways to meet the condition only one changes what a person may change."""
    names = [f"{letter}{at}" for letter in "abcd" for at in range(5)]
    facts = "".join(f"\n| {name} | - | yes/no | | Is it? | the log |" for name in names)
    asked = " and ".join(f"({' or '.join(f'{letter}{at}' for at in range(5))})" for letter in "abcd")
    table = (
        "| rule | cites | in force | overrides | when | => permitted |\n|---|---|---|---|---|---|\n"
        f"| no | code-4 | always | | | no |\n| yes | code-5 | always | no | {asked} | yes |\n"
    )
    book = changeable(with_rules(table, facts=FACTS.rstrip() + facts), "a4", "b4", "c4", "d4")
    found = why_not(book, dict.fromkeys(names, False), DAY, {"permitted": "yes"})
    assert [[one[0] for one in alternative] for alternative in told(found)] == [["a4", "b4", "c4", "d4"]]
    assert not found.complete


@pytest.mark.parametrize("cell", ["..9999-12-31", "9999-12-31", "..0001-01-01", "0001-01-01.."])
def test_the_first_and_the_last_day_of_all_are_days(cell: str) -> None:
    facts = FACTS.rstrip() + "\n| due | - | date | | When? | the order |"
    heading = "| rule | cites | in force | due | => permitted |\n|---|---|---|---|---|"
    table = f"{heading}\n| a | code-4 | always | {cell} | yes |"
    book = changeable(with_rules(table, facts=facts), "due")
    ((one,),) = why_not(book, {}, DAY, {"permitted": "yes"}).alternatives
    assert outcome(docket(book), {"due": one.example}, DAY) == "yes"


def test_a_day_beyond_the_last_day_of_all_is_later_than_every_day() -> None:
    facts = FACTS.rstrip() + "\n| due | - | date | | When? | the order |"
    table = (
        "| rule | cites | in force | when | => permitted |\n|---|---|---|---|---|\n"
        "| a | code-4 | always | due <= date + 30 days | yes |\n"
        "| b | code-5 | always | due > date + 30 days | no |\n"
    )
    book = changeable(with_rules(table, facts=facts), "due")
    ((one,),) = why_not(book, {}, date(9999, 12, 20), {"permitted": "yes"}).alternatives
    assert one.fact == "due"
    assert why_not(book, {}, date(9999, 12, 20), {"permitted": "no"}).alternatives == ()


# ---------------------------------------------------------------- brute force


def grid(book: Rulebook, fact: Fact, values: Mapping[str, FactValue], day: date | None) -> list[FactValue]:
    """Values of a fact that show all that the rulebook can see: each point named, and those beside it."""
    pool: list[FactValue] = list(fact.values if fact.type is FactType.ENUM else POOLS[fact.type])
    parts = [part for rule in book.rules for part in rule_parts(rule)]
    parts += [
        part for one in book.invariants for part in (one.then, *([] if one.given is None else [one.given]))
    ]
    for part in parts:
        for test in fact_sets.tests(part):
            if isinstance(test, Compare) and fact.name in {test.left, test.right}:
                for name in (test.left, test.right):
                    other = day if name == "date" else values.get(name)
                    if isinstance(other, Strange) or other is None or isinstance(other, str | bool):
                        pool += [] if other is None or isinstance(other, Strange) else [other]
                    elif isinstance(other, date):
                        pool += [other + timedelta(days=n * int(test.plus)) for n in (-1, 1)]
                    else:
                        pool += [other + test.plus, other - test.plus]
    if fact.type is FactType.DATE:
        pool += [p + timedelta(days=n) for p in list(pool) if isinstance(p, date) for n in (-1, 1)]
    elif fact.type is FactType.WHOLE:
        pool += [p + n for p in list(pool) if isinstance(p, int) for n in (-1, 1)]
    elif fact.type in {FactType.DECIMAL, FactType.MONEY, FactType.DURATION, FactType.SHARE}:
        step = Decimal("0.01") if fact.type is FactType.MONEY else Decimal("0.000001")
        pool += [p + n * step for p in list(pool) if isinstance(p, Decimal) for n in (-1, 1)]
    elif fact.type is FactType.TEXT:
        pool.append("another")
    return [value for value in dict.fromkeys(pool) if not isinstance(understood(fact, value), Strange)]


def outcome(ready: Docket, values: Mapping[str, FactValue], day: date | None) -> str | None:
    found = evaluate(ready, values, day)
    return found.outcomes["permitted"]


def smallest(
    book: Rulebook, values: Mapping[str, FactValue], day: date | None, wanted: str, names: list[str]
) -> Iterator[frozenset[str]]:
    """The smallest sets of facts whose change, to some values, brings the wanted outcome."""
    ready = docket(book)
    facts = {fact.name: fact for fact in book.facts}
    for size in range(1, 3):
        found = []
        for chosen in combinations(names, size):
            pools = [
                [v for v in grid(book, facts[name], values, day) if v != values.get(name)] for name in chosen
            ]
            if any(
                outcome(ready, {**values, **dict(zip(chosen, picked, strict=True))}, day) == wanted
                for picked in product(*pools)
            ):
                found.append(frozenset(chosen))
        if found:
            yield from found
            return


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_no_smaller_change_exists_and_every_smallest_one_is_found(seed: int) -> None:
    random = Random(seed)
    book = random_rulebook(random, rules=5, facts=3)
    compared = [
        names_read(test) for rule in book.rules for part in rule_parts(rule) for test in fact_sets.tests(part)
        if isinstance(test, Compare)
    ]  # fmt: skip
    names = [fact.name for fact in book.facts if random.random() < 0.8]
    two_compared = any(len(pair & set(names)) == 2 for pair in compared)
    book = replace(book, facts=tuple(replace(f, changeable=f.name in names) for f in book.facts))
    advisor = Advisor(book)
    values_of_outcome = {rule.outcomes["permitted"] for rule in book.rules if "permitted" in rule.outcomes}
    for use in random_uses(random, book, 2):
        values, wanted = use.values(book), random.choice(sorted(values_of_outcome))
        found = advisor.why_not(values, use.day, {"permitted": wanted}, most=1000)
        ready = docket(book)
        assert found.already == (outcome(ready, values, use.day) == wanted)
        if found.already:
            continue
        for alternative in found.alternatives:
            changed = {**values, **{one.fact: one.example for one in alternative}}
            assert outcome(ready, changed, use.day) == wanted
        got = {frozenset(one.fact for one in alternative) for alternative in found.alternatives}
        expected = set(smallest(book, values, use.day, wanted, names))
        if expected and not two_compared:
            assert got == expected
        elif not expected:
            assert all(len(one) > 2 for one in got)
