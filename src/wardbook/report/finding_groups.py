"""Findings as the page prints them: by procedure, what they have in common once, then one row a finding."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from wardbook.findings.finding import Finding
from wardbook.findings.procedures import PROCEDURES
from wardbook.records.engine import Engine
from wardbook.report.figures import filtered
from wardbook.report.shown import EVIDENCE_SHOWN, records_query
from wardbook.report.wording import money, place


@dataclass(frozen=True)
class SourceLine:
    """One record as a line to read: its id, the name of its exhibit, and the place in it."""

    record_id: str
    exhibit: str
    name: str
    place: str


@dataclass(frozen=True)
class FindingRow:
    """What is particular to one finding. ``cause`` and ``effect`` are empty where the group says them.

    ``replies`` are those on record to the finding or to its procedure, each with who gave it and when.
    """

    finding_id: str
    title: str
    condition: str
    cause: str
    effect: str
    amount: str
    uses: int
    filter: str
    evidence: tuple[SourceLine, ...]
    evidence_left_out: int
    replies: tuple[str, ...] = ()


@dataclass(frozen=True)
class FindingGroup:
    """The findings of one procedure, under its name."""

    procedure: str
    name: str
    criterion: str
    cause: str
    effect: str
    innocent_explanations: tuple[str, ...]
    amounts: tuple[str, ...]
    rows: tuple[FindingRow, ...]
    left_out: int


_Key = tuple[int, str, str, tuple[str, ...]]

_PLACES = {procedure.code: place for place, procedure in enumerate(PROCEDURES)}
_NAMES = {procedure.code: procedure.name for procedure in PROCEDURES}


def procedure_place(code: str) -> tuple[int, str]:
    """Where a procedure stands in the report: in the order of `PROCEDURES`, others after them by code."""
    return _PLACES.get(code, len(_PLACES)), code


def procedure_name(code: str, otherwise: str) -> str:
    """The name of a procedure; ``otherwise`` for a code that no procedure has."""
    return _NAMES.get(code, otherwise)


def finding_groups(
    engine: Engine, shown: Sequence[Finding], every: Sequence[Finding]
) -> tuple[FindingGroup, ...]:
    """The groups of the findings ``shown``, in order of procedure; ``every`` finding counts in the totals."""
    lines = source_lines(engine, "report_evidence")
    replies = _replies(engine)
    totals: dict[_Key, list[Finding]] = defaultdict(list)
    for finding in every:
        totals[_key(finding)].append(finding)
    grouped: dict[_Key, list[Finding]] = defaultdict(list)
    for finding in shown:
        grouped[_key(finding)].append(finding)
    return tuple(_group(grouped[key], totals[key], lines, replies) for key in sorted(grouped))


def source_lines(engine: Engine, wanted: str) -> dict[str, SourceLine]:
    """The line of each record in relation ``wanted`` (record_id)."""
    rows = engine.rows(f"""
        SELECT r.record_id, r.exhibit, coalesce(o.path, '(exhibit without a name)'), r.page, r.line
        FROM ({records_query(wanted)}) AS r
        LEFT JOIN (SELECT exhibit, min(path) AS path FROM occurrences GROUP BY exhibit) AS o USING (exhibit)
    """)  # noqa: S608
    return {row[0]: SourceLine(row[0], row[1] or "", row[2], place(row[3], row[4])) for row in rows}


def line_of(lines: dict[str, SourceLine], record_id: str) -> SourceLine:
    """The line of a record; one that says so for a record no table holds."""
    return lines.get(record_id) or SourceLine(record_id, "", "record", "not held by any table of the book")


def _key(finding: Finding) -> _Key:
    return *procedure_place(finding.procedure), finding.criterion, finding.innocent_explanations


def _replies(engine: Engine) -> dict[str, list[str]]:
    """The replies on record, by the finding or procedure that they answer."""
    found: dict[str, list[str]] = defaultdict(list)
    rows = engine.rows(
        "SELECT trim(finding), by_whom, day, words FROM replies WHERE finding IS NOT NULL "
        "ORDER BY day NULLS LAST, record_id"
    )
    for finding, by, day, words in rows:
        when = f", {day.isoformat()}" if day else ""
        found[finding].append(f"{by or 'Someone not named'}{when}: {words or ''}")
    return found


def _group(
    shown: Sequence[Finding],
    every: Sequence[Finding],
    lines: dict[str, SourceLine],
    replies: dict[str, list[str]],
) -> FindingGroup:
    first = shown[0]
    causes, effects = {f.cause for f in shown}, {f.effect for f in shown}
    return FindingGroup(
        procedure=first.procedure,
        name=procedure_name(first.procedure, first.title),
        criterion=first.criterion,
        cause=first.cause if len(causes) == 1 else "",
        effect=first.effect if len(effects) == 1 else "",
        innocent_explanations=first.innocent_explanations,
        amounts=_amounts(every),
        rows=tuple(_row(finding, lines, replies, len(causes) > 1, len(effects) > 1) for finding in shown),
        left_out=len(every) - len(shown),
    )


def _amounts(findings: Sequence[Finding]) -> tuple[str, ...]:
    totals: Counter[str] = Counter()
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for finding in findings:
        if finding.amount is not None:
            amounts[finding.currency or ""] += finding.amount
            totals[finding.currency or ""] += 1
    return tuple(money(amounts[currency], currency) for currency in sorted(totals))


def _row(
    finding: Finding,
    lines: dict[str, SourceLine],
    replies: dict[str, list[str]],
    own_cause: bool,
    own_effect: bool,
) -> FindingRow:
    return FindingRow(
        finding_id=finding.finding_id,
        title=finding.title,
        condition=finding.condition,
        cause=finding.cause if own_cause else "",
        effect=finding.effect if own_effect else "",
        amount="" if finding.amount is None else money(finding.amount, finding.currency),
        uses=len(finding.uses),
        filter=filtered(finding=finding.finding_id),
        evidence=tuple(line_of(lines, record) for record in finding.evidence[:EVIDENCE_SHOWN]),
        evidence_left_out=max(len(finding.evidence) - EVIDENCE_SHOWN, 0),
        replies=(*replies.get(finding.finding_id, ()), *replies.get(finding.procedure, ())),
    )
