from __future__ import annotations

import csv
import gzip
import re
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.table_exhibits import (
    NEW_YORK,
    conserved,
    corruptions,
    exhibit,
    records,
    set_aside,
    shared_exhibit,
    told,
)
from wardbook.errors import InputRefusedError
from wardbook.intake import mapped_table, plain_table, wkt_tracks
from wardbook.intake.cells import BadCellError
from wardbook.intake.wkt_tracks import RAW_LENGTH, read_line
from wardbook.records.source import UnreadColumn

TRACKS = """trip_id,date,tail_no,mood,wkt_linestring
5,2017-02-28,N1,x,"LINESTRING(-77.2847 38.8123,-77.2678 38.8266)"
6,2017-03-01,N1,,LINESTRING EMPTY
7,2017-03-02,N1,,LINESTRING(-77.2847 38.8123)
8,2017-03-03,N1,,"LINESTRING(38.8123 -177.2847,38.8266 -77.2678)"
9,2017-03-32,N1,,"LINESTRING(-77.2847 38.8123,-77.2678 38.8266)"
10,2017-03-04,N1,,"LINESTRING(-77.2847 38.8123,-77.2678 38.82"

11,2017-03-05,N1,,LINESTRING(-77.2847 38.8123,-77.2678 38.8266)
12,2017-03-06,N1,,"MULTILINESTRING((1 2,3 4), (5.5 -6,7 8))"
"""


def test_tracks_and_their_fixes(tmp_path: Path) -> None:
    source = exhibit(tmp_path, "tracks.csv", TRACKS)
    assert wkt_tracks.recognizes(source, NEW_YORK)
    assert not plain_table.recognizes(source, NEW_YORK)
    assert not mapped_table.recognizes(source, NEW_YORK)
    reading = wkt_tracks.read(source, NEW_YORK)
    assert conserved(reading)
    assert told(reading.rows) == (
        "line 1: not a record: the heading line\n"
        "line 2: tracks: source_key 5, day 2017-02-28, vehicle N1, fixes 2"
        " + fixes: vehicle N1, position 1, lat_e6 38812300, lon_e6 -77284700"
        " + fixes: vehicle N1, position 2, lat_e6 38826600, lon_e6 -77267800\n"
        "line 3: set aside: expected a line with points; found an empty line\n"
        "line 4: set aside: expected a line of two points or more; found 1 point\n"
        "line 5: set aside: expected longitude -180 to 180 and latitude -90 to 90; "
        "found '38.8123 -177.2847'\n"
        "line 6: set aside: expected a date as year-month-day; found '2017-03-32'\n"
        "line 7: set aside: expected a WKT line, LINESTRING(lon lat, lon lat), in degrees; "
        "found 'LINESTRING(-77.2847 38.8123,-77.2678 38.82'\n"
        "line 8: not a record: a blank line\n"
        "line 9: set aside: expected 5 cells, as many as headings; found 6 cells\n"
        "line 10: tracks: source_key 12, day 2017-03-06, vehicle N1, fixes 4"
        " + fixes: vehicle N1, position 1, lat_e6 2000000, lon_e6 1000000"
        " + fixes: vehicle N1, position 2, lat_e6 4000000, lon_e6 3000000"
        " + fixes: vehicle N1, position 3, lat_e6 -6000000, lon_e6 5500000 + 1 more"
    )
    assert reading.unread == (UnreadColumn("mood", 1, "x"),)


def test_west_virginia_flight_paths(shared: Path) -> None:
    path = shared / "data" / "west_virginia" / "trip_flight_paths.csv.gz"
    reading = wkt_tracks.read(shared_exhibit(path), NEW_YORK)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert conserved(reading)
    assert len(records(reading)) == 1182
    assert {row.found for row in set_aside(reading)} == {"1 point"}
    by_key = {row["trip_id"]: row for row in rows}
    for record in records(reading):
        row = by_key[str(record.values["source_key"])]
        points = re.findall(r"(-?[\d.]+) (-?[\d.]+)", row["wkt_linestring"])
        assert (str(record.values["day"]), record.values["vehicle"]) == (row["date"], row["tail_no"])
        assert record.values["fixes"] == len(record.parts) == len(points)
        lon, lat = points[-1]
        last = record.parts[-1].values
        assert (last["lat_e6"], last["lon_e6"]) == (round(float(lat) * 1e6), round(float(lon) * 1e6))
        assert len(record.raw) <= RAW_LENGTH + 1


@given(
    st.lists(
        st.tuples(st.integers(-180_000_000, 180_000_000), st.integers(-90_000_000, 90_000_000)), min_size=2
    )
)
def test_a_line_written_is_the_line_read(points: list[tuple[int, int]]) -> None:
    text = "LINESTRING (" + ", ".join(f"{lon / 1e6:.6f} {lat / 1e6:.6f}" for lon, lat in points) + ")"
    assert read_line(text) == [(lat, lon) for lon, lat in points]


@pytest.mark.parametrize(
    "text",
    [
        "POINT(1 2)",
        "LINESTRING(1 2,3)",
        "LINESTRING(1 2,,3 4)",
        "LINESTRING(1 2,3 4",
        "LINESTRING((1 2,3 4))",
        "LINESTRING(nan nan,1 2)",
        "LINESTRING(1e9 2,3 4)",
        "MULTILINESTRING(1 2,3 4)",
        "MULTILINESTRING((1 2,3 4)",
        "SRID=3857;LINESTRING(1 2,3 4)",
        "",
    ],
)
def test_what_is_no_line_in_degrees(text: str) -> None:
    with pytest.raises(BadCellError):
        read_line(text)


def test_a_line_may_have_heights_and_a_reference_system() -> None:
    assert read_line("srid=4326; LINESTRING Z (1 2 100, 3.5 4 1e2)") == [
        (2_000_000, 1_000_000),
        (4_000_000, 3_500_000),
    ]


def test_another_csv_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match="LINESTRING"):
        wkt_tracks.read(exhibit(tmp_path, "x.csv", "a,b\n1,2\n"), NEW_YORK)


@settings(deadline=None)
@given(corruptions(TRACKS.encode()))
def test_a_corrupted_table_of_tracks_loses_no_row(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = exhibit(Path(folder), "paths.csv", data)
        wkt_tracks.recognizes(source, NEW_YORK)
        with suppress(InputRefusedError):
            assert conserved(wkt_tracks.read(source, NEW_YORK))
