"""The overlap join gives each overlapping pair once, as the naive double loop does, whatever the lengths."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardbook.link.overlap import SIX_HOURS, Spans, overlap_join, widths

Span = tuple[str | None, int | None, int | None]
YEAR = 31_557_600

lengths = st.one_of(
    st.integers(0, 3),
    st.integers(0, 40),
    st.sampled_from([width + off for width in widths(4)[:6] for off in (-2, -1, 0, 1)]),
    st.integers(0, 5000),
)


@st.composite
def spans(draw: st.DrawFn) -> list[Span]:
    """Spans of two keys, some without a key or an end, some that end before they begin."""
    found: list[Span] = []
    for _ in range(draw(st.integers(0, 12))):
        lo = draw(st.integers(-300, 300))
        hi = lo + draw(lengths) - draw(st.sampled_from([0, 0, 0, 0, 1]))
        key = draw(st.sampled_from(["a", "a", "a", "b", None]))
        found.append(
            (key, lo if draw(st.integers(0, 15)) else None, hi if draw(st.integers(0, 15)) else None)
        )
    return found


def naive(left: list[Span], right: list[Span]) -> list[tuple[int, int]]:
    """Every pair of spans of one key of which neither ends before the other begins."""
    found = []
    for (i, (a, a_lo, a_hi)), (j, (b, b_lo, b_hi)) in product(enumerate(left), enumerate(right)):
        if None in (a, a_lo, a_hi, b, b_lo, b_hi) or a != b:
            continue
        assert a_lo is not None
        assert a_hi is not None
        assert b_lo is not None
        assert b_hi is not None
        if a_lo <= a_hi and b_lo <= b_hi and a_lo <= b_hi and b_lo <= a_hi:
            found.append((i, j))
    return found


def joined(
    left: Sequence[Span], right: Sequence[Span], narrowest: int = SIX_HOURS, keys: tuple[str, ...] = ("key",)
) -> list[Any]:
    with duckdb.connect() as connection:
        for name, rows in (("l", left), ("r", right)):
            connection.execute(f"CREATE TABLE {name} (id BIGINT, key VARCHAR, lo BIGINT, hi BIGINT)")
            for at, row in enumerate(rows):
                connection.execute(f"INSERT INTO {name} VALUES (?, ?, ?, ?)", [at, *row])
        one, other = (Spans(name, keys, "lo", "hi", ("id",)) for name in ("l", "r"))
        query = overlap_join(one, other, "a.id AS l, b.id AS r", narrowest=narrowest)
        return sorted(connection.execute(query).fetchall())


@settings(max_examples=150, deadline=None)
@given(spans(), spans(), st.sampled_from([4, 60, SIX_HOURS]))
def test_the_pairs_are_those_of_the_double_loop_each_once(
    left: list[Span], right: list[Span], narrowest: int
) -> None:
    assert joined(left, right, narrowest) == naive(left, right)


def test_spans_that_touch_in_one_second_overlap() -> None:
    assert joined([("a", 0, 10)], [("a", 10, 20)]) == [(0, 0)]
    assert joined([("a", 0, 10)], [("a", 11, 20)]) == []
    assert joined([("a", 7, 7)], [("a", 7, 7)]) == [(0, 0)]


def test_centuries_and_seconds_meet_once() -> None:
    long = [("a", -40 * YEAR, 200 * YEAR), ("a", 0, 10 * YEAR), ("a", SIX_HOURS, SIX_HOURS)]
    assert joined(long, long) == sorted(product(range(3), range(3)))


def test_without_a_key_all_meet() -> None:
    left: list[Span] = [("a", 0, 10), (None, 5, 6)]
    assert joined(left, [("b", 6, 6)], keys=()) == [(0, 0), (1, 0)]


@pytest.mark.parametrize("rows", [30_000])
def test_one_key_with_half_the_rows_and_one_span_over_all_of_them(rows: int) -> None:
    """Half of all spans are one vehicle's, and one authorization lies over all its drives."""
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE l AS SELECT i AS id, CASE WHEN i % 2 = 0 THEN 'busy' ELSE i % 50 || '' END AS key, "
            f"i * 600 AS lo, i * 600 + 500 AS hi FROM range({rows}) AS t(i)"
        )
        connection.execute("CREATE TABLE r AS SELECT id, key, lo + 100 AS lo, hi + 100 AS hi FROM l")
        connection.execute(f"INSERT INTO r VALUES (-1, 'busy', 0, {rows * 600})")
        one, other = (Spans(name, ("key",), "lo", "hi", ("id",)) for name in ("l", "r"))
        query = overlap_join(one, other, "a.id AS l, b.id AS r")
        found = connection.execute(
            f"SELECT count(*), count(DISTINCT (l, r)), sum(CAST(l = r AS INTEGER)) FROM ({query})"
        )
        assert found.fetchall() == [(rows + rows // 2, rows + rows // 2, rows)]


def test_each_width_is_four_times_the_last_and_the_widest_holds_all_time() -> None:
    levels = widths(SIX_HOURS)
    assert levels[:3] == (21_600, 86_400, 345_600)
    assert levels[-1] > 10**18


@pytest.mark.parametrize("name", ["lo", "hi", "span_key0"])
def test_a_column_that_the_join_itself_uses_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"cannot be named {name}"):
        Spans("l", ("key",), "lo", "hi", (name,))
