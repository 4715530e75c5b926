"""Relations on Spark: what `Engine` is for DuckDB, for tables that outgrow one machine.

Each step is made once, as Parquet files in a work folder that Spark can reach, from the same SQL as on DuckDB
(`spark_sql`). DuckDB reads what Spark would read otherwise (CSV, and types that the two write differently),
and writes the one file at the end, so that both engines give the same bytes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from wardbook.records.engine import Engine, file_literal
from wardbook.records.schema import Table
from wardbook.records.spark_session import new_session
from wardbook.records.spark_sql import PLAIN_TYPES, name_sql, spark_sql

LINE = "line_number"
"""The column that numbers the rows of a file, from 1."""

_WILD = frozenset("*?[]{}\\,")


class SparkEngine:
    """Named relations on Spark. ``files`` is the DuckDB engine that reads and writes files beside it.

    ``folder`` is where the work folder is made: storage that every machine of the cluster sees.
    """

    def __init__(self, files: Engine, folder: Path) -> None:
        self._session = new_session()
        self._files = files
        self._work = tempfile.TemporaryDirectory(prefix=".wardbook-", dir=_plain_folder(folder))

    def close(self) -> None:
        """Let go of the relations and their files."""
        self._work.cleanup()

    def __enter__(self) -> SparkEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ------------------------------------------------------------ in

    def take(self, name: str, source: Path, types: Mapping[str, str]) -> None:
        """Create relation ``name`` from the one that ``files`` has by that name over the file ``source``.

        It has `LINE` and the columns of ``types`` (DuckDB's type by column). Spark reads a Parquet file
        itself where both engines read and write these types alike; else it gets them as text. So does Sail,
        which does not number the rows of a file.
        """
        if self._readable(source, types):
            columns = ", ".join(f"{name_sql(column)} {_spark_type(kind)}" for column, kind in types.items())
            read = self._session.read.schema(columns).parquet(_uri(source))
            shown = [f"_metadata.row_index + 1 AS {LINE}", *(name_sql(column) for column in types)]
            with suppress(_analysis_error()):
                read.selectExpr(*shown).createOrReplaceTempView(name)
                return
        shown = [LINE, *(_plain_column(column, kind) for column, kind in types.items())]
        self.give(name, f"SELECT {', '.join(shown)} FROM {name}")  # noqa: S608

    def load(self, table: Table, rows: Iterable[Mapping[str, Any]]) -> int:
        """Create relation ``table.name`` from rows; as `Engine.load`."""
        count = self._files.load(table, rows)
        self.give(table.name, f"SELECT * FROM {table.name}")  # noqa: S608
        return count

    def give(self, name: str, query: str) -> None:
        """Create relation ``name`` as a query over the relations of ``files``."""
        path = Path(self._work.name) / f"{name}.parquet"
        self._files.write_parquet(query, path)
        self._session.read.parquet(_uri(path)).createOrReplaceTempView(name)

    def _readable(self, source: Path, types: Mapping[str, str]) -> bool:
        """Whether Spark can read the file as it stands. It passes over hidden names and expands wild ones."""
        names = [name.casefold() for name in types]
        return (
            source.suffix == ".parquet"
            and bool(names)
            and all(PLAIN_TYPES.fullmatch(kind) for kind in types.values())
            and len(set(names)) == len(names)
            and not source.name.startswith(("_", "."))
            and not _WILD.intersection(str(source.resolve()))
        )

    # ------------------------------------------------------------ steps

    def run(self, name: str, query: str) -> None:
        """Create relation ``name`` as ``query`` (one SELECT of DuckDB's dialect)."""
        folder = Path(self._work.name) / name
        self._session.sql(spark_sql(query)).write.mode("overwrite").parquet(_uri(folder))
        self._session.read.parquet(_uri(folder)).createOrReplaceTempView(name)
        parts = ", ".join(file_literal(part) for part in sorted(folder.glob("*.parquet")))
        self._files.define(f'CREATE OR REPLACE VIEW "{name}" AS SELECT * FROM read_parquet([{parts}])')  # noqa: S608

    # ------------------------------------------------------------ out

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return [tuple(row) for row in self._session.sql(spark_sql(query)).collect()]

    def one(self, query: str) -> Any:
        """The single cell of a query of one row and one column."""
        ((cell,),) = self.rows(query)
        return cell

    def count(self, relation: str) -> int:
        """Rows of a relation."""
        return int(self.one(f'SELECT count(*) FROM "{relation}"'))  # noqa: S608

    def write_parquet(self, query: str, path: Path) -> None:
        """Write a query over relations that `run` made to one Parquet file, as DuckDB writes it."""
        self._files.write_parquet(query, path)

    def write_csv(self, query: str, path: Path) -> None:
        """Write a query over relations that `run` made to one CSV file, as DuckDB writes it."""
        self._files.write_csv(query, path)


def _plain_folder(folder: Path) -> str | None:
    """The folder for files between the engines; the system's own where Spark would expand the name."""
    resolved = str(folder.resolve())
    return None if _WILD.intersection(resolved) else resolved


def _analysis_error() -> type[Exception]:
    """What Spark raises for SQL that names a column that is not there."""
    from pyspark.errors import AnalysisException

    return AnalysisException


def _uri(path: Path) -> str:
    return f"file://{path.resolve()}"


def _spark_type(kind: str) -> str:
    return "STRING" if kind == "VARCHAR" else kind


def _plain_column(column: str, kind: str) -> str:
    name = '"' + column.replace('"', '""') + '"'
    return name if PLAIN_TYPES.fullmatch(kind) else f"CAST({name} AS VARCHAR) AS {name}"
