"""Reading a rulebook: a Markdown file in, a typed `Rulebook` out, or every mistake of the file at once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from wardbook.errors import InputRefusedError
from wardbook.policy.markdown import Cell, Document, PipeTable, Section, read_document
from wardbook.policy.model import CostRule, Fact, Rule, Rulebook
from wardbook.policy.read_costs import read_costs, refuse_unpriced
from wardbook.policy.read_declared import read_invariants, read_outcomes, read_versions
from wardbook.policy.read_examples import read_examples
from wardbook.policy.read_facts import read_facts
from wardbook.policy.read_rules import Law, Terms, outcome_values, read_rules
from wardbook.policy.refusal import RulebookError, did_you_mean, one_of
from wardbook.policy.sheet import Notes, plain

REQUIRED = ("title", "jurisdiction", "authority", "version", "time_zone", "currency")
FRONT = (*REQUIRED, "home_region")
SETTINGS = ("jurisdiction", "home_region", "time_zone", "currency")

_QUESTION = "question"
_KINDS = ("versions", "facts", "invariants", "outcomes", _QUESTION, "costs", "examples")


def load(path: Path) -> Rulebook:
    """Read the rulebook at ``path``.

    Raises `InputRefusedError` for a file that cannot be read as UTF-8 text, and `RulebookError`, which lists
    every mistake, for one that is not a rulebook without mistakes.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "nothing readable"
        raise InputRefusedError(
            str(path), "a rulebook (a Markdown file)", reason, "Check the path."
        ) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = f"{path}, byte {error.start + 1}"
        raise InputRefusedError(where, "UTF-8 text", "other bytes", "Save the file as UTF-8.") from error
    return load_text(text, str(path), content)


def load_text(text: str, name: str, content: bytes | None = None) -> Rulebook:
    """Read a rulebook from its text; ``name`` is the file name that mistakes carry.

    ``content`` are the file's bytes, where they differ from the UTF-8 of ``text``.
    """
    digest = hashlib.sha256(text.encode(errors="surrogatepass") if content is None else content).hexdigest()
    document = read_document(text.replace("\r\n", "\n"), name)
    notes = Notes(name, list(document.problems))
    front = _front(document, notes)
    law = _law(document, notes)
    parts = _parts(document, notes)
    facts = _facts(parts["facts"], front.get("currency", ""), notes)
    outcomes = tuple(o for table in _sole(parts, "outcomes", notes) for o in read_outcomes(table, notes))
    terms = Terms(facts, law, outcome_values(outcomes))
    invariants = tuple(
        one for table in _sole(parts, "invariants", notes) for one in read_invariants(table, terms, notes)
    )
    version = front.get("version", "")
    editions = tuple(
        one for table in _sole(parts, "versions", notes) for one in read_versions(table, version, notes)
    )
    rules = _rules(parts[_QUESTION], terms, notes)
    costs = _costs(parts, rules, terms, notes)
    examples = tuple(
        one
        for part in parts["examples"]
        for table in part.plain
        for one in read_examples(table, terms, rules, costs, front.get("currency", ""), notes)
    )
    if notes.problems:
        raise RulebookError(name, notes.problems)
    return Rulebook(
        path=name,
        sha256=digest,
        title=front["title"],
        jurisdiction=front["jurisdiction"],
        authority=front["authority"],
        version=front["version"],
        settings={key: front.get(key, "") for key in SETTINGS},
        facts=facts,
        law=law.texts,
        questions=tuple(dict.fromkeys(rule.question for rule in rules)),
        rules=rules,
        cost_rules=costs,
        examples=examples,
        text=text,
        law_titles=law.titles,
        invariants=invariants,
        outcomes=outcomes,
        editions=editions,
    )


def _front(document: Document, notes: Notes) -> Mapping[str, str]:
    front: dict[str, str] = {}
    for key, cell in document.front:
        if key not in FRONT:
            notes.refuse(
                cell, key, f"in the front matter {one_of(FRONT)}", f'"{key}"', did_you_mean(key, FRONT)
            )
        elif key in front:
            notes.refuse(cell, key, "each key once", f'"{key}" twice')
        elif key in REQUIRED and not cell.text:
            notes.refuse(cell, key, "a value", "none")
        front[key] = cell.text
        _check_front(key, cell, notes)
    for key in REQUIRED:
        if key not in front:
            notes.refuse_line(1, f'"{key}: ..." in the front matter', "none")
    return front


def _check_front(key: str, cell: Cell, notes: Notes) -> None:
    if key == "currency" and not re.fullmatch("[A-Z]{3}", cell.text):
        notes.refuse(cell, key, "a currency code such as USD", f'"{cell.text}"')
    if key == "time_zone":
        try:
            ZoneInfo(cell.text)
        except (KeyError, ValueError, OSError):
            notes.refuse(cell, key, "a time zone such as America/New_York", f'"{cell.text}"')


def _law(document: Document, notes: Notes) -> Law:
    titles: dict[str, str] = {}
    texts: dict[str, str] = {}
    for section in document.sections:
        if section.anchor is None:
            continue
        if section.anchor in titles:
            notes.refuse_line(section.line, "each anchor once", f'"{section.anchor}" twice')
        if not section.quote:
            wanted = f'quoted text (lines that begin with ">") under "{section.title}"'
            notes.refuse_line(section.line, wanted, "none")
        titles[section.anchor], texts[section.anchor] = section.title, section.quote
    return Law(titles, texts)


# ---------------------------------------------------------------- sections


def _kind(section: Section) -> str:
    return section.title.partition(":")[0].strip().casefold()


@dataclass(frozen=True)
class _Part:
    """A ``##`` section and its tables, each with the heading of the ``###`` it stands under."""

    section: Section
    tables: tuple[tuple[str, PipeTable], ...]

    @property
    def plain(self) -> tuple[PipeTable, ...]:
        return tuple(table for _, table in self.tables)


def _parts(document: Document, notes: Notes) -> Mapping[str, list[_Part]]:
    """The sections that hold tables, by kind; a table under ``###`` belongs to the ``##`` above it."""
    parts: dict[str, list[_Part]] = {kind: [] for kind in _KINDS}
    above: Section | None = None
    for section in document.sections:
        if section.level <= 2:
            above = section
        if above is not None and above.level == 2 and _kind(above) in parts:
            found = parts[_kind(above)]
            if section is above:
                found.append(_Part(above, tuple(("", table) for table in section.tables)))
            else:
                tables = tuple((section.title, table) for table in section.tables)
                found[-1] = _Part(above, (*found[-1].tables, *tables))
        elif section.tables:
            title = section.title if above is None else above.title
            headings = [f"## {kind.capitalize()}" for kind in _KINDS]
            wanted = f"a table only under {', '.join(headings)}".replace("## Question", "## Question: ...")
            near = did_you_mean(title.partition(":")[0], [kind.capitalize() for kind in _KINDS])
            notes.refuse_line(section.tables[0].line, wanted, f'one under "{title}"', near)
    return parts


def _sole(parts: Mapping[str, list[_Part]], kind: str, notes: Notes) -> list[PipeTable]:
    """The one table of a kind of section, where there is any; more are noted."""
    tables = [table for part in parts[kind] for table in part.plain]
    if len(tables) > 1:
        wanted = f"one table under ## {kind.capitalize()}"
        notes.refuse_line(tables[1].line, wanted, str(len(tables)))
    return tables[:1]


def _facts(parts: Sequence[_Part], currency: str, notes: Notes) -> tuple[Fact, ...]:
    tables = [table for part in parts for table in part.plain]
    if len(tables) != 1:
        line = tables[1].line if tables else 1
        notes.refuse_line(
            line, "one table of facts under ## Facts", "none" if not tables else str(len(tables))
        )
    facts = read_facts(tables[0], currency, notes) if tables else ()
    if tables and not tables[0].rows:
        notes.refuse_line(tables[0].line, "a fact", "none")
    return facts


def _rules(parts: Sequence[_Part], terms: Terms, notes: Notes) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    questions: dict[str, str] = {}
    if not parts:
        notes.refuse_line(1, "a section ## Question: ...", "none")
    for part in parts:
        section = part.section
        question = section.title.partition(":")[2].strip()
        if not question or question in questions.values():
            notes.refuse_line(section.line, "a question of its own: ## Question: ...", f'"{section.title}"')
        if not part.tables:
            notes.refuse_line(section.line, "a decision table under the question", "none")
            continue
        headings = [heading for heading, _ in part.tables]
        if len(set(headings)) != len(headings):
            wanted = "one decision table under each heading of the question"
            notes.refuse_line(section.line, wanted, str(len(headings)))
            continue
        found = read_rules(question, part.tables, rules, terms, notes)
        _refuse_shared(part, question, found, rules, questions, notes)
        rules.extend(found)
    return tuple(rules)


def _refuse_shared(
    part: _Part,
    question: str,
    found: Sequence[Rule],
    earlier: Sequence[Rule],
    questions: dict[str, str],
    notes: Notes,
) -> None:
    """Note outcomes and rule names that an earlier question has already."""
    line = part.plain[0].line
    if not found and not any(table.rows for table in part.plain):
        notes.refuse_line(line, "a rule", "none")
    for outcome in found[0].outcomes if found else ():
        if outcome in questions:
            wanted = f"each outcome in one question ({outcome} is decided by {questions[outcome]!r})"
            notes.refuse_line(line, wanted, f'"=> {outcome}" again')
        questions.setdefault(outcome, question)
    names = {plain(rule.name) for rule in earlier}
    for rule in found:
        if plain(rule.name) in names:
            wanted = "each rule name once in a rulebook"
            notes.refuse_at(rule.line, "rule", wanted, f'"{rule.name}" twice')


def _costs(
    parts: Mapping[str, list[_Part]], rules: Sequence[Rule], terms: Terms, notes: Notes
) -> tuple[CostRule, ...]:
    costs = tuple(
        cost
        for table in _sole(parts, "costs", notes)
        for cost in read_costs(table, rules, terms.facts, terms.law, notes)
    )
    refuse_unpriced(rules, costs, notes)
    return costs
