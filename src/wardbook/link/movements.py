"""What devices recorded, linked to what was written: the movements of a book.

`link_movements` comes before uses are known, `link_circumstances` after. Both read ``traced_legs`` and
``watched_spans``; a book without movements gets their relations empty, at no cost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wardbook.intake.routes import place_key
from wardbook.link.anchors import link_anchors, link_intervals
from wardbook.link.anchors_tables import ANCHOR_INPUTS, ANCHOR_OUTPUTS, INTERVALS, LEG_PEOPLE
from wardbook.link.matching import match, reasons, step_text
from wardbook.link.matching_spellings import vehicle_spellings
from wardbook.link.matching_tables import INPUTS, JUDGED_LINKS, OUTPUTS, VEHICLE_SPELLINGS, table
from wardbook.link.overlap import Spans, overlap_join
from wardbook.records.engine import Engine, literal
from wardbook.records.schema import TEXT, WHOLE
from wardbook.records.settings import Settings

REGISTER_KEYS = table(
    "register_keys",
    "one name of the register of places",
    ("name", TEXT, "the name as registered"),
    ("place_key", TEXT, "the name as places are compared"),
    ("lat_e6", WHOLE, "latitude, millionths of a degree"),
    ("lon_e6", WHOLE, "longitude, millionths of a degree"),
)

WRITTEN_PLACES = table(
    "written_places",
    "one place as a calendar writes it, that the register has",
    ("written", TEXT, "as written"),
    ("place_key", TEXT, "the name as places are compared"),
    ("lat_e6", WHOLE, "latitude, millionths of a degree"),
    ("lon_e6", WHOLE, "longitude, millionths of a degree"),
)


EXPENSE_LEGS = table(
    "expense_legs",
    "one expense and one movement in its days that it may belong to",
    ("expense_id", TEXT, "the expense (record_id)"),
    ("leg_id", TEXT, "the movement"),
    ("told_by", TEXT, "trip, vehicle, or person: the best of what says so"),
    ("score", WHOLE, "95 by the trip, 80 by the vehicle, 60 by a person aboard; 5 more if several say so"),
    ("reason", TEXT, "why, in words"),
)

EXPENSES_ALONE = table(
    "expenses_without_movement",
    "one expense that belongs to no movement",
    ("expense_id", TEXT, "the expense (record_id)"),
    ("reason", TEXT, "why nothing is linked, in words"),
)

EXPENSE_OUTPUTS = (EXPENSE_LEGS, EXPENSES_ALONE)


def link_movements(engine: Engine, settings: Settings) -> None:
    """Link movements with log entries, tolls and fuel: the outputs of `match` and `link_anchors`.

    Reads ``resolved_places``. Makes the inputs of both as well; ``entry_leg_reasons`` is a view.
    """
    if not engine.count("traced_legs"):
        for relation in (*INPUTS, *OUTPUTS, *ANCHOR_INPUTS, *ANCHOR_OUTPUTS, *EXPENSE_OUTPUTS):
            engine.load(relation, ())
        return
    zone = literal(settings.time_zone)
    _register(engine)
    for name, step, parameters in (
        ("movements", "movements", {}),
        ("watched", "movements_watched", {}),
        ("written", "matching_written", {"zone": zone}),
        ("anchor_holders", "movements_holders", {"zone": zone}),
        ("anchors", "anchors_of_book", {}),
    ):
        engine.run(name, step_text(step, **parameters))
    engine.load(VEHICLE_SPELLINGS, _spellings(engine))
    engine.run(JUDGED_LINKS.name, step_text("movements_judged"))
    match(engine)
    engine.define(f"CREATE OR REPLACE VIEW entry_leg_reasons AS {reasons()}")
    link_anchors(engine)
    engine.let_go("matching_")
    engine.let_go("anchors_", but=("anchors_without_movement",))


def link_circumstances(engine: Engine, settings: Settings) -> None:
    """Link movements with events, with what was in force for those aboard (`link_intervals`), with expenses.

    Reads ``entry_legs``, ``use_records``, ``aboard``, ``name_keys`` and ``persons``.
    """
    if not engine.count("traced_legs"):
        return
    engine.run(LEG_PEOPLE.name, step_text("movements_people"))
    _written_places(engine)
    engine.run(INTERVALS.name, step_text("movements_intervals", zone=literal(settings.time_zone)))
    link_intervals(engine)
    engine.let_go("anchors_", but=("anchors_without_movement",))
    _link_expenses(engine, literal(settings.time_zone))


def _link_expenses(engine: Engine, zone: str) -> None:
    engine.run("expenses_keyed", step_text("expenses_keyed", zone=zone))
    engine.run("expenses_legs_keyed", step_text("expenses_legs_keyed"))
    pairs = overlap_join(
        Spans("expenses_keyed", ("way", "key"), "lo", "hi", ("expense_id", "way")),
        Spans("expenses_legs_keyed", ("way", "key"), "start_s", "end_s", ("leg_id",)),
        "a.expense_id, b.leg_id, a.way",
    )
    engine.run(EXPENSE_LEGS.name, step_text("expense_legs", pairs=pairs))
    engine.run(EXPENSES_ALONE.name, step_text("expenses_alone"))
    engine.let_go("expenses_", but=(EXPENSES_ALONE.name,))


def _register(engine: Engine) -> None:
    """``register_keys``: of two places of one name the first by record_id."""
    rows = engine.rows(
        "SELECT name, arg_min(lat_e6, record_id), arg_min(lon_e6, record_id) FROM places "
        "WHERE name IS NOT NULL GROUP BY name ORDER BY name"
    )
    engine.load(
        REGISTER_KEYS,
        (
            {"name": name, "place_key": place_key(name), "lat_e6": lat, "lon_e6": lon}
            for name, lat, lon in rows
        ),
    )


def _written_places(engine: Engine) -> None:
    """``written_places``: the places of events that the register has, by its keys."""
    known = {
        str(key): {"place_key": key, "lat_e6": lat, "lon_e6": lon}
        for key, lat, lon in engine.rows(
            "SELECT place_key, lat_e6, lon_e6 FROM register_keys ORDER BY name DESC"
        )
    }
    written = engine.rows("SELECT DISTINCT place FROM events WHERE place IS NOT NULL ORDER BY place")
    keys = {str(place): place_key(str(place)) for (place,) in written}
    engine.load(
        WRITTEN_PLACES, ({"written": place, **known[key]} for place, key in keys.items() if key in known)
    )


def _spellings(engine: Engine) -> Iterator[Mapping[str, str]]:
    return vehicle_spellings(
        _keys(engine, "SELECT DISTINCT vehicle_key FROM written WHERE vehicle_key IS NOT NULL"),
        _keys(engine, "SELECT DISTINCT vehicle_key FROM movements"),
        _keys(
            engine,
            "SELECT DISTINCT upper(regexp_replace(vehicle, '[^A-Za-z0-9]', '', 'g')) FROM vehicles "
            "WHERE vehicle IS NOT NULL",
        ),
    )


def _keys(engine: Engine, query: str) -> list[str]:
    return [str(key) for (key,) in engine.rows(query)]
