"""Whom the log has aboard, and whom another record has elsewhere at the same time."""

from __future__ import annotations

from wardbook.link.matching import step_text
from wardbook.link.matching_tables import table
from wardbook.link.overlap import Spans, overlap_join
from wardbook.records.engine import Engine
from wardbook.records.schema import INSTANT, TEXT, TEXTS, WHOLE, YESNO

AT_ONCE_S = 300
"""Aboard two vehicles for longer: a change of cars takes some minutes, and both logs may name the person."""

PHONE_APART_M = 5_000
"""A phone nearer than this may be in the vehicle: positions by cell are off by kilometres."""

PHONE_BESIDE_S = 120
"""A vehicle's fix older than this says nothing of where it is now."""

TWO_VEHICLES = table(
    "two_vehicles",
    "one person, and two vehicles that logs have the person aboard at once",
    ("person_key", TEXT, "the person"),
    ("use_id", TEXT, "the one use"),
    ("other_id", TEXT, "the other use"),
    ("lo", WHOLE, "from when the person was surely aboard the one, seconds UTC"),
    ("hi", WHOLE, "until when"),
    ("other_lo", WHOLE, "from when surely aboard the other"),
    ("other_hi", WHOLE, "until when"),
    ("recorded", YESNO, "the times of the one are those of a recorded movement; else as written"),
    ("other_recorded", YESNO, "the same of the other"),
)

PHONES_APART = table(
    "phones_apart",
    "one person aboard a recorded movement, whose phone was elsewhere throughout",
    ("person_key", TEXT, "the person"),
    ("leg_id", TEXT, "the movement"),
    ("vehicle", TEXT, "its vehicle as written"),
    ("start_at", INSTANT, "its start"),
    ("end_at", INSTANT, "its end"),
    ("positions", WHOLE, "positions of the phone within its inner bounds"),
    ("metres", WHOLE, "how near the nearest of them was to the vehicle, metres"),
    ("sources", TEXTS, "the tracks, the vehicle's fixes and the log entries"),
    ("use_ids", TEXTS, "the uses that have the person aboard"),
)

PRESENCE_DOUBTED = table(
    "presence_doubted",
    "one person aboard a use by its log, whom another record has elsewhere",
    ("use_id", TEXT, "the use"),
    ("person_key", TEXT, "the person"),
    ("words", TEXT, "what the other record says"),
    ("sources", TEXTS, "the other records"),
)

PRESENCE_OUTPUTS = (TWO_VEHICLES, PHONES_APART, PRESENCE_DOUBTED)


def link_presence(engine: Engine) -> None:
    """Make ``two_vehicles``, ``phones_apart`` and ``presence_doubted``.

    Reads ``aboard``, ``entry_legs``, ``movements``, ``leg_people`` and the records. ``two_vehicles`` has a
    row for each two spans of two vehicles that one person is aboard, by recorded movements or (``recorded``
    false) by written times, in seconds UTC; ``phones_apart`` one for each person and movement whose phone was
    elsewhere throughout; ``presence_doubted`` one for each use and person of either, where both sides are
    recorded.
    """
    engine.run("presence_spans", step_text("presence_spans"))
    side = Spans("presence_spans", ("person_key",), "lo", "hi", ("use_id", "vehicle_key", "recorded"))
    columns = (
        "a.span_key0 AS person_key, a.use_id, b.use_id AS other_id, a.lo, a.hi, b.lo AS other_lo, "
        "b.hi AS other_hi, a.recorded, b.recorded AS other_recorded"
    )
    different = "a.use_id < b.use_id AND a.vehicle_key <> b.vehicle_key"
    engine.run("two_vehicles", overlap_join(side, side, columns, where=different))
    engine.define("DROP TABLE IF EXISTS presence_spans")
    apart = step_text("phones_apart", metres=str(PHONE_APART_M), beside_s=str(PHONE_BESIDE_S))
    engine.run("phones_apart", apart)
    engine.run("presence_doubted", step_text("presence_doubted", seconds=str(AT_ONCE_S)))
