"""Independent referencing, and what a changed record changes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from wardbook.cli import main
from wardbook.errors import InputRefusedError, WrongUseError
from wardbook.report.forms.written import read_report
from wardbook.report.narrative.changes import changes
from wardbook.report.narrative.document import Document
from wardbook.report.narrative.review import Mark, Review, may_be_one, read_review, standing
from wardbook.report.narrative.sentence import FRAME


def all_agree(document: Document, by: str = "The reviewer") -> Review:
    marks = tuple(Mark(one.id, "agree") for one in document.sentences if one.kind != FRAME)
    return Review(document.digest, by, marks)


def test_a_review_is_done_when_all_is_marked_and_all_agree(document: Document) -> None:
    review = all_agree(document)
    assert standing(document, [review], "The author").done
    some = Review(review.report, review.by, review.marks[:-1])
    found = standing(document, [some], "The author")
    assert found.open == (review.marks[-1].sentence,)
    no = Mark(review.marks[0].sentence, "disagree", "the log says otherwise")
    found = standing(document, [review, Review(review.report, "Another", (no,))], "The author")
    assert found.disputed == (("Another", no),)
    assert not found.done
    again = Review(review.report, "another", (Mark(no.sentence, "agree"),))
    assert standing(document, [review, Review(review.report, "Another", (no,)), again], "The author").done


def test_marks_by_the_author_or_on_another_version_do_not_count(document: Document) -> None:
    review = all_agree(document, "The Author ")
    with pytest.raises(WrongUseError, match="wrote the report"):
        standing(document, [Review(review.report, "The Author", review.marks)], "the author")
    with pytest.raises(WrongUseError, match="another version"):
        standing(document, [Review("0" * 64, "x", ())], "the author")
    with pytest.raises(WrongUseError, match="no sentence to mark"):
        standing(document, [Review(document.digest, "x", (Mark("nowhere", "agree"),))], "the author")


@pytest.mark.parametrize(
    ("author", "is_hers"),
    [
        ("Ann Author", True),
        ("A. Author", True),
        (" ann  author ", True),
        ("Ann\u00a0AUTHOR", True),
        ("Bea Author", False),
        ("Ann Reader", False),
        ("Ann B. Author", False),
    ],
)
def test_an_author_s_name_in_other_letters_is_the_author_s(author: str, is_hers: bool) -> None:
    assert may_be_one("Ann Author", author) == is_hers


def test_an_author_without_a_name_is_refused(document: Document) -> None:
    with pytest.raises(WrongUseError, match="who wrote the report"):
        standing(document, [], " ")


@pytest.mark.parametrize(
    "plain",
    [
        {},
        {"report": "x", "by": "", "marks": []},
        {"report": "x", "by": "y", "marks": [{"sentence": "a", "mark": "fine"}]},
        {"report": "x", "by": "y", "marks": [{"sentence": "a", "mark": "change", "why": " "}]},
        {"report": "x", "by": "y", "marks": ["a"]},
        [],
    ],
)
def test_a_file_of_marks_with_a_slip_is_refused(tmp_path: Path, plain: object) -> None:
    path = tmp_path / "review.json"
    path.write_text(json.dumps(plain))
    with pytest.raises(InputRefusedError, match="review page"):
        read_review(path)


def test_the_review_by_command_is_entered_in_the_log(
    document: Document, millbrook: Path, tmp_path: Path
) -> None:
    review = all_agree(document)
    path = tmp_path / "review.json"
    marks = [{"sentence": one.sentence, "mark": one.mark} for one in review.marks]
    path.write_text(json.dumps({"report": review.report, "by": review.by, "marks": marks}))
    run = CliRunner()
    done = run.invoke(main, ["sentences", "review", str(millbrook), str(path), "--author", "The author"])
    assert (done.exit_code, done.output.splitlines()[-1]) == (
        0,
        f"{len(marks)} sentences: 0 not marked, 0 disputed",
    )
    book = next(millbrook.glob("*.book"))
    shown = run.invoke(main, ["log", "show", str(book)]).output
    assert shown.splitlines()[-1].endswith("review")
    number = len(shown.splitlines()) - 1
    told = run.invoke(main, ["log", "explain", str(book), str(number)]).output
    assert "The reviewer marked the sentences of the report" in told
    path.write_text(json.dumps({"report": review.report, "by": review.by, "marks": marks[1:]}))
    open_one = run.invoke(main, ["sentences", "review", str(millbrook), str(path), "--author", "The author"])
    assert open_one.exit_code == 4


def test_a_changed_row_shows_which_sentences_change(root: Path, millbrook: Path, tmp_path: Path) -> None:
    shutil.copytree(millbrook.parent / "records", tmp_path / "records")
    expenses = tmp_path / "records/expenses.csv"
    text = expenses.read_text()
    assert "1240.00" in text
    expenses.write_text(text.replace("1240.00", "1250.00"))
    done = CliRunner().invoke(main, ["audit", str(tmp_path / "records"), "--out", str(tmp_path / "audit")])
    assert done.exit_code == 0, done.output
    found = {one.id: one for one in changes(read_report(millbrook), read_report(tmp_path / "audit"))}
    assert "5,891.60" in found["account.total.USD"].before
    assert "5,901.60" in found["account.total.USD"].after
    assert "decided.permitted.no" not in found
    assert changes(read_report(millbrook), read_report(millbrook)) == ()
    told = CliRunner().invoke(main, ["sentences", "diff", str(millbrook), str(tmp_path / "audit")])
    assert told.output.splitlines()[-1] == f"{len(found)} sentences differ"
