"""The entry of an export: no other kind names a bag, and nothing is withheld but what it says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.custody.bench import AT, Bench, bench
from tests.custody.mutations import copied, put_rows, remake, shown_rows
from tests.custody.three_verifiers import NODE, of_package, of_page, of_python_file
from wardbook.cli import main
from wardbook.custody.commitment import field_commitment
from wardbook.records.book import Book
from wardbook.records.bundle import Withheld, write_bundle
from wardbook.records.settings import Settings

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """Withheld are ``by`` of all views, for 6(e), and ``what`` of one, for privilege."""
    return bench(tmp_path_factory.mktemp("bench"))


def verdicts(bag: Path) -> list[str]:
    """Why each verifier refuses a bag; an empty text where it does not."""
    package, _ = of_package(bag, None)
    pages = of_page([(bag, None)]) if NODE else []
    found = [package, of_python_file(bag, None), *pages]
    assert not any(one.crash for one in found), found
    assert all(one.verified or one.refused for one in found)
    return [one.refused for one in found]


def withheld(rows: Rows) -> dict[str, Any]:
    return next(row for row in rows if row.get("withheld"))


def hide(row: dict[str, Any], name: str, reason: str) -> None:
    """What the holder of a bag can do with any field that it shows."""
    salt, value = row["fields"].pop(name)
    row["withheld"].append([field_commitment(bytes.fromhex(salt), name, value).hex(), reason])


def test_what_is_withheld_is_proved_by_the_export(made: Bench) -> None:
    package, _ = of_package(made.bag, None)
    assert verdicts(made.bag)[0] == ""
    (part,) = (one for one in package.parts if one[0] == "withheld")
    assert part[1] == "2 fields of 1 entries (6(e), privilege)"
    assert part[2].startswith("their commitments, and entry ")


def _another_reason(rows: Rows) -> None:
    withheld(rows)["withheld"][0][1] = "national security"


def _reasons_of_both_alike(rows: Rows) -> None:
    for pair in withheld(rows)["withheld"]:
        pair[1] = "6(e)"


def _one_field_more_of_the_entry(rows: Rows) -> None:
    hide(withheld(rows), "seconds", "6(e)")


def _a_field_of_another_entry(rows: Rows) -> None:
    hide(next(row for row in rows if "by_whom" in row.get("fields", ())), "by_whom", "6(e)")


def _the_list_itself(rows: Rows) -> None:
    hide(next(row for row in rows if "contents" in row.get("fields", ())), "withheld", "6(e)")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_another_reason, "something is withheld otherwise than the export says"),
        (_reasons_of_both_alike, "something is withheld otherwise than the export says"),
        (_one_field_more_of_the_entry, "something is withheld otherwise than the export says"),
        (_a_field_of_another_entry, "something is withheld otherwise than the export says"),
        (_the_list_itself, "does not say what is withheld"),
    ],
)
def test_whoever_withholds_more_or_for_another_reason_is_found(
    made: Bench, tmp_path: Path, change: Callable[[Rows], None], told: str
) -> None:
    """Every commitment still fits; it is the entry of the export that tells."""
    work = copied(made.bag, tmp_path / "work")
    rows = shown_rows(work)
    change(rows)
    put_rows(work, rows)
    remake(work)
    assert all(told in why for why in verdicts(work)), verdicts(work)


def test_a_field_that_is_said_to_be_withheld_is_not_shown(tmp_path: Path) -> None:
    """Who holds the book has the salts, and could show in a bag what its export says is withheld."""
    with Book.create(tmp_path / "book", Settings(title="Town of Millbrook")) as book:
        number = book.act("view", {"by": "J. Doe", "what": "report"})
        write_bundle(book, [], tmp_path / "bag", AT, "x", "y", [Withheld("by", "6(e)", kind="view")])
        assert verdicts(tmp_path / "bag")[0] == ""
        shown = book.log.shown(number)
        assert shown is not None
        rows = shown_rows(tmp_path / "bag")
        rows[number] = {"entry": number, **shown.words()}
    put_rows(tmp_path / "bag", rows)
    remake(tmp_path / "bag")
    told = f"the field by of entry {number} is said to be withheld, and is shown"
    assert all(told in why for why in verdicts(tmp_path / "bag"))


def test_an_entry_of_another_kind_does_not_name_a_bag(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any act whose words hold the digest would else pass for the export, and say nothing of it."""
    monkeypatch.setattr("wardbook.records.bundle.BUNDLE", "view")
    with Book.create(tmp_path / "book", Settings(title="Town of Millbrook")) as book:
        write_bundle(book, [], tmp_path / "bag", AT, "x", "y")
    assert all("no export names the files of this bag" in why for why in verdicts(tmp_path / "bag"))


def test_of_two_exports_of_the_same_files_the_last_one_counts(tmp_path: Path) -> None:
    with Book.create(tmp_path / "book", Settings(title="Town of Millbrook")) as book:
        book.act("view", {"by": "J. Doe", "what": "report"})
        write_bundle(book, [], tmp_path / "one", AT, "x", "y", [Withheld("by", "6(e)", kind="view")])
        write_bundle(book, [], tmp_path / "two", AT, "x", "y")
    assert verdicts(tmp_path / "one")[0] == verdicts(tmp_path / "two")[0] == ""
    rows = shown_rows(tmp_path / "two")
    hide(next(row for row in rows if "what" in row.get("fields", ())), "by", "6(e)")
    put_rows(tmp_path / "two", rows)
    remake(tmp_path / "two")
    assert all("otherwise than the export says" in why for why in verdicts(tmp_path / "two"))


@pytest.mark.parametrize("name", ["contents", "withheld"])
def test_an_export_does_not_withhold_what_it_says_of_the_bag(tmp_path: Path, name: str) -> None:
    Book.create(tmp_path / "book", Settings(title="Town of Millbrook")).log.close()
    given = ["bundle", str(tmp_path / "book"), "--out", str(tmp_path / "bag"), "--by", "x", "--why", "y"]
    done = CliRunner().invoke(main, [*given, "--withhold", f"bundle.{name}=6(e)"])
    assert done.exit_code == 2, done.output
    assert "says what is in the bag and what is not" in done.output
