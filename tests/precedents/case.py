"""A case: its records as a table of facts, decided by the rulebook of its own place and date.

The table has a row a record: ``case``, ``date``, the facts as the rulebook names them, and ``cost CLASS`` for
the amount of each cost class. A blank cell is not known. Amounts that no source gives are marked (ours).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from wardbook.policy.ask import evaluate, parse_fact
from wardbook.policy.costs import payments
from wardbook.policy.determine import docket
from wardbook.policy.model import Rulebook
from wardbook.policy.read import load

COST = "cost "


@dataclass(frozen=True)
class Decided:
    """One record decided: outcomes, what is missing, and what each payer bears of each cost class.

    An amount is None where it cannot be determined; ``missing`` then names the record that would settle it.
    """

    case: str
    outcomes: Mapping[str, str | None]
    missing: tuple[str, ...]
    payments: Mapping[tuple[str, str], Decimal | None]

    def amount(self, cost_class: str, payer: str) -> Decimal | None:
        """What the payer bears of the class; None where it cannot be determined."""
        of_class = {who: amount for (name, who), amount in self.payments.items() if name == cost_class}
        return None if None in of_class.values() else of_class.get(payer, Decimal(0))


def shipped(root: Path, name: str) -> Rulebook:
    """A rulebook that ships."""
    return load(root / "rulebooks" / name)


def written_for_the_case(name: str) -> Rulebook:
    """A rulebook written for a precedent, beside these tests."""
    return load(Path(__file__).parent / "rulebooks" / name)


def decided(book: Rulebook, table: str) -> list[Decided]:
    """Decide each record of ``table`` under ``book``, in order."""
    heading, _, *rows = (line.strip().strip("|").split("|") for line in table.strip().splitlines())
    names = [name.strip() for name in heading]
    return [_decide(book, dict(zip(names, (cell.strip() for cell in row), strict=True))) for row in rows]


def _decide(book: Rulebook, row: Mapping[str, str]) -> Decided:
    given = {name: text for name, text in row.items() if text and name not in {"case", "date"}}
    facts = dict(parse_fact(book, name, text) for name, text in given.items() if not name.startswith(COST))
    costs = {name.removeprefix(COST): Decimal(text) for name, text in given.items() if name.startswith(COST)}
    day = date.fromisoformat(row["date"]) if row.get("date") else None
    found = evaluate(docket(book), facts, day)
    shares = payments(book, found.outcomes["costs"], costs, facts)
    missing = (*found.missing, *(share.open_point for share in shares if share.open_point))
    amounts = {(share.cost_class, share.payer): share.amount for share in shares}
    return Decided(row["case"], found.outcomes, missing, amounts)


def borne(records: list[Decided], payer: str) -> Decimal:
    """What ``payer`` bears of all records; every amount must be determined."""
    amounts = [amount for record in records for (_, who), amount in record.payments.items() if who == payer]
    assert None not in amounts, "an amount that cannot be determined cannot be added up"
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def published(shared: Path) -> Mapping[str, Mapping[str, str]]:
    """The published claims on these cases, by their number."""
    with (shared / "data" / "other_precedents" / "claims.csv").open(encoding="utf-8", newline="") as rows:
        return {row["claim_id"]: row for row in csv.DictReader(rows)}
