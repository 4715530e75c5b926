"""A rulebook as a spreadsheet: the round trip is the same text, and a changed cell changes that cell only."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from tests.policy.books import WHOLE
from wardbook.errors import InputRefusedError
from wardbook.policy.read import load, load_text
from wardbook.policy.workbook import from_workbook, to_workbook

TOWN = load_text(WHOLE, "town.md")

BOOKS = sorted(Path(__file__).parents[2].joinpath("rulebooks").rglob("*.md"))


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_round_trip_is_the_same_text(path: Path, tmp_path: Path) -> None:
    book = load(path)
    to_workbook(book, tmp_path / "book.xlsx")
    assert from_workbook(tmp_path / "book.xlsx") == book.text


def test_the_same_rulebook_gives_the_same_bytes(tmp_path: Path) -> None:
    digests = set()
    for name in ("a.xlsx", "b.xlsx"):
        to_workbook(TOWN, tmp_path / name)
        digests.add(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    assert len(digests) == 1


def _edited(tmp_path: Path, sheet: str, cell: str, value: str | int) -> Path:
    path = tmp_path / "book.xlsx"
    to_workbook(TOWN, path)
    book = load_workbook(path)
    (name,) = (one for one in book.sheetnames if one.startswith(sheet))
    book[name][cell] = value
    book.save(path)
    return path


def test_a_changed_cell_changes_that_cell_only(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    to_workbook(TOWN, path)
    book = load_workbook(path)
    (name,) = (one for one in book.sheetnames if one.startswith("Question"))
    column = next(cell for cell in book[name][1] if cell.value == "in force").column_letter
    path = _edited(tmp_path, "Question", f"{column}3", "2020-01-01..")
    before, after = TOWN.text.split("\n"), from_workbook(path).split("\n")
    changed = [at for at, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]]
    assert len(changed) == 1
    edited = load_text("\n".join(after), "town.md")
    assert str(edited.rules[0].in_force_from) == "2020-01-01"
    assert edited.rules[1:] == TOWN.rules[1:]


@pytest.mark.parametrize("value", [">= 4", "=1+1", "-5", "@x", "0012", "2020-01-01"])
def test_a_cell_is_text_whatever_it_begins_with(tmp_path: Path, value: str) -> None:
    text = TOWN.text.replace("# ", f"{value}\n\n# ", 1) if "\n# " in TOWN.text else f"{TOWN.text}\n{value}\n"
    book = load_text(text, "town.md")
    to_workbook(book, tmp_path / "book.xlsx")
    assert from_workbook(tmp_path / "book.xlsx") == text


def test_numbers_and_formulas_are_refused_with_their_cell(tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match=r"sheet Question.*, cell C3: expected text; found int 5"):
        from_workbook(_edited(tmp_path, "Question", "C3", 5))
    with pytest.raises(InputRefusedError, match=r"cell C3: expected text; found a formula"):
        from_workbook(_edited(tmp_path, "Question", "C3", "=1+1"))


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text.xlsx").write_text("no workbook")
    with pytest.raises(InputRefusedError, match="expected a rulebook as an"):
        from_workbook(tmp_path / "text.xlsx")
    Workbook().save(tmp_path / "other.xlsx")
    with pytest.raises(InputRefusedError, match='expected a sheet "Rulebook"'):
        from_workbook(tmp_path / "other.xlsx")
