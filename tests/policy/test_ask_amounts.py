"""Amounts asked before the trip: who pays how much of a cost, to the cent, and what is missing for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.policy.books import FRONT, LAW
from wardbook.cli import main
from wardbook.errors import InputRefusedError, WrongUseError
from wardbook.policy.ask import Answer, ask
from wardbook.policy.read import load_text

DEALS = "time, charter, heads, fare, hourly, loaded, full, kept, nobody, added, agency, beside"

FACTS = f"""
## Facts

| fact | reads | type | unit | values | question | settled by |
|---|---|---|---|---|---|---|
| deal | - | enum | | {DEALS} | Which deal? | the deal |
| political hours | hours | duration | h | 0.. | How many political hours? | the schedule |
| working hours | - | duration | h | 0.. | How many hours of work in all? | the schedule |
| riders | - | whole number | | 1.. | How many rode? | the list of riders |
| guests | - | whole number | | 0.. | How many of them were guests? | the list of riders |
| fare | - | money | | | What is the fare? | a quotation of the day |

## Question: Who pays?

| rule | cites | in force | deal | => costs |
|---|---|---|---|---|
"""

COSTS = """
## Costs

| arrangement | cost class | payer | method | part | base | rounding | cites | write down |
|---|---|---|---|---|---|---|---|---|
| time | any other | campaign | share by time | political hours / working hours | | | code-5 | the schedule |
| charter | any other | official | share by time | political hours / working hours | fare | | code-5 | |
| heads | any other | guest | share by heads | guests / riders | | down | code-5 | the riders |
| heads | any other | party | share by heads | 1 / riders | | down | code-5 | |
| heads | any other | governor | the rest | | | | code-4 | |
| fare | any other | secretary | comparable fare | | fare | | code-5 | the quotation |
| hourly | any other | governor | comparable rate | | 2500 x political hours | | code-5 | |
| loaded | any other | member | full plus 25 % | | | | code-5 | |
| full | any other | campaign | full | | | | code-5 | the meter |
| kept | any other | campaign | none | | | | code-5 | the hours |
| nobody | any other | nobody | none | | | | code-5 | the log |
| added | any other | campaign | added only | | | | code-5 | |
| agency | airfare | {agency} | share by heads | 1/2 | | half even | code-5 | |
| beside | any other | campaign | share by time | 50 % | | up | code-5 | |
| beside | any other | public body | the rest | | | | code-4 | the receipts |
"""

RULES = "".join(f"| {deal} | code-4 | always | {deal} | {deal} |\n" for deal in DEALS.split(", "))
TEXT = FRONT + LAW + FACTS + RULES + COSTS
BOOK = load_text(TEXT, "deals.md")
DAY = date(2020, 1, 1)


def asked(deal: str, *costs: str, **facts: str) -> Answer:
    given = {name.replace("_", " "): value for name, value in facts.items()}
    return ask(BOOK, {"deal": deal, **given}, DAY, costs)


def amounts(answer: Answer) -> list[tuple[str, str | None]]:
    """Each payer with the amount as JSON shows it."""
    return [(p.payer, None if p.amount is None else str(p.amount)) for p in answer.payments]


def words(answer: Answer) -> list[str]:
    return [payment.words for payment in answer.payments]


# ---------------------------------------------------------------- each method


def test_a_share_by_time_says_the_part_the_hours_and_the_rounding() -> None:
    answer = asked("time", "airfare=1,000.00", political_hours="2", working_hours="6")
    assert amounts(answer) == [("campaign", "333.33"), ("public body", "666.67")]
    assert words(answer) == [
        (
            "airfare: the campaign pays 1/3 of it by time (political hours / working hours = 2 / 6; "
            "a half cent rounded up): 333.33 of 1,000.00, rounded down from 333.333333..."
        ),
        "airfare: 666.67 of 1,000.00 stays with the public body",
    ]
    assert answer.write_down == ("the schedule",)


def test_a_share_of_a_charter_cost_names_the_recorded_cost_beside_it() -> None:
    answer = asked("charter", "flight hours=4200", political_hours="1", working_hours="2", fare="8000.01")
    assert amounts(answer) == [("official", "4000.01"), ("public body", "199.99")]
    assert words(answer)[0] == (
        "flight hours: the official pays 1/2 of the fare of 8,000.01 by time, instead of the recorded cost "
        "(political hours / working hours = 1 / 2; a half cent rounded up): 4,000.01, the recorded cost "
        "being 4,200.00, rounded up from 4,000.005"
    )


def test_a_dollar_among_three_by_heads() -> None:
    answer = asked("heads", "car rental=1.00", guests="1", riders="3")
    assert amounts(answer) == [("guest", "0.33"), ("party", "0.33"), ("governor", "0.34")]
    assert words(answer)[1:] == [
        (
            "car rental: the party pays 1/3 of it by heads (1 / riders = 1 / 3; part of a cent left out): "
            "0.33 of 1.00, rounded down from 0.333333..."
        ),
        "car rental: the governor pays the rest, with the odd cents: 0.34 of 1.00",
    ]


def test_a_fare_instead_of_the_cost_may_be_more_than_was_spent() -> None:
    assert amounts(asked("fare", "airfare=25000", fare="412.37")) == [
        ("secretary", "412.37"),
        ("public body", "24587.63"),
    ]
    for spent, left in (("100", "-312.37"), ("0", "-412.37")):
        assert words(asked("fare", f"airfare={spent}", fare="412.37")) == [
            (
                "airfare: the secretary pays the fare of 412.37 instead of the recorded cost: 412.37, the "
                f"recorded cost being {Decimal(spent):,.2f}"
            ),
            f"airfare: {left} is left to the public body: more is charged than was spent",
        ]


def test_a_rate_times_the_hours_of_new_jersey_2011() -> None:
    answer = asked("hourly", "flight hours=900", political_hours="0.35")
    assert amounts(answer) == [("governor", "875.00"), ("public body", "25.00")]
    assert "2,500 x political hours (2,500.00 x 0.35) instead of the recorded cost" in words(answer)[0]


def test_the_whole_and_a_loading() -> None:
    """The Australian figure: 5,227.27 and 25 per cent."""
    answer = asked("loaded", "travel=5,227.27")
    assert amounts(answer) == [("member", "6534.09"), ("public body", "-1306.82")]
    assert words(answer)[0] == (
        "travel: the member pays all of it and 25 % on top (a half cent rounded up): 6,534.09 of 5,227.27, "
        "rounded up from 6,534.0875"
    )


def test_all_or_nothing() -> None:
    assert words(asked("full", "airfare=12.5")) == [
        "airfare: the campaign pays or repays all of it: 12.50 of 12.50"
    ]
    kept = asked("kept", "salary=100")
    assert amounts(kept) == [("campaign", "0.00"), ("public body", "100.00")]
    assert words(kept) == [
        "salary: the campaign pays none of it",
        "salary: 100.00 of 100.00 stays with the public body",
    ]
    nobody = asked("nobody", "salary=100")
    assert amounts(nobody) == [("public body", "100.00")]
    assert nobody.write_down == ("the log",)


def test_what_was_added_is_an_expense_and_not_the_flight_itself() -> None:
    answer = asked("added", "meals=84", "flight hours=3100")
    assert amounts(answer) == [("campaign", "84.00"), ("campaign", "0.00"), ("public body", "3100.00")]


def test_the_agency_pays_half_and_half_a_cent_goes_to_the_even_one() -> None:
    answer = asked("agency", "airfare=0.01")
    assert amounts(answer) == [("using agency", "0.00"), ("public body", "0.01")]
    assert words(answer)[0].endswith(
        "(a half cent rounded to the even cent): 0.00 of 0.01, rounded down from 0.005"
    )


def test_the_rest_to_the_public_body_is_said_once() -> None:
    answer = asked("beside", "airfare=0.05")
    assert amounts(answer) == [("campaign", "0.03"), ("public body", "0.02")]
    assert answer.write_down == ("the receipts",)
    assert words(asked("beside", "airfare"))[1] == "airfare: the rest stays with the public body"


def test_a_part_of_nothing_and_of_all_is_said_in_words() -> None:
    assert words(asked("time", "airfare=10", political_hours="0", working_hours="6"))[0] == (
        "airfare: the campaign pays none of it by time (political hours / working hours = 0 / 6; a half cent "
        "rounded up): 0.00 of 10.00"
    )
    assert (
        "pays all of it by time"
        in words(asked("time", "airfare=10", political_hours="6", working_hours="6"))[0]
    )


def test_a_cost_of_nothing_has_an_answer() -> None:
    for deal in ("full", "kept", "nobody", "added", "loaded", "beside"):
        assert asked(deal, "airfare=0").payments, deal
        assert {amount for _, amount in amounts(asked(deal, "airfare=0"))} == {"0.00"}


@pytest.mark.parametrize("deal", DEALS.split(", "))
@pytest.mark.parametrize("cost", ["1000.01", "0.01", "-1000.01", "0"])
def test_what_all_bear_is_what_was_spent(deal: str, cost: str) -> None:
    facts = {"political_hours": "2", "working_hours": "6", "riders": "7", "guests": "3", "fare": "99.99"}
    answer = asked(deal, f"airfare={cost}", **facts)
    known = [payment.amount for payment in answer.payments if payment.amount is not None]
    if len(known) == len(answer.payments):
        assert sum(known) == Decimal(cost)
    else:
        assert deal in {"fare", "charter", "hourly"}
        assert cost == "-1000.01"


# ---------------------------------------------------------------- refunds


def test_a_refund_is_shared_as_the_cost_was() -> None:
    answer = asked("time", "airfare=-10.01", political_hours="3", working_hours="6")
    assert amounts(answer) == [("campaign", "-5.01"), ("public body", "-5.00")]
    assert words(answer)[0].endswith(": -5.01 of -10.01, rounded up from -5.005")
    assert words(answer)[1] == "airfare: -5.00 of -10.01 stays with the public body"
    loaded = asked("loaded", "travel=-5,227.27")
    assert words(loaded)[1] == (
        "travel: 1,306.82 is left to the public body: more is given back than was refunded"
    )


def test_a_refund_is_not_charged_a_fare() -> None:
    answer = asked("fare", "airfare=-100", fare="412.37")
    assert amounts(answer) == [("secretary", None), ("public body", None)]
    assert answer.payments[0].open_point == (
        "the cost is a refund, and what is charged instead of it does not say what is given back"
    )


# ---------------------------------------------------------------- what is missing


def test_a_fact_that_is_not_known_is_asked_for() -> None:
    answer = asked("time", "airfare=1,000.00", political_hours="2")
    assert amounts(answer) == [("campaign", None), ("public body", None)]
    assert words(answer) == [
        (
            "airfare: the campaign pays political hours / working hours of it by time (a half cent "
            "rounded up): the amount cannot be determined: working hours is not on record "
            "(settled by the schedule)"
        ),
        "airfare: what stays with the public body cannot be determined",
    ]
    assert [(m.fact, m.question, m.settled_by) for m in answer.missing] == [
        ("working hours", "How many hours of work in all?", "the schedule")
    ]
    assert answer.outcomes["costs"] == "time"


def test_each_missing_fact_is_asked_once_for_all_payers() -> None:
    answer = asked("heads", "airfare=1", "meals=2")
    assert [m.fact for m in answer.missing] == ["guests", "riders"]
    assert {amount for _, amount in amounts(answer)} == {None}


def test_a_part_of_more_than_the_whole_is_no_part() -> None:
    answer = asked("time", "airfare=10", political_hours="7", working_hours="6")
    assert answer.payments[0].open_point == "political hours is more than working hours"
    assert answer.missing == ()


def test_a_class_nobody_was_given_says_so() -> None:
    (payment,) = asked("agency", "lodging=10").payments
    assert (payment.payer, payment.amount) == ("undetermined", None)
    assert payment.words == (
        "lodging: who pays cannot be determined: the rulebook has no cost rule for lodging under agency"
    )


def test_an_open_arrangement_leaves_every_amount_open() -> None:
    (payment,) = ask(BOOK, {}, DAY, ["airfare=10"]).payments
    assert (payment.words, payment.amount) == ("airfare: who pays cannot be determined", None)
    assert payment.open_point == "the arrangement of costs is undetermined"


# ---------------------------------------------------------------- how an amount is written


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("airfare=1234.56", "1234.56"),
        ("airfare=1,234.56", "1234.56"),
        ("Airfare = 1,234,567.8", "1234567.80"),
        ("airfare=5", "5.00"),
        ("airfare=-1,000.00", "-1000.00"),
        ("airfare=999,999,999,999.99", "999999999999.99"),
    ],
)
def test_an_amount_may_have_commas_between_thousands(written: str, amount: str) -> None:
    assert amounts(asked("full", written)) == [("campaign", amount)]


@pytest.mark.parametrize(
    "written",
    [
        "",
        "abc",
        "1.234",
        "1,23",
        "1,2345",
        ",123",
        "$5",
        "1 000",
        "1e3",
        "+5",
        "--5",
        "1.2.3",
        "NaN",
        "٣",
        "1000000000000",
        "1,000,000,000,000",
        "5 USD",
        "5,",
    ],
)
def test_anything_else_is_refused(written: str) -> None:
    with pytest.raises(WrongUseError) as error:
        asked("full", f"airfare={written}")
    assert str(error.value) == (
        f'airfare: expected an amount such as 1,234.56, below 1,000,000,000,000; found "{written}".'
    )


@pytest.mark.parametrize(
    ("costs", "message"),
    [
        (["airfair=5"], 'Did you mean "airfare"?'),
        (["=5"], '"" is no cost class'),
        (["airfare=5", "Air-Fare=6"], '"Air-Fare" is no cost class'),
        (["car rental=5", "Car-Rental=6"], "car rental: expected once; found twice."),
        (["airfare", "airfare=6"], "airfare: expected once; found twice."),
    ],
)
def test_a_class_must_be_known_and_asked_for_once(costs: Sequence[str], message: str) -> None:
    with pytest.raises(WrongUseError) as error:
        asked("full", *costs)
    assert message in str(error.value)
    assert error.value.exit_code == 2


@pytest.mark.parametrize(
    ("payer", "method", "part"),
    [
        ("public body", "share by heads", "1/2"),
        ("Nobody", "added only", ""),
        ("nobody", "full plus 25 %", ""),
    ],
)
def test_the_public_body_bears_what_is_left_and_no_share(payer: str, method: str, part: str) -> None:
    """A share of its own would read as one that others do not bear, and what is left stays with it anyhow."""
    row = "| nobody | any other | nobody | none | | | | code-5 | the log |"
    changed = TEXT.replace(
        row, f"| nobody | any other | {payer} | {method} | {part} | | | code-5 | the log |"
    )
    with pytest.raises(InputRefusedError) as error:
        load_text(changed, "deals.md")
    assert f'expected one of none, full, the rest for "{payer}"; found "{method}"' in str(error.value)


# ---------------------------------------------------------------- the command


@pytest.fixture
def deals(tmp_path: Path) -> Path:
    path = tmp_path / "deals.md"
    path.write_text(TEXT, "utf-8")
    return path


def run(rulebook: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["ask", "--rulebook", str(rulebook), "--date", "2020-01-01", *arguments])


def test_the_command_prints_the_amounts(deals: Path) -> None:
    facts = ("--deal", "time", "--political-hours", "3", "--working-hours", "8 h")
    result = run(deals, *facts, "--cost", "airfare=1,234.56", "--cost", "lodging")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    start = lines.index("who pays:")
    assert lines[start + 1 : start + 4] == [
        (
            "  airfare: the campaign pays 3/8 of it by time (political hours / working hours = 3 / 8; "
            "a half cent rounded up): 462.96 of 1,234.56"
        ),
        "  airfare: 771.60 of 1,234.56 stays with the public body",
        (
            "  lodging: the campaign pays 3/8 of it by time (political hours / working hours = 3 / 8; "
            "a half cent rounded up)"
        ),
    ]
    assert "  the schedule" in lines


def test_the_command_asks_for_the_fact_an_amount_hangs_on(deals: Path) -> None:
    result = run(deals, "--deal", "time", "--political-hours", "3", "--cost", "airfare=1,234.56")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert "  airfare: what stays with the public body cannot be determined" in lines
    assert "  How many hours of work in all? --working-hours (settled by the schedule)" in lines


def test_the_command_gives_amounts_as_text_in_json(deals: Path) -> None:
    result = run(deals, "--deal", "kept", "--cost", "salary=100", "--json")
    assert result.exit_code == 0, result.output
    payments = json.loads(result.output)["payments"]
    assert [(p["payer"], p["amount"]) for p in payments] == [("campaign", "0.00"), ("public body", "100.00")]


def test_the_command_refuses_what_is_no_amount(deals: Path) -> None:
    result = run(deals, "--deal", "full", "--cost", "airfare=12,34")
    assert result.exit_code == 2
    assert "who pays" not in result.output


def test_a_rulebook_that_ships_halves_the_flight_of_31_may_2011(root: Path) -> None:
    rulebook = root / "rulebooks" / "voluntary" / "new-jersey-2011.md"
    facts = ("--purpose", "mixed", "--mixed-of", "private and party legs")
    answer = CliRunner().invoke(
        main,
        [
            "ask",
            "--rulebook",
            str(rulebook),
            "--date",
            "2011-05-31",
            *facts,
            "--cost",
            "flight charge=2,464.59",
        ],
    )
    assert answer.exit_code == 0, answer.output
    assert (
        "flight charge: the party pays 1/2 of it by time (part of a cent left out): 1,232.29 of 2,464.59"
        in (answer.output)
    )
    assert (
        "flight charge: the governor pays the rest, with the odd cents: 1,232.30 of 2,464.59" in answer.output
    )
