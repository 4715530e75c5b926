"""Stated figures and facts, tested one by one against the book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from wardbook.accounts.expressions import KINDS, Asked, Stated, expected_forms, find_kind
from wardbook.accounts.stated_scope import StatedScope, days_backwards, rules_apart, scope_of
from wardbook.accounts.working import Working, against_stated, cannot, figure
from wardbook.records.engine import Engine
from wardbook.records.schema import TEXT, TEXTS, YESNO, Column, Table

_WORKINGS = Table(
    "assertion_workings",
    "what the book gives for one stated figure or fact",
    (
        Column("record_id", TEXT, "the assertion's record"),
        Column("computed", "DECIMAL(18,2)", "what the book gives; NULL where it cannot"),
        Column("working", TEXT, "the working in words, or what is missing"),
        Column("sources", TEXTS, "record_ids behind it"),
        Column("of_fact", YESNO, "a fact is tested, and no figure"),
        Column("holds", YESNO, "of a fact: the book bears it out; NULL where it cannot tell"),
        Column("rule", TEXT, "what makes one where things are counted; empty where the test has no rule"),
        Column("apart", TEXT, "how what was counted differs from the scope stated; empty where nothing does"),
        Column("missing", TEXT, "the record that would settle what cannot be reproduced"),
        Column("off", TEXT, "the difference without its sign, as print shows it"),
        Column("allowed", TEXT, "the publisher's rounding, as print shows it"),
    ),
)


def run_assertion_tests(engine: Engine) -> None:
    """Create ``assertion_tests``: each of the ``assertions`` beside what its ``tested_by`` gives.

    A figure without a test, or with one that does not parse, 'cannot be reproduced'; the working says why.
    A difference within the assertion's ``tolerance`` supports it; one beside a scope or counting rule that
    differs from what was counted is a 'different scope'; any other contradicts it.
    """
    rows = engine.dicts(
        "SELECT record_id, assertion_id, value, unit, scope, tested_by, fact, counting_rule, tolerance, "
        "scope_from, scope_to, scope_covers FROM assertions ORDER BY record_id"
    )
    scopes = [scope_of(row) for row in rows]
    tested = _workings(engine, rows, scopes)
    engine.load(_WORKINGS, (_worked(*one) for one in zip(rows, scopes, tested, strict=True)))
    engine.run_file("wardbook.accounts", "assertion_tests")


def _worked(row: Mapping[str, Any], scope: StatedScope, tested: _Tested) -> dict[str, Any]:
    working, whole, of_fact = tested.working, tested.whole, tested.of_fact
    stated = row["value"]
    off = None if stated is None or working.computed is None else abs(stated - working.computed)
    return {
        "record_id": row["record_id"],
        "computed": working.computed,
        "working": working.words if of_fact else against_stated(working, stated, whole),
        "sources": sorted({*working.sources, row["record_id"]}),
        "of_fact": of_fact,
        "holds": working.holds,
        "rule": working.rule,
        "apart": "; ".join(_apart(working, scope, stated, whole)),
        "missing": f"missing: {working.missing}" if working.missing else working.words,
        "off": None if off is None else figure(off, whole),
        "allowed": figure(abs(row["tolerance"] or Decimal(0)), whole),
    }


def _apart(working: Working, scope: StatedScope, stated: Any, whole: bool) -> tuple[str, ...]:
    """How what was counted differs from the scope stated, and what the book gives within that scope."""
    counted = StatedScope(counting_rule=working.rule)
    words = (*working.apart, *rules_apart(scope, counted, ("the statement", "the test")))
    if working.within is None or stated is None:
        return (*days_backwards(scope), *words)
    inside = f"within the scope stated the book gives {figure(working.within, whole)}"
    gap = stated - working.within
    rest = "the stated figure" if gap == 0 else f"{figure(abs(gap), whole)} {'less' if gap > 0 else 'more'}"
    return (*days_backwards(scope), *words, f"{inside}, {rest}")


@dataclass(frozen=True)
class _Tested:
    """The working of one assertion, whether its figures count things, and whether it is of a fact."""

    working: Working
    whole: bool = False
    of_fact: bool = False


def _workings(
    engine: Engine, rows: Sequence[Mapping[str, Any]], scopes: Sequence[StatedScope]
) -> list[_Tested]:
    """The working of each row, in order; the rows of one kind of test are asked of the book together."""
    tested: dict[int, _Tested] = {}
    asked: dict[str, list[int]] = {kind.word: [] for kind in KINDS}
    about: dict[int, Asked] = {}
    for number, (row, scope) in enumerate(zip(rows, scopes, strict=True)):
        found = find_kind(_expression(row))
        if found is None:
            tested[number] = _Tested(_no_test(row))
            continue
        stated = Stated(row["assertion_id"] or "", row["unit"] or "", row["record_id"], scope)
        asked[found[0].word].append(number)
        about[number] = (stated, found[1])
    for kind in KINDS:
        numbers = asked[kind.word]
        workings = kind.answers(engine, [about[number] for number in numbers]) if numbers else ()
        for number, working in zip(numbers, workings, strict=True):
            whole = kind.counts or about[number][0].currency is None
            tested[number] = _Tested(working, whole, kind.word == "fact")
    return [tested[number] for number in range(len(rows))]


def _expression(row: Mapping[str, Any]) -> str:
    return (row["tested_by"] or "").strip()


def _no_test(row: Mapping[str, Any]) -> Working:
    """Why an assertion has no test: none is on record, or it is written as none is."""
    expression = _expression(row)
    if expression:
        return cannot(f"expected one of {expected_forms()}; found '{expression}'")
    said = f" (its scope: {row['scope']})" if row["scope"] else ""
    what = "figure" if row["value"] is not None or not row["fact"] else "fact"
    return cannot(f"no record in the book gives this {what}{said}")
