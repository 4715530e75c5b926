"""The distinct places of all routes, resolved once: the relation ``resolved_places``."""

from __future__ import annotations

from wardbook.intake.routes import place_key
from wardbook.records.engine import Engine
from wardbook.records.schema import TEXT, WHOLE, YESNO, Column, Table
from wardbook.records.settings import Settings
from wardbook.trace.gazetteer import RegisteredPlace, resolve

RESOLVED_PLACES = Table(
    "resolved_places",
    "one place of the routes (key and qualifier) and where it lies",
    (
        Column("place_key", TEXT, "place key"),
        Column("qualifier", TEXT, "text in parentheses"),
        Column("lat_e6", WHOLE, "latitude, millionths of a degree; NULL where not known"),
        Column("lon_e6", WHOLE, "longitude, millionths of a degree"),
        Column("region", TEXT, "state code; NULL where not known"),
        Column("inside", YESNO, "inside the jurisdiction; NULL where not known"),
        Column("kind", TEXT, "kind of the place in the register, or airport"),
        Column("basis", TEXT, "why we say so"),
        Column("register_id", TEXT, "record_id in the register of places"),
    ),
)

_DISTINCT = """
SELECT place_key, qualifier, bool_or(is_code) FROM (
  SELECT place_key, qualifier,
         bool_or(NOT is_local AND regexp_matches(
           trim(regexp_replace(place_text, '[(\\[].*', '')), '^[A-Z0-9]{3,4}$'
         )) OVER (PARTITION BY place_key) AS is_code
  FROM stops WHERE place_key IS NOT NULL
) GROUP BY ALL ORDER BY ALL
"""


def resolve_places(engine: Engine, settings: Settings) -> None:
    """Make ``resolved_places`` from ``stops`` and ``places``."""
    register = _register(engine)
    rows = []
    for key, qualifier, is_code in engine.rows(_DISTINCT):
        found = resolve(key, qualifier, settings.home_region, register, bool(is_code))
        rows.append({"place_key": key, "qualifier": qualifier, **vars(found)})
    engine.load(RESOLVED_PLACES, rows)


def _register(engine: Engine) -> dict[str, RegisteredPlace]:
    """The register of places by place key; of two entries of one name the first by record_id."""
    rows = engine.rows(
        "SELECT name, record_id, kind, lat_e6, lon_e6, region, inside_jurisdiction FROM places "
        "WHERE name IS NOT NULL ORDER BY record_id DESC"
    )
    return {place_key(name): RegisteredPlace(*rest) for name, *rest in rows}
