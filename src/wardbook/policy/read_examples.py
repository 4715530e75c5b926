"""Reading ``## Examples``: facts in, outcomes and payments expected. They are the rulebook's tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from wardbook.policy.cells import CellError, parse_day, parse_value
from wardbook.policy.markdown import PipeTable
from wardbook.policy.model import COST_CLASSES, CostRule, Example, Fact, FactType, FactValue, Rule
from wardbook.policy.read_costs import ANY_OTHER, arrangements_named
from wardbook.policy.read_rules import UNDETERMINED, Terms, outcome_heading
from wardbook.policy.refusal import did_you_mean, one_of
from wardbook.policy.sheet import Notes, Row, plain, rows

OPEN = "undetermined"
OPEN_REASONS = ("no rule", "conflict", "facts contradict")
PUBLIC_BODY = "public body"


def read_examples(
    table: PipeTable,
    terms: Terms,
    rules: Sequence[Rule],
    costs: Sequence[CostRule],
    currency: str,
    notes: Notes,
) -> tuple[Example, ...]:
    """The examples of one table, their amounts in ``currency``.

    A blank fact is not known; a blank outcome is not checked.
    """
    money = Fact("amount", "", FactType.MONEY, (), "", "", 0, unit=currency)
    by_name = terms.by_name
    decided = {outcome for rule in rules for outcome in rule.outcomes}
    headings = [outcome_heading(outcome) for outcome in terms.outcomes if outcome in decided]
    spent = {plain(f"cost {name}"): name for name in _classes(costs)}
    paid = _payment_headings(costs)
    _refuse_two_meanings(terms.facts, spent, notes)
    optional = ("case", "date", *(fact.name for fact in terms.facts), *headings, *spent, *paid)
    found = []
    for row in rows(table, (), optional, notes):
        expected = _expected(row, terms, rules, notes)
        payments = _payments(row, paid, money, notes)
        if not expected and not payments:
            notes.refuse_line(row.line, "an expected outcome in every example", "none")
        found.append(
            Example(
                _example_facts(row, by_name, notes),
                _example_day(row, notes),
                expected,
                row.line,
                row.text("case"),
                _amounts(row, spent, money, notes),
                payments,
            )
        )
    return tuple(found)


def _refuse_two_meanings(facts: Sequence[Fact], spent: Mapping[str, str], notes: Notes) -> None:
    """Note facts whose names an example could not tell from the amount of a cost."""
    for fact in facts:
        if plain(fact.name) in spent:
            found = f'"{fact.name}", which is what {spent[plain(fact.name)]} cost'
            notes.refuse_at(fact.line, "fact", "the name of a fact", found)


def _classes(costs: Sequence[CostRule]) -> tuple[str, ...]:
    named = (cost.cost_class for cost in costs if cost.cost_class != ANY_OTHER)
    return tuple(dict.fromkeys((*named, *COST_CLASSES)))


def _payment_headings(costs: Sequence[CostRule]) -> dict[str, tuple[str, str]]:
    """The headings that expect a payment: ``=> airfare: campaign``."""
    payers = dict.fromkeys([*(cost.payer for cost in costs), PUBLIC_BODY])
    return {plain(f"=> {name}: {payer}"): (name, payer) for name in _classes(costs) for payer in payers}


def _amounts(row: Row, spent: Mapping[str, str], money: Fact, notes: Notes) -> dict[str, Decimal]:
    amounts: dict[str, Decimal] = {}
    for heading, name in spent.items():
        if row.text(heading):
            amount = _amount(row, heading, money, notes)
            amounts.update({} if amount is None else {name: amount})
    return amounts


def _amount(row: Row, heading: str, money: Fact, notes: Notes) -> Decimal | None:
    try:
        value = parse_value(row.text(heading), money)
    except CellError as error:
        notes.refuse_cell(row.at(heading), heading, error)
        return None
    return value if isinstance(value, Decimal) else None


def _payments(
    row: Row, paid: Mapping[str, tuple[str, str]], money: Fact, notes: Notes
) -> dict[tuple[str, str], str]:
    expected: dict[tuple[str, str], str] = {}
    for heading, key in paid.items():
        text = row.text(heading)
        if text.casefold() == OPEN:
            expected[key] = OPEN
        elif text:
            amount = _amount(row, heading, money, notes)
            if amount is not None:
                expected[key] = f"{amount:.2f}"
    return expected


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


def _expected(row: Row, terms: Terms, rules: Sequence[Rule], notes: Notes) -> dict[str, str]:
    expected = {}
    for outcome in terms.outcomes:
        heading = plain(outcome_heading(outcome))
        text = row.text(heading)
        if text:
            expected[outcome] = text
            _check_expected(row, outcome, terms, rules, notes)
    return expected


def _check_expected(row: Row, outcome: str, terms: Terms, rules: Sequence[Rule], notes: Notes) -> None:
    heading = outcome_heading(outcome)
    cell = row.at(plain(heading))
    word, colon, rest = (part.strip() for part in cell.text.partition(":"))
    if word == OPEN:
        names = [fact.name for fact in terms.facts] + ["date", *OPEN_REASONS]
        for item in (part.strip() for part in rest.split(",")) if colon else ():
            if item not in names:
                wanted = f"undetermined: and the facts missing, {one_of(names)}"
                notes.refuse(cell, heading, wanted, f'"{item}"', did_you_mean(item, names))
        if not colon:
            notes.refuse(cell, heading, "undetermined: and the facts missing", f'"{cell.text}"')
        return
    known = terms.outcomes[outcome]
    if outcome == "costs":
        known = (*arrangements_named(rules), UNDETERMINED)
    if known and cell.text not in known:
        advice = did_you_mean(cell.text, known)
        notes.refuse(cell, heading, one_of((*known, "undetermined: fact")), f'"{cell.text}"', advice)
