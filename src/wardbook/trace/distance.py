"""Great-circle distance in SQL: the haversine on the mean Earth radius, in whole metres."""

from __future__ import annotations

from wardbook.records.engine import Engine

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius R1 of the WGS 84 ellipsoid, metres (IUGG, Moritz 2000)."""

METRES_MACRO = f"""
CREATE OR REPLACE MACRO w_metres(lat1_e6, lon1_e6, lat2_e6, lon2_e6) AS
  CASE WHEN lat1_e6 + lon1_e6 + lat2_e6 + lon2_e6 IS NOT NULL THEN
  CAST(round(2 * {EARTH_RADIUS_M} * asin(sqrt(least(1.0,
    power(sin(radians((lat2_e6 - lat1_e6) / 2000000.0)), 2)
    + cos(radians(lat1_e6 / 1000000.0)) * cos(radians(lat2_e6 / 1000000.0))
      * power(sin(radians((lon2_e6 - lon1_e6) / 2000000.0)), 2))))) AS BIGINT) END
"""


def define_metres(engine: Engine) -> None:
    """Define the macro ``w_metres(lat1_e6, lon1_e6, lat2_e6, lon2_e6)``: whole metres, NULL if any end is."""
    engine.define(METRES_MACRO)
