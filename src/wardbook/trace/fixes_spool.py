"""The fixes in the order of their vehicles: read as they lie, or first sorted into parts on disk.

A batch reads whole vehicles. In a file in order of arrival every vehicle is everywhere, so that each batch
would read the whole file; such a file is read once, into parts of vehicles in a row.
"""

from __future__ import annotations

from pathlib import Path

from wardbook.records.engine import Engine, literal

GROUP = 122_880
"""Rows that are looked at together: DuckDB's row group."""

MOST_PARTS = 64
_COLUMNS = "source_row, vehicle, ts_s, micro, lat_e6, lon_e6, received_us, ignition, odometer_m"


class Spool:
    """Gives each batch its fixes as the view ``fixes_good``."""

    def __init__(self, engine: Engine, work: Path, batches: int, size: int | None = None) -> None:
        """Sort the fixes into parts where in the file's order ``batches`` batches would read too much.

        ``size`` is that of another spool over the same fixes and ``work``, whose parts are used.
        """
        self._engine, self._folder = engine, work / "parts"
        self.size = size or 0
        if size is None and batches > 2 and self._read_often(batches):
            self._sort()
        if not self.size:
            engine.define(
                f"CREATE OR REPLACE TEMP VIEW fixes_good AS SELECT {_COLUMNS} "  # noqa: S608
                "FROM fixes_read WHERE reason IS NULL"
            )

    def _read_often(self, batches: int) -> bool:
        """Whether a group of rows would be read by more than three batches, on average."""
        share = self._engine.one(
            "WITH groups AS (SELECT min(vehicle) AS low, max(vehicle) AS high FROM fixes_read "  # noqa: S608
            f"WHERE reason IS NULL GROUP BY source_row // {GROUP}) "
            "SELECT avg(h.before + h.fixes - l.before) / (SELECT sum(fixes) FROM fixes_vehicles) "
            "FROM groups g JOIN fixes_vehicles l ON l.vehicle = g.low "
            "JOIN fixes_vehicles h ON h.vehicle = g.high"
        )
        return float(share) * batches > 3

    def _sort(self) -> None:
        engine = self._engine
        total = int(engine.one("SELECT sum(fixes) FROM fixes_vehicles"))
        self.size = max(1, total // MOST_PARTS)
        engine.define("SET partitioned_write_flush_threshold = 16384")
        engine.define(
            f"COPY (SELECT f.*, x.before // {self.size} AS part "  # noqa: S608
            f"FROM (SELECT {_COLUMNS} FROM fixes_read WHERE reason IS NULL) f "
            "JOIN fixes_vehicles x ON x.vehicle = f.vehicle) "
            f"TO {literal(str(self._folder))} (FORMAT parquet, PARTITION_BY (part), COMPRESSION lz4_raw)"
        )

    def open(self, first: int, last: int) -> None:
        """Let ``fixes_good`` hold the fixes of vehicles ``first`` to ``last`` (and perhaps of others)."""
        if not self.size:
            return
        parts = self._engine.rows(
            f"SELECT DISTINCT before // {self.size} FROM fixes_vehicles "  # noqa: S608
            f"WHERE v BETWEEN {first} AND {last} ORDER BY 1"
        )
        files = ", ".join(literal(str(self._folder / f"part={part}" / "*.parquet")) for (part,) in parts)
        self._engine.define(
            f"CREATE OR REPLACE TEMP VIEW fixes_good AS SELECT {_COLUMNS} FROM "  # noqa: S608
            f"read_parquet([{files}], hive_partitioning = false)"
        )
