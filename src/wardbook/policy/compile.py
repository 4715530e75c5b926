"""A rulebook as SQL: one SELECT that says, for each use, which rules are true and which are unknown.

Each fact is settled on its own: one CASE over the classes of its values (`classes`) gives a packed word
(`pack`) with the rules that the value makes neither false nor open; bitwise AND over the facts gives the
words of the use. Only the parts of rules that tie several facts together are conditions in SQL, whose AND, OR
and NOT are Kleene's. Every text and number is written as a literal.

Columns of the query, where ``q`` numbers questions and further words of a bit set end in ``_1``, ``_2``, ...:

===================  =====================================================================================
``use_id``, ``day``  the use and its day (or the day to which the law is pinned)
``f<n>``             the value of fact n as the rulebook understands it; NULL where not known
``w<n>``             the value on record where the fact does not admit it; else NULL
``p<k>``             packed word k
``t<q>``, ``u<q>``   the rules of question q that are true, and those that are unknown: 62 a mask word, the
                     lowest bit is the first rule of the question's tables
``broken``           the invariants that the known facts break
``k<n>``             what settles a determination beside the packed words (`rest`): rules that would be true
                     were they in force, facts without a value, strange values, conditions that are unknown
===================  =====================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial

from wardbook.policy.cells import Between
from wardbook.policy.class_sql import (
    BOTH_HALVES,
    Weights,
    WordKind,
    cleared,
    is_lookup,
    listed_sql,
    lookup_sql,
    spans_sql,
    strange_lookup_sql,
    true_half,
    whole,
)
from wardbook.policy.classes import (
    DAY_FACT,
    Spans,
    bounds,
    fact_classes,
    invariant_parts,
    rule_parts,
    sole_fact,
)
from wardbook.policy.determine import Docket, Known, Masks, docket
from wardbook.policy.expression_sql import ExpressionSql
from wardbook.policy.fact_sql import cleaned, strange
from wardbook.policy.meaning import in_force_on
from wardbook.policy.model import (
    DAY,
    Condition,
    Expression,
    Fact,
    FactType,
    FactValue,
    Rule,
    Rulebook,
)
from wardbook.policy.pack import FULL, HALF, LOWER, MASK_BITS, Packing, Segment, mask_name, packing
from wardbook.policy.rest import (
    NOT_KNOWN,
    OPEN_TERMS,
    OUT_OF_FORCE,
    STRANGE,
    Piece,
    Placed,
    flag,
    placed,
    read_rest,
    rest_sql,
)
from wardbook.policy.sql_text import sql_type, sql_value

_NO_TEXT = "CAST(NULL AS VARCHAR)"


@dataclass(frozen=True)
class FactColumn:
    """Where a fact stands in a relation, as SQL.

    ``raw`` is the value in the fact's type (an enum's word as written), NULL where there is none or it cannot
    be read; ``bad`` says that there is one that cannot be read (empty: never); ``written`` is its text.
    """

    raw: str
    bad: str = ""
    written: str = ""


@dataclass(frozen=True)
class Rows:
    """The relation that holds the uses: its name, key and day (SQL), and a column for each fact.

    ``carried`` are further columns (SQL with alias) that go through unchanged. ``dictionaries`` says that its
    words come from Parquet dictionaries: then DuckDB looks each word of a dictionary up once. Other engines
    have no such look-up.
    """

    relation: str
    key: str
    day: str
    columns: tuple[FactColumn, ...]
    carried: tuple[str, ...] = ()
    dictionaries: bool = False


def book_rows(ready: Docket) -> Rows:
    """The relation ``facts`` of an audit."""
    columns = (FactColumn(fact.reads or f"CAST(NULL AS {sql_type(fact)})") for fact in ready.rulebook.facts)
    return Rows("facts", "use_id", "date", tuple(columns))


class Compiled:
    """The SQL of a rulebook over a relation of uses. ``as_of`` pins the law to one day.

    ``kind`` says how much of the packed words is computed; only both halves settle a determination.
    """

    def __init__(
        self, ready: Docket, rows: Rows, as_of: date | None = None, kind: WordKind = BOTH_HALVES
    ) -> None:
        self.ready = ready
        self._kind = kind
        self.rows = rows
        self.as_of = as_of
        self.packed: Packing = packing(ready)
        facts = ready.rulebook.facts
        self._columns = {fact.name: f"f{at}" for at, fact in enumerate(facts)} | {DAY: "day"}
        self.can_be_strange: frozenset[str] = frozenset(
            fact.name
            for fact, column in zip(facts, rows.columns, strict=True)
            if column.bad or fact.type is FactType.ENUM or bounds(fact) != (None, None)
        )
        types = {fact.name: fact.type for fact in facts} | {DAY: FactType.DATE}
        self._expressions = ExpressionSql(self._columns, types, self.can_be_strange)
        self._at_term = {term: at for at, term in enumerate(self._all_terms)}

    # ------------------------------------------------------------ the steps of the query

    def masks(self) -> str:
        """The SELECT with every column of the table above."""
        values = [f"f{at}, w{at}" for at in range(len(self.ready.rulebook.facts))]
        shown = ["use_id", "day", *values, *self.carried, *self._words, *self._mask_columns()]
        return self._select([*shown, *(f"{text} AS {name}" for name, text in self._keys)])

    def keys(self, also: Sequence[str] = ()) -> str:
        """The SELECT with the columns of `key_names` only, behind ``use_id`` and ``also``."""
        return self._select(
            ["use_id", *also, *self._words, *(f"{text} AS {name}" for name, text in self._keys)]
        )

    def _select(self, columns: Sequence[str]) -> str:
        return f"{self._with()}\nSELECT {_lines(columns)}\nFROM packed"

    def first_rule(self) -> str:
        """The SELECT of ``use_id`` and ``rule``, the first true rule of the only question.

        Rules are numbered from 0; -1 is none. See `first_rule_query`.
        """
        one, none = self._kind.text(1), self._kind.text(0)
        words = [
            f"WHEN p{k} <> {none} THEN bit_count(xor(p{k}, p{k} - {one})) + {k * HALF - 1}"
            for k in range(self.packed.words)
        ]
        return self._select(["use_id", f"CASE {' '.join(words)} ELSE -1 END AS rule"])

    @property
    def key_names(self) -> tuple[str, ...]:
        """The columns that settle a determination."""
        return (*self._words, *(name for name, _ in self._keys))

    def read_key(self, key: Sequence[int]) -> tuple[list[Masks], Known]:
        """What the values of `key_names` say of a use."""
        found = dict(zip(self.key_names, key, strict=True))
        pairs, broken = self.packed.masks([found[word] for word in self._words])
        bits = read_rest(self._rest, [found[name] for name, _ in self._keys])
        masks = [Masks(t, u, bits[OUT_OF_FORCE, q]) for q, (t, u) in enumerate(pairs)]
        strange = bits[STRANGE, 0]
        return masks, Known(bits[NOT_KNOWN, 0] | strange, strange, bits[OPEN_TERMS, 0], broken)

    # ------------------------------------------------------------ what is given

    @property
    def carried(self) -> list[str]:
        """The names of the carried columns."""
        return [text.rpartition(" AS ")[2] for text in self.rows.carried]

    @property
    def _words(self) -> list[str]:
        return [f"p{k}" for k in range(self.packed.words)]

    @cached_property
    def _all_terms(self) -> tuple[Expression, ...]:
        """The terms of rules, then those of invariants."""
        tied = [
            part
            for invariant in self.ready.rulebook.invariants
            for part in invariant_parts(invariant)
            if sole_fact(part) is None
        ]
        return tuple(dict.fromkeys([*self.ready.terms, *tied]))

    @cached_property
    def _items(self) -> list[tuple[Rule | None, tuple[Expression, ...]]]:
        """Rules (with their parts) and invariants (None), by place."""
        rules = [(rule, rule_parts(rule)) for deck in self.ready.decks for rule in deck.rules]
        kept = [(None, invariant_parts(one)) for one in self.ready.rulebook.invariants]
        return [*rules, *kept]

    @cached_property
    def _tests_of(self) -> Mapping[str, list[tuple[int, Expression]]]:
        """For each fact, the parts that test it alone, with their places."""
        found: dict[str, list[tuple[int, Expression]]] = {}
        for place, (_, parts) in enumerate(self._items):
            for part in parts:
                name = sole_fact(part)
                if name is not None:
                    found.setdefault(name, []).append((place, part))
        return found

    # ------------------------------------------------------------ the words of a use

    def _with(self) -> str:
        day = self.rows.day if self.as_of is None else sql_value(self.as_of)
        facts = self.ready.rulebook.facts
        typed = [f"{self.rows.key} AS use_id", f"{day} AS day", *self.rows.carried]
        values = []
        for at, (fact, column) in enumerate(zip(facts, self.rows.columns, strict=True)):
            typed.append(f"{column.raw} AS r{at}")
            if column.bad:
                typed.append(f"{column.bad} AS b{at}")
            typed.append(f"{column.written or _NO_TEXT} AS x{at}")
            values += [f"{cleaned(fact, at)} AS f{at}", f"{strange(fact, at, bool(column.bad))} AS w{at}"]
        terms = [f"{self._expressions.text(term)} AS e{at}" for at, term in enumerate(self._all_terms)]
        words = [f"{self._word(k)} AS c{k}" for k in range(self.packed.words)]
        force = [f"{self._force(k)} AS g{k}" for k in self._dated]
        packed = [
            f"c{k} & g{k} AS p{k}" if k in self._dated else f"c{k} AS p{k}" for k in range(self.packed.words)
        ]
        return (
            f"WITH typed AS (\n  SELECT {_lines(typed)}\n  FROM {self.rows.relation}\n"  # noqa: S608
            f"), cleaned AS (\n  SELECT *,\n    {_lines(values)}\n  FROM typed\n"
            f"), tied AS (\n  SELECT {_lines(['*', *terms])}\n  FROM cleaned\n"
            f"), words AS (\n  SELECT *,\n    {_lines([*words, *force])}\n  FROM tied\n"
            f"), packed AS (\n  SELECT *,\n    {_lines(packed)}\n  FROM words\n)"
        )

    @cached_property
    def _dated(self) -> frozenset[int]:
        """The packed words with rules in force for a time."""
        return frozenset(
            place // HALF
            for place, (rule, _) in enumerate(self._items)
            if rule is not None and (rule.in_force_from is not None or rule.in_force_to is not None)
        )

    def _word(self, k: int) -> str:
        """All facts and terms joined, for packed word ``k``."""
        texts = [*self._fact_words(k), *self._term_words(k)]
        full = self._kind.full
        if full <= LOWER:
            full &= (1 << len(self._items) - k * HALF) - 1
        if full != self._kind.full or all(map(is_lookup, texts)):
            texts.append(self._kind.text(full))
        return "\n      & ".join(texts)

    def _fact_words(self, k: int) -> list[str]:
        facts = [
            (fact, f"r{at}", f"b{at}" if column.bad else "")
            for at, (fact, column) in enumerate(
                zip(self.ready.rulebook.facts, self.rows.columns, strict=True)
            )
        ]
        found = []
        for at, (fact, raw, bad) in enumerate([*facts, (DAY_FACT, "day", "")]):
            here = [(place, part) for place, part in self._tests_of.get(fact.name, ()) if place // HALF == k]
            if not here:
                continue
            classes = fact_classes(fact, [part for _, part in here])
            weigh = Weights(fact, here, len(self._items) - self.packed.lengths[-1])
            if isinstance(classes, Spans):
                found.append(spans_sql(classes, weigh, raw, bad, self._kind))
            elif fact is not DAY_FACT and self._looked_up(at, fact):
                found.append(lookup_sql(classes, weigh, raw, self._kind))
            else:
                found.append(listed_sql(classes, weigh, raw, bad, self._kind))
        return found

    def _term_words(self, k: int) -> list[str]:
        found = []
        rules = len(self._items) - self.packed.lengths[-1]
        for term, at in self._at_term.items():
            places = [
                place for place, (_, parts) in enumerate(self._items) if place // HALF == k and term in parts
            ]
            if not places:
                continue
            false = sum(cleared(place, False, rules) for place in places)
            open_ = sum(cleared(place, None, rules) for place in places)
            true, untrue, unknown = (self._kind.text(FULL - bits) for bits in (0, false, open_))
            found.append(f"CASE WHEN e{at} THEN {true} WHEN NOT e{at} THEN {untrue} ELSE {unknown} END")
        return found

    def _force(self, k: int) -> str:
        """The rules of packed word ``k`` that are in force on the day."""
        dated = [
            (place, rule)
            for place, (rule, _) in enumerate(self._items)
            if place // HALF == k and rule is not None
        ]
        spans = [Condition(DAY, Between(rule.in_force_from, rule.in_force_to), "") for _, rule in dated]
        classes = fact_classes(DAY_FACT, spans)

        def weigh(day: FactValue) -> int:
            assert day is None or isinstance(day, date)  # noqa: S101
            return FULL - sum(cleared(place, in_force_on(rule, day), place + 1) for place, rule in dated)

        if not isinstance(classes, Spans):
            raise TypeError("days are ordered")
        return spans_sql(classes, weigh, "day", "", self._kind)

    # ------------------------------------------------------------ masks and keys

    def _mask_columns(self) -> list[str]:
        found = []
        for q in range(len(self.ready.decks)):
            for w, segments in enumerate(self.packed.segments(q)):
                true, possible = _gathered(segments, ""), _gathered(segments, "possible")
                found += [
                    f"{true} AS {mask_name(f't{q}', w)}",
                    f"({possible}) - ({true}) AS {mask_name(f'u{q}', w)}",
                ]
        for w, segments in enumerate(self.packed.segments(len(self.ready.decks))):
            full = sum(((1 << one.length) - 1) << one.to for one in segments)
            found.append(f"{whole(full)} - ({_gathered(segments, 'possible')}) AS {mask_name('broken', w)}")
        return found

    @cached_property
    def _keys(self) -> list[tuple[str, str]]:
        """Name and SQL of the columns that settle a determination, behind the packed words."""
        return [(f"k{at}", text) for at, text in enumerate(rest_sql(self._rest))]

    @cached_property
    def _rest(self) -> tuple[Placed, ...]:
        return placed([*self._out_of_force(), *self._not_known()])

    def _out_of_force(self) -> Iterator[Piece]:
        """The rules that would be true were they in force, where no rule is true or unknown."""
        for q, deck in enumerate(self.ready.decks):
            if all(rule.in_force_from is None and rule.in_force_to is None for rule in deck.rules):
                continue
            words = self.packed.segments(q)
            none = " AND ".join(f"({_gathered(segments, 'possible')}) = 0" for segments in words)
            for w, segments in enumerate(words):
                for one in segments:
                    if one.word in self._dated:
                        true = f"(c{one.word} & ~(g{one.word} >> {HALF}))"
                        text = f"(({true} >> {one.start}) & {(1 << one.length) - 1})"
                        yield Piece(OUT_OF_FORCE, q, w * MASK_BITS + one.to, one.length, none, text)

    def _not_known(self) -> Iterator[Piece]:
        """What is not known, strange or open, where some rule is unknown."""
        facts = self.ready.rulebook.facts
        places = self.packed.starts[-1]
        unknown = " OR ".join(
            f"((p{k} >> {HALF}) & {bits}) <> (p{k} & {bits})"
            for k in range(self.packed.words)
            if (bits := (1 << max(0, min(HALF, places - k * HALF))) - 1)
        )
        if not unknown:
            return
        read = 0
        for deck in self.ready.reads:
            for bits in deck:
                read |= bits
        read_facts = [(at, fact) for at, fact in enumerate(facts) if read >> at & 1]
        for at, _ in read_facts:
            yield flag(NOT_KNOWN, at, unknown, f"r{at} IS NULL")
        waits = [one for deck in self.ready.waits for one in deck]
        if any(one.missing & self.ready.day_bit for one in (*waits, *self.ready.term_waits)):
            yield flag(NOT_KNOWN, len(facts), unknown, "day IS NULL")
        for at, fact in read_facts:
            if fact.name not in self.can_be_strange:
                continue
            if self._looked_up(at, fact):
                words = (*fact.values, *fact.aliases)
                yield Piece(STRANGE, 0, at, 1, unknown, partial(strange_lookup_sql, words, f"r{at}"))
            else:
                yield flag(STRANGE, at, unknown, f"w{at} IS NOT NULL")
        for at in range(len(self.ready.terms)):
            yield flag(OPEN_TERMS, at, unknown, f"e{at} IS NULL")

    def _looked_up(self, at: int, fact: Fact) -> bool:
        return self.rows.dictionaries and fact.type is FactType.ENUM and not self.rows.columns[at].bad


def first_rule_query(rulebook: Rulebook, rows: Callable[[Docket], Rows]) -> tuple[str, tuple[str, ...]]:
    """The SELECT of ``use_id`` and ``rule`` for a rulebook of one question, and the names of the rules.

    ``rule`` is the index of a name: the first true rule where overriding rules come first, or -1. This is the
    barest answer, without what is not known.
    """
    ready = docket(rulebook)
    if len(ready.decks) != 1:
        raise ValueError("the first rule of several questions")
    (deck,) = ready.decks
    linear = docket(replace(ready.rulebook, rules=tuple(deck.rules[at] for at in deck.order), invariants=()))
    kind = true_half(len(deck.rules))
    names = tuple(rule.name for rule in linear.decks[0].rules)
    return Compiled(linear, rows(linear), kind=kind).first_rule(), names


def _lines(parts: Iterable[str]) -> str:
    return ",\n    ".join(parts)


def _gathered(segments: Sequence[Segment], what: str) -> str:
    """The bits of a mask word, from the packed words."""
    texts = []
    for one in segments:
        full = (1 << one.length) - 1
        start = one.start + (HALF if what else 0)
        bits = f"((p{one.word} >> {start}) & {full})" if start else f"(p{one.word} & {full})"
        texts.append(f"{bits} * {whole(1 << one.to)}" if one.to else bits)
    return " + ".join(texts) or whole(0)
