from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from wardbook.records.engine import Engine
from wardbook.records.schema import RATES, RECEIVABLES, USES


def test_rows_come_back_as_they_were_put_in() -> None:
    with Engine() as engine:
        engine.load(RATES, [{"vehicle": "N1", "amount": Decimal("1400.10"), "valid_from": date(2019, 5, 15)}])
        engine.load(
            USES, [{"use_id": "u", "sources": ["b", "a"], "start_at": datetime(2019, 5, 15, 9, tzinfo=UTC)}]
        )
        assert engine.rows("SELECT vehicle, amount, valid_from, valid_to FROM rates") == [
            ("N1", Decimal("1400.10"), date(2019, 5, 15), None)
        ]
        use = engine.dicts("SELECT use_id, sources, start_at FROM uses")[0]
        assert use["sources"] == ["b", "a"]
        assert use["start_at"] == datetime(2019, 5, 15, 9, tzinfo=UTC)


def test_an_empty_relation_has_its_columns() -> None:
    with Engine() as engine:
        assert engine.load(RATES, []) == 0
        assert [row[0] for row in engine.rows("DESCRIBE rates")] == list(RATES.names)


def test_parquet_and_back(tmp_path: Path) -> None:
    with Engine() as engine:
        engine.load(RATES, [{"vehicle": "it's", "amount": "1.00"}])
        engine.write_parquet("SELECT * FROM rates", tmp_path / "o'brien.parquet")
    with Engine() as engine:
        engine.view_parquet(RATES, [tmp_path / "o'brien.parquet"])
        assert engine.rows("SELECT vehicle, amount FROM rates") == [("it's", Decimal("1.00"))]
        assert not engine.is_table("rates")


def test_a_step_that_does_not_give_its_schema_is_a_fault_of_the_program() -> None:
    with Engine() as engine, pytest.raises(TypeError, match="receivables"):
        engine.run("receivables", "SELECT 1 AS payer")


def test_a_step_is_remembered_with_its_query() -> None:
    columns = ", ".join(f'CAST(NULL AS {c.type}) AS "{c.name}"' for c in RECEIVABLES.columns)
    with Engine() as engine:
        engine.run("receivables", f"SELECT {columns};")
        assert [(s.name, s.rows) for s in engine.steps] == [("receivables", 1)]
        assert engine.steps[0].query.startswith("SELECT")
