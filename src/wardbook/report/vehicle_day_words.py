"""What one row of a vehicle-day is called, in a few words, and what more its record says."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from wardbook.report.wording import money

_SHORT = 60


def length(metres: int | None) -> str:
    """A distance: ``850 m``, ``5.2 km``; empty where it is not known."""
    if metres is None:
        return ""
    return f"{metres:,d} m" if metres < 1_000 else f"{metres / 1_000:,.1f} km"


def movement_words(row: Mapping[str, Any]) -> tuple[str, str]:
    """Name and detail of a movement: from where to where, how far, borders, the law's inside and outside."""
    start, end = (row[f"{end}_place"] or row[f"{end}_region"] for end in ("from", "to"))
    way = f"{start or 'a place not named'} to {end or 'a place not named'}"
    outside = {True: "outside the jurisdiction", False: "inside the jurisdiction", None: ""}[row["outside"]]
    detail = (length(row["metres"]), *(row["borders"] or ()), outside, row["differences"])
    return way, _joined(*detail)


def entry_words(row: Mapping[str, Any]) -> tuple[str, str]:
    """Name and detail of a log entry: route, or task, as written; distance, purpose, riders, officers."""
    words = row["route_text"] or _way(row) or row["task"] or row["stated_purpose"] or "entry without a route"
    detail = _joined(
        length(row["metres"]),
        _said("purpose", row["stated_purpose"]),
        _said("riders", row["riders_text"]),
        _said("officers", row["officers_text"]),
        _said("vehicle as written", row["vehicle"]),
    )
    return _clipped(words), detail


def anchor_words(row: Mapping[str, Any]) -> tuple[str, str]:
    """Name and detail of a toll passing, a purchase of fuel or a parking."""
    paid = "" if row["amount"] is None else money(row["amount"], row["currency"])
    if row["kind"] == "toll":
        return _clipped(row["plaza"] or row["agency"] or row["at_place"] or "toll"), _joined(
            row["agency"], paid
        )
    if row["kind"] == "fuel":
        volume = "" if row["volume_ml"] is None else f"{Decimal(row['volume_ml']) / 1000:,.1f} L"
        return _clipped(row["merchant"] or row["at_place"] or "fuel"), _joined(
            volume, paid, row["merchant_city"], _said("odometer", length(row["odometer_m"]))
        )
    return _clipped(row["at_place"] or "parking"), paid


def interval_words(row: Mapping[str, Any]) -> tuple[str, str]:
    """Name and detail of an event, or of what was in force."""
    if row["kind"] == "event":
        return _clipped(row["title"] or "event"), _joined(
            _said("place", row["place"]), _said("organizer", row["organizer"])
        )
    if row["kind"] == "authorization":
        words = f"authorization: {row['scope']}" if row["scope"] else "authorization"
        return _clipped(words), _joined(_said("by", row["authorized_by"]), _said("for", row["person"]))
    if row["kind"] == "assessment":
        return _clipped(f"assessment of {row['person'] or 'a person not named'}"), _joined(
            _said("level", row["level"]), _said("by", row["assessor"])
        )
    return _clipped(f"protection declined by {row['person'] or 'a person not named'}"), ""


def _way(row: Mapping[str, Any]) -> str:
    ends = [row[end] for end in ("from_place", "to_place") if row[end]]
    return " to ".join(ends)


def _said(what: str, value: str | None) -> str:
    return f"{what}: {_clipped(value)}" if value else ""


def _joined(*parts: str | None) -> str:
    return "; ".join(part for part in parts if part)


def _clipped(text: str) -> str:
    """Text on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= _SHORT else line[: _SHORT - 1].rstrip() + "…"
