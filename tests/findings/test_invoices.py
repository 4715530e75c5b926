"""ACC-01 and ACC-02: computed against invoiced, and uses that cannot be priced."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.accounts.small_book import accounted, rate, rulebook, use
from wardbook.findings.finding import Finding
from wardbook.findings.procedures import run_procedures

RATES = [rate("N1WV", "1400"), rate("N3WV", "1100"), rate("N890SP", "400")]


def found(code: str, **tables: Any) -> list[Finding]:
    tables = {"rates": RATES, **tables}
    findings = run_procedures(accounted(rulebook(), **tables), rulebook())
    return [finding for finding in findings if finding.procedure == code]


def flight(
    use_id: str, vehicle: str, date: str, hours: str, invoiced: str | None, **columns: Any
) -> dict[str, Any]:
    return use(use_id, vehicle=vehicle, date=date, hours=hours, invoiced=invoiced, currency="USD", **columns)


def test_the_invoices_of_the_released_logs_that_do_not_fit_their_rate() -> None:
    one, two, three = found(
        "ACC-01",
        uses=[
            flight("a", "N1WV", "2025-02-27", "7.1", "5949.25", agency="WV State Police"),
            flight("b", "N3WV", "2025-01-13", "2.6", "2340.00", agency="WV State Police"),
            flight("c", "N890SP", "2017-07-10", "5.9", "2356.00", agency="WV State Police"),
            flight("d", "N1WV", "2025-02-03", "1.0", "1400.00"),
        ],
    )
    assert one.finding_id == "ACC-01-0001"
    assert one.condition == "5.9 h x 400.00 = 2,360.00; invoiced 2,356.00: 4.00 USD below the rate."
    assert two.condition == (
        "2.6 h x 1,100.00 = 2,860.00; invoiced 2,340.00: 520.00 USD below the rate. "
        "The invoice fits 900.00 an hour."
    )
    assert (two.uses, two.amount, two.currency) == (("b",), Decimal("520.00"), "USD")
    assert two.evidence == ("log-b", "rate-N3WV-1100")
    assert three.condition.startswith("7.1 h x 1,400.00 = 9,940.00; invoiced 5,949.25: 3,990.75 USD below")
    assert three.innocent_explanations


def test_uses_that_fit_one_other_rate_are_one_finding() -> None:
    group, single = found(
        "ACC-01",
        uses=[
            flight("a", "N3WV", "2025-01-13", "2.6", "2340.00", agency="WV State Police"),
            flight("b", "N3WV", "2025-02-13", "1.1", "990.00", agency="WV State Police"),
            flight("c", "N3WV", "2025-03-13", "1.0", "900.00", agency="Forestry"),
        ],
    )
    assert group.title == "N3WV invoiced at 900.00 an hour for WV State Police in 2 uses"
    assert (group.uses, group.amount) == (("a", "b"), Decimal("740.00"))
    assert single.uses == ("c",)


def test_an_invoice_above_the_rate_says_so() -> None:
    (finding,) = found("ACC-01", uses=[flight("a", "N1WV", "2025-02-20", "2.0", "3424.00")])
    assert "624.00 USD above the rate" in finding.condition


def test_uses_that_cannot_be_priced_are_grouped_by_vehicle_and_reason() -> None:
    findings = found(
        "ACC-02",
        uses=[
            flight("a", "N9", "2025-01-01", "1", None),
            flight("b", "N9", "2025-01-02", "1", None),
            flight("billed", "N9", "2025-01-02", "1", "10"),
            flight("c", "N1WV", "2025-01-01", "1", None),
            flight("d", "van", "2025-01-01", "1", None),
            flight("e", "two", "2025-01-01", "1", "10"),
            use("f", vehicle="N1WV", date="2025-01-01"),
            use("a post", date="2025-01-01"),
        ],
        rates=[*RATES, rate("van", "1", unit="mile"), rate("two", "1"), rate("two", "2")],
    )
    assert [(finding.title, finding.uses) for finding in findings] == [
        ("1 use of N1WV cannot be priced: no hours on record", ("f",)),
        ("2 uses of N9 cannot be priced: no rate on record", ("a", "b")),
        ("1 use of two cannot be priced: several rates fit equally well: 1.00, 2.00", ("e",)),
        ("1 use of van cannot be priced: no distance on record", ("d",)),
    ]
    assert findings[2].evidence == ("log-e", "rate-two-1", "rate-two-2")
