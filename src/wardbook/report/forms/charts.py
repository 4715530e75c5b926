"""The figures of the report, drawn by Matplotlib (extra ``report``) as SVG; one document, the same bytes.

Text stays text (``svg.fonttype: none``), so it can be read, searched and tested for what is withheld. Colors
are those of Okabe and Ito, told apart without red and green; parts stand in the legend in stacking order.
Everything of one color is one path, and room for labels is counted in letters, so a figure is drawn once.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from importlib.util import find_spec
from math import ceil, cos, floor, radians
from typing import Any

from wardbook.report.narrative.document import Chart

_COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#B3A800", "#666666")
_WIDE, _HIGH = 7.0, 3.2
_LOWEST_MAP, _HIGHEST_MAP = 2.6, 4.6
_LETTER, _LEGEND_LETTER = 5.1, 4.2
"""The width of a digit in labels, and of a letter in the legend, in points."""
_LEGEND_LETTERS = 40
_ALONG_LEVEL = 12
_TILTED_MOST = 110.0
_BAR = 0.35
_LEG_WIDTHS = 8
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
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_IDS = re.compile(r'(\bid="|"#|url\(#)')
_PATH = re.compile(r' d="[^"]*"')
_STYLE = re.compile(r'(?<= )style="([^"]*)"')
_SHEET = '<style type="text/css">*{stroke-linejoin: round; stroke-linecap: butt}</style>'
_STROKES = 'stroke-linejoin="round" stroke-linecap="butt"'
_FINE = re.compile(r"(?<=\.\d\d)\d+")


def available() -> bool:
    """Whether Matplotlib is installed."""
    return find_spec("matplotlib") is not None


def draw(charts: Sequence[Chart]) -> dict[str, str]:
    """The SVG of each chart, by its id; nothing for one without rows."""
    if not charts or not available():
        return {}
    import matplotlib as mpl

    settings: Any = _DEFAULTS
    with mpl.rc_context(settings):
        return {chart.id: _svg(chart) for chart in charts if chart.table.rows}


@lru_cache(maxsize=_KEPT)
def _svg(chart: Chart) -> str:
    """The SVG of a chart; kept, because every form of a report shows the same charts."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_WIDE, _HIGH))
    _KINDS[chart.kind](figure, chart)
    stream = io.StringIO()
    figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None, "Title": chart.title})
    return _bare(stream.getvalue(), chart.id)


def _bare(svg: str, name: str) -> str:
    """The ``<svg>`` element alone, without metadata, with ids of its own: several may stand on one page.

    No style is in it, only attributes, which a page's security policy has no say in. Points stand in
    hundredths of a point, finer than any printer.
    """
    prefix = name.replace(".", "-") + "-"
    body = _METADATA.sub("", svg[svg.index("<svg") :])
    body = _PATH.sub(lambda found: _FINE.sub("", found.group()), body)
    body = _IDS.sub(lambda found: found.group() + prefix, body)
    return _STYLE.sub(_attributes, body.replace(_SHEET, "").replace("<svg ", f"<svg {_STROKES} ", 1))


def _attributes(style: re.Match[str]) -> str:
    """The attributes that say what a ``style`` says: every property here has one of its own name."""
    pairs = (one.split(":", 1) for one in style.group(1).split(";"))
    return " ".join(f'{name.strip()}="{value.strip()}"' for name, value in pairs)


def _axes(figure: Any, left: float, right: float, bottom: float, top: float) -> Any:
    """Axes with so many points of room on each side."""
    wide, high = (inches * 72 for inches in figure.get_size_inches())
    return figure.add_axes((left / wide, bottom / high, 1 - (left + right) / wide, 1 - (bottom + top) / high))


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
    above, below = [0.0] * len(along), [0.0] * len(along)
    stacks: dict[str, list[tuple[float, float, float, float]]] = {}
    for part in dict.fromkeys(named.values()):
        boxes = stacks.setdefault(part, [])
        for place, year in enumerate(along):
            height = values.get((part, year), 0.0)
            base = above[place] if height >= 0 else below[place]
            if height:
                boxes.append((place - _BAR, base, place + _BAR, base + height))
            above[place] += max(height, 0.0)
            below[place] += min(height, 0.0)
    ticks, labels = _ticks(min(below), max(above))
    legend = min(max(map(len, stacks)), _LEGEND_LETTERS) * _LEGEND_LETTER + 24
    tilted = len(along) > _ALONG_LEVEL or max(map(len, along)) * len(along) > 70
    under = min(max(map(len, along)) * _LETTER + 10, _TILTED_MOST) if tilted else 22
    axes = _axes(figure, max(map(len, labels)) * _LETTER + 28, legend, under, 10)
    for place, boxes in enumerate(stacks.values()):
        axes.add_artist(_boxes(boxes, _COLORS[place]))
    axes.set_xlim(-0.6, len(along) - 0.4)
    axes.set_ylim(ticks[0], ticks[-1])
    axes.set_xticks(range(len(along)), along, rotation=60 if tilted else 0)
    axes.set_yticks(ticks, labels)
    axes.set_ylabel(chart.unit)
    if ticks[0] < 0:
        axes.axhline(0, color="black", linewidth=0.8)
    _legend(figure, list(stacks), figure.get_size_inches()[0] * 72 - legend + 6)


def _boxes(boxes: Iterable[tuple[float, float, float, float]], color: str) -> Any:
    """Rectangles of one color as one path."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    points = [
        point
        for left, low, right, high in boxes
        for point in ((left, low), (right, low), (right, high), (left, high), (left, low))
    ]
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY] * (len(points) // 5)
    return PathPatch(
        Path(points or [(0, 0)], codes or None), facecolor=color, edgecolor="#ffffff", linewidth=0.8
    )


def _legend(figure: Any, parts: Sequence[str], left: float) -> None:
    """The parts with their colors from the top of the stack down, ``left`` points from the left."""
    from matplotlib.patches import Rectangle

    wide, high = (inches * 72 for inches in figure.get_size_inches())
    for row, place in enumerate(reversed(range(len(parts)))):
        name, y = parts[place], high - 16 - row * 12
        short = name if len(name) <= _LEGEND_LETTERS else name[: _LEGEND_LETTERS - 1] + "…"
        figure.add_artist(
            Rectangle(
                (left / wide, y / high),
                8 / wide,
                7 / high,
                facecolor=_COLORS[place],
                transform=figure.transFigure,
            )
        )
        figure.text((left + 12) / wide, y / high, short, fontsize=7)


def _ticks(low: float, high: float) -> tuple[list[float], list[str]]:
    """Round values from at most ``low`` to at least ``high``, and how they are written."""
    from matplotlib.ticker import MaxNLocator

    values = [
        float(one) for one in MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high or 1.0)
    ]
    whole = all(value == int(value) for value in values)
    return values, [f"{value:,.0f}" if whole else f"{value:,.2f}" for value in values]


def _calendar(figure: Any, chart: Chart) -> None:
    """A row a year, a column a month: the area is the number of uses, the filled part those assessed."""
    rows = [(row[0], _number(row[1]), _number(row[2])) for row in chart.table.rows]
    months = [(date.fromisoformat(f"{month}-01"), uses, assessed) for month, uses, assessed in rows]
    years = sorted({day.year for day, _, _ in months})
    most = max(uses for _, uses, _ in months)
    figure.set_size_inches(_WIDE, 0.75 + 0.3 * len(years))
    axes = _axes(figure, 36, 8, 20, 18)
    scale = 200.0 / most
    drawn = [(day.month, years.index(day.year), uses, assessed) for day, uses, assessed in months]
    axes.scatter(
        [month for month, *_ in drawn],
        [row for _, row, *_ in drawn],
        s=[uses * scale for _, _, uses, _ in drawn],
        facecolors="none",
        edgecolors=_COLORS[0],
    )
    filled = [one for one in drawn if one[3]]
    if filled:
        axes.scatter(
            [month for month, *_ in filled],
            [row for _, row, *_ in filled],
            s=[assessed * scale for *_, assessed in filled],
            color=_COLORS[1],
        )
    names = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    axes.set_xticks(range(1, 13), names)
    axes.set_yticks(range(len(years)), [str(year) for year in years])
    axes.set_xlim(0.4, 12.6)
    axes.set_ylim(len(years) - 0.4, -0.6)
    told = f"circle: uses in the month (largest: {most:,.0f}); filled: with an assessment in force"
    _told(figure, told)


def _told(figure: Any, words: str) -> None:
    """Words above a figure: how it is read."""
    figure.text(8 / (_WIDE * 72), 1 - 11 / (figure.get_size_inches()[1] * 72), words, fontsize=7)


def _map(figure: Any, chart: Chart) -> None:
    """Straight lines between places over the outlines of states and countries (shapes that ship)."""
    lines = [tuple(map(_number, row)) for row in chart.table.rows]
    lats = [one for line in lines for one in (line[0], line[2])]
    lons = [one for line in lines for one in (line[1], line[3])]
    west, east, south, north, high = _window(lats, lons)
    figure.set_size_inches(_WIDE, high)
    axes = _axes(figure, 0, 0, 0, 16)
    axes.set_axis_off()
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    borders = _outlines(floor(west), ceil(east), floor(south), ceil(north))
    axes.add_artist(_strokes(borders, edgecolor="#b0b0b0", linewidth=0.5, zorder=1))
    most = max(line[4] for line in lines)
    by_width: dict[int, list[Sequence[tuple[float, float]]]] = {}
    for lat, lon, to_lat, to_lon, legs in lines:
        step = ceil(_LEG_WIDTHS * (legs / most) ** 0.5)
        by_width.setdefault(step, []).append(((lon, lat), (to_lon, to_lat)))
    for step, legs_drawn in sorted(by_width.items()):
        width = 0.4 + 2.2 * step / _LEG_WIDTHS
        axes.add_artist(_strokes(legs_drawn, edgecolor=_COLORS[0], linewidth=width, alpha=0.55, zorder=2))
    places = sorted(set(zip(lons, lats, strict=True)))
    axes.plot(
        [lon for lon, _ in places],
        [lat for _, lat in places],
        linestyle="none",
        marker="o",
        markersize=2.4,
        color=_COLORS[5],
        zorder=3,
    )
    _told(figure, f"line: legs between two places, wider for more of them (most: {most:,.0f})")


def _strokes(lines: Iterable[Sequence[tuple[float, float]]], **style: Any) -> Any:
    """Polylines of one style as one path."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    points: list[tuple[float, float]] = []
    codes: list[Any] = []
    for line in lines:
        points += line
        codes += [Path.MOVETO, *[Path.LINETO] * (len(line) - 1)]
    return PathPatch(Path(points or [(0, 0)], codes or None), facecolor="none", **style)


def _window(lats: Sequence[float], lons: Sequence[float]) -> tuple[float, float, float, float, float]:
    """West, east, south and north of what a map shows, and its height in inches; no side stays blank."""
    margin = max(max(lats) - min(lats), max(lons) - min(lons), 0.2) * 0.08
    west, east, south, north = min(lons) - margin, max(lons) + margin, min(lats) - margin, max(lats) + margin
    stretch = 1 / max(cos(radians((south + north) / 2)), 0.2)
    high = _WIDE * stretch * (north - south) / (east - west)
    kept = min(max(high, _LOWEST_MAP), _HIGHEST_MAP)
    if kept < high:
        middle, half = (west + east) / 2, (east - west) / 2 * high / kept
        west, east = middle - half, middle + half
    elif kept > high:
        middle, half = (south + north) / 2, (north - south) / 2 * kept / high
        south, north = middle - half, middle + half
    return west, east, south, north, kept + 16 / 72


@lru_cache(maxsize=_KEPT)
def _outlines(
    west: float, east: float, south: float, north: float
) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Borders of states and countries that touch the window; those between counties of a state are not."""
    from wardbook.records.engine import Engine
    from wardbook.trace.shapes.held import US, WORLD, view_shapes

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
    return tuple(tuple(zip(xs, ys, strict=True)) for _, _, xs, ys in rows)


def _number(cell: str) -> float:
    """A cell as a length to draw; what is printed stays the decimal."""
    return float(cell.replace(",", "").replace("−", "-") or 0)


_KINDS: Mapping[str, Callable[[Any, Chart], None]] = {"bars": _bars, "calendar": _calendar, "map": _map}
