"""The fixes of one batch of vehicles, cleaned: one a cell of time, without copies and teleports.

Everything that is taken out is in the relations ``trace_copies`` (said twice) and ``trace_lost`` (teleports,
jitter), each row with its reason. Nothing depends on the order of the rows.
"""

from __future__ import annotations

from wardbook.records.engine import Engine, literal
from wardbook.trace.steps import Steps

ROW = "source_row BIGINT, v INTEGER, ts_s BIGINT, spot BIGINT, reason VARCHAR"
"""The columns of the tables of rows that were taken out."""

_IMPOSSIBLE = "SELECT DISTINCT v FROM trace_edges WHERE w_impossible(dt, hop)"
_DROPPED = """SELECT n.v, n.ts, n.lat, n.lon FROM trace_numbered n
JOIN trace_pieces p ON p.v = n.v AND p.piece = n.piece WHERE p.dropped"""


def take_batch(engine: Engine, steps: Steps, first: int, last: int, *, received: bool) -> int:
    """Create ``trace_good``, ``trace_copies``, ``trace_thinned`` and ``trace_edges``.

    The last has a row a fix and the next one. They are of vehicles ``first`` to ``last``, with clocks set
    right, without copies, one fix a cell of time.
    ``received`` says that it is known when each fix was received. Returns how many cells have a fix.
    """
    low, high = (_vehicle(engine, number) for number in (first, last))
    bounds = {"first": str(first), "last": str(last), "low": low, "high": high}
    steps.view("trace_read", "clean_base", **bounds)
    rows = "SELECT vehicle, ts_s, lat_e6, lon_e6, source_row FROM fixes_good"
    torn = f"SELECT count(*) FROM fixes_vehicles WHERE v BETWEEN {first} AND {last} AND middle_s IS NOT NULL"  # noqa: S608
    if engine.one(torn):
        steps.view("trace_base", "clean_clocked")
        steps.run("trace_clocks", "clean_clocks")
        rows = (
            "SELECT x.vehicle, b.ts_s, w_lat(b.spot) AS lat_e6, w_lon(b.spot) AS lon_e6, b.source_row "
            "FROM trace_base b JOIN fixes_vehicles x ON x.v = b.v"
        )
    else:
        steps.view("trace_base", "clean_base", **bounds)
        steps.empty("trace_clocks", f"{ROW}, used BOOLEAN")
    engine.define(f"CREATE OR REPLACE TEMP VIEW trace_rows AS {rows}")
    steps.empty("trace_copies", ROW)
    good = "SELECT * FROM trace_base"
    if received:
        steps.run("trace_copies", "clean_copies")
        good += " ANTI JOIN trace_copies USING (source_row)"
    engine.define(f"CREATE OR REPLACE TEMP VIEW trace_good AS {good}")
    if _is_sparse(engine, steps, first):
        steps.view("trace_thinned", "clean_direct")
        steps.run("trace_edges", "legs_edges", nodes="trace_thinned")
        if not engine.one(f"SELECT count(*) FROM trace_edges WHERE {steps.same_cell('ts', 'ts2')}"):  # noqa: S608
            # Each vehicle has one fix more than edges.
            return engine.count("trace_edges") + last - first + 1
    return _thin(engine, steps, received=received)


def _vehicle(engine: Engine, number: int) -> str:
    """SQL of a vehicle as a constant, so that the parts of a file without it are not read."""
    found = f"SELECT CAST(vehicle AS VARCHAR), typeof(vehicle) FROM fixes_vehicles WHERE v = {number}"  # noqa: S608
    ((vehicle, kind),) = engine.rows(found)
    return f"CAST({literal(vehicle)} AS {kind})"


def _is_sparse(engine: Engine, steps: Steps, first: int) -> bool:
    """Whether the first vehicle of a batch has no cell with two fixes: then most likely none has."""
    edge = f"SELECT ts_s, lead(ts_s) OVER (ORDER BY ts_s) AS next_s FROM trace_good WHERE v = {first}"  # noqa: S608
    return not engine.one(f"SELECT count(*) FROM ({edge}) WHERE {steps.same_cell('ts_s', 'next_s')}")  # noqa: S608


def _thin(engine: Engine, steps: Steps, *, received: bool) -> int:
    steps.run("trace_cells", "clean_cells")
    cells = engine.count("trace_cells")
    if not received and engine.one("SELECT count(*) FROM trace_cells WHERE copies <> bit_count(seconds)"):
        steps.run("trace_copies", "clean_copies")
    steps.view("trace_thinned", "clean_thinned")
    steps.run("trace_edges", "legs_edges", nodes="trace_thinned")
    return cells


def clean_batch(engine: Engine, steps: Steps) -> None:
    """Take the teleports out of ``trace_edges``."""
    steps.empty("trace_teleports", "v INTEGER, ts BIGINT, lat INTEGER, lon INTEGER")
    engine.define(f"CREATE OR REPLACE TEMP TABLE trace_suspects AS {_IMPOSSIBLE}")
    if engine.one("SELECT count(*) FROM trace_suspects"):
        steps.run("trace_numbered", "clean_numbered")
        steps.run("trace_pieces", "clean_pieces")
        engine.define(f"INSERT INTO trace_teleports {_DROPPED}")
        _mend(engine, steps)
        steps.drop("trace_numbered")
        steps.drop("trace_pieces")
    steps.run("trace_spikes", "clean_spikes")
    if engine.one("SELECT count(*) FROM trace_spikes"):
        engine.define("INSERT INTO trace_teleports SELECT * FROM trace_spikes")
        engine.define("CREATE OR REPLACE TEMP TABLE trace_suspects AS SELECT DISTINCT v FROM trace_spikes")
        _mend(engine, steps)
    steps.drop("trace_cells")


def _mend(engine: Engine, steps: Steps) -> None:
    """Make the edges of the vehicles in ``trace_suspects`` anew, without their teleports."""
    steps.run("trace_nodes", "clean_nodes")
    steps.run("trace_mended", "legs_edges", nodes="trace_nodes")
    engine.define(
        "CREATE OR REPLACE TEMP TABLE trace_edges AS "
        "SELECT * FROM trace_edges ANTI JOIN trace_suspects USING (v) UNION ALL SELECT * FROM trace_mended"
    )
    for name in ("trace_nodes", "trace_mended"):
        steps.drop(name)
