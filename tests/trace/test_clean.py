"""What is taken out of a track, and the reason that is kept with it."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.trace.faults import Fix
from tests.trace.legs_run import dropped, queried
from wardbook.errors import InputRefusedError, WrongUseError
from wardbook.trace.fixes import Asked
from wardbook.trace.fixes_columns import FixMapping, parse_mapping

T0 = 1_500_000_000


def drive(vehicle: int = 1, start: int = T0, fixes: int = 60, pace: int = 15) -> list[Fix]:
    """A straight drive north at 10 m/s."""
    return [(vehicle, start + i * pace, 41_300_000 + i * pace * 90, -72_900_000) for i in range(fixes)]


def parked(start: int, lat: int, fixes: int = 10, vehicle: int = 1) -> list[Fix]:
    """Fixes of a parked vehicle, one in five minutes."""
    return [(vehicle, start + i * 300, lat, -72_900_000) for i in range(fixes)]


def day() -> list[Fix]:
    """Parked, a drive, parked."""
    there = drive()
    return [
        *parked(T0 - 3_000, there[0][2]),
        *there,
        *parked(there[-1][1] + 300, there[-1][2]),
    ]


def test_a_clean_track_loses_nothing() -> None:
    assert dropped(day()) == []
    (leg,) = queried(day())
    assert (leg.start, leg.end, leg.metres) == (T0, T0 + 885, 8_850)


def test_vehicles_with_few_fixes_and_with_many_are_traced_as_each_alone() -> None:
    """A batch without two fixes in 15 s skips the thinning; the first vehicle only lets one guess it."""
    for few, many in ((1, 2), (2, 1)):
        rare, dense = drive(few), drive(many, fixes=900, pace=1)
        together = sorted([*queried(rare), *queried(dense)], key=lambda leg: int(str(leg.vehicle)))
        assert queried([*rare, *dense]) == together


def test_an_exact_copy_is_a_duplicate_whatever_its_place() -> None:
    track = [*day(), day()[20]]
    assert dropped(track) == [(81, "duplicate")]
    assert queried(track) == queried(day())


def test_of_conflicting_copies_the_smallest_position_is_taken() -> None:
    vehicle, ts, lat, lon = day()[20]
    track = [*day(), (vehicle, ts, lat + 100, lon)]
    assert dropped(track) == [(81, "conflicting copy")]
    assert queried(track) == queried(day())
    smaller = [*day(), (vehicle, ts, lat - 100, lon)]
    assert dropped(smaller) == [(21, "conflicting copy")]


def test_of_conflicting_copies_that_received_first_is_taken(tmp_path: Path) -> None:
    table = tmp_path / "fixes.csv"
    table.write_text(
        "vehicle,ts_s,lat,lon,received_at\n"
        "7,1500000000,41.3,-72.9,2017-07-14T02:40:09Z\n"
        "7,1500000000,41.4,-72.9,2017-07-14T02:40:02Z\n"
        "7,1500000060,41.4,-72.9,2017-07-14T02:41:00Z\n"
    )
    assert dropped(table) == [(1, "conflicting copy")]


def test_an_impossible_hop_there_and_back_is_a_teleport() -> None:
    track = day()
    vehicle, ts, lat, lon = track[30]
    track[30] = vehicle, ts, lat + 200_000, lon
    assert dropped(track) == [(31, "teleport")]
    (leg,) = queried(track)
    assert (leg.start, leg.end, leg.metres) == (T0, T0 + 885, 8_850)


def test_one_fix_far_away_between_long_silences_is_a_teleport_where_the_vehicle_sends_often() -> None:
    track = day()
    vehicle, ts, lat, lon = track[75]
    track[75] = vehicle, ts, lat + 90_000, lon
    assert dropped(track) == [(76, "teleport")]
    assert queried(track) == queried(day())


def test_a_slow_tracker_that_was_there_and_back_keeps_its_leg() -> None:
    """One fix in five minutes is all it ever sends: 5 km away is a visit."""
    there = [(1, T0 + i * 300, 41_300_000 + i * 45_000, -72_900_000) for i in range(6)]
    visit = [(1, T0 + 9_000, there[-1][2] + 45_000, -72_900_000)]
    track = [*there, *parked(T0 + 1_800, there[-1][2], 24), *visit, *parked(T0 + 9_300, there[-1][2], 5)]
    assert dropped(track) == []
    assert len(queried(track)) == 2


def test_null_island_is_set_aside() -> None:
    assert dropped([*day(), (1, T0 + 7, 0, 0), (1, T0 + 8, 900, -999)]) == [
        (81, "position 0/0"),
        (82, "position 0/0"),
    ]


def test_jitter_of_a_parked_vehicle_is_no_leg_and_is_listed() -> None:
    lat = day()[-1][2]
    wild = [(1, T0 + 6_000 + i * 60, lat + (i % 2) * 1_500, -72_900_000) for i in range(8)]
    track = [*day(), *wild, *parked(T0 + 7_000, lat)]
    assert {reason for _, reason in dropped(track)} == {"jitter: moves too little for a leg"}
    assert queried(track) == queried(day())


def test_a_clock_that_lost_1024_weeks_is_set_right_and_listed() -> None:
    track = [
        (vehicle, ts - 1024 * 604_800 if 20 <= at < 30 else ts, lat, lon)
        for at, (vehicle, ts, lat, lon) in enumerate(day())
    ]
    reason = "clock 1,024 weeks early, read so much later"
    assert dropped(track) == [(row, reason) for row in range(21, 31)]
    assert queried(track) == queried(day())


def test_a_clock_decades_away_is_dropped() -> None:
    assert dropped([*day(), (1, T0 + 900_000_000, 41_300_000, -72_900_000)]) == [
        (81, "clock decades away from the other fixes")
    ]


def test_a_silence_that_moves_the_vehicle_is_unobserved_and_no_drive() -> None:
    first, second = drive(), drive(start=T0 + 20_000)
    moved = [(vehicle, ts, lat + 500_000, lon) for vehicle, ts, lat, lon in second]
    one, silence, other = queried([*first, *moved])
    assert (one.unseen, silence.unseen, other.unseen) == (False, True, False)
    assert (silence.start, silence.end, silence.top_kmh) == (T0 + 885, T0 + 20_000, None)
    assert (one.end_by, other.start_by) == ("gap", "gap")
    assert other.start_lo == T0 + 885 - 15


# ---------------------------------------------------------------- what a table may hold


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("7,,41.3,-72.9", "no time"),
        ("7,noon,41.3,-72.9", "time cannot be read"),
        ("7,12,41.3,-72.9", "clock before 1980 or after 2100"),
        (",1500000000,41.3,-72.9", "no vehicle"),
        ("7,1500000000,,-72.9", "no position"),
        ("7,1500000000,north,-72.9", "position out of range"),
        ("7,1500000000,91,-72.9", "position out of range"),
        ("7,1500000000,41.3,NaN", "position out of range"),
        ("7,1500000000,-72.9,41.3", "latitude and longitude swapped"),
        ("7,1500000000,0.0,0.0", "position 0/0"),
    ],
)
def test_a_row_that_is_no_fix_is_set_aside(tmp_path: Path, cells: str, reason: str) -> None:
    table = tmp_path / "fixes.csv"
    good = "7,1500000000,41.3,-72.9\n7,1500000060,41.3,-72.9\n"
    table.write_text(f"vehicle,time,lat,lon\n{good}{cells}\n")
    assert dropped(table) == [(3, reason)]


@pytest.mark.parametrize("unit", ["1500000000", "1500000000000", "1500000000000000", "1500000000000000000"])
def test_the_unit_of_an_epoch_is_found(tmp_path: Path, unit: str) -> None:
    ticks = len(unit) - 10
    rows = "".join(f"1,{ts}{'0' * ticks},{lat / 1e6},{lon / 1e6}\n" for _, ts, lat, lon in day())
    table = tmp_path / "fixes.csv"
    table.write_text(f"vehicle,ts,lat,lon\n{rows}")
    assert dropped(table) == []


def test_local_times_that_the_clock_showed_twice_or_never_are_set_aside(tmp_path: Path) -> None:
    table = tmp_path / "fixes.csv"
    table.write_text(
        "vehicle,time,lat,lon\n"
        "7,2024-03-10 01:59:59,41.3,-72.9\n"
        "7,2024-03-10 02:30:00,41.3,-72.9\n"
        "7,2024-03-10 03:00:00,41.3,-72.9\n"
        "7,2024-11-03 00:59:59,41.3,-72.9\n"
        "7,2024-11-03 01:30:00,41.3,-72.9\n"
        "7,2024-11-03 02:00:00,41.3,-72.9\n"
        "7,2024-11-03T01:30:00-04:00,41.3,-72.9\n"
    )
    assert dropped(table, Asked(zone=ZoneInfo("America/New_York"))) == [
        (2, "local time that the clock never showed"),
        (5, "local time that the clock showed twice"),
    ]
    with pytest.raises(InputRefusedError, match="the zone of local times"):
        dropped(table)


@pytest.mark.parametrize(
    ("head", "row", "found"),
    [
        ("lat,lon", "-72.9,41.3", "them swapped"),
        ("lat,lon", "-151.2,33.9", "them swapped"),
        ("lat,lon", "4118.0000,-7254.0000", "degrees and minutes"),
        ("lat,lon", "41300000,-72900000", "millionths of a degree"),
        ("lat_e6,lon_e6", "41.3,-72.9", "found degrees"),
    ],
)
def test_positions_of_another_kind_are_refused_by_name(
    tmp_path: Path, head: str, row: str, found: str
) -> None:
    table = tmp_path / "fixes.csv"
    table.write_text(f"vehicle,ts_s,{head}\n7,1500000000,{row}\n7,1500000060,{row}\n")
    with pytest.raises(InputRefusedError, match=found):
        dropped(table)


def test_degrees_and_minutes_are_read_by_a_mapping(tmp_path: Path) -> None:
    table = tmp_path / "fixes.csv"
    table.write_text(
        "vehicle,ts_s,lat,lon\n7,1500000000,4118.0000,-7254.0000\n7,1500000060,4160.0000,-7254.0000\n"
    )
    mapping = parse_mapping("m.toml", 'coordinates = "degrees-minutes"')
    assert dropped(table, Asked(mapping)) == [(2, "position out of range")]


def test_rows_of_another_vehicle_are_set_aside_and_a_file_of_another_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "fixes.csv"
    table.write_text("vehicle,ts_s,lat,lon\n7,1500000000,41.3,-72.9\n8,1500000060,41.3,-72.9\n")
    assert dropped(table, Asked(vehicle="7")) == [(2, "another vehicle")]
    with pytest.raises(WrongUseError, match=r"expected a vehicle of .*found 7, 8"):
        dropped(table, Asked(vehicle="9"))


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        ("colums = 1", "only columns, coordinates"),
        ('[columns]\nlatitud = "y"', "only vehicle, time, latitude"),
        ('coordinates = "radians"', "coordinates = one of degrees"),
        ('time_zone = "New York"', "IANA"),
        ('[columns]\nodometer = {column = "o", unit = "leagues"}', "unit of odometer"),
        ("[columns]\ntime = 3", 'time = "Heading"'),
        ("name = [", "a TOML file"),
        ("vehicle = 7", "text for vehicle"),
    ],
)
def test_a_mapping_with_a_mistake_is_refused(toml: str, expected: str) -> None:
    with pytest.raises(InputRefusedError, match=expected):
        parse_mapping("m.toml", toml)


def test_columns_are_found_by_a_mapping_or_missed_by_name(tmp_path: Path) -> None:
    table = tmp_path / "fixes.csv"
    table.write_text("Unit No,When,Y,X\n7,1500000000,41.3,-72.9\n7,1500000060,41.3,-72.9\n")
    with pytest.raises(InputRefusedError, match="a column for time"):
        dropped(table)
    columns = {"vehicle": "Unit No", "time": "When", "latitude": "Y", "longitude": "X"}
    assert dropped(table, Asked(FixMapping(columns))) == []
    with pytest.raises(InputRefusedError, match='the column "Z"'):
        dropped(table, Asked(FixMapping({**columns, "longitude": "Z"})))


def test_two_columns_for_one_thing_are_refused(tmp_path: Path) -> None:
    table = tmp_path / "fixes.csv"
    table.write_text("vehicle,time,timestamp,lat,lon\n7,1500000000,1500000000,41.3,-72.9\n")
    with pytest.raises(InputRefusedError, match='one column for time; found "time" and "timestamp"'):
        dropped(table)
