"""Fleets with known trips, made of real legs by seed.

The real legs are those of the shared development fleet (VED and Go!Track). A generated vehicle drives legs
drawn from them, each moved to begin where the last one ended, with at least ten minutes of parking between.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import duckdb

from tests.trace.score import Span

Fix = tuple[int, int, int, int]
Leg = tuple[list[Fix], float]
"""The fixes of one real leg, and its length by the vehicle."""


def read_fleet(folder: Path) -> tuple[list[Fix], list[Span]]:
    """The shared development fleet: its fixes in order of arrival, and its true trips."""
    pings, truth = (folder / f"fleet_open_dev_{name}.parquet" for name in ("pings", "truth"))
    with duckdb.connect() as engine:
        engine.execute("SET preserve_insertion_order = true")
        fixes = engine.execute(f"SELECT CAST(veh AS BIGINT), ts_s, lat_e6, lon_e6 FROM '{pings}'").fetchall()
        trips = engine.execute(f"SELECT veh, start_s, end_s, dist_m FROM '{truth}' ORDER BY 1, 2").fetchall()
    return fixes, [Span(veh, start, end, metres=metres) for veh, start, end, metres in trips]


def real_legs(fixes: Sequence[Fix], trips: Sequence[Span]) -> list[Leg]:
    """The driven fixes of every trip."""
    return [
        ([fix for fix in fixes if fix[0] == trip.vehicle and trip.start <= fix[1] <= trip.end], trip.metres)
        for trip in trips
    ]


def generate(
    legs: Sequence[Leg], vehicles: int, trips: int, seed: int = 1, longest_parking_s: int = 60_000
) -> tuple[list[Fix], list[Span]]:
    """A fleet: driven fixes only, and its trips."""
    dice = random.Random(seed)
    fixes: list[Fix] = []
    truth: list[Span] = []
    for vehicle in range(vehicles):
        at, lat, lon = 1_500_000_000 + dice.randint(0, 86_400), 41_300_000, -72_900_000
        for _ in range(trips):
            leg, metres = dice.choice(legs)
            _, first_s, first_lat, first_lon = leg[0]
            moved = [
                (vehicle, at + ts - first_s, lat + y - first_lat, lon + x - first_lon) for _, ts, y, x in leg
            ]
            fixes += moved
            truth.append(Span(vehicle, moved[0][1], moved[-1][1], metres=metres))
            _, at, lat, lon = moved[-1]
            at += dice.choice((dice.randint(600, 3_600), dice.randint(3_600, longest_parking_s)))
    return fixes, truth
