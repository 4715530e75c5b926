"""Which rules stand, as formulas: `resolve` for all uses at once.

For each rule of a question three formulas are made, overriders first: it *stands* (what the true rules come
to), it stands *for certain* whatever the open rules turn out to be, and it *may* stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wardbook.policy.formulas import Formulas, Pair, both, either, negated
from wardbook.policy.resolve import Deck, members

Saying = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Standing:
    """The formulas of one question, a rule each, in the order of the table."""

    deck: Deck
    holds: tuple[Pair, ...]
    stands: tuple[str, ...]
    certain: tuple[str, ...]
    possible: tuple[str, ...]

    def decided(self, sayings: Mapping[int, Saying], said: Saying) -> str:
        """The formula under which the question is decided as ``said``; ``sayings`` are those of the rules."""
        some = either(*(self.stands[at] for at, one in sayings.items() if one == said))
        others = [at for at, one in sayings.items() if one != said]
        other = either(*(self.possible[at] for at in others), *(self.stands[at] for at in others))
        return both(some, negated(other))


def standing(formulas: Formulas, deck: Deck, prefix: str = "") -> Standing:
    """The formulas of one question, each with a name of its own that begins with ``prefix``."""
    holds: list[Pair] = []
    for at, rule in enumerate(deck.rules):
        pair = formulas.rule(rule)
        holds.append(
            Pair(
                formulas.define(f"{prefix}t{at}", pair.true),
                formulas.define(f"{prefix}f{at}", pair.false),
            )
        )
    stands = [pair.true for pair in holds]
    certain = list(stands)
    possible = [negated(pair.false) for pair in holds]
    for at in deck.order:
        above = list(members(deck.overridden_by[at]))
        if not above:
            continue
        unstopped = both(holds[at].true, *(negated(stands[one]) for one in above))
        surely = both(holds[at].true, *(negated(possible[one]) for one in above))
        perhaps = both(negated(holds[at].false), *(negated(certain[one]) for one in above))
        stands[at] = formulas.define(f"{prefix}s{at}", unstopped)
        certain[at] = formulas.define(f"{prefix}c{at}", surely)
        possible[at] = formulas.define(f"{prefix}p{at}", perhaps)
    return Standing(deck, tuple(holds), tuple(stands), tuple(certain), tuple(possible))


def saying(deck: Deck, at: int) -> Saying:
    """What a rule says, as resolution compares it."""
    return tuple(sorted(deck.rules[at].outcomes.items()))
