"""Where a written place lies: the book's own register first, then the airports of the world (airportsdata).

Airports stand for the places they serve. A place that cannot be told apart from another stays unresolved,
with the reason; nothing is guessed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import airportsdata

from wardbook.records.states import STATES

SAME_PLACE_M = 50_000
"""Airports of one city that all lie within this many metres of each other stand for one place."""

_PUBLIC_CODE = 3
"""Length of the FAA's location identifiers of airports open to the public."""

_CODE = re.compile(r"\b[A-Z0-9]{3,4}\b")
_STATE_NAMES = {name.casefold(): code for name, code in STATES.items()}


@dataclass(frozen=True)
class Airport:
    """One airport: its codes, the city it serves, where it lies, and its state (US) or country code."""

    code: str
    iata: str
    icao: str
    name: str
    city: str
    region: str
    lat_e6: int
    lon_e6: int


@dataclass(frozen=True)
class RegisteredPlace:
    """One place of the book's register ``places``."""

    record_id: str
    kind: str | None
    lat_e6: int | None
    lon_e6: int | None
    region: str | None
    inside: bool | None


@dataclass(frozen=True)
class Resolved:
    """Where a place lies, and why we say so; coordinates and region are None where they are not known.

    ``inside`` is None unless the book's register says it or the region is known.
    """

    lat_e6: int | None
    lon_e6: int | None
    region: str | None
    inside: bool | None
    kind: str | None
    basis: str
    register_id: str | None = None


def resolve(
    place_key: str,
    qualifier: str | None,
    home_region: str,
    register: Mapping[str, RegisteredPlace],
    written_as_code: bool = False,
) -> Resolved:
    """Where ``place_key`` (as `intake.routes.place_key` makes it) lies.

    Tried in order: the book's register; an airport code in ``qualifier``; the key itself as an airport
    code, if it was ``written_as_code`` (in capitals); the city with its state; the city in
    ``home_region``. A state that is written gives the region even where the place is not found.
    """
    registered = register.get(place_key)
    if registered is not None:
        return _from_register(registered, home_region)
    city, _, state = place_key.partition(", ")
    region = state.upper() if state.upper() in _STATE_NAMES.values() else None
    for code in _codes(qualifier):
        airport = find_code(code)
        if airport is not None:
            return _from_airport(airport, home_region, f"airport code {code} in the route", region)
    if written_as_code and not state and (airport := find_code(place_key.upper())) is not None:
        return _from_airport(airport, home_region, f"airport code {place_key.upper()}")
    if state and region is None:
        return _nowhere(f"'{state}' is not a state of the United States")
    if region is not None:
        return _from_city(city, region, home_region, "the state is written")
    if home_region:
        found = _from_city(city, home_region, home_region, "no state is written: the home region")
        return found if found.lat_e6 is not None else _nowhere(found.basis)
    return _nowhere("no state is written and the book names no home region")


def find_code(code: str) -> Airport | None:
    """The airport of a code in capitals: the FAA's location identifier first, then IATA, then ICAO."""
    by_lid, by_iata, by_icao = _by_code()
    return by_lid.get(code) or by_iata.get(code) or by_icao.get(code)


def public_airports() -> tuple[Airport, ...]:
    """The airports of the world that have an IATA code or, in the United States, are open to the public."""
    return tuple(airport for airport in _airports() if _is_public(airport))


def distance_m(lat1_e6: int, lon1_e6: int, lat2_e6: int, lon2_e6: int) -> int:
    """Great-circle distance in whole metres (haversine, mean Earth radius)."""
    lat1, lon1, lat2, lon2 = (math.radians(value / 1e6) for value in (lat1_e6, lon1_e6, lat2_e6, lon2_e6))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return round(2 * 6_371_008.8 * math.asin(math.sqrt(min(1.0, h))))


# ---------------------------------------------------------------- the ways


def _inside(region: str | None, home_region: str) -> bool | None:
    return None if region is None or not home_region else region == home_region


def _nowhere(basis: str, region: str | None = None, home_region: str = "") -> Resolved:
    return Resolved(None, None, region, _inside(region, home_region), None, basis)


def _from_register(place: RegisteredPlace, home_region: str) -> Resolved:
    inside = place.inside if place.inside is not None else _inside(place.region, home_region)
    basis = "the book's register of places"
    return Resolved(place.lat_e6, place.lon_e6, place.region, inside, place.kind, basis, place.record_id)


def _codes(qualifier: str | None) -> Iterable[str]:
    return _CODE.findall(qualifier) if qualifier else ()


def _from_airport(airport: Airport, home_region: str, why: str, written: str | None = None) -> Resolved:
    region = written or airport.region
    basis = f"{why}: {airport.name}, {airport.city} ({airport.region})"
    return Resolved(airport.lat_e6, airport.lon_e6, region, _inside(region, home_region), "airport", basis)


def _from_city(city: str, region: str, home_region: str, why: str) -> Resolved:
    airports = _by_city().get((_plain(city), region), ())
    if not airports:
        return _nowhere(f"{why} ({region}), but no airport serves such a place", region, home_region)
    with_iata = [airport for airport in airports if airport.iata]
    chosen = with_iata or list(airports)
    first = chosen[0]
    if any(distance_m(first.lat_e6, first.lon_e6, a.lat_e6, a.lon_e6) > SAME_PLACE_M for a in chosen):
        return _nowhere(f"{why} ({region}), but its airports lie far apart", region, home_region)
    return _from_airport(first, home_region, f"{why}; airport of the city", region)


# ---------------------------------------------------------------- the airports


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", "", text.casefold().replace("-", " ").replace(".", "")).split())


def _region(country: str, subdivision: str) -> str:
    """State code in the United States; elsewhere the country's, marked where a state has the same."""
    if country == "US":
        return _STATE_NAMES.get(subdivision.casefold(), "US")
    return f"country {country}" if country in _STATE_NAMES.values() else country


@cache
def _airports() -> tuple[Airport, ...]:
    """Every airport, in code order."""
    rows = airportsdata.load("ICAO").values()
    airports = (
        Airport(
            code=row["lid"] or row["iata"] or row["icao"],
            iata=row["iata"],
            icao=row["icao"],
            name=row["name"],
            city=row["city"],
            region=_region(row["country"], row["subd"]),
            lat_e6=round(row["lat"] * 1e6),
            lon_e6=round(row["lon"] * 1e6),
        )
        for row in rows
    )
    return tuple(sorted(airports, key=lambda airport: (airport.code, airport.icao)))


def _is_public(airport: Airport) -> bool:
    return bool(airport.iata) or len(airport.code) == _PUBLIC_CODE


@cache
def _by_code() -> tuple[dict[str, Airport], dict[str, Airport], dict[str, Airport]]:
    lids = {row["lid"]: row["icao"] for row in airportsdata.load("LID").values()}
    by_icao = {airport.icao: airport for airport in _airports()}
    by_lid = {lid: by_icao[icao] for lid, icao in lids.items() if icao in by_icao}
    return by_lid, {airport.iata: airport for airport in _airports() if airport.iata}, by_icao


@cache
def _by_city() -> dict[tuple[str, str], tuple[Airport, ...]]:
    """Airports by (plain city, state), for the United States; a city written ``A/B`` stands under both.

    Private landing fields (the FAA gives them identifiers of four characters) do not stand for a town: a
    field at Mingo is not where a flight to Mingo County went.
    """
    found: dict[tuple[str, str], list[Airport]] = {}
    for airport in _airports():
        if _is_public(airport) and airport.region in _STATE_NAMES.values():
            for city in {_plain(part) for part in (airport.city, *airport.city.split("/"))}:
                found.setdefault((city, airport.region), []).append(airport)
    return {place: tuple(airports) for place, airports in found.items()}
