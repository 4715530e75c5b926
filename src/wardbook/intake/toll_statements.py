"""The toll-statement reader: account statements of the E-ZPass agencies, in five layouts.

A line is a passing if it names a plaza or says it is a toll; payments and fees are no passings. Statements
give a toll a minus sign or none, so the sign that most tolls of a file bear is that of a charge: ``amount``
is what was charged, and a toll given back is negative. Times are local and without offset. Where the road is
closed, an entry later in the day than the exit was on the day before. One passing may be listed once for the
tag and once for the plate; both lines stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from wardbook.intake.cells import BadCellError, shown
from wardbook.intake.dates import join_instant
from wardbook.intake.layouts import About, Layout, Values, layout_reader
from wardbook.records.source import Record, Row

_NO_TOLL = re.compile(
    r"pay|replenish|deposit|fee\b|lease|leasing|adjust|credit|refund|transfer|statement|balance|tag\b|prepaid",
    re.IGNORECASE,
)
_SETTINGS = {"date_order": "mdy", "empty": ["-", "--", "***", "N/A"]}
_USD = {"currency": "USD"}
_GRID = {
    "posted_on": "POSTING DATE",
    "day": "TRANSACTION DATE",
    "vehicle": "TAG/PLATE NUMBER",
    "agency": "AGENCY",
    "entered_at": {"date": "TRANSACTION DATE", "time": "ENTRY TIME"},
    "passed_at": {"date": "TRANSACTION DATE", "time": "EXIT TIME"},
    "entry_plaza": "ENTRY PLAZA",
    "entry_lane": "ENTRY LANE",
    "exit_plaza": "EXIT PLAZA",
    "exit_lane": "EXIT LANE",
    "vehicle_class": "VEHICLE TYPE CODE",
    "amount": "AMOUNT",
}


def _finish(values: Values, about: About) -> str | None:
    _no_record = _classify(values)
    if _no_record is not None:
        return _no_record
    entered, passed, written = (values.get(n) for n in ("entered_at", "passed_at", "transacted_at"))
    if passed is None and written is not None and written != entered:
        values["passed_at"] = passed = written
    if isinstance(entered, datetime) and isinstance(passed, datetime) and entered > passed:
        values["entered_at"] = _day_before(entered, about)
    if values.get("day") is None:
        raise BadCellError("the day of the passing", "an empty cell", "Ask for the statement again.")
    return None


def _classify(values: Values) -> str | None:
    """Why a line is no passing, or None; a line that is neither clearly is refused."""
    word = str(values.get("activity") or "")
    plaza = values.get("exit_plaza") or values.get("entry_plaza")
    if not plaza and _NO_TOLL.search(word):
        return f"a payment, fee or correction of the account, not a passing: {shown(word, 40)}"
    if not plaza and "toll" not in word.casefold():
        raise BadCellError(
            "a toll with its plaza, or a payment or fee",
            shown(word) if word else "a line that names neither",
            "Look at the statement; if the line is a passing, have its plaza added.",
        )
    return None


def _day_before(entered: datetime, about: About) -> datetime:
    local = entered.astimezone(about.zone)
    return join_instant(local.date() - timedelta(days=1), local.time(), None, about.zone)


def _finish_business(values: Values, about: About) -> str | None:
    """The class column says PAYMENT or TAG LEASING FEE where the line is no toll."""
    word = str(values.get("vehicle_class") or "")
    if _NO_TOLL.search(word):
        values["activity"] = word
    return _finish(values, about)


def _finish_barrier(values: Values, about: About) -> str | None:
    """One column is of the entry or of a barrier: without an exit it is the barrier."""
    if values.get("exit_plaza") is None:
        values["exit_plaza"], values["entry_plaza"] = values.get("entry_plaza"), None
    return _finish(values, about)


def _charges(usual: int) -> Callable[[Sequence[Row]], Sequence[Row]]:
    """Make charges positive; ``usual`` is the sign of a charge in the layout where a file leaves it open."""

    def turn(rows: Sequence[Row]) -> Sequence[Row]:
        amounts = [row.values["amount"] for row in rows if isinstance(row, Record) and "amount" in row.values]
        signs = [1 if a > 0 else -1 for a in amounts if isinstance(a, Decimal) and a != 0]
        sign = usual if sum(signs) == 0 else (1 if sum(signs) > 0 else -1)
        return tuple(rows) if sign > 0 else tuple(map(_turned, rows))

    return turn


def _turned(row: Row) -> Row:
    if not isinstance(row, Record) or not isinstance(amount := row.values.get("amount"), Decimal):
        return row
    return replace(row, values={**row.values, "amount": -amount if amount else amount})


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        name="ezpass-ny",
        table="toll_passes",
        tells=("TRANSACTION DATE", "TAG/PLATE NUMBER", "ACTIVITY", "EXIT TIME", "AMOUNT"),
        columns={**_GRID, "activity": "ACTIVITY"},
        constants=_USD,
        settings=_SETTINGS,
        finish=_finish,
        all_rows=_charges(1),
    ),
    Layout(
        name="ezpass-nj",
        table="toll_passes",
        tells=("TRANSACTION DATE", "TAG/PLATE NUMBER", "DESCRIPTION", "EXIT TIME", "AMOUNT"),
        columns={**_GRID, "activity": "DESCRIPTION"},
        constants=_USD,
        settings=_SETTINGS,
        finish=_finish,
        all_rows=_charges(-1),
    ),
    Layout(
        name="ezpass-pa",
        table="toll_passes",
        tells=("Transaction Date", "Transponder/PlateNumber", "Type", "Exit Plaza", "Amount"),
        columns={
            "posted_on": "Posting Date",
            "day": "Transaction Date",
            "transacted_at": "Transaction Date",
            "vehicle": "Transponder/PlateNumber",
            "agency": "Agency",
            "activity": "Type",
            "entered_at": "Entry Time",
            "passed_at": "Exit Time",
            "entry_plaza": "Entry Plaza",
            "entry_lane": "Entry Lane",
            "exit_plaza": "Exit Plaza",
            "exit_lane": "Exit Lane",
            "vehicle_class": "Vehicle Class",
            "amount": "Amount",
        },
        constants=_USD,
        settings=_SETTINGS,
        finish=_finish,
        all_rows=_charges(1),
    ),
    Layout(
        name="ezpass-maine",
        table="toll_passes",
        tells=("Tag/Vehicle Reg.", "Transaction Date", "Transaction Time", "Entry/Barrier Plaza", "Toll"),
        columns={
            "posted_on": "Posting Date",
            "vehicle": "Tag/Vehicle Reg.",
            "day": "Transaction Date",
            "passed_at": {"date": "Transaction Date", "time": "Transaction Time"},
            "agency": "Facility",
            "entry_plaza": "Entry/Barrier Plaza",
            "exit_plaza": "Exit Plaza",
            "amount": "Toll",
        },
        constants=_USD,
        settings=_SETTINGS,
        finish=_finish_barrier,
        all_rows=_charges(1),
    ),
    Layout(
        name="ezpass-ny-business",
        table="toll_passes",
        tells=("Lane Txn ID", "Tag/Plate #", "Class", "Date", "Exit Time", "Amount"),
        columns={
            "source_key": "Lane Txn ID",
            "vehicle": "Tag/Plate #",
            "agency": "Agency",
            "entry_plaza": "Entry Plaza",
            "exit_plaza": "Exit Plaza",
            "vehicle_class": "Class",
            "day": "Date",
            "passed_at": {"date": "Date", "time": "Exit Time"},
            "amount": "Amount",
        },
        constants=_USD,
        settings=_SETTINGS,
        finish=_finish_business,
        all_rows=_charges(-1),
    ),
)

READER = layout_reader(
    "toll-statement",
    "toll statements of E-ZPass accounts: New York (two layouts), New Jersey, Pennsylvania, Maine",
    LAYOUTS,
)
