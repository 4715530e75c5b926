"""The instant of a fix as SQL: epoch numbers in four units, zoned texts, and local times of a zone.

A local time becomes an instant by the zone's spans of one offset. A time that the clock showed twice (fold)
or never (gap) is none: it is set aside with its reason, and not guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from wardbook.records.engine import literal

FIRST_S, LAST_S = 315_964_800, 4_102_444_800
"""From the first second of GPS time (1980-01-06) to 2100: what a tracker's clock may say."""

UNITS = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
"""Ticks a second of an epoch number."""

_ZONED = r".*[0-9](Z|z|[+-][0-9]{2}(:?[0-9]{2})?)"
FOLD = "local time that the clock showed twice"
GAP = "local time that the clock never showed"


@dataclass(frozen=True)
class Span:
    """Local seconds (since 1970, as if UTC) before ``until_s`` that share an offset, or why none."""

    until_s: int
    offset_s: int | None
    reason: str | None = None


def spans(zone: ZoneInfo, first_s: int, last_s: int) -> Iterator[Span]:
    """The spans of a zone's local time, from before ``first_s`` to after ``last_s`` (local seconds)."""
    at, end = first_s - 172_800, last_s + 172_800
    offset = _offset(zone, at)
    for change, after in _changes(zone, at, end):
        early, late = sorted((change + offset, change + after))
        yield Span(early, offset)
        yield Span(late, None, GAP if after > offset else FOLD)
        offset = after
    yield Span(end + 172_800, offset)


def _offset(zone: ZoneInfo, at_s: int) -> int:
    found = datetime.fromtimestamp(at_s, UTC).astimezone(zone).utcoffset()
    return int((found or timedelta()).total_seconds())


def _changes(zone: ZoneInfo, first_s: int, last_s: int) -> Iterator[tuple[int, int]]:
    """The instants at which a zone's offset changes, each with the offset after it."""
    step = 86_400
    for low in range(first_s, last_s, step):
        before, after = _offset(zone, low), _offset(zone, low + step)
        if before == after:
            continue
        left, right = low, low + step
        while right - left > 1:
            middle = (left + right) // 2
            left, right = (middle, right) if _offset(zone, middle) == before else (left, middle)
        yield right, after


@dataclass(frozen=True)
class TimeSql:
    """SQL of a fix's second and microsecond, and of the reason why it has none (each may be NULL)."""

    second: str
    micro: str
    reason: str


def epoch_sql(column: str, unit: str) -> TimeSql:
    """A whole or decimal number of ticks since 1970."""
    ticks = UNITS[unit]
    number = f"TRY_CAST({column} AS BIGINT)" if unit != "s" else f"TRY_CAST(floor({column}) AS BIGINT)"
    if unit == "s":
        return TimeSql(number, f"TRY_CAST(floor(({column} - floor({column})) * 1000000) AS BIGINT)", "NULL")
    return TimeSql(f"({number} // {ticks})", f"({number} % {ticks}) * 1000000 // {ticks}", "NULL")


def whole_seconds_sql(column: str) -> TimeSql:
    """A column of whole seconds since 1970."""
    return TimeSql(f"CAST({column} AS BIGINT)", "0", "NULL")


def instant_sql(column: str) -> TimeSql:
    """A column of instants."""
    micros = f"epoch_us({column})"
    return TimeSql(f"({micros} // 1000000)", f"({micros} % 1000000)", "NULL")


def local_sql(micros: str, found: list[Span]) -> TimeSql:
    """Local microseconds (of 1970, as if UTC) by the spans of a zone."""
    second = f"({micros} // 1000000)"
    offsets = " ".join(
        f"WHEN {second} < {span.until_s} THEN {'NULL' if span.offset_s is None else span.offset_s}"
        for span in found
    )
    reasons = " ".join(
        f"WHEN {second} < {span.until_s} THEN {'NULL' if span.reason is None else literal(span.reason)}"
        for span in found
    )
    return TimeSql(f"({second} - CASE {offsets} END)", f"({micros} % 1000000)", f"CASE {reasons} END")


def zoned_text(column: str) -> str:
    """Whether a text is a date and time with an offset."""
    return f"regexp_full_match({column}, {literal(_ZONED)})"


def text_sql(column: str, unit: str, local: TimeSql | None) -> TimeSql:
    """A text: an epoch number, a time with an offset, or a local time."""
    text = f"trim({column})"
    number = epoch_sql(f"TRY_CAST({text} AS DOUBLE)" if unit == "s" else f"TRY_CAST({text} AS BIGINT)", unit)
    instant = instant_sql(f"TRY_CAST({text} AS TIMESTAMPTZ)")
    is_number = f"regexp_full_match({text}, '-?[0-9]+(\\.[0-9]+)?')"
    other = local or TimeSql("NULL", "0", "NULL")

    def chosen(part: str) -> str:
        first, second, third = (getattr(one, part) for one in (number, instant, other))
        return f"CASE WHEN {is_number} THEN {first} WHEN {zoned_text(text)} THEN {second} ELSE {third} END"

    return TimeSql(chosen("second"), chosen("micro"), chosen("reason"))
