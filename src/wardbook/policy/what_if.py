"""What if the rulebook said otherwise: the uses that would be decided differently, and who would pay what.

The uses are a relation that holds, beside the facts, the packed words of stored masks (`pack`) and the
amounts of their costs. A `Baseline` groups them by their words once. Another rulebook then asks two things
only: which groups hold a rule that now means something else (no use and no fact is read for that), and of
which uses a rule that asks something new is not what it was (over the facts of that rule). The groups found
are resolved under both rulebooks (`reform`) and priced (`what_if_money`); all other uses stay as they are.

Where one rule is changed in what it asks of one fact, less still is read: only uses whose fact lies where the
two versions differ (`region`). If the rule can only end there (a bound that is narrowed), its other facts are
not read at all: where it was not false and the old version is true, it now is as the new version says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from wardbook.errors import WrongUseError
from wardbook.policy.compile import Compiled, FactColumn, Rows
from wardbook.policy.determine import Docket
from wardbook.policy.model import DAY, Fact, Rulebook
from wardbook.policy.pack import HALF, LOWER
from wardbook.policy.reform import Decided, Edited, Reform
from wardbook.policy.what_if_money import Group, Ledger, Move, Owed, Pricing, joined, load_moves, summed
from wardbook.records.engine import Engine, file_literal, literal
from wardbook.records.schema import TEXT, WHOLE, Column, Table

MOST_LISTED = 20

GROUPS = "what_if_groups"

_OWED = Table(
    "what_if_owed",
    "what one payer bears of one cost class",
    (
        Column("payer", TEXT, "who bears it"),
        Column("cost_class", TEXT, "class of cost"),
        Column("amount", "DECIMAL(38,2)", "the sum"),
    ),
)


@dataclass(frozen=True)
class Store:
    """Decided uses: ``relation`` (SQL) has a row a use, with ``words`` the packed words of the old rulebook.

    ``column`` says where a fact of the rulebook stands in it (`WrongUseError` if nowhere); ``amounts`` names
    the column of each cost class, DECIMAL in the rulebook's currency. ``as_of`` pins the law and ``known``
    the rules known, as they were pinned when the words were found. ``dictionaries`` as in `compile.Rows`.
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
    dictionaries: bool = False


@dataclass(frozen=True)
class Baseline:
    """The uses of a store by their words: a relation of groups, their number, and what each payer bears."""

    relation: str
    uses: int
    owed: tuple[Owed, ...]


@dataclass(frozen=True)
class Shift:
    """Uses that move from one decision to another, and what they move between payers."""

    before: Decided
    after: Decided
    uses: int
    owed: tuple[Owed, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether an outcome differs; otherwise only the rules or the costs behind it do."""
        return self.before.outcomes != self.after.outcomes

    @property
    def moved(self) -> tuple[tuple[str, str | None, str | None], ...]:
        """The outcomes that differ: name, before, after (None: not determined)."""
        after = dict(self.after.outcomes)
        return tuple((name, was, after[name]) for name, was in self.before.outcomes if was != after[name])


@dataclass(frozen=True)
class Change:
    """What another rulebook would change.

    ``uses`` are all uses, ``changed`` those of which an outcome differs. ``shifts`` are the moves from rule
    to rule, the largest first. ``owed`` says what each payer bears of each class in all. ``asked`` names the
    rules and invariants that had to be asked of the facts; ``listed`` are the first of the changed uses.
    """

    uses: int
    changed: int
    shifts: tuple[Shift, ...]
    owed: tuple[Owed, ...]
    asked: tuple[str, ...]
    listed: tuple[str, ...] = ()
    currency: str = ""

    def by_outcome(self) -> dict[tuple[tuple[str, str | None, str | None], ...], int]:
        """The changed uses counted by the outcomes that differ, the most first."""
        counts: dict[tuple[tuple[str, str | None, str | None], ...], int] = {}
        for shift in self.shifts:
            if shift.differs:
                counts[shift.moved] = counts.get(shift.moved, 0) + shift.uses
        return dict(sorted(counts.items(), key=lambda item: (-item[1], str(item[0]))))

    def by_payer(self) -> tuple[Owed, ...]:
        """What each payer bears in all classes together."""
        return summed(self.owed)


def what_if(store: Store, old: Rulebook, new: Rulebook, listed: int = MOST_LISTED) -> Change:
    """What ``new`` would change of the uses in ``store``, decided under ``old``; up to ``listed`` use ids.

    Raises `WrongUseError` where the stored masks are not of ``old``, or the new rulebook reads a fact that
    the store does not hold.
    """
    return WhatIf(store, old, new, baseline(store, old)).change(listed)


# ---------------------------------------------------------------- the baseline


def baseline(store: Store, rulebook: Rulebook) -> Baseline:
    """Group the uses of a store by their words, and sum what each payer bears under its own rulebook."""
    own = WhatIf(store, rulebook, rulebook, Baseline("", 0, ()))
    keys = ", ".join(own.keys)
    sums = [f"coalesce(sum(a{at}), 0) AS s{at}" for at in range(len(store.amounts))]
    chosen = ", ".join([keys, "count(*) AS uses", *sums])
    found = [
        Group(row[: len(own.keys)], (), row[len(own.keys)], row[len(own.keys) + 1 :])
        for row in store.engine.rows(f"SELECT {chosen} FROM ({own.uses_sql()}) GROUP BY {keys}")  # noqa: S608
    ]
    moves = own.moves(found)
    columns = [Column(key, WHOLE, "a packed word") for key in [*own.keys, "uses"]]
    columns += [Column(f"s{at}", "DECIMAL(38,2)", "sum of a cost") for at in range(len(store.amounts))]
    columns.append(Column("costs", TEXT, "arrangement of costs"))
    store.engine.load(
        Table(GROUPS, "uses with the same words", tuple(columns)),
        (
            dict(zip(own.keys, group.words, strict=True))
            | {"uses": group.uses, "costs": move.before.outcome("costs")}
            | {f"s{at}": amount for at, amount in enumerate(group.sums)}
            for move in moves
            for group in move.groups
        ),
    )
    total = Ledger()
    for ledger in own.pricing().ledgers(moves).values():
        for one in ledger.owed():
            total.put(one.payer, one.cost_class, one.before, 0)
    return Baseline(GROUPS, sum(group.uses for group in found), total.owed())


def write_baseline(engine: Engine, found: Baseline, folder: Path) -> None:
    """Write a baseline beside the uses it is of, as Parquet."""
    folder.mkdir(parents=True, exist_ok=True)
    engine.write_parquet(f"SELECT * FROM {found.relation} ORDER BY ALL", folder / "groups.parquet")  # noqa: S608
    rows = ({"payer": o.payer, "cost_class": o.cost_class, "amount": o.before} for o in found.owed)
    engine.load(_OWED, rows)
    engine.write_parquet(f"SELECT * FROM {_OWED.name} ORDER BY ALL", folder / "owed.parquet")  # noqa: S608


def read_baseline(engine: Engine, folder: Path) -> Baseline:
    """Read a baseline that `write_baseline` wrote."""
    relation = f"read_parquet({file_literal(folder / 'groups.parquet')})"
    owed = f"read_parquet({file_literal(folder / 'owed.parquet')})"
    uses = engine.one(f"SELECT CAST(coalesce(sum(uses), 0) AS BIGINT) FROM {relation}")  # noqa: S608
    rows = engine.rows(f"SELECT payer, cost_class, amount FROM {owed}")  # noqa: S608
    owes = tuple(Owed(payer, name, amount, Decimal(0)) for payer, name, amount in rows)
    return Baseline(relation, uses, owes)


# ---------------------------------------------------------------- one comparison


class WhatIf:
    """One comparison of an old and a new rulebook over a store."""

    def __init__(self, store: Store, old: Rulebook, new: Rulebook, base: Baseline) -> None:
        self.store = store
        self.reform = Reform(old, new, store.known)
        self.base = base
        self._sides = (old, new)
        if len(store.words) != self.reform.old_packing.words:
            raise WrongUseError("the stored masks are not of the old rulebook: its rules do not fit them")
        old_keys = [f"o{at}" for at in range(len(store.words))]
        self.keys = (*old_keys, *(f"n{at}" for at in range(self.reform.changed_words)))

    def change(self, listed: int = 0) -> Change:
        """Count the uses and sum the money; list up to ``listed`` use ids of changed uses, in order."""
        moves = self.moves(self._groups())
        ledgers = self.pricing().ledgers(moves)
        shifts = []
        total = {(one.payer, one.cost_class): replace(one, after=one.before) for one in self.base.owed}
        for move in moves:
            owed = ledgers[move.number].owed()
            if move.before != move.after or any(one.difference for one in owed):
                shifts.append(Shift(move.before, move.after, move.uses, owed))
            for one in owed:
                key = (one.payer, one.cost_class)
                was = total.get(key, Owed(*key, Decimal(0), Decimal(0)))
                total[key] = replace(was, after=was.after + one.difference)
        shifts.sort(key=lambda s: (not s.differs, -s.uses, s.before.rules, s.after.rules))
        return Change(
            self.base.uses,
            sum(shift.uses for shift in shifts if shift.differs),
            tuple(shifts),
            tuple(total[key] for key in sorted(total)),
            self.reform.asked,
            self._listed(moves, listed) if listed else (),
            self._sides[1].settings.get("currency", ""),
        )

    def write_uses(self, path: Path) -> None:
        """Write every changed use to a CSV file: its id, and its rules and outcomes before and after."""
        moves = self.moves(self._groups())
        names = ["rule", *self.reform.outcomes]
        told = [f'g."{side}_{name}"' for name in names for side in ("before", "after")]
        query = f"SELECT {', '.join(['u.use_id', *told])} {self._from_changed(moves)} ORDER BY u.use_id"
        self.store.engine.write_csv(query, path)

    def _listed(self, moves: list[Move], most: int) -> tuple[str, ...]:
        changed = [move for move in moves if move.before.outcomes != move.after.outcomes]
        if not changed:
            return ()
        chosen = "SELECT CAST(u.use_id AS VARCHAR)"
        query = f"{chosen} {self._from_changed(changed)} ORDER BY u.use_id LIMIT {int(most)}"
        return tuple(row[0] for row in self.store.engine.rows(query))

    def _from_changed(self, moves: list[Move]) -> str:
        changed = [move for move in moves if move.before.outcomes != move.after.outcomes]
        load_moves(self.store.engine, self.keys, changed, self.reform.outcomes)
        return joined(self.keys, self.uses_sql())

    def pricing(self) -> Pricing:
        """What prices the moves of this comparison."""
        shared_by = tuple(fact.name for fact in self.reform.changed.rulebook.facts)
        return Pricing(
            self.store.engine,
            self._sides,
            tuple(self.store.amounts),
            self.keys,
            lambda: self.uses_sql(with_facts=True),
            shared_by,
        )

    def every_use(self) -> tuple[list[Move], str]:
        """Every move, also of uses that do not change, and FROM with uses ``u`` and their moves ``g``.

        For stores without amounts of their own, whose costs are allocated elsewhere.
        """
        keys = ", ".join(self.keys)
        query = f"SELECT {keys}, count(*) FROM ({self.uses_sql()}) GROUP BY {keys}"  # noqa: S608
        count = len(self._old_keys)
        rows = self.store.engine.rows(query)
        moves = self.moves([Group(row[:count], row[count:-1], row[-1], ()) for row in rows])
        load_moves(self.store.engine, self.keys, moves, self.reform.outcomes)
        return moves, joined(self.keys, self.uses_sql())

    # ------------------------------------------------------------ groups

    def moves(self, groups: list[Group]) -> list[Move]:
        """Groups gathered by where they move."""
        moved: dict[tuple[Decided, Decided], list[Group]] = {}
        for group in groups:
            before = self.reform.before(group.words)
            after = self.reform.after(group.words, group.changed)
            moved.setdefault((before, after), []).append(group)
        return [Move(at, *pair, tuple(same)) for at, (pair, same) in enumerate(moved.items())]

    def _groups(self) -> list[Group]:
        """Every group that may be decided or priced differently."""
        asked = self._asked_groups() if self.reform.changed_words else []
        taken: dict[tuple[int, ...], list[Group]] = {}
        for group in asked:
            taken.setdefault(group.words, []).append(group)
        return asked + [left for group in self._touched_groups() if (left := _without(group, taken)).uses]

    def _touched_groups(self) -> list[Group]:
        """The groups of the baseline with a rule live, or a cost borne, that now means another thing."""
        words = [f"o{at}" for at in range(len(self.store.words))]
        rules, gone = self.reform.touched
        tests = []
        for at, word in enumerate(words):
            live, broken = rules >> HALF * at & LOWER, gone >> HALF * at & LOWER
            tests += [f"(({word} >> {HALF}) & {live}) <> 0"] * bool(live)
            tests += [f"((~({word} >> {HALF})) & {broken}) <> 0"] * bool(broken)
        arrangements = ", ".join(literal(name) for name in _repriced(*self._sides))
        tests += [f"costs IN ({arrangements})"] * bool(arrangements)
        if not tests:
            return []
        sums = [f"s{at}" for at in range(len(self.store.amounts))]
        query = (
            f"SELECT {', '.join([*words, 'uses', *sums])} FROM {self.base.relation} "  # noqa: S608
            f"WHERE {' OR '.join(tests)}"
        )
        count = len(words)
        return [
            Group(row[:count], self.reform.taken(row[:count]), row[count], row[count + 1 :])
            for row in self.store.engine.rows(query)
        ]

    def _asked_groups(self) -> list[Group]:
        """The groups of uses of which a rule that asks something new is not what it is taken to be."""
        edited = self.reform.edited
        taken = self.reform.taken_sql(self._old_keys)
        if edited is None or edited.region is None or not edited.region.only_ends:
            relation = self.store.relation if edited is None else self._within(edited)
            pairs = zip(self._new_keys, taken, strict=True)
            differs = " OR ".join(f"{new} <> {old}" for new, old in pairs)
            return self._grouped(self._asked(relation), differs)
        was, now = _Bit("p0", 0), _Bit("p0", 1)
        words = self._over(edited.parts, self._within(edited)).keys(list(self._carried))
        word, at = divmod(edited.place, HALF)
        stood = f"(({self._old_keys[word]} >> {at + HALF}) & 1) = 1"
        ends = f"{stood} AND {was.true} = 1 AND {now.true} = 0 AND n0 <> {taken[0]}"
        return self._grouped(f"SELECT *, {now.possible} << {HALF} AS n0 FROM ({words})", ends)  # noqa: S608

    def _within(self, edited: Edited) -> str:
        """The store's relation, without the uses for which the two versions of the rule cannot differ."""
        store, region = self.store, edited.region
        if region is None or (region.name == DAY and store.as_of is not None):
            return store.relation
        facts = {fact.name: fact for fact in edited.parts.rulebook.facts}
        column = FactColumn(store.day) if region.name == DAY else store.column(facts[region.name])
        return f"(SELECT * FROM {store.relation} WHERE {region.sql(column.raw, column.bad)})"  # noqa: S608

    def _grouped(self, uses: str, where: str) -> list[Group]:
        sums = [f"coalesce(sum(a{at}), 0)" for at in range(len(self.store.amounts))]
        query = (
            f"SELECT {', '.join([*self.keys, 'count(*)', *sums])} FROM ({uses}) "  # noqa: S608
            f"WHERE {where} GROUP BY {', '.join(self.keys)}"
        )
        words, last = len(self._old_keys), len(self.keys)
        return [
            Group(row[:words], row[words:last], row[last], row[last + 1 :])
            for row in self.store.engine.rows(query)
        ]

    @property
    def _old_keys(self) -> list[str]:
        return [key for key in self.keys if key.startswith("o")]

    @property
    def _new_keys(self) -> list[str]:
        return [key for key in self.keys if key.startswith("n")]

    # ------------------------------------------------------------ uses

    def uses_sql(self, with_facts: bool = False) -> str:
        """A SELECT of each use with its stored words and amounts, and the words of what has changed.

        ``with_facts`` also gives the values of the facts of `Reform.changed`, as f0, f1, ...
        """
        store = self.store
        if not (with_facts or self.reform.changed_words):
            chosen = [f"{store.key} AS use_id", *self._carried.values()]
            return f"SELECT {', '.join(chosen)} FROM {store.relation}"  # noqa: S608
        return self._asked(store.relation, with_facts)

    @property
    def _carried(self) -> dict[str, str]:
        """The columns of the store that go along, by the names they get."""
        words = {f"o{at}": f"{column} AS o{at}" for at, column in enumerate(self.store.words)}
        amounts = enumerate(self.store.amounts.values())
        return words | {f"a{at}": f"{column} AS a{at}" for at, column in amounts}

    def _asked(self, relation: str, with_facts: bool = False) -> str:
        """What has changed, asked of the store's relation, or of a part of it."""
        compiled = self._over(self.reform.changed, relation)
        words = compiled.masks() if with_facts else compiled.keys(list(self._carried))
        new = [f"p{at} & CAST({valid} AS BIGINT) AS n{at}" for at, valid in enumerate(self.reform.valid)]
        return f"SELECT {', '.join(['*', *new])} FROM ({words})"  # noqa: S608

    def _over(self, ready: Docket, relation: str) -> Compiled:
        store = self.store
        columns = tuple(store.column(fact) for fact in ready.rulebook.facts)
        carried = tuple(self._carried.values())
        rows = Rows(relation, store.key, store.day, columns, carried, store.dictionaries)
        return Compiled(ready, rows, store.as_of)


@dataclass(frozen=True)
class _Bit:
    """One rule in a packed word, as SQL."""

    word: str
    at: int

    @property
    def true(self) -> str:
        """1 where the rule is true."""
        return f"(({self.word} >> {self.at}) & 1)"

    @property
    def possible(self) -> str:
        """1 where the rule is not false."""
        return f"(({self.word} >> {self.at + HALF}) & 1)"


def _without(group: Group, taken: Mapping[tuple[int, ...], list[Group]]) -> Group:
    """A group of the baseline less the uses of it that were asked anew."""
    for other in taken.get(group.words, ()):
        sums = tuple(mine - its for mine, its in zip(group.sums, other.sums, strict=True))
        group = replace(group, uses=group.uses - other.uses, sums=sums)
    return group


def _repriced(old: Rulebook, new: Rulebook) -> list[str]:
    """The arrangements under which a cost is borne otherwise."""
    names = dict.fromkeys(rule.arrangement for rulebook in (old, new) for rule in rulebook.cost_rules)
    return [name for name in names if _borne(old, name) != _borne(new, name)]


def _borne(rulebook: Rulebook, arrangement: str) -> list[Any]:
    return [
        replace(rule, cites="", write_down="", line=0, anchors=())
        for rule in rulebook.cost_rules
        if rule.arrangement == arrangement
    ]


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
    named |= {"currency": one.currency} if one.currency else {}
    sums = {"before": one.before, "after": one.after, "difference": one.difference}
    return named | {key: f"{amount:.2f}" for key, amount in sums.items()}
