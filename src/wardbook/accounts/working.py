"""A sum written out: what the test of a stated figure shows its reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

WRITTEN_OUT = 24
"""How many terms of a sum are written out."""


@dataclass(frozen=True)
class Term:
    """One addend: its figure, the record it stands in, and words beside it (``31 x 5,000.00``)."""

    figure: Decimal
    record_id: str
    words: str = ""


@dataclass(frozen=True)
class Working:
    """What the book gives for a stated figure: ``computed`` (None where it cannot), in words, from where.

    ``rule`` is what makes one where things are counted. ``apart`` says how what was counted differs from the
    scope stated, as far as both are on record; ``within`` is what the book gives inside that scope, where
    some of what was counted lies outside. ``holds`` says of a stated fact whether the book bears it out, and
    ``missing`` which record would settle what it cannot tell.
    """

    computed: Decimal | None
    words: str
    sources: tuple[str, ...] = ()
    rule: str = ""
    apart: tuple[str, ...] = ()
    within: Decimal | None = None
    holds: bool | None = None
    missing: str = ""


def cannot(words: str, missing: str = "") -> Working:
    """The working of a figure the book cannot give; ``words`` say what is missing or was expected."""
    return Working(None, words, missing=missing)


def figure(value: Decimal, whole: bool = False) -> str:
    """A figure as print shows it: ``32,410.00``, or ``31`` where things are counted."""
    return f"{value:,.0f}" if whole and value == value.to_integral_value() else f"{value:,.2f}"


def total(terms: Sequence[Term], whole: bool = False) -> Working:
    """The sum of ``terms``, written out with its terms in the order given (long sums: their number)."""
    amount = sum((term.figure for term in terms), Decimal(0))
    sources = tuple(sorted({term.record_id for term in terms}))
    words = _addends(terms, whole)
    alone = len(terms) == 1 and not terms[0].words
    return Working(amount, words if alone else f"{words} = {figure(amount, whole)}", sources)


def long_sum(
    number: int, span: tuple[Decimal, Decimal], amount: Decimal, sources: tuple[str, ...]
) -> Working:
    """The sum of more terms than are written out; ``span`` are the least and the most of them."""
    return Working(amount, f"{_range(number, *span)} = {figure(amount)}", sources)


def _range(number: int, least: Decimal, most: Decimal, whole: bool = False) -> str:
    return f"{number} figures from {figure(least, whole)} to {figure(most, whole)}"


def _addends(terms: Sequence[Term], whole: bool) -> str:
    if len(terms) > WRITTEN_OUT:
        return _range(len(terms), min(t.figure for t in terms), max(t.figure for t in terms), whole)
    shown = (figure(t.figure, whole) + (f" ({t.words})" if t.words else "") for t in terms)
    return " + ".join(shown).replace("+ -", "- ")


def against_stated(working: Working, stated: Decimal | None, whole: bool = False) -> str:
    """The working followed by the stated figure and what of it stays unexplained."""
    if working.computed is None:
        return working.words
    if stated is None:
        return f"{working.words}; no figure is stated"
    gap = stated - working.computed
    if gap == 0:
        return f"{working.words}; stated {figure(stated, whole)}"
    rest = f"{figure(gap, whole)} unexplained" if gap > 0 else f"the book gives {figure(-gap, whole)} more"
    return f"{working.words}; stated {figure(stated, whole)}; {rest}"
