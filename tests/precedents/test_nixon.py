"""Missouri, 2004 to 2007: a campaign repays staff time and mileage of political trips of its own accord."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from tests.precedents.case import borne, decided, shipped

BOOK = "voluntary/missouri-2004.md"

RECORDS = """
| case                               | date       | purpose  | cost staff time | cost mileage |
|------------------------------------|------------|----------|-----------------|--------------|
| security aides on political trips  | 2007-10-01 | campaign | 27082.24        |              |
| political miles of the State car   | 2007-10-01 | campaign |                 | 19939.67     |
"""

AUDITOR = """
| case                                            | date       | purpose  | cost staff time | cost mileage |
|-------------------------------------------------|------------|----------|-----------------|--------------|
| overpaid for salaries                           | 2007-10-01 | campaign | -7164           |              |
| underpaid for benefits, meals, lodging, mileage | 2007-10-01 | campaign |                 | 15782        |
"""
"""The auditor's corrections. How the second divides among its classes is not published; each is full."""


def test_the_campaign_repays_the_published_sum(root: Path) -> None:
    records = decided(shipped(root, BOOK), RECORDS)
    assert borne(records, "campaign") == Decimal("47021.91")
    assert borne(records, "public body") == 0


def test_payment_and_security_are_two_questions(root: Path) -> None:
    record = decided(shipped(root, BOOK), RECORDS)[0]
    assert record.outcomes["costs"] == "campaign repays"
    assert record.outcomes["security_reason"] == "cannot be determined"
    assert any("assessment" in missing for missing in record.missing)


def test_the_auditors_corrections_come_to_the_further_payment(root: Path) -> None:
    book = shipped(root, BOOK)
    corrections = decided(book, AUDITOR)
    assert borne(corrections, "campaign") == 8618
    assert "8,618 dollars" in " ".join(book.law["auditor"].split())
    full = {cost.cost_class for cost in book.cost_rules if cost.method == "full"}
    assert {"fringe benefits", "meals", "lodging", "mileage"} <= full


def test_the_versions_say_what_was_known_when(root: Path) -> None:
    editions = {edition.version: edition.known_from for edition in shipped(root, BOOK).editions}
    assert editions == {"1": date(2007, 10, 12), "2": date(2008, 2, 19)}
