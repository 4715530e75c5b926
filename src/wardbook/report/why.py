"""Why a use of an audit was decided so, and why not otherwise: from what the audit keeps, and as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wardbook.errors import VerificationError, WrongUseError
from wardbook.policy.determine import docket, in_force
from wardbook.policy.pack import packing
from wardbook.policy.resolve import Kind
from wardbook.policy.why import CONTRADICTION, Explainer, QuestionWhy, RuleWhy, State, Why, values_on_record
from wardbook.policy.why import as_dict as why_dict
from wardbook.policy.why_not import Change, Obstacle, WhyNot, why_not
from wardbook.report.decided_store import DecidedStore, open_store


@dataclass(frozen=True)
class Found:
    """One record behind a fact; exhibit, page and line where the audit's store has them."""

    record_id: str
    exhibit: str = ""
    path: str = ""
    page: int | None = None
    line: int | None = None

    def __str__(self) -> str:
        place = [self.path or f"record {self.record_id}"]
        place += [f"page {self.page}"] if self.page else []
        place += [f"line {self.line}"] if self.line else []
        return ", ".join(place)


@dataclass(frozen=True)
class Basis:
    """Why a fact has its value, in words, and the records behind it."""

    words: str
    sources: tuple[Found, ...]


@dataclass(frozen=True)
class WhyUse:
    """One use of an audit explained. ``bases`` maps a fact of the rulebook to why it has its value."""

    use_id: str
    why: Why
    bases: Mapping[str, Basis]


def why_use(folder: Path, use_id: str) -> WhyUse:
    """Why the use ``use_id`` of the audit in ``folder`` was decided so.

    Raises `WrongUseError` with the nearest ids for a use the audit does not have, `VerificationError` where
    the rules that hold on record are not those that hold of the facts on record, and as `open_store` does.
    """
    with open_store(folder) as store:
        row = _use(store, use_id)
        found = _explained(store, row)
        _verify(store, found, use_id)
        return WhyUse(use_id, found, _bases(store, use_id))


def why_not_use(folder: Path, use_id: str, wanted: Mapping[str, str]) -> WhyNot:
    """The smallest lawful change of a use's facts after which ``wanted`` would be decided; as `why_use`."""
    with open_store(folder) as store:
        row = _use(store, use_id)
        return why_not(store.rulebook, values_on_record(store.rulebook, row), row["date"], wanted)


def _use(store: DecidedStore, use_id: str) -> dict[str, Any]:
    rows = store.one_use("facts", use_id)
    if rows:
        return rows[0]
    near = store.engine.rows(
        "SELECT use_id FROM facts ORDER BY jaro_winkler_similarity(use_id, ?) DESC, use_id LIMIT 3", [use_id]
    )
    hint = f" Nearest: {', '.join(row[0] for row in near)}." if near else ""
    raise WrongUseError(f'"{use_id}" is no use of this audit (the ids stand in uses.csv).{hint}')


def _explained(store: DecidedStore, row: Mapping[str, Any]) -> Why:
    return Explainer(store.rulebook).why(values_on_record(store.rulebook, row), row["date"])


def _verify(store: DecidedStore, found: Why, use_id: str) -> None:
    """Compare the stored words with what holds of the stored facts."""
    packed = packing(docket(store.rulebook))
    (row,) = store.one_use("rules_holding", use_id)
    masks, broken = packed.masks([row[f"p{at}"] for at in range(packed.words)])
    fresh = [_masks(question) for question in found.questions]
    names = [one.name for one in store.rulebook.invariants]
    if masks != fresh or [name for at, name in enumerate(names) if broken >> at & 1] != [
        one.name for one in found.broken
    ]:
        raise VerificationError(
            f"{use_id}: the rules on record as holding are not those that hold of the facts on record. "
            "A file of this audit was changed, or another program wrote it; run the audit again."
        )


def _masks(question: QuestionWhy) -> tuple[int, int]:
    asked = [rule for rule in question.rules if rule.state is not State.NOT_KNOWN_THEN]
    true = sum((r.state in {State.STANDING, State.OVERRIDDEN}) << at for at, r in enumerate(asked))
    return true, sum((r.state is State.OPEN) << at for at, r in enumerate(asked))


def _bases(store: DecidedStore, use_id: str) -> dict[str, Basis]:
    rows = {row["fact"]: row for row in store.one_use("fact_bases", use_id)}
    ids = sorted({record for row in rows.values() for record in row["sources"]})
    query = "SELECT record_id, exhibit, path, page, line FROM sources WHERE list_contains(?, record_id)"
    known: dict[str, Found] = {}
    for record_id, exhibit, path, page, line in store.engine.rows(query, [ids]) if ids else ():
        known.setdefault(record_id, Found(record_id, exhibit or "", path or "", page, line))
    reads = {"date": "date"} | {fact.name: fact.reads for fact in store.rulebook.facts if fact.reads in rows}
    return {
        name: Basis(
            rows[column]["basis"] or "",
            tuple(sorted((known.get(one, Found(one)) for one in rows[column]["sources"]), key=_place)),
        )
        for name, column in reads.items()
        if column in rows
    }


def _place(source: Found) -> tuple[str, int, int, str]:
    return source.path, source.page or 0, source.line or 0, source.record_id


# ---------------------------------------------------------------- why, as text


def why_lines(found: Why | WhyUse) -> list[str]:
    """The explanation as lines of text, the deciding rules first, then every other rule and why not."""
    told, bases = (found.why, found.bases) if isinstance(found, WhyUse) else (found, {})
    lines = [f"use {found.use_id}"] if isinstance(found, WhyUse) else []
    day = "not on record" if told.day is None else str(told.day)
    lines.append(f"{told.rulebook.title}, version {told.rulebook.version}; day of the use: {day}")
    lines += [f"{CONTRADICTION}: {one.name} ({one.source}); nothing is decided" for one in told.broken]
    for question in told.questions:
        lines += ["", question.question, *_question_lines(told, question, bases)]
    return lines


def _question_lines(told: Why, question: QuestionWhy, bases: Mapping[str, Basis]) -> Iterator[str]:
    yield f"  {_verdict(question)}"
    for rule in question.standing:
        yield f"  {rule.rule.name} stands: {_says(rule)}{_note(rule)}"
        yield f"    in force {in_force(rule.rule)}"
        for title, text in told.law(rule):
            yield f"    {title}:"
            yield from (f"      > {line}".rstrip() for line in text.splitlines())
        for reading in told.readings(rule):
            yield f"    asks {reading.asks}: {_values(reading.facts)}"
            yield from (line for name, _ in reading.facts for line in _basis(name, bases))
    if question.others:
        yield "  the other rules:"
    for rule in question.others:
        yield f"    {rule.rule.name} ({_says(rule)}): {_state(told, rule)}"


def _basis(name: str, bases: Mapping[str, Basis]) -> Iterator[str]:
    basis = bases.get(name)
    if basis is not None:
        yield f"      {name}: {basis.words}"
        yield from (f"        from {source}" for source in basis.sources)


def _verdict(question: QuestionWhy) -> str:
    if question.kind == Kind.DECIDED:
        return "decided: " + _outcomes(question.outcomes)
    told = {
        Kind.OPEN: "cannot be determined: a fact is not known",
        Kind.NO_RULE: "cannot be determined: no rule decides",
        Kind.CONFLICT: "cannot be determined: rules contradict each other",
        CONTRADICTION: f"cannot be determined: {CONTRADICTION}",
    }
    return told.get(question.kind, question.kind)


def _outcomes(outcomes: Mapping[str, str]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in outcomes.items())


def _says(rule: RuleWhy) -> str:
    return _outcomes(rule.rule.outcomes)


def _note(rule: RuleWhy) -> str:
    return f" ({rule.rule.note})" if rule.rule.note else ""


def _values(facts: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in facts)


def _state(told: Why, rule: RuleWhy) -> str:
    because = "; ".join(f"{_values(one.facts)}, asks {one.asks}" for one in told.because(rule))
    over = ", ".join(rule.overridden_by)
    match rule.state:
        case State.OVERRIDDEN:
            return f"true, but overridden by {over}"
        case State.FALSE:
            return f"false: {because}"
        case State.OPEN:
            why = because or "the day of the use is not known"
            return f"open: {why}" + (f"; {over} would override it" if over else "")
        case State.NOT_IN_FORCE:
            return f"not in force on that day, only {in_force(rule.rule)}"
        case State.NOT_KNOWN_THEN:
            return "not in the rulebook as it was known"
        case State.STANDING:
            return "stands"


def as_dict(found: WhyUse) -> dict[str, Any]:
    """The explanation of a use as plain values, for JSON."""
    bases = {
        name: {"basis": basis.words, "sources": [vars(source) for source in basis.sources]}
        for name, basis in found.bases.items()
    }
    return {"use_id": found.use_id, **why_dict(found.why), "bases": bases}


# ---------------------------------------------------------------- why not, as text


def why_not_lines(found: WhyNot) -> list[str]:
    """The answer as lines of text."""
    wanted = _outcomes(found.wanted)
    if found.already:
        return [f"{wanted} is decided as things are; nothing needs to change"]
    if found.alternatives:
        return list(_alternatives(found, wanted))
    lines = [f"no lawful change of facts makes it {wanted}"]
    if found.obstacles:
        lines.append("in the way, and not for anyone to change:")
        lines += [f"  {_obstacle(one)}" for one in found.obstacles]
    lines += [f"  {reason}" for reason in found.reasons]
    return [*lines, *_given_up(found)]


def _alternatives(found: WhyNot, wanted: str) -> Iterator[str]:
    several = len(found.alternatives) > 1
    yield f"it would be {wanted} " + ("after any one of these changes:" if several else "after this change:")
    for number, alternative in enumerate(found.alternatives, 1):
        head = f"  {number}. " if several else "  "
        yield head + "; ".join(_change(one) for one in alternative)
    if found.more:
        yield "  and there are others as small"
    yield from _given_up(found)


def _given_up(found: WhyNot) -> list[str]:
    return [] if found.complete else ["the search was given up before it was complete"]


def _change(one: Change) -> str:
    return f"{one.fact}: {one.was} -> {one.to}"


def _obstacle(one: Obstacle) -> str:
    because = f" ({'; '.join(one.rules)})" if one.rules else ""
    return f"{one.fact} is {one.was}; needed: {one.to}{because}"
