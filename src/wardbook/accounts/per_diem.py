"""Expenses of lodging and meals beside the federal per diem of their place, season and day.

Method: 41 CFR 301-11. The most for a night of lodging is the rate of the destination in the season of that
night, without taxes; meals and incidentals are allowed in full on full days of travel and at three quarters
on the first and the last (301-11.101). A destination is found by city and state, then by county, else by the
standard rate; nothing is guessed where the county of an unlisted city is not on record.
"""

from __future__ import annotations

from wardbook.records.engine import Engine, literal
from wardbook.records.settings import Settings

_ROOM = "wardbook.accounts"

STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas",
    "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts",
    "MI": "Michigan", "MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri", "MT": "Montana",
    "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico",
    "NY": "New York", "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma",
    "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota",
    "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia", "WA": "Washington",
    "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming", "PR": "Puerto Rico", "GU": "Guam",
    "VI": "Virgin Islands", "AS": "American Samoa", "MP": "Northern Mariana Islands",
}  # fmt: skip
"""Postal codes of states and territories, and their names."""

_SPELLINGS = (
    (r"[.'\x{2019}]", ""),
    (r"[^a-z0-9]+", " "),
    (r"\bsaint\b", "st"),
    (r"\bfort\b", "ft"),
    (r"\bmount\b", "mt"),
)
"""What is written in several ways in names of places, in the order in which it is made one."""

_COUNTY_KEY = (
    r"replace(regexp_replace(w_place_key(name), '\s(county|counties|parish|parishes)$', ''), ' ', '')"
)


def run_per_diem_tests(engine: Engine, settings: Settings) -> None:
    """Create ``per_diem_tests``: each expense of lodging or meals beside its cap.

    In: ``expenses``, ``uses`` (days of a trip), ``places`` (states and counties), ``per_diem_rates``. Out:
    ``per_diem_tests`` (columns in `schema`), and beside it the steps ``per_diem_keys`` (the names of each
    destination), ``per_diem_spent`` (what is tested) and ``per_diem_nights`` (the rate of each night or day).
    No rows where the book has no per diem rates. What cannot be told is undetermined, in words.
    """
    engine.define(f"CREATE OR REPLACE MACRO w_place_key(name) AS {_place_key('name')}")
    engine.define(f"CREATE OR REPLACE MACRO w_county_key(name) AS {_COUNTY_KEY}")
    engine.run_file(_ROOM, "per_diem_keys")
    engine.run_file(_ROOM, "per_diem_spent", default_currency=literal(settings.currency), states=_states())
    engine.run_file(_ROOM, "per_diem_nights")
    engine.run_file(_ROOM, "per_diem_tests")


def _place_key(name: str) -> str:
    """SQL of a name of a place as it is compared: small letters and digits, ``Saint`` as ``St``."""
    key = f"strip_accents(lower({name}))"
    for pattern, instead in _SPELLINGS:
        key = f"regexp_replace({key}, {literal(pattern)}, {literal(instead)}, 'g')"
    return f"trim({key})"


def _states() -> str:
    """A SELECT of ``word`` and ``state``: codes and names without spaces and dots, in small letters."""
    words = {word.lower().replace(" ", ""): code for code, name in STATES.items() for word in (code, name)}
    rows = ", ".join(f"({literal(word)}, {literal(code)})" for word, code in words.items())
    return f"SELECT * FROM (VALUES {rows}) AS v (word, state)"  # noqa: S608
