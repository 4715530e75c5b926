"""Environmental Protection Agency, 2017: no threat analysis, no procedure; fares questioned."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.precedents.case import decided, published, written_for_the_case

RECORDS = """
| case | threat analysis | written procedure | overtime approved | cost overtime | cost airfare |
|---|---|---|---|---|---|
| the service | no | no | no | 106000 |  |
| the fares | no | no | no |  | 123942 |
| other overtime (ours) | no | no |  | 100 |  |
"""

RISE = """
| case | threat analysis | written procedure | overtime approved | cost service |
|---|---|---|---|---|
| 1.6 to 3.5 million in eleven months | no | no | no | 1900000 |
"""


def test_neither_analysis_nor_procedure_existed() -> None:
    service = decided(written_for_the_case("agency-protection.md"), RECORDS)[0]
    assert service.outcomes["permitted"] == "no"
    assert service.outcomes["security_reason"] == "cannot be determined"
    assert "a threat analysis made before the service began" in service.missing


def test_the_improper_overtime_is_questioned_in_full_and_the_agency_bears_none_of_it() -> None:
    service = decided(written_for_the_case("agency-protection.md"), RECORDS)[0]
    assert service.amount("overtime", "questioned") == 106000
    assert service.amount("overtime", "public body") == 0


def test_the_rise_of_the_service_has_no_payer_that_any_source_names() -> None:
    (service,) = decided(written_for_the_case("agency-protection.md"), RISE)
    assert set(service.payments) == {("service", "undetermined")}
    said = "No source says that anybody repays it."
    assert said in written_for_the_case("agency-protection.md").text


def test_who_repays_the_fares_stays_open_between_report_and_reply() -> None:
    fares = decided(written_for_the_case("agency-protection.md"), RECORDS)[1]
    assert set(fares.payments) == {("airfare", "undetermined")}
    assert fares.payments["airfare", "undetermined"] is None


def test_the_exact_overtime_cannot_be_reached_without_the_timesheets() -> None:
    other = decided(written_for_the_case("agency-protection.md"), RECORDS)[2]
    assert other.outcomes["costs"] is None
    assert "the agents' timesheets and approvals" in other.missing


def test_the_published_travel_figures_add_up_and_one_is_printed_twice(shared: Path) -> None:
    claims = published(shared)
    total = Decimal(claims["X01"]["value"])
    parts = claims["X02"]["components_or_scope"]
    assert parts == "security detail 428896; staff 339894"
    assert total - 428896 - 339894 == 216247
    assert Decimal(claims["X03"]["value"]) - Decimal(claims["X04"]["value"]) == 1
