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
    is_public,
    kept_cites,
    paying,
    payments,
    remainder,
    ruling,
)
from wardbook.policy.model import COST_CLASSES, CostRule, Fact, FactValue, Rulebook
from wardbook.policy.read_costs import ANY_OTHER
from wardbook.policy.refusal import did_you_mean, one_of
from wardbook.policy.sheet import plain

_AMOUNT = re.compile(r"-?([0-9]{1,3}(,[0-9]{3}){1,3}|[0-9]{1,12})(\.[0-9]{1,2})?")
"""An amount below a million millions, with or without commas between the thousands."""

_NOTHING = Decimal("0.00")
_CENT = Decimal("0.01")


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


def asked_costs(rulebook: Rulebook, texts: Sequence[str]) -> tuple[AskedCost, ...]:
    """Read ``airfare`` or ``airfare=1,234.56``, each class once.

    Raises `WrongUseError` with the nearest right word.
    """
    asked = tuple(_asked_cost(rulebook, text) for text in texts)
    for at, cost in enumerate(asked):
        if cost.cost_class in {other.cost_class for other in asked[:at]}:
            advice = "Add the amounts up where they are one cost; ask once for each where they are several."
            raise WrongUseError(f"{cost.cost_class}: expected once; found twice. {advice}")
    return asked


def _asked_cost(rulebook: Rulebook, text: str) -> AskedCost:
    name, equals, amount = (part.strip() for part in text.partition("="))
    cost_class = _cost_class(rulebook, name)
    if not equals:
        return AskedCost(cost_class)
    if _AMOUNT.fullmatch(amount) is None:
        wanted = "an amount such as 1,234.56, below 1,000,000,000,000"
        raise WrongUseError(f'{cost_class}: expected {wanted}; found "{amount}".')
    return AskedCost(cost_class, Decimal(amount.replace(",", "")).quantize(_CENT))


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
        name = plain(arrangement or "")
        rules = [rule for rule in rulebook.cost_rules if plain(rule.arrangement) == name]
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
    rules, problem = ruling(rulebook, arrangement, name)
    if problem:
        unsaid = _payment(name, None, values)
        why = "" if arrangement is None else f": {problem}"
        yield replace(unsaid, words=unsaid.words + why, open_point=problem)
        return
    if cost is None:
        yield from (_payment(name, rule, values) for rule in rules)
        return
    shares = {share.payer: share for share in payments(rulebook, arrangement, {name: cost}, values)}
    yield from (
        _with_amount(_payment(name, rule, values), rule, shares.get(rule.payer), cost, values)
        for rule in rules
        if not is_public(rule.payer)
    )
    kept = shares.get(PUBLIC_BODY)
    if kept is not None or (not paying(rules) and remainder(rules) is None):
        yield _kept(rules, kept or Share(name, PUBLIC_BODY, _NOTHING, "none", kept_cites(rules)), cost)


def _payment(cost_class: str, rule: CostRule | None, values: Mapping[str, FactValue]) -> Payment:
    if rule is None:
        words = f"{cost_class}: who pays cannot be determined"
        return Payment(cost_class, UNDETERMINED, "", words, "", "")
    words = sentence(cost_class, rule, values)
    return Payment(cost_class, payer_words(rule.payer), rule.method, words, rule.cites, rule.write_down)


def _with_amount(
    payment: Payment, rule: CostRule, share: Share | None, cost: Decimal, values: Mapping[str, FactValue]
) -> Payment:
    """What the payer of one rule bears of ``cost``; no share is nothing."""
    if rule.method == "none":
        words = f"{payment.cost_class}: the {payment.payer} pays none of it"
        return replace(payment, words=words, amount=_NOTHING)
    amount = _NOTHING if share is None else share.amount
    if share is not None and amount is None:
        words = f"{payment.words}: the amount cannot be determined: {share.open_point}"
        return replace(payment, words=words, open_point=share.open_point)
    said = amount_words(rule, cost, amount or _NOTHING, values)
    return replace(payment, words=f"{payment.words}: {said}", amount=amount)


def _kept(rules: Sequence[CostRule], share: Share, cost: Decimal) -> Payment:
    """What stays with the public body beside the payers."""
    write_down = "; ".join(rule.write_down for rule in rules if is_public(rule.payer) and rule.write_down)
    return Payment(
        share.cost_class,
        PUBLIC_BODY,
        share.method,
        f"{share.cost_class}: {_kept_words(share.amount, cost)}",
        share.cites,
        write_down,
        share.amount,
        share.open_point,
    )


def _kept_words(amount: Decimal | None, cost: Decimal) -> str:
    if amount is None:
        return "what stays with the public body cannot be determined"
    if amount < 0 and amount < cost:
        return f"{amount:,.2f} is left to the public body: more is charged than was spent"
    if amount > 0 and amount > cost:
        return f"{amount:,.2f} is left to the public body: more is given back than was refunded"
    return f"{amount:,.2f} of {cost:,.2f} stays with the public body"
