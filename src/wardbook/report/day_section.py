"""The movements of a report: the days of each vehicle, and drawings of those a reader should see first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from wardbook.records.engine import Engine
from wardbook.report.day_choice import (
    DAYS_LISTED,
    FINDING_DAYS_DRAWN,
    OTHER_DAYS_DRAWN,
    DayCount,
    chosen_days,
    day_counts,
)
from wardbook.report.day_drawing import DayDrawing, day_drawing, drawing_name
from wardbook.report.vehicle_day_read import vehicle_days
from wardbook.report.vehicle_day_rows import query


@dataclass(frozen=True)
class DayMark:
    """One day in the list: its number in the month, its movements, and the drawing it leads to, if any."""

    number: int
    movements: int
    unlogged: int
    drawing: str


@dataclass(frozen=True)
class MonthLine:
    """One month of one vehicle: ``2024-03`` and its days with movement."""

    month: str
    days: tuple[DayMark, ...]


@dataclass(frozen=True)
class VehicleMoves:
    """One vehicle: its days with movement, its movements, those not logged, and its entries contradicted."""

    vehicle_key: str
    days: int
    movements: int
    unlogged: int
    unobserved: int
    contradicted: int
    months: tuple[MonthLine, ...]


@dataclass(frozen=True)
class Movements:
    """The section, ready to print. ``unlisted`` counts days with movement that only the command shows."""

    vehicles: tuple[VehicleMoves, ...]
    drawings: tuple[DayDrawing, ...]
    spoken_of: int
    spoken_of_not_drawn: int
    unlisted: int

    finding_days_drawn = FINDING_DAYS_DRAWN
    other_days_drawn = OTHER_DAYS_DRAWN

    @property
    def totals(self) -> tuple[int, int, int, int]:
        """Days with movement, movements, those not logged, those not observed; of all vehicles."""
        return (
            sum(v.days for v in self.vehicles),
            sum(v.movements for v in self.vehicles),
            sum(v.unlogged for v in self.vehicles),
            sum(v.unobserved for v in self.vehicles),
        )


def movements_section(engine: Engine, zone: ZoneInfo) -> Movements | None:
    """The section of an audit; None where no movement is recorded.

    Reads ``report_evidence`` and ``report_named`` of `shown.choose`.
    """
    if not engine.count("traced_legs"):
        return None
    counted = tuple(one for one in day_counts(engine, zone) if one.movements or one.contradicted)
    spoken_of = [(key, day) for key, day, _ in engine.rows(query("spoken_of"), [zone.key])]
    moved = {(one.vehicle_key, one.day) for one in counted if one.movements}
    chosen = chosen_days(counted, spoken_of)
    spoken = moved.intersection(spoken_of)
    drawings = tuple(day_drawing(engine, day) for day in vehicle_days(engine, zone, chosen))
    vehicles, unlisted = _vehicles(counted, frozenset(chosen))
    return Movements(vehicles, drawings, len(spoken), len(spoken.difference(chosen)), unlisted)


def _vehicles(
    counted: Sequence[DayCount], chosen: frozenset[tuple[str, date]]
) -> tuple[tuple[VehicleMoves, ...], int]:
    """Each vehicle with its days as far as `DAYS_LISTED` reaches; and how many days are left out.

    Vehicles with the most movements not logged come first.
    """
    grouped = [list(group) for _, group in groupby(counted, key=lambda one: one.vehicle_key)]
    grouped.sort(key=lambda days: (-sum(one.unlogged for one in days), days[0].vehicle_key))
    found, room = [], DAYS_LISTED
    unlisted = 0
    for days in grouped:
        moved = [one for one in days if one.movements]
        listed = moved[:room]
        room -= len(listed)
        unlisted += len(moved) - len(listed)
        found.append(
            VehicleMoves(
                vehicle_key=days[0].vehicle_key,
                days=len(moved),
                movements=sum(one.movements for one in days),
                unlogged=sum(one.unlogged for one in days),
                unobserved=sum(one.unobserved for one in days),
                contradicted=sum(one.contradicted for one in days),
                months=tuple(_months(listed, chosen)),
            )
        )
    return tuple(found), unlisted


def _months(listed: Sequence[DayCount], chosen: frozenset[tuple[str, date]]) -> Iterator[MonthLine]:
    for month, days in groupby(listed, key=lambda one: f"{one.day:%Y-%m}"):
        yield MonthLine(month, tuple(_mark(one, chosen) for one in days))


def _mark(one: DayCount, chosen: frozenset[tuple[str, date]]) -> DayMark:
    drawn = (one.vehicle_key, one.day) in chosen
    name = drawing_name(one.vehicle_key, one.day) if drawn else ""
    return DayMark(one.day.day, one.movements, one.unlogged, name)
