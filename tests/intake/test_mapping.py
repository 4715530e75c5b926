from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from wardbook.errors import InputRefusedError
from wardbook.intake.mapping import parse_mapping

GOOD = """
name = "pool"
table = "log_entries"
[columns]
day = "Date"
hours = { column = "Minutes", unit = "min" }
[constants]
currency = "USD"
invoiced = "12.50"
"""


def test_a_mapping_is_read() -> None:
    mapping = parse_mapping("pool.toml", GOOD)
    assert mapping.name == "pool"
    assert mapping.headings == {"date", "minutes"}
    assert mapping.main.constants == {"currency": "USD", "invoiced": Decimal("12.50")}
    assert [(c.field.name, c.headings, c.unit) for c in mapping.main.columns] == [
        ("day", ("Date",), None),
        ("hours", ("Minutes",), "min"),
    ]


def test_constants_are_of_the_type_of_their_field() -> None:
    toml = GOOD.replace('"log_entries"', '"people"').replace('day = "Date"', 'name = "Who"')
    toml = toml.replace('hours = { column = "Minutes", unit = "min" }', "")
    toml = toml[: toml.index("[constants]")] + "[constants]\nprotectee = true\nvalid_from = 2024-03-04\n"
    assert parse_mapping("x", toml).main.constants == {"protectee": True, "valid_from": date(2024, 3, 4)}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (('name = "pool"', ""), "a name"),
        (('"log_entries"', '"logs"'), "table = one of"),
        (("day =", "dya ="), "fields of log_entries"),
        (("day =", "record_id ="), "fields of log_entries"),
        (('unit = "min"', 'unit = "weeks"'), "unit of hours"),
        (('unit = "min"', 'units = "min"'), "only"),
        (('day = "Date"', "day = 3"), "day = "),
        (('day = "Date"', 'day = { date = "Date", time = "Out" }'), "only for an instant"),
        (('day = "Date"', 'start_at = { date = "Date" }'), "one of column, columns, or date and time"),
        (('table = "log_entries"', 'table = "log_entries"\ntime_zone = "America/Gotham"'), "time_zone"),
        (('table = "log_entries"', 'table = "log_entries"\ndate_order = "mixed"'), "date_order"),
        (('table = "log_entries"', 'table = "log_entries"\nheader_row = 0'), "header_row"),
        (('table = "log_entries"', 'table = "log_entries"\nencoding = "utf-9"'), "an encoding"),
        (('table = "log_entries"', 'table = "log_entries"\nheader = 2'), "in the mapping only"),
        (('table = "log_entries"', 'table = "log_entries"\nfiles = "x.csv"'), "a list of texts"),
        (('invoiced = "12.50"', "invoiced = 12.5"), "decimals in quotation marks"),
        (('invoiced = "12.50"', 'day = "2024-01-01"'), "each field once"),
        (("[constants]", "[constants"), "a TOML file"),
        (("[constants]", '[[parts]]\ntable = "rates"\n[constants]'), "at least one field"),
    ],
)
def test_what_is_not_known_is_refused_with_its_name(change: tuple[str, str], expected: str) -> None:
    broken = GOOD.replace(*change)
    assert broken != GOOD
    with pytest.raises(InputRefusedError, match=expected) as refusal:
        parse_mapping("pool.mapping.toml", broken)
    assert refusal.value.where == "mapping pool.mapping.toml"
