"""Stated figures, tested: each expression, and what happens where the book cannot tell."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.accounts.small_book import accounted, relation, rulebook, use
from tests.accounts.test_orders import OBLIGATIONS, ORDER, PAID, SETTLEMENT
from wardbook.accounts.expressions import KINDS
from wardbook.records.engine import Engine


def stated(
    assertion_id: str, value: str | None, tested_by: str | None = None, **columns: Any
) -> dict[str, Any]:
    row = {"record_id": f"said-{assertion_id}", "assertion_id": assertion_id, "value": value, "unit": "USD"}
    return {**row, "quantity": assertion_id, "tested_by": tested_by, **columns}


def results(*assertions: dict[str, Any], **tables: Any) -> dict[str, dict[str, Any]]:
    engine = accounted(
        rulebook(), assertions=assertions, **{"obligations": OBLIGATIONS, "repayments": PAID, **tables}
    )
    return {row["assertion_id"]: row for row in relation(engine, "assertion_tests")}


@pytest.mark.parametrize(
    ("value", "expression", "working"),
    [
        (
            "474794.20",
            f"obligations:{ORDER}",
            "319,794.20 + 155,000.00 (31 x 5000.00) = 474,794.20; stated 474,794.20",
        ),
        ("329794.20", f"obligations:{SETTLEMENT}", "319,794.20 + 10,000.00 = 329,794.20; stated 329,794.20"),
        (
            "229794.20",
            f"outstanding:{SETTLEMENT}",
            "319,794.20 + 10,000.00 - 100,000.00 (paid) = 229,794.20; stated 229,794.20",
        ),
    ],
)
def test_the_published_sums_are_reproduced(value: str, expression: str, working: str) -> None:
    test = results(stated("a", value, expression))["a"]
    assert (test["verdict"], test["difference"]) == ("reproduced", Decimal(0))
    assert test["working"] == working
    assert "said-a" in test["sources"]


def test_a_sum_that_exceeds_its_parts_differs_by_what_is_unexplained() -> None:
    parts = ["32410", "10990", "4590", "3848", "446"]
    tests = results(
        stated("eleven-days", "52454", "assertions:eleven-days/"),
        *(stated(f"eleven-days/{n}", part) for n, part in enumerate(parts)),
    )
    test = tests["eleven-days"]
    assert (test["verdict"], test["computed"], test["difference"]) == (
        "differs",
        Decimal(52284),
        Decimal(170),
    )
    assert test["working"] == (
        "32,410.00 + 10,990.00 + 4,590.00 + 3,848.00 + 446.00 = 52,284.00; "
        "stated 52,454.00; 170.00 unexplained"
    )
    assert test["sources"] == sorted(["said-eleven-days", *(f"said-eleven-days/{n}" for n in range(5))])
    assert tests["eleven-days/0"]["verdict"] == "cannot be reproduced"


def test_a_stated_figure_below_the_book_says_how_much_more_the_book_has() -> None:
    assert results(stated("a", "300000", f"obligations:{SETTLEMENT}"))["a"]["working"].endswith(
        "stated 300,000.00; the book gives 29,794.20 more"
    )


def test_units_are_counted() -> None:
    test = results(stated("a", "31", f"units:{ORDER}", unit="trips"))["a"]
    assert (test["verdict"], test["working"]) == ("reproduced", "31; stated 31")


def test_a_difference_of_two_stated_figures_whose_names_hold_hyphens() -> None:
    tests = results(
        stated("press-total", "358000"),
        stated("board-total", "319794.20"),
        stated("gap", "38205.80", "difference:press-total-board-total"),
        stated("wrong", "1", "difference:press-total-nobody"),
    )
    assert tests["gap"]["verdict"] == "reproduced"
    assert tests["gap"]["working"] == "358,000.00 - 319,794.20 = 38,205.80; stated 38,205.80"
    assert tests["wrong"]["working"].startswith("expected difference:<assertion>-<assertion>")


def test_expenses_by_trip_group_and_class() -> None:
    expenses = [
        {"record_id": "1", "trip": "may/iowa", "cost_class": "airfare", "amount": "10", "currency": "USD"},
        {"record_id": "2", "trip": "may/iowa", "cost_class": "lodging", "amount": "20", "currency": "USD"},
        {"record_id": "3", "trip": "may/nevada", "cost_class": "lodging", "amount": "30", "currency": "USD"},
        {"record_id": "4", "trip": "mayor: own", "cost_class": "meals", "amount": "40", "currency": "USD"},
    ]
    computed = {
        name: test["computed"]
        for name, test in results(
            stated("trip", "30", "expenses:may/iowa"),
            stated("class", "20", "expenses:may/iowa:lodging"),
            stated("group", "60", "expenses:may"),
            stated("group class", "50", "expenses:may:Lodging"),
            stated("colon", "40", "expenses:mayor: own"),
            stated("all", "100", "expenses:all"),
            stated("none", "0", "expenses:june"),
            stated("euros", "30", "expenses:may/iowa", unit="EUR"),
            expenses=expenses,
        ).items()
    }
    assert computed == {
        "trip": Decimal(30),
        "class": Decimal(20),
        "group": Decimal(60),
        "group class": Decimal(50),
        "colon": Decimal(40),
        "all": Decimal(100),
        "none": None,
        "euros": None,
    }


def test_uses_are_counted_by_a_named_rule() -> None:
    tests = results(
        stated("all", "3", "uses:all", unit="uses"),
        stated("away", "1", "uses:outside jurisdiction", unit="uses"),
        stated("trips", "21", "uses:trips", unit="trips"),
        stated("rule", "21", "uses:as the press counts", unit="trips"),
        uses=[use("a", trip="Iowa"), use("b", trip="Iowa"), use("c")],
        facts=[
            {"use_id": "a", "outside_jurisdiction": True},
            {"use_id": "b", "outside_jurisdiction": False},
            {"use_id": "c"},
        ],
    )
    assert tests["all"]["working"] == "3 uses on record; stated 3"
    assert (tests["away"]["verdict"], tests["away"]["computed"]) == ("reproduced", Decimal(1))
    assert "1 more have a place that is not known" in tests["away"]["working"]
    assert (tests["trips"]["verdict"], tests["trips"]["computed"]) == ("differs", Decimal(1))
    assert tests["rule"]["working"].startswith("expected uses: and one of all, outside jurisdiction, trips")


def test_without_any_use_nothing_is_counted_as_nothing() -> None:
    test = results(stated("a", "31", "uses:trips", unit="trips"))["a"]
    assert (test["verdict"], test["computed"]) == ("cannot be reproduced", None)


@pytest.mark.parametrize(
    ("expression", "working"),
    [
        (None, "no record in the book gives this figure (its scope: eleven days of May)"),
        ("  ", "no record in the book gives this figure (its scope: eleven days of May)"),
        ("obligations:nothing", "no record in the book: no order or settlement named 'nothing'"),
        ("obligations:", "expected one of obligations:<instrument>"),
        ("sum(everything)", "expected one of obligations:<instrument>"),
    ],
)
def test_what_cannot_be_tested_says_why(expression: str | None, working: str) -> None:
    test = results(stated("a", "52454", expression, scope="eleven days of May"))["a"]
    assert (test["verdict"], test["computed"], test["difference"]) == ("cannot be reproduced", None, None)
    assert test["working"].startswith(working)


def test_a_statement_without_a_figure_is_kept() -> None:
    test = results(stated("a", None, f"obligations:{ORDER}"))["a"]
    assert test["verdict"] == "cannot be reproduced"
    assert test["working"].endswith("no figure is stated")


GROUPS = ("all", "may", "may/", "may/iowa", "may/iowa/day 1", "may/iowa:Lodging", "V1", "june", "may:meals")
NAMES = st.sampled_from(("may", "may/iowa", "may/iowa/day 1", "may//x", " may/iowa ", "mayor", None))
SPENT_AT_RANDOM = st.lists(
    st.tuples(NAMES, st.sampled_from(("lodging", "meals", None)), st.sampled_from(("V1", "V2", None)))
)


def naive_sum(group: str, spent: list[tuple[str | None, str | None, str | None]]) -> int | None:
    """The sum of expenses 1, 2, 3, ... of a group, by the words of the reference, in a plain loop."""
    name, _, wanted = group.partition(":")
    amounts = [
        amount
        for amount, (trip, cost_class, voucher) in enumerate(spent, 1)
        if (
            name in ("all", voucher)
            or (trip is not None and (trip.strip() == name or trip.strip().startswith(f"{name}/")))
        )
        and (not wanted or cost_class == wanted.lower())
    ]
    return sum(amounts) if amounts else None


@settings(max_examples=25, deadline=None)
@given(SPENT_AT_RANDOM)
def test_many_groups_asked_together_are_each_summed(
    spent: list[tuple[str | None, str | None, str | None]],
) -> None:
    expenses = [
        {
            "record_id": f"{amount:03}", "trip": trip, "cost_class": cost_class, "source_key": voucher,
            "amount": str(amount), "currency": "USD",
        }
        for amount, (trip, cost_class, voucher) in enumerate(spent, 1)
    ]  # fmt: skip
    tests = results(*(stated(group, "1", f"expenses:{group}") for group in GROUPS), expenses=expenses)
    computed = {group: tests[group]["computed"] for group in GROUPS}
    assert computed == {group: naive_sum(group, spent) for group in GROUPS}


def test_a_thousand_statements_ask_the_book_no_more_queries_than_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(number: int) -> int:
        queries: list[str] = []
        rows, dicts = Engine.rows, Engine.dicts

        def counted_rows(engine: Engine, query: str, parameters: Sequence[Any] = ()) -> Any:
            queries.append(query)
            return rows(engine, query, parameters)

        def counted_dicts(engine: Engine, query: str, parameters: Sequence[Any] = ()) -> Any:
            queries.append(query)
            return dicts(engine, query, parameters)

        with monkeypatch.context() as patched:
            patched.setattr(Engine, "rows", counted_rows)
            patched.setattr(Engine, "dicts", counted_dicts)
            kinds = ("expenses:may", "assertions:s", "difference:s1-s2")
            scope = {"scope_from": "2019-05-01", "scope_covers": "lodging"}
            many = [stated(f"s{at}", "1", kinds[at % 3], **scope) for at in range(number)]
            results(*many, expenses=[{"record_id": "1", "trip": "may", "amount": "1", "currency": "USD"}])
        return len(queries)

    assert asked(1000) == asked(10)


def test_the_reference_describes_every_kind_of_test(root: Path) -> None:
    page = (root / "docs/reference/assertions.md").read_text("utf-8")
    for kind in KINDS:
        assert f"`{kind.form}`" in page
        assert kind.meaning in page


# ---------------------------------------------------------------- supported, contradicted, and the rest


def verdict(*assertions: dict[str, Any], **tables: Any) -> tuple[str, str]:
    """The verdict on the first of the assertions, and why."""
    test = results(*assertions, **tables)[assertions[0]["assertion_id"]]
    return test["finding_verdict"], test["why"]


def test_an_equal_figure_is_supported() -> None:
    assert verdict(stated("a", "474794.20", f"obligations:{ORDER}")) == (
        "supported",
        "the book gives the stated figure exactly",
    )


def test_a_difference_within_the_publisher_s_rounding_supports_it_and_says_so() -> None:
    test = results(stated("a", "475000", f"obligations:{ORDER}", tolerance="500"))["a"]
    assert (test["verdict"], test["finding_verdict"]) == ("differs", "supported")
    assert test["why"] == "205.80 off, within the 500.00 of the publisher's rounding"


def test_a_difference_beyond_the_rounding_contradicts_it() -> None:
    assert verdict(stated("a", "475000", f"obligations:{ORDER}", tolerance="200")) == (
        "contradicted",
        (
            "205.80 off, more than the 200.00 of the publisher's rounding, and no scope on record differs "
            "from what was counted"
        ),
    )


def test_a_tolerance_without_its_sign_is_the_same() -> None:
    assert verdict(stated("a", "475000", f"obligations:{ORDER}", tolerance="-500"))[0] == "supported"


def test_a_published_table_in_whole_thousands_is_supported_within_one(shared: Path) -> None:
    """The Government Accountability Office's table of four trips: two of its rows are off by its rounding."""
    with (shared / "data/other_precedents/claims.csv").open(encoding="utf-8", newline="") as lines:
        claim = next(row for row in csv.DictReader(lines) if row["claim_id"] == "X10")
    agencies = re.findall(r"(\w+) (\d+)\+(\d+)=(\d+)", claim["components_or_scope"])
    assert [name for name, *_ in agencies] == ["DoD", "DHS", "other"]
    thousands: dict[str, Any] = {"unit": "thousand USD", "tolerance": "1"}
    rows = []
    for name, operating, duty, whole in agencies:
        rows += [
            stated(name, whole, f"assertions:{name}/", **thousands),
            stated(f"{name}/operating", operating, **thousands),
            stated(f"{name}/temporary duty", duty, **thousands),
        ]
    tests = results(*rows)
    found = {name: (tests[name]["difference"], tests[name]["finding_verdict"]) for name, *_ in agencies}
    assert found == {
        "DoD": (Decimal(0), "supported"),
        "DHS": (Decimal(-1), "supported"),
        "other": (Decimal(1), "supported"),
    }
    exact = results(*(row | {"tolerance": None} for row in rows))
    assert [exact[name]["finding_verdict"] for name, *_ in agencies] == [
        "supported",
        "contradicted",
        "contradicted",
    ]


def claims(shared: Path) -> dict[str, Decimal]:
    with (shared / "data/other_precedents/claims.csv").open(encoding="utf-8", newline="") as lines:
        return {
            row["claim_id"]: Decimal(row["value"]) for row in csv.DictReader(lines) if row["value"].isdigit()
        }


def test_published_claims_of_other_cases(shared: Path) -> None:
    claim = claims(shared)
    tests = results(
        stated(
            "trips of an administrator",
            str(claim["X01"]),
            "assertions:trips of an administrator/",
            scope_covers="security detail, staff, the administrator",
        ),
        stated("trips of an administrator/security detail", "428896"),
        stated("trips of an administrator/staff", "339894"),
        stated("at least 341,000", "341000", "assertions:to be recouped/", tolerance="500"),
        *(stated(f"to be recouped/{n}", part) for n, part in enumerate(["333014", "4926", "2960"])),
        stated("1.2 million", "1200000", "assertions:21 trips/", tolerance="50000"),
        stated("21 trips/all", str(claim["X07"])),
        stated("over the allowance", str(claim["X09"]), "difference:billed-allowance"),
        stated("billed", "345"),
        stated("allowance", "126"),
        stated("other print", str(claim["X04"]), "assertions:first class/", tolerance="0"),
        stated("first class/report", str(claim["X03"])),
    )
    told = {
        name: (tests[name]["finding_verdict"], tests[name]["difference"]) for name in tests if "/" not in name
    }
    assert told == {
        "trips of an administrator": ("different scope", Decimal(216247)),
        "at least 341,000": ("supported", Decimal(100)),
        "1.2 million": ("supported", Decimal(14955)),
        "over the allowance": ("supported", Decimal(0)),
        "billed": ("not reproducible", None),
        "allowance": ("not reproducible", None),
        "other print": ("contradicted", Decimal(-1)),
    }
    assert tests["trips of an administrator"]["why"] == "only the statement covers the administrator"


def test_parts_of_other_days_are_another_scope() -> None:
    whole = stated("a", "10", "assertions:a/", scope_from="2019-05-16", scope_to="2019-09-20")
    part = stated("a/1", "8", scope_from="2019-05-16", scope_to="2019-05-31")
    assert verdict(whole, part) == (
        "different scope",
        "the statement ends on 2019-09-20, the sum of its parts on 2019-05-31",
    )


SPENT: list[dict[str, Any]] = [
    {"record_id": "1", "trip": "may", "day": "2019-05-17", "cost_class": "airfare", "amount": "60"},
    {
        "record_id": "2",
        "trip": "may",
        "day": "2019-05-30",
        "day_to": "2019-06-02",
        "cost_class": "lodging",
        "amount": "40",
    },
    {"record_id": "3", "trip": "may", "day": "2019-06-08", "cost_class": "airfare", "amount": "25"},
    {
        "record_id": "4",
        "trip": "may",
        "day": "2019-05-20",
        "cost_class": "overtime",
        "amount": "500",
        "person": "Sgt. Ash",
    },
]


def spent(value: str, **scope: str) -> tuple[str, str]:
    rows = [row | {"currency": "USD"} for row in SPENT]
    return verdict(stated("a", value, "expenses:may", **scope), expenses=rows)


def test_expenses_outside_the_days_or_classes_stated_are_another_scope() -> None:
    scope = {"scope_from": "2019-05-16", "scope_to": "2019-05-31", "scope_covers": "Airfare, lodging"}
    assert spent("100", **scope) == (
        "different scope",
        (
            "1 expense counted (25.00) is after 2019-05-31; 1 expense counted (500.00) is of overtime; "
            "within the scope stated the book gives 100.00, the stated figure"
        ),
    )
    assert spent("90", **scope)[1].endswith("within the scope stated the book gives 100.00, 10.00 more")


def test_what_a_statement_covers_and_no_expense_is_of_is_another_scope() -> None:
    found, why = spent("700", scope_covers="airfare, lodging, overtime, gifts")
    assert (found, why) == (
        "different scope",
        "the statement covers gifts, and no expense counted is of that",
    )


def test_people_whom_a_statement_covers() -> None:
    assert spent("9", scope_covers="Sgt. Ash")[0] == "contradicted"
    assert verdict(
        stated("a", "9", "expenses:may", scope_covers="Sgt. Birch, Sgt. Ash"),
        expenses=[
            row | {"currency": "USD"} for row in [*SPENT, SPENT[3] | {"record_id": "5", "person": "Sgt. Elm"}]
        ],
        people=[{"record_id": "p", "name": "Sgt. Birch"}],
    ) == (
        "different scope",
        (
            "1 expense counted (500.00) is of sgt. elm; the statement covers sgt. birch, and no expense "
            "counted is of that; within the scope stated the book gives 625.00, 616.00 more"
        ),
    )


def test_the_same_scope_and_another_sum_is_contradicted() -> None:
    scope = {
        "scope_from": "2019-05-16",
        "scope_to": "2019-06-30",
        "scope_covers": "airfare, lodging, overtime",
    }
    assert spent("600", **scope) == (
        "contradicted",
        "25.00 off, and no scope on record differs from what was counted",
    )
    assert spent("625", **scope)[0] == "supported"


def test_a_scope_that_ends_before_it_begins_is_told() -> None:
    found, why = spent("1", scope_from="2019-06-30", scope_to="2019-05-16")
    assert found == "different scope"
    assert why.startswith("the days stated end on 2019-05-16, before they begin on 2019-06-30")


@pytest.mark.parametrize(
    ("rule", "told", "why"),
    [
        (
            "trips to different locations",
            "different scope",
            "the statement counts by 'trips to different locations', ",
        ),
        (f"Units of  {ORDER}", "contradicted", "10 off, and no scope on record differs"),
        (
            None,
            "not reproducible",
            f"missing: the counting rule of the statement; the test counts by 'units of {ORDER}'",
        ),
    ],
)
def test_a_count_needs_its_counting_rule(rule: str | None, told: str, why: str) -> None:
    found = verdict(stated("a", "21", f"units:{ORDER}", unit="trips", counting_rule=rule))
    assert found[0] == told
    assert found[1].startswith(why)


def test_uses_outside_the_days_stated_are_another_scope() -> None:
    uses = [
        use("a", date="2019-05-17", trip="Iowa"),
        use("b", date="2019-10-01", trip="Ohio"),
        use("c", trip="Ohio"),
    ]
    scope = {"scope_from": "2019-05-16", "scope_to": "2019-09-20", "unit": "uses"}
    assert verdict(stated("a", "2", "uses:all", counting_rule="each use on record", **scope), uses=uses) == (
        "different scope",
        (
            "1 of 3 counted lie outside the days stated, 2019-05-16 to 2019-09-20; within the scope stated "
            "the book gives 2, the stated figure"
        ),
    )
    trips = results(stated("a", "2", "uses:trips", **scope), uses=uses)["a"]
    assert (trips["computed"], trips["finding_verdict"]) == (Decimal(2), "supported")


def test_the_test_carries_who_said_it_and_its_scope() -> None:
    said = {
        "stated_by": "A newspaper",
        "stated_on": "2020-01-21",
        "scope": "eleven days",
        "counting_rule": "each day",
    }
    test = results(stated("a", "11", None, unit="days", **said))["a"]
    assert {name: str(test[name]) for name in said} == said
    assert (test["finding_verdict"], test["why"]) == (
        "not reproducible",
        "no record in the book gives this figure (its scope: eleven days)",
    )


# ---------------------------------------------------------------- facts


def fact(expression: str, **tables: Any) -> tuple[str, str, str]:
    """The verdict of tests of figures, the verdict on a stated fact, and why."""
    row = stated("a", None, f"fact:{expression}", unit=None, fact="as said", **tables.pop("columns", {}))
    test = results(row, **tables)["a"]
    return test["verdict"], test["finding_verdict"], test["why"]


ASSESSED = [
    {"record_id": "threat", "person": "Mayor", "assessed_on": "2019-05-01", "valid_to": "2019-05-31"},
]
ASKED = [
    {
        "entry": 4,
        "kind": "request",
        "whom": "the police",
        "words": "every written Threat Assessment since 2014",
    },
    {"entry": 5, "kind": "answer", "request": 4, "produced": False, "words": "no responsive records"},
]


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("assessment on record", "supported"),
        ("Assessment  on record: mayor", "supported"),
        ("assessment on record:Spouse", "not reproducible"),
        ("no assessment on record", "contradicted"),
        ("no record of:assessments", "contradicted"),
        ("record of:assessments", "supported"),
    ],
)
def test_a_record_shows_a_fact(expression: str, told: str) -> None:
    figure_verdict, found, why = fact(expression, assessments=ASSESSED)
    assert found == told
    assert figure_verdict == {"supported": "reproduced", "contradicted": "differs"}.get(
        told, "cannot be reproduced"
    )
    assert why.startswith(
        "missing: a threat assessment of Spouse" if told == "not reproducible" else "1 record shows"
    )


def test_a_nil_return_is_evidence_and_an_empty_table_is_none() -> None:
    assert fact("no record of:assessments") == (
        "cannot be reproduced",
        "not reproducible",
        "missing: a record in the table assessments, or an answer to a request for it that there is none",
    )
    assert fact("no record of:assessments:threat assessment", acts=ASKED) == (
        "reproduced",
        "supported",
        (
            "the book has no record in the table assessments; asked for 'every written Threat Assessment "
            "since 2014' (entry 4 of the log), the police answered ('no responsive records') that "
            "there is none "
            "(entry 5)"
        ),
    )
    assert fact("assessment on record", acts=ASKED)[1] == "contradicted"


def test_records_that_came_or_a_request_without_an_answer_are_no_nil_return() -> None:
    for came in (True, None):
        produced = [ASKED[0], ASKED[1] | {"produced": came}]
        assert fact("no record of:assessments", acts=produced)[1] == "not reproducible"
    assert fact("no record of:assessments", acts=ASKED[:1])[1] == "not reproducible"
    assert fact("no record of:authorizations", acts=ASKED)[1] == "not reproducible"


def test_facts_hold_for_the_days_stated() -> None:
    june = {"scope_from": "2019-06-01", "scope_to": "2019-06-30"}
    assert fact("assessment on record:Mayor", assessments=ASSESSED, columns=june)[1] == "not reproducible"
    may = {"scope_from": "2019-05-31", "scope_to": "2019-06-30"}
    assert fact("assessment on record:Mayor", assessments=ASSESSED, columns=may)[1] == "supported"


def test_declining_and_designation() -> None:
    declined = [{"record_id": "d", "person": "Mayor's Son"}]
    people: list[dict[str, Any]] = [
        {"record_id": "p1", "name": "Mayor", "protectee": True},
        {"record_id": "p2", "name": "Mayor's Brother", "protectee": False},
        {"record_id": "p3", "name": "Mayor's Son"},
    ]
    told = {
        name: fact(name, declined=declined, people=people)[1]
        for name in (
            "declined:Mayor's Son",
            "not declined:Mayor's Son",
            "declined:Mayor",
            "protectee:Mayor",
            "protectee:Mayor's Brother",
            "not protectee:Mayor's Brother",
            "protectee:Mayor's Son",
        )
    }
    assert told == {
        "declined:Mayor's Son": "supported",
        "not declined:Mayor's Son": "contradicted",
        "declined:Mayor": "not reproducible",
        "protectee:Mayor": "supported",
        "protectee:Mayor's Brother": "contradicted",
        "not protectee:Mayor's Brother": "supported",
        "protectee:Mayor's Son": "not reproducible",
    }
    both = [people[0], {**people[0], "record_id": "p4", "protectee": False}]
    assert fact("protectee:Mayor", people=both)[1:] == (
        "not reproducible",
        "missing: which of the records on a designation as a protectee of Mayor is right",
    )


@pytest.mark.parametrize("expression", ["he was told", "declined", "record of:nothing", "record of"])
def test_a_fact_that_is_not_known_says_what_is_expected(expression: str) -> None:
    test = results(stated("a", None, f"fact:{expression}", unit=None, fact="as said"))["a"]
    assert test["finding_verdict"] == "not reproducible"
    assert test["working"].startswith("expected fact:")


cents = st.decimals(0, 1000, places=2)


@settings(max_examples=8)
@given(
    st.lists(
        st.tuples(cents, cents, st.none() | cents, st.none() | st.sampled_from(["airfare", "other"])),
        max_size=12,
    )
)
def test_verdicts_are_those_of_the_rules_in_words(
    rows: list[tuple[Decimal, Decimal, Decimal | None, str | None]],
) -> None:
    """Each statement has one part, of airfare; the rules are written out again below."""
    assertions = []
    for number, (value, part, tolerance, covers) in enumerate(rows):
        name = f"s{number}"
        columns = {"tolerance": tolerance, "scope_covers": covers}
        assertions += [
            stated(name, str(value), f"assertions:{name}/", **columns),
            stated(f"{name}/airfare", str(part)),
        ]
    tests = results(*assertions)
    for number, (value, part, tolerance, covers) in enumerate(rows):
        near = abs(value - part) <= (tolerance or 0)
        wanted = "supported" if near else "different scope" if covers == "other" else "contradicted"
        test = tests[f"s{number}"]
        assert (test["finding_verdict"], test["verdict"]) == (
            wanted,
            "reproduced" if value == part else "differs",
        )
        assert test["why"]
