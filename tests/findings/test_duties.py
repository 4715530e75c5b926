"""AUT-02 to AUT-04: two duties at once, pay beyond the limit, overtime on days without a movement."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.accounts.small_book import rulebook, small_book, use
from wardbook.findings.duties import OVERLAPPING_DUTIES, OVERTIME_ALONE, PAY_BEYOND_LIMIT
from wardbook.findings.procedure import Observation, Procedure
from wardbook.records.macros import define_macros
from wardbook.records.settings import Settings

DAY = datetime(2022, 3, 1, 6, tzinfo=UTC)
"""Midnight in New Orleans."""


def seen(procedure: Procedure, minutes: int = 995, **tables: Any) -> list[Observation]:
    with small_book(**tables) as engine:
        define_macros(engine, Settings(time_zone="America/Chicago", pay_limit_minutes=minutes))
        return list(procedure.run(engine, rulebook()))


def duty(name: str, first: float, last: float, kind: str = "regular", **values: Any) -> dict[str, Any]:
    """A duty from hour to hour after midnight of 1 March."""
    times = {
        "start_at": (DAY + timedelta(hours=first)).isoformat(),
        "end_at": (DAY + timedelta(hours=last)).isoformat(),
    }
    return {"record_id": name, "officer": "Sgt. R. Boudreaux", "kind": kind, **times, **values}


def test_two_duties_at_once() -> None:
    lines = [duty("a", 8, 16), duty("b", 15, 19, "paid detail", place="Stadium")]
    (found,) = seen(OVERLAPPING_DUTIES, duties=lines)
    assert found.title == "Sgt. R. Boudreaux on two duties at once, 2022-03: 1 time"
    assert found.condition == (
        "1 time, 60 minutes together: 2022-03-01 08:00 to 16:00 (regular) and 15:00 to 19:00 "
        "(paid detail, Stadium), 60 min."
    )
    assert found.evidence == ("a", "b")


def test_duties_that_touch_are_none_and_those_of_two_officers_neither() -> None:
    assert seen(OVERLAPPING_DUTIES, duties=[duty("a", 8, 16), duty("b", 15.95, 19)]) == []
    assert seen(OVERLAPPING_DUTIES, duties=[duty("a", 8, 16), duty("b", 8, 16, officer="P. Roy")]) == []


def test_one_officer_in_two_vehicles_at_once() -> None:
    times = {"start_at": "2022-03-01T14:00:00Z", "end_at": "2022-03-01T15:00:00Z"}
    log = [
        {"record_id": "e1", "vehicle": "C1", "officers_text": "Oake; Larke", **times},
        {"record_id": "e2", "vehicle": "C2", "officers_text": "Larke and Finche", **times},
        {"record_id": "e3", "vehicle": "C2", "officers_text": "Finche", **times},
    ]
    (found,) = seen(OVERLAPPING_DUTIES, log_entries=log)
    assert found.title == "Larke on two duties at once, 2022-03: 1 time"
    assert "(C1) and 08:00 to 09:00 (C2), 60 min" in found.condition


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([duty("a", 0, 16.5)], None),
        ([duty("a", 0, 16.6)], "since 2022-03-01 00:00: paid 16 h 36 min, present 16 h 36 min"),
        ([duty("a", 6, 15), duty("b", 20, 27.5)], None),  # 16 h 30 min from 06:00
        (
            [duty("a", 6, 15), duty("b", 20, 29)],
            "paid 18 h 0 min, present 18 h 0 min",
        ),
        (
            [duty("a", 8, 18), duty("b", 10, 18)],
            "paid 18 h 0 min, present 10 h 0 min",
        ),
    ],
)
def test_pay_in_any_24_hours(lines: list[dict[str, Any]], told: str | None) -> None:
    found = seen(PAY_BEYOND_LIMIT, duties=lines)
    if told is None:
        assert found == []
    else:
        assert told in found[0].condition
        assert found[0].title.startswith("Sgt. R. Boudreaux paid beyond 16 h 35 min in 24 hours, 2022-03")


def test_the_limit_is_a_setting() -> None:
    lines = [duty("a", 0, 12.1)]
    assert seen(PAY_BEYOND_LIMIT, duties=lines) == []
    assert len(seen(PAY_BEYOND_LIMIT, 720, duties=lines)) == 1


def test_lines_without_times_are_added_up_by_calendar_day() -> None:
    line = {"record_id": "a", "officer": "0542", "day": "2022-03-01", "hours": 17, "kind": "OT"}
    (found,) = seen(PAY_BEYOND_LIMIT, duties=[line])
    assert "2022-03-01, a calendar day without times: paid 17 h 0 min" in found.condition


def test_lines_of_no_day_are_added_up_to_no_day() -> None:
    lines = [{"record_id": name, "officer": "0542", "hours": 17, "kind": "OT"} for name in "ab"]
    assert seen(PAY_BEYOND_LIMIT, duties=lines) == []


HALF_HOURS = st.lists(st.tuples(st.integers(0, 144), st.integers(1, 40)), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None)
@given(HALF_HOURS)
def test_the_worst_24_hours_are_found(spans: list[tuple[int, int]]) -> None:
    """Every window of 24 hours at every half hour, in a plain loop."""
    worst = max(
        sum(max(0, min(first + long, at + 48) - max(first, at)) for first, long in spans)
        for at in range(-48, 200)
    )
    lines = [duty(f"d{n}", first / 2, (first + long) / 2) for n, (first, long) in enumerate(spans)]
    limit = max(1, min(worst * 30 - 1, 1440))
    found = seen(PAY_BEYOND_LIMIT, limit, duties=lines)
    assert bool(found) == (worst * 30 > limit)
    if found:
        told = f"paid {worst * 30 // 60} h {worst * 30 % 60} min"
        assert any(told in one.condition for one in found)
    assert seen(PAY_BEYOND_LIMIT, min(1440, worst * 30), duties=lines) == [] or worst * 30 > 1440


def test_overtime_on_a_day_on_which_nothing_is_on_record() -> None:
    uses = [use("u1", date="2022-02-01"), use("u2", date="2022-03-03")]
    log = [{"record_id": "l1", "day": "2022-02-01"}, {"record_id": "l2", "day": "2022-03-31"}]
    lines = [
        duty("a", 8, 12, "Overtime", day="2022-03-01", hours=4, amount="200.00", currency="USD"),
        duty("b", 8, 12, "overtime", day="2022-03-03", hours=4, amount="200.00", currency="USD"),
        duty("c", 8, 12, "regular", day="2022-03-04", hours=4),
        duty("d", 8, 12, "OT", day="2022-05-04", hours=4),
    ]
    (found,) = seen(OVERTIME_ALONE, uses=uses, log_entries=log, duties=lines)
    assert found.title == "Overtime of Sgt. R. Boudreaux on 1 day without a movement, 2022-03"
    assert found.condition.startswith("1 line of overtime on 1 day, 4 h: 2022-03-01.")
    assert (found.evidence, str(found.amount), found.currency) == (("a",), "200.00", "USD")


def test_a_calendar_event_explains_overtime() -> None:
    log = [{"record_id": "l1", "day": "2022-02-01"}, {"record_id": "l2", "day": "2022-03-31"}]
    event = {"record_id": "v", "day": "2022-03-01", "title": "Parade"}
    lines = [duty("a", 8, 12, "overtime", day="2022-03-01", hours=4)]
    assert seen(OVERTIME_ALONE, log_entries=log, duties=lines, events=[event]) == []
    assert len(seen(OVERTIME_ALONE, log_entries=log, duties=lines)) == 1


def test_nothing_is_found_where_nothing_is_on_record() -> None:
    for procedure in (OVERLAPPING_DUTIES, PAY_BEYOND_LIMIT, OVERTIME_ALONE):
        assert seen(procedure) == []
