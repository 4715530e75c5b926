"""INT-17: tracks that are longer than the hours logged allow."""

from __future__ import annotations

from typing import Any

import pytest

from tests.accounts.small_book import rulebook, small_book, use
from wardbook.findings.procedure import Observation
from wardbook.findings.track_hours import TRACK_HOURS
from wardbook.records.macros import define_macros
from wardbook.records.settings import Settings


def seen(uses: list[dict[str, Any]], *metres: int, **vehicle: Any) -> list[Observation]:
    paths = [
        {
            "track_id": f"t{n}",
            "vehicle": "N1",
            "day": "2022-03-01",
            "metres": length,
            "fixes": 9,
            "to_lat_e6": n,
        }
        for n, length in enumerate(metres)
    ]
    vehicles = [{"vehicle": "N-1", "kind": "helicopter", **vehicle}]
    with small_book(uses=uses, track_paths=paths, vehicles=vehicles) as engine:
        define_macros(engine, Settings())
        return list(TRACK_HOURS.run(engine, rulebook()))


def flown(name: str, hours: str | None) -> dict[str, Any]:
    return use(name, vehicle="N1", date="2022-03-01", hours=hours)


def test_a_track_longer_than_the_hours_allow_at_the_top_speed_of_its_kind() -> None:
    (found,) = seen([flown("u1", "1.0")], 400_000)
    assert found.title == "The track of N1 on 2022-03-01 is longer than the hours logged allow"
    assert found.condition == (
        "1 track with 9 fixes: 400 km. 1 use logged that day come to 1 h together, which would be 400 km/h "
        "on the "
        "whole; no helicopter is taken to go faster than 330 km/h."
    )
    assert (found.evidence, found.uses) == (("log-u1", "t0"), ("u1",))


@pytest.mark.parametrize(
    ("hours", "metres", "vehicle"),
    [
        (("1.0",), (363_000,), {}),  # 330 km/h for the hour and six minutes
        (("1.0", "0.5"), (200_000, 200_000), {}),
        (("1.0", None), (900_000,), {}),
        (("1.0",), (900_000,), {"kind": "airship"}),
        (("1.0",), (400_000,), {"top_kmh": 400}),
    ],
)
def test_what_is_possible_or_not_known_is_not_told(
    hours: tuple[str | None, ...], metres: tuple[int, ...], vehicle: dict[str, Any]
) -> None:
    assert seen([flown(f"u{n}", each) for n, each in enumerate(hours)], *metres, **vehicle) == []


def test_the_register_s_own_top_speed_counts() -> None:
    (found,) = seen([flown("u1", "1.0")], 300_000, top_kmh=250)
    assert found.condition.endswith("the register of vehicles gives 250 km/h as its top speed.")
