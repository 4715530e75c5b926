"""What has been stated about the case, tested against the book; and totals that do not agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wardbook.records.engine import literal
from wardbook.report.narrative.document import Block, Column, Paragraph, Section
from wardbook.report.narrative.sentence import Sentence, Told
from wardbook.report.narrative.teller import Teller, ended
from wardbook.report.wording import quantity

STATED_TOLD, SUPPORTED_TOLD = 120, 30
"""So many statements are told in sentences, and of supported ones so many; the file holds all."""

_ORDER = ("contradicted", "different scope", "not reproducible")
"""What is told first; what the book bears out comes after it."""

_VERDICT = "coalesce(finding_verdict, verdict)"


def stated(teller: Teller) -> Iterator[Section]:
    """The assertions: who stated what, when, in what scope, and what the book gives for it."""
    if not teller.engine.count("assertion_tests"):
        return
    lead = teller.frame(
        "stated.lead",
        "What others have stated about the case is a record like any other, and is tested against the book "
        "in the scope it was stated in. ",
    )
    places = " ".join(f"WHEN {literal(verdict)} THEN {place}" for place, verdict in enumerate(_ORDER))
    rows = teller.engine.dicts(
        f"""
        SELECT * FROM (
            SELECT *, {_VERDICT} AS told, CASE {_VERDICT} {places} ELSE {len(_ORDER)} END AS place
            FROM assertion_tests WHERE len(sources) > 0
        )
        QUALIFY place < {len(_ORDER)}
            OR row_number() OVER (PARTITION BY place ORDER BY assertion_id) <= {SUPPORTED_TOLD:d}
        ORDER BY place, assertion_id LIMIT {STATED_TOLD:d}
        """
    )
    blocks: list[Block] = [Paragraph((lead,)), _verdicts(teller)]
    blocks += [Paragraph(tuple(_told(teller, row, number))) for number, row in enumerate(rows)]
    yield Section("stated", "What has been stated, and what the book gives", 1, tuple(blocks))


def _verdicts(teller: Teller) -> Block:
    query = f"SELECT {_VERDICT} AS told, count(*) AS statements FROM assertion_tests GROUP BY 1 ORDER BY 1"
    columns = (Column("verdict"), Column("statements", "count"))
    return teller.table("stated.verdicts", "Statements by verdict", columns, query, "assertion_tests.csv")


def _told(teller: Teller, row: dict[str, Any], number: int) -> Iterator[Sentence]:
    value = f"{quantity(row['stated'], row['unit'])} {row['unit'] or ''}".strip()
    what = row["fact"] or (f"{row['quantity']}, {value}" if row["stated"] is not None else row["quantity"])
    when = (", ", Told(row["stated_on"].isoformat(), "record")) if row["stated_on"] else ()
    limits = [
        (" Its scope, as stated: ", Told(ended(row["scope"]), "record")) if row["scope"] else (),
        (" What it counts: ", Told(ended(row["counting_rule"]), "record")) if row["counting_rule"] else (),
    ]
    said = teller.fact(
        f"stated.{number}.said",
        Told(row["stated_by"] or "Someone not named", "record", "person"),
        when,
        ": ",
        Told(ended(str(what)), "record"),
        *limits,
        " ",
        sources=row["sources"],
    )
    yield said
    why = (" ", Told(ended(row["why"]), "working")) if row["why"] and row["why"] != row["working"] else ()
    yield teller.analysis(
        f"stated.{number}.test",
        Told(str(row["told"]).capitalize(), "working"),
        ": ",
        Told(ended(row["working"] or "no working"), "working"),
        why,
        " ",
        rests_on=[said],
        method="assertion test",
    )


def reconciled(teller: Teller) -> Iterator[Section]:
    """The schedules between two stated figures of one thing: every line, and the sum of all lines."""
    pairs = teller.engine.rows(
        "SELECT left_id, right_id, any_value(unit) FROM reconciliations GROUP BY 1, 2 ORDER BY 1, 2"
    )
    if not pairs:
        return
    lead = teller.frame(
        "reconciled.lead",
        "Two figures for one thing are set against each other line by line; what no line explains is named "
        "as unexplained, and not spread over the others. ",
    )
    blocks: list[Block] = [Paragraph((lead,))]
    for number, (left, right, unit) in enumerate(pairs):
        blocks += _schedule(teller, number, left, right, unit)
    yield Section("reconciled", "Reconciliation", 1, tuple(blocks))


def _schedule(teller: Teller, number: int, left: str, right: str, unit: str | None) -> Iterator[Block]:
    own = f"FROM reconciliations WHERE left_id = {literal(left)} AND right_id = {literal(right)}"
    totals = teller.engine.dicts(f"SELECT left_total, right_total, left_scope, right_scope {own} LIMIT 1")[0]
    apart = teller.decimal(f"SELECT sum(amount) {own}")
    unexplained = f"{own} AND line_class = 'unexplained'"
    open_part = (
        ("; of it ", teller.decimal(f"SELECT sum(amount) {unexplained}"), " is unexplained")
        if teller.engine.one(f"SELECT count(*) {unexplained}")
        else ("; every part of it has its line",)
    )
    yield Paragraph(
        (
            teller.fact(
                f"reconciled.{number}",
                Told(f"“{left}”, {quantity(totals['left_total'], unit)} {unit or ''}".strip(), "record"),
                " (",
                Told(totals["left_scope"] or "no scope stated", "record"),
                "), against ",
                Told(f"“{right}”, {quantity(totals['right_total'], unit)} {unit or ''}".strip(), "record"),
                " (",
                Told(totals["right_scope"] or "no scope stated", "record"),
                "): a difference of ",
                apart,
                open_part,
                ". ",
                found_by=f"SELECT unnest(sources) {own}",
            ),
        )
    )
    query = f"SELECT line_class, key, left_amount, right_amount, amount, words, sources {own} ORDER BY line"
    columns = (
        Column("line"),
        Column("part"),
        Column("left", "amount"),
        Column("right", "amount"),
        Column("difference", "amount"),
        Column("what it says, or what is missing"),
    )
    caption = f"Schedule between “{left}” and “{right}”; the lines add up to the difference"
    yield teller.table(f"reconciled.{number}.lines", caption, columns, query, "reconciliations.csv")
