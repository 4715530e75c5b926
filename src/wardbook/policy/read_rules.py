"""Reading ``## Question: ...``: one decision table, a rule a row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from wardbook.policy.cells import CellError, parse_cell, parse_day
from wardbook.policy.markdown import Cell, PipeTable
from wardbook.policy.model import OUTCOMES, Condition, Fact, Rule
from wardbook.policy.refusal import did_you_mean, one_of
from wardbook.policy.sheet import Notes, Row, plain, rows

MOST_RULES = 62
ALL_OTHERS = "all others"
UNDETERMINED = "cannot be determined"
ARROW = "=>"

PURPOSES = ("protective", "official", "political", "personal", "mixed", "none", "cannot be determined")
ANSWERS = ("yes", "no", UNDETERMINED)

_RULE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/()§-]*")


@dataclass(frozen=True)
class Law:
    """The quoted law by anchor: its heading and its text."""

    titles: Mapping[str, str]
    texts: Mapping[str, str]


def outcome_heading(outcome: str) -> str:
    """The heading of an outcome's column: ``=> permitted``."""
    return f"{ARROW} {outcome}"


def read_cites(cell: Cell, law: Law, notes: Notes) -> tuple[tuple[str, ...], str]:
    """The anchors that a cell cites, and the citation in words.

    Several are parted by semicolons; each may have a text after a comma: ``charter-2604-b-2, first clause``.
    """
    anchors, words = [], []
    if not cell.text:
        notes.refuse(
            cell, "cites", "the anchor of the law this rests on", "an empty cell", _anchors_advice(law)
        )
    for item in cell.text.split(";") if cell.text else ():
        anchor, _, rest = (part.strip() for part in item.strip().partition(","))
        if anchor not in law.titles:
            advice = did_you_mean(anchor, law.titles) or _anchors_advice(law)
            notes.refuse(cell, "cites", "the anchor of a heading with quoted law", f'"{anchor}"', advice)
            continue
        anchors.append(anchor)
        words.append(f"{law.titles[anchor]}, {rest}" if rest else law.titles[anchor])
    return tuple(anchors), "; ".join(words)


def _anchors_advice(law: Law) -> str:
    return (
        f"Anchors of this rulebook: {', '.join(law.titles)}." if law.titles else "The rulebook quotes no law."
    )


def read_rules(
    question: str, table: PipeTable, facts: Sequence[Fact], law: Law, notes: Notes
) -> tuple[Rule, ...]:
    """The rules of one decision table, in order; ``overrides`` are spelt out. Mistakes are noted."""
    by_name = {plain(fact.name): fact for fact in facts}
    headed = {plain(heading.text) for heading in table.headings}
    outcomes = [o for o in OUTCOMES if plain(outcome_heading(o)) in headed]
    if not outcomes:
        wanted = "a column for an outcome, " + one_of(outcome_heading(o) for o in OUTCOMES)
        notes.refuse_line(table.line, wanted, "none")
    optional = ("overrides", "note", "settled by", *(f.name for f in facts), *map(outcome_heading, OUTCOMES))
    read: list[tuple[Rule, Row]] = []
    for row in rows(table, ("rule", "cites", "in force"), optional, notes):
        conditions = _conditions(row, by_name, notes)
        read.append((_rule(question, row, conditions, outcomes, law, notes), row))
    if len(read) > MOST_RULES:
        notes.refuse_line(table.line, f"at most {MOST_RULES} rules in one question", str(len(read)))
    return _with_overrides(read, notes)


def _rule(
    question: str,
    row: Row,
    conditions: tuple[Condition, ...],
    outcomes: Sequence[str],
    law: Law,
    notes: Notes,
) -> Rule:
    name = row.text("rule")
    if not _RULE_NAME.fullmatch(name) or plain(name) == ALL_OTHERS:
        notes.refuse(row.at("rule"), "rule", "the name of a rule", f'"{name}"')
    anchors, cites = read_cites(row.at("cites"), law, notes)
    first, last = _in_force(row, notes)
    said = {outcome: _outcome(row, outcome, notes) for outcome in outcomes}
    settled_by = row.text("settled by")
    if UNDETERMINED in said.values() and not settled_by:
        wanted = f"the record that would settle what {name} leaves open"
        notes.refuse(row.at("settled by"), "settled by", wanted, "an empty cell")
    return Rule(
        name,
        question,
        cites,
        first,
        last,
        conditions,
        said,
        (),
        row.text("note"),
        row.line,
        anchors,
        settled_by,
    )


def _conditions(row: Row, facts: Mapping[str, Fact], notes: Notes) -> tuple[Condition, ...]:
    conditions = []
    for heading, cell in row.cells.items():
        fact = facts.get(heading)
        if fact is None:
            continue
        try:
            parsed = parse_cell(cell.text, fact)
        except CellError as error:
            notes.refuse_cell(cell, fact.name, error)
            continue
        if parsed is not None:
            conditions.append(Condition(fact.name, parsed, cell.text))
    return tuple(conditions)


def _outcome(row: Row, outcome: str, notes: Notes) -> str:
    heading = plain(outcome_heading(outcome))
    cell = row.at(heading)
    known = {"purpose": PURPOSES, "security_reason": ANSWERS, "permitted": ANSWERS}.get(outcome)
    if not cell.text:
        notes.refuse(cell, outcome_heading(outcome), "an outcome in every rule", "an empty cell")
    elif known is not None and cell.text.casefold() not in known:
        advice = did_you_mean(cell.text, known)
        notes.refuse(cell, outcome_heading(outcome), one_of(known), f'"{cell.text}"', advice)
    return cell.text.casefold() if known is not None or plain(cell.text) == UNDETERMINED else cell.text


def _in_force(row: Row, notes: Notes) -> tuple[date | None, date | None]:
    cell = row.at("in force")
    wanted = "always, or the first and last day in force, such as 2019-05-15.. or 2017-01-01..2020-01-01"
    if cell.text.casefold() == "always":
        return None, None
    first_text, dots, last_text = (part.strip() for part in cell.text.partition(".."))
    if not dots or not (first_text or last_text):
        notes.refuse(cell, "in force", wanted, f'"{cell.text}"' if cell.text else "an empty cell")
        return None, None
    try:
        first = parse_day(first_text) if first_text else None
        last = parse_day(last_text) if last_text else None
    except CellError as error:
        notes.refuse_cell(cell, "in force", error)
        return None, None
    if first and last and first > last:
        advice = f'Did you mean "{last_text}..{first_text}"?'
        notes.refuse(cell, "in force", "a first day before the last", f'"{cell.text}"', advice)
    return first, last


# ---------------------------------------------------------------- overrides


def _with_overrides(read: Sequence[tuple[Rule, Row]], notes: Notes) -> tuple[Rule, ...]:
    names = [rule.name for rule, _ in read]
    sweeping = frozenset(rule.name for rule, row in read if plain(row.text("overrides")) == ALL_OTHERS)
    finished: list[Rule] = []
    for rule, row in read:
        if names.count(rule.name) > 1 and names.index(rule.name) != len(finished):
            notes.refuse(row.at("rule"), "rule", "each rule name once", f'"{rule.name}" twice')
        overrides = _overrides(rule.name, row, names, sweeping, notes)
        finished.append(replace(rule, overrides=overrides))
    _refuse_cycle(finished, read, notes)
    return tuple(finished)


def _overrides(
    name: str, row: Row, names: Sequence[str], sweeping: frozenset[str], notes: Notes
) -> tuple[str, ...]:
    """The rules a row overrides; "all others" are those that do not override all others themselves."""
    cell = row.at("overrides")
    if plain(cell.text) == ALL_OTHERS:
        return tuple(other for other in names if other not in sweeping)
    overridden = []
    for item in (part.strip() for part in cell.text.split(",")) if cell.text else ():
        if item in names and item != name:
            overridden.append(item)
            continue
        advice = "A rule cannot override itself." if item == name else did_you_mean(item, names)
        wanted = f'other rules of this question parted by commas, or "{ALL_OTHERS}"'
        notes.refuse(cell, "overrides", wanted, f'"{item}"', advice)
    return tuple(dict.fromkeys(overridden))


def _refuse_cycle(rules: Sequence[Rule], read: Sequence[tuple[Rule, Row]], notes: Notes) -> None:
    """Note each ring of overrides once, at its first rule."""
    over = {rule.name: rule.overrides for rule in rules}
    told: set[str] = set()
    for rule, row in read:
        ring = _ring(rule.name, over)
        if ring and rule.name not in told:
            told.update(ring)
            path = " overrides ".join([*ring, ring[0]])
            notes.refuse(row.at("overrides"), "overrides", "overrides that end", path)


def _ring(start: str, over: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The shortest way from ``start`` back to it along ``over``; empty if there is none."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for name in over.get(way[-1], ()):
            if name == start:
                return way
            if name not in seen:
                seen.add(name)
                ways.append((*way, name))
    return ()
