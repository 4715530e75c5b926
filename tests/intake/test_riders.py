"""Rider lists in the words of real logs, beside what they must give."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardbook.intake.riders import find_role, name_key, role_words, split_riders

ROLES = {"principal", "spouse", "family", "security", "officer", "staff", "guest", None}


def read(text: str | None) -> list[tuple[str | None, str | None, str | None, int]]:
    return [(rider.role_words, rider.role, rider.name, rider.headcount) for rider in split_riders(text)]


@pytest.mark.parametrize(
    ("text", "riders"),
    [
        ("Governor Jim Justice", [("Governor", "principal", "Jim Justice", 1)]),
        ("Govenror Jim Justice", [("Govenror", "principal", "Jim Justice", 1)]),
        ("Security Joey Robinson", [("Security", "security", "Joey Robinson", 1)]),
        ("Security", [("Security", "security", None, 1)]),
        ("+1", [(None, None, None, 1)]),
        ("+3", [(None, None, None, 3)]),
        ("Grant Harring +1", [(None, None, "Grant Harring", 1), (None, None, None, 1)]),
        ("+ 2 USSS Agents", [("USSS Agents", "officer", None, 2)]),
        ("Trooper x 2", [("Trooper", "officer", None, 2)]),
        ("two troopers", [("troopers", "officer", None, 2)]),
        ("Col. J. L. Cahill", [("Col.", "officer", "J. L. Cahill", 1)]),
        ("Sgt R. Stephenson (WVSP)", [("Sgt", "officer", "R. Stephenson", 1)]),
        ("Patrick (USSS)", [("USSS", "officer", "Patrick", 1)]),
        ("Austin Caperton (DEP)", [(None, None, "Austin Caperton", 1)]),
        ("First Lady Cathy Justice", [("First Lady", "spouse", "Cathy Justice", 1)]),
        ("US Marhsal Hill", [("US Marhsal", "officer", "Hill", 1)]),
        ("Marshall Smith", [(None, None, "Marshall Smith", 1)]),
        ("Lt. Governor Mitch Carmichael", [("Lt. Governor", "guest", "Mitch Carmichael", 1)]),
        ("Former Governor Bob Wise", [("Former Governor", "guest", "Bob Wise", 1)]),
        ("Governor of Ohio", [("Governor of Ohio", "guest", None, 1)]),
        ("Governor's Security Hill", [("Governor's Security", "security", "Hill", 1)]),
        ("Deputy Mayor Smith", [("Deputy Mayor", "guest", "Smith", 1)]),
        ("Deputy Secretary Smith", [("Deputy Secretary", "guest", "Smith", 1)]),
        (
            "1/Lt Zerkle, F/Sgt C. Zerkle",
            [("1/Lt", "officer", "Zerkle", 1), ("F/Sgt", "officer", "C. Zerkle", 1)],
        ),
        ("K9 Cpl Pat Jones", [("K9 Cpl", "officer", "Pat Jones", 1)]),
        ("Fayette County Deputy Aaron", [("Fayette County Deputy", "officer", "Aaron", 1)]),
        ("Cabell Deputies", [("Cabell Deputies", "officer", None, 1)]),
        ("SAR PAX", [("SAR PAX", "guest", None, 1)]),
        ("Special Agent Chad Garrett USSS", [("Special Agent", "officer", "Chad Garrett", 1)]),
        ("Mr. & Mrs. Alan Lerick", [("Mr. & Mrs.", None, "Alan Lerick", 2)]),
        ("John Smith, Jr.", [(None, None, "John Smith, Jr.", 1)]),
        ("Sam Cook, Jr., Ann Lee", [(None, None, "Sam Cook, Jr.", 1), (None, None, "Ann Lee", 1)]),
        ("Jim Justice and Cathy Justice", [(None, None, "Jim Justice", 1), (None, None, "Cathy Justice", 1)]),
        ("Jim Justice & Cathy Justice", [(None, None, "Jim Justice", 1), (None, None, "Cathy Justice", 1)]),
        ("Ann Lee; Bo Day,", [(None, None, "Ann Lee", 1), (None, None, "Bo Day", 1)]),
        (
            "Governor and First Lady Justice",
            [("Governor", "principal", None, 1), ("First Lady", "spouse", "Justice", 1)],
        ),
        (
            "Mike Gwinn (FAA DPE-Designated Pilot Examiner; On Course Aviation LLC)",
            [(None, None, "Mike Gwinn", 1)],
        ),
        ("", []),
        (" , ; ", []),
        (None, []),
    ],
)
def test_a_list_as_written(
    text: str | None, riders: list[tuple[str | None, str | None, str | None, int]]
) -> None:
    assert read(text) == riders


def test_positions_count_from_one_and_raw_is_kept() -> None:
    riders = split_riders("Governor Jim Justice,  Security CH Mitchell, Security")
    assert [(r.position, r.raw) for r in riders] == [
        (1, "Governor Jim Justice"),
        (2, "Security CH Mitchell"),
        (3, "Security"),
    ]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Jim Justice", "jim justice"),
        ("C.H. Mitchell", "ch mitchell"),
        ("  Renée   O'Neil ", "renee oneil"),
        ("Randall Reid-Smith", "randall reid smith"),
        ("John Smith, Jr.", "john smith jr"),
    ],
)
def test_name_keys(name: str, key: str) -> None:
    assert name_key(name) == key


def test_a_near_miss_needs_six_letters_and_the_same_first_letter() -> None:
    assert find_role("Govenror") is role_words()["governor"]
    assert find_role("Cpll") is None
    assert find_role("Hovernor") is None
    assert find_role("Governor's") is None


def test_every_role_of_the_list_is_a_class() -> None:
    assert {row.role for row in role_words().values()} <= ROLES


@given(st.text(max_size=80))
def test_any_text_splits_without_losing_letters(text: str) -> None:
    riders = split_riders(text)
    assert [r.position for r in riders] == list(range(1, len(riders) + 1))
    for rider in riders:
        assert rider.raw.strip()
        assert rider.role in ROLES
        assert rider.headcount >= 0
        assert (rider.name is None) <= (rider.name_key is None)


def test_the_shared_passenger_lists(shared: Path) -> None:
    """Each of the 2,106 lists splits; the governor is found wherever his title is written."""
    with (shared / "data/west_virginia/trips.csv").open(encoding="utf-8") as rows:
        lists = [row["passengers"] for row in csv.DictReader(rows)]
    riders = [rider for text in lists for rider in split_riders(text)]
    titled = sum("Governor" in text or "Govenror" in text for text in lists)
    assert len(lists) == 2106
    assert sum(rider.role == "principal" for rider in riders) == titled == 148
    assert sum(rider.role == "spouse" for rider in riders) == sum("First Lady" in text for text in lists)
    assert sum(rider.role == "security" for rider in riders) == sum(text.count("Security") for text in lists)
    assert {rider.role for rider in riders if rider.name == "Tim Justice"} == {None}
