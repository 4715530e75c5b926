"""What belongs to what: persons, uses, legs, facts. Every step is a relation; this is their order."""

from __future__ import annotations

from importlib import resources

from wardbook.link.entries import link_entries
from wardbook.link.movements import link_circumstances, link_movements
from wardbook.link.persons import link_persons
from wardbook.link.places import resolve_places
from wardbook.link.presence import link_presence
from wardbook.link.purposes import PRIVATE_CLASSES, classify_purposes, define_purpose
from wardbook.records.engine import Engine, literal
from wardbook.records.macros import define_macros
from wardbook.records.settings import Settings
from wardbook.trace.distance import define_metres

_HERE = "wardbook.link"
_BETWEEN = (
    "entry_keys",
    "entry_pairs",
    "entry_matches",
    "entry_pool",
    "entry_best",
    "entry_labels",
    "entry_edges",
    "entry_other_days",
)
"""Steps of which only the queries are kept: their rows are not needed once uses exist."""


def link(engine: Engine, settings: Settings) -> None:
    """Make the relations of this room from the records, the judgements and ``track_paths``.

    Of the schema: ``person_comparisons``, ``entry_comparisons``, ``uses``, ``legs``, ``facts`` and the view
    ``fact_bases``. Beside them ``persons`` (name_key, person_key), ``use_records`` (use_id, record_id,
    source_rank), ``use_tracks`` (use_id, track_id), ``resolved_places`` and the steps between.
    """
    define_macros(engine, settings)
    link_persons(engine, settings)
    link_entries(engine)
    engine.run_file(_HERE, "use_records")
    engine.run_file(_HERE, "uses")
    _places_and_legs(engine, settings)
    for between in _BETWEEN:
        engine.define(f"DROP TABLE IF EXISTS {between}")
    _facts(engine, settings)


def _places_and_legs(engine: Engine, settings: Settings) -> None:
    define_metres(engine)
    resolve_places(engine, settings)
    link_movements(engine, settings)
    engine.run_file(_HERE, "use_stops")
    engine.run_file(_HERE, "use_tracks")
    engine.run_file(_HERE, "legs")


def _facts(engine: Engine, settings: Settings) -> None:
    principals = ", ".join(literal(name) for name in settings.principal_names) or "NULL"
    engine.run_file(_HERE, "people_known", principals=principals)
    engine.run_file(_HERE, "aboard_judged")
    engine.run_file(_HERE, "aboard")
    link_circumstances(engine, settings)
    link_presence(engine)
    engine.run_file(_HERE, "rider_facts")
    engine.run_file(_HERE, "place_facts")
    engine.run_file(_HERE, "protectees_aboard")
    engine.run_file(_HERE, "use_authorizations")
    _purposes(engine)
    engine.run_file(_HERE, "facts", zone=literal(settings.time_zone))
    bases = resources.files(_HERE).joinpath("fact_bases.sql").read_text("utf-8")
    engine.define(f"CREATE OR REPLACE VIEW fact_bases AS {bases}")


def _purposes(engine: Engine) -> None:
    """What is stated of each use, and, kept apart, what the calendar says of its movements."""
    private = ", ".join(literal(name) for name in PRIVATE_CLASSES)
    engine.run_file(_HERE, "use_purpose_texts")
    engine.run_file(_HERE, "event_texts")
    classify_purposes(engine)
    define_purpose(engine)
    engine.run_file(_HERE, "use_purposes")
    engine.run_file(_HERE, "event_purposes")
    engine.run_file(_HERE, "leg_purposes")
    engine.run_file(_HERE, "use_events", private=private)
    engine.run_file(_HERE, "use_movements", private=private)
