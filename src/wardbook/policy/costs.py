"""Who bears how much of a cost: the cost rules of an arrangement applied to amounts, exact to the cent.

A cost rule says what one payer bears. Each amount is computed as an exact fraction and rounded once, by the
rounding the rule names; ``the rest`` is the cost less the rounded amounts of the other payers; what no payer
bears stays with the public body. So the shares of a cost always sum to the cost. Where more is charged than
was spent (a loading, a comparable fare above the cost), the public body's share is negative. An amount that
hangs on a fact not on record is not determined, and neither is what then remains. A refund is a negative
cost, shared as the cost is; what is charged instead of a cost says nothing of a refund.

This is the slow, obvious statement; the SQL of `cost_sql` must agree with it to the cent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from wardbook.policy.model import (
    THE_COST,
    Base,
    Choice,
    CostRule,
    Fact,
    FactValue,
    Part,
    Rulebook,
    Strange,
    products_of,
)
from wardbook.policy.read_costs import ANY_OTHER, LOADED, PUBLIC, REST
from wardbook.policy.sheet import plain

PUBLIC_BODY, NOBODY = PUBLIC
"""The payer of what stays with the public, and the word for it where nobody else could owe it."""

UNDETERMINED = "undetermined"
"""The payer of a cost class of which it cannot be said who bears it."""

USE_COSTS = frozenset({"flight hours", "mileage", "vehicle"})
"""The classes of a use's own cost. Without a record of what was added, ``added only`` moves nothing of it."""

LIMIT = 10**12
"""Facts that a cost rule computes with must be below this; money in units of the currency."""

MOST = Decimal(10**15)
"""An amount that is computed must be below this, so that every engine has it exactly."""

TOO_LARGE = "an amount is 1,000,000,000,000,000 or more"
NO_REFUND = "the cost is a refund, and what is charged instead of it does not say what is given back"
NO_ARRANGEMENT = "the arrangement of costs is undetermined"


@dataclass(frozen=True)
class Share:
    """What one payer bears of one cost class.

    ``amount`` is in the rulebook's currency, exact to the cent; None where it cannot be determined, and
    ``open_point`` then says why and which record would settle it. ``payer`` is the word of the cost rule
    (``{agency}`` for the using agency), `PUBLIC_BODY`, or `UNDETERMINED`.
    """

    cost_class: str
    payer: str
    amount: Decimal | None
    method: str
    cites: str
    open_point: str = ""


def payments(
    rulebook: Rulebook,
    arrangement: str | None,
    costs: Mapping[str, Decimal],
    values: Mapping[str, FactValue],
) -> tuple[Share, ...]:
    """The shares of each cost (by class) under ``arrangement``, for a use whose facts have these values.

    For each class that is determined, the amounts sum to the cost; shares of nothing are left out. A class
    whose payer is not determined has one share with the payer `UNDETERMINED` and no amount. Raises
    `ValueError` for a cost with fractions of a cent.
    """
    return tuple(
        share for name, cost in costs.items() for share in _shares(rulebook, arrangement, name, cost, values)
    )


def _shares(
    rulebook: Rulebook,
    arrangement: str | None,
    cost_class: str,
    cost: Decimal,
    values: Mapping[str, FactValue],
) -> Iterator[Share]:
    if cost != cost.quantize(Decimal("0.01")):
        raise ValueError(f"{cost} is not an amount in cents")
    rules, problem = ruling(rulebook, arrangement, cost_class)
    if problem:
        yield Share(cost_class, UNDETERMINED, None, "", "", problem)
        return
    left, points = cost, []
    for rule in paying(rules):
        amount, point = borne(rulebook, rule, cost_class, cost, values)
        left -= amount or 0
        points += [point] if point else []
        if amount != 0:
            yield Share(cost_class, rule.payer, amount, rule.method, rule.cites, point)
    last = remainder(rules)
    who, cites = (last.payer, last.cites) if last else (PUBLIC_BODY, kept_cites(rules))
    method = REST if last else "none"
    if points:
        yield Share(cost_class, who, None, method, cites, "; ".join(dict.fromkeys(points)))
    elif left:
        yield Share(cost_class, who, left, method, cites)


# ---------------------------------------------------------------- which rules


def rules_for(rulebook: Rulebook, arrangement: str | None, cost_class: str) -> tuple[CostRule, ...]:
    """The cost rules of a class under an arrangement: its own, else those for any other class."""
    rules = [
        rule
        for rule in rulebook.cost_rules
        if arrangement is not None and plain(rule.arrangement) == plain(arrangement)
    ]
    own = tuple(rule for rule in rules if plain(rule.cost_class) == plain(cost_class))
    return own or tuple(rule for rule in rules if plain(rule.cost_class) == plain(ANY_OTHER))


def ruling(rulebook: Rulebook, arrangement: str | None, cost_class: str) -> tuple[tuple[CostRule, ...], str]:
    """The cost rules that apply, and (else empty) why none of them can."""
    rules = rules_for(rulebook, arrangement, cost_class)
    if arrangement is None:
        return (), NO_ARRANGEMENT
    if not rules:
        return (), f"the rulebook has no cost rule for {cost_class} under {arrangement}"
    number = clashing(rules)
    if number:
        return (), f"the rulebook gives {number} different cost rules for {cost_class} under {arrangement}"
    return rules, ""


def clashing(rules: Sequence[CostRule]) -> int:
    """How many different rules of one class contradict each other; 0 where they can stand together.

    One payer has one rule; a payer who bears the whole stands with no other share; one payer bears the rest.
    """
    said = {(plain(r.payer), r.method, r.part, r.base, r.loading, r.rounding): r for r in rules}
    methods = [rule.method for rule in said.values()]
    payers = {payer for payer, *_ in said}
    whole = [method for method in methods if method in {"full", LOADED}]
    shares = [method for method in methods if method not in {"none", REST}]
    crowd = (
        len(payers) < len(said)
        or methods.count(REST) > 1
        or methods.count("added only") > 1
        or (whole and len(shares) > 1)
    )
    return len(said) if crowd else 0


def paying(rules: Sequence[CostRule]) -> tuple[CostRule, ...]:
    """The rules that move an amount from the public body to a payer, ``the rest`` left aside."""
    found = {plain(rule.payer): rule for rule in rules if rule.method not in {"none", REST}}
    return tuple(rule for rule in found.values() if not is_public(rule.payer))


def remainder(rules: Sequence[CostRule]) -> CostRule | None:
    """The rule of the payer who bears the rest; None where it stays with the public body."""
    rests = (rule for rule in rules if rule.method == REST and not is_public(rule.payer))
    return next(rests, None)


def is_public(payer: str) -> bool:
    """Whether a payer word means that the cost stays with the public body."""
    return plain(payer) in PUBLIC


def kept_cites(rules: Sequence[CostRule]) -> str:
    """What the rules cite for what stays with the public body."""
    kept = [rule for rule in rules if rule.method in {"none", "added only"} or is_public(rule.payer)]
    return "; ".join(dict.fromkeys(rule.cites for rule in kept or rules))


# ---------------------------------------------------------------- how much


def borne(
    rulebook: Rulebook, rule: CostRule, cost_class: str, cost: Decimal, values: Mapping[str, FactValue]
) -> tuple[Decimal | None, str]:
    """What the rule's payer bears of ``cost``, or None and the open point. Not for ``the rest``."""
    if plain_amount(rule) or rule.method == "added only":
        nothing = rule.method == "none" or (rule.method == "added only" and cost_class in USE_COSTS)
        return (Decimal("0.00") if nothing else cost), ""
    points = _open_points(rulebook, rule, values)
    if not points and rule.base is not None and cost < 0:
        points = [NO_REFUND]
    if points:
        return None, "; ".join(points)
    exact = exact_amount(rule, cost, values)
    if abs(cost) >= MOST or abs(exact) >= MOST or _largest(rule, cost, values) >= MOST:
        return None, TOO_LARGE
    return round_cents(exact, rule.rounding), ""


def plain_amount(rule: CostRule) -> bool:
    """Whether the payer bears the whole cost or nothing of it, whatever the facts."""
    return rule.method in {"full", "none"} and rule.base is None


def exact_amount(rule: CostRule, cost: Decimal, values: Mapping[str, FactValue]) -> Fraction:
    """What the payer bears before rounding; every fact it asks must be known."""
    if rule.method in {"none", REST}:
        return Fraction(0)
    exact = Fraction(cost) if rule.base is None else _based(rule.base, cost, values)
    if rule.part is not None:
        exact *= number(rule.part.top, values) / number(rule.part.bottom, values)
    return exact * (1 + Fraction(rule.loading))


def number(term: str | Decimal, values: Mapping[str, FactValue]) -> Fraction:
    """A number or the value of a fact. Raises `TypeError` for a value that is no number."""
    value = term if isinstance(term, Decimal) else values.get(term)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(f"{term} is not a number: {value!r}")
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
    return Decimal(sign * (int(whole) + more)).scaleb(-2)


def _based(base: Base | Choice, cost: Decimal, values: Mapping[str, FactValue]) -> Fraction:
    """What a base comes to."""
    if isinstance(base, Choice):
        amounts = [_based(one, cost, values) for one in base.among]
        return max(amounts) if base.greater else min(amounts)
    whole = _product(base, cost, values)
    return whole if base.less is None else max(whole - _product(base.less, cost, values), Fraction(0))


def _product(base: Base, cost: Decimal, values: Mapping[str, FactValue]) -> Fraction:
    amount = Fraction(cost) if base.amount == THE_COST else number(base.amount, values)
    return amount * number(base.times, values)


def _largest(rule: CostRule, cost: Decimal, values: Mapping[str, FactValue]) -> Fraction:
    """The largest amount that the rule computes with in the place of the cost."""
    products = () if rule.base is None else products_of(rule.base)
    amounts = (_product(product, cost, values) for product in products)
    return max(amounts, default=Fraction(0)) * (1 + Fraction(rule.loading))


# ---------------------------------------------------------------- what is missing


def terms_of(rule: CostRule) -> tuple[str | Decimal, ...]:
    """What the rule computes with beside the cost, in order: its base's amounts and quantities, its part."""
    products = () if rule.base is None else products_of(rule.base)
    base = tuple(term for product in products for term in (product.amount, product.times) if term != THE_COST)
    return base if rule.part is None else (*base, rule.part.top, rule.part.bottom)


def facts_of(rulebook: Rulebook, rule: CostRule) -> tuple[Fact, ...]:
    """The facts the rule computes with, each once, in order."""
    by_name = {fact.name: fact for fact in rulebook.facts}
    return tuple(by_name[term] for term in dict.fromkeys(terms_of(rule)) if isinstance(term, str))


def not_on_record(fact: Fact) -> str:
    """The open point of a fact that is not known."""
    return f"{fact.name} is not on record" + (f" (settled by {fact.settled_by})" if fact.settled_by else "")


def not_a_value(fact: Fact) -> tuple[str, str]:
    """The open point of a value the fact does not admit: what stands before and after the word on record."""
    settled = f" (settled by {fact.settled_by})" if fact.settled_by else ""
    return f'{fact.name} "', f'" is not a value this rulebook knows{settled}'


def not_in_range(fact: Fact) -> str:
    """The open point of a fact that is negative or beyond what is computed."""
    return f"{fact.name} is not between 0 and {LIMIT:,}"


def not_a_part(part: Part) -> str:
    """The open point of a part that is more than the whole."""
    return f"{_term(part.top)} is more than {_term(part.bottom)}"


def nothing_to_share(part: Part) -> str:
    """The open point of a part of nothing."""
    return f"{_term(part.bottom)} is 0: there is nothing to share by"


def _term(term: str | Decimal) -> str:
    return term if isinstance(term, str) else f"{term.normalize():f}"


def _open_points(rulebook: Rulebook, rule: CostRule, values: Mapping[str, FactValue]) -> list[str]:
    points = [_open_point(fact, values.get(fact.name)) for fact in facts_of(rulebook, rule)]
    found = [point for point in points if point]
    if rule.part is None or found:
        return found
    top, bottom = number(rule.part.top, values), number(rule.part.bottom, values)
    if bottom == 0:
        return [nothing_to_share(rule.part)]
    return [not_a_part(rule.part)] if top > bottom else []


def _open_point(fact: Fact, value: FactValue) -> str:
    if value is None:
        return not_on_record(fact)
    if isinstance(value, Strange):
        before, after = not_a_value(fact)
        return f"{before}{value.word}{after}"
    return "" if 0 <= number(fact.name, {fact.name: value}) < LIMIT else not_in_range(fact)
