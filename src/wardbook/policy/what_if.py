"""What if the rulebook said otherwise: the uses that would be decided differently, and who would pay what.

The uses are a relation that holds, beside the facts, the packed words of stored masks (`pack`) and the
amounts of their costs. One query groups them by their words and by what the changed rules alone say of the
facts; each distinct group is then resolved once under both rulebooks (`reform`). Where no rule asks anything
new, no fact is read. Money is exact: a cost borne whole or not at all is summed in the group; one
that is shared or rounded use by use is counted by its amount and by the facts it is shared by, and each
distinct pair is shared once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from wardbook.errors import WrongUseError
from wardbook.policy.compile import FactColumn, Rows
from wardbook.policy.costs import payments, rules_for
from wardbook.policy.model import CostRule, Fact, FactValue, Rulebook
from wardbook.policy.read_rules import UNDETERMINED
from wardbook.policy.reform import Decided, Reform, terms_of
from wardbook.records.engine import Engine
from wardbook.records.schema import TEXT, WHOLE, Column, Table

WHOLE_COSTS = frozenset({"full", "none", "added only"})
"""Methods by which the sum of several costs is borne as the costs are, each by itself."""

UNDETERMINED_PAYER = "undetermined"

MOVES = "what_if_moves"
"""The relation of the groups that move, for queries over single uses."""

MOST_LISTED = 20


@dataclass(frozen=True)
class Store:
    """Decided uses: ``relation`` (SQL) has a row a use, with ``words`` the packed words of the old rulebook.

    ``column`` says where a fact of the rulebook stands in it (`WrongUseError` if nowhere); ``amounts`` names
    the column of each cost class, DECIMAL in the rulebook's currency. ``as_of`` pins the law, as it was
    pinned when the words were found.
    """

    engine: Engine
    relation: str
    words: tuple[str, ...]
    column: Callable[[Fact], FactColumn]
    key: str = "use_id"
    day: str = "date"
    amounts: Mapping[str, str] = field(default_factory=dict)
    as_of: date | None = None
    known: date | None = None


@dataclass(frozen=True)
class Owed:
    """What one payer bears of one cost class before and after; money to the cent."""

    payer: str
    cost_class: str
    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        """After less before."""
        return self.after - self.before


@dataclass(frozen=True)
class Shift:
    """Uses that move from one decision to another, and what they move between payers."""

    before: Decided
    after: Decided
    uses: int
    owed: tuple[Owed, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether an outcome differs; otherwise only the rules behind it do."""
        return self.before.outcomes != self.after.outcomes


@dataclass(frozen=True)
class Change:
    """What another rulebook would change.

    ``uses`` are all uses, ``changed`` those of which an outcome differs. ``shifts`` are the moves from rule
    to rule, the largest first. ``owed`` says what each payer bears of each class in all. ``asked`` names the
    rules and invariants that had to be asked of the facts.
    """

    uses: int
    changed: int
    shifts: tuple[Shift, ...]
    owed: tuple[Owed, ...]
    asked: tuple[str, ...]
    listed: tuple[str, ...] = ()
    currency: str = ""

    def by_outcome(self) -> dict[tuple[tuple[str, str | None, str | None], ...], int]:
        """The changed uses counted by the outcomes that differ: (name, before, after)."""
        counts: dict[tuple[tuple[str, str | None, str | None], ...], int] = {}
        for shift in self.shifts:
            if shift.differs:
                key = tuple(
                    (name, was, dict(shift.after.outcomes)[name])
                    for name, was in shift.before.outcomes
                    if was != dict(shift.after.outcomes)[name]
                )
                counts[key] = counts.get(key, 0) + shift.uses
        return dict(sorted(counts.items(), key=lambda item: (-item[1], str(item[0]))))

    def by_payer(self) -> tuple[Owed, ...]:
        """What each payer bears in all classes together."""
        return _summed(self.owed)


def what_if(store: Store, old: Rulebook, new: Rulebook, listed: int = MOST_LISTED) -> Change:
    """What ``new`` would change of the uses in ``store``, decided under ``old``; up to ``listed`` use ids.

    Raises `WrongUseError` where the stored masks are not of ``old``, or the new rulebook reads a fact that
    the store does not hold.
    """
    return WhatIf(store, old, new).change(listed)


@dataclass(frozen=True)
class _Group:
    """Uses that share stored words and what the changed rules say; sums of their amounts by class."""

    words: tuple[int, ...]
    changed: tuple[int, ...]
    uses: int
    sums: tuple[Decimal | None, ...]


@dataclass(frozen=True)
class _Move:
    """All groups that move from one decision to another; ``number`` names the move in SQL."""

    number: int
    before: Decided
    after: Decided
    groups: tuple[_Group, ...]

    @property
    def uses(self) -> int:
        return sum(group.uses for group in self.groups)

    def total(self, at: int) -> Decimal:
        """The sum of one class of costs."""
        return sum((group.sums[at] or Decimal(0) for group in self.groups), Decimal(0))


class _Ledger:
    """Sums by payer and cost class, before and after."""

    def __init__(self) -> None:
        self._sums: dict[tuple[str, str], list[Decimal]] = {}

    def put(self, payer: str, cost_class: str, amount: Decimal, side: int) -> None:
        """Add what a payer bears, on the side before (0) or after (1)."""
        self._sums.setdefault((payer, cost_class), [Decimal(0), Decimal(0)])[side] += amount

    def add(self, owed: Iterable[Owed]) -> None:
        """Add what another ledger holds."""
        for one in owed:
            self.put(one.payer, one.cost_class, one.before, 0)
            self.put(one.payer, one.cost_class, one.after, 1)

    def owed(self) -> tuple[Owed, ...]:
        """The sums, by payer and class; those that are nothing on both sides are left out."""
        return tuple(
            Owed(*key, *sums) for key, sums in sorted(self._sums.items()) if any(amount for amount in sums)
        )


class WhatIf:
    """One comparison of an old and a new rulebook over a store."""

    def __init__(self, store: Store, old: Rulebook, new: Rulebook) -> None:
        self.store = store
        self.reform = Reform(old, new, store.known)
        self._sides = (old, new)
        self._classes = tuple(store.amounts)
        if len(store.words) != self.reform.old_packing.words:
            raise WrongUseError("the stored masks are not of the old rulebook: its rules do not fit them")
        self._moves = self._moved()

    def change(self, listed: int = 0) -> Change:
        """Count the uses and sum the money; list up to ``listed`` use ids of changed uses, in order."""
        ledgers = self._ledgers()
        total = _Ledger()
        shifts = []
        for move in self._moves:
            owed = ledgers[move.number].owed()
            total.add(owed)
            if move.before != move.after or any(one.difference for one in owed):
                shifts.append(Shift(move.before, move.after, move.uses, owed))
        shifts.sort(key=lambda s: (not s.differs, -s.uses, s.before.rules, s.after.rules))
        return Change(
            sum(move.uses for move in self._moves),
            sum(shift.uses for shift in shifts if shift.differs),
            tuple(shifts),
            total.owed(),
            self.reform.asked,
            self._listed(listed) if listed else (),
            self._sides[1].settings.get("currency", ""),
        )

    def write_uses(self, path: Path) -> None:
        """Write every changed use to a CSV file: its id, and its rules and outcomes before and after."""
        names = [name for name, _ in self._moves[0].before.outcomes] if self._moves else []
        told = [f"g.{side}_{name}" for name in ["rule", *names] for side in ("before", "after")]
        chosen = ", ".join(["u.use_id", *(_quoted(one) for one in told)])
        query = f"SELECT {chosen} {self._from_changed()} ORDER BY u.use_id"
        self.store.engine.write_csv(query, path)

    def _listed(self, most: int) -> tuple[str, ...]:
        query = f"SELECT CAST(u.use_id AS VARCHAR) {self._from_changed()} ORDER BY u.use_id LIMIT {int(most)}"
        return tuple(row[0] for row in self.store.engine.rows(query))

    def _from_changed(self) -> str:
        changed = [move for move in self._moves if move.before.outcomes != move.after.outcomes]
        self._load(changed)
        return self._joined(self._uses())

    # ------------------------------------------------------------ groups

    def _moved(self) -> tuple[_Move, ...]:
        """Every group of uses, gathered by where it moves."""
        moved: dict[tuple[Decided, Decided], list[_Group]] = {}
        for group in self._groups():
            before = self.reform.before(group.words)
            after = self.reform.after(group.words, group.changed)
            moved.setdefault((before, after), []).append(group)
        return tuple(
            _Move(number, before, after, tuple(groups))
            for number, ((before, after), groups) in enumerate(moved.items())
        )

    def _groups(self) -> list[_Group]:
        keys = self._keys
        sums = [f"sum(a{at})" for at in range(len(self._classes))]
        query = (
            f"SELECT {', '.join([*keys, 'count(*)', *sums])} FROM ({self._uses()}) "  # noqa: S608
            f"GROUP BY {', '.join(keys)}"
        )
        first, last = len(self.store.words), len(keys)
        return [
            _Group(row[:first], row[first:last], row[last], row[last + 1 :])
            for row in self.store.engine.rows(query)
        ]

    @property
    def _keys(self) -> list[str]:
        """The columns that tell groups apart: the stored words, and those of what has changed."""
        old = [f"o{at}" for at in range(len(self.store.words))]
        return [*old, *(f"p{at}" for at in range(self._changed_words))]

    @property
    def _changed_words(self) -> int:
        return self.reform.changed_packing.words if self.reform.asks_facts else 0

    def _uses(self, with_facts: bool = False) -> str:
        """A SELECT of each use with its stored words and amounts, and the words of what has changed.

        ``with_facts`` also gives the values of the facts of `Reform.changed`, as f0, f1, ...
        """
        store = self.store
        carried = [f"{column} AS o{at}" for at, column in enumerate(store.words)]
        carried += [f"{column} AS a{at}" for at, column in enumerate(store.amounts.values())]
        if not (with_facts or self.reform.asks_facts):
            return f"SELECT {', '.join([f'{store.key} AS use_id', *carried])} FROM {store.relation}"  # noqa: S608
        columns = tuple(store.column(fact) for fact in self.reform.changed.rulebook.facts)
        rows = Rows(store.relation, store.key, store.day, columns, tuple(carried))
        compiled = self.reform.compiled(rows, store.as_of)
        return (
            compiled.masks() if with_facts else compiled.keys([one.rpartition(" AS ")[2] for one in carried])
        )

    def _load(self, moves: Sequence[_Move]) -> None:
        """Create relation `MOVES`: the keys of every group of some moves, with the move's number."""
        names = [name for name, _ in moves[0].before.outcomes] if moves else []
        columns = [Column(key, WHOLE, "a packed word") for key in [*self._keys, "move"]]
        for name in ["rule", *names]:
            columns += [Column(f"{side}_{name}", TEXT, "what is decided") for side in ("before", "after")]
        self.store.engine.load(
            Table(MOVES, "one group of uses, and how it moves", tuple(columns)), self._rows(moves)
        )

    def _rows(self, moves: Sequence[_Move]) -> Iterator[dict[str, Any]]:
        for move in moves:
            told = {"before_rule": "; ".join(move.before.rules), "after_rule": "; ".join(move.after.rules)}
            told |= {f"before_{name}": value or UNDETERMINED for name, value in move.before.outcomes}
            told |= {f"after_{name}": value or UNDETERMINED for name, value in move.after.outcomes}
            for group in move.groups:
                yield {
                    **dict(zip(self._keys, (*group.words, *group.changed), strict=True)),
                    "move": move.number,
                    **told,
                }

    def _joined(self, uses: str) -> str:
        same = " AND ".join(f"u.{key} = g.{key}" for key in self._keys)
        return f"FROM ({uses}) AS u JOIN {MOVES} AS g ON {same}"

    # ------------------------------------------------------------ money

    def _ledgers(self) -> list[_Ledger]:
        """What each move means in money."""
        ledgers = [_Ledger() for _ in self._moves]
        shared: dict[tuple[int, frozenset[str]], list[tuple[_Move, int]]] = {}
        for move in self._moves:
            for at, cost_class in enumerate(self._classes):
                for side in (0, 1):
                    rules = self._cost_rules(move, cost_class, side)
                    if all(rule.method in WHOLE_COSTS for rule in rules):
                        self._bear(ledgers[move.number], move, at, side, (move.total(at), {}, 1))
                    else:
                        names = frozenset(name for rule in rules for name in terms_of(rule))
                        shared.setdefault((at, names), []).append((move, side))
        for (at, names), wanted in shared.items():
            self._share(at, names, wanted, ledgers)
        return ledgers

    def _arrangement(self, move: _Move, side: int) -> str | None:
        return (move.before, move.after)[side].outcome("costs")

    def _cost_rules(self, move: _Move, cost_class: str, side: int) -> tuple[CostRule, ...]:
        return rules_for(self._sides[side], self._arrangement(move, side), cost_class)

    def _bear(
        self,
        ledger: _Ledger,
        move: _Move,
        at: int,
        side: int,
        cost: tuple[Decimal, Mapping[str, FactValue], int],
    ) -> None:
        """Share one amount, that of so many uses, among its payers."""
        amount, values, uses = cost
        cost_class = self._classes[at]
        for share in payments(self._sides[side], self._arrangement(move, side), {cost_class: amount}, values):
            if share.amount is None:
                ledger.put(UNDETERMINED_PAYER, cost_class, amount * uses, side)
                return
            ledger.put(share.payer, cost_class, share.amount * uses, side)

    def _share(
        self, at: int, names: frozenset[str], wanted: Sequence[tuple[_Move, int]], ledgers: Sequence[_Ledger]
    ) -> None:
        """Share the distinct amounts of a class by the distinct values of the facts they are shared by."""
        facts = [
            (index, fact)
            for index, fact in enumerate(self.reform.changed.rulebook.facts)
            if fact.name in names
        ]
        self._load(list({move.number: move for move, _ in wanted}.values()))
        chosen = ", ".join(["g.move", f"u.a{at}", *(f"u.f{index}" for index, _ in facts)])
        query = (
            f"SELECT {chosen}, count(*) {self._joined(self._uses(with_facts=True))} "
            f"WHERE u.a{at} IS NOT NULL GROUP BY {chosen}"
        )
        sides: dict[int, list[tuple[_Move, int]]] = {}
        for move, side in wanted:
            sides.setdefault(move.number, []).append((move, side))
        for number, amount, *cells, uses in self.store.engine.rows(query):
            values = dict(zip((fact.name for _, fact in facts), cells, strict=True))
            for move, side in sides[number]:
                self._bear(ledgers[number], move, at, side, (amount, values, uses))


def _quoted(name: str) -> str:
    table, _, column = name.partition(".")
    return f'{table}."{column}"'


def _summed(owed: Iterable[Owed]) -> tuple[Owed, ...]:
    ledger = _Ledger()
    for one in owed:
        ledger.put(one.payer, "", one.before, 0)
        ledger.put(one.payer, "", one.after, 1)
    return ledger.owed()


# ---------------------------------------------------------------- for a program


def as_dict(found: Change) -> dict[str, Any]:
    """The change as plain values, for JSON; money as text with two decimals."""
    return {
        "uses": found.uses,
        "changed": found.changed,
        "currency": found.currency,
        "asked_anew": list(found.asked),
        "outcomes": [
            {
                "uses": uses,
                "changes": [{"outcome": name, "from": was, "to": now} for name, was, now in key],
            }
            for key, uses in found.by_outcome().items()
        ],
        "payers": [_owed_dict(one) for one in found.by_payer()],
        "costs": [_owed_dict(one) for one in found.owed],
        "shifts": [
            {
                "from": list(shift.before.rules),
                "to": list(shift.after.rules),
                "differs": shift.differs,
                "uses": shift.uses,
                "costs": [_owed_dict(one) for one in shift.owed if one.difference],
            }
            for shift in found.shifts
        ],
        "listed": list(found.listed),
    }


def _owed_dict(one: Owed) -> dict[str, str]:
    named = {"payer": one.payer} | ({"cost_class": one.cost_class} if one.cost_class else {})
    sums = {"before": one.before, "after": one.after, "difference": one.difference}
    return named | {key: f"{amount:.2f}" for key, amount in sums.items()}
