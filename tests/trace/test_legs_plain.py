"""The queries against the plain twin, leg for leg and column for column."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trace.faults import FAULTS, Fix
from tests.trace.fleet import read_fleet
from tests.trace.legs_plain import plain_legs
from tests.trace.legs_run import ends, queried, write_fixes
from wardbook.records.engine import Engine
from wardbook.trace.legs import TraceOptions, trace_fixes
from wardbook.trace.profiles import HOUSE, PROFILES, Profile

METRE = 9
"""About a metre, in millionths of a degree of latitude."""


@st.composite
def vehicles(draw: st.DrawFn) -> list[Fix]:
    """Some vehicles that park, creep, drive, fall silent, jump, and repeat themselves, at any pace."""
    track: list[Fix] = []
    for vehicle in range(draw(st.integers(1, 4))):
        ts, lat, lon = 1_500_000_000 + draw(st.integers(0, 100)), 41_300_000, -72_900_000
        for _ in range(draw(st.integers(1, 6))):
            pace = draw(st.sampled_from([1, 7, 15, 60, 290, 300, 301, 1000]))
            metres = draw(st.sampled_from([0, 0, 2, 10, 30, 81, 150, 900, 6_000]))
            wobble = draw(st.sampled_from([0, 3, 15, 45]))
            dice = random.Random(draw(st.integers(0, 9)))
            for _ in range(draw(st.integers(1, 25))):
                ts += pace
                lat += METRE * metres
                lon += dice.randint(-2, 2) * METRE * metres
                spot = lat + round(dice.gauss(0, wobble)) * METRE, lon + round(dice.gauss(0, wobble)) * METRE
                track.append((vehicle, ts, *spot))
            if draw(st.booleans()):
                track.append((vehicle, ts, lat + draw(st.sampled_from([5, 90_000])) * METRE, lon))
    return track


@given(vehicles(), st.sampled_from(PROFILES))
@settings(max_examples=40, deadline=None)
def test_the_queries_give_the_legs_of_the_plain_twin(track: list[Fix], profile: Profile) -> None:
    assert queried(track, TraceOptions(profile)) == plain_legs(track, profile)


@given(vehicles(), st.integers(0, 9))
@settings(max_examples=10, deadline=None)
def test_order_copies_null_island_and_batches_change_no_leg(track: list[Fix], seed: int) -> None:
    dice = random.Random(seed)
    worse = [*track, *dice.sample(track, len(track) // 3), *((fix[0], fix[1], 0, 0) for fix in track[::5])]
    dice.shuffle(worse)
    assert queried(worse, TraceOptions(cells=20)) == queried(track)


def test_a_file_in_order_of_arrival_is_sorted_into_parts_and_gives_the_same_legs(tmp_path: Path) -> None:
    track = [
        (vehicle, 1_500_000_000 + i * 60, 41_300_000 + (i % 40) * 5_000, -72_900_000 + vehicle)
        for i in range(120)
        for vehicle in range(12)
    ]
    write_fixes(track, tmp_path / "fixes.parquet")
    with Engine() as engine:
        traced = trace_fixes(engine, tmp_path / "fixes.parquet", tmp_path, options=TraceOptions(cells=200))
    assert len(list((tmp_path / "parts").iterdir())) > 1
    assert len(traced.leg_files) > 2
    assert queried(track, TraceOptions(cells=200)) == queried(track) == plain_legs(track, HOUSE)


@pytest.mark.parametrize("name", ["no fault", *FAULTS])
def test_the_shared_fleet_is_traced_as_by_the_plain_twin(shared: Path, name: str) -> None:
    fixes, trips = read_fleet(shared / "data" / "tracks")
    some = [trip for trip in trips if trip.vehicle in {4, 12, 10298, 10488}]
    track = [fix for fix in fixes if fix[0] in {4, 12, 10298, 10488}]
    if name != "no fault":
        track = FAULTS[name](track, ends(some), random.Random(name))
    good = [fix for fix in track if fix[1] > 1_300_000_000]
    assert queried(good) == plain_legs(good, HOUSE)
