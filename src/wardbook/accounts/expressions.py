"""The small expressions of ``assertions.tested_by``: a word, a colon and what it is about.

Each kind of test is one function from the book and all that is asked of it to a `Working` of each. What
cannot be read or found is data: the working says what was expected. ``docs/reference/assertions.md``
describes them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from wardbook.accounts.expense_scope import Counted, in_scope
from wardbook.accounts.stated_facts import FACT_FORM, FACT_MEANING, fact_holds
from wardbook.accounts.stated_scope import StatedScope, covers_apart, days_apart, listed, scope_of, union
from wardbook.accounts.working import WRITTEN_OUT, Term, Working, cannot, figure, long_sum, total
from wardbook.records.engine import Engine, step_text

_ROOM = "wardbook.accounts"


@dataclass(frozen=True)
class Stated:
    """The assertion under test: its name, unit, record and scope."""

    assertion_id: str
    unit: str
    record_id: str
    scope: StatedScope = field(default_factory=StatedScope)

    @property
    def currency(self) -> str | None:
        """The unit, if it is a currency code (three capitals)."""
        return self.unit if len(self.unit) == 3 and self.unit.isalpha() and self.unit.isupper() else None


Asked = tuple[Stated, str]
"""An assertion under test, and what its expression is about."""


@dataclass(frozen=True)
class Kind:
    """One kind of test: the word before the colon, how it is written, and whether it counts things.

    ``answers`` gives the working of each of all the assertions that this kind tests, so that a book with many
    stated figures is asked a few queries and not one for each.
    """

    word: str
    form: str
    meaning: str
    answers: Callable[[Engine, Sequence[Asked]], Sequence[Working]]
    counts: bool = False

    def run(self, engine: Engine, stated: Stated, argument: str) -> Working:
        """The working of one assertion."""
        (working,) = self.answers(engine, [(stated, argument)])
        return working


def _each(
    run: Callable[[Engine, Stated, str], Working],
) -> Callable[[Engine, Sequence[Asked]], list[Working]]:
    """The answers of a test that asks the book for one assertion at a time."""
    return lambda engine, asked: [run(engine, stated, argument) for stated, argument in asked]


def _mixed(currencies: Set[str], stated: Stated) -> str:
    """Why amounts cannot be added, or '': money of several currencies is never summed."""
    wanted = {stated.currency} if stated.currency else currencies
    if not currencies - wanted and len(currencies) <= 1:
        return ""
    mixed = " and ".join(sorted(currencies))
    return f"amounts in {mixed} cannot be added up to a figure in {stated.unit or 'one unit'}"


def _money(rows: list[dict[str, Any]], stated: Stated, missing: str) -> Working:
    if not rows:
        return cannot(f"no record in the book: {missing}")
    mixed = _mixed({row["currency"] for row in rows if row["currency"] is not None}, stated)
    terms = [Term(row["amount"], row["record_id"], row.get("words") or "") for row in rows]
    return cannot(mixed) if mixed else total(terms)


def _order_rows(engine: Engine, instrument: str) -> list[dict[str, Any]]:
    return engine.dicts(
        """
        SELECT l.record_id, l.amount, l.currency,
            CASE WHEN o.units IS NOT NULL AND o.unit_amount IS NOT NULL
                THEN o.units || ' x ' || o.unit_amount ELSE '' END AS words
        FROM order_lines AS l JOIN obligations AS o ON o.record_id = l.record_id
        WHERE l.instrument = ?
        ORDER BY l.amount DESC, l.record_id
        """,
        [instrument],
    )


def _obligations(engine: Engine, stated: Stated, instrument: str) -> Working:
    return _money(_order_rows(engine, instrument), stated, f"no order or settlement named '{instrument}'")


def _outstanding(engine: Engine, stated: Stated, instrument: str) -> Working:
    lines = _order_rows(engine, instrument)
    if not lines:
        return _money(lines, stated, f"no order or settlement named '{instrument}'")
    states = engine.dicts(
        "SELECT * FROM order_states WHERE instrument = ? ORDER BY payer, currency", [instrument]
    )
    paid = engine.dicts(
        "SELECT record_id, -amount AS amount, currency, 'paid' AS words FROM order_payments "
        "WHERE instrument = ? ORDER BY day NULLS LAST, record_id",
        [instrument],
    )
    plain = _money(lines + paid, stated, "")
    left = sum((state["outstanding"] for state in states), Decimal(0))
    if plain.computed is None or plain.computed == left:
        return plain
    told = "; ".join(
        f"{state['payer']}: {state['state']} ({state['reason']}): due {figure(state['due'])}, "
        f"paid {figure(state['paid'])}, in escrow {figure(state['in_escrow'])}, "
        f"written off {figure(state['written_off'])}, left {figure(state['outstanding'])}"
        for state in states
    )
    return Working(left, told, tuple(sorted({one for state in states for one in state["sources"]})))


def _expenses(engine: Engine, asked: Sequence[Asked]) -> list[Working]:
    readings = [_groups(argument) for _, argument in asked]
    sums = _sums(engine, {reading for readings_of_one in readings for reading in readings_of_one})
    return in_scope(
        engine,
        [
            _counted_expenses(sums, stated, argument, of_one)
            for (stated, argument), of_one in zip(asked, readings, strict=True)
        ],
    )


_Reading = tuple[str, str | None]
"""A group of expenses, and the one cost class of it that is asked for."""


def _sums(engine: Engine, readings: Set[_Reading]) -> dict[_Reading, dict[str, Any]]:
    """The expenses of each group, summed; a group without any is left out."""
    query = step_text(_ROOM, "stated_expenses", named=step_text(_ROOM, "stated_expense_names"))
    names, classes = [name for name, _ in readings], [cost_class for _, cost_class in readings]
    rows = engine.dicts(query, [names, classes, WRITTEN_OUT])
    return {(row["name"], row["cost_class"]): row for row in rows}


def _counted_expenses(
    sums: Mapping[_Reading, dict[str, Any]], stated: Stated, argument: str, readings: Sequence[_Reading]
) -> Counted:
    """The first reading of the argument that has expenses, with their sum."""
    for group, cost_class in readings:
        found = sums.get((group, cost_class))
        if found is not None:
            of = frozenset(word for word in (*found["cost_classes"], *found["people"]) if word is not None)
            return Counted(stated.scope, group, cost_class, _summed(found, stated), of)
    return Counted(stated.scope, argument, None, cannot(f"no record in the book: no expense of '{argument}'"))


def _summed(found: Mapping[str, Any], stated: Stated) -> Working:
    mixed = _mixed({*(found["currencies"] or ())}, stated)
    if mixed:
        return cannot(mixed)
    sources = tuple(sorted(found["record_ids"]))
    if found["number"] > WRITTEN_OUT:
        return long_sum(found["number"], (found["least"], found["most"]), found["amount"], sources)
    return replace(total([Term(amount, "") for amount in found["first_amounts"]]), sources=sources)


def _groups(argument: str) -> tuple[tuple[str, str | None], ...]:
    """The readings of ``group[:cost class]``: a trip's own name may hold a colon, the whole goes first."""
    group, colon, cost_class = argument.rpartition(":")
    return ((argument, None), (group.strip(), cost_class.strip().lower())) if colon else ((argument, None),)


def _assertions(engine: Engine, asked: Sequence[Asked]) -> list[Working]:
    parts: dict[int, list[dict[str, Any]]] = {number: [] for number in range(len(asked))}
    names = [
        list(parts),
        [prefix for _, prefix in asked],
        [stated.record_id for stated, _ in asked],
        [stated.assertion_id for stated, _ in asked],
    ]
    for row in engine.dicts(step_text(_ROOM, "stated_parts"), names):
        parts[row["number"]].append(row)
    return [
        _sum_of_parts(rows, stated, prefix)
        for (stated, prefix), rows in zip(asked, parts.values(), strict=True)
    ]


def _sum_of_parts(rows: Sequence[Mapping[str, Any]], stated: Stated, prefix: str) -> Working:
    if not rows:
        return cannot(f"no record in the book: no other stated figure whose name starts with '{prefix}'")
    units = {row["unit"] or "" for row in rows} | {stated.unit}
    if len(units) > 1:
        return cannot(f"figures in different units cannot be added: {', '.join(sorted(units))}")
    working = total([Term(row["value"], row["record_id"]) for row in rows], whole=stated.currency is None)
    parts = union(_part_scope(row, prefix) for row in rows)
    names = ("the statement", "the sum of its parts")
    apart = (*days_apart(stated.scope, parts, names), *covers_apart(stated.scope, parts, names))
    return replace(working, rule=parts.counting_rule, apart=apart)


def _part_scope(row: Mapping[str, Any], prefix: str) -> StatedScope:
    """The scope of a part; one that does not say what it covers covers what its name says."""
    scope = scope_of(row)
    return scope if scope.covers else replace(scope, covers=listed(row["assertion_id"][len(prefix) :]))


def _differences(engine: Engine, asked: Sequence[Asked]) -> list[Working]:
    known = {
        name: (value, record_id)
        for name, value, record_id in engine.rows(
            "SELECT assertion_id, min(value), min(record_id) FROM assertions WHERE value IS NOT NULL "
            "GROUP BY assertion_id HAVING count(*) = 1"
        )
    }
    return [_difference(known, stated, argument) for stated, argument in asked]


def _difference(known: Mapping[str, tuple[Decimal, str]], stated: Stated, argument: str) -> Working:
    cuts = (position for position, sign in enumerate(argument) if sign == "-")
    pairs = [(argument[:cut].strip(), argument[cut + 1 :].strip()) for cut in cuts]
    found = [pair for pair in pairs if pair[0] in known and pair[1] in known]
    if len(found) != 1:
        return cannot(
            "expected difference:<assertion>-<assertion>, naming two stated figures that stand once each; "
            f"found '{argument}'"
        )
    (left, left_id), (right, right_id) = known[found[0][0]], known[found[0][1]]
    whole = stated.currency is None
    words = f"{figure(left, whole)} - {figure(right, whole)} = {figure(left - right, whole)}"
    return Working(left - right, words, tuple(sorted({left_id, right_id})))


def _uses(engine: Engine, stated: Stated, rule: str) -> Working:
    counting: Mapping[str, Callable[[Engine, StatedScope], Working]] = {
        "all": _all_uses,
        "outside jurisdiction": _uses_outside,
        "trips": _trips,
    }
    count = counting.get(" ".join(rule.lower().split()))
    if count is None:
        return cannot(f"expected uses: and one of {', '.join(counting)}; found 'uses:{rule}'")
    if engine.count("uses") == 0:
        return cannot("no record in the book: no use is on record, so none can be counted")
    return count(engine, stated.scope)


_IN_DAYS = "NOT coalesce(date < CAST($1 AS DATE) OR date > CAST($2 AS DATE), false)"
"""Whether a use lies within the days of a scope, as far as both are on record."""


def _counted(number: int, words: str, rule: str, scope: StatedScope, within: int) -> Working:
    """A count, by ``rule``; ``within`` of it lie within the days of the statement's scope."""
    working = Working(Decimal(number), words, rule=rule)
    if within == number:
        return working
    days = f"{scope.first or 'any day'} to {scope.last or 'any day'}"
    apart = f"{number - within:,} of {number:,} counted lie outside the days stated, {days}"
    return replace(working, apart=(apart,), within=Decimal(within))


def _days(scope: StatedScope) -> list[Any]:
    return [scope.first, scope.last]


def _all_uses(engine: Engine, scope: StatedScope) -> Working:
    uses, within = engine.rows(f"SELECT count(*), count(*) FILTER ({_IN_DAYS}) FROM uses", _days(scope))[0]  # noqa: S608
    return _counted(uses, f"{uses:,} uses on record", "each use on record", scope, within)


def _uses_outside(engine: Engine, scope: StatedScope) -> Working:
    outside, unknown, within = engine.rows(
        "SELECT count(*) FILTER (outside_jurisdiction), count(*) FILTER (outside_jurisdiction IS NULL), "  # noqa: S608
        f"count(*) FILTER (outside_jurisdiction AND {_IN_DAYS}) FROM facts",
        _days(scope),
    )[0]
    rest = f"; {unknown:,} more have a place that is not known and are not counted" if unknown else ""
    words = f"{outside:,} uses go outside the jurisdiction{rest}"
    return _counted(outside, words, "each use that goes outside the jurisdiction", scope, within)


def _trips(engine: Engine, scope: StatedScope) -> Working:
    trips, without, within = engine.rows(
        "SELECT count(DISTINCT trim(trip)), count(*) FILTER (nullif(trim(trip), '') IS NULL), "  # noqa: S608
        f"count(DISTINCT trim(trip)) FILTER ({_IN_DAYS}) FROM (SELECT date, nullif(trim(trip), '') AS trip "
        "FROM uses)",
        _days(scope),
    )[0]
    if trips == 0:
        return cannot("no record in the book: no use names the trip it belongs to")
    rest = f"; {without:,} uses name no trip and are not counted" if without else ""
    return _counted(
        trips, f"{trips:,} trips are named by uses{rest}", "each trip that a use names", scope, within
    )


def _facts(engine: Engine, stated: Stated, argument: str) -> Working:
    return fact_holds(engine, stated.scope, argument)


def _units(engine: Engine, _stated: Stated, instrument: str) -> Working:
    rows = engine.rows(
        "SELECT o.units, o.record_id FROM obligations AS o "
        "WHERE trim(o.instrument) = ? AND o.units IS NOT NULL ORDER BY o.units DESC, o.record_id",
        [instrument],
    )
    if not rows:
        return cannot(f"no record in the book: no line of '{instrument}' counts units")
    working = total([Term(Decimal(units), record_id) for units, record_id in rows], whole=True)
    return replace(working, rule=f"units of {instrument}")


KINDS: tuple[Kind, ...] = (
    Kind(
        "obligations",
        "obligations:<instrument>",
        "the sum of the lines of an order or settlement",
        _each(_obligations),
    ),
    Kind(
        "outstanding",
        "outstanding:<instrument>",
        "what is left to pay of it: less payments and write-offs, and as it stands",
        _each(_outstanding),
    ),
    Kind(
        "expenses",
        "expenses:<group>[:<cost class>]",
        "the sum of the expenses of a trip, group of trips, a voucher, or `all`, in one cost class or in any",
        _expenses,
    ),
    Kind(
        "assertions",
        "assertions:<prefix>",
        "the sum of the other stated figures whose names start with the prefix: the parts of a stated sum",
        _assertions,
    ),
    Kind(
        "difference",
        "difference:<assertion>-<assertion>",
        "the first stated figure less the second",
        _differences,
    ),
    Kind(
        "uses",
        "uses:<all, outside jurisdiction, or trips>",
        "the number of uses on record, of those that go outside the jurisdiction, or of the trips they name",
        _each(_uses),
        counts=True,
    ),
    Kind(
        "units",
        "units:<instrument>",
        "the number of units an order or settlement counts",
        _each(_units),
        counts=True,
    ),
    Kind("fact", FACT_FORM, FACT_MEANING, _each(_facts), counts=True),
)
"""Every kind of test, in the order of the documentation."""


def find_kind(expression: str) -> tuple[Kind, str] | None:
    """The kind of test and its argument that ``expression`` names; None where it names none."""
    word, colon, argument = expression.partition(":")
    kind = next((kind for kind in KINDS if kind.word == word.strip().lower()), None)
    return (kind, argument.strip()) if kind and colon and argument.strip() else None


def expected_forms() -> str:
    """The forms an expression may have, in words."""
    return ", ".join(kind.form for kind in KINDS)
