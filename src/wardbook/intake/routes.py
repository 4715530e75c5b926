"""Routes as people write them, split into stops.

``CRW-Bristol, TN-Winston-Salem, NC-CRW`` is four stops: CRW, Bristol in Tennessee, Winston-Salem in North
Carolina, CRW. Stops stand between hyphens, dashes, arrows, `` / `` and the word ``to``; a hyphen inside
parentheses, or inside a place the airport gazetteer (airportsdata) knows with a hyphen, does not split.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import airportsdata

from wardbook.records.states import STATES

_CODES = frozenset(STATES.values())
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]?")
_SEPARATOR = re.compile(r"\s*(?:-+>|=+>|→|>)\s*|\s*[–—‐‑]\s*|\s+-+\s*|\s*-+\s+|\s+/\s+|\s+to\s+|\s*[;\n]\s*")
_STATE = re.compile(r"^(?P<place>.*?\S)\s*,\s*(?P<state>[A-Za-z][A-Za-z .]*)$")
_STATE_AFTER_SPACE = re.compile(r"^(?P<place>.*\S)\s+(?P<state>[A-Z]{2})$")
_AIRPORT_WORDS = re.compile(
    r"\s+(?:regional|international|intl|municipal|county|executive|memorial|airport|airpark|field).*$"
)


@dataclass(frozen=True)
class Stop:
    """One stop: ``place_text`` as written, the rest as in the table ``stops``."""

    position: int
    place_text: str
    place_key: str
    qualifier: str | None
    is_local: bool


def split_route(text: str | None) -> tuple[Stop, ...]:
    """The stops of a route as written, in order; an empty route gives none.

    ``qualifier`` is the text in parentheses or brackets (``DCA``, ``fuel``), several joined by ``; ``.
    ``Local`` is a flight around the place it left: it has ``is_local`` and the place key of the stop before
    it (``local`` where there is none).
    """
    if text is None or not text.strip():
        return ()
    stops: list[Stop] = []
    for position, written in enumerate(_fragments(text), start=1):
        bare, qualifier = _without_brackets(written)
        local = bare.casefold() == "local"
        key = (stops[-1].place_key if stops else "local") if local else place_key(written)
        stops.append(Stop(position, written, key, qualifier, local))
    return tuple(stops)


def place_key(text: str) -> str:
    """A place case-folded, without qualifier and accents: ``Washington, DC (DCA)`` is ``washington, dc``.

    A state is written as its postal code after ``, ``, whether the comma, the space or the full name was
    written (``Roanoke,VA``, ``Youngstown OH``, ``Dayton, Ohio``).
    """
    bare, _ = _without_brackets(text)
    place, state = split_state(bare)
    joined = f"{place}, {state}" if state else place
    plain = unicodedata.normalize("NFKD", joined.casefold().replace(".", ""))
    key = " ".join("".join(c for c in plain if not unicodedata.combining(c)).replace("’", "'").split())
    return key or joined.casefold()


def split_state(place: str) -> tuple[str, str | None]:
    """The place without its state, and the postal code of the state if one is written."""
    tidy = " ".join(place.split())
    with_comma = _STATE.match(tidy)
    if with_comma:
        written = " ".join(with_comma["state"].replace(".", "").split())
        full = written.title().replace(" Of ", " of ")
        code = written.upper() if written.upper() in _CODES else STATES.get(full)
        if code:
            return with_comma["place"], code
    after_space = _STATE_AFTER_SPACE.match(tidy)
    if after_space and after_space["state"] in _CODES and not tidy.isupper():
        return after_space["place"], after_space["state"]
    return tidy, None


def _without_brackets(text: str) -> tuple[str, str | None]:
    """The text without its parentheses and brackets, and what stood in them (unless that is all there is)."""
    inside = [found.strip() for found in _BRACKETS.findall(text) if found.strip()]
    bare = " ".join(_BRACKETS.sub(" ", text).split()).strip(" ,")
    if not re.search(r"\w", bare):
        return re.sub(r"[()\[\]]", " ", text).strip(), None
    return bare, "; ".join(inside) or None


# ---------------------------------------------------------------- fragments


def _fragments(text: str) -> Iterator[str]:
    """The stops as written: split, with hyphenated places and stray states put together again."""
    found: list[str] = []
    for part in _SEPARATOR.split(_shield(text)):
        for piece in _hyphens(part):
            written = " ".join(_unshield(piece).split())
            if found and re.match(r"^,\s*\w", written):  # "Lexington-, KY"
                found[-1] += written
            elif re.search(r"\w", written):
                found.append(written.strip(" ,"))
    yield from found


_SEPARATORS = "-–—‐‑/;>→\n "
_SHIELDED = {ord(sign): chr(0xE000 + at) for at, sign in enumerate(_SEPARATORS)}  # private use, never text
_BARED = {ord(after): chr(before) for before, after in _SHIELDED.items()}


def _shield(text: str) -> str:
    """Hide what stands in parentheses from the separators."""
    return _BRACKETS.sub(lambda found: found[0].translate(_SHIELDED), text)


def _unshield(text: str) -> str:
    return text.translate(_BARED)


def _hyphens(part: str) -> Iterator[str]:
    """Split at hyphens, but not inside a place known with one; the longest known place wins."""
    words = part.split("-")
    at = 0
    while at < len(words):
        size = next((n for n in (3, 2) if at + n <= len(words) and _known(words[at : at + n])), 1)
        yield "-".join(words[at : at + size])
        at += size


def _known(words: list[str]) -> bool:
    """True if ``Winston-Salem, NC``, given as its halves, is one place.

    Yes if the gazetteer has the joined name in the written state. With no state written, yes if it has it in
    any state, unless each half is itself a city (``Dallas-Fort Worth`` is then two stops). No if a half
    before the last has a state or qualifier of its own.
    """
    if any(re.search(r"[,(\[]", _unshield(word)) for word in words[:-1]):
        return False
    last, state = split_state(_without_brackets(_unshield(words[-1]))[0])
    halves = [_plain(word) for word in (*words[:-1], last)]
    if not all(halves):
        return False
    states = _compound_places().get(" ".join(halves), frozenset())
    if state is not None:
        return state in states
    return bool(states) and not all(half in _cities() for half in halves)


def _plain(text: str) -> str:
    kept = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.sub(r"[^\w\s]", "", "".join(c for c in kept if not unicodedata.combining(c))).split())


@cache
def _cities() -> frozenset[str]:
    """Every airport city of the United States, plain."""
    return frozenset(_plain(city) for city, _, _ in _airports())


@cache
def _airports() -> tuple[tuple[str, str, str], ...]:
    """(city, airport name, state code) of every airport of the United States."""
    airports = airportsdata.load("ICAO").values()
    return tuple(
        (city, airport["name"], STATES[airport["subd"]])
        for airport in airports
        if airport["country"] == "US" and airport["subd"] in STATES
        for city in (airport["city"], *airport["city"].split("/"))
    )


@cache
def _compound_places() -> dict[str, frozenset[str]]:
    """Cities of several words and hyphenated airport names, hyphens as spaces, and their states."""
    found: dict[str, set[str]] = {}
    for city, airport, state in _airports():
        names = [city.replace("-", " ")]
        if "-" in airport:
            names.append(_AIRPORT_WORDS.sub("", airport.casefold()).replace("-", " "))
        for name in names:
            plain = _plain(name)
            if " " in plain:
                found.setdefault(plain, set()).add(state)
    return {name: frozenset(states) for name, states in found.items()}
