"""Reading the ``base`` of a cost rule: what is charged or shared instead of the recorded cost.

::

    base   = amount ["less" amount]
           | "the lesser of" base (("," base)* "and" base)
           | "the greater of" base (("," base)* "and" base)
    amount = (fact | number | "the cost") [("x" | "*") (fact | number)]

Only the last part of "the lesser of" and "the greater of" may be one of these itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from wardbook.policy.cells import CellError
from wardbook.policy.model import THE_COST, Base, Choice, Fact, FactType, products_of
from wardbook.policy.refusal import did_you_mean
from wardbook.policy.sheet import plain

_MEASURED = frozenset({FactType.WHOLE, FactType.DECIMAL, FactType.DURATION, FactType.SHARE})
_NUMBER = re.compile(r"([1-9][0-9]{0,2}(,[0-9]{3}){1,3}|[0-9]{1,12})(\.[0-9]{1,6})?")
_CHOICE = re.compile(r"the (lesser|greater) of\s+", re.IGNORECASE)
_TIMES = re.compile(r"\s+[xX×*]\s+")
_LESS = re.compile(r"\s+less\s+", re.IGNORECASE)
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_COMMA = re.compile(r",\s+")
_DEEPEST = 3
_LONGEST = 500

_EXPECTED = (
    "a money fact or amount, alone or x a quantity, such as rate x miles; the cost less 100.00; "
    "the lesser of the cost and fare"
)


class BaseError(CellError):
    """A base that cannot be read."""


def measured(fact: Fact) -> bool:
    """Whether a fact may be a quantity: a number, a duration or a share."""
    return fact.type in _MEASURED


def read_term(text: str, facts: Mapping[str, Fact]) -> str | Decimal | None:
    """The name of a fact (by plain name in ``facts``), or a number; None for anything else."""
    fact = facts.get(plain(text))
    if fact is not None:
        return fact.name
    return Decimal(text.replace(",", "")) if _NUMBER.fullmatch(text) else None


def read_base(text: str, facts: Mapping[str, Fact]) -> Base | Choice:
    """Read a base over ``facts`` (by plain name). Raises `BaseError`."""
    found = list(dict.fromkeys(_bases(text, facts, 1))) if len(text) <= _LONGEST else []
    if not found:
        known = [*(fact.name for fact in facts.values()), THE_COST]
        raise BaseError(_EXPECTED, f'"{text}"', did_you_mean(text, known))
    if len(found) > 1:
        advice = "Give the facts names that do not hold these words."
        raise BaseError("a base that can be read in one way", f'"{text}"', advice)
    products = products_of(found[0])
    for product in products:
        _refuse_wrong_facts(product, facts)
    if products == (Base(THE_COST),):
        raise BaseError(_EXPECTED, f'"{text}"', "The recorded cost itself needs no base.")
    names = (product.amount for product in products)
    units = {facts[plain(name)].unit for name in names if isinstance(name, str) and name != THE_COST}
    if len(units) > 1:
        raise BaseError("money facts in one currency", " and ".join(sorted(units)))
    return found[0]


def _bases(text: str, facts: Mapping[str, Fact], depth: int) -> Iterator[Base | Choice]:
    """Every way to read a base: names of facts may hold the words that part amounts."""
    chosen = _CHOICE.match(text)
    if chosen is None:
        yield from _less(text, facts)
        return
    if depth > _DEEPEST:
        return
    rest, greater = text[chosen.end() :], chosen[1].casefold() == "greater"
    for cut in _AND.finditer(rest):
        lasts = list(_bases(rest[cut.end() :], facts, depth + 1))
        if not lasts:
            continue
        firsts = [list(_less(item, facts)) for item in _COMMA.split(rest[: cut.start()])]
        if all(len(ways) == 1 for ways in firsts):
            for last in lasts:
                yield Choice(greater, (*(ways[0] for ways in firsts), last))


def _less(text: str, facts: Mapping[str, Fact]) -> Iterator[Base]:
    whole = _amount(text, facts)
    if whole is not None:
        yield whole
    for cut in _LESS.finditer(text):
        first, off = _amount(text[: cut.start()], facts), _amount(text[cut.end() :], facts)
        if first is not None and off is not None:
            yield Base(first.amount, first.times, off)


def _amount(text: str, facts: Mapping[str, Fact]) -> Base | None:
    first, *rest = _TIMES.split(text.strip(), maxsplit=1)
    amount = THE_COST if plain(first) == THE_COST else read_term(first, facts)
    times = read_term(rest[0], facts) if rest else Decimal(1)
    return None if amount is None or times is None else Base(amount, times)


def _refuse_wrong_facts(product: Base, facts: Mapping[str, Fact]) -> None:
    amount, times = product.amount, product.times
    if isinstance(amount, str) and amount != THE_COST:
        kind = facts[plain(amount)].type
        if kind is not FactType.MONEY:
            raise BaseError("a money fact before the x", f"{amount} is {kind.value}")
    if isinstance(times, str) and not measured(facts[plain(times)]):
        found = f"{times} is {facts[plain(times)].type.value}"
        raise BaseError("a number or a duration after the x", found)
