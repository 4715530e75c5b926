"""AST-01: stated figures that the book does not give."""

from __future__ import annotations

from collections.abc import Iterator

from wardbook.accounts.working import figure
from wardbook.findings.procedure import Observation, Procedure
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine

_QUERY = """
SELECT t.*, a.stated_by, a.stated_on, a.scope, a.citation
FROM assertion_tests AS t
LEFT JOIN assertions AS a
    ON a.assertion_id = t.assertion_id AND list_contains(t.sources, a.record_id)
    AND a.value IS NOT DISTINCT FROM t.stated AND a.quantity IS NOT DISTINCT FROM t.quantity
WHERE t.verdict <> 'reproduced'
QUALIFY row_number() OVER (
    PARTITION BY t.assertion_id, t.quantity, t.stated, t.working ORDER BY a.record_id
) = 1
ORDER BY t.verdict DESC, t.assertion_id, t.quantity, t.stated, t.working
"""


def _run(engine: Engine, _rulebook: Rulebook) -> Iterator[Observation]:
    for row in engine.dicts(_QUERY):
        differs = row["verdict"] == "differs"
        unit = row["unit"] or ""
        stated = f"{figure(row['stated'])} {unit}".strip() if row["stated"] is not None else "nothing"
        when = f" on {row['stated_on']}" if row["stated_on"] else ""
        who = f"{row['stated_by'] or 'A source'} stated {stated}{when} as {row['quantity'] or 'a figure'}"
        scope = f" Scope as stated: {row['scope']}." if row["scope"] else ""
        money = differs and row["unit"] is not None and len(row["unit"]) == 3 and row["unit"].isupper()
        yield Observation(
            title=f"{row['quantity'] or row['assertion_id']}: stated {stated}, {row['verdict']}",
            condition=f"{who}. {row['working']}.{scope}",
            effect=(
                "The stated figure and the book differ; neither is used in place of the other."
                if differs
                else "The stated figure is printed as stated, and no total of this audit rests on it."
            ),
            evidence=tuple(row["sources"]),
            amount=abs(row["difference"]) if money else None,
            currency=row["unit"] if money else None,
        )


STATEMENTS = Procedure(
    code="AST-01",
    name="Stated figures that the book does not give",
    criterion=(
        "A stated figure can be reproduced, within its scope and counting rule, from the records in the book."
    ),
    doc=(
        "Each assertion whose test differs or cannot be reproduced, one finding each, with the working. What "
        "the tests are is in the reference of assertions."
    ),
    run=_run,
    innocent_explanations=(
        "The figure has another scope, period or counting rule than the one tested.",
        "Records behind it exist and were not released or not taken in.",
        "The figure was rounded, or corrected after it was stated.",
    ),
)
