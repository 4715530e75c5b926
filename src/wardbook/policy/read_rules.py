"""Reading ``## Question: ...``: one decision table, a rule a row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from wardbook.policy.cells import CellError, parse_cell, parse_day, says_unknown
from wardbook.policy.markdown import Cell, PipeTable
from wardbook.policy.model import Condition, Expression, Fact, Outcome, Rule
from wardbook.policy.refusal import did_you_mean, one_of
from wardbook.policy.sheet import Notes, Row, plain, rows
from wardbook.policy.when import WhenError, parse_when

MOST_RULES = 62
ALL_OTHERS = "all others"
UNDETERMINED = "cannot be determined"
ARROW = "=>"

PURPOSES = ("protective", "official", "political", "personal", "mixed", "none", "cannot be determined")
ANSWERS = ("yes", "no", UNDETERMINED)

MORE_COLUMNS = ("overrides", "note", "settled by", "group", "provision", "known", "when")

_SWEEP = re.compile(r"(section|group)\s+", re.IGNORECASE)
_RULE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/()§-]*")


@dataclass(frozen=True)
class Law:
    """The quoted law by anchor: its heading and its text."""

    titles: Mapping[str, str]
    texts: Mapping[str, str]


@dataclass(frozen=True)
class Terms:
    """What a decision table may speak of: facts, quoted law, and outcomes with their values."""

    facts: tuple[Fact, ...]
    law: Law
    outcomes: Mapping[str, tuple[str, ...]]

    @property
    def by_name(self) -> Mapping[str, Fact]:
        """The facts by plain name."""
        return {plain(fact.name): fact for fact in self.facts}


def outcome_values(declared: Sequence[Outcome]) -> dict[str, tuple[str, ...]]:
    """Every outcome a rulebook may decide, with its values; none: any text."""
    known = {"purpose": PURPOSES, "security_reason": ANSWERS, "permitted": ANSWERS, "costs": ()}
    own = {one.name: (*one.values, UNDETERMINED) if one.values else () for one in declared}
    return {**known, **own}


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
        anchor, comma, rest = (part.strip() for part in item.strip().partition(","))
        if comma and not rest:
            notes.refuse(cell, "cites", f'a text after "{anchor},"', "none", "Or leave out the comma.")
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
    question: str,
    tables: Sequence[tuple[str, PipeTable]],
    earlier: Sequence[Rule],
    terms: Terms,
    notes: Notes,
) -> tuple[Rule, ...]:
    """The rules of one question in order, from its tables (section, table); ``overrides`` are spelt out.

    ``earlier`` are the rules of the questions before. Mistakes are noted.
    """
    read: list[tuple[Rule, Row]] = []
    decided: list[str] | None = None
    for section, table in tables:
        outcomes = _outcomes_of(table, terms, notes)
        if decided is not None and set(outcomes) != set(decided):
            wanted = "the same outcomes in every table of a question, " + ", ".join(decided)
            notes.refuse_line(table.line, wanted, ", ".join(outcomes) or "none")
        decided = outcomes if decided is None else decided
        read.extend(_rules_of(question, section, table, outcomes, terms, notes))
    if len(read) > MOST_RULES:
        notes.refuse_line(tables[0][1].line, f"at most {MOST_RULES} rules in one question", str(len(read)))
    _refuse_two_versions(earlier, [rule for rule, _ in read], notes)
    return _with_overrides(read, frozenset(rule.name for rule in earlier), notes)


def _outcomes_of(table: PipeTable, terms: Terms, notes: Notes) -> list[str]:
    headed = {plain(heading.text) for heading in table.headings}
    outcomes = [o for o in terms.outcomes if plain(outcome_heading(o)) in headed]
    if not outcomes:
        wanted = "a column for an outcome, " + one_of(outcome_heading(o) for o in terms.outcomes)
        notes.refuse_line(table.line, wanted, "none")
    return outcomes


def _rules_of(
    question: str, section: str, table: PipeTable, outcomes: Sequence[str], terms: Terms, notes: Notes
) -> Iterator[tuple[Rule, Row]]:
    headings = (outcome_heading(outcome) for outcome in terms.outcomes)
    optional = (*MORE_COLUMNS, *(fact.name for fact in terms.facts), *headings)
    by_name = terms.by_name
    for row in rows(table, ("rule", "cites", "in force"), optional, notes):
        conditions = _conditions(row, by_name, notes)
        rule = _rule(question, row, conditions, outcomes, terms, notes)
        yield replace(rule, section=section), row


def _rule(
    question: str,
    row: Row,
    conditions: tuple[Condition, ...],
    outcomes: Sequence[str],
    terms: Terms,
    notes: Notes,
) -> Rule:
    name = row.text("rule")
    if not _RULE_NAME.fullmatch(name) or plain(name) == ALL_OTHERS or _SWEEP.match(name):
        notes.refuse(row.at("rule"), "rule", "the name of a rule", f'"{name}"')
    anchors, cites = read_cites(row.at("cites"), terms.law, notes)
    first, last = _days(row, "in force", notes)
    known_from, known_to = _days(row, "known", notes) if row.text("known") else (None, None)
    said = {outcome: _outcome(row, outcome, terms.outcomes[outcome], notes) for outcome in outcomes}
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
        when=read_condition(row.at("when"), "when", terms.facts, notes),
        when_text=row.text("when"),
        group=row.text("group"),
        provision=row.text("provision"),
        known_from=known_from,
        known_to=known_to,
    )


def read_condition(cell: Cell, heading: str, facts: Sequence[Fact], notes: Notes) -> Expression | None:
    """The free condition in a cell; None for a blank one. A mistake is noted at its place in the cell."""
    if not cell.text:
        return None
    try:
        return parse_when(cell.text, facts)
    except WhenError as error:
        at = Cell(cell.text, cell.line, cell.character + error.offset)
        notes.refuse_cell(at, heading, error)
        return None


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


def _outcome(row: Row, outcome: str, known: Sequence[str], notes: Notes) -> str:
    heading = plain(outcome_heading(outcome))
    cell = row.at(heading)
    folded = {value.casefold(): value for value in known}
    if not cell.text:
        notes.refuse(cell, outcome_heading(outcome), "an outcome in every rule", "an empty cell")
    elif known and cell.text.casefold() not in folded:
        advice = did_you_mean(cell.text, known)
        notes.refuse(cell, outcome_heading(outcome), one_of(known), f'"{cell.text}"', advice)
    if plain(cell.text) == UNDETERMINED:
        return UNDETERMINED
    if not known and says_unknown(cell.text):
        advice = f'What is not known is said as "{UNDETERMINED}".'
        notes.refuse(cell, outcome_heading(outcome), "an outcome", f'"{cell.text}"', advice)
    return folded.get(cell.text.casefold(), cell.text)


def _days(row: Row, heading: str, notes: Notes) -> tuple[date | None, date | None]:
    cell = row.at(heading)
    wanted = "always, or the first and last day, such as 2019-05-15.. or 2017-01-01..2020-01-01"
    if cell.text.casefold() == "always":
        return None, None
    first_text, dots, last_text = (part.strip() for part in cell.text.partition(".."))
    if not dots or not (first_text or last_text):
        notes.refuse(cell, heading, wanted, f'"{cell.text}"' if cell.text else "an empty cell")
        return None, None
    try:
        first = parse_day(first_text) if first_text else None
        last = parse_day(last_text) if last_text else None
    except CellError as error:
        notes.refuse_cell(cell, heading, error)
        return None, None
    if first and last and first > last:
        advice = f'Did you mean "{last_text}..{first_text}"?'
        notes.refuse(cell, heading, "a first day before the last", f'"{cell.text}"', advice)
    return first, last


def _refuse_two_versions(earlier: Sequence[Rule], read: Sequence[Rule], notes: Notes) -> None:
    """Note versions of one provision that are in force on the same day without being the same version.

    Only versions that are known on one day can meet.
    """
    versions: dict[str, list[Rule]] = {}
    for rule in earlier:
        versions.setdefault(plain(rule.provision), []).append(rule)
    for rule in (rule for rule in read if rule.provision):
        others = versions.setdefault(plain(rule.provision), [])
        met = next((other for other in others if _meet(rule, other)), None)
        others.append(rule)
        if met is not None:
            days, other_days = _force(rule), _force(met)
            day = max(days[0], other_days[0])
            on = "the same days" if day == date.min else day.isoformat()
            wanted = f"one version of {rule.provision} in force on a day"
            notes.refuse_at(rule.line, "in force", wanted, f"{met.name} and {rule.name} on {on}")


def _meet(rule: Rule, other: Rule) -> bool:
    """Whether two rules of one provision are two versions of it on one day, known on one day."""
    one, two = _force(rule), _force(other)
    return one != two and _overlap(one, two) and _overlap(_knowledge(rule), _knowledge(other))


def _force(rule: Rule) -> tuple[date, date]:
    return rule.in_force_from or date.min, rule.in_force_to or date.max


def _knowledge(rule: Rule) -> tuple[date, date]:
    return rule.known_from or date.min, rule.known_to or date.max


def _overlap(one: tuple[date, date], two: tuple[date, date]) -> bool:
    return one[0] <= two[1] and two[0] <= one[1]


# ---------------------------------------------------------------- overrides


def _with_overrides(
    read: Sequence[tuple[Rule, Row]], elsewhere: frozenset[str], notes: Notes
) -> tuple[Rule, ...]:
    """The rules with the names of those they override; ``elsewhere`` are the rules of other questions."""
    rules = [rule for rule, _ in read]
    sweeping = frozenset(rule.name for rule, row in read if plain(row.text("overrides")) == ALL_OTHERS)
    swept = _Swept(tuple(rules), sweeping, elsewhere)
    finished: list[Rule] = []
    seen: dict[str, str] = {}
    for rule, row in read:
        twin = seen.get(plain(rule.name))
        if twin is not None:
            found = f'"{rule.name}" twice' if twin == rule.name else f'"{twin}" and "{rule.name}"'
            notes.refuse(row.at("rule"), "rule", "each rule name once", found)
        seen[plain(rule.name)] = rule.name
        finished.append(replace(rule, overrides=_overrides(rule, row, swept, notes)))
    _refuse_cycle(finished, read, notes)
    return tuple(finished)


@dataclass(frozen=True)
class _Swept:
    """The rules of a question as a cell of overrides may name them; ``sweeping`` say "all others".

    ``elsewhere`` are names of rules of other questions, which a cell may not name.
    """

    rules: tuple[Rule, ...]
    sweeping: frozenset[str]
    elsewhere: frozenset[str]

    def advice(self, item: str, rule: Rule) -> str:
        """What to say of a part of a cell of ``rule`` that means nothing."""
        if plain(item) == plain(rule.name):
            return "A rule cannot override itself."
        if rule.name in self.named(item):
            return f"{rule.name} alone is in it."
        if item in self.elsewhere:
            return f"{item} belongs to another question: a rule overrides rules of its own question only."
        return did_you_mean(item, self.words())

    def named(self, item: str) -> tuple[str, ...]:
        """The rules that one part of a cell means; none if it means nothing."""
        sweep = _SWEEP.match(item)
        if sweep is None:
            return tuple(rule.name for rule in self.rules if rule.name == item)
        word = plain(item[sweep.end() :])
        kind = sweep[1].casefold()
        return tuple(r.name for r in self.rules if plain(r.section if kind == "section" else r.group) == word)

    def words(self) -> tuple[str, ...]:
        """All that a part of a cell may say."""
        names = (rule.name for rule in self.rules)
        sections = (f"section {rule.section}" for rule in self.rules if rule.section)
        groups = (f"group {rule.group}" for rule in self.rules if rule.group)
        return tuple(dict.fromkeys((*names, *sections, *groups)))


def _overrides(rule: Rule, row: Row, swept: _Swept, notes: Notes) -> tuple[str, ...]:
    """The rules a row overrides; "all others" are those that do not override all others themselves."""
    cell = row.at("overrides")
    if plain(cell.text) == ALL_OTHERS:
        return tuple(other.name for other in swept.rules if other.name not in swept.sweeping)
    overridden: list[str] = []
    for item in (part.strip() for part in cell.text.split(",")) if cell.text else ():
        found = [name for name in swept.named(item) if name != rule.name]
        if found:
            overridden.extend(found)
            continue
        advice = swept.advice(item, rule)
        wanted = f'other rules, sections or groups of this question parted by commas, or "{ALL_OTHERS}"'
        notes.refuse(cell, "overrides", wanted, f'"{item}"', advice)
    return tuple(dict.fromkeys(overridden))


def _refuse_cycle(rules: Sequence[Rule], read: Sequence[tuple[Rule, Row]], notes: Notes) -> None:
    """Note each ring of overrides once, at its first rule."""
    over = _in_rings({rule.name: rule.overrides for rule in rules})
    told: set[str] = set()
    for rule, row in read:
        ring = _ring(rule.name, over) if rule.name in over else ()
        if ring and rule.name not in told:
            told.update(ring)
            path = " overrides ".join([*ring, ring[0]])
            notes.refuse(row.at("overrides"), "overrides", "overrides that end", path)


def _in_rings(over: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """What is left of ``over`` once rules that override nothing left are taken away, again and again."""
    left = dict(over)
    while True:
        ended = [name for name, below in left.items() if not any(other in left for other in below)]
        if not ended:
            return left
        for name in ended:
            del left[name]


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
