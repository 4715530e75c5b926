from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardbook.intake.cells import LENGTH_UNITS, BadCellError, read_exact
from wardbook.intake.dates import join_instant
from wardbook.intake.measures import (
    VOLUME_UNITS,
    measure_reader,
    read_degrees_minutes,
    read_degrees_minutes_seconds,
    read_duration,
    units_of,
)
from wardbook.intake.positions import (
    SPEED_UNITS,
    Clock,
    microseconds,
    read_degrees,
    read_epoch,
    read_metres,
    read_speed,
)
from wardbook.records.schema import INSTANT, WHOLE, Column

NUMBERS = st.decimals(-99_999, 99_999, places=6, allow_nan=False)
EXACT = {
    "m/s": Fraction(1000),
    "km/h": Fraction(10_000, 36),
    "mph": Fraction("1609.344") * 1000 / 3600,
    "kn": Fraction(1852) * 1000 / 3600,
    "gal": Fraction("3785.411784"),
    "imp gal": Fraction("4546.09"),
    "l": Fraction(1000),
    "ml": Fraction(1),
    "mi": Fraction("1609.344"),
    "nm": Fraction(1852),
    "km": Fraction(1000),
    "m": Fraction(1),
    "ft": Fraction("0.3048"),
}


def reads(name: str, unit: str | None, text: str) -> object:
    reader = measure_reader(Column(name, WHOLE, ""), unit, ".")
    assert reader is not None
    return reader(text)


@given(NUMBERS)
def test_conversions_are_exact_but_for_one_rounding(number: object) -> None:
    text = str(number)
    for name, units in (
        ("top_speed_mm_s", SPEED_UNITS),
        ("volume_ml", VOLUME_UNITS),
        ("odometer_m", LENGTH_UNITS),
    ):
        for unit in units:
            assert reads(name, unit, text) == round(Fraction(text) * EXACT[unit]), (name, unit)
    for unit in SPEED_UNITS:
        wanted = round(Fraction(text) * EXACT[unit]) if Fraction(text) >= 0 else None
        assert read_speed(text, unit) == wanted


def test_an_odometer_of_a_whole_life_is_a_length() -> None:
    """Trackers count metres: 51,200 km are eight digits, more than a coordinate has."""
    assert read_metres("51200000.4") == 51_200_000
    assert read_metres("31840", Decimal("1609.344")) == 51_241_513


@given(st.decimals(-180, 180, places=12, allow_nan=False))
def test_degrees_are_rounded_once(number: object) -> None:
    text = format(number, "f")
    assert read_degrees(text) == round(Fraction(text) * 1_000_000)
    assert reads("lat_e6", "deg", text) == read_degrees(text)


@given(st.integers(0, 179), st.integers(0, 59), st.integers(0, 59_999), st.booleans())
def test_degrees_minutes_and_seconds(whole: int, minutes: int, thousandths: int, south: bool) -> None:
    size = Fraction(whole) + Fraction(minutes, 60) + Fraction(thousandths, 3_600_000)
    wanted = round((-size if south else size) * 1_000_000)
    seconds = f"{thousandths // 1000}.{thousandths % 1000:03}"
    half = "S" if south else "N"
    sign = "-" if south else ""
    for text in (
        f"{whole}°{minutes}'{seconds}\"{half}",
        f"{sign}{whole} {minutes} {seconds}",
        f"{whole}:{minutes}:{seconds} {half}",
    ):
        assert read_degrees_minutes_seconds(text) == wanted
    tenths = Fraction(whole) + Fraction(minutes * 10 + thousandths % 10, 600)
    text = f"{whole}{minutes:02}.{thousandths % 10}{half}"
    assert read_degrees_minutes(text) == round((-tenths if south else tenths) * 1_000_000)


@pytest.mark.parametrize("text", ["4060.0N", "-4042.7N", "40", "N4042.7", "99999999.0", ""])
def test_what_is_no_degrees_and_minutes(text: str) -> None:
    with pytest.raises(BadCellError):
        read_degrees_minutes(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("00:22:44", 1364),
        ("1.00:00:05.5", 86_406),
        ("1 day, 2:03:04", 93_784),
        ("2 days, 0:00:00", 172_800),
        ("30:00:00", 108_000),
    ],
)
def test_durations(text: str, seconds: int) -> None:
    assert read_duration(text) == seconds


@pytest.mark.parametrize("text", ["00:61:00", "-1:00:00", "1:2", "an hour"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(BadCellError):
        read_duration(text)


@given(
    st.datetimes(datetime(1995, 1, 1), datetime(2090, 1, 1)),  # noqa: DTZ001
    st.sampled_from(["America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]),
    st.integers(0, 59),
)
def test_a_clock_reads_local_times_like_the_slow_way(naive: datetime, name: str, second: int) -> None:
    zone = ZoneInfo(name)
    clock = Clock(zone)
    naive = naive.replace(microsecond=0)
    for moment in (naive, naive.replace(second=second)):
        text = moment.isoformat(" ")
        try:
            wanted: int | None = microseconds(join_instant(moment.date(), moment.time(), None, zone))
        except BadCellError:
            wanted = None
        if wanted is None:
            with pytest.raises(BadCellError):
                clock.read(text)
        else:
            assert clock.read(text) == wanted


@given(st.datetimes(datetime(1995, 1, 1), datetime(2090, 1, 1)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001
def test_a_clock_believes_an_offset(naive: datetime, minutes: int) -> None:
    sign = "-" if minutes < 0 else "+"
    text = f"{naive.isoformat()}{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    wanted = microseconds(naive.replace(tzinfo=UTC) - timedelta(minutes=minutes))
    clock = Clock(ZoneInfo("America/New_York"))
    assert clock.read(text) == wanted
    assert clock.read(text) == wanted


@pytest.mark.parametrize(
    "text",
    ["2024-03-04T14:00:60Z", "2024-02-30T14:00:00Z", "2024-03-04T14:xx:00Z", "2024-03-04", "-5", "1e9",
     "1970-01-01T00:00:00Z", "2024-W10-1T00:00:00Z", "2150-01-01T00:00:00Z", ""],
)  # fmt: skip
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(BadCellError):
        Clock(None).read(text)


def test_a_second_that_follows_is_checked_like_the_first() -> None:
    clock = Clock(None)
    clock.read("2024-03-04T14:00:00Z")
    assert clock.read("2024-03-04T14:00:59Z") == microseconds(datetime(2024, 3, 4, 14, 0, 59, tzinfo=UTC))
    for text in ("2024-03-04T14:00:60Z", "2024-03-04T14:00:5 Z", "2024-03-04T14:00:-1Z"):
        with pytest.raises(BadCellError):
            clock.read(text)


@given(st.integers(631_152_000, 4_102_444_799), st.integers(0, 999))
def test_the_size_of_the_number_tells_seconds_from_milliseconds(seconds: int, thousandths: int) -> None:
    wanted = seconds * 1_000_000 + thousandths * 1000
    assert read_epoch(f"{seconds}.{thousandths:03}") == wanted
    assert read_epoch(str(seconds * 1000 + thousandths)) == wanted
    assert read_epoch(str(wanted)) == wanted


def test_more_decimals_than_the_column_has_are_refused() -> None:
    assert str(read_exact("2.499999", "DECIMAL(18,6)")) == "2.499999"
    for text in ("2.4999999", "1" + "0" * 12):
        with pytest.raises(BadCellError):
            read_exact(text, "DECIMAL(18,6)")


def test_units_go_by_the_end_of_the_name() -> None:
    assert units_of(Column("speed_mm_s", WHOLE, "")) == ("mm/s", "m/s", "km/h", "mph", "kn")
    assert units_of(Column("duration_s", WHOLE, "")) == ("s", "ms", "min", "h", "h:mm:ss")
    assert units_of(Column("at", INSTANT, "")) == ("since 1970",)
    assert units_of(Column("seats", WHOLE, "")) == ()
