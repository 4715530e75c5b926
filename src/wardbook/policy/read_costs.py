"""Reading ``## Costs`` (who pays what, under which arrangement) and ``## Examples`` (facts and outcomes)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from wardbook.policy.cells import CellError, parse_day, parse_value
from wardbook.policy.markdown import PipeTable
from wardbook.policy.model import OUTCOMES, CostRule, Example, Fact, FactValue, Rule
from wardbook.policy.read_rules import (
    ANSWERS,
    PURPOSES,
    UNDETERMINED,
    Law,
    outcome_heading,
    read_cites,
)
from wardbook.policy.refusal import did_you_mean, one_of
from wardbook.policy.sheet import Notes, Row, plain, rows

METHODS = ("full", "none", "added only")
ANY_OTHER = "any other"
AGENCY = "{agency}"
OPEN = "undetermined"
OPEN_REASONS = ("no rule", "conflict")

COST_COLUMNS = ("arrangement", "cost class", "payer", "method", "cites", "write down")


def read_costs(table: PipeTable, rules: Sequence[Rule], law: Law, notes: Notes) -> tuple[CostRule, ...]:
    """The cost rules, in order; every arrangement a rule names must be here, and the other way round."""
    found: list[CostRule] = []
    named = arrangements_named(rules)
    for row in rows(table, COST_COLUMNS, (), notes):
        cost = _cost_rule(row, law, notes)
        if any(_priced(c) == _priced(cost) for c in found):
            what = f'"{cost.cost_class}" of "{cost.arrangement}" twice'
            notes.refuse(row.at("cost class"), "cost class", "each cost class of an arrangement once", what)
        if cost.arrangement not in named:
            advice = did_you_mean(cost.arrangement, named)
            wanted = (
                f"an arrangement that a rule names, {one_of(named)}"
                if named
                else "no costs: no rule names any"
            )
            notes.refuse(row.at("arrangement"), "arrangement", wanted, f'"{cost.arrangement}"', advice)
        found.append(cost)
    return tuple(found)


def _priced(cost: CostRule) -> tuple[str, str]:
    return plain(cost.arrangement), plain(cost.cost_class)


def arrangements_named(rules: Sequence[Rule]) -> tuple[str, ...]:
    """The arrangements that rules name, each once, in their order."""
    named = dict.fromkeys(rule.outcomes.get("costs", "") for rule in rules)
    return tuple(name for name in named if name and plain(name) != UNDETERMINED)


def _cost_rule(row: Row, law: Law, notes: Notes) -> CostRule:
    method, payer = row.text("method").casefold(), row.text("payer")
    if method not in METHODS:
        advice = did_you_mean(method, METHODS)
        notes.refuse(row.at("method"), "method", one_of(METHODS), f'"{row.text("method")}"', advice)
    if not payer or (re.search("[{}]", payer) and payer != AGENCY):
        notes.refuse(row.at("payer"), "payer", f"who pays, or {AGENCY} for the using agency", f'"{payer}"')
    for heading in ("arrangement", "cost class"):
        if not row.text(heading):
            notes.refuse(row.at(heading), heading, "a name", "an empty cell")
    anchors, cites = read_cites(row.at("cites"), law, notes)
    cost_class, write_down = row.text("cost class").casefold(), row.text("write down")
    return CostRule(row.text("arrangement"), cost_class, payer, method, cites, write_down, row.line, anchors)


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


# ---------------------------------------------------------------- examples


def read_examples(
    table: PipeTable, facts: Sequence[Fact], rules: Sequence[Rule], notes: Notes
) -> tuple[Example, ...]:
    """The examples of one table. A blank fact is not known; a blank outcome is not checked."""
    by_name = {plain(fact.name): fact for fact in facts}
    decided = {outcome for rule in rules for outcome in rule.outcomes}
    headings = [outcome_heading(outcome) for outcome in OUTCOMES if outcome in decided]
    optional = ("case", "date", *(fact.name for fact in facts), *headings)
    return tuple(
        Example(
            _example_facts(row, by_name, notes),
            _example_day(row, notes),
            _expected(row, by_name, rules, notes),
            row.line,
            row.text("case"),
        )
        for row in rows(table, (), optional, notes)
    )


def _example_facts(row: Row, facts: Mapping[str, Fact], notes: Notes) -> dict[str, FactValue]:
    values: dict[str, FactValue] = {}
    for heading, cell in row.cells.items():
        fact = facts.get(heading)
        if fact is None or cell.text in {"", "?"}:
            continue
        try:
            values[fact.name] = parse_value(cell.text, fact)
        except CellError as error:
            notes.refuse_cell(cell, fact.name, error)
    return values


def _example_day(row: Row, notes: Notes) -> date | None:
    if not row.text("date"):
        return None
    try:
        return parse_day(row.text("date"))
    except CellError as error:
        notes.refuse_cell(row.at("date"), "date", error)
        return None


def _expected(row: Row, facts: Mapping[str, Fact], rules: Sequence[Rule], notes: Notes) -> dict[str, str]:
    expected = {}
    for outcome in OUTCOMES:
        heading = plain(outcome_heading(outcome))
        text = row.text(heading)
        if text:
            expected[outcome] = text
            _check_expected(row, outcome, facts, rules, notes)
    if not expected:
        notes.refuse_line(row.line, "an expected outcome in every example", "none")
    return expected


def _check_expected(
    row: Row, outcome: str, facts: Mapping[str, Fact], rules: Sequence[Rule], notes: Notes
) -> None:
    heading = outcome_heading(outcome)
    cell = row.at(plain(heading))
    word, colon, rest = (part.strip() for part in cell.text.partition(":"))
    if word == OPEN:
        names = [fact.name for fact in facts.values()] + ["date", *OPEN_REASONS]
        for item in (part.strip() for part in rest.split(",")) if colon else ():
            if item not in names:
                wanted = f"undetermined: and the facts missing, {one_of(names)}"
                notes.refuse(cell, heading, wanted, f'"{item}"', did_you_mean(item, names))
        if not colon:
            notes.refuse(cell, heading, "undetermined: and the facts missing", f'"{cell.text}"')
        return
    arrangements = arrangements_named(rules)
    known = {"purpose": PURPOSES, "costs": (*arrangements, UNDETERMINED)}.get(outcome, ANSWERS)
    if cell.text not in known:
        advice = did_you_mean(cell.text, known)
        notes.refuse(cell, heading, one_of((*known, "undetermined: fact")), f'"{cell.text}"', advice)
