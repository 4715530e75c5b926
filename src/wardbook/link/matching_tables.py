"""The relations that log entries and movements are matched over: what goes in, what comes out.

Times are whole seconds since 1970 in UTC: ``*_lo`` rounded down, ``*_hi`` rounded up. A vehicle key is the
vehicle in capitals without signs. A place is a name of the case's own list, alike on both sides.
"""

from __future__ import annotations

from wardbook.records.schema import TEXT, TEXTS, WHOLE, Column, Table


def table(name: str, one_row: str, *columns: tuple[str, str, str]) -> Table:
    """A relation by its name, what one row is, and its columns."""
    return Table(name, one_row, tuple(Column(*column) for column in columns))


_PLACES = (
    ("from_place", TEXT, "place of the start by its name in the case's list; NULL where not known"),
    ("to_place", TEXT, "place of the end"),
    ("from_lat_e6", WHOLE, "latitude of the start, millionths of a degree; NULL where not known"),
    ("from_lon_e6", WHOLE, "longitude of the start"),
    ("to_lat_e6", WHOLE, "latitude of the end"),
    ("to_lon_e6", WHOLE, "longitude of the end"),
)

MOVEMENTS = table(
    "movements",
    "one movement a device recorded: a leg, or a gap in which the vehicle changed its place",
    ("leg_id", TEXT, "the leg"),
    ("vehicle_key", TEXT, "the vehicle"),
    ("kind", TEXT, "leg, or unobserved"),
    ("start_lo", WHOLE, "the earliest it can have started"),
    ("start_hi", WHOLE, "the latest it can have started"),
    ("end_lo", WHOLE, "the earliest it can have ended"),
    ("end_hi", WHOLE, "the latest it can have ended"),
    ("start_s", WHOLE, "its most likely start"),
    ("end_s", WHOLE, "its most likely end"),
    ("metres", WHOLE, "distance, metres; NULL where not known"),
    *_PLACES,
    ("source_ids", TEXTS, "the records it was made from"),
)

WRITTEN = table(
    "written",
    "one log entry, as far as it says when, where and how far",
    ("entry_id", TEXT, "the log entry (record_id)"),
    ("vehicle_key", TEXT, "the vehicle as written; NULL where none is"),
    ("start_s", WHOLE, "start as written; NULL where not written"),
    ("end_s", WHOLE, "end as written; NULL where not written"),
    ("day_lo", WHOLE, "first second of its day in the log's own time zone; NULL where no day is written"),
    ("day_hi", WHOLE, "last second of that day"),
    (
        "shift_s",
        WHOLE,
        "what to add to the times for their other reading, where the clock was changed; else NULL",
    ),
    ("metres", WHOLE, "distance as written, metres"),
    *_PLACES,
    ("source_ids", TEXTS, "the records it was made from"),
)

WATCHED = table(
    "watched",
    "one span in which the device of a vehicle reported without a silence; spans of a vehicle do not touch",
    ("vehicle_key", TEXT, "the vehicle"),
    ("lo", WHOLE, "its first report"),
    ("hi", WHOLE, "its last report"),
)

VEHICLE_SPELLINGS = table(
    "vehicle_spellings",
    "one vehicle key of the log that no device has, and the one vehicle it can be a slip of the pen for",
    ("written_key", TEXT, "as written"),
    ("vehicle_key", TEXT, "the vehicle"),
    ("how", TEXT, "how the two differ, in words"),
)

JUDGED_LINKS = table(
    "judged_links",
    "one judgement of a person on a log entry and a movement",
    ("entry_id", TEXT, "the log entry"),
    ("leg_id", TEXT, "the movement"),
    ("verdict", TEXT, "same or different"),
)

ENTRY_LEGS = table(
    "entry_legs",
    "one log entry and one movement that are one drive, or parts of one; several are compared as a whole",
    ("entry_id", TEXT, "the log entry"),
    ("leg_id", TEXT, "the movement"),
    ("kind", TEXT, "one to one; one entry, several legs; or several entries, one leg"),
    (
        "found_by",
        TEXT,
        "times, inside, joined, day, sole, or places: the step that found it; or judged: by a person",
    ),
    ("vehicle", TEXT, "same, spelt alike, not written, or another"),
    (
        "start_apart_s",
        WHOLE,
        "seconds from the written start to the bounds of the start, 0 inside; NULL: not written",
    ),
    ("end_apart_s", WHOLE, "the same of the end"),
    (
        "overlap_permille",
        WHOLE,
        "time in both, thousandths of the time in either; NULL unless both times are written",
    ),
    ("places", TEXT, "both agree, start agrees, end agrees, contradict, or not compared"),
    ("metres_apart", WHOLE, "distance recorded less distance written, metres; NULL where one is not known"),
    ("distances", TEXT, "agree, differ, contradict, or not compared"),
    ("shifted_s", WHOLE, "what was added to the written times: 0, or their other reading"),
    ("score", WHOLE, "100 where all is known and agrees, less for each comparison"),
)

ENTRY_LEG_REASONS = table(
    "entry_leg_reasons",
    "why one link was made",
    ("entry_id", TEXT, "the log entry"),
    ("leg_id", TEXT, "the movement"),
    ("reason", TEXT, "each comparison and what it gave, in words"),
    ("entry_source_ids", TEXTS, "the records behind the entry"),
    ("leg_source_ids", TEXTS, "the records behind the movement"),
)

UNLOGGED = table(
    "unlogged_movements",
    "one movement that no log entry is linked to",
    ("leg_id", TEXT, "the movement"),
    ("vehicle_key", TEXT, "the vehicle"),
    ("kind", TEXT, "leg, or unobserved"),
    ("start_s", WHOLE, "its most likely start"),
    ("end_s", WHOLE, "its most likely end"),
    ("metres", WHOLE, "distance, metres"),
    (
        "near_entry_id",
        TEXT,
        "the entry of the vehicle whose times are nearest, of those within reach; else NULL",
    ),
    ("reason", TEXT, "why nothing is linked, in words"),
)

NOT_DRIVEN = table(
    "entries_not_driven",
    "one log entry that no movement is linked to",
    ("entry_id", TEXT, "the log entry"),
    ("vehicle_key", TEXT, "the vehicle as written"),
    ("verdict", TEXT, "contradicted: the device reported throughout and the vehicle stood; else open"),
    (
        "near_leg_id",
        TEXT,
        "the movement of the vehicle whose times are nearest, of those within reach; else NULL",
    ),
    ("reason", TEXT, "why nothing is linked, in words"),
)

INPUTS = (MOVEMENTS, WRITTEN, WATCHED, VEHICLE_SPELLINGS, JUDGED_LINKS)
OUTPUTS = (ENTRY_LEGS, ENTRY_LEG_REASONS, UNLOGGED, NOT_DRIVEN)
