"""INT-19: the calendar gives a drive another purpose than the log."""

from __future__ import annotations

from typing import Any

import pytest

from tests.accounts.small_book import rulebook
from tests.link.books import linked
from tests.link.car_day import ATHENS_OHIO, DAY, PLACES, drive_entry, hours, the_day, tracked
from wardbook.findings.procedure import Observation
from wardbook.findings.purposes_apart import PURPOSES_APART

HALL = {"name": "Athens Hall", "kind": "venue", "lat_e6": ATHENS_OHIO[0], "lon_e6": ATHENS_OHIO[1]}


def seen(stated: str, title: str) -> list[Observation]:
    at = {"starts_at": (DAY + hours(3.75)).isoformat(), "ends_at": (DAY + hours(4.75)).isoformat()}
    events: list[dict[str, Any]] = [{"uid": "u1", "title": title, "place": "Athens Hall", **at}]
    log = [drive_entry("e2", 2, 6.5, stated_purpose=stated)]
    with linked(log, places=[*PLACES, HALL], events=events, **tracked(the_day())) as engine:
        return list(PURPOSES_APART.run(engine, rulebook()))


def test_public_business_in_the_log_and_a_fundraiser_in_the_calendar() -> None:
    (found,) = seen("Mine inspection", "Fundraiser for the campaign")
    assert found.title == "Log and calendar give 1 use of C2 unlike purposes, 2021-05"
    assert found.condition == (
        '2021-05-03: log "Mine inspection" (official), calendar "Fundraiser for the campaign" (political).'
    )
    assert found.evidence == ("e2", "events-0")
    assert len(found.uses) == 1


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        ("Mine inspection", "Budget hearing"),
        ("Campaign rally", "Fundraiser for the campaign"),
        ("Mine inspection", "Athens"),
        ("to Athens", "Fundraiser for the campaign"),
    ],
)
def test_alike_or_unknown_is_nothing(stated: str, title: str) -> None:
    assert seen(stated, title) == []
