"""Which rules stand, as formulas: `resolve` for all uses at once.

For each rule of a question three formulas are made, overriders first: it *stands* (what the true rules come
to), it stands *for certain* whatever the open rules turn out to be, and it *may* stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wardbook.policy.formulas import Formulas, Pair
from wardbook.policy.resolve import Deck, members

Saying = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Standing:
    """The formulas of one question, a rule each, in the order of the table."""

    deck: Deck
    holds: tuple[Pair, ...]
    stands: tuple[Any, ...]
    certain: tuple[Any, ...]
    possible: tuple[Any, ...]

    def decided(self, formulas: Formulas, sayings: Mapping[int, Any], said: Any) -> Any:
        """The formula under which the question is decided as ``said``; ``sayings`` are those of the rules."""
        some = formulas.either(*(self.stands[at] for at, one in sayings.items() if one == said))
        other = formulas.either(*(self.possible[at] for at, one in sayings.items() if one != said))
        also = formulas.either(*(self.stands[at] for at, one in sayings.items() if one != said))
        return formulas.both(some, formulas.z3.Not(other), formulas.z3.Not(also))


def standing(formulas: Formulas, deck: Deck, defined: bool = True) -> Standing:
    """The formulas of one question; with ``defined``, each gets a name of its own among the assumptions."""
    z3 = formulas.z3
    holds = tuple(formulas.rule(rule) for rule in deck.rules)
    mark = len(formulas.assumptions)
    count = len(deck.rules)
    stands: list[Any] = [None] * count
    certain: list[Any] = [None] * count
    possible: list[Any] = [None] * count

    def named(kind: str, at: int, formula: Any) -> Any:
        if not defined:
            return formula
        name = z3.Bool(f"{kind}{at}:{mark}", formulas.context)
        formulas.assumptions.append(name == formula)
        return name

    for at in deck.order:
        above = list(members(deck.overridden_by[at]))
        held, failed = named("t", at, holds[at].true), named("f", at, holds[at].false)
        free = not above
        stands[at] = (
            held if free else named("s", at, formulas.both(held, *(z3.Not(stands[o]) for o in above)))
        )
        certain[at] = (
            held if free else named("c", at, formulas.both(held, *(z3.Not(possible[o]) for o in above)))
        )
        open_or_true = z3.Not(failed)
        possible[at] = (
            open_or_true
            if free
            else named("p", at, formulas.both(open_or_true, *(z3.Not(certain[o]) for o in above)))
        )
    return Standing(deck, holds, tuple(stands), tuple(certain), tuple(possible))


def saying(deck: Deck, at: int) -> Saying:
    """What a rule says, as resolution compares it."""
    return tuple(sorted(deck.rules[at].outcomes.items()))
