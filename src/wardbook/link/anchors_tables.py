"""The relations that anchors and intervals are linked over: what goes in, what comes out.

Times are whole seconds since 1970 in UTC. An anchor is what puts a vehicle at a time and mostly at a place: a
toll passing, a purchase of fuel, a parking. ``movements`` and ``watched`` are those of `matching_tables`.
"""

from __future__ import annotations

from wardbook.link.matching_tables import table
from wardbook.records.schema import TEXT, TEXTS, WHOLE

_AT = (
    ("at_place", TEXT, "its place by the name in the case's list; NULL where not known"),
    ("at_lat_e6", WHOLE, "latitude, millionths of a degree; NULL where not known"),
    ("at_lon_e6", WHOLE, "longitude"),
)

ANCHORS = table(
    "anchors",
    "one toll passing, purchase of fuel, or parking",
    ("anchor_id", TEXT, "the anchor"),
    ("kind", TEXT, "toll, fuel, or parking"),
    ("vehicle_key", TEXT, "the vehicle, where the record itself says; else NULL"),
    ("holder_key", TEXT, "its transponder, plate or card"),
    ("lo", WHOLE, "the earliest it can have been; of a parking its begin"),
    ("hi", WHOLE, "the latest it can have been; of a parking its end"),
    *_AT,
    ("source_ids", TEXTS, "the records it was made from"),
)

ANCHOR_HOLDERS = table(
    "anchor_holders",
    "one transponder, plate or card issued to one vehicle",
    ("holder_key", TEXT, "the transponder, plate or card"),
    ("vehicle_key", TEXT, "the vehicle"),
    ("lo", WHOLE, "from when; NULL: not on record"),
    ("hi", WHOLE, "to when; NULL: not on record"),
)

INTERVALS = table(
    "intervals",
    "one event, authorization, assessment, or declining of protection",
    ("interval_id", TEXT, "the record"),
    ("kind", TEXT, "event, authorization, assessment, or declined"),
    ("vehicle_key", TEXT, "the vehicle it is for; NULL: any"),
    ("person_key", TEXT, "the person it is of; NULL: any"),
    ("lo", WHOLE, "its first second; NULL: not on record"),
    ("hi", WHOLE, "its last second; NULL: not on record"),
    *_AT,
    ("source_ids", TEXTS, "the records it was made from"),
)

LEG_PEOPLE = table(
    "leg_people",
    "one person aboard one movement",
    ("leg_id", TEXT, "the movement"),
    ("person_key", TEXT, "the person"),
)

ANCHOR_LEGS = table(
    "anchor_legs",
    "one anchor and one movement it belongs to",
    ("anchor_id", TEXT, "the anchor"),
    ("leg_id", TEXT, "the movement"),
    ("kind", TEXT, "toll, fuel, or parking"),
    (
        "relation",
        TEXT,
        "inside, perhaps inside, arrived (the movement before), left (the one after), moved during",
    ),
    ("seconds", WHOLE, "seconds between the anchor and the bounds of the movement, 0 inside them"),
    ("place", TEXT, "agrees, contradicts, or not compared"),
    ("score", WHOLE, "100 where all is known and agrees, less for each comparison"),
    ("reason", TEXT, "each comparison and what it gave, in words"),
)

ANCHORS_ALONE = table(
    "anchors_without_movement",
    "one anchor that belongs to no movement",
    ("anchor_id", TEXT, "the anchor"),
    ("kind", TEXT, "toll, fuel, or parking"),
    ("vehicle_key", TEXT, "the vehicle; NULL where nothing says which"),
    ("verdict", TEXT, "stood: the device reported throughout and the vehicle did not move; else open"),
    ("seconds_since", WHOLE, "seconds since the last movement of the vehicle ended; NULL if there is none"),
    ("seconds_until", WHOLE, "seconds until the next begins; NULL if there is none"),
    ("reason", TEXT, "why nothing is linked, in words"),
)

LEG_INTERVALS = table(
    "leg_intervals",
    "one movement and one event, authorization, assessment or declining in its time",
    ("leg_id", TEXT, "the movement"),
    ("interval_id", TEXT, "the record"),
    ("kind", TEXT, "event, authorization, assessment, or declined"),
    ("relation", TEXT, "throughout or in part; of an event: to it, from it, during, or around it"),
    (
        "seconds",
        WHOLE,
        "of an event: seconds between its time and the end, or begin, of the movement; else 0",
    ),
    ("place", TEXT, "agrees, or not compared"),
    ("score", WHOLE, "100 where all is known and agrees, less for each comparison"),
    ("reason", TEXT, "each comparison and what it gave, in words"),
)

INTERVALS_ALONE = table(
    "intervals_without_movement",
    "one event, authorization, assessment or declining without a movement",
    ("interval_id", TEXT, "the record"),
    ("kind", TEXT, "event, authorization, assessment, or declined"),
    ("reason", TEXT, "why nothing is linked, in words"),
)

ANCHOR_INPUTS = (ANCHORS, ANCHOR_HOLDERS, INTERVALS, LEG_PEOPLE)
ANCHOR_OUTPUTS = (ANCHOR_LEGS, ANCHORS_ALONE, LEG_INTERVALS, INTERVALS_ALONE)
