"""Exhibits made in a test: bytes under a name, and readings as lines of text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from wardbook.intake.reader import Context, Exhibit
from wardbook.records.source import NotARecord, Reading, Record, Row, SetAside

NEW_YORK = Context(ZoneInfo("America/New_York"))


def exhibit(folder: Path, name: str, data: bytes | str) -> Exhibit:
    if isinstance(data, str):
        data = data.encode("utf-8")
    sha256 = hashlib.sha256(data).hexdigest()
    path = folder / sha256
    path.write_bytes(data)
    return Exhibit(path, name, sha256, data[: 1 << 16])


def shared_exhibit(path: Path) -> Exhibit:
    data = path.read_bytes()
    return Exhibit(path, path.name, hashlib.sha256(data).hexdigest(), data[: 1 << 16])


def with_mappings(*tomls: str, date_order: str | None = None) -> Context:
    pairs = tuple((f"{number}.mapping.toml", toml) for number, toml in enumerate(tomls, 1))
    return Context(NEW_YORK.zone, pairs, date_order)


@st.composite
def corruptions(draw: st.DrawFn, data: bytes) -> bytes:
    """``data`` after up to four changed bytes, a deleted line and a cut end, in any combination."""
    damaged = bytearray(data)
    for _ in range(draw(st.integers(0, 4))):
        byte = draw(st.one_of(st.integers(0, 255), st.sampled_from(b'",\n;\x00')))
        damaged[draw(st.integers(0, len(damaged) - 1))] = byte
    lines = bytes(damaged).split(b"\n")
    if draw(st.booleans()):
        del lines[draw(st.integers(0, len(lines) - 1))]
    whole = b"\n".join(lines)
    return whole[: draw(st.integers(0, len(whole)))] if draw(st.booleans()) else whole


def records(reading: Reading) -> list[Record]:
    return [row for row in reading.rows if isinstance(row, Record)]


def set_aside(reading: Reading) -> list[SetAside]:
    return [row for row in reading.rows if isinstance(row, SetAside)]


def conserved(reading: Reading) -> bool:
    return len(reading.rows) == reading.held


def told(rows: Iterable[Row], fields: Iterable[str] | None = None) -> str:
    """Each row on a line: its place, its fate, and (of a record) its filled values."""
    return "\n".join(_told(row, None if fields is None else list(fields)) for row in rows)


def _told(row: Row, fields: list[str] | None) -> str:
    match row:
        case Record():
            parts = "".join(f" + {part.table}: {_values(part.values, fields)}" for part in row.parts[:3])
            more = f" + {len(row.parts) - 3} more" if len(row.parts) > 3 else ""
            return f"{row.at}: {row.table}: {_values(row.values, fields)}{parts}{more}"
        case SetAside():
            return f"{row.at}: set aside: expected {row.expected}; found {row.found}"
        case NotARecord():
            return f"{row.at}: not a record: {row.why}"


def _values(values: Mapping[str, object], fields: list[str] | None) -> str:
    shown = {k: v for k, v in values.items() if v is not None and (fields is None or k in fields)}
    if fields is not None:
        shown = {k: shown[k] for k in fields if k in shown}
    return ", ".join(
        f"{k} {v.isoformat() if isinstance(v, date | datetime) else v}" for k, v in shown.items()
    )
