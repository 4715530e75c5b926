"""Random small rulebooks: what the proof lists is what trying every use finds, no more and no less.

A missing row is read back in the cell language, so the words themselves are tested.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from wardbook.policy.ask import evaluate
from wardbook.policy.cells import holds, parse_cell
from wardbook.policy.classes import DAY_FACT
from wardbook.policy.determine import docket
from wardbook.policy.meaning import all_of, in_force_on, met, true_of
from wardbook.policy.model import DAY, Compare, Fact, FactValue, Rule, Rulebook
from wardbook.policy.prove import Gap, prove
from wardbook.policy.read import load_text
from wardbook.policy.resolve import Kind, resolve

HEAD = """\
---
title: Cars of the town
jurisdiction: Town of Elm
authority: Town council
version: 1
time_zone: America/New_York
currency: USD
---

### Town code § 4 {{#code-4}}

> Cars of the town are for the business of the town.

## Facts

| fact | reads | type | values | question | settled by | may be unknown |
|---|---|---|---|---|---|---|
| event | - | enum | official, rally, errand, training | What for? | the log | yes |
| aboard | - | yes/no | | Who? | the list of riders | yes |
| level | - | whole number | 0..3 | How high is the threat? | the assessment | no |
| limit | - | whole number | 0..3 | How high may it be? | the order | yes |

## Invariants

| invariant | if | then | source |
|---|---|---|---|
{invariants}

## Question: May it be used?

| rule | in force | overrides | event | aboard | level | when | => permitted | cites |
|---|---|---|---|---|---|---|---|---|
{rules}
"""

CELLS = {
    "event": ("", "", "official", "rally, errand", "not rally", "errand, ?", "not ?", "?"),
    "aboard": ("", "", "yes", "no", "?", "no, ?", "not ?"),
    "level": ("", "", "2..", "..1", "3", "1..2", "< 1"),
    "when": (
        "",
        "",
        "",
        "aboard or event is rally",
        "not (aboard and level > 1)",
        "limit is known and level < 3",
        "(event is errand or aboard) and (level = 0 or limit >= 2)",
    ),
}
COMPARED = ("level > limit", "level <= limit or aboard", "level = limit and event is not rally")
FORCE = ("always", "always", "2015-03-01..", "..2014-12-31")
INVARIANTS = (
    "| riders | event is rally | not aboard | the council |",
    "| high | level = 3 | aboard or event is official | the council |",
    "| known | | limit is known or aboard | the council |",
)
DAYS = (date(2014, 12, 31), date(2015, 1, 1), date(2015, 3, 1))


def random_rulebook(random: Random, tied: bool) -> Rulebook:
    count = random.randint(1, 5)
    rows = []
    for at in range(count):
        over = [f"r{one}" for one in range(at + 1, count) if random.random() < 0.3]
        cells = {name: random.choice(pool) for name, pool in CELLS.items()}
        if tied and random.random() < 0.5:
            cells["when"] = random.choice(COMPARED)
        written = " | ".join(cells.values())
        rows.append(
            f"| r{at} | {random.choice(FORCE)} | {', '.join(over)} | {written} "
            f"| {random.choice(('yes', 'no'))} | code-4 |"
        )
    barred = [one for one in INVARIANTS if random.random() < 0.3]
    if tied and random.random() < 0.3:
        barred.append("| order | level = 2 | level <= limit | the council |")
    text = HEAD.format(invariants="\n".join(barred), rules="\n".join(rows))
    if not barred:
        text = text.replace(
            "## Invariants\n\n| invariant | if | then | source |\n|---|---|---|---|\n\n\n", ""
        )
    return load_text(text, "town.md")


@dataclass(frozen=True)
class Tried:
    """One use, the rules that are true and open in it, and how it comes out."""

    values: dict[str, FactValue]
    day: date
    true: frozenset[str]
    possible: frozenset[str]
    kind: Kind
    certain: frozenset[str]
    standing: frozenset[str]

    @property
    def deciding(self) -> frozenset[str]:
        """The rules that decide the use, or contradict each other in it."""
        return self.certain if self.kind in {Kind.DECIDED, Kind.CONFLICT} else frozenset()


def every_use() -> Iterator[tuple[dict[str, FactValue], date]]:
    events = ("official", "rally", "errand", "training", None)
    levels = (0, 1, 2, 3)
    for event, aboard, level, limit, day in itertools.product(
        events, (True, False, None), levels, (*levels, None), DAYS
    ):
        yield {"event": event, "aboard": aboard, "level": level, "limit": limit}, day


def every_case(book: Rulebook) -> list[Tried]:
    ready = docket(book)
    (deck,) = ready.decks
    found = []
    for values, day in every_use():
        (verdict,) = evaluate(ready, values, day).verdicts
        if verdict.kind is Kind.CONTRADICTION:
            continue
        held = [all_of((met(rule, values, day), in_force_on(rule, day))) for rule in deck.rules]
        true = sum((one is True) << at for at, one in enumerate(held))
        named = [rule.name for rule in deck.rules]
        standing = resolve(deck, true, 0).standing
        found.append(
            Tried(
                values,
                day,
                frozenset(name for name, one in zip(named, held, strict=True) if one is True),
                frozenset(name for name, one in zip(named, held, strict=True) if one is not False),
                verdict.kind,
                frozenset(rule.name for rule in deck.pick(verdict.standing)),
                frozenset(rule.name for rule in deck.pick(standing)),
            )
        )
    return found


def in_row(book: Rulebook, gap: Gap, tried: Tried) -> bool:
    if set(gap.unless) & tried.possible:
        return False
    return all(in_words(book, name, words, tried) for name, words in gap.row)


def in_words(book: Rulebook, name: str, words: str, tried: Tried) -> bool:
    """Whether the words of a row hold of a use: ``rally or errand``, ``not rally or not known``, ``2..``."""
    facts = {fact.name: fact for fact in book.facts} | {DAY: DAY_FACT}
    if name not in facts:
        terms = {"yes": True, "no": False, "not known": None}
        held = true_of(compared(book, name), tried.values, tried.day)
        return any(held is terms[one] for one in words.split(" or "))
    value = tried.day if name == DAY else tried.values[name]
    return any(in_cell(facts[name], one, value) for one in words.split(" or "))


def in_cell(fact: Fact, words: str, value: FactValue) -> bool:
    cell = parse_cell({"known": "not ?", "not known": "?"}.get(words, words), fact)
    assert cell is not None
    return holds(cell, value) is True


def compared(book: Rulebook, name: str) -> Compare:
    left, sign, right = name.split()
    assert {left, right} <= {fact.name for fact in book.facts}
    return Compare(left, sign, right)


def differs(one: Rule, other: Rule) -> bool:
    return dict(one.outcomes) != dict(other.outcomes)


def agree(book: Rulebook) -> None:
    """The proof of a rulebook says what trying every use says."""
    tried = every_case(book)
    proof = prove(book)
    assert proof.not_proved == ()
    assert proof.gaps_complete
    for one in tried:
        listed = any(in_row(book, gap, one) for gap in proof.gaps)
        assert listed == (one.kind is Kind.NO_RULE), (one, [str(gap) for gap in proof.gaps])
    rules = {rule.name: rule for rule in book.rules}
    pairs = {
        (first, second)
        for one in tried
        if one.kind is Kind.CONFLICT
        for first, second in itertools.combinations([name for name in rules if name in one.certain], 2)
        if differs(rules[first], rules[second])
    }
    assert {(one.first, one.second) for one in proof.conflicts} == pairs
    decided = frozenset().union(*(one.deciding for one in tried))
    assert {one.rule for one in proof.dead}.isdisjoint(decided)
    stood = frozenset().union(*(one.standing for one in tried))
    assert set(rules) - stood <= {one.rule for one in proof.dead}
    for dead in proof.dead:
        held = [one for one in tried if dead.rule in one.true]
        assert bool(held) == bool(dead.shadows)
        assert dead.waits == (dead.rule in stood)
        assert all((one.possible if dead.waits else one.standing) & set(dead.shadows) for one in held)


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_lists_are_what_trying_every_use_finds(random: Random) -> None:
    agree(random_rulebook(random, tied=False))


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_lists_hold_where_rules_compare_two_facts(random: Random) -> None:
    agree(random_rulebook(random, tied=True))


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_each_row_is_needed(random: Random) -> None:
    """Without any one row some silent use is in none."""
    book = random_rulebook(random, tied=False)
    proof = prove(book)
    silent = [one for one in every_case(book) if one.kind is Kind.NO_RULE]
    for gap in proof.gaps:
        others = [one for one in proof.gaps if one is not gap]
        assert any(not any(in_row(book, other, one) for other in others) for one in silent)
