"""Small books for tests: entries as a log has them, split and linked as take-in and the audit do it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wardbook.intake.riders import split_riders
from wardbook.intake.routes import split_route
from wardbook.link.link import link
from wardbook.records.engine import Engine
from wardbook.records.schema import ACTS, BOOK_TABLES, JUDGEMENTS, find_table
from wardbook.records.settings import Settings
from wardbook.trace.trace import trace

Row = Mapping[str, Any]
SETTINGS = Settings(home_region="WV", time_zone="America/New_York")


def entry(record_id: str, exhibit: str = "a", **values: Any) -> dict[str, Any]:
    """A log entry of N1WV on 3 May 2021, unless ``values`` say otherwise."""
    row = {
        "record_id": record_id,
        "exhibit": exhibit,
        "raw_text": str(values),
        "day": "2021-05-03",
        "vehicle": "N1WV",
    }
    return row | values


def riders_of(entries: Iterable[Row]) -> list[dict[str, Any]]:
    return [
        {
            "record_id": f"{e['record_id']}.r{rider.position}",
            "exhibit": e["exhibit"],
            "entry_id": e["record_id"],
            "raw_text": rider.raw,
            "position": rider.position,
            "role_words": rider.role_words,
            "role": rider.role,
            "name": rider.name,
            "name_key": rider.name_key,
            "headcount": rider.headcount,
        }
        for e in entries
        for rider in split_riders(e.get("riders_text"))
    ]


def stops_of(entries: Iterable[Row]) -> list[dict[str, Any]]:
    return [
        {
            "record_id": f"{e['record_id']}.s{stop.position}",
            "exhibit": e["exhibit"],
            "entry_id": e["record_id"],
            "raw_text": stop.place_text,
            "position": stop.position,
            "place_text": stop.place_text,
            "place_key": stop.place_key,
            "qualifier": stop.qualifier,
            "is_local": stop.is_local,
        }
        for e in entries
        for stop in split_route(e.get("route_text"))
    ]


def linked(
    entries: Sequence[Row],
    settings: Settings = SETTINGS,
    backward: bool = False,
    **tables: Sequence[Row],
) -> Engine:
    """An engine with the book's tables loaded (in backward order if asked), traced and linked."""
    given: dict[str, Sequence[Row]] = {
        "log_entries": entries,
        "riders": riders_of(entries),
        "stops": stops_of(entries),
        **tables,
    }
    engine = Engine()
    for table in (*BOOK_TABLES, JUDGEMENTS, ACTS):
        columns = ", ".join(f'"{column.name}" {column.type}' for column in table.columns)
        engine.define(f"CREATE TABLE {table.name} ({columns})")
    for name, rows in given.items():
        table_of = find_table(name)
        assert table_of is not None
        numbered = [
            {"record_id": f"{name}-{n}", **row} if name != "judgements" else dict(row)
            for n, row in enumerate(rows)
        ]
        engine.load(table_of, list(reversed(numbered)) if backward else numbered)
    trace(engine, settings)
    link(engine, settings)
    return engine


def judgement(kind: str, left: str, right: str | None, verdict: str, at: str = "2024-01-01T00:00:00Z") -> Row:
    return {
        "kind": kind,
        "left_key": left,
        "right_key": right,
        "verdict": verdict,
        "by_whom": "the auditor",
        "judged_at": at,
        "why": "the badge number",
    }
