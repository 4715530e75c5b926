"""The appendix: the exhibits, and the place of every record that the report names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine, literal
from wardbook.records.schema import BOOK_TABLES, TEXT, Column, Table
from wardbook.report.narrative import document
from wardbook.report.narrative.document import Exhibit, Line, Section
from wardbook.report.narrative.teller import Teller
from wardbook.report.payload import clipped

_NAMED = Table("report_told", "a record that the report names", (Column("record_id", TEXT, "the record"),))

EXHIBITS = "sources.exhibits"
"""The id of the table of exhibits."""

ACT = "log:"
"""Before the number of an entry of the book's log, where a sentence names one."""

LAW = "law:"
"""Before the anchor of a passage of the rulebook, where a sentence names one."""


def exhibits(engine: Engine) -> tuple[Exhibit, ...]:
    """Every exhibit with its name, reader and rows."""
    rows = engine.rows("""
        SELECT x.exhibit, coalesce(o.path, '(no name)'), coalesce(x.reader, ''), coalesce(x.rows_held, 0)
        FROM exhibits AS x
        LEFT JOIN (SELECT exhibit, min(path) AS path FROM occurrences GROUP BY exhibit) AS o USING (exhibit)
        ORDER BY 2, 1
    """)
    return tuple(Exhibit(*row) for row in rows)


def exhibits_section(teller: Teller) -> Iterator[Section]:
    """The exhibits as a table: name, reader, rows, digest."""
    query = """
        SELECT o.path, x.reader, x.rows_held, x.exhibit, [x.exhibit] AS sources
        FROM exhibits AS x
        LEFT JOIN (SELECT exhibit, min(path) AS path FROM occurrences GROUP BY exhibit) AS o USING (exhibit)
        ORDER BY 1, 4
    """
    columns = (
        document.Column("exhibit"),
        document.Column("read as"),
        document.Column("rows", "count"),
        document.Column("SHA-256", "digest"),
    )
    caption = "Exhibits: one a file of distinct bytes, however often it came"
    yield Section("sources", "Sources", 1, (teller.table(EXHIBITS, caption, columns, query),))


_USES = """
    SELECT u.use_id, u.date, u.agency, d.purpose, d.permitted, d.security_reason, d.rule, d.reason, d.missing,
        u.sources
    FROM uses AS u LEFT JOIN determinations AS d USING (use_id)
    ORDER BY u.date NULLS FIRST, u.use_id
"""


def uses_table(teller: Teller) -> Iterator[Section]:
    """Every use with what was decided and why: the first rows of ``determinations.csv``."""
    if not teller.engine.count("uses"):
        return
    columns = (
        document.Column("use", "use"),
        document.Column("day", "day"),
        document.Column("using agency", "agency"),
        document.Column("purpose"),
        document.Column("permitted"),
        document.Column("security the reason"),
        document.Column("rule"),
        document.Column("reason", "detail"),
        document.Column("what would settle it"),
    )
    table = teller.table(
        "sources.uses",
        "Uses in order of their days, and what was decided of each",
        columns,
        _USES,
        "determinations.csv",
    )
    yield Section("sources.uses", "Use by use", 2, (table,))


def lines(engine: Engine, rulebook: Rulebook, named: Iterable[str]) -> dict[str, Line]:
    """Where each named record stands and what stands there; a record nothing holds is not in the answer."""
    wanted = sorted(set(named))
    engine.load(_NAMED, [{"record_id": one} for one in wanted])
    try:
        return {
            **_records(engine),
            **_exhibits(engine),
            **_acts(engine, wanted),
            **_passages(rulebook, wanted),
        }
    finally:
        engine.define("DROP TABLE IF EXISTS report_told")


def _records(engine: Engine) -> Mapping[str, Line]:
    union = " UNION ALL ".join(
        f"SELECT record_id, exhibit, page, line, raw_text FROM {table.name} "
        "SEMI JOIN report_told USING (record_id)"
        for table in BOOK_TABLES
        if {"record_id", "raw_text"} <= set(table.names)
    )
    rows = engine.rows(
        "SELECT record_id, min(exhibit), min(page), min(line), max(raw_text) "
        f"FROM ({union}) GROUP BY record_id"
    )
    return {row[0]: Line(row[1] or "", row[2], row[3], clipped(row[4]) or "") for row in rows}


def _exhibits(engine: Engine) -> Mapping[str, Line]:
    rows = engine.rows("SELECT x.exhibit FROM exhibits AS x JOIN report_told AS t ON t.record_id = x.exhibit")
    return {sha256: Line(sha256, None, None, "the exhibit as a whole") for (sha256,) in rows}


def _passages(rulebook: Rulebook, wanted: Iterable[str]) -> Mapping[str, Line]:
    anchors = [one.removeprefix(LAW) for one in wanted if one.startswith(LAW)]
    return {
        f"{LAW}{anchor}": Line(rulebook.sha256, None, None, rulebook.law_titles.get(anchor, anchor))
        for anchor in anchors
        if anchor in rulebook.law
    }


def _acts(engine: Engine, wanted: Iterable[str]) -> Mapping[str, Line]:
    numbers = [one.removeprefix(ACT) for one in wanted if one.startswith(ACT)]
    if not numbers:
        return {}
    listed = ", ".join(literal(number) for number in numbers)
    rows = engine.rows(
        f"SELECT entry, kind, words FROM acts WHERE CAST(entry AS VARCHAR) IN ({listed}) ORDER BY entry"
    )
    return {
        f"{ACT}{entry}": Line("", None, entry, f"entry of the log: {kind}: {words or ''}")
        for entry, kind, words in rows
    }
