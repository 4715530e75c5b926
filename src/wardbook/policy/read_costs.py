"""Reading ``## Costs``: who pays what, under which arrangement, by which method."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from wardbook.policy.markdown import Cell, PipeTable
from wardbook.policy.model import Base, CostRule, Fact, FactType, Part, Rule
from wardbook.policy.read_rules import UNDETERMINED, Law, read_cites
from wardbook.policy.refusal import did_you_mean, one_of
from wardbook.policy.sheet import Notes, Row, plain, rows

SHARES = ("share by time", "share by distance", "share by heads")
COMPARABLE = ("comparable fare", "comparable rate")
LOADED = "full plus"
REST = "the rest"
METHODS = ("full", "none", "added only", *SHARES, *COMPARABLE, LOADED, REST)
MEASURED = frozenset({FactType.WHOLE, FactType.DECIMAL, FactType.DURATION, FactType.SHARE})
ROUNDINGS = ("half up", "half even", "down", "up")
ANY_OTHER = "any other"
AGENCY = "{agency}"
COST_COLUMNS = ("arrangement", "cost class", "payer", "method", "cites", "write down")
MORE_COST_COLUMNS = ("part", "base", "rounding")

_LOADING = re.compile(r"full plus\s+(\d{1,4}(?:\.\d{1,4})?)\s*%")
_NUMBER = re.compile(r"\d{1,12}(\.\d{1,6})?")


def read_costs(
    table: PipeTable, rules: Sequence[Rule], facts: Sequence[Fact], law: Law, notes: Notes
) -> tuple[CostRule, ...]:
    """The cost rules, in order; every arrangement a rule names must be here, and the other way round."""
    found: list[tuple[CostRule, Row]] = []
    named = arrangements_named(rules)
    for row in rows(table, COST_COLUMNS, MORE_COST_COLUMNS, notes):
        cost = _cost_rule(row, facts, law, notes)
        _refuse_crowd(cost, row, [other for other, _ in found if _priced(other) == _priced(cost)], notes)
        if cost.arrangement not in named:
            advice = did_you_mean(cost.arrangement, named)
            wanted = (
                f"an arrangement that a rule names, {one_of(named)}"
                if named
                else "no costs: no rule names any"
            )
            notes.refuse(row.at("arrangement"), "arrangement", wanted, f'"{cost.arrangement}"', advice)
        found.append((cost, row))
    return tuple(cost for cost, _ in found)


def _refuse_crowd(cost: CostRule, row: Row, same: Sequence[CostRule], notes: Notes) -> None:
    """Note a row that cannot stand beside the other rows of its cost class."""
    what = f'"{cost.cost_class}" of "{cost.arrangement}"'
    if any(plain(other.payer) == plain(cost.payer) for other in same):
        found = f"{what} twice"
        notes.refuse(row.at("cost class"), "cost class", "each cost class of an arrangement once", found)
        return
    for other in same:
        pair = {other.method, cost.method}
        whole = pair & {"full", "none", "added only", LOADED}
        if whole or pair == {REST}:
            wanted = f"shares of {what} that several payers can bear beside each other"
            notes.refuse(row.at("method"), "method", wanted, f'"{other.method}" and "{cost.method}"')
            return


def _priced(cost: CostRule) -> tuple[str, str]:
    return plain(cost.arrangement), plain(cost.cost_class)


def arrangements_named(rules: Sequence[Rule]) -> tuple[str, ...]:
    """The arrangements that rules name, each once, in their order."""
    named = dict.fromkeys(rule.outcomes.get("costs", "") for rule in rules)
    return tuple(name for name in named if name and plain(name) != UNDETERMINED)


def _cost_rule(row: Row, facts: Sequence[Fact], law: Law, notes: Notes) -> CostRule:
    payer = row.text("payer")
    method, loading = _method(row, notes)
    if not payer or (re.search("[{}]", payer) and payer != AGENCY):
        notes.refuse(row.at("payer"), "payer", f"who pays, or {AGENCY} for the using agency", f'"{payer}"')
    for heading in ("arrangement", "cost class"):
        if not row.text(heading):
            notes.refuse(row.at(heading), heading, "a name", "an empty cell")
    anchors, cites = read_cites(row.at("cites"), law, notes)
    rounding = row.text("rounding").casefold() or "half up"
    if rounding not in ROUNDINGS:
        advice = did_you_mean(rounding, ROUNDINGS)
        notes.refuse(row.at("rounding"), "rounding", one_of(ROUNDINGS), f'"{row.text("rounding")}"', advice)
    by_name = {plain(fact.name): fact for fact in facts}
    return CostRule(
        row.text("arrangement"),
        row.text("cost class").casefold(),
        payer,
        method,
        cites,
        row.text("write down"),
        row.line,
        anchors,
        _part(row, method, by_name, notes),
        _base(row, method, by_name, notes),
        loading,
        rounding,
    )


def _method(row: Row, notes: Notes) -> tuple[str, Decimal]:
    text = " ".join(row.text("method").casefold().split())
    loaded = _LOADING.fullmatch(text)
    if loaded:
        return LOADED, Decimal(loaded[1]) / 100
    if text == LOADED or text not in METHODS:
        words = tuple("full plus 25 %" if word == LOADED else word for word in METHODS)
        advice = did_you_mean(text, words)
        notes.refuse(row.at("method"), "method", one_of(words), f'"{row.text("method")}"', advice)
    return text, Decimal(0)


def _part(row: Row, method: str, facts: Mapping[str, Fact], notes: Notes) -> Part | None:
    """What a share method shares by: ``political hours / total hours``, ``1/2``, ``50 %`` or a share fact."""
    cell = row.at("part")
    if method not in SHARES:
        if cell.text:
            notes.refuse(cell, "part", f'an empty cell for the method "{method}"', f'"{cell.text}"')
        return None
    wanted = "the part a payer bears, such as political hours / total hours, a share fact, 1/2 or 50 %"
    percent = re.fullmatch(r"(\d{1,3}(?:\.\d{1,4})?)\s*%", cell.text)
    top_text, _, bottom_text = (side.strip() for side in cell.text.partition("/"))
    top = Decimal(percent[1]) / 100 if percent else _term(top_text, facts)
    bottom = _term(bottom_text, facts) if bottom_text else Decimal(1)
    if top is None or bottom is None or bottom == 0:
        advice = did_you_mean(top_text if top is None else bottom_text, [f.name for f in facts.values()])
        notes.refuse(cell, "part", wanted, f'"{cell.text}"' if cell.text else "an empty cell", advice)
        return None
    _refuse_part(cell, top, bottom, facts, notes)
    return Part(top, bottom)


def _refuse_part(
    cell: Cell, top: str | Decimal, bottom: str | Decimal, facts: Mapping[str, Fact], notes: Notes
) -> None:
    kinds = [facts[plain(term)] for term in (top, bottom) if isinstance(term, str)]
    wrong = [fact for fact in kinds if fact.type not in MEASURED]
    if wrong:
        wanted = "facts that are a number, a duration or a share"
        notes.refuse(cell, "part", wanted, f"{wrong[0].name} is {wrong[0].type.value}")
    elif len(kinds) == 2 and (kinds[0].type, kinds[0].unit) != (kinds[1].type, kinds[1].unit):
        found = " and ".join(
            f"{fact.name} ({fact.type.value} {fact.unit})".replace(" )", ")") for fact in kinds
        )
        notes.refuse(cell, "part", "two facts of one type and unit", found)
    elif isinstance(top, Decimal) and isinstance(bottom, Decimal) and top > bottom:
        notes.refuse(cell, "part", "a part of at most the whole", f'"{cell.text}"')
    elif isinstance(top, str) and kinds[0].type is not FactType.SHARE and bottom == 1:
        notes.refuse(cell, "part", f"a share fact, or {top} / another fact", f'"{cell.text}"')


def _base(row: Row, method: str, facts: Mapping[str, Fact], notes: Notes) -> Base | None:
    """What is charged or shared instead of the recorded cost: a fare, or a rate times a quantity."""
    cell = row.at("base")
    if not cell.text:
        if method in COMPARABLE:
            notes.refuse(cell, "base", "the fare, or the rate x the quantity, to charge by", "an empty cell")
        return None
    if method not in (*COMPARABLE, *SHARES):
        notes.refuse(cell, "base", f'an empty cell for the method "{method}"', f'"{cell.text}"')
        return None
    amount_text, times_sign, times_text = re.split(r"(?:\s+([xX×*])\s+|$)", cell.text, maxsplit=1)[:3]
    amount = _term(amount_text.strip(), facts)
    times = _term((times_text or "").strip(), facts) if times_sign else Decimal(1)
    if amount is None or times is None:
        advice = did_you_mean(cell.text, [f.name for f in facts.values()])
        notes.refuse(cell, "base", "a money fact or amount, alone or x a quantity", f'"{cell.text}"', advice)
        return None
    if isinstance(amount, str) and facts[plain(amount)].type is not FactType.MONEY:
        found = f"{amount} is {facts[plain(amount)].type.value}"
        notes.refuse(cell, "base", "a money fact before the x", found)
    if isinstance(times, str) and facts[plain(times)].type not in MEASURED:
        found = f"{times} is {facts[plain(times)].type.value}"
        notes.refuse(cell, "base", "a number or a duration after the x", found)
    return Base(amount, times)


def _term(text: str, facts: Mapping[str, Fact]) -> str | Decimal | None:
    """The name of a fact, or a number; None for anything else."""
    fact = facts.get(plain(text))
    if fact is not None:
        return fact.name
    bare = text.replace(",", "")
    return Decimal(bare) if _NUMBER.fullmatch(bare) else None


def refuse_unpriced(rules: Sequence[Rule], costs: Sequence[CostRule], notes: Notes) -> None:
    """Note each rule whose ``costs`` outcome names an arrangement that no cost rule has."""
    known = list(dict.fromkeys(cost.arrangement for cost in costs))
    for rule in rules:
        arrangement = rule.outcomes.get("costs", UNDETERMINED)
        if arrangement not in {"", UNDETERMINED, *known}:
            wanted = f"an arrangement of ## Costs for rule {rule.name}" + (
                f", {one_of(known)}" if known else ""
            )
            notes.refuse_line(rule.line, wanted, f'"{arrangement}"', did_you_mean(arrangement, known))
