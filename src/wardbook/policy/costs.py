"""Who bears how much of a cost: the cost rules of an arrangement applied to amounts, exact to the cent.

A cost rule says what one payer bears. Each amount is computed as an exact fraction and rounded once, by the
rounding the rule names; ``the rest`` is the cost less the rounded amounts of the other payers; what no payer
bears stays with the public body. So the shares of a cost always sum to the cost. Where more is charged than
was spent (a loading, a comparable fare above the cost), the public body's share is negative.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from wardbook.policy.model import Base, CostRule, FactValue, Part, Rulebook, Strange
from wardbook.policy.read_costs import ANY_OTHER, REST, SHARES
from wardbook.policy.sheet import plain

PUBLIC_BODY = "public body"
"""The payer of what stays with the public."""

NOBODY = "nobody"
"""The payer word where a cost stays with the public body and nobody else could owe it."""


@dataclass(frozen=True)
class Share:
    """What one payer bears of one cost class.

    ``amount`` is in cents of the rulebook's currency; None where it cannot be determined, and ``open_point``
    then says why and which record would settle it.
    """

    cost_class: str
    payer: str
    amount: Decimal | None
    method: str
    cites: str
    open_point: str = ""


class _Open(Exception):  # noqa: N818  not an error: an answer that is not known yet
    """An amount that cannot be determined, and why."""


def payments(
    rulebook: Rulebook,
    arrangement: str | None,
    costs: Mapping[str, Decimal],
    values: Mapping[str, FactValue],
) -> tuple[Share, ...]:
    """The shares of each cost (by class) under ``arrangement``, for a use whose facts have these values.

    For each class that is determined, the amounts sum to the cost; shares of nothing are left out. A class
    whose payer is not determined has one share with the payer ``undetermined`` and no amount.
    """
    return tuple(
        share for name, cost in costs.items() for share in _shares(rulebook, arrangement, name, cost, values)
    )


def rules_for(rulebook: Rulebook, arrangement: str | None, cost_class: str) -> tuple[CostRule, ...]:
    """The cost rules of a class under an arrangement: its own, else those for any other class."""
    rules = [rule for rule in rulebook.cost_rules if rule.arrangement == arrangement]
    own = tuple(rule for rule in rules if plain(rule.cost_class) == plain(cost_class))
    return own or tuple(rule for rule in rules if rule.cost_class == ANY_OTHER)


def _shares(
    rulebook: Rulebook,
    arrangement: str | None,
    cost_class: str,
    cost: Decimal,
    values: Mapping[str, FactValue],
) -> Iterator[Share]:
    rules = rules_for(rulebook, arrangement, cost_class)
    if not rules:
        why = "the arrangement of costs is undetermined" if arrangement is None else "no cost rule for it"
        yield Share(cost_class, "undetermined", None, "", "", f"{cost_class}: {why}")
        return
    try:
        borne = _amounts(rulebook, rules, cost, values)
    except _Open as point:
        for rule in rules:
            yield Share(cost_class, rule.payer, None, rule.method, rule.cites, str(point))
        return
    for rule, amount in zip(rules, borne, strict=True):
        if amount:
            yield Share(cost_class, rule.payer, amount, rule.method, rule.cites)
    left = cost - sum(borne, Decimal(0))
    if left:
        kept = next((rule for rule in rules if rule.method in {"none", "added only"}), rules[0])
        yield Share(cost_class, PUBLIC_BODY, left, kept.method, kept.cites)


def _amounts(
    rulebook: Rulebook, rules: Sequence[CostRule], cost: Decimal, values: Mapping[str, FactValue]
) -> list[Decimal]:
    """What each rule's payer bears, in the order of the rules. Raises `_Open`."""
    borne = {id(rule): _amount(rulebook, rule, cost, values) for rule in rules if rule.method != REST}
    rest = cost - sum(borne.values(), Decimal(0))
    return [rest if rule.method == REST else borne[id(rule)] for rule in rules]


def _amount(rulebook: Rulebook, rule: CostRule, cost: Decimal, values: Mapping[str, FactValue]) -> Decimal:
    exact = Fraction(cost)
    if rule.method == "none":
        return Decimal("0.00")
    if rule.base is not None:
        exact = _base(rulebook, rule.base, values)
    if rule.part is not None and rule.method in SHARES:
        exact *= _part(rulebook, rule.part, values)
    return round_cents(exact * (1 + Fraction(rule.loading)), rule.rounding)


def _part(rulebook: Rulebook, part: Part, values: Mapping[str, FactValue]) -> Fraction:
    top, bottom = _number(rulebook, part.top, values), _number(rulebook, part.bottom, values)
    if bottom <= 0:
        raise _Open(f"{part.bottom} is {bottom}: nothing to share by")
    if not 0 <= top <= bottom:
        raise _Open(f"{part.top} is {top} of {bottom}: not a part of the whole")
    return top / bottom


def _base(rulebook: Rulebook, base: Base, values: Mapping[str, FactValue]) -> Fraction:
    return _number(rulebook, base.amount, values) * _number(rulebook, base.times, values)


def _number(rulebook: Rulebook, term: str | Decimal, values: Mapping[str, FactValue]) -> Fraction:
    if isinstance(term, Decimal):
        return Fraction(term)
    value = values.get(term)
    if value is None or isinstance(value, Strange):
        fact = next(fact for fact in rulebook.facts if fact.name == term)
        raise _Open(f"not known: {term}; it would be settled by {fact.settled_by}")
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(f"{term} is not a number")
    return Fraction(value)


def round_cents(exact: Fraction, rounding: str) -> Decimal:
    """An exact amount in whole cents. ``half up`` and ``up`` round away from zero, ``down`` toward it."""
    cents = exact * 100
    sign = -1 if cents < 0 else 1
    whole, rest = divmod(abs(cents), 1)
    half = rest - Fraction(1, 2)
    more = {
        "half up": half >= 0,
        "half even": half > 0 or (half == 0 and whole % 2 == 1),
        "down": False,
        "up": rest > 0,
    }[rounding]
    return Decimal(sign * (int(whole) + more)) / 100
