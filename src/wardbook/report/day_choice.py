"""Which vehicle-days there are, what each has, and which of them a report draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from wardbook.records.engine import Engine
from wardbook.report.vehicle_day_rows import query

FINDING_DAYS_DRAWN = 24
"""Of the days that findings speak of a report draws so many."""

OTHER_DAYS_DRAWN = 24
"""Of the other days with something open a report draws so many."""

DAYS_LISTED = 2_000
"""So many days with movement a report lists; the command shows any."""


@dataclass(frozen=True)
class DayCount:
    """One vehicle on one local day, and how much of each it has."""

    vehicle_key: str
    day: date
    legs: int
    unobserved: int
    unlogged: int
    entries: int
    contradicted: int
    anchors: int
    metres: int

    @property
    def movements(self) -> int:
        """Legs and unobserved movements."""
        return self.legs + self.unobserved


def day_counts(engine: Engine, zone: ZoneInfo) -> tuple[DayCount, ...]:
    """Every vehicle and day that has a movement, a log entry or an anchor; by vehicle and day."""
    return tuple(DayCount(*row) for row in engine.rows(query("days"), [zone.key]))


def nearest_days(counted: Sequence[DayCount], key: str, day: date, most: int = 6) -> tuple[DayCount, ...]:
    """The days of a vehicle nearest to a day, those before it first of two equally near; in order of time."""
    own = sorted(
        (one for one in counted if one.vehicle_key == key), key=lambda one: (abs(one.day - day), one.day)
    )
    return tuple(sorted(own[:most], key=lambda one: one.day))


def chosen_days(
    counted: Sequence[DayCount], spoken_of: Sequence[tuple[str, date]]
) -> tuple[tuple[str, date], ...]:
    """The days a report draws, by vehicle and day.

    Of those in ``spoken_of`` (most telling first) the first `FINDING_DAYS_DRAWN` that have a movement; then
    `OTHER_DAYS_DRAWN` of the rest that have a movement not logged, a contradicted entry, or an unobserved
    movement: those with the most movements not logged, then the most contradicted entries, the most
    unobserved movements, and the longest way come first.
    """
    moved = {(one.vehicle_key, one.day): one for one in counted if one.movements}
    first = [key for key in dict.fromkeys(spoken_of) if key in moved][:FINDING_DAYS_DRAWN]
    spoken = set(spoken_of)
    others = sorted(
        (
            one
            for key, one in moved.items()
            if key not in spoken and (one.unlogged or one.contradicted or one.unobserved)
        ),
        key=lambda one: (
            -one.unlogged,
            -one.contradicted,
            -one.unobserved,
            -one.metres,
            one.vehicle_key,
            one.day,
        ),
    )
    return tuple(sorted([*first, *((one.vehicle_key, one.day) for one in others[:OTHER_DAYS_DRAWN])]))
