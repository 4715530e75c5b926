"""One vehicle on one day, made by hand: two movements, three log entries, a toll, fuel and two events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from wardbook.link.anchors_tables import ANCHOR_INPUTS, ANCHOR_OUTPUTS
from wardbook.link.matching_tables import INPUTS, OUTPUTS, table
from wardbook.records.engine import Engine
from wardbook.records.schema import AUDIT_TABLES, BOOK_TABLES, TEXT, Table

NEW_YORK = ZoneInfo("America/New_York")
TRACK_VEHICLES = table(
    "track_vehicles",
    "the vehicle of a track",
    ("track_id", TEXT, "the track"),
    ("vehicle_key", TEXT, "the vehicle"),
)
_TABLES: tuple[Table, ...] = (
    *BOOK_TABLES,
    *AUDIT_TABLES,
    *INPUTS,
    *OUTPUTS,
    *ANCHOR_INPUTS,
    *ANCHOR_OUTPUTS,
    TRACK_VEHICLES,
)

CITY_HALL, MANSION, NEWARK = (40_712_800, -74_006_000), (40_776_100, -73_943_000), (40_735_700, -74_172_400)


def second(text: str, zone: ZoneInfo = NEW_YORK) -> int:
    """Local time as whole seconds since 1970; a time that the clock shows twice is the first of the two."""
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp())


def instant(text: str, later: int = 0) -> str:
    """Local time in New York, and so many seconds later, as an instant in UTC."""
    return (datetime.fromtimestamp(second(text), UTC) + timedelta(seconds=later)).isoformat()


def leg(
    leg_id: str, start: str, end: str, a: tuple[int, int], b: tuple[int, int], **more: Any
) -> dict[str, Any]:
    """A leg of Car 7 whose ends are sure to a minute before and after."""
    return {
        "leg_id": leg_id,
        "vehicle_key": "CAR7",
        "vehicle": "Car 7",
        "kind": "leg",
        "start_at": instant(start),
        "start_lo": instant(start, -60),
        "start_hi": instant(start, 60),
        "end_at": instant(end),
        "end_lo": instant(end, -60),
        "end_hi": instant(end, 60),
        "from_lat_e6": a[0],
        "from_lon_e6": a[1],
        "to_lat_e6": b[0],
        "to_lon_e6": b[1],
        "borders": [],
        "metres": 10_400,
        "sources": [f"{leg_id}-fix"],
    } | more


def entry(number: int, start: str | None, end: str | None, day: str, **more: Any) -> dict[str, Any]:
    """A log entry of Car 7 with its times."""
    return {
        "record_id": f"log-{number}",
        "day": day,
        "start_at": instant(start) if start else None,
        "end_at": instant(end) if end else None,
        "vehicle": "Car 7",
    } | more


def written(row: dict[str, Any]) -> dict[str, Any]:
    """The entry as it is matched."""
    at = {f"{e}_s": _seconds(row[f"{e}_at"]) for e in ("start", "end")}
    return {"entry_id": row["record_id"], "vehicle_key": "CAR7", "source_ids": [row["record_id"]], **at}


def _seconds(text: str | None) -> int | None:
    return None if text is None else int(datetime.fromisoformat(text).timestamp())


def the_day() -> dict[str, list[dict[str, Any]]]:
    """The relations of the day."""
    day = "2024-03-12"
    entries = [
        entry(
            1, f"{day} 07:40", f"{day} 08:15", day, route_text="Mansion-City Hall", stated_purpose="To office"
        ),
        entry(2, f"{day} 15:00", f"{day} 15:40", day, route_text="City Hall-Queens-City Hall"),
        entry(3, None, None, day, route_text="City Hall-Mansion"),
    ]
    legs = [
        leg(
            "A",
            f"{day} 07:42",
            f"{day} 08:14",
            MANSION,
            CITY_HALL,
            from_place="Mansion",
            to_place="City Hall",
        ),
        leg("B", f"{day} 11:02", f"{day} 11:45", CITY_HALL, NEWARK, from_place="City Hall", outside=True)
        | {"to_region": "NJ", "borders": ["NY to NJ, crossed"], "metres": 15_230},
    ]
    return {
        "log_entries": entries,
        "written": [written(row) for row in entries],
        "traced_legs": legs,
        "watched_spans": [
            {"vehicle_key": "CAR7", "from_at": instant(f"{day} 00:00"), "to_at": instant(f"{day} 18:25")},
            {
                "vehicle_key": "CAR7",
                "from_at": instant(f"{day} 21:00"),
                "to_at": instant(f"{day} 23:59:59", 1),
            },
        ],
        "entry_legs": [{"entry_id": "log-1", "leg_id": "A", "kind": "one to one", "score": 96}],
        "entry_leg_reasons": [
            {"entry_id": "log-1", "leg_id": "A", "reason": "same vehicle; ends within bounds"}
        ],
        "unlogged_movements": [
            {"leg_id": "B", "vehicle_key": "CAR7", "kind": "leg", "reason": "no entry is near"}
        ],
        "entries_not_driven": [
            {"entry_id": "log-2", "verdict": "contradicted", "reason": "the vehicle did not move"},
            {"entry_id": "log-3", "verdict": "open", "reason": "only the day is written"},
        ],
        "toll_passes": [
            {"record_id": "toll-1", "exit_plaza": "Holland Tunnel", "agency": "PANYNJ", "amount": "15.38"},
            {"record_id": "toll-2", "day": day, "exit_plaza": "Queens Midtown"},
        ],
        "fuel_purchases": [
            {"record_id": "fuel-1", "merchant": "Garage 3", "volume_ml": 37_854, "amount": "41.20"}
        ],
        "anchors": [
            _anchor("toll-1", "toll", f"{day} 11:20", at_place="holland tunnel"),
            {"anchor_id": "toll-2", "kind": "toll", "vehicle_key": "CAR7", "source_ids": ["toll-2"]},
            _anchor("fuel-1", "fuel", f"{day} 14:30", vehicle_key=None),
        ],
        "anchor_legs": [
            {"anchor_id": "toll-1", "leg_id": "B", "relation": "inside", "score": 95, "reason": "around it"}
        ],
        "anchors_without_movement": [
            {
                "anchor_id": "toll-2",
                "vehicle_key": "CAR7",
                "verdict": "open",
                "reason": "its time is not known",
            },
            {"anchor_id": "fuel-1", "vehicle_key": "CAR7", "verdict": "stood", "reason": "it did not move"},
        ],
        "events": [
            {"record_id": "event-1", "title": "Cabinet", "place": "City Hall"},
            {"record_id": "event-2", "title": "Dinner of another day"},
        ],
        "intervals": [
            _event("event-1", f"{day} 08:30", f"{day} 09:30"),
            _event("event-2", "2024-03-13 20:00", "2024-03-13 22:00"),
        ],
        "leg_intervals": [
            {
                "leg_id": "A",
                "interval_id": "event-1",
                "relation": "to it",
                "score": 93,
                "reason": "ends 16 min before",
            }
        ],
        "intervals_without_movement": [{"interval_id": "event-2", "reason": "no movement leads to it"}],
        "places": [
            {"name": "Holland Tunnel", "lat_e6": 40_727_000, "lon_e6": -74_021_000},
            {
                "name": "City Hall",
                "kind": "office",
                "lat_e6": CITY_HALL[0],
                "lon_e6": CITY_HALL[1],
                "radius_m": 200,
            },
        ],
        "tracks": [{"record_id": "track-1"}],
        "track_vehicles": [{"track_id": "track-1", "vehicle_key": "CAR7"}],
        "fixes": [
            _fix("on-time", f"{day} 07:42", MANSION),
            _fix("middle", f"{day} 08:00", (40_740_000, -73_975_000)),
            _fix("thrown-out", f"{day} 08:01", (10_000_000, -73_975_000)),
            _fix("arrived", f"{day} 08:14", CITY_HALL),
            _fix("parked", f"{day} 09:00", CITY_HALL),
        ],
        "dropped_fixes": [
            {"record_id": "thrown-out", "vehicle_key": "CAR7", "reason": "teleport", "used": False}
        ],
    }


def _anchor(anchor_id: str, kind: str, at: str, **more: Any) -> dict[str, Any]:
    row = {
        "anchor_id": anchor_id,
        "kind": kind,
        "vehicle_key": "CAR7",
        "lo": second(at),
        "hi": second(at) + 59,
    }
    return row | {"source_ids": [anchor_id]} | more


def _event(record_id: str, start: str, end: str) -> dict[str, Any]:
    at = {"lo": second(start), "hi": second(end) - 1}
    return {"interval_id": record_id, "kind": "event", "source_ids": [record_id], **at}


def _fix(record_id: str, at: str, position: tuple[int, int]) -> dict[str, Any]:
    where = {"lat_e6": position[0], "lon_e6": position[1]}
    return {"record_id": record_id, "track_id": "track-1", "at": instant(at), **where}


def engine_of(relations: dict[str, list[dict[str, Any]]]) -> Engine:
    """An engine with these relations; all others of a book and its movements are empty."""
    engine = Engine()
    for one in _TABLES:
        engine.load(one, relations.get(one.name, []))
    return engine
