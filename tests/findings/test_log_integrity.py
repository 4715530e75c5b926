"""AUT-01 and INT-01, 02, 06, 07: what the log itself shows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.accounts.small_book import accounted, rate, rulebook, use
from wardbook.findings.finding import Finding
from wardbook.findings.procedures import run_procedures


def found(code: str, persons: dict[str, str] | None = None, **tables: Any) -> list[Finding]:
    engine = accounted(rulebook(), **tables)
    for name, person in (persons or {}).items():
        engine.rows("INSERT INTO persons VALUES (?, ?)", [name, person])
    return [finding for finding in run_procedures(engine, rulebook()) if finding.procedure == code]


def entry(record_id: str, **columns: Any) -> dict[str, Any]:
    return {"record_id": record_id, "exhibit": "aa" * 32, "page": 1, "line": 3, **columns}


def test_uses_without_purpose_or_authority_are_grouped_by_agency_and_year() -> None:
    findings = found(
        "AUT-01",
        uses=[
            use("a", date="2017-01-15", agency="Governor's Office", hours="0.8", vehicle="N1WV"),
            use("b", date="2017-02-15", agency="Governor's Office", hours="1.2", vehicle="N1WV"),
            use("c", date="2018-02-15", agency="Governor's Office"),
            use("d", date="2017-02-15"),
            use("purpose", date="2017-02-16", agency="Governor's Office", stated_purpose="Prospect Visit"),
            use("authorized", date="2017-02-17", agency="Governor's Office"),
            use("in force", date="2017-02-18", agency="Governor's Office"),
            use("justified", date="2017-02-19", agency="Governor's Office"),
        ],
        facts=[
            {"use_id": "a", "purpose_stated": False, "authorization_in_force": False},
            {"use_id": "in force", "authorization_in_force": True},
        ],
        log_entries=[
            entry("log-authorized", authorized_by="Chief of Staff"),
            entry("log-justified", justification="bill signing"),
            entry("log-a", authorized_by="  "),
        ],
        rates=[rate("N1WV", "1400")],
    )
    assert [(finding.finding_id, finding.uses) for finding in findings] == [
        ("AUT-01-0001", ("a", "b")),
        ("AUT-01-0002", ("c",)),
        ("AUT-01-0003", ("d",)),
    ]
    assert findings[0].condition.startswith(
        "2 of 6 uses of Governor's Office in 2017 (2017-01-15 to 2017-02-15; 2 h, 2,800.00 USD on record)"
    )
    assert (findings[0].amount, findings[0].evidence) == (Decimal("2800.00"), ("log-a", "log-b"))
    assert findings[2].title == "1 use of an agency not on record without authority or purpose, 2017"


def test_entries_made_after_the_event() -> None:
    (finding,) = found(
        "INT-01",
        uses=[
            use("late", date="2025-01-01", agency="Police", logged_at="2025-01-13T09:00:00Z"),
            use("later", date="2025-01-01", agency="Police", logged_at="2025-02-01T09:00:00Z"),
            use("prompt", date="2025-01-01", agency="Police", logged_at="2025-01-01T09:00:00Z"),
            use("unknown", date="2025-01-01", agency="Police"),
        ],
        facts=[{"use_id": u, "made_after_event": u.startswith("late")} for u in ("late", "later", "prompt")],
    )
    assert finding.uses == ("late", "later")
    assert finding.condition == (
        "2 of 3 uses of Police in 2025 with a known time of entry were logged more than a day after the use, "
        "at most 31 days: 2025-01-01 31 days later (later); 2025-01-01 12 days later (late)."
    )


def made(record_id: str, day: int, at: str, exhibit: str = "aa" * 32) -> dict[str, Any]:
    return entry(record_id, day=f"2025-01-{day:02}", logged_at=f"2025-02-01T{at}:00Z", exhibit=exhibit)


def test_five_entries_of_three_days_within_an_hour_are_one_sitting() -> None:
    entries = [made(str(n), day, f"09:{n}0") for n, day in enumerate((1, 1, 1, 2, 3))]
    (finding,) = found(
        "INT-02",
        log_entries=[*entries, made("afternoon", 4, "14:00")],
        uses=[use("u", sources=["0", "4"])],
    )
    assert finding.evidence == ("0", "1", "2", "3", "4")
    assert finding.uses == ("u",)
    assert "5 entries for 3 different days (2025-01-01 to 2025-01-03)" in finding.condition
    assert "between 2025-02-01 09:00 and 2025-02-01 09:40 UTC" in finding.condition


def test_four_entries_or_two_days_or_two_logs_are_no_sitting() -> None:
    assert not found("INT-02", log_entries=[made(str(n), n + 1, "09:00") for n in range(4)])
    assert not found("INT-02", log_entries=[made(str(n), n % 2 + 1, "09:00") for n in range(9)])
    assert not found(
        "INT-02", log_entries=[made(str(n), n + 1, "09:00", exhibit=f"{n % 2}" * 64) for n in range(8)]
    )


def test_sittings_whose_hours_overlap_are_one_and_others_are_apart() -> None:
    long = [made(f"m{n}", n + 1, f"{9 + n // 4:02}:{n % 4 * 15:02}") for n in range(10)]
    evening = [made(f"e{n}", n + 1, "20:00") for n in range(5)]
    first, second = found("INT-02", log_entries=[*evening, *long])
    assert (len(first.evidence), len(second.evidence)) == (10, 5)


def two_sources(**readings: tuple[Any, Any]) -> dict[str, Any]:
    """One use in a PDF log and in a table, with each column's two readings."""
    left, right = ({name: pair[side] for name, pair in readings.items()} for side in (0, 1))
    others = [
        entry(f"other-{exhibit}", exhibit=exhibit, hours="9", riders_text="x") for exhibit in ("pdf", "csv")
    ]
    return {
        "uses": [use("u", date="2025-01-01", vehicle="N1WV", sources=["left", "right"])],
        "log_entries": [
            {**entry("left", exhibit="pdf", page=2, line=7), **left},
            {**entry("right", exhibit="csv", page=None, line=41), **right},
            *others,
        ],
        "occurrences": [
            {"exhibit": "pdf", "path": "log.pdf"},
            {"exhibit": "csv", "path": "trips.csv"},
        ],
    }


def test_sources_that_differ_are_listed_with_both_readings() -> None:
    (finding,) = found("INT-06", **two_sources(hours=("1.5", "1.8"), riders_text=("A. Able", "A. Able")))
    assert finding.condition == "Hours: 1.500 (log.pdf, page 2, line 7) against 1.800 (trips.csv, line 41)."
    assert finding.evidence == ("left", "right")


def test_a_source_that_is_silent_where_it_speaks_elsewhere_differs() -> None:
    (finding,) = found("INT-06", **two_sources(hours=("1.5", "1.5"), riders_text=("A. Able", None)))
    assert (
        finding.condition
        == "Riders: A. Able (log.pdf, page 2, line 7) against none given (trips.csv, line 41)."
    )


def test_a_name_judged_to_be_the_same_person_is_no_difference() -> None:
    tables = two_sources(hours=("1", "1"), riders_text=("Ann Able", "Anne Able"))
    riders = [
        {"entry_id": "left", "name_key": "ann able", "headcount": 1},
        {"entry_id": "right", "name_key": "anne able", "headcount": 1},
    ]
    assert len(found("INT-06", riders=riders, **tables)) == 1
    assert not found("INT-06", persons={"ann able": "p", "anne able": "p"}, riders=riders, **tables)


def test_a_column_one_source_never_has_is_no_difference() -> None:
    tables = two_sources(hours=("1.5", None), riders_text=("A", "A"))
    tables["log_entries"][-1]["hours"] = None
    assert not found("INT-06", **tables)


def test_entries_the_comparison_could_not_decide() -> None:
    (finding,) = found(
        "INT-07",
        log_entries=[
            entry("left", vehicle="N1WV", day="2025-01-01", raw_text="CRW-HTS-CRW\n1.0"),
            entry("right", vehicle="N1WV", day="2025-01-01", raw_text="CRW-HTS 0.5"),
            entry("third"),
        ],
        entry_comparisons=[
            {"left_id": "left", "right_id": "right", "comparisons": "hours 1.0, 0.5", "verdict": "unsure"},
            {"left_id": "left", "right_id": "third", "verdict": "different"},
        ],
        uses=[use("a", sources=["left"]), use("b", sources=["right"])],
    )
    assert finding.condition == (
        "First: CRW-HTS-CRW 1.0 [in no further source]. Second: CRW-HTS 0.5 [in no further source]. "
        "Compared: hours 1.0, 0.5."
    )
    assert (finding.evidence, finding.uses) == (("left", "right"), ("a", "b"))


def two_days(**more: Any) -> dict[str, Any]:
    return {
        "log_entries": [
            entry("left", vehicle="N3WV", day="2020-12-15", hours="3.6", raw_text="12/15/2020"),
            entry("right", vehicle="N3WV", day="2021-12-15", hours="3.6", raw_text="722,2021-12-15"),
        ],
        "entry_comparisons": [
            {"left_id": "left", "right_id": "right", "comparisons": "days differ", "verdict": "unsure"}
        ],
        **more,
    }


def test_a_use_on_two_days_says_what_is_counted_twice() -> None:
    priced = {"vehicle": "N3WV", "hours": "3.6"}
    (finding,) = found(
        "INT-07",
        **two_days(
            uses=[
                use("a", date="2020-12-15", sources=["left", "bill"], **priced),
                use("b", date="2021-12-15", sources=["right"], **priced),
            ],
            rates=[rate("N3WV", "1100")],
        ),
    )
    assert finding.title == "Two entries of N3WV on 2020-12-15 and 2021-12-15 may be one use"
    assert "12/15/2020 [also in 1 further source]" in finding.condition
    assert "if they are one, 3.6 h and 3,960.00 USD are counted twice" in finding.effect
    assert (finding.amount, finding.currency) == (Decimal("3960.00"), "USD")


def test_two_entries_of_one_use_are_not_counted_twice() -> None:
    assert not found("INT-07", **two_days(uses=[use("a", sources=["left", "right"])]))


def test_sources_of_one_use_that_give_two_days_differ() -> None:
    tables = two_sources(hours=("3.6", "3.6"), day=("2020-12-15", "2021-12-15"))
    (finding,) = found("INT-06", **tables)
    assert finding.condition == (
        "Day: 2020-12-15 (log.pdf, page 2, line 7) against 2021-12-15 (trips.csv, line 41)."
    )
