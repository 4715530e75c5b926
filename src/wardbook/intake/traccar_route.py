"""The traccar-route reader: the route report of Traccar as CSV, which is no CSV by RFC 4180.

Traccar joins the fields with commas and quotes none, so an address with commas shifts what follows it. The
columns up to ``address`` never hold a comma; the extra cells of a row belong to the address if ``accuracy``
after it is then a number and every attribute read here of its kind, else the row is set aside. Times are in
the zone of the user who made the report, without offset in newer versions: they are read in the book's zone
unless they bear one. Speed is in knots, ``distance`` and odometers in metres. The vehicle is ``deviceId``,
since the report does not name the device. The time when the server got a fix is ``received_at``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wardbook.errors import InputRefusedError
from wardbook.intake import mapped_table
from wardbook.intake.cells import BadCellError, read_yes_no, shown
from wardbook.intake.fix_columns import FixColumns, Track, Unread, agree, cut
from wardbook.intake.grid import has_unsafe
from wardbook.intake.positions import Clock, read_course, read_decimal, read_metres, read_speed
from wardbook.intake.reader import Context, Exhibit, Reader
from wardbook.intake.table_text import decode, is_text, load_bytes, plain_head
from wardbook.records.source import Reading

_LEADING = (
    "id", "deviceId", "protocol", "serverTime", "deviceTime", "fixTime", "valid", "latitude", "longitude",
    "altitude", "speed", "course", "address", "accuracy",
)  # fmt: skip
_ADDRESS = _LEADING.index("address")
_ODOMETERS = ("odometer", "totalDistance")
_READ_ATTRIBUTES = ("ignition", *_ODOMETERS)
_MORE = (
    "received_at", "valid", "speed_mm_s", "course_cdeg", "altitude_m", "accuracy_m", "ignition", "odometer_m",
)  # fmt: skip


def _header(text: str) -> tuple[str, ...]:
    return tuple(text.removeprefix("\ufeff").rstrip("\r\n").split(","))


def recognizes(exhibit: Exhibit, context: Context) -> bool:
    """Whether the first line is that of Traccar's route report, and no mapping was written for the file."""
    if not is_text(exhibit):
        return False
    first = plain_head(exhibit).split(b"\n", 1)[0].decode("utf-8", "replace")
    return _header(first)[: len(_LEADING)] == _LEADING and not mapped_table.recognizes(exhibit, context)


def read(exhibit: Exhibit, context: Context) -> Reading:
    """The fixes of a route report."""
    text = decode(load_bytes(exhibit), None, exhibit.name)
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    header = _header(lines[0]) if lines else ()
    if header[: len(_LEADING)] != _LEADING:
        raise InputRefusedError(
            exhibit.name,
            f"the columns {', '.join(_LEADING)}",
            shown(lines[0]) if lines else "an empty file",
            "Make the route report of Traccar again.",
        )
    route = _Route(header, context)
    route.fixes.leave(1, lines[0].rstrip("\r"), "the heading line")
    for number, line in enumerate(lines[1:], 2):
        route.read(number, line.rstrip("\r"))
    held = text.count("\n") + (1 if text and not text.endswith("\n") else 0)
    return route.fixes.reading(agree(exhibit.name, held, len(lines)), route.unread.columns())


READER = Reader(
    name="traccar-route",
    reads="route reports of Traccar as CSV (id,deviceId,protocol,serverTime,...)",
    recognizes=recognizes,
    read=read,
)


@dataclass(frozen=True)
class _Attributes:
    """Where the attributes stand that are read, in a row of as many cells as headings."""

    ignition: int | None
    odometer: int | None


class _Route:
    """Reads the rows of one report, in order."""

    def __init__(self, header: Sequence[str], context: Context) -> None:
        self.fixes = FixColumns(context.zone, _MORE)
        self.unread = Unread()
        self._header = header
        self._clock = Clock(context.zone)
        self._tracks: dict[str, Track] = {}
        odometer = next((header.index(name) for name in _ODOMETERS if name in header), None)
        self._at = _Attributes(header.index("ignition") if "ignition" in header else None, odometer)
        read = {*_LEADING[:2], *_LEADING[3:4], *_LEADING[5:_ADDRESS], "accuracy", "ignition"}
        used = read | ({header[odometer]} if odometer is not None else set())
        self._spare = [n for n, name in enumerate(header) if name not in used]

    def read(self, number: int, line: str) -> None:
        """One row: a fix, set aside, or no record."""
        if not line.strip():
            self.fixes.leave(number, line, "a blank line")
            return
        if line == ",".join(self._header):
            self.fixes.leave(number, line, "a repeated heading line")
            return
        try:
            if has_unsafe(line):
                raise BadCellError("one encoding", "other bytes in this row", "Make the report again.")
            self._add(number, line, self._cells(line))
        except BadCellError as bad:
            self.fixes.set_aside(number, line, bad)

    def _cells(self, line: str) -> list[str]:
        """The cells of a row, with the commas of its address put back."""
        cells = line.split(",")
        extra = len(cells) - len(self._header)
        if extra < 0:
            raise BadCellError(
                f"{len(self._header)} cells, as many as headings",
                f"{len(cells)} cells",
                "The row is cut short: make the report again.",
            )
        if extra:
            end = _ADDRESS + 1 + extra
            cells[_ADDRESS:end] = [",".join(cells[_ADDRESS:end])]
            self._check_shift(cells, extra)
        return cells

    def _check_shift(self, cells: Sequence[str], extra: int) -> None:
        try:
            read_decimal(cells[_ADDRESS + 1] or "0", "accuracy")
            self._ignition(cells)
            self._odometer(cells)
        except BadCellError:
            raise BadCellError(
                f"{len(self._header)} cells, or more only by commas in the address",
                f"{len(cells) + extra} cells, and commas elsewhere too",
                "Traccar does not quote its cells: export this report as GPX or .xlsx instead.",
            ) from None

    def _ignition(self, cells: Sequence[str]) -> int | None:
        text = cells[self._at.ignition].strip() if self._at.ignition is not None else ""
        return int(read_yes_no(text, ("true",), ("false",))) if text else None

    def _odometer(self, cells: Sequence[str]) -> int | None:
        text = cells[self._at.odometer].strip() if self._at.odometer is not None else ""
        return read_metres(text) if text else None

    def _add(self, number: int, line: str, cells: Sequence[str]) -> None:
        device, server, fix = cells[1].strip(), cells[3].strip(), cells[5].strip()
        at = self._clock.read(fix)
        received = self._clock.read(server) if server else None
        _check_week(at, received, fix)
        place = self.fixes.position(cells[7].strip(), cells[8].strip())
        height, speed, course, accuracy = (cells[n].strip() for n in (9, 10, 11, _ADDRESS + 1))
        more = (
            received,
            int(read_yes_no(cells[6].strip())) if cells[6].strip() else None,
            read_speed(speed, "kn") if speed else None,
            read_course(course) if course else None,
            read_metres(height) if height else None,
            read_metres(accuracy) if accuracy else None,
            self._ignition(cells),
            self._odometer(cells),
        )
        track = self._tracks.get(device)
        if track is None:
            track = self._tracks[device] = Track(device or None)
        self.fixes.add(track, number, cut(line), at, *place, more)
        for place_ in self._spare:
            self.unread.see(self._header[place_], cells[place_].strip())


def _check_week(at: int, received: int | None, text: str) -> None:
    """Refuse a fix made 1,024 weeks, to a day, before the server got it."""
    week_us = 7 * 86_400_000_000
    if received is not None and abs(received - at - 1024 * week_us) < week_us // 7:
        raise BadCellError(
            "a fix near the time the server got it",
            f"{shown(text)}, which is 1,024 weeks before",
            "A receiver whose count of weeks ran over wrote it; add 1,024 weeks at the source, if sure.",
        )
