from __future__ import annotations

from wardbook.records.schema import AUDIT_TABLES, BOOK_TABLES, RECORD_TABLES, find_table


def test_every_table_and_column_is_named_once_and_documented() -> None:
    tables = (*BOOK_TABLES, *AUDIT_TABLES)
    names = [table.name for table in tables]
    assert len(set(names)) == len(names)
    for table in tables:
        assert table.one_row
        assert len(set(table.names)) == len(table.names)
        assert all(column.meaning for column in table.columns)


def test_every_record_table_carries_its_source() -> None:
    for table in RECORD_TABLES:
        assert table.names[:5] == ("record_id", "exhibit", "page", "line", "raw_text")


def test_money_stands_beside_a_currency() -> None:
    for table in (*BOOK_TABLES, *AUDIT_TABLES):
        money = [c.name for c in table.columns if c.type == "DECIMAL(18,2)" and "figure" not in c.meaning]
        if money and table.name != "assertion_tests":
            assert "currency" in table.names, (table.name, money)


def test_find_table() -> None:
    found = find_table("uses")
    assert found is not None
    assert found.names[0] == "use_id"
    assert find_table("no such table") is None
