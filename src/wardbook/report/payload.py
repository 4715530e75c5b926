"""What the page's script reads: uses, findings, records and law as compact JSON, safe to stand in HTML.

Texts stand once in ``texts``; elsewhere a text is its number in that list. Records likewise are numbered.
The script puts every text on the page as text, never as markup.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from wardbook.findings.finding import Finding
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine, literal
from wardbook.records.schema import FACTS
from wardbook.report.shown import records_query

if TYPE_CHECKING:
    from wardbook.audit import Audit

Row = list[Any]

RAW_TEXT_SHOWN = 4_000
"""Characters of one record's text the page carries; the exhibit holds the rest."""


class Texts:
    """Each text once, by number, in the order first seen."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __call__(self, value: object) -> int | None:
        """The number of ``value`` as text; None for None."""
        if value is None:
            return None
        return self._numbers.setdefault(cell_text(value), len(self._numbers))

    def all(self) -> list[str]:
        """All texts, in the order of their numbers."""
        return list(self._numbers)


def cell_text(value: object) -> str:
    """A cell as text: days ISO, instants ISO in UTC to the minute, yes and no, decimals as they are."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes").replace("+00:00", " UTC")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value)


def script_json(value: object) -> str:
    """JSON that may stand inside a script element: no ``<``, ``>``, ``&`` and nothing beyond ASCII."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def payload(audit: Audit, findings: Sequence[Finding]) -> dict[str, Any]:
    """The data of the page: uses in ``report_shown``, records in ``report_wanted``, findings printed."""
    engine, texts = audit.engine, Texts()
    records, numbers = _records(engine, texts)
    uses = _uses(engine, texts, numbers)
    facts = _facts(engine, audit.rulebook, texts, numbers)
    costs = _costs(engine, texts, numbers)
    shares = _shares(engine, texts)
    places = _places(engine, texts)
    order = {row[0]: n for n, row in enumerate(uses)}
    for row in uses:
        key = row[0]
        row += [facts[key], costs[key], shares[key], places[key]]
        row[0] = texts(key)
    return {
        "exhibits": _exhibits(engine, texts),
        "records": records,
        "uses": uses,
        "findings": [
            [f.finding_id, f.title, [order[use] for use in f.uses if use in order]] for f in findings
        ],
        "law": _law(audit.rulebook),
        "anchors": _anchors(engine, audit.rulebook, texts),
        "texts": texts.all(),
    }


def _exhibits(engine: Engine, texts: Texts) -> dict[str, list[int | None]]:
    rows = engine.rows("""
        SELECT exhibit, list_sort(list(DISTINCT path)) FROM occurrences
        WHERE exhibit IN (SELECT exhibit FROM exhibits) GROUP BY exhibit ORDER BY exhibit
    """)
    return {exhibit: [texts(path) for path in paths] for exhibit, paths in rows}


def _records(engine: Engine, texts: Texts) -> tuple[list[Row], dict[str, int]]:
    rows = engine.rows(records_query("report_wanted"))
    numbers = {row[0]: n for n, row in enumerate(rows)}
    return [[texts(r), texts(x), page, line, texts(clipped(raw))] for r, x, page, line, raw in rows], numbers


def clipped(raw: str | None) -> str | None:
    """A record's text as far as the page shows it, with a plain note of what is left out."""
    if raw is None or len(raw) <= RAW_TEXT_SHOWN:
        return raw
    return f"{raw[:RAW_TEXT_SHOWN]} … [{len(raw) - RAW_TEXT_SHOWN:,d} more characters in the exhibit]"


def _sources(ids: Sequence[str] | None, numbers: dict[str, int]) -> list[int | str]:
    """Records by number; a record no table holds by its own id, so that it is not lost."""
    return [numbers.get(record, record) for record in ids or ()]


_USE_TEXTS = (
    "date, vehicle, route, hours, riders, stated_purpose, agency, division, task, trip, invoiced, currency, "
    "start_at, end_at, logged_at, rule, cites, purpose, security_reason, permitted, costs, reason, missing"
)


def _uses(engine: Engine, texts: Texts, numbers: dict[str, int]) -> list[Row]:
    rows = engine.rows(f"""
        SELECT u.use_id, u.sources, {_USE_TEXTS}
        FROM uses AS u SEMI JOIN report_shown USING (use_id)
        LEFT JOIN determinations AS d ON d.use_id = u.use_id
        ORDER BY u.date NULLS LAST, u.start_at NULLS LAST, u.use_id
    """)  # noqa: S608
    return [[row[0], _sources(row[1], numbers), *(texts(cell) for cell in row[2:])] for row in rows]


def _facts(engine: Engine, rulebook: Rulebook, texts: Texts, numbers: dict[str, int]) -> dict[str, list[Row]]:
    """For each use the facts its rules read: name, value, basis in words, records."""
    known = engine.dicts("SELECT * FROM facts SEMI JOIN report_shown USING (use_id)")
    values = {row["use_id"]: row for row in known}
    reads = {fact.name: fact.reads for fact in rulebook.facts}
    named = ", ".join(f"({literal(name)}, {literal(read)})" for name, read in sorted(reads.items()))
    rows = engine.rows(f"""
        WITH used AS (
            SELECT use_id, unnest(facts_used) AS name
            FROM determinations SEMI JOIN report_shown USING (use_id)
        ), named(name, reads) AS (VALUES {named or "('', '')"})
        SELECT used.use_id, used.name, coalesce(n.reads, used.name) AS reads, b.basis, list_sort(b.sources)
        FROM used LEFT JOIN named AS n ON n.name = used.name
        LEFT JOIN fact_bases AS b ON b.use_id = used.use_id AND b.fact = coalesce(n.reads, used.name)
        ORDER BY ALL
    """)  # noqa: S608
    facts: dict[str, list[Row]] = defaultdict(list)
    for use, name, read, basis, sources in rows:
        value = values.get(use, {}).get(read) if read in FACTS.names else None
        facts[use].append([texts(name), texts(value), texts(basis), _sources(sources, numbers)])
    return facts


def _costs(engine: Engine, texts: Texts, numbers: dict[str, int]) -> dict[str, list[Row]]:
    rows = engine.rows("""
        SELECT use_id, cost_id, cost_class, basis, amount, computed, invoiced, currency, sources
        FROM costs SEMI JOIN report_shown USING (use_id) ORDER BY use_id, cost_id, cost_class
    """)
    costs: dict[str, list[Row]] = defaultdict(list)
    for use, *cells, sources in rows:
        costs[use].append([*(texts(cell) for cell in cells), _sources(sources, numbers)])
    return costs


def _shares(engine: Engine, texts: Texts) -> dict[str, list[Row]]:
    rows = engine.rows("""
        SELECT use_id, cost_class, payer, method, amount, currency, cites
        FROM allocations SEMI JOIN report_shown USING (use_id)
        ORDER BY use_id, cost_class, cost_id, payer, amount, method
    """)
    shares: dict[str, list[Row]] = defaultdict(list)
    for use, *cells in rows:
        shares[use].append([texts(cell) for cell in cells])
    return shares


def _places(engine: Engine, texts: Texts) -> dict[str, list[int | None]]:
    rows = engine.rows("""
        SELECT DISTINCT use_id, place FROM (
            SELECT use_id, from_place AS place FROM legs WHERE track_id IS NULL
            UNION ALL SELECT use_id, to_place FROM legs WHERE track_id IS NULL
        ) SEMI JOIN report_shown USING (use_id) WHERE place IS NOT NULL ORDER BY ALL
    """)
    places: dict[str, list[int | None]] = defaultdict(list)
    for use, place in rows:
        places[use].append(texts(place))
    return places


def _law(rulebook: Rulebook) -> dict[str, list[str]]:
    return {anchor: [rulebook.law_titles.get(anchor, anchor), text] for anchor, text in rulebook.law.items()}


def _anchors(engine: Engine, rulebook: Rulebook, texts: Texts) -> list[Row]:
    """For each pair of rules and citation that decided a use, the anchors of the law they rest on."""
    rows = engine.rows("""
        SELECT DISTINCT rule, cites FROM determinations SEMI JOIN report_shown USING (use_id) ORDER BY ALL
    """)
    return [[texts(rule), texts(cites), law_of(rulebook, rule, cites)] for rule, cites in rows]


def law_of(rulebook: Rulebook, rules: str | None, cites: str | None) -> list[str]:
    """The anchors behind a determination: those its rules and its citation name, in order."""
    names = set(_pieces(rules))
    wanted = {anchor for rule in rulebook.rules if rule.name in names for anchor in rule.anchors}
    for piece in _pieces(cites):
        wanted.add(piece.strip("[]#() "))
        wanted |= {anchor for anchor, title in rulebook.law_titles.items() if title == piece}
    return [anchor for anchor in rulebook.law if anchor in wanted]


def _pieces(text: str | None) -> Iterable[str]:
    return (piece.strip() for piece in (text or "").split(";") if piece.strip())
