"""How sentences are made: figures only out of queries, sources only out of records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from wardbook.records.engine import Engine
from wardbook.report.narrative.document import Column, TableBlock
from wardbook.report.narrative.sentence import (
    ANALYSIS,
    FACT,
    FRAME,
    SOURCES_NAMED,
    Figure,
    Part,
    Sentence,
    Words,
    check_sentence,
)
from wardbook.report.wording import money, whole

Said = str | Part | Sequence["Said"]
"""What a sentence is made of; text of the program's own may be given as it is."""

ROWS_SHOWN = 400
"""Of a table the report prints so many rows; the file beside it holds all."""


class Teller:
    """Makes the sentences and tables of a report from the relations in ``engine``."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    # ------------------------------------------------------------ figures

    def count(self, query: str, of: str = "") -> Figure:
        """The whole number that ``query`` gives."""
        value = int(self.engine.one(query))
        return Figure(whole(value), str(value), query, of)

    def counted(self, query: str, one: str, many: str | None = None) -> tuple[Part, ...]:
        """The number with its noun: ``1 use``, ``1,172 uses``."""
        figure = self.count(query)
        return figure, Words(" " + (one if figure.value == "1" else many or one + "s"))

    def amount(self, query: str, currency: str | None) -> Figure:
        """The sum of money that ``query`` gives, in ``currency``."""
        value = Decimal(self.engine.one(query) or 0)
        return Figure(money(value, currency), str(value), query)

    def decimal(self, query: str) -> Figure:
        """The number with decimals that ``query`` gives."""
        value = Decimal(self.engine.one(query) or 0)
        return Figure(f"{value.normalize():,f}".replace("-", "−"), str(value), query)

    def day(self, query: str) -> Figure | Words:
        """The day that ``query`` gives."""
        value = self.engine.one(query)
        return Figure(value.isoformat(), value.isoformat(), query) if value else Words("a day not on record")

    # ------------------------------------------------------------ sentences

    def fact(self, name: str, *said: Said, found_by: str = "", sources: Sequence[str] = ()) -> Sentence:
        """A fact: ``sources`` are its record_ids, or ``found_by`` gives them (one column, any order)."""
        if found_by:
            named, total, exhibits = self._found(found_by)
        else:
            every = sorted(set(sources))
            named, total = tuple(every[:SOURCES_NAMED]), len(every)
            exhibits = tuple(sorted({exhibit_of(one) for one in every}))
        made = Sentence(name, FACT, _parts(said), named, total, found_by, exhibits=exhibits)
        check_sentence(made)
        return made

    def _found(self, query: str) -> tuple[tuple[str, ...], int, tuple[str, ...]]:
        ((named, total, exhibits),) = self.engine.rows(
            f"SELECT min(r, {SOURCES_NAMED:d}), count(*), "
            "list_sort(list(DISTINCT left(split_part(r, ':', 1), 12))) "
            f"FROM (SELECT DISTINCT r FROM ({query}) AS q(r) WHERE r IS NOT NULL)"
        )
        return tuple(named or ()), total, tuple(exhibits or ())

    def analysis(self, name: str, *said: Said, rests_on: Iterable[Sentence], method: str) -> Sentence:
        """What follows from the facts ``rests_on`` by ``method`` (a rule, a procedure, a named method)."""
        base = tuple(rests_on)
        made = Sentence(
            name,
            ANALYSIS,
            _parts(said),
            rests_on=tuple(one.id for one in base),
            method=method,
            exhibits=tuple(sorted({exhibit for one in base for exhibit in one.exhibits})),
        )
        check_sentence(made)
        return made

    def frame(self, name: str, *said: Said) -> Sentence:
        """Words that lead the reader."""
        made = Sentence(name, FRAME, _parts(said))
        check_sentence(made)
        return made

    # ------------------------------------------------------------ tables

    def table(
        self, name: str, caption: str, columns: Sequence[Column], query: str, file: str = ""
    ) -> TableBlock:
        """The table whose rows ``query`` gives, in its order; a column of it named ``sources`` is a list."""
        fetched = self.engine.dicts(f"SELECT * FROM ({query}) LIMIT {ROWS_SHOWN:d}")
        total = self.engine.one(f"SELECT count(*) FROM ({query})")
        rows = tuple(
            tuple(
                _cell(value, column)
                for value, column in zip((v for k, v in row.items() if k != "sources"), columns, strict=True)
            )
            for row in fetched
        )
        sources = tuple(tuple((row.get("sources") or [])[:SOURCES_NAMED]) for row in fetched)
        return TableBlock(
            name,
            caption,
            tuple(columns),
            rows,
            query,
            file,
            total - len(rows),
            sources if any(sources) else (),
        )


def exhibit_of(record_id: str) -> str:
    """The first digits of the digest of the exhibit that a record, or an exhibit, is named by."""
    return record_id.split(":")[0][:12]


def _parts(said: Iterable[Said]) -> tuple[Part, ...]:
    made: list[Part] = []
    for one in said:
        if isinstance(one, str):
            made.append(Words(one))
        elif isinstance(one, Part):
            made.append(one)
        else:
            made.extend(_parts(one))
    return tuple(made)


def _cell(value: object, column: Column) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return whole(value) if column.is_figure else str(value)
    if isinstance(value, Decimal):
        sign = "−" if value < 0 else ""
        return f"{sign}{abs(value):,f}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def ended(text: str) -> str:
    """``text`` as a sentence: with a full stop where it ends in none."""
    return text if text.endswith((".", "!", "?", "”", ":")) else f"{text}."
