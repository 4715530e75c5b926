"""A fleet's movements and its log, made by hashes in the engine: the truth is in the names.

Each vehicle drives eight times a day, 5 to 42 minutes, at least 10 minutes apart. One entry in ten is missing;
the written times are noisy, each end by itself.
"""

from __future__ import annotations

from wardbook.link.matching_tables import JUDGED_LINKS, VEHICLE_SPELLINGS, WATCHED
from wardbook.records.engine import Engine

NOISES = {
    "off by up to 15 min": "{at} + CAST(1800 * (w_u(i, {salt}) - 0.5) AS BIGINT)",
    "off by up to 6 min, in 1, 5 and 15 min": (
        "CAST(round(({at} + 240 * (w_u(i, {salt}) + w_u(i, {salt} + 50) + w_u(i, {salt} + 100) - 1.5)) / step)"
        " AS BIGINT) * step"
    ),
}
"""How a written time comes from the true one, ``{at}``."""

_NO_PLACES = ", ".join(
    f"CAST(NULL AS BIGINT) AS {end}_{part}_e6" for end in ("from", "to") for part in ("lat", "lon")
)


def make(engine: Engine, rows: int, vehicles: int, noise: str, places: bool, seed: int = 1) -> None:
    """Make ``movements``, ``written``, ``watched``, ``vehicle_spellings`` and ``missing`` (leg_id)."""
    engine.define(
        f"CREATE OR REPLACE MACRO w_u(i, k) AS (hash(i * 1000 + k + {seed} * 7919) % 1000003) / 1000003.0"
    )
    engine.run(
        "drives",
        f"SELECT i, i // {rows // vehicles} AS v, CAST(300 + 60 * exp(1.0 + 2.6 * w_u(i, 1)) AS BIGINT) AS lasts, "
        "CAST(CASE WHEN i % 8 = 0 THEN 36000 + 7200 * w_u(i, 2) ELSE 600 + 60 * exp(4.8 * w_u(i, 3)) END AS BIGINT) "
        "AS stands, [60, 300, 900][1 + CAST(floor(3 * w_u(i, 7)) AS BIGINT)] AS step "
        f"FROM range({rows // vehicles * vehicles}) AS r(i)",
    )
    engine.run(
        "timed",
        "SELECT *, 'VEHICLE' || lpad(CAST(v AS VARCHAR), 5, '0') AS vehicle_key, ended - lasts AS s, ended AS e FROM ("
        "SELECT *, 1546300800 + CAST(sum(lasts + stands) OVER (PARTITION BY v ORDER BY i) AS BIGINT) AS ended FROM drives)",
    )
    engine.run("movements", _movements(places))
    engine.run("written", _written(noise, places))
    engine.run("missing", "SELECT 'leg/' || i AS leg_id FROM timed WHERE w_u(i, 4) < 0.1")
    engine.load(WATCHED, ())
    engine.load(VEHICLE_SPELLINGS, ())
    engine.load(JUDGED_LINKS, ())


def _place(end: int, places: bool) -> str:
    name = f"'place ' || CAST(floor(40 * w_u(i, {20 + end})) AS BIGINT)"
    return f"{name if places else 'CAST(NULL AS VARCHAR)'} AS {'from' if end == 0 else 'to'}_place"


def _movements(places: bool) -> str:
    return (
        "SELECT 'leg/' || i AS leg_id, vehicle_key, 'leg' AS kind, s - 15 AS start_lo, s + 15 AS start_hi, "
        "e - 15 AS end_lo, e + 15 AS end_hi, s AS start_s, e AS end_s, CAST(lasts * 12 AS BIGINT) AS metres, "
        f"{_place(0, places)}, {_place(1, places)}, {_NO_PLACES}, ['leg/' || i] AS source_ids FROM timed"
    )


def _written(noise: str, places: bool) -> str:
    said = NOISES[noise]
    start, end = said.format(at="s", salt=5), said.format(at="e", salt=6)
    metres = "CAST(round(lasts * 12 / 1609.344) AS BIGINT) * 1609" if places else "CAST(NULL AS BIGINT)"
    return (
        "SELECT entry_id, vehicle_key, start_s, greatest(start_s, end_s) AS end_s, CAST(NULL AS BIGINT) AS day_lo, "
        "CAST(NULL AS BIGINT) AS day_hi, CAST(NULL AS BIGINT) AS shift_s, metres, from_place, to_place, "
        "from_lat_e6, from_lon_e6, to_lat_e6, to_lon_e6, [entry_id] AS source_ids FROM ("
        f"SELECT 'log/' || i AS entry_id, vehicle_key, {start} AS start_s, {end} AS end_s, {metres} AS metres, "
        f"{_place(0, places)}, {_place(1, places)}, {_NO_PLACES} FROM timed WHERE w_u(i, 4) >= 0.1)"
    )


def accuracy(engine: Engine) -> str:
    """How well it was matched, in a line."""
    right, found = engine.rows(
        "SELECT count(*) FILTER (substr(entry_id, 5) = substr(leg_id, 5)), count(*) FROM entry_legs"
    )[0]
    entries, missing, legs = (engine.count(name) for name in ("written", "missing", "movements"))
    planted = engine.one("SELECT count(*) FROM missing JOIN unlogged_movements USING (leg_id)")
    false = engine.count("unlogged_movements") - planted
    return (
        f"F1 {2 * right / (found + entries):.4f}; planted unlogged movements found {planted / missing:.4f}; "
        f"logged ones called unlogged {false / (legs - missing):.4f}"
    )
