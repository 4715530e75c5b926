"""What a cell of a decision table means."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from wardbook.policy.cells import CellError, holds, parse_cell, show_value
from wardbook.policy.model import Fact, FactType, FactValue

PURPOSE = Fact(
    "purpose", "purpose", FactType.ENUM, ("official", "political"), "", "", 1, {"campaign": "political"}
)
ABOARD = Fact("aboard", "protectee_aboard", FactType.YES_NO, (), "", "", 1)
HOURS = Fact("hours", "hours", FactType.DECIMAL, (), "", "", 1)
SEATS = Fact("seats", "", FactType.WHOLE, (), "", "", 1)
MADE = Fact("made", "", FactType.DATE, (), "", "", 1)
FARE = Fact("fare", "", FactType.MONEY, (), "", "", 1, unit="USD")
SHARE = Fact("share", "", FactType.SHARE, (), "", "", 1)
AGENCY = Fact("agency", "agency", FactType.TEXT, (), "", "", 1)

PARK = "Governor's Office"


@pytest.mark.parametrize(
    ("fact", "cell", "value", "expected"),
    [
        (PURPOSE, "official", "official", True),
        (PURPOSE, "official", "political", False),
        (PURPOSE, "official", None, None),
        (PURPOSE, "campaign", "political", True),
        (PURPOSE, "official, political", "political", True),
        (PURPOSE, "not official", "political", True),
        (PURPOSE, "not official, political", "political", False),
        (PURPOSE, "not official", None, None),
        (PURPOSE, "?", None, True),
        (PURPOSE, "?", "official", False),
        (PURPOSE, "not ?", None, False),
        (PURPOSE, "not ?", "official", True),
        (PURPOSE, "official, ?", None, True),
        (PURPOSE, "official, ?", "official", True),
        (PURPOSE, "official, ?", "political", False),
        (PURPOSE, "not official, ?", None, False),
        (PURPOSE, "not official, ?", "political", True),
        (ABOARD, "yes", True, True),
        (ABOARD, "No", False, True),
        (ABOARD, "no", None, None),
        (ABOARD, "yes, no", None, None),
        (HOURS, "1.5..2", Decimal("1.500"), True),
        (HOURS, "1.5..2", Decimal("2.001"), False),
        (HOURS, "..2", Decimal(2), True),
        (HOURS, "2..", Decimal("1.999"), False),
        (HOURS, "< 2", Decimal(2), False),
        (HOURS, "<= 2", Decimal(2), True),
        (HOURS, "> 2", Decimal(2), False),
        (HOURS, ">= 2", None, None),
        (HOURS, "1, 2", Decimal(2), True),
        (SEATS, "-3..4", -3, True),
        (MADE, "2019-05-15..", date(2019, 5, 15), True),
        (MADE, "< 2019-05-15", date(2019, 5, 15), False),
        (AGENCY, "not " + PARK, PARK, False),
        (AGENCY, "Unit 1..2", "Unit 1..2", True),
        (PURPOSE, "NOT Official", "official", False),
        (AGENCY, "not-for-profit", "not-for-profit", True),
        (FARE, "1,250", Decimal("1250.00"), True),
        (FARE, "1,250.00", Decimal(1), False),
        (FARE, "1,250, 3", Decimal(3), True),
        (FARE, "1,250.00..2,000 USD", Decimal(1999), True),
        (SEATS, "1, 250", 250, True),
        (MADE, "2019-05-15,2019-05-16", date(2019, 5, 16), True),
    ],
)
def test_a_cell_is_true_false_or_not_known(
    fact: Fact, cell: str, value: FactValue, expected: bool | None
) -> None:
    parsed = parse_cell(cell, fact)
    assert parsed is not None
    assert holds(parsed, value) is expected


def test_a_blank_cell_is_no_condition() -> None:
    assert parse_cell("  ", PURPOSE) is None


@pytest.mark.parametrize(
    ("fact", "cell", "message"),
    [
        (
            PURPOSE,
            "offical",
            'expected one of official, political; found "offical". Did you mean "official"?',
        ),
        (
            PURPOSE,
            "campain",
            'expected one of official, political; found "campain". Did you mean "campaign"?',
        ),
        (PURPOSE, "unknown", 'found "unknown". Not known is not a value: write "?".'),
        (PURPOSE, "n/a", "Not known is not a value"),
        (PURPOSE, "NULL", "Not known is not a value"),
        (PURPOSE, "official,", 'an empty item in "official,"'),
        (PURPOSE, "not", 'an empty item in "not"'),
        (PURPOSE, "official, not political", '"not" once, at the start of the cell'),
        (PURPOSE, "official, official", 'each value once; found "official" twice'),
        (PURPOSE, "?, ?", 'found "?"'),
        (PURPOSE, "< official", "purpose is enum: it has no order"),
        (ABOARD, "maybe", 'expected yes, no or ?; found "maybe"'),
        (ABOARD, "true", 'found "true"'),
        (ABOARD, "1", 'found "1"'),
        (HOURS, "< four", 'expected a number such as 12 or 0.5; found "four"'),
        (HOURS, ">=> 4", 'found "> 4"'),
        (HOURS, "=> 4", 'found "=> 4"'),
        (HOURS, "9..1", 'expected a range from low to high; found "9..1". Did you mean "1..9"?'),
        (HOURS, "..", "expected a range with at least one end"),
        (HOURS, "1...2", 'found ".2"'),
        (HOURS, "1e3", 'found "1e3"'),
        (HOURS, "NaN", 'found "NaN"'),
        (HOURS, "1,5 h", 'found "1,5 h". Write a blank after a comma that parts two values'),
        (HOURS, "0,1", "and a point before decimals"),
        (HOURS, "<= four", 'found "four"'),
        (HOURS, "≤ 4", 'found "≤ 4". Write "<=".'),
        (HOURS, "1–4", 'found "1–4". Write "..".'),
        (HOURS, "٣", 'found "٣"'),
        (HOURS, "１２", 'found "１２"'),
        (HOURS, "not 1..2", 'found "not 1"'),
        (HOURS, "not < 4", 'found "< 4"'),
        (HOURS, "1..2, 5", 'found "2, 5"'),
        (SEATS, "1,250", 'expected a whole number; found "1,250"'),
        (FARE, "12,5", 'expected an amount such as 1250 or 1,250.00; found "12,5"'),
        (FARE, "1,250,20", 'found "1,250,20"'),
        (FARE, "0,655", 'found "0,655"'),
        (FARE, "12 EUR", "expected an amount in USD"),
        (FARE, "$12", "expected an amount such as 1250"),
        (SHARE, "120 %", "a share from 0 to 1"),
        (SHARE, "0,1", 'found "0,1"'),
        (SHARE, "1/3", "exact to six decimals"),
        (PURPOSE, "none", "Not known is not a value"),
        (PURPOSE, "N-A", "Not known is not a value"),
        (PURPOSE, "not not official", '"not" once'),
        (PURPOSE, "officiаl", "The cell has U+0430 CYRILLIC SMALL LETTER A."),
        (SEATS, "2.5", 'expected a whole number; found "2.5"'),
        (MADE, "2023-02-30", 'expected a day that exists, as YYYY-MM-DD; found "2023-02-30"'),
        (MADE, "30/02/2023", 'expected a day as YYYY-MM-DD; found "30/02/2023"'),
        (MADE, "2023-02-30..", 'found "2023-02-30"'),
        (AGENCY, "< 4", 'found "< 4"'),
    ],
)
def test_a_cell_that_cannot_be_read_is_refused(fact: Fact, cell: str, message: str) -> None:
    with pytest.raises(CellError) as error:
        parse_cell(cell, fact)
    assert message in str(error.value)


def test_a_value_in_words() -> None:
    values: list[FactValue] = [None, True, False, Decimal("1.500"), Decimal(10), Decimal("0.000"), "x", 7]
    assert [show_value(value) for value in values] == [
        "not on record",
        "yes",
        "no",
        "1.5",
        "10",
        "0",
        "x",
        "7",
    ]
