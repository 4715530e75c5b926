"""What the steps of a run did on DuckDB: every query in order, what was given, and the rows each one gave.

A run of the program is recorded once and played on other engines (`conformance_play`), so that what is
compared are the very queries, with the program's own choices among them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from wardbook.records.engine import Engine, Step

_TABLE = re.compile(r"CREATE OR REPLACE (?:TEMP )?TABLE (\w+) AS\s(.*)", re.DOTALL)
_VIEW = re.compile(r"CREATE OR REPLACE (?:TEMP )?VIEW (\w+) AS\s(.*)", re.DOTALL)
_EMPTY = re.compile(r"CREATE OR REPLACE (?:TEMP )?TABLE (\w+) \((.*)\)", re.DOTALL)
_MORE = re.compile(r"INSERT INTO (\w+)\s(.*)", re.DOTALL)
_MACRO = re.compile(r"CREATE OR REPLACE (?:TEMP )?MACRO (\w+)\(([^)]*)\) AS\s(.*)", re.DOTALL)
_OTHER = re.compile(r"(?:DROP|SET|COPY|UPDATE fixes_vehicles)\s")

RECORD = "record.json"
COMPARED = "compared.txt"
"""The file beside a record with the names of the relations that count; empty for all."""


@dataclass(frozen=True)
class Made:
    """Relation ``name`` made of ``query``; its rows are in the file ``answer``, empty for a view."""

    name: str
    query: str
    answer: str


@dataclass(frozen=True)
class Macro:
    """A macro of the queries: its name, its parameters, the expression that it stands for."""

    name: str
    parameters: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Record:
    """A recorded run: what it was given (Parquet files of those names), its macros, and what it made."""

    inputs: tuple[str, ...]
    macros: tuple[Macro, ...]
    made: tuple[Made, ...]


class Recorder(Engine):
    """DuckDB that writes down what is made on it. Relations named in ``given`` are not: they are inputs."""

    def __init__(self, folder: Path, given: Iterable[str]) -> None:
        super().__init__()
        self._folder = folder
        self._given = frozenset(given)
        self._macros: dict[str, Macro] = {}
        self._made: list[Made] = []

    def __enter__(self) -> Recorder:
        return self

    def define(self, statement: str) -> None:
        """As `Engine.define`. Raises `ValueError` for a statement that would go unrecorded."""
        super().define(statement)
        if found := _TABLE.fullmatch(statement):
            self._note(found[1], found[2])
        elif found := _VIEW.fullmatch(statement):
            self._note(found[1], found[2], table=False)
        elif found := _EMPTY.fullmatch(statement):
            self._note(found[1], _no_rows(found[2]))
        elif found := _MORE.fullmatch(statement):
            self._note(found[1], f"SELECT * FROM {found[1]} UNION ALL {found[2]}")
        elif found := _MACRO.fullmatch(statement):
            names = tuple(name.strip() for name in found[2].split(",") if name.strip())
            self._macros[found[1]] = Macro(found[1], names, found[3])
        elif not _OTHER.match(statement):
            raise ValueError(f"not known how to record: {statement[:200]}")

    def run(self, name: str, query: str) -> Step:
        """As `Engine.run`."""
        step = super().run(name, query)
        self._note(name, step.query)
        return step

    def _note(self, name: str, query: str, *, table: bool = True) -> None:
        if name in self._given or name.startswith("fixes_"):
            return
        answer = f"{len(self._made):03}-{name}.parquet" if table else ""
        if answer:
            self._keep(name, answer)
        self._made.append(Made(name, query, answer))

    def _keep(self, name: str, file: str) -> None:
        """Write a relation; a number of 128 bits as a decimal, since Parquet would make a double of it."""
        kinds = [(str(row[0]), str(row[1])) for row in self.rows(f'DESCRIBE "{name}"')]
        shown = [f'CAST("{c}" AS DECIMAL(38,0)) AS "{c}"' if k == "HUGEINT" else f'"{c}"' for c, k in kinds]
        self.write_parquet(f'SELECT {", ".join(shown)} FROM "{name}"', self._folder / file)

    def finish(self) -> Record:
        """Write the inputs and the record into the folder."""
        for name in sorted(self._given):
            self._keep(name, f"{name}.parquet")
        record = Record(tuple(sorted(self._given)), tuple(self._macros.values()), tuple(self._made))
        (self._folder / RECORD).write_text(json.dumps(asdict(record), indent=1), "utf-8")
        return record


def _no_rows(columns: str) -> str:
    """The SELECT of a table without rows, of columns such as ``v INTEGER, leg BIGINT``."""
    pairs = [part.split() for part in columns.split(",")]
    nulls = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in pairs)
    return f"SELECT {nulls} FROM (SELECT 1 AS one) o WHERE one = 0"


def read_record(folder: Path) -> Record:
    """The record in a folder."""
    found = json.loads((folder / RECORD).read_text("utf-8"))
    macros = [Macro(m["name"], tuple(m["parameters"]), m["text"]) for m in found["macros"]]
    return Record(tuple(found["inputs"]), tuple(macros), tuple(Made(**made) for made in found["made"]))


def last_of(record: Record, names: Sequence[str]) -> list[Made]:
    """What was last made of each name. Raises `LookupError` for a name that was never made."""
    last = {made.name: made for made in record.made}
    if missing := [name for name in names if name not in last]:
        raise LookupError(f"never made: {missing}")
    return [last[name] for name in names]
