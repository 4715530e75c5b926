"""What would change, against deciding every use afresh with the slow twins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.policy.random_rulebooks import Use, load_uses, random_rulebook, random_uses
from wardbook.policy.ask import evaluate
from wardbook.policy.compile import Compiled, FactColumn, Rows
from wardbook.policy.costs import UNDETERMINED, payments
from wardbook.policy.determine import docket
from wardbook.policy.model import CostRule, Fact, FactType, Part, Rule, Rulebook
from wardbook.policy.what_if import Store, what_if
from wardbook.records.engine import Engine

ARRANGEMENTS = ("town pays", "half each", "campaign pays", "cost and a quarter")
CLASSES = ("airfare", "vehicle")
SHARE = Fact("part", "v_part", FactType.SHARE, (), "What part?", "the log", 1)


def priced(random: Random, book: Rulebook) -> Rulebook:
    """The rulebook with a question of costs and a fact by which they are shared."""
    rules = [
        replace(
            rule,
            name=f"c{rule.name}",
            question="Which arrangement?",
            outcomes={"costs": random.choice((*ARRANGEMENTS, "cannot be determined"))},
            overrides=tuple(f"c{name}" for name in rule.overrides),
        )
        for rule in book.rules
        if rule.question == book.questions[0]
    ]
    return replace(
        book,
        questions=(*book.questions, "Which arrangement?"),
        rules=(*book.rules, *rules),
        facts=(*book.facts, SHARE),
        cost_rules=tuple(cost_rules(random)),
    )


def cost_rules(random: Random) -> Iterator[CostRule]:
    bare = {"cites": "Code", "write_down": "", "line": 1}
    yield CostRule("town pays", "any other", "nobody", "none", **bare)  # type: ignore[arg-type]
    rounding = random.choice(("half up", "half even", "down", "up"))
    part = Part("part") if random.random() < 0.6 else Part(Decimal(1), Decimal(3))
    for payer in ("campaign", "mayor")[: random.randint(1, 2)]:
        yield CostRule(
            "half each",
            "airfare",
            payer,
            "share by time",
            part=part,
            rounding=rounding,
            **bare,  # type: ignore[arg-type]
        )
    yield CostRule("half each", "vehicle", "campaign", random.choice(("full", "none")), **bare)  # type: ignore[arg-type]
    yield CostRule("campaign pays", "any other", random.choice(("campaign", "mayor")), "full", **bare)  # type: ignore[arg-type]
    yield CostRule(
        "cost and a quarter",
        "any other",
        "mayor",
        "full plus",
        loading=Decimal("0.25"),
        **bare,  # type: ignore[arg-type]
    )


def stored(
    engine: Engine,
    book: Rulebook,
    uses: Sequence[Use],
    amounts: Sequence[Mapping[str, Decimal | None]],
    as_of: date | None = None,
) -> Store:
    """The uses decided: facts, packed words and amounts in one relation."""
    load_uses(engine, book, uses)
    lines = [
        "("
        + ", ".join(
            [f"'{at:06}'", *(str(row[name]) if row[name] is not None else "NULL" for name in CLASSES)]
        )
        + ")"
        for at, row in enumerate(amounts)
    ]
    engine.define(
        "CREATE OR REPLACE TABLE given AS SELECT f.*, "
        "CAST(spent0 AS DECIMAL(18,2)) AS spent0, CAST(spent1 AS DECIMAL(18,2)) AS spent1 "
        f"FROM facts AS f JOIN (VALUES {', '.join(lines)}) AS v(use_id, spent0, spent1) USING (use_id)"
    )
    ready = docket(book)
    columns = tuple(FactColumn(fact.reads) for fact in book.facts)
    carried = ("date", *(fact.reads for fact in book.facts), "spent0", "spent1")
    compiled = Compiled(ready, Rows("given", "use_id", "date", columns, carried), as_of)
    engine.define(f"CREATE OR REPLACE TABLE decided AS {compiled.keys(carried)}")
    words = tuple(f"p{at}" for at in range(compiled.packed.words))
    return Store(
        engine,
        "decided",
        words,
        lambda fact: FactColumn(fact.reads),
        amounts={"airfare": "spent0", "vehicle": "spent1"},
        as_of=as_of,
    )


def afresh(
    book: Rulebook,
    uses: Sequence[Use],
    amounts: Sequence[Mapping[str, Decimal | None]],
    as_of: date | None = None,
) -> tuple[list[dict[str, str | None]], Counter[tuple[str, str]]]:
    """The outcomes of every use, and what each payer bears of each class, by the slow twins."""
    ready = docket(book)
    outcomes, owed = [], Counter[tuple[str, str]]()
    for use, row in zip(uses, amounts, strict=True):
        values = use.values(book)
        found = evaluate(ready, values, use.day if as_of is None else as_of)
        said = {k: None if v == "cannot be determined" else v for k, v in found.outcomes.items()}
        outcomes.append(said)
        for name, cost in row.items():
            if cost is None:
                continue
            left = cost
            for share in payments(book, said["costs"], {name: cost}, values):
                if share.amount is not None:
                    owed[share.payer, name] += share.amount  # type: ignore[assignment]
                    left -= share.amount
            owed[UNDETERMINED, name] += left  # type: ignore[assignment]
    return outcomes, owed


def edited(random: Random, book: Rulebook) -> Rulebook:
    """The rulebook with a few things changed at random."""
    for _ in range(random.randint(1, 2)):
        rules = list(book.rules)
        at = random.randrange(len(rules))
        rule = rules[at]
        kind = random.choice(
            ("outcome", "drop", "cells", "days", "overrides", "costs", "add", "rename", "invariants")
        )
        donor: Rule = random.choice(random_rulebook_like(random, book).rules)
        if kind == "outcome":
            other = random.choice([r for r in rules if r.question == rule.question])
            rules[at] = replace(rule, outcomes=other.outcomes)
        elif kind == "drop" and sum(r.question == rule.question for r in rules) > 1:
            del rules[at]
            rules = [replace(r, overrides=tuple(o for o in r.overrides if o != rule.name)) for r in rules]
        elif kind == "cells":
            rules[at] = replace(rule, conditions=(*rule.conditions[1:], *donor.conditions[:1]))
        elif kind == "days":
            rules[at] = replace(rule, in_force_from=donor.in_force_from, in_force_to=donor.in_force_to)
        elif kind == "overrides":
            rules[at] = replace(rule, overrides=())
        elif kind == "costs":
            book = replace(book, cost_rules=tuple(cost_rules(random)))
        elif kind == "add":
            rules.insert(
                at,
                replace(
                    rule, name=f"new{at}", conditions=donor.conditions, when=None, overrides=(rule.name,)
                ),
            )
        elif kind == "rename":
            rules[at] = replace(rule, name=f"re{at}")
            rules = [
                replace(r, overrides=tuple(f"re{at}" if o == rule.name else o for o in r.overrides))
                for r in rules
            ]
        elif kind == "invariants":
            book = replace(book, invariants=book.invariants[1:])
        book = replace(book, rules=tuple({r.name: r for r in rules}.values()))
    return book


def random_rulebook_like(random: Random, book: Rulebook) -> Rulebook:
    """Another rulebook over the same facts: its rules' conditions can be borrowed."""
    while True:
        other = random_rulebook(random)
        mine = {fact.name: fact for fact in book.facts}
        kept = [
            replace(
                rule, conditions=tuple(c for c in rule.conditions if _fits(mine, other, c.fact)), when=None
            )
            for rule in other.rules
        ]
        if kept:
            return replace(other, rules=tuple(kept))


def _fits(mine: Mapping[str, Fact], other: Rulebook, name: str) -> bool:
    its = next(fact for fact in other.facts if fact.name == name)
    return name in mine and mine[name].type is its.type and mine[name].values == its.values


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**9), st.booleans())
def test_the_change_is_that_of_deciding_every_use_afresh(seed: int, pinned: bool) -> None:
    random = Random(seed)
    old = priced(random, random_rulebook(random))
    new = edited(random, old)
    uses = random_uses(random, old, 80)
    for use in uses:
        use.recorded["part"] = random.choice((None, Decimal("0.25"), Decimal("0.333333"), Decimal("1.5")))  # type: ignore[index]
    amounts = [
        {name: random.choice((None, Decimal(random.randint(-200, 99999)) / 100)) for name in CLASSES}
        for _ in uses
    ]
    as_of = date(2019, 5, 15) if pinned else None
    before, owed_before = afresh(old, uses, amounts, as_of)
    after, owed_after = afresh(new, uses, amounts, as_of)
    with Engine() as engine:
        store = stored(engine, old, uses, amounts, as_of)
        change = what_if(store, old, new, listed=1000)
    different = [at for at, (was, now) in enumerate(zip(before, after, strict=True)) if was != now]
    assert change.uses == len(uses)
    assert change.changed == len(different)
    assert list(change.listed) == [f"{at:06}" for at in different]
    moves = Counter(
        tuple(
            (name, before[at].get(name), after[at].get(name))
            for name in before[at]
            if before[at].get(name) != after[at].get(name)
        )
        for at in different
    )
    assert change.by_outcome() == moves
    assert {(o.payer, o.cost_class): o.before for o in change.owed if o.before} == {
        k: v for k, v in owed_before.items() if v
    }
    assert {(o.payer, o.cost_class): o.after for o in change.owed if o.after} == {
        k: v for k, v in owed_after.items() if v
    }
    by_shift = Counter[tuple[str, str]]()
    for shift in change.shifts:
        for one in shift.owed:
            by_shift[one.payer, one.cost_class] += one.difference  # type: ignore[assignment]
    assert {k: v for k, v in by_shift.items() if v} == {
        (o.payer, o.cost_class): o.difference for o in change.owed if o.difference
    }


def test_a_rule_in_force_to_the_last_day_of_all_is_always_in_force() -> None:
    random = Random(5)
    old = priced(random, random_rulebook(random))
    rules = [replace(old.rules[0], in_force_from=None, in_force_to=date.max), *old.rules[1:]]
    new = replace(old, rules=tuple(rules))
    uses = random_uses(random, old, 40)
    amounts: list[dict[str, Decimal | None]] = [dict.fromkeys(CLASSES, Decimal(1)) for _ in uses]
    before, after = afresh(old, uses, amounts)[0], afresh(new, uses, amounts)[0]
    with Engine() as engine:
        change = what_if(stored(engine, old, uses, amounts), old, new, listed=1000)
    different = [f"{at:06}" for at, (was, now) in enumerate(zip(before, after, strict=True)) if was != now]
    assert list(change.listed) == different
