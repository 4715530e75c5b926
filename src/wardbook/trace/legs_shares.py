"""Legs of a table of fixes by many machines: shares of whole vehicles, each traced by an engine of its own.

A share is what a batch is in `legs`: vehicles in a row, of which no step looks from one to another. So it can
be traced anywhere that sees the table and the work folder, and the legs are those of one machine in every
column.
`Tasks` spreads the shares over Spark or Sail; why the steps themselves do not run there stands in
docs/decisions/0007-shares.md.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from wardbook.records.engine import Engine, file_literal
from wardbook.trace.fixes import Asked, FixTable
from wardbook.trace.fixes_spool import Spool
from wardbook.trace.legs import Batch, Run, Traced, TraceOptions, batches, bound_memory, open_table

SHARES_A_SLOT = 4
"""Shares for each task that runs at one time: a slow one then delays the end by a fourth at most."""

_VIEWS = ("fixes_file", "fixes_typed", "fixes_read")


class Tasks(Protocol):
    """Runs tasks elsewhere: ``slots`` of them at one time."""

    @property
    def slots(self) -> int:
        """How many tasks run at one time."""

    def run(self, task: Callable[[str], str], texts: Sequence[str]) -> Iterator[str]:
        """The answer of ``task`` to each text, in any order."""


@dataclass(frozen=True)
class Share:
    """Vehicles to trace, and all that it takes: files, the views over them, and the options.

    ``parts`` is the size of the sorted parts in ``work``, 0 where the table is read as it lies.
    """

    number: int
    batch: Batch
    work: Path
    views: tuple[str, ...]
    table: FixTable
    parts: int
    options: TraceOptions


def trace_shares(
    engine: Engine,
    source: Path,
    work: Path,
    tasks: Tasks,
    asked: Asked | None = None,
    options: TraceOptions | None = None,
    told: Callable[[int, int], None] = lambda _done, _rows: None,
) -> Traced:
    """Trace as `trace_fixes` does, by ``tasks``; every machine must see ``source`` and ``work``."""
    options, work = options or TraceOptions(), work.resolve()
    table, reasons = open_table(engine, source.resolve(), work, asked or Asked())
    run = Run(engine, table, options, work)
    run.set_aside(reasons)
    most = max(options.cells, -(-table.rows // (SHARES_A_SLOT * tasks.slots)))
    ranges = list(batches(engine, lambda: most))
    engine.write_parquet("SELECT * FROM fixes_vehicles ORDER BY v", work / "vehicles.parquet")
    parts = Spool(engine, work, len(ranges)).size
    views = tuple(_view(engine, name) for name in _VIEWS)
    shares = [Share(number, batch, work, views, table, parts, options) for number, batch in enumerate(ranges)]
    done = sum(int(count) for reason, count in reasons.items() if reason is not None)
    answers: dict[int, dict[str, Any]] = {}
    for answer in tasks.run(_task(shares), [str(share.number) for share in shares]):
        found = json.loads(answer)
        answers[found["share"]] = found
        done += found["rows"]
        told(done, table.rows)
    for number in sorted(answers):
        for kind, files in answers[number]["files"].items():
            run.files[kind].extend(Path(file) for file in files)
    return run.result()


def _view(engine: Engine, name: str) -> str:
    return str(engine.one("SELECT sql FROM duckdb_views() WHERE view_name = ?", [name]))


def _task(shares: Sequence[Share]) -> Callable[[str], str]:
    """The task of a share's number: a plain function, so that it can be sent."""
    by_number = {str(share.number): share for share in shares}

    def task(number: str) -> str:
        return trace_share(by_number[number])

    return task


def trace_share(share: Share) -> str:
    """Trace one share; the names of the files it wrote, as JSON. One thread: a task is one of a machine's."""
    folder = Path(tempfile.mkdtemp(prefix=f"share-{share.number}-", dir=share.work))
    with Engine() as engine:
        engine.define("SET threads = 1")
        bound_memory(engine, folder)
        vehicles = file_literal(share.work / "vehicles.parquet")
        engine.define(f"CREATE TABLE fixes_vehicles AS SELECT * FROM read_parquet({vehicles})")  # noqa: S608
        for view in share.views:
            engine.define(view)
        run = Run(engine, share.table, share.options, folder)
        spool = Spool(engine, share.work, 0, share.parts)
        for batch in batches(engine, run.rows_wanted, share.batch.first, share.batch.last):
            spool.open(batch.first, batch.last)
            run.trace(batch)
    files = {kind: [str(file) for file in written] for kind, written in run.files.items()}
    return json.dumps({"share": share.number, "rows": share.batch.rows, "files": files})
