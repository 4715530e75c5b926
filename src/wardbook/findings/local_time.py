"""Times as findings tell them: on the clock of the book's zone."""

from __future__ import annotations

from wardbook.records.engine import Engine, literal
from wardbook.records.settings import Settings


def define_local_time(engine: Engine, settings: Settings) -> None:
    """Define the macros of the queries: ``w_day``, ``w_moment``, ``w_clock`` of an instant, and ``w_key``.

    ``w_moment`` is day and minute, ``w_clock`` the minute alone, ``w_key`` a vehicle's letters and digits.
    """
    zone = literal(settings.time_zone)
    engine.define(f"CREATE OR REPLACE MACRO w_day(moment) AS CAST(timezone({zone}, moment) AS DATE)")
    engine.define(
        f"CREATE OR REPLACE MACRO w_moment(moment) AS strftime(timezone({zone}, moment), '%Y-%m-%d %H:%M')"
    )
    engine.define(f"CREATE OR REPLACE MACRO w_clock(moment) AS strftime(timezone({zone}, moment), '%H:%M')")
    engine.define(
        "CREATE OR REPLACE MACRO w_key(vehicle) AS "
        "nullif(upper(regexp_replace(vehicle, '[^A-Za-z0-9]', '', 'g')), '')"
    )
    engine.define(f"CREATE OR REPLACE MACRO w_pay_limit() AS {settings.pay_limit_minutes}")


def pay_limit(engine: Engine) -> int:
    """Minutes that an officer may be paid for in any 24 hours, by the settings of the book."""
    return int(engine.one("SELECT w_pay_limit()"))
