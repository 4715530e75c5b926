"""The findings, by procedure: criterion, condition, cause, effect, innocent explanations, and the reply."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from wardbook.findings.finding import Finding
from wardbook.report.finding_groups import procedure_name, procedure_place
from wardbook.report.narrative.document import Paragraph, Section
from wardbook.report.narrative.sentence import Cite, Sentence, Told
from wardbook.report.narrative.teller import Teller, ended
from wardbook.report.wording import money

FINDINGS_TOLD = 25
"""Of one procedure's findings the report tells so many in full; ``findings.json`` holds all."""


def findings_told(teller: Teller, findings: Sequence[Finding]) -> Iterator[Section]:
    """A section a procedure that found something, and the findings in it."""
    lead = teller.frame(
        "findings.lead",
        "A finding is a question until it is answered: each stands beside explanations that would be "
        "innocent, and beside the reply of the person or agency concerned where one is on record. ",
    )
    if not findings:
        lead = teller.frame("findings.none", "No procedure found anything. ")
    yield Section("findings", "Findings", 1, (Paragraph((lead,)),))
    replies = _replies(teller)
    grouped: dict[str, list[Finding]] = defaultdict(list)
    for finding in sorted(findings, key=lambda f: f.finding_id):
        grouped[finding.procedure].append(finding)
    for code in sorted(grouped, key=procedure_place):
        yield _section(teller, code, grouped[code], replies)


def _section(
    teller: Teller, code: str, own: Sequence[Finding], replies: dict[str, list[Sentence]]
) -> Section:
    first = own[0]
    blocks: list[Paragraph] = []
    supported = [f for f in own if f.evidence]
    number = _number(teller, code, own)
    if number is not None:
        blocks.append(Paragraph((number,)))
    anchor = [number] if number is not None else []
    told = supported[:FINDINGS_TOLD]
    conditions = [_condition(teller, finding) for finding in told]
    base = anchor or conditions[:1]
    if base:
        blocks.append(
            Paragraph((_by(teller, f"{code}.criterion", code, first.criterion, base),), "Criterion")
        )
    for finding, condition in zip(told, conditions, strict=True):
        blocks.append(Paragraph((condition,), f"Condition {finding.finding_id}"))
        blocks.extend(Paragraph((one,), "Reply") for one in replies.get(finding.finding_id, ()))
    if base:
        for label, texts in (
            ("Cause", [f.cause for f in own]),
            ("Effect", [f.effect for f in own]),
            ("Innocent explanations", list(first.innocent_explanations)),
        ):
            blocks.extend(_listed(teller, code, label, texts, base))
    blocks.extend(Paragraph((one,), "Reply") for one in replies.get(code, ()))
    return Section(f"findings.{code}", f"{code} {procedure_name(code, first.title)}", 2, tuple(blocks))


def _number(teller: Teller, code: str, own: Sequence[Finding]) -> Sentence | None:
    """How many findings there are and what money is at stake; both are read from ``report_findings``."""
    evidence = sorted({record for finding in own for record in finding.evidence})
    if not evidence:
        return None
    where = f"FROM report_findings WHERE procedure = '{code}'"
    sums: list[object] = []
    for currency in sorted({f.currency or "" for f in own if f.amount is not None}):
        query = f"SELECT sum(amount) {where} AND coalesce(currency, '') = '{currency}'"
        sums += [", ", teller.amount(query, currency or None), " at stake"]
    return teller.fact(
        f"{code}.number",
        Cite(code, f"procedure:{code}"),
        " found ",
        teller.counted(f"SELECT count(*) {where}", "instance"),
        *sums,  # type: ignore[arg-type]
        "; the report tells the first of them and findings.json holds all. "
        if len(own) > FINDINGS_TOLD
        else ". ",
        sources=evidence,
    )


def _condition(teller: Teller, finding: Finding) -> Sentence:
    amount = (
        (" (", Told(money(finding.amount, finding.currency), "procedure"), ")")
        if finding.amount is not None
        else ()
    )
    return teller.fact(
        f"{finding.finding_id}.condition",
        Told(finding.title.rstrip("."), "procedure"),
        amount,
        ". ",
        Told(finding.condition, "procedure", "detail"),
        " ",
        sources=finding.evidence,
    )


def _by(teller: Teller, name: str, code: str, text: str, base: Sequence[Sentence]) -> Sentence:
    return teller.analysis(name, Told(ended(text), "procedure"), " ", rests_on=base, method=code)


def _listed(
    teller: Teller, code: str, label: str, texts: Sequence[str], base: Sequence[Sentence]
) -> Iterator[Paragraph]:
    distinct = list(dict.fromkeys(text for text in texts if text))[:FINDINGS_TOLD]
    key = label.lower().replace(" ", "-")
    told = tuple(_by(teller, f"{code}.{key}.{n}", code, text, base) for n, text in enumerate(distinct))
    if told:
        yield Paragraph(told, label)


def _replies(teller: Teller) -> dict[str, list[Sentence]]:
    """The replies on record, by the finding or procedure they answer; under '' those to the whole."""
    found: dict[str, list[Sentence]] = defaultdict(list)
    rows = teller.engine.rows(
        "SELECT record_id, finding, by_whom, day, words, citation FROM replies "
        "ORDER BY day NULLS LAST, record_id"
    )
    for record, finding, by, day, words, citation in rows:
        key = (finding or "").strip()
        when = (", ", Told(day.isoformat(), "record")) if day else ()
        where = (" (", Told(citation, "record"), ")") if citation else ()
        found[key].append(
            teller.fact(
                f"reply.{key or 'report'}.{len(found[key]) + 1}",
                Told(by or "Someone not named", "record", "person"),
                when,
                ": ",
                Told(f"“{words or ''}”", "record", "detail"),
                where,
                " ",
                sources=[record],
            )
        )
    return found


def replies_to_the_whole(teller: Teller) -> Iterator[Section]:
    """The replies that answer no single finding, and those whose finding is not in this report."""
    whole = _replies(teller).get("", [])
    if whole:
        yield Section(
            "replies", "Replies to the report", 1, tuple(Paragraph((one,), "Reply") for one in whole)
        )
