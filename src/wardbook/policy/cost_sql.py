"""Who bears how much of a cost, as SQL: `costs` for millions of uses, exact to the cent.

Each amount is one expression over the columns of a use: the arrangement of its costs, its costs, and the
facts that cost rules compute with. Whole numbers of up to 38 digits carry the arithmetic; no expression makes
a double. Only what DuckDB and (through sqlglot) Spark both do in the same way is used: ``+ - * % //``, with
every quotient below 2^63.

With a base and a part, the exact product would have more than 38 digits; then whole cents ``w`` and what is
left of a cent ``l / s`` are shared one after the other: ``w * top = q * bottom + r`` gives ``q`` whole cents
and ``(r * s + l * top) / (s * bottom)`` of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from wardbook.policy.costs import (
    LIMIT,
    MOST,
    NO_ARRANGEMENT,
    PUBLIC_BODY,
    TOO_LARGE,
    USE_COSTS,
    facts_of,
    not_a_part,
    not_in_range,
    not_on_record,
    nothing_to_share,
    paying,
    plain_amount,
    remainder,
    ruling,
)
from wardbook.policy.model import CostRule, Fact, FactType, Rulebook
from wardbook.policy.sheet import plain
from wardbook.records.engine import literal
from wardbook.records.schema import MONEY

_WIDE = "HUGEINT"
_MILLION = 10**6
_NOTHING = f"CAST(0 AS {MONEY})"
_NULL = f"CAST(NULL AS {MONEY})"


@dataclass(frozen=True)
class ShareColumn:
    """What one payer bears of one cost class: ``amount`` is SQL of DECIMAL(18,2), NULL where undetermined.

    ``payer`` is the word of the cost rules (``{agency}`` for the using agency), or `PUBLIC_BODY`.
    """

    cost_class: str
    payer: str
    amount: str


@dataclass(frozen=True)
class CostSql:
    """The SQL of a rulebook's cost rules over a relation of uses.

    ``arrangement`` is SQL for the arrangement of a use's costs (NULL where undetermined), compared with what
    ``named`` writes for an arrangement's name. ``columns`` gives the SQL of each fact that a cost rule
    computes with, by its name: a whole number, or a decimal of at most six places; NULL where not known.
    """

    rulebook: Rulebook
    columns: Mapping[str, str]
    arrangement: str = "costs"
    named: Callable[[str], str] = literal

    def shares(self, costs: Mapping[str, str]) -> tuple[ShareColumn, ...]:
        """A column for each payer of each class, and one for the public body; ``costs`` maps a class to SQL.

        A cost is DECIMAL(18,2); where it is NULL there is nothing to bear, and every amount is NULL.
        """
        return tuple(column for name, cost in costs.items() for column in self._class(name, cost))

    def open_points(self, costs: Mapping[str, str]) -> dict[str, str]:
        """For each class, SQL for why its shares are undetermined; NULL where they are not, or no cost is."""
        return {name: self._open_class(name, cost) for name, cost in costs.items()}

    # ------------------------------------------------------------ one class

    def _class(self, cost_class: str, cost: str) -> list[ShareColumn]:
        by_arrangement = {name: self._amounts(name, cost_class, cost) for name in self._arrangements}
        payers = dict.fromkeys(payer for amounts in by_arrangement.values() for payer in amounts)
        payers.pop(PUBLIC_BODY, None)
        return [
            ShareColumn(
                cost_class,
                payer,
                self._cases(
                    {
                        name: amounts.get(payer, _nothing(cost))
                        for name, amounts in by_arrangement.items()
                        if amounts
                    },
                    _NULL,
                ),
            )
            for payer in (*payers, PUBLIC_BODY)
        ]

    def _amounts(self, arrangement: str, cost_class: str, cost: str) -> dict[str, str]:
        """What each payer and the public body bear under one arrangement; empty where no rule can say."""
        rules, problem = ruling(self.rulebook, arrangement, cost_class)
        if problem:
            return {}
        found = {rule.payer: self.borne(rule, cost_class, cost) for rule in paying(rules)}
        last = remainder(rules)
        kept = _less(cost, list(found.values()))
        if last is None:
            return {**found, PUBLIC_BODY: kept}
        return {**found, last.payer: kept, PUBLIC_BODY: _if_known(cost, list(found.values()))}

    def _open_class(self, cost_class: str, cost: str) -> str:
        texts = {}
        for arrangement in self._arrangements:
            rules, problem = ruling(self.rulebook, arrangement, cost_class)
            if problem:
                texts[arrangement] = literal(problem)
                continue
            points = [self.open_point(rule, cost) for rule in paying(rules)]
            points = [point for point in points if point != "NULL"]
            texts[arrangement] = f"nullif(concat_ws('; ', {', '.join(points)}), '')" if points else "NULL"
        other = literal(f"the rulebook has no cost rule for {cost_class} under ")
        text = self._cases(texts, f"concat({other}, CAST({self.arrangement} AS VARCHAR))")
        none = f"WHEN {self.arrangement} IS NULL THEN {literal(NO_ARRANGEMENT)}"
        return f"CASE WHEN {cost} IS NULL THEN NULL {none} ELSE {text} END"

    @property
    def _arrangements(self) -> tuple[str, ...]:
        first: dict[str, str] = {}
        for rule in self.rulebook.cost_rules:
            first.setdefault(plain(rule.arrangement), rule.arrangement)
        return tuple(first.values())

    def _cases(self, texts: Mapping[str, str], otherwise: str) -> str:
        """A CASE on the arrangement; arrangements that give the same text are tested together."""
        same: dict[str, list[str]] = {}
        for arrangement, text in texts.items():
            same.setdefault(text, []).append(self.named(arrangement))
        cases = " ".join(
            f"WHEN {self.arrangement} IN ({', '.join(names)}) THEN {text}" for text, names in same.items()
        )
        return f"CASE {cases} ELSE {otherwise} END" if cases else otherwise

    # ------------------------------------------------------------ one rule

    def borne(self, rule: CostRule, cost_class: str, cost: str) -> str:
        """SQL for what the payer of ``rule`` bears; NULL where undetermined. Not for ``the rest``."""
        if plain_amount(rule) or rule.method == "added only":
            nothing = rule.method == "none" or (rule.method == "added only" and cost_class in USE_COSTS)
            return _nothing(cost) if nothing else cost
        small = f"CASE WHEN {' AND '.join(self._small(rule, cost))} THEN {self._computed(rule, cost)} END"
        return f"CASE WHEN {' AND '.join(self._guards(rule, cost))} THEN {small} END"

    def open_point(self, rule: CostRule, cost: str) -> str:
        """SQL for why the amount of ``rule`` is undetermined; NULL where it is not."""
        if plain_amount(rule) or rule.method == "added only":
            return "NULL"
        facts = facts_of(self.rulebook, rule)
        points = [self._fact_point(fact) for fact in facts]
        known = [
            f"WHEN {self.columns[fact.name]} IS NULL OR NOT ({self._in_range(fact)}) THEN NULL"
            for fact in facts
        ]
        cases = list(known)
        if rule.part is not None:
            top, bottom = self._part(rule)
            cases.append(f"WHEN {bottom} = 0 THEN {literal(nothing_to_share(rule.part))}")
            cases.append(f"WHEN {top} > {bottom} THEN {literal(not_a_part(rule.part))}")
        small = " AND ".join(self._small(rule, cost))
        cases.append(f"WHEN NOT ({small}) THEN {literal(TOO_LARGE)}")
        points.append(f"CASE {' '.join(cases)} END")
        return f"nullif(concat_ws('; ', {', '.join(points)}), '')"

    def _fact_point(self, fact: Fact) -> str:
        column = self.columns[fact.name]
        return (
            f"CASE WHEN {column} IS NULL THEN {literal(not_on_record(fact))} "
            f"WHEN NOT ({self._in_range(fact)}) THEN {literal(not_in_range(fact))} END"
        )

    def _in_range(self, fact: Fact) -> str:
        column = self.columns[fact.name]
        return f"{column} >= 0 AND {column} < {LIMIT}"

    def _guards(self, rule: CostRule, cost: str) -> Iterable[str]:
        """What must hold before the amount is computed; each is NULL or false where it does not."""
        yield f"{cost} IS NOT NULL"
        yield from (self._in_range(fact) for fact in facts_of(self.rulebook, rule))
        if rule.part is not None and any(isinstance(t, str) for t in (rule.part.top, rule.part.bottom)):
            top, bottom = self._part(rule)
            yield f"{bottom} > 0"
            yield f"{top} <= {bottom}"

    def _small(self, rule: CostRule, cost: str) -> Iterable[str]:
        """That the amounts are below `MOST`."""
        bound = Fraction(MOST) / (1 + Fraction(rule.loading))
        cents = -((-bound * 100) // 1)
        limit = f"{Decimal(int(cents)) / 100:f}"
        yield f"{cost} > -{limit} AND {cost} < {limit}"
        if rule.base is not None:
            product, scale = self._base(rule)
            yield f"{product} < {int(MOST) * scale}"

    # ------------------------------------------------------------ arithmetic

    def _computed(self, rule: CostRule, cost: str) -> str:
        """The amount in SQL, its facts known and in range."""
        top, bottom = self._part(rule) if rule.part is not None else ("1", "1")
        if rule.base is not None:
            product, scale = self._base(rule)
            cents = Fraction(100, scale)
            whole = _times(product, cents.numerator)
            return _amount(_shared(whole, cents.denominator, top, bottom, rule.rounding))
        loaded = 1 + Fraction(rule.loading)
        if loaded != 1:
            top, bottom = str(loaded.numerator), str(loaded.denominator)
        size = _quotient(_times(_cents(cost), top), bottom, rule.rounding)
        return _amount(f"CASE WHEN {cost} < 0 THEN -1 ELSE 1 END * ({size})")

    def _part(self, rule: CostRule) -> tuple[str, str]:
        """Top and bottom of the rule's part, as whole numbers on one scale."""
        if rule.part is None:
            raise TypeError(f"{rule.method} has no part")
        top, bottom = rule.part.top, rule.part.bottom
        if isinstance(top, Decimal) and isinstance(bottom, Decimal):
            part = Fraction(top) / Fraction(bottom)
            return str(part.numerator), str(part.denominator)
        scale = max(self._scale(top), self._scale(bottom))
        return self._scaled(top, scale), self._scaled(bottom, scale)

    def _base(self, rule: CostRule) -> tuple[str, int]:
        """The rule's base as a whole number, and the parts of a unit of the currency it counts."""
        if rule.base is None:
            raise TypeError(f"{rule.method} has no base")
        first, second = self._scale(rule.base.amount), self._scale(rule.base.times)
        times = self._scaled(rule.base.times, second)
        return _times(self._scaled(rule.base.amount, first), times), first * second

    def _scale(self, term: str | Decimal) -> int:
        if isinstance(term, Decimal):
            return Fraction(term).limit_denominator(_MILLION).denominator
        return 1 if self._fact(term).type is FactType.WHOLE else _MILLION

    def _scaled(self, term: str | Decimal, scale: int) -> str:
        if isinstance(term, Decimal):
            exact = Fraction(term) * scale
            if exact.denominator != 1:
                raise ValueError(f"{term} has more than six decimals")
            return str(exact.numerator)
        column = self.columns[term]
        if self._fact(term).type is FactType.WHOLE:
            return _times(f"CAST({column} AS {_WIDE})", scale)
        return f"CAST(CAST({column} AS DECIMAL(38,6)) * {scale} AS {_WIDE})"

    def _fact(self, name: str) -> Fact:
        return next(fact for fact in self.rulebook.facts if fact.name == name)


def _nothing(cost: str) -> str:
    """SQL for no money, NULL where there is no cost."""
    return f"CASE WHEN {cost} IS NOT NULL THEN {_NOTHING} END"


def _less(cost: str, amounts: Sequence[str]) -> str:
    """SQL for what the amounts leave of the cost."""
    moved = [amount for amount in amounts if amount != _nothing(cost)]
    if not moved:
        return cost
    if moved == [cost]:
        return _nothing(cost)
    return f"CAST({' - '.join([cost, *moved])} AS {MONEY})"


def _if_known(cost: str, amounts: Sequence[str]) -> str:
    """SQL for nothing, NULL where one of the amounts is."""
    known = " AND ".join(f"({text}) IS NOT NULL" for text in dict.fromkeys([cost, *amounts]))
    return f"CASE WHEN {known} THEN {_NOTHING} END"


def _cents(cost: str) -> str:
    """The size of a cost in cents, without its sign."""
    return f"abs(CAST(CAST({cost} AS DECIMAL(38,2)) * 100 AS {_WIDE}))"


def _amount(cents: str) -> str:
    """Cents as money."""
    return f"CAST(CAST({cents} AS DECIMAL(18,0)) * CAST(0.01 AS DECIMAL(3,2)) AS {MONEY})"


def _times(left: str, right: str | int) -> str:
    """A product, worked out where both are numbers."""
    sides = [side for side in (left, str(right)) if side != "1"]
    if all(side.isdigit() for side in sides):
        return str(int(left) * int(right))
    return f"({' * '.join(sides)})" if len(sides) > 1 else sides[0]


def _quotient(top: str, bottom: str, rounding: str, whole: str = "") -> str:
    """``whole + top / bottom``, rounded to a whole number; none of them is negative."""
    before = f"{whole} + " if whole else ""
    if bottom == "1":
        return f"{before}{top}"
    twice, double = f"({_times('2', top)} + {bottom})", _times("2", bottom)
    nearest = f"({twice} // {double})"
    rounded = {
        "half up": nearest,
        "down": f"({top} // {bottom})",
        "up": f"(({top} + {bottom} - 1) // {bottom})",
        "half even": (
            f"{nearest} - CASE WHEN {twice} % {double} = 0 AND ({before}{nearest}) % 2 = 1 THEN 1 ELSE 0 END"
        ),
    }[rounding]
    return before + rounded


def _shared(cents: str, scale: int, top: str, bottom: str, rounding: str) -> str:
    """``cents / scale * top / bottom``, rounded to a whole number."""
    if bottom == "1" and top == "1":
        return _quotient(cents, str(scale), rounding)
    if scale == 1:
        return _quotient(_times(cents, top), bottom, rounding)
    whole = f"({_times(f'({cents} // {scale})', top)})"
    left = f"({whole} % {bottom}) * {scale} + {_times(f'({cents} % {scale})', top)}"
    return _quotient(f"({left})", _times(bottom, scale), rounding, f"({whole} // {bottom})")
