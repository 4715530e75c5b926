"""The first parts of the report: what was asked, by what authority, under which rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from wardbook.policy.model import Rulebook
from wardbook.report.narrative.appendix import LAW
from wardbook.report.narrative.document import Paragraph, Section
from wardbook.report.narrative.sentence import Cite, Sentence, Told
from wardbook.report.narrative.teller import Teller


def asked(teller: Teller) -> Section:
    """What was asked, as the records have it."""
    rows = teller.engine.rows(
        "SELECT record_id, asked_by, asked_on, question, citation FROM objectives "
        "ORDER BY asked_on NULLS LAST, record_id"
    )
    sentences: list[Sentence] = []
    for number, (record, by, on, question, citation) in enumerate(rows):
        day = (" on ", Told(on.isoformat(), "record")) if on else ()
        where = (" (", Told(citation, "record"), ")") if citation else ()
        sentences.append(
            teller.fact(
                f"asked.{number}",
                Told(by or "Someone not on record", "record", "person"),
                " asked",
                *day,
                ": ",
                Told(question or "(no words on record)", "record"),
                *where,
                " ",
                sources=[record],
            )
        )
    if not rows:
        sentences.append(
            teller.frame(
                "asked.none",
                "No record says what this audit was asked to answer. It answers, of every use on record, "
                "whether security was the reason, whether the use was permitted, and who must pay. ",
            )
        )
    return Section("asked", "What was asked", 1, (Paragraph(tuple(sentences)),))


def rules(teller: Teller, rulebook: Rulebook) -> Iterator[Section]:
    """The authority, and the passages of law that decided anything here."""
    file = Cite(PurePath(rulebook.path).name, "file:rulebook.md")
    lead = (
        teller.frame(
            "rules.lead",
            "Each use is decided by a written rulebook, which anyone may read and test; what it says is the "
            "standard here, and no opinion of the auditor's stands in its place. ",
        ),
        _anchor(teller, rulebook, file),
    )
    yield Section("rules", "Authority and rules", 1, (Paragraph(lead),))
    used = _anchors_used(teller, rulebook)
    if used:
        passages = tuple(
            Paragraph((_passage(teller, rulebook, anchor),), rulebook.law_titles.get(anchor, anchor))
            for anchor in used
        )
        yield Section("rules.law", "What the deciding rules rest on", 2, passages)


def _anchor(teller: Teller, rulebook: Rulebook, file: Cite) -> Sentence:
    authority = (
        (", under the authority of the ", Told(rulebook.authority, "rulebook")) if rulebook.authority else ()
    )
    decided = teller.counted("SELECT count(*) FROM determinations", "use")
    said = (
        "Under the rulebook ",
        Told(f"“{rulebook.title}”", "rulebook"),
        ", version ",
        Told(str(rulebook.version), "rulebook"),
        " (",
        file,
        ")",
        *authority,
        ", the audit decided ",
        decided,
        ". ",
    )
    if decided[0].text == "0":
        return teller.frame("rules.none", "No use is on record, so nothing was decided. ")
    return teller.fact("rules.decided", *said, found_by="SELECT unnest(sources) FROM uses")


def _anchors_used(teller: Teller, rulebook: Rulebook) -> list[str]:
    """The anchors that the rules which decided some use cite, in the rulebook's order."""
    named = {
        name.strip()
        for (rules,) in teller.engine.rows("SELECT DISTINCT rule FROM determinations WHERE rule IS NOT NULL")
        for name in rules.split(";")
    }
    cited = {anchor for rule in rulebook.rules if rule.name in named for anchor in rule.anchors}
    return [anchor for anchor in rulebook.law if anchor in cited]


def _passage(teller: Teller, rulebook: Rulebook, anchor: str) -> Sentence:
    """A passage, whose source is the rulebook itself."""
    text = " ".join(rulebook.law[anchor].split())
    return teller.fact(
        f"rules.law.{anchor}",
        Told(text, "rulebook"),
        " (in the rulebook: ",
        Cite(anchor, f"law:{anchor}"),
        ")",
        sources=[f"{LAW}{anchor}"],
    )
