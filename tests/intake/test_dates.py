from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardbook.intake.cells import BadCellError
from wardbook.intake.dates import FIRST_YEAR, LAST_YEAR, find_order, read_day, read_instant

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2024-03-04", None, date(2024, 3, 4)),
        ("2024/3/4", "dmy", date(2024, 3, 4)),
        ("20240304", None, date(2024, 3, 4)),
        ("03/04/2024", "mdy", date(2024, 3, 4)),
        ("03/04/2024", "dmy", date(2024, 4, 3)),
        ("3.4.24", "dmy", date(2024, 4, 3)),
        ("24-04-03", "ymd", date(2024, 4, 3)),
        ("4 Mar 2024", None, date(2024, 3, 4)),
        ("04-MAR-24", None, date(2024, 3, 4)),
        ("Monday, March 4, 2024", None, date(2024, 3, 4)),
        ("3/4/2024 0:00", "mdy", date(2024, 3, 4)),
        ("2024-03-04T02:00:00Z", None, date(2024, 3, 3)),
    ],
)
def test_days(text: str, order: str | None, day: date) -> None:
    assert read_day(text, order, NEW_YORK) == day


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("03/04/2024", None),
        ("25/03/2024", "mdy"),
        ("03/25/2024", "dmy"),
        ("2023-02-29", None),
        ("0214-01-05", None),
        ("4 Foo 2024", None),
        ("2024-03", None),
        ("45355", "mdy"),
        ("3/4-2024", "mdy"),
    ],
)
def test_days_that_cannot_be_read(text: str, order: str | None) -> None:
    with pytest.raises(BadCellError):
        read_day(text, order, NEW_YORK)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2024-07-01 12:00", datetime(2024, 7, 1, 16, tzinfo=UTC)),
        ("2024-01-01 12:00", datetime(2024, 1, 1, 17, tzinfo=UTC)),
        ("2024-01-01T12:00:00+01:00", datetime(2024, 1, 1, 11, tzinfo=UTC)),
        ("1/2/2024 12:05 AM", datetime(2024, 1, 2, 5, 5, tzinfo=UTC)),
        ("1/2/2024, 12:05:30 p.m.", datetime(2024, 1, 2, 17, 5, 30, tzinfo=UTC)),
        ("2024-11-03 01:30-04:00", datetime(2024, 11, 3, 5, 30, tzinfo=UTC)),
    ],
)
def test_instants(text: str, instant: datetime) -> None:
    assert read_instant(text, "mdy", NEW_YORK) == instant


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2024-03-10 02:30", "skipped"),
        ("2024-11-03 01:30", "twice"),
        ("2024-03-10", "a date and a time"),
        ("2024-03-10 25:00", "a time such as"),
        ("2024-03-10 13:00 PM", "a time such as"),
    ],
)
def test_instants_that_cannot_be_read(text: str, reason: str) -> None:
    with pytest.raises(BadCellError, match=reason):
        read_instant(text, None, NEW_YORK)


def test_the_order_of_a_file_is_found_from_the_dates_that_read_only_one_way() -> None:
    assert find_order(["03/04/2024", "03/25/2024"]) == ("mdy", ())
    assert find_order(["03/04/2024", "25/03/2024"]) == ("dmy", ())
    assert find_order(["03/04/2024", "05/06/2024"]) == (None, ("03/04/2024",))
    assert find_order(["03/25/2024", "25/03/2024"]) == (None, ("03/25/2024", "25/03/2024"))
    assert find_order(["04/04/2024", "2024-03-04"]) == ("mdy", ())
    assert find_order(["2024-03-04", "4 Mar 2024", "no date"]) == (None, ())


@given(st.lists(st.dates(date(1970, 1, 1), date(2068, 1, 1)), min_size=1), st.sampled_from(["mdy", "dmy"]))
def test_the_order_found_is_never_the_wrong_one(days: list[date], order: str) -> None:
    form = "%m/%d/%Y" if order == "mdy" else "%d/%m/%Y"
    texts = [day.strftime(form) for day in days]
    found, _ = find_order(texts)
    if found is not None:
        assert [read_day(text, found, NEW_YORK) for text in texts] == days


@given(st.text(max_size=30))
def test_any_text_is_a_day_or_a_bad_cell(text: str) -> None:
    with suppress(BadCellError):
        assert FIRST_YEAR <= read_day(text, "dmy", NEW_YORK).year <= LAST_YEAR
