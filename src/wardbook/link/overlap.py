"""Which spans of time overlap: one join for all rooms, as SQL text, whose cost follows the pairs it finds.

A span is two whole numbers, ``lo`` and ``hi``, both inside (seconds in UTC); an instant is a span of one
second. Two spans of one key overlap where neither ends before the other begins. A join on the key with the
overlap as a condition compares each span of a key with every other of it; here spans meet in buckets of time.

Each span has a level: the first of `widths` that it fits into, so that it touches at most two buckets of that
width. Two spans meet at the wider of their levels: the wide one in its own buckets, the narrow one in the
buckets of each wider level that the other side has. A wide span is longer than a quarter of its bucket, so
most of what it meets there it overlaps, and one authorization of ten years beside a million drives costs no
more than its pairs. A pair is given once: in the later of the two first buckets.

The SQL is one SELECT of plain joins and unions, alike on DuckDB and Spark. A step may hold one such join:
Spark takes no two tables of a WITH that have one name.
"""

from __future__ import annotations

from dataclasses import dataclass

SIX_HOURS = 21_600
"""The narrowest bucket in seconds; a join over much denser spans may name a narrower one."""

_FACTOR = 4
_LEVELS = 10
_FOREVER = 1 << 62

_LEFT_WIDE, _RIGHT_WIDE = 1, 2
"""How two spans of different levels meet; 0 where they are of one level."""


@dataclass(frozen=True)
class Spans:
    """The spans of one side.

    ``relation`` is a name, or a SELECT in parentheses; ``lo`` and ``hi`` are SQL over its columns;
    ``columns`` are those that the pairs show. A row overlaps nothing where a key or an end is NULL, or ``hi``
    is before ``lo``. Raises `ValueError` for a column of a name that the join itself uses.
    """

    relation: str
    keys: tuple[str, ...]
    lo: str
    hi: str
    columns: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse a column that would stand twice."""
        for name in self.columns:
            if name in {"lo", "hi"} or name.startswith("span_"):
                raise ValueError(f"a column of spans cannot be named {name}")


def overlap_join(
    left: Spans, right: Spans, select: str, where: str = "TRUE", narrowest: int = SIX_HOURS
) -> str:
    """The pairs of spans of one key that overlap and meet the condition ``where``, as one SELECT.

    ``select`` is its list of columns: ``a`` is the left row, ``b`` the right one, each with its ``columns``,
    ``lo`` and ``hi``. ``narrowest`` is the width of the narrowest bucket in seconds.
    """
    levels = widths(narrowest)
    keys = "".join(f"b.span_key{at} = a.span_key{at} AND " for at in range(len(left.keys)))
    return f"""WITH left_spans AS ({_spans(left, levels)}),
right_spans AS ({_spans(right, levels)}),
left_levels AS (SELECT DISTINCT span_level, span_width FROM left_spans),
right_levels AS (SELECT DISTINCT span_level, span_width FROM right_spans),
left_ways AS ({_ways(left, "left_spans", "right_levels", _LEFT_WIDE, _RIGHT_WIDE)}),
right_ways AS ({_ways(right, "right_spans", "left_levels", _RIGHT_WIDE, _LEFT_WIDE)}),
left_cells AS ({_cells(left, "left_ways")}),
right_cells AS ({_cells(right, "right_ways")})
SELECT {select}
FROM left_cells a
JOIN right_cells b ON {keys}b.span_cell = a.span_cell
WHERE a.span_cell = greatest(a.span_first, b.span_first) AND a.lo <= b.hi AND b.lo <= a.hi AND {where}"""  # noqa: S608


def widths(narrowest: int) -> tuple[int, ...]:
    """The widths of the buckets, narrowest first: each four times the last, and one that holds all time."""
    return (*(narrowest * _FACTOR**level for level in range(_LEVELS)), _FOREVER)


def _spans(side: Spans, levels: tuple[int, ...]) -> str:
    """The rows that can overlap anything, with their keys, ends, level and its width."""
    last = len(levels) - 1
    level = " ".join(f"WHEN hi - lo < {width} THEN {at}" for at, width in enumerate(levels[:-1]))
    width = " ".join(f"WHEN hi - lo < {width} THEN {width}" for width in levels[:-1])
    keys = "".join(f"{key} AS span_key{at}, " for at, key in enumerate(side.keys))
    known = "".join(f" AND span_key{at} IS NOT NULL" for at in range(len(side.keys)))
    return (
        f"SELECT {_names(side)}lo, hi, CAST(CASE {level} ELSE {last} END AS BIGINT) AS span_level, "  # noqa: S608
        f"CAST(CASE {width} ELSE {levels[-1]} END AS BIGINT) AS span_width FROM "
        f"(SELECT {keys}{_list(side.columns)}CAST({side.lo} AS BIGINT) AS lo, "
        f"CAST({side.hi} AS BIGINT) AS hi FROM {side.relation} r) k WHERE lo <= hi{known}"
    )


def _ways(side: Spans, spans: str, others: str, wide: int, narrow: int) -> str:
    """Each span once for every way it meets the other side's, with its first and last bucket there."""
    one = _cells_of(side, "s.span_width", "s.span_level * 4")
    wider = _cells_of(side, "s.span_width", f"s.span_level * 4 + {wide}")
    narrower = _cells_of(side, "o.span_width", f"o.span_level * 4 + {narrow}")
    return (
        f"SELECT {one} FROM {spans} s "  # noqa: S608
        f"UNION ALL SELECT {wider} FROM {spans} s "
        f"JOIN (SELECT min(span_level) AS narrowest FROM {others}) o ON o.narrowest < s.span_level "
        f"UNION ALL SELECT {narrower} FROM {spans} s JOIN {others} o ON o.span_level > s.span_level"
    )


def _cells_of(side: Spans, width: str, way: str) -> str:
    """A span's columns and its first and last cell: bucket and way in one number."""
    first, last = (f"CAST(s.{end} // {width} AS BIGINT) * 64 + {way}" for end in ("lo", "hi"))
    return f"{_names(side, 's.')}s.lo, s.hi, {first} AS span_first, {last} AS span_last"


def _cells(side: Spans, ways: str) -> str:
    """Each row once for each of its cells, at most two."""
    row = f"{_names(side, 'w.')}w.lo, w.hi"
    return (
        f"SELECT {row}, w.span_first AS span_cell, w.span_first FROM {ways} w "  # noqa: S608
        f"UNION ALL SELECT {row}, w.span_last, w.span_first FROM {ways} w WHERE w.span_last > w.span_first"
    )


def _names(side: Spans, prefix: str = "") -> str:
    return _list((*(f"span_key{at}" for at in range(len(side.keys))), *side.columns), prefix)


def _list(names: tuple[str, ...], prefix: str = "") -> str:
    return "".join(f"{prefix}{name}, " for name in names)
