"""Track files as strangers send them: written and read again, damaged, hostile, and full of traps."""

from __future__ import annotations

import gzip
import io
import json
import re
import tempfile
import zipfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import xor
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.table_exhibits import NEW_YORK, corruptions, exhibit, set_aside, told
from tests.intake.test_golden import INPUTS, context
from wardbook.errors import InputRefusedError
from wardbook.intake import geojson_tracks, gpx_tracks, kml_tracks, nmea_log, traccar_route
from wardbook.intake.reader import Context, Reader
from wardbook.intake.readers import READERS, find_reader, recognizing, why_unreadable
from wardbook.records.source import NOTHING, Reading

BERLIN = Context(ZoneInfo("Europe/Berlin"))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Point = tuple[int, int, int]

points_in_time = st.lists(
    st.tuples(
        st.integers(1_600_000_000_000, 1_600_300_000_000),
        st.integers(-90_000_000, 90_000_000),
        st.integers(-180_000_000, -1),
    ),
    min_size=1,
    max_size=30,
)


def iso(milliseconds: int) -> str:
    moment = EPOCH + timedelta(milliseconds=milliseconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def degrees(millionths: int) -> str:
    sign, size = "-" if millionths < 0 else "", abs(millionths)
    return f"{sign}{size // 1_000_000}.{size % 1_000_000:06}"


def as_gpx(points: list[Point]) -> str:
    rows = "".join(
        f'<trkpt lat="{degrees(lat)}" lon="{degrees(lon)}"><time>{iso(at)}</time></trkpt>\n'
        for at, lat, lon in points
    )
    return f"<gpx><trk><name>Car 7</name><trkseg>\n{rows}</trkseg></trk></gpx>"


def as_kml(points: list[Point]) -> str:
    whens = "".join(f"<when>{iso(at)}</when>" for at, _, _ in points)
    coords = "".join(f"<g:coord>{degrees(lon)} {degrees(lat)}</g:coord>\n" for _, lat, lon in points)
    return f'<kml xmlns:g="g"><Placemark><g:Track>{whens}{coords}</g:Track></Placemark></kml>'


def as_geojson(points: list[Point]) -> str:
    times = ",".join(str(at) for at, _, _ in points)
    spots = ",".join(f"[{degrees(lon)},{degrees(lat)}]" for _, lat, lon in points)
    line = f'{{"type":"LineString","coordinates":[{spots}]}}'
    return f'{{"type":"Feature","properties":{{"coordTimes":[{times}]}},"geometry":{line}}}'


def sentence(body: str) -> str:
    return f"${body}*{reduce(xor, body.encode(), 0):02X}"


def angle(millionths: int, wide: int) -> str:
    whole, rest = divmod(abs(millionths), 1_000_000)
    return f"{whole:0{wide}}{rest * 60 // 1_000_000:02}.{rest * 60 % 1_000_000:06}"


def as_nmea(points: list[Point]) -> str:
    def line(at: int, lat: int, lon: int) -> str:
        moment = EPOCH + timedelta(milliseconds=at)
        clock = f"{moment:%H%M%S}.{moment.microsecond // 1000:03}"
        north, east = "NS"[lat < 0], "EW"[lon < 0]
        return sentence(
            f"GPRMC,{clock},A,{angle(lat, 2)},{north},{angle(lon, 3)},{east},,,{moment:%d%m%y},,,A"
        )

    return "".join(line(*point) + "\r\n" for point in points)


def read(reader: Reader, name: str, text: str | bytes, known: Context = NEW_YORK) -> Reading:
    with tempfile.TemporaryDirectory() as folder:
        source = exhibit(Path(folder), name, text)
        assert recognizing(source, known) == (reader,)
        reading = reader.read(source, known)
    assert reading.read == reading.held
    return reading


def fixes(reading: Reading) -> list[tuple[int, int, int, int]]:
    rows = [
        (line, at, lat, lon)
        for track in reading.fixes
        for line, at, lat, lon in zip(
            track.lines, track.columns["at"], track.columns["lat_e6"], track.columns["lon_e6"], strict=True
        )
    ]
    return sorted(rows)


# ---------------------------------------------------------------- written and read


@settings(deadline=None, max_examples=60)
@given(points_in_time)
def test_a_track_written_is_the_track_read(points: list[Point]) -> None:
    zone = Context(ZoneInfo("UTC"))
    wanted = sorted((at * 1000, lat, lon) for at, lat, lon in points)
    for reader, name, text in (
        (gpx_tracks.READER, "x.gpx", as_gpx(points)),
        (kml_tracks.READER, "x.kml", as_kml(points)),
        (geojson_tracks.READER, "x.geojson", as_geojson(points)),
        (nmea_log.READER, "x.nmea", as_nmea(points)),
    ):
        found = fixes(read(reader, name, text, zone))
        assert sorted(one[1:] for one in found) == wanted, name


@given(points_in_time)
@settings(deadline=None, max_examples=30)
def test_the_fixes_of_a_track_are_of_one_local_day(points: list[Point]) -> None:
    reading = read(gpx_tracks.READER, "x.gpx", as_gpx(points), BERLIN)
    for track in reading.fixes:
        for at in track.columns["at"]:
            moment = (EPOCH + timedelta(microseconds=at)).astimezone(BERLIN.zone)
            assert track.track["day"] == moment.date()


@given(st.lists(st.text("abc ,\"'=é", max_size=12), min_size=1, max_size=6), st.booleans())
@settings(deadline=None)
def test_commas_in_the_address_shift_nothing(addresses: list[str], ignition: bool) -> None:
    head = "id,deviceId,protocol,serverTime,deviceTime,fixTime,valid,latitude,longitude,altitude,speed,course"
    rows = "".join(
        f"{n},7,osmand,2024-03-04 09:00:{n:02},,2024-03-04 09:00:{n:02},true,40.7,-74.0,1,10,90,"
        f"{address},5.0,{str(ignition).lower()}\n"
        for n, address in enumerate(addresses)
    )
    reading = read(traccar_route.READER, "route.csv", f"{head},address,accuracy,ignition\n{rows}")
    (track,) = reading.fixes
    assert list(track.columns["ignition"]) == [int(ignition)] * len(addresses)
    assert list(track.columns["accuracy_m"]) == [5] * len(addresses)
    assert list(track.columns["speed_mm_s"]) == [5144] * len(addresses)


@given(st.data())
@settings(deadline=None)
def test_no_changed_character_of_a_sentence_makes_another_fix(data: st.DataObject) -> None:
    good = sentence("GPRMC,140000.00,A,4042.7680,N,07400.3600,W,022.4,084.4,040324,003.1,W")
    place = data.draw(st.integers(1, good.index("*") - 1))
    other = data.draw(st.characters(min_codepoint=33, max_codepoint=126).filter(lambda c: c != good[place]))
    text = good[:place] + other + good[place + 1 :]
    with suppress(InputRefusedError):
        reading = read(nmea_log.READER, "x.nmea", f"{good}\n{text}\n")
        assert [line for line, *_ in fixes(reading)] == [1]


# ---------------------------------------------------------------- damaged


@pytest.mark.parametrize("path", INPUTS, ids=lambda p: f"{p.parent.name}/{p.name}")
@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_a_corrupted_file_loses_no_row(path: Path, data: st.DataObject) -> None:
    damaged = data.draw(corruptions(path.read_bytes()))
    known = context(path.parent)
    with tempfile.TemporaryDirectory() as folder:
        source = exhibit(Path(folder), path.name, damaged)
        readers = recognizing(source, known)
        assert len(readers) <= 1
        for reader in readers:
            with suppress(InputRefusedError):
                reading = reader.read(source, known)
                assert reading.read == reading.held


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9, 0.999])
def test_a_file_cut_short_is_refused(cut: float) -> None:
    points = [(1_700_000_000_000 + n * 1000, 40_000_000, -74_000_000) for n in range(20)]
    for reader, name, text in (
        (gpx_tracks.READER, "x.gpx", as_gpx(points)),
        (kml_tracks.READER, "x.kml", as_kml(points)),
        (geojson_tracks.READER, "x.geojson", as_geojson(points)),
    ):
        with pytest.raises(InputRefusedError, match="cut short"):
            read(reader, name, text[: int(len(text) * cut)])


def test_a_gzip_cut_short_is_refused() -> None:
    packed = gzip.compress(as_gpx([(1_700_000_000_000, 1, -1)] * 500).encode())
    with pytest.raises(InputRefusedError, match="cut short"):
        read(gpx_tracks.READER, "x.gpx.gz", packed[:-20])
    assert read(gpx_tracks.READER, "x.gpx.gz", packed).held == 500


# ---------------------------------------------------------------- hostile

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DOCTYPES = [
    f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>',
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE x SYSTEM "http://town.example/x.dtd">',
]


@pytest.mark.parametrize("doctype", DOCTYPES)
@pytest.mark.parametrize(("reader", "body"), [("gpx", as_gpx([])), ("kml", as_kml([]))])
def test_a_document_type_is_refused(doctype: str, reader: str, body: str) -> None:
    one = find_reader(reader)
    assert one is not None
    with pytest.raises(InputRefusedError, match="without a document type"):
        read(one, f"x.{reader}", doctype + body)


def test_entities_that_nobody_defined_are_refused() -> None:
    with pytest.raises(InputRefusedError, match="undefined entity"):
        read(gpx_tracks.READER, "x.gpx", "<gpx><trk><name>&me;</name></trk></gpx>")


@pytest.mark.parametrize("piece", ["<!---->", "<?a?>", "<!-- > ", "<!DOCTYPE[]"])
def test_a_prolog_without_end_is_looked_through_once(tmp_path: Path, piece: str) -> None:
    source = exhibit(tmp_path, "x.csv", piece * 9000)
    assert recognizing(source, NEW_YORK) == ()


def test_elements_nested_without_end_take_no_stack() -> None:
    deep = "<a>" * 200_000
    shut = "</a>" * 200_000
    text = f'<gpx><trk><trkseg><trkpt lat="1" lon="-1">{deep}{shut}</trkpt></trkseg></trk></gpx>'
    assert len(fixes(read(gpx_tracks.READER, "x.gpx", text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        '<gpx><trk><trkseg><trkpt lat="1" lon="-1"><trkpt lat="2" lon="-2"/></trkpt></trkseg></trk></gpx>',
        "<kml><Placemark><LineString><coordinates>1,2 <b/>3,4</coordinates></LineString></Placemark></kml>",
        '{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[[[1,2],[3,4]],[[5,6]]]}}',
        '{"type":"Feature","properties":{},"geometry":{"type":"Circle","coordinates":[1,2]}}',
        '{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[]}}',
        '{"type":"FeatureCollection","features":[7]}',
        '{"type":"Feature","properties":{"a":NaN},"geometry":{"type":"Point","coordinates":[1,2]}}',
        '{"type":"Point","coordinates":[1,2],"crs":{"properties":{"name":"EPSG:3857"}}}',
    ],
)
def test_what_is_not_as_it_should_be_is_refused(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = exhibit(Path(folder), "x.json" if text.startswith("{") else "x.xml", text)
        (reader,) = recognizing(source, NEW_YORK)
        with pytest.raises(InputRefusedError):
            reader.read(source, NEW_YORK)


def test_json_nested_without_end_is_refused(tmp_path: Path) -> None:
    deep = '{"type":"Feature","properties":' + '{"a":' * 90 + "1" + "}" * 90 + ',"geometry":null}'
    with pytest.raises(InputRefusedError, match="60 deep"):
        geojson_tracks.READER.read(exhibit(tmp_path, "a.geojson", deep), NEW_YORK)
    for name, text in (("b.json", "[" * 100_000), ("c.json", '[{"a":' * 400 + "1" + "}]" * 400)):
        source = exhibit(tmp_path, name, text)
        assert recognizing(source, NEW_YORK) == ()
        assert why_unreadable(source, NEW_YORK)[0] == "values nested at most 60 deep"


def test_a_gzip_made_to_fill_the_memory_is_refused() -> None:
    packed = gzip.compress(b"<gpx>" + b" " * 40_000_000 + b"</gpx>")
    with pytest.raises(InputRefusedError, match="unpack to more"):
        read(gpx_tracks.READER, "x.gpx.gz", packed)


def test_an_archive_of_kml_is_not_opened(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("doc.kml", b"0" * 50_000_000)
    source = exhibit(tmp_path, "tracks.kmz", packed.getvalue())
    assert recognizing(source, NEW_YORK) == ()
    assert why_unreadable(source, NEW_YORK)[1] == "a .kmz archive, which is not opened"


def test_numbers_made_to_be_endless_are_set_aside() -> None:
    text = (
        '{"type":"Feature","properties":{"coordTimes":[1,1,1]},"geometry":{"type":"LineString","coordinates":'
    )
    reading = read(geojson_tracks.READER, "x.geojson", text + "[[1e999999,1],[1,1e-999999],[1,1,1e99]]}}")
    assert len(set_aside(reading)) == 3


# ---------------------------------------------------------------- traps


@pytest.mark.parametrize(
    ("zone", "lat", "lon", "kept"),
    [
        ("America/New_York", "40.7128", "-74.0060", True),
        ("America/New_York", "-74.0060", "40.7128", False),
        ("America/New_York", "21.3", "-157.86", True),
        ("America/New_York", "52.52", "13.40", True),
        ("America/New_York", "-33.87", "151.21", True),
        ("America/Los_Angeles", "-118.24", "34.05", False),
        ("Europe/Berlin", "13.40", "52.52", False),
        ("Europe/Berlin", "24.71", "46.68", True),
        ("Europe/London", "-1.29", "36.82", True),
        ("Australia/Sydney", "151.21", "-33.87", False),
        ("UTC", "-74.0060", "40.7128", True),
        ("UTC", "0.0", "0.0", False),
        ("UTC", "0.0", "10.0", True),
    ],
)
def test_swapped_positions_are_found_where_they_can_be(zone: str, lat: str, lon: str, kept: bool) -> None:
    text = f'<gpx><trk><trkseg><trkpt lat="{lat}" lon="{lon}"/></trkseg></trk></gpx>'
    reading = read(gpx_tracks.READER, "x.gpx", text, Context(ZoneInfo(zone)))
    assert bool(reading.fixes) is kept
    assert len(set_aside(reading)) == (not kept)


def test_seconds_and_milliseconds_are_told_apart() -> None:
    times = [
        "1709560800",
        "1709560800000",
        '"1709560800.5"',
        "1709560800500000",
        '"2024-03-04T09:00:00-05:00"',
    ]
    spots = ",".join("[-74,40]" for _ in times)
    text = (
        f'{{"type":"Feature","properties":{{"times":[{",".join(times)}]}},'
        f'"geometry":{{"type":"LineString","coordinates":[{spots}]}}}}'
    )
    found = [at for _, at, _, _ in fixes(read(geojson_tracks.READER, "x.geojson", text))]
    assert [at - 1709560800_000_000 for at in found] == [0, 0, 500_000, 500_000, 0]


def test_a_run_of_fixes_1024_weeks_early_is_set_aside() -> None:
    start, early = 1_700_000_000_000, 1024 * 7 * 86_400_000
    points = [(start + n * 60_000 - (early if 3 <= n < 6 else 0), 40_000_000, -74_000_000) for n in range(10)]
    reading = read(gpx_tracks.READER, "x.gpx", as_gpx(points))
    assert len(fixes(reading)) == 7
    assert {row.found for row in set_aside(reading)} == {"2004-03-30, which is 1,024 weeks before them"}


def test_a_year_of_real_tracks_is_not_1024_weeks_early() -> None:
    points = [(1_100_000_000_000 + n * 86_400_000 * 30, 40_000_000, -74_000_000) for n in range(12)]
    assert set_aside(read(gpx_tracks.READER, "x.gpx", as_gpx(points))) == []


def test_a_log_without_dates_is_refused() -> None:
    text = sentence("GPGGA,140000.00,4042.7680,N,07400.3600,W,1,08,0.9,545.4,M,46.9,M,,") + "\n"
    with pytest.raises(InputRefusedError, match="RMC"):
        read(nmea_log.READER, "x.nmea", text)


def test_an_older_log_without_check_sums_is_read() -> None:
    text = "$GPRMC,140000.00,A,4042.7680,N,07400.3600,W,022.4,084.4,040324,003.1,W\n" * 2
    assert len(fixes(read(nmea_log.READER, "x.nmea", text))) == 2


def test_the_phone_that_does_not_know_its_speed() -> None:
    text = (
        '<gpx><trk><trkseg><trkpt lat="40" lon="-74"><speed>-1</speed></trkpt>'
        '<trkpt lat="40" lon="-74"><speed>fast</speed></trkpt></trkseg></trk></gpx>'
    )
    reading = read(gpx_tracks.READER, "x.gpx", text)
    assert list(reading.fixes[0].columns["speed_mm_s"]) == [NOTHING]
    assert [row.found for row in set_aside(reading)] == ["'fast'"]


def test_xml_of_other_encodings() -> None:
    head = '<?xml version="1.0" encoding="{}"?>'
    text = head + '<gpx><trk><name>Élan</name><trkseg><trkpt lat="40" lon="-74"/></trkseg></trk></gpx>'
    for encoding in ("utf-8", "utf-16", "iso-8859-1", "windows-1252"):
        reading = read(gpx_tracks.READER, "x.gpx", text.format(encoding).encode(encoding))
        assert reading.fixes[0].track["vehicle"] == "Élan"
    with pytest.raises(InputRefusedError, match="the encoding utf-7"):
        read(gpx_tracks.READER, "x.gpx", text.format("utf-7").encode())
    with pytest.raises(InputRefusedError, match="other bytes"):
        read(gpx_tracks.READER, "x.gpx", text.format("utf-8").encode("iso-8859-1"))


def test_places_without_a_time_are_no_positions(tmp_path: Path) -> None:
    places = {"type": "FeatureCollection", "features": []}
    for name in ("City hall", "Depot"):
        point = {"type": "Point", "coordinates": [-74.0, 40.0]}
        places["features"].append({"type": "Feature", "properties": {"name": name}, "geometry": point})  # type: ignore[attr-defined]
    reading = read(geojson_tracks.READER, "places.geojson", json.dumps(places))
    assert told(reading.rows) == (
        "line 1: not a record: a place without a time\nline 2: not a record: a place without a time"
    )


def test_every_reader_says_what_it_reads() -> None:
    assert len({reader.name for reader in READERS}) == len(READERS)
    assert all(re.fullmatch(r"[a-z][a-z0-9-]+", reader.name) for reader in READERS)
