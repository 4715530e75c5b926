"""Tolls, fuel, parking and intervals on the movements of a fleet, as relations to link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from random import Random
from typing import Any

from wardbook.link.anchors_tables import ANCHOR_HOLDERS, ANCHORS, INTERVALS, LEG_PEOPLE
from wardbook.records.engine import Engine

Row = Mapping[str, Any]
_AT = dict.fromkeys(("at_place", "at_lat_e6", "at_lon_e6"))


def anchor(anchor_id: str, kind: str, lo: int | None, hi: int | None = None, **values: Any) -> dict[str, Any]:
    """An anchor of vehicle E1 in one second, unless ``values`` say otherwise."""
    row = {"anchor_id": anchor_id, "kind": kind, "vehicle_key": "E1", "holder_key": None, "lo": lo,
           "hi": lo if hi is None else hi, **_AT, "source_ids": [anchor_id]}  # fmt: skip
    return row | values


def holder(holder_key: str, vehicle_key: str, lo: int | None = None, hi: int | None = None) -> dict[str, Any]:
    """A transponder or card and its vehicle."""
    return {"holder_key": holder_key, "vehicle_key": vehicle_key, "lo": lo, "hi": hi}


def interval(interval_id: str, kind: str, lo: int | None, hi: int | None, **values: Any) -> dict[str, Any]:
    """An interval of all vehicles and persons, unless ``values`` say otherwise."""
    row = {"interval_id": interval_id, "kind": kind, "vehicle_key": None, "person_key": None,
           "lo": lo, "hi": hi, **_AT, "source_ids": [interval_id]}  # fmt: skip
    return row | values


def load_anchors(
    engine: Engine,
    anchors: Iterable[Row] = (),
    holders: Iterable[Row] = (),
    intervals: Iterable[Row] = (),
    people: Iterable[tuple[str, str]] = (),
) -> None:
    """Make the relations that `link_anchors` and `link_intervals` are given, beside movements and watched."""
    engine.load(ANCHORS, anchors)
    engine.load(ANCHOR_HOLDERS, holders)
    engine.load(INTERVALS, intervals)
    engine.load(LEG_PEOPLE, ({"leg_id": leg, "person_key": person} for leg, person in people))


def anchored(engine: Engine, random: Random, movements: list[dict[str, Any]]) -> None:
    """Anchors in, near and far from a fleet's movements, some by card; intervals of every kind."""
    anchors, intervals, people = [], [], []
    for number, row in enumerate(movements):
        key, start, end = row["vehicle_key"], row["start_s"], row["end_s"]
        where = {"at_place": random.choice([row["from_place"], row["to_place"], None])}
        kind = random.choice(["toll", "fuel", "parking"])
        lo = random.choice([start, end]) + random.randrange(-2400, 2400)
        who = random.choice([{"vehicle_key": key}, {"vehicle_key": None, "holder_key": f"card {key}"}])
        anchors.append(anchor(f"a{number}", kind, lo, lo + random.choice([0, 59, 7200]), **where, **who))
        if number % 3 == 0:
            people.append((row["leg_id"], f"person {number % 2}"))
        if number % 4 == 0:
            whom = random.choice([{"person_key": f"person {number % 2}"}, {"vehicle_key": key}, {}])
            begin = random.choice([start - 5400, end, end + 1500, end + 9000])
            intervals.append(interval(f"e{number}", "event", begin, begin + 3600, **where, **whom))
    day = 86_400
    first = movements[0]["start_s"]
    keys = sorted({row["vehicle_key"] for row in movements})
    intervals += [
        interval("all", "authorization", first + day, None),
        interval("one", "authorization", None, first + day, vehicle_key=keys[0]),
        interval("both", "authorization", None, None, vehicle_key=keys[0], person_key="person 0"),
        interval("threat", "assessment", first, first + 2 * day, person_key="person 1"),
        interval("reversed", "assessment", first, first - 1),
    ]  # fmt: skip
    holders = [holder(f"card {key}", key, None, first + 3 * day) for key in keys]
    load_anchors(engine, anchors, [*holders, holder(f"card {keys[0]}", keys[1])], intervals, people)
