"""The command ``wardbook trace``: tables in, legs out, and what it says of bad input."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import duckdb
import pytest
from click.testing import CliRunner, Result

from tests.trace.legs_run import write_fixes
from tests.trace.test_clean import T0, day, drive, parked
from wardbook.cli import main
from wardbook.trace.profiles import PROFILES

NAMESPACE = "{http://www.topografix.com/GPX/1/1}"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["trace", *map(str, arguments)])


def rows(query: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        return engine.execute(query).fetchall()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Parked, a drive of 8,850 m in 885 s, parked."""
    path = tmp_path / "fixes.parquet"
    write_fixes(day(), path)
    return path


def test_legs_are_written_as_geoparquet_and_what_was_dropped_beside_them(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "legs.parquet"
    done = run(table, "--out", out)
    assert done.exit_code == 0, done.output
    assert "legs: 1, unobserved moves: 0" in done.output
    (leg,) = rows(
        "SELECT vehicle, kind, CAST(start_at AS VARCHAR), CAST(end_at AS VARCHAR), from_lat_e6, "
        f"to_lat_e6, metres, moving_s, top_kmh, fixes, first_row, last_row, profile FROM '{out}'"
    )
    assert leg == (
        *(1, "leg", "2017-07-14 02:40:00+00", "2017-07-14 02:54:45+00", 41_300_000, 41_379_650),
        *(8_850, 885, 36, 60, 11, 70, "house 2026-11-25"),
    )
    (value,) = rows(f"SELECT decode(value) FROM parquet_kv_metadata('{out}') WHERE decode(key) = 'geo'")
    geo = json.loads(str(value[0]))
    assert geo["version"] == "1.1.0"
    assert geo["columns"]["geometry"]["encoding"] == "WKB"
    dropped = rows(f"DESCRIBE SELECT * FROM '{tmp_path / 'legs.dropped.parquet'}'")
    assert [row[0] for row in dropped] == [
        "source_row",
        "vehicle",
        "at",
        "lat_e6",
        "lon_e6",
        "reason",
        "used",
    ]


def test_the_line_of_a_leg_is_well_known_binary_of_its_fixes(table: Path, tmp_path: Path) -> None:
    import struct

    out = tmp_path / "legs.parquet"
    assert run(table, "--out", out).exit_code == 0
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        parquet = engine.execute(f"SELECT * FROM '{out}'")
        names = [column[0] for column in parquet.description or ()]
        (line,) = [bytes(row[names.index("geometry")]) for row in parquet.fetchall()]
    order = ">" if line[0] == 0 else "<"
    kind, count = struct.unpack(f"{order}II", line[1:9])
    points = struct.unpack(f"{order}{2 * count}d", line[9:])
    assert (kind, count) == (2, 60)
    assert points[:2] == (-72.9, 41.3)
    assert points[-2:] == (-72.9, 41.37965)
    assert run(table, "--out", out, "--no-lines").exit_code == 0
    assert "geometry" not in [row[0] for row in rows(f"DESCRIBE SELECT * FROM '{out}'")]


def test_legs_are_written_as_csv_and_as_gpx(table: Path, tmp_path: Path) -> None:
    assert run(table, "--out", tmp_path / "legs.csv").exit_code == 0
    assert (tmp_path / "legs.csv").read_text("utf-8").count("\n") == 2
    assert run(table, "--out", tmp_path / "legs.gpx").exit_code == 0
    (track,) = ET.parse(tmp_path / "legs.gpx").getroot().findall(f"{NAMESPACE}trk")
    points = track.findall(f".//{NAMESPACE}trkpt")
    assert len(points) == 60
    assert (points[0].get("lat"), points[0].get("lon")) == ("41.300000", "-72.900000")
    assert [time.text for time in points[0]] == ["2017-07-14T02:40:00Z"]


def test_a_vehicle_keeps_its_type(tmp_path: Path) -> None:
    table = tmp_path / "fixes.csv"
    lines = [f"{veh},{ts},{lat / 1e6},{lon / 1e6}" for veh, ts, lat, lon in day()]
    table.write_text("\n".join(["vehicle,ts_s,lat,lon", *lines]))
    assert run(table, "--out", tmp_path / "legs.parquet").exit_code == 0
    assert rows(f"SELECT vehicle FROM '{tmp_path / 'legs.parquet'}'") == [("1",)]


def test_ignition_and_odometer_stand_beside_the_path_and_differences_are_listed(tmp_path: Path) -> None:
    table = tmp_path / "fixes.csv"
    legs = [*day(), *drive(2), *parked(T0 + 1_185, drive()[-1][2], vehicle=2)]
    start = {1: 1_000.0, 2: 1_000.0}
    lines = ["vehicle,ts_s,lat,lon,ignition,odometer_km"]
    for veh, ts, lat, lon in legs:
        under_way = T0 <= ts <= T0 + 885
        start[veh] += 0.15 * under_way * veh
        on = under_way and not (veh == 2 and ts > T0 + 600)
        lines.append(f"{veh},{ts},{lat / 1e6},{lon / 1e6},{'on' if on else 'off'},{start[veh]:.3f}")
    table.write_text("\n".join(lines))
    done = run(table, "--out", tmp_path / "legs.parquet", "--strict")
    assert done.exit_code == 1, done.output
    assert "ignition or odometer says otherwise (column differences): 1" in done.output
    found = rows(
        "SELECT vehicle, odometer_m, CAST(ignition_on_at AS VARCHAR), differences "
        f"FROM '{tmp_path / 'legs.parquet'}' ORDER BY 1"
    )
    assert found == [
        ("1", 8_850, "2017-07-14 02:40:00+00", None),
        (
            *("2", 17_700, "2017-07-14 02:40:00+00"),
            (
                "odometer 17700 m, path 8850 m; ignition off at 19 fixes under way; "
                "ignition last on before the end"
            ),
        ),
    ]


def test_the_profile_is_chosen_and_written_with_every_leg(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "legs.parquet"
    for profile in PROFILES:
        assert run(table, "--out", out, "--profile", profile.name).exit_code == 0
        assert rows(f"SELECT profile FROM '{out}'") == [(profile.label,)]


def test_a_table_without_rows_gives_no_legs_and_says_so(tmp_path: Path) -> None:
    table = tmp_path / "fixes.csv"
    table.write_text("vehicle,ts_s,lat,lon\n")
    done = run(table, "--out", tmp_path / "legs.parquet")
    assert done.exit_code == 0, done.output
    assert "the table has no rows" in done.output
    assert rows(f"SELECT count(*) FROM '{tmp_path / 'legs.parquet'}'") == [(0,)]


def test_a_broken_row_group_is_named_and_the_rest_is_traced(tmp_path: Path) -> None:
    sound, broken = tmp_path / "sound.parquet", tmp_path / "fixes.parquet"
    with duckdb.connect() as engine:
        engine.execute("SET threads = 1")
        engine.execute(
            "COPY (SELECT 1 + i // 60 AS veh, 1500000000 + i % 60 * 15 AS ts_s, "
            "CAST(41300000 + i % 60 * 1350 + random() * 20 AS INTEGER) AS lat_e6, -72900000 AS lon_e6 "
            f"FROM range(9000) t(i) ORDER BY i) TO '{sound}' (FORMAT parquet, ROW_GROUP_SIZE 2048)"
        )
        groups = engine.execute(
            "SELECT row_group_id, row_group_num_rows, data_page_offset FROM parquet_metadata("
            f"'{sound}') WHERE path_in_schema = 'lat_e6' ORDER BY 1"
        ).fetchall()
    assert len(groups) > 2
    data = bytearray(sound.read_bytes())
    data[groups[1][2] : groups[1][2] + 64] = b"\xff" * 64
    broken.write_bytes(data)
    assert run(sound, "--out", tmp_path / "all.csv").exit_code == 0
    done = run(broken, "--out", tmp_path / "legs.csv")
    assert done.exit_code == 0, done.output
    first, last = groups[0][1] + 1, groups[0][1] + groups[1][1]
    assert f"rows {first:,} to {last:,} cannot be read and are set aside" in done.output
    legs = set((tmp_path / "legs.csv").read_text("utf-8").splitlines())
    whole = set((tmp_path / "all.csv").read_text("utf-8").splitlines())
    assert len(legs) > 100
    assert len(legs - whole) <= 2  # of the two vehicles that the broken part cuts


@pytest.mark.parametrize(
    ("name", "text", "code", "said"),
    [
        ("fixes.txt", "", 3, "a file .parquet or .csv"),
        ("fixes.parquet", "no Parquet", 3, "a table that can be read"),
        ("fixes.csv", "ts_s,lat,lon\n1500000000,41.3,-72.9\n", 3, "Name the vehicle with --vehicle"),
        ("fixes.csv", "veh,ts_s,lat\n7,1500000000,41.3\n", 3, "a column for longitude"),
        ("fixes.csv", "veh,ts_s,lat,lon\n7,12,41.3,-72.9\n", 3, "seconds, milliseconds"),
    ],
)
def test_what_cannot_be_traced_is_refused(tmp_path: Path, name: str, text: str, code: int, said: str) -> None:
    (tmp_path / name).write_text(text)
    done = run(tmp_path / name, "--out", tmp_path / "legs.parquet")
    assert (done.exit_code, said in done.output) == (code, True), done.output
    assert not (tmp_path / "legs.parquet").exists()


def test_a_file_to_write_without_a_known_suffix_is_refused(table: Path, tmp_path: Path) -> None:
    done = run(table, "--out", tmp_path / "legs.shp")
    assert done.exit_code == 3
    assert ".gpx" in done.output


def test_an_unknown_zone_is_refused(table: Path, tmp_path: Path) -> None:
    done = run(table, "--out", tmp_path / "legs.csv", "--zone", "New York")
    assert done.exit_code == 2
    assert "America/New_York" in done.output


def test_counts_are_given_as_json(table: Path, tmp_path: Path) -> None:
    done = run(table, "--out", tmp_path / "legs.csv", "--json")
    found = json.loads(done.output)
    assert (found["rows"], found["vehicles"], found["legs"], found["dropped"]) == (80, 1, 1, {})
