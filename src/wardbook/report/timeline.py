"""Uses a month, stacked by determination, as shapes for the page."""

from __future__ import annotations

from dataclasses import dataclass

from wardbook.records.engine import Engine
from wardbook.report.figures import ANSWERS, filtered

WIDTH = 960
HEIGHT = 220
_LEFT, _BOTTOM, _TOP = 38, 26, 12


@dataclass(frozen=True)
class Piece:
    """One part of a bar: the uses of a month with one answer."""

    y: float
    height: float
    style: str


@dataclass(frozen=True)
class Bar:
    """One month."""

    x: float
    width: float
    pieces: tuple[Piece, ...]
    title: str
    filter: str


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: position and words."""

    at: float
    text: str


@dataclass(frozen=True)
class YearRow:
    """One year of the timeline as a row of a table: uses by answer."""

    year: str
    counts: tuple[int, ...]
    total: int
    filter: str


@dataclass(frozen=True)
class Timeline:
    """The chart of uses a month, with the same numbers by year."""

    width: int
    height: int
    base: float
    left: float
    bars: tuple[Bar, ...]
    years: tuple[Tick, ...]
    levels: tuple[Tick, ...]
    rows: tuple[YearRow, ...]


STYLES = {"no": "no", "cannot be determined": "open", "yes": "yes"}
"""The style class of each answer."""


def timeline(engine: Engine) -> Timeline | None:
    """Uses a month by answer on permission; None where no use has a day."""
    rows = engine.rows("""
        SELECT year(u.date) * 12 + month(u.date) - 1 AS m,
               coalesce(d.permitted, 'cannot be determined'), count(*)
        FROM uses AS u LEFT JOIN determinations AS d USING (use_id)
        WHERE u.date IS NOT NULL GROUP BY 1, 2
    """)
    if not rows:
        return None
    counts = {(month, answer): n for month, answer, n in rows}
    months = range(min(row[0] for row in rows), max(row[0] for row in rows) + 1)
    most = max(sum(counts.get((m, a), 0) for a in ANSWERS) for m in months)
    step = _level_step(most)
    top = -(-most // step) * step
    slot = (WIDTH - _LEFT) / len(months)
    base = HEIGHT - _BOTTOM
    unit = (base - _TOP) / top
    return Timeline(
        width=WIDTH,
        height=HEIGHT,
        base=base,
        left=_LEFT,
        bars=tuple(_bar(counts, m, _LEFT + (m - months[0]) * slot, slot, base, unit) for m in months),
        years=tuple(_years(months, slot)),
        levels=tuple(Tick(round(base - n * unit, 1), f"{n:,d}") for n in range(0, top + 1, step)),
        rows=_rows(counts),
    )


def _bar(
    counts: dict[tuple[int, str], int], month: int, x: float, slot: float, base: float, unit: float
) -> Bar:
    name = f"{month // 12:04d}-{month % 12 + 1:02d}"
    width = min(slot * 0.8, 26.0)
    pieces, below = [], 0
    for answer in ANSWERS:
        n = counts.get((month, answer), 0)
        if n:
            below += n
            pieces.append(Piece(round(base - below * unit, 1), round(n * unit, 1), STYLES[answer]))
    words = ", ".join(f"{answer} {counts.get((month, answer), 0)}" for answer in ANSWERS)
    title = f"{name}: {below} use{'' if below == 1 else 's'} (permitted: {words})"
    return Bar(round(x + (slot - width) / 2, 2), round(width, 2), tuple(pieces), title, filtered(month=name))


def _years(months: range, slot: float) -> list[Tick]:
    """A tick at each January, and the first month named where it is none or few months are shown."""
    if len(months) <= 18:
        return [
            Tick(round(_LEFT + (i + 0.5) * slot, 1), f"{m // 12:04d}-{m % 12 + 1:02d}")
            for i, m in enumerate(months)
            if len(months) <= 9 or i % 3 == 0
        ]
    every = max(len(months) // 12 // 14, 1)
    return [
        Tick(round(_LEFT + i * slot, 1), f"{m // 12}")
        for i, m in enumerate(months)
        if m % 12 == 0 and (m // 12) % every == 0
    ]


def _level_step(most: int) -> int:
    step = 1
    while most / step > 4:
        step = step * 2 if str(step)[0] in "15" else step * 5 // 2
    return step


def _rows(counts: dict[tuple[int, str], int]) -> tuple[YearRow, ...]:
    rows = []
    for year in sorted({month // 12 for month, _ in counts}):
        by_answer = tuple(
            sum(n for (m, a), n in counts.items() if m // 12 == year and a == answer) for answer in ANSWERS
        )
        rows.append(YearRow(f"{year:04d}", by_answer, sum(by_answer), filtered(year=f"{year:04d}")))
    return tuple(rows)
