"""Tolls, fuel, parking and intervals: examples of each relation, and a slow reading of the rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.link.anchored import anchor, holder, interval, load_anchors
from tests.link.fleets import MAY, load, movement
from wardbook.link.anchors import AnchorReach, link_anchors, link_intervals
from wardbook.link.matching import step_text
from wardbook.records.engine import Engine
from wardbook.records.schema import FUEL_PURCHASES, TOLL_PASSES

NINE = MAY + 9 * 3600
REACH = AnchorReach()
Row = dict[str, Any]


def at(minutes: int) -> int:
    """Minutes after nine in the morning of 1 May 2021."""
    return NINE + minutes * 60


def leg(name: str, start: int, end: int, **values: Any) -> Row:
    return movement(name, at(start), at(end), **values)


def watched(lo: int, hi: int) -> Row:
    return {"vehicle_key": "E1", "lo": at(lo), "hi": at(hi)}


def linked(
    movements: Iterable[Row],
    anchors: Iterable[Row] = (),
    holders: Iterable[Row] = (),
    intervals: Iterable[Row] = (),
    people: Iterable[tuple[str, str]] = (),
    spans: Iterable[Row] = (),
) -> tuple[list[Row], dict[str, Row], list[Row], dict[str, Row]]:
    """Anchors linked, anchors alone, intervals linked, intervals alone."""
    with Engine() as engine:
        load(engine, movements, (), spans)
        load_anchors(engine, anchors, holders, intervals, people)
        link_anchors(engine)
        link_intervals(engine)
        return (
            engine.dicts("SELECT * FROM anchor_legs ORDER BY anchor_id, leg_id, relation"),
            {row["anchor_id"]: row for row in engine.dicts("SELECT * FROM anchors_without_movement")},
            engine.dicts("SELECT * FROM leg_intervals ORDER BY interval_id, leg_id, relation"),
            {row["interval_id"]: row for row in engine.dicts("SELECT * FROM intervals_without_movement")},
        )


def relations(rows: list[Row]) -> dict[tuple[str, str], tuple[str, int]]:
    return {(row["anchor_id"], row["leg_id"]): (row["relation"], row["seconds"]) for row in rows}


# ---------------------------------------------------------------- tolls, fuel, parking

DRIVES = (leg("out", 0, 30, to_place="court"), leg("back", 90, 120, from_place="court"))


@pytest.mark.parametrize(
    ("minute", "expected"),
    [
        (15, {"out": ("inside", 0)}),
        (0, {"out": ("perhaps inside", 0)}),
        (34, {"out": ("arrived", 225)}),
        (86, {"back": ("left", 225)}),
        (40, {}),
    ],
)
def test_a_toll_belongs_to_the_movement_around_it_or_within_five_minutes(
    minute: int, expected: dict[str, tuple[str, int]]
) -> None:
    rows, alone, *_ = linked(DRIVES, [anchor("T", "toll", at(minute))])
    assert relations(rows) == {("T", name): what for name, what in expected.items()}
    assert alone.keys() == (set() if expected else {"T"})


def test_a_toll_between_two_movements_is_of_the_nearer() -> None:
    rows, *_ = linked([leg("out", 0, 30), leg("on", 36, 60)], [anchor("T", "toll", at(32))])
    assert relations(rows) == {("T", "out"): ("arrived", 105)}


def test_fuel_lies_between_two_movements_and_says_how_far() -> None:
    rows, *_ = linked(
        [leg("out", 0, 30, to_place="pump"), leg("back", 50, 70)],
        [anchor("F", "fuel", at(38), at_place="pump")],
    )
    assert relations(rows) == {("F", "out"): ("arrived", 465), ("F", "back"): ("left", 705)}
    assert [(row["place"], row["score"], row["reason"]) for row in rows] == [
        ("not compared", 74, "the movement began 12 min after it"),
        ("agrees", 83, "the movement ended 8 min before it; at the same place"),
    ]


def test_a_card_used_where_the_vehicle_was_not() -> None:
    home = {"to_lat_e6": 40_713_000, "to_lon_e6": -74_006_000}
    (row,) = linked(
        [leg("out", 0, 30, **home)],
        [anchor("F", "fuel", at(33), at_lat_e6=41_310_000, at_lon_e6=-72_924_000)],
    )[0]
    assert (row["place"], row["score"], row["reason"]) == (
        "contradicts",
        48,
        "the movement ended 3 min before it; at another place",
    )


def test_a_parking_between_two_movements_and_one_while_it_lasted() -> None:
    drives = (*DRIVES, leg("secret", 50, 60))
    rows, *_ = linked(drives, [anchor("P", "parking", at(32), at(88), at_place="court")])
    assert relations(rows) == {
        ("P", "out"): ("arrived", 105),
        ("P", "back"): ("left", 105),
        ("P", "secret"): ("moved during", 0),
    }
    assert {row["leg_id"]: row["reason"] for row in rows} == {
        "out": "the movement ended 2 min from its begin; at the same place",
        "back": "the movement began 2 min from its end; at the same place",
        "secret": "the vehicle moved while it was parked",
    }


@pytest.mark.parametrize(
    ("spans", "verdict"),
    [
        ([watched(100, 300)], "stood"),
        ([watched(196, 300)], "open"),
        ([watched(100, 204)], "open"),
        ([], "open"),
    ],
)
def test_a_toll_without_movement_is_certain_only_if_the_device_was_heard(
    spans: list[Row], verdict: str
) -> None:
    _, alone, *_ = linked(DRIVES, [anchor("T", "toll", at(200))], spans=spans)
    assert alone["T"]["verdict"] == verdict
    assert (alone["T"]["seconds_since"], alone["T"]["seconds_until"]) == (80 * 60 - 15, None)


def test_a_transponder_is_of_the_vehicle_it_was_issued_to_at_the_time() -> None:
    tag: Row = {"vehicle_key": None, "holder_key": "TAG"}
    issued = [holder("TAG", "E9", None, at(-1)), holder("TAG", "E1", at(0), None)]
    assert relations(linked(DRIVES, [anchor("T", "toll", at(15), **tag)], issued)[0])
    _, alone, *_ = linked(DRIVES, [anchor("T", "toll", at(-5), **tag)], issued)
    assert (alone["T"]["vehicle_key"], alone["T"]["reason"]) == ("E9", "no device recorded this vehicle")
    _, alone, *_ = linked(DRIVES, [anchor("T", "toll", at(15), **tag)], [*issued, holder("TAG", "E2")])
    assert alone["T"]["reason"] == "nothing says of which vehicle it is"
    _, alone, *_ = linked(DRIVES, [anchor("T", "toll", None)])
    assert alone["T"]["reason"] == "its time is not known"


# ---------------------------------------------------------------- the rules, read slowly


def slowly(legs: list[Row], anchors: list[Row]) -> set[tuple[str, str, str, int]]:
    """For each anchor its movements: anchor, leg, relation, seconds."""
    found = set()
    limit = {"toll": REACH.toll, "fuel": REACH.fuel, "parking": REACH.parking}
    for a in anchors:
        candidates: list[tuple[str, int, Row]] = []
        for m in legs:
            if m["vehicle_key"] == a["vehicle_key"]:
                relation, seconds = related(a, m)
                if seconds <= limit[a["kind"]]:
                    candidates.append((relation, seconds, m))
        sure = [one for one in candidates if one[0] == "inside"]
        maybe = [one for one in candidates if one[0] == "perhaps inside"]
        left = sure or maybe or candidates
        for relation in {one[0] for one in left}:
            of_it = [one for one in left if one[0] == relation]
            if relation != "moved during":
                of_it = [min(of_it, key=lambda o: (o[1], o[2]["start_s"], o[2]["end_s"], o[2]["leg_id"]))]
            nearest = min(one[1] for one in left)
            found |= {
                (a["anchor_id"], m["leg_id"], relation, seconds)
                for _, seconds, m in of_it
                if a["kind"] != "toll" or seconds == nearest
            }
    return found


def related(a: Row, m: Row) -> tuple[str, int]:
    if a["kind"] == "parking":
        if m["start_lo"] > a["lo"] + REACH.parking and m["end_hi"] < a["hi"] - REACH.parking:
            return "moved during", 0
        arrival = max(m["end_lo"] - a["lo"], a["lo"] - m["end_hi"], 0)
        leaving = max(m["start_lo"] - a["hi"], a["hi"] - m["start_hi"], 0)
        return ("arrived", arrival) if arrival <= leaving else ("left", leaving)
    if a["lo"] >= m["start_hi"] and a["hi"] <= m["end_lo"]:
        return "inside", 0
    if a["lo"] <= m["end_hi"] and a["hi"] >= m["start_lo"]:
        return "perhaps inside", 0
    return ("arrived", a["lo"] - m["end_hi"]) if a["lo"] > m["end_hi"] else ("left", m["start_lo"] - a["hi"])


@st.composite
def days(draw: st.DrawFn) -> tuple[list[Row], list[Row]]:
    legs, anchors = [], []
    for number in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, 30)) * 5
        wide = draw(st.sampled_from([15, 15, 600]))
        end = start + draw(st.integers(1, 12)) * 5
        bounds = {"start_lo": at(start) - wide, "end_hi": at(end) + wide}
        legs.append(
            leg(f"leg{number}", start, end, vehicle_key=draw(st.sampled_from(["E1", "E2"])), **bounds)
        )
    for number in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from(["toll", "fuel", "parking"]))
        lo = at(0) + draw(st.integers(-20, 80)) * 120
        hi = lo + draw(st.sampled_from([0, 59, 3600, 9000]))
        key = draw(st.sampled_from(["E1", "E1", "E2"]))
        anchors.append(anchor(f"anchor{number}", kind, lo, hi, vehicle_key=key))
    return legs, anchors


@settings(max_examples=60, deadline=None)
@given(days())
def test_the_links_of_anchors_are_those_of_the_rules_read_slowly(day: tuple[list[Row], list[Row]]) -> None:
    legs, anchors = day
    rows, alone, *_ = linked(legs, anchors)
    found = {(row["anchor_id"], row["leg_id"], row["relation"], row["seconds"]) for row in rows}
    assert found == slowly(legs, anchors)
    assert alone.keys() == {a["anchor_id"] for a in anchors} - {one[0] for one in found}
    for a in anchors:
        if a["anchor_id"] in alone:
            own = [m for m in legs if m["vehicle_key"] == a["vehicle_key"]]
            since = [a["lo"] - m["end_hi"] for m in own if m["end_hi"] <= a["lo"]]
            until = [m["start_lo"] - a["lo"] for m in own if m["start_lo"] >= a["lo"]]
            row = alone[a["anchor_id"]]
            assert row["seconds_since"] == min(since, default=None)
            assert row["seconds_until"] == min(until, default=None)


# ---------------------------------------------------------------- events and what is in force


def held(rows: list[Row]) -> dict[tuple[str, str], str]:
    return {(row["interval_id"], row["leg_id"]): row["relation"] for row in rows}


def test_authorizations_of_all_of_a_vehicle_and_of_a_person_aboard() -> None:
    legs = [leg("a", 0, 30), leg("b", 60, 90, vehicle_key="E2")]
    given_ = [
        interval("all", "authorization", None, None),
        interval("car", "authorization", at(-10), at(300), vehicle_key="E2"),
        interval("person", "assessment", at(15), None, person_key="mayor"),
        interval("both", "authorization", None, None, person_key="mayor", vehicle_key="E2"),
        interval("over", "authorization", None, at(-5)),
    ]
    _, _, rows, alone = linked(legs, intervals=given_, people=[("a", "mayor")])
    assert held(rows) == {
        ("all", "a"): "throughout",
        ("all", "b"): "throughout",
        ("car", "b"): "throughout",
        ("person", "a"): "in part",
    }
    assert {row["interval_id"]: row["score"] for row in rows} == {"all": 100, "car": 100, "person": 80}
    assert alone.keys() == {"both", "over"}
    assert alone["over"]["reason"] == "no movement lies in its time"


def test_in_force_throughout_needs_the_whole_of_the_bounds() -> None:
    wide = leg("a", 0, 30, start_lo=at(-20))
    _, _, rows, _ = linked([wide], intervals=[interval("i", "authorization", at(-10), at(60))])
    assert held(rows) == {("i", "a"): "in part"}


@pytest.mark.parametrize(
    ("start", "end", "relation", "seconds"),
    [
        (0, 50, "to it", 585),
        (0, 70, "to it", 0),
        (70, 80, "during", 0),
        (130, 150, "from it", 585),
        (110, 150, "from it", 0),
        (0, 150, "around it", 0),
        (-100, -10, None, None),
        (190, 220, None, None),
    ],
)
def test_a_movement_to_an_event_from_it_in_it_and_around_it(
    start: int, end: int, relation: str | None, seconds: int | None
) -> None:
    """The dinner of the mayor from 10:00 to 11:00; up to an hour before or after counts."""
    dinner = interval("dinner", "event", at(60), at(120), person_key="mayor")
    _, _, rows, alone = linked([leg("a", start, end)], intervals=[dinner], people=[("a", "mayor")])
    assert [(row["relation"], row["seconds"]) for row in rows] == ([(relation, seconds)] if relation else [])
    assert alone.keys() == (set() if relation else {"dinner"})


def test_an_event_of_nobody_needs_its_place_and_one_far_away_is_none() -> None:
    legs = [
        leg("to", 0, 50, from_place="home", to_place="hall"),
        leg("from", 130, 150, from_place="hall", to_place="home"),
        leg("other", 0, 50, from_place="home", to_place="court"),
    ]
    open_day = interval("open day", "event", at(60), at(120), at_place="hall")
    _, _, rows, _ = linked(legs, intervals=[open_day])
    assert held(rows) == {("open day", "to"): "to it", ("open day", "from"): "from it"}
    assert {row["reason"] for row in rows} == {
        "at the place; the movement ends 10 min before it; at the same place",
        "at the place; the movement begins 10 min after it; at the same place",
    }
    far = leg("far", 0, 50, to_lat_e6=40_713_000, to_lon_e6=-74_006_000)
    mayor = interval(
        "dinner", "event", at(60), at(120), person_key="mayor", at_lat_e6=41_310_000, at_lon_e6=-72_924_000
    )
    _, _, rows, alone = linked([far], intervals=[mayor], people=[("far", "mayor")])
    assert not rows
    assert alone["dinner"]["reason"] == "no movement leads to it, from it, or lies in it"


# ---------------------------------------------------------------- from the book


def test_tolls_and_fuel_of_the_book_as_anchors() -> None:
    toll = {"record_id": "t1", "exhibit": "x", "raw_text": "", "vehicle": "TAG 12", "exit_plaza": " Elm ",
            "passed_at": "2021-05-01 09:15:00Z", "entered_at": "2021-05-01 09:02:30Z",
            "entry_plaza": "Oak"}  # fmt: skip
    plate = toll | {"record_id": "t2", "vehicle": "E-1", "entered_at": None}
    fuel = {"record_id": "f1", "exhibit": "x", "raw_text": "", "card": "99", "vehicle": "E1",
            "volume_ml": 40_000, "purchased_at": "2021-05-01 09:35:00Z", "merchant": "Pump"}  # fmt: skip
    wash = fuel | {"record_id": "f2", "volume_ml": None}
    with Engine() as engine:
        engine.load(TOLL_PASSES, [toll, plate])
        engine.load(FUEL_PURCHASES, [fuel, wash])
        load(engine, DRIVES, ())
        load_anchors(engine, holders=[holder("TAG12", "E1")])
        engine.run("anchors", step_text("anchors_of_book"))
        rows = engine.dicts("SELECT * FROM anchors ORDER BY anchor_id")
        assert [
            (r["anchor_id"], r["kind"], r["vehicle_key"], r["holder_key"], r["at_place"]) for r in rows
        ] == [
            ("f1", "fuel", "E1", "99", "pump"),
            ("t1", "toll", None, "TAG12", "elm"),
            ("t1/entry", "toll", None, "TAG12", "oak"),
            ("t2", "toll", "E1", "E1", "elm"),
        ]
        assert {(r["lo"], r["hi"]) for r in rows if r["anchor_id"] == "t1/entry"} == {(at(2), at(2) + 59)}
        link_anchors(engine)
        found = relations(engine.dicts("SELECT * FROM anchor_legs"))
    assert found == {
        ("f1", "out"): ("arrived", 285),
        ("t1", "out"): ("inside", 0),
        ("t1/entry", "out"): ("inside", 0),
        ("t2", "out"): ("inside", 0),
    }
