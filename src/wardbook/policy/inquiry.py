"""One question of a rulebook under proof: what is possible in it, by search, by the solver, by the twin.

The search over classes of values (`ways`) is exact where no rule ties two facts together, and settles a
question without the solver. Elsewhere, or where the search gives up, the solver judges. Each use that is
found is replayed through the slow twin (`ask.evaluate`); one that does not replay is a fault of the program.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from wardbook.policy.ask import evaluate
from wardbook.policy.boxes import NOT_KNOWN, Axis, ValueClass
from wardbook.policy.determine import Docket, docket
from wardbook.policy.formulas import (
    Formulas,
    Judge,
    NotSettledError,
    both,
    either,
    fresh_context,
    negated,
    words_of_texts,
)
from wardbook.policy.gaps import Row, Silence, silence, silent_points
from wardbook.policy.meaning import all_of, in_force_on, met, true_of
from wardbook.policy.model import DAY, FactValue, Invariant, Rulebook
from wardbook.policy.resolve import Deck, Kind, Verdict, members, resolve
from wardbook.policy.standing import Standing, standing
from wardbook.policy.ways import Box, GivenUpError, Goal, Limit, Steps, Ways, rooms


@dataclass(frozen=True)
class Use:
    """One possible use: its known facts by name, and its day (None where the day decides nothing)."""

    values: dict[str, FactValue]
    day: date | None


@dataclass
class Inquiry:
    """One question of ``rulebook`` with its search, its formulas and its solver, each made when asked for.

    ``not_settled`` gathers what neither search nor solver could settle.
    """

    rulebook: Rulebook
    deck: Deck
    timeout_ms: int
    context: Any
    not_settled: list[str] = field(default_factory=list)

    @cached_property
    def ways(self) -> Ways:
        """The goals of the rules, for the search."""
        return Ways(self.rulebook.facts, self.deck, self.rulebook.invariants)

    @cached_property
    def quiet(self) -> Silence:
        """Where the rules are silent."""
        return silence(self.ways)

    @cached_property
    def formulas(self) -> Formulas:
        """The facts and invariants as formulas."""
        facts, invariants = self.rulebook.facts, self.rulebook.invariants
        return Formulas(facts, invariants, words_of_texts(self.deck.rules, invariants, facts))

    @cached_property
    def standing(self) -> Standing:
        """The rules as formulas."""
        return standing(self.formulas, self.deck)

    @cached_property
    def judge(self) -> Judge:
        """The solver, told of all the formulas."""
        _ = self.standing
        return Judge(self.formulas, self.timeout_ms, self.context)

    @cached_property
    def ready(self) -> Docket:
        """The question alone, for the twin."""
        alone = replace(self.rulebook, questions=(self.deck.question,), rules=self.deck.rules)
        return docket(alone)

    # ------------------------------------------------------------ what is possible

    def find(self, what: str, goals: Sequence[Goal], formula: str) -> Use | None:
        """A use that meets goals, and of which the formula that says the same holds; None if there is none.

        Raises `NotSettledError`, after noting ``what`` was not settled.
        """
        try:
            room = next(rooms(self.ways.whole, [*self.ways.unbroken, *goals], Steps()), None)
            if room is None:
                return None
            if not self.ways.tied:
                return self.use_in(room)
        except GivenUpError:
            pass
        return self.judged(what, formula)

    def judged(self, what: str, formula: str) -> Use | None:
        """A use of which the formula holds, by the solver. Raises `NotSettledError` as `find` does."""
        try:
            found = self.judge.find(formula)
        except NotSettledError as error:
            self.not_settled.append(f"{what}: {error}")
            raise
        return None if found is None else Use(*found)

    def may_be_true(self, at: int, invariants: Sequence[Invariant]) -> bool:
        """Whether a rule is true of some use, if only these invariants hold. Raises `NotSettledError`."""
        kept = [
            goal
            for one, goal in zip(self.ways.invariants, self.ways.unbroken, strict=True)
            if one in invariants
        ]
        try:
            room = next(rooms(self.ways.whole, [*kept, *self.ways.true[at]], Steps()), None)
            if room is None or not self.ways.tied:
                return room is not None
        except GivenUpError:
            pass
        facts = self.rulebook.facts
        formulas = Formulas(facts, invariants, words_of_texts(self.deck.rules, invariants, facts))
        rule = formulas.rule(self.deck.rules[at])
        return Judge(formulas, self.timeout_ms, fresh_context()).find(rule.true) is not None

    def use_in(self, room: Box) -> Use:
        """The use in a box of which least is known; the latest day of those that nothing tells apart."""
        values: dict[str, FactValue] = {}
        day: date | None = None
        for axis, mask in zip(self.ways.axes, room, strict=True):
            if axis.term is not None:
                continue
            found = _sample(axis, mask)
            if axis.name == DAY:
                day = found  # type: ignore[assignment]
            elif found is not None:
                values[axis.name] = found
        return Use(values, day)

    # ------------------------------------------------------------ the twin

    def replayed(self, use: Use, kind: Kind) -> Use:
        """A use, once the twin has come to the same."""
        (verdict,) = evaluate(self.ready, use.values, use.day).verdicts
        if verdict.kind is not kind:
            raise AssertionError(f"the case {use.values} on {use.day} is {verdict.kind}, not {kind}")
        return use

    def replayed_standing(self, use: Use, at: int) -> None:
        """The twin finds that a rule stands among those true of a use; only rules above it bear on that."""
        true = 0
        for place in members(_above(self.deck, at)):
            rule = self.deck.rules[place]
            held = all_of((met(rule, use.values, use.day), in_force_on(rule, use.day)))
            true |= (held is True) << place
        found: Verdict = resolve(self.deck, true, 0)
        if not found.standing >> at & 1:
            raise AssertionError(f"{self.deck.rules[at].name} does not stand in {use.values} on {use.day}")

    # ------------------------------------------------------------ silence

    def silent(self, rows: list[Row]) -> Iterator[Box]:
        """Silent uses that none of the rows holds. Raises `NotSettledError` as `find` does."""
        if not self.ways.tied:
            try:
                yield from silent_points(self.quiet, rows)
                return
            except GivenUpError:
                pass
        while True:
            outside = [negated(self.row_formula(row)) for row in rows]
            found = self.judged(f"gaps of {self.deck.question}", both(self.silence_formula, *outside))
            if found is None:
                return
            yield self._place(found)

    def _place(self, use: Use) -> Box:
        """The class of each axis that a use lies in."""
        return [1 << _class_of(axis, use) for axis in self.ways.axes]

    @property
    def silence_formula(self) -> str:
        """Every rule is false."""
        return both(*(pair.false for pair in self.standing.holds))

    def row_formula(self, row: Row) -> str:
        """A use lies in a row."""
        return both(*(self._limit_formula(limit) for limit in row.columns))

    def _limit_formula(self, limit: Limit) -> str:
        axis = self.ways.axes[limit[0]]
        return either(
            *(self._class_formula(axis, one) for at, one in enumerate(axis.classes) if limit[1] >> at & 1)
        )

    def _class_formula(self, axis: Axis, one: ValueClass) -> str:
        formulas = self.formulas
        if axis.term is not None:
            pair = formulas.pair(axis.term)
            found = {True: pair.true, False: pair.false, None: negated(either(pair.true, pair.false))}
            return found[one.sample]  # type: ignore[index]
        known = formulas.known[axis.name]
        if one.words == NOT_KNOWN:
            return negated(known)
        if one.rest:
            named = (formulas.equal(axis.name, other.sample) for other in axis.classes if _is_word(other))
            return both(known, negated(either(*named)))
        if one.words:
            return both(known, formulas.equal(axis.name, one.sample))
        low, high = one.low, one.high
        inside = formulas.between(
            axis.name,
            None if low is None else low.value,
            low is not None and not low.after,
            None if high is None else high.value,
            high is not None and high.after,
        )
        return both(known, inside)


def _above(deck: Deck, at: int) -> int:
    """A rule, those that override it, those that override them, and so on."""
    found, fresh = 0, 1 << at
    while fresh:
        found |= fresh
        above = 0
        for one in members(fresh):
            above |= deck.overridden_by[one]
        fresh = above & ~found
    return found


def _sample(axis: Axis, mask: int) -> FactValue:
    chosen = [one.sample for at, one in enumerate(axis.classes) if mask >> at & 1]
    if axis.name == DAY:
        return chosen[-1]
    return None if None in chosen else next((one for one in chosen if not _negative(one)), chosen[0])


def _negative(value: FactValue) -> bool:
    return isinstance(value, int | Decimal) and value < 0


def _class_of(axis: Axis, use: Use) -> int:
    if axis.term is not None:
        held = true_of(axis.term, use.values, use.day)
        return next(at for at, one in enumerate(axis.classes) if one.sample is held)
    value = use.day if axis.name == DAY else use.values.get(axis.name)
    for at, one in enumerate(axis.classes):
        if one.words and not one.rest and one.sample == value and (one.sample is None) == (value is None):
            return at
        if not one.words and value is not None and _inside(one, value):
            return at
    return next(at for at, one in enumerate(axis.classes) if one.rest)


def _is_word(one: ValueClass) -> bool:
    """Whether a class is one word."""
    return bool(one.words) and not one.rest and one.sample is not None


def _inside(one: ValueClass, value: FactValue) -> bool:
    low, high = one.low, one.high
    above = low is None or (value > low.value if low.after else value >= low.value)  # type: ignore[operator]
    below = high is None or (value <= high.value if high.after else value < high.value)  # type: ignore[operator]
    return above and below
