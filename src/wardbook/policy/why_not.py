"""Why not: the smallest lawful change of facts after which a wanted outcome is decided.

Only facts that the rulebook declares changeable are changed, and only into values that are known; no
invariant may be broken. The search runs over classes of values (`value_classes`), best first by the number of
facts changed. A partial answer says for some facts in which classes they must lie. If the wanted outcome is
not yet decided under the nearest case that a partial answer allows, some rule of another outcome may still
stand (then any answer makes it false, or makes a rule of the wanted outcome true that overrides it), or no
rule of the wanted outcome is true (then any answer makes one true), or an invariant is broken (then any
answer mends it): each way of doing so is a further partial answer, and no answer is missed. Facts that may
not be changed are let go only at a price above all others, so that, where nothing lawful helps, the same
search finds the smallest set of them that stands in the way. Every answer is checked by the slow twin of
`meaning`.

One thing is left out: of two facts that a condition compares with each other, one at a time is moved past
the other's value.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

from wardbook.errors import WrongUseError
from wardbook.policy.cells import show_value
from wardbook.policy.determine import in_force
from wardbook.policy.meaning import in_force_on
from wardbook.policy.model import FactValue, Rule, Rulebook
from wardbook.policy.read_rules import outcome_values
from wardbook.policy.refusal import did_you_mean, one_of
from wardbook.policy.resolve import members
from wardbook.policy.search_space import Case, Option, Space
from wardbook.policy.sheet import plain
from wardbook.policy.why import Explainer

MOST_ALTERNATIVES = 8
MOST_STEPS = 20_000
_FIXED = 1_000
"""The price of a fact that may not be changed, in changeable ones."""


@dataclass(frozen=True)
class Change:
    """One fact to change: its value now, the values it may take instead in words, and one of them."""

    fact: str
    was: str
    to: str
    example: FactValue


@dataclass(frozen=True)
class Obstacle:
    """A fact that no one may change: what it is, what it would have to be, and for which rules."""

    fact: str
    was: str
    to: str
    rules: tuple[str, ...]


@dataclass(frozen=True)
class WhyNot:
    """The answer. ``already``: the wanted outcome is decided as things are.

    ``alternatives`` are the smallest lawful changes, each enough by itself; ``more`` says that there are
    others as small. Without any, ``obstacles`` are the smallest set of facts that stand in the way, and
    ``reasons`` say what else does. ``complete`` is False where the search was given up.
    """

    wanted: Mapping[str, str]
    already: bool
    alternatives: tuple[tuple[Change, ...], ...] = ()
    more: bool = False
    obstacles: tuple[Obstacle, ...] = ()
    reasons: tuple[str, ...] = ()
    complete: bool = True


class Advisor:
    """A rulebook made ready to answer ``why-not``, as it was known on day ``known`` (None: known last)."""

    def __init__(self, rulebook: Rulebook, known: date | None = None) -> None:
        self.space = Space(rulebook, known)
        self.rulebook = rulebook
        self._explainer = Explainer(rulebook, known)

    def why_not(
        self,
        values: Mapping[str, FactValue],
        day: date | None,
        wanted: Mapping[str, str],
        most: int = MOST_ALTERNATIVES,
    ) -> WhyNot:
        """The smallest lawful changes after which every outcome of ``wanted`` is decided so.

        ``values`` are by the facts' names; absent or None is not known. At most ``most`` alternatives are
        given. Raises `WrongUseError` for an outcome or value the rulebook does not have.
        """
        asked = check_wanted(self.rulebook, wanted)
        search = _Search(self.space.case(values, day), asked, self._explainer)
        if search.decided(values):
            return WhyNot(asked, True)
        found = search.run(most)
        lawful = [answer for answer in found if answer.cost < _FIXED]
        if lawful:
            lawful.sort(key=lambda answer: [at for at, _ in answer.chosen])
            told = tuple(dict.fromkeys(search.changes(answer) for answer in lawful))
            return WhyNot(asked, False, told[:most], len(told) > most, complete=search.complete)
        obstacles = search.obstacles(found[0]) if found else ()
        reasons = () if found else tuple(_reasons(self.space.rulebook, asked, day))
        return WhyNot(asked, False, obstacles=obstacles, reasons=reasons, complete=search.complete)


def why_not(
    rulebook: Rulebook, values: Mapping[str, FactValue], day: date | None, wanted: Mapping[str, str]
) -> WhyNot:
    """The smallest lawful change for one case; for many cases under one rulebook make an `Advisor` once."""
    return Advisor(rulebook).why_not(values, day, wanted)


def check_wanted(rulebook: Rulebook, wanted: Mapping[str, str]) -> dict[str, str]:
    """The wanted outcomes under their own names and values. Raises `WrongUseError` with the nearest word."""
    decided = [o for o in outcome_values(rulebook.outcomes) if any(o in r.outcomes for r in rulebook.rules)]
    checked: dict[str, str] = {}
    for name, value in wanted.items():
        outcome = next((o for o in decided if plain(o) == plain(name)), None)
        if outcome is None:
            near = did_you_mean(name, decided)
            what = f'"{name}" is no outcome that {rulebook.title} decides'
            raise WrongUseError(f"{what}: expected {one_of(decided)}. {near}".strip())
        given = (rule.outcomes[outcome] for rule in rulebook.rules if outcome in rule.outcomes)
        said = dict.fromkeys([*outcome_values(rulebook.outcomes)[outcome], *given])
        known = next((one for one in said if plain(one) == plain(value)), None)
        if known is None:
            near = did_you_mean(value, said)
            wish = f"a value of {outcome}, {one_of(said)}"
            raise WrongUseError(f'expected {wish}; found "{value}". {near}'.strip())
        checked[outcome] = known
    if not checked:
        raise WrongUseError(f"expected an outcome to want, {one_of(decided)}; found none")
    return checked


def _reasons(rulebook: Rulebook, wanted: Mapping[str, str], day: date | None) -> Iterator[str]:
    """Why no change of facts helps at all."""
    for outcome, value in wanted.items():
        givers = [rule for rule in rulebook.rules if rule.outcomes.get(outcome) == value]
        late = [rule for rule in givers if in_force_on(rule, day) is not True]
        told = "; ".join(f"{rule.name} is in force {in_force(rule)}" for rule in late)
        words = f"{outcome.replace('_', ' ')} {value}"
        if not givers:
            yield f"no rule gives {words}"
        elif len(late) == len(givers):
            on = "on a day that is not known" if day is None else f"on {day}"
            yield f"no rule that gives {words} is in force {on}: {told}"
        else:
            yield f"under no facts is {words} decided: other rules stand beside or above those that give it"


# ---------------------------------------------------------------- the search


@dataclass(frozen=True)
class _Partial:
    """A partial answer: in which classes each fact must lie, and the rules that asked for it by fact."""

    allowed: tuple[int, ...]
    saying: int
    asked_by: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class _Answer:
    """Facts (by index) changed into classes."""

    cost: int
    chosen: tuple[tuple[int, int], ...]
    asked_by: tuple[tuple[int, str], ...]


class _Search:
    """One best-first search over partial answers."""

    def __init__(self, case: Case, wanted: Mapping[str, str], explainer: Explainer) -> None:
        self.case = case
        self.wanted = wanted
        self.complete = True
        self._explainer = explainer
        self._price = [1 if fact.changeable else _FIXED for fact in (one.fact for one in case.classes)]
        self._sayings = tuple(_sayings(case, wanted))
        self._heap: list[tuple[int, int, _Partial]] = []
        self._seen: set[tuple[int, tuple[int, ...]]] = set()

    def decided(self, values: Mapping[str, FactValue]) -> bool:
        """Whether the slow twin decides every wanted outcome so."""
        outcomes = self._explainer.outcomes(values, self.case.day)
        return all(outcomes.get(name) == value for name, value in self.wanted.items())

    def run(self, most: int) -> list[_Answer]:
        """The cheapest answers, all of one price."""
        found: list[_Answer] = []
        for at, saying in enumerate(self._sayings):
            start = _Partial(self.case.start, at, ())
            first = next(good for good in saying if good)
            for rule in members(first):
                self._make_true(start, rule)
        steps = 0
        while self._heap:
            cost, _, partial = heapq.heappop(self._heap)
            if (found and cost > found[0].cost) or len(found) > 4 * most:
                break
            steps += 1
            if steps > MOST_STEPS:
                self.complete = False
                break
            chosen = self.case.nearest(partial.allowed)
            if not self._refine(partial, chosen):
                values = self.case.values_of(chosen)
                if self.decided(values):
                    changed = tuple((at, index) for at, index in enumerate(chosen) if index)
                    found.append(_Answer(cost, changed, partial.asked_by))
        self.complete = self.complete and not self.case.cut
        return found

    # ------------------------------------------------------------ branching

    def _push(self, partial: _Partial, option: Option, by: str) -> None:
        allowed = list(partial.allowed)
        asked = partial.asked_by
        for at, mask in option:
            moved = allowed[at] & 1
            allowed[at] &= mask
            if not allowed[at]:
                return
            if moved and not allowed[at] & 1:
                asked = (*asked, (at, by))
        key = (partial.saying, tuple(allowed))
        if key in self._seen:
            return
        self._seen.add(key)
        cost = sum(price for price, mask in zip(self._price, allowed, strict=True) if not mask & 1)
        heapq.heappush(self._heap, (cost, len(self._seen), _Partial(key[1], partial.saying, asked)))

    def _make_true(self, partial: _Partial, rule: int) -> None:
        if not self.case.in_force >> rule & 1:
            return
        for option in self.case.ways_true(rule):
            self._push(partial, option, f"{self.case.rules[rule].name} asks for it")

    def _refine(self, partial: _Partial, chosen: Sequence[int]) -> bool:
        """Push what is needed beyond ``chosen``; False if nothing is."""
        for name, options in self.case.broken(chosen):
            for option in options:
                self._push(partial, option, f"the invariant {name} asks for it")
            return True
        true, unknown = self.case.truths(chosen)
        for good, deck in zip(self._sayings[partial.saying], self.case.decks, strict=True):
            if not good:
                continue
            possible = deck.bounds(true, unknown)[1]
            bad = possible & ~good
            if bad:
                self._unseat(partial, (bad & -bad).bit_length() - 1, good, (true, possible))
                return True
            if not possible & true:
                for rule in members(good & deck.own):
                    self._make_true(partial, rule)
                return True
        return False

    def _unseat(self, partial: _Partial, rule: int, good: int, bounds: tuple[int, int]) -> None:
        """Every way by which ``rule`` does not stand: it is false, or a rule of ``good`` overrides it."""
        true, possible = bounds
        for option in self.case.ways_false(rule):
            self._push(partial, option, f"{self.case.rules[rule].name} would stand otherwise")
        for over in members(self.case.overridden_by[rule] & good):
            if not true >> over & 1:
                self._make_true(partial, over)
                continue
            for option in self.case.ways_true(over):
                if self._holds_on(partial, option):
                    for above in members(self.case.overridden_by[over] & possible):
                        self._unseat(partial, above, good, bounds)
                else:
                    self._push(partial, option, f"{self.case.rules[over].name} asks for it")

    @staticmethod
    def _holds_on(partial: _Partial, option: Option) -> bool:
        """Whether a partial answer asks for all of an option already."""
        return all(partial.allowed[at] & ~mask == 0 for at, mask in option)

    # ------------------------------------------------------------ words

    def _widened(self, answer: _Answer) -> dict[int, list[int]]:
        """For each changed fact the classes that do as well, each with each."""
        wide = {at: [index] for at, index in answer.chosen}
        for at, own in answer.chosen:
            for index in self.case.targets(at):
                others = [[index] if other == at else classes for other, classes in wide.items()]
                picks = (dict(zip(wide, pick, strict=True)) for pick in product(*others))
                if index != own and all(self._does(pick) for pick in picks):
                    wide[at].append(index)
        return wide

    def _does(self, picked: Mapping[int, int]) -> bool:
        chosen = [picked.get(at, 0) for at in range(len(self.case.classes))]
        if any(True for _ in self.case.broken(chosen)):
            return False
        true, unknown = self.case.truths(chosen)
        possible = [deck.bounds(true, unknown)[1] for deck in self.case.decks]
        for saying in self._sayings:
            for good, stands in zip(saying, possible, strict=True):
                if good and (stands & ~good or not stands & true):
                    break
            else:
                return True
        return False

    def changes(self, answer: _Answer) -> tuple[Change, ...]:
        """The answer in words, each fact with every class of values that does."""
        wide = self._widened(answer)
        return tuple(self._change(at, wide[at]) for at in sorted(wide))

    def _change(self, at: int, classes: Sequence[int]) -> Change:
        one = self.case.classes[at]
        was = show_value(self.case.values.get(one.fact.name))
        to = one.words(index - 1 for index in classes)
        return Change(one.fact.name, was, to, one.values[min(classes) - 1])

    def obstacles(self, answer: _Answer) -> tuple[Obstacle, ...]:
        """The facts of an answer that no one may change, with what asks for another value of them."""
        wide = self._widened(answer)
        found = []
        for at in sorted(wide):
            if self._price[at] == _FIXED:
                change = self._change(at, wide[at])
                rules = tuple(dict.fromkeys(by for fact, by in answer.asked_by if fact == at))
                found.append(Obstacle(change.fact, change.was, change.to, rules))
        return tuple(found)


def _sayings(case: Case, wanted: Mapping[str, str]) -> Iterator[tuple[int, ...]]:
    """Each way to say what is wanted: for each question the rules of one whole outcome (0: not asked)."""
    if not set(wanted) <= {outcome for deck in case.decks for outcome in deck.outcomes}:
        return
    by_deck: list[list[int]] = []
    for deck in case.decks:
        asked = [o for o in wanted if o in deck.outcomes]
        said: dict[tuple[tuple[str, str], ...], int] = {}
        for at in members(deck.own) if asked else ():
            rule: Rule = case.rules[at]
            if all(rule.outcomes[o] == wanted[o] for o in asked):
                key = tuple(sorted(rule.outcomes.items()))
                said[key] = said.get(key, 0) | 1 << at
        by_deck.append(list(said.values()) if asked else [0])
    yield from product(*by_deck)


# ---------------------------------------------------------------- for a program


def as_dict(found: WhyNot) -> dict[str, Any]:
    """The answer as plain values, for JSON."""
    return {
        "wanted": dict(found.wanted),
        "already": found.already,
        "alternatives": [
            [{"fact": one.fact, "from": one.was, "to": one.to} for one in alternative]
            for alternative in found.alternatives
        ],
        "more": found.more,
        "in_the_way": [
            {"fact": one.fact, "value": one.was, "needed": one.to, "because": list(one.rules)}
            for one in found.obstacles
        ],
        "reasons": list(found.reasons),
        "complete": found.complete,
    }
