"""JSON that is a list of objects as a grid of cells: each object is a row, each key a column.

The list is the whole file, or the one member of the outermost object that is a list of objects
(``{"trips": [...]}``). Keys within keys are joined by a dot (``device.id``). A row's place is the number of
its object.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wardbook.errors import InputRefusedError
from wardbook.intake.adsb_json import is_adsb
from wardbook.intake.geojson_tracks import is_geojson
from wardbook.intake.grid import HEADER_SEARCH, Damage, Grid, GridRow, Sheet, displayable
from wardbook.intake.json_text import json_head, load_json, take_json, text_of, written
from wardbook.intake.reader import Exhibit
from wardbook.records.source import Place

_MOST_KEYS = 2000


def is_json(exhibit: Exhibit) -> bool:
    """Whether the exhibit is named .json and begins like JSON, and is none of the forms of positions."""
    name = exhibit.name.lower().removesuffix(".gz")
    return (
        name.endswith(".json")
        and bool(json_head(exhibit))
        and not is_geojson(exhibit)
        and not is_adsb(exhibit)
    )


def peek_objects(exhibit: Exhibit) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """The keys and first rows of the list of objects; none if there is no such list."""
    try:
        objects = _objects(load_json(exhibit))
    except InputRefusedError:
        return ()
    if objects is None:
        return ()
    keys = _keys(objects)
    return ((keys, *(_cells(one, keys) for one in objects[: HEADER_SEARCH - 1])),)


def why_no_objects(exhibit: Exhibit) -> tuple[str, str, str] | None:
    """Expected, found and advice for JSON that is damaged or no list of objects; None if it is one."""
    if not is_json(exhibit):
        return None
    try:
        objects = _objects(load_json(exhibit))
    except InputRefusedError as refusal:
        return refusal.expected, refusal.found, refusal.advice
    if objects is not None:
        return None
    return (
        "a list of objects, [{...}, ...] or {name: [{...}, ...]}",
        "JSON of another form",
        "Have the list of records saved alone, or as CSV.",
    )


def read_objects(exhibit: Exhibit) -> Grid:
    """The whole list as a grid. Raises `InputRefusedError` for JSON that is damaged or of another form."""
    objects = _objects(take_json(exhibit))
    if objects is None:
        reason = why_no_objects(exhibit) or ("a list of objects", "none", "Have it saved as CSV.")
        raise InputRefusedError(exhibit.name, *reason)
    keys = _keys(objects)
    if len(keys) > _MOST_KEYS:
        raise InputRefusedError(
            exhibit.name,
            f"objects with at most {_MOST_KEYS} keys in all",
            f"{len(keys)}",
            "Look whether values stand where names of columns belong.",
        )
    rows = [GridRow(Place(None, 0), ", ".join(keys), keys)]
    rows.extend(_row(number, one, keys) for number, one in enumerate(objects, 1))
    return Grid((Sheet(None, tuple(rows), keyed=True),), len(objects))


def _objects(data: object) -> Sequence[Any] | None:
    if isinstance(data, list):
        return data if any(isinstance(one, Mapping) for one in data) else None
    if not isinstance(data, Mapping):
        return None
    lists = [v for v in data.values() if isinstance(v, list) and any(isinstance(one, Mapping) for one in v)]
    return lists[0] if len(lists) == 1 else None


def _keys(objects: Sequence[object]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for one in objects:
        if isinstance(one, Mapping):
            found.update(dict.fromkeys(name for name, _ in _flat(one, "")))
    return tuple(found)


def _flat(value: Mapping[str, Any], before: str) -> Iterator[tuple[str, str]]:
    for key, inner in value.items():
        name = f"{before}{displayable(key)}"
        if isinstance(inner, Mapping):
            yield from _flat(inner, f"{name}.")
        else:
            yield name, displayable(text_of(inner))


def _cells(one: object, keys: Sequence[str]) -> tuple[str, ...]:
    values = dict(_flat(one, "")) if isinstance(one, Mapping) else {}
    return tuple(values.get(key, "") for key in keys)


def _row(number: int, one: object, keys: Sequence[str]) -> GridRow:
    raw = displayable(written(one))
    if isinstance(one, Mapping):
        return GridRow(Place(None, number), raw, _cells(one, keys))
    damage = Damage("an object {...}", "another value", "Correct it at the source.")
    return GridRow(Place(None, number), raw, ("",) * len(keys), damage)
