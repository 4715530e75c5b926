"""The same use in several sources, against a plain Python twin on small made books."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import combinations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.link.books import entry, judgement, linked
from wardbook.intake.riders import split_riders
from wardbook.intake.routes import split_route
from wardbook.records.engine import Engine
from wardbook.records.schema import AUDIT_TABLES

ROUTES = ["CRW-Beckley-CRW", "CRW-Wheeling, WV-Parkersburg", None]
HOURS = ["1.0", "1.1", "2.5", None]
RIDERS = ["Ann Lee, Bo Day", "Ann Lee", "Cy Fox", None]


@st.composite
def logs(draw: st.DrawFn, exhibits: tuple[str, ...] = ("a", "b")) -> list[dict[str, Any]]:
    count = draw(st.integers(1, 6))
    return [
        entry(
            f"{exhibit}{n}",
            exhibit,
            line=n,
            day=draw(st.sampled_from(["2021-05-03", "2021-05-04", None])),
            vehicle=draw(st.sampled_from(["N1WV", "n1-wv", "N3WV", None])),
            route_text=draw(st.sampled_from(ROUTES)),
            hours=draw(st.sampled_from(HOURS)),
            riders_text=draw(st.sampled_from(RIDERS)),
        )
        for n in range(count)
        for exhibit in (draw(st.sampled_from(exhibits)),)
    ]


def sources(book: Engine) -> set[tuple[str, ...]]:
    return {tuple(row[0]) for row in book.rows("SELECT sources FROM uses")}


# ---------------------------------------------------------------- the twin


def keyed(row: dict[str, Any]) -> dict[str, Any]:
    people = sorted(r.name_key or "" for r in split_riders(row["riders_text"]))
    return {
        "id": row["record_id"],
        "exhibit": row["exhibit"],
        "where": ((row["vehicle"] or "").upper().replace("-", ""), row["day"]),
        "route": [s.place_key for s in split_route(row["route_text"])] or None,
        "hours": None if row["hours"] is None else Decimal(row["hours"]),
        "people": people or None,
        "line": row["line"],
    }


def points(a: dict[str, Any], b: dict[str, Any]) -> int | None:
    """Points of a pair that is the same; None for any other."""
    route = "unknown" if not a["route"] or not b["route"] else "same" if a["route"] == b["route"] else "other"
    apart = None if a["hours"] is None or b["hours"] is None else abs(a["hours"] - b["hours"])
    hours = (
        "unknown"
        if apart is None
        else "same"
        if apart == 0
        else "near"
        if apart <= Decimal("0.1")
        else "other"
    )
    if not a["people"] or not b["people"]:
        riders = "unknown"
    elif a["people"] == b["people"]:
        riders = "same"
    else:
        riders = "shared" if set(a["people"]) & set(b["people"]) else "other"
    if route == "same":
        agree = hours != "other" and riders != "other" and (hours, riders) != ("unknown", "unknown")
    else:
        agree = route == "unknown" and hours in {"same", "near"} and riders == "same"
    if not agree:
        return None
    return (
        {"same": 4}.get(route, 0)
        + {"same": 2, "near": 1}.get(hours, 0)
        + {"same": 2, "shared": 1}.get(riders, 0)
    )


def twin(rows: list[dict[str, Any]]) -> set[tuple[str, ...]]:
    """Greedy one-to-one matching, best pair first, over two exhibits."""
    entries = [keyed(row) for row in rows]
    seen: Counter[tuple[Any, ...]] = Counter()
    for e in sorted(entries, key=lambda e: (e["line"], e["id"])):
        alike = (e["exhibit"], e["where"], str(e["route"]), e["hours"], str(e["people"]))
        seen[alike] += 1
        e["occurrence"] = seen[alike]
    pairs = []
    for a, b in combinations(sorted(entries, key=lambda e: e["id"]), 2):
        if a["exhibit"] != b["exhibit"] and a["where"] == b["where"] and all(a["where"]):
            found = points(a, b)
            if found is not None:
                apart = 0 if a["hours"] is None or b["hours"] is None else abs(a["hours"] - b["hours"])
                pairs.append((-found, apart, abs(a["occurrence"] - b["occurrence"]), a["id"], b["id"]))
    groups: dict[str, tuple[str, ...]] = {e["id"]: (e["id"],) for e in entries}
    for _, _, _, left, right in sorted(pairs):
        if len(groups[left]) == len(groups[right]) == 1:
            groups[left] = groups[right] = (left, right)
    return set(groups.values())


@settings(max_examples=40, deadline=None)
@given(logs())
def test_uses_are_those_of_the_twin(rows: list[dict[str, Any]]) -> None:
    with linked(rows) as book:
        assert sources(book) == twin(rows)


@settings(max_examples=10, deadline=None)
@given(logs(("a", "b", "c")))
def test_nothing_is_lost_and_the_order_of_rows_does_not_matter(rows: list[dict[str, Any]]) -> None:
    with linked(rows) as book, linked(rows, backward=True) as other:
        held = [record_id for group in sources(book) for record_id in group]
        assert sorted(held) == sorted(row["record_id"] for row in rows)
        exhibit_of = {row["record_id"]: row["exhibit"] for row in rows}
        assert all(len({exhibit_of[i] for i in group}) == len(group) for group in sources(book))
        ids = [row[0] for row in book.rows("SELECT use_id FROM uses")]
        assert len(ids) == len(set(ids))
        for table in AUDIT_TABLES[2:8]:
            query = f"SELECT * FROM {table.name} ORDER BY ALL"
            assert book.rows(query) == other.rows(query), table.name


# ---------------------------------------------------------------- cases


def test_one_flight_in_two_sources_is_one_use_with_two_sources() -> None:
    log = entry(
        "a1",
        "a",
        route_text="CRW-Roanoke,VA-CRW",
        hours="1.6",
        riders_text="Govenror Jim Justice",
        invoiced=None,
    )
    bill = entry(
        "b1",
        "b",
        route_text="CRW-Roanoke, VA - CRW",
        hours="1.6",
        riders_text="Governor Jim Justice",
        invoiced="2240.00",
        currency="USD",
    )
    with linked([log, bill]) as book:
        use = book.dicts("SELECT * FROM uses")
        assert [u["sources"] for u in use] == [["a1", "b1"]]
        assert use[0]["invoiced"] == Decimal("2240.00")
        assert use[0]["riders"] == "Governor Jim Justice"
    with linked([log]) as book:
        assert book.one("SELECT use_id FROM uses") == use[0]["use_id"]


def test_two_alike_flights_stay_two_in_two_sources() -> None:
    rows = [
        entry(f"{x}{n}", x, line=n, route_text="CRW-Local-CRW", hours="1.0") for x in "ab" for n in (1, 2)
    ]
    with linked(rows) as book:
        assert sources(book) == {("a1", "b1"), ("a2", "b2")}


def test_alike_entries_of_one_source_stay_apart_and_are_asked_about() -> None:
    rows = [entry(f"a{n}", route_text="CRW-Local-CRW", hours="1.0") for n in (1, 2)]
    with linked(rows) as book:
        assert sources(book) == {("a1",), ("a2",)}
        assert book.rows("SELECT left_id, right_id, verdict FROM entry_comparisons") == [
            ("a1", "a2", "unsure")
        ]
    with linked([row | {"source_key": "17"} for row in rows]) as book:
        assert sources(book) == {("a1", "a2")}


def test_a_route_broken_over_lines_is_the_same_route() -> None:
    page = entry("a1", "a", route_text="CRW-Dow-Century Aluminum-Wells-CRW", hours="4.2")
    table = entry("b1", "b", route_text="CRW-Dow-CenturyAluminum-Wells-CRW", hours="4.2")
    other = entry("c1", "c", route_text="CRW-Dow-Wells-CRW", hours="4.2")
    with linked([page, table, other]) as book:
        assert sources(book) == {("a1", "b1"), ("c1",)}


ON_TWO_DAYS = {"route_text": "CRW-Elkins-CRW", "hours": "3.6", "riders_text": "Ann Lee"}


def around(exhibit: str) -> list[dict[str, Any]]:
    """Two entries of the exhibit that make its period 2020 and 2021."""
    days = ("2020-01-01", "2021-12-31")
    return [entry(f"{exhibit}{d}", exhibit, day=d, route_text="CRW-Welch", hours="1.0") for d in days]


def asked(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    with linked(rows) as book:
        return book.rows(
            "SELECT left_id, right_id FROM entry_comparisons WHERE verdict = 'unsure' ORDER BY left_id"
        )


def test_one_flight_under_two_days_stays_two_uses_and_is_asked_about() -> None:
    rows = [
        entry("a1", "a", day="2020-12-15", **ON_TWO_DAYS),
        entry("b1", "b", day="2021-12-15", **ON_TWO_DAYS),
        *around("a"),
        *around("b"),
    ]
    with linked(rows) as book:
        assert {("a1",), ("b1",)} <= sources(book)
        ((said, by),) = book.rows(
            "SELECT comparisons, decided_by FROM entry_comparisons WHERE left_id = 'a1' AND right_id = 'b1'"
        )
    assert said.startswith("days differ (2020-12-15 / 2021-12-15), and each source has no such entry")
    assert by == "rule: the days differ by what may be a slip of the pen, and all else agrees"
    assert asked(rows) == asked(rows[::-1]) == [("a1", "b1")]
    with linked(rows, judgements=[judgement("entry", "a1", "b1", "same")]) as book:
        assert ("a1", "b1") in sources(book)
        (use,) = book.rows("SELECT use_id, CAST(date AS VARCHAR) FROM uses WHERE sources = ['a1', 'b1']")
        assert use[0].startswith(f"N1WV-{use[1]}-")


def test_a_flight_that_one_source_has_on_both_days_is_not_asked_about() -> None:
    rows = [
        entry("a1", "a", day="2020-12-15", **ON_TWO_DAYS),
        entry("b1", "b", day="2021-12-15", **ON_TWO_DAYS),
        entry("b2", "b", day="2020-12-15", **ON_TWO_DAYS),
    ]
    assert asked([*rows, *around("a"), *around("b")]) == []


def test_days_no_slip_explains_or_another_period_are_not_asked_about() -> None:
    first = entry("a1", "a", day="2020-12-15", **ON_TWO_DAYS)
    far = entry("b1", "b", day="2021-03-22", **ON_TWO_DAYS)
    assert asked([first, far, *around("a"), *around("b")]) == []
    alone = entry("b1", "b", day="2021-12-15", **ON_TWO_DAYS)
    assert asked([first, alone, *around("a")]) == []


def test_judgements_of_entries_win() -> None:
    rows = [
        entry("a1", "a", route_text="CRW-Beckley", hours="1.0"),
        entry("b1", "b", route_text="CRW-Beckley", hours="1.0"),
        entry("b2", "b", day="2021-05-04", route_text="CRW-Welch", hours="2.0"),
    ]
    said = [judgement("entry", "b1", "a1", "different"), judgement("entry", "a1", "b2", "same")]
    with linked(rows, judgements=said) as book:
        assert sources(book) == {("a1", "b2"), ("b1",)}
        assert set(book.rows("SELECT left_id, right_id, verdict FROM entry_comparisons")) == {
            ("a1", "b1", "different"),
            ("a1", "b2", "same"),
        }


def test_legs_have_places_and_distances_or_nothing() -> None:
    with linked([entry("a1", route_text="CRW-Mingo-CRW-Lewisburg")]) as book:
        legs = book.dicts("SELECT * FROM legs ORDER BY position")
    assert [(leg["from_place"], leg["to_place"]) for leg in legs] == [
        ("crw", "mingo"),
        ("mingo", "crw"),
        ("crw", "lewisburg"),
    ]
    assert [leg["metres"] for leg in legs[:2]] == [None, None]
    assert 115_000 < legs[2]["metres"] < 125_000


def test_a_track_goes_to_the_use_it_names_or_to_all_of_the_day() -> None:
    rows = [entry("a1", source_key="1", hours="1.0"), entry("a2", source_key="2", hours="2.0")]
    tracks = [
        {"record_id": "t1", "vehicle": "N1WV", "day": "2021-05-03", "source_key": "2"},
        {"record_id": "t2", "vehicle": "N1WV", "day": "2021-05-03", "source_key": "x"},
        {"record_id": "t3", "vehicle": "N1WV", "day": "2021-05-09", "source_key": "1"},
    ]
    fixes = [
        {"record_id": "f1", "track_id": "t3", "position": 1, "lat_e6": 38_000_000, "lon_e6": -81_000_000},
        {"record_id": "f2", "track_id": "t3", "position": 2, "lat_e6": 39_000_000, "lon_e6": -81_000_000},
    ]
    with linked(rows, tracks=tracks, fixes=fixes) as book:
        pairs = book.rows(
            "SELECT u.sources[1], t.track_id FROM use_tracks t JOIN uses u USING (use_id) ORDER BY ALL"
        )
        assert pairs == [("a1", "t2"), ("a2", "t1"), ("a2", "t2")]
        assert book.rows("SELECT leg_id, use_id, track_id, metres FROM legs") == [
            ("t3/1", None, "t3", 111_195)
        ]
