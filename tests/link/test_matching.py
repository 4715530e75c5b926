"""Log entries and movements: each kind of link by an example, planted fleets, and what must not matter."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from tests.link.fleets import DAY, MAY, Matched, Noise, entry, generate, matched, movement, of_day, score
from wardbook.link.matching_spellings import slip, vehicle_spellings

NINE = MAY + 9 * 3600
MINUTE = 60
ALL = frozenset({"metres", "from_place", "to_place"})


def at(minutes: int) -> int:
    """Minutes after nine in the morning of 1 May 2021."""
    return NINE + minutes * MINUTE


def leg(name: str, start: int, end: int, **values: Any) -> dict[str, Any]:
    return movement(name, at(start), at(end), **values)


def log(name: str, start: int | None, end: int | None, **values: Any) -> dict[str, Any]:
    times = (None if each is None else at(each) for each in (start, end))
    return entry(name, *times, **values)


def reason(found: Matched, entry_id: str, leg_id: str) -> str:
    return str(found.reasons[entry_id, leg_id]["reason"])


# ---------------------------------------------------------------- one to one


def test_a_link_says_every_comparison_and_its_sources() -> None:
    places = {"from_place": "city hall", "to_place": "airport"}
    found = matched(
        [leg("drive", 0, 30, metres=20_000, **places)], [log("A", 4, 30, metres=19_300, **places)]
    )
    (link,) = found.links
    assert link == {
        "entry_id": "A",
        "leg_id": "drive",
        "kind": "one to one",
        "found_by": "times",
        "vehicle": "same",
        "start_apart_s": 225,
        "end_apart_s": 0,
        "overlap_permille": 866,
        "places": "both agree",
        "metres_apart": 700,
        "distances": "agree",
        "shifted_s": 0,
        "score": 97,
    }
    assert found.reasons["A", "drive"] == {
        "entry_id": "A",
        "leg_id": "drive",
        "reason": "same vehicle; starts 4 min apart; end within its bounds; places: both agree; "
        "distances agree",
        "entry_source_ids": ["A"],
        "leg_source_ids": ["track of drive"],
    }
    assert not found.unlogged
    assert not found.not_driven


def test_a_written_time_inside_the_bounds_is_not_off() -> None:
    """The tracker woke up late: the drive began between 9:00 and 9:20, and 9:05 is as true as any."""
    wide = leg("drive", 20, 40, start_lo=at(0), start_hi=at(20))
    (link,) = matched([wide], [log("A", 5, 40)]).links
    assert (link["start_apart_s"], link["end_apart_s"]) == (0, 0)


def test_the_nearer_of_two_drives_is_meant_and_the_other_is_unlogged() -> None:
    found = matched([leg("first", 0, 20), leg("second", 32, 50)], [log("A", 10, 32)])
    assert found.pairs == {("A", "first")}
    assert found.unlogged["second"]["near_entry_id"] == "A"
    assert found.unlogged["second"]["reason"] == "the nearest entry belongs to another movement"


def test_places_decide_where_times_do_not() -> None:
    legs = [
        leg("out", 0, 20, from_place="city hall", to_place="court"),
        leg("back", 20, 40, from_place="court", to_place="city hall"),
    ]
    found = matched(legs, [log("A", 10, 30, from_place="court", to_place="city hall")])
    assert found.pairs == {("A", "back")}


def test_positions_far_apart_contradict_and_lower_the_score() -> None:
    at_hall = {"from_lat_e6": 40_713_000, "from_lon_e6": -74_006_000}
    near = leg("drive", 0, 30, **at_hall)
    far = log("A", 0, 30, from_lat_e6=41_310_000, from_lon_e6=-72_924_000)
    (link,) = matched([near], [far]).links
    assert (link["places"], link["score"]) == ("contradict", 70)
    (link,) = matched([near], [log("A", 0, 30, from_lat_e6=40_718_000, from_lon_e6=-74_011_000)]).links
    assert (link["places"], link["score"]) == ("start agrees", 90)


def test_an_entry_with_one_time_and_one_with_its_end_first() -> None:
    found = matched([leg("a", 0, 20), leg("b", 120, 150)], [log("A", 3, None), log("B", 125, 60)])
    assert found.pairs == {("A", "a"), ("B", "b")}
    assert reason(found, "B", "b").startswith("same vehicle; starts 5 min apart; no end written")


def test_a_drive_over_midnight() -> None:
    found = matched(
        [movement("late", MAY + DAY - 900, MAY + DAY + 1200)], [entry("A", MAY + DAY - 600, MAY + DAY + 900)]
    )
    assert found.pairs == {("A", "late")}


def test_the_hour_that_the_clock_shows_twice() -> None:
    """1:30 of the night of 7 November 2021 in New York: the drive was in the second of the two hours."""
    first = 1_636_263_000
    drive = movement("drive", first + 3600, first + 4800)
    assert matched([drive], [entry("A", first, first + 1200)]).pairs == set()
    found = matched([drive], [entry("A", first, first + 1200, shift_s=3600)])
    assert found.pairs == {("A", "drive")}
    assert "times read on the other side of the change of the clock" in reason(found, "A", "drive")
    assert found.links[0]["start_apart_s"] == 0


# ---------------------------------------------------------------- several


def test_one_entry_for_a_morning_of_drives() -> None:
    legs = [leg("a", 5, 40, metres=9000), leg("b", 90, 110, metres=4000), leg("c", 150, 182, metres=8000)]
    found = matched(legs, [log("A", 0, 180, metres=20_900)])
    assert found.pairs == {("A", "a"), ("A", "b"), ("A", "c")}
    assert {row["kind"] for row in found.links} == {"one entry, several legs"}
    assert {(row["start_apart_s"], row["end_apart_s"], row["distances"]) for row in found.links} == {
        (285, 105, "agree")
    }
    assert reason(found, "A", "b").endswith(
        "; half or more lies in the other's times; one entry, several legs"
    )


def test_two_entries_for_one_drive_without_a_long_stop() -> None:
    found = matched([leg("drive", 2, 44)], [log("A", 0, 20), log("B", 20, 45)])
    assert found.pairs == {("A", "drive"), ("B", "drive")}
    assert {row["kind"] for row in found.links} == {"several entries, one leg"}
    assert {row["overlap_permille"] for row in found.links} == {933}


def test_a_short_drive_within_the_written_times_is_taken_in() -> None:
    legs = [leg("a", 2, 12), leg("b", 20, 38)]
    assert matched(legs, [log("A", 0, 40)]).pairs == {("A", "a"), ("A", "b")}


def test_a_drive_beyond_the_written_distance_is_not_taken_in() -> None:
    legs = [leg("a", 2, 12, metres=7000), leg("b", 20, 38, metres=12_000)]
    found = matched(legs, [log("A", 0, 40, metres=12_000)])
    assert found.pairs == {("A", "b")}
    assert found.unlogged.keys() == {"a"}


def test_a_drive_with_an_entry_of_its_own_is_not_taken_in() -> None:
    legs = [leg("a", 2, 12), leg("b", 20, 38)]
    assert matched(legs, [log("A", 0, 40), log("B", 3, 11)]).pairs == {("A", "b"), ("B", "a")}


def test_an_entry_within_a_drive_that_another_entry_holds_is_not_linked() -> None:
    """A holds the drive; B lies in it and fits neither of its ends, and both together fit no better."""
    found = matched([leg("drive", 60, 100)], [log("A", 0, 180), log("B", 62, 70)])
    assert found.pairs == {("A", "drive")}
    assert found.not_driven["B"]["reason"] == "the nearest movement belongs to another entry"


def test_a_drive_of_an_entry_of_several_takes_in_no_second_entry() -> None:
    """B would complete A's times of the drive, and does where the drive is all that A has."""
    legs = [leg("a", 2, 8), leg("b", 12, 100)]
    written = [log("A", 0, 60), log("B", 62, 98)]
    assert matched(legs, written).pairs == {("A", "a"), ("A", "b")}
    assert matched(legs[1:], written).pairs == {("A", "b"), ("B", "b")}


def test_of_two_entries_that_fit_equally_the_earlier_is_taken() -> None:
    assert matched([leg("drive", 0, 30)], [log("B", 5, 35), log("A", -5, 25)]).pairs == {("A", "drive")}
    assert matched([leg("drive", 0, 30)], [log("A", 5, 35), log("B", -5, 25)]).pairs == {("B", "drive")}


# ---------------------------------------------------------------- days, vehicles


def test_entries_of_a_day_by_place_and_distance_then_the_only_ones_left() -> None:
    legs = [
        leg("a", 0, 20, from_place="city hall", to_place="court", metres=5000),
        leg("b", 60, 80, from_place="court", to_place="city hall", metres=5000),
        leg("c", 200, 220),
    ]
    written = [
        of_day("A", from_place="court", to_place="city hall"),
        of_day("B", metres=5200, to_place="court"),
    ]
    found = matched(legs, [*written, of_day("C")])
    assert found.pairs == {("A", "b"), ("B", "a"), ("C", "c")}
    assert {row["entry_id"]: row["found_by"] for row in found.links} == {"A": "day", "B": "day", "C": "sole"}
    assert reason(found, "C", "c").startswith("same vehicle; only the day is written")


def test_a_day_with_two_drives_says_nothing_of_either() -> None:
    found = matched([leg("a", 0, 20), leg("b", 60, 80)], [of_day("A")])
    assert not found.pairs
    assert (
        found.not_driven["A"]["reason"]
        == "the vehicle moved on that day, and nothing says which movement is meant"
    )
    assert found.not_driven["A"]["verdict"] == "open"


def test_the_wrong_vehicle_is_found_by_time_and_both_places() -> None:
    places = {"from_place": "city hall", "to_place": "airport"}
    legs = [leg("a", 0, 30, vehicle_key="CAR1", **places), leg("x", 300, 330, vehicle_key="CAR2")]
    found = matched(legs, [log("A", 3, 31, vehicle_key="CAR2", **places)])
    assert found.pairs == {("A", "a")}
    assert (found.links[0]["vehicle"], found.links[0]["found_by"]) == ("another", "places")
    assert reason(found, "A", "a").startswith("another vehicle written: CAR2; starts 3 min apart")


def test_a_vehicle_that_no_device_records_is_not_taken_for_another() -> None:
    """The second car of a motorcade goes where the first goes, at its time; its log is its own."""
    places = {"from_place": "city hall", "to_place": "airport"}
    found = matched(
        [leg("a", 0, 30, vehicle_key="CAR1", **places)], [log("A", 0, 30, vehicle_key="CAR7", **places)]
    )
    assert not found.pairs
    assert found.not_driven["A"]["reason"] == "no device recorded this vehicle"
    assert found.unlogged["a"]["reason"] == "the log has no entry of this vehicle"


def test_an_entry_without_a_vehicle_where_one_is_recorded_and_where_two_are() -> None:
    one = [leg("a", 0, 30)]
    (link,) = matched(one, [log("A", 0, 30, vehicle_key=None)]).links
    assert (link["vehicle"], link["score"]) == ("not written", 70)
    two = [*one, leg("x", 300, 330, vehicle_key="E2")]
    found = matched(two, [log("A", 0, 30, vehicle_key=None)])
    assert not found.pairs
    assert found.not_driven["A"]["reason"] == "no vehicle is written"


def test_a_misspelt_vehicle() -> None:
    slips = vehicle_spellings({"N1WVA"}, {"N1VWA", "N2XYZ"})
    found = matched(
        [leg("a", 0, 30, vehicle_key="N1VWA")], [log("A", 0, 30, vehicle_key="N1WVA")], spellings=slips
    )
    assert reason(found, "A", "a").startswith("vehicle spelt N1WVA; start within its bounds")
    assert found.links[0]["score"] == 80


@pytest.mark.parametrize(
    ("written", "vehicle", "how"),
    [
        ("N1OWV", "N10WV", "signs that look alike"),
        ("N1WVA", "N1VWA", "two signs exchanged"),
        ("N1WV", "N1WVA", "one sign too few"),
        ("N1WWVA", "N1WVA", "one sign too many"),
        ("N1XVA", "N1WVA", "one sign for another"),
        ("CAR102", "CAR103", ""),
        ("CAR102", "CAR120", "two signs exchanged"),
        ("N1AVB", "N1WVA", ""),
        ("E1", "E2", ""),
        ("N1WVA", "N1WVA", ""),
    ],
)
def test_what_is_a_slip_of_the_pen(written: str, vehicle: str, how: str) -> None:
    assert slip(written, vehicle) == how


def test_a_slip_that_may_be_two_vehicles_or_is_a_registered_one_is_none() -> None:
    assert list(vehicle_spellings({"CARA"}, {"CARAB", "CARAC"})) == []
    assert list(vehicle_spellings({"CARA"}, {"CARAB"}, registered={"CARA"})) == []
    assert [row["how"] for row in vehicle_spellings({"CARA"}, {"CARAB"})] == ["one sign too few"]


# ---------------------------------------------------------------- no link


def watched(lo: int, hi: int) -> dict[str, Any]:
    return {"vehicle_key": "E1", "lo": at(lo), "hi": at(hi)}


@pytest.mark.parametrize(
    ("spans", "legs", "verdict"),
    [
        ([watched(-100, 200)], [], "contradicted"),
        ([watched(-25, 65)], [], "contradicted"),
        ([watched(-24, 200)], [], "open"),
        ([watched(-100, 20), watched(21, 200)], [], "open"),
        ([], [], "open"),
        ([watched(-100, 200)], [leg("touches", -60, -24)], "open"),
        ([watched(-100, 200)], [leg("before", -60, -27)], "contradicted"),
    ],
)
def test_an_entry_is_contradicted_only_where_the_bounds_leave_no_way(
    spans: list[Any], legs: list[Any], verdict: str
) -> None:
    """Written 9:00 to 9:40; each may be 25 minutes off, so the device must have been heard 8:35 to 10:05."""
    far = leg("far away", 900, 930)
    found = matched([far, *legs], [log("A", 0, 40)], watched=spans)
    assert found.not_driven["A"]["verdict"] == verdict


def test_a_day_is_contradicted_where_the_vehicle_stood_all_of_it() -> None:
    day = {"vehicle_key": "E1", "lo": MAY, "hi": MAY + DAY - 1}
    far = movement("later", MAY + 5 * DAY, MAY + 5 * DAY + 900)
    assert matched([far], [of_day("A")], watched=[day]).not_driven["A"]["verdict"] == "contradicted"
    short = day | {"lo": MAY + 1}
    assert matched([far], [of_day("A")], watched=[short]).not_driven["A"]["verdict"] == "open"


def test_a_movement_without_a_vehicle_or_with_bounds_that_cannot_be_is_still_listed() -> None:
    odd = leg("odd", 0, 10, start_lo=at(30))
    found = matched([leg("whose", 0, 10, vehicle_key=None), odd, leg("x", 0, 10, vehicle_key="E2")], [])
    assert found.unlogged.keys() == {"whose", "odd", "x"}
    assert found.unlogged["whose"]["vehicle_key"] is None


def test_nothing_at_all() -> None:
    found = matched([], [])
    assert not found.pairs
    assert matched([], [log("A", 0, 10)]).not_driven.keys() == {"A"}


# ---------------------------------------------------------------- planted fleets


NOISES = {
    "15 minutes": Noise(),
    "15 minutes, and written in quarters of an hour": Noise(roundings=(900,)),
    "4 minutes, written in 1, 5 and 15": Noise(off=240, roundings=(60, 300, 900), grouped=0.05, split=0.05),
    "drives together and in parts": Noise(grouped=0.05, split=0.05),
    "entries of nothing": Noise(phantom=0.1),
    "wrong vehicles, places known": Noise(wrong_vehicle=0.02, known=ALL),
    "misspelt vehicles": Noise(misspelt=0.05),
}


@pytest.mark.parametrize("name", NOISES)
def test_planted_drives_are_found(name: str) -> None:
    """Of each fleet: F1 of the links, unlogged drives found, logged ones called unlogged."""
    fleet = generate(Random(name), NOISES[name], vehicles=15, drives=60)
    slips = vehicle_spellings(
        {row["vehicle_key"] for row in fleet.written}, {row["vehicle_key"] for row in fleet.movements}
    )
    found = matched(fleet.movements, fleet.written, spellings=slips)
    told = score(fleet, found)
    assert told.f1 >= 0.98
    assert told.planted_found >= 0.99
    assert told.false_alarms <= 0.01
    assert fleet.phantoms <= found.not_driven.keys()


def test_the_order_of_rows_changes_nothing() -> None:
    """Neither do two entries of the same times: of equals the first by name is taken."""
    fleet = generate(Random(5), Noise(grouped=0.1, split=0.1, known=ALL), vehicles=4, drives=30)
    twins = [row | {"entry_id": f"twin of {row['entry_id']}"} for row in fleet.written[::7]]
    told = []
    for seed in range(3):
        movements, written = list(fleet.movements), [*fleet.written, *twins]
        Random(seed).shuffle(movements)
        Random(seed).shuffle(written)
        told.append(matched(movements, written))
    assert told[0] == told[1] == told[2]


def test_noise_beyond_reach_is_noticed() -> None:
    """The score can fail: times off by up to 90 minutes are not matched well."""
    fleet = generate(Random(1), replace(Noise(), off=5400), vehicles=5, drives=40)
    assert score(fleet, matched(fleet.movements, fleet.written)).f1 < 0.9


# ---------------------------------------------------------------- what a person has judged


def verdict(entry_id: str, leg_id: str, given: str = "same") -> dict[str, str]:
    return {"entry_id": entry_id, "leg_id": leg_id, "verdict": given}


def test_a_judged_link_wins_over_the_better_one() -> None:
    drives, entries = [leg("near", 0, 30), leg("far", 300, 330)], [log("A", 0, 30), log("B", 310, 335)]
    assert matched(drives, entries).pairs == {("A", "near"), ("B", "far")}
    found = matched(drives, entries, judged=[verdict("A", "far")])
    assert found.pairs == {("A", "far")}
    assert found.links[0]["found_by"] == "judged"
    assert reason(found, "A", "far").endswith("; a person judged so")
    assert set(found.unlogged) == {"near"}
    assert set(found.not_driven) == {"B"}


def test_a_pair_judged_different_is_not_linked_by_any_step() -> None:
    no = [verdict("A", "drive", "different")]
    assert matched([leg("drive", 0, 30)], [log("A", 0, 30)], judged=no).pairs == set()
    places: dict[str, Any] = {"from_place": "city hall", "to_place": "airport"}
    day = [of_day("A", vehicle_key="E1", **places)]
    assert matched([leg("drive", 0, 30, **places)], day).pairs == {("A", "drive")}
    assert matched([leg("drive", 0, 30, **places)], day, judged=no).pairs == set()
    elsewhere = [log("A", 0, 30, vehicle_key="E2", **places)]
    drives = [leg("drive", 0, 30, **places), movement("other", at(600), at(630), vehicle_key="E2")]
    assert matched(drives, elsewhere).pairs == {("A", "drive")}
    assert matched(drives, elsewhere, judged=no).pairs == set()


def test_after_a_judgement_the_rest_is_linked_anew() -> None:
    drives, entries = [leg("one", 0, 30), leg("two", 8, 36)], [log("A", 0, 30), log("B", 8, 36)]
    found = matched(drives, entries, judged=[verdict("A", "two")])
    assert found.pairs == {("A", "two"), ("B", "one")}


def test_an_entry_that_a_movement_touches_is_not_contradicted_by_a_judgement() -> None:
    watched = [{"vehicle_key": "E1", "lo": at(-600), "hi": at(600)}]
    no = [verdict("A", "drive", "different")]
    found = matched([leg("drive", 0, 30)], [log("A", 0, 30)], watched, judged=no)
    assert found.not_driven["A"]["verdict"] == "open"


def test_one_entry_may_be_judged_to_have_several_movements() -> None:
    drives, entries = [leg("one", 0, 30), leg("two", 200, 230)], [log("A", 0, 30)]
    found = matched(drives, entries, judged=[verdict("A", "one"), verdict("A", "two")])
    assert [(row["leg_id"], row["kind"]) for row in found.links] == [
        ("one", "one entry, several legs"),
        ("two", "one entry, several legs"),
    ]


def test_a_judgement_on_a_movement_that_is_not_there_says_nothing() -> None:
    judged = [verdict("A", "gone")]
    assert matched([leg("drive", 0, 30)], [log("A", 0, 30)], judged=judged).pairs == {("A", "drive")}
