"""How right the legs are on the shared fleet, whose true trips are known: floors, not records."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.trace.faults import FAULTS, with_heartbeats
from tests.trace.fleet import Fix, generate, read_fleet, real_legs
from tests.trace.legs_run import HEARTBEATS, ends, legs_of
from tests.trace.score import Span, score


@pytest.fixture(scope="module")
def fleet(shared: Path) -> tuple[list[Fix], list[Span]]:
    """The fixes and true trips of the shared fleet."""
    return read_fleet(shared / "data" / "tracks")


@pytest.mark.parametrize("every", HEARTBEATS)
def test_clean_legs_are_right_at_every_heartbeat(
    fleet: tuple[list[Fix], list[Span]], every: int | None
) -> None:
    fixes, trips = fleet
    found = score(legs_of(with_heartbeats(fixes, ends(trips), every)), trips)
    assert found.f1 >= 0.99  # so the spread is at most 0.01
    assert found.bounded >= 0.95
    assert 0.97 <= found.distance <= 1.03


@pytest.mark.parametrize("name", FAULTS)
def test_legs_are_right_under_every_fault(fleet: tuple[list[Fix], list[Span]], name: str) -> None:
    fixes, trips = fleet
    found = score(legs_of(FAULTS[name](fixes, ends(trips), random.Random(name))), trips)
    assert found.f1 >= 0.90
    assert found.bounded >= 0.95


def test_a_teleport_leaves_no_false_leg(fleet: tuple[list[Fix], list[Span]]) -> None:
    fixes, trips = fleet
    track = FAULTS["teleports"](fixes, ends(trips), random.Random(5))
    assert sum(a != b for a, b in zip(fixes, track, strict=True)) > 200
    found = score(legs_of(track), trips)
    assert (found.legs, found.pairs) == (48, 48)


def test_a_larger_fleet_of_the_same_legs_is_right(fleet: tuple[list[Fix], list[Span]]) -> None:
    fixes, trips = generate(real_legs(*fleet), vehicles=10, trips=8, seed=3)
    found = score(legs_of(with_heartbeats(fixes, ends(trips), 300)), trips)
    assert found.trips == 80
    assert found.f1 >= 0.97


def test_the_trips_of_the_vehicle_energy_dataset_are_found(shared: Path, tmp_path: Path) -> None:
    """18 ignition trips of 10 cars, without a fix in between."""
    import duckdb

    table = shared / "data" / "tracks" / "ved_sample.parquet"
    with duckdb.connect() as engine:
        trips = engine.execute(
            f"SELECT veh, min(ts_ms) // 1000, max(ts_ms) // 1000 FROM '{table}' GROUP BY veh, trip"
        ).fetchall()
        fixes = engine.execute(
            "SELECT veh, ts_ms // 1000, CAST(round(lat * 1e6) AS INTEGER), CAST(round(lon * 1e6) AS INTEGER) "
            f"FROM '{table}'"
        ).fetchall()
    found = score(legs_of(fixes), [Span(*trip) for trip in trips])
    assert (found.legs, found.trips) == (18, 18)
    assert found.f1 >= 0.94
