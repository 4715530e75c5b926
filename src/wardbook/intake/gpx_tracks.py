"""The gpx reader: GPX 1.0 and 1.1, as receivers, phones and Traccar write it.

Each ``trkpt`` is a row. A track of the book is one ``trkseg`` on one local day. Its vehicle is the name of
the ``trk`` unless that is a date or a receiver's default, else what the file is named after. Times are UTC,
as GPX says, also where the Z is left out; ``speed`` is in metres a second and ``course`` in degrees, both
in GPX 1.0 and in Garmin's extension of 1.1. Way and route points are no positions of a vehicle.
"""

from __future__ import annotations

import re
from html import unescape

from wardbook.errors import InputRefusedError
from wardbook.intake.cells import BadCellError, shown
from wardbook.intake.fix_columns import FixColumns, Track, Unread, agree, cut, vehicle_in_name
from wardbook.intake.positions import Clock, read_course, read_metres, read_speed
from wardbook.intake.reader import Context, Exhibit, Reader
from wardbook.intake.xml_text import PREFIX, Lines, attributes, count_elements, first_element, load_xml
from wardbook.records.source import Reading

_POINTS = {
    "trkpt": "",
    "rtept": "a point of a planned route",
    "wpt": "a waypoint, not a position of the vehicle",
}
_MORE = ("speed_mm_s", "course_cdeg", "altitude_m")
_NO_VEHICLE = re.compile(r"(?:ACTIVE LOG.*|track.{0,5}|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*)?", re.IGNORECASE)
_PART = re.compile(
    rf"<{PREFIX}(?:"
    rf"(?P<point>trkpt|rtept|wpt)(?P<given>\s[^<>]*)?(?:(?<=/)>|(?<!/)>(?P<inside>.*?)</{PREFIX}(?P=point)\s*>)"
    rf"|(?P<group>trk|trkseg)(?=[\s/>])"
    rf"|name(?:\s[^<>]*)?(?<!/)>(?P<name>[^<]*)<)",
    re.DOTALL,
)
_USUAL = re.compile(r'\s+lat="([^"&]*)"\s+lon="([^"&]*)"\s*')
_FIELD = re.compile(rf"<{PREFIX}([A-Za-z_][\w.-]*)(?:\s[^<>]*)?(?<!/)>([^<]*)</")


def recognizes(exhibit: Exhibit, _context: Context) -> bool:
    """Whether the exhibit is XML whose outermost element is gpx."""
    return first_element(exhibit) == "gpx"


def read(exhibit: Exhibit, context: Context) -> Reading:
    """The tracks of a GPX file. Raises `InputRefusedError` for XML that is damaged or has a document type."""
    text = load_xml(exhibit)
    gpx = _Gpx(exhibit, context)
    gpx.read(text)
    held = agree(exhibit.name, count_elements(text, *_POINTS), gpx.seen)
    if held == 0:
        raise InputRefusedError(exhibit.name, "a track with points", "none", "Ask for the track itself.")
    return gpx.fixes.reading(held, gpx.unread.columns())


READER = Reader(
    name="gpx",
    reads="tracks as .gpx files (GPX 1.0 and 1.1, also gzipped)",
    recognizes=recognizes,
    read=read,
)


class _Gpx:
    """Reads the parts of one file, in order."""

    def __init__(self, exhibit: Exhibit, context: Context) -> None:
        self.fixes = FixColumns(context.zone, _MORE)
        self.unread = Unread()
        self.seen = 0
        self._clock = Clock(None)
        self._file_vehicle = vehicle_in_name(exhibit)
        self._track = Track(self._file_vehicle)
        self._may_be_named = False

    def read(self, text: str) -> None:
        lines = Lines(text)
        for part in _PART.finditer(text):
            point, given, inside, group, name = part.groups()
            if point is not None:
                self.seen += 1
                self._point(point, given or "", inside or "", lines.at(part.start()), part[0])
            elif group is not None:
                self._begin(group)
            elif self._may_be_named:
                self._name(unescape(name).strip())

    def _begin(self, group: str) -> None:
        number = self._track.number + 1
        self._track = (
            self._track._replace(number=number)
            if group == "trkseg"
            else Track(self._file_vehicle, None, number)
        )
        self._may_be_named = group == "trk"

    def _name(self, name: str) -> None:
        vehicle = self._file_vehicle if _NO_VEHICLE.fullmatch(name) else name
        self._track = Track(vehicle, name or None, self._track.number)
        self._may_be_named = False

    def _point(self, kind: str, given: str, inside: str, line: int, raw: str) -> None:
        if _POINTS[kind]:
            self.fixes.leave(line, raw, _POINTS[kind])
            return
        fields = self._fields(inside)
        try:
            lat, lon = self.fixes.position(*_lat_lon(given, raw))
            at, speed, course, height = (fields.get(name) for name in ("time", "speed", "course", "ele"))
            self.fixes.add(
                self._track,
                line,
                cut(raw),
                self._clock.read(at) if at else None,
                lat,
                lon,
                (
                    read_speed(speed, "m/s") if speed else None,
                    read_course(course) if course else None,
                    read_metres(height) if height else None,
                ),
            )
        except BadCellError as bad:
            self.fixes.set_aside(line, raw, bad)

    def _fields(self, inside: str) -> dict[str, str]:
        fields: dict[str, str] = {}
        for name, value in _FIELD.findall(inside):
            if name in ("time", "speed", "course", "ele"):
                fields.setdefault(name, value.strip())
            elif name not in ("extensions", "TrackPointExtension"):
                self.unread.see(name, unescape(value).strip())
        return fields


def _lat_lon(given: str, raw: str) -> tuple[str, str]:
    usual = _USUAL.fullmatch(given)
    if usual is not None:
        return usual[1], usual[2]
    named = attributes(given)
    if "lat" not in named or "lon" not in named:
        raise BadCellError("a point with lat and lon", shown(raw), "Correct it at the source.")
    return named["lat"].strip(), named["lon"].strip()
