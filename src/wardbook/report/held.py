"""What the exhibits hold and what became of each row: read, set aside, no record by design."""

from __future__ import annotations

from dataclasses import dataclass

from wardbook.records.engine import Engine
from wardbook.report.payload import clipped
from wardbook.report.wording import place

EXHIBITS_SHOWN = 500
SET_ASIDE_SHOWN = 300


@dataclass(frozen=True)
class ExhibitRow:
    """One exhibit: its names, and its rows by fate beside the rows it holds."""

    exhibit: str
    names: tuple[str, ...]
    reader: str
    bytes: int
    held: int
    records: int
    set_aside: int
    not_records: int

    @property
    def balanced(self) -> bool:
        """Every row the exhibit holds has one fate."""
        return self.held == self.records + self.set_aside + self.not_records


@dataclass(frozen=True)
class AsideRow:
    """One row that could not be read as a record."""

    name: str
    place: str
    record_id: str
    expected: str
    found: str
    advice: str
    raw: str


@dataclass(frozen=True)
class UnreadRow:
    """One column no one used."""

    name: str
    column: str
    filled: int
    sample: str


@dataclass(frozen=True)
class NotRecordRow:
    """Rows that are no records by design, for one reason."""

    why: str
    rows: int


@dataclass(frozen=True)
class CostRow:
    """One cost that belongs to no use on record."""

    cost_id: str
    cost_class: str
    amount: str
    currency: str
    payer: str
    method: str


@dataclass(frozen=True)
class Held:
    """The account of all rows, and the lists that go with it; ``*_total`` count what the lists may cut."""

    exhibits: tuple[ExhibitRow, ...]
    exhibits_total: int
    totals: ExhibitRow
    set_aside: tuple[AsideRow, ...]
    set_aside_total: int
    unread: tuple[UnreadRow, ...]
    not_records: tuple[NotRecordRow, ...]


_NAMED = "(SELECT exhibit, min(path) AS path FROM occurrences GROUP BY exhibit)"

_EXHIBITS = """
    SELECT x.exhibit, coalesce(o.names, []) AS names, coalesce(x.reader, '') AS reader,
           coalesce(x.bytes, 0) AS bytes,
           coalesce(x.rows_held, 0) AS held, coalesce(r.records, 0) AS records,
           coalesce(r.set_aside, 0) AS set_aside, coalesce(r.not_records, 0) AS not_records
    FROM exhibits AS x
    LEFT JOIN (
        SELECT exhibit, list_sort(list(path)) AS names FROM occurrences GROUP BY exhibit
    ) AS o USING (exhibit)
    LEFT JOIN (
        SELECT exhibit, count(*) FILTER (fate = 'record') AS records,
               count(*) FILTER (fate = 'set aside') AS set_aside,
               count(*) FILTER (fate = 'not a record') AS not_records
        FROM source_rows GROUP BY exhibit
    ) AS r USING (exhibit)
"""


def held(engine: Engine) -> Held:
    """The account of the rows of every exhibit, with what was set aside and which columns went unread."""
    return Held(
        exhibits=_exhibits(engine),
        exhibits_total=engine.count("exhibits"),
        totals=_totals(engine),
        set_aside=_set_aside(engine),
        set_aside_total=engine.count("set_aside"),
        unread=_unread(engine),
        not_records=_not_records(engine),
    )


def costs_without_use(engine: Engine, limit: int = 200) -> tuple[CostRow, ...]:
    """Costs that belong to no use on record, with where the rule leaves them."""
    rows = engine.rows(f"""
        SELECT c.cost_id, c.cost_class, CAST(c.amount AS VARCHAR), c.currency, coalesce(min(a.payer), ''),
               coalesce(min(a.method), '')
        FROM costs AS c LEFT JOIN allocations AS a USING (cost_id)
        WHERE c.use_id IS NULL GROUP BY c.cost_id, c.cost_class, c.amount, c.currency
        ORDER BY c.cost_class, c.cost_id LIMIT {limit:d}
    """)  # noqa: S608
    return tuple(CostRow(*row) for row in rows)


def _exhibits(engine: Engine) -> tuple[ExhibitRow, ...]:
    rows = engine.rows(f"{_EXHIBITS} ORDER BY names, exhibit LIMIT {EXHIBITS_SHOWN}")
    return tuple(ExhibitRow(exhibit, tuple(names), *rest) for exhibit, names, *rest in rows)


def _totals(engine: Engine) -> ExhibitRow:
    ((size, rows, records, aside, no_records),) = engine.rows(f"""
        SELECT coalesce(sum(bytes), 0)::BIGINT, coalesce(sum(held), 0)::BIGINT,
               coalesce(sum(records), 0)::BIGINT, coalesce(sum(set_aside), 0)::BIGINT,
               coalesce(sum(not_records), 0)::BIGINT
        FROM ({_EXHIBITS})
    """)  # noqa: S608
    return ExhibitRow("", (), "", size, rows, records, aside, no_records)


def _set_aside(engine: Engine) -> tuple[AsideRow, ...]:
    rows = engine.rows(f"""
        SELECT coalesce(o.path, ''), s.page, s.line, s.record_id, coalesce(s.expected, ''),
               coalesce(s.found, ''), coalesce(s.advice, ''), s.raw_text
        FROM set_aside AS s LEFT JOIN {_NAMED} AS o USING (exhibit)
        ORDER BY o.path, s.page NULLS FIRST, s.line NULLS FIRST, s.record_id, s.found LIMIT {SET_ASIDE_SHOWN}
    """)  # noqa: S608
    return tuple(
        AsideRow(name, place(page, line), record or "", expected, found, advice, clipped(raw) or "")
        for name, page, line, record, expected, found, advice, raw in rows
    )


def _unread(engine: Engine) -> tuple[UnreadRow, ...]:
    rows = engine.rows(f"""
        SELECT coalesce(o.path, u.exhibit), u.column_name, u.filled, coalesce(u.sample, '')
        FROM unread_columns AS u LEFT JOIN {_NAMED} AS o USING (exhibit)
        ORDER BY o.path, u.column_name, u.filled, u.sample LIMIT {EXHIBITS_SHOWN}
    """)  # noqa: S608
    return tuple(UnreadRow(*row) for row in rows)


def _not_records(engine: Engine) -> tuple[NotRecordRow, ...]:
    rows = engine.rows("""
        SELECT coalesce("into", ''), count(*) AS n FROM source_rows WHERE fate = 'not a record'
        GROUP BY 1 ORDER BY n DESC, 1 LIMIT 60
    """)
    return tuple(NotRecordRow(*row) for row in rows)
