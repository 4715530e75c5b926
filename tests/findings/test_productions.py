"""PRO-01 to PRO-04: a production held against what the book had before, and what never came."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.accounts.small_book import rulebook
from wardbook.findings.procedure import Observation, Procedure
from wardbook.findings.productions import ALTERED_AFTER_NOTICE, BACK_DATED, KEY_GAPS, UNANSWERED
from wardbook.intake.take_in import take_in
from wardbook.records.book import ANSWER, NOTICE, REQUEST, Book
from wardbook.records.engine import Engine
from wardbook.records.macros import define_macros
from wardbook.records.settings import Settings

SETTINGS = Settings(title="A case", time_zone="America/New_York")
Row = tuple[str, str, str, str]
FIRST: list[Row] = [(str(n), f"2024-03-{n:02}", "C2", f"Inspection of site {n}") for n in range(1, 6)]


def sheet(folder: Path, rows: Sequence[Row]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "log_entries.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("source_key", "day", "vehicle", "stated_purpose"), *rows])
    return folder


def book(place: Path, *versions: Sequence[Row], notice: bool = True) -> Book:
    """A book with versions of one log, a notice after the first."""
    made = Book.create(place / "case.book", SETTINGS)
    for number, rows in enumerate(versions):
        take_in(made, [sheet(place / str(number), rows)])
        if number == 0 and notice:
            made.act(NOTICE, {"by": "the inspector", "whom": "the unit", "words": "all logs"})
    return made


def seen(procedure: Procedure, opened: Book) -> list[Observation]:
    with opened, Engine() as engine:
        opened.relations(engine)
        define_macros(engine, SETTINGS)
        return list(procedure.run(engine, rulebook()))


def changed(rows: Sequence[Row], number: int, **cells: str) -> list[Row]:
    names = ("no", "day", "vehicle", "purpose")
    return [
        tuple({**dict(zip(names, row, strict=True)), **cells}[n] for n in names) if at == number else row  # type: ignore[misc]
        for at, row in enumerate(rows)
    ]


def test_altered_removed_and_added_rows_with_both_versions(tmp_path: Path) -> None:
    second = [
        *changed(FIRST, 2, purpose="Family visit")[:4],
        ("9", "2024-04-01", "C3", "Ceremony at the bridge"),
    ]
    (found,) = seen(ALTERED_AFTER_NOTICE, book(tmp_path, FIRST, second))
    assert found.title == (
        "log_entries.csv came otherwise after the notice to preserve records: "
        "1 row altered, 1 row removed, 1 row added"
    )
    assert "2024-03-03" in found.condition
    assert "Inspection of site 3" in found.condition
    assert "Family visit" in found.condition
    assert "Inspection of site 5" in found.condition
    assert "is gone" in found.condition
    assert "was not there" in found.condition
    assert len(found.evidence) == 4


def test_the_same_rows_in_another_order_are_no_change(tmp_path: Path) -> None:
    assert seen(ALTERED_AFTER_NOTICE, book(tmp_path, FIRST, FIRST[::-1])) == []


def test_without_a_notice_between_them_versions_may_differ(tmp_path: Path) -> None:
    opened = book(tmp_path, FIRST, FIRST[:3], notice=False)
    assert seen(ALTERED_AFTER_NOTICE, opened) == []


def test_rows_of_days_that_were_covered_are_back_dated_and_later_ones_are_not(tmp_path: Path) -> None:
    new = [("6", "2024-03-02", "C2", "Training at the range"), ("7", "2024-03-06", "C2", "Ceremony")]
    (found,) = seen(BACK_DATED, book(tmp_path, FIRST, [*FIRST, *new], notice=False))
    assert found.title == "log_entries.csv has 1 row of days its earlier version covers"
    assert "Training at the range" in found.condition
    assert "Ceremony" not in found.condition
    assert "goes to 2024-03-05" in found.condition


def test_numbers_that_are_missing(tmp_path: Path) -> None:
    rows = [(str(n), "2024-03-01", "C2", f"site {n}") for n in range(1, 41) if n not in (7, 20, 21)]
    (found,) = seen(KEY_GAPS, book(tmp_path, rows))
    assert found.title == "log_entries.csv is numbered throughout and lacks 3 numbers"
    assert "37 rows are numbered from 1 to 40; not there: 7; 20 to 21" in found.condition
    whole = [(str(n), "2024-03-01", "C2", f"site {n}") for n in range(1, 41)]
    (tmp_path / "whole").mkdir()
    assert seen(KEY_GAPS, book(tmp_path / "whole", whole)) == []


def test_requests_that_were_not_answered(tmp_path: Path) -> None:
    opened = book(tmp_path, FIRST)
    asked: dict[str, Any] = {"by": "the inspector", "whom": "the unit", "words": "text messages"}
    late = opened.act(REQUEST, {**asked, "due": "2024-05-01"})
    opened.act(REQUEST, {**asked, "due": "2999-01-01"})
    nil = opened.act(REQUEST, asked)
    opened.act(
        ANSWER, {"by": "a", "produced": False, "request": nil, "whom": "the unit", "words": "none exist"}
    )
    good = opened.act(REQUEST, {**asked, "due": "2024-05-01"})
    opened.act(
        ANSWER, {"by": "a", "produced": True, "request": good, "whom": "the unit", "words": "attached"}
    )
    found = seen(UNANSWERED, opened)
    assert [one.condition.split(":")[0] for one in found] == [
        f"Entry {number} of the log, {one.condition.split(', ')[1].split(':')[0]}"
        for number, one in zip((late, nil), found, strict=True)
    ]
    assert found[0].condition.endswith("due 2024-05-01. No answer is on the log.")
    assert found[1].condition.endswith('the unit says: "none exist". No records came.')


@settings(max_examples=10)
@given(data=st.data())
def test_whatever_is_altered_removed_or_added_is_found(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """The twin counts: rows by number, those of both versions compared cell by cell."""
    fates = data.draw(st.lists(st.sampled_from(["kept", "altered", "removed"]), min_size=5, max_size=5))
    added = data.draw(st.integers(0, 3))
    second: list[Row] = []
    for row, fate in zip(FIRST, fates, strict=True):
        if fate != "removed":
            second.append((*row[:3], "Errand") if fate == "altered" else row)
    second += [(str(50 + n), "2024-06-01", "C9", f"New work {n}") for n in range(added)]
    found = seen(ALTERED_AFTER_NOTICE, book(tmp_path_factory.mktemp("case"), FIRST, second))
    counts = {what: fates.count(what) for what in ("altered", "removed")} | {"added": added}
    told = [f"{n} row{'s' * (n > 1)} {what}" for what, n in counts.items() if n]
    assert len(found) == bool(told)
    if found:
        assert all(part in found[0].title for part in told)
