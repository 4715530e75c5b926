"""The nmea reader: logs of a receiver's own sentences (NMEA 0183, also IEC 61162-1).

A row is a line. The position is that of RMC, the one sentence that has date, time and position together:
latitude and longitude in degrees and minutes, speed in knots, time in UTC. A sentence whose check sum does
not fit, or that has none where others have one, is set aside; the other sentences tell the same again and
are no records. The vehicle is what the file is named after, since the sentences name none.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from functools import reduce
from operator import xor

from wardbook.errors import InputRefusedError
from wardbook.intake.cells import BadCellError, shown
from wardbook.intake.fix_columns import FixColumns, Track, agree, cut, vehicle_in_name
from wardbook.intake.grid import displayable
from wardbook.intake.positions import microseconds, read_course, read_speed
from wardbook.intake.reader import Context, Exhibit, Reader
from wardbook.intake.table_text import decode, load_bytes, plain_head
from wardbook.records.source import Reading

_SENTENCE = re.compile(r"\$([A-Z]{2})([A-Z]{3}),[^*]*(?:\*([0-9A-Fa-f]{2}))?\s*")
_HEAD = re.compile(
    rb"(?:^|[\r\n])[0-9TZ:.,+ \t-]{0,40}\$(?:[A-Z]{2}RMC,|(?:G[A-Z]|BD|QZ)[A-Z]{3},[^\r\n]*\*[0-9A-Fa-f]{2})"
)
_RMC = re.compile(
    r"\$[A-Z]{2}RMC,([0-9]{6}(?:\.[0-9]*)?),([AV]),([0-9]{4}(?:\.[0-9]*)?),([NS]),([0-9]{5}(?:\.[0-9]*)?),([EW]),"
    r"([0-9]*\.?[0-9]*),([0-9]*\.?[0-9]*),([0-9]{6})(?:,[^*]*)?(?:\*..)?\s*"
)
_VOID = re.compile(r"\$[A-Z]{2}RMC,[^,]*,V,")
_E6 = Decimal(1_000_000)
_SIXTY = Decimal(60)


def recognizes(exhibit: Exhibit, _context: Context) -> bool:
    """Whether the first text of the exhibit holds sentences of a satellite receiver."""
    head = plain_head(exhibit)
    return not head.startswith((b"{", b"[", b"<")) and _HEAD.search(head[:8192]) is not None


def read(exhibit: Exhibit, context: Context) -> Reading:
    """The fixes of a log. Raises `InputRefusedError` if it holds no RMC sentence, and so no dates."""
    text = decode(load_bytes(exhibit), None, exhibit.name)
    lines = text.splitlines()
    log = _Log(exhibit, context, any("*" in line for line in lines[:1000]))
    for number, line in enumerate(lines, 1):
        log.read(number, line)
    if log.moved == 0:
        raise InputRefusedError(
            exhibit.name,
            "RMC sentences, which have date and position",
            "none",
            "Set the receiver to write RMC, or ask for the track as GPX.",
        )
    held = _count_lines(text)
    return log.fixes.reading(agree(exhibit.name, held, len(lines)))


READER = Reader(
    name="nmea",
    reads="logs of NMEA 0183 sentences ($GPRMC, $GNRMC; also gzipped)",
    recognizes=recognizes,
    read=read,
)


def _count_lines(text: str) -> int:
    """Lines of a text by their ends (those that `str.splitlines` knows), counted without splitting it."""
    ends = len(re.findall("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]", text))
    return ends + (1 if text and re.search("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]\\Z", text) is None else 0)


class _Log:
    """Reads the lines of one log, in order."""

    def __init__(self, exhibit: Exhibit, context: Context, summed: bool) -> None:
        self.fixes = FixColumns(context.zone, ("speed_mm_s", "course_cdeg", "valid"))
        self.moved = 0
        self._summed = summed
        self._track = Track(vehicle_in_name(exhibit))
        self._days: dict[str, int] = {}

    def read(self, number: int, line: str) -> None:
        """One line: a fix, set aside, or no record."""
        at = line.find("$")
        if at < 0:
            self.fixes.leave(
                number, line, "a blank line" if not line.strip() else "a line without a sentence"
            )
            return
        sentence = line[at:]
        match = _SENTENCE.fullmatch(sentence)
        if match is None and not sentence.startswith("$P") and "RMC" not in sentence[:7]:
            self._odd(number, line, sentence)
            return
        if sentence[3:6] != "RMC":
            kind = "a manufacturer's own sentence" if match is None else f"a {sentence[3:6]} sentence"
            self.fixes.leave(number, line, f"{kind}, not RMC")
            return
        self.moved += 1
        try:
            self._check_sum(match, sentence)
            if _VOID.match(sentence):
                self.fixes.leave(number, line, "a sentence of a receiver without reception (status V)")
                return
            self._add(number, line, sentence)
        except BadCellError as bad:
            self.fixes.set_aside(number, line, bad)

    def _odd(self, number: int, line: str, sentence: str) -> None:
        bad = BadCellError(
            "a sentence as NMEA 0183 writes it",
            shown(displayable(sentence)),
            "Look whether the log is damaged there.",
        )
        self.fixes.set_aside(number, line, bad)

    def _check_sum(self, match: re.Match[str] | None, sentence: str) -> None:
        if match is None:
            raise BadCellError(
                "a whole sentence", shown(displayable(sentence)), "Look whether the log is cut short there."
            )
        if match[3] is None:
            if self._summed:
                raise BadCellError(
                    "a check sum (*hh) as other sentences have",
                    shown(displayable(sentence)),
                    "The line is cut short: get the log again.",
                )
            return
        body = sentence[1 : sentence.index("*")].encode("utf-8", "replace")
        if _xor(body) != int(match[3], 16):
            raise BadCellError(
                f"the check sum *{_xor(body):02X}",
                f"*{match[3]}",
                "The line was damaged when it was written or copied, or changed since.",
            )

    def _add(self, number: int, line: str, sentence: str) -> None:
        match = _RMC.fullmatch(sentence)
        if match is None:
            raise BadCellError(
                "an RMC sentence with time, position and date",
                shown(displayable(sentence)),
                "Look whether fields are missing.",
            )
        clock, _, lat, north, lon, east, speed, course, day = match.groups()
        at = self._day(day) + _time_of_day(clock)
        place = _degrees(lat, 2, north == "S"), _degrees(lon, 3, east == "W")
        self.fixes.check(*place)
        more = (
            read_speed(speed, "kn") if speed.strip(".") else None,
            read_course(course) if course.strip(".") else None,
            1,
        )
        self.fixes.add(self._track, number, cut(line), at, *place, more)

    def _day(self, text: str) -> int:
        start = self._days.get(text)
        if start is None:
            year = int(text[4:]) + (2000 if int(text[4:]) < 80 else 1900)
            try:
                start = microseconds(datetime(year, int(text[2:4]), int(text[:2]), tzinfo=UTC))
            except ValueError:
                raise BadCellError(
                    "a date as ddmmyy", shown(text), "Look whether the log is damaged."
                ) from None
            if year < 2000:
                raise BadCellError(
                    "a year from 2000",
                    f"{shown(text)}, which is {year}",
                    "A receiver that has not set its clock, or whose count of weeks ran over (1,024 weeks), "
                    "writes it: correct it at the source if the true day is sure.",
                )
            self._days[text] = start
        return start


def _xor(body: bytes) -> int:
    return reduce(xor, body, 0)


def _time_of_day(text: str) -> int:
    hour, minute, second = int(text[:2]), int(text[2:4]), int(text[4:6])
    if hour > 23 or minute > 59 or second > 59:
        raise BadCellError("a time as hhmmss", shown(text), "Look whether the log is damaged.")
    return (hour * 3600 + minute * 60 + second) * 1_000_000 + int(text[7:13].ljust(6, "0") or 0)


def _degrees(text: str, whole: int, negative: bool) -> int:
    """Degrees and minutes in one number (ddmm.mmmm) as millionths of a degree."""
    minutes = Decimal(text[whole:])
    if minutes >= _SIXTY:
        raise BadCellError("minutes below 60", shown(text), "Look whether the log is damaged.")
    degrees = int(
        (Decimal(int(text[:whole])) * _E6 + minutes * _E6 / _SIXTY).to_integral_value(ROUND_HALF_EVEN)
    )
    return -degrees if negative else degrees
