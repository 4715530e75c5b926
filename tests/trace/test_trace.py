"""Track paths against a plain loop over the fixes."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from wardbook.records.engine import Engine
from wardbook.records.schema import ASSIGNMENTS, FIXES, TRACK_PATHS, TRACKS
from wardbook.records.settings import Settings
from wardbook.trace.gazetteer import distance_m
from wardbook.trace.trace import trace

POINT = st.tuples(st.integers(37_000_000, 40_000_000), st.integers(-82_000_000, -77_000_000))


def paths(tracks: list[list[tuple[int, int]]], backward: bool = False) -> list[dict[str, Any]]:
    fixes = [
        {"record_id": f"t{t}.f{n}", "track_id": f"t{t}", "position": n, "lat_e6": lat, "lon_e6": lon}
        for t, points in enumerate(tracks)
        for n, (lat, lon) in enumerate(points, start=1)
    ]
    with Engine() as engine:
        engine.load(
            TRACKS, [{"record_id": f"t{t}", "vehicle": "N1WV", "fixes": len(p)} for t, p in enumerate(tracks)]
        )
        engine.load(FIXES, reversed(fixes) if backward else fixes)
        engine.load(ASSIGNMENTS, ())
        trace(engine, Settings())
        return engine.dicts("SELECT * FROM track_paths ORDER BY track_id")


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(POINT, max_size=5), max_size=3))
def test_each_path_is_the_sum_of_its_hops(tracks: list[list[tuple[int, int]]]) -> None:
    found = paths(tracks)
    assert [row["track_id"] for row in found] == [f"t{t}" for t in range(len(tracks))]
    for row, points in zip(found, tracks, strict=True):
        assert row["fixes"] == len(points)
        hops = [distance_m(*a, *b) for a, b in pairwise(points)]
        assert row["metres"] == (sum(hops) if points else None)
        ends = (row["from_lat_e6"], row["from_lon_e6"], row["to_lat_e6"], row["to_lon_e6"])
        assert ends == ((*points[0], *points[-1]) if points else (None,) * 4)
    assert paths(tracks, backward=True) == found


def test_columns() -> None:
    assert tuple(paths([[(38_000_000, -81_000_000)]])[0]) == TRACK_PATHS.names
