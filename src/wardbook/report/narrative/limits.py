"""Method and limits: what was held, read, set aside; what was looked for; what the records cannot show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wardbook.findings.finding import Finding
from wardbook.findings.procedure import Procedure
from wardbook.findings.procedures import PROCEDURES
from wardbook.policy.model import Rulebook
from wardbook.records.engine import literal
from wardbook.report.narrative.document import Block, Column, Paragraph, Section, TableBlock
from wardbook.report.narrative.sentence import Cite, Sentence, Told
from wardbook.report.narrative.teller import Said, Teller, ended

_ROWS = "SELECT record_id FROM source_rows"

_COVERED = (
    ("hours", "hours"),
    ("riders", "a rider list"),
    ("stated_purpose", "a purpose"),
    ("invoiced", "an invoice"),
    ("start_at", "a time of day"),
    ("logged_at", "the time of the entry itself"),
)
"""The columns of a use whose coverage is shown: what a record must hold for a question to be answered."""


def method(teller: Teller, rulebook: Rulebook, findings: Sequence[Finding]) -> Iterator[Section]:
    """The part on method and limits, from the counters of the take-in and the facts that are not known."""
    yield Section("method", "Method and its limits", 1, (Paragraph(tuple(_held(teller))),))
    yield Section("method.rows", "Every row of every exhibit", 2, tuple(_rows(teller)))
    if teller.engine.count("uses"):
        yield Section(
            "method.coverage", "What the records cannot show", 2, tuple(_coverage(teller, rulebook))
        )
    yield Section("method.procedures", "What was looked for", 2, tuple(_procedures(teller, findings)))
    requests = tuple(_requests(teller))
    if requests:
        yield Section("method.requests", "What was asked for and did not come", 2, (Paragraph(requests),))


def _held(teller: Teller) -> Iterator[Sentence]:
    exhibits = teller.counted("SELECT count(*) FROM exhibits", "exhibit")
    rows = teller.counted("SELECT count(*) FROM source_rows", "row")
    if not teller.engine.count("source_rows"):
        yield teller.frame("method.empty", "The book holds no row of any record. ")
        return
    yield teller.fact(
        "method.held",
        "The book holds ",
        exhibits,
        " with ",
        rows,
        "; the bytes of each exhibit are kept under their digest and were checked before anything was read. ",
        found_by=_ROWS,
    )
    if not teller.engine.count("uses"):
        return
    yield teller.fact(
        "method.uses",
        "From ",
        teller.counted(
            "SELECT count(DISTINCT s) FROM (SELECT unnest(sources) AS s FROM uses)",
            "log entry",
            "log entries",
        ),
        " came ",
        teller.counted("SELECT count(*) FROM uses", "use"),
        ", from ",
        teller.day("SELECT min(date) FROM uses"),
        " to ",
        teller.day("SELECT max(date) FROM uses"),
        "; a use is counted once however many records name it. ",
        found_by="SELECT unnest(sources) FROM uses",
    )


def _rows(teller: Teller) -> Iterator[Paragraph]:
    sentences = []
    for fate, words in (
        ("record", " became records. "),
        ("not a record", " are no records by design, such as headings and totals. "),
    ):
        query = f"SELECT count(*) FROM source_rows WHERE fate = {literal(fate)}"
        if teller.engine.one(query):
            found = (
                f"SELECT record_id FROM source_rows WHERE fate = {literal(fate)} AND record_id IS NOT NULL"
            )
            if teller.engine.one(f"SELECT count(*) FROM ({found})"):
                sentences.append(
                    teller.fact(f"method.rows.{fate}", teller.counted(query, "row"), words, found_by=found)
                )
    aside = teller.engine.count("set_aside")
    if aside:
        sentences.append(
            teller.fact(
                "method.rows.aside",
                teller.counted("SELECT count(*) FROM source_rows WHERE fate = 'set aside'", "row"),
                " could not be read with certainty, were set aside, and count in no figure of this report. ",
                found_by="SELECT coalesce(record_id, exhibit) FROM set_aside",
            )
        )
    else:
        sentences.append(teller.frame("method.rows.none", "No row was set aside. "))
    yield Paragraph(tuple(sentences))


_ASIDE = """
    SELECT o.path, CAST(s.page AS VARCHAR) AS page, CAST(s.line AS VARCHAR) AS line, s.expected, s.found,
        [coalesce(s.record_id, s.exhibit)] AS sources
    FROM set_aside AS s
    LEFT JOIN (SELECT exhibit, min(path) AS path FROM occurrences GROUP BY exhibit) AS o USING (exhibit)
    ORDER BY o.path, s.page NULLS FIRST, s.line NULLS FIRST, s.record_id, s.found
"""


def set_aside_table(teller: Teller) -> Iterator[Section]:
    """The rows that were set aside, for the appendix."""
    if teller.engine.count("set_aside"):
        columns = (
            Column("exhibit"),
            Column("page", "count"),
            Column("line", "count"),
            Column("expected"),
            Column("found", "raw"),
        )
        caption = "Rows set aside: one a row that could not be read with certainty"
        table = teller.table("aside", caption, columns, _ASIDE, "set_aside.csv")
        yield Section("sources.aside", "Rows set aside", 2, (table,))


def _coverage(teller: Teller, rulebook: Rulebook) -> Iterator[Block]:
    sentences = [teller.frame("coverage.lead", "A record that does not exist is not evidence of anything. ")]
    for column, what in _COVERED:
        lacking = f"FROM uses WHERE {column} IS NULL"
        missing = teller.engine.one(f"SELECT count(*) {lacking}")
        if not missing:
            continue
        since = f"SELECT min(date) FROM uses WHERE {column} IS NOT NULL"
        first = teller.engine.one(since)
        before = f"{lacking} AND date < ({since})"
        said: tuple[Said, ...] = ()
        if first and teller.engine.one(f"SELECT count(*) {before}"):
            said = (
                "; the first with one is of ",
                teller.day(since),
                ", and ",
                teller.counted(f"SELECT count(*) {before}", "use"),
                " came before it without one",
            )
        elif first is None:
            said = ("; no use has one",)
        sentences.append(
            teller.fact(
                f"coverage.{column}",
                "Of ",
                teller.counted("SELECT count(*) FROM uses", "use"),
                ", ",
                teller.count(f"SELECT count(*) {lacking}"),
                f" {'is' if missing == 1 else 'are'} without {what} on record",
                *said,
                ". ",
                found_by=f"SELECT unnest(sources) {lacking}",
            )
        )
    yield Paragraph(tuple(sentences))
    yield _by_year(teller)
    unknown = tuple(_unknown(teller, rulebook))
    if unknown:
        yield Paragraph(unknown, "Facts not known")


def _by_year(teller: Teller) -> TableBlock:
    """Uses by year, and how many have what: what the records of a year can show at all."""
    counts = ", ".join(f"count({column}) AS with_{column}" for column, _ in _COVERED)
    query = f"""
        SELECT coalesce(strftime(date, '%Y'), 'no day') AS year, count(*) AS uses, {counts}
        FROM uses GROUP BY 1 ORDER BY 1
    """
    columns = (
        Column("year"),
        Column("uses", "count"),
        *(Column(f"with {what}", "count") for _, what in _COVERED),
    )
    caption = "Uses by year, and how many have on record what a question needs"
    return teller.table("coverage.years", caption, columns, query, "uses.csv")


def _unknown(teller: Teller, rulebook: Rulebook) -> Iterator[Sentence]:
    """The facts that the rulebook reads, and for how many uses each is not known."""
    held = {row[0] for row in teller.engine.rows("SELECT column_name FROM (DESCRIBE facts)")}
    for fact in rulebook.facts:
        settled = (
            (" What would settle it: ", Told(fact.settled_by, "rulebook"), ".") if fact.settled_by else ()
        )
        name = Told(f"“{fact.name}”", "rulebook")
        if fact.reads not in held:
            yield teller.fact(
                f"unknown.{fact.name}",
                "No record of the book tells the fact ",
                name,
                ", which the rulebook asks for.",
                *settled,
                " ",
                found_by="SELECT unnest(sources) FROM uses",
            )
            continue
        query = f"FROM facts WHERE {fact.reads} IS NULL"
        if teller.engine.one(f"SELECT count(*) {query}"):
            yield teller.fact(
                f"unknown.{fact.name}",
                "The fact ",
                name,
                " is not known of ",
                teller.counted(f"SELECT count(*) {query}", "use"),
                ".",
                *settled,
                " ",
                found_by=f"SELECT unnest(sources) FROM uses WHERE use_id IN (SELECT use_id {query})",
            )


def _procedures(teller: Teller, findings: Sequence[Finding]) -> Iterator[Paragraph]:
    read = "SELECT record_id FROM source_rows WHERE fate = 'record' AND record_id IS NOT NULL"
    if not teller.engine.one(f"SELECT count(*) FROM ({read})"):
        return
    base = teller.fact(
        "looked.rows",
        "Each procedure below was run over all of ",
        teller.counted("SELECT count(*) FROM source_rows WHERE fate = 'record'", "record"),
        ". ",
        found_by=read,
    )
    yield Paragraph((base,))
    found = {finding.procedure for finding in findings}
    for label, codes in (("Found something", found), ("Found nothing", {p.code for p in PROCEDURES} - found)):
        told = tuple(_ran(teller, procedure, base) for procedure in PROCEDURES if procedure.code in codes)
        if told:
            yield Paragraph(told, label)


def _ran(teller: Teller, procedure: Procedure, base: Sentence) -> Sentence:
    code = procedure.code
    said = (Cite(code, f"procedure:{code}"), " ", Told(ended(procedure.name), "procedure"), " ")
    return teller.analysis(f"looked.{code}", *said, rests_on=[base], method=code)


def _requests(teller: Teller) -> Iterator[Sentence]:
    rows = teller.engine.rows("""
        SELECT q.entry, q.whom, q.words, q.due, a.entry, a.produced, a.words
        FROM acts AS q LEFT JOIN acts AS a ON a.kind = 'answer' AND a.request = q.entry
        WHERE q.kind = 'request' ORDER BY q.entry, a.entry
    """)
    for number, (entry, whom, words, due, answer, produced, reply) in enumerate(rows):
        if produced:
            continue
        by = (", due by ", Told(due.isoformat(), "record")) if due else ()
        end = (
            (" No answer is on record. ",)
            if answer is None
            else (" The answer: ", Told(reply or "no records", "record"), ". ")
        )
        sources = [f"log:{one}" for one in (entry, answer) if one is not None]
        yield teller.fact(
            f"request.{number}",
            "Records were asked of ",
            Told(whom or "someone not named", "record", "person"),
            by,
            ": ",
            Told(words or "", "record"),
            ".",
            *end,
            sources=sources,
        )
