"""The life of a receivable: the founding case to the cent, default, write-offs, escrow, and two payers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.accounts.ledger_book import PAYER, balances, due, ids, items, ledger, line, paid, states
from tests.accounts.small_book import rulebook
from wardbook.accounts.expressions import Stated, find_kind
from wardbook.findings.orders import ORDERS
from wardbook.records.edges import RECORDS, behind_query, edge_query
from wardbook.records.engine import Engine

ORDER, SETTLEMENT = "order", "settlement"
REVIVES = {"supersedes": ORDER, "revives_on_default": ORDER, "days_of_grace": 10}
LINES = [
    line("o1", ORDER, "2023-06-15", "319794.20"),
    line("o2", ORDER, "2023-06-15", "155000", kind="fine"),
    line("s1", SETTLEMENT, "2025-05-14", "319794.20", **REVIVES),
    line("s2", SETTLEMENT, "2025-05-14", "10000", kind="fine", **REVIVES),
]
FIRST = paid("p0", SETTLEMENT, "2025-05-14", "100000")

# 229,794.20 in sixteen quarters is 14,362.1375 a quarter. A plan is paid in cents, so the plan itself says
# where the odd ones go; here fifteen of 14,362.14 and a last one of 14,362.10.
QUARTERS = [f"{2025 + (7 + 3 * n) // 12}-{(7 + 3 * n) % 12 + 1:02d}-14" for n in range(16)]
AMOUNTS = ["14362.14"] * 15 + ["14362.10"]
PLAN = [due(f"i{n:02d}", SETTLEMENT, day, AMOUNTS[n]) for n, day in enumerate(QUARTERS)]


def quarters(count: int) -> list[dict[str, Any]]:
    """The payments of the first ``count`` quarters, each on its day."""
    return [paid(f"p{n + 1:02d}", SETTLEMENT, QUARTERS[n], AMOUNTS[n]) for n in range(count)]


def founding(as_of: str | None, count: int, **more: Any) -> Engine:
    tables = {"obligations": LINES, "instalments": PLAN, "repayments": [FIRST, *quarters(count)]}
    return ledger(as_of, **{**tables, **more})


def test_the_plan_is_the_rest_of_the_settlement() -> None:
    assert sum(map(Decimal, AMOUNTS)) == Decimal("229794.20")
    assert (QUARTERS[0], QUARTERS[-1]) == ("2025-08-14", "2029-05-14")


def test_before_the_settlement_the_order_is_in_force() -> None:
    found = states(founding("2025-05-13", 16))
    assert list(found) == [(ORDER, PAYER)]
    state = found[ORDER, PAYER]
    assert (state["state"], state["since"]) == ("in force", date(2023, 6, 15))
    assert (state["due"], state["paid"], state["outstanding"]) == (
        Decimal("474794.20"),
        Decimal(0),
        Decimal("474794.20"),
    )


def test_the_settlement_supersedes_the_order_and_the_first_payment_is_not_an_instalment() -> None:
    engine = founding("2025-06-01", 0)
    found = states(engine)
    assert (found[ORDER, PAYER]["state"], found[ORDER, PAYER]["outstanding"]) == ("superseded", Decimal(0))
    assert found[ORDER, PAYER]["since"] == date(2025, 5, 14)
    settlement = found[SETTLEMENT, PAYER]
    assert settlement["state"] == "in force"
    assert (settlement["due"], settlement["paid"]) == (Decimal("329794.20"), Decimal("100000.00"))
    assert settlement["outstanding"] == Decimal("229794.20")
    rows = items(engine, "due_on", "amount", "open", "age")
    assert rows[0] == (date(2025, 5, 14), Decimal("100000.00"), Decimal(0), "settled")
    assert rows[1] == (date(2025, 8, 14), Decimal("14362.14"), Decimal("14362.14"), "not due")
    assert len(rows) == 17
    assert sum(row[1] for row in rows) == Decimal("329794.20")


def test_all_sixteen_quarters_paid() -> None:
    engine = founding(None, 16)
    state = states(engine)[SETTLEMENT, PAYER]
    assert (state["state"], state["since"]) == ("paid", date(2029, 5, 14))
    assert (state["paid"], state["outstanding"]) == (Decimal("329794.20"), Decimal(0))
    assert {row[0] for row in items(engine, "age")} == {"settled"}
    assert balances(engine) == {
        "cash": Decimal("329794.20"),
        "restitution": Decimal("-319794.20"),
        "fine": Decimal("-10000.00"),
    }
    assert set(state["sources"]) == {"s1", "s2", "p0"} | {f"i{n:02d}" for n in range(16)} | {
        f"p{n:02d}" for n in range(1, 17)
    }


def test_what_is_stated_to_be_left_is_tested_against_the_order_as_it_stands() -> None:
    kept = find_kind(f"outstanding:{SETTLEMENT}")
    revived = find_kind(f"outstanding:{ORDER}")
    assert kept
    assert revived
    stated = Stated("left", "USD", "a1")
    assert kept[0].run(founding("2025-06-01", 0), stated, SETTLEMENT).computed == Decimal("229794.20")
    engine = founding("2026-02-25", 2)
    working = revived[0].run(engine, stated, ORDER)
    assert working.computed == Decimal("346069.92")
    assert "revived" in working.words
    assert {"o1", "p0"} <= set(working.sources)
    assert kept[0].run(engine, stated, SETTLEMENT).computed == Decimal(0)


PAID_OF_TWO = Decimal("128724.28")
"""100,000 and two instalments of 14,362.14."""


def test_the_third_quarter_missed_brings_the_order_back() -> None:
    engine = founding("2026-02-25", 2)
    found = states(engine)
    order, settlement = found[ORDER, PAYER], found[SETTLEMENT, PAYER]
    assert (order["state"], order["since"]) == ("revived", date(2026, 2, 25))
    assert (order["due"], order["paid"]) == (Decimal("474794.20"), PAID_OF_TWO)
    assert order["outstanding"] == Decimal("474794.20") - PAID_OF_TWO == Decimal("346069.92")
    assert (settlement["state"], settlement["outstanding"]) == ("superseded", Decimal(0))
    assert settlement["since"] == date(2026, 2, 25)
    assert "14362.14 due on 2026-02-14 was not paid by 2026-02-24" in settlement["reason"]
    assert balances(engine) == {
        "cash": PAID_OF_TWO,
        f"receivable:{PAYER}:{ORDER}": Decimal("346069.92"),
        "restitution": Decimal("-319794.20"),
        "fine": Decimal("-155000.00"),
    }
    assert items(engine, "instrument", "due_on", "amount", "paid", "open", "days_late") == [
        (ORDER, date(2026, 2, 25), Decimal("474794.20"), PAID_OF_TWO, Decimal("346069.92"), 0)
    ]
    assert engine.rows("SELECT payer, cost_class, amount FROM receivables") == [
        (PAYER, f"order: {ORDER}", Decimal("346069.92"))
    ]


@pytest.mark.parametrize(("as_of", "state"), [("2026-02-24", "in force"), ("2026-02-25", "superseded")])
def test_a_payment_is_in_time_until_its_days_of_grace_are_over(as_of: str, state: str) -> None:
    assert states(founding(as_of, 2))[SETTLEMENT, PAYER]["state"] == state


def test_a_payment_on_the_last_day_of_grace_is_in_time() -> None:
    late = [FIRST, *quarters(2), paid("p03", SETTLEMENT, "2026-02-24", "14362.14")]
    assert states(founding("2026-03-01", 2, repayments=late))[SETTLEMENT, PAYER]["state"] == "in force"
    late[-1] = {**late[-1], "day": "2026-02-25"}
    assert states(founding("2026-03-01", 2, repayments=late))[SETTLEMENT, PAYER]["state"] == "superseded"


def test_a_cent_missing_is_a_default() -> None:
    short = [FIRST, *quarters(2), paid("p03", SETTLEMENT, QUARTERS[2], "14362.13")]
    found = states(founding("2026-03-01", 0, repayments=short))
    assert found[ORDER, PAYER]["outstanding"] == Decimal("474794.20") - PAID_OF_TWO - Decimal("14362.13")


def test_silence_after_the_latest_record_is_no_default() -> None:
    """Without a day given, due days of a plan are no evidence of today."""
    assert states(founding(None, 2))[SETTLEMENT, PAYER]["state"] == "in force"


def test_what_is_paid_after_the_default_counts_on_the_order() -> None:
    later = paid("p99", SETTLEMENT, "2026-04-01", "1000")
    engine = founding("2026-05-01", 2, repayments=[FIRST, *quarters(2), later])
    assert states(engine)[ORDER, PAYER]["paid"] == PAID_OF_TWO + 1000
    days = dict(engine.rows("SELECT entry_id, day FROM ledger_entries WHERE what = 'moved'"))
    assert days == {
        "moved:p0": date(2026, 2, 25),
        "moved:p01": date(2026, 2, 25),
        "moved:p02": date(2026, 2, 25),
        "moved:p99": date(2026, 4, 1),
    }


def test_a_default_adds_entries_and_changes_none() -> None:
    query = "SELECT entry_id, account, amount, currency FROM postings ORDER BY ALL"
    before = set(founding("2026-02-24", 2).rows(query))
    after = set(founding("2026-02-25", 2).rows(query))
    assert before < after
    assert {row[0] for row in after - before} == {
        f"defaulted:{SETTLEMENT}",
        f"revived:{ORDER}",
        "moved:p0",
        "moved:p01",
        "moved:p02",
    }


def test_a_second_settlement_replaces_the_order_that_came_back() -> None:
    again = line("t1", "new settlement", "2026-06-01", "350000", supersedes=SETTLEMENT)
    engine = founding("2026-07-01", 2, obligations=[*LINES, again])
    found = states(engine)
    assert {key[0]: row["state"] for key, row in found.items()} == {
        ORDER: "superseded",
        SETTLEMENT: "superseded",
        "new settlement": "in force",
    }
    assert sum(row["outstanding"] for row in found.values()) == Decimal(350000)
    assert f"superseded:{ORDER}:new settlement" in ids(engine)
    assert f"superseded:{SETTLEMENT}" not in ids(engine)
    assert f"USD {PAID_OF_TWO} was paid" in found[ORDER, PAYER]["reason"]


def test_a_settlement_replaced_in_time_is_not_in_default() -> None:
    again = line("t1", "new settlement", "2026-01-01", "200000", supersedes=SETTLEMENT)
    found = states(founding("2026-07-01", 2, obligations=[*LINES, again]))
    assert found[ORDER, PAYER]["reason"] == f"replaced by '{SETTLEMENT}'"
    assert found[SETTLEMENT, PAYER]["reason"].startswith("replaced by 'new settlement'")


# ---------------------------------------------------------------- ages


@pytest.mark.parametrize(
    ("as_of", "days", "age"),
    [
        ("2025-08-14", 0, "not due"),
        ("2025-08-15", 1, "1-30"),
        ("2025-09-13", 30, "1-30"),
        ("2025-09-14", 31, "31-60"),
        ("2025-10-13", 60, "31-60"),
        ("2025-10-14", 61, "61-90"),
        ("2025-11-12", 90, "61-90"),
        ("2025-11-13", 91, "over 90"),
    ],
)
def test_ages(as_of: str, days: int, age: str) -> None:
    lines = [{**row, "revives_on_default": None} for row in LINES]
    engine = founding(as_of, 0, obligations=lines)
    assert items(engine, "days_late", "age")[1] == (days, age)


def test_payments_fill_the_oldest_item_first() -> None:
    engine = ledger(
        "2024-03-01",
        obligations=[line("o", ORDER, "2024-01-01", "100")],
        instalments=[due("b", ORDER, "2024-02-20", "60"), due("a", ORDER, "2024-01-10", "40")],
        repayments=[paid("p", ORDER, "2024-01-05", "30"), paid("q", ORDER, "2024-02-01", "25")],
    )
    assert items(engine, "due_on", "amount", "paid", "paid_on", "open", "days_late", "sources") == [
        (date(2024, 1, 10), 40, 40, date(2024, 2, 1), 0, 0, ["a", "p", "q"]),
        (date(2024, 2, 20), 60, 15, date(2024, 2, 1), 45, 10, ["b", "q"]),
    ]


def test_a_payment_taken_back_leaves_the_item_open_again() -> None:
    engine = ledger(
        "2024-03-01",
        obligations=[line("o", ORDER, "2024-01-01", "100", days_of_grace=20)],
        repayments=[
            paid("p", ORDER, "2024-01-05", "100"),
            paid("bounced", ORDER, "2024-01-08", "-100"),
            paid("q", ORDER, "2024-02-20", "70"),
        ],
    )
    assert items(engine, "paid", "paid_on", "open") == [(70, date(2024, 2, 20), 30)]
    assert "in default since 2024-01-22" in states(engine)[ORDER, PAYER]["reason"]


def test_a_plan_that_asks_more_than_the_order_is_cut_and_said() -> None:
    engine = ledger(
        obligations=[line("o", ORDER, "2024-01-01", "100")],
        instalments=[due("a", ORDER, "2024-02-01", "60"), due("b", ORDER, "2024-03-01", "40.04")],
    )
    assert items(engine, "amount") == [(60,), (40,)]
    assert "asks for USD 100.04, 0.04 more than its lines" in states(engine)[ORDER, PAYER]["reason"]


def test_interest_added_later_is_an_entry_of_its_own_and_due_on_its_day() -> None:
    lines = [
        line("o", ORDER, "2024-01-01", "100"),
        line("x", ORDER, "2024-06-01", "4.50", kind="interest"),
    ]
    engine = ledger("2024-06-11", obligations=lines, repayments=[paid("p", ORDER, "2024-02-01", "100")])
    assert items(engine, "due_on", "open", "days_late") == [
        (date(2024, 1, 1), 0, 0),
        (date(2024, 6, 1), Decimal("4.50"), 10),
    ]
    assert ids(engine) == ["interest:x", "order:order", "paid:p"]
    assert states(engine)[ORDER, PAYER]["outstanding"] == Decimal("4.50")


def test_an_order_lowered_by_a_line_below_zero() -> None:
    lines = [line("o", ORDER, "2024-01-01", "100"), line("c", ORDER, "2024-02-01", "-30", kind="reduction")]
    engine = ledger("2024-03-01", obligations=lines)
    assert states(engine)[ORDER, PAYER]["outstanding"] == 70
    assert items(engine, "amount", "written_off", "open") == [(100, 30, 70)]


# ---------------------------------------------------------------- write-offs and escrow


def test_what_is_written_off_is_no_longer_owed_and_stands_apart() -> None:
    engine = ledger(
        "2024-03-01",
        obligations=[line("o", ORDER, "2024-01-01", "100")],
        repayments=[paid("p", ORDER, "2024-01-20", "60")],
        write_offs=[paid("w", ORDER, "2024-02-01", "40", authority="the Comptroller")],
    )
    state = states(engine)[ORDER, PAYER]
    assert (state["state"], state["since"], state["outstanding"]) == ("written off", date(2024, 2, 1), 0)
    assert (state["paid"], state["written_off"]) == (60, 40)
    assert balances(engine) == {"cash": 60, "restitution": -100, f"written-off:{PAYER}:{ORDER}": 40}
    assert items(engine, "paid", "written_off", "open", "sources") == [(60, 40, 0, ["o", "p", "w"])]
    told = engine.rows("SELECT words FROM ledger_entries WHERE entry_id = 'written-off:w'")
    assert told == [("written off by the Comptroller",)]


def test_money_in_escrow_is_not_paid_and_not_owed_twice() -> None:
    laid = paid("e", ORDER, "2024-01-01", "100", into_escrow=True)
    tables = {"obligations": [line("o", ORDER, "2024-01-01", "100")]}
    engine = ledger("2024-03-01", repayments=[laid], **tables)
    state = states(engine)[ORDER, PAYER]
    assert (state["state"], state["paid"]) == ("in force", 0)
    assert (state["in_escrow"], state["outstanding"]) == (100, 0)
    assert balances(engine) == {f"escrow:{PAYER}:{ORDER}": 100, "restitution": -100}
    assert items(engine, "paid", "in_escrow", "open", "paid_on") == [(0, 100, 0, date(2024, 1, 1))]

    released = [
        paid("e2", ORDER, "2024-02-01", "-100", into_escrow=True),
        paid("p", ORDER, "2024-02-01", "100"),
    ]
    engine = ledger("2024-03-01", repayments=[laid, *released], **tables)
    state = states(engine)[ORDER, PAYER]
    assert (state["state"], state["paid"], state["in_escrow"]) == ("paid", 100, 0)
    assert balances(engine) == {"cash": 100, "restitution": -100}

    given_back = ledger("2024-03-01", repayments=[laid, released[0]], **tables)
    assert states(given_back)[ORDER, PAYER]["outstanding"] == 100


# ---------------------------------------------------------------- two payers


CAMPAIGN, PERSON = "the campaign", "the candidate"
BOTH = [
    line("c", ORDER, "2024-01-01", "100", payer=CAMPAIGN, days_of_grace=30),
    line("d", ORDER, "2024-01-01", "100", payer=PERSON, liable_after=CAMPAIGN),
]


def total(engine: Engine) -> Decimal:
    return Decimal(engine.one("SELECT sum(outstanding) FROM order_states"))


def test_the_person_is_contingent_until_the_campaign_is_in_default() -> None:
    engine = ledger("2024-01-31", obligations=BOTH)
    found = states(engine)
    assert found[ORDER, CAMPAIGN]["state"] == "in force"
    person = found[ORDER, PERSON]
    assert (person["state"], person["due"], person["outstanding"]) == (f"contingent on {CAMPAIGN}", 100, 0)
    assert total(engine) == 100
    assert items(engine, "payer") == [(CAMPAIGN,)]
    assert engine.rows("SELECT payer, amount FROM receivables") == [(CAMPAIGN, 100)]


def test_on_default_what_is_open_passes_to_the_person_and_is_counted_once() -> None:
    engine = ledger(
        "2024-03-01",
        obligations=BOTH,
        repayments=[
            paid("p", ORDER, "2024-01-15", "30", payer=CAMPAIGN),
            paid("q", ORDER, "2024-02-15", "20", payer=PERSON),
        ],
    )
    found = states(engine)
    assert (found[ORDER, CAMPAIGN]["due"], found[ORDER, CAMPAIGN]["outstanding"]) == (30, 0)
    person = found[ORDER, PERSON]
    assert (person["state"], person["since"]) == ("in force", date(2024, 2, 1))
    assert (person["due"], person["paid"], person["outstanding"]) == (70, 20, 50)
    assert total(engine) == 50
    assert items(engine, "payer", "due_on", "amount", "open") == [
        (CAMPAIGN, date(2024, 1, 1), 30, 0),
        (PERSON, date(2024, 2, 1), 70, 50),
    ]
    assert f"passed:{ORDER}:{PERSON}" in ids(engine)


def test_the_campaign_paying_late_lowers_what_passed_to_the_person() -> None:
    late = paid("p", ORDER, "2024-02-20", "100", payer=CAMPAIGN)
    engine = ledger("2024-03-01", obligations=BOTH, repayments=[late])
    assert states(engine)[ORDER, PERSON]["state"] == "paid"
    assert total(engine) == 0


def test_the_person_paying_before_the_default_pays_the_campaigns_debt() -> None:
    early = paid("p", ORDER, "2024-01-20", "100", payer=PERSON)
    found = states(ledger("2024-03-01", obligations=BOTH, repayments=[early]))
    assert {key[1]: row["state"] for key, row in found.items()} == {CAMPAIGN: "paid", PERSON: "paid"}


def test_a_person_liable_for_a_part_leaves_the_rest_with_the_campaign() -> None:
    part = [BOTH[0], {**BOTH[1], "amount": "40"}]
    engine = ledger("2024-03-01", obligations=part)
    found = states(engine)
    assert (found[ORDER, CAMPAIGN]["outstanding"], found[ORDER, PERSON]["outstanding"]) == (60, 40)
    paying = [
        paid("p", ORDER, "2024-02-20", "10", payer=CAMPAIGN),
        paid("q", ORDER, "2024-02-20", "5", payer=PERSON),
    ]
    found = states(ledger("2024-03-01", obligations=part, repayments=paying))
    assert (found[ORDER, CAMPAIGN]["outstanding"], found[ORDER, PERSON]["outstanding"]) == (50, 35)


def test_a_fine_of_the_persons_own_is_not_contingent() -> None:
    own = line("f", ORDER, "2024-01-01", "7", payer=PERSON, kind="fine")
    rows = ledger("2024-01-31", obligations=[*BOTH, own]).rows(
        "SELECT payer, state, due, outstanding FROM order_states ORDER BY ALL"
    )
    assert rows == [
        (CAMPAIGN, "in force", 100, 100),
        (PERSON, f"contingent on {CAMPAIGN}", 100, 0),
        (PERSON, "in force", 7, 7),
    ]


def test_a_first_payer_who_is_not_on_record_hides_no_debt() -> None:
    alone = [{**BOTH[1], "liable_after": "nobody here"}]
    assert states(ledger("2024-01-31", obligations=alone))[ORDER, PERSON]["outstanding"] == 100


def test_two_who_are_liable_after_each_other_are_both_counted() -> None:
    ring = [{**BOTH[0], "liable_after": PERSON}, BOTH[1]]
    assert total(ledger("2024-01-31", obligations=ring)) == 200


# ---------------------------------------------------------------- before it was asked


def test_a_repayment_before_anyone_asked_is_marked() -> None:
    engine = ledger(
        "2024-03-01",
        obligations=[
            line("o", ORDER, "2024-01-01", "100"),
            line("s", SETTLEMENT, "2024-02-01", "60", supersedes=ORDER),
        ],
        repayments=[
            paid("early", SETTLEMENT, "2023-12-31", "10"),
            paid("between", SETTLEMENT, "2024-01-15", "20"),
            paid("alone", None, "2023-06-01", "5"),
            paid("never asked", None, "2023-06-01", "5", payer="another"),
        ],
    )
    asked = dict(engine.rows("SELECT record_id, before_asked FROM order_payments"))
    assert asked == {"early": True, "between": False, "alone": True, "never asked": None}
    assert items(engine, "amount", "paid", "remark") == [(60, 30, None)]
    words = dict(engine.rows("SELECT entry_id, words FROM ledger_entries WHERE what = 'paid'"))
    assert words["paid:early"] == f"a payment by {PAYER}, before it was asked"
    assert words["paid:between"] == f"a payment by {PAYER}"


def test_a_request_counts_as_asking_on_its_local_day() -> None:
    request = {"entry": 3, "kind": "request", "whom": PAYER, "at": "2023-06-02T02:00:00Z", "words": "pay"}
    payments = [paid("a", None, "2023-05-31", "5"), paid("b", None, "2023-06-01", "5")]
    engine = ledger(acts=[request], repayments=payments)
    assert dict(engine.rows("SELECT record_id, before_asked FROM order_payments")) == {"a": True, "b": False}


def test_an_item_paid_before_it_was_asked_says_so() -> None:
    engine = ledger(
        obligations=[line("o", ORDER, "2024-01-01", "100")],
        repayments=[paid("p", ORDER, "2023-12-01", "40")],
    )
    assert items(engine, "paid", "remark") == [(40, "before it was asked")]


# ---------------------------------------------------------------- what stands on what


def test_what_is_owed_leads_to_the_lines_the_plan_and_the_payments() -> None:
    engine = founding("2026-02-25", 2)
    tables = ("postings", "ledger_entries", "order_states", "due_items", "receivables")
    edges = " UNION ALL ".join(f"({edge_query(name)})" for name in tables)
    engine.hold("edges", edges)
    owed = f"{PAYER} | order: {ORDER} | USD"
    behind = {row[0] for row in engine.rows(behind_query("receivables", owed))}
    assert behind == {"o1", "o2", "p0", "p01", "p02"}
    moved = engine.rows(behind_query("postings", "moved:p01"))
    assert moved == [("p01",)]
    for name, key in (
        ("postings", "entry_id"),
        ("order_states", "instrument || ' | ' || payer || ' | ' || currency || ' | ' || state"),
        (
            "due_items",
            "instrument || ' | ' || payer || ' | ' || currency || ' | ' || due_on || ' | ' || amount",
        ),
    ):
        alone = engine.rows(
            f"SELECT {key} FROM {name} EXCEPT SELECT out_id FROM edges WHERE out_table = '{name}'"
        )
        assert alone == [], name
    dead = engine.rows(
        f"SELECT in_id FROM edges WHERE in_table <> '{RECORDS}' AND (in_table, in_id) NOT IN "
        "(SELECT (out_table, out_id) FROM edges)"
    )
    assert dead == []


def test_payments_that_count_on_an_order_in_force_again_are_no_gap() -> None:
    early = paid("e", ORDER, "2024-01-01", "50")
    payments = [FIRST, *quarters(2), early]
    for as_of, gaps in (("2026-02-24", [("e",)]), ("2026-02-25", [])):
        engine = founding(as_of, 0, repayments=payments)
        engine.run_file("wardbook.findings", "order_gaps")
        assert engine.rows("SELECT records[1] FROM order_gaps WHERE what = 'payment'") == gaps


def test_what_is_given_up_or_planned_belongs_to_an_order() -> None:
    engine = ledger(
        obligations=[line("o", ORDER, "2024-01-01", "100")],
        write_offs=[
            paid("w", ORDER, "2024-02-01", "40", authority="the Comptroller"),
            paid("x", None, "2024-02-02", "7"),
            paid("y", "Order 9", "2024-02-03", "8.50"),
        ],
        instalments=[
            due("a", ORDER, "2024-02-01", "60"),
            due("c", "Order 9", "2024-05-01", "30"),
            due("b", "Order 9", "2024-03-01", "20"),
        ],
    )
    found = list(ORDERS.run(engine, rulebook()))
    assert [(one.title, one.evidence, one.amount) for one in found] == [
        ("A plan of 2 instalments without an order", ("b", "c"), Decimal("50.00")),
        ("A write-off of 7.00 USD without an order", ("x",), Decimal("7.00")),
        ("A write-off of 8.50 USD without an order", ("y",), Decimal("8.50")),
    ]
    assert found[0].condition.endswith(
        "is to pay 50.00 USD in 2 instalments from 2024-03-01 under 'Order 9', which has no line in the book."
    )
    assert found[1].condition == f"7.00 USD owed by {PAYER} was given up; the record names no order."
