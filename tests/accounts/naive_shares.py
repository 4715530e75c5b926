"""The shares of every cost of a small book, one cost at a time: a slow statement of ``allocations.sql``.

How much each payer bears is asked of `policy.costs.payments`; what only a whole book can say (which use an
expense belongs to, what else the use cost, which agency used it) is said here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from wardbook.policy.classes import understood
from wardbook.policy.costs import borne, facts_of, paying, remainder, ruling
from wardbook.policy.model import CostRule, FactValue, Rulebook

Row = Mapping[str, Any]

AGENCY = "{agency}"


@dataclass(frozen=True)
class Shared:
    """The payers of one cost with what each bears, nothing left out but nothing; and why the rest is open.

    ``why`` has a piece of each reason that the method of the undetermined share must name.
    """

    amounts: Mapping[str, Decimal]
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class SmallBook:
    """The rows that the shares hang on. ``costs`` are expenses, each with its trip; uses have an agency."""

    rulebook: Rulebook
    public_body: str
    currency: str
    uses: Sequence[Row]
    facts: Mapping[str, Mapping[str, FactValue]]
    arrangements: Mapping[str, str | None]
    expenses: Sequence[Row]

    def shared(self, expense: Row) -> Shared:
        """The shares of one expense."""
        cost = Decimal(expense["amount"])
        uses = self._uses(expense)
        if not uses:
            return self._open(cost, ["no use on record explains this expense"])
        named = {self.arrangements[use["use_id"]] for use in uses}
        if len(named) > 1:
            return self._open(cost, ["fall under different arrangements"])
        (arrangement,) = named
        if arrangement is None:
            return self._open(cost, ["the determination of the use is open"])
        rules, problem = ruling(self.rulebook, arrangement, expense["cost_class"])
        if problem:
            return self._open(cost, [problem])
        return self._by_rules(rules, expense, uses)

    def _by_rules(self, rules: Sequence[CostRule], expense: Row, uses: Sequence[Row]) -> Shared:
        cost = Decimal(expense["amount"])
        why: list[str] = []
        amounts: dict[str, Decimal] = {}
        for rule in paying(rules):
            point = self._point(rule, expense, uses)
            if point:
                why.append(point)
                continue
            amount, point = borne(
                self.rulebook, rule, expense["cost_class"], cost, self._values(uses[0]["use_id"])
            )
            if amount is None:
                why.append(point)
            elif amount:
                self._add(amounts, self._payer(rule, uses), amount)
        left = cost - sum(amounts.values())
        last = remainder(rules)
        if last is not None and self._agency_point(last, uses):
            why.append(self._agency_point(last, uses))
        if why:
            return Shared({**amounts, **self._open(left, why).amounts}, tuple(why))
        if left:
            self._add(amounts, self.public_body if last is None else self._payer(last, uses), left)
        return Shared({payer: amount for payer, amount in amounts.items() if amount})

    def _point(self, rule: CostRule, expense: Row, uses: Sequence[Row]) -> str:
        """What only the book knows: the first reason that keeps this rule from the cost."""
        same = [
            other
            for other in self.expenses
            if self._first(other) == uses[0]["use_id"] and other["cost_class"] == expense["cost_class"]
        ]
        if facts_of(self.rulebook, rule) and len(uses) > 1:
            return f"this expense belongs to {len(uses)} uses, and no rule says whose facts share it"
        if rule.base is not None and len(same) > 1:
            return f"{len(same)} costs of this class belong to the use"
        if rule.base is not None and expense["currency"] != self.currency:
            return f"what is charged instead is in {self.currency}, and the cost in {expense['currency']}"
        return self._agency_point(rule, uses)

    def _agency_point(self, rule: CostRule, uses: Sequence[Row]) -> str:
        agencies = {use["agency"] for use in uses}
        if rule.payer != AGENCY:
            return ""
        if len(agencies) > 1:
            return "the uses this expense belongs to are of different agencies"
        return "the using agency is not on record" if agencies == {None} else ""

    def _payer(self, rule: CostRule, uses: Sequence[Row]) -> str:
        return str(uses[0]["agency"]) if rule.payer == AGENCY else rule.payer

    def _uses(self, expense: Row) -> list[Row]:
        """The uses of the expense's trip, the first one first."""
        found = [use for use in self.uses if use["trip"] == expense["trip"]]
        return sorted(found, key=lambda use: (use["date"], use["use_id"]))

    def _first(self, expense: Row) -> str | None:
        uses = self._uses(expense)
        return uses[0]["use_id"] if uses else None

    def _values(self, use_id: str) -> dict[str, FactValue]:
        given = self.facts[use_id]
        return {fact.name: understood(fact, given.get(fact.name)) for fact in self.rulebook.facts}

    def _open(self, left: Decimal, why: Sequence[str]) -> Shared:
        return Shared({"undetermined": left} if left else {}, tuple(why))

    @staticmethod
    def _add(amounts: dict[str, Decimal], payer: str, amount: Decimal) -> None:
        amounts[payer] = amounts.get(payer, Decimal(0)) + amount
