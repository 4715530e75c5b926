"""Veterans Affairs, 2019: family may ride only with the secretary; the report states no sum."""

from __future__ import annotations

from tests.precedents.case import decided, written_for_the_case

RECORDS = """
| case                       | family aboard | principal aboard | cost vehicle |
|----------------------------|---------------|------------------|--------------|
| the wife driven alone      | yes           | no               | 50           |
| an errand with him aboard  | yes           | yes              | 50           |
| a drive without a list     | yes           |                  | 50           |
"""


def test_the_wife_alone_is_a_violation_and_errands_with_him_are_not() -> None:
    alone, errand, unlisted = decided(written_for_the_case("family-with-the-secretary.md"), RECORDS)
    assert (alone.outcomes["permitted"], errand.outcomes["permitted"]) == ("no", "yes")
    assert unlisted.outcomes["permitted"] == "cannot be determined"
    assert "the list of riders" in unlisted.missing


def test_no_sum_can_be_reached_because_the_report_states_none() -> None:
    for record in decided(written_for_the_case("family-with-the-secretary.md"), RECORDS):
        assert set(record.payments.values()) == {None}
        assert "the cost of the drive, and a ruling on repayment" in record.missing
