"""Reading what a rulebook declares beside its facts: invariants, outcomes of its own, and its versions."""

from __future__ import annotations

import re

from wardbook.policy.cells import CellError, parse_day, says_unknown
from wardbook.policy.markdown import Cell, PipeTable
from wardbook.policy.model import OUTCOMES, Edition, Invariant, Outcome
from wardbook.policy.read_rules import UNDETERMINED, Law, Terms, read_condition
from wardbook.policy.refusal import did_you_mean
from wardbook.policy.sheet import Notes, Row, plain, rows

_ANCHOR = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
_OUTCOME_NAME = re.compile(r"[a-z][a-z0-9 _-]*")


def read_outcomes(table: PipeTable, notes: Notes) -> tuple[Outcome, ...]:
    """The outcomes declared beside those that every audit knows. Mistakes are noted."""
    found: list[Outcome] = []
    for row in rows(table, ("outcome", "values"), (), notes):
        name = plain(row.text("outcome")).replace(" ", "_")
        cell = row.at("outcome")
        if not _OUTCOME_NAME.fullmatch(name):
            notes.refuse(cell, "outcome", "the name of an outcome", f'"{cell.text}"')
        elif name in OUTCOMES or name in {one.name for one in found}:
            notes.refuse(cell, "outcome", "an outcome that is not declared yet", f'"{cell.text}"')
        found.append(Outcome(name, _values(row, notes), row.line))
    return tuple(found)


def _values(row: Row, notes: Notes) -> tuple[str, ...]:
    cell = row.at("values")
    values = tuple(value.strip() for value in cell.text.split(",")) if cell.text else ()
    for value in values:
        if not value or says_unknown(value) or plain(value) == UNDETERMINED:
            advice = f'"{UNDETERMINED}" may always be said.'
            notes.refuse(cell, "values", "values parted by commas", f'"{value}"', advice)
    if len({value.casefold() for value in values}) != len(values):
        notes.refuse(cell, "values", "each value once", f'"{cell.text}"')
    return values


def read_invariants(table: PipeTable, terms: Terms, notes: Notes) -> tuple[Invariant, ...]:
    """What cannot be otherwise, in the words of the ``when`` column. Mistakes are noted."""
    found: list[Invariant] = []
    for row in rows(table, ("invariant", "if", "then", "source"), (), notes):
        name = row.text("invariant")
        if not name or name in {one.name for one in found}:
            notes.refuse(row.at("invariant"), "invariant", "a name of its own", f'"{name}"')
        if not row.text("source"):
            wanted = "the law, record or owner it rests on"
            notes.refuse(row.at("source"), "source", wanted, "an empty cell")
        if not row.text("then"):
            notes.refuse(row.at("then"), "then", "a condition", "an empty cell")
        given = read_condition(row.at("if"), "if", terms.facts, notes)
        then = read_condition(row.at("then"), "then", terms.facts, notes)
        if then is not None:
            text = f"if {row.text('if')} then {row.text('then')}" if given else row.text("then")
            found.append(
                Invariant(name, given, then, _source(row.at("source"), terms.law, notes), row.line, text)
            )
    return tuple(found)


def _source(cell: Cell, law: Law, notes: Notes) -> str:
    """The source in words: anchors of quoted law become their titles."""
    parts = [part.strip() for part in cell.text.split(";")]
    for part in parts:
        if part not in law.titles and _ANCHOR.fullmatch(part):
            wanted = "the anchor of a heading with quoted law, or the record or owner in words"
            notes.refuse(cell, "source", wanted, f'"{part}"', did_you_mean(part, law.titles))
    return "; ".join(law.titles.get(part, part) for part in parts)


def read_versions(table: PipeTable, version: str, notes: Notes) -> tuple[Edition, ...]:
    """The versions of a rulebook, oldest first; the last is the one at hand. Mistakes are noted."""
    found: list[Edition] = []
    for row in rows(table, ("version", "known from", "what changed"), (), notes):
        try:
            known = parse_day(row.text("known from"))
        except CellError as error:
            notes.refuse_cell(row.at("known from"), "known from", error)
            continue
        if found and known < found[-1].known_from:
            wanted = f"a day not before {found[-1].known_from}, when version {found[-1].version} was known"
            notes.refuse(row.at("known from"), "known from", wanted, f'"{known}"')
        if row.text("version") in {"", *(one.version for one in found)}:
            wanted = "the name of a version, each once"
            notes.refuse(row.at("version"), "version", wanted, f'"{row.text("version")}"')
        found.append(Edition(row.text("version"), known, row.text("what changed"), row.line))
    if found and found[-1].version != version:
        wanted = f"version {version} of the front matter in the last row"
        notes.refuse_line(found[-1].line, wanted, f'"{found[-1].version}"')
    return tuple(found)
