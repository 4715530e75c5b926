"""The kml reader: positions and tracks in KML 2.2 and 2.3 with the ``gx`` extension.

A row is a position: a ``gx:coord`` of a ``gx:Track`` with the ``when`` of the same number, the point of a
place mark with a time stamp, or a tuple of a ``LineString``, which has no times. The vehicle is the name of
the place mark that holds the track or line; for points, which are one place mark each, that of the folder
or document around them; failing both, what the file is named after. Points without a time are places, and
corners of areas are no positions. Nothing that a file links to is fetched; .kmz archives are not opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

from wardbook.errors import InputRefusedError
from wardbook.intake.cells import BadCellError, shown
from wardbook.intake.fix_columns import FixColumns, Track, Unread, agree, cut, vehicle_in_name
from wardbook.intake.positions import Clock, read_metres
from wardbook.intake.reader import Context, Exhibit, Reader
from wardbook.intake.xml_text import PREFIX, Lines, count_elements, first_element, load_xml
from wardbook.records.source import Reading

_TAG = re.compile(rf"<(/?){PREFIX}([A-Za-z_][\w.-]*)([^<>]*)>([^<]*)")
_COORDINATES = re.compile(rf"<{PREFIX}coordinates(?:\s[^<>]*)?(?<!/)>([^<]*)<")
_TUPLE = re.compile(r"\S+")
_CONTAINERS = ("Document", "Folder")
_OUTSIDE = "a position with a place mark around it"


@dataclass(frozen=True)
class _Spot:
    """One position as written: its line, raw text and the numbers in it."""

    line: int
    raw: str
    numbers: tuple[str, ...]


@dataclass
class _Placemark:
    name: str | None = None
    when: str | None = None
    points: list[_Spot] = field(default_factory=list)
    lines: list[list[_Spot]] = field(default_factory=list)
    tracks: list[tuple[list[str], list[_Spot]]] = field(default_factory=list)


def recognizes(exhibit: Exhibit, _context: Context) -> bool:
    """Whether the exhibit is XML whose outermost element is kml."""
    return first_element(exhibit) == "kml"


def why_unreadable(exhibit: Exhibit) -> tuple[str, str, str] | None:
    """Expected, found and advice for a .kmz archive; None for another file."""
    if not (exhibit.name.lower().endswith(".kmz") and exhibit.head.startswith(b"PK")):
        return None
    return (
        "KML as plain text",
        "a .kmz archive, which is not opened",
        "Unpack it (it is a zip file) and take in the .kml file that it holds.",
    )


def read(exhibit: Exhibit, context: Context) -> Reading:
    """The positions of a KML file. Raises `InputRefusedError` for XML that is damaged or has a DOCTYPE."""
    text = load_xml(exhibit)
    kml = _Kml(exhibit, context)
    kml.read(text)
    tuples = sum(len(unescape(one).split()) for one in _COORDINATES.findall(text))
    held = agree(exhibit.name, count_elements(text, "coord") + tuples, kml.seen)
    if held == 0:
        raise InputRefusedError(exhibit.name, "positions", "none", "Ask for the track itself.")
    return kml.fixes.reading(held, kml.unread.columns())


READER = Reader(
    name="kml",
    reads="positions and tracks as .kml files (KML 2.2 and 2.3 with gx:Track, also gzipped)",
    recognizes=recognizes,
    read=read,
)


class _Kml:
    """Goes through the tags of one file, in order."""

    def __init__(self, exhibit: Exhibit, context: Context) -> None:
        self.fixes = FixColumns(context.zone, ("altitude_m",))
        self.unread = Unread()
        self.seen = 0
        self._where = exhibit.name
        self._clock = Clock(None)
        self._names: list[str | None] = [vehicle_in_name(exhibit)]
        self._path: list[str] = []
        self._placemark: _Placemark | None = None
        self._number = 0

    def read(self, text: str) -> None:
        lines = Lines(text)
        for tag in _TAG.finditer(text):
            closing, name, given, content = tag.groups()
            if closing:
                self._path.pop()
                self._end(name)
                continue
            if self._path and self._path[-1] == "coordinates":
                raise InputRefusedError(
                    self._where, "numbers only in coordinates", f"an element {name}", "Save the file again."
                )
            self._start(name, content, tag, lines)
            if given.endswith("/"):
                self._end(name)
            else:
                self._path.append(name)

    def _start(self, name: str, content: str, tag: re.Match[str], lines: Lines) -> None:
        around = self._path[-1] if self._path else ""
        if name == "Placemark":
            self._placemark = _Placemark()
        elif name in _CONTAINERS:
            self._names.append(self._names[-1])
        elif name == "coord":
            self._coord(around, content, lines.at(tag.start()), tag[0])
        elif name == "coordinates":
            self._coordinates(around, list(_spots(content, tag.start(4), lines)))
        elif name == "name" and around in _CONTAINERS:
            self._names[-1] = unescape(content).strip() or self._names[-1]
        elif self._placemark is not None:
            self._in_placemark(self._placemark, name, around, unescape(content).strip())

    def _in_placemark(self, placemark: _Placemark, name: str, around: str, content: str) -> None:
        if name == "name" and around == "Placemark":
            placemark.name = content or None
        elif name == "when" and around == "Track" and placemark.tracks:
            placemark.tracks[-1][0].append(content)
        elif name == "when" and around == "TimeStamp":
            placemark.when = content or None
        elif name == "Track":
            placemark.tracks.append(([], []))
        elif name == "LineString":
            placemark.lines.append([])
        elif content:
            self.unread.see(name, content)

    def _coord(self, around: str, content: str, line: int, raw: str) -> None:
        self.seen += 1
        spot = _Spot(line, raw, tuple(content.split()))
        if self._placemark is None or around != "Track" or not self._placemark.tracks:
            self.fixes.set_aside(
                line, raw, BadCellError(_OUTSIDE, "one without", "Correct it at the source.")
            )
        else:
            self._placemark.tracks[-1][1].append(spot)

    def _coordinates(self, around: str, spots: list[_Spot]) -> None:
        self.seen += len(spots)
        if around == "LinearRing":
            for spot in spots:
                self.fixes.leave(spot.line, spot.raw, "a corner of an area")
        elif self._placemark is None or around not in ("Point", "LineString"):
            for spot in spots:
                bad = BadCellError(_OUTSIDE, "one without", "Correct it at the source.")
                self.fixes.set_aside(spot.line, spot.raw, bad)
        elif around == "Point":
            self._placemark.points.extend(spots)
        else:
            self._placemark.lines[-1].extend(spots)

    def _end(self, name: str) -> None:
        if name in _CONTAINERS:
            self._names.pop()
        elif name == "Placemark" and self._placemark is not None:
            self._close(self._placemark)
            self._placemark = None

    def _close(self, placemark: _Placemark) -> None:
        for spot in placemark.points:
            if placemark.when is None:
                self.fixes.leave(spot.line, spot.raw, "a place without a time")
            else:
                self._add(Track(self._names[-1]), spot, placemark.when)
        for line in placemark.lines:
            track = self._track(placemark)
            for spot in line:
                self._add(track, spot, None)
        for whens, spots in placemark.tracks:
            self._close_track(self._track(placemark), whens, spots)

    def _track(self, placemark: _Placemark) -> Track:
        self._number += 1
        return Track(placemark.name or self._names[-1], placemark.name, self._number)

    def _close_track(self, track: Track, whens: list[str], spots: list[_Spot]) -> None:
        if len(whens) != len(spots):
            bad = BadCellError(
                "as many times as positions in a track",
                f"{len(whens)} and {len(spots)}",
                "Which time belongs to which position is not known: ask for the track again.",
            )
            for spot in spots:
                self.fixes.set_aside(spot.line, spot.raw, bad)
            return
        for when, spot in zip(whens, spots, strict=True):
            self._add(track, spot, when)

    def _add(self, track: Track, spot: _Spot, when: str | None) -> None:
        try:
            if len(spot.numbers) not in (2, 3):
                raise BadCellError(
                    "longitude, latitude and perhaps height", shown(spot.raw), "Correct it at the source."
                )
            lat, lon = self.fixes.position(spot.numbers[1], spot.numbers[0])
            height = read_metres(spot.numbers[2]) if len(spot.numbers) == 3 else None
            at = None if when is None else self._clock.read(when)
            self.fixes.add(track, spot.line, cut(spot.raw), at, lat, lon, (height,))
        except BadCellError as bad:
            self.fixes.set_aside(spot.line, spot.raw, bad)


def _spots(content: str, offset: int, lines: Lines) -> Iterator[_Spot]:
    """The tuples of an element of coordinates; a character reference between them is white space."""
    if "&" in content:
        line = lines.at(offset)
        for raw in unescape(content).split():
            yield _Spot(line, raw, tuple(raw.split(",")))
        return
    for match in _TUPLE.finditer(content):
        yield _Spot(lines.at(offset + match.start()), match[0], tuple(match[0].split(",")))
