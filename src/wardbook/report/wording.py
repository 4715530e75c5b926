"""How numbers, money, days and names of files read in print; the same on the page and in the terminal."""

from __future__ import annotations

from datetime import date
from decimal import Decimal


def whole(number: int) -> str:
    """A count with thousands marked: ``1,172``."""
    return f"{number:,d}"


def money(amount: Decimal, currency: str | None) -> str:
    """An amount with its currency code: ``USD 474,794.20``; a true minus for what is below zero."""
    return f"{currency or '(no currency)'} {figure(amount)}"


def figure(amount: Decimal) -> str:
    """An amount under a heading that gives the currency; a true minus for what is below zero."""
    return f"{'−' if amount < 0 else ''}{abs(amount):,.2f}"


def quantity(value: Decimal | None, unit: str | None) -> str:
    """A stated figure: cents for money, no needless decimals for what is counted; a dash for none."""
    if value is None:
        return "—"
    if unit is not None and len(unit) == 3 and unit.isupper():
        return f"{value:,.2f}"
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value.normalize():,f}"


def plural(number: int, one: str, many: str | None = None) -> str:
    """``1 use``, ``1,172 uses``; ``many`` for words that do not take an s."""
    return f"{whole(number)} {one if number == 1 else many or one + 's'}"


def period(first: date | None, last: date | None) -> str:
    """``2017-01-13 to 2025-07-07``; one day alone; words where no day is on record."""
    if first is None or last is None:
        return "no day on record"
    return first.isoformat() if first == last else f"{first.isoformat()} to {last.isoformat()}"


def place(page: int | None, line: int | None) -> str:
    """``page 3, line 12``: where in an exhibit a record stands."""
    parts = [f"{word} {number}" for word, number in (("page", page), ("line", line)) if number is not None]
    return ", ".join(parts) or "whole file"


def short(digest: str, digits: int = 12) -> str:
    """The first digits of a hash, for reading; the whole stands elsewhere on the page."""
    return digest[:digits]
