"""INT-03, INT-04, INT-05: tracks and places against the log."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

from tests.accounts.small_book import accounted, rate, rulebook, use
from wardbook.findings.finding import Finding
from wardbook.findings.procedures import run_procedures

CHARLESTON = (38_373_100, -81_593_200)
LEWISBURG = (37_858_300, -80_399_500)
WASHINGTON = (38_852_100, -77_037_700)
YEAGER_TOWN = (38_349_800, -81_632_600)
PLACES = {"crw": CHARLESTON, "lewisburg": LEWISBURG, "washington, dc": WASHINGTON, "charleston": YEAGER_TOWN}


def found(code: str, use_tracks: tuple[tuple[str, str], ...] = (), **tables: Any) -> list[Finding]:
    engine = accounted(rulebook(), **tables)
    for pair in use_tracks:
        engine.rows("INSERT INTO use_tracks VALUES (?, ?)", pair)
    return [finding for finding in run_procedures(engine, rulebook()) if finding.procedure == code]


def legs(use_id: str, *places: str) -> list[dict[str, Any]]:
    rows = []
    for position, (start, end) in enumerate(pairwise(places), start=1):
        (from_lat, from_lon), (to_lat, to_lon) = (PLACES.get(p, (None, None)) for p in (start, end))
        rows.append(
            {
                "leg_id": f"{use_id}/{position}",
                "use_id": use_id,
                "position": position,
                "from_place": start,
                "to_place": end,
                "from_lat_e6": from_lat,
                "from_lon_e6": from_lon,
                "to_lat_e6": to_lat,
                "to_lon_e6": to_lon,
            }
        )
    return rows


def fixes(*points: tuple[int, int]) -> list[dict[str, Any]]:
    return [
        {"track_id": "t", "vehicle": "N1WV", "position": n, "lat_e6": lat, "lon_e6": lon}
        for n, (lat, lon) in enumerate(points, start=1)
    ]


def entry(record_id: str, day: str, vehicle: str = "N1WV") -> dict[str, Any]:
    return {"record_id": record_id, "day": day, "vehicle": vehicle}


def test_a_track_on_a_day_without_an_entry() -> None:
    within, outside, unknown = found(
        "INT-03",
        log_entries=[entry("1", "2025-01-01"), entry("2", "2025-01-10"), entry("3", "2025-01-05", "N3WV")],
        tracks=[
            {"record_id": "on", "day": "2025-01-01", "vehicle": "N1WV"},
            {"record_id": "alone", "day": "2025-01-05", "vehicle": "N1WV"},
            {"record_id": "beside", "day": "2025-01-09", "vehicle": "N1WV"},
            {"record_id": "after", "day": "2025-02-01", "vehicle": "N1WV"},
            {"record_id": "no log", "day": "2025-01-01", "vehicle": "N9"},
            {"record_id": "no day", "vehicle": "N1WV"},
        ],
    )
    assert within.evidence == ("alone", "beside")
    assert within.condition == (
        "2 tracks of N1WV in 2025 fall on 2 days for which its log, which runs from 2025-01-01 to "
        "2025-01-10, has no entry: 2025-01-05; 2025-01-09. On 1 of them the day before or after has an entry."
    )
    assert outside.evidence == ("after",)
    assert "run from 2025-01-01 to 2025-01-10" in outside.condition
    assert unknown.condition.endswith("no log of it is in the book.")


def contradictions(route: tuple[str, ...], *points: tuple[int, int]) -> list[Finding]:
    return found(
        "INT-04",
        use_tracks=(("u", "t"),),
        uses=[use("u", vehicle="N1WV", date="2025-01-01", route="-".join(route))],
        legs=legs("u", *route),
        fixes=fixes(*points),
    )


def test_a_track_on_the_way_between_two_stops_fits_the_route() -> None:
    halfway = (38_700_000, -79_300_000)
    assert not contradictions(("crw", "washington, dc", "crw"), halfway)


def test_a_track_that_stays_away_from_the_whole_route_contradicts_it() -> None:
    (finding,) = contradictions(("crw", "lewisburg", "crw"), WASHINGTON, (38_900_000, -77_400_000))
    assert finding.title == "The track of N1WV on 2025-01-01 contradicts its log"
    assert "All 2 fixes of the track lie farther than 75 km" in finding.condition
    assert "the nearest comes within 286 km of a stop" in finding.condition
    assert (finding.evidence, finding.uses) == (("log-u", "t"), ("u",))


def test_a_track_that_goes_on_beyond_the_route_is_away_in_part() -> None:
    (finding,) = contradictions(("crw", "lewisburg", "crw"), CHARLESTON, *[WASHINGTON] * 5)
    assert finding.title.startswith("Part of the track")
    assert "5 of 6 fixes" in finding.condition


def test_an_ordinary_detour_of_a_long_leg_contradicts_nothing() -> None:
    bend = (37_700_000, -79_400_000)  # 95 km south of the line to Washington, 47 km longer by way of it
    assert not contradictions(("crw", "washington, dc", "crw"), CHARLESTON, *[bend] * 9, WASHINGTON)


def test_a_long_way_round_is_named_with_its_farthest_fix_that_is_away() -> None:
    richmond = (37_505_200, -77_319_700)
    (finding,) = contradictions(("crw", "lewisburg", "crw"), CHARLESTON, *[richmond] * 9)
    assert finding.condition.endswith(
        "9 of 10 fixes of the track lie farther than 75 km from every leg logged that day, and on no "
        "ordinary detour of one; the farthest of them is 274 km from the nearest stop."
    )


def test_a_few_fixes_away_may_be_false_positions() -> None:
    assert not contradictions(("crw", "lewisburg", "crw"), CHARLESTON, *[WASHINGTON] * 4)


def test_a_track_of_a_day_is_held_against_every_use_of_the_day() -> None:
    other = use("v", vehicle="N1WV", date="2025-01-01", route="lewisburg-washington, dc")
    tables = {
        "uses": [use("u", vehicle="N1WV", date="2025-01-01", route="crw-lewisburg"), other],
        "fixes": fixes(*[WASHINGTON] * 5),
    }
    pair = (("u", "t"),)
    first, second = legs("u", "crw", "lewisburg"), legs("v", "lewisburg", "washington, dc")
    assert not found("INT-04", pair, legs=[*first, *second], **tables)
    assert not found("INT-04", pair, legs=[*first, *legs("v", "lewisburg", "a field")], **tables)
    assert not found("INT-04", pair, legs=first, **tables)
    (finding,) = found("INT-04", pair, legs=[*first, *legs("v", "lewisburg", "crw")], **tables)
    assert finding.uses == ("u", "v")


def test_the_line_of_a_leg_ends_at_its_stops() -> None:
    beyond = (37_300_000, -79_200_000)  # farther along the line from Charleston through Lewisburg
    assert len(contradictions(("crw", "lewisburg"), beyond)) == 1


def test_a_route_with_an_unknown_place_is_not_judged() -> None:
    assert not contradictions(("crw", "an unknown field", "crw"), WASHINGTON)


def test_a_flight_around_one_place_is_judged_by_that_place() -> None:
    assert not contradictions(("crw", "crw"), (38_400_000, -81_600_000))
    assert len(contradictions(("crw", "crw"), WASHINGTON)) == 1


def positioned(*uses: tuple[str, str, str | None, tuple[str, ...]]) -> list[Finding]:
    return found(
        "INT-05",
        uses=[
            use(name, vehicle="N1WV", date=day, start_at=at and f"{day}T{at}:00Z", riders="someone")
            for name, day, at, _ in uses
        ],
        legs=[leg for name, _, _, route in uses for leg in legs(name, *route)],
    )


def test_a_use_that_starts_elsewhere_than_the_last_ended_implies_a_movement() -> None:
    (finding,) = positioned(
        ("a", "2025-03-04", None, ("crw", "washington, dc")),
        ("b", "2025-03-05", None, ("crw", "lewisburg", "crw")),
    )
    assert finding.uses == ("a", "b")
    assert "2025-03-04 ended at washington, dc, 2025-03-05 started at crw (399 km)" in finding.condition


def test_a_return_flown_the_next_day_implies_nothing() -> None:
    assert not positioned(
        ("a", "2025-03-04", None, ("crw", "washington, dc")),
        ("b", "2025-03-05", None, ("washington, dc", "crw")),
        ("c", "2025-03-06", None, ("charleston", "lewisburg")),
    )


def test_uses_of_one_day_without_times_are_never_put_in_an_order() -> None:
    assert not positioned(
        ("z", "2025-03-04", None, ("crw", "washington, dc")),
        ("a", "2025-03-04", None, ("washington, dc", "crw")),
        ("b", "2025-03-05", None, ("crw", "crw")),
    )


def test_a_use_that_no_order_of_its_day_explains_implies_a_movement() -> None:
    (finding,) = positioned(
        ("a", "2025-03-03", None, ("lewisburg", "crw")),
        ("b", "2025-03-04", None, ("crw", "lewisburg")),
        ("c", "2025-03-04", None, ("washington, dc", "crw")),
    )
    assert "started at washington, dc" in finding.condition
    assert finding.title.startswith("1 movement")


def test_the_first_use_of_a_day_starts_where_the_day_before_ended() -> None:
    (finding,) = positioned(
        ("a", "2025-03-03", None, ("crw", "washington, dc")),
        ("b", "2025-03-04", None, ("crw", "lewisburg")),
        ("c", "2025-03-04", None, ("lewisburg", "crw")),
    )
    assert "2025-03-03 ended at washington, dc, 2025-03-04 started at" in finding.condition


def test_uses_of_one_day_with_times_are_put_in_order() -> None:
    (finding,) = positioned(
        ("z", "2025-03-04", "08:00", ("crw", "washington, dc")),
        ("a", "2025-03-04", "15:00", ("lewisburg", "crw")),
    )
    assert "ended at washington, dc" in finding.condition


def test_where_a_place_is_not_known_nothing_is_implied() -> None:
    assert not positioned(
        ("a", "2025-03-04", None, ("crw", "a field")),
        ("b", "2025-03-05", None, ("washington, dc", "crw")),
    )
    assert not positioned(
        ("a", "2025-03-04", None, ("crw", "washington, dc")),
        ("b", "2025-03-05", None, ()),
        ("c", "2025-03-06", None, ("crw", "crw")),
    )


def test_uses_without_a_rider_are_listed_by_vehicle() -> None:
    (finding,) = found(
        "INT-05",
        uses=[
            use("empty", vehicle="N1WV", date="2025-01-01", hours="1.5"),
            use("called", vehicle="N1WV", date="2025-01-02", hours="0.5", riders="crew"),
            use("trained", vehicle="N1WV", date="2025-01-02", hours="2.0"),
            use("riders", vehicle="N1WV", date="2025-01-03", riders="someone"),
            use("listed", vehicle="N1WV", date="2025-01-03"),
            {**use("errand", vehicle="N1WV", date="2025-01-03"), "task": "errand"},
        ],
        facts=[
            {"use_id": "called", "purpose": "positioning", "date": date(2025, 1, 2)},
            {"use_id": "trained", "purpose": "training", "date": date(2025, 1, 2)},
        ],
        riders=[{"record_id": "r", "entry_id": "log-listed"}],
        rates=[rate("N1WV", "1400")],
    )
    assert finding.uses == ("called", "empty")
    assert finding.condition == (
        "2 uses of N1WV from 2025-01-01 to 2025-01-02 (2 h, 2,800.00 USD) carried nobody that the log names; "
        "1 of them the log itself calls positioning; 1 had another purpose, or none that can be read."
    )
