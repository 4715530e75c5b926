"""Interior, 2018: no riders from outside the government, and reimbursement where it is required."""

from __future__ import annotations

from decimal import Decimal

from tests.precedents.case import borne, decided, written_for_the_case

RECORDS = """
| case | outside rider | reimbursement required | vacation | cost ride | cost travel |
|---|---|---|---|---|---|
| the wife rode with him (fare ours) | yes | yes | no | 41.15 |  |
| the detail on vacation, "over 25,000" | no |  | yes |  | 25000 |
| a ride without a ruling (ours) | yes |  | no | 41.15 |  |
"""


def test_the_wifes_ride_breaks_the_policy_and_is_reimbursed() -> None:
    ride = decided(written_for_the_case("outside-riders.md"), RECORDS)[0]
    assert ride.outcomes["permitted"] == "no"
    assert borne([ride], "secretary") == Decimal("41.15")


def test_the_detail_on_vacation_is_not_repaid_and_its_reason_is_open() -> None:
    detail = decided(written_for_the_case("outside-riders.md"), RECORDS)[1]
    assert borne([detail], "public body") == Decimal(25000)
    assert detail.outcomes["security_reason"] == "cannot be determined"
    assert "a threat assessment made before the vacation" in detail.missing


def test_whether_a_ride_is_reimbursed_waits_for_the_ruling() -> None:
    ride = decided(written_for_the_case("outside-riders.md"), RECORDS)[2]
    assert set(ride.payments.values()) == {None}
    assert "the travel office's ruling on the ride" in ride.missing
