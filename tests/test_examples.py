"""The shipped examples, end to end: the folder in, the files of the audit out, against what was expected."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlparse

import pytest
from click.testing import CliRunner

from wardbook.cli import main
from wardbook.policy.check import run_examples
from wardbook.policy.read import load

Row = Mapping[str, str]


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def audited(folder: Path, out: Path) -> str:
    """Audit ``folder`` into ``out`` and return what the command printed."""
    result = CliRunner().invoke(main, ["audit", str(folder), "--out", str(out)])
    assert result.exit_code == 0, result.output
    return result.output


def entry_names(folder: Path) -> dict[str, str]:
    """The record ids of the log entries of Millbrook, and the names the expected files give them.

    An entry of the officers' log is named by its own number, one of the dispatcher's sheet by its line.
    """
    names = {}
    for path in sorted([*folder.glob("log_entries*.csv"), *folder.glob("dispatch-c2.csv")]):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for line, row in enumerate(rows(path), start=2):
            names[f"{digest}:0:{line}"] = row.get("source_key") or f"{path.name} line {line}"
    return names


# ---------------------------------------------------------------- the fictional town


@pytest.fixture(scope="module")
def town(root: Path) -> Path:
    return root / "examples" / "millbrook"


@pytest.fixture(scope="module")
def expected(root: Path) -> Path:
    return root / "examples" / "millbrook-expected"


@pytest.fixture(scope="module")
def town_audit(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("millbrook") / "out"
    audited(town, out)
    return out


@pytest.fixture(scope="module")
def town_uses(town: Path, town_audit: Path) -> dict[str, str]:
    """The uses of the audit by the name of the entry behind each; the officers' log before the sheet."""
    names = entry_names(town)
    uses: dict[str, str] = {}
    for row in rows(town_audit / "uses.csv"):
        behind = sorted((names[source] for source in row["sources"].split("; ")), key=lambda n: " " in n)
        uses[behind[0]] = row["use_id"]
    return uses


def test_each_example_of_the_ordinance_is_decided_as_written(town: Path) -> None:
    rulebook = load(town / "policy.md")
    assert len(rulebook.examples) >= 20
    assert [str(failure) for failure in run_examples(rulebook)] == []


def test_each_use_is_decided_as_worked_out_by_hand(
    expected: Path, town_audit: Path, town_uses: Mapping[str, str]
) -> None:
    columns = ("purpose", "security_reason", "permitted", "costs")
    by_hand = {row["entry"]: tuple(row[c] for c in columns) for row in rows(expected / "determinations.csv")}
    decided = {
        row["use_id"]: tuple(row[c] for c in columns) for row in rows(town_audit / "determinations.csv")
    }
    assert {entry: decided[use] for entry, use in town_uses.items()} == by_hand


def test_every_kind_of_answer_occurs(town_audit: Path) -> None:
    found = rows(town_audit / "determinations.csv")
    answers = {"yes", "no", "cannot be determined"}
    assert {row["security_reason"] for row in found} == answers
    assert {row["permitted"] for row in found} == answers
    purposes = {"protective", "official", "political", "personal", "mixed", "none"}
    assert purposes <= {row["purpose"] for row in found}
    for row in found:
        undetermined = "cannot be determined" in (row["security_reason"], row["permitted"])
        assert undetermined == bool(row["missing"]), row


def test_the_findings_are_those_worked_out_by_hand(
    expected: Path, town_audit: Path, town_uses: Mapping[str, str]
) -> None:
    by_hand = [
        (row["procedure"], tuple(sorted(town_uses[e] for e in _entries(row["entries"]))), row["amount"])
        for row in rows(expected / "findings.csv")
    ]
    found = [
        (finding["procedure"], tuple(sorted(finding["uses"])), finding["amount"] or "")
        for finding in json.loads((town_audit / "findings.json").read_text("utf-8"))
    ]
    assert sorted(found) == sorted(by_hand)


def _entries(text: str) -> Iterator[str]:
    """The entries named in a cell: ``W23 dispatch-c2.csv line 5`` is two."""
    words = iter(text.split())
    for word in words:
        yield " ".join((word, next(words), next(words))) if word.endswith(".csv") else word


def test_the_receivables_are_those_worked_out_by_hand(expected: Path, town_audit: Path) -> None:
    columns = ("payer", "cost_class", "amount")
    by_hand = [tuple(row[c] for c in columns) for row in rows(expected / "receivables.csv")]
    assert sorted(tuple(r[c] for c in columns) for r in rows(town_audit / "receivables.csv")) == sorted(
        by_hand
    )
    open_amount = sum(
        Decimal(row["amount"])
        for row in rows(town_audit / "allocations.csv")
        if row["payer"] == "undetermined"
    )
    assert open_amount == Decimal("19.00") + Decimal("38.00") + Decimal("45.00")


def test_postings_of_each_entry_add_up_to_zero(town_audit: Path) -> None:
    sums: dict[tuple[str, str], Decimal] = {}
    for row in rows(town_audit / "postings.csv"):
        key = (row["entry_id"], row["currency"])
        sums[key] = sums.get(key, Decimal(0)) + Decimal(row["amount"])
    assert sums
    assert set(sums.values()) == {Decimal(0)}


def test_two_rows_are_set_aside_and_nothing_else(town_audit: Path) -> None:
    found = {(row["path"], row["line"]): row["found"] for row in rows(town_audit / "set_aside.csv")}
    assert found == {("dispatch-c2.csv", "3"): "'02/30/2024'", ("dispatch-c2.csv", "6"): "'-30'"}


def test_a_second_audit_gives_the_same_bytes(town: Path, town_audit: Path, tmp_path: Path) -> None:
    audited(town, tmp_path / "out")
    for name in ("uses.csv", "determinations.csv", "receivables.csv", "postings.csv", "findings.json"):
        assert (tmp_path / "out" / name).read_bytes() == (town_audit / name).read_bytes(), name


# ---------------------------------------------------------------- New York City, 2019


@pytest.fixture(scope="module")
def city(root: Path) -> Path:
    return root / "examples" / "new-york-2019"


@pytest.fixture(scope="module")
def city_audit(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("new-york") / "out"
    audited(city, out)
    return out


@pytest.fixture(scope="module")
def stated(city_audit: Path) -> dict[str, dict[str, str]]:
    return {row["assertion_id"]: row for row in rows(city_audit / "assertion_tests.csv")}


@pytest.mark.parametrize(
    ("assertion", "figure"),
    [
        ("order total", "474794.20"),
        ("settlement total", "329794.20"),
        ("settlement left", "229794.20"),
        ("official travel", "319794.20"),
        ("official travel: spouse alone", "7981.37"),
        ("newspaper above official", "38205.80"),
        ("trips: Board", "31.00"),
    ],
)
def test_published_figures_that_can_be_reproduced(
    stated: Mapping[str, Row], assertion: str, figure: str
) -> None:
    assert (stated[assertion]["computed"], stated[assertion]["verdict"]) == (figure, "reproduced")


@pytest.mark.parametrize(
    ("assertion", "figure", "unexplained"),
    [
        ("eleven days", "52284.00", "170.00"),
        ("newspaper total", "353425.00", "4575.00"),
        ("nearly 320,000", "319794.20", "205.80"),
    ],
)
def test_published_figures_that_differ_from_their_parts(
    stated: Mapping[str, Row], assertion: str, figure: str, unexplained: str
) -> None:
    row = stated[assertion]
    assert (row["computed"], row["difference"], row["verdict"]) == (figure, unexplained, "differs")


def test_what_cannot_be_reproduced_says_what_is_missing(stated: Mapping[str, Row]) -> None:
    assert stated["trips: investigators"]["verdict"] == "cannot be reproduced"
    assert "counting rule" in stated["trips: investigators"]["working"]
    for name, row in stated.items():
        assert row["working"], name
        assert (row["verdict"] == "cannot be reproduced") == (row["computed"] == ""), name


@pytest.mark.parametrize(
    ("assertion", "verdict", "why"),
    [
        ("official travel", "supported", "the book gives the stated figure exactly"),
        ("nearly 320,000", "supported", "205.80 off, within the 500.00 of the publisher's rounding"),
        (
            "eleven days",
            "contradicted",
            "170.00 off, and no scope on record differs from what was counted",
        ),
        ("newspaper total", "different scope", "only the statement covers other"),
        ("trips: Board", "supported", "the book gives the stated figure exactly"),
        ("declined: son", "supported", "1 record shows a declining of protection of Mayor's Son"),
        (
            "no threat assessment",
            "not reproducible",
            "missing: a record in the table assessments, or an answer to a request for it that there is none",
        ),
        (
            "family protected",
            "not reproducible",
            (
                "missing: a designation as a protectee of Mayor's Son, or an answer to a request for it that "
                "there is none"
            ),
        ),
    ],
)
def test_published_statements_are_judged_in_their_scope(
    stated: Mapping[str, Row], assertion: str, verdict: str, why: str
) -> None:
    assert (stated[assertion]["finding_verdict"], stated[assertion]["why"]) == (verdict, why)


def test_the_report_prints_the_verdict_on_a_statement(city_audit: Path) -> None:
    page = (city_audit / "report.html").read_text("utf-8")
    assert "<strong>supported: 205.80 off, within the 500.00 of the publisher&#39;s rounding</strong>" in page
    assert "‘there was no written threat assessment’" in page


def test_every_verdict_on_a_statement_occurs(stated: Mapping[str, Row]) -> None:
    found = {row["finding_verdict"] for row in stated.values()}
    assert found == {"supported", "contradicted", "different scope", "not reproducible"}


def test_the_two_totals_stay_apart_with_the_missing_records_named(city_audit: Path) -> None:
    schedules = rows(city_audit / "reconciliations.csv")
    lines = [row for row in schedules if row["left_id"] == "newspaper total"]
    assert [(row["line_class"], row["amount"]) for row in lines] == [
        ("unexplained", "4575.00"),
        ("unexplained", "33630.80"),
    ]
    assert sum(Decimal(row["amount"]) for row in lines) == Decimal("38205.80")
    assert lines[0]["words"].endswith("missing: other parts of newspaper total")
    assert lines[1]["words"].endswith("missing: the parts of official travel by cost class, or its vouchers")
    (trips,) = (row for row in schedules if row["left_id"] == "trips: investigators")
    assert (trips["line_class"], trips["amount"]) == ("unexplained", "-10.00")
    assert "missing: the counting rule of trips: investigators" in trips["words"]


def test_the_campaign_owes_the_travel_and_the_settlement_stands_apart(city_audit: Path) -> None:
    found = {(row["payer"], row["cost_class"]): row["amount"] for row in rows(city_audit / "receivables.csv")}
    assert found == {
        ("The mayor's presidential campaign", "travel"): "319794.20",
        ("Former Mayor", "order: settlement"): "229794.20",
    }


def test_the_described_uses_come_out_as_the_report_found(city: Path, city_audit: Path) -> None:
    entries = rows(city / "described-uses.csv")
    purpose = {row["use_id"]: row["stated_purpose"] for row in rows(city_audit / "uses.csv")}
    permitted = {purpose[row["use_id"]]: row["permitted"] for row in rows(city_audit / "determinations.csv")}
    found = {row["No."]: permitted[row["What is described"]] for row in entries}
    not_permitted = dict.fromkeys(("R01", "R02", "R03", "R04", "R05", "R06", "R07"), "no")
    assert found == {**not_permitted, "R08": "cannot be determined", "R09": "cannot be determined"}


def test_campaign_travel_before_the_advice_is_not_decided_by_it(city_audit: Path) -> None:
    uses = {row["use_id"]: row for row in rows(city_audit / "uses.csv")}
    decided = [(uses[row["use_id"]], row) for row in rows(city_audit / "determinations.csv")]
    before = [row for use, row in decided if use["trip"] == "before candidacy"]
    during = [row for use, row in decided if use["trip"].startswith("campaign 2019")]
    assert [row["permitted"] for row in before] == ["cannot be determined"]
    assert len(during) == 13
    assert {(row["permitted"], row["costs"]) for row in during} == {("yes", "campaign travel")}


def test_every_use_and_figure_names_where_it_was_published(city: Path) -> None:
    for name, column in (("itinerary.csv", "Source"), ("described-uses.csv", "Published in")):
        for row in rows(city / name):
            address = urlparse(row[column])
            assert address.scheme == "https" or row[column].startswith("CNN table"), (name, row)
    for name in ("expenses", "obligations", "repayments", "assertions"):
        assert all(row["citation"] for row in rows(city / f"{name}.csv")), name


def test_nothing_of_the_published_facts_is_set_aside(city_audit: Path) -> None:
    assert rows(city_audit / "set_aside.csv") == []


# ---------------------------------------------------------------- one car and its tracker


def test_the_tracker_of_one_car_says_what_was_worked_out_by_hand(root: Path, tmp_path: Path) -> None:
    folder = root / "examples" / "millbrook-tracker"
    audited(folder, tmp_path / "out")
    found = json.loads((tmp_path / "out" / "findings.json").read_text("utf-8"))
    names = entry_names(folder)
    wanted = rows(folder / "expected.csv")
    assert {one["procedure"] for one in found} == {row["procedure"] for row in wanted}
    by_procedure = {one["procedure"]: one for one in found}
    assert len(by_procedure) == len(found)
    for row in wanted:
        finding = by_procedure[row["procedure"]]
        assert row["says"] in finding["condition"]
        assert row["entries"] in {names.get(record, "") for record in finding["evidence"]} | {""}


def test_the_silent_way_back_is_no_leg(root: Path, tmp_path: Path) -> None:
    audited(root / "examples" / "millbrook-tracker", tmp_path / "out")
    moved = rows(tmp_path / "out" / "movements.csv")
    assert [row["kind"] for row in moved].count("unobserved") == 1
    assert len(moved) == 14
    (silent,) = (row for row in moved if row["kind"] == "unobserved")
    assert (silent["from_place"], silent["to_place"]) == ("Oakmere", "Mayor's House")
    assert silent["entries"]
