"""Default logic over three values, against brute force over every completion."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardbook.policy.determine import fewest
from wardbook.policy.model import Rule
from wardbook.policy.resolve import Deck, Kind, _deck, members, resolve

SAYINGS = ("x", "y", "z")


def deck(*rows: tuple[str, str, str]) -> Deck:
    """Rows of name, outcome, overridden names (each one letter)."""
    rules = [Rule(n, "q", "c", None, None, (), {"permitted": o}, tuple(over), "", 1) for n, o, over in rows]
    return _deck("q", tuple(rules))


def bits(given_deck: Deck, names: str) -> int:
    return sum(1 << at for at, rule in enumerate(given_deck.rules) if rule.name in names)


@pytest.mark.parametrize(
    ("true", "unknown", "kind", "standing", "pending"),
    [
        ("a", "", Kind.DECIDED, "a", ""),
        ("ab", "", Kind.DECIDED, "b", ""),
        ("abc", "", Kind.CONFLICT, "ac", ""),  # c defeats b, so a stands again, and a and c differ
        ("", "", Kind.NO_RULE, "", ""),
        ("", "a", Kind.OPEN, "", "a"),
        ("a", "b", Kind.OPEN, "a", "b"),
        ("b", "a", Kind.DECIDED, "b", ""),
        ("ab", "c", Kind.OPEN, "b", "c"),
        ("a", "d", Kind.DECIDED, "a", ""),
        ("c", "b", Kind.DECIDED, "c", ""),
    ],
)
def test_a_chain_c_over_b_over_a(true: str, unknown: str, kind: Kind, standing: str, pending: str) -> None:
    chain = deck(("a", "x", ""), ("b", "y", "a"), ("c", "z", "b"), ("d", "x", ""))
    found = resolve(chain, bits(chain, true), bits(chain, unknown))
    assert found.kind is kind
    assert found.standing == bits(chain, standing)
    assert found.pending == bits(chain, pending)


def test_an_open_overrider_of_the_same_outcome_can_still_free_a_rule_below() -> None:
    # a holds c down; if b turns out true, a falls and c stands: the outcome may change
    cards = deck(("a", "x", "c"), ("b", "x", "a"), ("c", "y", ""))
    found = resolve(cards, bits(cards, "ac"), bits(cards, "b"))
    assert found.kind is Kind.OPEN
    assert found.pending == bits(cards, "b")


def test_a_contradiction_that_an_open_rule_may_end_is_open() -> None:
    # a and b differ; if c turns out true, b falls and only a stands
    cards = deck(("a", "x", ""), ("b", "y", ""), ("c", "x", "b"))
    found = resolve(cards, bits(cards, "ab"), bits(cards, "c"))
    assert (found.kind, found.pending) == (Kind.OPEN, bits(cards, "c"))


def test_overrides_with_a_ring_are_a_fault_of_the_program() -> None:
    with pytest.raises(ValueError, match="have a ring"):
        deck(("a", "x", "b"), ("b", "y", "a"))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Deck, int, int]:
    count = draw(st.integers(1, 7))
    letters = "abcdefg"[:count]
    rows = [
        (
            letter,
            draw(st.sampled_from(SAYINGS)),
            "".join(other for other in letters[:at] if draw(st.booleans())),
        )
        for at, letter in enumerate(letters)
    ]
    state = [draw(st.sampled_from(("true", "unknown", "false"))) for _ in letters]
    true = sum(1 << at for at, name in enumerate(state) if name == "true")
    unknown = sum(1 << at for at, name in enumerate(state) if name == "unknown")
    return deck(*draw(st.permutations(rows))), true, unknown


def standing_by_name(cards: Deck, true: int) -> set[str]:
    """The rules that stand, straight from the definition: true, and no standing rule overrides it."""
    rules = {rule.name: rule for rule in cards.pick(true)}

    def stands(name: str) -> bool:
        return not any(name in rule.overrides and stands(rule.name) for rule in rules.values())

    return {name for name in rules if stands(name)}


def completions(true: int, unknown: int) -> Iterator[int]:
    subset = unknown
    while True:
        yield true | subset
        if not subset:
            return
        subset = (subset - 1) & unknown


def saying(cards: Deck, names: set[str]) -> str:
    said = {rule.outcomes["permitted"] for rule in cards.rules if rule.name in names}
    return said.pop() if len(said) == 1 else "nothing"


@given(cases())
def test_a_decision_holds_in_every_completion(case: tuple[Deck, int, int]) -> None:
    cards, true, unknown = case
    found = resolve(cards, true, unknown)
    outcomes = {saying(cards, standing_by_name(cards, full)) for full in completions(true, unknown)}
    if found.kind is Kind.DECIDED:
        assert outcomes == {found.outcomes["permitted"]}
    elif found.kind is Kind.OPEN:
        assert found.pending
        assert found.pending & ~unknown == 0
    else:
        assert outcomes == {"nothing"}


@given(cases())
def test_with_everything_known_the_definition_is_met_exactly(case: tuple[Deck, int, int]) -> None:
    cards, true, _ = case
    found = resolve(cards, true, 0)
    names = standing_by_name(cards, true)
    assert {rule.name for rule in cards.pick(found.standing)} == names
    assert found.outcomes.get("permitted", "nothing") == saying(cards, names)
    assert found.kind is not Kind.OPEN


@given(cases())
def test_without_overrides_nothing_certain_is_left_open(case: tuple[Deck, int, int]) -> None:
    cards, true, unknown = case
    bare = deck(*((rule.name, rule.outcomes["permitted"], "") for rule in cards.rules))
    outcomes = {saying(bare, standing_by_name(bare, full)) for full in completions(true, unknown)}
    certain = len(outcomes) == 1 and outcomes != {"nothing"}
    assert (resolve(bare, true, unknown).kind is Kind.DECIDED) == certain


@given(st.lists(st.integers(1, 255), max_size=6))
def test_the_missing_facts_touch_every_open_rule(waiting: list[int]) -> None:
    chosen = fewest(waiting)
    assert all(any(rule >> at & 1 for at in chosen) for rule in waiting)
    assert list(chosen) == sorted(set(chosen))


def test_the_fact_most_rules_wait_for_is_named_first() -> None:
    assert fewest([0b011, 0b001, 0b101]) == (0,)
    assert fewest([0b010, 0b100]) == (1, 2)
    assert list(members(0b10110)) == [1, 2, 4]
