"""The names, routes and homes of a case: what a reader group may not see, wherever in the text it stands."""

from __future__ import annotations

from wardbook.records.engine import Engine
from wardbook.report.narrative.document import Protected

PERSON, ROUTE, RESIDENCE, VEHICLE = "person", "route", "residence", "vehicle"

MOST_ROUTES = 20_000
"""Of a large fleet so many routes, the most frequent, are searched for; route columns are left out whole."""

_ROLES = {"principal": "the office-holder", "spouse": "the spouse", "family": "a member of the family"}

_PEOPLE = """
    SELECT name, min(role) AS role FROM (
        SELECT trim(name) AS name, lower(trim(role)) AS role FROM people
        UNION ALL SELECT trim(name), role FROM riders
        UNION ALL SELECT trim(person), NULL FROM assignments
        UNION ALL SELECT trim(officer), 'officer' FROM duties
        UNION ALL SELECT trim(person), NULL FROM assessments
        UNION ALL SELECT trim(person), NULL FROM declined
        UNION ALL SELECT trim(person), NULL FROM expenses
    ) WHERE name IS NOT NULL AND name <> ''
    GROUP BY name
"""

_LEAST_SURNAME = 4
"""A surname standing alone is searched for from so many letters, and unless an agency's name has the word."""

_LEAST = 3
"""Shorter texts are not searched for: they stand in every other word."""


def protected(engine: Engine) -> tuple[Protected, ...]:
    """Everything of the case that stands under protection, the longest text first."""
    found = [*_people(engine), *_routes(engine), *_residences(engine)]
    unique = {(one.text, one.of): one for one in found if len(one.text) >= _LEAST}
    return tuple(sorted(unique.values(), key=lambda one: (-len(one.text), one.text, one.of)))


def _people(engine: Engine) -> list[Protected]:
    agencies = {
        word.casefold()
        for (name,) in engine.rows("SELECT DISTINCT agency FROM uses WHERE agency IS NOT NULL")
        for word in name.replace("'s", "").split()
    }
    found: list[Protected] = []
    for name, role in engine.rows(f"{_PEOPLE} ORDER BY 1"):
        told = _ROLES.get(role or "", f"{'an' if role[0] in 'aeiou' else 'a'} {role}" if role else "a person")
        found.append(Protected(name, PERSON, told))
        surname = name.split(",")[0].split()[-1]
        if len(surname) >= _LEAST_SURNAME and surname.isalpha() and surname.casefold() not in agencies:
            found.append(Protected(surname, PERSON, told))
    return found


def _routes(engine: Engine) -> list[Protected]:
    rows = engine.rows(f"""
        SELECT text FROM (
            SELECT trim(route) AS text FROM uses UNION ALL SELECT trim(route_text) FROM log_entries
        ) WHERE text IS NOT NULL AND text <> ''
        GROUP BY text ORDER BY count(*) DESC, text LIMIT {MOST_ROUTES:d}
    """)
    return [Protected(text, ROUTE, "a route") for (text,) in rows]


def _residences(engine: Engine) -> list[Protected]:
    rows = engine.rows("""
        SELECT DISTINCT trim(name) AS text FROM places
        WHERE lower(trim(kind)) = 'residence' AND trim(name) <> '' ORDER BY 1
    """)
    return [Protected(text, RESIDENCE, "a residence") for (text,) in rows]
