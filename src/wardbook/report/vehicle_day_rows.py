"""The rows of a vehicle-day, made from the rows of the queries ``vehicle_day_*.sql``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import resources
from typing import Any

from wardbook.records.engine import Engine
from wardbook.report.vehicle_day import LANES, Bounds, Link, Row
from wardbook.report.vehicle_day_words import anchor_words, entry_words, interval_words, movement_words


def query(name: str) -> str:
    """The query ``vehicle_day_<name>.sql``; its parameters are ``$1``, ``$2``, ..."""
    return resources.files("wardbook.report").joinpath(f"vehicle_day_{name}.sql").read_text("utf-8")


def ordered(rows: Sequence[Row], first: int) -> tuple[Row, ...]:
    """Rows in order of time, those of the day as a whole before the others; ``first`` is its first second."""
    return tuple(sorted(rows, key=lambda row: (_begins(row, first), LANES.index(row.lane), row.row_id)))


def _begins(row: Row, first: int) -> int:
    moment = row.start or row.end
    return first - 1 if moment is None else moment.at


def _moment(lo: int | None, at: int | None = None, hi: int | None = None) -> Bounds | None:
    known = next((value for value in (at, lo, hi) if value is not None), None)
    if known is None:
        return None
    return Bounds(known if lo is None else lo, known, known if hi is None else hi)


def movement_row(row: Mapping[str, Any], number: int) -> Row:
    """A movement, by the row of its query; ``number`` is its place in the day."""
    words, detail = movement_words(row)
    return Row(
        row_id=row["row_id"],
        lane="tracker",
        kind=row["kind"],
        words=words,
        detail=detail,
        start=_moment(row["start_lo_s"], row["start_s"], row["start_hi_s"]),
        end=_moment(row["end_lo_s"], row["end_s"], row["end_hi_s"]),
        sources=tuple(row["sources"] or ()),
        unlinked=row["unlinked"] or "",
        number=number,
        metres=row["metres"],
        lat_e6=row["from_lat_e6"],
        lon_e6=row["from_lon_e6"],
    )


def entry_row(row: Mapping[str, Any]) -> Row:
    """A log entry with its times as written."""
    words, detail = entry_words(row)
    return Row(
        row_id=row["row_id"],
        lane="log",
        kind="log entry",
        words=words,
        detail=detail,
        start=_moment(row["start_s"]),
        end=_moment(row["end_s"]),
        sources=tuple(row["sources"] or ()),
        unlinked=_with_verdict(row),
        metres=row["metres"],
    )


def _with_verdict(row: Mapping[str, Any]) -> str:
    if not row["unlinked"]:
        return ""
    return f"{row['verdict']}: {row['unlinked']}" if row["verdict"] not in (None, "open") else row["unlinked"]


def anchor_row(row: Mapping[str, Any]) -> Row:
    """A toll passing, a purchase of fuel, or a parking."""
    words, detail = anchor_words(row)
    parked = row["kind"] == "parking"
    return Row(
        row_id=row["row_id"],
        lane=row["kind"],
        kind=row["kind"],
        words=words,
        detail=detail,
        start=_moment(row["lo"]) if parked else _moment(row["lo"], hi=row["hi"]),
        end=_moment(row["hi"]) if parked else None,
        sources=tuple(row["sources"] or ()),
        unlinked=_with_verdict(row),
        lat_e6=row["lat_e6"],
        lon_e6=row["lon_e6"],
    )


def interval_row(row: Mapping[str, Any]) -> Row:
    """An event, or an authorization, assessment or declining in force; ``hi`` is its last second."""
    words, detail = interval_words(row)
    return Row(
        row_id=row["row_id"],
        lane="calendar" if row["kind"] == "event" else "in force",
        kind=row["kind"],
        words=words,
        detail=detail,
        start=_moment(row["lo"]),
        end=_moment(None if row["hi"] is None else row["hi"] + 1),
        sources=tuple(row["sources"] or ()),
        unlinked=row["unlinked"] or "",
        lat_e6=row["lat_e6"],
        lon_e6=row["lon_e6"],
    )


def with_links(engine: Engine, rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows with their links, each told at both of its ends."""
    found: dict[str, list[Link]] = {row.row_id: [] for row in rows}
    for record, leg, relation, score, reason in engine.rows(query("links"), [sorted(found)]):
        for one, other in ((record, leg), (leg, record)):
            if one in found:
                found[one].append(Link(other, relation, score, reason))
    return tuple(_with(row, tuple(found[row.row_id])) for row in rows)


def _with(row: Row, links: tuple[Link, ...]) -> Row:
    return replace(row, links=links, unlinked=row.unlinked or ("" if links else "nothing is linked to it"))
