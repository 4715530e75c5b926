"""The figures of a finding in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

_LISTED = 12


def hours(value: Decimal) -> str:
    """Hours without idle zeros: ``2.6 h``."""
    text = f"{value:,.3f}".rstrip("0").rstrip(".")
    return f"{text} h"


def kilometres(metres: int) -> str:
    """A length in whole kilometres, rounded half up: ``98 km``."""
    return f"{(metres + 500) // 1000:,} km"


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: ``1 use``, ``41 uses``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def days(first: date, last: date) -> str:
    """A span of days: ``2024-03-01 to 2024-03-05``, and one day as itself."""
    return f"{first}" if first == last else f"{first} to {last}"


def in_days(first: date, last: date) -> str:
    """When, with its preposition: ``on 2024-03-01``, ``from 2024-03-01 to 2024-03-05``."""
    return f"{'on' if first == last else 'from'} {days(first, last)}"


def listed(items: Sequence[str]) -> str:
    """Items joined by '; ', a long list cut with the number left out."""
    shown = "; ".join(items[:_LISTED])
    return shown if len(items) <= _LISTED else f"{shown}; and {len(items) - _LISTED:,} more"
