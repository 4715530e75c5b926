"""AST-01: stated figures and facts that the book does not bear out. AST-02: two totals that do not meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wardbook.accounts.reconciliation import is_currency
from wardbook.accounts.working import figure
from wardbook.findings.procedure import NOT_DETERMINED, Observation, Procedure
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine

_STATEMENTS = """
SELECT t.*
FROM assertion_tests AS t
WHERE t.finding_verdict IN ('contradicted', 'not reproducible')
ORDER BY t.verdict DESC, t.assertion_id, t.quantity, t.stated, t.working, t.stated_by, t.stated_on
"""

_PAIRS = """
SELECT r.left_id, r.right_id, any_value(r.unit) AS unit, any_value(r.left_total) AS left_total,
    any_value(r.right_total) AS right_total, any_value(r.left_scope) AS left_scope,
    any_value(r.right_scope) AS right_scope,
    sum(r.amount) FILTER (
        WHERE r.line_class IN ('unexplained', 'differs', 'only left', 'only right')
    ) AS open,
    count(*) FILTER (WHERE r.amount IS NULL) AS uncompared,
    string_agg(r.line_class || ' ' || coalesce(r.amount, 0) || ': ' || r.words, '; ' ORDER BY r.line)
        FILTER (WHERE r.line_class <> 'equal') AS lines,
    list_sort(list_distinct(flatten(list(r.sources)))) AS sources
FROM reconciliations AS r
GROUP BY r.left_id, r.right_id
HAVING count(*) FILTER (WHERE r.line_class IN ('unexplained', 'differs', 'only left', 'only right')) > 0
ORDER BY r.left_id, r.right_id
"""


def _run_statements(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    for row in engine.dicts(_STATEMENTS):
        contradicted = row["finding_verdict"] == "contradicted"
        money = contradicted and row["difference"] is not None and is_currency(row["unit"] or "")
        stated = _stated(row)
        scope = f" Scope as stated: {row['scope']}." if row["scope"] else ""
        yield Observation(
            title=f"{row['quantity'] or row['assertion_id']}: stated {stated}, {row['finding_verdict']}",
            condition=f"{_who(row, stated)}. {row['working']}.{scope}",
            cause=_cause(row),
            effect=_effect(contradicted, row["fact"]),
            evidence=tuple(row["sources"]),
            amount=abs(row["difference"]) if money else None,
            currency=row["unit"] if money else None,
        )


def _stated(row: Mapping[str, Any]) -> str:
    """The figure or the fact, as a title has it."""
    if row["stated"] is not None:
        return f"{figure(row['stated'])} {row['unit'] or ''}".strip()
    return f"'{row['fact']}'" if row["fact"] else "nothing"


def _who(row: Mapping[str, Any], stated: str) -> str:
    when = f" on {row['stated_on']}" if row["stated_on"] else ""
    what = "" if row["stated"] is None and row["fact"] else f" as {row['quantity'] or 'a figure'}"
    return f"{row['stated_by'] or 'A source'} stated {stated}{when}{what}"


def _cause(row: Mapping[str, Any]) -> str:
    return NOT_DETERMINED if row["why"] in (None, row["working"]) else f"{NOT_DETERMINED}: {row['why']}"


def _effect(contradicted: bool, fact: str | None) -> str:
    if not contradicted:
        return "The statement is printed as stated, and no total of this audit rests on it."
    if fact:
        return "The statement and the records of the book cannot both be right."
    return "The stated figure and the book differ; neither is used in place of the other."


def _run_pairs(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    for row in engine.dicts(_PAIRS):
        unit = row["unit"] or ""
        whole = not is_currency(unit)
        names = f"'{row['left_id']}' and '{row['right_id']}'"
        money = not whole and row["open"] not in (None, 0)
        yield Observation(
            title=f"{names} do not meet",
            condition=f"{_totals(row, whole)} {row['lines']}.",
            effect="Both figures are printed as stated; neither is used in place of the other.",
            evidence=tuple(row["sources"]),
            amount=abs(row["open"]) if money else None,
            currency=unit if money else None,
        )


def _totals(row: Mapping[str, Any], whole: bool) -> str:
    """The two totals with scope and counting rule, and their difference."""
    if row["uncompared"]:
        return f"'{row['left_id']}' names '{row['right_id']}', and the two cannot be compared:"
    left, right = row["left_total"], row["right_total"]
    return (
        f"'{row['left_id']}' is {figure(left, whole)} {row['unit'] or ''} ({row['left_scope']}); "
        f"'{row['right_id']}' is {figure(right, whole)} {row['unit'] or ''} ({row['right_scope']}). "
        f"Between them lie {figure(left - right, whole)}:"
    )


STATEMENTS = Procedure(
    code="AST-01",
    name="Statements that the book does not bear out",
    criterion=(
        "A stated figure or fact can be reproduced, within its scope and counting rule, from the records in "
        "the book."
    ),
    doc=(
        "Each assertion that the book contradicts (another figure, beyond the publisher's own rounding, with "
        "no scope or counting rule on record that differs; or records of the contrary), and each that cannot "
        "be reproduced, one finding each, with the working and what is missing. A statement that is "
        "supported, or that has another scope than what can be counted, is no finding. What the tests are is "
        "in the reference of assertions."
    ),
    run=_run_statements,
    innocent_explanations=(
        "The figure has another scope, period or counting rule than the one tested.",
        "Records behind it exist and were not released or not taken in.",
        "The figure was rounded, or corrected after it was stated.",
    ),
)

TOTALS_APART = Procedure(
    code="AST-02",
    name="Two published figures of one thing that do not meet",
    criterion="Two figures stated of the same thing are equal, or what lies between them is explained.",
    doc=(
        "Each pair of assertions that compared_with names: their parts are matched by cost class, and what a "
        "total holds beyond its parts is set beside them. A pair with amounts that differ, parts of one "
        "side only, or a rest that nothing explains is a finding; a pair apart by rounding, by scope or by "
        "its counting rules alone is none. The amount is what differs, is on one side or is unexplained."
    ),
    run=_run_pairs,
    innocent_explanations=(
        "One of the two was made from fewer or more records: a later release, late invoices, refunds.",
        "The two have another scope or counting rule, which one of them does not say.",
        "One of the two was rounded, or was an estimate when it was made.",
        "The same cost stands under another cost class in the other figure.",
    ),
)
