"""The figures of the report, drawn by Matplotlib (extra ``report``) as SVG; one document, the same bytes.

Text stays text (``svg.fonttype: none``), so it can be read, searched and tested for what is withheld. Colors
are those of Okabe and Ito, told apart without red and green; parts stand in the legend in stacking order.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from wardbook.records.engine import Engine
from wardbook.report.narrative.document import Chart
from wardbook.trace.shapes.held import US, WORLD, view_shapes

_COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#B3A800", "#666666")
_WIDE, _HIGH = 7.0, 3.2
_KEPT = 64
_DEFAULTS: Mapping[str, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "wardbook",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def available() -> bool:
    """Whether Matplotlib is installed."""
    from importlib.util import find_spec

    return find_spec("matplotlib") is not None


def draw(charts: Sequence[Chart]) -> dict[str, str]:
    """The SVG of each chart, by its id; nothing for one without rows."""
    if not charts or not available():
        return {}
    return {chart.id: _svg(chart) for chart in charts if chart.table.rows}


@lru_cache(maxsize=_KEPT)
def _svg(chart: Chart) -> str:
    """The SVG of a chart; kept, because every form of a report shows the same charts."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    settings: Any = _DEFAULTS
    with mpl.rc_context(settings):
        figure = Figure(figsize=(_WIDE, _HIGH), layout="constrained")
        _KINDS[chart.kind](figure, chart)
        stream = io.StringIO()
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None, "Title": chart.title})
    return _bare(stream.getvalue(), chart.id)


def _bare(svg: str, name: str) -> str:
    """The ``<svg>`` element alone, without metadata, with ids of its own: several may stand on one page."""
    prefix = name.replace(".", "-") + "-"
    body = re.sub(r"\s*<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    return re.sub(r'(\bid="|"#|url\(#)', lambda found: found.group() + prefix, body)


def _bars(figure: Any, chart: Chart) -> None:
    """Stacked bars: first column along, second the part, third the amount; negative parts go below zero."""
    rows = [(row[0], row[1], _number(row[2])) for row in chart.table.rows]
    along = list(dict.fromkeys(row[0] for row in rows))
    totals: dict[str, float] = {}
    for _, part, value in rows:
        totals[part] = totals.get(part, 0.0) + abs(value)
    parts = sorted(totals, key=lambda one: (-totals[one], one))
    shown, rest = parts[: len(_COLORS) - 1], parts[len(_COLORS) - 1 :]
    named = {part: part for part in shown} | dict.fromkeys(rest, "all others")
    values: dict[tuple[str, str], float] = {}
    for year, part, value in rows:
        key = (named[part], year)
        values[key] = values.get(key, 0.0) + value
    axes = figure.subplots()
    above, below = [0.0] * len(along), [0.0] * len(along)
    for place, part in enumerate(dict.fromkeys(named.values())):
        heights = [values.get((part, year), 0.0) for year in along]
        base = [up if height >= 0 else down for height, up, down in zip(heights, above, below, strict=True)]
        axes.bar(
            along, heights, bottom=base, label=part, width=0.7,
            color=_COLORS[place % len(_COLORS)], edgecolor="white", linewidth=0.8,
        )  # fmt: skip
        above = [up + max(height, 0.0) for up, height in zip(above, heights, strict=True)]
        below = [down + min(height, 0.0) for down, height in zip(below, heights, strict=True)]
    axes.set_ylabel(chart.unit)
    axes.yaxis.set_major_formatter(lambda value, _place: f"{value:,.0f}")
    if len(along) > 12:
        axes.tick_params(axis="x", rotation=60)
    axes.legend(frameon=False, fontsize=7, loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _calendar(figure: Any, chart: Chart) -> None:
    """A row a year, a column a month: the area is the number of uses, the filled part those assessed."""
    rows = [(row[0], _number(row[1]), _number(row[2])) for row in chart.table.rows]
    months = [(date.fromisoformat(f"{month}-01"), uses, assessed) for month, uses, assessed in rows]
    years = sorted({day.year for day, _, _ in months})
    most = max(uses for _, uses, _ in months)
    figure.set_size_inches(_WIDE, 1.0 + 0.34 * len(years))
    axes = figure.subplots()
    scale = 230.0 / most
    x = [day.month for day, _, _ in months]
    y = [years.index(day.year) for day, _, _ in months]
    axes.scatter(x, y, s=[uses * scale for _, uses, _ in months], facecolors="none", edgecolors=_COLORS[0])
    filled = [(m, r, assessed) for m, r, (_, _, assessed) in zip(x, y, months, strict=True) if assessed]
    axes.scatter(
        [m for m, _, _ in filled],
        [r for _, r, _ in filled],
        s=[a * scale for *_, a in filled],
        color=_COLORS[1],
    )
    names = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    axes.set_xticks(range(1, 13), names)
    axes.set_yticks(range(len(years)), [str(year) for year in years])
    axes.set_xlim(0.4, 12.6)
    axes.set_ylim(len(years) - 0.4, -0.6)
    axes.set_title(
        f"circle: uses in the month (largest: {most:,.0f}); filled: with an assessment in force",
        fontsize=7,
        loc="left",
    )


def _map(figure: Any, chart: Chart) -> None:
    """Straight lines between places over the outlines of states and countries (shapes that ship)."""
    lines = [tuple(map(_number, row)) for row in chart.table.rows]
    lats = [one for line in lines for one in (line[0], line[2])]
    lons = [one for line in lines for one in (line[1], line[3])]
    west, east, south, north = _window(lats, lons)
    from matplotlib.collections import LineCollection

    axes = figure.subplots()
    borders = [list(zip(xs, ys, strict=True)) for xs, ys in _outlines(west, east, south, north)]
    axes.add_collection(LineCollection(borders, colors="#bbbbbb", linewidths=0.5, zorder=1))
    most = max(line[4] for line in lines)
    legs = [[(lon, lat), (to_lon, to_lat)] for lat, lon, to_lat, to_lon, _ in lines]
    widths = [0.4 + 2.2 * (line[4] / most) ** 0.5 for line in lines]
    axes.add_collection(LineCollection(legs, colors=_COLORS[0], linewidths=widths, alpha=0.55, zorder=2))
    places = sorted(set(zip(lons, lats, strict=True)))
    axes.scatter([lon for lon, _ in places], [lat for _, lat in places], s=6, color=_COLORS[5], zorder=3)
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_aspect(1.25)
    axes.set_axis_off()


def _window(lats: Sequence[float], lons: Sequence[float]) -> tuple[float, float, float, float]:
    margin = max(max(lats) - min(lats), max(lons) - min(lons), 0.2) * 0.08
    return min(lons) - margin, max(lons) + margin, min(lats) - margin, max(lats) + margin


def _outlines(
    west: float, east: float, south: float, north: float
) -> Iterator[tuple[list[float], list[float]]]:
    """Borders of states and countries that touch the window; those between counties of a state are not."""
    with Engine() as engine:
        view_shapes(engine)
        rows = engine.rows(
            """
            SELECT p.layer, p.line, list(p.x / 1e6 - 180 ORDER BY p.step),
                list(p.y / 1e6 - 90 ORDER BY p.step)
            FROM shape_points AS p
            LEFT JOIN shape_regions AS l ON l.layer = p.layer AND l.code = p.left_code
            LEFT JOIN shape_regions AS r ON r.layer = p.layer AND r.code = p.right_code
            WHERE NOT p.seam AND l.region IS DISTINCT FROM r.region
                AND (
                    p.layer = $1
                    OR (p.layer = $2 AND l.country IS DISTINCT FROM 'US' AND r.country IS DISTINCT FROM 'US')
                )
            GROUP BY p.layer, p.line
            HAVING max(p.x) / 1e6 - 180 >= $3 AND min(p.x) / 1e6 - 180 <= $4
                AND max(p.y) / 1e6 - 90 >= $5 AND min(p.y) / 1e6 - 90 <= $6
            ORDER BY p.layer, p.line
            """,
            [US, WORLD, west, east, south, north],
        )
    for _, _, xs, ys in rows:
        yield xs, ys


def _number(cell: str) -> float:
    """A cell as a length to draw; what is printed stays the decimal."""
    return float(cell.replace(",", "").replace("−", "-") or 0)


_KINDS: Mapping[str, Callable[[Any, Chart], None]] = {"bars": _bars, "calendar": _calendar, "map": _map}
