"""Which places and legs a map shows: places with their traffic, and the legs between two places."""

from __future__ import annotations

from dataclasses import dataclass

from wardbook.records.engine import Engine


@dataclass(frozen=True)
class MapPlace:
    """One place: key, name as records write it, where it lies (degrees), and the legs that touch it."""

    key: str
    name: str
    lat: float
    lon: float
    legs: int


@dataclass(frozen=True)
class MapLine:
    """The legs between two places, both ways; ``logged`` is false for tracks no log entry explains."""

    from_lat: float
    from_lon: float
    to_lat: float
    to_lon: float
    legs: int
    logged: bool
    ends: str


@dataclass(frozen=True)
class Unplaced:
    """A place of a route that no list of places could place, and the stops that name it."""

    key: str
    qualifier: str
    stops: int
    basis: str


@dataclass(frozen=True)
class Traffic:
    """Everything a map needs, and what it leaves out, counted."""

    places: tuple[MapPlace, ...]
    lines: tuple[MapLine, ...]
    legs: int
    legs_unplaced: int
    unplaced: tuple[Unplaced, ...]


_ENDS = """
    SELECT leg_id, coalesce(from_place, '(end of a track)') AS key, from_lat_e6 AS lat, from_lon_e6 AS lon
    FROM drawn_legs WHERE from_lat_e6 IS NOT NULL AND from_lon_e6 IS NOT NULL
    UNION
    SELECT leg_id, coalesce(to_place, '(end of a track)'), to_lat_e6, to_lon_e6
    FROM drawn_legs WHERE to_lat_e6 IS NOT NULL AND to_lon_e6 IS NOT NULL
"""

_DRAWN = "drawn_legs AS (SELECT * FROM legs WHERE track_id IS NULL OR use_id IS NULL)"

_NAMES = r"""
    SELECT place_key AS key, trim(regexp_replace(place_text, '\s*\([^)]*\)', '', 'g')) AS name
    FROM stops WHERE place_key IS NOT NULL AND place_text IS NOT NULL
    GROUP BY 1, 2
    QUALIFY row_number() OVER (PARTITION BY key ORDER BY count(*) DESC, name) = 1
"""


def traffic(engine: Engine) -> Traffic:
    """The places and legs of ``legs``: those of log entries, and tracks no log entry explains.

    A track that belongs to a use is not drawn beside the legs of that use.
    """
    places = engine.rows(f"""
        WITH {_DRAWN}, ends AS ({_ENDS}), names AS ({_NAMES})
        SELECT e.key, coalesce(n.name, e.key), e.lat / 1e6, e.lon / 1e6, count(DISTINCT e.leg_id) AS legs
        FROM ends AS e LEFT JOIN names AS n USING (key)
        GROUP BY e.key, n.name, e.lat, e.lon ORDER BY legs DESC, e.key, e.lat, e.lon
    """)  # noqa: S608
    lines = engine.rows(f"""
        WITH {_DRAWN}, placed AS (
            SELECT *, (from_lat_e6, from_lon_e6) <= (to_lat_e6, to_lon_e6) AS forth FROM drawn_legs
            WHERE from_lat_e6 IS NOT NULL AND from_lon_e6 IS NOT NULL
              AND to_lat_e6 IS NOT NULL AND to_lon_e6 IS NOT NULL
        ), pairs AS (
            SELECT use_id IS NOT NULL AS logged,
                   CASE WHEN forth THEN from_lat_e6 ELSE to_lat_e6 END AS a_lat,
                   CASE WHEN forth THEN from_lon_e6 ELSE to_lon_e6 END AS a_lon,
                   CASE WHEN forth THEN to_lat_e6 ELSE from_lat_e6 END AS b_lat,
                   CASE WHEN forth THEN to_lon_e6 ELSE from_lon_e6 END AS b_lon,
                   least(from_place, to_place) AS one, greatest(from_place, to_place) AS other
            FROM placed
        )
        SELECT a_lat / 1e6, a_lon / 1e6, b_lat / 1e6, b_lon / 1e6, count(*) AS legs, logged,
               coalesce(min(one), '?') || ' – ' || coalesce(min(other), '?')
        FROM pairs WHERE (a_lat, a_lon) <> (b_lat, b_lon)
        GROUP BY a_lat, a_lon, b_lat, b_lon, logged ORDER BY legs, logged, a_lat, a_lon, b_lat, b_lon
    """)  # noqa: S608
    ((legs, unplaced),) = engine.rows(f"""
        WITH {_DRAWN}
        SELECT count(*), count(*) FILTER (from_lat_e6 IS NULL OR to_lat_e6 IS NULL) FROM drawn_legs
    """)  # noqa: S608
    return Traffic(
        tuple(MapPlace(*row) for row in places),
        tuple(MapLine(*row) for row in lines),
        legs,
        unplaced,
        _unplaced(engine),
    )


def _unplaced(engine: Engine) -> tuple[Unplaced, ...]:
    rows = engine.rows("""
        SELECT r.place_key, coalesce(r.qualifier, '') AS qualifier, count(s.record_id) AS stops,
               coalesce(min(r.basis), '')
        FROM resolved_places AS r
        LEFT JOIN stops AS s ON s.place_key = r.place_key AND s.qualifier IS NOT DISTINCT FROM r.qualifier
        WHERE r.lat_e6 IS NULL OR r.lon_e6 IS NULL
        GROUP BY 1, 2 ORDER BY stops DESC, 1, 2
    """)
    return tuple(Unplaced(*row) for row in rows)
