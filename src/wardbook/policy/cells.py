"""The cell language of decision tables: what a cell may say, and when a fact satisfies it.

==================  =========================================================================
cell                satisfied by
==================  =========================================================================
(blank)             anything; the rule does not read the fact
``a, b``            any of the values
``not a, b``        any value but these
``lo..hi``          lo, hi and what lies between (numbers and dates; either side may be open)
``< v`` ``<= v``    smaller values (likewise ``>`` and ``>=``)
``yes`` ``no``      that value
``?``               the fact is not known
``a, ?``            the value, or the fact is not known
==================  =========================================================================

A cell that reads an unknown fact is itself neither true nor false (None), except where it says ``?``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wardbook.policy.model import Fact, FactType, FactValue, Strange
from wardbook.policy.refusal import did_you_mean, one_of

UNKNOWN_WORDS = frozenset(
    {
        "unknown",
        "none",
        "n a",
        "na",
        "null",
        "nil",
        "nan",
        "undetermined",
        "to be determined",
        "tbd",
        "missing",
        "unspecified",
        "unrecorded",
        "not known",
        "not available",
        "not recorded",
        "not specified",
        "not stated",
        "not on record",
        "no record",
    }
)
"""Words that must never stand for a value, without regard to case, dashes, dots and slashes."""

ORDERED = frozenset(
    {
        FactType.WHOLE,
        FactType.DECIMAL,
        FactType.MONEY,
        FactType.DATE,
        FactType.DURATION,
        FactType.SHARE,
    }
)
"""Types whose values have an order."""

DURATION_UNITS: Mapping[str, int] = {"min": 1, "h": 60, "d": 1440}
"""The units of a duration, in minutes."""

_COMPARISON = re.compile(r"(<=|>=|<|>)\s*(.*)", re.DOTALL)
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_DECIMAL = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
_MONEY = re.compile(r"(-?[1-9][0-9]{0,2}(?:,[0-9]{3})+|-?[0-9]{1,15})(\.[0-9]{2})?\s*([A-Z]{3})?")
_SHARE = re.compile(
    r"([0-9]{1,3}(?:\.[0-9]{1,4})?)\s*%|([0-9]{1,9})\s*/\s*([0-9]{1,9})|([0-9](?:\.[0-9]{1,6})?)"
)
_DURATION_PART = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)\s*(min|h|d)\b\s*")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NOT = re.compile(r"not(?:\s+|$)", re.IGNORECASE)
_GLUED = re.compile(r"[0-9],[0-9]")
_OTHER_SIGNS = (("≤", "<="), ("≥", ">="), ("=<", "<="), ("=>", ">="), ("–", ".."), ("—", ".."), ("−", "-"))


class CellError(ValueError):
    """A cell that cannot be read: what was expected, what was found, and advice."""

    def __init__(self, expected: str, found: str, advice: str = "") -> None:
        super().__init__(f"expected {expected}; found {found}. {advice}".rstrip())
        self.expected = expected
        self.found = found
        self.advice = advice


@dataclass(frozen=True)
class OneOf:
    """The fact is one of ``values`` (or not known, if ``unknown``); with ``negated``, it is not."""

    values: tuple[FactValue, ...]
    unknown: bool = False
    negated: bool = False


@dataclass(frozen=True)
class Between:
    """The fact lies between ``low`` and ``high``; None is an open side; ``*_in``: the bound belongs."""

    low: int | Decimal | date | None
    high: int | Decimal | date | None
    low_in: bool = True
    high_in: bool = True


Cell = OneOf | Between


def holds(cell: Cell, value: FactValue) -> bool | None:
    """Whether ``value`` satisfies ``cell``: True, False, or None where the fact is not known."""
    if isinstance(value, Strange):
        return None
    if isinstance(cell, OneOf):
        if value is None:
            return not cell.negated if cell.unknown else None
        return (value in cell.values) != cell.negated
    if value is None:
        return None
    return _above(cell, value) and _below(cell, value)


def _above(cell: Between, value: FactValue) -> bool:
    if cell.low is None:
        return True
    return bool(value >= cell.low if cell.low_in else value > cell.low)  # type: ignore[operator]


def _below(cell: Between, value: FactValue) -> bool:
    if cell.high is None:
        return True
    return bool(value <= cell.high if cell.high_in else value < cell.high)  # type: ignore[operator]


# ---------------------------------------------------------------- reading


def says_unknown(word: str) -> bool:
    """Whether a word says that a value is not known: ``unknown``, ``none``, ``N/A``, ``not-known``."""
    return " ".join(re.sub(r"[\s_./-]+", " ", word).casefold().split()) in UNKNOWN_WORDS


def parse_cell(text: str, fact: Fact) -> Cell | None:
    """Read a cell of ``fact``'s column; None for a blank one. Raises `CellError`."""
    text = text.strip()
    if not text:
        return None
    if fact.type in ORDERED:
        ordered = _parse_ordered(text, fact)
        if ordered is not None:
            return ordered
    elif _COMPARISON.match(text) or (fact.type is not FactType.TEXT and ".." in text):
        raise CellError(
            _expectation(fact), f'"{text}"', f"{fact.name} is {fact.type.value}: it has no order."
        )
    return _parse_list(text, fact)


def _parse_ordered(text: str, fact: Fact) -> Between | None:
    comparison = _COMPARISON.fullmatch(text)
    if comparison:
        sign, bound = comparison[1], _bound(comparison[2], fact)
        if sign.startswith("<"):
            return Between(None, bound, high_in=sign == "<=")
        return Between(bound, None, low_in=sign == ">=")
    if ".." not in text:
        return None
    low_text, high_text = (part.strip() for part in text.split("..", 1))
    if not low_text and not high_text:
        raise CellError(
            "a range with at least one end", f'"{text}"', "Leave the cell blank to read any value."
        )
    low = _bound(low_text, fact) if low_text else None
    high = _bound(high_text, fact) if high_text else None
    if low is not None and high is not None and low > high:  # type: ignore[operator]
        raise CellError("a range from low to high", f'"{text}"', f'Did you mean "{high_text}..{low_text}"?')
    return Between(low, high)


def _bound(text: str, fact: Fact) -> int | Decimal | date:
    value = parse_value(text, fact)
    if isinstance(value, bool) or not isinstance(value, int | Decimal | date):
        raise CellError(_expectation(fact), f'"{text}"')
    return value


def _parse_list(text: str, fact: Fact) -> OneOf:
    negated = _NOT.match(text)
    items = _items(text[negated.end() :] if negated else text, fact)
    values: list[FactValue] = []
    unknown = False
    for item in items:
        if item == "?" and not unknown:
            unknown = True
            continue
        if not item:
            raise CellError(_expectation(fact), f'an empty item in "{text}"')
        if item.casefold().startswith("not "):
            raise CellError('"not" once, at the start of the cell', f'"{text}"', 'Write "not a, b".')
        value = parse_value(item, fact)
        if value in values:
            raise CellError("each value once", f'"{item}" twice in "{text}"')
        values.append(value)
    return OneOf(tuple(values), unknown, bool(negated))


def _items(text: str, fact: Fact) -> list[str]:
    """The items between commas. In a list of numbers a blank follows the comma: ``1,250`` is one amount."""
    numbers = fact.type in ORDERED and fact.type is not FactType.DATE
    parts = re.split(r",(?![0-9])|(?<![0-9]),", text) if numbers else text.split(",")
    return [part.strip() for part in parts]


def _advice(text: str) -> str:
    """How a number that is written in another way is written here."""
    if _GLUED.search(text):
        return "Write a blank after a comma that parts two values, and a point before decimals."
    sign = next((sign for other, sign in _OTHER_SIGNS if other in text), "")
    return f'Write "{sign}".' if sign else ""


def parse_value(text: str, fact: Fact) -> FactValue:
    """Read one value of ``fact``; aliases of an enum become the value. Raises `CellError`."""
    text = text.strip()
    if says_unknown(text):
        raise CellError(_expectation(fact), f'"{text}"', 'Not known is not a value: write "?".')
    if fact.type is FactType.ENUM:
        return _enum(text, fact)
    if fact.type is FactType.YES_NO:
        if text.casefold() in {"yes", "no"}:
            return text.casefold() == "yes"
        raise CellError(_expectation(fact), f'"{text}"', did_you_mean(text, ("yes", "no")))
    if fact.type is FactType.TEXT:
        if not text or text[0] in "<>=" or "?" in text:
            raise CellError("a text without ?, < or >", f'"{text}"')
        return text
    try:
        return parse_ordered(text, fact)
    except CellError as error:
        raise CellError(error.expected, error.found, error.advice or _advice(text)) from None


def parse_ordered(text: str, fact: Fact) -> int | Decimal | date:
    """Read a value of an ordered type, within the fact's bounds. Raises `CellError`."""
    readers = {FactType.MONEY: _money, FactType.DURATION: _duration, FactType.SHARE: _share}
    reader = readers.get(fact.type)
    value = reader(text, fact) if reader else _plain_ordered(text, fact.type)
    below = fact.low is not None and value < fact.low  # type: ignore[operator]
    if below or (fact.high is not None and value > fact.high):  # type: ignore[operator]
        low = "" if fact.low is None else show_value(fact.low)
        high = "" if fact.high is None else show_value(fact.high)
        raise CellError(f"a value of {fact.name} within {low}..{high}", f'"{text}"')
    return value


def _money(text: str, fact: Fact) -> Decimal:
    match = _MONEY.fullmatch(text)
    if match is None:
        raise CellError("an amount such as 1250 or 1,250.00", f'"{text}"')
    if match[3] and match[3] != fact.unit:
        raise CellError(f"an amount in {fact.unit}", f'"{text}"')
    return Decimal(match[1].replace(",", "") + (match[2] or ""))


def _duration(text: str, fact: Fact) -> Decimal:
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    parts, at = [], 0
    while match := _DURATION_PART.match(text, at):
        parts.append((Decimal(match[1]), match[2]))
        at = match.end()
    units = [unit for _, unit in parts]
    if not parts or at != len(text) or len(set(units)) != len(units):
        raise CellError(f"a duration in {fact.unit}, such as 2 h or 16 h 35 min", f'"{text}"')
    minutes = sum((amount * DURATION_UNITS[unit] for amount, unit in parts), Decimal(0))
    value = (minutes / DURATION_UNITS[fact.unit]).quantize(Decimal("0.000001"))
    if value * DURATION_UNITS[fact.unit] != minutes:
        advice = f"Declare {fact.name} with a smaller unit, such as min."
        raise CellError(f"a duration that is exact in {fact.unit}", f'"{text}"', advice)
    return value


def _share(text: str, _fact: Fact) -> Decimal:
    match = _SHARE.fullmatch(text)
    if match is None or (match[3] and not int(match[3])):
        raise CellError("a share such as 50 %, 3/8 or 0.375", f'"{text}"')
    if match[1]:
        value = Decimal(match[1]) / 100
    elif match[2]:
        value = (Decimal(match[2]) / Decimal(match[3])).quantize(Decimal("0.000001"))
        if value * Decimal(match[3]) != Decimal(match[2]):
            raise CellError("a share that is exact to six decimals", f'"{text}"')
    else:
        value = Decimal(match[4])
    if value > 1:
        raise CellError("a share from 0 to 1 (0 % to 100 %)", f'"{text}"')
    return value


def _plain_ordered(text: str, kind: FactType) -> int | Decimal | date:
    if kind is FactType.DATE:
        return parse_day(text)
    if kind is FactType.WHOLE and _WHOLE.fullmatch(text):
        return int(text)
    if kind is FactType.DECIMAL and _DECIMAL.fullmatch(text):
        return Decimal(text)
    words = {FactType.WHOLE: "a whole number", FactType.DECIMAL: "a number such as 12 or 0.5"}
    raise CellError(words[kind], f'"{text}"')


def parse_day(text: str) -> date:
    """Read a day written YYYY-MM-DD. Raises `CellError`, also for a day that no calendar has."""
    if not _DATE.fullmatch(text):
        raise CellError("a day as YYYY-MM-DD", f'"{text}"')
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CellError("a day that exists, as YYYY-MM-DD", f'"{text}"') from None


def _enum(text: str, fact: Fact) -> str:
    for value in (*fact.values, *fact.aliases):
        if value.casefold() == text.casefold():
            return fact.aliases.get(value, value)
    known = (*fact.values, *fact.aliases)
    raise CellError(one_of(fact.values), f'"{text}"', did_you_mean(text, known))


def _expectation(fact: Fact) -> str:
    if fact.type is FactType.ENUM:
        return one_of(fact.values)
    return {
        FactType.YES_NO: "yes, no or ?",
        FactType.WHOLE: "a whole number, a range lo..hi, or a comparison",
        FactType.DECIMAL: "a number, a range lo..hi, or a comparison",
        FactType.MONEY: "an amount, a range lo..hi, or a comparison",
        FactType.DURATION: "a duration, a range lo..hi, or a comparison",
        FactType.SHARE: "a share, a range lo..hi, or a comparison",
        FactType.DATE: "a day, a range lo..hi, or a comparison",
        FactType.TEXT: "a text",
    }[fact.type]


def show_value(value: FactValue) -> str:
    """A fact's value in words: yes and no for truth values, ``not on record`` for None."""
    if value is None:
        return "not on record"
    if isinstance(value, Strange):
        return f'"{value.word}"'
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)
