"""Macros of the queries: times on the clock of the book's zone, and the letters and digits of a name."""

from __future__ import annotations

from wardbook.records.engine import Engine, literal
from wardbook.records.settings import Settings


def define_macros(engine: Engine, settings: Settings) -> None:
    """Define ``w_day``, ``w_moment``, ``w_clock``, ``w_seconds`` of instants, ``w_key``, ``w_pay_limit``.

    ``w_day`` is the day in the book's zone, ``w_moment`` day and minute, ``w_clock`` the minute alone;
    ``w_seconds`` whole seconds since 1970 UTC; ``w_hours`` seconds as hours; ``w_key`` the letters and digits
    of a vehicle or an officer, NULL for none; ``w_pay_limit`` the minutes an officer may be paid for in any
    24 hours, by the settings.
    """
    zone = literal(settings.time_zone)
    for macro in (
        f"w_day(moment) AS CAST(timezone({zone}, moment) AS DATE)",
        f"w_moment(moment) AS strftime(timezone({zone}, moment), '%Y-%m-%d %H:%M')",
        f"w_clock(moment) AS strftime(timezone({zone}, moment), '%H:%M')",
        "w_seconds(moment) AS CAST(epoch_ms(moment) // 1000 AS BIGINT)",
        "w_hours(seconds) AS CAST(CAST(seconds AS DECIMAL(18,3)) * 0.000277777777778 AS DECIMAL(9,3))",
        "w_key(name) AS nullif(upper(regexp_replace(name, '[^A-Za-z0-9]', '', 'g')), '')",
        f"w_pay_limit() AS {settings.pay_limit_minutes}",
    ):
        engine.define(f"CREATE OR REPLACE MACRO {macro}")
