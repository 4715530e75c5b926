"""How well legs agree with the true trips: one-to-one by overlap in time.

A leg and a trip of one vehicle are a pair if their overlap is at least half of what they cover together
(intersection over union); pairs are taken greedily, the largest overlap first, each leg and each trip once. A
pair is right if both ends are within 120 s. Every leg counts: one without a trip is false.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

LEAST_OVERLAP = 0.5
WITHIN_S = 120


@dataclass(frozen=True)
class Span:
    """A leg or a trip: vehicle, first and last second; for a leg the bounds of both, and its length."""

    vehicle: Hashable
    start: int
    end: int
    start_lo: int = 0
    start_hi: int = 0
    end_lo: int = 0
    end_hi: int = 0
    metres: float = 0.0


@dataclass(frozen=True)
class Score:
    """The agreement of a set of legs with the truth.

    ``f1`` asks for both ends within 120 s, ``f1_overlap`` only for the overlap. ``bounded`` is the share of
    true ends (of pairs) within the leg's bounds, ``distance`` the legs' metres over the trips' (of pairs).
    """

    legs: int
    trips: int
    pairs: int
    right: int
    bounded: float
    distance: float

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.legs + self.trips)

    @property
    def f1_overlap(self) -> float:
        return 2 * self.pairs / (self.legs + self.trips)


def overlap(leg: Span, trip: Span) -> float:
    """Seconds of both over seconds of either."""
    common = min(leg.end, trip.end) - max(leg.start, trip.start)
    return max(0.0, common / max(1, max(leg.end, trip.end) - min(leg.start, trip.start)))


def matches(legs: Sequence[Span], trips: Sequence[Span]) -> list[tuple[Span, Span]]:
    """The pairs of legs and trips, the largest overlap first."""
    by_vehicle: dict[Hashable, list[int]] = defaultdict(list)
    for at, trip in enumerate(trips):
        by_vehicle[trip.vehicle].append(at)
    found = [
        (share, -i, -j)
        for i, leg in enumerate(legs)
        for j in by_vehicle.get(leg.vehicle, ())
        if (share := overlap(leg, trips[j])) >= LEAST_OVERLAP
    ]
    legs_left, trips_left = set(range(len(legs))), set(range(len(trips)))
    pairs = []
    for _, i, j in sorted(found, reverse=True):
        if -i in legs_left and -j in trips_left:
            legs_left.remove(-i)
            trips_left.remove(-j)
            pairs.append((legs[-i], trips[-j]))
    return pairs


def is_right(leg: Span, trip: Span) -> bool:
    """Whether both ends are within 120 s of the truth."""
    return abs(leg.start - trip.start) <= WITHIN_S and abs(leg.end - trip.end) <= WITHIN_S


def score(legs: Iterable[Span], trips: Iterable[Span]) -> Score:
    """Score legs against the true trips; both must not be empty together."""
    all_legs, all_trips = list(legs), list(trips)
    pairs = matches(all_legs, all_trips)
    held = sum(
        (leg.start_lo <= trip.start <= leg.start_hi) + (leg.end_lo <= trip.end <= leg.end_hi)
        for leg, trip in pairs
    )
    travelled = sum(trip.metres for _, trip in pairs)
    return Score(
        legs=len(all_legs),
        trips=len(all_trips),
        pairs=len(pairs),
        right=sum(is_right(leg, trip) for leg, trip in pairs),
        bounded=held / (2 * len(pairs)) if pairs else 0.0,
        distance=sum(leg.metres for leg, _ in pairs) / travelled if travelled else 0.0,
    )
