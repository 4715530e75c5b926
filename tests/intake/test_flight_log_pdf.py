"""Flight logs from text PDFs: synthetic ones in the domain's own text, and the real ones beside trips.csv."""

from __future__ import annotations

import csv
import hashlib
import string
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.intake.pdf_maker import HEADINGS, Cells, LogMaker, PageMaker, log_bytes, pdf_bytes
from wardbook.errors import InputRefusedError
from wardbook.intake.flight_log_pdf import READER, why_unreadable
from wardbook.intake.reader import Context, Exhibit
from wardbook.records.schema import LOG_ENTRIES
from wardbook.records.source import NotARecord, Place, Reading, Record, SetAside

CONTEXT = Context(ZoneInfo("America/New_York"))

BRISTOL: Cells = {
    "Date of Flight": ["2/16/2017"],
    "Aircraft": ["N1WV"],
    "Agency": ["Department of", "Administration", "¶Aviation Division"],
    "Flt Hrs": ["1.8"],
    "Destinations": ["CRW-Bristol, TN-", "Winston-Salem,", "NC-", "CRW"],
    "Passengers": ["Sgt A Example,", "Security"],
    "Comments": ["Transport aircrew", "back post-", "delivery"],
    "Invoiced": ["$2,520.00"],
}
LEWISBURG: Cells = {
    "Date of Flight": ["3/1/2017"],
    "Aircraft": ["N3WV"],
    "Agency": ["Governor's Office"],
    "Flt Hrs": ["0.4"],
    "Destinations": ["CRW - Lewisburg", "- CRW"],
}
BRISTOL_VALUES = {
    "day": date(2017, 2, 16),
    "vehicle": "N1WV",
    "agency": "Department of Administration",
    "division": "Aviation Division",
    "hours": Decimal("1.8"),
    "route_text": "CRW-Bristol, TN-Winston-Salem, NC-CRW",
    "riders_text": "Sgt A Example, Security",
    "stated_purpose": "Transport aircrew back post-delivery",
    "justification": None,
    "invoiced": Decimal("2520.00"),
    "currency": "USD",
}


def exhibit(folder: Path, data: bytes, name: str = "Flight Log.pdf") -> Exhibit:
    path = folder / name
    path.write_bytes(data)
    return Exhibit(path, name, hashlib.sha256(data).hexdigest(), data[: 1 << 16])


def read(folder: Path, data: bytes) -> Reading:
    one = exhibit(folder, data)
    assert READER.recognizes(one, CONTEXT)
    reading = READER.read(one, CONTEXT)
    assert len(reading.rows) == reading.held
    return reading


def records(reading: Reading) -> list[Record]:
    return [row for row in reading.rows if isinstance(row, Record)]


def set_aside(reading: Reading) -> list[SetAside]:
    return [row for row in reading.rows if isinstance(row, SetAside)]


def changed(record: Cells, **cells: list[str]) -> Cells:
    return {**record, **{heading.replace("_", " "): lines for heading, lines in cells.items()}}


def test_wrapped_cells_are_joined_as_they_were_written(tmp_path: Path) -> None:
    bristol, lewisburg = records(read(tmp_path, log_bytes([BRISTOL, LEWISBURG])))
    assert bristol.table == "log_entries"
    assert bristol.values == BRISTOL_VALUES
    assert set(bristol.values) <= set(LOG_ENTRIES.names)
    assert lewisburg.values["route_text"] == "CRW - Lewisburg - CRW"
    assert lewisburg.values["riders_text"] is None
    assert (lewisburg.values["invoiced"], lewisburg.values["currency"]) == (None, None)
    assert (lewisburg.values["agency"], lewisburg.values["division"]) == ("Governor's Office", None)


def test_every_line_of_the_page_has_its_row(tmp_path: Path) -> None:
    reading = read(tmp_path, log_bytes([BRISTOL]))
    assert Counter(row.why for row in reading.rows if isinstance(row, NotARecord)) == {
        "title of the page": 2,
        "headings of the columns": 1,
        "footer of the page": 2,
    }
    (bristol,) = records(reading)
    assert bristol.at == Place(1, 4)
    assert bristol.raw.splitlines()[0] == (
        "2/16/2017  N1WV  Department of  1.8  CRW-Bristol, TN-  Sgt A Example,  Transport aircrew  $2,520.00"
    )
    assert bristol.raw.splitlines()[-2:] == ["Aviation Division", "CRW"]


@pytest.mark.parametrize("bottom", [80.0, 480.0, 492.0, 500.0])
@pytest.mark.parametrize("shaded", [True, False])
def test_a_record_broken_over_pages_is_one_record(tmp_path: Path, bottom: float, shaded: bool) -> None:
    data = log_bytes([BRISTOL] * 5, bottom=bottom, shaded=shaded)
    reading = read(tmp_path, data)
    assert [record.values for record in records(reading)] == [BRISTOL_VALUES] * 5
    assert set_aside(reading) == []
    assert len({row.at for row in reading.rows}) == len(reading.rows)


@pytest.mark.parametrize(
    ("agency", "department", "division"),
    [
        (["Department of", "Administration"], "Department of Administration", None),
        (["Department of", "Administration", "¶Aviation"], "Department of Administration", "Aviation"),
        (["Department of", "¶Aviation Division"], "Department of", "Aviation Division"),
    ],
)
def test_an_agency_broken_over_pages(
    tmp_path: Path, agency: list[str], department: str, division: str | None
) -> None:
    """Only the first line of the second record's cells fits the page; the first record names a department."""
    whole = changed(LEWISBURG, Agency=["Department of", "Administration"])
    data = log_bytes([whole, changed(BRISTOL, Agency=agency)], bottom=475.0)
    _, broken = records(read(tmp_path, data))
    assert (broken.values["agency"], broken.values["division"]) == (department, division)


@pytest.mark.parametrize("underlined", [True, False])
@pytest.mark.parametrize("headings", [HEADINGS[::-1], HEADINGS[3:] + HEADINGS[:3]])
def test_columns_may_come_in_any_order(tmp_path: Path, headings: Sequence[str], underlined: bool) -> None:
    data = log_bytes([BRISTOL, LEWISBURG], headings=headings, underlined=underlined)
    assert records(read(tmp_path, data))[0].values == BRISTOL_VALUES


def test_without_an_aircraft_column_the_title_names_the_aircraft(tmp_path: Path) -> None:
    headings = [heading for heading in HEADINGS if heading not in ("Aircraft", "Invoiced", "Comments")]
    data = log_bytes([BRISTOL], headings=headings, criteria="N1WV; 010117-011425")
    (record,) = records(read(tmp_path, data))
    assert record.values["vehicle"] == "N1WV"
    assert (record.values["stated_purpose"], record.values["invoiced"]) == (None, None)


def test_a_title_with_two_aircraft_names_none_of_them(tmp_path: Path) -> None:
    headings = [heading for heading in HEADINGS if heading != "Aircraft"]
    data = log_bytes([BRISTOL], headings=headings, criteria="N1WV, N3WV; 010117-011425")
    assert records(read(tmp_path, data))[0].values["vehicle"] is None


def test_a_column_nobody_knows_is_listed(tmp_path: Path) -> None:
    rows = [{**BRISTOL, "Fuel Stop": ["Dublin,", "VA"]}, LEWISBURG]
    (column,) = read(tmp_path, log_bytes(rows, headings=[*HEADINGS, "Fuel Stop"])).unread
    assert (column.name, column.filled, column.sample) == ("Fuel Stop", 1, "Dublin, VA")


@pytest.mark.parametrize(
    ("heading", "text", "expected"),
    [
        ("Date_of_Flight", "2/30/2017", "date"),
        ("Date_of_Flight", "TBD", "date"),
        ("Flt_Hrs", "-1.8", "hours"),
        ("Flt_Hrs", "25.0", "hours"),
        ("Flt_Hrs", "l.8", "number"),
        ("Invoiced", "$2,52.00", "amount"),
    ],
)
def test_a_bad_cell_sets_its_record_aside(tmp_path: Path, heading: str, text: str, expected: str) -> None:
    reading = read(tmp_path, log_bytes([BRISTOL, changed(BRISTOL, **{heading: [text]}), LEWISBURG]))
    (bad,) = set_aside(reading)
    assert expected in bad.expected
    assert text in bad.found
    assert (bad.at.page, "Aviation Division" in bad.raw) == (1, True)
    assert len(records(reading)) == 2


@pytest.mark.parametrize(
    ("text", "amount"),
    [("$0.00", "0.00"), ("($70.00)", "-70.00"), ("-$70.00", "-70.00"), ("$13,400.00", "13400")],
)
def test_amounts(tmp_path: Path, text: str, amount: str) -> None:
    (record,) = records(read(tmp_path, log_bytes([changed(BRISTOL, Invoiced=[text])])))
    assert record.values["invoiced"] == Decimal(amount)
    assert record.values["stated_purpose"] == BRISTOL_VALUES["stated_purpose"]


@pytest.mark.parametrize("lines", [["$12,520.", "00"], ["$12,", "520.00"], ["$12,52", "0.00"]])
def test_an_amount_broken_over_lines_is_one_amount(tmp_path: Path, lines: list[str]) -> None:
    (record,) = records(read(tmp_path, log_bytes([changed(BRISTOL, Invoiced=lines)])))
    assert record.values["invoiced"] == Decimal("12520.00")


def test_two_amounts_in_one_cell_are_not_joined(tmp_path: Path) -> None:
    (row,) = set_aside(read(tmp_path, log_bytes([changed(BRISTOL, Invoiced=["$100.00", "$200.00"])])))
    assert "$100.00 $200.00" in row.found


def test_a_department_that_breaks_off_goes_on_on_the_next_page(tmp_path: Path) -> None:
    record = changed(LEWISBURG, Agency=["Department of", "Health"])
    (found,) = records(read(tmp_path, log_bytes([record], bottom=512.0)))
    assert (found.values["agency"], found.values["division"]) == ("Department of Health", None)


def test_blank_hours_are_not_on_record(tmp_path: Path) -> None:
    (record,) = records(read(tmp_path, log_bytes([changed(BRISTOL, Flt_Hrs=[])])))
    assert record.values["hours"] is None


def test_a_record_without_a_date_is_set_aside_and_joins_no_other(tmp_path: Path) -> None:
    undated = changed(LEWISBURG, Date_of_Flight=[])
    reading = read(tmp_path, log_bytes([BRISTOL, undated, BRISTOL]))
    assert [record.values for record in records(reading)] == [BRISTOL_VALUES, BRISTOL_VALUES]
    (bad,) = set_aside(reading)
    assert bad.found == "a record without a date"
    assert bad.raw.startswith("N3WV")


def test_an_undated_record_at_the_head_of_a_page_continues_nothing(tmp_path: Path) -> None:
    undated = changed(LEWISBURG, Date_of_Flight=[])
    reading = read(tmp_path, log_bytes([BRISTOL, undated], bottom=470.0))
    assert [record.values for record in records(reading)] == [BRISTOL_VALUES]
    assert [row.at.page for row in set_aside(reading)] == [2]


def test_text_before_any_record_continues_nothing(tmp_path: Path) -> None:
    reading = read(tmp_path, log_bytes([{"Comments": ["early departure"]}, BRISTOL]))
    (bad,) = set_aside(reading)
    assert (bad.raw, bad.found) == ("early departure", "text that continues no record")


def test_a_page_without_headings_or_text_is_set_aside(tmp_path: Path) -> None:
    pages = LogMaker().lay([BRISTOL])
    letter = PageMaker()
    letter.text(100, 500, "Enclosed are the records you asked for.")
    reading = read(tmp_path, pdf_bytes([*pages, letter, PageMaker(image=True), PageMaker()]))
    assert [row.found for row in set_aside(reading)] == ["a line of a page without them", "a page image only"]
    assert reading.rows[-1] == NotARecord(Place(4, None), "", "blank page")


def test_missing_pages_are_named(tmp_path: Path) -> None:
    pages = LogMaker(bottom=300.0).lay([BRISTOL] * 9)
    reading = read(tmp_path, pdf_bytes([pages[0], pages[2]]))
    missing = next(row for row in set_aside(reading) if row.at == Place(None, None))
    assert missing.expected == "pages 1 to 3, as the footers count them"
    assert missing.found == "2 pages, without page 2"


@pytest.mark.parametrize("rotate", [90, 270])
def test_a_turned_page_is_read_as_shown(tmp_path: Path, rotate: int) -> None:
    pages = LogMaker().lay([BRISTOL, LEWISBURG])
    for page in pages:
        page.rotate = rotate
    assert records(read(tmp_path, pdf_bytes(pages)))[0].values == BRISTOL_VALUES


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (pdf_bytes(LogMaker().lay([BRISTOL]), locked=True), "password"),
        (log_bytes([BRISTOL] * 9)[:-200], "truncated"),
        (log_bytes([BRISTOL] * 9)[:700], "truncated"),
        (pdf_bytes([PageMaker(image=True)]), "page images only"),
    ],
)
def test_a_pdf_without_readable_text_is_refused_with_the_reason(
    tmp_path: Path, data: bytes, found: str
) -> None:
    one = exhibit(tmp_path, data)
    assert not READER.recognizes(one, CONTEXT)
    reason = why_unreadable(one)
    assert reason is not None
    with pytest.raises(InputRefusedError, match=found) as refusal:
        READER.read(one, CONTEXT)
    assert (refusal.value.expected, refusal.value.found, refusal.value.advice) == reason
    assert refusal.value.where == "Flight Log.pdf"


def test_other_files_are_not_recognized(tmp_path: Path) -> None:
    page = PageMaker()
    page.text(100, 500, "Flight Log of a kind without columns")
    for data in (pdf_bytes([page]), b"date,hours\n"):
        one = exhibit(tmp_path, data)
        assert not READER.recognizes(one, CONTEXT)
        assert why_unreadable(one) is None
        with pytest.raises(InputRefusedError):
            READER.read(one, CONTEXT)


WORDS = st.text(alphabet=string.ascii_letters + "&/().'", min_size=1, max_size=8)
STRAYS = ("1/2/2018", "N1WV", "Page 1 of 2", "REPORT KEY:", "see note", "2.0", "$4.00", "Date of Flight")
PHRASES = st.lists(WORDS, max_size=7)


def wrapped(words: Sequence[str], glue: str) -> list[str]:
    """Words on lines of at most 15 characters; a line broken at a hyphen keeps it."""
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + 1 + len(word) <= 15:
            lines[-1] += glue + word
        else:
            if lines and glue == "-":
                lines[-1] += glue
            lines.append(word)
    return lines


@st.composite
def flights(draw: st.DrawFn) -> tuple[Cells, dict[str, object]]:
    """A record as cells, and the values that must be read back."""
    day = draw(st.dates(date(2017, 1, 1), date(2030, 12, 31)))
    hours = draw(st.none() | st.decimals(0, 24, places=1))
    amount = draw(st.none() | st.decimals(0, 99999, places=2))
    route, riders, purpose = draw(PHRASES), draw(PHRASES), draw(PHRASES)
    division = draw(st.sampled_from([(), ("¶Aviation", "Division")]))
    cells = {
        "Date of Flight": [f"{day.month}/{day.day}/{day.year}"],
        "Aircraft": [draw(st.sampled_from(["N1WV", "N890SP"]))],
        "Agency": ["Department", *division],
        "Flt Hrs": [] if hours is None else [str(hours)],
        "Destinations": wrapped(route, "-"),
        "Passengers": wrapped(riders, " "),
        "Comments": wrapped(purpose, " "),
        "Invoiced": [] if amount is None else [f"${amount:,}"],
    }
    values = {
        "day": day,
        "vehicle": cells["Aircraft"][0],
        "agency": "Department",
        "division": "Aviation Division" if division else None,
        "hours": hours,
        "route_text": "-".join(route) or None,
        "riders_text": " ".join(riders) or None,
        "stated_purpose": " ".join(purpose) or None,
        "justification": None,
        "invoiced": amount,
        "currency": None if amount is None else "USD",
    }
    return cells, values


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(flights(), min_size=1, max_size=12),
    st.permutations(HEADINGS),
    st.floats(80, 500),
    st.booleans(),
)
def test_whatever_is_laid_out_is_read_back(
    tmp_path: Path,
    rows: list[tuple[Cells, dict[str, object]]],
    headings: list[str],
    bottom: float,
    shaded: bool,
) -> None:
    data = log_bytes([cells for cells, _ in rows], headings=headings, bottom=bottom, shaded=shaded)
    reading = read(tmp_path, data)
    assert set_aside(reading) == []
    assert [dict(record.values) for record in records(reading)] == [values for _, values in rows]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_file_is_refused_or_loses_nothing(tmp_path: Path, data: st.DataObject) -> None:
    whole = bytearray(log_bytes([BRISTOL, LEWISBURG] * 6, bottom=400.0))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    one = exhibit(tmp_path, bytes(whole))
    READER.recognizes(one, CONTEXT)
    try:
        reading = READER.read(one, CONTEXT)
    except InputRefusedError:
        return
    assert len(reading.rows) == reading.held


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, 1080), st.floats(5, 530), st.sampled_from(STRAYS)),
        max_size=8,
        unique_by=lambda stray: stray[0] // 8,  # PDFium gives a text that is painted twice at one place once
    )
)
def test_stray_text_anywhere_is_in_one_row(tmp_path: Path, strays: list[tuple[int, float, str]]) -> None:
    pages = LogMaker(bottom=300.0).lay([BRISTOL, LEWISBURG] * 4)
    for number, (x, y, text) in enumerate(strays):
        pages[number % len(pages)].text(x, y, text)
    read_raw = Counter("".join("".join(row.raw.split()) for row in read(tmp_path, pdf_bytes(pages)).rows))
    laid = Counter("".join("".join(text.split()) for page in pages for _, _, _, text in page.texts))
    assert read_raw == laid


# The real logs, beside the table that the project wv-gov-flights made of them.

WEST_VIRGINIA = "data/west_virginia"
FLIGHTS = {
    "Flight Log 010125-040325.pdf": 54,
    "Flight Log 040125-070725.pdf": 78,
    "Flight Log_N1WV 010117-011425.pdf": 383,
    "Flight Log_N3WV 010117-011425.pdf": 512,
    "Flight Log_N890SP 010117-021825.pdf": 274,
}
"""Flights that stand on the pages, which is fewer than the table links to them: see `LINKED_ONLY`."""

LINKED_ONLY = {
    "Flight Log 010125-040325.pdf": {2025, 2026},
    "Flight Log_N3WV 010117-011425.pdf": {1989},
    "Flight Log_N890SP 010117-021825.pdf": {2025, 2026},
}
"""Trips the table links to a log in which they do not stand, seen on the rendered pages.

2025 and 2026 are trips 1818 and 1819 entered a second time (the logs print each flight once); trip 1989, of
13 January 2025, is later than the last flight (28 December 2024) on the pages of N3WV's log.
"""

DIFFERENCES = {
    (722, "day", "2020-12-15", "2021-12-15"),
    (723, "day", "2021-01-07", "2020-01-07"),
    (99, "riders", "Sara Payne-Scarbro", "Sara Payne- Scarbro"),
    (1710, "agency", "Department of Administration Aviation Division", "Department of Administration"),
}
"""Trip, what differs, reading of the page, reading of the table; each page was looked at and says the first.

Besides, the table lacks or adds a space where a cell wraps (39 routes, 17 comments), and in 23 rows counts
the second line of "Department of Environmental Protection" to the division.
"""

Trip = Mapping[str, str]


def trips_by_log(folder: Path) -> dict[str, list[Trip]]:
    def table(name: str) -> list[dict[str, str]]:
        with (folder / name).open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    logs = {row["id"]: row["path"].rpartition("/")[2] for row in table("datasources.csv")}
    trips = {row["id"]: row for row in table("trips.csv")}
    found: dict[str, list[Trip]] = defaultdict(list)
    for row in table("datasource_trips.csv"):
        found[logs[row["datasource_id"]]].append(trips[row["trip_id"]])
    return found


def squeezed(text: object) -> str:
    return "".join(str(text or "").split())


def paired(found: Sequence[Record], trips: Sequence[Trip]) -> tuple[list[tuple[Record, Trip]], list[Trip]]:
    """Each record with its trip: by aircraft, route and day; failing the day, by hours and riders."""
    left = list(trips)
    pairs: list[tuple[Record, Trip]] = []
    waiting = list(found)
    for keys in (("day", "hours", "riders"), ("day", "hours"), ("day",), ("hours", "riders")):
        still: list[Record] = []
        for record in waiting:
            sides = [(trip, compared(record, trip)) for trip in left]
            trip = next(
                (t for t, s in sides if all(s[k][0] == s[k][1] for k in ("vehicle", "route", *keys))), None
            )
            if trip is None:
                still.append(record)
            else:
                left.remove(trip)
                pairs.append((record, trip))
        waiting = still
    assert waiting == []
    return pairs, left


def compared(record: Record, trip: Trip) -> dict[str, tuple[object, object]]:
    values = record.values
    return {
        "vehicle": (values["vehicle"], trip["tail_no"]),
        "day": (str(values["day"]), trip["date"]),
        "hours": (values["hours"], Decimal(trip["flight_hours"])),
        "riders": (values["riders_text"] or "", " ".join(trip["passengers"].split())),
        "route": (squeezed(values["route_text"]), squeezed(trip["route"])),
        "purpose": (squeezed(values["stated_purpose"]), squeezed(trip["comments"])),
        "agency": (
            f"{values['agency']} {values['division'] or ''}".strip(),
            f"{trip['department']} {trip['division']}".strip(),
        ),
    }


def from_first_difference(ours: str, theirs: str) -> tuple[str, str]:
    """Two long texts, without the items of a list in which they agree."""
    same = 0
    for item, other in zip(ours.split(", "), theirs.split(", "), strict=False):
        if item != other:
            break
        same += len(item) + 2
    return ours[same:], theirs[same:]


def real(shared: Path, name: str) -> Reading:
    path = shared / WEST_VIRGINIA / "pdf" / name
    one = Exhibit(path, name, hashlib.sha256(path.read_bytes()).hexdigest(), path.read_bytes()[: 1 << 16])
    assert READER.recognizes(one, CONTEXT)
    return READER.read(one, CONTEXT)


def test_every_flight_of_the_real_logs_is_found(shared: Path) -> None:
    for name, flown in FLIGHTS.items():
        reading = real(shared, name)
        assert len(reading.rows) == reading.held
        assert len(records(reading)) == flown
        assert set_aside(reading) == []
        assert reading.unread == ()


def test_the_real_logs_agree_with_the_table_row_by_row(shared: Path) -> None:
    trips = trips_by_log(shared / WEST_VIRGINIA)
    differences = set()
    for name in FLIGHTS:
        pairs, only_linked = paired(records(real(shared, name)), trips[name])
        assert {int(trip["id"]) for trip in only_linked} == LINKED_ONLY.get(name, set())
        for record, trip in pairs:
            for what, (ours, theirs) in compared(record, trip).items():
                if ours != theirs:
                    differences.add((int(trip["id"]), what, *from_first_difference(str(ours), str(theirs))))
    assert differences == DIFFERENCES


def test_trips_linked_twice_are_the_same_flight(shared: Path) -> None:
    with (shared / WEST_VIRGINIA / "trips.csv").open(encoding="utf-8", newline="") as stream:
        trips = {int(row.pop("id")): row for row in csv.DictReader(stream)}
    assert (trips[2025], trips[2026]) == (trips[1818], trips[1819])


def test_the_amounts_of_the_real_logs(shared: Path) -> None:
    """Where the column stands every record has an amount, and no comment ends in one."""
    for name in ("Flight Log 010125-040325.pdf", "Flight Log 040125-070725.pdf"):
        rows = records(real(shared, name))
        assert sum(row.values["invoiced"] is not None for row in rows) == sum("$" in row.raw for row in rows)
        assert not any("$" in str(row.values["stated_purpose"]) for row in rows)


def test_the_scanned_letter_is_refused_with_the_reason(shared: Path) -> None:
    path = shared / WEST_VIRGINIA / "pdf" / "Siford_011425_FOIA Response.pdf"
    one = Exhibit(path, path.name, "", path.read_bytes()[: 1 << 16])
    assert not READER.recognizes(one, CONTEXT)
    with pytest.raises(InputRefusedError, match="expected a PDF with a text layer; found page images only"):
        READER.read(one, CONTEXT)
