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


def whole(value: int) -> str:
    """A number as a BIGINT literal."""
    return f"CAST({value} AS BIGINT)"


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


def lookup_sql(classes: Listed, weigh: Weights, raw: str) -> str:
    """The word of an enum by look-up.

    A function of one column is run once for each entry of a Parquet dictionary, CASE once for each row. A
    word that is not found is NULL, and LEAST then gives the word of strange values; the bit that makes it
    greater than any other stands above both halves, where nothing reads it.
    """
    words = {str(word): whole(weigh(value)) for word, value in classes.values}
    return _looked_up(words, whole(weigh(None)), whole(weigh(STRANGE) + FULL + 1), raw)


def strange_lookup_sql(words: Sequence[str], raw: str, bit: int) -> str:
    """``bit`` where an enum's word is none of ``words``, else 0; found as by `lookup_sql`."""
    return _looked_up(dict.fromkeys(words, whole(0)), whole(0), whole(bit), raw)


def _looked_up(words: Mapping[str, str], null: str, other: str, raw: str) -> str:
    """A look-up of a word; in a list of one, NULL is a key like any other."""
    keys = [
        f"[CAST(NULL AS VARCHAR)]: {null}",
        *(f"[{literal(word)}]: {text}" for word, text in words.items()),
    ]
    return f"least(map_extract_value(MAP {{{', '.join(keys)}}}, [{raw}]), {other})"


def listed_sql(classes: Listed, weigh: Weights, raw: str, bad: str) -> str:
    """The word of an enum, a text or a yes/no fact.

    NULL comes first: the engine then compares without looking for it. There is no IN, which DuckDB makes a
    join of; a chain of comparisons is faster.
    """
    cases = [f"WHEN {bad} THEN {whole(weigh(STRANGE))}"] if bad else []
    cases.append(f"WHEN {raw} IS NULL THEN {whole(weigh(None))}")
    words = [(sql_value(word), whole(weigh(value))) for word, value in classes.values]
    last = words.pop()[1] if classes.rest is None else whole(weigh(classes.rest))
    cases += [f"WHEN {raw} = {word} THEN {packed}" for word, packed in words]
    return f"CASE {' '.join(cases)} ELSE {last} END"


def spans_sql(classes: Spans, weigh: Callable[[FactValue], int], raw: str, bad: str) -> str:
    """The word of an ordered fact."""
    words = [weigh(sample) for sample in classes.samples]
    cases = [f"WHEN {bad} THEN {whole(weigh(STRANGE))}"] if bad else []
    cases.append(f"WHEN {raw} IS NULL THEN {whole(weigh(None))}")
    for step, packed, following in zip(classes.steps, words, words[1:], strict=False):
        if packed != following:
            sign = "<=" if step.after else "<"
            cases.append(f"WHEN {raw} {sign} {sql_value(step.value)} THEN {whole(packed)}")
    return f"CASE {' '.join(cases)} ELSE {whole(words[-1])} END"
