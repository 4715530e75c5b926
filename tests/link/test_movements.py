"""Movements of a book: a car with a tracker for a day, beside what its log says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.link.books import SETTINGS, linked
from tests.link.car_day import DAY, HOME, LOG, OFFICE, PLACES, drive_entry, driven, the_day, tracked
from wardbook.link.anchors_tables import ANCHOR_INPUTS, ANCHOR_OUTPUTS
from wardbook.link.matching_tables import INPUTS, OUTPUTS
from wardbook.link.movements import EXPENSE_OUTPUTS
from wardbook.records.engine import Engine


@pytest.fixture(scope="module")
def book() -> Iterator[Engine]:
    with linked(LOG, places=PLACES, **tracked(the_day())) as engine:
        yield engine


def test_a_leg_bears_its_places_regions_and_borders(book: Engine) -> None:
    found = book.rows(
        "SELECT strftime(start_at, '%H:%M'), from_place, to_place, from_region, to_region, outside, borders "
        "FROM traced_legs ORDER BY start_at"
    )
    assert found == [
        ("12:00", "Residence", "Capitol", "WV", "WV", False, []),
        ("14:00", "Capitol", None, "WV", "OH", True, ["WV to OH, crossed"]),
        ("16:54", None, "Capitol", "OH", "WV", True, ["OH to WV, crossed"]),
        ("21:00", "Capitol", "Residence", "WV", "WV", False, []),
    ]


def test_a_leg_names_its_stop_rule_and_its_records(book: Engine) -> None:
    profile, sources = book.rows("SELECT profile, sources FROM traced_legs ORDER BY start_at LIMIT 1")[0]
    assert profile == "house 2026-11-25"
    assert len(sources) == 3
    assert sources[-1] == "t1"


def test_entries_and_movements_that_are_one_drive_are_linked(book: Engine) -> None:
    found = book.rows(
        "SELECT entry_id, leg_id, kind, places FROM entry_legs ORDER BY entry_id, leg_id",
    )
    assert found == [
        ("e1", "C2/20210503T120000Z", "one to one", "both agree"),
        ("e2", "C2/20210503T140000Z", "one entry, several legs", "not compared"),
        ("e2", "C2/20210503T165400Z", "one entry, several legs", "not compared"),
    ]


def test_what_is_left_over_is_told_on_both_sides(book: Engine) -> None:
    assert book.rows("SELECT leg_id FROM unlogged_movements") == [("C2/20210503T210000Z",)]
    assert book.rows("SELECT entry_id, verdict FROM entries_not_driven") == [("e3", "contradicted")]


def test_every_link_has_its_reason(book: Engine) -> None:
    reason, sources = book.rows("SELECT reason, leg_source_ids FROM entry_leg_reasons WHERE entry_id = 'e1'")[
        0
    ]
    assert "both places agree" in reason or "agree" in reason
    assert "t1" in sources


def facts_of(book: Engine, entry_id: str, names: str) -> tuple[Any, ...]:
    return book.rows(
        f"SELECT {names} FROM facts JOIN use_records USING (use_id) WHERE record_id = '{entry_id}'"
    )[0]


def test_facts_come_from_log_and_track(book: Engine) -> None:
    names = "outside_jurisdiction, from_residence, home_to_work, driven"
    assert facts_of(book, "e1", names) == (False, True, True, True)
    # No route is written: the track alone says that it left the state, and that no end was a residence.
    assert facts_of(book, "e2", names) == (True, False, False, True)
    assert facts_of(book, "e3", names) == (None, False, False, False)


def test_the_length_driven_is_that_of_the_path(book: Engine) -> None:
    metres, hours_driven = facts_of(book, "e2", "driven_m, driven_hours")
    assert 230_000 < metres < 240_000  # twice the great circle of 116.9 km
    assert float(hours_driven) == pytest.approx(3.33, abs=0.05)


def test_a_fact_says_where_it_comes_from(book: Engine) -> None:
    basis = book.one(
        "SELECT basis FROM fact_bases JOIN use_records USING (use_id) "
        "WHERE record_id = 'e2' AND fact = 'outside_jurisdiction'"
    )
    assert basis == (
        "no route stands on record: not known; 2 movements recorded, from Capitol to Capitol, outside"
    )


def test_a_tracker_is_of_the_vehicle_it_was_assigned_to() -> None:
    rows = tracked(driven(HOME, OFFICE, DAY, 20), vehicle="IMEI 8612-44")
    assigned = [
        {"device": "imei 861244", "vehicle": "C2", "valid_from": "2021-05-01", "valid_to": "2021-05-31"},
        {"device": "imei 861244", "vehicle": "C9", "valid_from": "2021-06-01"},
    ]
    with linked(LOG, assignments=assigned, **rows) as engine:
        assert engine.rows("SELECT vehicle_key, vehicle FROM traced_legs") == [("C2", "C2")]


def test_a_tracker_assigned_to_two_vehicles_at_once_keeps_its_own_name() -> None:
    rows = tracked(driven(HOME, OFFICE, DAY, 20), vehicle="IMEI 8612-44")
    assigned = [{"device": "IMEI861244", "vehicle": name} for name in ("C2", "C9")]
    with linked(LOG, assignments=assigned, **rows) as engine:
        assert engine.rows("SELECT vehicle_key FROM traced_legs") == [("IMEI861244",)]


def test_a_position_the_device_calls_no_good_is_left_out_and_told() -> None:
    rows = tracked(driven(HOME, OFFICE, DAY, 20))
    for number in (30, 31):
        rows["fixes"][number] |= {"valid": False, "lat_e6": 40_000_000}
    with linked([], **rows) as engine:
        assert engine.one("SELECT count(*) FROM traced_legs") == 1
        assert engine.rows("SELECT record_id, reason FROM dropped_fixes ORDER BY 1") == [
            ("f0031", "the device says that its position is no good"),
            ("f0032", "the device says that its position is no good"),
        ]


def test_the_order_of_rows_changes_nothing() -> None:
    given: dict[str, Any] = {"places": PLACES, **tracked(the_day())}
    with linked(LOG, **given) as forth, linked(LOG, backward=True, **given) as back:
        for relation in ("traced_legs", "watched_spans", "entry_legs", "facts"):
            query = f"SELECT * FROM {relation} ORDER BY ALL"
            assert forth.rows(query) == back.rows(query)


def test_relations_have_the_columns_that_are_documented(book: Engine) -> None:
    for table in (*INPUTS, *OUTPUTS, *ANCHOR_INPUTS, *ANCHOR_OUTPUTS, *EXPENSE_OUTPUTS):
        found = [(row[0], row[1]) for row in book.rows(f"DESCRIBE {table.name}")]
        assert found == [(column.name, column.type) for column in table.columns], table.name


def test_a_book_without_times_has_the_relations_empty() -> None:
    with linked(LOG, settings=SETTINGS) as engine:
        for table in (*OUTPUTS, *ANCHOR_OUTPUTS):
            assert engine.count(table.name) == 0
        assert facts_of(engine, "e1", "driven, driven_m") == (None, None)


def test_a_person_may_judge_that_an_entry_is_another_movement() -> None:
    evening = "C2/20210503T210000Z"
    judged = [
        {
            "kind": "movement",
            "left_key": "e3",
            "right_key": evening,
            "verdict": "same",
            "by_whom": "the auditor",
            "judged_at": "2024-01-01T00:00:00Z",
            "why": "the driver's note",
        }
    ]
    with linked(LOG, places=PLACES, judgements=judged, **tracked(the_day())) as engine:
        assert engine.one("SELECT leg_id FROM entry_legs WHERE entry_id = 'e3'") == evening
        assert facts_of(engine, "e3", "driven, from_residence") == (True, True)


def test_a_movement_that_two_uses_share_gives_neither_its_length() -> None:
    log = [
        drive_entry("e1", 2, 2.8, route_text="Capitol-Athens"),
        drive_entry("e2", 2.8, 3.7, route_text="Athens-Capitol"),
    ]
    with linked(log, places=PLACES, **tracked(the_day())) as engine:
        assert len(engine.rows("SELECT 1 FROM entry_legs WHERE kind = 'several entries, one leg'")) == 2
        for entry_id in ("e1", "e2"):
            assert facts_of(engine, entry_id, "driven, driven_m, driven_hours") == (True, None, None)


def test_expenses_belong_to_movements_by_trip_vehicle_or_person() -> None:
    log = [
        drive_entry("e1", -0.1, 0.4, trip="Athens", riders_text="Governor Jim Justice"),
        drive_entry("e2", 2, 6.5),
    ]
    costs = [
        {"record_id": "by trip", "trip": "athens ", "day": "2021-06-01"},
        {"record_id": "by vehicle", "vehicle": "c-2", "day": "2021-05-03"},
        {"record_id": "by person", "person": "Jim Justice", "day": "2021-05-01", "day_to": "2021-05-04"},
        {"record_id": "other day", "vehicle": "C2", "day": "2021-05-04"},
        {"record_id": "nothing", "day": "2021-05-03"},
    ]
    with linked(log, places=PLACES, expenses=costs, **tracked(the_day())) as engine:
        found = engine.rows(
            "SELECT expense_id, told_by, count(*), min(score) FROM expense_legs GROUP BY ALL ORDER BY ALL"
        )
        assert found == [
            ("by person", "person", 1, 60),
            ("by trip", "trip", 1, 95),
            ("by vehicle", "vehicle", 4, 80),
        ]
        alone = engine.rows("SELECT * FROM expenses_without_movement ORDER BY 1")
        assert alone == [
            ("nothing", "no trip, no vehicle and no person with a day is on record"),
            ("other day", "no movement of its trip, its vehicle or its person lies in its days"),
        ]
