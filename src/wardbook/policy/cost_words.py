"""Cost rules in plain words: what a payer bears, by which part, of what, and how it is rounded."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from wardbook.policy.cells import show_value
from wardbook.policy.costs import exact_amount, is_public, number, plain_amount
from wardbook.policy.model import THE_COST, Base, Choice, CostRule, FactValue, Part, products_of
from wardbook.policy.read_costs import AGENCY, LOADED, REST

INSTEAD = "instead of the recorded cost"

_PLAIN = 10**6
"""A part of a larger denominator says less to a reader than the facts it comes from."""

_IN_WORDS = {Fraction(0): "none", Fraction(1): "all"}

_ROUNDED = {
    "half up": "a half cent rounded up",
    "half even": "a half cent rounded to the even cent",
    "down": "part of a cent left out",
    "up": "part of a cent rounded up",
}


def payer_words(payer: str) -> str:
    """A payer word as a sentence says it: ``using agency`` for ``{agency}``."""
    return "using agency" if payer == AGENCY else payer


def method_words(rule: CostRule) -> str:
    """The method as the rulebook writes it: ``full plus 25 %``."""
    return f"{rule.method} {_percent(rule.loading)}" if rule.method == LOADED else rule.method


def what_is_borne(rule: CostRule, values: Mapping[str, FactValue] | None = None) -> str:
    """What the payer of the rule bears: ``3/8 of it by time (political hours / total hours = 3 / 8)``.

    Facts that ``values`` does not give are named.
    """
    known = values or {}
    if rule.method == REST:
        return "the rest, with the odd cents"
    if rule.method == "added only":
        return "what its activity added, as recorded"
    if rule.method == LOADED and rule.base is None:
        return f"all of it and {_percent(rule.loading)} on top ({_ROUNDED[rule.rounding]})"
    if rule.part is None and rule.base is None:
        return "all of it" if rule.method == "full" else "none of it"
    rounded = "" if _whole_cents(rule) else _ROUNDED[rule.rounding]
    base = "" if rule.base is None else _base(rule.base, known)
    instead = "" if rule.base is None or _reads_cost(rule.base) else INSTEAD
    if rule.part is None:
        loaded = f" and {_percent(rule.loading)} on top" if rule.method == LOADED else ""
        return f"{base}{loaded}{instead and ' ' + instead}{_aside(rounded)}"
    by = rule.method.removeprefix("share ")
    of = f"of {base} {by}{instead and ', ' + instead}" if base else f"of it {by}"
    part, worked = _part(rule.part, known)
    return f"{part} {of}{_aside(worked, rounded)}"


def sentence(cost_class: str, rule: CostRule, values: Mapping[str, FactValue] | None = None) -> str:
    """Who pays the class under the rule, in one sentence."""
    who = payer_words(rule.payer)
    if rule.method == REST and is_public(rule.payer):
        return f"{cost_class}: the rest stays with the public body"
    if rule.method == "none" or is_public(rule.payer):
        kept = "" if is_public(rule.payer) else f"; the {who} pays none of it"
        return f"{cost_class}: stays with the public body{kept}"
    pays = "pays or repays" if rule.method == "full" else "pays"
    return f"{cost_class}: the {who} {pays} {what_is_borne(rule, values)}"


def amount_words(rule: CostRule, cost: Decimal, amount: Decimal, values: Mapping[str, FactValue]) -> str:
    """The amount to the cent beside the cost, and how it was rounded: ``462.96 of 1,234.56``."""
    said = f"{amount:,.2f}"
    said += f", the recorded cost being {cost:,.2f}" if rule.base else f" of {cost:,.2f}"
    if plain_amount(rule) or rule.method in {"added only", REST}:
        return said
    exact = exact_amount(rule, cost, values)
    off = Fraction(amount) - exact
    if not off:
        return said
    more = "up" if abs(Fraction(amount)) > abs(exact) else "down"
    return f"{said}, rounded {more} from {_mills(exact)}"


def _aside(*words: str) -> str:
    said = "; ".join(word for word in words if word)
    return f" ({said})" if said else ""


def _part(part: Part, values: Mapping[str, FactValue]) -> tuple[str, str]:
    """The part in short, and how it was found."""
    top, bottom = _ratio(part.top, values), _ratio(part.bottom, values)
    named = show_part(part)
    if top is None or bottom is None or bottom == 0:
        return named, ""
    exact = top / bottom
    if isinstance(part.top, Decimal) and isinstance(part.bottom, Decimal):
        return named, ""
    plain = exact <= 1 and exact.denominator <= _PLAIN
    short = _IN_WORDS.get(exact, f"{exact.numerator}/{exact.denominator}") if plain else named
    shown = _shown(part.top, values)
    if part.bottom != 1:
        shown += f" / {_shown(part.bottom, values)}"
    return short, f"{named} = {shown}"


def _reads_cost(base: Base | Choice) -> bool:
    return any(product.amount == THE_COST for product in products_of(base))


def _base(base: Base | Choice, values: Mapping[str, FactValue]) -> str:
    if isinstance(base, Choice):
        *firsts, last = [_base(one, values) for one in base.among]
        return f"the {'greater' if base.greater else 'lesser'} of {', '.join(firsts)} and {last}"
    if base.less is not None:
        return f"{_base(Base(base.amount, base.times), values)} less {_base(base.less, values)}"
    named = show_base(base)
    if base.amount == THE_COST:
        return named
    amount, quantity = _ratio(base.amount, values), _ratio(base.times, values)
    if amount is None or quantity is None or (isinstance(base.amount, Decimal) and base.times == 1):
        return f"the {named}" if isinstance(base.amount, str) else named
    if base.times == 1:
        return f"the {named} of {_money(amount)}"
    return f"{named} ({_money(amount)} x {_shown(base.times, values)})"


def _money(amount: Fraction) -> str:
    exact = Decimal(amount.numerator) / Decimal(amount.denominator)
    return f"{exact:,.2f}" if exact == round(exact, 2) else f"{exact:,f}"


def show_part(part: Part) -> str:
    """A part as a rulebook writes it: ``political hours / total hours``, ``1/2``, ``50 %``."""
    if isinstance(part.top, Decimal) and isinstance(part.bottom, Decimal):
        return _percent(part.top) if part.bottom == 1 else f"{_number(part.top)}/{_number(part.bottom)}"
    return _number(part.top) if part.bottom == 1 else f"{_number(part.top)} / {_number(part.bottom)}"


def show_base(base: Base | Choice) -> str:
    """A base as a rulebook writes it: ``charter rate x flight hours``."""
    if isinstance(base, Choice):
        *firsts, last = [show_base(one) for one in base.among]
        return f"the {'greater' if base.greater else 'lesser'} of {', '.join(firsts)} and {last}"
    if base.less is not None:
        return f"{show_base(Base(base.amount, base.times))} less {show_base(base.less)}"
    return _number(base.amount) if base.times == 1 else f"{_number(base.amount)} x {_number(base.times)}"


def _ratio(term: str | Decimal, values: Mapping[str, FactValue]) -> Fraction | None:
    value = values.get(term) if isinstance(term, str) else term
    return number(term, values) if isinstance(value, int | Decimal) else None


def _shown(term: str | Decimal, values: Mapping[str, FactValue]) -> str:
    return show_value(values[term]) if isinstance(term, str) else _number(term)


def _number(term: str | Decimal) -> str:
    return term if isinstance(term, str) else f"{term.normalize():,f}"


def _percent(part: Decimal) -> str:
    return f"{(part * 100).normalize():f} %"


def _mills(exact: Fraction) -> str:
    """An amount with what there is beyond the cent, to six places; longer ones are cut, with an ellipsis."""
    millionths, more = divmod(abs(exact) * 10**6, 1)
    sign = "-" if exact < 0 else ""
    text = f"{sign}{Decimal(int(millionths)).scaleb(-6):,.6f}"
    return f"{text}..." if more else text.rstrip("0")


def _whole_cents(rule: CostRule) -> bool:
    """Whether the amount is in whole cents whatever the facts: a fare as it stands."""
    base = rule.base
    if rule.part is not None or rule.loading or base is None:
        return False
    return all(_cents(product.amount) and product.times == 1 for product in products_of(base))


def _cents(amount: str | Decimal) -> bool:
    return isinstance(amount, str) or amount == round(amount, 2)
