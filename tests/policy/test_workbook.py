"""A rulebook as a spreadsheet: the round trip is the same text, and a changed cell changes that cell only."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

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


# ---------------------------------------------------------------- edits as people make them


def _changed(tmp_path: Path, change: Callable[[Worksheet], object], sheet: str = "Question") -> str:
    path = tmp_path / "book.xlsx"
    to_workbook(TOWN, path)
    book = load_workbook(path)
    change(next(one for one in book.worksheets if one.title.startswith(sheet)))
    book.save(path)
    return from_workbook(path)


def _clear(sheet: Worksheet, row: int) -> None:
    for column in range(1, 10):
        sheet.cell(row, column).value = None


ROW = "| town | code-4 | always | | official | | yes | town | the town's business |"


def test_the_blanks_beside_a_changed_cell_stay(tmp_path: Path) -> None:
    text = _changed(tmp_path, lambda sheet: sheet.cell(3, 2, "code-5"))
    assert text == WHOLE.replace(ROW, ROW.replace("code-4", "code-5"))


def test_a_bar_and_a_line_break_in_a_cell_stay_in_the_cell(tmp_path: Path) -> None:
    text = _changed(tmp_path, lambda sheet: sheet.cell(3, 9, "a | b\nc"))
    assert load_text(text, "town.md").rules[0].note == "a | b c"


def test_a_new_row_and_a_new_column_are_read(tmp_path: Path) -> None:
    def widen(sheet: Worksheet) -> None:
        sheet.insert_cols(4)
        sheet.cell(1, 4, "hours")
        sheet.cell(3, 4, "< 4")

    book = load_text(_changed(tmp_path, widen), "town.md")
    assert [one.text for one in book.rules[0].conditions] == ["< 4", "official"]
    assert book.rules[1:] == TOWN.rules[1:]
    row = ["more", "code-4", "always", "", "official", "no", "no", "town", "why"]
    grown = load_text(_changed(tmp_path, lambda sheet: sheet.append(row)), "town.md")
    assert [rule.name for rule in grown.rules] == ["town", "other", "guarded", "more"]


@pytest.mark.parametrize("change", [lambda sheet: sheet.delete_rows(3), lambda sheet: _clear(sheet, 3)])
def test_a_row_that_was_deleted_or_cleared_is_gone(
    tmp_path: Path, change: Callable[[Worksheet], object]
) -> None:
    assert _changed(tmp_path, change) == WHOLE.replace(ROW + "\n", "")


@pytest.mark.parametrize(
    "change",
    [
        lambda sheet: sheet.delete_rows(2),
        lambda sheet: sheet.move_range("A2:J2", rows=10),
        lambda sheet: sheet.insert_rows(4),
    ],
)
def test_the_line_under_the_headings_cannot_get_lost(
    tmp_path: Path, change: Callable[[Worksheet], object]
) -> None:
    assert _changed(tmp_path, change) == WHOLE


@pytest.mark.parametrize("text", [WHOLE.replace("\n", "\r\n"), WHOLE + "\n\n", WHOLE.rstrip("\n")])
def test_line_ends_come_back(tmp_path: Path, text: str) -> None:
    to_workbook(load_text(text, "town.md"), tmp_path / "book.xlsx")
    assert from_workbook(tmp_path / "book.xlsx") == text


@pytest.mark.parametrize(
    ("line", "message"), [("[table: Costs]", "no line of the form"), ("a\rb", "every character can be seen")]
)
def test_a_line_that_a_workbook_cannot_hold_is_refused(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(InputRefusedError, match=message):
        to_workbook(load_text(f"{WHOLE}\n{line}\n", "town.md"), tmp_path / "book.xlsx")
    assert not (tmp_path / "book.xlsx").exists()


@pytest.mark.parametrize(
    ("change", "sheet", "message"),
    [
        (lambda sheet: sheet.cell(3, 12, "x"), "Question", r"cell L3: expected nothing right of the table"),
        (lambda sheet: sheet.cell(5, 2, "x"), "Rulebook", r"cell B5: expected nothing beside the text"),
        (lambda sheet: sheet.cell(1, 1, "x"), "Rulebook", r'cell A1: expected "text"'),
        (lambda sheet: sheet.delete_cols(10), "Question", r'row 1: expected one column "as written"'),
        (lambda sheet: sheet.cell(3, 10, "x"), "Question", r"cell J3: expected a line of a table"),
        (
            lambda sheet: sheet.parent.create_sheet("Mine").cell(1, 1, "x"),
            "Rulebook",
            r"sheet Mine: expected",
        ),
        (lambda sheet: sheet.cell(1_048_576, 16_384, "x"), "Question", r"at most 2,000,000 cells"),
    ],
)
def test_what_would_be_lost_is_refused_with_its_place(
    tmp_path: Path, change: Callable[[Worksheet], object], sheet: str, message: str
) -> None:
    with pytest.raises(InputRefusedError, match=message):
        _changed(tmp_path, change, sheet)


LAUGHS = (
    b'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]><worksheet>&c;</worksheet>'
)


@pytest.mark.parametrize("part", [b"<a", LAUGHS, b" " * (1 << 26)])
def test_a_damaged_or_hostile_part_is_refused(tmp_path: Path, part: bytes) -> None:
    to_workbook(TOWN, tmp_path / "book.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "book.xlsx") as whole,
        zipfile.ZipFile(tmp_path / "bad.xlsx", "w", zipfile.ZIP_DEFLATED) as bad,
    ):
        for name in whole.namelist():
            bad.writestr(name, part if name == "xl/worksheets/sheet1.xml" else whole.read(name))
    with pytest.raises(InputRefusedError, match="expected"):
        from_workbook(tmp_path / "bad.xlsx")
