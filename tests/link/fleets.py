"""Fleets with planted truth: what was driven, what was written, and which belongs to which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from wardbook.link.matching import match, reasons
from wardbook.link.matching_tables import INPUTS
from wardbook.records.engine import Engine

DAY = 86_400
MAY = 1_619_827_200
"""1 May 2021, 00:00 UTC."""

PLACES = ("city hall", "residence", "garage", "airport", "court", "harbor", "school", "depot")
FEATURES = ("metres", "from_place", "to_place", "from_lat_e6", "from_lon_e6", "to_lat_e6", "to_lon_e6")
Row = Mapping[str, Any]


def movement(leg_id: str, start_s: int, end_s: int, **values: Any) -> dict[str, Any]:
    """A movement of vehicle E1 known to 15 seconds, without places, unless ``values`` say otherwise."""
    row = {
        "leg_id": leg_id,
        "vehicle_key": "E1",
        "kind": "leg",
        "start_lo": start_s - 15,
        "start_hi": start_s + 15,
        "end_lo": end_s - 15,
        "end_hi": end_s + 15,
        "start_s": start_s,
        "end_s": end_s,
        **dict.fromkeys(FEATURES),
        "source_ids": [f"track of {leg_id}"],
    }
    return row | values


def entry(entry_id: str, start_s: int | None, end_s: int | None, **values: Any) -> dict[str, Any]:
    """A log entry of vehicle E1 without places, unless ``values`` say otherwise."""
    row = {
        "entry_id": entry_id,
        "vehicle_key": "E1",
        "start_s": start_s,
        "end_s": end_s,
        "day_lo": None,
        "day_hi": None,
        "shift_s": None,
        **dict.fromkeys(FEATURES),
        "source_ids": [entry_id],
    }
    return row | values


def of_day(entry_id: str, day: int = MAY, **values: Any) -> dict[str, Any]:
    """A log entry of vehicle E1 that gives only its day."""
    return entry(entry_id, None, None, day_lo=day, day_hi=day + DAY - 1, **values)


def load(
    engine: Engine,
    movements: Iterable[Row],
    written: Iterable[Row],
    watched: Iterable[Row] = (),
    spellings: Iterable[Row] = (),
    judged: Iterable[Row] = (),
) -> None:
    """Make the relations that `match` is given."""
    for table, rows in zip(INPUTS, (movements, written, watched, spellings, judged), strict=True):
        engine.load(table, rows)


@dataclass(frozen=True)
class Matched:
    """What matching gave, as rows."""

    links: list[dict[str, Any]]
    reasons: dict[tuple[str, str], dict[str, Any]]
    unlogged: dict[str, dict[str, Any]]
    not_driven: dict[str, dict[str, Any]]

    @property
    def pairs(self) -> set[tuple[str, str]]:
        """The linked pairs of entry and leg."""
        return {(row["entry_id"], row["leg_id"]) for row in self.links}


def matched(
    movements: Iterable[Row],
    written: Iterable[Row],
    watched: Iterable[Row] = (),
    spellings: Iterable[Row] = (),
    judged: Iterable[Row] = (),
) -> Matched:
    """Match on DuckDB."""
    with Engine() as engine:
        load(engine, movements, written, watched, spellings, judged)
        match(engine)
        engine.run("entry_leg_reasons", reasons())
        said = engine.dicts("SELECT * FROM entry_leg_reasons")
        return Matched(
            engine.dicts("SELECT * FROM entry_legs ORDER BY entry_id, leg_id"),
            {(row["entry_id"], row["leg_id"]): row for row in said},
            {row["leg_id"]: row for row in engine.dicts("SELECT * FROM unlogged_movements")},
            {row["entry_id"]: row for row in engine.dicts("SELECT * FROM entries_not_driven")},
        )


# ---------------------------------------------------------------- generated fleets


@dataclass(frozen=True)
class Noise:
    """How a log is kept: chances of one in all, times in seconds.

    ``off`` is the farthest that a written time lies from the true one, each end by itself. ``roundings`` are
    what times are rounded to, one drawn for each entry. ``grouped`` drives are written in one entry with the
    next, ``split`` ones in two entries. ``known`` says what is written beside times.
    """

    off: int = 900
    roundings: tuple[int, ...] = (60,)
    missing: float = 0.1
    phantom: float = 0.0
    wrong_vehicle: float = 0.0
    misspelt: float = 0.0
    grouped: float = 0.0
    split: float = 0.0
    known: frozenset[str] = frozenset()


@dataclass
class Fleet:
    """Movements and entries; the true pairs, the movements without an entry, the entries without a drive."""

    movements: list[dict[str, Any]] = field(default_factory=list)
    written: list[dict[str, Any]] = field(default_factory=list)
    pairs: set[tuple[str, str]] = field(default_factory=set)
    unlogged: set[str] = field(default_factory=set)
    phantoms: set[str] = field(default_factory=set)


def generate(random: Random, noise: Noise, vehicles: int = 20, drives: int = 60, begin: int = MAY) -> Fleet:
    """A fleet and its log: six drives a vehicle and day, of 5 to 60 minutes, at least 10 minutes apart."""
    fleet = Fleet()
    for number in range(vehicles):
        key = vehicle(number)
        driven = list(_drives(random, key, drives, begin))
        fleet.movements += driven
        _write(random, noise, fleet, driven, vehicles)
    return fleet


def vehicle(number: int) -> str:
    """The key of a vehicle of the fleet: no two differ by one slip of the pen."""
    return f"KX{number * 37 % 90 + 10}{number:03d}"


def _drives(random: Random, key: str, drives: int, begin: int) -> Iterable[dict[str, Any]]:
    at, place = begin + random.randrange(6 * 3600, 9 * 3600), random.choice(PLACES)
    for number in range(drives):
        lasts = random.randrange(300, 3600)
        to = random.choice([one for one in PLACES if one != place])
        yield movement(
            f"{key}/{number}",
            at,
            at + lasts,
            vehicle_key=key,
            metres=lasts * random.randrange(6, 20),
            from_place=place,
            to_place=to,
        )
        place = to
        at += lasts + (random.randrange(9, 12) * 3600 if number % 6 == 5 else random.randrange(600, 7200))


def _write(random: Random, noise: Noise, fleet: Fleet, driven: list[dict[str, Any]], vehicles: int) -> None:
    waiting = list(driven)
    while waiting:
        first = waiting.pop(0)
        name = f"log {first['leg_id']}"
        if random.random() < noise.missing:
            fleet.unlogged.add(first["leg_id"])
            continue
        if random.random() < noise.phantom:
            at = first["end_s"] + 1300
            if not waiting or waiting[0]["start_s"] > at + 1200 + 1300:
                fleet.written.append(
                    entry(f"phantom {first['leg_id']}", at, at + 1200, vehicle_key=first["vehicle_key"])
                )
                fleet.phantoms.add(f"phantom {first['leg_id']}")
        whole = [first]
        if waiting and random.random() < noise.grouped and waiting[0]["start_s"] - first["end_s"] < 3600:
            whole.append(waiting.pop(0))
        if len(whole) == 1 and random.random() < noise.split and first["end_s"] - first["start_s"] > 1500:
            middle = (first["start_s"] + first["end_s"]) // 2
            parts = [(first["start_s"], middle), (middle, first["end_s"])]
        else:
            parts = [(whole[0]["start_s"], whole[-1]["end_s"])]
        for number, (start, end) in enumerate(parts):
            fleet.written.append(
                _entry(random, noise, f"{name}.{number}", start, end, whole, len(parts), vehicles)
            )
            fleet.pairs |= {(f"{name}.{number}", leg["leg_id"]) for leg in whole}


def _entry(
    random: Random,
    noise: Noise,
    name: str,
    start: int,
    end: int,
    legs: list[dict[str, Any]],
    parts: int,
    vehicles: int,
) -> dict[str, Any]:
    step = random.choice(noise.roundings)
    start, end = (round((at + random.uniform(-noise.off, noise.off)) / step) * step for at in (start, end))
    metres = round(sum(leg["metres"] for leg in legs) / parts / 1609) * 1609
    row = entry(name, start, max(start, end), vehicle_key=legs[0]["vehicle_key"])
    said = {"metres": metres}
    if parts == 1:
        said |= {"from_place": legs[0]["from_place"], "to_place": legs[-1]["to_place"]}
    row |= {key: value for key, value in said.items() if key in noise.known}
    if random.random() < noise.wrong_vehicle:
        row["vehicle_key"] = vehicle(random.randrange(vehicles))
    elif random.random() < noise.misspelt:
        key = row["vehicle_key"]
        row["vehicle_key"] = random.choice([key[:2] + key[3:], key[1] + key[0] + key[2:], "K" + key])
    return row


# ---------------------------------------------------------------- how well it was matched


@dataclass(frozen=True)
class Score:
    """F1 of the pairs; found share of the planted movements; false share of those that were written."""

    f1: float
    planted_found: float
    false_alarms: float


def score(fleet: Fleet, found: Matched) -> Score:
    """Compare with the truth."""
    right = len(fleet.pairs & found.pairs)
    logged = {leg for _, leg in fleet.pairs}
    return Score(
        2 * right / (len(fleet.pairs) + len(found.pairs)),
        len(fleet.unlogged & found.unlogged.keys()) / max(1, len(fleet.unlogged)),
        len(logged & found.unlogged.keys()) / max(1, len(logged)),
    )
