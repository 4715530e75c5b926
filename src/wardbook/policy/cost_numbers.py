"""Exact arithmetic on amounts as SQL text: products, quotients and rounding of whole numbers.

No expression makes a double. Only what DuckDB and (through sqlglot) Spark both do in the same way is used:
``+ - * % //`` of whole numbers that are not negative, with every quotient below 2^63.
"""

from __future__ import annotations

from wardbook.records.schema import MONEY


def amount(cents: str) -> str:
    """Cents as money."""
    return f"CAST(CAST({cents} AS DECIMAL(18,0)) * CAST(0.01 AS DECIMAL(3,2)) AS {MONEY})"


def times(left: str, right: str | int) -> str:
    """A product, worked out where both are numbers."""
    sides = [side for side in (left, str(right)) if side != "1"]
    if all(side.isdigit() for side in sides):
        product = 1
        for side in sides:
            product *= int(side)
        return str(product)
    return f"({' * '.join(sides)})" if len(sides) > 1 else sides[0]


def quotient(top: str, bottom: str, rounding: str, whole: str = "") -> str:
    """``whole + top / bottom``, rounded to a whole number by a rounding of cost rules."""
    before = f"{whole} + " if whole else ""
    if bottom == "1":
        return f"{before}{top}"
    twice, double = f"({times('2', top)} + {bottom})", times("2", bottom)
    nearest = f"({twice} // {double})"
    rounded = {
        "half up": nearest,
        "down": f"({top} // {bottom})",
        "up": f"(({top} + {bottom} - 1) // {bottom})",
        "half even": (
            f"{nearest} - CASE WHEN {twice} % {double} = 0 AND ({before}{nearest}) % 2 = 1 THEN 1 ELSE 0 END"
        ),
    }[rounding]
    return before + rounded


def shared(cents: str, scale: int, top: str, bottom: str, rounding: str) -> str:
    """``cents / scale * top / bottom``, rounded to a whole number.

    The product itself could have more than 38 digits. So whole cents ``w`` and what is left of a cent
    ``l / scale`` are shared one after the other: ``w * top = q * bottom + r`` gives ``q`` whole cents and
    ``(r * scale + l * top) / (scale * bottom)`` of one.
    """
    if bottom == "1" and top == "1":
        return quotient(cents, str(scale), rounding)
    if scale == 1:
        return quotient(times(cents, top), bottom, rounding)
    whole = times(f"({cents} // {scale})", top)
    left = f"(({whole} % {bottom}) * {scale} + {times(f'({cents} % {scale})', top)})"
    return quotient(left, times(bottom, scale), rounding, f"({whole} // {bottom})")
