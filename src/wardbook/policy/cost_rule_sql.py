"""What the payer of one cost rule bears, as SQL over the columns of a use; exact to the cent.

Most amounts fit whole numbers of 64 bits, which are ten times as fast as wider ones. So where a rule
computes, its expression has two branches with the same arithmetic: narrow for small figures, else 38 digits
wide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from math import lcm

from wardbook.policy.cost_numbers import amount, quotient, shared, times
from wardbook.policy.costs import (
    LIMIT,
    MOST,
    NO_REFUND,
    TOO_LARGE,
    USE_COSTS,
    facts_of,
    not_a_part,
    not_a_value,
    not_in_range,
    not_on_record,
    nothing_to_share,
    plain_amount,
)
from wardbook.policy.model import (
    THE_COST,
    Base,
    Choice,
    CostRule,
    Fact,
    FactType,
    Part,
    Rulebook,
    products_of,
)
from wardbook.records.engine import literal
from wardbook.records.schema import MONEY

WIDE = "HUGEINT"
"""Whole numbers of 38 digits; on Spark they are DECIMAL(38,0)."""

NARROW = "BIGINT"

NOTHING = f"CAST(0 AS {MONEY})"

_MILLION = 10**6
_CENTS_NARROW = 10**9
_RATE_NARROW = 10**5


@dataclass(frozen=True)
class RuleSql:
    """The SQL of single cost rules. ``columns`` gives the SQL of each fact they compute with, by its name.

    ``words`` gives the SQL of the word on record where the fact does not admit it (else NULL); its column is
    then NULL. A fact without such SQL is taken to be on record as it should be, or not at all.
    """

    rulebook: Rulebook
    columns: Mapping[str, str]
    words: Mapping[str, str] = field(default_factory=dict)

    def borne(self, rule: CostRule, cost_class: str, cost: str) -> str:
        """SQL for what the payer of ``rule`` bears; NULL where undetermined. Not for ``the rest``."""
        if plain_amount(rule) or rule.method == "added only":
            moves = rule.method == "full" or (rule.method == "added only" and cost_class not in USE_COSTS)
            return cost if moves else nothing(cost)
        cases = [f"WHEN {' AND '.join(self._small(rule, cost))} THEN {self._computed(rule, cost, WIDE)}"]
        narrow = self._narrow(rule, cost)
        if narrow:
            cases.insert(0, f"WHEN {' AND '.join(narrow)} THEN {self._computed(rule, cost, NARROW)}")
        return f"CASE WHEN {' AND '.join(self._guards(rule, cost))} THEN CASE {' '.join(cases)} END END"

    def open_point(self, rule: CostRule, cost: str) -> str:
        """SQL for why the amount of ``rule`` is undetermined; NULL where it is not."""
        if plain_amount(rule) or rule.method == "added only":
            return "NULL"
        facts = facts_of(self.rulebook, rule)
        points = [self._fact_point(fact) for fact in facts]
        cases = [f"WHEN NOT coalesce({self._in_range(fact)}, FALSE) THEN NULL" for fact in facts]
        if rule.part is not None:
            top, bottom = self._part(rule.part, WIDE)
            cases.append(f"WHEN {bottom} = 0 THEN {literal(nothing_to_share(rule.part))}")
            cases.append(f"WHEN {top} > {bottom} THEN {literal(not_a_part(rule.part))}")
        if rule.base is not None:
            cases.append(f"WHEN {cost} < 0 THEN {literal(NO_REFUND)}")
        small = " AND ".join(self._small(rule, cost))
        cases.append(f"WHEN NOT ({small}) THEN {literal(TOO_LARGE)}")
        points.append(f"CASE {' '.join(cases)} END")
        return f"nullif(concat_ws('; ', {', '.join(points)}), '')"

    def _fact_point(self, fact: Fact) -> str:
        column, word = self.columns[fact.name], self.words.get(fact.name)
        before, after = (literal(part) for part in not_a_value(fact))
        odd = f"WHEN {word} IS NOT NULL THEN {before} || {word} || {after} " if word else ""
        return (
            f"CASE {odd}WHEN {column} IS NULL THEN {literal(not_on_record(fact))} "
            f"WHEN NOT ({self._in_range(fact)}) THEN {literal(not_in_range(fact))} END"
        )

    # ------------------------------------------------------------ what must hold

    def _in_range(self, fact: Fact) -> str:
        column = self.columns[fact.name]
        return f"{column} >= 0 AND {column} < {LIMIT}"

    def _guards(self, rule: CostRule, cost: str) -> Iterator[str]:
        """What must hold before the amount is computed; each is NULL or false where it does not."""
        yield f"{cost} IS NOT NULL" if rule.base is None else f"{cost} >= 0"
        yield from (self._in_range(fact) for fact in facts_of(self.rulebook, rule))
        if rule.part is not None and _facts(rule.part.top, rule.part.bottom):
            top, bottom = self._part(rule.part, WIDE)
            if self._alike(rule.part):
                top, bottom = self.columns[str(rule.part.top)], self.columns[str(rule.part.bottom)]
            yield f"{bottom} > 0"
            yield f"{top} <= {bottom}"

    def _alike(self, part: Part) -> bool:
        """Whether top and bottom are facts of one type, which compare as they are."""
        names = _facts(part.top, part.bottom)
        return len(names) == 2 and len({self._fact(name).type for name in names}) == 1

    def _small(self, rule: CostRule, cost: str) -> Iterator[str]:
        """That the amounts are below `MOST`."""
        loaded = 1 + Fraction(rule.loading)
        bound = Fraction(MOST) / (loaded if rule.base is None else 1)
        cents = -((-bound * 100) // 1)
        limit = f"{Decimal(int(cents)) / 100:f}"
        yield f"{cost} > -{limit} AND {cost} < {limit}"
        for one in () if rule.base is None else products_of(rule.base):
            product, scale = self._product(one, cost, WIDE)
            yield f"{times(product, loaded.numerator)} < {int(MOST) * scale * loaded.denominator}"

    def _narrow(self, rule: CostRule, cost: str) -> list[str]:
        """What keeps every number of the narrow branch below 2^62: cents and parts each below 10^9."""
        found: list[str] = []
        if rule.base is not None and (not _plain(rule.base) or rule.loading):
            return found
        if rule.part is not None:
            scale = self._part_scale(rule.part)
            for term in (rule.part.top, rule.part.bottom):
                found += self._below(term, _CENTS_NARROW // scale)
        if isinstance(rule.base, Base):
            return found + self._narrow_base(rule.base)
        return [*found, f"{cost} > -{_CENTS_NARROW // 100} AND {cost} < {_CENTS_NARROW // 100}"]

    def _narrow_base(self, base: Base) -> list[str]:
        scale = self._scale(base.amount) * self._scale(base.times)
        most = min(_CENTS_NARROW // 100, 10**18 // scale)
        numbers = [term for term in (base.amount, base.times) if isinstance(term, Decimal)]
        for number in numbers:
            most = most if number <= 1 else int(most / number)
        if numbers:
            return self._below(base.amount, most) + self._below(base.times, most)
        return self._below(base.amount, _RATE_NARROW) + self._below(base.times, most // _RATE_NARROW)

    def _below(self, term: str | Decimal, limit: int) -> list[str]:
        """The condition that a term is below ``limit``; FALSE for a number that is not.

        Six places times a million must fit DECIMAL(18), so such a fact stays below a million.
        """
        if isinstance(term, str):
            return [f"{self.columns[term]} < {min(limit, _MILLION)}"]
        return [] if term < max(limit, 2) else ["FALSE"]

    # ------------------------------------------------------------ arithmetic

    def _computed(self, rule: CostRule, cost: str, kind: str) -> str:
        """The amount in SQL in whole numbers of type ``kind``, its facts known and in range."""
        if isinstance(rule.base, Choice):
            # every rounding keeps the order, so the amounts may be rounded before one is chosen
            amounts = [self._computed(replace(rule, base=one), cost, kind) for one in rule.base.among]
            return f"{'greatest' if rule.base.greater else 'least'}({', '.join(amounts)})"
        top, bottom = self._part(rule.part, kind) if rule.part is not None else ("1", "1")
        loaded = 1 + Fraction(rule.loading)
        if loaded != 1:
            top, bottom = str(loaded.numerator), str(loaded.denominator)
        if rule.base is not None:
            product, scale = self._base(rule.base, cost, kind)
            cents = Fraction(100, scale)
            whole = times(product, cents.numerator)
            if whole.isdigit():
                whole = f"CAST({whole} AS {kind})"
            return amount(shared(whole, cents.denominator, top, bottom, rule.rounding))
        cents_of = f"abs({_whole(cost, 100, kind)})"
        size = quotient(times(cents_of, top), bottom, rule.rounding)
        return amount(f"CASE WHEN {cost} < 0 THEN -1 ELSE 1 END * ({size})")

    def _part(self, part: Part, kind: str) -> tuple[str, str]:
        """Top and bottom of a part, as whole numbers on one scale."""
        if isinstance(part.top, Decimal) and isinstance(part.bottom, Decimal):
            exact = Fraction(part.top) / Fraction(part.bottom)
            return str(exact.numerator), str(exact.denominator)
        scale = self._part_scale(part)
        return self._scaled(part.top, scale, kind), self._scaled(part.bottom, scale, kind)

    def _part_scale(self, part: Part) -> int:
        return max(self._scale(part.top), self._scale(part.bottom))

    def _base(self, base: Base, cost: str, kind: str) -> tuple[str, int]:
        """A base as a whole number, and how many of it make a unit of the currency."""
        product, scale = self._product(base, cost, kind)
        if base.less is None:
            return product, scale
        off, off_scale = self._product(base.less, cost, kind)
        both = lcm(scale, off_scale)
        left = f"{times(product, both // scale)} - {times(off, both // off_scale)}"
        return f"greatest({left}, CAST(0 AS {kind}))", both

    def _product(self, base: Base, cost: str, kind: str) -> tuple[str, int]:
        """An amount times a quantity as a whole number, and how many of it make a unit of the currency."""
        second = self._scale(base.times)
        quantity = self._scaled(base.times, second, kind)
        if base.amount == THE_COST:
            return times(_whole(cost, 100, kind), quantity), 100 * second
        first = self._scale(base.amount)
        return times(self._scaled(base.amount, first, kind), quantity), first * second

    def _scale(self, term: str | Decimal) -> int:
        """How many of the whole numbers that a term is counted in make one."""
        if isinstance(term, Decimal):
            return Fraction(term).limit_denominator(_MILLION).denominator
        return {FactType.WHOLE: 1, FactType.MONEY: 100}.get(self._fact(term).type, _MILLION)

    def _scaled(self, term: str | Decimal, scale: int, kind: str) -> str:
        if isinstance(term, Decimal):
            exact = Fraction(term) * scale
            if exact.denominator != 1:
                raise ValueError(f"{term} has more than six decimals")
            return str(exact.numerator)
        column = self.columns[term]
        if self._fact(term).type is FactType.WHOLE:
            return times(f"CAST({column} AS {kind})", scale)
        return _whole(column, scale, kind)

    def _fact(self, name: str) -> Fact:
        return next(fact for fact in self.rulebook.facts if fact.name == name)


def _plain(base: Base | Choice) -> bool:
    """Whether a base is one product of facts and numbers, as the narrow branch computes it."""
    return isinstance(base, Base) and base.less is None and base.amount != THE_COST


def nothing(cost: str) -> str:
    """SQL for no money; NULL where there is no cost."""
    return f"CASE WHEN {cost} IS NOT NULL THEN {NOTHING} END"


def _whole(decimal: str, scale: int, kind: str) -> str:
    """A decimal of at most six places times ``scale``, as a whole number."""
    return f"CAST(CAST({decimal} AS DECIMAL(38,6)) * {scale} AS {kind})"


def _facts(*terms: str | Decimal) -> list[str]:
    return [term for term in terms if isinstance(term, str)]
