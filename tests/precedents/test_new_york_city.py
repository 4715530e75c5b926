"""New York City, 2019 to 2025, the founding case: its records, its rulebooks, its figures to the cent.

The days of single uses are not published; where one stands here, it was chosen within the published time.
"""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from tests.precedents.case import Decided, borne, decided, shipped
from wardbook.policy.costs import PUBLIC_BODY as PUBLIC

BOOK = "new-york-city/security-detail.md"
PENALTIES = "new-york-city/penalties.md"

TRAVEL = """
| case | date | purpose | outside city | protectee aboard | cost travel |
|-|-|-|-|-|-|
| with the mayor, 16 May-20 Sep | 2019-05-16 | campaign | yes | yes | 311812.83 |
| two trips of the spouse alone | 2019-05-16 | campaign | yes | yes | 7981.37 |
"""

ELEVEN_DAYS = """
| case | date | purpose | outside city | cost airfare | cost lodging | cost meals\
 | cost car rental | cost incidentals |
|-|-|-|-|-|-|-|-|-|
| in May | 2019-05-18 | campaign | yes | 32410 | 10990 | 4590 | 3848 | 446 |
"""

NEWSPAPER = """
| case | date | purpose | outside city | cost airfare | cost lodging | cost car rental | cost meals |
|-|-|-|-|-|-|-|-|
| all trips | 2019-06-15 | campaign | yes | 191621 | 103099 | 30929 | 27776 |
"""

PAY = """
| case | date | purpose | outside city | cost salary | cost overtime |
|-|-|-|-|-|-|
| on the road | 2019-06-15 | campaign | yes | 1000.01 | 333.33 |
"""

DESCRIBED = """
| case | date | purpose | outside city | task | protectee aboard | declined\
 | assessment in force | campaign staff aboard | place lived in |
|-|-|-|-|-|-|-|-|-|-|
| the son to New Haven | 2016-09-05 | personal | yes | movement | no | | | | |
| the same, he being a protectee | 2016-09-05 | personal | yes | movement | yes | yes | no | | |
| the son to work | 2019-12-02 | personal | no | movement | no | | | | |
| furniture for the daughter's move | 2018-08-24 | personal | no | errand | | | | | |
| staff driven home | 2019-03-04 | personal | no | movement | no | | | | |
| a brother fetched, then to New Jersey | 2018-05-05 | personal | yes | movement | no | | | | |
| campaign staff without the mayor | 2019-07-03 | campaign | yes | movement | no | | | yes | |
| campaign staff with the mayor | 2019-07-03 | campaign | yes | movement | yes | no | no | yes | |
| a house where nobody lived | 2019-03-04 | protective | no | post | | | no | | no |
"""

ORDER = Decimal("319794.20")


def _parts(record: Decided, payer: str) -> Decimal:
    return borne([record], payer)


def test_the_campaign_owes_the_travel_to_the_cent(root: Path) -> None:
    records = decided(shipped(root, BOOK), TRAVEL)
    assert borne(records, "campaign") == ORDER
    assert borne(records, PUBLIC) == 0
    assert {record.outcomes["permitted"] for record in records} == {"yes"}
    assert {record.outcomes["security_reason"] for record in records} == {"cannot be determined"}


def test_the_pay_of_the_detail_stays_with_the_city(root: Path) -> None:
    (record,) = decided(shipped(root, BOOK), PAY)
    assert _parts(record, "campaign") == 0
    assert _parts(record, PUBLIC) == Decimal("1333.34")


def test_the_eleven_days_of_may_come_to_170_less_than_stated(root: Path) -> None:
    (record,) = decided(shipped(root, BOOK), ELEVEN_DAYS)
    assert _parts(record, "campaign") == 52284
    assert 52454 - _parts(record, "campaign") == 170
    missing = "52,284; 170 are unexplained"
    assert missing in (root / "examples" / "new-york-2019" / "README.md").read_text("utf-8")


def test_the_newspapers_total_is_not_reached_by_its_parts(root: Path) -> None:
    (record,) = decided(shipped(root, BOOK), NEWSPAPER)
    assert 358000 - _parts(record, "campaign") == 4575
    assert 358000 - borne(decided(shipped(root, BOOK), TRAVEL), "campaign") == Decimal("38205.80")
    assert "The vouchers are not public" in shipped(root, BOOK).text


def test_a_fine_can_rest_on_each_of_the_31_trips_the_board_counted(root: Path) -> None:
    """One record a trip is the Board's counting rule; under another rule the same sum has about 21 trips."""
    rows = "".join(f"| trip {at} | 2019-07-01 | yes |\n" for at in range(1, 32))
    trips = decided(shipped(root, PENALTIES), "| case | date | misuse found |\n|---|---|---|\n" + rows)
    fined = [trip for trip in trips if trip.outcomes["fine_for_the_use"] == "yes"]
    with (root / "examples" / "new-york-2019" / "obligations.csv").open(encoding="utf-8", newline="") as file:
        (fine,) = (row for row in csv.DictReader(file) if row["unit_amount"])
    assert len(fined) * Decimal(fine["unit_amount"]) == Decimal(fine["amount"])
    owed = borne(decided(shipped(root, BOOK), TRAVEL), "campaign")
    assert owed + len(fined) * Decimal(fine["unit_amount"]) == Decimal("474794.20")


def test_the_order_and_the_settlement(root: Path) -> None:
    """31 is the Board's own count of units; the investigators' 21 came without a counting rule."""
    folder = root / "examples" / "new-york-2019"
    with (folder / "obligations.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with (folder / "repayments.csv").open(encoding="utf-8", newline="") as file:
        paid = sum(Decimal(row["amount"]) for row in csv.DictReader(file))
    total = {
        name: sum(Decimal(row["amount"]) for row in rows if row["instrument"] == name)
        for name in ("order", "settlement")
    }
    (fine,) = (row for row in rows if row["instrument"] == "order" and row["kind"] == "fine")
    assert int(fine["units"]) * Decimal(fine["unit_amount"]) == Decimal(fine["amount"]) == 155000
    assert total == {"order": Decimal("474794.20"), "settlement": Decimal("329794.20")}
    assert total["settlement"] - paid == Decimal("229794.20")
    assert "up to twenty-five thousand dollars" in " ".join(
        shipped(root, PENALTIES).law["charter-2606-b"].split()
    )
    assert Decimal(fine["unit_amount"]) <= 25000


def test_the_described_uses(root: Path) -> None:
    records = {record.case: record for record in decided(shipped(root, BOOK), DESCRIBED)}
    permitted = {case: record.outcomes["permitted"] for case, record in records.items()}
    open_ones = {"campaign staff with the mayor", "a house where nobody lived"}
    assert permitted == {case: "cannot be determined" if case in open_ones else "no" for case in records}
    for case in open_ones:
        assert any("Conflicts of Interest Board" in record for record in records[case].missing), case


def test_before_the_advice_only_the_opinion_of_2009_stands(root: Path) -> None:
    trip = "| case | date | purpose | outside city | cost travel |\n|---|---|---|---|---|\n"
    days = ("2009-12-31", "2010-01-01", "2019-02-23", "2019-05-14", "2019-05-15")
    rows = "".join(f"| trip | {day} | campaign | yes | 100 |\n" for day in days)
    *before, after = decided(shipped(root, BOOK), trip + rows)
    for record in before:
        assert record.outcomes["permitted"] == "cannot be determined"
        assert record.outcomes["costs"] is None
    assert "the opinion of 2009 itself" in " ".join(before[2].missing)
    assert "the opinion of 2009 itself" not in " ".join(before[0].missing)
    assert _parts(after, "campaign") == 100


@pytest.mark.parametrize(
    ("how", "for_the_request"),
    [("requested", "yes"), ("commanded", "yes"), ("accepted", "no"), ("", "cannot be determined")],
)
def test_requested_or_merely_accepted_changes_the_penalty_and_not_the_misuse(
    root: Path, how: str, for_the_request: str
) -> None:
    table = f"""
| case | date | misuse found | how it came about | knowing | officer in violation | gain |
|-|-|-|-|-|-|-|
| furniture | 2018-08-24 | yes | {how} | yes | yes | 88.10 |
"""
    (record,) = decided(shipped(root, PENALTIES), table)
    assert record.outcomes["fine_for_the_use"] == "yes"
    assert record.outcomes["fine_for_the_request"] == for_the_request
    assert record.outcomes["repayment"] == "may be ordered"
    names = {fact.name for fact in shipped(root, BOOK).facts}
    assert not names & {"requested", "how it came about", "knowing"}
