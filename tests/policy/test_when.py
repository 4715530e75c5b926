"""The free condition of a rule: what it reads, what it means, and everything it refuses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardbook.policy.cells import Between, OneOf
from wardbook.policy.meaning import true_of
from wardbook.policy.model import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Expression,
    Fact,
    FactType,
    FactValue,
    Not,
    Strange,
)
from wardbook.policy.when import WhenError, parse_when, show_expression

FACTS = (
    Fact("purpose", "", FactType.ENUM, ("official business", "rally", "errand"), "", "", 1),
    Fact("protectee aboard", "", FactType.YES_NO, (), "", "", 2),
    Fact("threat level", "", FactType.WHOLE, (), "", "", 3),
    Fact("hours", "", FactType.DURATION, (), "", "", 4, unit="h"),
    Fact("first day", "", FactType.DATE, (), "", "", 5),
    Fact("last day", "", FactType.DATE, (), "", "", 6),
    Fact("fare", "", FactType.MONEY, (), "", "", 7, unit="USD"),
    Fact("cap", "", FactType.MONEY, (), "", "", 8, unit="USD"),
    Fact("official share", "", FactType.SHARE, (), "", "", 9),
    Fact("agency", "", FactType.TEXT, (), "", "", 10),
    Fact("other purpose", "", FactType.ENUM, ("purpose", "rally"), "", "", 11),
)

USE: dict[str, FactValue] = {
    "purpose": "rally",
    "protectee aboard": True,
    "threat level": 5,
    "hours": Decimal("2.5"),
    "first day": date(2020, 1, 1),
    "last day": date(2020, 1, 15),
    "fare": Decimal(500),
    "cap": None,
    "official share": Decimal("0.375"),
    "agency": "Governor's Office",
    "other purpose": "purpose",
}


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("protectee aboard", True),
        ("not protectee aboard", False),
        ("Protectee_Aboard = yes", True),
        ("purpose = rally", True),
        ("purpose is not rally", False),
        ("purpose is official business", False),
        ("purpose in (rally, 'official business')", True),
        ("purpose not in (rally, errand)", False),
        ("threat level between 4 and 6", True),
        ("threat level not between 4 and 6", False),
        ("threat level < 5 or threat level > 7", False),
        ("hours <= 2 h 30 min", True),
        ("official share >= 3/8", True),
        ("official share > 37.5 %", False),
        ("fare <= 1250.00", True),
        ("fare <= cap", None),
        ("cap is known", False),
        ("cap is not known", True),
        ("cap is not known and fare > 400", True),
        ("fare > cap or purpose is rally", True),
        ("fare > cap and purpose is errand", False),
        ("not (fare > cap)", None),
        ("last day <= first day + 14 days", True),
        ("last day <= first day + 13", False),
        ("first day < date", True),
        ("date between 2020-01-01 and 2020-01-31", True),
        ("protectee aboard and (purpose is errand or threat level >= 5)", True),
        ("agency = 'Governor''s Office'", True),
        ("agency in (Police, 'Governor''s Office')", True),
        ("agency is not 'is known'", True),
        ("other purpose = 'purpose'", True),
        ("fare in (1, 500)", True),
        ("last day <= date + 999999999 days", True),
        ("last day <= date - 999999999 days", False),
        ("(" * 20 + "protectee aboard" + ")" * 20, True),
    ],
)
def test_what_a_condition_means(text: str, held: bool | None) -> None:
    parsed = parse_when(text, FACTS)
    assert true_of(parsed, USE, date(2020, 1, 10)) is held
    assert true_of(parse_when(show_expression(parsed), FACTS), USE, date(2020, 1, 10)) is held


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("purpose = offical", 'found "offical"'),
        ("purpose = 'raly'", 'found "raly". Did you mean "rally"?'),
        ("threat level < four", 'expected a whole number; found "four"'),
        ("purpose = NULL", 'Not known is not a value: write "is not known".'),
        ("purpose is null", "Not known is not a value"),
        ("purpose in ()", "A list without values holds of nothing."),
        ("threat level between 60 and 0", 'expected a range from low to high; found "60 and 0"'),
        (
            "protectee aboard and purpose is rally or threat level > 3",
            'found "or" after "and". Write "a and (b or c)"',
        ),
        ("purpose == rally", 'found "==". Write "=".'),
        ("purpose != rally", 'found "!=". Write "<>".'),
        ("lower(purpose) = rally", "expected the name of a fact"),
        ("(select 1) = 1", "expected the name of a fact"),
        ("purpose = rally; drop table uses", 'found ";"'),
        ("purpose = rally -- so", 'found "--"'),
        ("first day = 2023-02-30", "a day that exists"),
        ("purpose > rally", "purpose has no order."),
        ("first day < threat level", "first day is date, threat level is whole number"),
        ("threat level", 'expected "is", "in", "between" or one of'),
        ("protecte aboard", 'Did you mean "protectee aboard"?'),
        ("purpose is rally purpose is errand", "expected"),
        ("purpose is rally and", "found the end of the cell"),
        ("(purpose is rally", 'expected ")"; found the end of the cell'),
        ("fare = 12 EUR", 'expected an amount in USD; found "12 EUR"'),
        ("hours > 20 min 1 h 2 h", "expected a duration in h"),
        ("hours > 16 h 35 min", "Declare hours with a smaller unit, such as min."),
        ("official share > 120 %", "a share from 0 to 1"),
        ("purpose in (rally, rally)", "each value once"),
        ("threat level < 4 or", "found the end of the cell"),
        ("threat level <= four", 'expected a whole number; found "four"'),
        ("threat level in (3, null)", "Not known is not a value"),
        ("threat level between 4", 'expected "and" and the upper end'),
        ("fare in (1,250)", "expected a blank after the comma"),
        ("hours in (0,5)", "expected a blank after the comma"),
        ("threat level = ٣", 'expected a whole number; found "٣"'),
        ("first day <= last day + ٣ days", "expected a whole number"),
        ("(" * 21 + "protectee aboard" + ")" * 21, "at most 20 parentheses"),
        ("not " * 30 + "protectee aboard", "at most 20 parentheses"),
        (" and ".join(["protectee aboard"] * 400), "at most 1,000 words and signs"),
        ("(" * 10**6, "at most 1,000 words and signs"),
        ("agency = police is known", 'expected "and", "or" or the end of the cell; found "is"'),
        ("agency = police not protectee aboard", 'found "not"'),
        ("other purpose = purpose", "a value of other purpose or the name of a fact, not both"),
    ],
)
def test_what_a_condition_refuses(text: str, message: str) -> None:
    with pytest.raises(WhenError) as refused:
        parse_when(text, FACTS)
    assert message in str(refused.value)
    assert 0 <= refused.value.offset <= len(text)


def _tests() -> st.SearchStrategy[Expression]:
    def condition(fact: str, *cells: object) -> st.SearchStrategy[Expression]:
        return st.sampled_from([Condition(fact, cell, "") for cell in cells])

    return st.one_of(
        condition("purpose", OneOf(("rally",)), OneOf(("errand", "official business"), negated=True)),
        condition("purpose", OneOf((), unknown=True), OneOf((), unknown=True, negated=True)),
        condition("purpose", OneOf(("rally",), unknown=True)),
        condition("protectee aboard", OneOf((True,)), OneOf((False,))),
        condition("threat level", Between(3, 6), Between(None, 4, high_in=False), Between(5, None)),
        condition("official share", Between(Decimal("0.25"), Decimal("0.5"))),
        st.sampled_from([Compare("first day", "<", "last day", 3), Compare("fare", "<>", "cap")]),
    )


EXPRESSIONS = st.recursive(
    _tests(),
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(lambda parts: AllOf(tuple(parts)), st.lists(inner, min_size=2, max_size=3)),
        st.builds(lambda parts: AnyOf(tuple(parts)), st.lists(inner, min_size=2, max_size=3)),
    ),
    max_leaves=6,
)

USES = st.fixed_dictionaries(
    {
        "purpose": st.sampled_from([None, "rally", "errand", "official business"]),
        "protectee aboard": st.sampled_from([None, True, False]),
        "threat level": st.sampled_from([None, 3, 4, 5, 7]),
        "official share": st.sampled_from([None, Decimal("0.25"), Decimal("0.6")]),
        "first day": st.sampled_from([None, date(2020, 1, 1), date(2020, 1, 12)]),
        "last day": st.sampled_from([None, date(2020, 1, 5), date(2020, 1, 15)]),
        "fare": st.sampled_from([None, Decimal(5)]),
        "cap": st.sampled_from([None, Decimal(5), Decimal(6)]),
    }
)


@given(EXPRESSIONS, USES)
def test_a_condition_shown_and_read_again_means_the_same(
    expression: Expression, use: dict[str, FactValue]
) -> None:
    again = parse_when(show_expression(expression), FACTS)
    assert true_of(again, use, None) is true_of(expression, use, None)


@given(st.text(alphabet="purposeralynd ot()<>=,'.0123 -+;\"", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert read_or_refused(text)


def read_or_refused(text: str) -> bool:
    """Whether the text is read, or refused at a place within it; any other end raises."""
    try:
        parse_when(text, FACTS)
    except WhenError as refused:
        return 0 <= refused.offset <= len(text)
    return True


def test_a_strange_value_leaves_every_test_open() -> None:
    use: dict[str, FactValue] = {"purpose": Strange("joyride")}
    for text in ("purpose is known", "purpose is not known", "purpose is rally", "purpose is not rally"):
        assert true_of(parse_when(text, FACTS), use, None) is None
