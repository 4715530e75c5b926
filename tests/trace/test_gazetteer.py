"""Places of real routes and where they must lie."""

from __future__ import annotations

import pytest

from wardbook.trace.gazetteer import RegisteredPlace, distance_m, find_code, resolve


@pytest.mark.parametrize(
    ("key", "qualifier", "code", "region", "inside"),
    [
        ("crw", None, "CRW", "WV", True),
        ("lewisburg", None, "LWB", "WV", True),
        ("bristol, tn", None, "TRI", "TN", False),
        ("winston-salem, nc", None, "INT", "NC", False),
        ("washington, dc", None, "DCA", "DC", False),
        ("washington, dc", "IAD", "IAD", "DC", False),
        ("cumberland, md", "CBE-fuel stop", "CBE", "MD", False),
        ("gas", None, "GAS", "OH", False),
    ],
)
def test_a_place_is_at_its_airport(
    key: str, qualifier: str | None, code: str, region: str, inside: bool
) -> None:
    found = resolve(key, qualifier, "WV", {}, written_as_code=key in {"crw", "gas"})
    airport = find_code(code)
    assert airport is not None
    assert (found.lat_e6, found.lon_e6) == (airport.lat_e6, airport.lon_e6)
    assert (found.region, found.inside) == (region, inside)


@pytest.mark.parametrize("county", ["mingo", "boone", "preston", "kanawha"])
def test_a_county_is_not_guessed(county: str) -> None:
    found = resolve(county, None, "WV", {})
    assert (found.lat_e6, found.region, found.inside) == (None, None, None)
    assert "no airport" in found.basis


def test_a_name_of_three_letters_is_a_code_only_in_capitals() -> None:
    assert resolve("ona", None, "WV", {}).lat_e6 is None
    assert resolve("ona", None, "WV", {}, written_as_code=True).region == "MN"


def test_a_written_state_gives_the_region_of_an_unknown_place() -> None:
    found = resolve("monaca, pa", None, "WV", {})
    assert (found.lat_e6, found.region, found.inside) == (None, "PA", False)


def test_the_register_of_the_book_comes_first() -> None:
    register = {"crw": RegisteredPlace("r1", "residence", 1, 2, "OH", None)}
    found = resolve("crw", None, "WV", register, written_as_code=True)
    assert (found.lat_e6, found.region, found.inside, found.kind, found.register_id) == (
        1,
        "OH",
        False,
        "residence",
        "r1",
    )


def test_airports_far_apart_leave_a_city_unplaced() -> None:
    found = resolve("new york, ny", None, "WV", {})
    assert found.region == "NY"
    assert resolve("springfield", None, "", {}).basis.startswith("no state is written")


def test_distance_of_one_degree_along_the_equator() -> None:
    assert distance_m(0, 0, 0, 1_000_000) == 111_195
