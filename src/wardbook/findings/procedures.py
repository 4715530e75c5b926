"""Every procedure, in one tuple, and the run of them all."""

from __future__ import annotations

from collections.abc import Iterator

from wardbook.findings.authority import WITHOUT_AUTHORITY
from wardbook.findings.double_entries import DOUBLE_ENTRIES
from wardbook.findings.duties import OVERLAPPING_DUTIES, OVERTIME_ALONE, PAY_BEYOND_LIMIT
from wardbook.findings.elsewhere import ELSEWHERE
from wardbook.findings.finding import Finding
from wardbook.findings.fuel import FUEL_BEYOND_TANK, ODOMETER_BACK
from wardbook.findings.invoices import INVOICES
from wardbook.findings.late_entries import BULK_ENTRIES, LATE_ENTRIES
from wardbook.findings.movements import (
    LOG_AGAINST_TRACK,
    NOT_DRIVEN,
    PAID_WHERE_IT_STOOD,
    UNLOGGED_MOVEMENTS,
)
from wardbook.findings.orders import ORDERS
from wardbook.findings.per_diem import PER_DIEM
from wardbook.findings.positioning import POSITIONING
from wardbook.findings.procedure import Procedure
from wardbook.findings.productions import ALTERED_AFTER_NOTICE, BACK_DATED, KEY_GAPS, UNANSWERED
from wardbook.findings.purposes_apart import PURPOSES_APART
from wardbook.findings.rates import RATES
from wardbook.findings.silences import SILENCES
from wardbook.findings.source_differences import SOURCE_DIFFERENCES
from wardbook.findings.statements import STATEMENTS, TOTALS_APART
from wardbook.findings.track_hours import TRACK_HOURS
from wardbook.findings.tracks import CONTRADICTED_ROUTES, UNLOGGED_TRACKS
from wardbook.findings.vendors import VENDOR_CONTRADICTIONS, VENDOR_DIFFERENCES
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine
from wardbook.records.macros import define_macros
from wardbook.records.settings import Settings
from wardbook.trace.distance import define_metres

NO_SETTINGS = Settings()

PROCEDURES: tuple[Procedure, ...] = (
    WITHOUT_AUTHORITY,
    OVERLAPPING_DUTIES,
    PAY_BEYOND_LIMIT,
    OVERTIME_ALONE,
    LATE_ENTRIES,
    BULK_ENTRIES,
    UNLOGGED_TRACKS,
    CONTRADICTED_ROUTES,
    POSITIONING,
    SOURCE_DIFFERENCES,
    DOUBLE_ENTRIES,
    UNLOGGED_MOVEMENTS,
    NOT_DRIVEN,
    LOG_AGAINST_TRACK,
    PAID_WHERE_IT_STOOD,
    VENDOR_CONTRADICTIONS,
    VENDOR_DIFFERENCES,
    ODOMETER_BACK,
    FUEL_BEYOND_TANK,
    SILENCES,
    TRACK_HOURS,
    ELSEWHERE,
    PURPOSES_APART,
    INVOICES,
    RATES,
    ORDERS,
    PER_DIEM,
    STATEMENTS,
    TOTALS_APART,
    ALTERED_AFTER_NOTICE,
    BACK_DATED,
    KEY_GAPS,
    UNANSWERED,
)
"""Every procedure, in the order of the report."""


def run_procedures(
    engine: Engine, rulebook: Rulebook, settings: Settings = NO_SETTINGS
) -> tuple[Finding, ...]:
    """Run every procedure over the relations of an audit; the findings, numbered within their procedure.

    Each procedure leaves its query as a step of ``engine``. The numbers depend on the records alone, not on
    the order of rows. Times are told on the clock of the settings' zone.
    """
    define_macros(engine, settings)
    define_metres(engine)
    return tuple(finding for procedure in PROCEDURES for finding in _findings(procedure, engine, rulebook))


def _findings(procedure: Procedure, engine: Engine, rulebook: Rulebook) -> Iterator[Finding]:
    for number, seen in enumerate(procedure.run(engine, rulebook), start=1):
        yield Finding(
            finding_id=f"{procedure.code}-{number:04}",
            procedure=procedure.code,
            title=seen.title,
            criterion=procedure.criterion,
            condition=seen.condition,
            cause=seen.cause,
            effect=seen.effect,
            evidence=seen.evidence,
            uses=seen.uses,
            innocent_explanations=procedure.innocent_explanations,
            amount=seen.amount,
            currency=seen.currency,
        )


def procedures_page() -> str:
    """The reference page of the procedures (Markdown), generated from `PROCEDURES`."""
    return "\n".join((_PREFACE, *(_section(procedure) for procedure in PROCEDURES)))


_PREFACE = """# Procedures

A procedure asks one question of the book. What it sees is a *finding*: a question until it is answered, never
a verdict on a person. Each finding states the criterion, the condition with its figures, the cause where a
record gives one, the effect, the records behind it, and the innocent explanations to rule out first.

Findings are numbered within their procedure (`ACC-01-0003`); the numbers depend on the records and the
rulebook alone. Families: INT record integrity, AUT authority, ACC accounts, AST assertions.

This page is generated from the program.
"""


def _section(procedure: Procedure) -> str:
    explanations = "\n".join(f"- {words}" for words in procedure.innocent_explanations)
    return (
        f"## {procedure.code} {procedure.name}\n\n**Criterion.** {procedure.criterion}\n\n**What is "
        f"compared.** {procedure.doc}\n\n**Innocent explanations.**\n\n{explanations}\n"
    )
