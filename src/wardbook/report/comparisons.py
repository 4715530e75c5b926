"""Stated figures tested, and names and entries compared: what stood side by side, and what it gave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from wardbook.records.engine import Engine
from wardbook.report.finding_groups import SourceLine, line_of
from wardbook.report.shown import PAIRS_SHOWN
from wardbook.report.wording import quantity

_ORDER = "CASE verdict WHEN 'unsure' THEN 1 WHEN 'same' THEN 2 ELSE 3 END"


@dataclass(frozen=True)
class StatedFigure:
    """One stated figure, what the book gives, and the working."""

    assertion_id: str
    what: str
    stated_by: str
    stated_on: date | None
    scope: str
    citation: str
    stated: str
    computed: str
    difference: str
    unit: str
    working: str
    sources: tuple[SourceLine, ...]
    concluded: str = ""
    fact: str = ""


@dataclass(frozen=True)
class Verdict:
    """The stated figures under one verdict."""

    name: str
    figures: tuple[StatedFigure, ...]


@dataclass(frozen=True)
class NamePair:
    """Two names compared."""

    left: str
    right: str
    score: int | None
    comparisons: str
    verdict: str
    decided_by: str


@dataclass(frozen=True)
class EntryPair:
    """Two log entries compared: what they are (day, vehicle, route) and where they stand."""

    what: str
    left: SourceLine
    right: SourceLine
    comparisons: str
    verdict: str
    decided_by: str


@dataclass(frozen=True)
class Judgement:
    """One human decision as the page lists it; ``stands`` is False where a later one replaced it."""

    kind: str
    left: str
    right: str
    verdict: str
    by_whom: str
    at: str
    why: str
    stands: bool


@dataclass(frozen=True)
class Pairs:
    """Comparisons listed, with the number of all by verdict."""

    counts: tuple[tuple[str, int], ...]
    names: tuple[NamePair, ...] = ()
    entries: tuple[EntryPair, ...] = ()

    @property
    def total(self) -> int:
        """All comparisons made."""
        return sum(n for _, n in self.counts)

    @property
    def left_out(self) -> int:
        """Comparisons that are not listed."""
        return self.total - len(self.names) - len(self.entries)


def stated_figures(engine: Engine, lines: dict[str, SourceLine]) -> tuple[Verdict, ...]:
    """The tests of stated figures by verdict: reproduced, differs, cannot be reproduced."""
    rows = engine.dicts("""
        SELECT t.* EXCLUDE (stated_by, stated_on, scope), a.stated_by, a.stated_on, a.scope, a.citation
        FROM assertion_tests AS t
        LEFT JOIN (
            SELECT assertion_id, min(stated_by) AS stated_by, min(stated_on) AS stated_on,
                   min(scope) AS scope, min(citation) AS citation
            FROM assertions GROUP BY assertion_id
        ) AS a USING (assertion_id)
        ORDER BY t.assertion_id, t.quantity, t.stated
    """)
    verdicts = ("reproduced", "differs", "cannot be reproduced")
    return tuple(
        Verdict(verdict, tuple(_stated(row, lines) for row in rows if row["verdict"] == verdict))
        for verdict in verdicts
    )


def _stated(row: dict[str, object], lines: dict[str, SourceLine]) -> StatedFigure:
    unit = row["unit"]
    sources = row["sources"]

    def text(name: str) -> str:
        return str(row[name] or "")

    def figure(name: str) -> str:
        return quantity(row[name], text("unit") or None)  # type: ignore[arg-type]

    stated_on = row["stated_on"]
    return StatedFigure(
        assertion_id=text("assertion_id"),
        what=text("quantity"),
        stated_by=text("stated_by"),
        stated_on=stated_on if isinstance(stated_on, date) else None,
        scope=text("scope"),
        citation=text("citation"),
        stated=figure("stated"),
        computed=figure("computed"),
        difference=figure("difference"),
        unit=str(unit or ""),
        working=text("working"),
        sources=tuple(line_of(lines, record) for record in sources) if isinstance(sources, list) else (),
        concluded=": ".join(word for word in (text("finding_verdict"), text("why")) if word),
        fact=text("fact"),
    )


def name_pairs(engine: Engine) -> Pairs:
    """Names that came close enough to be compared; unsure first."""
    rows = engine.rows(f"""
        SELECT left_name, right_name, score, coalesce(comparisons, ''), verdict, coalesce(decided_by, '')
        FROM person_comparisons
        QUALIFY row_number() OVER (
            PARTITION BY verdict ORDER BY score DESC, left_name, right_name
        ) <= {PAIRS_SHOWN:d}
        ORDER BY {_ORDER}, score DESC, left_name, right_name
    """)  # noqa: S608
    return Pairs(_counts(engine, "person_comparisons"), names=tuple(NamePair(*row) for row in rows))


def entry_pairs(engine: Engine, lines: dict[str, SourceLine]) -> Pairs:
    """Log entries that may be one use, from ``report_pairs``; unsure first."""
    rows = engine.rows(f"""
        SELECT concat_ws(' · ', e.day, e.vehicle, e.route_text), p.left_id, p.right_id,
               coalesce(p.comparisons, ''), p.verdict, coalesce(p.decided_by, '')
        FROM report_pairs AS p
        LEFT JOIN (
            SELECT record_id, min(day) AS day, min(vehicle) AS vehicle, min(route_text) AS route_text
            FROM log_entries GROUP BY record_id
        ) AS e ON e.record_id = p.left_id
        ORDER BY {_ORDER}, e.day, p.left_id, p.right_id, p.comparisons
    """)  # noqa: S608
    pairs = tuple(
        EntryPair(what, line_of(lines, left), line_of(lines, right), *words)
        for what, left, right, *words in rows
    )
    return Pairs(_counts(engine, "entry_comparisons"), entries=pairs)


def judgements(engine: Engine) -> tuple[Judgement, ...]:
    """Every human decision of the book's log, oldest first, each with who, when (UTC) and why."""
    rows = engine.rows("""
        SELECT kind, left_key, coalesce(right_key, ''), verdict, coalesce(by_whom, ''), judged_at,
               coalesce(why, ''),
               row_number() OVER (
                   PARTITION BY kind, least(left_key, coalesce(right_key, left_key)),
                       greatest(left_key, coalesce(right_key, left_key))
                   ORDER BY judged_at DESC NULLS LAST, verdict DESC
               ) = 1
        FROM judgements
        ORDER BY judged_at NULLS FIRST, kind, left_key, right_key, verdict
    """)
    return tuple(
        Judgement(kind, left, right, verdict, by_whom, _moment(at), why, stands)
        for kind, left, right, verdict, by_whom, at, why, stands in rows
    )


def _moment(at: object) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if isinstance(at, datetime) else "not on record"


def _counts(engine: Engine, relation: str) -> tuple[tuple[str, int], ...]:
    query = f"SELECT verdict, count(*) FROM {relation} GROUP BY verdict ORDER BY {_ORDER}, verdict"  # noqa: S608
    return tuple((verdict, n) for verdict, n in engine.rows(query))
