"""A vehicle-day as one drawing: the axis of time, below it the map; SVG, or a page with its table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib import resources

from markupsafe import Markup

from wardbook.records.engine import Engine
from wardbook.report.day_axis import WIDTH, DayAxis, day_axis
from wardbook.report.day_map import MAP_HEIGHT, MAP_WIDTH, DayMap, day_map
from wardbook.report.day_text import day_lines, headline, link_words, row_title, silence_words, unlinked_words
from wardbook.report.day_times import time_words
from wardbook.report.page_files import template
from wardbook.report.vehicle_day import VehicleDay
from wardbook.report.wording import plural

_LEGEND = 24
_GAP = 8


@dataclass(frozen=True)
class TableRow:
    """One thing of a day in the table beside the drawing: the same in words."""

    when: str
    what: str
    detail: str
    links: tuple[str, ...]
    unlinked: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class DayDrawing:
    """One drawing, ready to print; ``name`` is its own among all drawings of a page."""

    name: str
    headline: str
    description: str
    axis: DayAxis
    map: DayMap | None
    rows: tuple[TableRow, ...]
    notes: tuple[str, ...]

    width = WIDTH
    map_width, map_height = MAP_WIDTH, MAP_HEIGHT
    map_left = (WIDTH - MAP_WIDTH) / 2

    @property
    def axis_top(self) -> float:
        """Where the lanes begin."""
        return self.axis.lanes[0].top

    @property
    def axis_bottom(self) -> float:
        """Where the lanes end."""
        return self.axis.lanes[-1].top + self.axis.lanes[-1].height

    @property
    def legend_top(self) -> float:
        """Where the legend stands."""
        return self.axis.height

    @property
    def map_top(self) -> float:
        """Where the map begins."""
        return self.axis.height + _LEGEND

    @property
    def height(self) -> float:
        """The height of the whole."""
        return self.map_top + (MAP_HEIGHT + _GAP if self.map else 0)


def day_drawing(engine: Engine, day: VehicleDay) -> DayDrawing:
    """Draw a day. The lines of the map come from the shapes that ship; ``engine`` gets views of them."""
    axis, drawn = day_axis(day), day_map(engine, day)
    rows = tuple(_table(day))
    return DayDrawing(
        name=drawing_name(day.vehicle_key, day.day),
        headline=headline(day),
        description=" ".join(f"{line.strip()}." for line in day_lines(day)).replace("..", "."),
        axis=axis,
        map=drawn,
        rows=rows,
        notes=tuple(_notes(day, axis, drawn)),
    )


def drawing_name(key: str, day: date) -> str:
    """The name of the drawing of a vehicle and day, as an anchor of a page."""
    return "day-" + re.sub(r"[^A-Za-z0-9]", "", key) + f"-{day:%Y%m%d}"


def _table(day: VehicleDay) -> Iterator[TableRow]:
    for row in day.rows:
        yield TableRow(
            when=time_words(day, row),
            what=row_title(row),
            detail=row.detail,
            links=tuple(link_words(day, link) for link in row.links),
            unlinked=unlinked_words(row),
            sources=row.sources,
        )


def _notes(day: VehicleDay, axis: DayAxis, drawn: DayMap | None) -> Iterator[str]:
    yield silence_words(day)
    if axis.without_label:
        yield f"{plural(axis.without_label, 'thing')} without words on the axis, for want of room."
    if drawn is None:
        yield "No position of this day is known, so there is no map."


# ---------------------------------------------------------------- printing


def svg_text(drawing: DayDrawing) -> str:
    """The drawing as an SVG file that needs nothing but itself."""
    macro = template("day.svg.j2").module.day_svg  # type: ignore[attr-defined]
    return _tidy(str(macro(drawing, Markup(day_style()), told=True))) + "\n"  # noqa: S704  # ours, from the package


def html_text(drawing: DayDrawing) -> str:
    """The drawing and its table as a page that needs nothing but itself."""
    page = template("day.html.j2")
    style = Markup(day_style())  # noqa: S704  # ours, from the package
    return _tidy(page.render(drawing=drawing, style=style)) + "\n"


def day_style() -> str:
    """The style of the drawing, for light and dark."""
    return resources.files("wardbook.report").joinpath("page", "day.css").read_text("utf-8")


def _tidy(text: str) -> str:
    return re.sub(r"\n{2,}", "\n", text.strip())
