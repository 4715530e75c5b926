"""Stated figures, tested one by one against the book."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wardbook.accounts.expressions import Stated, expected_forms, find_kind
from wardbook.accounts.working import Working, against_stated, cannot
from wardbook.records.engine import Engine
from wardbook.records.schema import TEXT, TEXTS, Column, Table

_WORKINGS = Table(
    "assertion_workings",
    "what the book gives for one stated figure",
    (
        Column("record_id", TEXT, "the assertion's record"),
        Column("computed", "DECIMAL(18,2)", "what the book gives; NULL where it cannot"),
        Column("working", TEXT, "the working in words, or what is missing"),
        Column("sources", TEXTS, "record_ids behind it"),
    ),
)


def run_assertion_tests(engine: Engine) -> None:
    """Create ``assertion_tests``: each of the ``assertions`` beside what its ``tested_by`` gives.

    A figure without a test, or with one that does not parse, 'cannot be reproduced'; the working says why.
    """
    rows = engine.dicts(
        "SELECT record_id, assertion_id, value, unit, scope, tested_by FROM assertions ORDER BY record_id"
    )
    engine.load(_WORKINGS, (_worked(engine, row) for row in rows))
    engine.run_file("wardbook.accounts", "assertion_tests")


def _worked(engine: Engine, row: Mapping[str, Any]) -> dict[str, Any]:
    working, whole = _working(engine, row)
    return {
        "record_id": row["record_id"],
        "computed": working.computed,
        "working": against_stated(working, row["value"], whole),
        "sources": sorted({*working.sources, row["record_id"]}),
    }


def _working(engine: Engine, row: Mapping[str, Any]) -> tuple[Working, bool]:
    """The working of one assertion, and whether its figures count things."""
    expression = (row["tested_by"] or "").strip()
    if not expression:
        scope = f" (its scope: {row['scope']})" if row["scope"] else ""
        return cannot(f"no record in the book gives this figure{scope}"), False
    found = find_kind(expression)
    if found is None:
        return cannot(f"expected one of {expected_forms()}; found '{expression}'"), False
    kind, argument = found
    stated = Stated(row["assertion_id"] or "", row["unit"] or "", row["record_id"])
    return kind.run(engine, stated, argument), kind.counts or stated.currency is None
