"""The report of an audit, top to bottom: Audit -> Document. It is refused if a sentence lacks its support."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath

from wardbook.accounts.account import public_body
from wardbook.audit import Audit
from wardbook.findings.finding import Finding
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine
from wardbook.records.schema import MONEY, TEXT, Column, Table
from wardbook.report.narrative.account_told import account_told
from wardbook.report.narrative.actions import recommendations
from wardbook.report.narrative.appendix import exhibits, exhibits_section, lines, uses_table
from wardbook.report.narrative.decided import determinations
from wardbook.report.narrative.document import Document, Section
from wardbook.report.narrative.findings_told import findings_told, replies_to_the_whole
from wardbook.report.narrative.limits import method, set_aside_table
from wardbook.report.narrative.opening import asked, rules
from wardbook.report.narrative.protected import protected
from wardbook.report.narrative.sentence import FACT, UnsupportedError
from wardbook.report.narrative.stated import reconciled, stated
from wardbook.report.narrative.teller import Teller

_FINDINGS = Table(
    "report_findings",
    "a finding, as the report counts it",
    (
        Column("finding_id", TEXT, "the finding"),
        Column("procedure", TEXT, "its procedure"),
        Column("amount", MONEY, "the money at stake"),
        Column("currency", TEXT, "its currency"),
    ),
)


def build(audit: Audit, program: str) -> Document:
    """The report of ``audit`` in full; ``program`` is this program's version.

    Raises `UnsupportedError` for a sentence without support, a typed figure, or a record no table holds.
    """
    engine = audit.engine
    _hold_findings(engine, audit.findings)
    try:
        sections = tuple(_sections(audit, Teller(engine)))
    finally:
        engine.define("DROP TABLE IF EXISTS report_findings")
    last = engine.one("SELECT max(date) FROM uses")
    made = Document(
        title=audit.settings.title,
        book=audit.settings.purpose,
        jurisdiction=audit.settings.jurisdiction,
        language="en",
        checkpoint=audit.checkpoint,
        rulebook={
            "title": audit.rulebook.title,
            "version": str(audit.rulebook.version),
            "sha256": audit.rulebook.sha256,
            "file": PurePath(audit.rulebook.path).name,
        },
        program=program,
        currency=audit.settings.currency,
        last_day=last.isoformat() if last else "",
        sections=sections,
        exhibits=exhibits(engine),
        lines={},
        protected=protected(engine),
    )
    return _with_lines(engine, audit.rulebook, made)


def _sections(audit: Audit, teller: Teller) -> Iterator[Section]:
    yield asked(teller)
    yield from rules(teller, audit.rulebook)
    yield from method(teller, audit.rulebook, audit.findings)
    yield from findings_told(teller, audit.findings)
    yield from determinations(teller, audit.rulebook)
    yield from account_told(teller, public_body(audit.rulebook, audit.settings))
    yield from reconciled(teller)
    yield from stated(teller)
    yield from recommendations(teller)
    yield from replies_to_the_whole(teller)
    yield from exhibits_section(teller)
    yield from uses_table(teller)
    yield from set_aside_table(teller)


def _hold_findings(engine: Engine, findings: tuple[Finding, ...]) -> None:
    engine.load(
        _FINDINGS,
        [
            {"finding_id": f.finding_id, "procedure": f.procedure, "amount": f.amount, "currency": f.currency}
            for f in findings
        ],
    )


def _with_lines(engine: Engine, rulebook: Rulebook, made: Document) -> Document:
    """The document with the place of every record it names; raises for an id that stands nowhere."""
    named = {source for one in made.sentences for source in one.sources}
    named |= {source for table in made.tables for row in table.sources for source in row}
    found = lines(engine, rulebook, named)
    for sentence in made.sentences:
        if sentence.kind == FACT and not any(source in found for source in sentence.sources):
            raise UnsupportedError(f"sentence {sentence.id}: no record of the book is among its sources")
    known = {sentence.id for sentence in made.sentences}
    if len(known) != sum(1 for _ in made.sentences):
        raise UnsupportedError("two sentences have one id")
    for sentence in made.sentences:
        if not known.issuperset(sentence.rests_on):
            raise UnsupportedError(f"sentence {sentence.id} rests on a sentence that is not in the report")
    return replace(made, lines=found)
