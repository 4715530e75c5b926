from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from tests.report.day_case import NEW_YORK, engine_of, the_day
from wardbook.audit import Audit
from wardbook.records.engine import Engine
from wardbook.records.schema import AUDIT_TABLES, TEXT, Column, Table
from wardbook.report.day_choice import DayCount, chosen_days, day_counts, nearest_days
from wardbook.report.day_section import movements_section
from wardbook.report.page import page_html
from wardbook.report.vehicle_day_rows import query

DAY = date(2024, 3, 12)
EVIDENCE = Table("report_evidence", "a record", (Column("record_id", TEXT, "the record"),))
NAMED = Table("report_named", "a use", (Column("use_id", TEXT, "the use"),))


@pytest.fixture
def engine() -> Iterator[Engine]:
    with engine_of(the_day()) as opened:
        opened.load(EVIDENCE, [])
        opened.load(NAMED, [])
        yield opened


def counted(day: int, *, key: str = "CAR7", **more: int) -> DayCount:
    """A day of March 2024 with two legs."""
    given = {
        "legs": 2,
        "unobserved": 0,
        "unlogged": 0,
        "entries": 2,
        "contradicted": 0,
        "anchors": 0,
        "metres": 100,
    }
    return DayCount(key, date(2024, 3, day), **(given | more))


def test_each_day_counts_what_it_has(engine: Engine) -> None:
    assert day_counts(engine, NEW_YORK) == (DayCount("CAR7", DAY, 2, 0, 1, 3, 1, 2, 25_630),)


def test_a_movement_counts_on_the_local_day_of_its_start(engine: Engine) -> None:
    row = the_day()["traced_legs"][0]
    late = row | {"leg_id": "L", "start_at": "2024-03-13T03:50:00+00:00"}  # 23:50 in New York
    with engine_of({"traced_legs": [late]}) as other:
        assert [one.day for one in day_counts(other, NEW_YORK)] == [DAY]


def test_the_nearest_days_are_told_in_order_of_time() -> None:
    days = [counted(n) for n in (1, 5, 9, 20)] + [counted(11, key="VAN2")]
    assert [one.day.day for one in nearest_days(days, "CAR7", date(2024, 3, 10), 2)] == [5, 9]


def test_days_of_findings_come_first_then_those_with_most_left_open() -> None:
    days = [
        counted(1),  # nothing open
        counted(2, unlogged=1),
        counted(3, unlogged=2),
        counted(4, contradicted=1),
        counted(5, unobserved=1),
        counted(6),
        counted(7, legs=0, contradicted=1),  # no movement
    ]
    spoken_of = [("CAR7", date(2024, 3, 6)), ("CAR7", date(2024, 3, 7)), ("VAN2", date(2024, 3, 6))]
    assert [day.day for _, day in chosen_days(days, spoken_of)] == [2, 3, 4, 5, 6]


def test_no_more_days_are_drawn_than_the_report_says() -> None:
    start = date(2024, 1, 1)
    days = [DayCount("CAR7", start + timedelta(days=n), 1, 0, 1, 0, 0, 0, n) for n in range(200)]
    spoken_of = [("CAR7", one.day) for one in days[:100]]
    chosen = chosen_days(days, spoken_of)
    assert len(chosen) == 24 + 24
    assert [day for _, day in chosen[:24]] == [one.day for one in days[:24]]
    assert [day for _, day in chosen[24:]] == [one.day for one in days[176:]]  # the longest ways of the rest


@pytest.mark.parametrize(
    ("evidence", "rank"),
    [("A-fix", 0), ("toll-1", 0), ("fuel-1", 0), ("log-3", 1), ("track-1", 3), ("nothing", None)],
)
def test_findings_speak_of_a_day_by_their_evidence(evidence: str, rank: int | None) -> None:
    relations = the_day()
    relations["traced_legs"][0]["sources"] = ["A-fix", "track-1"]
    with engine_of(relations) as engine:
        engine.load(EVIDENCE, [{"record_id": evidence}])
        engine.load(NAMED, [])
        found = engine.rows(query("spoken_of"), [NEW_YORK.key])
    assert found == ([] if rank is None else [("CAR7", DAY, rank)])


def test_a_use_that_a_finding_names_speaks_of_its_day(engine: Engine) -> None:
    uses = next(table for table in AUDIT_TABLES if table.name == "uses")
    engine.load(uses, [{"use_id": "u", "vehicle": "car 7", "date": "2024-03-12"}])
    engine.load(NAMED, [{"use_id": "u"}])
    assert engine.rows(query("spoken_of"), [NEW_YORK.key]) == [("CAR7", DAY, 2)]


def test_the_section_counts_and_draws(engine: Engine) -> None:
    found = movements_section(engine, NEW_YORK)
    assert found is not None
    assert found.totals == (1, 2, 1, 0)
    (vehicle,) = found.vehicles
    assert (vehicle.vehicle_key, vehicle.contradicted) == ("CAR7", 1)
    (mark,) = vehicle.months[0].days
    assert (vehicle.months[0].month, mark.number, mark.movements, mark.unlogged) == ("2024-03", 12, 2, 1)
    assert mark.drawing == found.drawings[0].name == "day-CAR7-20240312"


def test_a_book_without_tracks_has_no_section_and_its_page_no_word_of_it(audited: Audit) -> None:
    with engine_of({}) as empty:
        assert movements_section(empty, NEW_YORK) is None
    page = page_html(audited, "1", {})
    assert 'id="movements"' not in page
    assert "svg.day" not in page
    assert len(re.findall("<style>", page)) == 1


def test_the_page_of_a_book_with_tracks_has_the_drawing_under_its_own_hash(audited: Audit) -> None:
    before = page_html(audited, "1", {})
    with engine_of(the_day()) as made:
        wanted = (
            *(
                "traced_legs",
                "written",
                "watched_spans",
                "entry_legs",
                "entry_leg_reasons",
                "unlogged_movements",
            ),
            *("entries_not_driven", "anchors", "anchor_legs", "anchors_without_movement", "intervals"),
            *("leg_intervals", "intervals_without_movement", "track_vehicles", "dropped_fixes"),
        )
        for name in wanted:
            table = made.rows(
                f"SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = '{name}'"
            )
            shape = Table(name, "", tuple(Column(column, kind, "") for column, kind in table))
            audited.engine.load(shape, made.dicts(f"SELECT * FROM {name}"))
    page = page_html(audited, "1", {})
    assert 'href="#movements"' in page
    assert page.count('<svg class="day"') == 1
    assert 'href="#day-CAR7-20240312-h"' in page
    head = re.search(r"style-src ('sha256-[^']+') ('sha256-[^']+');", page)
    assert head is not None
    assert f"style-src {head[1]};" in before
    assert page == page_html(audited, "1", {})
