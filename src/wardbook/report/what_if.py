"""What another rulebook would change of an audit: from what the audit keeps, and as lines of text.

The decisions come from the stored masks (`policy.what_if`); the costs of an audit may belong to several uses,
so their shares are found again by the account's own steps, under the decisions as they would be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from wardbook.accounts.account import reallocate
from wardbook.policy.compile import FactColumn
from wardbook.policy.determine import docket
from wardbook.policy.model import Fact, Rulebook
from wardbook.policy.pack import packing
from wardbook.policy.sql_text import sql_type
from wardbook.policy.what_if import MOST_LISTED, Change, Shift, Store, WhatIf, baseline
from wardbook.policy.what_if_money import OPEN, Owed
from wardbook.records.engine import literal
from wardbook.report.decided_store import DecidedStore, open_store

_DECIDED = "(SELECT f.*, h.* EXCLUDE (use_id) FROM facts AS f JOIN rules_holding AS h USING (use_id))"

_USES = "what_if_uses"
"""The relation of every use with its move and the arrangement of its costs as it would be."""

_MOST_ROWS = 40


def what_if_audit(
    folder: Path, new: Rulebook, listed: int = MOST_LISTED, all_uses: Path | None = None
) -> Change:
    """What ``new`` would change of the audit in ``folder``; every changed use goes to ``all_uses`` (CSV).

    The money is that of the audit's allocations, in the book's currency. Raises as `open_store` does, and
    `WrongUseError` where the masks on record are not of the audit's rulebook.
    """
    with open_store(folder) as store:
        return change_of(store, new, listed, all_uses)


def change_of(store: DecidedStore, new: Rulebook, listed: int, all_uses: Path | None = None) -> Change:
    """The same for a store that is open."""
    words = tuple(f"p{at}" for at in range(packing(docket(store.rulebook)).words))
    decided = Store(store.engine, _DECIDED, words, _column)
    asked = WhatIf(decided, store.rulebook, new, baseline(decided, store.rulebook))
    change = asked.change(listed)
    if all_uses is not None:
        asked.write_uses(all_uses)
    moves, uses = asked.every_use()
    engine = store.engine
    engine.define(f"CREATE OR REPLACE TABLE {_USES} AS SELECT u.use_id, g.move, g.after_costs {uses}")
    rows = _shares(store, new)
    shifts = [
        Shift(
            move.before, move.after, move.uses, tuple(owed for number, owed in rows if number == move.number)
        )
        for move in moves
    ]
    told = [one for one in shifts if one.before != one.after or any(owed.difference for owed in one.owed)]
    told.sort(key=lambda one: (not one.differs, -one.uses, one.before.rules, one.after.rules))
    currency = store.settings.currency
    return replace(change, shifts=tuple(told), owed=_total(owed for _, owed in rows), currency=currency)


def _shares(store: DecidedStore, new: Rulebook) -> list[tuple[int | None, Owed]]:
    """What each payer bears of each class, before and after, by the number of the move (None: of no use)."""
    engine = store.engine
    engine.define("CREATE OR REPLACE TABLE what_if_allocations AS SELECT * FROM allocations")
    engine.define("DROP VIEW allocations")
    engine.define(
        "CREATE OR REPLACE TABLE determinations AS "  # noqa: S608
        f"SELECT use_id, nullif(after_costs, {literal(OPEN)}) AS costs, '' AS missing FROM {_USES}"
    )
    reallocate(engine, new, store.settings)
    rows = engine.rows(
        f"""
        SELECT w.move, a.payer, a.cost_class, sum(a.was), sum(a.now), a.currency
        FROM (
            SELECT use_id, payer, cost_class, currency, amount AS was, 0 AS now FROM what_if_allocations
            UNION ALL SELECT use_id, payer, cost_class, currency, 0, amount FROM allocations
        ) AS a LEFT JOIN {_USES} AS w USING (use_id)
        GROUP BY w.move, a.payer, a.cost_class, a.currency
        ORDER BY ALL
        """  # noqa: S608
    )
    return [(number, Owed(*cells)) for number, *cells in rows]


def _total(owed: Iterable[Owed]) -> tuple[Owed, ...]:
    found: dict[tuple[str, str, str], Owed] = {}
    for one in owed:
        key = (one.payer, one.cost_class, one.currency)
        was = found.get(key, replace(one, before=Decimal(0), after=Decimal(0)))
        found[key] = replace(was, before=was.before + one.before, after=was.after + one.after)
    return tuple(found[key] for key in sorted(found))


def _column(fact: Fact) -> FactColumn:
    return FactColumn(fact.reads or f"CAST(NULL AS {sql_type(fact)})")


# ---------------------------------------------------------------- as text


def change_lines(found: Change) -> list[str]:
    """The change as lines of text: how many uses, who pays, and from which rule to which."""
    anew = f"asked anew: {', '.join(found.asked)}" if found.asked else "no rule had to be asked anew"
    lines = [f"{found.changed:,} of {found.uses:,} uses would be decided differently ({anew})"]
    for moved, uses in found.by_outcome().items():
        told = ", ".join(f"{_words(name)} {was or OPEN} -> {now or OPEN}" for name, was, now in moved)
        lines.append(f"  {uses:,}: {told}")
    lines += ["", *_payer_lines(found), "", *_shift_lines(found)]
    if found.listed:
        lines += ["", "uses decided differently" + _how_many(found), *(f"  {use}" for use in found.listed)]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _how_many(found: Change) -> str:
    return ":" if len(found.listed) == found.changed else f", the first {len(found.listed)}:"


def _words(outcome: str) -> str:
    return outcome.replace("_", " ")


def _payer_lines(found: Change) -> Iterator[str]:
    owed = [one for one in found.by_payer() if one.before or one.after]
    if not owed:
        return
    yield f"who pays, in {found.currency}" if all(not one.currency for one in owed) else "who pays"
    for one in owed:
        yield f"  {_payer(one)}: {_sums(one)}"
        parts = [part for part in found.owed if (part.payer, part.currency) == (one.payer, one.currency)]
        for part in parts:
            if part.difference:
                yield f"    {part.cost_class}: {_sums(part)}"


def _payer(one: Owed) -> str:
    return f"{one.payer} ({one.currency})" if one.currency else one.payer


def _sums(one: Owed) -> str:
    if not one.difference:
        return f"{one.before:,.2f}, as before"
    return f"{one.before:,.2f} -> {one.after:,.2f} ({one.difference:+,.2f})"


def _shift_lines(found: Change) -> Iterator[str]:
    if not found.shifts:
        return
    yield "from rule to rule"
    for shift in found.shifts[:_MOST_ROWS]:
        same = "" if shift.differs else " (the same outcome)"
        yield f"  {shift.uses:,}: {_rules(shift.before.rules)} -> {_rules(shift.after.rules)}{same}"
        for one in shift.owed:
            if one.difference:
                yield f"    {_payer(one)}, {one.cost_class}: {_sums(one)}"
    if len(found.shifts) > _MOST_ROWS:
        yield f"  and {len(found.shifts) - _MOST_ROWS} more"


def _rules(rules: Sequence[str]) -> str:
    return "; ".join(rules)
