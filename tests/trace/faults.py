"""Faults of trackers, put into clean fixes by a seed; and the fixes of parked vehicles at any interval.

A fix is (vehicle, second, latitude, longitude), the last two in millionths of a degree; a track is a list of
them in order of arrival. Every fault takes a track and its true trips, and gives another track.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import groupby, pairwise
from math import cos, pi, radians, sin

Fix = tuple[int, int, int, int]
Trip = tuple[int, int, int]
"""Vehicle, first and last second."""
Fault = Callable[[Sequence[Fix], Sequence[Trip], random.Random], list[Fix]]

E6_PER_M = 1e6 / 111_195.08


def moved(fix: Fix, north_m: float, east_m: float) -> Fix:
    """A fix displaced by metres."""
    veh, ts, lat, lon = fix
    east = east_m * E6_PER_M / cos(radians(lat / 1e6))
    return veh, ts, lat + round(north_m * E6_PER_M), lon + round(east)


def displaced(fix: Fix, metres: float, dice: random.Random) -> Fix:
    """A fix displaced by so many metres in any direction."""
    angle = dice.uniform(0, 2 * pi)
    return moved(fix, metres * cos(angle), metres * sin(angle))


def is_driven(track: Sequence[Fix], trips: Sequence[Trip]) -> list[bool]:
    """Of every fix, whether it lies in a trip."""
    by_vehicle: dict[int, list[Trip]] = {}
    for trip in trips:
        by_vehicle.setdefault(trip[0], []).append(trip)
    return [any(start <= fix[1] <= end for _, start, end in by_vehicle.get(fix[0], ())) for fix in track]


def with_heartbeats(
    track: Sequence[Fix], trips: Sequence[Trip], every_s: int | None, seed: int = 1
) -> list[Fix]:
    """The driven fixes, and between trips one fix every ``every_s`` seconds with 6 m of noise (or none)."""
    dice = random.Random(seed)
    driven = [fix for fix, drives in zip(track, is_driven(track, trips), strict=True) if drives]
    if every_s is None:
        return sorted(driven)
    ends = {(fix[0], fix[1]): fix for fix in driven}
    parked: list[Fix] = []
    for _, group in groupby(sorted(trips), key=lambda trip: trip[0]):
        own = list(group)
        for (veh, _, end), (_, start, _) in pairwise(own):
            _, _, lat, lon = ends[veh, end]
            beats = range(end + every_s, start, every_s)
            parked += [moved((veh, ts, lat, lon), dice.gauss(0, 6), dice.gauss(0, 6)) for ts in beats]
    return sorted([*driven, *parked])


# ---------------------------------------------------------------- the faults


def duplicates(track: Sequence[Fix], _: Sequence[Trip], dice: random.Random) -> list[Fix]:
    """One fix in ten arrives twice, the copy a few places later."""
    out = list(track)
    for fix in track:
        if dice.random() < 0.1:
            out.insert(min(len(out), dice.randrange(len(out))), fix)
    return out


def disorder(track: Sequence[Fix], _: Sequence[Trip], dice: random.Random) -> list[Fix]:
    """The fixes arrive in any order."""
    return dice.sample(list(track), len(track))


def jitter(track: Sequence[Fix], _: Sequence[Trip], dice: random.Random) -> list[Fix]:
    """15 m of noise on both axes of every fix."""
    return [moved(fix, dice.gauss(0, 15), dice.gauss(0, 15)) for fix in track]


def parked_drift(track: Sequence[Fix], trips: Sequence[Trip], dice: random.Random) -> list[Fix]:
    """Parked fixes wander away, up to 80 m."""
    out: list[Fix] = []
    north = east = 0.0
    for fix, drives in zip(track, is_driven(track, trips), strict=True):
        if drives:
            north = east = 0.0
            out.append(fix)
            continue
        north, east = north + dice.gauss(0, 20), east + dice.gauss(0, 20)
        far = (north**2 + east**2) ** 0.5
        if far > 80:
            north, east = north * 80 / far, east * 80 / far
        out.append(moved(fix, north, east))
    return out


def teleports(track: Sequence[Fix], _: Sequence[Trip], dice: random.Random) -> list[Fix]:
    """One fix in a hundred is 5 to 50 km away."""
    return [displaced(fix, dice.uniform(5e3, 5e4), dice) if dice.random() < 0.01 else fix for fix in track]


def teleport_bursts(track: Sequence[Fix], _: Sequence[Trip], dice: random.Random) -> list[Fix]:
    """Now and then 3 to 8 fixes in a row are together 5 to 50 km away."""
    out: list[Fix] = []
    left, north, east = 0, 0.0, 0.0
    for fix in track:
        if left == 0 and dice.random() < 0.002:
            left, angle, far = dice.randint(3, 8), dice.uniform(0, 2 * pi), dice.uniform(5e3, 5e4)
            north, east = far * cos(angle), far * sin(angle)
        out.append(moved(fix, north, east) if left else fix)
        left = max(0, left - 1)
    return out


def null_island(track: Sequence[Fix], _: Sequence[Trip], dice: random.Random) -> list[Fix]:
    """One fix in fifty has the position 0, 0."""
    return [(fix[0], fix[1], 0, 0) if dice.random() < 0.02 else fix for fix in track]


def tunnel(minutes: int) -> Fault:
    """In every trip that is long enough a silence of so many minutes."""

    def silent(track: Sequence[Fix], trips: Sequence[Trip], dice: random.Random) -> list[Fix]:
        holes = [
            (veh, begin, begin + 60 * minutes)
            for veh, start, end in sorted(trips)
            if end - start > 60 * minutes + 120
            for begin in [dice.randint(start + 60, end - 60 * minutes - 60)]
        ]
        return [fix for fix, hidden in zip(track, is_driven(track, holes), strict=True) if not hidden]

    return silent


def clock_jumps(track: Sequence[Fix], _: Sequence[Trip], dice: random.Random) -> list[Fix]:
    """Now and then 3 to 20 fixes in a row bear a time one hour off, or 1,024 weeks early."""
    out: list[Fix] = []
    left = shift = 0
    for veh, ts, lat, lon in track:
        if left == 0 and dice.random() < 0.001:
            left, shift = dice.randint(3, 20), dice.choice((3600, -3600, -1024 * 7 * 86_400))
        out.append((veh, ts + shift if left else ts, lat, lon))
        left = max(0, left - 1)
    return out


def cold_start(track: Sequence[Fix], trips: Sequence[Trip], dice: random.Random) -> list[Fix]:
    """The first 30 to 90 seconds of every trip have no fix."""
    holes = [(veh, start, start + dice.randint(30, 90)) for veh, start, _ in sorted(trips)]
    return [fix for fix, hidden in zip(track, is_driven(track, holes), strict=True) if not hidden]


def together(track: Sequence[Fix], trips: Sequence[Trip], dice: random.Random) -> list[Fix]:
    """All of them, one after the other."""
    out = list(track)
    for fault in (
        cold_start,
        tunnel(3),
        parked_drift,
        jitter,
        teleports,
        clock_jumps,
        null_island,
        duplicates,
    ):
        out = fault(out, trips, dice)
    return disorder(out, trips, dice)


FAULTS: dict[str, Fault] = {
    "duplicates": duplicates,
    "disorder": disorder,
    "jitter": jitter,
    "parked drift": parked_drift,
    "teleports": teleports,
    "teleport bursts": teleport_bursts,
    "null island": null_island,
    "tunnel 3 min": tunnel(3),
    "tunnel 8 min": tunnel(8),
    "clock jumps": clock_jumps,
    "cold start": cold_start,
    "together": together,
}
