"""One cell of a table: from text to a value of a column, or the reason why not.

Every function takes the cell's text (already stripped, not empty) and gives a `Value`; a text that cannot be
read raises `BadCellError`, which says what was expected, what was found and what to do. Nothing is guessed
and no float is made: numbers are read as `Decimal` from their digits. Days and times are in `dates`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from decimal import ROUND_HALF_EVEN, Decimal

_CENT = Decimal("0.01")
_THOUSANDTH = Decimal("0.001")
_MOST_MONEY = Decimal(9999999999999999)
_MOST_WHOLE = 2**63 - 1
_DAY_HOURS = 24
_ROUND_THE_EARTH_M = 40_075_000

HOUR_UNITS: Mapping[str, Decimal] = {"h": Decimal(1), "min": Decimal(60), "s": Decimal(3600)}
"""Units of a duration and how many make an hour; ``h:mm`` is read apart."""

LENGTH_UNITS: Mapping[str, Decimal] = {
    "m": Decimal(1),
    "km": Decimal(1000),
    "mi": Decimal("1609.344"),
    "nm": Decimal(1852),
    "ft": Decimal("0.3048"),
}
"""Units of length in metres: international mile and foot (1959), nautical mile (SI brochure, table 8)."""

YES = ("yes", "y", "true", "t", "1")
NO = ("no", "n", "false", "f", "0")

_PLAIN_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+", re.ASCII)
_GROUPED_NUMBER = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?", re.ASCII)
_CLOCK = re.compile(r"([0-9]{1,4}):([0-5][0-9])(?::([0-5][0-9]))?", re.ASCII)
_CURRENCY = re.compile(r"^(?:[A-Z]{3}\s*|(?:US|A|NZ|C|CA)?\$|€|£)\s*|\s*(?:[A-Z]{3}|\$|€|£)$")
_DECIMAL_TYPE = re.compile(r"DECIMAL\(([0-9]+),([0-9]+)\)")
_DASHES = frozenset("-–—")


class BadCellError(ValueError):
    """A cell that cannot be read: ``expected``, ``found`` and ``advice`` in words."""

    def __init__(self, expected: str, found: str, advice: str) -> None:
        super().__init__(f"expected {expected}; found {found}. {advice}")
        self.expected = expected
        self.found = found
        self.advice = advice


def shown(text: str, longest: int = 80) -> str:
    """A text as messages show it: quoted, on one line, cut after ``longest`` characters."""
    flat = " ".join(text.split())
    return f"'{flat}'" if len(flat) <= longest else f"'{flat[:longest]}…'"


def read_number(text: str, decimal_sign: str = ".") -> Decimal:
    """A number in digits, with or without groups of thousands ('1,400.50'), as an exact Decimal.

    ``decimal_sign`` is '.' or ','; the other of the two then groups thousands.
    """
    sign, digits = _signed(text)
    if decimal_sign == ",":
        digits = digits.translate(str.maketrans(",.", ".,"))
    digits = digits.replace("\N{NO-BREAK SPACE}", "").replace("\N{NARROW NO-BREAK SPACE}", "")
    if not (_PLAIN_NUMBER.fullmatch(digits) or _GROUPED_NUMBER.fullmatch(digits)):
        example = "1.400,50" if decimal_sign == "," else "1,400.50"
        other = "." if decimal_sign == "," else ","
        raise BadCellError(
            f"a number such as {example}",
            shown(text),
            f"Correct it at the source; if '{other}' is the decimal sign, "
            f'write decimal = "{other}" in the mapping.',
        )
    return sign * Decimal(digits.replace(",", ""))


def _signed(text: str) -> tuple[int, str]:
    text = text.strip()
    if text.startswith("(") and text.endswith(")"):
        return -1, text[1:-1].strip()
    for minus in ("-", "−"):
        if text.startswith(minus):
            return -1, text[1:].strip()
        if text.endswith(minus):
            return -1, text[: -len(minus)].strip()
    return 1, text.removeprefix("+")


def read_money(text: str, decimal_sign: str = ".") -> Decimal | None:
    """An amount such as '$1,400.00', '(7.25)', '-7.25' or '7.25-'; a lone dash is no amount (None).

    More than two decimals are refused rather than rounded.
    """
    if _CURRENCY.sub("", text, count=1).strip() in _DASHES:
        return None
    sign, digits = _signed(text)
    bare = _CURRENCY.sub("", digits, count=1).strip()
    if bare in _DASHES:
        return None
    if sign < 0 and bare.startswith(("-", "−", "(")):
        raise BadCellError("an amount with one sign", shown(text), "Correct it at the source.")
    try:
        amount = sign * read_number(bare, decimal_sign)
    except BadCellError as bad:
        raise BadCellError("an amount of money such as 1,400.00", shown(text), bad.advice) from None
    if abs(amount) > _MOST_MONEY:
        raise BadCellError("an amount below ten quadrillion", shown(text), "Correct it at the source.")
    if amount != amount.quantize(_CENT):
        raise BadCellError(
            "an amount to the cent", shown(text), "Round it at the source, so that the rounding is on record."
        )
    return amount.quantize(_CENT)


def read_hours(text: str, unit: str = "h", decimal_sign: str = ".") -> Decimal:
    """A duration as hours, to the thousandth; ``unit`` is h, min, s or h:mm.

    One entry is of one day: less than 0 or more than 24 hours are refused.
    """
    hours = _clock_hours(text) if unit == "h:mm" else read_number(text, decimal_sign) / HOUR_UNITS[unit]
    if not 0 <= hours <= _DAY_HOURS:
        raise BadCellError(
            "0 to 24 hours in one entry",
            shown(text),
            "Correct it at the source, or check the unit of the mapping.",
        )
    return hours.quantize(_THOUSANDTH, ROUND_HALF_EVEN)


def _clock_hours(text: str) -> Decimal:
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise BadCellError(
            "hours and minutes such as 1:30", shown(text), "Correct it, or check the mapping's unit."
        )
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return Decimal(hours * 3600 + minutes * 60 + seconds) / 3600


def read_length(text: str, unit: str = "m", decimal_sign: str = ".") -> int:
    """A distance as whole metres; ``unit`` is m, km, mi or nm. More than once round the earth is refused."""
    metres = read_number(text, decimal_sign) * LENGTH_UNITS[unit]
    if not 0 <= metres <= _ROUND_THE_EARTH_M:
        raise BadCellError(
            "a distance of 0 to 40,075 km in one entry",
            f"{shown(text)} {unit}",
            "Correct it at the source, or check the unit of the mapping.",
        )
    return int(metres.to_integral_value(ROUND_HALF_EVEN))


def read_exact(text: str, kind: str, decimal_sign: str = ".") -> Decimal:
    """A number for a column of type ``DECIMAL(p,s)``; more than s decimals are refused, not rounded."""
    number = read_number(text, decimal_sign)
    match = _DECIMAL_TYPE.fullmatch(kind)
    if match is not None:
        places = int(match[2])
        if number != round(number, places) or abs(number) >= 10 ** (int(match[1]) - places):
            raise BadCellError(
                f"a number of at most {match[1]} digits, {places} of them decimals",
                shown(text),
                "Round it at the source, so that the rounding is on record.",
            )
    return number


def read_whole(text: str, decimal_sign: str = ".") -> int:
    """A whole number ('12', '1,200', '12.0')."""
    number = read_number(text, decimal_sign)
    if number != number.to_integral_value() or abs(number) > _MOST_WHOLE:
        raise BadCellError("a whole number", shown(text), "Correct it at the source.")
    return int(number)


def read_yes_no(text: str, yes: Collection[str] = YES, no: Collection[str] = NO) -> bool:
    """A yes or no, by the words given (case does not matter)."""
    word = text.casefold()
    if word in {y.casefold() for y in yes}:
        return True
    if word in {n.casefold() for n in no}:
        return False
    raise BadCellError(
        f"one of {', '.join((*yes, *no))}",
        shown(text),
        "Correct it, or name the word under yes or no in the mapping.",
    )
