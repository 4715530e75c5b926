"""Take-in: nothing vanishes, the same source twice changes nothing, a crash leaves the book as it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wardbook.errors import InputRefusedError, WrongUseError
from wardbook.intake.take_in import missing_exhibits, take_in
from wardbook.records.book import Book
from wardbook.records.engine import Engine
from wardbook.records.settings import Settings

LOG = """\
day,vehicle,route_text,riders_text,hours,stated_purpose,weather
2024-03-01,T-1,Town Hall-Airport,"Mayor A Example, Security",0.7,Meeting,rain
2024-03-02,T-1,Town Hall-Airport,"Mayor A Example, +1",-3,Meeting,
2024-03-03,T-1,"CRW-Bristol, TN-Winston-Salem, NC-CRW",,1.0,,
"""


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book.create(tmp_path / "case.book", Settings(time_zone="America/New_York", home_region="WV"))


def box(tmp_path: Path) -> Path:
    folder = tmp_path / "box"
    folder.mkdir()
    (folder / "log_entries.csv").write_text(LOG, "utf-8")
    (folder / "copies").mkdir()
    (folder / "copies" / "log_entries.csv").write_text(LOG, "utf-8")
    (folder / "letter.txt").write_text("Dear inspector", "utf-8")
    return folder


def query(book: Book, text: str) -> list[tuple[object, ...]]:
    with Engine() as engine:
        book.relations(engine)
        return engine.rows(text)


def test_every_row_is_accounted_for(book: Book, tmp_path: Path) -> None:
    report = take_in(book, [box(tmp_path)])
    by_name = {one.name: one for one in report.exhibits}
    log = by_name["copies/log_entries.csv"]
    assert (log.held, log.records, log.set_aside, log.not_a_record) == (4, 2, 1, 1)
    assert query(book, "SELECT fate, count(*) FROM source_rows GROUP BY fate ORDER BY fate") == [
        ("not a record", 1),
        ("record", 2),
        ("set aside", 2),
    ]
    ((page, line, found),) = query(book, "SELECT page, line, found FROM set_aside WHERE line IS NOT NULL")
    assert (page, line) == (None, 3)
    assert "-3" in str(found)
    assert query(book, "SELECT column_name, filled, sample FROM unread_columns") == [("weather", 1, "rain")]


def test_bytes_found_twice_are_one_exhibit_with_two_occurrences(book: Book, tmp_path: Path) -> None:
    take_in(book, [box(tmp_path)])
    rows = query(book, "SELECT path FROM occurrences WHERE path LIKE '%.csv' ORDER BY path")
    assert rows == [("copies/log_entries.csv",), ("log_entries.csv",)]
    assert query(book, "SELECT count(*) FROM log_entries") == [(2,)]
    ((exhibit,),) = query(book, "SELECT DISTINCT exhibit FROM log_entries")
    assert book.exhibit(str(exhibit)).read_text("utf-8") == LOG


def test_riders_and_stops_name_their_entry(book: Book, tmp_path: Path) -> None:
    take_in(book, [box(tmp_path)])
    assert query(book, "SELECT position, role, name FROM riders ORDER BY entry_id, position") == [
        (1, "principal", "A Example"),
        (2, "security", None),
    ]
    assert [
        row[0]
        for row in query(
            book,
            "SELECT place_text FROM stops JOIN log_entries e ON entry_id = e.record_id "
            "WHERE day = DATE '2024-03-03' ORDER BY position",
        )
    ] == ["CRW", "Bristol, TN", "Winston-Salem, NC", "CRW"]


def test_the_same_source_twice_changes_nothing(book: Book, tmp_path: Path) -> None:
    folder = box(tmp_path)
    take_in(book, [folder])
    before = book.checkpoint()
    again = take_in(book, [folder])
    assert book.checkpoint() == before
    assert again.exhibits == ()
    assert again.known == 3


def test_a_named_file_that_cannot_be_read_is_refused_and_the_book_unchanged(
    book: Book, tmp_path: Path
) -> None:
    folder = box(tmp_path)
    before = book.checkpoint()
    with pytest.raises(InputRefusedError, match=r"letter\.txt"):
        take_in(book, [folder / "log_entries.csv", folder / "letter.txt"])
    assert book.checkpoint() == before
    assert query(book, "SELECT count(*) FROM exhibits") == [(0,)]


def test_what_was_set_aside_whole_is_read_once_a_mapping_is_there(book: Book, tmp_path: Path) -> None:
    folder = tmp_path / "box"
    folder.mkdir()
    (folder / "drives.csv").write_text("Datum,Wagen\n2024-03-01,T-1\n", "utf-8")
    take_in(book, [folder])
    assert query(book, "SELECT count(*) FROM log_entries") == [(0,)]
    assert query(book, "SELECT count(*) FROM set_aside") == [(1,)]
    (folder / "drives.mapping.toml").write_text(
        'name = "drives"\ntable = "log_entries"\n[columns]\nday = "Datum"\nvehicle = "Wagen"\n', "utf-8"
    )
    take_in(book, [folder])
    assert query(book, "SELECT vehicle FROM log_entries") == [("T-1",)]
    assert query(book, "SELECT count(*) FROM set_aside") == [(0,)]
    before = book.checkpoint()
    take_in(book, [folder])
    assert book.checkpoint() == before


def test_what_left_the_folder_is_named(book: Book, tmp_path: Path) -> None:
    folder = box(tmp_path)
    take_in(book, [folder])
    (folder / "letter.txt").unlink()
    assert missing_exhibits(book, [folder]) == ("letter.txt",)


def test_a_source_that_does_not_exist(book: Book, tmp_path: Path) -> None:
    with pytest.raises(WrongUseError, match="does not exist"):
        take_in(book, [tmp_path / "nowhere"])


_CHILD = """
import sys
from pathlib import Path
from wardbook.intake.take_in import take_in
from wardbook.records.book import Book
with Book(Path(sys.argv[1])) as book:
    print("ready", flush=True)
    take_in(book, [Path(sys.argv[2])])
"""


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a POSIX signal")
@pytest.mark.parametrize("delay", [0.0, 0.05, 0.15, 0.3])
def test_kill_in_the_middle_leaves_the_book_as_it_was_or_done(
    book: Book, tmp_path: Path, delay: float
) -> None:
    folder = tmp_path / "box"
    folder.mkdir()
    for number in range(20):
        rows = "".join(f"2024-03-{1 + i % 28:02d},T-{number},A-B,X,1.0,Meeting,\n" for i in range(200))
        (folder / f"log_entries-{number}.csv").write_text(LOG.splitlines()[0] + "\n" + rows, "utf-8")
    before = book.checkpoint()
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD, str(book.path), str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    time.sleep(delay)
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    done = book.checkpoint() != before
    assert query(book, "SELECT count(*) FROM log_entries") == [(4000 if done else 0,)]
    take_in(book, [folder])
    assert query(book, "SELECT count(*) FROM log_entries") == [(4000,)]
    assert len(book.take_ins()) == 1
