"""All procedures together: order, numbers, an empty book, and the reference page."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.accounts.small_book import accounted, rate, rulebook, small_book, use
from tests.accounts.test_orders import OBLIGATIONS, ORDER, PAID, SETTLEMENT
from wardbook.accounts.account import account
from wardbook.findings.procedures import PROCEDURES, procedures_page, run_procedures
from wardbook.records.settings import Settings


def test_an_empty_book_has_no_findings() -> None:
    engine = small_book()
    account(engine, rulebook(), Settings())
    assert run_procedures(engine, rulebook()) == ()


def test_every_procedure_says_what_it_compares_and_what_else_may_explain_it() -> None:
    assert len({procedure.code for procedure in PROCEDURES}) == len(PROCEDURES)
    for procedure in PROCEDURES:
        assert procedure.criterion.endswith(".")
        assert procedure.doc
        assert len(procedure.innocent_explanations) >= 3


def test_stated_figures_that_differ_are_findings() -> None:
    engine = accounted(
        rulebook(),
        obligations=OBLIGATIONS,
        assertions=[
            {
                "record_id": "said",
                "assertion_id": "a",
                "stated_by": "A newspaper",
                "stated_on": "2019-09-30",
                "quantity": "travel of the detail",
                "value": "358000",
                "unit": "USD",
                "scope": "from 1,500 pages of records",
                "tested_by": f"obligations:{ORDER}",
            },
            {"record_id": "true", "assertion_id": "b", "value": "31", "tested_by": f"units:{ORDER}"},
        ],
    )
    (finding,) = run_procedures(engine, rulebook())
    assert finding.finding_id == "AST-01-0001"
    assert (finding.amount, finding.currency) == (Decimal("116794.20"), "USD")
    assert finding.condition == (
        "A newspaper stated 358,000.00 USD on 2019-09-30 as travel of the detail. "
        "319,794.20 + 155,000.00 (31 x 5000.00) = 474,794.20; stated 358,000.00; "
        "the book gives 116,794.20 more. Scope as stated: from 1,500 pages of records."
    )


def test_payments_and_lines_that_do_not_tie_are_findings() -> None:
    engine = accounted(
        rulebook(),
        obligations=[*OBLIGATIONS, {**OBLIGATIONS[1], "record_id": "o3", "amount": "150000"}],
        repayments=[
            *PAID,
            {**PAID[0], "record_id": "p2", "instrument": ORDER},
            {**PAID[0], "record_id": "p3", "instrument": "Settlment"},
        ],
    )
    line, replaced, unknown = run_procedures(engine, rulebook())
    assert line.condition == "31 x 5,000.00 = 155,000.00; the line says 150,000.00."
    assert f"'{ORDER}', which another instrument has replaced" in replaced.condition
    assert "'Settlment', which has no line in the book" in unknown.condition
    assert SETTLEMENT not in replaced.condition


def test_findings_do_not_depend_on_the_order_of_rows() -> None:
    tables: dict[str, Any] = {
        "uses": [
            use(
                f"u{n}",
                vehicle=f"N{n % 3}",
                date=f"202{n % 4}-01-01",
                hours="1",
                invoiced=str(n),
                agency=f"{n % 2}",
            )
            for n in range(24)
        ],
        "rates": [rate(f"N{n}", str(10 + n)) for n in range(3)],
        "log_entries": [
            {
                "record_id": f"log-u{n}",
                "exhibit": "x",
                "day": f"2025-01-{n + 1:02}",
                "logged_at": "2025-02-01T00:00:00Z",
            }
            for n in range(24)
        ],
        "tracks": [
            {"record_id": f"t{n}", "vehicle": f"N{n % 3}", "day": f"2025-03-{n + 1:02}"} for n in range(9)
        ],
    }
    turned = {name: rows[::-1] for name, rows in tables.items()}
    one, other = (run_procedures(accounted(rulebook(), **rows), rulebook()) for rows in (tables, turned))
    assert one == other
    assert {finding.procedure for finding in one} >= {"AUT-01", "INT-02", "INT-03", "INT-05", "ACC-01"}


def test_the_reference_page_is_the_program_s_own(root: Path) -> None:
    assert (root / "docs/reference/procedures.md").read_text("utf-8") == procedures_page()
