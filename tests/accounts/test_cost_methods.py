"""What each method of a cost rule makes of a cost on record, in figures of known cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.accounts.small_book import accounted, cost_rule, decided, measured, relation, rulebook, use
from wardbook.policy.model import Base, CostRule, FactType, Part
from wardbook.records.engine import Engine
from wardbook.records.settings import Settings

FACTS = (
    measured("political hours", FactType.DURATION, "the schedule", unit="h", low=Decimal(0)),
    measured("working hours", FactType.DURATION, "the schedule", unit="h", high=Decimal(24)),
    measured("guests", FactType.WHOLE, "the list of riders"),
    measured("riders", FactType.WHOLE, "the list of riders"),
    measured("detour", FactType.DECIMAL, "the odometer"),
    measured("miles", FactType.DECIMAL, "the odometer"),
    measured("fare", FactType.MONEY, "a quotation of the day", unit="USD"),
    measured("charter cost", FactType.MONEY, "a quotation of the day", unit="USD"),
    measured("political share", FactType.SHARE, "the schedule"),
)
"""All are columns of the facts of a use here; a fact of the book itself is only ``hours``."""

PUBLIC = "New York City"
BY_TIME_FACTS = ("political hours", "working hours")
BY_TIME = Part(*BY_TIME_FACTS)

Borne = dict[str, Decimal]


def share(payer: str, method: str, part: Part | None = None, **more: Any) -> CostRule:
    """A cost rule of the one arrangement of these tests, for any class."""
    return cost_rule("split", "any other", payer, method, part=part, **more)


def book(
    rules: Sequence[CostRule],
    costs: Sequence[str],
    facts: Mapping[str, Any] | None = None,
    settings: Settings | None = None,
    **expense: Any,
) -> Engine:
    """One trip of one use with these facts (named with underscores), and an airfare for each of ``costs``."""
    given = {name.replace(" ", "_"): value for name, value in (facts or {}).items()}
    rows = [
        {"record_id": f"x{at}", "amount": cost, "trip": "Iowa", "cost_class": "airfare", **expense}
        for at, cost in enumerate(costs)
    ]
    return accounted(
        rulebook(*rules, facts=FACTS),
        settings,
        uses=[use("u", date="2019-05-16", trip="Iowa")],
        facts=[{"use_id": "u", **given}],
        determinations=[decided("u", "split")],
        expenses=rows,
    )


def borne(rules: Sequence[CostRule], cost: str, facts: Mapping[str, Any] | None = None, **more: Any) -> Borne:
    """What each payer bears of one airfare of ``cost``."""
    rows = relation(book(rules, [cost], facts, **more), "allocations")
    return {row["payer"]: row["amount"] for row in rows}


def amounts(**by_payer: str) -> Borne:
    return {payer.replace("_", " "): Decimal(amount) for payer, amount in by_payer.items()}


def only_method(engine: Engine, payer: str) -> str:
    (method,) = (row["method"] for row in relation(engine, "allocations") if row["payer"] == payer)
    return str(method)


# ---------------------------------------------------------------- one test a method


def test_share_by_time_two_hours_of_six() -> None:
    rules = [share("campaign", "share by time", BY_TIME)]
    engine = book(rules, ["1000.00"], {"political hours": "2", "working hours": "6"})
    rows = relation(engine, "allocations")
    assert [(row["payer"], row["amount"]) for row in rows] == [
        (PUBLIC, Decimal("666.67")),
        ("campaign", Decimal("333.33")),
    ]
    assert rows[0]["method"] == "left: what no payer bears stays with the public body"
    assert rows[1]["method"] == (
        "share by time: the payer bears political hours / working hours of it by time "
        "(a half cent rounded up) (political hours = 2, working hours = 6)"
    )
    assert {row["cites"] for row in rows} == {"cites split"}


def test_share_by_distance_of_the_detour() -> None:
    rules = [share("guests", "share by distance", Part("detour", "miles"), rounding="half even")]
    assert borne(rules, "0.10", {"detour": "0.5", "miles": "10"}) == {PUBLIC: Decimal("0.10")}
    assert borne(rules, "0.10", {"detour": "1.5", "miles": "10"}) == {
        PUBLIC: Decimal("0.08"),
        "guests": Decimal("0.02"),
    }


def test_share_by_heads_a_dollar_among_three_and_the_odd_cent_to_the_rest() -> None:
    rules = [
        share("guests", "share by heads", Part("guests", "riders"), rounding="down"),
        share("party", "share by heads", Part(Decimal(1), "riders"), rounding="down"),
        share("governor", "the rest"),
    ]
    given = {"guests": 1, "riders": 3}
    assert borne(rules, "1.00", given) == amounts(guests="0.33", party="0.33", governor="0.34")
    assert only_method(book(rules, ["1.00"], given), "governor") == (
        "the rest: the payer bears what the others leave, with the odd cents"
    )


def test_a_share_fact_stands_alone() -> None:
    rules = [share("campaign", "share by time", Part("political share"))]
    found = borne(rules, "1234.56", {"political share": "0.375"})
    assert found == {PUBLIC: Decimal("771.60"), "campaign": Decimal("462.96")}


def test_new_jersey_2011_halves_a_flight_and_the_odd_cent_is_the_governor_s() -> None:
    """The published 1,232.30 and 919.20 of the governor, 1,232.29 of the party: 3,383.79 in all."""
    halves = [
        share("party", "share by time", Part(Decimal(1), Decimal(2)), rounding="down"),
        share("governor", "the rest"),
    ]
    engine = accounted(
        rulebook(*halves, cost_rule("personal", "any other", "governor", "full")),
        uses=[use("a", date="2011-05-27", trip="a"), use("b", date="2011-05-31", trip="b")],
        determinations=[decided("a", "personal"), decided("b", "split")],
        expenses=[
            {"record_id": trip, "amount": amount, "trip": trip, "cost_class": "flight charge"}
            for trip, amount in (("a", "919.20"), ("b", "2464.59"))
        ],
    )
    assert [(row["payer"], row["amount"], row["uses"]) for row in relation(engine, "receivables")] == [
        ("governor", Decimal("2151.50"), 2),
        ("party", Decimal("1232.29"), 1),
    ]
    shares = {row["amount"] for row in relation(engine, "allocations")}
    assert shares == {Decimal("919.20"), Decimal("1232.30"), Decimal("1232.29")}
    assert sum(shares) == Decimal("3383.79")


@pytest.mark.parametrize(
    ("charter", "hours", "counted", "cost", "official", "public"),
    [
        ("9000.00", "3", "8", "4200.00", "3375.00", "825.00"),
        ("8000.01", "1", "2", "4200.00", "4000.01", "199.99"),
        ("20000.00", "4", "10", "4200.00", "8000.00", "-3800.00"),
        ("9000.00", "8", "8", "0.00", "9000.00", "-9000.00"),
    ],
)
def test_a_share_by_time_of_the_charter_cost_instead_of_the_recorded_cost(
    charter: str, hours: str, counted: str, cost: str, official: str, public: str
) -> None:
    """The New York State opinions of 2007: hours chosen as in the rulebook's own examples."""
    rules = [share("official", "share by time", BY_TIME, base=Base("charter cost"))]
    given = {"charter cost": charter, "political hours": hours, "working hours": counted}
    engine = book(rules, [cost], given)
    found = {row["payer"]: row["amount"] for row in relation(engine, "allocations")}
    assert found == {"official": Decimal(official), PUBLIC: Decimal(public)}
    more = Decimal(public) < 0
    assert only_method(engine, PUBLIC).startswith(
        "left: more is charged than was spent" if more else "left: what"
    )


def test_comparable_fare_instead_of_a_seat_on_the_aircraft() -> None:
    """Price, 2018: the own seat at a fare, not the aircraft (fare and cost ours)."""
    rules = [share("secretary", "comparable fare", base=Base("fare"))]
    engine = book(rules, ["25000.00"], {"fare": "412.37"})
    assert {row["payer"]: row["amount"] for row in relation(engine, "allocations")} == {
        "secretary": Decimal("412.37"),
        PUBLIC: Decimal("24587.63"),
    }
    assert only_method(engine, "secretary") == (
        "comparable fare: the payer bears the fare instead of the recorded cost (fare = 412.37)"
    )


def test_comparable_rate_2500_an_hour_for_twenty_one_minutes() -> None:
    rules = [share("governor", "comparable rate", base=Base(Decimal(2500), "political hours"))]
    found = borne(rules, "900.00", {"political hours": "0.35"})
    assert found == {"governor": Decimal("875.00"), PUBLIC: Decimal("25.00")}


def test_full_plus_a_loading_of_25_percent() -> None:
    rules = [share("member", "full plus", loading=Decimal("0.25"))]
    engine = book(rules, ["5227.27"])
    assert {row["payer"]: row["amount"] for row in relation(engine, "allocations")} == {
        "member": Decimal("6534.09"),
        PUBLIC: Decimal("-1306.82"),
    }
    assert only_method(engine, "member") == (
        "full plus 25 %: the payer bears all of it and 25 % on top (a half cent rounded up)"
    )
    assert [(row["account"], row["amount"]) for row in relation(engine, "postings")] == [
        ("public:New York City", Decimal("-1306.82")),
        ("receivable:member", Decimal("6534.09")),
        ("spent:airfare", Decimal("-5227.27")),
    ]


def test_a_refund_is_shared_as_the_cost_was() -> None:
    rules = [share("member", "full plus", loading=Decimal("0.25"))]
    engine = book(rules, ["-5227.27"])
    assert {row["payer"]: row["amount"] for row in relation(engine, "allocations")} == {
        "member": Decimal("-6534.09"),
        PUBLIC: Decimal("1306.82"),
    }
    assert only_method(engine, PUBLIC) == "left: more is given back than was refunded"
    both = book(rules, ["5227.27", "-5227.27"])
    assert {row["amount"] for row in relation(both, "receivables")} == {Decimal("0.00")}


@pytest.mark.parametrize(
    ("rounding", "of_a_half_cent", "of_a_cent_and_a_half", "of_a_refund"),
    [
        ("half up", "0.01", "0.02", "-0.01"),
        ("half even", "0.00", "0.02", "0.00"),
        ("down", "0.00", "0.01", "0.00"),
        ("up", "0.01", "0.02", "-0.01"),
    ],
)
def test_each_amount_is_rounded_once_as_its_rule_says(
    rounding: str, of_a_half_cent: str, of_a_cent_and_a_half: str, of_a_refund: str
) -> None:
    rules = [share("campaign", "share by time", Part(Decimal("0.5")), rounding=rounding)]
    for cost, wanted in (("0.01", of_a_half_cent), ("0.03", of_a_cent_and_a_half), ("-0.01", of_a_refund)):
        found = borne(rules, cost)
        assert found.get("campaign", Decimal(0)) == Decimal(wanted)
        assert sum(found.values()) == Decimal(cost)


# ---------------------------------------------------------------- what keeps an amount open

HALF = Part(Decimal(1), Decimal(2))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"working hours": "6"}, "political hours is not on record (settled by the schedule)"),
        (
            {"guests": 1},
            "; ".join(f"{name} is not on record (settled by the schedule)" for name in BY_TIME_FACTS),
        ),
        ({"political hours": "7", "working hours": "6"}, "political hours is more than working hours"),
        (
            {"political hours": "0", "working hours": "0"},
            "working hours is 0: there is nothing to share by",
        ),
        (
            {"political hours": "2", "working hours": "25"},
            'working hours "25.000" is not a value this rulebook knows (settled by the schedule)',
        ),
        (
            {"political hours": "-1", "working hours": "6"},
            'political hours "-1.000" is not a value this rulebook knows (settled by the schedule)',
        ),
        (
            {"political hours": "2", "working hours": "-6"},
            "working hours is not between 0 and 1,000,000,000,000",
        ),
    ],
)
def test_a_share_that_hangs_on_a_fact_says_which(given: dict[str, Any], why: str) -> None:
    engine = book([share("campaign", "share by time", BY_TIME)], ["1000.00"], given)
    (row,) = relation(engine, "allocations")
    assert (row["payer"], row["amount"]) == ("undetermined", Decimal("1000.00"))
    assert row["method"] == f"undetermined: {why}"
    assert relation(engine, "receivables") == []


def test_a_share_that_is_known_stands_beside_one_that_is_not() -> None:
    rules = [
        share("party", "share by heads", Part(Decimal(1), Decimal(4))),
        share("campaign", "share by time", BY_TIME),
        share("governor", "the rest"),
    ]
    assert borne(rules, "100.00") == amounts(party="25.00", undetermined="75.00")


def test_two_airfares_of_one_use_are_not_both_charged_the_fare() -> None:
    rules = [share("secretary", "comparable fare", base=Base("fare"))]
    rows = relation(book(rules, ["100.00", "200.00"], {"fare": "412.37"}), "allocations")
    assert {row["payer"] for row in rows} == {"undetermined"}
    (method,) = {row["method"] for row in rows}
    assert method == (
        "undetermined: 2 costs of this class belong to the use, and what is charged instead is for all of "
        "them together"
    )
    assert relation(book([share("secretary", "full")], ["100.00", "200.00"]), "receivables")[0][
        "amount"
    ] == Decimal("300.00")


def test_a_refund_is_not_charged_a_fare() -> None:
    rules = [share("secretary", "comparable fare", base=Base("fare"))]
    (row,) = relation(book(rules, ["-100.00"], {"fare": "412.37"}), "allocations")
    assert row["method"] == (
        "undetermined: the cost is a refund, and what is charged instead of it does not say what is given "
        "back"
    )


def test_a_fare_in_dollars_is_not_charged_for_a_cost_in_another_currency() -> None:
    rules = [share("secretary", "comparable fare", base=Base("fare"))]
    engine = book(rules, ["100.00"], {"fare": "412.37"}, currency="NZD")
    assert only_method(engine, "undetermined") == (
        "undetermined: what is charged instead is in USD, and the cost in NZD"
    )
    shared = book([share("secretary", "share by time", HALF)], ["100.00"], currency="NZD")
    assert {(row["amount"], row["currency"]) for row in relation(shared, "allocations")} == {
        (Decimal("50.00"), "NZD")
    }


def test_an_amount_beyond_what_is_computed_is_open() -> None:
    rules = [share("charterer", "comparable rate", base=Base("fare", "miles"))]
    engine = book(rules, ["1.00"], {"fare": "9999999999.00", "miles": "999999"})
    assert only_method(engine, "undetermined") == ("undetermined: an amount is 1,000,000,000,000,000 or more")


def test_the_agency_that_pays_a_share_must_be_on_record() -> None:
    rules = [share("{agency}", "share by time", HALF)]
    assert only_method(book(rules, ["10.00"]), "undetermined") == (
        "undetermined: the using agency is not on record"
    )


def test_an_expense_of_several_uses_is_shared_by_no_one_use_s_hours() -> None:
    def trip(*rules: CostRule) -> list[dict[str, Any]]:
        engine = accounted(
            rulebook(*rules, facts=FACTS),
            uses=[use("a", date="2019-05-16", trip="Iowa"), use("b", date="2019-05-17", trip="Iowa")],
            facts=[
                {"use_id": name, "political_hours": hours, "working_hours": "8"}
                for name, hours in (("a", "1"), ("b", "8"))
            ],
            determinations=[decided("a", "split"), decided("b", "split")],
            expenses=[{"record_id": "x", "amount": "90", "trip": "Iowa", "cost_class": "lodging"}],
        )
        return relation(engine, "allocations")

    (row,) = trip(share("campaign", "share by time", BY_TIME))
    assert row["method"] == (
        "undetermined: this expense belongs to 2 uses, and no rule says whose facts share it "
        "(political hours, working hours)"
    )
    halves = {row["payer"]: row["amount"] for row in trip(share("campaign", "share by time", HALF))}
    assert halves == {"campaign": Decimal("45.00"), PUBLIC: Decimal("45.00")}


def test_rules_that_contradict_each_other_decide_nothing() -> None:
    rules = [share("campaign", "share by time", HALF), share("campaign", "full")]
    assert only_method(book(rules, ["10.00"]), "undetermined") == (
        "undetermined: the rulebook gives 2 different cost rules for airfare under split"
    )


# ---------------------------------------------------------------- nothing, words, names


def test_a_cost_of_nothing_has_its_row_under_every_method() -> None:
    given = {"political hours": "2", "working hours": "6"}
    for rules in (
        [share("campaign", "full")],
        [share("campaign", "none")],
        [share("campaign", "share by time", BY_TIME)],
        [share("campaign", "share by time", BY_TIME), share("party", "the rest")],
    ):
        assert sum(borne(rules, "0.00", given).values()) == 0
        assert relation(book(rules, ["0.00"], given), "allocations")


def test_a_share_of_nothing_is_left_out_where_there_is_a_cost() -> None:
    rules = [share("campaign", "share by time", BY_TIME)]
    assert borne(rules, "10.00", {"political hours": "0", "working hours": "6"}) == {PUBLIC: Decimal("10.00")}


def test_what_others_leave_to_the_public_body_is_said_to_be_left() -> None:
    rules = [share("campaign", "share by time", HALF), share("public body", "the rest")]
    engine = book(rules, ["10.00"])
    assert only_method(engine, PUBLIC) == "left: what no payer bears stays with the public body"


@pytest.mark.parametrize("written", ["car rental", "Car-Rental", " CAR_RENTAL ", "car  rental"])
def test_a_class_is_found_however_it_is_written(written: str) -> None:
    own = cost_rule("split", "car rental", "campaign", "full")
    assert borne([own, share("guest", "full")], "9.00", cost_class=written) == amounts(campaign="9.00")


def test_costs_of_one_class_are_counted_together_however_it_is_written() -> None:
    engine = accounted(
        rulebook(share("secretary", "comparable fare", base=Base(Decimal(500)))),
        uses=[use("u", date="2019-05-16", trip="Iowa")],
        determinations=[decided("u", "split")],
        expenses=[
            {"record_id": name, "amount": "9", "trip": "Iowa", "cost_class": name}
            for name in ("car-rental", "car rental")
        ],
    )
    assert {row["payer"] for row in relation(engine, "allocations")} == {"undetermined"}


def test_payers_of_one_name_stand_in_rows_of_their_own_and_are_billed_together() -> None:
    rules = [share("campaign", "share by time", HALF), share("party", "the rest")]
    engine = book(rules, ["10.01"], settings=Settings(payers={"campaign": "C", "party": "C"}))
    assert [row["amount"] for row in relation(engine, "allocations")] == [Decimal("5.01"), Decimal("5.00")]
    assert [(row["payer"], row["amount"]) for row in relation(engine, "receivables")] == [
        ("C", Decimal("10.01"))
    ]


def test_a_rulebook_s_words_are_words_whatever_they_look_like() -> None:
    """Braces and quotation marks in a name never become part of the query."""
    odd = measured("{facts}", FactType.SHARE, "the clerk's {shown}; '); DROP TABLE costs; --")
    odd = replace(odd, reads="political_share")
    engine = accounted(
        rulebook(
            share("{lacking}'s", "share by time", Part("{facts}")), jurisdiction="{computed}", facts=[odd]
        ),
        uses=[use("u", date="2019-05-16", trip="Iowa"), use("v", date="2019-05-16", trip="Ohio")],
        facts=[{"use_id": "u", "political_share": "0.25"}, {"use_id": "v"}],
        determinations=[decided("u", "split"), decided("v", "split")],
        expenses=[{"record_id": trip, "amount": "8", "trip": trip} for trip in ("Iowa", "Ohio")],
    )
    assert {row["payer"]: row["amount"] for row in relation(engine, "allocations")} == {
        "{lacking}'s": Decimal("2.00"),
        "{computed}": Decimal("6.00"),
        "undetermined": Decimal("8.00"),
    }
    assert only_method(engine, "undetermined") == (
        "undetermined: {facts} is not on record (settled by the clerk's {shown}; '); DROP TABLE costs; --)"
    )
