"""PRO-01 to PRO-04: a production held against what the book had before, and what never came."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.accounts.small_book import rulebook
from wardbook.findings.procedure import Observation, Procedure
from wardbook.findings.productions import ALTERED_AFTER_NOTICE, BACK_DATED, KEY_GAPS, NAMED, UNANSWERED
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
        ("9", "2024-03-04", "C3", "Ceremony at the bridge"),
        ("10", "2024-04-01", "C3", "Escort to the gate"),
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
    assert "Escort to the gate" not in found.condition
    assert found.condition.endswith(" Besides, 1 row of later days.")
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
    added, grown = data.draw(st.integers(0, 3)), data.draw(st.integers(0, 3))
    second: list[Row] = []
    for row, fate in zip(FIRST, fates, strict=True):
        if fate != "removed":
            second.append((*row[:3], "Errand") if fate == "altered" else row)
    second += [(str(50 + n), f"2024-03-0{1 + n}", "C9", f"New work {n}") for n in range(added)]
    second += [(str(60 + n), "2024-06-01", "C9", f"Later work {n}") for n in range(grown)]
    found = seen(ALTERED_AFTER_NOTICE, book(tmp_path_factory.mktemp("case"), FIRST, second))
    counts = {what: fates.count(what) for what in ("altered", "removed")} | {"added": added}
    told = [f"{n} row{'s' * (n > 1)} {what}" for what, n in counts.items() if n]
    assert len(found) == bool(told)
    if found:
        assert all(part in found[0].title for part in told)
        assert ("of later days" in found[0].condition) == (grown > 0)


def test_a_source_that_only_goes_on_is_no_change(tmp_path: Path) -> None:
    opened = book(tmp_path, FIRST, [*FIRST, ("6", "2024-03-06", "C2", "Ceremony")])
    assert seen(ALTERED_AFTER_NOTICE, opened) == []


@pytest.mark.parametrize(("ago", "told"), [(0, 0), (1, 1)], ids=["came on that day", "came the day after"])
def test_what_is_added_to_the_last_day_after_the_source_came_is_no_sign(
    tmp_path: Path, ago: int, told: int
) -> None:
    today = datetime.now(ZoneInfo(SETTINGS.time_zone)).date()
    last = (today - timedelta(ago)).isoformat()
    first = [*FIRST, ("6", last, "C2", "Ceremony")]
    opened = book(tmp_path, first, [*first, ("7", last, "C2", "Training at the range")])
    if datetime.now(ZoneInfo(SETTINGS.time_zone)).date() != today:
        pytest.skip("it became midnight meanwhile")
    assert len(seen(BACK_DATED, opened)) == told
    assert len(seen(ALTERED_AFTER_NOTICE, Book(opened.path))) == told


# ---------------------------------------------------------------- positions


def fixes(place: Path, points: Sequence[tuple[str, int]]) -> Path:
    """A line whose times stand apart from its positions: minutes of a morning, millionths of a degree."""
    coordinates = [[-66.0, 39 + north / 1e6] for _, north in points]
    times = [f"2024-03-01T10:{minute}:00Z" for minute, _ in points]
    line = {
        "type": "Feature",
        "properties": {"vehicle": "C2", "coordTimes": times},
        "geometry": {"type": "LineString", "coordinates": coordinates},
    }
    place.mkdir(parents=True)
    (place / "car.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [line]}), "utf-8")
    return place


POINTS = [(f"{minute:02}", 10 * minute) for minute in range(10, 20)]


def tracked(place: Path, *versions: Sequence[tuple[str, int]]) -> Book:
    made = Book.create(place / "case.book", SETTINGS)
    for number, points in enumerate(versions):
        take_in(made, [fixes(place / str(number), points)])
        if number == 0:
            made.act(NOTICE, {"by": "the inspector", "whom": "the unit", "words": "all tracks"})
    return made


@pytest.mark.parametrize(
    ("second", "parts"),
    [
        (POINTS, ""),
        ([*POINTS, ("25", 900)], ""),
        ([*POINTS[:3], ("13", 999), *POINTS[4:]], "1 row altered"),
        ([*POINTS[:3], ("14", 130), *POINTS[4:]], "1 row removed, 1 row added"),
        ([*POINTS[:3], *POINTS[4:]], "1 row removed"),
        ([("05", 0), *POINTS], "1 row added"),
    ],
    ids=["the same", "going on", "moved", "at another time", "gone", "put in"],
)
def test_positions_are_compared_with_their_instants(
    tmp_path: Path, second: Sequence[tuple[str, int]], parts: str
) -> None:
    found = seen(ALTERED_AFTER_NOTICE, tracked(tmp_path, POINTS, second))
    assert [one.title.partition("records: ")[2] for one in found] == [parts] * bool(parts)
    if "altered" in parts:
        before, after = (f'"[-66.0,{north}] @ 2024-03-01 10:13:00 UTC"' for north in (39.00013, 39.000999))
        assert f"{before} is now {after}" in found[0].condition


def test_a_track_in_another_format_is_compared_without_hanging(tmp_path: Path) -> None:
    """Thousands of positions that all differ: pairs are found by instant, not by likeness to each other."""
    opened = Book.create(tmp_path / "case.book", SETTINGS)
    for number, more in enumerate((0, 1)):
        at = [datetime(2024, 3, 1, tzinfo=UTC) + timedelta(seconds=5 * n) for n in range(6000)]
        lines = [f"C2,{one:%Y-%m-%dT%H:%M:%SZ},{39000000 + n + more},-66000000" for n, one in enumerate(at)]
        place = tmp_path / str(number)
        place.mkdir()
        (place / "fixes.csv").write_text("\n".join(["vehicle,at,lat_e6,lon_e6", *lines, ""]), "utf-8")
        take_in(opened, [place])
        opened.act(NOTICE, {"by": "the inspector", "whom": "the unit", "words": "all tracks"})
    (found,) = seen(ALTERED_AFTER_NOTICE, opened)
    assert "6,000 rows altered" in found.title
    assert len(found.evidence) == NAMED
