"""A car with a tracker for a day, and what its log says: shared by the tests of links and of findings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.link.books import entry

HOME, OFFICE, ATHENS_OHIO = (38_336_000, -81_612_000), (38_350_000, -81_633_000), (39_329_000, -82_101_000)
PLACES = [
    {"name": "Residence", "kind": "residence", "lat_e6": HOME[0], "lon_e6": HOME[1]},
    {"name": "Capitol", "kind": "office", "lat_e6": OFFICE[0], "lon_e6": OFFICE[1]},
]
DAY = datetime(2021, 5, 3, 12, tzinfo=UTC)
"""Eight in the morning in Charleston."""

Point = tuple[int, int]


def parked(at: Point, first: datetime, last: datetime) -> Iterator[tuple[datetime, Point]]:
    """A fix every five minutes."""
    while first <= last:
        yield first, at
        first += timedelta(minutes=5)


def driven(start: Point, end: Point, first: datetime, minutes: int) -> Iterator[tuple[datetime, Point]]:
    """A fix every 20 seconds along a straight line."""
    hops = minutes * 3
    for hop in range(hops + 1):
        lat, lon = (a + (b - a) * hop // hops for a, b in zip(start, end, strict=True))
        yield first + timedelta(seconds=20 * hop), (lat, lon)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def tracked(points: Iterator[tuple[datetime, Point]], vehicle: str = "C2") -> dict[str, Any]:
    """The tables of one track."""
    rows = [
        {
            "record_id": f"f{number:04}",
            "track_id": "t1",
            "vehicle": vehicle,
            "position": number,
            "at": at.isoformat(),
            "lat_e6": lat,
            "lon_e6": lon,
        }
        for number, (at, (lat, lon)) in enumerate(points, start=1)
    ]
    return {
        "tracks": [{"record_id": "t1", "vehicle": vehicle, "day": "2021-05-03", "fixes": len(rows)}],
        "fixes": rows,
    }


def the_day() -> Iterator[tuple[datetime, Point]]:
    """Home, to the Capitol by 8.20, to Athens in Ohio at ten and back by 14.30, home at 17."""
    yield from parked(HOME, DAY - hours(1), DAY - timedelta(minutes=1))
    yield from driven(HOME, OFFICE, DAY, 20)
    yield from parked(OFFICE, DAY + hours(0.4), DAY + hours(1.9))
    yield from driven(OFFICE, ATHENS_OHIO, DAY + hours(2), 100)
    yield from parked(ATHENS_OHIO, DAY + hours(3.8), DAY + hours(4.8))
    yield from driven(ATHENS_OHIO, OFFICE, DAY + hours(4.9), 100)
    yield from parked(OFFICE, DAY + hours(6.7), DAY + hours(8.9))
    yield from driven(OFFICE, HOME, DAY + hours(9), 20)
    yield from parked(HOME, DAY + hours(9.4), DAY + hours(11))


def drive_entry(record_id: str, first: float, last: float, **values: Any) -> dict[str, Any]:
    times = {"start_at": (DAY + hours(first)).isoformat(), "end_at": (DAY + hours(last)).isoformat()}
    return entry(record_id, vehicle="C2", **times, **values)


LOG = [
    drive_entry("e1", -0.1, 0.4, route_text="Residence-Capitol"),
    drive_entry("e2", 2, 6.5, stated_purpose="Mine inspection"),
    drive_entry("e3", 7.2, 7.8, route_text="Capitol-Airport-Capitol"),
]


def car_and_phone(*points: tuple[datetime, Point]) -> dict[str, Any]:
    """The tables of the car's drive from home to the office, and of a phone at these points."""
    car = tracked(iter([*parked(HOME, DAY - hours(1), DAY), *driven(HOME, OFFICE, DAY, 20)]))
    phone = tracked(iter(points), "Pixel 7")
    for row in (*phone["tracks"], *phone["fixes"]):
        row["record_id"] = "phone-" + row["record_id"]
    for row in phone["fixes"]:
        row["track_id"] = "phone-t1"
    return {name: [*car[name], *phone[name]] for name in car}
