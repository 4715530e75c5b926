"""Reading ``## Costs``: who pays what, under which arrangement, by which method."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from wardbook.policy.cells import says_unknown
from wardbook.policy.markdown import Cell, PipeTable
from wardbook.policy.model import COST_CLASSES, Base, Choice, CostRule, Fact, FactType, Part, Rule
from wardbook.policy.read_base import BaseError, measured, read_base, read_term
from wardbook.policy.read_rules import UNDETERMINED, Law, read_cites
from wardbook.policy.refusal import did_you_mean, one_of
from wardbook.policy.sheet import Notes, Row, plain, rows

SHARES = ("share by time", "share by distance", "share by heads")
COMPARABLE = ("comparable fare", "comparable rate", "charge")
LOADED = "full plus"
REST = "the rest"
METHODS = ("full", "none", "added only", *SHARES, *COMPARABLE, LOADED, REST)
ROUNDINGS = ("half up", "half even", "down", "up")
ANY_OTHER = "any other"
AGENCY = "{agency}"
PUBLIC = ("public body", "nobody")
"""The payer words for what stays with the public body."""

KEPT = ("none", "full", REST)
"""The methods by which a cost, or what others leave of it, may stay with the public body."""

COST_COLUMNS = ("arrangement", "cost class", "payer", "method", "cites", "write down")
MORE_COST_COLUMNS = ("part", "base", "rounding")

_LOADING = re.compile(r"full plus\s+([0-9]{1,4}(?:\.[0-9]{1,4})?)\s*%")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,4})?)\s*%")


def read_costs(
    table: PipeTable, rules: Sequence[Rule], facts: Sequence[Fact], law: Law, notes: Notes
) -> tuple[CostRule, ...]:
    """The cost rules, in order; every arrangement a rule names must be here, and the other way round."""
    found: list[tuple[CostRule, Row]] = []
    named = arrangements_named(rules)
    for row in rows(table, COST_COLUMNS, MORE_COST_COLUMNS, notes):
        cost = _cost_rule(row, facts, law, notes)
        _refuse_spellings(cost, row, [other for other, _ in found], notes)
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


def _refuse_spellings(cost: CostRule, row: Row, others: Sequence[CostRule], notes: Notes) -> None:
    """Note a name that an earlier row, or the book, spells otherwise."""
    classes = (*COST_CLASSES, ANY_OTHER, *(other.cost_class for other in others))
    spelt = (
        ("arrangement", cost.arrangement, [other.arrangement for other in others]),
        ("cost class", cost.cost_class, classes),
        ("payer", cost.payer, [other.payer for other in others]),
    )
    for heading, name, known in spelt:
        twin = next((other for other in known if plain(other) == plain(name)), name)
        if twin != name:
            notes.refuse(row.at(heading), heading, f'one spelling, "{twin}"', f'"{name}"')


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
    if not payer or says_unknown(payer) or (re.search("[{}]", payer) and payer != AGENCY):
        notes.refuse(row.at("payer"), "payer", f"who pays, or {AGENCY} for the using agency", f'"{payer}"')
    if plain(payer) in PUBLIC and method not in KEPT:
        advice = "Write what the other payer bears: what no payer bears stays with the public body."
        wanted = f'{one_of(KEPT)} for "{payer}"'
        notes.refuse(row.at("method"), "method", wanted, f'"{row.text("method")}"', advice)
    for heading in ("arrangement", "cost class"):
        if not row.text(heading) or says_unknown(row.text(heading)):
            found = f'"{row.text(heading)}"' if row.text(heading) else "an empty cell"
            notes.refuse(row.at(heading), heading, "a name", found)
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
    percent = _PERCENT.fullmatch(cell.text)
    top_text, _, bottom_text = (side.strip() for side in cell.text.partition("/"))
    top = Decimal(percent[1]) / 100 if percent else read_term(top_text, facts)
    bottom = read_term(bottom_text, facts) if bottom_text else Decimal(1)
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
    wrong = [fact for fact in kinds if not measured(fact)]
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


def _base(row: Row, method: str, facts: Mapping[str, Fact], notes: Notes) -> Base | Choice | None:
    """What is charged or shared instead of the recorded cost."""
    cell = row.at("base")
    if not cell.text:
        if method in COMPARABLE:
            notes.refuse(cell, "base", "the fare, or the rate x the quantity, to charge by", "an empty cell")
        return None
    if method not in (*COMPARABLE, *SHARES, LOADED):
        notes.refuse(cell, "base", f'an empty cell for the method "{method}"', f'"{cell.text}"')
        return None
    try:
        return read_base(cell.text, facts)
    except BaseError as error:
        notes.refuse_cell(cell, "base", error)
        return None


def refuse_unpriced(rules: Sequence[Rule], costs: Sequence[CostRule], notes: Notes) -> None:
    """Note each rule whose ``costs`` outcome names an arrangement that no cost rule has."""
    known = list(dict.fromkeys(cost.arrangement for cost in costs))
    for rule in rules:
        arrangement = rule.outcomes.get("costs", UNDETERMINED)
        if arrangement not in {"", UNDETERMINED, *known}:
            wanted = f"an arrangement of ## Costs for rule {rule.name}" + (
                f", {one_of(known)}" if known else ""
            )
            advice = did_you_mean(arrangement, known)
            notes.refuse_at(rule.line, "=> costs", wanted, f'"{arrangement}"', advice)
