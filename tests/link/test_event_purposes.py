"""What the calendar says a drive was for, kept apart from what the log states; and the private part of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.link.books import linked
from tests.link.car_day import ATHENS_OHIO, DAY, PLACES, drive_entry, hours, the_day, tracked
from wardbook.link.purposes import CLASSES, PRIVATE_CLASSES, define_purpose
from wardbook.records.engine import Engine, literal

HALL = [
    *PLACES,
    {"name": "Athens Hall", "kind": "venue", "lat_e6": ATHENS_OHIO[0], "lon_e6": ATHENS_OHIO[1]},
]
DAY_TRACK = tracked(the_day())
"""Home to the Capitol by 8.20, to Athens in Ohio at ten (1 h 40), back by 14.34, home at 17."""


def event(title: str, first: float, last: float, place: str = "Athens Hall", **values: Any) -> dict[str, Any]:
    times = {"starts_at": (DAY + hours(first)).isoformat(), "ends_at": (DAY + hours(last)).isoformat()}
    return {"uid": title, "title": title, "place": place, **times, **values}


WHOLE_DAY = [drive_entry("e1", -0.1, 9.5, stated_purpose="Mine inspection")]


def facts(log: list[dict[str, Any]], *events: dict[str, Any]) -> dict[str, Any]:
    with linked(log, places=HALL, events=events, **DAY_TRACK) as engine:
        rows = engine.dicts("SELECT * FROM facts ORDER BY use_id")
        return {str(row["use_id"]): row for row in rows} if len(rows) > 1 else rows[0]


def test_the_calendar_s_purpose_stands_beside_the_log_s() -> None:
    log = [drive_entry("e2", 2, 6.5, stated_purpose="Mine inspection")]
    found = facts(log, event("Fundraiser for the campaign", 3.75, 4.75))
    assert (found["purpose"], found["event_purpose"]) == ("official", "political")
    assert found["event_hours"] == found["political_event_hours"] == found["private_event_hours"] == 1
    assert found["private_m"] == found["driven_m"] > 200_000
    assert found["private_hours"] == found["driven_hours"]


def test_without_an_event_nothing_is_known() -> None:
    found = facts([drive_entry("e2", 2, 6.5, stated_purpose="Mine inspection")])
    for name in ("event_purpose", "event_hours", "political_event_hours", "private_event_hours", "private_m"):
        assert found[name] is None


def test_events_of_two_kinds_are_mixed_and_their_hours_parted() -> None:
    log = [drive_entry("e2", 2, 6.5)]
    found = facts(log, event("Campaign rally", 3.75, 4.25), event("Mine inspection", 4.25, 4.75))
    assert found["event_purpose"] == "mixed"
    assert found["event_hours"] == 1
    assert found["political_event_hours"] == found["private_event_hours"] == Decimal("0.5")
    assert found["private_m"] is None, "one movement led to both"


def test_a_title_without_a_known_word_leaves_the_part_open() -> None:
    found = facts([drive_entry("e2", 2, 6.5)], event("Athens", 3.75, 4.75))
    assert found["event_purpose"] is None
    assert found["event_hours"] == 1
    assert found["private_event_hours"] is None
    assert found["private_m"] is None


def test_an_event_of_whole_days_has_no_hours() -> None:
    log = [drive_entry("e2", 2, 6.5)]
    found = facts(log, event("Campaign rally", -8, 16))
    assert found["event_purpose"] == "political"
    assert found["event_hours"] is None


def test_the_categories_of_an_event_speak_too() -> None:
    found = facts([drive_entry("e2", 2, 6.5)], event("Athens", 3.75, 4.75, categories="Campaign rally"))
    assert found["event_purpose"] == "political"


def test_the_part_needs_the_purpose_of_every_movement() -> None:
    """Of one long entry over the day, the drives to the Capitol and home have no event: the part is open."""
    rally = event("Campaign rally", 3.75, 4.75)
    assert facts(WHOLE_DAY, rally)["private_m"] is None


def test_the_private_part_of_an_entry_over_a_day_is_that_of_its_movements() -> None:
    meeting = event("Staff meeting on the budget", 0.4, 1.9, place="Capitol")
    evening = event("Budget hearing", 6.7, 9, place="Capitol")
    rally = event("Campaign rally", 3.75, 4.75)
    with linked(WHOLE_DAY, places=HALL, events=[meeting, rally, evening], **DAY_TRACK) as engine:
        legs = dict(
            engine.rows(
                "SELECT start_at, purpose FROM traced_legs JOIN leg_purposes USING (leg_id) ORDER BY 1"
            )
        )
        assert list(legs.values()) == ["official", "political", "official", "official"]
        ((private, driven),) = engine.rows("SELECT private_m, driven_m FROM facts")
        (to_athens,) = (
            row[0]
            for row in engine.rows(
                "SELECT metres FROM traced_legs JOIN leg_purposes USING (leg_id) WHERE purpose = 'political'"
            )
        )
        assert 0 < private == to_athens < driven


@given(st.lists(st.sampled_from(CLASSES), unique=True, max_size=4))
def test_one_class_of_several_is_that_of_the_twin(classes: list[str]) -> None:
    listed = sorted(classes, key=CLASSES.index)
    with Engine() as engine:
        define_purpose(engine)
        texts = ", ".join(literal(name) for name in listed)
        found = engine.one(f"SELECT w_purpose(CAST([{texts}] AS VARCHAR[]))")
    assert found == _one_of(listed)


def _one_of(classes: list[str]) -> str | None:
    private = [name for name in classes if name in PRIVATE_CLASSES]
    public = [name for name in classes if name not in PRIVATE_CLASSES and name != "mixed"]
    if not classes:
        return None
    if "mixed" in classes or (private and public) or ("political" in private and len(private) > 1):
        return "mixed"
    return (public or private)[0]


def test_only_places_bring_events_to_movements() -> None:
    """An event elsewhere, or at another time, is none of the drive's."""
    log = [drive_entry("e2", 2, 6.5)]
    assert facts(log, event("Campaign rally", 3.75, 4.75, place="Capitol"))["event_purpose"] is None
    assert facts(log, event("Campaign rally", 20, 21))["event_purpose"] is None
