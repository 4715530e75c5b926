"""Versions for readers: what is withheld, what stops the build, and that nothing of it is left."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from wardbook.errors import InputRefusedError, WrongUseError
from wardbook.report.narrative.document import FULL, Document, document_text
from wardbook.report.narrative.release import (
    COMMENT,
    PUBLIC,
    Box,
    Label,
    Release,
    read_release,
    version_for,
)

LATER = date(2024, 9, 1)
PEOPLE = ("Quillfeather", "Thessaly", "Birch Larke", "Alder Oake", "Teasel")


WINTER = "log_entries-2024-winter.csv"


def sha_of(document: Document, name: str) -> str:
    return next(exhibit.sha256 for exhibit in document.exhibits if exhibit.name == name)


def text_of(document: Document) -> str:
    return "\n".join(
        [document.title]
        + [sentence.text for sentence in document.sentences]
        + [cell for table in document.tables for row in table.rows for cell in row]
        + [line.text for line in document.lines.values()]
    )


def test_the_public_version_has_roles_for_names_and_no_routes_homes_or_records(document: Document) -> None:
    full = text_of(document)
    public = text_of(version_for(document, PUBLIC, Release(), LATER).document)
    for name in (*PEOPLE, "Mayor's House", "Town Hall-Harbor Market-Mayor's House"):
        assert name in full, name
        assert name not in public, name
    assert "the office-holder" in public
    assert "[withheld: security detail]" in public
    assert "12 uses were not permitted." in public


def test_the_version_for_comment_keeps_names_and_hides_homes(document: Document) -> None:
    comment = text_of(version_for(document, COMMENT, Release(), LATER).document)
    assert "Birch Larke" in comment
    assert "Mayor's House" not in comment


def test_the_public_version_has_no_digest_by_which_a_guess_could_be_confirmed(document: Document) -> None:
    public = version_for(document, PUBLIC, Release(), LATER)
    full, shown = document_text(document), document_text(public.document)
    for exhibit in document.exhibits:
        assert exhibit.sha256[:12] in full
        is_rulebook = exhibit.sha256 == document.rulebook["sha256"]
        assert (exhibit.sha256[:12] in shown) == is_rulebook, exhibit.name
        assert (exhibit.sha256 in public.withheld) != is_rulebook
    uses = next(table for table in public.document.tables if table.id == "sources.uses")
    ids = [row[0] for row in uses.rows]
    assert "C1-2024-02-05 (1)" in ids
    assert len(ids) == len(set(ids))
    assert not any(row[0] in shown for table in document.tables if table.id == uses.id for row in table.rows)


def test_no_position_gives_a_home_away(document: Document) -> None:
    """The home of the example stands in places.csv, in a track, and at the end of legs on the map."""
    full = document_text(document)
    assert "39.010" in full
    assert "LINESTRING" in full
    for readers in (COMMENT, PUBLIC):
        shown = document_text(version_for(document, readers, Release(), LATER).document)
        assert "39.010" not in shown
        assert "66.012" not in shown
        assert "LINESTRING" not in shown


def test_the_public_list_of_uses_gives_no_reasons(document: Document) -> None:
    public = version_for(document, PUBLIC, Release(), LATER).document
    uses = next(table for table in public.tables if table.id == "sources.uses")
    assert "reason" not in [column.name for column in uses.columns]
    assert "assessment in force = no" in document_text(document)
    assert "assessment in force = no" not in document_text(public)


def test_what_is_withheld_is_listed_for_the_leak_test(document: Document) -> None:
    version = version_for(document, PUBLIC, Release(), LATER)
    assert {"Thessaly Quillfeather", "Quillfeather", "Mayor's House"} <= set(version.withheld)
    assert version_for(document, FULL, Release(), LATER).withheld == ()


def test_the_public_waits(document: Document) -> None:
    assert document.last_day == "2024-05-30"
    with pytest.raises(WrongUseError, match="not before 2024-06-29"):
        version_for(document, PUBLIC, Release(), date(2024, 6, 28))
    assert version_for(document, PUBLIC, Release(), date(2024, 6, 29)).document.readers == PUBLIC
    assert version_for(document, PUBLIC, Release(delay_days=0), date(2024, 5, 30))
    assert version_for(document, COMMENT, Release(), date(2024, 5, 30))


def test_a_labeled_exhibit_stops_the_build_until_a_reason_is_given(document: Document) -> None:
    label = Label("sealed", (WINTER,), (FULL,))
    with pytest.raises(WrongUseError, match=r"public readers may not see \(label sealed\)"):
        version_for(document, PUBLIC, Release(labels=(label,)), LATER)
    sealed = Release(labels=(replace(label, reason="Order 3"),))
    made = version_for(document, PUBLIC, sealed, LATER).document
    withheld = [one for one in made.sentences if one.withheld]
    assert withheld
    assert {one.withheld for one in withheld} == {"Order 3"}
    assert all(one.text.strip() == "[withheld: Order 3]" for one in withheld)
    assert all(one.sources_total for one in withheld if one.kind == "fact")
    names = {exhibit.name for exhibit in made.exhibits}
    assert "[sealed]" in names
    assert "log_entries-2024-winter.csv" not in names
    assert len(made.exhibits) == len(document.exhibits)
    table = next(one for one in made.tables if one.id == "sources.exhibits")
    assert "[sealed]" in {row[0] for row in table.rows}
    assert "log_entries-2024-winter.csv" not in text_of(made)
    assert "log_entries-2024-winter.csv" in version_for(document, PUBLIC, sealed, LATER).withheld
    assert not any(one.found_by for one in made.sentences)
    uses = next(one for one in made.tables if one.id == "sources.uses")
    own = next(one for one in document.tables if one.id == "sources.uses")
    gone = [row for row in uses.rows if set(row) == {"[withheld: Order 3]"}]
    winter = {key for key, line in document.lines.items() if line.exhibit == sha_of(document, WINTER)}
    assert len(gone) == sum(1 for sources in own.sources if winter & set(sources)) > 0


def test_boxes_around_sentences_and_texts(document: Document) -> None:
    boxes = (
        Box((PUBLIC,), "7(C)", sentences=("asked.*",)),
        Box((PUBLIC,), "7(E)", text="Security detail", instead="a unit"),
    )
    made = version_for(document, PUBLIC, Release(boxes=boxes), LATER)
    by_id = {one.id: one for one in made.document.sentences}
    assert by_id["asked.0"].text.strip() == "[withheld: 7(C)]"
    assert "Security detail" not in text_of(made.document)
    assert "a unit" in text_of(made.document)
    assert "Security detail" in made.withheld


def test_a_condition_can_be_shown_and_its_names_stay_hidden(document: Document) -> None:
    shown = Release(shown=("INT-07-*",))
    made = version_for(document, PUBLIC, shown, LATER).document
    condition = next(one for one in made.sentences if one.id == "INT-07-0001.condition")
    assert "First:" in condition.text
    assert "Quillfeather" not in condition.text


def test_a_version_is_made_from_the_full_report_alone(document: Document) -> None:
    public = version_for(document, PUBLIC, Release(), LATER).document
    with pytest.raises(WrongUseError, match="not full"):
        version_for(public, COMMENT, Release(), LATER)


RELEASE = """
delay_days = 90
[[label]]
name = "sealed"
exhibits = ["assess*.csv"]
[[withhold]]
sentences = ["asked.*"]
reason = "7(C)"
readers = ["comment", "public"]
[[show]]
sentences = ["INT-01-*"]
"""


def test_a_release_file(tmp_path: Path) -> None:
    path = tmp_path / "release.toml"
    path.write_text(RELEASE)
    assert read_release(path) == Release(
        90,
        (Label("sealed", ("assess*.csv",), (FULL,)),),
        (Box((COMMENT, PUBLIC), "7(C)", ("asked.*",)),),
        ("INT-01-*",),
    )


@pytest.mark.parametrize(
    "text",
    [
        "delay_days = -1",
        "delay_days = true",
        "delays = 3",
        "[[label]]\nname = 'x'",
        "[[withhold]]\nreason = 'x'",
        "[[withhold]]\nsentences = ['a']",
        "[[withhold]]\nreason='x'\ntext='y'\nreaders=['press']",
        "[[withhold]]\nreason='x'\nsentences=[1]",
        "[[show]]\n",
        "label = 3",
        "not toml",
    ],
)
def test_a_release_file_with_a_slip_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "release.toml"
    path.write_text(text)
    with pytest.raises(InputRefusedError, match="release file"):
        read_release(path)
