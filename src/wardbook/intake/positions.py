"""Positions, speeds and moments of a receiver: from text to whole numbers, or the reason why not.

Degrees become millionths, speeds millimetres a second, moments microseconds since 1970 UTC. Numbers are read
as `Decimal` from their digits. What a receiver writes when it does not know where it is (0/0), swapped
coordinates and clocks that were never set are refused by name. Every function raises `BadCellError`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

from wardbook.intake.cells import BadCellError, shown
from wardbook.intake.dates import join_instant

E6 = Decimal(1_000_000)
SPEED_UNITS: Mapping[str, Decimal] = {
    "m/s": Decimal(3600),
    "km/h": Decimal(1000),
    "mph": Decimal("1609.344"),
    "kn": Decimal(1852),
}
"""Metres an hour in one unit of speed."""

FOOT = Decimal("0.3048")
GALLON_ML = Decimal("3785.411784")
"""The US gallon of 231 cubic inches, millilitres (NIST Handbook 44, appendix C)."""

FIRST_US = 631_152_000_000_000
"""1990-01-01: before it no receiver recorded vehicles, and an unset clock shows 1970 or 1980."""
LAST_US = 4_102_444_800_000_000
"""2100-01-01."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DEGREES = re.compile(
    r"[+-]?(?:[0-9]{1,7}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,2})?", re.ASCII
)
_NUMBER = re.compile(
    r"[+-]?(?:[0-9]{1,16}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,2})?", re.ASCII
)
_USUAL_DEGREES = re.compile(r"(-?[0-9]{1,3})\.([0-9]{6})(?:[0-4][0-9]*)?", re.ASCII)
_ISO = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?\s?"
    r"(Z|z|UTC|[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2})?",
    re.ASCII,
)
_EPOCH_NUMBER = re.compile(r"[0-9]{1,17}(?:\.[0-9]{1,9})?", re.ASCII)
_ZONE_LINE = re.compile(r"([+-])(\d{2})(\d{2})(\d{2})?([+-])(\d{3})(\d{2})(\d{2})?")
_SECONDS = {f"{second:02}": second * 1_000_000 for second in range(60)}
_FAR_E6, _NEAR_E6, _NEAR_POLAR_E6 = 25_000_000, 10_000_000, 25_000_000


def read_degrees(text: str) -> int:
    """Decimal degrees as millionths, rounded half to even."""
    usual = _USUAL_DEGREES.fullmatch(text)
    if usual is not None:
        return int(usual[1] + usual[2])
    if _DEGREES.fullmatch(text) is None:
        raise BadCellError("degrees such as 40.712800", shown(text), "Correct it at the source.")
    return int((Decimal(text) * E6).to_integral_value(ROUND_HALF_EVEN))


@lru_cache(maxsize=8)
def zone_position(zone: ZoneInfo) -> tuple[int, int] | None:
    """Where the principal place of a time zone lies, millionths of a degree; None for UTC and aliases.

    From ``zone.tab`` of the IANA time zone data base.
    """
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    for line in table.splitlines():
        cells = line.split("\t")
        if len(cells) > 2 and cells[2] == zone.key and (match := _ZONE_LINE.fullmatch(cells[1])):
            return _sexagesimal(match, 1), _sexagesimal(match, 5)
    return None


def _sexagesimal(match: re.Match[str], at: int) -> int:
    seconds = int(match[at + 1]) * 3600 + int(match[at + 2]) * 60 + int(match[at + 3] or 0)
    return (-1 if match[at] == "-" else 1) * (seconds * 1_000_000 // 3600)


class Whereabouts:
    """Tells a position from two numbers that are none; ``home`` is `zone_position` of the book's zone."""

    def __init__(self, home: tuple[int, int] | None) -> None:
        self._home = home
        polar = home is not None and abs(home[1]) > 60_000_000
        self._reach = _NEAR_POLAR_E6 if polar else _NEAR_E6

    def check(self, lat: int, lon: int) -> None:
        """Refuse a position that no vehicle was at.

        Swapped numbers that still lie on the globe are known by this: as they stand they lie more than 25
        degrees from the book's time zone, and the other way round within 10 degrees of it (25 in zones beyond
        60 degrees of longitude, whose mirror image is polar).
        """
        if lat == 0 == lon:
            raise BadCellError(
                "a position",
                "latitude 0 and longitude 0, which a receiver writes when it has none",
                "Nothing is lost: it says only that there was no reception.",
            )
        if not (-90_000_000 <= lat <= 90_000_000 and -180_000_000 <= lon <= 180_000_000):
            raise BadCellError(
                "latitude -90 to 90 and longitude -180 to 180",
                f"{_shown(lat)} and {_shown(lon)}",
                "Check whether the two are swapped, or are degrees and minutes in one number.",
            )
        if self._home is not None and abs(lat - self._home[1]) <= self._reach and self._mirrored(lat, lon):
            raise BadCellError(
                "latitude, then longitude, of a place in reach",
                f"{_shown(lat)} and {_shown(lon)}, which the other way round lie near the book's time zone",
                "They look swapped: correct the order at the source. If the vehicle was there, take it in "
                "under a book of another time_zone.",
            )

    def _mirrored(self, lat: int, lon: int) -> bool:
        home_lat, home_lon = self._home or (0, 0)
        return (
            abs(lat - home_lon) <= self._reach
            and abs(lon - home_lat) <= self._reach
            and (abs(lat - home_lat) > _FAR_E6 or abs(lon - home_lon) > _FAR_E6)
        )


def _shown(millionths: int) -> str:
    return f"{Decimal(millionths) / E6}"


# ---------------------------------------------------------------- moments


def microseconds(moment: datetime) -> int:
    """A zoned moment as microseconds since 1970 UTC."""
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(moment: int) -> datetime:
    """Microseconds since 1970 UTC as a zoned moment."""
    return _EPOCH + moment * _MICROSECOND


def read_epoch(text: str) -> int:
    """Seconds or milliseconds since 1970 as microseconds; which of the two, the size of the number says.

    Seconds reach 5,000,000,000 in 2128; as milliseconds that number is in February 1970.
    """
    if _EPOCH_NUMBER.fullmatch(text) is None:
        raise BadCellError("seconds or milliseconds since 1970", shown(text), "Correct it at the source.")
    number = Decimal(text)
    if number < 10**11:
        number *= 10**6
    elif number < 10**14:
        number *= 10**3
    return check_moment(int(number.to_integral_value(ROUND_HALF_EVEN)), text)


def check_moment(moment: int, text: str) -> int:
    """The moment, or a refusal of one before 1990 or after 2099."""
    if FIRST_US <= moment < LAST_US:
        return moment
    raise BadCellError(
        "a moment from 1990 to 2099",
        f"{shown(text)}, as a clock shows that was never set",
        "Look whether the times of the whole file are wrong; correct them at the source.",
    )


class Clock:
    """Reads moments of one file: ISO 8601 with an offset, without one in ``zone``, or an epoch number.

    Each minute is worked out once, as a receiver writes many fixes in it.
    """

    def __init__(self, zone: ZoneInfo | None) -> None:
        self._zone = zone
        self._minutes: dict[str, int] = {}

    def read(self, text: str) -> int:
        """A moment as microseconds since 1970 UTC. With no zone, a time without an offset is in UTC."""
        if not 19 <= len(text) <= 25:
            return self._read(text)
        minute, second = text[:17] + text[19:], text[17:19]
        start = self._minutes.get(minute)
        if start is not None and second in _SECONDS:
            return start + _SECONDS[second]
        moment = self._read(text)
        if second in _SECONDS and "." not in text and "," not in text:
            self._minutes[minute] = moment - _SECONDS[second]
        return moment

    def _read(self, text: str) -> int:
        match = _ISO.fullmatch(text)
        if match is None:
            if _EPOCH_NUMBER.fullmatch(text) is not None:
                return read_epoch(text)
            raise BadCellError(
                "a moment such as 2024-03-04T14:05:00Z", shown(text), "Correct it at the source."
            )
        try:
            if match[1] is not None:
                return check_moment(microseconds(datetime.fromisoformat(_plain(text))), text)
            return check_moment(self._local(text), text)
        except ValueError as error:
            if isinstance(error, BadCellError):
                raise
            raise BadCellError(
                "a moment such as 2024-03-04T14:05:00Z", shown(text), "Correct it at the source."
            ) from None

    def _local(self, text: str) -> int:
        naive = datetime.fromisoformat(text.strip().replace(",", "."))
        if self._zone is None:
            return microseconds(naive.replace(tzinfo=UTC))
        local = join_instant(naive.date(), naive.time(), None, self._zone)
        return microseconds(local)


def _plain(text: str) -> str:
    text = text.replace(",", ".")
    return text[:-3].rstrip() + "Z" if text.endswith("UTC") else text.replace(" Z", "Z")


# ---------------------------------------------------------------- speeds and lengths


def read_decimal(text: str, what: str) -> Decimal:
    """A number of a machine, with '.' and without groups of thousands."""
    if _NUMBER.fullmatch(text) is None:
        raise BadCellError(what, shown(text), "Correct it at the source.")
    return Decimal(text)


@lru_cache(maxsize=1 << 16)
def read_speed(text: str, unit: str) -> int | None:
    """A speed as millimetres a second; below 0, as phones write for unknown, is None."""
    number = read_decimal(text, "a speed")
    if number < 0:
        return None
    return _rounded(number * SPEED_UNITS[unit] / Decimal("3.6"))


@lru_cache(maxsize=1 << 16)
def read_metres(text: str, unit: Decimal = Decimal(1)) -> int:
    """A length, height or odometer as whole metres; ``unit`` is its metres. It may be below 0."""
    return _rounded(read_decimal(text, "a length") * unit)


@lru_cache(maxsize=1 << 16)
def read_course(text: str) -> int:
    """A course in degrees as hundredths, 0 to 35,999."""
    return _rounded(read_decimal(text, "a course in degrees") * 100) % 36_000


def _rounded(number: Decimal) -> int:
    if abs(number) > 10**15:
        raise BadCellError("a number of a vehicle", shown(str(number)), "Correct it at the source.")
    return int(number.to_integral_value(ROUND_HALF_EVEN))
