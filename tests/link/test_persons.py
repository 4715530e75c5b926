"""Who is who: names of real logs, judgements, clusters."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.link.books import entry, judgement, linked
from wardbook.link.clusters import Clusters
from wardbook.link.names import take_apart, typo
from wardbook.link.person_comparisons import COMPARISONS, Pair, compare
from wardbook.records.schema import PERSON_COMPARISONS


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ("jim justice", "tim justice", "different"),
        ("justice", "jim justice", "unsure"),
        ("r stephenson", "richard stephenson", "unsure"),
        ("william chouinard", "william chouinrad", "same"),
        ("butch antolini", "butch antollini", "same"),
        ("kent a leonhardt", "kent leonhardt", "same"),
        ("ch mitchell", "c h mitchell", "unsure"),
        ("ben lusk", "benjamin lusk", "unsure"),
        ("jessica baczuk", "jessical baczuk", "unsure"),
        ("john smith jr", "john smith sr", "different"),
        ("john smith jr", "john smith", "unsure"),
        ("john a smith", "john b smith", "different"),
        ("justice jim", "jim justice", "unsure"),
        ("steve monroe", "steve moore", "different"),
    ],
)
def test_two_names(left: str, right: str, verdict: str) -> None:
    assert compare(Pair(take_apart(left), take_apart(right))).verdict == verdict


def test_two_names_on_one_list_are_two_people() -> None:
    found = compare(Pair(take_apart("ryan holstein"), take_apart("ryan hostein"), together=1))
    assert found.verdict == "different"
    assert "named together" in found.decided_by


def test_a_spelling_that_others_bear_is_no_slip() -> None:
    pair = Pair(take_apart("amy johnson"), take_apart("amy johnston"), surname_families=True)
    assert compare(pair).verdict == "unsure"


def test_roles_of_one_office_holder_and_an_officer_conflict() -> None:
    pair = Pair(
        take_apart("pat doe"), take_apart("pat a doe"), 0, frozenset({"principal"}), frozenset({"officer"})
    )
    assert compare(pair).verdict == "different"


def test_every_comparison_is_explained() -> None:
    assert all(comparison.__doc__ for comparison in COMPARISONS)


@pytest.mark.parametrize(
    ("left", "right", "slip"),
    [
        ("chouinard", "chouinrad", True),
        ("holstein", "hostein", True),
        ("jim", "tim", False),
        ("monroe", "moore", False),
    ],
)
def test_slips(left: str, right: str, slip: bool) -> None:
    assert typo(left, right) is typo(right, left) is slip


def test_clusters_keep_different_names_apart() -> None:
    clusters = Clusters([("a", "c")])
    assert clusters.join("a", "b")
    assert not clusters.join("b", "c")
    assert clusters.first("b") == "a"
    assert clusters.first("c") == "c"
    assert clusters.join("d", "c")
    assert clusters.members("d") == {"c", "d"}


def test_a_judgement_wins_and_the_latest_wins() -> None:
    flights = [entry("1", riders_text="Jim Justice"), entry("2", day="2021-05-04", riders_text="Tim Justice")]
    first = judgement("person", "tim justice", "jim justice", "different", "2024-01-01T00:00:00Z")
    last = judgement("person", "jim justice", "tim justice", "same", "2024-02-01T00:00:00Z")
    with linked(flights, judgements=[last, first]) as book:
        assert book.rows("SELECT verdict, decided_by FROM person_comparisons") == [
            ("same", "judgement of the auditor: the badge number")
        ]
        assert set(book.rows("SELECT person_key FROM persons")) == {("jim justice",)}


def test_a_judgement_of_difference_breaks_a_chain() -> None:
    names = ["Ann Holstein", "Ann Hollstein", "Ann Holsteinn"]
    flights = [entry(str(n), day=f"2021-05-0{n + 1}", riders_text=name) for n, name in enumerate(names)]
    with linked(flights) as book:
        assert book.one("SELECT count(DISTINCT person_key) FROM persons") == 1
    with linked(
        flights, judgements=[judgement("person", "ann hollstein", "ann holsteinn", "different")]
    ) as book:
        keys = dict(book.rows("SELECT name_key, person_key FROM persons"))
        assert keys["ann hollstein"] != keys["ann holsteinn"]


def test_the_shared_lists_keep_the_governor_and_his_namesake_apart(shared: Path) -> None:
    with (shared / "data/west_virginia/trips.csv").open(encoding="utf-8") as rows:
        flights = [
            entry(row["id"], day=row["date"], riders_text=row["passengers"], agency=row["department"])
            for row in csv.DictReader(rows)
        ]
    with linked(flights) as book:
        keys = dict(book.rows("SELECT name_key, person_key FROM persons"))
        assert keys["jim justice"] != keys["tim justice"]
        verdict = "SELECT verdict FROM person_comparisons WHERE left_name = ? AND right_name = ?"
        assert book.rows(verdict, ["jim justice", "tim justice"]) == [("different",)]
        assert keys["drew pendelton"] == keys["drew pendleton"]
        merged = book.rows("SELECT left_name, right_name FROM person_comparisons WHERE verdict = 'same'")
        assert all(left.split()[0] == right.split()[0] for left, right in merged)
        assert all(len(left.split()) > 1 for left, right in merged)
        columns = tuple(row[0] for row in book.rows("DESCRIBE person_comparisons"))
        assert columns == PERSON_COMPARISONS.names
