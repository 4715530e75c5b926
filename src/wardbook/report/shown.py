"""Which uses and records the page carries: all, or for a fleet those that need a person first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from wardbook.findings.finding import Finding
from wardbook.records.engine import Engine
from wardbook.records.schema import BOOK_TABLES, TEXT, Column, Table

ALL_USES_UP_TO = 20_000
"""Up to so many uses the page lists all."""

SHOWN_OF_MANY = 2_000
"""Beyond that it lists so many: uses named in findings first, then undetermined ones, then the earliest."""

FINDINGS_SHOWN = 3_000
"""Of one procedure's findings the page prints so many; ``findings.json`` holds all."""

EVIDENCE_SHOWN = 40
"""Of one finding's records the page lists so many."""

PAIRS_SHOWN = 100
"""Of the comparisons with one verdict the page lists so many."""

_NAMED = Table("report_named", "a use a finding names", (Column("use_id", TEXT, "the use"),))
_EVIDENCE = Table(
    "report_evidence", "a record a finding rests on", (Column("record_id", TEXT, "the record"),)
)

_RELATIONS = ("report_shown", "report_named", "report_evidence", "report_pairs", "report_wanted")


@dataclass(frozen=True)
class Shown:
    """How many uses the page lists, and how many only the CSV files hold."""

    uses: int
    left_out: int


def findings_shown(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings the page prints: of each procedure the first, in order of their ids."""
    counted: Counter[str] = Counter()
    shown = []
    for finding in sorted(findings, key=lambda f: f.finding_id):
        counted[finding.procedure] += 1
        if counted[finding.procedure] <= FINDINGS_SHOWN:
            shown.append(finding)
    return tuple(shown)


def choose(engine: Engine, findings: Sequence[Finding]) -> Shown:
    """Create ``report_shown`` (use_id) and ``report_wanted`` (record_id), and say how many uses are shown.

    ``findings`` are those the page prints. Beside these two stand ``report_evidence`` (their records) and
    ``report_pairs`` (the comparisons of log entries that are listed).
    """
    evidence = {record for finding in findings for record in finding.evidence[:EVIDENCE_SHOWN]}
    engine.load(_NAMED, [{"use_id": use} for use in sorted({use for f in findings for use in f.uses})])
    engine.load(_EVIDENCE, [{"record_id": record} for record in sorted(evidence)])
    engine.define(f"""
        CREATE OR REPLACE TABLE report_pairs AS SELECT * FROM entry_comparisons
        QUALIFY row_number() OVER (
            PARTITION BY verdict ORDER BY left_id, right_id, comparisons
        ) <= {PAIRS_SHOWN:d}
    """)  # noqa: S608
    total = engine.count("uses")
    limit = total if total <= ALL_USES_UP_TO else SHOWN_OF_MANY
    engine.define(f"""
        CREATE OR REPLACE TABLE report_shown AS
        SELECT u.use_id FROM uses AS u LEFT JOIN determinations AS d USING (use_id)
        ORDER BY u.use_id IN (SELECT use_id FROM report_named) DESC,
                 coalesce(d.permitted, 'cannot be determined') = 'cannot be determined' DESC,
                 u.date, u.use_id
        LIMIT {limit:d}
    """)  # noqa: S608
    engine.define("""
        CREATE OR REPLACE TABLE report_wanted AS
        SELECT unnest(sources) AS record_id FROM uses SEMI JOIN report_shown USING (use_id)
        UNION SELECT unnest(sources) FROM costs
              WHERE use_id IS NULL OR use_id IN (SELECT use_id FROM report_shown)
        UNION SELECT unnest(b.sources) FROM fact_bases AS b SEMI JOIN report_shown USING (use_id)
        UNION SELECT unnest(sources) FROM assertion_tests
        UNION SELECT record_id FROM report_evidence
        UNION SELECT left_id FROM report_pairs
        UNION SELECT right_id FROM report_pairs
    """)
    return Shown(limit, total - limit)


def forget(engine: Engine) -> None:
    """Drop the relations `choose` made."""
    for name in _RELATIONS:
        engine.define(f"DROP TABLE IF EXISTS {name}")


def records_query(wanted: str) -> str:
    """The query of the place and text of each record in relation ``wanted`` (record_id), of any table.

    Rows: record_id, exhibit, page, line, raw_text; ordered by exhibit, page and line.
    """
    tables = [table.name for table in BOOK_TABLES if "record_id" in table.names]
    union = " UNION ALL ".join(
        f"SELECT record_id, exhibit, page, line, raw_text FROM {name} SEMI JOIN {wanted} USING (record_id)"  # noqa: S608
        for name in tables
    )
    return (
        "SELECT record_id, min(exhibit) AS exhibit, min(page) AS page, min(line) AS line, "  # noqa: S608
        "max(raw_text) AS raw_text "
        f"FROM ({union}) GROUP BY record_id ORDER BY exhibit, page NULLS FIRST, line NULLS FIRST, record_id"
    )
