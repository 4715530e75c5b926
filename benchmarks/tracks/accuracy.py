"""How right the legs are: the heartbeat sweep and the twelve faults, on the shared fleet and a larger one."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.trace.faults import FAULTS, Fix, with_heartbeats
from tests.trace.fleet import generate, read_fleet, real_legs
from tests.trace.legs_run import HEARTBEATS, ends, legs_of
from tests.trace.score import Score, Span, score


def clean(fixes: Sequence[Fix], trips: Sequence[Span]) -> Iterator[tuple[str, Score]]:
    """The score at every heartbeat interval."""
    for every in HEARTBEATS:
        track = with_heartbeats(fixes, ends(trips), every)
        yield f"heartbeat {every}", score(legs_of(track), trips)


def faulty(fixes: Sequence[Fix], trips: Sequence[Span], seed: int = 7) -> Iterator[tuple[str, Score]]:
    """The score under every fault."""
    for name, fault in FAULTS.items():
        track = fault(fixes, ends(trips), random.Random(f"{name} {seed}"))
        yield name, score(legs_of(track), trips)


def measure(folder: Path, vehicles: int = 40, drives: int = 12) -> Iterator[str]:
    """The accuracy of both fleets, a line a case."""
    fixes, trips = read_fleet(folder)
    made, made_trips = generate(real_legs(fixes, trips), vehicles, drives)
    beaten = with_heartbeats(made, ends(made_trips), 300)
    fleets = {
        "shared fleet": (fixes, trips),
        f"generated fleet, {len(made_trips)} trips": (beaten, made_trips),
    }
    for title, (track, truth) in fleets.items():
        yield title
        for name, found in (*clean(track, truth), *faulty(track, truth)):
            yield (
                f"  {name:<16} F1 {found.f1:.3f} (overlap {found.f1_overlap:.3f}), legs {found.legs:,}, "
                f"within bounds {found.bounded:.3f}, distance {found.distance:.3f}"
            )
