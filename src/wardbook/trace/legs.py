"""From a table of fixes to legs: set-based, a batch of vehicles at a time, so that a fleet of any size fits.

Definition (docs/reference/tracks.md). One fix is taken of every 15 s; impossible hops are cut out; fixes that
keep within a box for five minutes are a stay; what is between two stays is a leg, if it goes far enough; a
silence that moves the vehicle is an unobserved move and never a drive. A batch holds whole vehicles, and no
step looks from one vehicle to another, so where the batches are cut changes no leg.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wardbook.records.engine import Engine, literal
from wardbook.trace.clean import ROW, clean_batch, take_batch
from wardbook.trace.fixes import Asked, FixTable, open_fixes, refuse_other_vehicles, refuse_positions
from wardbook.trace.fixes_spool import Spool
from wardbook.trace.profiles import HOUSE, Profile
from wardbook.trace.steps import ROLLOVER_S, Steps

CELLS = 1_500_000
"""Cells of time that a batch should have; with them memory peaks near 550 MB."""

MOST_ROWS = 8 * CELLS
"""Rows that a batch has at most, unless one vehicle has more."""

MEMORY = "800MB"
"""The most that the engine takes before it writes to disk."""

_STEPS = (
    ("trace_chunks", "legs_chunks", ()),
    ("trace_still", "legs_still", ()),
    ("trace_islands", "legs_islands", ()),
    ("trace_stays", "legs_stays", ("trace_still", "trace_islands")),
    ("trace_kinds", "legs_kinds", ("trace_edges", "trace_chunks", "trace_stays")),
    ("trace_moves", "legs_moves", ()),
    ("trace_runs", "legs_runs", ()),
    ("trace_parked", "legs_parked", ()),
    ("trace_ends", "legs_ends", ()),
    ("trace_path", "legs_path", ()),
    ("trace_traced", "legs_traced", ()),
)
"""Table, step, and the tables that no later step reads."""

_NO_ANCHORS = (
    "v INTEGER, leg BIGINT, ignition_on_s BIGINT, ignition_off_s BIGINT, "
    "off_under_way BIGINT, odometer_m BIGINT"
)


@dataclass(frozen=True)
class TraceOptions:
    """How to trace: the stop rule, whether paths are written as lines or points, and the size of a batch.

    ``cells`` is for tests: how many cells of time a batch should have.
    """

    profile: Profile = HOUSE
    lines: bool = False
    points: bool = False
    cells: int = CELLS


@dataclass(frozen=True)
class Traced:
    """What became of a table of fixes: the files of its parts, and the counts.

    ``dropped`` counts rows by reason; rows read at another time are in it and are used. ``notes`` tell what
    was found of the table.
    """

    table: FixTable
    vehicles: int
    legs: int
    unobserved: int
    differing: int
    dropped: tuple[tuple[str, int], ...]
    leg_files: tuple[Path, ...]
    dropped_files: tuple[Path, ...]
    point_files: tuple[Path, ...]
    notes: tuple[str, ...]


def trace_fixes(
    engine: Engine,
    source: Path,
    work: Path,
    asked: Asked | None = None,
    options: TraceOptions | None = None,
    told: Callable[[int, int], None] = lambda _done, _rows: None,
) -> Traced:
    """Trace the fixes of ``source`` and leave Parquet files of legs, dropped rows and points in ``work``.

    ``told`` hears how many of how many rows are done. Raises `InputRefusedError` and `WrongUseError`.
    """
    options = options or TraceOptions()
    table, reasons = open_table(engine, source, work, asked or Asked())
    run = Run(engine, table, options, work)
    run.set_aside(reasons)
    most = min(table.rows // options.cells, engine.count("fixes_vehicles"))
    spool = Spool(engine, work, most)
    done = sum(int(count) for reason, count in reasons.items() if reason is not None)
    for batch in batches(engine, run.rows_wanted):
        spool.open(batch.first, batch.last)
        run.trace(batch)
        done += batch.rows
        told(done, table.rows)
    return run.result()


def open_table(
    engine: Engine, source: Path, work: Path, asked: Asked
) -> tuple[FixTable, dict[str | None, int]]:
    """Open the fixes of ``source`` and number its vehicles; how many rows are fixes (None), or why none."""
    bound_memory(engine, work)
    table = open_fixes(engine, source, work, asked)
    refuse_other_vehicles(engine, table, asked.vehicle)
    reasons = dict(
        engine.rows("SELECT reason, CAST(sum(fixes) AS BIGINT) FROM fixes_counted GROUP BY reason")
    )
    refuse_positions(engine, table, reasons)
    _number_vehicles(engine)
    return table, reasons


def bound_memory(engine: Engine, work: Path) -> None:
    """Let the engine take so much memory, and spill into ``work`` beyond."""
    engine.define(f"SET memory_limit = {literal(MEMORY)}")
    engine.define(f"SET temp_directory = {literal(str(work / 'spill'))}")


def _number_vehicles(engine: Engine) -> None:
    """The vehicles with fixes, numbered in order; with the middle of their times where these are torn."""
    engine.define(
        "CREATE OR REPLACE TABLE fixes_vehicles AS SELECT vehicle, "  # noqa: S608
        "CAST(row_number() OVER (ORDER BY vehicle) AS INTEGER) AS v, fixes, "
        "CAST(sum(fixes) OVER (ORDER BY vehicle) AS BIGINT) - fixes AS before, "
        f"last_s - first_s > {ROLLOVER_S // 2} AS torn, CAST(NULL AS BIGINT) AS middle_s "
        "FROM fixes_counted WHERE reason IS NULL"
    )
    if engine.one("SELECT count(*) FROM fixes_vehicles WHERE torn"):
        engine.define(
            "UPDATE fixes_vehicles SET middle_s = m.middle_s FROM ("
            "SELECT f.vehicle, quantile_disc(f.ts_s, 0.5) AS middle_s FROM fixes_read f "
            "JOIN fixes_vehicles x ON x.vehicle = f.vehicle AND x.torn WHERE f.reason IS NULL "
            "GROUP BY f.vehicle) m WHERE m.vehicle = fixes_vehicles.vehicle"
        )


@dataclass(frozen=True)
class Batch:
    """Vehicles in a row: their first and last number, and their rows."""

    first: int
    last: int
    rows: int


def batches(
    engine: Engine, rows_wanted: Callable[[], int], first: int = 1, last: int | None = None
) -> Iterator[Batch]:
    """Whole vehicles in order, of ``first`` to ``last``, each batch of as many rows as are wanted then."""
    until = "" if last is None else f" AND v <= {last}"
    counts = engine.rows(f"SELECT v, fixes FROM fixes_vehicles WHERE v >= {first}{until} ORDER BY v")  # noqa: S608
    at = 0
    while at < len(counts):
        most = rows_wanted()
        first, rows = int(counts[at][0]), int(counts[at][1])
        while at + 1 < len(counts) and rows + int(counts[at + 1][1]) <= most:
            at += 1
            rows += int(counts[at][1])
        yield Batch(first, int(counts[at][0]), rows)
        at += 1


class Run:
    """One tracing under way: the engine, and what was written so far.

    ``files`` are the parts written, by kind: ``legs``, ``dropped``, ``points``.
    """

    def __init__(self, engine: Engine, table: FixTable, options: TraceOptions, work: Path) -> None:
        self._engine, self._table, self._options, self._work = engine, table, options, work
        self._steps = Steps(engine, options.profile)
        self._rows = self._cells = 0
        self.files: dict[str, list[Path]] = {"legs": [], "dropped": [], "points": []}

    def rows_wanted(self) -> int:
        """Rows of the next batch."""
        cells = self._options.cells
        if not self._cells:
            return cells
        return min(8 * cells, cells * self._rows // self._cells)

    def set_aside(self, reasons: dict[str | None, int]) -> None:
        """Write the rows that are no fixes."""
        if any(reason is not None for reason in reasons):
            query = "SELECT source_row, vehicle, ts_s, lat_e6, lon_e6, reason, FALSE AS used FROM fixes_read"
            self._write("dropped", f"({query}) WHERE reason IS NOT NULL")

    def trace(self, batch: Batch) -> None:
        """Trace one batch and write its parts."""
        engine, steps = self._engine, self._steps
        received = "received" in self._table.columns.roles
        self._cells += take_batch(engine, steps, batch.first, batch.last, received=received)
        self._rows += batch.rows
        clean_batch(engine, steps)
        for name, step, over in _STEPS:
            steps.run(name, step)
            for table in over:
                steps.drop(table)
        self._write_dropped()
        self._write_legs()

    def _write_legs(self) -> None:
        steps, options = self._steps, self._options
        steps.run("trace_sources", "legs_sources")
        steps.empty("trace_anchors", _NO_ANCHORS)
        if self._table.has_anchors:
            steps.run("trace_anchors", "legs_anchors")
        line = lines = ""
        if options.lines:
            steps.run("trace_lines", "legs_lines")
            line, lines = ", n.geometry", "LEFT JOIN trace_lines n ON n.v = t.v AND n.leg = t.leg"
        steps.run(
            "trace_written", "legs_written", label=literal(options.profile.label), line=line, lines=lines
        )
        self._write("legs", "trace_written")
        if options.points:
            steps.run("trace_points", "legs_points")
            self._write("points", "trace_points")

    def _write_dropped(self) -> None:
        self._steps.run("trace_marked", "clean_marked")
        self._steps.empty("trace_lost", ROW)
        if self._engine.count("trace_marked"):
            self._steps.run("trace_lost", "clean_lost")
        self._steps.run("trace_dropped", "clean_dropped")
        if self._engine.count("trace_dropped"):
            self._write("dropped", "trace_dropped")

    def _write(self, kind: str, relation: str) -> None:
        path = self._work / f"{kind}-{len(self.files[kind])}.parquet"
        self._engine.write_parquet(f"SELECT * FROM {relation}", path)  # noqa: S608
        self.files[kind].append(path)

    def result(self) -> Traced:
        """The counts over all that was written."""
        kinds = self._counts("legs", "kind, count(*), count(differences)")
        dropped = self._counts("dropped", "reason, count(*)")
        legs = {str(kind): int(count) for kind, count, _ in kinds}
        return Traced(
            table=self._table,
            vehicles=self._engine.count("fixes_vehicles"),
            legs=legs.get("leg", 0),
            unobserved=legs.get("unobserved", 0),
            differing=sum(int(different) for _, _, different in kinds),
            dropped=tuple((str(reason), int(count)) for reason, count in dropped),
            leg_files=tuple(self.files["legs"]),
            dropped_files=tuple(self.files["dropped"]),
            point_files=tuple(self.files["points"]),
            notes=self._table.notes,
        )

    def _counts(self, kind: str, what: str) -> list[tuple[Any, ...]]:
        files = self.files[kind]
        if not files:
            return []
        return self._engine.rows(f"SELECT {what} FROM {read_parts(files)} GROUP BY 1 ORDER BY 2 DESC, 1")  # noqa: S608


def read_parts(files: Sequence[Path]) -> str:
    """SQL of the rows of Parquet files, in order."""
    return f"read_parquet([{', '.join(literal(str(path)) for path in files)}])"
