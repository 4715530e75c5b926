"""Routes in the words of real logs, beside what they must give."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardbook.intake.routes import place_key, split_route


@pytest.mark.parametrize(
    ("text", "stops"),
    [
        ("CRW-Bristol, TN-Winston-Salem, NC-CRW", ["CRW", "Bristol, TN", "Winston-Salem, NC", "CRW"]),
        ("CRW-Wilkes-Barre, PA-CRW", ["CRW", "Wilkes-Barre, PA", "CRW"]),
        ("CRW-Winston-Salem-CRW", ["CRW", "Winston-Salem", "CRW"]),
        ("Dallas-Fort Worth-CRW", ["Dallas", "Fort Worth", "CRW"]),
        ("CRW-Waterbury-Oxford, CT (OXC)", ["CRW", "Waterbury-Oxford, CT (OXC)"]),
        ("Clarksburg-Washington, DC - CRW", ["Clarksburg", "Washington, DC", "CRW"]),
        ("CRW-Washington, DC (DCA)-CRW", ["CRW", "Washington, DC (DCA)", "CRW"]),
        (
            "CRW-Olive Branch, MS (fuel)-Brenham, TX-CRW",
            ["CRW", "Olive Branch, MS (fuel)", "Brenham, TX", "CRW"],
        ),
        (
            "CRW-Philippi-Cumberland, MD (CBE-fuel stop)-CRW",
            ["CRW", "Philippi", "Cumberland, MD (CBE-fuel stop)", "CRW"],
        ),
        ("Georgetown, KY-Lexington-, KY-CRW", ["Georgetown, KY", "Lexington, KY", "CRW"]),
        ("Greensboro, NC to CRW", ["Greensboro, NC", "CRW"]),
        ("City Hall -> Brooklyn → Bronx", ["City Hall", "Brooklyn", "Bronx"]),
        ("Gracie Mansion – New Haven, CT", ["Gracie Mansion", "New Haven, CT"]),
        ("City Hall / Albany, NY", ["City Hall", "Albany, NY"]),
        ("CRW-Grant/Hardy-CRW", ["CRW", "Grant/Hardy", "CRW"]),
        ("Lewisburg- CRW", ["Lewisburg", "CRW"]),
        ("Toronto to Boston", ["Toronto", "Boston"]),
        ("", []),
        (None, []),
    ],
)
def test_a_route_as_written(text: str | None, stops: list[str]) -> None:
    found = split_route(text)
    assert [stop.place_text for stop in found] == stops
    assert [stop.position for stop in found] == list(range(1, len(stops) + 1))


def test_qualifiers_stand_apart_from_the_place() -> None:
    stops = split_route("CRW-[GAS] Gallipolis,OH (fuel)-Monongahela, PA [FWQ]")
    assert [(stop.place_key, stop.qualifier) for stop in stops] == [
        ("crw", None),
        ("gallipolis, oh", "GAS; fuel"),
        ("monongahela, pa", "FWQ"),
    ]


def test_local_is_around_the_place_it_left() -> None:
    stops = split_route("CRW-Local-CRW")
    assert [(stop.place_key, stop.is_local) for stop in stops] == [
        ("crw", False),
        ("crw", True),
        ("crw", False),
    ]
    assert split_route("Local")[0].place_key == "local"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Washington, DC (DCA)", "washington, dc"),
        ("Roanoke,VA", "roanoke, va"),
        ("Youngstown OH", "youngstown, oh"),
        ("Dayton, Ohio", "dayton, oh"),
        ("St. Albans", "st albans"),
        ("Bluefield, Mercer", "bluefield, mercer"),
    ],
)
def test_place_keys(text: str, key: str) -> None:
    assert place_key(text) == key
    assert place_key(key) == key


@given(
    st.lists(
        st.sampled_from(["CRW", "Lewisburg", "Bristol, TN", "Winston-Salem, NC", "Washington, DC (DCA)"]),
        min_size=1,
    )
)
def test_joined_places_come_apart_again(places: list[str]) -> None:
    assert [stop.place_text for stop in split_route("-".join(places))] == places
    assert [stop.place_text for stop in split_route(" to ".join(places))] == places


@given(st.text(max_size=60))
def test_any_text_splits(text: str) -> None:
    for stop in split_route(text):
        assert stop.place_text
        assert stop.place_key


def test_the_shared_routes(shared: Path) -> None:
    """No stop of the 2,106 routes keeps a hyphen but known compound places and texts in parentheses."""
    with (shared / "data/west_virginia/trips.csv").open(encoding="utf-8") as rows:
        routes = [row["route"] for row in csv.DictReader(rows)]
    stops = [stop for route in routes for stop in split_route(route)]
    hyphened = {stop.place_text for stop in stops if "-" in stop.place_text}
    assert hyphened == {"Winston-Salem, NC", "Waterbury-Oxford, CT (OXC)", "Cumberland, MD (CBE-fuel stop)"}
    assert all(len(split_route(route)) >= 2 for route in routes)
