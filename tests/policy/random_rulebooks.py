"""Random rulebooks and uses: every type of fact, conditions, overrides, dates, costs, strange values.

All is drawn from one `random.Random`, so that a seed gives the same rulebook and uses again, in a test of a
few hundred uses as in a run of a million.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from wardbook.policy.cells import Between, Cell, OneOf, show_value
from wardbook.policy.classes import understood
from wardbook.policy.model import (
    DAY,
    THE_COST,
    AllOf,
    AnyOf,
    Base,
    Choice,
    Compare,
    Condition,
    CostRule,
    Expression,
    Fact,
    FactType,
    FactValue,
    Invariant,
    Not,
    Outcome,
    Part,
    Rule,
    Rulebook,
    Strange,
)
from wardbook.policy.sql_text import sql_type, sql_value
from wardbook.records.engine import Engine
from wardbook.records.schema import MONEY, Column, Table

DAYS = tuple(date(2019, 5, 15) + timedelta(days=n) for n in (-400, -2, -1, 0, 1, 2, 300))
QUESTIONS = ("May it be used?", "Who pays?")
WORDS = ("official", "political", "personal", "it's \\ odd", "état")
TEXTS = ("Police", "Governor's Office", "x'); DROP TABLE facts; --")
POOLS: Mapping[FactType, tuple[FactValue, ...]] = {
    FactType.ENUM: (*WORDS, "campaign", "joyride"),
    FactType.TEXT: (*TEXTS, "Parks"),
    FactType.YES_NO: (True, False),
    FactType.WHOLE: (-1, 0, 1, 2, 3, 4, 5, 10**15),
    FactType.DECIMAL: tuple(
        Decimal(text) for text in ("0.999", "1.000", "1.500", "2.500", "2.501", "-3.000")
    ),
    FactType.MONEY: tuple(Decimal(text) for text in ("0.00", "0.01", "99.99", "100.00", "1250.50", "-5.00")),
    FactType.DURATION: tuple(Decimal(text) for text in ("0.000", "0.500", "8.000", "8.250", "24.000")),
    FactType.SHARE: tuple(
        Decimal(text) for text in ("0.000000", "0.375000", "0.500000", "1.000000", "1.500000")
    ),
    FactType.DATE: DAYS,
}
"""The values on record; some are not in the domain of every fact of the type."""

SETTINGS = {"jurisdiction": "Elm", "home_region": "NY", "time_zone": "UTC", "currency": "USD"}


COST_CLASSES = ("airfare", "vehicle")
ARRANGEMENTS = ("campaign bears it", "it's shared", "as chartered")
ROUNDINGS = ("half up", "half even", "down", "up")
MEASURES = frozenset({FactType.WHOLE, FactType.DECIMAL, FactType.DURATION})
COSTS = tuple(Decimal(cents) / 100 for cents in (-41237, -5, 0, 1, 5, 3333, 100000, 9876543210, 10**15 - 1))


@dataclass(frozen=True)
class Use:
    """One use: its day, what stands on record for each fact, by name, and its cost of each class."""

    day: date | None
    recorded: Mapping[str, FactValue]
    costs: Mapping[str, Decimal] = field(default_factory=dict)

    def values(self, rulebook: Rulebook) -> dict[str, FactValue]:
        """What the rulebook understands of the record."""
        return {fact.name: understood(fact, self.recorded.get(fact.name)) for fact in rulebook.facts}


# ---------------------------------------------------------------- rulebooks


def random_rulebook(random: Random, rules: int = 6, facts: int = 6) -> Rulebook:
    """A rulebook of one or two questions with up to ``rules`` rules each and up to ``facts`` facts.

    Overrides have no ring. Fact ``n`` reads column ``v<n>``. Each question decides one outcome.
    """
    kinds = [random.choice(tuple(FactType)) for _ in range(random.randint(1, facts))]
    declared = tuple(_fact(random, at, kind) for at, kind in enumerate(kinds))
    outcomes = ("permitted", "taxable")[: random.randint(1, 2)]
    found: list[Rule] = []
    for question, outcome in zip(QUESTIONS, outcomes, strict=False):
        here: list[Rule] = []
        for at in range(random.randint(1, rules)):
            here.append(_rule(random, f"{outcome[0]}{at}", question, outcome, declared, here))
        random.shuffle(here)
        found += here
    return Rulebook(
        path="random.md",
        sha256="0" * 64,
        title="Random",
        jurisdiction="Elm",
        authority="Chance",
        version="1",
        settings=SETTINGS,
        facts=declared,
        law={},
        questions=QUESTIONS[: len(outcomes)],
        rules=tuple(found),
        cost_rules=(),
        examples=(),
        text="",
        invariants=tuple(_invariant(random, at, declared) for at in range(random.choice((0, 0, 1, 2)))),
        outcomes=tuple(Outcome(name, ("yes", "no"), 1) for name in outcomes if name == "taxable"),
    )


def with_costs(random: Random, rulebook: Rulebook) -> Rulebook:
    """The rulebook with another question, on the arrangement of costs, and random cost rules."""
    question = "Who bears what?"
    names = tuple(
        _rule(random, f"c{at}", question, "costs", rulebook.facts, (), ARRANGEMENTS)
        for at in range(random.randint(1, 4))
    )
    rules = tuple(
        replace(rule, overrides=tuple(one.name for one in names[:at])) for at, rule in enumerate(names)
    )
    costs = tuple(
        rule
        for arrangement in ARRANGEMENTS
        for cost_class in COST_CLASSES
        if random.random() < 0.9
        for rule in _cost_rules(random, arrangement, cost_class, rulebook.facts)
    )
    return replace(
        rulebook,
        questions=(*rulebook.questions, question),
        rules=(*rulebook.rules, *rules),
        cost_rules=costs,
    )


def _cost_rules(
    random: Random, arrangement: str, cost_class: str, facts: Sequence[Fact]
) -> Sequence[CostRule]:
    """The rules of one cost class: one payer, or several of whom the last bears the rest."""

    def rule(payer: str, method: str, **more: Any) -> CostRule:
        rounding = random.choice(ROUNDINGS)
        return CostRule(arrangement, cost_class, payer, method, "law", "", 1, rounding=rounding, **more)

    match random.randint(0, 5):
        case 0:
            return [rule("campaign", random.choice(("full", "added only")))]
        case 1:
            return [rule("nobody", "none")]
        case 2:
            base = _base(random, facts) if random.random() < 0.3 else None
            loading = random.choice((Decimal("0.25"), Decimal("0.003333")))
            return [rule("campaign", "full plus", base=base, loading=loading)]
        case 3:
            return [rule("campaign", random.choice(("comparable rate", "charge")), base=_base(random, facts))]
        case 4:
            base = _base(random, facts) if random.random() < 0.3 else None
            shared = rule("campaign", "share by time", part=_part(random, facts), base=base)
            return [shared, rule("party", "the rest")] if random.random() < 0.5 else [shared]
        case _:
            return [
                rule("campaign", "share by heads", part=_part(random, facts)),
                rule("{agency}", "comparable fare", base=_base(random, facts)),
            ]


def _part(random: Random, facts: Sequence[Fact]) -> Part:
    measures = [fact.name for fact in facts if fact.type in MEASURES]
    shares = [fact.name for fact in facts if fact.type is FactType.SHARE]
    if shares and random.random() < 0.5:
        return Part(random.choice(shares))
    if len(measures) > 1 and random.random() < 0.7:
        top, bottom = random.sample(measures, 2)
        return Part(top, bottom)
    if measures and random.random() < 0.7:
        return Part(random.choice(measures), Decimal("7.5"))
    return Part(Decimal(1), Decimal(random.choice((2, 3, 7))))


def _base(random: Random, facts: Sequence[Fact]) -> Base | Choice:
    """A product; now and then one less another, or the lesser or the greater of it and the cost."""
    base = _product(random, facts)
    if random.random() < 0.2:
        base = replace(base, less=_product(random, facts))
    if random.random() < 0.3:
        return Choice(random.random() < 0.5, (Base(THE_COST), base))
    return base


def _product(random: Random, facts: Sequence[Fact]) -> Base:
    money = [fact.name for fact in facts if fact.type is FactType.MONEY]
    measures = [fact.name for fact in facts if fact.type in MEASURES]
    amount: str | Decimal = random.choice(money) if money and random.random() < 0.7 else Decimal("120.005")
    times: str | Decimal = random.choice(measures) if measures and random.random() < 0.7 else Decimal(1)
    return Base(amount, times)


def _fact(random: Random, at: int, kind: FactType) -> Fact:
    name = f"{kind.value} {at}"
    fact = Fact(name, f"v{at}", kind, (), f"What {name}?", f"the record of {name}", at)
    if kind is FactType.ENUM:
        values = tuple(random.sample(WORDS, random.randint(1, len(WORDS))))
        return replace(fact, values=values, aliases={"campaign": values[0]})
    bounded = kind in {FactType.WHOLE, FactType.DECIMAL, FactType.MONEY, FactType.DURATION, FactType.DATE}
    if bounded and random.random() < 0.3:
        pool = POOLS[kind]
        low, high = sorted(random.sample(pool, 2))  # type: ignore[type-var]
        sides = random.choice(((low, None), (None, high), (low, high)))
        return Fact(**{**vars(fact), "low": sides[0], "high": sides[1]})
    return fact


def _rule(
    random: Random,
    name: str,
    question: str,
    outcome: str,
    facts: Sequence[Fact],
    earlier: Sequence[Rule],
    said: Sequence[str] = ("yes", "no"),
) -> Rule:
    read = random.sample(facts, random.randint(0, min(3, len(facts))))
    first, last = random.choice(
        ((None, None), (None, None), (DAYS[3], None), (None, DAYS[2]), (DAYS[1], DAYS[4]))
    )
    known = random.choice(((None, None),) * 6 + ((DAYS[3], None), (None, DAYS[2])))
    return Rule(
        name=name,
        question=question,
        cites=f"Code § {name}",
        in_force_from=first,
        in_force_to=last,
        conditions=tuple(_condition(random, fact) for fact in read),
        outcomes={outcome: random.choice(said)},
        overrides=tuple(rule.name for rule in earlier if random.random() < 0.3),
        note=random.choice(("", f"note of {name}")),
        line=1,
        when=_expression(random, facts, 2) if random.random() < 0.5 else None,
        known_from=known[0],
        known_to=known[1],
    )


def _invariant(random: Random, at: int, facts: Sequence[Fact]) -> Invariant:
    given = _expression(random, facts, 1) if random.random() < 0.6 else None
    return Invariant(f"invariant {at}", given, _expression(random, facts, 1), "the owner of the record", 1)


# ---------------------------------------------------------------- conditions


def _expression(random: Random, facts: Sequence[Fact], depth: int) -> Expression:
    pick = random.random() if depth else 1.0
    if pick < 0.25:
        return AllOf(tuple(_expression(random, facts, depth - 1) for _ in range(random.randint(1, 3))))
    if pick < 0.55:
        return AnyOf(tuple(_expression(random, facts, depth - 1) for _ in range(random.randint(1, 3))))
    if pick < 0.7:
        return Not(_expression(random, facts, depth - 1))
    if random.random() < 0.3:
        compared = _compare(random, facts)
        if compared is not None:
            return compared
    if random.random() < 0.15:
        return Condition(DAY, _cell(random, FactType.DATE, DAYS), "")
    return _condition(random, random.choice(facts))


def _compare(random: Random, facts: Sequence[Fact]) -> Compare | None:
    """Two facts of one type (or a date and the day), one of them moved a little where they have an order."""
    left = random.choice(facts)
    others = [fact.name for fact in facts if fact.type is left.type and fact is not left]
    others += [DAY] * (left.type is FactType.DATE)
    if not others:
        return None
    right = random.choice(others)
    if left.type in {FactType.ENUM, FactType.TEXT, FactType.YES_NO}:
        return Compare(left.name, random.choice(("=", "<>")), right)
    moves: tuple[int | Decimal, ...] = (0, 0, 1, -2, 15)
    if left.type not in {FactType.DATE, FactType.WHOLE}:
        moves = (0, Decimal("0.5"), Decimal("-1.501"))
    signs = ("<", "<=", "=", "<>", ">=", ">")
    return Compare(left.name, random.choice(signs), right, random.choice(moves))


def _condition(random: Random, fact: Fact) -> Condition:
    pool = fact.values if fact.type is FactType.ENUM else POOLS[fact.type]
    return Condition(fact.name, _cell(random, fact.type, pool), "")


def _cell(random: Random, kind: FactType, pool: Sequence[FactValue]) -> Cell:
    unordered = kind in {FactType.ENUM, FactType.TEXT, FactType.YES_NO}
    if unordered or random.random() < 0.3:
        unknown = random.random() < 0.25
        fewest = 0 if unknown else 1
        values = random.sample(tuple(pool), random.randint(fewest, min(2, len(pool))))
        return OneOf(tuple(values), unknown, random.random() < 0.3)
    low, high = sorted(random.sample(tuple(pool), 2))  # type: ignore[type-var]
    ends = random.choice(((low, None), (None, high), (low, high)))
    return Between(ends[0], ends[1], random.random() < 0.5, random.random() < 0.5)  # type: ignore[arg-type]


# ---------------------------------------------------------------- uses


def random_uses(random: Random, rulebook: Rulebook, count: int, proper: float = 0.0) -> list[Use]:
    """Uses with values on record, not known (NULL), and not in the domain; the day may be unknown.

    About ``proper`` of them have a day, and no value that a fact does not admit. Costs are drawn where the
    rulebook has cost rules.
    """
    admitted = {
        fact.name: tuple(v for v in POOLS[fact.type] if not isinstance(understood(fact, v), Strange))
        for fact in rulebook.facts
    }
    recorded = {fact.name: POOLS[fact.type] for fact in rulebook.facts}
    found = []
    for _ in range(count):
        sound = proper > 0 and random.random() < proper
        pools = admitted if sound else recorded
        found.append(
            Use(
                random.choice(DAYS if sound else (None, *DAYS, *DAYS)),
                {name: random.choice((None, None, *pool)) for name, pool in pools.items()},
                _costs(random) if rulebook.cost_rules else {},
            )
        )
    return found


def _costs(random: Random) -> dict[str, Decimal]:
    drawn = ((name, Decimal(random.randint(-5, 10**6)) / 100) for name in COST_CLASSES)
    chosen = ((name, random.choice((None, cost, *COSTS))) for name, cost in drawn)
    return {name: cost for name, cost in chosen if cost is not None}


def values_sql(rulebook: Rulebook, uses: Sequence[Use]) -> str:
    """A SELECT with ``use_id`` (the number of the use in six digits), ``date`` and the columns facts read."""
    types = ["VARCHAR", "DATE", *(sql_type(fact) for fact in rulebook.facts)]
    names = ["use_id", "date", *(fact.reads for fact in rulebook.facts)]
    lines = []
    for at, use in enumerate(uses):
        cells = [f"{at:06}", use.day, *(use.recorded.get(fact.name) for fact in rulebook.facts)]
        lines.append("(" + ", ".join("NULL" if cell is None else sql_value(cell) for cell in cells) + ")")
    casts = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in zip(names, types, strict=True))
    return f"SELECT {casts} FROM (VALUES {', '.join(lines)}) AS v({', '.join(names)})"


def load_uses(engine: Engine, rulebook: Rulebook, uses: Sequence[Use]) -> None:
    """Create relation ``facts`` with these uses; a column for each of `COST_CLASSES`."""
    columns = [Column("use_id", "VARCHAR", ""), Column("date", "DATE", "")]
    columns += [Column(fact.reads, sql_type(fact), "") for fact in rulebook.facts]
    columns += [Column(name, MONEY, "") for name in COST_CLASSES]
    rows = (
        {"use_id": f"{at:06}", "date": use.day}
        | {fact.reads: use.recorded.get(fact.name) for fact in rulebook.facts}
        | dict(use.costs)
        for at, use in enumerate(uses)
    )
    engine.load(Table("facts", "one use", tuple(columns)), rows)


def shown(value: FactValue) -> str:
    """A value as a table of facts would hold it in text; empty where not known."""
    return "" if value is None else show_value(value)
