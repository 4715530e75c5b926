"""Overtime of the Baltimore Police Department by officer and fiscal year, as a newspaper published it.

Two tables of the Baltimore Sun's analysis: all officers (hours with one decimal, thousands of dollars with
one decimal), and the few with the most hours (hours and dollars in full). A line of the first is an expense
of the cost class overtime; its hours are of a whole year, which no duty of a day is, and stand in the
description. A line of the second says the same of one of these officers again: it is a statement, tested by
the first within its rounding.

The fiscal year, July 1 to June 30, stands in the name of the file only (``fy19_table_format.csv``).

Source: github.com/baltimore-sun-data/baltimore-police-overtime.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from wardbook.errors import InputRefusedError
from wardbook.intake.cells import BadCellError, read_number
from wardbook.intake.layouts import About, Finish, Layout, Values, layout_reader
from wardbook.intake.reader import Context, Exhibit, Reader
from wardbook.records.source import Part, Reading, Record, Row, Value

NAME = "baltimore-overtime"
"""The name of all lines; with year and officer behind it (``/fy2019/Pat Doe``) that of one."""
STATED = "baltimore-overtime-stated"
"""The same for what the table of the few states."""
ROUNDING = Decimal("50.00")
"""Half a step of the thousands of dollars with one decimal."""

_THOUSAND = 1000
_FISCAL_YEAR = re.compile(r"(?<![a-z])fy[ _-]?(?:20)?([0-9]{2})(?![0-9])", re.IGNORECASE)
_FEW = "most hours"


def _thousands(values: Values, about: About) -> str | None:
    amount = values.get("amount")
    if isinstance(amount, Decimal):
        values["amount"] = amount * _THOUSAND
    return _whole(values, about)


def _whole(values: Values, _about: About) -> str | None:
    for field, words in (("person", "the officer"), ("description", "hours"), ("amount", "an amount")):
        if values.get(field) is None:
            raise BadCellError(words, "an empty cell", "Look at the published table.")
    read_number(str(values["description"]))
    return None


def _layout(name: str, hours: str, amount: str, finish: Finish) -> Layout:
    """``description`` holds the hours, as they are written."""
    return Layout(
        name=name,
        table="expenses",
        tells=("name_format", hours, amount),
        columns={"person": "name_format", "description": hours, "amount": amount},
        constants={"cost_class": "overtime", "currency": "USD", "stated_purpose": name},
        settings={"totals": []},
        finish=finish,
    )


LAYOUTS: tuple[Layout, ...] = (
    _layout("all officers", "hours_format", "amount_k_format", _thousands),
    _layout(_FEW, "total_hours", "total_amount", _whole),
)

_TABLE = layout_reader(NAME, "", LAYOUTS)


@dataclass(frozen=True)
class _Year:
    """A fiscal year, and how the names of its lines begin."""

    year: int

    @property
    def first(self) -> date:
        return date(self.year - 1, 7, 1)

    @property
    def last(self) -> date:
        return date(self.year, 6, 30)

    def named(self, name: str, officer: Value) -> str:
        return f"{name}/fy{self.year}/{officer}"


def read(exhibit: Exhibit, context: Context) -> Reading:
    """The expenses of all officers, or the statements about the few.

    Raises `InputRefusedError` where the name of the file does not say the fiscal year.
    """
    found = _FISCAL_YEAR.search(exhibit.name.rpartition("/")[2])
    if found is None:
        raise InputRefusedError(
            exhibit.name,
            "a file name that says the fiscal year, such as fy19_table_format.csv",
            exhibit.name,
            "Name the file as it was published: its lines do not say the year.",
        )
    year = _Year(2000 + int(found[1]))
    reading = _TABLE.read(exhibit, context)
    return replace(reading, rows=tuple(_dated(row, year) for row in reading.rows))


def _dated(row: Row, year: _Year) -> Row:
    if not isinstance(row, Record):
        return row
    if row.values["stated_purpose"] == _FEW:
        return _statements(row, year)
    values: dict[str, Value] = {
        **row.values,
        "stated_purpose": None,
        "day": year.first,
        "day_to": year.last,
        "trip": year.named(NAME, row.values["person"]),
        "description": f"{row.values['description']} hours of overtime in fiscal year {year.year}",
        "citation": f"Baltimore police overtime, fiscal year {year.year}, in thousands of dollars",
    }
    return replace(row, values=values)


def _statements(row: Record, year: _Year) -> Record:
    """What the table of the few states of one officer: the amount, and the hours, which no record tests."""
    officer = row.values["person"]
    said: dict[str, Value] = {
        "stated_by": "The Baltimore Sun",
        "speaker": "press",
        "scope": f"fiscal year {year.year}; {officer}",
        "citation": f"Baltimore police overtime, fiscal year {year.year}, officers with the most hours",
        "scope_from": year.first,
        "scope_to": year.last,
        "scope_covers": "overtime",
    }
    name = year.named(STATED, officer)
    amount: dict[str, Value] = {
        **said,
        "assertion_id": f"{name}/amount",
        "quantity": f"overtime pay of {officer} in fiscal year {year.year}",
        "value": row.values["amount"],
        "unit": "USD",
        "tested_by": f"expenses:{year.named(NAME, officer)}",
        "tolerance": ROUNDING,
    }
    hours: dict[str, Value] = {
        **said,
        "assertion_id": f"{name}/hours",
        "quantity": f"overtime hours of {officer} in fiscal year {year.year}",
        "value": read_number(str(row.values["description"])),
        "unit": "hours",
    }
    return replace(row, table="assertions", values=amount, parts=(Part("assertions", hours),))


READER = Reader(
    name=NAME,
    reads="overtime of the Baltimore Police Department by officer, as published by the Baltimore Sun (CSV)",
    recognizes=_TABLE.recognizes,
    read=read,
)
