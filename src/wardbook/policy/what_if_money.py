"""The money of a what-if: who bears what of the costs of many uses, before and after, to the cent.

A cost that a payer bears whole or not at all may be summed first, and the sum is shared by `costs`. One that
is shared or rounded use by use is shared in SQL, by `cost_sql`, over those uses only that move.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from wardbook.policy.cost_sql import CostSql
from wardbook.policy.costs import UNDETERMINED, payments, plain_amount, rules_for
from wardbook.policy.model import Rulebook
from wardbook.policy.reform import Decided
from wardbook.records.engine import Engine, literal
from wardbook.records.schema import MONEY, TEXT, WHOLE, Column, Table

OPEN = "cannot be determined"

MOVES = "what_if_moves"
"""The relation of the groups that move, for queries over single uses."""


@dataclass(frozen=True)
class Owed:
    """What one payer bears of one cost class before and after; money to the cent.

    ``currency`` is empty where all uses have the rulebook's.
    """

    payer: str
    cost_class: str
    before: Decimal
    after: Decimal
    currency: str = ""

    @property
    def difference(self) -> Decimal:
        """After less before."""
        return self.after - self.before


@dataclass(frozen=True)
class Group:
    """Uses that share their stored words and what the changed rules say; sums of their amounts by class."""

    words: tuple[int, ...]
    changed: tuple[int, ...]
    uses: int
    sums: tuple[Decimal, ...]


@dataclass(frozen=True)
class Move:
    """All groups that move from one decision to another; ``number`` names the move in SQL."""

    number: int
    before: Decided
    after: Decided
    groups: tuple[Group, ...]

    @property
    def uses(self) -> int:
        """How many uses move so."""
        return sum(group.uses for group in self.groups)

    def total(self, at: int) -> Decimal:
        """The sum of one class of costs."""
        return sum((group.sums[at] for group in self.groups), Decimal(0))


class Ledger:
    """Sums by payer and cost class, before and after."""

    def __init__(self) -> None:
        self._sums: dict[tuple[str, str], list[Decimal]] = {}

    def put(self, payer: str, cost_class: str, amount: Decimal, side: int) -> None:
        """Add what a payer bears, on the side before (0) or after (1)."""
        self._sums.setdefault((payer, cost_class), [Decimal(0), Decimal(0)])[side] += amount

    def owed(self) -> tuple[Owed, ...]:
        """The sums, by payer and class; those that are nothing on both sides are left out."""
        found = sorted(self._sums.items())
        return tuple(Owed(*key, sums[0], sums[1]) for key, sums in found if any(sums))


def summed(owed: Iterable[Owed]) -> tuple[Owed, ...]:
    """What each payer bears in all classes together, currency by currency."""
    found: dict[tuple[str, str], Owed] = {}
    for one in owed:
        key = (one.payer, one.currency)
        was = found.get(key, Owed(one.payer, "", Decimal(0), Decimal(0), one.currency))
        found[key] = replace(was, before=was.before + one.before, after=was.after + one.after)
    return tuple(found[key] for key in sorted(found))


@dataclass(frozen=True)
class Pricing:
    """How to price moves: the rulebooks before and after, and the uses as SQL.

    ``keys`` are the columns that tell groups apart; ``uses`` gives the SELECT with them, with the amounts a0,
    a1, ... of ``classes``, and with the facts ``shared_by`` as f0, f1, ...
    """

    engine: Engine
    sides: tuple[Rulebook, Rulebook]
    classes: tuple[str, ...]
    keys: tuple[str, ...]
    uses: Callable[[], str]
    shared_by: tuple[str, ...]

    def ledgers(self, moves: Sequence[Move]) -> dict[int, Ledger]:
        """What each move means in money, by its number."""
        ledgers = {move.number: Ledger() for move in moves}
        for side in (0, 1):
            for at in range(len(self.classes)):
                each = [move for move in moves if not self._bear(ledgers[move.number], move, at, side)]
                if each:
                    self._share(ledgers, each, at, side)
        return ledgers

    def _bear(self, ledger: Ledger, move: Move, at: int, side: int) -> bool:
        """Share the sum of a class; False where its uses must be shared one by one."""
        rulebook, name = self.sides[side], self.classes[at]
        arrangement = (move.before, move.after)[side].outcome("costs")
        rules = rules_for(rulebook, arrangement, name)
        if not all(plain_amount(rule) or rule.method == "added only" for rule in rules):
            return False
        for share in payments(rulebook, arrangement, {name: move.total(at)}, {}):
            amount = move.total(at) if share.amount is None else share.amount
            ledger.put(share.payer, name, amount, side)
        return True

    def _share(self, ledgers: dict[int, Ledger], moves: Sequence[Move], at: int, side: int) -> None:
        """Share one class use by use: what is determined of it by payer, and what is not."""
        load_moves(self.engine, self.keys, moves, [name for name, _ in moves[0].before.outcomes])
        name = self.classes[at]
        columns = {fact: f"u.f{index}" for index, fact in enumerate(self.shared_by)}
        arrangement = f"nullif(g.{('before', 'after')[side]}_costs, {literal(OPEN)})"
        shares = CostSql(self.sides[side], columns, arrangement).shares({name: f"CAST(u.a{at} AS {MONEY})"})
        sums = [f"coalesce(sum({share.amount}), 0)" for share in shares]
        query = (
            f"SELECT {', '.join(['g.move', f'sum(u.a{at})', *sums])} {joined(self.keys, self.uses())} "
            f"WHERE u.a{at} IS NOT NULL GROUP BY g.move"
        )
        for number, total, *amounts in self.engine.rows(query):
            for share, amount in zip(shares, amounts, strict=True):
                ledgers[number].put(share.payer, name, amount, side)
            ledgers[number].put(UNDETERMINED, name, total - sum(amounts, Decimal(0)), side)


def load_moves(engine: Engine, keys: Sequence[str], moves: Sequence[Move], names: Sequence[str]) -> None:
    """Create relation `MOVES`: the keys of every group of some moves, with the move and its decisions.

    ``names`` are the outcomes decided, which have a column before and one after.
    """
    columns = [Column(key, WHOLE, "a packed word") for key in [*keys, "move"]]
    for name in ["rule", *names]:
        columns += [Column(f"{side}_{name}", TEXT, "what is decided") for side in ("before", "after")]
    table = Table(MOVES, "one group of uses, and how it moves", tuple(columns))
    told = ((move, _told("before", move.before) | _told("after", move.after)) for move in moves)
    engine.load(
        table,
        (
            {**dict(zip(keys, (*group.words, *group.changed), strict=True)), "move": move.number, **words}
            for move, words in told
            for group in move.groups
        ),
    )


def _told(side: str, decided: Decided) -> dict[str, str]:
    outcomes = {f"{side}_{name}": value or OPEN for name, value in decided.outcomes}
    return {f"{side}_rule": "; ".join(decided.rules), **outcomes}


def joined(keys: Sequence[str], uses: str) -> str:
    """The FROM clause of uses ``u`` with the groups ``g`` they belong to."""
    same = " AND ".join(f"u.{key} = g.{key}" for key in keys)
    return f"FROM ({uses}) AS u JOIN {MOVES} AS g ON {same}"
