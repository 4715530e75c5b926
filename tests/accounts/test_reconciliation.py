"""Two totals of one thing: what lies between them, line by line, and nothing left over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.accounts.small_book import accounted, relation, rulebook, small_book
from tests.accounts.test_assertions import stated
from wardbook.accounts.account import account
from wardbook.accounts.balance import UnbalancedError
from wardbook.accounts.reconciliation import (
    CLASSES,
    DIFFERS,
    EQUAL,
    ONLY_LEFT,
    ONLY_RIGHT,
    ROUNDING,
    ROWS,
    SCOPE,
    Line,
    Schedule,
    Total,
    UnscopedError,
    compared,
    lines_of,
    schedule,
)
from wardbook.errors import WardbookError, WrongUseError
from wardbook.findings.procedures import run_procedures
from wardbook.records.engine import Engine
from wardbook.records.settings import Settings

MAY = "May 2019, travel of the detail"


def money(name: str, amount: str, scope: str = MAY) -> Total:
    return Total(name, Decimal(amount), "USD", scope)


# ---------------------------------------------------------------- totals and schedules


def test_a_total_without_a_scope_is_refused() -> None:
    with pytest.raises(UnscopedError, match="a total needs its scope") as refused:
        Total("press", Decimal(358000), "USD", "  ")
    assert isinstance(refused.value, WardbookError)
    assert refused.value.exit_code == 2


def test_a_count_without_a_counting_rule_is_refused() -> None:
    with pytest.raises(UnscopedError, match="a count needs its counting rule"):
        Total("trips", Decimal(31), "trips", "2019", counted=True)


def test_lines_that_do_not_add_up_are_refused() -> None:
    left, right = money("left", "10.00"), money("right", "7.00")
    line = Line(DIFFERS, "airfare", Decimal(10), Decimal(7), Decimal(3))
    assert Schedule(left, right, (line,)).difference == Decimal(3)
    with pytest.raises(UnbalancedError, match=r"off by -3\.00"):
        Schedule(left, right, ())


def test_totals_in_different_units_are_not_compared() -> None:
    right = Total("right", Decimal(7), "EUR", MAY)
    with pytest.raises(WrongUseError, match="USD and EUR"):
        Schedule(money("left", "7"), right, ())


# ---------------------------------------------------------------- rows against rows


Row = tuple[str, str | None, Decimal, str | None]
"""Side, key, amount, how it lies outside the other side's scope."""


ENGINE = Engine()
"""One for all examples: opening one takes longer than a schedule."""


def lines(rows: Sequence[Row], tolerance: Decimal = Decimal(0)) -> tuple[Line, ...]:
    ENGINE.load(
        ROWS,
        (
            {
                "pair": "p",
                "side": side,
                "key": key,
                "shown": key,
                "amount": amount,
                "tolerance": tolerance if side == "left" else Decimal(0),
                "outside": outside,
                "source": f"{side} {number}",
            }
            for number, (side, key, amount, outside) in enumerate(rows)
        ),
    )
    compared(ENGINE)
    found = lines_of(ENGINE, "p", ("left", "right"))
    totals = [sum((a for s, _, a, _ in rows if s == side), Decimal(0)) for side in ("left", "right")]
    scoped = [Total(side, total, "USD", MAY) for side, total in zip(("left", "right"), totals, strict=True)]
    return schedule(scoped[0], scoped[1], found).lines


def test_each_class_of_row() -> None:
    found = lines(
        [
            ("left", "airfare", Decimal("100.00"), None),
            ("right", "airfare", Decimal("60.00"), None),
            ("right", "airfare", Decimal("40.00"), None),
            ("left", "meals", Decimal("10.30"), None),
            ("right", "meals", Decimal("10.00"), None),
            ("left", "lodging", Decimal("80.00"), None),
            ("right", "lodging", Decimal("50.00"), None),
            ("left", "overtime", Decimal("500.00"), "pay, which right leaves out"),
            ("left", "gas", Decimal("4.46"), None),
            ("right", "tolls", Decimal("3.00"), None),
        ],
        tolerance=Decimal("0.50"),
    )
    assert [(line.kind, line.key, line.left, line.right, line.amount) for line in found] == [
        (EQUAL, "airfare", Decimal("100.00"), Decimal("100.00"), Decimal("0.00")),
        (ROUNDING, "meals", Decimal("10.30"), Decimal("10.00"), Decimal("0.30")),
        (DIFFERS, "lodging", Decimal("80.00"), Decimal("50.00"), Decimal("30.00")),
        (ONLY_LEFT, "gas", Decimal("4.46"), None, Decimal("4.46")),
        (ONLY_RIGHT, "tolls", None, Decimal("3.00"), Decimal("-3.00")),
        (SCOPE, "overtime", Decimal("500.00"), None, Decimal("500.00")),
    ]
    assert found[0].words == "in both; 1 and 2 rows"
    assert found[0].sources == ("left 0", "right 1", "right 2")
    assert found[-1].words == "pay, which right leaves out"


def test_rows_outside_the_scope_are_parted_only_where_that_brings_the_sides_nearer() -> None:
    nearer = lines(
        [
            ("left", "a", Decimal(5), None),
            ("left", "a", Decimal(7), "after May"),
            ("right", "a", Decimal(5), None),
        ]
    )
    assert [(line.kind, line.amount) for line in nearer] == [(EQUAL, Decimal(0)), (SCOPE, Decimal(7))]
    farther = lines(
        [
            ("left", "a", Decimal(5), "after May"),
            ("left", "a", Decimal(1), None),
            ("right", "a", Decimal(7), None),
        ]
    )
    assert [(line.kind, line.amount) for line in farther] == [(DIFFERS, Decimal(-1))]


def test_rows_without_a_key_match_nothing() -> None:
    found = lines([("left", None, Decimal(5), None), ("right", None, Decimal(5), None)])
    assert [(line.kind, line.key, line.amount) for line in found] == [
        (ONLY_LEFT, "(no key)", Decimal(5)),
        (ONLY_RIGHT, "(no key)", Decimal(-5)),
    ]


amounts = st.decimals(-1000, 1000, places=2)
ledgers = st.lists(
    st.tuples(
        st.sampled_from(["left", "right"]),
        st.sampled_from(["a", "b", "c", "d", None]),
        amounts,
        st.sampled_from([None, None, "outside"]),
    ),
    max_size=12,
)
tolerances = st.decimals(0, 5, places=2)


@settings(max_examples=40)
@given(ledgers, tolerances)
def test_the_classes_add_up_to_the_difference(rows: list[Row], tolerance: Decimal) -> None:
    found = lines(rows, tolerance)  # the constructor refuses lines that do not
    difference = sum((a if side == "left" else -a for side, _, a, _ in rows), Decimal(0))
    by_class: dict[str, Decimal] = defaultdict(Decimal)
    for line in found:
        by_class[line.kind] += line.amount
        assert line.amount == (line.left or 0) - (line.right or 0)
    assert set(by_class) <= set(CLASSES)
    assert sum(by_class.values()) == difference
    assert by_class[EQUAL] == 0


@settings(max_examples=40)
@given(ledgers, tolerances)
def test_swapping_the_sides_negates_every_line(rows: list[Row], tolerance: Decimal) -> None:
    other = {"left": "right", "right": "left"}
    turned = {ONLY_LEFT: ONLY_RIGHT, ONLY_RIGHT: ONLY_LEFT}
    swapped = lines([(other[side], key, amount, outside) for side, key, amount, outside in rows], tolerance)
    one = sorted((line.kind, line.key, line.amount) for line in lines(rows, tolerance))
    assert one == sorted((turned.get(line.kind, line.kind), line.key, -line.amount) for line in swapped)


@settings(max_examples=40)
@given(ledgers, tolerances, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: list[Row], tolerance: Decimal, random: Any) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    told = [
        [
            (line.kind, line.key, line.left, line.right, line.amount, line.words)
            for line in lines(each, tolerance)
        ]
        for each in (rows, shuffled)
    ]
    assert told[0] == told[1]


def naive(rows: Sequence[Row], tolerance: Decimal) -> list[tuple[str, str, Decimal]]:
    """The classes by a loop over keys; of rows that all lie within the scope."""
    groups: dict[tuple[str | None, str], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[1], row[0] if row[1] is None else ""].append(row)
    found = []
    for (key, _), group in groups.items():
        gap = sum((a if side == "left" else -a for side, _, a, _ in group), Decimal(0))
        present = {side for side, _, _, _ in group}
        kind = EQUAL if gap == 0 else ROUNDING if abs(gap) <= tolerance else DIFFERS
        if len(present) == 1:
            kind = ONLY_LEFT if "left" in present else ONLY_RIGHT
        found.append((kind, key or "(no key)", gap))
    return sorted(found)


@settings(max_examples=30)
@given(ledgers, tolerances)
def test_rows_are_classed_as_a_loop_would(rows: list[Row], tolerance: Decimal) -> None:
    inside: list[Row] = [(side, key, amount, None) for side, key, amount, _ in rows]
    found = [(line.kind, line.key, line.amount) for line in lines(inside, tolerance)]
    assert sorted(found) == naive(inside, tolerance)


# ---------------------------------------------------------------- stated figures


NEWSPAPER = [
    stated(
        "newspaper",
        "358000",
        "assertions:newspaper/",
        scope="rounded; the parts are introduced with 'include'",
        compared_with="official",
        tolerance="500",
        scope_from="2019-05-16",
        scope_to="2019-09-20",
        scope_covers="airfare, lodging, car rental, meals, other",
    ),
    stated("newspaper/air", "191621", scope_covers="airfare"),
    stated("newspaper/hotels", "103099", scope_covers="lodging"),
    stated("newspaper/rental", "30929", scope_covers="car rental"),
    stated("newspaper/meals", "27776", scope_covers="meals"),
    stated(
        "official", "319794.20", scope="travel of the detail", scope_from="2019-05-16", scope_to="2019-09-20"
    ),
]


def schedules(assertions: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    engine = accounted(rulebook(), assertions=assertions)
    columns = ("line", "line_class", "key", "left_amount", "right_amount", "amount", "words")
    return [tuple(row[c] for c in columns) for row in relation(engine, "reconciliations")]


def test_the_newspaper_s_total_stays_above_the_official_one_with_the_missing_record_named() -> None:
    found = schedules(NEWSPAPER)
    assert [row[:6] for row in found] == [
        (1, "unexplained", None, Decimal(4575), None, Decimal(4575)),
        (2, "unexplained", None, Decimal(353425), Decimal("319794.20"), Decimal("33630.80")),
    ]
    assert sum(row[5] for row in found) == Decimal("38205.80")
    assert found[0][6] == (
        "the 4 parts of newspaper give 353,425.00, its total is 358,000.00: 4,575.00 in none of them; "
        "missing: other parts of newspaper"
    )
    assert found[1][6].endswith("missing: the parts of official by cost class, or its vouchers")


def test_the_schedule_prints_both_scopes_and_stands_on_both_records() -> None:
    engine = accounted(rulebook(), assertions=NEWSPAPER)
    first = relation(engine, "reconciliations")[0]
    assert first["left_scope"] == (
        "rounded; the parts are introduced with 'include'; days 2019-05-16 to 2019-09-20; covers airfare, "
        "car rental, lodging, meals, other"
    )
    assert first["right_scope"] == "travel of the detail; days 2019-05-16 to 2019-09-20"
    assert first["sources"] == ["said-newspaper", "said-official"]


def test_two_published_totals_that_do_not_meet_are_a_finding() -> None:
    engine = small_book(assertions=NEWSPAPER)
    account(engine, rulebook(), Settings())
    (finding,) = (one for one in run_procedures(engine, rulebook()) if one.procedure == "AST-02")
    assert (finding.amount, finding.currency) == (Decimal("38205.80"), "USD")
    assert "Between them lie 38,205.80" in finding.condition
    assert "rounded; the parts are introduced with 'include'" in finding.condition
    assert finding.evidence == ("said-newspaper", "said-official")


def test_parts_of_both_are_matched_by_their_cost_class() -> None:
    found = schedules(
        [
            stated("a", "100.00", scope="May", compared_with="b", scope_covers="airfare, lodging, overtime"),
            stated("a/flights", "60.00", scope_covers="airfare", tolerance="0.50"),
            stated("a/lodging", "25.00"),
            stated("a/overtime", "15.00"),
            stated("b", "95.40", scope="May", scope_covers="airfare, lodging, meals"),
            stated("b/airfare", "60.40", scope_covers="airfare"),
            stated("b/hotels", "20.00", scope_covers="lodging"),
            stated("b/meals", "14.00", scope_covers="meals"),
        ]
    )
    assert [(row[1], row[2], row[5]) for row in found] == [
        ("rounding", "airfare", Decimal("-0.40")),
        ("differs", "lodging", Decimal(5)),
        ("scope differs", "meals", Decimal(-14)),
        ("scope differs", "overtime", Decimal(15)),
        ("unexplained", None, Decimal(-1)),
    ]
    assert found[2][6] == "a does not cover meals"
    assert sum(row[5] for row in found) == Decimal("4.60")


TRIPS = {"unit": "trips", "scope": "16 May to 20 September 2019"}


def test_two_counts_by_different_rules_differ_by_their_rules() -> None:
    found = schedules(
        [
            stated(
                "investigators",
                "21",
                compared_with="Board",
                counting_rule="trips to different locations",
                **TRIPS,
            ),
            stated("Board", "31", counting_rule="units of the order", **TRIPS),
        ]
    )
    assert [row[:6] for row in found] == [(1, "counting rule differs", None, 21, 31, -10)]
    assert (
        "investigators counts by 'trips to different locations', Board by 'units of the order'" in found[0][6]
    )


def test_a_count_without_its_rule_is_not_explained_by_it() -> None:
    found = schedules(
        [
            stated("press", "21", compared_with="Board", **TRIPS),
            stated("Board", "31", counting_rule="units of the order", **TRIPS),
        ]
    )
    assert [row[1] for row in found] == ["unexplained"]
    assert "missing: the counting rule of press and the list behind press" in found[0][6]


def test_a_pair_that_cannot_be_compared_says_what_is_missing() -> None:
    found = schedules(
        [
            stated("a", "21", compared_with="nobody", **TRIPS),
            stated("b", None, compared_with="a"),
            stated("c", "4", compared_with="a"),
            stated("d", "4", compared_with="d"),
        ]
    )
    assert [(row[1], row[5]) for row in found] == [("unexplained", None)] * 4
    assert [row[6] for row in found] == [
        "missing: one stated figure named 'nobody'; found none",
        "missing: a figure of 'b'; none is stated",
        "figures in USD and in trips cannot be compared",
        "the figure is compared with itself; name the other in compared_with",
    ]


def test_equal_figures_and_rounding_are_no_finding() -> None:
    engine = accounted(
        rulebook(),
        assertions=[
            stated("a", "123942", compared_with="b", scope="May", tolerance="1"),
            stated("b", "123941", scope="May"),
            stated("c", "5", compared_with="d", scope="May"),
            stated("d", "5", scope="May"),
        ],
    )
    classes = [row["line_class"] for row in relation(engine, "reconciliations")]
    assert classes == ["rounding", "equal"]
    assert [one for one in run_procedures(engine, rulebook()) if one.procedure == "AST-02"] == []
