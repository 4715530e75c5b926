"""What SQL says of many uses, put to z3 as one question about the prover's own formulas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from tests.policy.compared import Comparison
from tests.policy.random_rulebooks import POOLS, Use
from wardbook.policy.determine import outcome_names
from wardbook.policy.formulas import (
    Formulas,
    Judge,
    NotSettledError,
    both,
    either,
    fresh_context,
    negated,
)
from wardbook.policy.model import DAY, FactType, FactValue, Strange
from wardbook.policy.standing import saying, standing

TIMEOUT_MS = 300_000


def by_z3(made: Comparison, uses: Sequence[Use], rows: Sequence[Mapping[str, Any]]) -> tuple[int, list[str]]:
    """How many uses were put to z3, and one on which a formula says other than SQL, in words.

    The question is: "is there one of these uses of which a formula (a rule true or false, an invariant
    broken, a question decided so, all decided) says other than SQL?" A value that is not known is left to the
    solver, so the formulas must not hang on it. The formulas know neither a value that a fact does not admit
    nor an unknown day: such uses are left out.
    """
    book = made.rulebook
    texts = {
        fact.name: tuple(map(str, POOLS[FactType.TEXT])) for fact in book.facts if fact.type is FactType.TEXT
    }
    formulas = Formulas(book.facts, (), texts)
    given = _Given(formulas)
    said = _Said(made, formulas)
    alike: dict[tuple[Any, ...], dict[str, None]] = {}
    put = 0
    for use, row in zip(uses, rows, strict=True):
        values = use.values(book)
        if use.day is None or any(isinstance(value, Strange) for value in values.values()):
            continue
        put += 1
        alike.setdefault(said.key(row), {})[given.use(use.day, values)] = None
    differ = [both(either(*these), either(*said.otherwise(key))) for key, these in alike.items()]
    try:
        judge = Judge(formulas, TIMEOUT_MS, fresh_context())
        found = judge.find(either(*differ))
        outside = [text for text in given.each() if judge.find(text) is None]
    except NotSettledError as error:
        return 0, [f"z3: not settled: {error}"]
    problems = [] if found is None else [f"z3: a formula says other than SQL of {found}"]
    return put, [*problems, *(f"z3: the prover takes for impossible: {text}" for text in outside)]


class _Given:
    """Uses as formulas."""

    def __init__(self, formulas: Formulas) -> None:
        self._formulas = formulas
        self._names: dict[tuple[str, FactValue], str] = {}

    def each(self) -> Iterator[str]:
        """That a fact is known and has a value that occurs: possible, or nothing would have been asked."""
        return (both(self._formulas.known[name], short) for (name, _), short in self._names.items())

    def use(self, day: date, values: Mapping[str, FactValue]) -> str:
        """The formula of one use."""
        parts = [self._is(DAY, day)]
        for name in self._formulas.facts:
            known, value = self._formulas.known[name], values[name]
            parts += [negated(known)] if value is None else [known, self._is(name, value)]
        return both(*parts)

    def _is(self, name: str, value: FactValue) -> str:
        """That a fact has a value, by a short name."""
        if (name, value) not in self._names:
            equal = self._formulas.equal(name, value)
            self._names[name, value] = self._formulas.define(f"e{len(self._names)}", equal)
        return self._names[name, value]


class _Said:
    """What SQL says of a use, and the formulas that would say otherwise."""

    def __init__(self, made: Comparison, formulas: Formulas) -> None:
        self._broken = []
        for at, one in enumerate(made.rulebook.invariants):
            given = "true" if one.given is None else formulas.pair(one.given).true
            self._broken.append(formulas.define(f"i{at}", both(given, formulas.pair(one.then).false)))
        self._standings = [standing(formulas, deck, f"q{at}") for at, deck in enumerate(made.ready.decks)]
        self._outcomes = {name: f"o{at}" for at, name in enumerate(outcome_names(made.rulebook))}
        self._columns = (*made.masks, *self._outcomes.values(), "certain")

    def key(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        """All that SQL says of a use and that formulas can say."""
        return tuple(row[name] for name in self._columns)

    def otherwise(self, key: Sequence[Any]) -> Iterator[str]:
        """Each formula that says other than ``key``; where an invariant is broken, of the rules alone."""
        row = dict(zip(self._columns, key, strict=True))
        yield from (_not_as(one, bool(row["broken"] >> at & 1)) for at, one in enumerate(self._broken))
        certain = []
        for q, one in enumerate(self._standings):
            for at, pair in enumerate(one.holds):
                word, bit = divmod(at, 62)
                end = f"{q}_{word}" if word else str(q)
                true, unknown = (bool(row[letter + end] >> bit & 1) for letter in "tu")
                yield from (_not_as(pair.true, true), _not_as(pair.false, not true and not unknown))
            sayings = {at: saying(one.deck, at) for at in range(len(one.deck.rules))}
            decided = {said: one.decided(sayings, said) for said in sayings.values()}
            certain.append(either(*decided.values()))
            if not row["broken"]:
                for said, formula in decided.items():
                    ((outcome, value),) = said
                    yield _not_as(formula, row[self._outcomes[outcome]] == value)
        if not row["broken"]:
            yield _not_as(both(*certain), row["certain"])


def _not_as(formula: str, said: bool) -> str:
    """The formula says other than ``said``."""
    return negated(formula) if said else formula
