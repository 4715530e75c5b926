"""Who may be who: the comparisons of two names, each a function a lawyer can read, and the rule over them.

The list is `COMPARISONS`; nothing else decides. A name is never taken for another on a surname alone, on an
initial, on a nickname or on a slip in the given name: those stay ``unsure`` until a person judges.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz

from wardbook.link.names import Name, initial, nickname, typo

LIKE_SCORE = 80
"""The least rapidfuzz ratio of the whole names (0 to 100) at which two names are always compared."""


class Says(StrEnum):
    """What one comparison says about two names being one person."""

    SAME = "for"
    SLIP = "slip"
    OPEN = "open"
    AGAINST = "against"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Pair:
    """Two names and what the rider lists say of them.

    ``together`` is the number of rider lists naming both; ``roles`` and ``agencies`` are those under which
    each was carried; ``surname_families`` is True if each surname is also borne by another person.
    """

    left: Name
    right: Name
    together: int = 0
    left_roles: frozenset[str] = frozenset()
    right_roles: frozenset[str] = frozenset()
    left_agencies: frozenset[str] = frozenset()
    right_agencies: frozenset[str] = frozenset()
    surname_families: bool = False

    @property
    def score(self) -> int:
        """Similarity of the whole names, 0 to 100 (rapidfuzz ratio)."""
        return round(fuzz.ratio(self.left.key, self.right.key))


@dataclass(frozen=True)
class Outcome:
    """What one comparison gave: for, slip, open or against, and the words."""

    says: Says
    words: str


Comparison = Callable[[Pair], Outcome]


def surnames(pair: Pair) -> Outcome:
    """The surnames agree, differ by a slip of the pen, or differ.

    A slip is not taken as one if each spelling is the surname of some other person too.
    """
    left, right = pair.left.surname, pair.right.surname
    if left == right:
        return Outcome(Says.SAME, f"surnames agree ({left})")
    if typo(left, right) and not pair.surname_families:
        return Outcome(Says.SLIP, f"surnames differ by a slip ({left}, {right})")
    if typo(left, right):
        return Outcome(Says.OPEN, f"surnames are alike, but each is borne by others too ({left}, {right})")
    return Outcome(Says.AGAINST, f"surnames differ ({left}, {right})")


def given_names(pair: Pair) -> Outcome:
    """The given names agree, may be forms of one name (initial, nickname, slip), are missing, or differ."""
    left, right = pair.left.given, pair.right.given
    if not left or not right:
        return Outcome(Says.OPEN, "a given name is missing")
    if left == right:
        if len(left) == 1:
            return Outcome(Says.OPEN, f"given names agree, but only in an initial ({left})")
        return Outcome(Says.SAME, f"given names agree ({left})")
    if initial(left, right):
        return Outcome(Says.OPEN, f"one given name is only an initial ({left}, {right})")
    if nickname(left, right):
        return Outcome(Says.OPEN, f"given names may be forms of one name ({left}, {right})")
    if typo(left, right):
        return Outcome(Says.OPEN, f"given names differ by a slip ({left}, {right})")
    return Outcome(Says.AGAINST, f"given names differ ({left}, {right})")


def middle_names(pair: Pair) -> Outcome:
    """Middle names, where both are written, agree (at least in their first letters) or contradict."""
    left, right = "".join(m[0] for m in pair.left.middle), "".join(m[0] for m in pair.right.middle)
    if not left or not right:
        return Outcome(Says.NOTHING, "middle names not comparable")
    if left.startswith(right) or right.startswith(left):
        return Outcome(Says.NOTHING, "middle names do not contradict")
    written = f"{' '.join(pair.left.middle)}, {' '.join(pair.right.middle)}"
    return Outcome(Says.AGAINST, f"middle names differ ({written})")


def suffixes(pair: Pair) -> Outcome:
    """A Jr. is not his father: two different suffixes contradict; one missing leaves it open."""
    left, right = pair.left.suffix, pair.right.suffix
    if left == right:
        return Outcome(Says.NOTHING, "no difference in suffix")
    if left and right:
        return Outcome(Says.AGAINST, f"suffixes differ ({left}, {right})")
    return Outcome(Says.OPEN, f"only one name has a suffix ({left or right})")


def word_order(pair: Pair) -> Outcome:
    """The same words in another order (``Justice, Jim``) leave it open."""
    if pair.left.key != pair.right.key and sorted(pair.left.key.split()) == sorted(pair.right.key.split()):
        return Outcome(Says.OPEN, "the same words in another order")
    return Outcome(Says.NOTHING, "no other order of words")


def one_list(pair: Pair) -> Outcome:
    """Two names on one rider list are two people."""
    if pair.together:
        return Outcome(Says.AGAINST, f"named together on {pair.together} rider list(s)")
    return Outcome(Says.NOTHING, "never named together on one list")


def roles(pair: Pair) -> Outcome:
    """A principal is not also a spouse or an officer; other roles are carried by one person at times."""
    left, right = pair.left_roles, pair.right_roles
    exclusive = {"principal", "spouse", "family"}
    if left and right and not left & right and (left | right) & exclusive:
        written = f"{', '.join(sorted(left))}; {', '.join(sorted(right))}"
        return Outcome(Says.AGAINST, f"roles conflict ({written})")
    if left & right:
        return Outcome(Says.NOTHING, f"same role ({', '.join(sorted(left & right))})")
    return Outcome(Says.NOTHING, "roles say nothing")


def agencies(pair: Pair) -> Outcome:
    """The using agency of the entries: said for the reader, decides nothing by itself."""
    if pair.left_agencies & pair.right_agencies:
        return Outcome(Says.NOTHING, "carried for the same agency")
    if pair.left_agencies and pair.right_agencies:
        return Outcome(Says.NOTHING, "carried for different agencies")
    return Outcome(Says.NOTHING, "agency not known of both")


COMPARISONS: tuple[Comparison, ...] = (
    surnames,
    given_names,
    middle_names,
    suffixes,
    word_order,
    one_list,
    roles,
    agencies,
)


@dataclass(frozen=True)
class Verdict:
    """same, different or unsure; the rule that decided; every comparison in words."""

    verdict: str
    decided_by: str
    comparisons: str


def compare(pair: Pair) -> Verdict:
    """Run every comparison of `COMPARISONS` and decide.

    The same words in another order, with nothing else known: unsure. Anything against: different. Surnames
    agreeing (or one slip apart) and given names agreeing, nothing open: same. Anything else: unsure.
    """
    outcomes = tuple(comparison(pair) for comparison in COMPARISONS)
    words = "; ".join(outcome.words for outcome in outcomes)
    if word_order(pair).says is Says.OPEN and not pair.together:
        return Verdict("unsure", "rule: the same words in another order", words)
    against = [outcome.words for outcome in outcomes if outcome.says is Says.AGAINST]
    if against:
        return Verdict("different", f"rule: {against[0]}", words)
    still_open = [outcome.words for outcome in outcomes if outcome.says is Says.OPEN]
    if still_open:
        return Verdict("unsure", f"rule: {still_open[0]}", words)
    return Verdict("same", f"rule: {outcomes[0].words} and {outcomes[1].words}", words)
