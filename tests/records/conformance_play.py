"""A recorded run, played on Spark or on a server that speaks Spark Connect (Sail): what came out otherwise.

Every query reads what the same engine made before, so a difference anywhere shows at its first step. Rows are
compared as multisets, by DuckDB.

``python -m tests.records.conformance_play FOLDER...`` plays recorded runs on a Sail server of its own.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import duckdb

from tests.records.conformance_record import COMPARED, Made, Record, last_of, read_record
from tests.records.conformance_sql import written

_SAIL_SETTINGS = {"spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "false"}
"""Sail 0.7.2 divides also where a join finds nothing: as an error (ANSI) that ends ``matching_near``."""

_WHOLE = re.compile(r"TINYINT|SMALLINT|INTEGER|BIGINT|DECIMAL\(\d+,0\)")


class Player:
    """Makes the relations of a record on a Spark session, each as Parquet files of its own in ``folder``."""

    def __init__(self, session: Any, record: Record, given: Path, folder: Path) -> None:
        self._session, self._record, self._folder = session, record, folder
        for name in record.inputs:
            self._show(name, given / f"{name}.parquet")

    def play(self, made: Made) -> Path | None:
        """Make one relation, and give the folder of its files; None for a view."""
        query = written(made.query, self._record.macros, self._columns)
        frame = self._session.sql(query)
        if not made.answer:
            frame.createOrReplaceTempView(made.name)
            return None
        folder = self._folder / Path(made.answer).stem
        frame.write.parquet(_uri(folder))
        if any(folder.glob("*.parquet")):
            self._show(made.name, folder)
        else:
            self._session.createDataFrame([], frame.schema).createOrReplaceTempView(made.name)
        return folder

    def _show(self, name: str, path: Path) -> None:
        self._session.read.parquet(_uri(path)).createOrReplaceTempView(name)

    def _columns(self, name: str) -> list[str]:
        return list(self._session.table(name).columns)


def differences(session: Any, given: Path, compared: Collection[str] = ()) -> Iterator[str]:
    """What a session makes otherwise of the run recorded in ``given``.

    With ``compared`` only the last rows of those relations count, else those of every step.
    """
    record = read_record(given)
    wanted = last_of(record, list(compared)) if compared else [made for made in record.made if made.answer]
    with tempfile.TemporaryDirectory(prefix="wardbook-") as work:
        player = Player(session, record, given, Path(work))
        for made in record.made:
            try:
                folder = player.play(made)
            except Exception as error:
                error.add_note(f"at {given.name}/{made.answer or made.name}")
                raise
            if folder is not None and made in wanted and (told := difference(given / made.answer, folder)):
                yield f"{made.answer}: {told}"


def difference(one: Path, other: Path) -> str:
    """How the rows of a file and those of another, or of a folder of files, differ; empty where they do not.

    Sail writes no file where there are no rows.
    """
    with duckdb.connect() as connection:
        if not other.is_file() and not any(other.glob("*.parquet")):
            ((rows,),) = connection.execute(f"SELECT count(*) FROM read_parquet('{one}')").fetchall()
            return f"no rows instead of {rows}" if rows else ""
        sides = [str(one), str(other if other.is_file() else other / "*.parquet")]
        kinds = [
            connection.execute(f"DESCRIBE SELECT * FROM read_parquet('{side}')").fetchall() for side in sides
        ]
        names = [[str(row[0]) for row in kind] for kind in kinds]
        if names[0] != names[1]:
            return f"columns {names[1]} instead of {names[0]}"
        rows_of = [
            f"SELECT {', '.join(_plain(str(r[0]), str(r[1])) for r in kind)} FROM read_parquet('{side}')"
            for side, kind in zip(sides, kinds, strict=True)
        ]
        missing, more = (
            connection.execute(f"SELECT * FROM ({a} EXCEPT ALL {b}) ORDER BY ALL LIMIT 1").fetchall()
            for a, b in (rows_of, rows_of[::-1])
        )
        return f"{missing} is missing, {more} is new" if missing or more else ""


def _plain(name: str, kind: str) -> str:
    """A column in the one type in which both engines' whole numbers or instants are compared."""
    kind = "HUGEINT" if _WHOLE.fullmatch(kind) else kind
    kind = "TIMESTAMPTZ" if kind.startswith("TIMESTAMP") else kind
    return f'CAST("{name}" AS {kind}) AS "{name}"'


def _uri(path: Path) -> str:
    return f"file://{path.resolve()}"


_servers: list[Any] = []
"""A server stops when nothing refers to it."""


def new_server() -> str:
    """A Sail server of this process; its address."""
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer(ip="127.0.0.1", port=0)
    server.start(background=True)
    _servers.append(server)
    _, port = server.listening_address
    return f"sc://127.0.0.1:{port}"


def sail() -> Any:
    """A session on a Sail server of this process."""
    from pyspark.sql import SparkSession

    session = SparkSession.builder.remote(new_server()).getOrCreate()
    for name, value in _SAIL_SETTINGS.items():
        session.conf.set(name, value)
    return session


def main() -> int:
    """Play, and say what differs."""
    session = sail()
    found = 0
    for folder in map(Path, sys.argv[1:]):
        names = (folder / COMPARED).read_text("utf-8").split()
        told = list(differences(session, folder, names))
        found += len(told)
        for line in told or [f"{folder.name}: the same rows on Sail"]:
            sys.stdout.write(line + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
