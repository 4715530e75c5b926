"""The fixes of one batch of vehicles, cleaned: one a cell of time, without copies and teleports.

Everything that is taken out is in the relations ``trace_copies`` (said twice) and ``trace_lost`` (teleports,
jitter), each row with its reason. Nothing depends on the order of the rows.
"""

from __future__ import annotations

from wardbook.records.engine import Engine
from wardbook.trace.steps import Steps

ROW = "source_row BIGINT, v INTEGER, ts_s BIGINT, spot BIGINT, reason VARCHAR"
"""The columns of the tables of rows that were taken out."""

_IMPOSSIBLE = "SELECT DISTINCT v FROM trace_edges WHERE w_impossible(dt, hop)"
_DROPPED = """SELECT n.v, n.ts, n.lat, n.lon FROM trace_numbered n
JOIN trace_pieces p ON p.v = n.v AND p.piece = n.piece WHERE p.dropped"""


def take_batch(engine: Engine, steps: Steps, first: int, last: int, *, received: bool) -> None:
    """Create ``trace_good``: the fixes of vehicles ``first`` to ``last``, clocks set right, without copies.

    ``received`` says that it is known when each fix was received.
    """
    bounds = {"first": str(first), "last": str(last)}
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
    steps.run("trace_cells", "clean_cells")
    if not received and engine.one("SELECT count(*) FROM trace_cells WHERE copies <> bit_count(seconds)"):
        steps.run("trace_copies", "clean_copies")


def clean_batch(engine: Engine, steps: Steps) -> None:
    """Create ``trace_edges`` (a fix and the next one) from ``trace_cells``, without teleports."""
    several = engine.one("SELECT count(*) FROM trace_cells WHERE bit_count(seconds) > 1")
    if several:
        steps.run("trace_thinned", "clean_thinned")
        steps.drop("trace_cells")
    else:
        steps.run("trace_thinned", "clean_single")
        steps.drop("trace_cells")
    steps.run("trace_edges", "legs_edges", nodes="trace_thinned")
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
    steps.drop("trace_thinned")


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
