from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations, pairwise
from math import cos, hypot, radians

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.report.day_case import NEW_YORK, engine_of, second, the_day
from wardbook.records.engine import Engine
from wardbook.report.day_axis import LEFT, RIGHT, day_axis, x_of
from wardbook.report.day_borders import Piece, border_pieces, counties_between, name_at, regions_between
from wardbook.report.day_drawing import DayDrawing, day_drawing, html_text, svg_text
from wardbook.report.day_labels import Box, DayLabel, Seats
from wardbook.report.day_lines import off, thinned
from wardbook.report.day_map import MAP_HEIGHT, MAP_WIDTH, day_map
from wardbook.report.projection import EARTH_KM, Extent
from wardbook.report.vehicle_day import LANES, Bounds, Row, VehicleDay, day_seconds
from wardbook.report.vehicle_day_read import vehicle_days
from wardbook.trace.shapes.held import view_shapes

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with engine_of(the_day()) as opened:
        view_shapes(opened)
        yield opened


@pytest.fixture(scope="module")
def drawing(engine: Engine) -> DayDrawing:
    (day,) = vehicle_days(engine, NEW_YORK, [("CAR7", date(2024, 3, 12))])
    return day_drawing(engine, day)


def bare(day: date, rows: tuple[Row, ...] = ()) -> VehicleDay:
    """A day with these rows and nothing else."""
    first, last = day_seconds(day, NEW_YORK)
    return VehicleDay("Car 7", "CAR7", day, NEW_YORK, first, last, rows, (), ((first, last),), (), ())


# ---------------------------------------------------------------- the axis


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2024, 3, 10), 23), (date(2024, 11, 3), 25), (date(2024, 3, 12), 24)]
)
def test_an_hour_is_as_wide_as_any_other_of_its_day(day: date, hours: int) -> None:
    axis = day_axis(bare(day))
    assert len(axis.ticks) == hours + 1
    assert {round(b.x - a.x, 0) for a, b in pairwise(axis.ticks)} == {round((RIGHT - LEFT) / hours, 0)}


def test_the_hours_are_those_of_the_local_clock() -> None:
    spring, autumn = day_axis(bare(date(2024, 3, 10))), day_axis(bare(date(2024, 11, 3)))
    assert [tick.text for tick in spring.ticks if tick.text][:3] == ["00:00", "04:00", "07:00"]
    assert [tick.text for tick in autumn.ticks if tick.text][:3] == ["00:00", "02:00", "05:00"]
    assert spring.change is not None
    assert spring.change.text == "clock put forward to 03:00 EDT"
    assert spring.change.x == pytest.approx(spring.ticks[2].x)
    assert autumn.change is not None
    assert autumn.change.text == "clock put back to 01:00 EST"
    assert day_axis(bare(date(2024, 3, 12))).change is None


def test_the_sure_part_of_a_movement_lies_within_its_bounds(drawing: DayDrawing) -> None:
    bounds, sure = (bar for bar in drawing.axis.bars if bar.title.endswith("Mansion to City Hall; 10.4 km"))
    day = bare(date(2024, 3, 12))
    assert (bounds.style, sure.style) == ("tracker bounds", "tracker sure")
    assert bounds.x == pytest.approx(x_of(day, second("2024-03-12 07:41")), abs=0.1)
    assert sure.x == pytest.approx(x_of(day, second("2024-03-12 07:43")), abs=0.1)
    assert sure.x + sure.width == pytest.approx(x_of(day, second("2024-03-12 08:13")), abs=0.1)


def test_each_link_is_a_line_and_what_has_none_is_hollow(drawing: DayDrawing) -> None:
    assert [join.title.split(": ", 2)[2] for join in drawing.axis.joins] == [
        "Mansion-City Hall: one to one, score 96 (same vehicle; ends within bounds)",
        "Cabinet: to it, score 93 (ends 16 min before)",
        "Holland Tunnel: inside, score 95 (around it)",
    ]
    hollow = {bar.title.split("; ")[0] for bar in drawing.axis.bars if bar.style.startswith("log loose")}
    assert hollow == {
        "no time written: log entry: City Hall-Mansion",
        "15:00 – 15:40: log entry: City Hall-Queens-City Hall",
    }


@st.composite
def rows_of_a_day(draw: st.DrawFn) -> tuple[Row, ...]:
    """Up to forty things of any lane and length, some over the ends of the day."""
    first, last = day_seconds(date(2024, 3, 12), NEW_YORK)
    made = []
    for number in range(draw(st.integers(0, 40))):
        lane = draw(st.sampled_from(LANES))
        start = draw(st.integers(first - 3600, last - 1))
        end = draw(st.one_of(st.none(), st.integers(start, last + 3600)))
        words = draw(st.text("abcdefgh ", min_size=1, max_size=50))
        whole = draw(st.integers(0, 9)) == 0
        made.append(
            Row(
                row_id=f"r{number}",
                lane=lane,
                kind="leg" if lane == "tracker" else lane,
                words=words,
                detail="",
                start=None if whole else Bounds(start, start, start),
                end=None if whole or end is None else Bounds(end, end, end),
                sources=(),
                unlinked=draw(st.sampled_from(["", "nothing is near"])),
                number=number if lane == "tracker" else None,
            )
        )
    return tuple(made)


@given(rows_of_a_day())
@settings(deadline=None, max_examples=60)
def test_no_text_on_the_axis_covers_another_or_leaves_it(rows: tuple[Row, ...]) -> None:
    axis = day_axis(bare(date(2024, 3, 12), rows))
    for one, other in combinations(axis.labels, 2):
        assert not one.box.covers(other.box), (one, other)
    for label in axis.labels:
        assert label.box.left >= LEFT - 1
        assert label.box.right <= RIGHT + 2
    assert len(axis.labels) + axis.without_label == len(rows)
    bands = {band.name: band for band in axis.lanes}
    for bar in axis.bars:
        band = bands[
            next(lane for lane in LANES if bar.style.startswith(lane.replace(" ", "-"))).capitalize()
        ]
        assert band.top <= bar.y
        assert bar.y + bar.height <= band.top + band.height
        assert bar.width >= 0


# ---------------------------------------------------------------- lines and labels


@given(
    st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=1, max_size=40), st.floats(0.1, 9)
)
def test_a_thinned_line_passes_no_point_farther_than_asked(
    points: list[tuple[int, int]], apart: float
) -> None:
    line = [(float(x), float(y)) for x, y in points]
    kept = thinned(line, apart)
    assert (kept[0], kept[-1]) == (line[0], line[-1])
    for point in line:
        near = min((off(point, a, b) for a, b in pairwise(kept)), default=hypot(0, 0))
        assert near <= apart + 1e-9


def test_of_several_seats_the_first_that_covers_nothing_is_taken() -> None:
    def at(y: float) -> DayLabel:
        return DayLabel(10, y, "start", "Newark", "place-name")

    seats = Seats(Box(0, 0, 100, 100), [Box(0, 0, 100, 30)])
    seats.avoid(20, 52)
    assert seats.seat([at(20), at(55), at(80)]) == at(80)  # the first is taken, the second avoided
    assert seats.seat([at(20), at(55)]) == at(55)
    assert seats.seat([at(20), at(55), at(80)]) is None


# ---------------------------------------------------------------- the map


def test_new_jersey_lies_west_of_the_hudson_and_manhattan_east(engine: Engine) -> None:
    extent = Extent(40.70, 40.80, -74.10, -73.95)

    def at(lat: float, lon: float) -> tuple[float, float]:
        return (lon - extent.west) / 0.15 * 900, (extent.north - lat) / 0.10 * 600

    pieces = border_pieces(engine, extent, at)
    regions = {found.name: found.x for found in regions_between(pieces, 900, 600)}
    assert regions["NJ"] < regions["NY"]
    counties = {found.name: found.x for found in counties_between(pieces, 900, 600)}
    assert counties["Hudson"] < counties["New York"] < counties["Queens"]


def test_a_view_that_no_line_passes_says_where_it_lies(engine: Engine) -> None:
    """Millbrook lies in Dutchess County, New York; the nearest lines are miles away."""
    extent = Extent(41.72, 41.75, -73.69, -73.62)

    def at(lat: float, lon: float) -> tuple[float, float]:
        return (lon - extent.west) / 0.07 * 900, (extent.north - lat) / 0.03 * 400

    assert border_pieces(engine, extent, at) == ()
    assert name_at(engine, extent, at, 450, 200) == "Dutchess, NY"


def test_a_line_is_of_a_region_where_its_sides_are_of_two() -> None:
    def piece(left: str | None, right: str | None) -> Piece:
        return Piece((1, 1), 0, (0, 0), (1, 1), (left, "a"), (right, "b"))

    assert [piece(*sides).of_region for sides in (("NY", "NJ"), ("NY", "NY"), ("NY", None))] == [
        True,
        False,
        True,
    ]


def test_the_scale_bar_is_as_long_as_it_says_and_all_is_in_the_frame(engine: Engine) -> None:
    (day,) = vehicle_days(engine, NEW_YORK, [("CAR7", date(2024, 3, 12))])
    found = day_map(engine, day)
    assert found is not None
    track = next(track for track in found.tracks if track.title.startswith("movement 2"))
    (x1, y1), (x2, y2) = [
        tuple(map(float, pair)) for pair in re.findall(r"([\d.]+) ([\d.]+)", track.unobserved)
    ]
    north, east = radians(0.0229), radians(0.1664) * cos(radians(40.7444))
    km = EARTH_KM * hypot(north, east) / hypot(x2 - x1, y2 - y1) * found.bar
    assert km == pytest.approx(float(found.bar_words.removesuffix(" km")), rel=0.01)
    for text in (track.observed, track.unobserved, *(spot.path for spot in found.spots)):
        for x, y in re.findall(r"[ML]([-\d.]+) ([-\d.]+)", text):
            assert 0 <= float(x) <= MAP_WIDTH
            assert 0 <= float(y) <= MAP_HEIGHT


def test_a_silence_on_the_way_is_drawn_apart(drawing: DayDrawing) -> None:
    """Its three fixes are more than two minutes apart: nothing between them was observed."""
    assert drawing.map is not None
    first = drawing.map.tracks[0]
    assert (first.observed, first.style) == ("", "logged")
    assert first.unobserved.count("L") == 2
    assert drawing.map.tracks[1].style == "unlogged"


def test_no_text_on_the_map_covers_another(drawing: DayDrawing) -> None:
    assert drawing.map is not None
    for one, other in combinations(drawing.map.labels, 2):
        assert not one.box.covers(other.box)
    assert {"City Hall", "Holland Tunnel", "NJ", "NY"} <= {label.text for label in drawing.map.labels}


def test_a_day_without_positions_has_no_map_and_says_so() -> None:
    with engine_of({}) as empty:
        drawing = day_drawing(empty, bare(date(2024, 3, 12)))
    assert drawing.map is None
    assert drawing.notes[-1] == "No position of this day is known, so there is no map."
    ET.fromstring(svg_text(drawing))


# ---------------------------------------------------------------- the files


def test_the_svg_needs_nothing_but_itself_and_says_itself_in_words(drawing: DayDrawing) -> None:
    text = svg_text(drawing)
    root = ET.fromstring(text)
    ids = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
    assert len(ids) == len(set(ids))
    assert not [e.tag for e in root.iter() if e.tag in (f"{SVG}script", f"{SVG}image", f"{SVG}a")]
    assert re.findall(r"https?://[^\"]+", text) == ["http://www.w3.org/2000/svg"]
    assert set(re.findall(r"url\(#([^)]+)\)", text)) <= set(ids)
    title, told = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert title.text == (
        "Car 7, Tuesday 2024-03-12 (America/New_York): 2 movements (1 not logged), 3 log entries, 2 tolls, "
        "1 purchase of fuel, 1 event"
    )
    assert told is not None
    assert "not logged: no entry is near." in str(told.text)
    assert root.attrib["aria-labelledby"] == f"{drawing.name}-title {drawing.name}-desc"


def test_the_page_has_the_day_as_a_table_too(drawing: DayDrawing) -> None:
    page = html_text(drawing)
    assert "<script" not in page
    assert page.count("<tr>") == 1 + len(drawing.rows)
    assert "07:42 (07:41 to 07:43) – 08:14 (08:13 to 08:15)" in page
    assert page == html_text(drawing)


def test_texts_that_try_to_be_markup_stay_text() -> None:
    attack = "</svg><script>alert(1)</script>"
    first, _ = day_seconds(date(2024, 3, 12), NEW_YORK)
    at = Bounds(first, first, first)
    row = Row("x", "log", "log entry", attack, attack, at, None, (attack,), attack)
    with engine_of({}) as empty:
        drawing = day_drawing(empty, bare(date(2024, 3, 12), (row,)))
    assert "<script" not in svg_text(drawing) + html_text(drawing)


def test_days_of_one_vehicle_have_drawings_of_different_names(engine: Engine) -> None:
    days = [("CAR7", date(2024, 3, 12) + timedelta(days=n)) for n in range(3)]
    names = [day_drawing(engine, day).name for day in vehicle_days(engine, NEW_YORK, days)]
    assert names == ["day-CAR7-20240312", "day-CAR7-20240313", "day-CAR7-20240314"]
