"""Where relations live: a thin wrapper of a DuckDB connection that remembers each step.

A step is one SELECT over named relations, kept in a ``.sql`` file of its room or built as text from typed
parts. The engine creates the relation, checks it against its schema and remembers the query, so that the
manifest of an audit shows the very query behind every table. With a `StepStore` it keeps the rows of every
step too, and takes those that are there already from the store (docs/reference/engine.md).
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb

from wardbook.records.kept_steps import KeptSteps
from wardbook.records.schema import INSTANT, TEXTS, Table, find_table
from wardbook.records.step_keys import LineDigest
from wardbook.records.step_store import StepStore


@dataclass(frozen=True)
class Step:
    """One derived relation: its name, the query that made it, and its number of rows."""

    name: str
    query: str
    rows: int


def literal(value: str) -> str:
    """A SQL text literal."""
    return "'" + value.replace("'", "''") + "'"


def file_literal(path: Path) -> str:
    """A SQL text literal for the path of one file: what DuckDB would expand in it stands for itself."""
    return literal(re.sub(r"([*?\[])", r"[\1]", str(path)))


@cache
def _sql(package: str, file: str) -> str:
    return resources.files(package).joinpath(f"{file}.sql").read_text("utf-8").strip()


def step_text(package: str, file: str, /, **parameters: str) -> str:
    """The query in ``<package>/<file>.sql``, with ``{key}`` replaced by the parameter's SQL text.

    Raises `KeyError` for a key without a parameter.
    """
    return re.sub(r"\{(\w+)\}", lambda key: parameters[key[1]], _sql(package, file))


def _json_default(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not a cell of a record")


def _json_lines(table: Table, files: Sequence[Path]) -> str:
    """The SQL that reads rows of a table from files of JSON lines, every cell as text."""
    kinds = {c.name: "VARCHAR[]" if c.type == TEXTS else "VARCHAR" for c in table.columns}
    types = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in kinds.items())
    paths = ", ".join(literal(str(path)) for path in files)
    return (
        f"read_json([{paths}], format='newline_delimited', columns={{{types}}}, "
        "maximum_object_size=268435456)"
    )


def _typed(table: Table) -> tuple[tuple[str, str], ...]:
    return tuple((column.name, column.type) for column in table.columns)


_SETTINGS = {"timezone": "'UTC'", "preserve_insertion_order": "false"}


class Engine:
    """Named relations on DuckDB, in UTC, with the queries that made them in ``steps``.

    With ``store`` the steps are kept there, and those that it has are not run again.
    """

    def __init__(self, memory_limit: str | None = None, store: StepStore | None = None) -> None:
        self._connection = duckdb.connect(":memory:")
        for name, value in _SETTINGS.items():
            self._connection.execute(f"SET {name} = {value}")
        if memory_limit is not None:
            self._connection.execute(f"SET memory_limit = {literal(memory_limit)}")
        self.steps: list[Step] = []
        self.running = ""
        self._kept = KeptSteps(self, store, _SETTINGS) if store is not None else None

    def close(self) -> None:
        """Let go of the relations."""
        self._connection.close()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ------------------------------------------------------------ in

    def load(self, table: Table, rows: Iterable[Mapping[str, Any]]) -> int:
        """Create relation ``table.name`` from rows (mappings of column to cell); absent cells are NULL.

        Returns the number of rows. Cells are cast to the table's types by the engine.
        """
        with tempfile.TemporaryDirectory(prefix="wardbook-") as folder:
            path = Path(folder) / "rows.jsonl"
            digest = None if self._kept is None else LineDigest()
            with path.open("w", encoding="utf-8") as lines:
                for row in rows:
                    line = json.dumps(row, ensure_ascii=False, default=_json_default)
                    lines.write(line)
                    lines.write("\n")
                    if digest is not None:
                        digest.add(line)
            casts = ", ".join(f'CAST("{c.name}" AS {c.type}) AS "{c.name}"' for c in table.columns)
            self._connection.execute(
                f"CREATE OR REPLACE TABLE {table.name} AS SELECT {casts} FROM {_json_lines(table, [path])}"  # noqa: S608
            )
        if self._kept is not None and digest is not None:
            self._kept.keys.loaded(table.name, _typed(table), digest.value())
        return self.count(table.name)

    def append(self, table: Table, files: Sequence[Path]) -> int:
        """Add rows to relation ``table.name`` from files of JSON lines; returns the number of rows now.

        The lines are those of `load`, but instants are microseconds since 1970 UTC.
        """
        casts = ", ".join(
            f'make_timestamptz(CAST("{c.name}" AS BIGINT))'
            if c.type == INSTANT
            else f'CAST("{c.name}" AS {c.type})'
            for c in table.columns
        )
        self._connection.execute(f"INSERT INTO {table.name} SELECT {casts} FROM {_json_lines(table, files)}")  # noqa: S608
        if self._kept is not None:
            self._kept.keys.unknown(table.name)
        return self.count(table.name)

    def view_parquet(self, table: Table, files: Sequence[Path]) -> None:
        """Create relation ``table.name`` over Parquet files (none: an empty relation).

        A column that none of the files has, because they were written before it was added, is NULL.
        """
        if not files:
            self.load(table, ())
            return
        paths = ", ".join(file_literal(path) for path in files)
        source = f"read_parquet([{paths}], union_by_name = true)"
        written = {row[0] for row in self.rows(f"DESCRIBE SELECT * FROM {source}")}  # noqa: S608
        columns = ", ".join(
            f'"{c.name}"' if c.name in written else f'CAST(NULL AS {c.type}) AS "{c.name}"'
            for c in table.columns
        )
        self._connection.execute(
            f"CREATE OR REPLACE VIEW {table.name} AS SELECT {columns} FROM {source}"  # noqa: S608
        )
        if self._kept is not None:
            self._kept.keys.over_files(table.name, _typed(table), files)

    # ------------------------------------------------------------ steps

    def run_file(self, package: str, file: str, name: str | None = None, /, **parameters: str) -> Step:
        """Run the step in ``<package>/<file>.sql`` under ``name``, or the file's own; see `step_text`."""
        return self.run(name or file, step_text(package, file, **parameters))

    def run(self, name: str, query: str) -> Step:
        """Create relation ``name`` as ``query`` (one SELECT), check it against the schema, remember it.

        Raises `TypeError` where the relation is not of its schema and, with a store, where it has a column
        that Parquet does not keep as it is (HUGEINT, an ENUM).
        """
        query = query.strip().rstrip(";")
        self.running = name
        if self._kept is None:
            self._create(name, query)
        else:
            self._kept.run(name, query, self._create)
        step = Step(name, query, self.count(name))
        self.steps.append(step)
        self.running = ""
        return step

    def _create(self, name: str, query: str) -> None:
        self.hold(name, query)
        table = find_table(name)
        if table is None:
            return
        found = tuple((row[0], row[1]) for row in self.rows(f'DESCRIBE "{name}"'))
        wanted = tuple(
            (c.name, "TIMESTAMP WITH TIME ZONE" if c.type == "TIMESTAMPTZ" else c.type) for c in table.columns
        )
        if found != wanted:
            wrong = [f"{f} (should be {w})" for f, w in zip(found, wanted, strict=False) if f != w]
            raise TypeError(f"step {name} does not give its schema: {wrong or (found, wanted)}")

    def hold(self, name: str, query: str) -> None:
        """Make table ``name`` of a query; a step of an audit is made by `run`, which remembers it."""
        self._connection.execute(f'CREATE OR REPLACE TABLE "{name}" AS {query}')

    def define(self, statement: str) -> None:
        """Run a statement that makes no relation of its own (a macro, a setting)."""
        self._connection.execute(statement)
        if self._kept is not None:
            for one in duckdb.extract_statements(statement):
                self._kept.keys.changed(one.query)

    def let_go(self, prefix: str, but: Sequence[str] = ()) -> None:
        """Drop the tables whose names begin with ``prefix``, except those named: the steps between steps."""
        found = self.rows("SELECT table_name FROM duckdb_tables() WHERE starts_with(table_name, ?)", [prefix])
        for (name,) in found:
            if name not in but:
                self.define(f'DROP TABLE IF EXISTS "{name}"')

    def whole(
        self, name: str, outputs: Sequence[str], package: str, told: str, make: Callable[[], None]
    ) -> None:
        """Make ``outputs`` by ``make``, or take all of them from the store: for work that is kept whole.

        It is keyed by ``told`` (the settings that matter), by every file of ``package``, and by the relations
        that those files name; ``make`` may leave nothing else behind that is used later.
        """

        def steps() -> list[dict[str, Any]]:
            before = len(self.steps)
            make()
            return [asdict(step) for step in self.steps[before:]]

        if self._kept is None:
            make()
        else:
            self.steps.extend(Step(**step) for step in self._kept.whole(name, outputs, package, told, steps))

    # ------------------------------------------------------------ progress

    def show_progress(self) -> None:
        """Count from now on how far a step is; nothing is printed."""
        self._connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")

    def percent(self) -> float | None:
        """How far the step in ``running`` is, 0 to 100; None where that is not known. For another thread."""
        found = self._connection.query_progress()
        return found if found >= 0 else None

    # ------------------------------------------------------------ out

    def view_of(self, path: Path) -> str:
        """SQL for the rows of one Parquet file, to stand after FROM."""
        return f"read_parquet([{file_literal(path)}])"

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self._connection.execute(query, list(parameters)).fetchall()

    def dicts(self, query: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """All rows of a query, as mappings of column to cell."""
        cursor = self._connection.execute(query, list(parameters))
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def one(self, query: str, parameters: Sequence[Any] = ()) -> Any:
        """The single cell of a query of one row and one column."""
        (row,) = self.rows(query, parameters)
        return row[0]

    def count(self, relation: str) -> int:
        """Rows of a relation."""
        return int(self.one(f'SELECT count(*) FROM "{relation}"'))  # noqa: S608

    def is_table(self, relation: str) -> bool:
        """Whether a relation is held as a table (not a view over files)."""
        query = "SELECT count(*) FROM duckdb_tables() WHERE table_name = ?"
        return bool(self.one(query, [relation]))

    def write_parquet(self, query: str, path: Path) -> None:
        """Write a query's rows to a Parquet file (zstd)."""
        self._connection.execute(f"COPY ({query}) TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)")

    def write_csv(self, query: str, path: Path) -> None:
        """Write a query's rows to a CSV file with a header."""
        self._connection.execute(f"COPY ({query}) TO {literal(str(path))} (FORMAT csv, HEADER)")
