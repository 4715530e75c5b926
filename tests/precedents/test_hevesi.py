"""New York, 2003 to 2006: a comptroller's driver, without an assessment that was followed."""

from __future__ import annotations

from decimal import Decimal

from tests.precedents.case import borne, decided, written_for_the_case

RECORDS = """
| case             | assessed threat | on security duty | cost driver |
|------------------|-----------------|------------------|-------------|
| first payment    | low             | no               | 82688.82    |
| second payment   | low             | no               | 90000.00    |
| third payment    | low             | no               | 33604.97    |
"""

PUBLISHED = Decimal("206293.79")


def test_the_three_sums_are_the_published_repayment() -> None:
    records = decided(written_for_the_case("comptroller-driver.md"), RECORDS)
    assert [record.outcomes["security_reason"] for record in records] == ["no", "no", "no"]
    assert [record.outcomes["permitted"] for record in records] == ["no", "no", "no"]
    assert borne(records, "comptroller") == PUBLISHED


def test_nothing_of_it_stays_with_the_state() -> None:
    records = decided(written_for_the_case("comptroller-driver.md"), RECORDS)
    assert borne(records, "public body") == 0


def test_the_fine_is_no_cost_that_the_rulebook_sends_to_anybody() -> None:
    table = """
    | case     | assessed threat | on security duty | cost fine |
    |----------|-----------------|------------------|-----------|
    | the fine | low             | no               | 5000      |
    """
    (record,) = decided(written_for_the_case("comptroller-driver.md"), table)
    assert dict(record.payments) == {("fine", "undetermined"): None}


def test_an_errand_is_repaid_whatever_the_threat_was() -> None:
    table = """
    | case                 | assessed threat | on security duty | cost driver |
    |----------------------|-----------------|------------------|-------------|
    | an errand (ours)     | high            | no               | 33604.97    |
    | never assessed       |                 | no               | 33604.97    |
    | on duty, high (ours) | high            | yes              | 33604.97    |
    """
    records = decided(written_for_the_case("comptroller-driver.md"), table)
    assert [record.amount("driver", "comptroller") for record in records] == [
        Decimal("33604.97"),
        Decimal("33604.97"),
        Decimal(0),
    ]


def test_without_an_assessment_a_driver_on_duty_is_left_open() -> None:
    table = """
    | case  | on security duty | cost driver |
    |-------|------------------|-------------|
    | a day | yes              | 100.00      |
    """
    (record,) = decided(written_for_the_case("comptroller-driver.md"), table)
    assert record.outcomes["security_reason"] == "cannot be determined"
    assert "an independent threat assessment made before the use" in record.missing
