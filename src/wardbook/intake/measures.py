"""Measured columns of tables: by the end of a column's name its quantity, by the unit the way to read it.

``_m`` is a length in metres, ``_e6`` an angle in millionths of a degree, ``_cdeg`` one in hundredths,
``_mm_s`` a speed, ``_ml`` a volume, ``_s`` a duration, and an instant may be written as a count since 1970.
Conversions are exact in `Decimal` and rounded once, half to even, to the whole number of the column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

from wardbook.intake.cells import LENGTH_UNITS, BadCellError, read_length, read_number, shown
from wardbook.intake.positions import GALLON_ML, SPEED_UNITS, moment_of, read_degrees, read_epoch
from wardbook.records.schema import INSTANT, WHOLE, Column
from wardbook.records.source import Value

VOLUME_UNITS: Mapping[str, Decimal] = {
    "ml": Decimal(1),
    "l": Decimal(1000),
    "gal": GALLON_ML,
    "imp gal": Decimal("4546.09"),
}
"""Units of volume in millilitres; ``gal`` is the US gallon, ``imp gal`` that of the UK (1985)."""

_SECONDS: Mapping[str, Decimal] = {
    "s": Decimal(1), "ms": Decimal("0.001"), "min": Decimal(60), "h": Decimal(3600),
}  # fmt: skip
_CLOCK = "h:mm:ss"
_ANGLES: Mapping[str, Decimal] = {"e6": Decimal(1), "e7": Decimal("0.1"), "deg": Decimal(1_000_000)}
_MINUTES = ("ddmm", "dms")
_EPOCH = ("since 1970",)
_SCALES: Mapping[str, Mapping[str, Decimal]] = {
    "_m": LENGTH_UNITS,
    "_mm_s": {"mm/s": Decimal(1), **{name: unit / Decimal("3.6") for name, unit in SPEED_UNITS.items()}},
    "_ml": VOLUME_UNITS,
    "_s": _SECONDS,
    "_e6": _ANGLES,
    "_cdeg": {"cdeg": Decimal(1), "deg": Decimal(100)},
}
_MOST = 10**15

_DDMM = re.compile(r"([+-]?)([0-9]{1,3})([0-9]{2}(?:\.[0-9]{0,20})?)\s*([NSEWnsew])?")
_DMS = re.compile(
    r"([+-]?)([0-9]{1,3})\s*[°d:\s]\s*([0-9]{1,2}(?:\.[0-9]{0,20})?)\s*['′m:\s]?\s*"
    r"(?:([0-9]{1,2}(?:\.[0-9]{0,20})?)\s*(?:\"|″|''|s)?)?\s*([NSEWnsew])?"
)
_DURATION = re.compile(
    r"(?:([0-9]{1,4})(?:\.| days?, ))?([0-9]{1,4}):([0-5]?[0-9]):([0-5]?[0-9](?:\.[0-9]{1,9})?)"
)


def _kind(field: Column) -> str | None:
    """The longest ending of a whole-number column that names a quantity."""
    ends = [end for end in _SCALES if field.name.endswith(end)] if field.type == WHOLE else []
    return max(ends, key=len, default=None)


def units_of(field: Column) -> tuple[str, ...]:
    """The units a mapping may give for a column; none for a column that has no quantity."""
    if field.type == INSTANT:
        return _EPOCH
    kind = _kind(field)
    if kind is None:
        return ()
    more = (_CLOCK,) if kind == "_s" else _MINUTES if kind == "_e6" else ()
    return (*_SCALES[kind], *more)


def measure_reader(field: Column, unit: str | None, sign: str) -> Callable[[str], Value] | None:
    """How to read a measured column in a unit (None: that of the column), or None for another column."""
    if field.type == INSTANT:
        return None if unit is None else (lambda text: moment_of(read_epoch(text)))
    kind = _kind(field)
    if kind is None:
        return None
    if field.name == "distance_m":
        return lambda text: read_length(text, unit or "m", sign)
    if unit == _CLOCK:
        return read_duration
    if unit in _MINUTES:
        return read_degrees_minutes if unit == "ddmm" else read_degrees_minutes_seconds
    scale = Decimal(1) if unit is None else _SCALES[kind][unit]
    if unit == "deg" and kind == "_e6" and sign == ".":
        return _read_machine_degrees
    return lambda text: _scaled(text, scale, sign)


def _read_machine_degrees(text: str) -> int:
    try:
        return read_degrees(text)
    except BadCellError:
        return _scaled(text, _ANGLES["deg"], ".")


@lru_cache(maxsize=1 << 14)
def _scaled(text: str, scale: Decimal, sign: str) -> int:
    number = read_number(_plain(text), sign) * scale
    if abs(number) > _MOST:
        raise BadCellError("a measure of a vehicle", shown(text), "Correct it at the source.")
    return int(number.to_integral_value(ROUND_HALF_EVEN))


def _plain(text: str) -> str:
    """A number with a power of ten, as machines write small ones (1.2E-5), in digits."""
    if re.fullmatch(r"[+-]?[0-9.]{1,20}[eE][+-]?[0-9]{1,2}", text):
        try:
            return f"{Decimal(text):f}"
        except ArithmeticError:
            return text
    return text


def read_duration(text: str) -> int:
    """A duration such as 1:02:03, 1.02:03:04 (a day more) or '1 day, 2:03:04' as whole seconds."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise BadCellError("a duration such as 1:02:03", shown(text), "Correct it at the source.")
    days, hours, minutes = (int(part or 0) for part in match.groups()[:3])
    seconds = Decimal(match[4]) + days * 86_400 + hours * 3600 + minutes * 60
    return int(seconds.to_integral_value(ROUND_HALF_EVEN))


def read_degrees_minutes(text: str) -> int:
    """Degrees and minutes in one number, with or without the half of the globe: 4042.768N, -07400.36."""
    match = _DDMM.fullmatch(text)
    if match is None:
        raise BadCellError("degrees and minutes such as 4042.768N", shown(text), "Correct it at the source.")
    return _angle(match[1], match[2], match[3], "0", match[4], text)


def read_degrees_minutes_seconds(text: str) -> int:
    """Degrees, minutes and perhaps seconds apart: 40°42'46.1"N, 40 42.768 N, -74:00:21.6."""
    match = _DMS.fullmatch(text)
    if match is None:
        raise BadCellError(
            "degrees, minutes and seconds such as 40°42'46\"N", shown(text), "Correct it at the source."
        )
    return _angle(match[1], match[2], match[3], match[4] or "0", match[5], text)


def _angle(sign: str, degrees: str, minutes: str, seconds: str, half: str | None, text: str) -> int:
    if Decimal(minutes) >= 60 or Decimal(seconds) >= 60 or (sign == "-" and half):
        raise BadCellError(
            "minutes and seconds below 60, and a sign or a half of the globe",
            shown(text),
            "Correct it at the source.",
        )
    value = int(degrees) + Decimal(minutes) / 60 + Decimal(seconds) / 3600
    south_or_west = sign == "-" or (half or "N").upper() in "SW"
    millionths = int((value * 1_000_000).to_integral_value(ROUND_HALF_EVEN))
    return -millionths if south_or_west else millionths
