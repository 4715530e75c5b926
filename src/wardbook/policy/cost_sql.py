"""Who bears how much of a cost, as SQL: `costs` for millions of uses, exact to the cent.

Each amount is one expression over the columns of a use: the arrangement of its costs, its costs, and the
facts that cost rules compute with. Where payers bear all or nothing it is a plain CASE on the arrangement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from wardbook.policy.cost_rule_sql import NOTHING, RuleSql, nothing
from wardbook.policy.costs import NO_ARRANGEMENT, PUBLIC_BODY, paying, remainder, ruling
from wardbook.policy.model import Rulebook
from wardbook.policy.sheet import plain
from wardbook.records.engine import literal
from wardbook.records.schema import MONEY

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
    ``named`` writes for an arrangement's name; ``among`` writes that it is one of several, where that is to
    be done otherwise than with IN. ``columns`` gives the SQL of each fact that a cost rule
    computes with, by its name: a whole number, or a decimal of at most six places; NULL where not known.
    ``words`` gives the SQL of what stands on record where a fact does not admit it (else NULL).
    """

    rulebook: Rulebook
    columns: Mapping[str, str]
    arrangement: str = "costs"
    named: Callable[[str], str] = literal
    among: Callable[[Sequence[str]], str] | None = None
    words: Mapping[str, str] = field(default_factory=dict)

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
                        name: amounts.get(payer, nothing(cost))
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
        found = {rule.payer: self._single.borne(rule, cost_class, cost) for rule in paying(rules)}
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
            points = [self._single.open_point(rule, cost) for rule in paying(rules)]
            told = _each_once([point for point in points if point != "NULL"])
            texts[arrangement] = f"nullif(concat_ws('; ', {', '.join(told)}), '')" if told else "NULL"
        other = literal(f"the rulebook has no cost rule for {cost_class} under ")
        text = self._cases(texts, f"concat({other}, CAST({self.arrangement} AS VARCHAR))")
        none = f"WHEN {self.arrangement} IS NULL THEN {literal(NO_ARRANGEMENT)}"
        return f"CASE WHEN {cost} IS NULL THEN NULL {none} ELSE {text} END"

    @property
    def _single(self) -> RuleSql:
        return RuleSql(self.rulebook, self.columns, self.words)

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
        among = self.among or (lambda names: f"{self.arrangement} IN ({', '.join(names)})")
        cases = " ".join(f"WHEN {among(names)} THEN {text}" for text, names in same.items())
        return f"CASE {cases} ELSE {otherwise} END" if cases else otherwise


def _each_once(points: Sequence[str]) -> list[str]:
    """SQL for the points, each NULL where one before it says the same."""
    found: list[str] = []
    for point in dict.fromkeys(points):
        told = point
        for earlier in dict.fromkeys(points):
            if earlier == point:
                break
            told = f"nullif({told}, {earlier})"
        found.append(told)
    return found


def _less(cost: str, amounts: Sequence[str]) -> str:
    """SQL for what the amounts leave of the cost."""
    moved = [amount for amount in amounts if amount != nothing(cost)]
    if not moved:
        return cost
    if moved == [cost]:
        return nothing(cost)
    return f"CAST({' - '.join([cost, *moved])} AS {MONEY})"


def _if_known(cost: str, amounts: Sequence[str]) -> str:
    """SQL for nothing, NULL where one of the amounts is."""
    known = " AND ".join(f"({text}) IS NOT NULL" for text in dict.fromkeys([cost, *amounts]))
    return f"CASE WHEN {known} THEN {NOTHING} END"
