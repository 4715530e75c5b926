"""What a proof of a rulebook says, as values and in words: missing rows, contradictions, dead rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Case:
    """One possible use: its known facts, in words, and its day (None where the day decides nothing)."""

    facts: tuple[tuple[str, str], ...]
    day: date | None

    def __str__(self) -> str:
        told = "; ".join(f"{name} {value}" for name, value in self.facts) or "nothing known"
        return told if self.day is None else f"{told}; on {self.day}"


@dataclass(frozen=True)
class Gap:
    """A missing row: the classes of each fact, in words, and a case of it.

    No rule speaks of a use in the row, ``unless`` one of these does (it is true, or waits for a fact).
    ``unknown_only``: only as a fact is not known.
    """

    question: str
    row: tuple[tuple[str, str], ...]
    unless: tuple[str, ...]
    unknown_only: bool
    case: Case

    def __str__(self) -> str:
        row = "; ".join(f"{name} {words}" for name, words in self.row) or "any use"
        return f"MISSING ROW: {row}" + (f"; unless {_or(self.unless)} speaks" if self.unless else "")


@dataclass(frozen=True)
class Conflict:
    """Two rules that stand together and say different things, and a case of it."""

    question: str
    first: str
    second: str
    sections: tuple[str, str]
    says: tuple[str, str]
    case: Case

    def __str__(self) -> str:
        return f"{self.first} and {self.second} contradict each other: {self.case}"


@dataclass(frozen=True)
class Dead:
    """A rule that never decides; ``shadows`` always override it (none: it is never true).

    ``barred_by`` are invariants without which it could be true. ``waits``: where the shadows do not override
    it, one of them waits for a fact by which it may.
    """

    question: str
    rule: str
    shadows: tuple[str, ...]
    barred_by: tuple[str, ...] = ()
    waits: bool = False

    def __str__(self) -> str:
        if self.waits:
            why = f"overridden by {_or(self.shadows)}, or open while a fact is not known by which it may be"
        elif self.shadows:
            why = f"always overridden by {_or(self.shadows)}"
        elif self.barred_by:
            why = f"never true, by the invariant {_or(self.barred_by)}"
        else:
            why = "never true: no use meets all that it asks"
        return f"{self.rule} never decides: {why}"


@dataclass(frozen=True)
class Proof:
    """What was proved of a rulebook.

    ``not_proved`` says what could not be settled; ``gaps_complete`` is False where the list was cut.
    """

    sha256: str
    title: str
    version: str
    gaps: tuple[Gap, ...]
    conflicts: tuple[Conflict, ...]
    dead: tuple[Dead, ...]
    not_exercised: tuple[str, ...]
    not_proved: tuple[str, ...]
    gaps_complete: bool
    rules: int

    @property
    def sound(self) -> bool:
        """No conflict, no dead rule, and nothing left unproved."""
        return not (self.conflicts or self.dead or self.not_proved)


# ---------------------------------------------------------------- words


def proof_lines(proof: Proof) -> Iterator[str]:
    """A proof for a person to read."""
    yield f"{proof.title}, version {proof.version}: {proof.rules} rules"
    yield f"sha256 {proof.sha256}"
    yield from _conflict_lines(proof)
    yield from _listed("dead rule", proof.dead, "none: every rule decides some possible use")
    yield from _gap_lines(proof)
    yield from _listed("rule that no example exercises", proof.not_exercised, "none")
    yield from (f"NOT PROVED: {one}" for one in proof.not_proved)


def _conflict_lines(proof: Proof) -> Iterator[str]:
    none = "none: no two rules that stand ever contradict each other"
    yield f"conflicts: {len(proof.conflicts) or none}"
    grouped: dict[tuple[str, tuple[str, str]], list[Conflict]] = {}
    for one in proof.conflicts:
        grouped.setdefault((one.question, one.sections), []).append(one)
    for (question, sections), found in grouped.items():
        yield f"  {question}{_between(sections)}"
        for one in found:
            yield f"    {one}"
            yield f"      {one.first} says {one.says[0]}; {one.second} says {one.says[1]}"
            yield (
                f'      to settle it, write {one.second} under "overrides" of {one.first}, '
                f"or {one.first} under that of {one.second}"
            )
        if len(found) > 1 and len(set(sections)) == 2 and all(sections):
            yield (
                f'    to settle all of them, write "section {sections[1]}" under "overrides" of those of '
                f'"{sections[0]}", or the other way round'
            )


def _between(sections: tuple[str, str]) -> str:
    if not any(sections):
        return ""
    first, second = (f'"{name}"' if name else "the rows without a section" for name in sections)
    return f", within {first}" if first == second else f", between {first} and {second}"


def _gap_lines(proof: Proof) -> Iterator[str]:
    none = "none: of every possible use some rule speaks, or waits for a fact"
    yield f"gaps: {len(proof.gaps) or none}"
    question = ""
    for one in proof.gaps:
        if one.question != question:
            question = one.question
            yield f"  {question}"
        suffix = " (only because a fact can be not known)" if one.unknown_only else ""
        yield f"    {one}{suffix}"
        yield f"      for example: {one.case}"
    if not proof.gaps_complete:
        yield f"  not all gaps are listed; the first {len(proof.gaps)} are"
    elif proof.gaps:
        yield "  every use of which no rule speaks is in one of these rows"


def _listed(what: str, found: Sequence[object], none: str) -> Iterator[str]:
    first, _, rest = what.partition(" that ")
    plural = f"{first}s that {rest}" if rest else f"{what}s"
    yield f"{plural}: {len(found) or none}"
    yield from (f"  {one}" for one in found)


def _or(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last
