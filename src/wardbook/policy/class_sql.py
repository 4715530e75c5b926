"""The classes of a fact's values as SQL: one expression that gives the packed word of the value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from wardbook.policy.classes import DAY_FACT, STRANGE, Listed, Spans
from wardbook.policy.meaning import all_of, true_of
from wardbook.policy.model import Expression, Fact, FactValue
from wardbook.policy.pack import FULL, HALF
from wardbook.policy.sql_text import sql_value
from wardbook.records.engine import literal

_LOOK_UP = "least"


def whole(value: int) -> str:
    """A number as a BIGINT literal."""
    return f"CAST({value} AS BIGINT)"


@dataclass(frozen=True)
class WordKind:
    """How much of a packed word SQL computes: the bits ``full``, in the engine's type ``sql``."""

    full: int
    sql: str

    def text(self, word: int) -> str:
        """A packed word as a literal."""
        return f"CAST({word & self.full} AS {self.sql})"

    def above(self, word: int) -> str:
        """The same, greater than every word by a bit that nothing reads."""
        return f"CAST({(word & self.full) + self.full + 1} AS {self.sql})"


BOTH_HALVES = WordKind(FULL, "BIGINT")


def true_half(rules: int) -> WordKind:
    """The rules that are true, and nothing of those that are open, for a rulebook of so many rules."""
    return WordKind((1 << min(rules, HALF)) - 1, "UINTEGER")


def cleared(place: int, held: bool | None, rules: int) -> int:
    """The bits that a rule (or, from place ``rules`` on, an invariant) loses where a part is not true."""
    lower = 1 << place % HALF
    if held is True:
        return 0
    if place >= rules:
        return 0 if held is None else lower << HALF
    return lower if held is None else lower | lower << HALF


@dataclass(frozen=True)
class Weights:
    """The packed word of a value of one fact, from the parts that test it."""

    fact: Fact
    tests: Sequence[tuple[int, Expression]]
    rules: int

    def __call__(self, value: FactValue) -> int:
        """The word: all bits set but those of rules that the value makes false or leaves open."""
        by_place: dict[int, list[bool | None]] = {}
        for place, part in self.tests:
            if self.fact is DAY_FACT:
                held = true_of(part, {}, value)  # type: ignore[arg-type]
            else:
                held = true_of(part, {self.fact.name: value}, None)
            by_place.setdefault(place, []).append(held)
        return FULL - sum(cleared(place, all_of(held), self.rules) for place, held in by_place.items())


def lookup_sql(classes: Listed, weigh: Weights, raw: str, kind: WordKind = BOTH_HALVES) -> str:
    """The word of an enum by look-up.

    A function of one column is run once for each entry of a Parquet dictionary, CASE once for each row. A
    word that is not found is NULL, and LEAST then gives the word of strange values; the bit that makes it
    greater than any other stands above all others, where nothing reads it.
    """
    words = {str(word): kind.text(weigh(value)) for word, value in classes.values}
    return _looked_up(words, kind.text(weigh(None)), kind.above(weigh(STRANGE)), raw)


def strange_lookup_sql(words: Sequence[str], raw: str, bit: int) -> str:
    """``bit`` where an enum's word is none of ``words``, else 0; found as by `lookup_sql`."""
    return _looked_up(dict.fromkeys(words, whole(0)), whole(0), whole(bit), raw)


def _looked_up(words: Mapping[str, str], null: str, other: str, raw: str) -> str:
    """A look-up of a word; in a list of one, NULL is a key like any other."""
    keys = [
        f"[CAST(NULL AS VARCHAR)]: {null}",
        *(f"[{literal(word)}]: {text}" for word, text in words.items()),
    ]
    return f"{_LOOK_UP}(map_extract_value(MAP {{{', '.join(keys)}}}, [{raw}]), {other})"


def is_lookup(word: str) -> bool:
    """Whether the SQL of a word is a look-up, which may have the bit that nothing reads."""
    return word.startswith(_LOOK_UP)


def listed_sql(classes: Listed, weigh: Weights, raw: str, bad: str, kind: WordKind = BOTH_HALVES) -> str:
    """The word of an enum, a text or a yes/no fact.

    There is no IN, which DuckDB makes a join of; a chain of comparisons is faster.
    """
    words = [(f"{raw} = {sql_value(word)}", kind.text(weigh(value))) for word, value in classes.values]
    null = kind.text(weigh(None))
    if classes.rest is not None:
        return _chain(
            raw, bad and (bad, kind.text(weigh(STRANGE))), null, words, kind.text(weigh(classes.rest))
        )
    words.sort(key=lambda one: one[1] == null)
    return _chain(raw, bad and (bad, kind.text(weigh(STRANGE))), null, words[:-1], words[-1][1])


def spans_sql(
    classes: Spans, weigh: Callable[[FactValue], int], raw: str, bad: str, kind: WordKind = BOTH_HALVES
) -> str:
    """The word of an ordered fact."""
    words = [kind.text(weigh(sample)) for sample in classes.samples]
    null, strange = kind.text(weigh(None)), bad and (bad, kind.text(weigh(STRANGE)))
    ends = [
        (step, below, above)
        for step, below, above in zip(classes.steps, words, words[1:], strict=False)
        if below != above
    ]
    if null != words[-1] and null == words[0]:
        signs = (">", ">=")
        falling = [
            (f"{raw} {signs[not step.after]} {sql_value(step.value)}", above) for step, _, above in ends
        ]
        return _chain(raw, strange, null, falling[::-1], words[0])
    signs = ("<", "<=")
    rising = [(f"{raw} {signs[step.after]} {sql_value(step.value)}", below) for step, below, _ in ends]
    return _chain(raw, strange, null, rising, words[-1])


def _chain(
    raw: str, strange: tuple[str, str] | str, null: str, cases: Sequence[tuple[str, str]], otherwise: str
) -> str:
    """A CASE of conditions that NULL does not meet; it is asked for only where it matters, and then first.

    With NULL out of the way the engine compares without looking for it.
    """
    told = [strange] if isinstance(strange, tuple) else []
    told += [(f"{raw} IS NULL", null)] if null != otherwise else []
    told += cases
    if not told:
        return otherwise
    return f"CASE {' '.join(f'WHEN {test} THEN {word}' for test, word in told)} ELSE {otherwise} END"
