from __future__ import annotations

from math import cos, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardbook.audit import Audit
from wardbook.report.drawing import WIDTH, drawings
from wardbook.report.figures import figures
from wardbook.report.projection import EARTH_KM, Extent, plate_carree, projection_for
from wardbook.report.summary import summary_lines
from wardbook.report.timeline import timeline
from wardbook.report.traffic import MapLine, MapPlace, Traffic, traffic
from wardbook.report.wording import money, period, place, plural, quantity

NORTH_AMERICA = Extent(20, 60, -130, -62)


def test_albers_agrees_with_snyders_worked_example() -> None:
    """Snyder (1987), appendix A: parallels 29.5 and 45.5, origin 23 N 96 W, point 35 N 75 W, unit sphere."""
    extent = Extent(25.5, 49.5, -120, -72)  # sixths inside it are 29.5 and 45.5
    x, y = projection_for(extent)(35, -75)
    origin_x, origin_y = projection_for(extent)(23, -96)
    assert x - origin_x == pytest.approx(0.2952720, abs=1e-7)
    assert y - origin_y == pytest.approx(0.2416774, abs=1e-7)


@given(st.floats(22, 57), st.floats(-125, -66))
def test_the_projection_keeps_areas(lat: float, lon: float) -> None:
    project, step = projection_for(NORTH_AMERICA), 0.01
    (ax, ay), (bx, by), (cx, cy) = project(lat, lon), project(lat, lon + step), project(lat + step, lon)
    flat = abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay))
    assert flat == pytest.approx(radians(step) ** 2 * cos(radians(lat + step / 2)), rel=1e-3)


def test_the_whole_world_and_the_equator_fall_back_to_plate_carree() -> None:
    for extent in (Extent(-60, 70, -170, 170), Extent(-5, 5, 10, 20)):
        assert projection_for(extent)(3, 12) == plate_carree(extent)(3, 12)


def test_a_scale_bar_is_as_long_as_it_says() -> None:
    places = (MapPlace("a", "A", 40.0, -100.0, 3), MapPlace("b", "B", 40.0, -95.0, 1))
    (drawing,) = drawings(Traffic(places, (MapLine(40, -100, 40, -95, 2, True, "a – b"),), 2, 0, ()))
    a, b = drawing.dots
    angle = radians(5) * cos(radians(40))
    km = EARTH_KM * 2 * sin(angle / 2) / (b.x - a.x) * drawing.bar
    assert km == pytest.approx(float(drawing.bar_km.removesuffix(" km")), rel=0.01)
    assert all(0 <= dot.x <= WIDTH and 0 <= dot.y <= drawing.height for dot in drawing.dots)


@given(
    st.lists(
        st.tuples(st.floats(-80, 80), st.floats(-179, 179), st.integers(1, 500)), min_size=1, max_size=12
    )
)
def test_every_place_is_inside_the_last_map(points: list[tuple[float, float, int]]) -> None:
    places = tuple(MapPlace(f"p{n}", f"P{n}", lat, lon, legs) for n, (lat, lon, legs) in enumerate(points))
    assert len(drawings(Traffic(places, (), 0, 0, ()))[-1].dots) == len(places)


def test_traffic_counts_what_it_leaves_out(audited: Audit) -> None:
    found = traffic(audited.engine)
    assert (found.legs, found.legs_unplaced) == (3, 1)
    assert [(p.key, p.stops) for p in found.unplaced] == [("rally ground", 1)]
    assert sorted((line.legs, line.logged) for line in found.lines) == [(1, False), (1, True)]
    assert {place.key for place in found.places} == {"office", "town hall", "home", "(end of a track)"}


def test_the_timeline_stacks_to_the_uses_of_each_month(audited: Audit, nothing: Audit) -> None:
    found = timeline(audited.engine)
    assert found is not None
    assert [bar.filter for bar in found.bars] == ["month=2024-01", "month=2024-02", "month=2024-03"]
    assert [row.counts for row in found.rows] == [(2, 2, 1)]
    heights = [sum(piece.height for piece in bar.pieces) for bar in found.bars]
    assert heights[0] == pytest.approx(heights[1])
    assert heights[0] == pytest.approx(2 * heights[2], abs=0.2)
    assert timeline(nothing.engine) is None


def test_figures_split_every_use_and_every_cost_once(audited: Audit) -> None:
    found = figures(audited)
    assert [(c.label, c.uses) for c in found.permitted] == [
        ("no", 2),
        ("cannot be determined", 2),
        ("yes", 2),
    ]
    assert sum(c.uses for row in found.cross for c in row.by_security) == found.scope.uses == 6
    for total in found.totals:
        groups = (found.receivables, found.kept, found.undetermined)
        assert (
            sum(p.amount for group in groups for p in group if p.currency == total.currency) == total.amount
        )
    assert [(o.payer, o.what) for o in found.orders] == [("Mayor Ash", "order: Order 3")]


def test_the_summary_reads_the_same_each_time(audited: Audit, nothing: Audit) -> None:
    lines = summary_lines(audited)
    assert lines == summary_lines(audited)
    assert "Permitted           no 2, cannot be determined 2, yes 2" in lines
    assert "Undetermined payer: USD 40.00 (1 use)" in lines
    assert "Rows of 2 exhibits: 9 (record 7, set aside 1, not a record 1)" in lines
    assert "Findings: none" in summary_lines(nothing)


def test_the_words_of_numbers() -> None:
    from datetime import date
    from decimal import Decimal

    assert money(Decimal("-474794.2"), "USD") == "USD −474,794.20"
    assert quantity(Decimal("21.00"), "trips") == "21"
    assert quantity(Decimal("21.50"), "hours") == "21.5"
    assert quantity(Decimal(21), "USD") == "21.00"
    assert quantity(None, "USD") == "—"
    assert (plural(1, "use"), plural(1172, "use")) == ("1 use", "1,172 uses")
    assert period(date(2024, 1, 5), date(2024, 1, 5)) == "2024-01-05"
    assert (place(3, 12), place(None, None)) == ("page 3, line 12", "whole file")
