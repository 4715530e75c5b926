"""Which column of a table of fixes is what: by the names in use, or by a mapping file.

Names are compared without case, spaces, dashes and underscores. Two columns for one thing are refused: which
of them is meant is for a person to say, in a mapping.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from wardbook.errors import InputRefusedError

DEGREES, MILLIONTHS, DEGREES_MINUTES = "degrees", "millionths", "degrees-minutes"
COORDINATES = (DEGREES, MILLIONTHS, DEGREES_MINUTES)
LENGTHS = {"m": 1.0, "km": 1000.0, "mi": 1609.344}
"""Metres of a unit of an odometer."""

_NAMES: Mapping[str, tuple[str, ...]] = {
    "vehicle": ("veh", "vehicle", "vehicleid", "deviceid", "unit"),
    "time": ("tss", "ts", "tsms", "time", "timestamp", "at", "instant", "fixtime", "datetime"),
    "latitude": ("late6", "lat", "latitude"),
    "longitude": ("lone6", "lon", "lng", "longitude"),
    "received": ("receivedat", "receiveds", "received", "servertime"),
    "ignition": ("ignition",),
    "odometer": ("odometerm", "odometerkm", "odometermi", "odometer"),
}
_NEEDED = ("time", "latitude", "longitude")
_KEYS = {"name", "time_zone", "coordinates", "vehicle", "columns"}
_DOCS = "See docs/how-to/trace-a-fleet.md."


@dataclass(frozen=True)
class FixMapping:
    """A mapping file: which column is what (``columns``, by role), and how it is written.

    ``vehicle`` names the vehicle of a table without a column for it. ``odometer_unit`` is one of `LENGTHS`.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    zone: ZoneInfo | None = None
    coordinates: str | None = None
    vehicle: str | None = None
    odometer_unit: str | None = None


@dataclass(frozen=True)
class FixColumns:
    """The columns of a table of fixes by role; names as they stand in the file, ``types`` by name."""

    types: Mapping[str, str]
    roles: Mapping[str, str]
    coordinates: str
    odometer_unit: str
    unread: tuple[str, ...]

    def __getitem__(self, role: str) -> str:
        return self.roles[role]

    def get(self, role: str) -> str | None:
        """The column of a role, or None."""
        return self.roles.get(role)


def plain(name: str) -> str:
    """A name as it is compared."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def find_columns(where: str, types: Mapping[str, str], mapping: FixMapping) -> FixColumns:
    """What each column is. Raises `InputRefusedError` for a missing column, or two for one role."""
    roles = _mapped(where, types, mapping)
    for role, names in _NAMES.items():
        if role in roles:
            continue
        found = [name for name in types if plain(name) in names and name not in roles.values()]
        if len(found) > 1:
            both = " and ".join(f'"{name}"' for name in found)
            raise InputRefusedError(where, f"one column for {role}", both, f"Say which: --mapping. {_DOCS}")
        if found:
            roles[role] = found[0]
    for role in _NEEDED:
        if role not in roles:
            wanted = f"a column for {role} ({', '.join(_NAMES[role])})"
            raise InputRefusedError(
                where, wanted, ", ".join(types) or "no columns", f"Use --mapping. {_DOCS}"
            )
    unread = tuple(name for name in types if name not in roles.values())
    return FixColumns(types, roles, _coordinates(where, roles, mapping), _unit(roles, mapping), unread)


def _mapped(where: str, types: Mapping[str, str], mapping: FixMapping) -> dict[str, str]:
    for role, name in mapping.columns.items():
        if name not in types:
            raise InputRefusedError(where, f'the column "{name}" (mapped to {role})', ", ".join(types), _DOCS)
    return dict(mapping.columns)


def _coordinates(where: str, roles: Mapping[str, str], mapping: FixMapping) -> str:
    if mapping.coordinates is not None:
        return mapping.coordinates
    ends = {plain(roles[role]).endswith("e6") for role in ("latitude", "longitude")}
    if len(ends) == 2:
        both = f'"{roles["latitude"]}" and "{roles["longitude"]}"'
        raise InputRefusedError(where, "both coordinates in one unit", both, f"Use --mapping. {_DOCS}")
    return MILLIONTHS if ends == {True} else DEGREES


def _unit(roles: Mapping[str, str], mapping: FixMapping) -> str:
    if mapping.odometer_unit is not None:
        return mapping.odometer_unit
    last = roles.get("odometer", "").casefold().rpartition("_")[2]
    return last if last in LENGTHS else "m"


# ---------------------------------------------------------------- mapping files


def parse_mapping(name: str, toml: str) -> FixMapping:
    """Read a mapping file; ``name`` stands in messages. Raises `InputRefusedError` for anything unknown."""

    def refuse(expected: str, found: object) -> NoReturn:
        raise InputRefusedError(f"mapping {name}", expected, str(found), _DOCS)

    try:
        data = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        refuse("a TOML file", f"a mistake in its writing: {error}")
    unknown = sorted(set(data) - _KEYS)
    if unknown:
        refuse(f"only {', '.join(sorted(_KEYS))}", ", ".join(unknown))
    for key in ("name", "time_zone", "coordinates", "vehicle"):
        if not isinstance(data.get(key, ""), str):
            refuse(f"text for {key}", repr(data[key]))
    coordinates = data.get("coordinates")
    if coordinates not in {None, *COORDINATES}:
        refuse(f"coordinates = one of {', '.join(COORDINATES)}", repr(coordinates))
    columns, unit = _read_columns(data.get("columns", {}), refuse)
    zone = None
    if "time_zone" in data:
        try:
            zone = ZoneInfo(data["time_zone"])
        except (KeyError, ValueError, OSError):
            refuse("time_zone as in the IANA data base, such as America/New_York", repr(data["time_zone"]))
    return FixMapping(columns, zone, coordinates, data.get("vehicle"), unit)


def _read_columns(given: Any, refuse: Any) -> tuple[dict[str, str], str | None]:
    if not isinstance(given, dict):
        refuse("[columns] as a table", repr(given))
    columns: dict[str, str] = {}
    unit = None
    for role, spec in given.items():
        if role not in _NAMES:
            refuse(f"in [columns] only {', '.join(_NAMES)}", role)
        heading = spec
        if role == "odometer" and isinstance(spec, dict) and set(spec) == {"column", "unit"}:
            heading, unit = spec["column"], spec["unit"]
            if unit not in LENGTHS:
                refuse(f"unit of odometer = one of {', '.join(LENGTHS)}", repr(unit))
        if not isinstance(heading, str):
            refuse(f'{role} = "Heading"', repr(spec))
        columns[role] = heading
    return columns, unit
