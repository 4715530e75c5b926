"""Random cost rules, facts and costs: the account's shares are those of the slow statement, to the cent.

A book is drawn from one `random.Random`, so that a seed gives it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.accounts.naive_shares import Shared, SmallBook
from tests.accounts.small_book import accounted, decided, measured, relation, rulebook, use
from wardbook.policy.model import Base, CostRule, FactType, Part
from wardbook.policy.read_costs import ROUNDINGS, SHARES

PUBLIC = "Town of Elm"
FACTS = (
    measured("riders", FactType.WHOLE, "the list of riders"),
    measured("seats", FactType.WHOLE, "the list of riders", low=0, high=12),
    measured("political hours", FactType.DURATION, "the schedule", unit="h"),
    measured("hours", FactType.DURATION, "the log", unit="h", low=Decimal(0), high=Decimal(24)),
    measured("political miles", FactType.DECIMAL),
    measured("miles", FactType.DECIMAL, "the odometer"),
    measured("fare", FactType.MONEY, "a quotation", unit="USD"),
    measured("political share", FactType.SHARE, "the schedule"),
)
PARTS = (
    Part("riders", "seats"),
    Part("political hours", "hours"),
    Part("political miles", "miles"),
    Part("political share"),
    Part("political hours", Decimal("7.5")),
    Part(Decimal(1), Decimal(3)),
    Part(Decimal("0.37")),
    Part(Decimal(1), "seats"),
)
BASES = (
    Base("fare"),
    Base("fare", "hours"),
    Base(Decimal(2500), "political hours"),
    Base(Decimal("0.655"), "miles"),
    Base(Decimal("412.37")),
)
CLASSES = ("airfare", "lodging", "meals")
PAYERS = ("campaign", "party", "governor", "{agency}")
ARRANGEMENTS = tuple(f"arrangement {n}" for n in range(12))
TRIPS = tuple(f"trip {n}" for n in range(30))


def decimals(places: int, numbers: Sequence[int]) -> tuple[Decimal, ...]:
    """Numbers of the last of so many places, as wide as their column has them."""
    return tuple(Decimal(number).scaleb(-places) for number in numbers)


VALUES: Mapping[FactType, tuple[int | Decimal, ...]] = {
    FactType.WHOLE: (0, 1, 1, 2, 3, 4, 5, 7, 12, 13, -1),
    FactType.DURATION: decimals(3, (0, 350, 1000, 2500, 6000, 8000, 24000, 25000, -1000)),
    FactType.DECIMAL: decimals(3, (0, 500, 9999, 120000, 731250)),
    FactType.MONEY: decimals(2, (0, 1, 41237, 900000, -100)),
    FactType.SHARE: decimals(6, (0, 375000, 333333, 1000000, 1500000)),
}
"""Values on record; some are not admitted, some admitted and beyond what can be computed."""


# ---------------------------------------------------------------- what is drawn


@dataclass(frozen=True)
class Drawn:
    """A rulebook, uses with their facts and determinations, and expenses of their trips."""

    rules: tuple[CostRule, ...]
    uses: list[dict[str, Any]]
    facts: dict[str, dict[str, int | Decimal | None]]
    arrangements: dict[str, str | None]
    expenses: list[dict[str, Any]]

    def book(self) -> SmallBook:
        policy = rulebook(*self.rules, jurisdiction=PUBLIC, facts=FACTS)
        return SmallBook(policy, PUBLIC, "USD", self.uses, self.facts, self.arrangements, self.expenses)


def drawn(seed: int) -> Drawn:
    random = Random(seed)
    trips = [trip for trip in TRIPS for _ in range(random.choice((1, 1, 1, 1, 2)))]
    uses = [
        use(
            f"u{n}",
            date=f"2025-01-0{random.randint(1, 3)}",
            trip=trip,
            agency=random.choice(("Police", "Police", "Parks", None)),
        )
        for n, trip in enumerate(trips)
    ]
    of_trip = {trip: random.choice((*ARRANGEMENTS, "elsewhere", None)) for trip in TRIPS}
    return Drawn(
        rules=tuple(
            rule
            for arrangement in ARRANGEMENTS
            for cost_class in random.sample((*CLASSES, "any other"), 2)
            for rule in rules_of(random, arrangement, cost_class)
        ),
        uses=uses,
        facts={row["use_id"]: facts(random) for row in uses},
        arrangements={
            row["use_id"]: of_trip[row["trip"]] if random.random() < 0.9 else random.choice(ARRANGEMENTS)
            for row in uses
        },
        expenses=[expense(random, n) for n in range(40)],
    )


def facts(random: Random) -> dict[str, int | Decimal | None]:
    """The facts of one use: most are on record, and most parts are parts."""
    return {
        fact.name: None
        if random.random() < 0.1
        else random.choice(VALUES[fact.type][:-1] * 3 + VALUES[fact.type])
        for fact in FACTS
    }


def expense(random: Random, number: int) -> dict[str, Any]:
    cents = random.choice((random.randint(-300, 300), *(random.randint(0, 10**n) for n in (4, 9)), 0))
    return {
        "record_id": f"x{number}",
        "amount": Decimal(cents).scaleb(-2),
        "currency": random.choice(("USD",) * 9 + ("CAD",)),
        "trip": random.choice((*TRIPS, "nowhere")),
        "cost_class": random.choice(CLASSES),
    }


def rules_of(random: Random, arrangement: str, cost_class: str) -> list[CostRule]:
    """One rule, or shares of several payers, one of whom may bear the rest; now and then a contradiction."""
    payers = random.sample(PAYERS, 3)
    kind = random.choice(("one", "several", "several", "any"))
    if kind == "one":
        methods = ["full", "none", "added only", "full plus", *SHARES, "comparable fare", "the rest"]
        return [cost_rule_of(random, arrangement, cost_class, payers[0], random.choice(methods))]
    if kind == "several":
        methods = random.choices((*SHARES, "comparable fare"), k=2) + ["the rest"] * random.randint(0, 1)
        return [
            cost_rule_of(random, arrangement, cost_class, payer, method)
            for payer, method in zip(payers, methods, strict=False)
        ]
    methods = random.choices(("full", "none", "added only", "full plus", *SHARES, "the rest"), k=3)
    payers = random.choices(PAYERS, k=3)
    return [
        cost_rule_of(random, arrangement, cost_class, payer, method)
        for payer, method in zip(payers, methods, strict=True)
    ]


def cost_rule_of(random: Random, arrangement: str, cost_class: str, payer: str, method: str) -> CostRule:
    based = method == "comparable fare" or (method in SHARES and random.random() < 0.3)
    return CostRule(
        arrangement=arrangement,
        cost_class=cost_class,
        payer=payer,
        method=method,
        cites=random.choice(("Code § 1", "Code § 2")),
        write_down="",
        line=1,
        part=random.choice(PARTS) if method in SHARES else None,
        base=random.choice(BASES) if based else None,
        loading=Decimal(random.choice(("0.25", "0.1234"))) if method == "full plus" else Decimal(0),
        rounding=random.choice(ROUNDINGS),
    )


# ---------------------------------------------------------------- the two statements compared


def allocations(book: Drawn) -> list[dict[str, Any]]:
    engine = accounted(
        rulebook(*book.rules, jurisdiction=PUBLIC, facts=FACTS),
        uses=book.uses,
        facts=[
            {"use_id": name, **{fact.reads: values[fact.name] for fact in FACTS}}
            for name, values in book.facts.items()
        ],
        determinations=[decided(name, costs) for name, costs in book.arrangements.items()],
        expenses=book.expenses,
    )
    return relation(engine, "allocations")


def check(wanted: Shared, rows: Sequence[Mapping[str, Any]], cost: Decimal) -> None:
    """The rows of one cost are what the slow statement gives, and say why where they are undetermined."""
    assert rows, "every cost has a row"
    amounts: Counter[str] = Counter()
    for row in rows:
        amounts[row["payer"]] += row["amount"]
    assert {payer: amount for payer, amount in amounts.items() if amount} == wanted.amounts
    assert sum(amounts.values()) == cost
    reasons = [row["method"] for row in rows if row["payer"] == "undetermined"]
    assert len(reasons) == bool(wanted.why)
    for reason in reasons:
        assert reason.startswith("undetermined: ")
        assert [why for why in wanted.why if why not in reason] == []


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**9))
def test_the_account_shares_every_cost_as_the_slow_statement_does(seed: int) -> None:
    book = drawn(seed)
    slow, found = book.book(), allocations(book)
    for one in book.expenses:
        rows = [row for row in found if row["cost_id"] == one["record_id"]]
        check(slow.shared(one), rows, one["amount"])


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 10**9), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(seed: int, chance: Random) -> None:
    book = drawn(seed)
    shuffled = Drawn(
        book.rules,
        chance.sample(book.uses, len(book.uses)),
        dict(chance.sample(list(book.facts.items()), len(book.facts))),
        book.arrangements,
        chance.sample(book.expenses, len(book.expenses)),
    )
    assert allocations(shuffled) == allocations(book)


def test_what_is_drawn_has_every_kind_of_answer() -> None:
    """So that the comparison above is one of shares, not of sentences."""
    kinds: Counter[str] = Counter()
    for seed in range(40):
        book = drawn(seed)
        slow = book.book()
        for one in book.expenses:
            shared = slow.shared(one)
            kinds["open" if shared.why else f"{len(shared.amounts)} payers"] += 1
            kinds["partly"] += bool(shared.why) and len(shared.amounts) > 1
            kinds["charged more"] += not shared.why and shared.amounts.get(PUBLIC, 0) * one["amount"] < 0
            for why in shared.why:
                kinds[" ".join(why.split()[-4:])] += 1
    for kind in ("1 payers", "2 payers", "3 payers", "partly", "charged more"):
        assert kinds[kind] >= 10, kinds
