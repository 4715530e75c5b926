"""Who pays the costs of a use that is asked about: a sentence a payer, with amounts where costs are given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from wardbook.errors import WrongUseError
from wardbook.policy.cost_words import amount_words, payer_words, sentence
from wardbook.policy.costs import (
    PUBLIC_BODY,
    UNDETERMINED,
    Share,
    facts_of,
    paying,
    payments,
    remainder,
    ruling,
)
from wardbook.policy.model import COST_CLASSES, CostRule, Fact, FactValue, Rulebook
from wardbook.policy.read_costs import ANY_OTHER
from wardbook.policy.refusal import did_you_mean, one_of
from wardbook.policy.sheet import plain

_AMOUNT = re.compile(r"(-?\d{1,3}(?:,\d{3})+|-?\d{1,13})(\.\d{1,2})?")


@dataclass(frozen=True)
class Payment:
    """Who pays one cost class: ``words`` says it in a sentence; the rest is the cost rule's.

    ``amount`` is what the payer bears of the cost that was given, to the cent; None where none was given or
    it cannot be determined. ``open_point`` then says why.
    """

    cost_class: str
    payer: str
    method: str
    words: str
    cites: str
    write_down: str
    amount: Decimal | None = None
    open_point: str = ""


@dataclass(frozen=True)
class AskedCost:
    """One cost class that was asked about, with its amount where it was given."""

    cost_class: str
    amount: Decimal | None = None


def asked_cost(rulebook: Rulebook, text: str) -> AskedCost:
    """Read ``airfare`` or ``airfare=1,234.56``. Raises `WrongUseError` with the nearest right word."""
    name, equals, amount = (part.strip() for part in text.partition("="))
    cost_class = _cost_class(rulebook, name)
    if not equals:
        return AskedCost(cost_class)
    match = _AMOUNT.fullmatch(amount)
    if match is None:
        raise WrongUseError(f'{cost_class}: expected an amount such as 1,234.56; found "{amount}".')
    return AskedCost(cost_class, Decimal(match[1].replace(",", "") + (match[2] or "")))


def _cost_class(rulebook: Rulebook, name: str) -> str:
    named = [cost.cost_class for cost in rulebook.cost_rules if cost.cost_class != ANY_OTHER]
    known = tuple(dict.fromkeys((*COST_CLASSES, *named)))
    for known_class in known:
        if plain(known_class) == plain(name):
            return known_class
    near = did_you_mean(name, known)
    raise WrongUseError(f'"{name}" is no cost class: expected {one_of(known)}. {near}'.strip())


def payments_of(
    rulebook: Rulebook, arrangement: str | None, classes: Sequence[str] = ()
) -> list[tuple[str, CostRule | None]]:
    """The cost rules for each cost class under an arrangement; for no classes, all that it names.

    A class that the arrangement does not cover has None: the rulebook does not say who pays it. For no
    classes, that is said of "any other", so that an open cost is not passed over in silence.
    """
    if not classes:
        rules = [rule for rule in rulebook.cost_rules if rule.arrangement == arrangement]
        named: list[tuple[str, CostRule | None]] = [(rule.cost_class, rule) for rule in rules]
        covered = any(rule.cost_class == ANY_OTHER for rule in rules)
        return named + [(ANY_OTHER, None)] * bool(rules and not covered)
    return [(name, rule) for name in classes for rule in ruling(rulebook, arrangement, name)[0] or (None,)]


def facts_wanted(
    rulebook: Rulebook,
    rules: Sequence[tuple[str, CostRule | None]],
    values: Mapping[str, FactValue],
) -> tuple[Fact, ...]:
    """The facts without a value that these cost rules compute with, each once."""
    facts = [fact for _, rule in rules if rule for fact in facts_of(rulebook, rule)]
    return tuple({fact.name: fact for fact in facts if values.get(fact.name) is None}.values())


def who_pays(
    rulebook: Rulebook,
    arrangement: str | None,
    asked: Sequence[AskedCost],
    values: Mapping[str, FactValue],
) -> tuple[Payment, ...]:
    """A payment for each payer of each class asked about (none: of all that the arrangement names)."""
    if not asked:
        rules = payments_of(rulebook, arrangement)
        return tuple(_payment(name, rule, values) for name, rule in rules)
    return tuple(found for cost in asked for found in _of_cost(rulebook, arrangement, cost, values))


def _of_cost(
    rulebook: Rulebook, arrangement: str | None, asked: AskedCost, values: Mapping[str, FactValue]
) -> Iterator[Payment]:
    name, cost = asked.cost_class, asked.amount
    rules = [rule for _, rule in payments_of(rulebook, arrangement, [name]) if rule is not None]
    if not rules:
        yield _payment(name, None, values)
        return
    if cost is None:
        yield from (_payment(name, rule, values) for rule in rules)
        return
    shares = {share.payer: share for share in payments(rulebook, arrangement, {name: cost}, values)}
    nothing = not paying(rules) and remainder(rules) is None
    for rule in rules:
        payment = _payment(name, rule, values)
        if nothing:
            yield replace(payment, words=f"{payment.words}: {cost:,.2f} of {cost:,.2f}", amount=cost)
        elif rule.method != "none":
            share = shares.get(rule.payer, Share(name, rule.payer, Decimal("0.00"), rule.method, rule.cites))
            yield _with_amount(payment, rule, share, cost, values)
        else:
            yield replace(payment, amount=Decimal("0.00"))
    if PUBLIC_BODY in shares and not nothing:
        yield _kept(shares[PUBLIC_BODY], cost)


def _payment(cost_class: str, rule: CostRule | None, values: Mapping[str, FactValue]) -> Payment:
    if rule is None:
        words = f"{cost_class}: who pays cannot be determined"
        return Payment(cost_class, UNDETERMINED, "", words, "", "")
    words = sentence(cost_class, rule, values)
    return Payment(cost_class, payer_words(rule.payer), rule.method, words, rule.cites, rule.write_down)


def _with_amount(
    payment: Payment, rule: CostRule, share: Share, cost: Decimal, values: Mapping[str, FactValue]
) -> Payment:
    if share.amount is None:
        words = f"{payment.words}: the amount cannot be determined: {share.open_point}"
        return replace(payment, words=words, open_point=share.open_point)
    said = amount_words(rule, cost, share.amount, values)
    return replace(payment, words=f"{payment.words}: {said}", amount=share.amount)


def _kept(share: Share, cost: Decimal) -> Payment:
    """What stays with the public body beside the payers."""
    if share.amount is None:
        words = "what stays with the public body cannot be determined"
    elif share.amount * cost < 0:
        words = f"{share.amount:,.2f} is left to the public body: more is charged than was spent"
    else:
        words = f"{share.amount:,.2f} of {cost:,.2f} stays with the public body"
    words = f"{share.cost_class}: {words}"
    return Payment(
        share.cost_class, PUBLIC_BODY, share.method, words, share.cites, "", share.amount, share.open_point
    )
