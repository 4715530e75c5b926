from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from wardbook.cli import main

LOG = """source_key,day,start_at,end_at,vehicle,route_text
1,2024-03-12,2024-03-12 07:40,2024-03-12 08:00,Car 7,Mansion-City Hall
2,2024-03-20,2024-03-20 10:00,2024-03-20 10:30,Car 7,Mansion-City Hall
"""
PLACES = """name,kind,lat_e6,lon_e6,radius_m
Mansion,residence,40776100,-73943000,150
City Hall,office,40712800,-74006000,150
"""


def gpx() -> str:
    """Car 7 on 12 March 2024 (UTC-4): parked from 07:00, driving from 07:40 to 08:00, parked until 08:40."""
    fixes = [(f"11:{minute:02d}:00", 0.0) for minute in range(0, 40, 5)]
    fixes += [(f"11:{40 + n // 4:02d}:{n % 4 * 15:02d}", n / 80) for n in range(80)]
    fixes += [(f"12:{minute:02d}:00", 1.0) for minute in range(0, 41, 5)]
    points = "".join(
        f'<trkpt lat="{40.7761 - 0.0633 * way:.6f}" lon="{-73.943 - 0.063 * way:.6f}">'
        f"<time>2024-03-12T{time}Z</time></trkpt>"
        for time, way in fixes
    )
    return (
        '<gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1">'
        f"<trk><name>Car 7</name><trkseg>{points}</trkseg></trk></gpx>"
    )


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("case")
    records = folder / "records"
    records.mkdir()
    for name, text in (("log_entries.csv", LOG), ("places.csv", PLACES), ("car-7.gpx", gpx())):
        (records / name).write_text(text)
    path = folder / "case.book"
    assert run("init", path, "--title", "A case", "--time-zone", "America/New_York").exit_code == 0
    assert run("take-in", path, records).exit_code == 0
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def shown(book: Path, *more: object, vehicle: str = "car-7", day: str = "2024-03-12") -> Result:
    return run("show-day", book, "--vehicle", vehicle, "--day", day, *more)


def test_a_day_is_printed_with_its_axis_and_its_links(book: Path) -> None:
    done = shown(book)
    assert done.exit_code == 0
    assert "Car 7, Tuesday 2024-03-12 (America/New_York): 1 movement, 1 log entry" in done.output
    assert "Tracker   " in done.output
    assert "07:40 – 08:00  log entry: Mansion-City Hall" in done.output
    assert "movement 1: one to one, score" in done.output
    assert "The device did not report: 00:00 – 07:00, 08:40 – 24:00." in done.output


def test_a_day_is_printed_as_json(book: Path) -> None:
    told = json.loads(shown(book, "--json").stdout)
    assert sorted(row["lane"] for row in told["rows"]) == ["log", "tracker"]
    assert told["watched"] == [["2024-03-12T07:00:00-04:00", "2024-03-12T08:40:00-04:00"]]
    assert told["paths"][0]["logged"] is True


def test_a_day_is_written_as_svg_and_as_a_page(book: Path, tmp_path: Path) -> None:
    for name, start in (("day.svg", "<svg "), ("day.html", "<!doctype html>")):
        done = shown(book, "--out", tmp_path / name)
        assert done.exit_code == 0
        assert done.stdout == f"wrote {tmp_path / name}\n"
        assert (tmp_path / name).read_text().startswith(start)


def test_an_unknown_vehicle_is_refused_with_those_there_are(book: Path) -> None:
    done = shown(book, vehicle="Car 9")
    assert done.exit_code == 2
    assert "no vehicle 'Car 9' is on record; there are CAR7" in done.output


def test_a_day_without_anything_is_refused_with_the_nearest_that_have_something(book: Path) -> None:
    done = shown(book, day="2024-03-14")
    assert done.exit_code == 2
    assert "nothing is on record of car-7 on 2024-03-14" in done.output
    assert "2024-03-12 (1 movement, 1 log entry); 2024-03-20 (1 log entry)" in done.output


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (("--day", "12 March"), 2, "--day: expected a day such as 2024-03-04; found '12 March'"),
        (("--out", "day.pdf"), 3, "expected a file .svg or .html"),
        (("--as-of", "2001-01-01T00:00:00Z"), 2, "no movement is on record"),
    ],
)
def test_wrong_use_is_said(book: Path, more: tuple[str, str], code: int, said: str) -> None:
    done = run("show-day", book, "--vehicle", "Car 7", "--day", "2024-03-12", *more)
    assert done.exit_code == code
    assert said in " ".join(done.output.split())


def test_the_folder_of_an_audit_stands_for_the_book_it_holds(book: Path, tmp_path: Path) -> None:
    assert shown(book.parent).exit_code == 0
    nothing = shown(tmp_path)
    assert nothing.exit_code == 2
    assert "found no book there" in nothing.output
